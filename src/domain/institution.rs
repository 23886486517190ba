//! 医療機関とロットのコード表. What the entry checks the paper against: who may have given a dose and until
//! when a lot keeps. Every row is a published subject of its own, loaded as a setting; nothing here belongs to
//! one city. The national code and its check digit are `identifier`; a place without one has a code `L-…`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::revision::{Body, Kind};

/// 医療機関.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MedicalInstitution {
    /// Ten digits, or `L-` and the city's own.
    pub code: String,
    pub name: String,
    /// Reading, for choosing it by typing.
    pub kana: String,
    pub area: Area,
    pub physicians: Vec<String>,
    /// 契約のはじめ・おわり. Both days included.
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// 市内・県内広域・県外依頼・海外; a sender (医師会, 国保連合会) gives no doses itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    InCity,
    InPrefecture,
    OtherPrefecture,
    Abroad,
    SenderOnly,
}

impl Area {
    pub fn code(self) -> &'static str {
        match self {
            Self::InCity => "in_city",
            Self::InPrefecture => "in_prefecture",
            Self::OtherPrefecture => "other_prefecture",
            Self::Abroad => "abroad",
            Self::SenderOnly => "sender_only",
        }
    }
}

/// ロット. A lot of one product and the last day it may be used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lot {
    pub product: String,
    pub lot_number: String,
    pub expires_on: NaiveDate,
}

/// コード表の1行. Every row is a subject of its own; the newest revision holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeEntry {
    Institution(MedicalInstitution),
    Lot(Lot),
}

impl Body for CodeEntry {
    const KIND: Kind = Kind::CodeTable;
    const VERSION: u16 = 1;
}

impl CodeEntry {
    /// The key its subject is derived from.
    pub fn key(&self) -> String {
        match self {
            Self::Institution(institution) => format!("institution/{}", institution.code),
            Self::Lot(lot) => format!("lot/{}/{}", lot.product, lot.lot_number),
        }
    }
}

/// ロットの書きかた. Upper case, half width, no spaces; what two people type of one label is the same.
pub fn normal_lot(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .take(30)
        .collect()
}

/// How many letters differ, when at most two do: used to name the lots that look like a typed one.
pub fn is_alike(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if a.len().abs_diff(b.len()) > 1 || a.len().max(b.len()) > 30 {
        return false;
    }
    distance(&a, &b) <= 1
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut left_above = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let above = *cell;
            left = (left_above + usize::from(x != y)).min(left + 1).min(above + 1);
            left_above = above;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_that_differ_in_one_letter_are_alike() {
        assert!(is_alike("VZ33", "VZ338"));
        assert!(is_alike("VZ339", "VZ338"));
        assert!(!is_alike("VZ338", "VZ338A1"));
        assert!(!is_alike("AB12", "CD12"));
        assert_eq!(normal_lot("ｖｚ 338 "), "VZ338");
    }
}
