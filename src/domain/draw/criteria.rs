//! 抽出の条件. Which dose of which programme, whom it reaches in which days, and what narrows it: births, school
//! year, districts, history. A closed form: what can't be true together is refused with everything that is wrong.

use crate::domain::{
    date,
    programme::ProgrammeCode,
    record::DoseNumber,
    schedule::{Schedule, Span},
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Longest period of a draw, in days: a fiscal year and a little.
const LONGEST_PERIOD: i64 = 400;
const MOST_DISTRICTS: usize = 100;

/// 何を見るか.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 期間の中で受けられるようになる人.
    Reaching,
    /// 期間の中に受けられる日がある人.
    Open,
}

impl Basis {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Basis::Reaching => "期間の中で受けられるようになる人",
            Basis::Open => "期間の中に受けられる日がある人",
        }
    }
}

/// 接種歴.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    #[default]
    Any,
    /// この予防接種を1回も受けていない.
    None,
    /// この予防接種を1回は受けている.
    Some,
}

/// 抽出の条件.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Criteria {
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    pub basis: Basis,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// 基準日（住民であること）. The day of the draw.
    pub on: NaiveDate,
    pub born_from: Option<NaiveDate>,
    pub born_until: Option<NaiveDate>,
    /// 学年. 1 to 6 小学校, 7 to 9 中学校, 10 to 12 高校相当, in the fiscal year of `from`.
    pub school_year: Option<u8>,
    /// Codes of districts; empty: all.
    pub districts: Vec<String>,
    pub history: History,
    /// 有効な券がある人も入れる.
    pub with_voucher_holders: bool,
}

/// 条件のまちがい.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CriteriaError {
    Programme,
    Dose,
    Period,
    PeriodTooLong,
    Births,
    SchoolYear,
    Districts,
}

impl fmt::Display for CriteriaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CriteriaError::Programme => {
                "この予防接種の種類は決まりの表にありません。一覧から選んでください。"
            }
            CriteriaError::Dose => "この予防接種にその回はありません。回を選びなおしてください。",
            CriteriaError::Period => "期間の終わりが始まりより前です。日付を見直してください。",
            CriteriaError::PeriodTooLong => "期間は400日までです。分けて抽出してください。",
            CriteriaError::Births => "生年月日の終わりが始まりより前です。日付を見直してください。",
            CriteriaError::SchoolYear => "学年は1から12です。高校相当は10から12です。",
            CriteriaError::Districts => "地区は100までです。減らすか、すべての地区にしてください。",
        })
    }
}

impl std::error::Error for CriteriaError {}

impl Criteria {
    /// Those who come into the first days of a dose in one month.
    #[must_use]
    pub fn of_month(programme: ProgrammeCode, dose: DoseNumber, month: NaiveDate, on: NaiveDate) -> Self {
        let first = month.with_day(1).unwrap_or(month);
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
        Self {
            programme,
            dose,
            basis: Basis::Reaching,
            from: first,
            until: date::plus_days(next, -1),
            on,
            born_from: None,
            born_until: None,
            school_year: None,
            districts: Vec::new(),
            history: History::Any,
            with_voucher_holders: false,
        }
    }

    /// Everything that is wrong with the criteria.
    #[must_use]
    pub fn problems(&self, schedule: &Schedule) -> Vec<CriteriaError> {
        let mut problems = Vec::new();
        match schedule.programme(self.programme) {
            None => problems.push(CriteriaError::Programme),
            Some(programme) if !programme.dose_numbers().contains(&self.dose) => {
                problems.push(CriteriaError::Dose);
            }
            Some(_) => {}
        }
        if self.until < self.from {
            problems.push(CriteriaError::Period);
        } else if (self.until - self.from).num_days() > LONGEST_PERIOD {
            problems.push(CriteriaError::PeriodTooLong);
        }
        if self
            .born_from
            .zip(self.born_until)
            .is_some_and(|(from, until)| until < from)
        {
            problems.push(CriteriaError::Births);
        }
        if self.school_year.is_some_and(|year| !(1..=12).contains(&year)) {
            problems.push(CriteriaError::SchoolYear);
        }
        if self.districts.len() > MOST_DISTRICTS {
            problems.push(CriteriaError::Districts);
        }
        problems
    }

    #[must_use]
    pub fn period(&self) -> Span {
        Span {
            from: self.from,
            until: self.until,
        }
    }

    /// 生年月日の条件, that of the school year included (4月2日から4月1日まで).
    #[must_use]
    pub fn births(&self) -> Span {
        let mut births = Span {
            from: self.born_from.unwrap_or(NaiveDate::MIN),
            until: self.born_until.unwrap_or(NaiveDate::MAX),
        };
        if let Some(year) = self.school_year {
            // The first class of a fiscal year turned six between 2 April and 1 April before it.
            let born = date::fiscal_year(self.from) - i32::from(year) - 6;
            let first = date::plus_days(date::first_of_fiscal_year(born), 1);
            let last = date::first_of_fiscal_year(born + 1);
            births = Span {
                from: births.from.max(first),
                until: births.until.min(last),
            };
        }
        births
    }

    /// 同じ条件かどうか. A key without the day of the draw: two draws with one key are compared.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        let mut districts = self.districts.clone();
        districts.sort();
        let text = format!(
            "madoguchi/criteria/1|{}|{}|{:?}|{}|{}|{:?}|{:?}|{:?}|{:?}|{:?}|{}",
            self.programme,
            self.dose.code(),
            self.basis,
            self.from,
            self.until,
            self.born_from,
            self.born_until,
            self.school_year,
            districts,
            self.history,
            self.with_voucher_holders,
        );
        Sha256::digest(text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criteria() -> Criteria {
        let day = |text: &str| text.parse().unwrap();
        let programme = ProgrammeCode::parse("x").unwrap();
        Criteria::of_month(
            programme,
            DoseNumber::Nth(1),
            day("2026-12-15"),
            day("2026-11-24"),
        )
    }

    #[test]
    fn a_month_begins_and_ends_with_its_days() {
        let criteria = criteria();
        assert_eq!(criteria.from.to_string(), "2026-12-01");
        assert_eq!(criteria.until.to_string(), "2026-12-31");
    }

    #[test]
    fn a_school_year_runs_from_the_second_to_the_first_of_april() {
        let mut criteria = criteria();
        criteria.school_year = Some(1);
        let births = criteria.births();
        assert_eq!(
            (births.from.to_string(), births.until.to_string()),
            ("2019-04-02".into(), "2020-04-01".into())
        );
        for birth in [births.from, births.until] {
            assert_eq!(date::school_start(birth), date::first_of_fiscal_year(2026));
        }
        criteria.school_year = Some(10);
        assert_eq!(criteria.births().from.to_string(), "2010-04-02");
    }

    #[test]
    fn the_day_of_the_draw_is_no_part_of_what_is_compared() {
        let (one, mut other) = (criteria(), criteria());
        other.on = "2026-11-25".parse().unwrap();
        assert_eq!(one.key(), other.key());
        other.until = "2026-12-30".parse().unwrap();
        assert_ne!(one.key(), other.key());
    }
}
