//! 住民・世帯・支援措置. What the resident register says of a person and a household, in the items of the
//! source document's 別添２. Written by the resident feed only, and 個人番号 is never here:
//! it is a subject of its own. How a feed is read is in `office::feed`.

mod change;
mod relationship;

pub use change::{ChangeReason, ResidencyChange};
pub use relationship::{Relationship, RelationshipError};

use super::{
    birth::BirthDate,
    identifier::{AtenaNumber, HouseholdNumber, LgCode},
    revision::{Body, Kind, SubjectId},
};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 連携の位置. Where in the feeds a statement stood. Statements of one subject are ordered by it alone, the
/// greatest one holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FeedPosition {
    /// Number of the feed: 1 for the city's resident register.
    pub feed: u16,
    /// 通番 of the file within its feed, from 1.
    pub sequence: u32,
    /// Row of the file, from 1, the heading not counted.
    pub row: u32,
}

/// 性別. As the register says; 9 where it says neither.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
    Unknown,
}

impl Sex {
    /// 男・女・不明.
    pub fn word(self) -> &'static str {
        match self {
            Sex::Male => "男",
            Sex::Female => "女",
            Sex::Unknown => "不明",
        }
    }

    /// Code of the feed and of the tables: 1, 2, 9.
    pub fn code(self) -> u8 {
        match self {
            Sex::Male => 1,
            Sex::Female => 2,
            Sex::Unknown => 9,
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Sex::Male),
            "2" => Some(Sex::Female),
            "0" | "9" => Some(Sex::Unknown),
            _ => None,
        }
    }
}

/// 住民区分（住民状態）. Whether and why a person is in the register today.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResidentStatus {
    /// 住民.
    Registered,
    /// 転出者.
    MovedOut,
    /// 死亡者.
    Dead,
    /// その他消除者: removed ex officio, loss of nationality and the like.
    Removed,
    /// 住登外者: lives elsewhere, but the city has dealings with the person.
    NonResident,
}

impl ResidentStatus {
    pub const ALL: [ResidentStatus; 5] = [
        ResidentStatus::Registered,
        ResidentStatus::MovedOut,
        ResidentStatus::Dead,
        ResidentStatus::Removed,
        ResidentStatus::NonResident,
    ];

    pub fn word(self) -> &'static str {
        match self {
            ResidentStatus::Registered => "住民",
            ResidentStatus::MovedOut => "転出",
            ResidentStatus::Dead => "死亡",
            ResidentStatus::Removed => "消除",
            ResidentStatus::NonResident => "住登外",
        }
    }

    /// Code of the feed and of the tables: 1 to 5.
    pub fn code(self) -> u8 {
        match self {
            ResidentStatus::Registered => 1,
            ResidentStatus::MovedOut => 2,
            ResidentStatus::Dead => 3,
            ResidentStatus::Removed => 4,
            ResidentStatus::NonResident => 5,
        }
    }

    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// 処理区分. What the register did with the row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Processing {
    Added,
    Updated,
    /// 論理削除: the row was a mistake of the register; the history stays.
    Deleted,
}

/// 氏名優先区分. Which of the names is written on letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamePriority {
    #[default]
    Registered,
    /// 通称.
    CommonName,
    /// アルファベット氏名.
    Alphabet,
}

/// 氏名. All the names of one person, as registered.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names {
    /// カナ氏名.
    pub kana: String,
    /// 漢字氏名.
    pub kanji: String,
    /// 旧氏, with its reading.
    pub former_surname: Option<String>,
    pub former_surname_kana: Option<String>,
    /// 通称, with its reading.
    pub common: Option<String>,
    pub common_kana: Option<String>,
    /// アルファベット氏名.
    pub alphabet: Option<String>,
    pub priority: NamePriority,
    /// フリガナ確認: whether the reading was confirmed with the person.
    pub kana_confirmed: bool,
}

impl Names {
    /// The name for letters and lists.
    pub fn shown(&self) -> &str {
        let chosen = match self.priority {
            NamePriority::Registered => None,
            NamePriority::CommonName => self.common.as_deref(),
            NamePriority::Alphabet => self.alphabet.as_deref(),
        };
        match chosen {
            Some(name) => name,
            None if self.kanji.is_empty() => self.alphabet.as_deref().unwrap_or(""),
            None => &self.kanji,
        }
    }

    /// The reading of the name that is shown.
    pub fn shown_kana(&self) -> &str {
        match (self.priority, &self.common_kana) {
            (NamePriority::CommonName, Some(kana)) => kana,
            _ => &self.kana,
        }
    }
}

/// 住所. Where a person lives, as registered.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// 住所コード of the register.
    pub code: String,
    /// 郵便番号, seven digits.
    pub postal_code: String,
    /// 住所, down to the number.
    pub text: String,
    /// 方書.
    pub building: String,
    /// 地域情報（地区）. Code of the health center's district; empty where the register has none.
    pub district: String,
}

