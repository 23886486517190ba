//! 和暦. Reads the days that clerks key in any of their short forms and any width, and writes days and ages as the
//! screens and forms want them. Invariant: what is written is read back as the same day, and a day that does not
//! exist, at the edges of the eras too, is refused with a sentence. Days of the law are counted in `date`.

mod reading;

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

pub use reading::parse;

/// 元号.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Era {
    Meiji,
    Taisho,
    Showa,
    Heisei,
    Reiwa,
}

impl Era {
    /// From the oldest on; the place is the digit of the 7-digit code, less one.
    pub const ALL: [Era; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The era of a day; `None` before Meiji.
    pub fn of(day: NaiveDate) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|era| era.first_day() <= day)
    }

    /// The first day. The day of a change belongs to the new era (改元の詔書・元号を改める政令).
    pub fn first_day(self) -> NaiveDate {
        let (year, month, day) = match self {
            Self::Meiji => (1868, 10, 23),
            Self::Taisho => (1912, 7, 30),
            Self::Showa => (1926, 12, 25),
            Self::Heisei => (1989, 1, 8),
            Self::Reiwa => (2019, 5, 1),
        };
        NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
    }

    /// The last day; `None` for the current era.
    pub fn last_day(self) -> Option<NaiveDate> {
        self.next()
            .map(|next| next.first_day().pred_opt().expect("a day of the calendar"))
    }

    fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|era| *era > self)
    }

    fn before(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|era| *era < self)
    }

    pub const fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The year of this era that lies in a western year; 1 or less before it began.
    fn year_of(self, western: i32) -> i32 {
        western - self.first_day().year() + 1
    }
}

/// The last year that can be written.
pub const LAST_YEAR: i32 = 2100;

/// Why a text is no day. `Display` says what is so and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateProblem {
    Empty,
    Unreadable,
    NoYear,
    NoMonth(u32),
    NoDay {
        month: u32,
        day: u32,
        last: u32,
    },
    /// The day lies after the end of the era that was written.
    EraEnded {
        era: Era,
        year: i32,
    },
    /// The day lies before the era that was written.
    EraNotBegun(Era),
    TooEarly,
    TooLate,
    /// The day lies after today, where only past days make sense.
    Future {
        day: NaiveDate,
        today: NaiveDate,
    },
    BeforeBirth {
        birth: NaiveDate,
    },
}

impl fmt::Display for DateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => write!(f, "日付を書いてください。1123 のように月日だけでも書けます。"),
            Self::Unreadable => {
                write!(
                    f,
                    "日付として読めません。R8.11.23、1123、20261123 のように書いてください。"
                )
            }
            Self::NoYear => write!(f, "0年はありません。年は元年（1年）からです。"),
            Self::NoMonth(month) => write!(f, "{month}月はありません。月は1から12までです。"),
            Self::NoDay { month, day: 0, .. } => write!(f, "{month}月0日はありません。日は1からです。"),
            Self::NoDay { month, day, last } => {
                write!(f, "{month}月{day}日はありません。月末は{last}日です。")
            }
            Self::EraEnded { era, year } => ended(f, era, year),
            Self::EraNotBegun(era) => not_begun(f, era),
            Self::TooEarly => write!(f, "明治より前の日付は書けません。年を見直してください。"),
            Self::TooLate => write!(f, "{LAST_YEAR}年より先の日付は書けません。年を見直してください。"),
            Self::Future { day, today } => {
                write!(
                    f,
                    "{} は先の日付です。今日（{}）までの日を書いてください。",
                    short(day),
                    short(today)
                )
            }
            Self::BeforeBirth { birth } => {
                write!(
                    f,
                    "生まれた日（{}）より前です。年を見直してください。",
                    short(birth)
                )
            }
        }
    }
}

impl std::error::Error for DateProblem {}

