//! 予防接種の種類（事業）. A programme of routine vaccination with its versions in time, its ways of
//! vaccinating and its standard periods. All of it is read from `assets/rules`; no programme is known to the
//! code by name. How a version is applied to a person is `eligibility`.

use super::{
    record::DoseNumber,
    resident::Sex,
    schedule::{Bound, Confidence, Span, Window},
    vaccine::{ProductCode, VaccineKind},
};
use chrono::NaiveDate;
use std::fmt;

/// A short code of ASCII letters, digits and `_`, kept inline: it is copied and compared millions of times
/// when a whole city is judged.
macro_rules! short_code {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// None when the text is empty, longer than 16 or holds another character.
            pub fn parse(text: &str) -> Option<Self> {
                let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                if text.is_empty() || text.len() > 16 || !text.bytes().all(fits) {
                    return None;
                }
                let mut code = [0; 16];
                for (to, from) in code.iter_mut().zip(text.bytes()) {
                    *to = from;
                }
                Some(Self(code))
            }

            pub fn as_str(&self) -> &str {
                let end = self.0.iter().position(|b| *b == 0).unwrap_or(16);
                std::str::from_utf8(self.0.get(..end).unwrap_or_default()).unwrap_or_default()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a short code"))
            }
        }
    };
}
pub(super) use short_code;

short_code! {
    /// 予防接種の種類のコード. At most 16 characters of a–z, 0–9 and `_`, those of `assets/rules/programmes`.
    ProgrammeCode
}

/// A類・B類 (予防接種法第2条第2項・第3項).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    CategoryA,
    CategoryB,
}

/// 1回目. By its day the way of vaccinating is chosen.
pub const FIRST_DOSE: DoseNumber = DoseNumber::Nth(1);

/// 通した回. A dose of another programme that fills this number here, e.g. the 追加 of 日本脳炎 第1期 the third of the
/// exceptional measure, which counts through both phases.
#[derive(Clone, Copy, Debug)]
pub struct CountedAs {
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    pub number: DoseNumber,
}

/// 予防接種の種類.
#[derive(Clone, Debug)]
pub struct Programme {
    pub code: ProgrammeCode,
    /// 画面と紙での名前.
    pub name: String,
    pub short_name: String,
    pub disease: String,
    pub category: Category,
    /// Where no product is recorded.
    pub vaccine_kind: VaccineKind,
    /// Whose doses count toward the number here, its own included.
    pub counts: Vec<ProgrammeCode>,
    /// Doses of the others that have another number here.
    pub counted_as: Vec<CountedAs>,
    /// どちらか一方だけ. Started there, it is not started here without the doctor's decision.
    pub exclusive_with: Vec<ProgrammeCode>,
    /// 混合ワクチン. The programmes whose diseases a dose here is against as well.
    pub covers: Vec<ProgrammeCode>,
    /// Why who is immunised here is not immunised there once more; empty where nothing is covered.
    pub covers_citation: String,
    pub succeeded_by: Option<Succession>,
    pub versions: Vec<Version>,
    pub series: Vec<Series>,
    pub standards: Vec<Standard>,
    pub old_limits: Vec<OldLimit>,
    pub product_rules: Vec<ProductRule>,
    pub citation: String,
    pub confidence: Confidence,
    pub notes: Vec<String>,
    /// 要確認の点. Points that the sources leave open.
    pub open_points: Vec<String>,
}

impl Programme {
    /// The number that a dose has here; None where it does not count.
    pub fn number_of(&self, programme: ProgrammeCode, dose: DoseNumber) -> Option<DoseNumber> {
        if !self.counts.contains(&programme) {
            return None;
        }
        let other = self
            .counted_as
            .iter()
            .find(|row| row.programme == programme && row.dose == dose);
        Some(other.map_or(dose, |row| row.number))
    }

    /// Name of a dose as people say it: 初回2回目, 追加; empty where there is only one.
    pub fn dose_name(&self, dose_number: DoseNumber) -> String {
        let named = self.rules(dose_number).find_map(|rule| rule.name.clone());
        named.unwrap_or_else(|| dose_number.label())
    }

    /// Every dose that some series of this programme holds, in order.
    pub fn dose_numbers(&self) -> Vec<DoseNumber> {
        let mut numbers: Vec<DoseNumber> = self
            .series
            .iter()
            .flat_map(|series| series.doses.iter().map(|dose| dose.dose_number))
            .collect();
        numbers.sort();
        numbers.dedup();
        numbers
    }

    /// Whether one dose a season is given, so that the city's season applies.
    pub fn is_seasonal(&self) -> bool {
        self.series
            .iter()
            .any(|series| series.doses.iter().any(|dose| dose.per == Per::Season))
    }

    /// 何について1回か: a life, a season or a pregnancy.
    pub fn per_of(&self, dose_number: DoseNumber) -> Per {
        self.rules(dose_number).next().map_or(Per::Life, |rule| rule.per)
    }

    fn rules(&self, dose_number: DoseNumber) -> impl Iterator<Item = &DoseRule> {
        self.series
            .iter()
            .flat_map(|series| &series.doses)
            .filter(move |dose| dose.dose_number == dose_number)
    }
}

/// 切替え. Who began here goes on there from a day, though the rule here is still in force.
#[derive(Clone, Debug)]
pub struct Succession {
    pub programme: ProgrammeCode,
    pub from: NaiveDate,
    pub citation: String,
}

