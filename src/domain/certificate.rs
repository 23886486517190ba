//! 証明書の発行. A ledger per application: applied with an identity document, issued copy by copy, spoiled,
//! issued again. Every printed field comes from the register or the records, never from the keyboard. Which
//! doses may be certified is the city's rule, here as a pure function.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    record::{Category, Source},
    revision::{Body, Kind, RevisionId},
};

/// Most copies of one application.
pub const MOST_COPIES: u8 = 10;

/// 証明書の種類.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 予防接種済証: one dose.
    Completion,
    /// 予防接種履歴証明書（和文）.
    History,
    /// 予防接種履歴証明書（英文）.
    HistoryEnglish,
}

impl CertificateKind {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Completion => "completion",
            Self::History => "history",
            Self::HistoryEnglish => "history_english",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Completion => "予防接種済証",
            Self::History => "予防接種履歴証明書（和文）",
            Self::HistoryEnglish => "予防接種履歴証明書（英文）",
        }
    }
}

/// 本人確認書類. Its kind only; no number of a document is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityDocument {
    MyNumberCard,
    DrivingLicence,
    Passport,
    ResidenceCard,
    DisabilityHandbook,
    /// 2点で確認: two documents without a photograph.
    TwoWithoutPhoto,
}

impl IdentityDocument {
    pub const ALL: [Self; 6] = [
        Self::MyNumberCard,
        Self::DrivingLicence,
        Self::Passport,
        Self::ResidenceCard,
        Self::DisabilityHandbook,
        Self::TwoWithoutPhoto,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MyNumberCard => "my_number_card",
            Self::DrivingLicence => "driving_licence",
            Self::Passport => "passport",
            Self::ResidenceCard => "residence_card",
            Self::DisabilityHandbook => "disability_handbook",
            Self::TwoWithoutPhoto => "two_without_photo",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::MyNumberCard => "マイナンバーカード",
            Self::DrivingLicence => "運転免許証",
            Self::Passport => "旅券",
            Self::ResidenceCard => "在留カード",
            Self::DisabilityHandbook => "障害者手帳",
            Self::TwoWithoutPhoto => "写真のないもの2点",
        }
    }
}

/// 申請者. Who stands at the counter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicant {
    /// 本人.
    Recipient,
    /// 保護者.
    Guardian,
    /// 同一世帯の家族.
    SameHousehold,
    /// 代理人, with a power of attorney.
    Proxy,
}

impl Applicant {
    pub const ALL: [Self; 4] = [Self::Recipient, Self::Guardian, Self::SameHousehold, Self::Proxy];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Guardian => "guardian",
            Self::SameHousehold => "same_household",
            Self::Proxy => "proxy",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Recipient => "本人",
            Self::Guardian => "保護者",
            Self::SameHousehold => "同じ世帯",
            Self::Proxy => "代理人",
        }
    }
}

/// 使いみち. What the certificate is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    School,
    Travel,
    Work,
    Lost,
    Other,
}

impl Purpose {
    pub const ALL: [Self; 5] = [Self::School, Self::Travel, Self::Work, Self::Lost, Self::Other];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::School => "学校",
            Self::Travel => "渡航",
            Self::Work => "就職",
            Self::Lost => "手帳の紛失",
            Self::Other => "その他",
        }
    }
}

/// 申請.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Application {
    pub kind: CertificateKind,
    pub applicant: Applicant,
    pub document: IdentityDocument,
    pub purpose: Purpose,
    /// The versions of the records that are certified.
    pub records: Vec<RevisionId>,
    pub copies: u8,
    pub applied_on: NaiveDate,
}

/// 証明書の事実. `about` of its revision is the resident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFact {
    Applied(Application),
    /// One copy. The number is never given again.
    Issued {
        number: String,
        copy: u8,
        form: String,
        form_version: u16,
        issued_on: NaiveDate,
        /// SHA-256 over the sheet.
        digest: super::trust::Octets,
        /// The copy it takes the place of.
        replaces: Option<String>,
    },
    /// 刷損. Destroyed before it left the counter.
    Spoiled {
        number: String,
        on: NaiveDate,
    },
    /// 旅券の提示. What the passport says, where the certificate shows it.
    PassportShown(Passport),
}

/// 旅券の記載（新型コロナウイルス感染症予防接種証明書）. As printed in the passport; the names in brackets are not in
/// its machine-readable lines.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// ローマ字氏名.
    pub roman_name: String,
    /// 旧姓・別姓・別名, where the passport has them.
    pub former_surname: Option<String>,
    pub other_surname: Option<String>,
    pub other_name: Option<String>,
    /// 国籍, ISO 3166 alpha-3.
    pub nationality: String,
    /// 旅券番号.
    pub number: String,
}

impl std::fmt::Debug for Passport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passport(…)")
    }
}

impl Body for CertificateFact {
    const KIND: Kind = Kind::CertificateIssue;
    const VERSION: u16 = 1;
}