fn ended(f: &mut fmt::Formatter<'_>, era: Era, year: i32) -> fmt::Result {
    let (Some(last), Some(next)) = (era.last_day(), era.next()) else {
        return Ok(());
    };
    let last_year = era.year_of(last.year());
    if year == last_year {
        let first = next.first_day();
        return write!(
            f,
            "{}{}年は{}月{}日までです。{}月{}日からは{}元年（{}1）です。",
            era.name(),
            last_year,
            last.month(),
            last.day(),
            first.month(),
            first.day(),
            next.name(),
            next.letter()
        );
    }
    let western = era.first_day().year() + year - 1;
    let right = Era::ALL
        .into_iter()
        .rev()
        .find(|e| e.year_of(western) >= 1)
        .unwrap_or(next);
    let right_year = right.year_of(western);
    write!(
        f,
        "{}は{}年までです。{}{}年は{}{}年（{}{}）です。",
        era.name(),
        last_year,
        era.name(),
        year,
        right.name(),
        right_year,
        right.letter(),
        right_year
    )
}

fn not_begun(f: &mut fmt::Formatter<'_>, era: Era) -> fmt::Result {
    let first = era.first_day();
    write!(
        f,
        "{}は元年{}月{}日からです。",
        era.name(),
        first.month(),
        first.day()
    )?;
    match era.before() {
        Some(before) => {
            let year = before.year_of(first.year());
            write!(
                f,
                "その前は{}{}年（{}{}）です。",
                before.name(),
                year,
                before.letter(),
                year
            )
        }
        None => write!(f, "その前の日付は書けません。"),
    }
}

/// Refuses a day after today.
pub fn not_future(day: NaiveDate, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    if day > today {
        Err(DateProblem::Future { day, today })
    } else {
        Ok(day)
    }
}

/// Refuses a day before a birth.
pub fn not_before_birth(day: NaiveDate, birth: NaiveDate) -> Result<NaiveDate, DateProblem> {
    if day < birth {
        Err(DateProblem::BeforeBirth { birth })
    } else {
        Ok(day)
    }
}

/// 短い和暦. `R8.11.23`, as in columns; before Meiji the western day.
pub fn short(day: NaiveDate) -> String {
    match Era::of(day) {
        Some(era) => {
            format!(
                "{}{}.{}.{}",
                era.letter(),
                era.year_of(day.year()),
                day.month(),
                day.day()
            )
        }
        None => western(day),
    }
}

