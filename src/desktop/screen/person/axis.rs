//! 年表の目盛り. Where a day lies on the bent axis: early months wide, school years narrow; for a person over 20 the
//! months around today. Pure.

use chrono::{Datelike, Months, NaiveDate};

/// 目盛り. Knots of day and share of the width, rising in both.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    knots: Vec<(NaiveDate, f32)>,
    /// Names over the axis with their share.
    pub names: Vec<(String, f32)>,
}

/// Shares of 0歳, 1歳, …, 16歳 in percent of the width; they are brought to the whole.
const YEARS: [f32; 17] = [
    37.0, 19.0, 7.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0,
];

/// Years that have a name over the axis.
const NAMED: [usize; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 9];

impl Axis {
    /// The axis of a person on a day.
    pub fn of(birth: Option<NaiveDate>, today: NaiveDate) -> Self {
        match birth {
            Some(born) if born + Months::new(12 * 17) > today => Self::child(born),
            _ => Self::grown(birth, today),
        }
    }

    fn child(born: NaiveDate) -> Self {
        let whole: f32 = YEARS.iter().sum();
        let mut knots = vec![(born, 0.0)];
        let mut names = Vec::new();
        let mut sum = 0.0;
        for (year, share) in YEARS.iter().enumerate() {
            if NAMED.contains(&year) || year == 12 {
                let name = if year < 2 {
                    format!("{year}歳")
                } else {
                    year.to_string()
                };
                names.push((name, sum / whole));
            }
            sum += share;
            knots.push((born + Months::new(12 * (year as u32 + 1)), sum / whole));
        }
        Self { knots, names }
    }

    /// Before 15 %, the last twelve months 45 %, the next twelve 40 %.
    fn grown(birth: Option<NaiveDate>, today: NaiveDate) -> Self {
        let last = today - Months::new(12);
        let next = today + Months::new(12);
        let first = birth
            .unwrap_or(last - Months::new(12 * 20))
            .min(last - Months::new(12));
        let named = |day: NaiveDate| format!("{}.{}", day.year() - 2018, day.month());
        Self {
            knots: vec![(first, 0.0), (last, 0.15), (today, 0.60), (next, 1.0)],
            names: vec![
                ("以前".to_owned(), 0.0),
                (format!("R{}", named(last)), 0.15),
                (format!("R{}", named(next)), 1.0),
            ],
        }
    }

    /// Share of the width, 0 to 1, clamped.
    pub fn share(&self, day: NaiveDate) -> f32 {
        for pair in self.knots.windows(2) {
            if let [(from, low), (to, high)] = pair
                && day <= *to
            {
                let days = (*to - *from).num_days().max(1) as f32;
                let part = (day - *from).num_days() as f32 / days;
                return (low + (high - low) * part).clamp(0.0, 1.0);
            }
        }
        1.0
    }

    /// Shares of the tick lines.
    pub fn ticks(&self) -> impl Iterator<Item = f32> + '_ {
        self.knots
            .iter()
            .map(|(_, share)| *share)
            .filter(|share| *share > 0.0 && *share < 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_months_are_wide_and_nothing_leaves_the_axis() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let axis = Axis::of(Some(day("2025-05-14")), day("2026-11-24"));
        assert_eq!(axis.share(day("2020-01-01")), 0.0);
        assert_eq!(axis.share(day("2099-01-01")), 1.0);
        let first = axis.share(day("2026-05-14"));
        assert!(first > 0.25 && first < 0.4, "{first}");
        let grown = Axis::of(Some(day("1950-01-01")), day("2026-11-24"));
        assert!((grown.share(day("2026-11-24")) - 0.6).abs() < 0.001);
    }
}
