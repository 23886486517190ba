//! 異動. Why and when a person's entry in the register changed: the closed list of the standard
//! (住民記録システム標準仕様書, 異動事由). The numeric codes are each register's own and are mapped at the feed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 異動（事由・日・届出日）.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResidencyChange {
    pub reason: ChangeReason,
    /// 異動日, if it is a day of the calendar.
    pub occurred_on: Option<NaiveDate>,
    /// 異動日の表記, where the register has no such day.
    pub occurred_as_written: Option<String>,
    /// 異動届け出日.
    pub notified_on: Option<NaiveDate>,
}

macro_rules! reasons {
    ($($reason:ident = $word:literal),* $(,)?) => {
        /// 異動事由.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeReason { $(#[doc = $word] $reason),* }

        impl ChangeReason {
            /// The closed list, in the order of the standard: 記載, 消除, 修正.
            pub const ALL: &'static [ChangeReason] = &[$(ChangeReason::$reason),*];

            /// The standard's word.
            pub fn word(self) -> &'static str {
                match self { $(ChangeReason::$reason => $word),* }
            }
        }
    };
}

reasons! {
    MovedIn = "国内転入",
    MovedInFromAbroad = "国外転入等",
    Born = "出生",
    EnteredByNaturalisation = "職権記載（帰化等）",
    EnteredByLossOfNationality = "職権記載（国籍喪失）",
    EnteredExOfficio = "職権記載",
    EnteredByRewriting = "改製（記載）",
    EnteredByRestoring = "再製（記載）",
    EnteredByCancelling = "異動の取消し（増）",
    MovedOut = "国内転出",
    MovedOutAbroad = "国外転出",
    Died = "死亡",
    RemovedByNaturalisation = "職権消除（帰化等）",
    RemovedByLossOfNationality = "職権消除（国籍喪失）",
    RemovedExOfficio = "職権消除",
    RemovedByRewriting = "改製（消除）",
    RemovedByRestoring = "再製（消除）",
    RemovedByCancelling = "異動の取消し（減）",
    MovedWithin = "転居",
    SlightCorrection = "軽微な修正",
    CorrectedExOfficio = "職権修正",
    MiswritingCorrected = "誤記修正",
    IndividualNumberChanged = "個人番号の変更請求",
    IndividualNumberCorrected = "個人番号の職権修正",
    IndividualNumberEntered = "個人番号の職権記載",
    ResidentCodeChanged = "住民票コードの変更請求",
    ResidentCodeEntered = "住民票コードの職権記載",
    HouseholdSplit = "世帯分離",
    HouseholdsMerged = "世帯合併",
    HouseholdChanged = "世帯変更",
    HeadChanged = "世帯主変更",
    FormerSurnameEntered = "旧氏の記載",
    FormerSurnameChanged = "旧氏の変更",
    FormerSurnameDeleted = "旧氏の削除",
    CommonNameEntered = "通称の記載",
    CommonNameDeleted = "通称の削除",
    CorrectedByCancelling = "異動の取消し（修正）",
}

impl ChangeReason {
    /// Reads the standard's word.
    pub fn of_word(word: &str) -> Option<Self> {
        let word = word.replace('(', "（").replace(')', "）");
        Self::ALL.iter().copied().find(|reason| reason.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_is_closed_and_its_words_differ() {
        let words: BTreeSet<_> = ChangeReason::ALL.iter().map(|reason| reason.word()).collect();
        assert_eq!(words.len(), 37);
        for reason in ChangeReason::ALL {
            assert_eq!(ChangeReason::of_word(reason.word()), Some(*reason));
        }
        assert_eq!(
            ChangeReason::of_word("職権記載(帰化等)"),
            Some(ChangeReason::EnteredByNaturalisation)
        );
        assert_eq!(ChangeReason::of_word("引っ越し"), None);
    }
}
