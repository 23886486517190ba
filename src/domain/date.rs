//! 法定の日の数え方. Days of the law: reaching an age, intervals between doses, fiscal years, school entry,
//! weeks of life and of pregnancy. Total functions without a clock; everything else derives from `reach`.
//! Which bound a programme uses is data (`assets/rules`), the short forms that clerks type are `wareki`.

use chrono::{Datelike, Days, NaiveDate};

/// 達する日（至る日）. The day on which somebody born on `day` reaches the age of `months` months: the eve of
/// the same day so many months later, or the last day of that month where it has no such day
/// (年齢計算ニ関スル法律, 民法第143条第2項). The eve belongs both to "until" and to "from".
pub fn reach_months(day: NaiveDate, months: u32) -> NaiveDate {
    match same_day(day, months) {
        SameDay::Exists(same) => same.pred_opt().unwrap_or(NaiveDate::MIN),
        SameDay::Missing { last } => last,
    }
}

/// n歳に達する日. As [`reach_months`], in years.
pub fn reach_years(day: NaiveDate, years: u32) -> NaiveDate {
    reach_months(day, years.saturating_mul(12))
}

/// n月以上の間隔をおいた最初の日. The same day so many months later, or the 1st of the month after where the
/// month has no such day.
pub fn after_months(day: NaiveDate, months: u32) -> NaiveDate {
    plus_days(reach_months(day, months), 1)
}

/// n日以上の間隔をおいた最初の日. `days` full days lie between, so 27日 is the same weekday four weeks later.
/// The last day of 「n日までの間隔」 is the same day.
pub fn after_days(day: NaiveDate, days: u32) -> NaiveDate {
    plus_days(day, i64::from(days) + 1)
}

/// n月半以上の間隔をおいた最初の日. Half of the month then reached is added: 14 days of 28, 15 of 29 and 30,
/// 16 of 31.
pub fn after_months_and_half(day: NaiveDate, months: u32) -> NaiveDate {
    let reached = after_months(day, months);
    let half = days_of_month(reached.year(), reached.month()).div_ceil(2);
    plus_days(reached, i64::from(half))
}

/// 年度. The fiscal year, April to March, named by the year of its April.
pub fn fiscal_year(day: NaiveDate) -> i32 {
    if day.month() >= 4 {
        day.year()
    } else {
        day.year() - 1
    }
}

/// 年度の初日.
pub fn first_of_fiscal_year(year: i32) -> NaiveDate {
    ymd(year, 4, 1)
}

/// 年度の末日.
pub fn last_of_fiscal_year(year: i32) -> NaiveDate {
    ymd(year.saturating_add(1), 3, 31)
}

/// n歳となる日の属する年度. Somebody born on 1 April belongs to the year before (学校教育法第17条と同じ数え方).
pub fn fiscal_year_of_age(birth: NaiveDate, years: u32) -> i32 {
    fiscal_year(reach_years(birth, years))
}

/// 小学校就学の始期. The first 1 April on or after the sixth birthday (学校教育法第17条).
pub fn school_start(birth: NaiveDate) -> NaiveDate {
    ymd(fiscal_year_of_age(birth, 6).saturating_add(1), 4, 1)
}

/// 妊娠n週m日. 40 weeks and 0 days is the day the birth is expected.
pub fn day_of_pregnancy(expected_on: NaiveDate, weeks: u32, days: u32) -> NaiveDate {
    plus_days(expected_on, i64::from(weeks) * 7 + i64::from(days) - 280)
}

/// 出生n週m日後. The day of birth is day 0.
pub fn weeks_after_birth(birth: NaiveDate, weeks: u32, days: u32) -> NaiveDate {
    plus_days(birth, i64::from(weeks) * 7 + i64::from(days))
}

/// A day so many days later or, with a negative count, earlier; it stays inside the calendar.
pub fn plus_days(day: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    if days >= 0 {
        day.checked_add_days(count).unwrap_or(NaiveDate::MAX)
    } else {
        day.checked_sub_days(count).unwrap_or(NaiveDate::MIN)
    }
}

/// 満年齢. Completed years on a day, in the everyday sense: a year older on the birthday itself.
pub fn age_in_years(birth: NaiveDate, on: NaiveDate) -> u32 {
    on.years_since(birth).unwrap_or(0)
}

/// 和暦の短い形. `R8.9.30`; days before Meiji are written in the western calendar.
pub fn short(day: NaiveDate) -> String {
    const ERAS: [(char, i32, u32, u32); 5] = [
        ('R', 2019, 5, 1),
        ('H', 1989, 1, 8),
        ('S', 1926, 12, 25),
        ('T', 1912, 7, 30),
        ('M', 1868, 10, 23),
    ];
    for (letter, year, month, first) in ERAS {
        if (day.year(), day.month(), day.day()) >= (year, month, first) {
            return format!("{letter}{}.{}.{}", day.year() - year + 1, day.month(), day.day());
        }
    }
    format!("{}.{}.{}", day.year(), day.month(), day.day())
}

enum SameDay {
    Exists(NaiveDate),
    Missing { last: NaiveDate },
}

fn same_day(day: NaiveDate, months: u32) -> SameDay {
    let month0 = i64::from(day.year()) * 12 + i64::from(day.month0()) + i64::from(months);
    let year = i32::try_from(month0.div_euclid(12)).unwrap_or(i32::MAX);
    let month = u32::try_from(month0.rem_euclid(12)).unwrap_or(0) + 1;
    match NaiveDate::from_ymd_opt(year, month, day.day()) {
        Some(same) => SameDay::Exists(same),
        None => SameDay::Missing {
            last: ymd(year, month, days_of_month(year, month)),
        },
    }
}

