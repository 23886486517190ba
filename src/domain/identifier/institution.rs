//! 医療機関コード. Ten digits: prefecture, fee table, seven digits whose last is a Luhn check digit over the
//! nine before it. Places without a code get a local one in a namespace of its own, never a made-up code.

use super::{IdentifierError, digits, normalise};
use serde::{Deserialize, Serialize};

const NAME: &str = "医療機関コード";

/// 医療機関コード. Ten digits with an agreeing check digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstitutionCode(String);

/// 点数表の区分. The third digit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstitutionKind {
    Medical,
    Dental,
    Pharmacy,
    VisitingNursing,
    Other,
}

impl InstitutionCode {
    /// Reads ten digits.
    ///
    /// # Errors
    /// Not ten digits, or a check digit that does not agree.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = normalise(text);
        let read = digits(NAME, &text)?;
        if read.len() != 10 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "10けたの数字",
                found: read.len(),
            });
        }
        let (base, check) = read.split_at(9);
        if check != [check_digit(base)] {
            return Err(IdentifierError::CheckDigit { name: NAME });
        }
        Ok(InstitutionCode(text))
    }

    /// Completes nine digits with their check digit.
    ///
    /// # Errors
    /// Not nine digits.
    pub fn complete(base: &str) -> Result<Self, IdentifierError> {
        let read = digits(NAME, base)?;
        if read.len() != 9 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "9けたの数字",
                found: read.len(),
            });
        }
        Ok(InstitutionCode(format!("{base}{}", check_digit(&read))))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 点数表. 1 医科, 3 歯科, 4 調剤, 6 訪問看護.
    pub fn kind(&self) -> InstitutionKind {
        match self.0.as_bytes().get(2) {
            Some(b'1') => InstitutionKind::Medical,
            Some(b'3') => InstitutionKind::Dental,
            Some(b'4') => InstitutionKind::Pharmacy,
            Some(b'6') => InstitutionKind::VisitingNursing,
            _ => InstitutionKind::Other,
        }
    }
}

impl TryFrom<String> for InstitutionCode {
    type Error = IdentifierError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        InstitutionCode::parse(&text)
    }
}

impl From<InstitutionCode> for String {
    fn from(code: InstitutionCode) -> String {
        code.0
    }
}

fn check_digit(base: &[u8]) -> u8 {
    let sum: u32 = base
        .iter()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| {
            let product = u32::from(*digit) * weight;
            product / 10 + product % 10
        })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_are_read() {
        for code in ["0110113719", "1310000011", "0000000000"] {
            assert_eq!(InstitutionCode::parse(code).unwrap().as_str(), code);
            assert_eq!(InstitutionCode::complete(&code[..9]).unwrap().as_str(), code);
        }
        assert_eq!(
            InstitutionCode::parse("0110113719").unwrap().kind(),
            InstitutionKind::Medical
        );
        // The same rule gives the published insurer number its last digit.
        assert_eq!(check_digit(&[3, 3, 1, 2, 0, 0, 1]), 5);
    }

    #[test]
    fn a_wrong_digit_is_said() {
        assert_eq!(
            InstitutionCode::parse("0110113718"),
            Err(IdentifierError::CheckDigit {
                name: "医療機関コード"
            })
        );
        assert!(InstitutionCode::parse("011011371").is_err());
    }
}
