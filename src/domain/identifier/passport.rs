//! 旅券番号・機械読取領域. Passport numbers, and the two lines of 44 letters of a TD3 machine-readable zone
//! with their check digits (ICAO 9303). Japanese passports since 2025-03 begin with PP, older ones with P<.

use super::{IdentifierError, normalise};
use serde::{Deserialize, Serialize};
use std::fmt;

const NUMBER: &str = "旅券番号";
const ZONE: &str = "旅券の機械読取領域";

/// 旅券番号. 1 to 11 letters and digits; Japanese ones are two letters and seven digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PassportNumber(String);

impl PassportNumber {
    /// Reads a number of any country.
    ///
    /// # Errors
    /// Empty, longer than 11, or other letters.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = normalise(text);
        let found = text.chars().count();
        if found == 0 || found > 11 {
            return Err(IdentifierError::Length {
                name: NUMBER,
                expected: "11けたまで",
                found,
            });
        }
        if !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(IdentifierError::Letter {
                name: NUMBER,
                allowed: "英字と数字",
            });
        }
        Ok(PassportNumber(text))
    }

    /// Whether it has the form of a Japanese passport.
    pub fn is_japanese_form(&self) -> bool {
        let bytes = self.0.as_bytes();
        bytes.len() == 9
            && bytes.iter().take(2).all(u8::is_ascii_uppercase)
            && bytes.iter().skip(2).all(u8::is_ascii_digit)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PassportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassportNumber(…)")
    }
}

/// 機械読取領域. What the two lines say, all check digits agreeing.
#[derive(Clone, PartialEq, Eq)]
pub struct MachineReadableZone {
    pub issuer: String,
    pub surname: String,
    pub given_names: String,
    pub number: PassportNumber,
    pub nationality: String,
    /// `YYMMDD`; the century is not in the zone.
    pub born: String,
    pub sex: char,
    /// `YYMMDD`.
    pub expires: String,
}

impl MachineReadableZone {
    /// Reads both lines (one text, with or without a line break).
    ///
    /// # Errors
    /// Another form than TD3, or the first check digit that does not agree.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !text.is_ascii() || text.len() != 88 {
            return Err(IdentifierError::Length {
                name: ZONE,
                expected: "44けたの2行",
                found: text.chars().count(),
            });
        }
        let (first, second) = text.split_at(44);
        if !first.starts_with("P<") && !first.starts_with("PP") {
            return Err(IdentifierError::Form {
                name: ZONE,
                what: "1行目は P< か PP で始まります。",
            });
        }
        let part = |from: usize, to: usize| second.get(from - 1..to).unwrap_or("");
        agrees("旅券番号", part(1, 9), part(10, 10))?;
        agrees("生年月日", part(14, 19), part(20, 20))?;
        agrees("有効期限", part(22, 27), part(28, 28))?;
        // An empty personal number may carry either 0 or a filler as its check digit.
        if !(part(29, 42).bytes().all(|b| b == b'<') && part(43, 43) == "<") {
            agrees("任意記入欄", part(29, 42), part(43, 43))?;
        }
        let all = [part(1, 10), part(14, 20), part(22, 43)].concat();
        agrees("全体", &all, part(44, 44))?;
        let (surname, given) = first.get(5..).unwrap_or("").split_once("<<").unwrap_or(("", ""));
        Ok(MachineReadableZone {
            issuer: first.get(2..5).unwrap_or("").trim_matches('<').to_owned(),
            surname: surname.replace('<', " ").trim().to_owned(),
            given_names: given.replace('<', " ").trim().to_owned(),
            number: PassportNumber::parse(part(1, 9).trim_end_matches('<'))?,
            nationality: part(11, 13).trim_matches('<').to_owned(),
            born: part(14, 19).to_owned(),
            sex: part(21, 21).chars().next().unwrap_or('<'),
            expires: part(22, 27).to_owned(),
        })
    }
}

impl fmt::Debug for MachineReadableZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineReadableZone(…)")
    }
}

fn agrees(name: &'static str, field: &str, check: &str) -> Result<(), IdentifierError> {
    match (mrz_check(field), check.bytes().next()) {
        (Some(digit), Some(found)) if found == b'0' + digit => Ok(()),
        (None, _) => Err(IdentifierError::Letter {
            name,
            allowed: "英大文字と数字と<",
        }),
        _ => Err(IdentifierError::CheckDigit { name }),
    }
}

/// Check digit of ICAO 9303: weights 7, 3, 1; letters from A = 10; `<` = 0. None for other letters.
pub fn mrz_check(field: &str) -> Option<u8> {
    let mut sum = 0u32;
    for (byte, weight) in field.bytes().zip([7, 3, 1].into_iter().cycle()) {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        sum += u32::from(value) * weight;
    }
    Some((sum % 10) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_the_specimens_agree() {
        for (field, check) in [
            ("TR1234567", 2),
            ("L898902C3", 6),
            ("740812", 2),
            ("120415", 9),
            ("ZE184226B<<<<<", 1),
            ("000101", 8),
            ("250101", 7),
            ("MU1234567", 2),
        ] {
            assert_eq!(mrz_check(field), Some(check), "{field}");
        }
    }

    #[test]
    fn a_published_zone_is_read_and_each_changed_letter_is_found() {
        let text =
            "P<JPNTANAKA<<TAROU<<<<<<<<<<<<<<<<<<<<<<<<<<\nTR12345672JPN0001018M2501017<<<<<<<<<<<<<<08";
        let zone = MachineReadableZone::parse(text).unwrap();
        assert_eq!(
            (zone.surname.as_str(), zone.given_names.as_str()),
            ("TANAKA", "TAROU")
        );
        assert_eq!(zone.number.as_str(), "TR1234567");
        assert!(zone.number.is_japanese_form());
        let newer = text.replacen("P<", "PP", 1);
        assert!(MachineReadableZone::parse(&newer).is_ok());
        for at in [45, 50, 58, 66] {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(MachineReadableZone::parse(&changed).is_err(), "letter {at}");
        }
    }
}