fn days_of_month(year: i32, month: u32) -> u32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(if year < 0 {
        NaiveDate::MIN
    } else {
        NaiveDate::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_is_reached_on_the_eve_of_the_birthday() {
        assert_eq!(reach_months(d("2013-04-01"), 3), d("2013-06-30"));
        assert_eq!(reach_years(d("2013-11-24"), 13), d("2026-11-23"));
        assert_eq!(reach_months(d("2024-08-31"), 90), d("2032-02-29"));
        assert_eq!(reach_months(d("2023-08-31"), 6), d("2024-02-29"));
        assert_eq!(reach_months(d("2024-08-31"), 6), d("2025-02-28"));
    }

    #[test]
    fn a_month_without_the_day_ends_on_its_last_day_not_on_the_day_before() {
        // Clamping and then going back a day would say 9/29.
        assert_eq!(reach_months(d("2020-07-31"), 2), d("2020-09-30"));
    }

    #[test]
    fn the_eve_is_taken_after_the_months_not_before() {
        // Going back a day first is one day short for children born on the 1st.
        assert_eq!(reach_months(d("2023-03-01"), 12), d("2024-02-29"));
        assert_eq!(reach_months(d("2024-05-01"), 1), d("2024-05-31"));
    }

    #[test]
    fn leap_day_children_reach_their_ages_at_the_end_of_february() {
        assert_eq!(reach_years(d("2024-02-29"), 1), d("2025-02-28"));
        assert_eq!(reach_years(d("2024-02-29"), 4), d("2028-02-28"));
    }

    #[test]
    fn an_interval_of_months_without_the_day_goes_on_to_the_first() {
        assert_eq!(after_months(d("2022-11-30"), 3), d("2023-03-01"));
        assert_eq!(after_months(d("2023-08-31"), 6), d("2024-03-01"));
        assert_eq!(after_months(d("2025-01-31"), 1), d("2025-03-01"));
        assert_eq!(after_months(d("2025-01-31"), 2), d("2025-03-31"));
        assert_eq!(after_months(d("2023-04-01"), 3), d("2023-07-01"));
    }

    #[test]
    fn days_of_an_interval_are_full_days_between() {
        for (days, later) in [(6, 7), (20, 21), (27, 28), (56, 57), (60, 61), (139, 140)] {
            assert_eq!(
                after_days(d("2026-04-01"), days),
                d("2026-04-01") + Days::new(later)
            );
        }
        assert_eq!(after_days(d("2024-03-25"), 27), d("2024-04-22"));
        assert_eq!(after_days(d("2026-04-01"), 139), d("2026-08-19"));
        assert_eq!(after_days(d("2026-04-01"), 56), d("2026-05-28"));
    }

    #[test]
    fn half_a_month_depends_on_the_month_reached() {
        assert_eq!(after_months_and_half(d("2023-04-01"), 2), d("2023-06-16"));
        assert_eq!(after_months_and_half(d("2022-12-01"), 2), d("2023-02-15"));
        assert_eq!(after_months_and_half(d("2023-12-01"), 2), d("2024-02-16"));
        assert_eq!(after_months_and_half(d("2023-05-10"), 2), d("2023-07-26"));
    }

    #[test]
    fn the_first_of_april_belongs_to_the_year_before() {
        assert_eq!(school_start(d("2020-04-01")), d("2026-04-01"));
        assert_eq!(school_start(d("2020-04-02")), d("2027-04-01"));
        assert_eq!(fiscal_year_of_age(d("1956-04-01"), 70), 2025);
        assert_eq!(fiscal_year_of_age(d("1956-04-02"), 70), 2026);
        assert_eq!(fiscal_year_of_age(d("1957-04-01"), 70), 2026);
        assert_eq!(first_of_fiscal_year(2026), d("2026-04-01"));
        assert_eq!(last_of_fiscal_year(2026), d("2027-03-31"));
    }

    #[test]
    fn weeks_of_life_count_from_day_nought_and_of_pregnancy_from_the_expected_day() {
        assert_eq!(weeks_after_birth(d("2020-08-01"), 6, 0), d("2020-09-12"));
        assert_eq!(weeks_after_birth(d("2020-08-01"), 14, 6), d("2020-11-13"));
        assert_eq!(weeks_after_birth(d("2020-08-01"), 24, 0), d("2021-01-16"));
        assert_eq!(weeks_after_birth(d("2020-08-01"), 32, 0), d("2021-03-13"));
        assert_eq!(day_of_pregnancy(d("2026-04-23"), 36, 6), d("2026-04-01"));
        assert_eq!(day_of_pregnancy(d("2026-04-23"), 28, 0), d("2026-01-29"));
    }

    #[test]
    fn days_at_the_end_of_the_calendar_do_not_panic() {
        for day in [NaiveDate::MAX, NaiveDate::MIN] {
            reach_months(day, u32::MAX);
            after_months_and_half(day, 5);
            after_days(day, u32::MAX);
            school_start(day);
            short(day);
            day_of_pregnancy(day, 0, 0);
        }
    }

    #[test]
    fn short_dates_change_with_the_era() {
        assert_eq!(short(d("2026-09-30")), "R8.9.30");
        assert_eq!(short(d("2019-04-30")), "H31.4.30");
        assert_eq!(short(d("1989-01-07")), "S64.1.7");
        assert_eq!(short(d("1926-12-24")), "T15.12.24");
    }
}