/// 証明できる範囲（設定）. Which doses the city certifies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateRule {
    /// Born on or after this day: all routine doses.
    pub born_from: NaiveDate,
    /// Born before it: only doses given from this day on.
    pub older_from: NaiveDate,
}

impl CertificateRule {
    /// The rule of いわき市 (its page on 予防接種履歴証明 of 2025-03-21): born from 2005-01-01 everything, older
    /// people from 2007-04-01 on.
    #[must_use]
    pub fn iwaki() -> Self {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX);
        Self {
            born_from: day(2005, 1, 1),
            older_from: day(2007, 4, 1),
        }
    }
}

/// 証明できるかの材料. What is asked of one dose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Certifiable {
    pub category: Category,
    pub source: Source,
    pub vaccinated_on: NaiveDate,
    pub born_on: Option<NaiveDate>,
    /// Registered in the city since.
    pub resident_since: Option<NaiveDate>,
    pub is_approved: bool,
    /// Another head of the record stands against it.
    pub is_in_conflict: bool,
}

/// 証明できない理由.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotCertifiable {
    NotApproved,
    InConflict,
    /// 定期の接種ではない.
    NotRoutine,
    /// 他市町村での接種.
    OtherCity,
    /// 住民になる前の接種.
    BeforeResidence,
    /// 市の台帳で証明する日より前.
    TooOld,
    UnknownBirth,
}

impl NotCertifiable {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotApproved => "未承認",
            Self::InConflict => "要確認",
            Self::NotRoutine => "定期接種ではない",
            Self::OtherCity => "他市町村での接種",
            Self::BeforeResidence => "転入前の接種",
            Self::TooOld => "証明する期間より前",
            Self::UnknownBirth => "生年月日が不詳",
        }
    }
}

/// 証明できるか. Only approved routine doses, given while the person was registered here, in the city's range.
///
/// # Errors
/// The first reason against it.
pub fn certifiable(rule: &CertificateRule, dose: &Certifiable) -> Result<(), NotCertifiable> {
    if !dose.is_approved {
        return Err(NotCertifiable::NotApproved);
    }
    if dose.is_in_conflict {
        return Err(NotCertifiable::InConflict);
    }
    if !matches!(dose.category, Category::RoutineA | Category::RoutineB) {
        return Err(NotCertifiable::NotRoutine);
    }
    if dose.source == Source::OtherCity {
        return Err(NotCertifiable::OtherCity);
    }
    if dose
        .resident_since
        .is_some_and(|since| dose.vaccinated_on < since)
    {
        return Err(NotCertifiable::BeforeResidence);
    }
    let Some(born_on) = dose.born_on else {
        return Err(NotCertifiable::UnknownBirth);
    };
    if born_on < rule.born_from && dose.vaccinated_on < rule.older_from {
        return Err(NotCertifiable::TooOld);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    fn dose() -> Certifiable {
        Certifiable {
            category: Category::RoutineA,
            source: Source::OwnEntry,
            vaccinated_on: day(2026, 10, 3),
            born_on: Some(day(2025, 9, 14)),
            resident_since: Some(day(2025, 9, 14)),
            is_approved: true,
            is_in_conflict: false,
        }
    }

    #[test]
    fn only_approved_routine_doses_given_to_residents_are_certified() {
        let rule = CertificateRule::iwaki();
        assert_eq!(certifiable(&rule, &dose()), Ok(()));
        let against = [
            (
                Certifiable {
                    is_approved: false,
                    ..dose()
                },
                NotCertifiable::NotApproved,
            ),
            (
                Certifiable {
                    is_in_conflict: true,
                    ..dose()
                },
                NotCertifiable::InConflict,
            ),
            (
                Certifiable {
                    category: Category::Voluntary,
                    ..dose()
                },
                NotCertifiable::NotRoutine,
            ),
            (
                Certifiable {
                    source: Source::OtherCity,
                    ..dose()
                },
                NotCertifiable::OtherCity,
            ),
            (
                Certifiable {
                    resident_since: Some(day(2026, 10, 4)),
                    ..dose()
                },
                NotCertifiable::BeforeResidence,
            ),
            (
                Certifiable {
                    born_on: None,
                    ..dose()
                },
                NotCertifiable::UnknownBirth,
            ),
        ];
        for (dose, reason) in against {
            assert_eq!(certifiable(&rule, &dose), Err(reason));
        }
    }

    #[test]
    fn people_born_before_2005_have_doses_certified_from_april_2007_on() {
        let rule = CertificateRule::iwaki();
        let older = |vaccinated_on| {
            let dose = Certifiable {
                born_on: Some(day(2004, 12, 31)),
                resident_since: None,
                vaccinated_on,
                ..dose()
            };
            certifiable(&rule, &dose)
        };
        assert_eq!(older(day(2007, 3, 31)), Err(NotCertifiable::TooOld));
        assert_eq!(older(day(2007, 4, 1)), Ok(()));
    }
}
