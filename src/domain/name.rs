//! 氏名. A letter of a name is a base character with its variation selector, counted and cut as one. The
//! name is kept as the register writes it; `search_key` folds variants (渡邉・渡邊・渡辺) for finding only.
//! Which font draws a letter is elsewhere.

mod variants;

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// 漢字検索キー. The key under which a written name is found: NFKC, variation selectors off, variants folded to
/// one form, blanks and ・ out, letters in upper case. Two names that a clerk takes for the same have one key.
pub fn search_key(text: &str) -> String {
    text.nfkc()
        .filter(|c| !is_selector(*c) && !c.is_whitespace() && !matches!(c, '・' | ','))
        .map(variants::fold)
        .flat_map(char::to_uppercase)
        .collect()
}

/// 異体字の字形選択子. A standardised or ideographic variation selector.
pub fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// 書記素. The letters of a name: each base with the selectors and combining marks behind it.
pub fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut ends = rest.char_indices().skip(1).skip_while(|(_, c)| joins(*c));
        let end = ends.next().map_or(rest.len(), |(at, _)| at);
        let (letter, after) = rest.split_at(end);
        rest = after;
        (!letter.is_empty()).then_some(letter)
    })
}

/// 字数. Letters, not code points.
pub fn letter_count(text: &str) -> usize {
    letters(text).count()
}

/// The first `count` letters.
pub fn cut(text: &str, count: usize) -> &str {
    let end: usize = letters(text).take(count).map(str::len).sum();
    text.get(..end).unwrap_or(text)
}

/// 全角の整え. The form in which a written name is compared and shown: full-width letters and digits half, one
/// full-width blank between the parts, none around. Kanji, selectors and old forms stay as they are.
pub fn tidy(text: &str) -> String {
    let half: String = text
        .chars()
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect();
    let latin = half.chars().any(|c| c.is_ascii_alphabetic());
    half.split_whitespace()
        .collect::<Vec<_>>()
        .join(if latin { " " } else { "\u{3000}" })
}

/// 名. The part after the first blank, if there is one.
pub fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    let (_, given) = text.split_once(char::is_whitespace)?;
    let given = given.trim();
    (!given.is_empty()).then_some(given)
}

/// 外字・未定義の文字. The first letter that can't be handed on: private use, unassigned plane ends, controls,
/// or the replacement character.
pub fn unmappable(text: &str) -> Option<char> {
    text.chars().find(|c| {
        matches!(c,
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fffd}' | '\u{fffe}' | '\u{ffff}'
            | '\u{fff0}'..='\u{fff8}')
            || c.is_control()
    })
}

/// One letter and how it reads in a message, e.g. `U+E123`; the letter itself would be a blank box.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodePoint(pub char);

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", self.0 as u32)
    }
}

fn joins(c: char) -> bool {
    is_selector(c) || matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_base_with_its_selector() {
        let name = "葛󠄀城 禰󠄀豆";
        assert_eq!(letters(name).collect::<Vec<_>>(), ["葛󠄀", "城", " ", "禰󠄀", "豆"]);
        assert_eq!(letter_count("𠮷田"), 2);
        assert_eq!(cut(name, 1), "葛󠄀");
        assert_eq!(cut("𠮷田", 5), "𠮷田");
        assert_eq!(letters("").count(), 0);
    }

    #[test]
    fn variants_share_a_key() {
        for (one, other) in [
            ("渡邉", "渡辺"),
            ("渡邊", "渡辺"),
            ("齋藤", "斉藤"),
            ("斎藤", "齊藤"),
            ("髙橋", "高橋"),
            ("山﨑", "山崎"),
            ("浜田", "濱田"),
            ("桜井", "櫻井"),
            ("沢田", "澤田"),
            ("𠮷田", "吉田"),
            ("葛󠄀城", "葛城"),
            ("広瀬", "廣瀨"),
            ("国分", "國分"),
            ("ﾄﾑ スミス", "トム・スミス"),
            ("Ｊｏｈｎ", "JOHN"),
        ] {
            assert_eq!(search_key(one), search_key(other), "{one} {other}");
        }
        assert_ne!(search_key("太田"), search_key("大田"));
    }

    #[test]
    fn a_private_character_is_named_by_its_code() {
        assert_eq!(unmappable("渡\u{e123}"), Some('\u{e123}'));
        assert_eq!(CodePoint('\u{e123}').to_string(), "U+E123");
        assert_eq!(unmappable("葛󠄀城 𠮷田 髙橋 Nguyễn"), None);
    }

    #[test]
    fn parts_and_tidying() {
        assert_eq!(given("佐藤　花子"), Some("花子"));
        assert_eq!(given("佐藤"), None);
        assert_eq!(tidy(" 佐藤  花子 "), "佐藤\u{3000}花子");
        assert_eq!(tidy("ＳＭＩＴＨ　Ｊｏｈｎ"), "SMITH John");
    }
}
