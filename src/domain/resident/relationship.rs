//! 続柄. The relationship to the head of the household: a closed grammar (住民記録システム標準仕様書 1.1.11).
//! A register that still writes another word is kept as it writes, so the text is there beside the parts.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 続柄. The register's text; `parts` says whether it follows the grammar.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Relationship(String);

/// 続柄の誤り. The text is not one of the grammar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RelationshipError;

impl fmt::Display for RelationshipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("続柄の書き方が標準とちがいます。「子の子」のように世帯主からたどって書きます。")
    }
}

impl std::error::Error for RelationshipError {}

const ATOMS: [&str; 13] = [
    "夫",
    "妻",
    "夫（未届）",
    "妻（未届）",
    "子",
    "子（子の夫）",
    "子（子の妻）",
    "父",
    "母",
    "兄",
    "姉",
    "弟",
    "妹",
];

const ALONE: [&str; 3] = ["世帯主", "縁故者", "同居人"];

impl Relationship {
    /// Keeps the text of a register, with full-width brackets.
    pub fn as_written(text: &str) -> Self {
        Relationship(text.trim().replace('(', "（").replace(')', "）"))
    }

    /// Reads a text of the grammar.
    ///
    /// # Errors
    /// Any other text, also 孫 and 祖父.
    pub fn parse(text: &str) -> Result<Self, RelationshipError> {
        let read = Self::as_written(text);
        read.parts()?;
        Ok(read)
    }

    /// The steps from the head: 世帯主, 縁故者 or 同居人 alone, or one to four of the family words.
    ///
    /// # Errors
    /// The text does not follow the grammar.
    pub fn parts(&self) -> Result<Vec<&str>, RelationshipError> {
        if ALONE.contains(&self.0.as_str()) {
            return Ok(vec![&self.0]);
        }
        let mut parts = Vec::new();
        let mut rest = self.0.as_str();
        loop {
            let atom = ATOMS
                .iter()
                .filter(|atom| {
                    rest.strip_prefix(**atom)
                        .is_some_and(|r| r.is_empty() || r.starts_with('の'))
                })
                .max_by_key(|atom| atom.len())
                .ok_or(RelationshipError)?;
            let (found, after) = rest.split_at(atom.len());
            parts.push(found);
            match after.strip_prefix('の') {
                None if parts.len() <= 4 => return Ok(parts),
                Some(more) if parts.len() < 4 => rest = more,
                _ => return Err(RelationshipError),
            }
        }
    }

    /// 世帯主.
    pub fn is_head(&self) -> bool {
        self.0 == "世帯主"
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Relationship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Relationship(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_grammar_are_read() {
        for text in [
            "世帯主",
            "妻",
            "子の子",
            "子の子の子の子",
            "妻の母",
            "夫（未届）",
            "夫(未届)",
            "子（子の夫）の子",
            "縁故者",
            "同居人",
        ] {
            assert!(Relationship::parse(text).is_ok(), "{text}");
        }
        assert_eq!(
            Relationship::parse("妻（未届）の子").unwrap().parts().unwrap(),
            ["妻（未届）", "子"]
        );
    }

    #[test]
    fn other_words_are_kept_but_named() {
        for text in [
            "子の子の子の子の子",
            "孫",
            "祖父",
            "家事使用人",
            "準世帯主",
            "",
            "子の",
            "の子",
            "世帯主の子",
        ] {
            assert_eq!(Relationship::parse(text), Err(RelationshipError), "{text}");
            assert_eq!(Relationship::as_written(text).as_str(), text);
        }
    }
}
