//! 台帳との突き合わせ. Holds what the paper says of a person against the register (カナ・氏名・生年月日・住所)
//! and says in which way they agree. The result is recorded with the entry and never decides on its own: a
//! difference is shown to the clerk, who answers for it. Search keys for finding people are elsewhere.

pub mod face;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Longest text taken from a sheet for one item, in characters.
pub const LONGEST_WRITTEN: usize = 200;

/// 紙の記載. Enter on an empty box means that the paper says the same as the register.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenItem {
    #[default]
    AsRegister,
    /// 記載なし.
    Blank,
    Text(String),
}

impl fmt::Debug for WrittenItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsRegister => "AsRegister",
            Self::Blank => "Blank",
            Self::Text(_) => "Text(…)",
        })
    }
}

/// 紙に書かれた本人の記載. The birth date is always typed, since it is what tells two people apart.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Written {
    pub kana: WrittenItem,
    pub name: WrittenItem,
    pub address: WrittenItem,
    pub birth_on: Option<NaiveDate>,
    /// The birth date as written where it is no day of the calendar.
    pub birth_text: Option<String>,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(…)")
    }
}

/// 台帳の記載. What the register knows of the person today and knew before.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterFace {
    pub kana: String,
    /// The name first, then former names and aliases.
    pub names: Vec<String>,
    pub birth_on: Option<NaiveDate>,
    /// The birth date as the register writes it.
    pub birth_text: String,
    pub address: String,
    /// Newest first, with the last day there where it is known.
    pub past_addresses: Vec<(String, Option<NaiveDate>)>,
}

impl fmt::Debug for RegisterFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegisterFace(…)")
    }
}

/// 突き合わせの結果.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// 一致.
    Same,
    /// 異体字. The same name in another form of the character (髙・高).
    Variant,
    /// 前の住所・前の氏名. True before; with the last day where it is known.
    Past { until: Option<NaiveDate> },
    /// 記載なし.
    NotWritten,
    /// ちがう.
    Differs,
}

impl Agreement {
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Variant => "variant",
            Self::Past { .. } => "past",
            Self::NotWritten => "not_written",
            Self::Differs => "differs",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "一致",
            Self::Variant => "異体字",
            Self::Past { .. } => "前の記載",
            Self::NotWritten => "記載なし",
            Self::Differs => "ちがう",
        }
    }

    /// Whether a person must look at the paper before it counts as the same.
    pub fn needs_a_look(self) -> bool {
        !matches!(self, Self::Same | Self::Variant)
    }
}

/// 4項目の突き合わせ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comparison {
    pub kana: Agreement,
    pub name: Agreement,
    pub birth: Agreement,
    pub address: Agreement,
}

impl Comparison {
    pub fn of(written: &Written, register: &RegisterFace) -> Self {
        Self {
            kana: compare_kana(&written.kana, &register.kana),
            name: compare_name(&written.name, &register.names),
            birth: compare_birth(written, register),
            address: compare_address(&written.address, register),
        }
    }
}

fn compare_kana(written: &WrittenItem, register: &str) -> Agreement {
    match written {
        WrittenItem::AsRegister => Agreement::Same,
        WrittenItem::Blank => Agreement::NotWritten,
        WrittenItem::Text(text) if plain_kana(text) == plain_kana(register) => Agreement::Same,
        WrittenItem::Text(_) => Agreement::Differs,
    }
}

fn compare_name(written: &WrittenItem, names: &[String]) -> Agreement {
    let text = match written {
        WrittenItem::AsRegister => return Agreement::Same,
        WrittenItem::Blank => return Agreement::NotWritten,
        WrittenItem::Text(text) => text,
    };
    let paper = without_spaces(text);
    for (place, name) in names.iter().enumerate() {
        let known = without_spaces(name);
        let alike = match () {
            () if known == paper => Agreement::Same,
            () if plain_name(&known) == plain_name(&paper) => Agreement::Variant,
            () => continue,
        };
        return if place == 0 {
            alike
        } else {
            Agreement::Past { until: None }
        };
    }
    Agreement::Differs
}

