//! 個人番号. Twelve digits whose last is a check digit (総務省令第85号第5条). The value redacts itself
//! everywhere and is wiped when dropped; encryption and keyed search are in `seal` and `store`.

use super::{IdentifierError, digits, normalise};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

const NAME: &str = "個人番号";

/// 個人番号. Checked; `reveal` is the only way to its digits.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct IndividualNumber(String);

impl IndividualNumber {
    /// Reads 12 digits in any width, with blanks or hyphens.
    ///
    /// # Errors
    /// Not 12 digits, or a check digit that does not agree.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = normalise(text);
        let found = text.chars().count();
        if found != 12 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "12けたの数字",
                found,
            });
        }
        let read = digits(NAME, &text)?;
        let (base, check) = read.split_at(11);
        if check != [check_digit(base)] {
            return Err(IdentifierError::CheckDigit { name: NAME });
        }
        Ok(IndividualNumber(text))
    }

    /// Completes 11 base digits with their check digit. For made-up numbers of a demo and for tests.
    ///
    /// # Errors
    /// Not 11 digits.
    pub fn complete(base: &str) -> Result<Self, IdentifierError> {
        let read = digits(NAME, base)?;
        if read.len() != 11 {
            return Err(IdentifierError::Length {
                name: NAME,
                expected: "11けたの数字",
                found: read.len(),
            });
        }
        Ok(IndividualNumber(format!("{base}{}", check_digit(&read))))
    }

    /// The twelve digits. Only for sealing, keyed search, and the deed that shows them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IndividualNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndividualNumber(…)")
    }
}

fn check_digit(base: &[u8]) -> u8 {
    let sum: u32 = base
        .iter()
        .rev()
        .zip(1u32..)
        .map(|(digit, n)| u32::from(*digit) * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => (11 - rest) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_and_computed_numbers_are_read() {
        for number in [
            "123456789018",
            "000000000000",
            "111111111118",
            "621498320257",
            "987654321093",
            "201509160002",
            "999999999996",
            "000000000060",
            "123450789016",
            "983205673214",
        ] {
            assert_eq!(IndividualNumber::parse(number).unwrap().reveal(), number);
            assert_eq!(
                IndividualNumber::complete(&number[..11]).unwrap().reveal(),
                number
            );
        }
        for text in ["6214 9832 0257", "６２１４－９８３２－０２５７"] {
            assert_eq!(IndividualNumber::parse(text).unwrap().reveal(), "621498320257");
        }
    }

    #[test]
    fn wrong_numbers_are_refused_and_never_repeated() {
        for number in [
            "123456789012",
            "123456789010",
            "983205673210",
            "12345678901",
            "12345678901X",
            "",
        ] {
            let error = IndividualNumber::parse(number).unwrap_err();
            assert!(number.is_empty() || !error.to_string().contains(number));
        }
        assert_eq!(
            IndividualNumber::parse("123456789012"),
            Err(IdentifierError::CheckDigit { name: "個人番号" })
        );
        let number = IndividualNumber::parse("123456789018").unwrap();
        assert_eq!(format!("{number:?}"), "IndividualNumber(…)");
    }
}
