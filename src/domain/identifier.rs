//! 番号. The numbers that the world gives to people, cities, households, institutions and passports: each is
//! read in any width, normalised, and checked by the rule of its own standard. Where a number is stored or
//! searched is elsewhere; an individual number never shows itself in `Debug` or `Display`.

mod atena;
mod individual_number;
mod institution;
mod lg_code;
mod passport;

pub use atena::{AtenaNumber, HouseholdNumber, RunningNumberCheck};
pub use individual_number::IndividualNumber;
pub use institution::{InstitutionCode, InstitutionKind};
pub use lg_code::LgCode;
pub use passport::{MachineReadableZone, PassportNumber, mrz_check};

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// 番号の誤り. What is wrong with a number; the sentence never repeats the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifierError {
    /// Not so many digits or letters as the standard says.
    Length {
        name: &'static str,
        expected: &'static str,
        found: usize,
    },
    /// A letter that the number can't hold.
    Letter {
        name: &'static str,
        allowed: &'static str,
    },
    /// 検査数字. The check digit does not agree with the others.
    CheckDigit { name: &'static str },
    /// The form of a machine-readable zone is another one.
    Form { name: &'static str, what: &'static str },
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdentifierError::Length {
                name,
                expected,
                found,
            } => write!(
                f,
                "{name}は{expected}ですが、{found}けたあります。もう一度見てください。"
            ),
            IdentifierError::Letter { name, allowed } => {
                write!(f, "{name}に使えない文字があります。{allowed}で入れてください。")
            }
            IdentifierError::CheckDigit { name } => {
                write!(f, "{name}の検査数字が合いません。もう一度見てください。")
            }
            IdentifierError::Form { name, what } => write!(f, "{name}の形がちがいます。{what}"),
        }
    }
}

impl std::error::Error for IdentifierError {}

/// Half width, upper case, without blanks and hyphens of any kind.
fn normalise(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !is_hyphen(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' | '\u{fe63}')
}

/// Digits of a normalised text, or the error that names the number.
fn digits(name: &'static str, text: &str) -> Result<Vec<u8>, IdentifierError> {
    text.bytes()
        .map(|b| b.is_ascii_digit().then(|| b - b'0'))
        .collect::<Option<Vec<u8>>>()
        .ok_or(IdentifierError::Letter {
            name,
            allowed: "数字だけ",
        })
}
