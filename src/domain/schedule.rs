//! 予防接種の決まりの全体. The whole table of rules as one value: programmes, products, intervals between
//! different vaccines, the exception for long illness, and the bounds that all of them are written with. Read
//! and checked by `rules`, applied by `eligibility`; it knows no file and no clock.

use super::{
    date,
    programme::{Interval, Programme, ProgrammeCode},
    vaccine::{Product, ProductCode, VaccineKind},
};
use chrono::NaiveDate;

/// 予防接種の決まりの全体.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// 版番号 of the rule package; later versions sort after earlier ones.
    pub version: String,
    /// 使い始める日.
    pub in_use_from: NaiveDate,
    pub programmes: Vec<Programme>,
    pub products: Vec<Product>,
    pub between_vaccines: Vec<BetweenVaccines>,
    pub long_illness: LongIllness,
    pub facts: Vec<FactDefinition>,
    pub open_points: Vec<OpenPoint>,
}

impl Schedule {
    pub fn programme(&self, code: ProgrammeCode) -> Option<&Programme> {
        self.programmes.iter().find(|programme| programme.code == code)
    }

    pub fn product(&self, code: ProductCode) -> Option<&Product> {
        self.products.iter().find(|product| product.code == code)
    }

    /// 製剤の種類, or that of the programme where no product is known.
    pub fn kind_of(&self, programme: ProgrammeCode, product: Option<ProductCode>) -> Option<VaccineKind> {
        let known = product
            .and_then(|code| self.product(code))
            .map(|product| product.kind);
        known.or_else(|| self.programme(programme).map(|programme| programme.vaccine_kind))
    }

    pub fn fact(&self, code: &str) -> Option<&FactDefinition> {
        self.facts.iter().find(|fact| fact.code == code)
    }
}

/// 確からしさ of a row: a source is cited, one weak source, or a guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    High,
    Medium,
    Low,
}

/// 期間. Both ends belong to it; `NaiveDate::MAX` means no end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Span {
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }

    /// Days common to both, if any.
    pub fn and(&self, other: Span) -> Option<Span> {
        let both = Span {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        };
        (both.from <= both.until).then_some(both)
    }

    /// The last day, none where there is no end.
    pub fn last(&self) -> Option<NaiveDate> {
        (self.until < NaiveDate::MAX).then_some(self.until)
    }

    /// Unites spans that overlap or touch, in order of time.
    pub fn unite(mut spans: Vec<Span>) -> Vec<Span> {
        if spans.len() < 2 {
            return spans;
        }
        spans.sort();
        let mut united: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match united.last_mut() {
                Some(last) if span.from <= date::plus_days(last.until, 1) => {
                    last.until = last.until.max(span.until)
                }
                _ => united.push(span),
            }
        }
        united
    }
}

/// 法文の期間. Two bounds, both inclusive.
#[derive(Clone, Debug)]
pub struct Window {
    pub from: Bound,
    pub to: Bound,
}

impl Window {
    /// The days of one person; none when a bound can't be computed or the window is empty.
    pub fn of(&self, born: &Anchors) -> Option<Span> {
        let span = Span {
            from: self.from.of(born)?,
            until: self.to.of(born)?,
        };
        (span.from <= span.until).then_some(span)
    }
}

/// 日を決めるもとになる日.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anchors {
    pub birth: Option<NaiveDate>,
    /// 分娩予定日.
    pub expected_on: Option<NaiveDate>,
}

/// 期間の端. One of the ways in which the law names a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    pub at: At,
    /// Added at the end (「の翌日」「の前日」).
    pub plus_days: i32,
    /// As the rules write it, for the reasons.
    pub text: String,
}

/// 期間の端のもと.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// 出生の日.
    Birth,
    /// 出生n週m日後.
    AfterBirth {
        weeks: u32,
        days: u32,
    },
    /// 生後n月（n歳）に達する日.
    Reach {
        months: u32,
    },
    /// n歳となる日の属する年度の初日.
    FiscalYearStart {
        years: u32,
    },
    /// n歳となる日の属する年度の末日.
    FiscalYearEnd {
        years: u32,
    },
    /// 小学校就学の始期, so many years before.
    SchoolStart {
        years_before: u32,
    },
    /// 妊娠n週m日.
    Pregnancy {
        weeks: u32,
        days: u32,
    },
    Fixed(NaiveDate),
    /// 終わりなし.
    Open,
}

