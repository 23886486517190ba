//! 予診票の束. A ledger: facts about a bundle of paper are only ever added, its state is computed from all of
//! them in any order. The sheets themselves are questionnaires that point to the bundle; more sheets than
//! counted, or one sheet twice, is work to settle and never refused on receipt.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::revision::{Body, Kind};

/// A bundle holds at most this many sheets; a larger delivery is registered as several bundles.
pub const MOST_SHEETS: u16 = 2000;

/// 束の事実.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BundleFact {
    /// 受領.
    Received(Receipt),
    /// 数えなおし. The count at receipt was wrong; the newest recount holds.
    Recounted { count: u16, reason: RecountReason },
    /// 閉じる. With the sheets that were counted and never found, by number.
    Closed { missing: Vec<u16> },
    /// 開きなおす.
    Reopened,
}

impl Body for BundleFact {
    const KIND: Kind = Kind::Bundle;
    const VERSION: u16 = 1;
}

/// 束の受領.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// 束の番号, e.g. `R8-0412`: unique in the office, written on the bundle's cover.
    pub number: String,
    /// 送付元. Code of the sending body in the table of institutions.
    pub sender: String,
    pub received_on: NaiveDate,
    /// Counted by hand at the counter.
    pub count: u16,
    /// 予防接種の種類, where the whole bundle is of one.
    pub programme: Option<String>,
    /// 様式の番号.
    pub form_id: String,
    pub form_version: String,
    /// 実施月. The first day of the month the sender accounts for.
    pub month: Option<NaiveDate>,
}

/// 数えなおしの理由.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecountReason {
    /// 数えちがい.
    Miscounted,
    /// あとから届いた.
    ArrivedLater,
    /// 送付元へ返した.
    SentBack,
}

impl RecountReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::Miscounted => "miscounted",
            Self::ArrivedLater => "arrived_later",
            Self::SentBack => "sent_back",
        }
    }
}

/// 束の状態, computed from its facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundleState {
    pub receipt: Receipt,
    /// After recounts.
    pub count: u16,
    pub is_closed: bool,
    /// Sheets declared missing when it was closed.
    pub missing: BTreeSet<u16>,
    /// Two receipts of one bundle: to be settled by a person.
    pub is_received_twice: bool,
}

impl BundleState {
    /// `facts` in the agreed order (lamport, then id). `None` while no receipt is known.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a BundleFact>) -> Option<Self> {
        let mut state: Option<Self> = None;
        let mut count = None;
        let mut is_closed = false;
        let mut missing = BTreeSet::new();
        for fact in facts {
            match fact {
                BundleFact::Received(receipt) => match &mut state {
                    Some(known) => known.is_received_twice = known.receipt != *receipt,
                    None => {
                        state = Some(Self {
                            receipt: receipt.clone(),
                            count: receipt.count,
                            is_closed: false,
                            missing: BTreeSet::new(),
                            is_received_twice: false,
                        });
                    }
                },
                BundleFact::Recounted { count: counted, .. } => count = Some(*counted),
                BundleFact::Closed { missing: named } => {
                    is_closed = true;
                    missing = named.iter().copied().collect();
                }
                BundleFact::Reopened => {
                    is_closed = false;
                    missing.clear();
                }
            }
        }
        let mut state = state?;
        state.count = count.unwrap_or(state.count);
        state.is_closed = is_closed;
        state.missing = missing;
        Some(state)
    }
}

/// The sheets of a bundle that nobody has entered, by number from 1.
pub fn not_entered(count: u16, entered: &BTreeSet<u16>) -> Vec<u16> {
    (1..=count.min(MOST_SHEETS))
        .filter(|sheet| !entered.contains(sheet))
        .collect()
}

/// 「3、7、120～122」: sheet numbers as a person writes them.
pub fn in_words(sheets: &[u16]) -> String {
    let mut spans: Vec<(u16, u16)> = Vec::new();
    for &sheet in sheets {
        match spans.last_mut() {
            Some((_, end)) if u32::from(*end) + 1 == u32::from(sheet) => *end = sheet,
            _ => spans.push((sheet, sheet)),
        }
    }
    spans
        .iter()
        .map(|(from, to)| match to - from {
            0 => from.to_string(),
            1 => format!("{from}、{to}"),
            _ => format!("{from}～{to}"),
        })
        .collect::<Vec<_>>()
        .join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(count: u16) -> BundleFact {
        BundleFact::Received(Receipt {
            number: "R8-0001".into(),
            sender: "L-ishikai".into(),
            received_on: "2026-11-10".parse().unwrap(),
            count,
            programme: Some("mr1".into()),
            form_id: "Y-01".into(),
            form_version: "R8-2".into(),
            month: None,
        })
    }

    #[test]
    fn a_recount_holds_over_the_first_count_and_closing_names_what_is_missing() {
        let facts = [
            received(120),
            BundleFact::Recounted {
                count: 119,
                reason: RecountReason::Miscounted,
            },
            BundleFact::Closed { missing: vec![4, 7] },
        ];
        let state = BundleState::of(&facts).unwrap();
        assert_eq!(state.count, 119);
        assert!(state.is_closed);
        assert_eq!(state.missing, BTreeSet::from([4, 7]));
        let reopened = BundleState::of(facts.iter().chain([&BundleFact::Reopened])).unwrap();
        assert!(!reopened.is_closed && reopened.missing.is_empty());
    }

    #[test]
    fn facts_without_a_receipt_are_no_bundle_yet() {
        assert_eq!(BundleState::of(&[BundleFact::Reopened]), None);
    }

    #[test]
    fn two_different_receipts_of_one_bundle_are_said() {
        assert!(
            BundleState::of(&[received(3), received(4)])
                .unwrap()
                .is_received_twice
        );
        assert!(
            !BundleState::of(&[received(3), received(3)])
                .unwrap()
                .is_received_twice
        );
    }

    #[test]
    fn missing_sheets_are_counted_and_written_in_spans() {
        let entered = BTreeSet::from([1, 2, 5, 6]);
        assert_eq!(not_entered(10, &entered), [3, 4, 7, 8, 9, 10]);
        assert_eq!(in_words(&[3, 4, 7, 8, 9, 10]), "3、4、7～10");
        assert_eq!(in_words(&[]), "");
    }
}