impl Address {
    /// 住所 and 方書 in one line.
    pub fn line(&self) -> String {
        match self.building.is_empty() {
            true => self.text.clone(),
            false => format!("{}\u{3000}{}", self.text, self.building),
        }
    }
}

/// 住民（個人情報）. One state of one person. Subject: `Resident::subject`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    pub position: FeedPosition,
    pub processing: Processing,
    /// 自治体コード.
    pub lg_code: LgCode,
    pub atena_number: AtenaNumber,
    /// 履歴番号, from 1.
    pub history_number: u32,
    pub household_number: Option<HouseholdNumber>,
    pub names: Names,
    pub birth: BirthDate,
    pub sex: Sex,
    /// 続柄.
    pub relationship: Relationship,
    /// 住民区分.
    pub status: ResidentStatus,
    /// 外国人判定.
    pub foreigner: bool,
    /// 国籍, ISO 3166 alpha-3 or the register's word.
    pub nationality: Option<String>,
    /// 家族判明, the register's own code.
    pub family_code: Option<String>,
    pub address: Address,
    /// 住民となった日.
    pub resident_since: Option<NaiveDate>,
    /// 住所を定めた日.
    pub address_since: Option<NaiveDate>,
    /// 異動事由・異動日・異動届け出日.
    pub change: Option<ResidencyChange>,
    /// 転入前住所.
    pub moved_in_from: Option<String>,
    /// 転出後住所.
    pub moved_out_to: Option<String>,
    pub updated: Updated,
}

impl Body for Resident {
    const KIND: Kind = Kind::Resident;
    const VERSION: u16 = 1;
}

impl Resident {
    /// The subject of a person of the register: derived from 自治体コード and 宛名番号.
    pub fn subject(lg_code: &LgCode, atena_number: &AtenaNumber) -> SubjectId {
        SubjectId::derived("resident", &format!("{lg_code}/{}", atena_number.as_str()))
    }
}

/// 更新者・更新日・更新時間 of the register.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Updated {
    pub by: String,
    pub on: Option<NaiveDate>,
    pub at: Option<NaiveTime>,
}

/// 世帯（世帯情報）. One state of one household. The head's 個人番号 is not here: it is found by the head's
/// 宛名番号.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    pub position: FeedPosition,
    pub processing: Processing,
    pub lg_code: LgCode,
    pub household_number: HouseholdNumber,
    /// 世帯主の宛名番号; none while the register has no head (世帯主未設定).
    pub head_atena_number: Option<AtenaNumber>,
    /// 世帯主カナ氏名.
    pub head_kana: String,
    pub telephone: String,
    pub fax: String,
    /// 地域情報.
    pub area: String,
    /// 世帯予備.
    pub reserve: String,
    pub updated: Updated,
}

impl Body for Household {
    const KIND: Kind = Kind::Household;
    const VERSION: u16 = 1;
}

impl Household {
    /// The subject of a household of the register: derived from 自治体コード and 世帯番号.
    pub fn subject(lg_code: &LgCode, household_number: &HouseholdNumber) -> SubjectId {
        SubjectId::derived("household", &format!("{lg_code}/{}", household_number.as_str()))
    }
}

/// 支援措置（抑止）. One state of one person's protection. It never ends by itself when `until` has passed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    pub position: FeedPosition,
    /// The person; the same as the revision's `about`.
    pub resident: SubjectId,
    pub state: ProtectionState,
}

/// 支援措置の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectionState {
    /// 支援措置, or 仮支援措置 where `provisional`.
    Set {
        provisional: bool,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
    },
    /// 解除: said by the register and confirmed by two.
    Lifted,
}

impl Body for Protection {
    const KIND: Kind = Kind::Protection;
    const VERSION: u16 = 1;
}

impl Protection {
    /// The subject of a person's protection.
    pub fn subject(lg_code: &LgCode, atena_number: &AtenaNumber) -> SubjectId {
        SubjectId::derived("protection", &format!("{lg_code}/{}", atena_number.as_str()))
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

redacted!(Resident, Household, Protection, Names, Address, Updated);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_on_letters_follows_the_priority() {
        let mut names = Names {
            kana: "グエン ヴァン アン".to_owned(),
            alphabet: Some("NGUYEN VAN AN".to_owned()),
            common: Some("山田　安".to_owned()),
            common_kana: Some("ヤマダ アン".to_owned()),
            ..Names::default()
        };
        assert_eq!(names.shown(), "NGUYEN VAN AN");
        names.priority = NamePriority::CommonName;
        assert_eq!((names.shown(), names.shown_kana()), ("山田　安", "ヤマダ アン"));
        assert_eq!(format!("{names:?}"), "Names(…)");
    }

    #[test]
    fn codes_of_the_feed_are_read_back() {
        for status in ResidentStatus::ALL {
            assert_eq!(ResidentStatus::of_code(status.code()), Some(status));
        }
        for sex in [Sex::Male, Sex::Female, Sex::Unknown] {
            assert_eq!(Sex::of_code(&sex.code().to_string()), Some(sex));
        }
    }
}
