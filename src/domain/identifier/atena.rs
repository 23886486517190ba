//! 宛名番号・世帯番号. Running numbers of the resident register. Only newly given ones carry a check digit
//! (modulus 11, weights 2 to 7 from the right; 住民記録システム標準仕様書 1.1.13), so that a digit that does
//! not agree is a warning, never a reason to refuse.

use super::{IdentifierError, digits, normalise};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 宛名番号. Digits as the register gives them, leading zeros kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AtenaNumber(String);

/// 世帯番号. Digits as the register gives them, leading zeros kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HouseholdNumber(String);

/// 検査数字の確かめ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunningNumberCheck {
    Agrees,
    /// An old number, or a mistyped one.
    Differs,
    /// The remainder is 1, for which the standard names no digit.
    Undefined,
}

const LONGEST: usize = 15;

fn parse(name: &'static str, text: &str) -> Result<String, IdentifierError> {
    let text = normalise(text);
    let read = digits(name, &text)?;
    if read.len() < 2 || read.len() > LONGEST {
        return Err(IdentifierError::Length {
            name,
            expected: "2から15けたの数字",
            found: read.len(),
        });
    }
    Ok(text)
}

fn check(number: &str) -> RunningNumberCheck {
    let Some((last, body)) = number.as_bytes().split_last() else {
        return RunningNumberCheck::Differs;
    };
    match running_check_digit(body) {
        None => RunningNumberCheck::Undefined,
        Some(digit) if digit == *last - b'0' => RunningNumberCheck::Agrees,
        Some(_) => RunningNumberCheck::Differs,
    }
}

fn running_check_digit(body: &[u8]) -> Option<u8> {
    let sum: u32 = body
        .iter()
        .rev()
        .zip((2u32..=7).cycle())
        .map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight)
        .sum();
    match sum % 11 {
        0 => Some(0),
        1 => None,
        rest => Some((11 - rest) as u8),
    }
}

macro_rules! running_number {
    ($number:ident, $name:literal) => {
        impl $number {
            /// Reads 2 to 15 digits in any width.
            ///
            /// # Errors
            /// Other letters, or another length.
            pub fn parse(text: &str) -> Result<Self, IdentifierError> {
                parse($name, text).map($number)
            }

            /// Appends the check digit to a running number; none where the standard has no digit for it.
            pub fn complete(body: &str) -> Option<Self> {
                let digit = running_check_digit(body.as_bytes())?;
                $number::parse(&format!("{body}{digit}")).ok()
            }

            /// Whether the last digit agrees. To be shown, never to refuse by.
            pub fn check(&self) -> RunningNumberCheck {
                check(&self.0)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $number {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($number), "(…)"))
            }
        }
    };
}

running_number!(AtenaNumber, "宛名番号");
running_number!(HouseholdNumber, "世帯番号");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_the_standard_agree() {
        for number in ["123456785", "1234567892", "00000019", "00000027", "00001007"] {
            assert_eq!(
                AtenaNumber::parse(number).unwrap().check(),
                RunningNumberCheck::Agrees,
                "{number}"
            );
            assert_eq!(
                AtenaNumber::complete(&number[..number.len() - 1])
                    .unwrap()
                    .as_str(),
                number
            );
        }
        assert_eq!(
            AtenaNumber::parse("9999990").unwrap().check(),
            RunningNumberCheck::Undefined
        );
        assert_eq!(AtenaNumber::complete("999999"), None);
    }

    #[test]
    fn an_old_number_is_only_a_warning() {
        let old = HouseholdNumber::parse("００１２３").unwrap();
        assert_eq!(old.as_str(), "00123");
        assert_eq!(old.check(), RunningNumberCheck::Differs);
        assert!(HouseholdNumber::parse("1234567890123456").is_err());
        assert!(HouseholdNumber::parse("12A").is_err());
    }
}
