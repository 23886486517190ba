//! 異体字セレクタ. Which pair of base and selector a font of names must draw for the pair that was written:
//! itself, or its counterpart in the other registered collection. Never the base without a ground: that would
//! print a name in the wrong shape without a word.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

/// Is it a variation selector (FE00–FE0F, E0100–E01EF)?
pub(super) fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Selector of Moji_Joho for a pair of Adobe-Japan1, from the table of codes.
pub(super) fn counterpart(base: char, selector: char) -> Option<char> {
    static TABLE: OnceLock<BTreeMap<(char, char), char>> = OnceLock::new();
    TABLE
        .get_or_init(|| parse(include_str!("../../assets/codes/variation-selectors.toml")))
        .get(&(base, selector))
        .copied()
}

#[derive(Deserialize)]
struct File {
    pair: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    base: char,
    from: String,
    to: String,
    #[allow(dead_code, reason = "each row has to say what it rests on")]
    source: String,
}

fn parse(text: &str) -> BTreeMap<(char, char), char> {
    let file: File = toml::from_str(text).expect("the table is part of the program and tested");
    let hex = |text: &str| u32::from_str_radix(text, 16).ok().and_then(char::from_u32);
    file.pair
        .iter()
        .filter_map(|row| Some(((row.base, hex(&row.from)?), hex(&row.to)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_of_katsuragi_has_its_counterpart() {
        assert_eq!(counterpart('葛', '\u{E0100}'), Some('\u{E0102}'));
        assert_eq!(counterpart('城', '\u{E0100}'), None);
    }
}
