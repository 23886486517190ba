//! 接種結果. What a sheet came to: vaccinated, screened only, broken off or unusable. Which doses count for
//! intervals and certificates is decided by those who read it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 接種結果（接種判定）. Codes 1–5 as on the sheet's box of the city.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Outcome {
    /// 接種済.
    Vaccinated,
    /// 予診のみ. No injection took place; the screening itself is paid.
    ScreenedOnly(ScreenedOnly),
    /// 接種中止. Begun and broken off.
    Discontinued,
    /// 予診票不備. The sheet lacks what a record needs; it goes back to the sender.
    Incomplete,
}

/// 予診のみの理由.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ScreenedOnly {
    /// 医師見合わせ.
    Postponed,
    /// 不同意.
    Declined,
}

impl Outcome {
    pub const ALL: [Self; 5] = [
        Self::Vaccinated,
        Self::ScreenedOnly(ScreenedOnly::Postponed),
        Self::ScreenedOnly(ScreenedOnly::Declined),
        Self::Discontinued,
        Self::Incomplete,
    ];

    /// 結果番号, 1–5.
    pub fn code(self) -> u8 {
        match self {
            Self::Vaccinated => 1,
            Self::ScreenedOnly(ScreenedOnly::Postponed) => 2,
            Self::ScreenedOnly(ScreenedOnly::Declined) => 3,
            Self::Discontinued => 4,
            Self::Incomplete => 5,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Vaccinated => "接種済",
            Self::ScreenedOnly(ScreenedOnly::Postponed) => "予診のみ（医師見合わせ）",
            Self::ScreenedOnly(ScreenedOnly::Declined) => "予診のみ（不同意）",
            Self::Discontinued => "接種中止",
            Self::Incomplete => "予診票不備",
        }
    }

    /// 予診フラグ.
    pub fn is_screened_only(self) -> bool {
        matches!(self, Self::ScreenedOnly(_))
    }

    /// Whether something was injected, so that vaccine, lot and amount must be known.
    pub fn is_injected(self) -> bool {
        matches!(self, Self::Vaccinated)
    }
}

impl From<Outcome> for u8 {
    fn from(outcome: Outcome) -> u8 {
        outcome.code()
    }
}

impl TryFrom<u8> for Outcome {
    type Error = UnknownCode;

    fn try_from(code: u8) -> Result<Self, UnknownCode> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.code() == code)
            .ok_or(UnknownCode)
    }
}

/// A code outside the closed list it must come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("一覧にない番号です。一覧にある番号を選んでください。")
    }
}

impl std::error::Error for UnknownCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_comes_back_from_its_code_and_nothing_else_does() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::try_from(outcome.code()), Ok(outcome));
        }
        assert!(Outcome::try_from(0).is_err());
        assert!(Outcome::try_from(6).is_err());
    }
}
