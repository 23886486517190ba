//! 混合ワクチンと単独のワクチン. Which programme is not offered to a person because another one is against the same
//! diseases: finished, under way, or the one with which one begins today. The law's days stay as they are, and
//! a dose given all the same is judged by them; a doctor decides, so here it is never a refusal.

use super::{Asked, Dose, Person, days::days};
use crate::domain::{
    programme::{Programme, ProgrammeCode},
    schedule::Schedule,
};
use chrono::NaiveDate;

/// ほかの予防接種で足りる.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cover {
    pub by: ProgrammeCode,
    pub state: Covered,
    pub citation: String,
}

/// どうして足りるか.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Covered {
    /// 受け終わっている.
    Finished,
    /// 受けはじめている.
    Begun,
    /// これから受けるのはそちら.
    Instead,
}

impl Cover {
    /// The sentence for a clerk; `name` is that of the other programme.
    #[must_use]
    pub fn sentence(&self, name: &str) -> String {
        match self.state {
            Covered::Finished => format!("同じ病気の予防接種を、{name}で受け終わっています。"),
            Covered::Begun => {
                format!("同じ病気の予防接種を、{name}で受けています。つづきも{name}で受けます。")
            }
            Covered::Instead => format!("同じ病気の予防接種は、{name}で受けます。"),
        }
    }
}

/// ほかの予防接種で足りるか, for a person on a day. None where the programme is to be offered by its own days.
#[must_use]
pub fn cover(
    schedule: &Schedule,
    person: &Person,
    doses: &[Dose],
    programme: &Programme,
    on: NaiveDate,
) -> Option<Cover> {
    let look = Look {
        schedule,
        person,
        doses,
        on,
    };
    look.by_exclusive(programme)
        .or_else(|| look.by_whole(programme))
        .or_else(|| look.by_parts(programme))
}

struct Look<'a> {
    schedule: &'a Schedule,
    person: &'a Person,
    doses: &'a [Dose],
    on: NaiveDate,
}

