//! 郵便カスタマバーコード. From a postal code and the part of the address behind the town to 20 symbols, the
//! check symbol and 67 bars, as 日本郵便's manual (郵便番号・バーコードマニュアル, p17–p23) says. How the bars
//! are drawn is `print::code`.

use std::fmt;

/// Symbols between start and stop, without the check symbol: 7 of the postal code, 13 of the address.
const SYMBOLS: usize = 20;

/// 文字. 0–9, hyphen, CC1–CC8, by their value in the check (0–18).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Symbol(u8);

const PATTERNS: [&str; 19] = [
    "144", "114", "132", "312", "123", "141", "321", "213", "231", "411", "414", "324", "342", "234", "432",
    "243", "423", "441", "111",
];
const HYPHEN: Symbol = Symbol(10);
const CC4: Symbol = Symbol(14);

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            10 => f.write_str("-"),
            digit @ 0..=9 => write!(f, "{digit}"),
            control => write!(f, "CC{}", control - 10),
        }
    }
}

/// 郵便番号が7桁でない.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAPostalCode;

impl fmt::Display for NotAPostalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("郵便番号が7桁の数字ではありません。住所の登録を確かめてください。")
    }
}

impl std::error::Error for NotAPostalCode {}

/// 郵便カスタマバーコード.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostalCode {
    symbols: Vec<Symbol>,
}

impl PostalCode {
    /// Makes the symbols. `postal_code` is seven digits, with or without the hyphen; `address` is what follows
    /// the town's name (住所B). A postal code that stands for no town of its own (代表番号) gets no code: that
    /// is the caller's knowledge.
    ///
    /// # Errors
    /// The postal code is not seven digits.
    pub fn make(postal_code: &str, address: &str) -> Result<Self, NotAPostalCode> {
        let digits: Vec<u8> = postal_code
            .chars()
            .filter(|c| *c != '-')
            .map(|c| c.to_digit(10).map(|digit| digit as u8))
            .collect::<Option<_>>()
            .ok_or(NotAPostalCode)?;
        if digits.len() != 7 {
            return Err(NotAPostalCode);
        }
        let mut symbols: Vec<Symbol> = digits.into_iter().map(Symbol).collect();
        for c in extract(address).chars() {
            match c {
                '0'..='9' => symbols.push(Symbol(c as u8 - b'0')),
                '-' => symbols.push(HYPHEN),
                _ => {
                    // Two symbols for a letter; at the very end the first may stand alone.
                    let letter = (c as u8).saturating_sub(b'A');
                    symbols.push(Symbol(11 + letter / 10));
                    symbols.push(Symbol(letter % 10));
                }
            }
        }
        symbols.resize(SYMBOLS, CC4);
        Ok(Self { symbols })
    }

    /// The twenty symbols.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The check symbol: with it the values are a multiple of 19.
    #[must_use]
    pub fn check(&self) -> Symbol {
        let sum: u32 = self.symbols.iter().map(|symbol| u32::from(symbol.0)).sum();
        Symbol(((19 - sum % 19) % 19) as u8)
    }

    /// The 67 bars: 1 long, 2 semi-long up, 3 semi-long down, 4 timing.
    #[must_use]
    pub fn bars(&self) -> String {
        let body = self
            .symbols
            .iter()
            .chain(std::iter::once(&self.check()))
            .map(pattern)
            .collect::<String>();
        format!("13{body}31")
    }
}

fn pattern(symbol: &Symbol) -> &'static str {
    PATTERNS.get(symbol.0 as usize).copied().unwrap_or("")
}

/// 住所表示番号の抜き出し. Digits, hyphens and single letters of the address, by the manual's rules.
#[must_use]
pub fn extract(address: &str) -> String {
    let text: Vec<char> = address
        .chars()
        .map(narrow)
        .filter(|c| !matches!(c, '&' | '/' | '・' | '.' | '．' | '＆' | '／'))
        .collect();
    let text = convert_numerals(&text);
    let mut taken = String::new();
    let mut at = 0;
    while let Some(c) = text.get(at).copied() {
        if c.is_ascii_uppercase() {
            let run = text[at..].iter().take_while(|c| c.is_ascii_uppercase()).count();
            let floor = c == 'F' && taken.chars().last().is_some_and(|c| c.is_ascii_digit());
            taken.push(if run == 1 && !floor { c } else { '-' });
            at += run;
        } else {
            taken.push(if c.is_ascii_digit() { c } else { '-' });
            at += 1;
        }
    }
    tidy(&taken)
}