fn compare_birth(written: &Written, register: &RegisterFace) -> Agreement {
    match (written.birth_on, &written.birth_text) {
        (None, None) => Agreement::NotWritten,
        (Some(day), _) if register.birth_on == Some(day) => Agreement::Same,
        (None, Some(text)) if without_spaces(text) == without_spaces(&register.birth_text) => Agreement::Same,
        _ => Agreement::Differs,
    }
}

fn compare_address(written: &WrittenItem, register: &RegisterFace) -> Agreement {
    let text = match written {
        WrittenItem::AsRegister => return Agreement::Same,
        WrittenItem::Blank => return Agreement::NotWritten,
        WrittenItem::Text(text) => plain_address(text),
    };
    if is_same_place(&text, &register.address) {
        return Agreement::Same;
    }
    register
        .past_addresses
        .iter()
        .find(|(address, _)| is_same_place(&text, address))
        .map_or(Agreement::Differs, |(_, until)| Agreement::Past { until: *until })
}

/// People leave out prefecture and city on paper, so the paper may be the end of the register's address.
fn is_same_place(paper: &str, register: &str) -> bool {
    let register = plain_address(register);
    let begins_inside_a_number = |before: char| before.is_ascii_digit() || before == '-';
    !paper.is_empty()
        && (register == paper
            || register.strip_suffix(paper).is_some_and(|before| {
                paper.chars().any(|c| !c.is_ascii_digit() && c != '-')
                    && !before.ends_with(begins_inside_a_number)
            }))
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Katakana without width, spaces and marks that are written in several ways.
fn plain_kana(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '・' | '-' | '‐' | '―' | '－'))
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// Variation selectors dropped and the usual variants of a character folded to one.
fn plain_name(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(*c as u32, 0xFE00..=0xFE0F | 0xE0100..=0xE01EF))
        .map(|c| match c {
            '髙' => '高',
            '﨑' | '嵜' | '碕' => '崎',
            '邉' | '邊' => '辺',
            '濱' | '濵' | '賓' => '浜',
            '齋' | '齊' | '斉' => '斎',
            '𠮷' => '吉',
            '澤' => '沢',
            '嶋' | '嶌' => '島',
            '廣' => '広',
            '櫻' => '桜',
            '惠' => '恵',
            '德' => '徳',
            '國' => '国',
            '龍' => '竜',
            '瀨' => '瀬',
            '靜' => '静',
            '眞' => '真',
            '增' => '増',
            '榮' => '栄',
            '藪' => '薮',
            _ => c,
        })
        .collect()
}

/// One way of writing an address: half-width, numbers in digits, hyphens between them.
fn plain_address(text: &str) -> String {
    let folded: Vec<char> = text
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' => '-',
            _ => c,
        })
        .collect();
    let mut plain = String::new();
    let mut rest = folded.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        if let Some((number, after)) = kanji_number(rest) {
            plain.push_str(&number.to_string());
            rest = after;
            continue;
        }
        match unit(rest) {
            Some(after) if plain.ends_with(|c: char| c.is_ascii_digit()) => {
                if !after.is_empty() && !after.starts_with(&['-']) {
                    plain.push('-');
                }
                rest = after;
            }
            _ => {
                plain.push(first);
                rest = tail;
            }
        }
    }
    plain
}

/// 丁目・番地・番・号: what a hyphen stands for.
fn unit(rest: &[char]) -> Option<&[char]> {
    [
        &['丁', '目'][..],
        &['番', '地', 'の'],
        &['番', '地'],
        &['番'],
        &['号'],
        &['の'],
    ]
    .into_iter()
    .find_map(|word| rest.strip_prefix(word))
}

