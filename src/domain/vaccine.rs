//! ワクチン（製剤）. What is injected or swallowed: products with maker, route, volume and the days on which
//! they may be used in routine vaccination. The list itself is data (`assets/rules/products.toml`); which dose
//! is due is `eligibility`.

use super::{
    programme::{ProgrammeCode, short_code},
    record::Amount,
    schedule::Bound,
};
use chrono::NaiveDate;

short_code! {
    /// 製剤のコード. At most 16 characters of a–z, 0–9 and `_`, e.g. those of `assets/rules/products.toml`.
    ProductCode
}

/// ワクチンの種類. What the intervals between different vaccines depend on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VaccineKind {
    /// 注射生ワクチン.
    LiveInjectable,
    /// 経口生ワクチン.
    LiveOral,
    /// 不活化ワクチン・トキソイド・mRNA.
    Inactivated,
}

/// 製剤.
#[derive(Clone, Debug)]
pub struct Product {
    pub code: ProductCode,
    /// 一般名.
    pub generic: String,
    /// 販売名.
    pub brand: String,
    /// 製造販売業者.
    pub maker: String,
    pub kind: VaccineKind,
    pub uses: Vec<Use>,
    pub confidence: super::schedule::Confidence,
    pub citation: String,
    /// 要確認の点.
    pub open_point: Option<String>,
}

/// 定期接種での使い方. A product in one programme: from when to when, how much, how.
#[derive(Clone, Debug)]
pub struct Use {
    pub programme: ProgrammeCode,
    pub from: NaiveDate,
    /// Last day; none = no end.
    pub until: Option<NaiveDate>,
    /// 接種方法（皮下、筋肉内、経口、経皮）.
    pub route: String,
    /// 選べる年齢. E.g. 75歳から for the high-dose influenza vaccine.
    pub age_from: Option<Bound>,
    /// 接種量 by age; empty where the amount isn't a number of millilitres (管針法).
    pub amounts: Vec<AmountRule>,
}

/// 年齢ごとの接種量. Both ends belong to it, so on the eve of a bound two volumes are right.
#[derive(Clone, Debug)]
pub struct AmountRule {
    pub amount: Amount,
    pub from: Option<Bound>,
    pub to: Option<Bound>,
}

impl Product {
    /// Uses of this product in a programme that are open on a day.
    pub fn uses_on(&self, programme: ProgrammeCode, on: NaiveDate) -> impl Iterator<Item = &Use> {
        self.uses.iter().filter(move |u| {
            u.programme == programme && u.from <= on && u.until.is_none_or(|until| on <= until)
        })
    }
}
