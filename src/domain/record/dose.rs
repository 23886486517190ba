//! 接種回数・接種量・方法. Which dose of a series, how much and by which way, exactly as they are compared and
//! printed. Which amounts and ways a product allows is the schedule's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::outcome::UnknownCode;

/// 接種回数. The number in the programme's own series, or 追加.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum DoseNumber {
    /// 1–9.
    Nth(u8),
    /// 追加.
    Booster,
}

impl DoseNumber {
    /// Reads `1`–`9` or `booster`.
    pub fn parse(text: &str) -> Result<Self, UnknownCode> {
        match text {
            "booster" => Ok(Self::Booster),
            _ => match text.as_bytes() {
                [digit @ b'1'..=b'9'] => Ok(Self::Nth(digit - b'0')),
                _ => Err(UnknownCode),
            },
        }
    }

    pub fn code(self) -> String {
        match self {
            Self::Nth(n) => n.to_string(),
            Self::Booster => "booster".to_owned(),
        }
    }

    /// 「2回目」「追加」.
    pub fn label(self) -> String {
        match self {
            Self::Nth(n) => format!("{n}回目"),
            Self::Booster => "追加".to_owned(),
        }
    }
}

impl From<DoseNumber> for String {
    fn from(dose: DoseNumber) -> String {
        dose.code()
    }
}

impl TryFrom<String> for DoseNumber {
    type Error = UnknownCode;

    fn try_from(text: String) -> Result<Self, UnknownCode> {
        Self::parse(&text)
    }
}

/// 接種量. In hundredths of a millilitre, so that 0.25 mL is exact; 0.01–9.99 mL.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Amount(u16);

impl Amount {
    pub fn from_hundredths_ml(hundredths: u16) -> Option<Self> {
        (1..1000).contains(&hundredths).then_some(Self(hundredths))
    }

    /// Reads `0.5`, `.5`, `0.25`, `1` (ASCII digits, mL).
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() > 1 || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
            return None;
        }
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let padded = format!("{whole:0>1}{fraction:0<2}");
        padded.parse().ok().and_then(Self::from_hundredths_ml)
    }

    pub fn hundredths_ml(self) -> u16 {
        self.0
    }

    pub fn as_ml(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
        f.write_str(text.strip_suffix('0').unwrap_or(&text))
    }
}

/// 接種方法.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    Subcutaneous,
    Intramuscular,
    Percutaneous,
    Oral,
}

impl Route {
    pub const ALL: [Self; 4] = [
        Self::Subcutaneous,
        Self::Intramuscular,
        Self::Percutaneous,
        Self::Oral,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Subcutaneous => "subcutaneous",
            Self::Intramuscular => "intramuscular",
            Self::Percutaneous => "percutaneous",
            Self::Oral => "oral",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Subcutaneous => "皮下",
            Self::Intramuscular => "筋肉内",
            Self::Percutaneous => "経皮",
            Self::Oral => "経口",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_without_loss() {
        for (typed, shown) in [("0.5", "0.5"), (".25", "0.25"), ("1", "1.0"), ("0.10", "0.1")] {
            assert_eq!(Amount::parse(typed).unwrap().to_string(), shown);
        }
        for typed in ["", ".", "0", "0.001", "10", "-1", "0,5", "０.5"] {
            assert_eq!(Amount::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_dose_number_is_one_digit_or_booster() {
        assert_eq!(DoseNumber::parse("booster"), Ok(DoseNumber::Booster));
        assert_eq!(DoseNumber::parse("3"), Ok(DoseNumber::Nth(3)));
        for text in ["0", "10", "", "二"] {
            assert!(DoseNumber::parse(text).is_err(), "{text}");
        }
    }
}
