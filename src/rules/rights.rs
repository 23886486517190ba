//! 権限の対応表を読む. Reads `assets/codes/rights.toml`; the file is part of the program and held by tests, a
//! table published by the city replaces it. What the rows mean is `domain/right`.

use crate::domain::{
    deed::Deed,
    operator::{Role, Roles},
    right::{Consent, Right, Rights, RightsProblem},
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, sync::LazyLock};

static EMBEDDED: LazyLock<Rights> = LazyLock::new(|| {
    parse(include_str!("../../assets/codes/rights.toml")).expect("the table of rights is held by a test")
});

/// 対応表（プログラムに入っているもの）.
pub fn embedded() -> &'static Rights {
    &EMBEDDED
}

/// 対応表を読めないわけ. For whoever edits the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RightsFileError {
    Toml(String),
    UnknownDeed(String),
    UnknownRole(String),
    /// `consent` and `by` stand together or not at all.
    HalfConsent(String),
    Problems(Vec<RightsProblem>),
}

impl fmt::Display for RightsFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toml(why) => write!(
                f,
                "権限の対応表が読めません（{why}）。表の書き方を見直してください。"
            ),
            Self::UnknownDeed(code) => {
                write!(
                    f,
                    "権限の対応表に知らない操作があります（{code}）。プログラムを新しくしてください。"
                )
            }
            Self::UnknownRole(code) => {
                write!(
                    f,
                    "権限の対応表に知らない役割があります（{code}）。役割の名前を見直してください。"
                )
            }
            Self::HalfConsent(code) => {
                write!(
                    f,
                    "権限の対応表の {code} は、承認の種類と承認の操作をそろえて書いてください。"
                )
            }
            Self::Problems(problems) => {
                write!(
                    f,
                    "権限の対応表に {}か所の欠けがあります。{problems:?} を直してください。",
                    problems.len()
                )
            }
        }
    }
}

impl std::error::Error for RightsFileError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    deeds: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    roles: Vec<String>,
    consent: Option<Consent>,
    by: Option<String>,
}

/// 対応表を読む. Pure: text in, table out.
pub fn parse(text: &str) -> Result<Rights, RightsFileError> {
    let file: File = toml::from_str(text).map_err(|e| RightsFileError::Toml(e.message().to_owned()))?;
    let deed = |code: &str| Deed::parse(code).ok_or_else(|| RightsFileError::UnknownDeed(code.to_owned()));
    let mut rows = BTreeMap::new();
    for (code, row) in &file.deeds {
        let consent = match (row.consent, &row.by) {
            (Some(consent), Some(by)) => Some((consent, deed(by)?)),
            (None, None) => None,
            _ => return Err(RightsFileError::HalfConsent(code.clone())),
        };
        rows.insert(
            deed(code)?,
            Right {
                roles: roles(&row.roles)?,
                consent,
            },
        );
    }
    Rights::check(file.version, rows).map_err(RightsFileError::Problems)
}

fn roles(codes: &[String]) -> Result<Roles, RightsFileError> {
    if matches!(codes, [one] if one == "any") {
        return Ok(Roles::of(&Role::ALL));
    }
    codes
        .iter()
        .map(|code| Role::parse(code).ok_or_else(|| RightsFileError::UnknownRole(code.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(role: Role, deed: Deed) -> bool {
        embedded().may(Roles::of(&[role]), deed)
    }

    #[test]
    fn every_deed_has_a_row_and_every_row_a_deed() {
        assert_eq!(embedded().rows().count(), Deed::ALL.len());
    }

    #[test]
    fn rights_administrator_and_technician_reach_no_data_of_residents() {
        for deed in Deed::ALL {
            let of_people = [
                "resident.",
                "individual_number.",
                "protection.",
                "questionnaire.",
                "record.",
                "draw.",
            ];
            if of_people.iter().any(|prefix| deed.code().starts_with(prefix)) {
                assert!(!may(Role::RightsAdministrator, *deed), "{}", deed.code());
                assert!(!may(Role::Technician, *deed), "{}", deed.code());
            }
        }
    }

    #[test]
    fn only_the_number_handler_sees_individual_numbers() {
        for role in Role::ALL {
            assert_eq!(may(role, Deed::ViewIndividualNumber), role == Role::NumberHandler);
            assert_eq!(
                may(role, Deed::SearchIndividualNumber),
                role == Role::NumberHandler
            );
        }
    }

    #[test]
    fn entry_and_its_approval_are_halves_of_one_deed() {
        let rights = embedded();
        assert!(rights.are_halves(Deed::Enter, Deed::ApproveEntry));
        assert!(rights.are_halves(Deed::ReleaseRun, Deed::PrepareRun));
        assert!(!rights.are_halves(Deed::Enter, Deed::ReleaseRun));
        assert_eq!(
            rights.consent(Deed::DrawCohort),
            Some((Consent::Second, Deed::ReleaseDraw))
        );
    }

    #[test]
    fn a_clerk_can_enter_but_neither_approve_nor_release_nor_administer() {
        assert!(may(Role::Clerk, Deed::Enter));
        for deed in [
            Deed::ApproveEntry,
            Deed::ReleaseRun,
            Deed::ReleaseDraw,
            Deed::EnrollOperator,
            Deed::ViewLog,
        ] {
            assert!(!may(Role::Clerk, deed), "{}", deed.code());
        }
    }

    #[test]
    fn unknown_words_in_the_table_are_named() {
        let unknown = "version = 1\n[deeds]\n\"resident.fly\" = { roles = [] }\n";
        assert_eq!(
            parse(unknown),
            Err(RightsFileError::UnknownDeed("resident.fly".into()))
        );
        let role = "version = 1\n[deeds]\n\"session.lock\" = { roles = [\"queen\"] }\n";
        assert_eq!(parse(role), Err(RightsFileError::UnknownRole("queen".into())));
        assert!(
            matches!(parse("version = 1\n[deeds]\n"), Err(RightsFileError::Problems(p)) if p.len() == Deed::ALL.len())
        );
    }
}
