//! 団体コード. Six digits of a local government: five of JIS X 0401/0402 and a check digit. The five-digit
//! form of other files is completed here, at the border.

use super::{IdentifierError, digits, normalise};
use serde::{Deserialize, Serialize};
use std::fmt;

const NAME: &str = "団体コード";

/// 団体コード（自治体コード）. Six digits with an agreeing check digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LgCode(String);

impl LgCode {
    /// Reads six digits.
    ///
    /// # Errors
    /// Not six digits, or a check digit that does not agree.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = normalise(text);
        let read = digits(NAME, &text)?;
        if read.len() != 6 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "6けたの数字",
                found: read.len(),
            });
        }
        let (base, check) = read.split_at(5);
        if check != [check_digit(base)] {
            return Err(IdentifierError::CheckDigit { name: NAME });
        }
        Ok(LgCode(text))
    }

    /// Completes the five-digit form of JIS X 0402.
    ///
    /// # Errors
    /// Not five digits.
    pub fn complete(base: &str) -> Result<Self, IdentifierError> {
        let base = normalise(base);
        let read = digits(NAME, &base)?;
        if read.len() != 5 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "5けたの数字",
                found: read.len(),
            });
        }
        Ok(LgCode(format!("{base}{}", check_digit(&read))))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 都道府県コード. The first two digits.
    pub fn prefecture(&self) -> &str {
        self.0.get(..2).unwrap_or("")
    }
}

impl fmt::Display for LgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LgCode {
    type Error = IdentifierError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        LgCode::parse(&text)
    }
}

impl From<LgCode> for String {
    fn from(code: LgCode) -> String {
        code.0
    }
}

fn check_digit(base: &[u8]) -> u8 {
    let sum: u32 = base
        .iter()
        .zip([6, 5, 4, 3, 2])
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    ((11 - sum % 11) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_are_read_and_completed() {
        for code in [
            "072044", "072010", "131016", "011002", "141003", "472018", "011011", "082155", "075477",
            "075418", "075434",
        ] {
            assert_eq!(LgCode::parse(code).unwrap().as_str(), code);
            assert_eq!(LgCode::complete(&code[..5]).unwrap().as_str(), code);
        }
        assert_eq!(LgCode::parse("０７２０４４").unwrap().prefecture(), "07");
    }

    #[test]
    fn a_wrong_check_digit_is_said() {
        assert_eq!(
            LgCode::parse("072045"),
            Err(IdentifierError::CheckDigit {
                name: "団体コード"
            })
        );
        assert!(LgCode::parse("07204").is_err());
        assert!(LgCode::parse("07204A").is_err());
    }
}
