//! 接種記録. One vaccination or screening of one person with every item of 予防接種情報 that the city's
//! assessment lists (別添２). A record is a document: it is corrected by a new revision that names its parent
//! and is never overwritten. What the paper says is `questionnaire`; whether a dose was lawful is `evaluation`.

pub mod dose;
pub mod outcome;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use dose::{Amount, DoseNumber, Route};
pub use outcome::{Outcome, ScreenedOnly, UnknownCode};

use super::revision::{Body, Kind, SubjectId};

/// 医師の判断.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhysicianDecision {
    /// 実施できる.
    Suitable,
    /// 見合わせた方がよい.
    Postpone,
}

impl PhysicianDecision {
    pub fn code(self) -> &'static str {
        match self {
            Self::Suitable => "suitable",
            Self::Postpone => "postpone",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Suitable => "実施できる",
            Self::Postpone => "見合わせる",
        }
    }
}

/// 接種区分.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 定期（A類）.
    RoutineA,
    /// 定期（B類）.
    RoutineB,
    /// 臨時.
    Temporary,
    /// 特例臨時.
    SpecialTemporary,
    /// 任意（市の助成）.
    Voluntary,
    /// 対象外（誤接種など）. Given, but not lawful under any programme.
    OutsideProgramme,
}

impl Category {
    pub const ALL: [Self; 6] = [
        Self::RoutineA,
        Self::RoutineB,
        Self::Temporary,
        Self::SpecialTemporary,
        Self::Voluntary,
        Self::OutsideProgramme,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::RoutineA => "routine_a",
            Self::RoutineB => "routine_b",
            Self::Temporary => "temporary",
            Self::SpecialTemporary => "special_temporary",
            Self::Voluntary => "voluntary",
            Self::OutsideProgramme => "outside_programme",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::RoutineA => "定期（A類）",
            Self::RoutineB => "定期（B類）",
            Self::Temporary => "臨時",
            Self::SpecialTemporary => "特例臨時",
            Self::Voluntary => "任意",
            Self::OutsideProgramme => "対象外",
        }
    }
}

/// 記録の出どころ. Where the city learned of the dose; decides what may be certified.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// 予診票から入力.
    OwnEntry,
    /// 母子健康手帳などから転記.
    Handbook,
    /// ほかの市町村からの記録.
    OtherCity,
    /// 旧システムからの移行.
    Historical,
}

impl Source {
    pub const ALL: [Self; 4] = [Self::OwnEntry, Self::Handbook, Self::OtherCity, Self::Historical];

    pub fn code(self) -> &'static str {
        match self {
            Self::OwnEntry => "own_entry",
            Self::Handbook => "handbook",
            Self::OtherCity => "other_city",
            Self::Historical => "historical",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::OwnEntry => "予診票",
            Self::Handbook => "母子健康手帳",
            Self::OtherCity => "他市町村",
            Self::Historical => "移行",
        }
    }
}

/// 実施のしかた. 個別接種 or 集団接種.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    #[default]
    Individual,
    Group,
}

impl Setting {
    pub fn code(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Group => "group",
        }
    }
}

/// 特別の事情. A lawful ground for a dose outside the ordinary window, with the days it covers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SpecialCircumstances {
    pub ground: SpecialGround,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// 特別の事情の種類.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialGround {
    /// 長期療養特例.
    LongIllness,
    /// 骨髄移植後の再接種.
    Revaccination,
    /// 災害.
    Disaster,
    /// 里帰り.
    StayingWithFamily,
    /// 経過措置・特例の対象（要件を確かめたもの）.
    TransitionalMeasure,
}

impl SpecialGround {
    pub fn code(self) -> &'static str {
        match self {
            Self::LongIllness => "long_illness",
            Self::Revaccination => "revaccination",
            Self::Disaster => "disaster",
            Self::StayingWithFamily => "staying_with_family",
            Self::TransitionalMeasure => "transitional_measure",
        }
    }
}

/// 接種日年齢. Full years, months and days on the day of the vaccination, by the register.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct AgeOnDay {
    pub years: u16,
    pub months: u8,
    pub days: u8,
}

impl AgeOnDay {
    /// `None` when the day lies before the birth. Months are counted from the birth day; where a month has no
    /// such day, its last day completes it.
    pub fn between(born_on: NaiveDate, on: NaiveDate) -> Option<Self> {
        use chrono::{Datelike, Months};
        if on < born_on {
            return None;
        }
        let rough = (on.year() - born_on.year()) * 12 + on.month() as i32 - born_on.month() as i32;
        let mut months = u32::try_from(rough).ok()?;
        let mut reached = born_on.checked_add_months(Months::new(months))?;
        if reached > on {
            months -= 1;
            reached = born_on.checked_add_months(Months::new(months))?;
        }
        Some(Self {
            years: u16::try_from(months / 12).ok()?,
            months: u8::try_from(months % 12).ok()?,
            days: u8::try_from((on - reached).num_days()).ok()?,
        })
    }
}