/// A kanji number up to 99 that stands before 丁目; elsewhere kanji belong to the name of the place.
fn kanji_number(rest: &[char]) -> Option<(u32, &[char])> {
    let digit = |c: &char| {
        "一二三四五六七八九"
            .chars()
            .position(|k| k == *c)
            .map(|p| p as u32 + 1)
    };
    let length = rest
        .iter()
        .take(3)
        .take_while(|c| digit(c).is_some() || **c == '十')
        .count();
    let (number, after) = rest.split_at(length);
    if length == 0 || !after.starts_with(&['丁', '目']) {
        return None;
    }
    let mut total = 0;
    let mut last = 0;
    for c in number {
        match digit(c) {
            Some(d) => last = d,
            None => {
                total += last.max(1) * 10;
                last = 0;
            }
        }
    }
    Some((total + last, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register() -> RegisterFace {
        RegisterFace {
            kana: "タカハシ　ユミ".into(),
            names: vec!["髙橋　由美".into(), "山﨑　由美".into()],
            birth_on: Some("2025-04-22".parse().unwrap()),
            birth_text: "令和7年4月22日".into(),
            address: "福島県いわき市平字北浜一丁目5番20-403号".into(),
            past_addresses: vec![(
                "いわき市小名浜港町3番地の7".into(),
                Some("2026-09-29".parse().unwrap()),
            )],
        }
    }

    fn written(kana: &str, name: &str, address: &str) -> Comparison {
        let item = |t: &str| WrittenItem::Text(t.to_owned());
        let paper = Written {
            kana: item(kana),
            name: item(name),
            address: item(address),
            birth_on: Some("2025-04-22".parse().unwrap()),
            birth_text: None,
        };
        Comparison::of(&paper, &register())
    }

    #[test]
    fn an_empty_box_means_the_same_and_an_empty_birth_does_not() {
        let found = Comparison::of(&Written::default(), &register());
        assert_eq!(
            (found.kana, found.name, found.address),
            (Agreement::Same, Agreement::Same, Agreement::Same)
        );
        assert_eq!(found.birth, Agreement::NotWritten);
    }

    #[test]
    fn width_and_kind_of_kana_make_no_difference() {
        assert_eq!(written("たかはしゆみ", "x", "x").kana, Agreement::Same);
        assert_eq!(written("ﾀｶﾊｼ ﾕﾐ", "x", "x").kana, Agreement::Same);
        assert_eq!(written("タカハシ　エミ", "x", "x").kana, Agreement::Differs);
    }

    #[test]
    fn a_variant_character_is_told_from_another_name() {
        assert_eq!(written("x", "髙橋由美", "x").name, Agreement::Same);
        assert_eq!(written("x", "高橋 由美", "x").name, Agreement::Variant);
        assert_eq!(
            written("x", "山崎由美", "x").name,
            Agreement::Past { until: None }
        );
        assert_eq!(written("x", "高橋由実", "x").name, Agreement::Differs);
    }

    #[test]
    fn one_place_is_recognised_however_it_is_written() {
        for address in [
            "平字北浜1-5-20-403",
            "いわき市平字北浜１丁目５番２０－４０３号",
            "北浜一丁目5-20-403",
        ] {
            assert_eq!(written("x", "x", address).address, Agreement::Same, "{address}");
        }
        for address in ["北浜1-5-20", "5-20-403", "浜2-5-20-403", "3"] {
            assert_eq!(
                written("x", "x", address).address,
                Agreement::Differs,
                "{address}"
            );
        }
    }

    #[test]
    fn a_past_address_is_said_with_its_last_day() {
        let until = Some("2026-09-29".parse().unwrap());
        assert_eq!(written("x", "x", "港町3-7").address, Agreement::Past { until });
    }

    #[test]
    fn what_is_written_never_shows_in_debug() {
        let text = format!("{:?} {:?}", WrittenItem::Text("秘密".into()), register());
        assert!(!text.contains("秘密") && !text.contains("由美"));
    }
}
