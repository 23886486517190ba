//! 住所の検索キー. Addresses as clerks look for them: from the town on, numbers in the short form. What is written on
//! paper stays as the register has it.

use crate::domain::name;

/// 住所の検索キー. 「いわき市泉町１丁目１０番地の６」 and 「泉町1-10-6」 have one key: the city is left out, and what
/// stands between two numbers is one hyphen.
#[must_use]
pub fn search_key(address: &str) -> String {
    let key = name::search_key(address);
    let town = match key.split_once('市') {
        Some((_, town)) if !town.is_empty() => town,
        _ => &key,
    };
    let mut short = String::with_capacity(town.len());
    let mut rest = town;
    while let Some(letter) = rest.chars().next() {
        let after_number = short.ends_with(|c: char| c.is_ascii_digit());
        let joined = if after_number { behind_joint(rest) } else { rest };
        if joined.len() < rest.len() {
            if joined.starts_with(|c: char| c.is_ascii_digit()) {
                short.push('-');
            }
            rest = joined;
        } else {
            short.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    short
}

/// What follows the words that join two numbers of an address.
fn behind_joint(text: &str) -> &str {
    const JOINTS: [&str; 12] = [
        "丁目", "番地", "番", "号", "の", "ノ", "-", "‐", "−", "–", "ー", "－",
    ];
    let mut rest = text;
    while let Some(after) = JOINTS.iter().find_map(|joint| rest.strip_prefix(joint)) {
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_to_write_one_address_have_one_key() {
        for text in [
            "いわき市泉町１丁目１０番地の６",
            "泉町1丁目10番6号",
            "泉町1-10-6",
            "泉町１－１０－６",
        ] {
            assert_eq!(search_key(text), "泉町1-10-6", "{text}");
        }
        assert_eq!(search_key("平字の上12番地"), "平字の上12");
        assert_eq!(search_key("原町の田"), "原町の田");
        assert_eq!(search_key("市"), "市");
    }
}
