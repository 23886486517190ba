//! 市の設定. What the city says of itself on paper: names, who signs and when, seasons, fees, forms. One published
//! subject; the revision with the highest serial holds. Reading the city's file and saying what is wrong with it
//! is the office's.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    certificate::CertificateRule,
    identifier::LgCode,
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
