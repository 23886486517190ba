//! 期間と間隔の書き方. The phrases with which the rule files write bounds and intervals: 「生後12月」
//! 「65歳の年度の初日」「出生6週0日後」「27日」「2月半」. One phrase is one bound; nothing is guessed.

use crate::domain::{
    programme::Interval,
    schedule::{At, Bound},
};

/// No person is older than this in months, and no phrase counts further.
const MOST: u32 = 1500;

/// Reads one end of a window. None for every other text.
pub fn bound(text: &str) -> Option<Bound> {
    let (base, plus_days) = match text.strip_suffix("の翌日") {
        Some(base) => (base, 1),
        None => text.strip_suffix("の前日").map_or((text, 0), |base| (base, -1)),
    };
    Some(Bound {
        at: at(base)?,
        plus_days,
        text: text.to_owned(),
    })
}

/// Reads 「27日」「3月」「2月半」.
pub fn interval(text: &str) -> Option<Interval> {
    if let Some(months) = text.strip_suffix("月半") {
        return number(months).map(Interval::MonthsAndHalf);
    }
    match text.strip_suffix('月') {
        Some(months) => number(months).map(Interval::Months),
        None => number(text.strip_suffix('日')?).map(Interval::Days),
    }
}

fn at(text: &str) -> Option<At> {
    match text {
        "出生の日" => return Some(At::Birth),
        "終わりなし" => return Some(At::Open),
        "就学の始期" => return Some(At::SchoolStart { years_before: 0 }),
        "就学の始期の1年前" => return Some(At::SchoolStart { years_before: 1 }),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("出生") {
        let (weeks, days) = weeks(rest.strip_suffix("後")?)?;
        return Some(At::AfterBirth { weeks, days });
    }
    if let Some(rest) = text.strip_prefix("妊娠") {
        let (weeks, days) = weeks(rest)?;
        return Some(At::Pregnancy { weeks, days });
    }
    if let Some(rest) = text.strip_prefix("生後") {
        return Some(At::Reach {
            months: number(rest.strip_suffix('月')?)?,
        });
    }
    if let Some(years) = text.strip_suffix("歳の年度の初日") {
        return Some(At::FiscalYearStart {
            years: number(years)?,
        });
    }
    if let Some(years) = text.strip_suffix("歳の年度の末日") {
        return Some(At::FiscalYearEnd {
            years: number(years)?,
        });
    }
    if let Some(years) = text.strip_suffix('歳') {
        return Some(At::Reach {
            months: number(years)? * 12,
        });
    }
    let day = text.len() == 10;
    day.then(|| text.parse().ok().map(At::Fixed)).flatten()
}

fn weeks(text: &str) -> Option<(u32, u32)> {
    let (weeks, days) = text.strip_suffix('日')?.split_once('週')?;
    Some((number(weeks)?, number(days).filter(|days| *days < 7)?))
}

fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|n| *n <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_bounds() {
        for (text, at, plus) in [
            ("出生の日", At::Birth, 0),
            ("出生14週6日後", At::AfterBirth { weeks: 14, days: 6 }, 0),
            ("生後7月の翌日", At::Reach { months: 7 }, 1),
            ("65歳", At::Reach { months: 780 }, 0),
            ("16歳の年度の末日", At::FiscalYearEnd { years: 16 }, 0),
            ("就学の始期の前日", At::SchoolStart { years_before: 0 }, -1),
            ("妊娠36週6日", At::Pregnancy { weeks: 36, days: 6 }, 0),
            ("2025-03-31", At::Fixed("2025-03-31".parse().unwrap()), 0),
        ] {
            assert_eq!(
                bound(text),
                Some(Bound {
                    at,
                    plus_days: plus,
                    text: text.to_owned()
                })
            );
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "生後",
            "生後月",
            "生後-1月",
            "生後9999月",
            "12歳になる日",
            "出生6週7日後",
            "2025-02-30",
            "２歳",
        ] {
            assert_eq!(bound(text), None, "{text}");
        }
        for text in ["", "日", "27", "27日以上", "1年", "半", "月半"] {
            assert_eq!(interval(text), None, "{text}");
        }
        assert_eq!(interval("2月半"), Some(Interval::MonthsAndHalf(2)));
    }
}
