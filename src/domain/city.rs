//! 市の設定. What the city says of itself on paper: names, who signs and when, seasons, fees, forms. One published
//! subject; the revision with the highest serial holds. Reading the city's file and saying what is wrong with it
//! is the office's.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    certificate::CertificateRule,
    identifier::LgCode,
    resident::ChangeReason,
    revision::{Body, Kind, SubjectId},
};

/// 市の設定.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CitySettings {
    /// Rises by one with each publication.
    pub serial: u32,
    pub city: String,
    pub prefecture: String,
    pub lg_code: LgCode,
    pub office: String,
    /// 証明書の番号の前書き.
    pub issue_prefix: String,
    /// 証明できる範囲. Born on or after the first day: everything; older people: doses from the second day on.
    pub born_from: NaiveDate,
    pub older_from: NaiveDate,
    /// By the first day of the office; no two at one time.
    pub authorities: Vec<Authority>,
    /// By code of the programme.
    pub seasons: BTreeMap<String, Season>,
    /// 自己負担額, in yen.
    pub own_payment_yen: BTreeMap<String, u32>,
    /// 予診票の様式; under "" the one for programmes without their own.
    pub forms: BTreeMap<String, String>,
    /// 地区. Empty in settings of before there were any.
    #[serde(default, skip_serializing_if = "Districts::is_empty")]
    pub districts: Districts,
    /// 住民異動ファイルの受け取り. Without it no file is taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedSettings>,
}

/// 地区. Codes of the feed and names of the health centers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Districts(pub BTreeMap<String, String>);

impl Districts {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of a code; the code itself where it is none of the city's.
    #[must_use]
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, String::as_str)
    }

    /// Of a code or of the beginning of a name; none where no district is called so.
    #[must_use]
    pub fn code(&self, word: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(code, name)| *code == word || name.starts_with(word));
        found.map(|(code, _)| code.as_str())
    }
}

/// 住民異動ファイルの受け取り. What the city has agreed with those who keep its register.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FeedSettings {
    pub encoding: FeedEncoding,
    /// A differential of more rows waits for a second person.
    pub most_unreleased: u32,
    /// 外字 (a private-use letter) to letters.
    pub gaiji: BTreeMap<char, String>,
    /// The register's code or word to 異動事由.
    pub reasons: BTreeMap<String, ChangeReason>,
}

/// 文字コード.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedEncoding {
    Utf8,
    ShiftJis,
}

impl FeedEncoding {
    /// As the city's file writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            FeedEncoding::Utf8 => "UTF-8",
            FeedEncoding::ShiftJis => "Shift_JIS",
        }
    }
}

/// 実施期間. Both days included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Season {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// 認証者. Mayor or deputy, with the days of the office, both included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Authority {
    pub title: String,
    pub name: String,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

impl Body for CitySettings {
    const KIND: Kind = Kind::CitySetting;
    const VERSION: u16 = 1;
}

impl CitySettings {
    /// The one subject of these settings.
    #[must_use]
    pub fn subject() -> SubjectId {
        SubjectId::derived("city_setting", "paper")
    }

    /// 証明できる範囲.
    #[must_use]
    pub fn certificate_rule(&self) -> CertificateRule {
        CertificateRule {
            born_from: self.born_from,
            older_from: self.older_from,
        }
    }

    /// Who signs on a day.
    #[must_use]
    pub fn authority_on(&self, day: NaiveDate) -> Option<&Authority> {
        self.authorities
            .iter()
            .find(|one| one.from <= day && one.until.is_none_or(|until| day <= until))
    }

    /// Every text a reader of the paper sees, with its name in the file.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("city", &self.city),
            ("prefecture", &self.prefecture),
            ("office", &self.office),
            ("issue_prefix", &self.issue_prefix),
        ]
        .into_iter()
        .map(|(name, text)| (name, text.as_str()))
        .chain(self.authorities.iter().flat_map(|one| {
            [
                ("authority.title", one.title.as_str()),
                ("authority.name", one.name.as_str()),
            ]
        }))
    }
}
