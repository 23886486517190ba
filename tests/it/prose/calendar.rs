//! A calendar of its own for the second evaluator: days are numbered by
//! walking from 1900-01-01, without chrono and without the arithmetic of the
//! program, so that one mistake can't hide in both.

use std::sync::LazyLock;

/// A day, counted from 1900-01-01 = 0.
pub type Day = i32;

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2160;

struct Walked {
    days: Vec<(i32, i32, i32)>,
    /// First day of each month, January 1900 = 0; one more month at the end.
    months: Vec<Day>,
}

static WALKED: LazyLock<Walked> = LazyLock::new(|| {
    let mut walked = Walked {
        days: Vec::new(),
        months: Vec::new(),
    };
    for year in FIRST_YEAR..=LAST_YEAR {
        for month in 1..=12 {
            walked.months.push(walked.days.len() as Day);
            let length = match month {
                2 if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            for day in 1..=length {
                walked.days.push((year, month, day));
            }
        }
    }
    walked.months.push(walked.days.len() as Day);
    walked
});

pub fn day(year: i32, month: i32, day: i32) -> Day {
    WALKED.months[((year - FIRST_YEAR) * 12 + month - 1) as usize] + day - 1
}

pub fn parts(day: Day) -> (i32, i32, i32) {
    WALKED.days[day as usize]
}

/// `2024-04-01`.
pub fn parse(text: &str) -> Day {
    let mut numbers = text.split('-').map(|part| part.parse().expect("a number"));
    let mut next = || numbers.next().expect("three parts");
    day(next(), next(), next())
}

pub fn text(day: Day) -> String {
    let (year, month, day) = parts(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// "n月に達した日": the day before the same day n months later; the last day
/// of that month where it has no such day.
pub fn reach(from: Day, months: i32) -> Day {
    let (year, month, number) = parts(from);
    let index = ((year - FIRST_YEAR) * 12 + month - 1 + months) as usize;
    let (first, length) = (
        WALKED.months[index],
        WALKED.months[index + 1] - WALKED.months[index],
    );
    if number <= length {
        first + number - 2
    } else {
        first + length - 1
    }
}

/// "n月以上の間隔": from the same day n months later, or from the first of the
/// month after where there is no such day.
pub fn months_apart(from: Day, months: i32) -> Day {
    reach(from, months) + 1
}

/// "n日以上の間隔": n full days lie between.
pub fn days_apart(from: Day, days: i32) -> Day {
    from + days + 1
}

/// The year in which the fiscal year (4/1 to 3/31) of a day begins.
pub fn fiscal_year(day: Day) -> i32 {
    let (year, month, _) = parts(day);
    if month >= 4 { year } else { year - 1 }
}

/// The fiscal year in which an age is reached; 4/1 births belong to the year
/// before because the age is reached on 3/31.
pub fn fiscal_year_of_age(birth: Day, age: i32) -> i32 {
    fiscal_year(reach(birth, age * 12))
}

/// "小学校就学の始期": the first 1 April on or after the sixth birthday; as a
/// year. Somebody born on 29 February has her birthday on 1 March.
pub fn school_year(birth: Day) -> i32 {
    let birthday = reach(birth, 72) + 1;
    let (year, month, number) = parts(birthday);
    if (month, number) <= (4, 1) { year } else { year + 1 }
}
