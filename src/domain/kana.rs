//! カナ検索キー. The key under which a reading is found whatever its width, voicing, small letters, long marks
//! and spaces (住民記録システム標準仕様書 2.1.2). Both the register's reading and the question go through
//! `search_key`; how keys are stored and asked is in `store`.

use unicode_normalization::UnicodeNormalization;

/// カナ検索キー. Letters that are not kana stay (letters in upper case), so that a mixed text has a key too.
///
/// The steps, in this order: NFKC; ひらがな to カタカナ; ヂ=ジ, ヅ=ズ, ヴァ=バ, ヴィ=ビ, ヴ=ブ, ヲ=オ; voicing
/// marks off; small letters large; ワ=ハ; long marks, hyphens, blanks and ・ out; ウ after a sound of the オ row
/// is オ.
pub fn search_key(text: &str) -> String {
    let mut letters: Vec<char> = Vec::with_capacity(text.len());
    let composed: Vec<char> = text.nfkc().map(katakana).collect();
    let mut at = 0;
    while let Some(&letter) = composed.get(at) {
        at += 1;
        if letter == 'ヴ' {
            let (plain, taken) = match composed.get(at) {
                Some('ァ') => ('ハ', 1),
                Some('ィ') => ('ヒ', 1),
                _ => ('フ', 0),
            };
            letters.push(plain);
            at += taken;
            continue;
        }
        let letter = match letter {
            'ヂ' => 'シ',
            'ヅ' => 'ス',
            'ヲ' | 'ヺ' => 'オ',
            other => large(unvoiced(other)),
        };
        if !is_ignored(letter) {
            letters.extend(if letter == 'ワ' { 'ハ' } else { letter }.to_uppercase());
        }
    }
    let mut previous = None;
    letters
        .iter()
        .map(|&letter| {
            let long = letter == 'ウ' && previous.is_some_and(is_o_row);
            previous = Some(letter);
            if long { 'オ' } else { letter }
        })
        .collect()
}

/// ひらがな to カタカナ; every other letter as it is.
pub fn katakana(letter: char) -> char {
    match letter {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(letter as u32 + 0x60).unwrap_or(letter),
        other => other,
    }
}

/// Whether a text is a reading: kana, long marks, blanks and ・ only, with at least one kana.
pub fn is_reading(text: &str) -> bool {
    let mut some = false;
    text.nfkc().map(katakana).all(|c| {
        let kana = matches!(c, 'ァ'..='ヺ');
        some |= kana;
        kana || is_ignored(c)
    }) && some
}

fn unvoiced(letter: char) -> char {
    std::iter::once(letter).nfd().next().unwrap_or(letter)
}

fn large(letter: char) -> char {
    match letter {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        other => other,
    }
}

fn is_o_row(letter: char) -> bool {
    matches!(
        letter,
        'オ' | 'コ' | 'ソ' | 'ト' | 'ノ' | 'ホ' | 'モ' | 'ヨ' | 'ロ'
    )
}

fn is_ignored(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            'ー' | '-' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '・' | '\u{3099}' | '\u{309a}' | '〜' | '~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_recipe() {
        for (text, key) in [
            ("おおの", "オオノ"),
            ("オウノ", "オオノ"),
            ("ヂ", "シ"),
            ("ジ", "シ"),
            ("ズ", "ス"),
            ("ヅ", "ス"),
            ("ワ", "ハ"),
            ("ハ", "ハ"),
            ("ヴィ", "ヒ"),
            ("ビ", "ヒ"),
            ("ヴァ", "ハ"),
            ("ヴ", "フ"),
            ("ブ", "フ"),
            ("オ", "オ"),
            ("ヲ", "オ"),
            ("ッ", "ツ"),
            ("ツ", "ツ"),
            ("ャ", "ヤ"),
            ("ヒ", "ヒ"),
            ("ピ", "ヒ"),
            ("ｻﾄｳ ﾊﾅｺ", "サトオハナコ"),
            ("サトウハナコ", "サトオハナコ"),
            ("サトウ　ハナコ", "サトオハナコ"),
            ("コーヘイ", "コヘイ"),
            ("コ―ヘイ", "コヘイ"),
            ("コ－ヘイ", "コヘイ"),
            ("コ‐ヘイ", "コヘイ"),
            ("ｺｰﾍｲ", "コヘイ"),
            ("コ-ヘイ", "コヘイ"),
            ("か゛", "カ"),
            ("リョウ", "リヨオ"),
            ("ウエダ", "ウエタ"),
            ("ジョン・Smith", "シヨンSMITH"),
        ] {
            assert_eq!(search_key(text), key, "{text}");
        }
    }

    #[test]
    fn other_names_stay_apart() {
        for (one, other) in [("サトウ", "サイトウ"), ("ヤマダ", "ヤマタニ")] {
            assert_ne!(search_key(one), search_key(other));
        }
    }

    #[test]
    fn a_reading_is_told_from_kanji() {
        assert!(is_reading("ささき ひ"));
        assert!(is_reading("ｻｻｷ"));
        assert!(!is_reading("佐々木"));
        assert!(!is_reading("ー"));
        assert!(!is_reading(""));
    }
}