impl fmt::Display for AgeOnDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}歳{}か月{}日", self.years, self.months, self.days)
    }
}

/// 訂正・取消の理由. A closed list: no free text about a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeReason {
    /// 紙の読みちがい.
    Misread,
    /// 入力の誤り.
    Mistyped,
    /// 医療機関からの訂正.
    CorrectedByInstitution,
    /// 別の人の記録だった.
    WrongPerson,
    /// 二重登録.
    EnteredTwice,
    /// 差し戻しによる訂正.
    Returned,
    /// 競合の解決.
    ConflictSettled,
    /// 疑義の解決.
    DoubtSettled,
}

impl ChangeReason {
    pub const ALL: [Self; 8] = [
        Self::Misread,
        Self::Mistyped,
        Self::CorrectedByInstitution,
        Self::WrongPerson,
        Self::EnteredTwice,
        Self::Returned,
        Self::ConflictSettled,
        Self::DoubtSettled,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Misread => "misread",
            Self::Mistyped => "mistyped",
            Self::CorrectedByInstitution => "corrected_by_institution",
            Self::WrongPerson => "wrong_person",
            Self::EnteredTwice => "entered_twice",
            Self::Returned => "returned",
            Self::ConflictSettled => "conflict_settled",
            Self::DoubtSettled => "doubt_settled",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Misread => "紙の読みちがい",
            Self::Mistyped => "入力の誤り",
            Self::CorrectedByInstitution => "医療機関からの訂正",
            Self::WrongPerson => "別の人の記録",
            Self::EnteredTwice => "二重登録",
            Self::Returned => "差し戻しによる訂正",
            Self::ConflictSettled => "競合の解決",
            Self::DoubtSettled => "疑義の解決",
        }
    }

    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
            .ok_or(UnknownCode)
    }
}

/// 束と枚. Where the paper lies: every record that came from paper points to its sheet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SheetPlace {
    pub bundle: SubjectId,
    /// From 1.
    pub number: u16,
}

/// 接種記録の本文. The subject is the record's own; the person stands in the revision's `about`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaccinationRecord {
    /// 予防接種名（コード）.
    pub programme: String,
    pub dose: DoseNumber,
    /// 接種・予診日.
    pub vaccinated_on: NaiveDate,
    pub outcome: Outcome,
    pub category: Category,
    pub source: Source,
    pub age: Option<AgeOnDay>,
    /// 実施医療機関（コード）; `None` where the source gives only a name.
    pub institution_code: Option<String>,
    pub institution_name: Option<String>,
    /// ワクチン（製剤コード）; `None` where nothing was injected or the source doesn't say.
    pub product: Option<String>,
    pub lot_number: Option<String>,
    pub maker: Option<String>,
    pub amount: Option<Amount>,
    pub route: Option<Route>,
    pub physician_decision: Option<PhysicianDecision>,
    /// 予診医名.
    pub physician_name: Option<String>,
    pub setting: Setting,
    pub voucher_number: Option<String>,
    pub voucher_issued_on: Option<NaiveDate>,
    /// 接種勧奨日. The last reminder before the dose, where the source gives one.
    pub recommended_on: Option<NaiveDate>,
    pub special_circumstances: Option<SpecialCircumstances>,
    /// 予診票. The questionnaire this record was taken from.
    pub questionnaire: Option<SubjectId>,
    pub sheet: Option<SheetPlace>,
    /// 分娩予定日, for maternal programmes only.
    pub expected_delivery_on: Option<NaiveDate>,
    /// Why this revision replaces its parents; `None` in a first entry.
    pub change: Option<ChangeReason>,
    /// 取消. The record stays readable and counts for nothing.
    pub is_cancelled: bool,
}

impl fmt::Debug for VaccinationRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaccinationRecord({} {}, …)", self.programme, self.dose.code())
    }
}

impl Body for VaccinationRecord {
    const KIND: Kind = Kind::VaccinationRecord;
    const VERSION: u16 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_is_counted_to_the_day() {
        let age = |born, on| AgeOnDay::between(day(born), day(on)).map(|a| a.to_string());
        assert_eq!(age("2025-04-22", "2026-10-15").unwrap(), "1歳5か月23日");
        assert_eq!(age("2024-02-29", "2025-02-28").unwrap(), "1歳0か月0日");
        assert_eq!(age("2024-01-31", "2024-02-29").unwrap(), "0歳1か月0日");
        assert_eq!(age("2026-10-15", "2026-10-14"), None);
    }
}