/// 長い和暦. `令和8年11月23日`, the first year as 元年; before Meiji the western day.
pub fn long(day: NaiveDate) -> String {
    let Some(era) = Era::of(day) else {
        return format!("{}年{}月{}日", day.year(), day.month(), day.day());
    };
    let year = match era.year_of(day.year()) {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    format!("{}{}年{}月{}日", era.name(), year, day.month(), day.day())
}

/// 西暦. `2026-11-23`, beside every day that can be typed.
pub fn western(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// `R8.11.24(火)`, as in the band.
pub fn with_weekday(day: NaiveDate) -> String {
    format!("{}({})", short(day), weekday(day))
}

/// 曜日, one letter.
pub fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

/// 年齢（日まで）. `1歳5か月23日`, where it decides. Empty before the birth.
pub fn exact_age(birth: NaiveDate, on: NaiveDate) -> String {
    age(birth, on).map_or_else(String::new, |(years, months, days)| {
        format!("{years}歳{months}か月{days}日")
    })
}

/// 年齢. `1歳6か月` up to 11 years, then `16歳`. Empty before the birth.
pub fn short_age(birth: NaiveDate, on: NaiveDate) -> String {
    age(birth, on).map_or_else(String::new, |(years, months, _)| {
        if years < 12 {
            format!("{years}歳{months}か月")
        } else {
            format!("{years}歳")
        }
    })
}

/// Completed years, months and days in the everyday sense: a month is over on the same day of the next, or on the
/// 1st of the month after where that day is missing.
fn age(birth: NaiveDate, on: NaiveDate) -> Option<(i32, i32, i64)> {
    if on < birth {
        return None;
    }
    let between = (on.year() - birth.year()) * 12 + on.month() as i32 - birth.month() as i32;
    let months = (0..=between)
        .rev()
        .find(|months| month_mark(birth, *months) <= on)?;
    let days = (on - month_mark(birth, months)).num_days();
    Some((months / 12, months % 12, days))
}

fn month_mark(birth: NaiveDate, months: i32) -> NaiveDate {
    let same = birth
        .checked_add_months(Months::new(months.unsigned_abs()))
        .unwrap_or(NaiveDate::MAX);
    if same.day() == birth.day() {
        same
    } else {
        same.checked_add_days(Days::new(1)).unwrap_or(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn today() -> NaiveDate {
        d(2026, 11, 24)
    }

    #[test]
    fn every_day_from_1868_to_2100_is_written_and_read_back() {
        let mut day = d(1868, 1, 1);
        while day.year() <= LAST_YEAR {
            if Era::of(day).is_some() {
                assert_eq!(parse(&short(day), today()), Ok(day));
                assert_eq!(parse(&long(day), today()), Ok(day));
            }
            assert_eq!(parse(&western(day), today()), Ok(day));
            assert_eq!(parse(&day.format("%Y%m%d").to_string(), today()), Ok(day));
            day = day.succ_opt().unwrap();
        }
    }

    #[test]
    fn the_short_forms_of_the_desk_are_all_one_day() {
        for text in [
            "R8.11.23",
            "r8.11.23",
            "r081123",
            "R81123",
            "81123",
            "081123",
            "5081123",
            "1123",
            "11/23",
            "11.23",
            "-1",
            "2026-11-23",
            "2026/11/23",
            "20261123",
            "令和8年11月23日",
            "令8.11.23",
            "㋿8年11月23日",
            "Ｒ８．１１．２３",
            "ｒ０８１１２３",
            "８１１２３",
            "－１",
            "１１２３",
            " R8 . 11 . 23 ",
            "8.11.23",
            "R8-11-23",
            "R8年11月23日",
            "２０２６年１１月２３日",
        ] {
            assert_eq!(parse(text, today()), Ok(d(2026, 11, 23)), "{text}");
        }
        for text in [".", "．", "。", "-0"] {
            assert_eq!(parse(text, today()), Ok(today()), "{text}");
        }
    }

    #[test]
    fn a_month_and_a_day_lie_in_this_fiscal_year() {
        assert_eq!(parse("0401", today()), Ok(d(2026, 4, 1)));
        assert_eq!(parse("0331", today()), Ok(d(2027, 3, 31)));
        assert_eq!(parse("0331", d(2027, 1, 5)), Ok(d(2027, 3, 31)));
        assert_eq!(parse("1123", d(2027, 1, 5)), Ok(d(2026, 11, 23)));
        assert_eq!(parse("423", today()), Ok(d(2026, 4, 23)));
    }

    #[test]
    fn the_first_year_is_gannen() {
        assert_eq!(parse("令和元年5月1日", today()), Ok(d(2019, 5, 1)));
        assert_eq!(parse("R元.5.1", today()), Ok(d(2019, 5, 1)));
        assert_eq!(parse("H1.1.8", today()), Ok(d(1989, 1, 8)));
        assert_eq!(long(d(2019, 5, 1)), "令和元年5月1日");
    }

    #[test]
    fn the_edges_of_the_eras_are_exact() {
        for (last, first) in [
            ("M45.7.29", "T1.7.30"),
            ("T15.12.24", "S1.12.25"),
            ("S64.1.7", "H1.1.8"),
            ("H31.4.30", "R1.5.1"),
        ] {
            let (last, first) = (parse(last, today()).unwrap(), parse(first, today()).unwrap());
            assert_eq!(last.succ_opt(), Some(first));
        }
        let says = |text: &str| parse(text, today()).unwrap_err().to_string();
        assert_eq!(
            says("S64.1.8"),
            "昭和64年は1月7日までです。1月8日からは平成元年（H1）です。"
        );
        assert_eq!(
            says("S65.3.1"),
            "昭和は64年までです。昭和65年は平成2年（H2）です。"
        );
        assert_eq!(
            says("H1.1.7"),
            "平成は元年1月8日からです。その前は昭和64年（S64）です。"
        );
        assert_eq!(
            says("H31.5.1"),
            "平成31年は4月30日までです。5月1日からは令和元年（R1）です。"
        );
        assert_eq!(
            says("H38.5.1"),
            "平成は31年までです。平成38年は令和8年（R8）です。"
        );
        assert_eq!(
            says("R1.4.30"),
            "令和は元年5月1日からです。その前は平成31年（H31）です。"
        );
        assert_eq!(
            says("M1.10.22"),
            "明治は元年10月23日からです。その前の日付は書けません。"
        );
    }

    #[test]
    fn what_does_not_exist_is_refused_with_a_sentence() {
        let says = |text: &str| parse(text, today()).unwrap_err().to_string();
        assert_eq!(says("0631"), "6月31日はありません。月末は30日です。");
        assert_eq!(says("R7.2.29"), "2月29日はありません。月末は28日です。");
        assert_eq!(parse("R6.2.29", today()), Ok(d(2024, 2, 29)));
        assert_eq!(says("1300"), "13月はありません。月は1から12までです。");
        assert_eq!(says("1100"), "11月0日はありません。日は1からです。");
        assert_eq!(says("R0.1.1"), "0年はありません。年は元年（1年）からです。");
        assert_eq!(
            says("18671231"),
            "明治より前の日付は書けません。年を見直してください。"
        );
        assert_eq!(
            says("21010101"),
            "2100年より先の日付は書けません。年を見直してください。"
        );
        assert_eq!(parse("", today()), Err(DateProblem::Empty));
        for text in [
            "あした",
            "R8",
            "R8.11",
            "8.",
            "123456789",
            "R8.11.23.1",
            "--1",
            "x1123",
            "9081123",
            "12",
            "1..3",
        ] {
            assert_eq!(parse(text, today()), Err(DateProblem::Unreadable), "{text}");
        }
    }

    #[test]
    fn no_sentence_blames_or_shouts() {
        for text in ["", "あ", "0631", "1300", "S64.1.8", "R0.1.1", "21010101"] {
            let sentence = parse(text, today()).unwrap_err().to_string();
            for word in ["エラー", "不正", "失敗", "!", "！"] {
                assert!(!sentence.contains(word), "{sentence}");
            }
            assert!(sentence.ends_with('。'));
        }
    }

    #[test]
    fn days_that_can_t_be_are_told_with_their_values() {
        assert_eq!(
            not_future(d(2026, 12, 3), today()).unwrap_err().to_string(),
            "R8.12.3 は先の日付です。今日（R8.11.24）までの日を書いてください。"
        );
        assert_eq!(
            not_before_birth(d(2024, 1, 1), d(2025, 4, 22))
                .unwrap_err()
                .to_string(),
            "生まれた日（R7.4.22）より前です。年を見直してください。"
        );
    }

    #[test]
    fn ages_are_written_to_the_day_where_it_decides() {
        assert_eq!(exact_age(d(2025, 4, 22), d(2026, 10, 15)), "1歳5か月23日");
        assert_eq!(exact_age(d(2025, 1, 31), d(2025, 2, 28)), "0歳0か月28日");
        assert_eq!(exact_age(d(2025, 1, 31), d(2025, 3, 1)), "0歳1か月0日");
        assert_eq!(exact_age(d(2024, 2, 29), d(2025, 2, 28)), "0歳11か月30日");
        assert_eq!(exact_age(d(2024, 2, 29), d(2025, 3, 1)), "1歳0か月0日");
        assert_eq!(exact_age(d(2026, 1, 1), d(2025, 1, 1)), "");
        assert_eq!(short_age(d(2025, 5, 14), today()), "1歳6か月");
        assert_eq!(short_age(d(2010, 8, 8), today()), "16歳");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,14}") {
            let _ = parse(&text, today());
        }

        #[test]
        fn a_day_that_was_read_is_inside_the_calendar_of_the_desk(text in "[RHSTM]?[0-9.]{1,9}") {
            if let Ok(day) = parse(&text, today()) {
                assert!(day.year() >= 1868 && day.year() <= LAST_YEAR);
            }
        }
    }
}
