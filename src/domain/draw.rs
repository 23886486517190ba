//! 対象者抽出. A draw says who is due for one dose of one programme, by which criteria and rules, who was left out
//! and why, and who stands so near a bound that a person looks and signs. The names of the drawn are parts of
//! their own, since a city is larger than one revision; one digest over all of them is what a second person
//! releases. Gathering the candidates is the office's matter, choosing among them is `select`.

pub mod criteria;
pub mod select;

pub use criteria::{Basis, Criteria, CriteriaError, History};
pub use select::{Candidate, Selection, select};

use super::{
    revision::{Body, Kind, SubjectId},
    schedule::Span,
    trust::Octets,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// 一つの部分に入れる人数. Keeps a part below the limit of a body.
pub const MOST_IN_PART: usize = 500;

/// 抽出の本文. The draw itself, its parts, the signatures at its bounds: each is a subject of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    Made(Box<Made>),
    Part(Part),
    Signed(Signed),
    Discarded(Discarded),
}

impl Body for Draw {
    const KIND: Kind = Kind::Draw;
    const VERSION: u16 = 1;
}

/// 抽出. What a second person releases.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Made {
    pub criteria: Criteria,
    /// 決まりの版.
    pub rule_version: String,
    /// 台帳の時点.
    pub residents_as_of: Option<DateTime<Utc>>,
    pub totals: Totals,
    pub parts: u16,
    /// 32 bytes over every entry of the parts, see [`digest`].
    pub digest: Octets,
    /// 前回の抽出 of the same criteria.
    pub previous: Option<SubjectId>,
}

/// 人数の内訳. The base is the drawn and the excluded together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Totals {
    /// 条件に当たる住民.
    pub base: u32,
    pub drawn: u32,
    pub excluded: BTreeMap<Exclusion, u32>,
    /// 境目の人.
    pub boundary: u32,
}

impl Totals {
    /// 合計が合う.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.base == self.drawn + self.excluded.values().sum::<u32>()
    }
}

/// 名簿の一部.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    pub draw: SubjectId,
    /// From 0.
    pub number: u16,
    pub entries: Vec<Entry>,
}

/// 名簿の一人.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub person: SubjectId,
    pub standing: Standing,
    /// The day that decides: reached in this period, or the end of the window.
    pub decisive_on: Option<NaiveDate>,
    /// 境目の人. Within two days of a bound.
    pub at_boundary: bool,
}

/// 対象・除いた・条件の外.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Drawn,
    Excluded(Exclusion),
    /// Beyond the bound, listed because so near it.
    Outside,
}

/// 除いた理由. In the order in which they are looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// 接種ずみ.
    Done,
    /// ほかの予防接種で足りる.
    Covered,
    /// 死亡.
    Dead,
    /// 転出・消除・住登外.
    Moved,
    /// 支援措置. Never in a bulk list.
    Protected,
    /// 有効な券がある.
    HasVoucher,
    /// 拒否・辞退.
    Refused,
    /// 接種不適当.
    Contraindicated,
    /// 競合が残っている.
    Conflict,
    /// 重複のおそれ.
    Duplicate,
    /// 生年月日が分からない.
    UnknownBirth,
    /// 接種歴の条件に合わない.
    History,
}

impl Exclusion {
    pub const ALL: [Exclusion; 12] = [
        Exclusion::Done,
        Exclusion::Covered,
        Exclusion::Dead,
        Exclusion::Moved,
        Exclusion::Protected,
        Exclusion::HasVoucher,
        Exclusion::Refused,
        Exclusion::Contraindicated,
        Exclusion::Conflict,
        Exclusion::Duplicate,
        Exclusion::UnknownBirth,
        Exclusion::History,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Exclusion::Done => "done",
            Exclusion::Covered => "covered",
            Exclusion::Dead => "dead",
            Exclusion::Moved => "moved",
            Exclusion::Protected => "protected",
            Exclusion::HasVoucher => "has_voucher",
            Exclusion::Refused => "refused",
            Exclusion::Contraindicated => "contraindicated",
            Exclusion::Conflict => "conflict",
            Exclusion::Duplicate => "duplicate",
            Exclusion::UnknownBirth => "unknown_birth",
            Exclusion::History => "history",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exclusion| exclusion.code() == code)
    }

    /// 画面と紙での名.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Exclusion::Done => "接種ずみ",
            Exclusion::Covered => "ほかの接種で足りる",
            Exclusion::Dead => "死亡",
            Exclusion::Moved => "転出・消除",
            Exclusion::Protected => "支援措置",
            Exclusion::HasVoucher => "有効な券がある",
            Exclusion::Refused => "拒否・辞退",
            Exclusion::Contraindicated => "接種不適当",
            Exclusion::Conflict => "競合（要確認）",
            Exclusion::Duplicate => "重複のおそれ",
            Exclusion::UnknownBirth => "生年月日が不明",
            Exclusion::History => "接種歴が条件の外",
        }
    }
}

/// 境目に署名.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signed {
    pub draw: SubjectId,
    pub persons: Vec<SubjectId>,
}

/// 抽出の取りやめ.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Discarded {
    pub draw: SubjectId,
}

/// 名簿の要約値. Over all entries, sorted by person: what a release covers.
#[must_use]
pub fn digest(entries: &[Entry]) -> [u8; 32] {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    hash.update(b"madoguchi/draw/1");
    for entry in sorted {
        hash.update(entry.person.0.as_bytes());
        let standing = match entry.standing {
            Standing::Drawn => "drawn",
            Standing::Excluded(exclusion) => exclusion.code(),
            Standing::Outside => "outside",
        };
        hash.update([standing.len() as u8, u8::from(entry.at_boundary)]);
        hash.update(standing.as_bytes());
    }
    hash.finalize().into()
}

/// The day that decides about a person: when she comes in, or when her days end.
#[must_use]
pub(crate) fn decisive(basis: Basis, span: Span, period: Span) -> NaiveDate {
    match basis {
        Basis::Reaching => span.from,
        Basis::Open if span.from > period.from => span.from,
        Basis::Open => span.until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::revision::encode;

    #[test]
    fn a_part_full_of_the_longest_entries_stays_below_the_limit_of_a_body() {
        let subject = SubjectId(uuid::Uuid::from_bytes([0xff; 16]));
        let entry = Entry {
            person: subject,
            standing: Standing::Excluded(Exclusion::Contraindicated),
            decisive_on: NaiveDate::from_ymd_opt(2026, 12, 31),
            at_boundary: true,
        };
        let part = Part {
            draw: subject,
            number: u16::MAX,
            entries: vec![entry; MOST_IN_PART],
        };
        assert!(encode(&Draw::Part(part)).is_ok());
    }
}
