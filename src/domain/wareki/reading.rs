//! 和暦の読み取り. From what was typed to a day: width and case first, then the form, then the calendar. A form is
//! recognised by its separators and the count of its digits alone, never by trying what might fit.

use chrono::{Datelike, Days, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use super::{DateProblem, Era, LAST_YEAR};

/// Longest text that is looked at; the longest form has 13 letters.
const LONGEST: usize = 24;

/// 日付. Reads a day as it is keyed at the desk: `R8.11.23`, `r081123`, `81123`, `5081123` (7-digit code: era,
/// year, month, day), `1123` (this fiscal year), `.` (today), `-1` (yesterday), 西暦, 元年; in any width.
pub fn parse(text: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    if text.chars().count() > LONGEST {
        return Err(DateProblem::Unreadable);
    }
    let text: String = text
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '。' | '、' | ',' => '.',
            '−' | '‐' | '–' | 'ー' => '-',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    if text.is_empty() {
        return Err(DateProblem::Empty);
    }
    if text == "." {
        return Ok(today);
    }
    if let Some(count) = text.strip_prefix('-') {
        return days_ago(count, today);
    }
    let (era, rest) = leading_era(&text);
    let written = rest
        .replace('元', "1")
        .replace(['年', '月'], ".")
        .replace('日', "")
        .replace(['/', '-'], ".");
    if written.is_empty() || !written.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(DateProblem::Unreadable);
    }
    if written.contains('.') {
        separated(era, &written, today)
    } else {
        run(era, &written, today)
    }
}

fn days_ago(count: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    if count.len() > 3 {
        return Err(DateProblem::Unreadable);
    }
    let count = number(count)?;
    today
        .checked_sub_days(Days::new(u64::from(count)))
        .ok_or(DateProblem::TooEarly)
}

fn leading_era(text: &str) -> (Option<Era>, &str) {
    for era in Era::ALL {
        let first = era.name().chars().next().unwrap_or(era.letter());
        let prefixes = [era.name().to_owned(), first.to_string(), era.letter().to_string()];
        for prefix in prefixes {
            if let Some(rest) = text.strip_prefix(&prefix) {
                return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
            }
        }
    }
    (None, text)
}

/// Year, month and day with separators, or month and day alone.
fn separated(era: Option<Era>, text: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    let parts = text.split('.').map(number).collect::<Result<Vec<_>, _>>()?;
    match (era, parts.as_slice()) {
        (Some(era), [year, month, day]) => in_era(era, *year, *month, *day),
        (None, [year @ 1000..=9999, month, day]) => western(*year, *month, *day),
        (None, [year @ 0..=99, month, day]) => in_era(current(today), *year, *month, *day),
        (None, [month, day]) => this_fiscal_year(*month, *day, today),
        _ => Err(DateProblem::Unreadable),
    }
}

/// Digits without separators; their count says the form.
fn run(era: Option<Era>, text: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    let part = |from: usize, to: usize| number(text.get(from..to).unwrap_or(""));
    match (era, text.len()) {
        (Some(era), 6) => in_era(era, part(0, 2)?, part(2, 4)?, part(4, 6)?),
        (Some(era), 5) => in_era(era, part(0, 1)?, part(1, 3)?, part(3, 5)?),
        (None, 8) => western(part(0, 4)?, part(4, 6)?, part(6, 8)?),
        (None, 7) => {
            let code = (part(0, 1)? as usize)
                .checked_sub(1)
                .and_then(|index| Era::ALL.get(index));
            in_era(
                *code.ok_or(DateProblem::Unreadable)?,
                part(1, 3)?,
                part(3, 5)?,
                part(5, 7)?,
            )
        }
        (None, 6) => in_era(current(today), part(0, 2)?, part(2, 4)?, part(4, 6)?),
        (None, 5) => in_era(current(today), part(0, 1)?, part(1, 3)?, part(3, 5)?),
        (None, 4) => this_fiscal_year(part(0, 2)?, part(2, 4)?, today),
        (None, 3) => this_fiscal_year(part(0, 1)?, part(1, 3)?, today),
        _ => Err(DateProblem::Unreadable),
    }
}

fn number(digits: &str) -> Result<u32, DateProblem> {
    if digits.is_empty() || digits.len() > 4 || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err(DateProblem::Unreadable);
    }
    digits.parse().map_err(|_| DateProblem::Unreadable)
}

fn current(today: NaiveDate) -> Era {
    Era::of(today).unwrap_or(Era::Reiwa)
}

fn this_fiscal_year(month: u32, day: u32, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    let began = if today.month() >= 4 {
        today.year()
    } else {
        today.year() - 1
    };
    calendar(if month >= 4 { began } else { began + 1 }, month, day)
}

fn western(year: u32, month: u32, day: u32) -> Result<NaiveDate, DateProblem> {
    let year = i32::try_from(year).map_err(|_| DateProblem::TooLate)?;
    if year < 1868 {
        return Err(DateProblem::TooEarly);
    }
    calendar(year, month, day)
}

fn in_era(era: Era, year: u32, month: u32, day: u32) -> Result<NaiveDate, DateProblem> {
    if year == 0 {
        return Err(DateProblem::NoYear);
    }
    let year = i32::try_from(year).map_err(|_| DateProblem::TooLate)?;
    let found = calendar(era.first_day().year() + year - 1, month, day)?;
    if found < era.first_day() {
        return Err(DateProblem::EraNotBegun(era));
    }
    if era.last_day().is_some_and(|last| found > last) {
        return Err(DateProblem::EraEnded { era, year });
    }
    Ok(found)
}

fn calendar(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateProblem> {
    if !(1..=12).contains(&month) {
        return Err(DateProblem::NoMonth(month));
    }
    if year > LAST_YEAR {
        return Err(DateProblem::TooLate);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| {
        let last = (28..=31)
            .rev()
            .find(|last| NaiveDate::from_ymd_opt(year, month, *last).is_some());
        DateProblem::NoDay {
            month,
            day,
            last: last.unwrap_or(28),
        }
    })
}
