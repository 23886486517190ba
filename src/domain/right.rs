//! 権限の対応表. Which role may do which deed, and whose consent a deed needs before it counts. The table is
//! data (`assets/codes/rights.toml`, read by `rules`); here stand its meaning and the rule that nobody does
//! both halves of one deed.

use crate::domain::{deed::Deed, operator::Roles};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 承認の種類. What kind of consent a deed needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// 入力の承認: the entry stands at once, marked 未承認, and counts for certificates once approved.
    Entry,
    /// 2人目: nothing takes effect before a second person has agreed.
    Second,
    /// 印刷の承認: only for more than [`RELEASE_FREE_SHEETS`] sheets, over the digest of the manifest.
    Release,
    /// 責任者2人: two officials with their recovery keys.
    Officials,
}

impl Consent {
    /// 承認の種類のコード, as in `assets/codes/rights.toml` and in the projection of approvals.
    pub const fn code(self) -> &'static str {
        match self {
            Consent::Entry => "entry",
            Consent::Second => "second",
            Consent::Release => "release",
            Consent::Officials => "officials",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [
            Consent::Entry,
            Consent::Second,
            Consent::Release,
            Consent::Officials,
        ]
        .into_iter()
        .find(|consent| consent.code() == code)
    }
}

/// 承認なしで刷れる枚数. Runs of more sheets need a release by a second person.
pub const RELEASE_FREE_SHEETS: u32 = 10;

/// 対応表の1行.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Right {
    /// Who may do it. Empty where only officials with their keys, or the machine, may.
    pub roles: Roles,
    /// Whose consent it needs, and the deed by which that consent is given.
    pub consent: Option<(Consent, Deed)>,
}

/// 権限の対応表. Total: every deed has a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    version: u32,
    rows: BTreeMap<Deed, Right>,
}

/// 対応表の欠け. What is wrong with a table of rights; for whoever edits the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RightsProblem {
    MissingRow(Deed),
    /// The deed of consent is open to nobody.
    NobodyConsents(Deed),
    /// A deed can't be its own consent.
    ConsentsToItself(Deed),
}

impl Rights {
    /// 対応表を作る. Returns everything that is wrong, at once.
    pub fn check(version: u32, rows: BTreeMap<Deed, Right>) -> Result<Rights, Vec<RightsProblem>> {
        let mut problems: Vec<_> = Deed::ALL
            .iter()
            .filter(|deed| !rows.contains_key(deed))
            .map(|deed| RightsProblem::MissingRow(*deed))
            .collect();
        for (deed, right) in &rows {
            match right.consent {
                Some((_, by)) if by == *deed => problems.push(RightsProblem::ConsentsToItself(*deed)),
                Some((Consent::Officials, _)) | None => {}
                Some((_, by)) if rows.get(&by).is_none_or(|other| other.roles.is_empty()) => {
                    problems.push(RightsProblem::NobodyConsents(*deed));
                }
                Some(_) => {}
            }
        }
        if problems.is_empty() {
            Ok(Rights { version, rows })
        } else {
            Err(problems)
        }
    }

    /// 対応表の版. Rises with every change of the table.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// この役割でできるか.
    pub fn may(&self, roles: Roles, deed: Deed) -> bool {
        self.rows.get(&deed).is_some_and(|right| right.roles.meets(roles))
    }

    /// だれの承認がいるか.
    pub fn consent(&self, deed: Deed) -> Option<(Consent, Deed)> {
        self.rows.get(&deed).and_then(|right| right.consent)
    }

    /// この操作の担当. The roles that may do it.
    pub fn roles(&self, deed: Deed) -> Roles {
        self.rows.get(&deed).map_or(Roles::NONE, |right| right.roles)
    }

    /// 同じ人が両方してはならない組か. True for a deed and the deed that consents to it, in either order.
    pub fn are_halves(&self, one: Deed, other: Deed) -> bool {
        let consents = |a: Deed, b: Deed| self.consent(a).is_some_and(|(_, by)| by == b);
        consents(one, other) || consents(other, one)
    }

    /// 対応表の行, in the order of the list of deeds.
    pub fn rows(&self) -> impl Iterator<Item = (Deed, Right)> + '_ {
        self.rows.iter().map(|(deed, right)| (*deed, *right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operator::Role;

    #[test]
    fn a_table_without_a_row_or_with_consent_by_nobody_is_refused() {
        let all = Roles::of(&[Role::Clerk]);
        let mut rows: BTreeMap<_, _> = Deed::ALL
            .iter()
            .map(|deed| {
                (
                    *deed,
                    Right {
                        roles: all,
                        consent: None,
                    },
                )
            })
            .collect();
        assert!(Rights::check(1, rows.clone()).is_ok());
        rows.insert(
            Deed::Enter,
            Right {
                roles: all,
                consent: Some((Consent::Entry, Deed::ApproveEntry)),
            },
        );
        rows.insert(
            Deed::ApproveEntry,
            Right {
                roles: Roles::NONE,
                consent: None,
            },
        );
        rows.insert(
            Deed::Note,
            Right {
                roles: all,
                consent: Some((Consent::Second, Deed::Note)),
            },
        );
        rows.remove(&Deed::Search);
        assert_eq!(
            Rights::check(1, rows),
            Err(vec![
                RightsProblem::MissingRow(Deed::Search),
                RightsProblem::ConsentsToItself(Deed::Note),
                RightsProblem::NobodyConsents(Deed::Enter),
            ])
        );
    }
}
