//! 生年月日. A birth date is a day of the calendar, or the text of the register kept exactly as it was
//! written: unknown forms, days that do not exist and days beyond the end of an era are passed on unchanged,
//! and no day is made up in their place (住民記録システム標準仕様書 1.1.8). Keying dates at the desk is elsewhere.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 生年月日. Ordered with the known days first, by day; then the texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthDate {
    /// A day of the Gregorian calendar.
    Known(NaiveDate),
    /// 不詳・暦にない日. The register's own words, never changed; at most [`BirthDate::LONGEST`] bytes.
    AsWritten(String),
}

impl BirthDate {
    /// Longest text kept, in bytes: the register's field holds 42 letters.
    pub const LONGEST: usize = 200;

    /// Reads what a register or a person wrote. A text that names a day in one of the usual Western forms, or
    /// in the Japanese calendar inside the era's own days, is that day; everything else stays as written.
    pub fn parse(text: &str) -> Self {
        match western(text).or_else(|| {
            japanese(text)
                .filter(|found| found.inside_era)
                .map(|found| found.day)
        }) {
            Some(day) => BirthDate::Known(day),
            None => BirthDate::AsWritten(text.to_owned()),
        }
    }

    /// The day that is meant, if exactly one is: 大正15年12月25日 stays as written but means 1926-12-25.
    /// None for unknown forms and for days that no calendar has.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            BirthDate::Known(day) => Some(*day),
            BirthDate::AsWritten(text) => western(text).or_else(|| japanese(text).map(|found| found.day)),
        }
    }

    /// Whether the day is known, so that ages and windows can be computed.
    pub fn is_known(&self) -> bool {
        self.day().is_some()
    }

    /// 台帳の表記. The register's words where they were kept, else `YYYY-MM-DD`.
    pub fn written(&self) -> String {
        match self {
            BirthDate::Known(day) => day.format("%Y-%m-%d").to_string(),
            BirthDate::AsWritten(text) => text.clone(),
        }
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BirthDate::Known(_) => "BirthDate::Known(…)",
            BirthDate::AsWritten(_) => "BirthDate::AsWritten(…)",
        })
    }
}

struct JapaneseDay {
    day: NaiveDate,
    inside_era: bool,
}

/// Year, month, day.
type Day = (i32, u32, u32);

/// 元号. Name, year before year 1, first and last day.
const ERAS: [(&str, i32, Day, Day); 5] = [
    ("明治", 1867, (1868, 1, 25), (1912, 7, 29)),
    ("大正", 1911, (1912, 7, 30), (1926, 12, 24)),
    ("昭和", 1925, (1926, 12, 25), (1989, 1, 7)),
    ("平成", 1988, (1989, 1, 8), (2019, 4, 30)),
    ("令和", 2018, (2019, 5, 1), (9999, 12, 31)),
];

/// `YYYYMMDD`, `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYY年M月D日`.
fn western(text: &str) -> Option<NaiveDate> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let (year, rest) = text.split_at(4);
        let (month, day) = rest.split_at(2);
        return NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    }
    for separator in ['-', '/', '.'] {
        let parts: Vec<&str> = text.split(separator).collect();
        if let [year, month, day] = parts[..]
            && year.len() == 4
        {
            return NaiveDate::from_ymd_opt(number(year)? as i32, number(month)?, number(day)?);
        }
    }
    let (year, rest) = text.split_once('年')?;
    if year.len() != 4 {
        return None;
    }
    let (month, rest) = rest.split_once('月')?;
    NaiveDate::from_ymd_opt(
        number(year)? as i32,
        number(month)?,
        number(rest.strip_suffix('日')?)?,
    )
}

fn japanese(text: &str) -> Option<JapaneseDay> {
    let &(name, base, first, last) = ERAS.iter().find(|era| text.starts_with(era.0))?;
    let (year, rest) = text.strip_prefix(name)?.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let year = if year == "元" { 1 } else { number(year)? };
    let day = NaiveDate::from_ymd_opt(
        base + year as i32,
        number(month)?,
        number(rest.strip_suffix('日')?)?,
    )?;
    let first = NaiveDate::from_ymd_opt(first.0, first.1, first.2)?;
    let last = NaiveDate::from_ymd_opt(last.0, last.1, last.2)?;
    Some(JapaneseDay {
        day,
        inside_era: first <= day && day <= last,
    })
}

/// One to four digits, half or full width.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 4 {
        return None;
    }
    text.chars().try_fold(0, |sum, c| {
        let digit = match c {
            '0'..='9' => c as u32 - '0' as u32,
            '０'..='９' => c as u32 - '０' as u32,
            _ => return None,
        };
        Some(sum * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn usual_forms_are_days() {
        for text in [
            "20250514",
            "2025-05-14",
            "2025/5/14",
            "2025年5月14日",
            "令和7年5月14日",
            "令和７年５月１４日",
        ] {
            assert_eq!(
                BirthDate::parse(text),
                BirthDate::Known(day(2025, 5, 14)),
                "{text}"
            );
        }
        assert_eq!(
            BirthDate::parse("平成元年1月8日"),
            BirthDate::Known(day(1989, 1, 8))
        );
    }

    #[test]
    fn unknown_and_impossible_dates_stay_exactly_as_written() {
        for text in [
            "1999-02-29",
            "19990229",
            "明治45年7月30日",
            "大正15年12月25日",
            "令和○○年頃",
            "令和○○年○月頃",
            "令和○○年〇月〇日頃",
            "推定令和○○年○月",
            "令和○○年春",
            "令和○○年○月上旬",
            "年月日不詳",
            "令和○○年 月日不詳",
            "令和○○年○○月○日から○○月○日頃までの間",
            "令和○○年○○月○日頃から○日頃までの間",
            "令和2年5月上旬",
            "昭和10年 月日不詳",
            "",
            "😀年",
        ] {
            let birth = BirthDate::parse(text);
            assert_eq!(birth, BirthDate::AsWritten(text.to_owned()), "{text}");
            assert_eq!(birth.written(), text);
        }
    }

    #[test]
    fn a_day_beyond_its_era_still_means_one_day() {
        assert_eq!(
            BirthDate::parse("大正15年12月25日").day(),
            Some(day(1926, 12, 25))
        );
        assert_eq!(BirthDate::parse("明治45年7月30日").day(), Some(day(1912, 7, 30)));
        assert_eq!(BirthDate::parse("1999-02-29").day(), None);
        assert_eq!(BirthDate::parse("令和2年5月上旬").day(), None);
    }
}