impl Bound {
    /// The day of one person; none when what it counts from is not known.
    pub fn of(&self, anchors: &Anchors) -> Option<NaiveDate> {
        let day = match self.at {
            At::Birth => anchors.birth?,
            At::AfterBirth { weeks, days } => date::weeks_after_birth(anchors.birth?, weeks, days),
            At::Reach { months } => date::reach_months(anchors.birth?, months),
            At::FiscalYearStart { years } => {
                date::first_of_fiscal_year(date::fiscal_year_of_age(anchors.birth?, years))
            }
            At::FiscalYearEnd { years } => {
                date::last_of_fiscal_year(date::fiscal_year_of_age(anchors.birth?, years))
            }
            At::SchoolStart { years_before } => {
                let start = date::school_start(anchors.birth?);
                let earlier = date::fiscal_year(start).saturating_sub_unsigned(years_before);
                date::first_of_fiscal_year(earlier)
            }
            At::Pregnancy { weeks, days } => date::day_of_pregnancy(anchors.expected_on?, weeks, days),
            At::Fixed(day) => day,
            At::Open => return Some(NaiveDate::MAX),
        };
        Some(if self.plus_days == 0 {
            day
        } else {
            date::plus_days(day, i64::from(self.plus_days))
        })
    }
}

/// 異なるワクチンの間隔. In force from a day to a day.
#[derive(Clone, Debug)]
pub struct BetweenVaccines {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub rules: Vec<KindGap>,
    pub citation: String,
    pub confidence: Confidence,
}

/// 前のワクチンの種類と、つぎのワクチンの種類. Empty lists mean any.
#[derive(Clone, Debug)]
pub struct KindGap {
    pub previous: Vec<VaccineKind>,
    pub next: Vec<VaccineKind>,
    pub interval: Interval,
    pub text: String,
}

/// 長期療養特例 (予防接種法施行令第3条第2項, 施行規則第2条の9).
#[derive(Clone, Debug)]
pub struct LongIllness {
    /// Months from the day the reason ended, for programmes without a row of their own.
    pub months: u32,
    pub rows: Vec<LongIllnessRow>,
    pub citation: String,
}

#[derive(Clone, Debug)]
pub struct LongIllnessRow {
    pub programmes: Vec<ProgrammeCode>,
    pub months: Option<u32>,
    /// 上限の年齢.
    pub to: Option<Bound>,
    /// 対象外.
    pub excluded: bool,
    pub citation: String,
}

/// 職員が証拠とともに記録する事実.
#[derive(Clone, Debug)]
pub struct FactDefinition {
    pub code: String,
    pub name: String,
    /// 確かめる書類.
    pub evidence: String,
    pub citation: String,
    /// Known from the records: at least one dose of a programme inside these days.
    pub known_by_dose: Option<(ProgrammeCode, Span)>,
}

/// 要確認の点.
#[derive(Clone, Debug)]
pub struct OpenPoint {
    /// Which file and row.
    pub place: String,
    pub text: String,
    pub confidence: Option<Confidence>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, until: &str) -> Span {
        Span {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        }
    }

    #[test]
    fn spans_that_touch_become_one_and_others_stay_apart() {
        let united = Span::unite(vec![
            span("2026-05-01", "2026-05-31"),
            span("2026-04-01", "2026-04-30"),
            span("2026-07-01", "2026-07-02"),
            span("2026-07-02", "2026-07-02"),
        ]);
        assert_eq!(
            united,
            [span("2026-04-01", "2026-05-31"), span("2026-07-01", "2026-07-02")]
        );
    }

    #[test]
    fn a_bound_without_its_day_has_no_day() {
        let bound = Bound {
            at: At::Birth,
            plus_days: 0,
            text: String::new(),
        };
        assert_eq!(bound.of(&Anchors::default()), None);
    }
}