impl Look<'_> {
    /// どちらか一方だけ: begun there and not here.
    fn by_exclusive(&self, programme: &Programme) -> Option<Cover> {
        if self.latest(&[programme.code]).is_some() {
            return None;
        }
        let begun = self
            .doses
            .iter()
            .find(|dose| programme.exclusive_with.contains(&dose.programme))?;
        let other = self.schedule.programme(begun.programme)?;
        Some(Cover {
            by: other.code,
            state: if self.is_finished(other) {
                Covered::Finished
            } else {
                Covered::Begun
            },
            citation: programme.citation.clone(),
        })
    }

    /// By a vaccine that holds this one among others, the one that holds most first.
    fn by_whole(&self, programme: &Programme) -> Option<Cover> {
        let mut wholes: Vec<&Programme> = self
            .schedule
            .programmes
            .iter()
            .filter(|whole| whole.covers.contains(&programme.code))
            .collect();
        wholes.sort_by_key(|whole| std::cmp::Reverse(whole.covers.len()));
        wholes.into_iter().find_map(|whole| {
            let (state, citation) = self.standing(whole, self.opens_on(programme))?;
            Some(Cover {
                by: whole.code,
                state,
                citation: citation.to_owned(),
            })
        })
    }

    /// By single vaccines, or smaller ones, with which somebody began and goes on.
    fn by_parts(&self, programme: &Programme) -> Option<Cover> {
        let (begun, _) = self.latest(&programme.covers)?;
        if self.standing(programme, None).is_some() {
            return None;
        }
        let part = self.schedule.programme(begun)?;
        Some(Cover {
            by: part.code,
            state: if self.is_finished(part) {
                Covered::Finished
            } else {
                Covered::Begun
            },
            citation: programme.covers_citation.clone(),
        })
    }

    /// Whether the diseases of `whole` are left to it: finished, under way, or to be begun with it. `beside` is the
    /// day on which the other programme opens: one does not wait for the whole.
    fn standing<'p>(&self, whole: &'p Programme, beside: Option<NaiveDate>) -> Option<(Covered, &'p str)>
    where
        Self: 'p,
    {
        let citation = whole.covers_citation.as_str();
        if self.is_finished(whole) {
            return Some((Covered::Finished, citation));
        }
        let opens_on = self.opens_on(whole)?;
        let parts = self.latest(&whole.covers);
        match (self.latest(&[whole.code]), parts) {
            (Some((_, own)), Some((_, part))) if own < part => None,
            (Some(_), _) => Some((Covered::Begun, citation)),
            (None, None) => {
                let in_time = beside.is_none_or(|day| opens_on <= day.max(self.on));
                in_time.then_some((Covered::Instead, citation))
            }
            (None, Some(_)) => self.is_successor(whole).then_some((Covered::Instead, citation)),
        }
    }

    /// Somebody began with a part that goes on with the whole, and has not finished it.
    fn is_successor(&self, whole: &Programme) -> bool {
        let mut parts = whole
            .covers
            .iter()
            .filter_map(|code| self.schedule.programme(*code));
        parts.any(|part| {
            let next = part.succeeded_by.as_ref();
            next.is_some_and(|next| next.programme == whole.code && next.from <= self.on)
                && self.latest(&[part.code]).is_some()
                && !self.is_finished(part)
        })
    }

    /// The last dose of the series is recorded under this programme itself.
    fn is_finished(&self, programme: &Programme) -> bool {
        let last = programme.dose_numbers().into_iter().last();
        let own = self.doses.iter().filter(|dose| dose.programme == programme.code);
        own.into_iter().any(|dose| Some(dose.dose_number) == last)
    }

    fn latest(&self, codes: &[ProgrammeCode]) -> Option<(ProgrammeCode, NaiveDate)> {
        let of_those = self.doses.iter().filter(|dose| codes.contains(&dose.programme));
        of_those
            .max_by_key(|dose| dose.given_on)
            .map(|dose| (dose.programme, dose.given_on))
    }

    /// First day from which some dose is lawful that is not over yet.
    fn opens_on(&self, programme: &Programme) -> Option<NaiveDate> {
        let numbers = programme.dose_numbers().into_iter();
        let spans = numbers.flat_map(|number| {
            let asked = Asked::new(programme.code, number);
            days(programme, self.person, self.doses, &asked, self.on).united()
        });
        spans
            .filter(|span| span.until >= self.on)
            .map(|span| span.from)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{birth::BirthDate, eligibility::Facts, record::DoseNumber, resident::Sex},
        rules,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Programme, dose and day of each.
    fn doses(rows: &[(&str, &str, &str)]) -> Vec<Dose> {
        rows.iter()
            .map(|(programme, dose, on)| Dose {
                programme: ProgrammeCode::parse(programme).unwrap(),
                dose_number: DoseNumber::parse(dose).unwrap(),
                given_on: day(on),
                product: None,
                amount: None,
                expected_on: None,
            })
            .collect()
    }

    /// What is left to be offered of the family of 五種混合 and ロタ, on a day.
    fn offered(born: &str, rows: &[(&str, &str, &str)], on: &str) -> Vec<String> {
        let schedule = rules::embedded();
        let person = Person {
            birth: BirthDate::Known(day(born)),
            sex: Sex::Female,
            facts: Facts::default(),
        };
        let doses = doses(rows);
        let family = ["dpt_ipv_hib", "dpt_ipv", "hib", "dpt", "ipv", "rota1", "rota5"];
        let mut found = Vec::new();
        for code in family {
            let programme = schedule.programme(ProgrammeCode::parse(code).unwrap()).unwrap();
            let look = Look {
                schedule,
                person: &person,
                doses: &doses,
                on: day(on),
            };
            let covered = cover(schedule, &person, &doses, programme, day(on)).is_some();
            if look.opens_on(programme).is_some() && !covered {
                found.push(code.to_owned());
            }
        }
        found
    }

    #[test]
    fn a_newborn_is_offered_the_vaccine_against_most_diseases() {
        assert_eq!(
            offered("2026-09-20", &[], "2026-11-24"),
            ["dpt_ipv_hib", "rota1", "rota5"]
        );
        // Before 五種混合 came, one did not wait for it, though it is there already as what opens later.
        assert_eq!(
            offered("2023-01-20", &[], "2023-05-01"),
            ["dpt_ipv_hib", "dpt_ipv", "hib", "rota1", "rota5"]
        );
    }

    #[test]
    fn who_finished_the_five_needs_none_of_its_parts() {
        let rows = [
            ("dpt_ipv_hib", "1", "2024-08-01"),
            ("dpt_ipv_hib", "2", "2024-09-01"),
            ("dpt_ipv_hib", "3", "2024-10-01"),
            ("dpt_ipv_hib", "booster", "2025-06-01"),
            ("rota1", "1", "2024-08-01"),
            ("rota1", "2", "2024-09-01"),
        ];
        assert!(offered("2024-06-01", &rows, "2026-11-24").is_empty());
        assert_eq!(
            offered("2024-06-01", &rows[..2], "2024-09-10"),
            ["dpt_ipv_hib", "rota1", "rota5"]
        );
        assert_eq!(offered("2024-06-01", &rows[..5], "2024-09-10"), ["rota1"]);
    }

    #[test]
    fn who_began_with_four_and_hib_goes_on_with_five_once_four_is_sold_out() {
        let rows = [
            ("dpt_ipv", "1", "2024-02-20"),
            ("hib", "1", "2024-02-20"),
            ("dpt_ipv", "2", "2024-03-20"),
            ("hib", "2", "2024-03-20"),
            ("dpt_ipv", "3", "2024-04-20"),
            ("hib", "3", "2024-04-20"),
        ];
        assert_eq!(offered("2023-12-10", &rows, "2024-12-01"), ["dpt_ipv", "hib"]);
        assert_eq!(offered("2023-12-10", &rows, "2025-08-04"), ["dpt_ipv_hib"]);
        let mut rows = rows.to_vec();
        rows.push(("dpt_ipv_hib", "booster", "2025-08-10"));
        assert!(offered("2023-12-10", &rows, "2025-12-01").is_empty());
    }

    #[test]
    fn a_booster_of_hib_that_is_missing_stays_missing_when_four_is_finished() {
        let rows = [
            ("dpt_ipv", "1", "2022-04-20"),
            ("dpt_ipv", "2", "2022-05-20"),
            ("dpt_ipv", "3", "2022-06-20"),
            ("dpt_ipv", "booster", "2023-06-20"),
            ("hib", "1", "2022-04-20"),
            ("hib", "2", "2022-05-20"),
            ("hib", "3", "2022-06-20"),
        ];
        assert_eq!(offered("2022-01-20", &rows, "2026-11-24"), ["hib"]);
    }

    #[test]
    fn single_vaccines_are_gone_on_with() {
        let rows = [("dpt", "1", "2020-05-01"), ("ipv", "1", "2020-05-01")];
        assert_eq!(offered("2020-02-01", &rows, "2020-06-01"), ["hib", "dpt", "ipv"]);
        // Mixed up: what was given last goes on.
        let rows = [("dpt_ipv", "1", "2020-05-01"), ("dpt", "2", "2020-06-01")];
        assert_eq!(offered("2020-02-01", &rows, "2020-07-01"), ["hib", "dpt", "ipv"]);
    }
}