/// Full-width figures, letters and hyphens as their narrow forms, letters upper case.
fn narrow(c: char) -> char {
    let c = match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '－' | '‐' | '−' | '―' => '-',
        _ => c,
    };
    c.to_ascii_uppercase()
}

/// Kanji numerals before 丁目, 番地, 線 and the like are figures; others are only letters of a name.
fn convert_numerals(text: &[char]) -> Vec<char> {
    const AFTER: [char; 7] = ['丁', '番', '号', '地', '線', 'の', 'ノ'];
    let mut made = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let run = text[at..].iter().take_while(|c| numeral(**c).is_some()).count();
        let next = text.get(at + run);
        let counts = match next {
            Some('地') => text.get(at + run + 1) == Some(&'割'),
            Some(c) => AFTER.contains(c),
            None => false,
        };
        if run > 0 && counts {
            made.extend(value(&text[at..at + run]).to_string().chars());
        } else {
            made.extend(&text[at..at + run]);
        }
        at += run;
        if let Some(c) = next {
            made.push(*c);
            at += 1;
        }
    }
    made
}

fn numeral(c: char) -> Option<u32> {
    "〇一二三四五六七八九十百"
        .chars()
        .position(|known| known == c)
        .map(|at| match at {
            10 => 10,
            11 => 100,
            digit => digit as u32,
        })
}

fn value(numerals: &[char]) -> u32 {
    let (mut total, mut digit) = (0_u32, None::<u32>);
    for unit in numerals.iter().filter_map(|c| numeral(*c)) {
        if unit >= 10 {
            total += digit.take().unwrap_or(1) * unit;
        } else {
            digit = Some(digit.unwrap_or(0).saturating_mul(10).saturating_add(unit));
        }
    }
    total + digit.unwrap_or(0)
}

/// One hyphen at most in a row, none at the ends, none beside a letter.
fn tidy(taken: &str) -> String {
    let mut kept: Vec<char> = Vec::new();
    for c in taken.chars() {
        let last = kept.last().copied();
        if c == '-' && (last.is_none() || last == Some('-') || last.is_some_and(|l| l.is_ascii_uppercase())) {
            continue;
        }
        if c.is_ascii_uppercase() && last == Some('-') {
            kept.pop();
        }
        kept.push(c);
    }
    while kept.last() == Some(&'-') {
        kept.pop();
    }
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_table_is_reproduced() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/customer-barcode.json"))
                .expect("the vectors");
        let rows = vectors["rows"].as_array().expect("rows");
        assert!(rows.len() >= 15);
        for row in rows {
            let text = |key: &str| row[key].as_str().expect("a text");
            let code = PostalCode::make(text("zip"), text("address_b")).expect("a postal code");
            let symbols: Vec<String> = code.symbols().iter().map(ToString::to_string).collect();
            let expected: Vec<&str> = row["symbols20"]
                .as_array()
                .expect("20")
                .iter()
                .map(|s| s.as_str().expect("a symbol"))
                .collect();
            assert_eq!(
                extract(text("address_b")),
                text("extracted"),
                "{}",
                text("address_b")
            );
            assert_eq!(symbols, expected, "{}", text("address_b"));
            assert_eq!(
                code.check().to_string(),
                text("check_symbol"),
                "{}",
                text("address_b")
            );
            assert_eq!(code.bars(), text("bars67"), "{}", text("address_b"));
        }
    }

    #[test]
    fn a_postal_code_of_six_digits_is_refused() {
        assert_eq!(PostalCode::make("97080", "1-2"), Err(NotAPostalCode));
        assert!(PostalCode::make("970-8026", "1-2").is_ok());
    }
}