/// 版. What was in force from a day to a day, for whom.
#[derive(Clone, Debug)]
pub struct Version {
    /// 経過措置・特例の名. None for the ordinary rule.
    pub name: Option<String>,
    pub from: NaiveDate,
    /// Last day; none = no end.
    pub until: Option<NaiveDate>,
    pub born_from: Option<NaiveDate>,
    pub born_until: Option<NaiveDate>,
    pub sex: Option<Sex>,
    /// Codes of facts that must be recorded.
    pub requires: Vec<String>,
    pub windows: Vec<Window>,
    /// Indexes into the programme's series, checked when the rules are read.
    pub series: Vec<usize>,
    pub citation: String,
    pub confidence: Confidence,
}

impl Version {
    /// The days this version was in force.
    pub fn in_force(&self) -> Span {
        Span {
            from: self.from,
            until: self.until.unwrap_or(NaiveDate::MAX),
        }
    }
}

/// 接種のしかた. The doses of those who begin inside a bracket; without bounds, of everybody.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    pub first_from: Option<Bound>,
    pub first_to: Option<Bound>,
    pub doses: Vec<DoseRule>,
    pub citation: String,
}

impl Series {
    pub fn rule(&self, dose_number: DoseNumber) -> Option<&DoseRule> {
        self.doses.iter().find(|dose| dose.dose_number == dose_number)
    }
}

/// 1回ごとの決まり. Every earlier dose of the series must have been given.
#[derive(Clone, Debug)]
pub struct DoseRule {
    pub dose_number: DoseNumber,
    /// 画面での名（初回2回目 など）.
    pub name: Option<String>,
    pub needs: Vec<DoseNumber>,
    pub gaps: Vec<Gap>,
    pub not_before: Option<Bound>,
    pub not_after: Option<Bound>,
    /// 行わない場合. The dose is not given when another one came after a bound.
    pub never_if: Vec<GivenAfter>,
    pub complete_with_two: Option<CompleteWithTwo>,
    /// 初回が終わっていない者. Tried in order when earlier doses are missing and at least one was given.
    pub unfinished: Vec<Unfinished>,
    pub per: Per,
    /// 望ましくない日からの警告.
    pub warn_after: Option<Bound>,
    /// 標準的な間隔, after the dose of the first gap.
    pub standard_interval: Option<(Interval, Interval)>,
    /// Only this product has the dose (asked when judging a record).
    pub product: Option<ProductCode>,
    /// 製剤ごとの間隔. Used besides `gaps` when that product is to be given.
    pub product_gaps: Vec<(ProductCode, Gap)>,
    /// 全く受けていなかった者の間隔. Advice only: it becomes a warning.
    pub advised_gap: Option<(Gap, String)>,
}

/// 間隔の起点.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    Dose(DoseNumber),
    /// 最後に受けた回.
    Latest,
}

/// 接種間隔.
#[derive(Clone, Debug)]
pub struct Gap {
    pub after: After,
    pub interval: Interval,
    /// 医師が必要と認めるとき.
    pub shortened: Option<Interval>,
}

/// 間隔の長さ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interval {
    Days(u32),
    Months(u32),
    /// n月半.
    MonthsAndHalf(u32),
}

impl Interval {
    /// First day at or beyond this interval; for 「まで」 of days it is the last one.
    pub fn after(self, day: NaiveDate) -> NaiveDate {
        match self {
            Interval::Days(n) => super::date::after_days(day, n),
            Interval::Months(n) => super::date::after_months(day, n),
            Interval::MonthsAndHalf(n) => super::date::after_months_and_half(day, n),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Interval::Days(n) => write!(f, "{n}日"),
            Interval::Months(n) => write!(f, "{n}月"),
            Interval::MonthsAndHalf(n) => write!(f, "{n}月半"),
        }
    }
}

/// ある回がある日より後だった.
#[derive(Clone, Debug)]
pub struct GivenAfter {
    pub dose: DoseNumber,
    pub bound: Bound,
}

/// 2回で終わる者. First dose up to a bound, both of one of the products, so many months between.
#[derive(Clone, Debug)]
pub struct CompleteWithTwo {
    pub first_to: Bound,
    pub interval: Interval,
    pub products: Vec<ProductCode>,
}

/// 初回が終わっていない者の追加.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub given_after: Option<GivenAfter>,
    pub from: Option<Bound>,
    pub gaps: Vec<Gap>,
}

/// 何について1回か.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    Life,
    /// 年度（4月1日から3月31日まで）ごと.
    Season,
    /// 分娩予定日ごと.
    Pregnancy,
}

/// 標準的な接種期間.
#[derive(Clone, Debug)]
pub struct Standard {
    pub dose: DoseNumber,
    pub window: Window,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub citation: String,
}

/// かつての間隔の上限. Only ever a warning, on records of that time.
#[derive(Clone, Debug)]
pub struct OldLimit {
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub doses: Vec<DoseNumber>,
    pub at_most: Interval,
    pub citation: String,
}

/// 製剤の決まり. After one of `given` (as the first dose, if `first_only`), `next` is a warning.
#[derive(Clone, Debug)]
pub struct ProductRule {
    pub given: Vec<ProductCode>,
    pub first_only: bool,
    pub next: Vec<ProductCode>,
    pub sentence: String,
    pub citation: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_and_plain() {
        assert_eq!(ProgrammeCode::parse("abc_1").unwrap().as_str(), "abc_1");
        assert_eq!(
            ProgrammeCode::parse("0123456789abcdef").unwrap().as_str(),
            "0123456789abcdef"
        );
        for wrong in ["", "0123456789abcdefg", "ABC", "あ", "a b"] {
            assert!(ProgrammeCode::parse(wrong).is_none(), "{wrong}");
        }
    }
}
