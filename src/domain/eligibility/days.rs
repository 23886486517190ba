//! The days on which a dose may be given: for each version that fits the person, its windows, cut by the days
//! it was in force, the city's season, the intervals and the order of doses; then all united. No sentence is
//! made here, so that a whole city can be judged quickly.

use super::{Asked, Dose, Person, Season};
use crate::domain::{
    date,
    programme::{
        After, CompleteWithTwo, DoseRule, FIRST_DOSE, Gap, Per, Programme, ProgrammeCode, Series, Version,
    },
    record::DoseNumber,
    schedule::{Anchors, Span},
};
use chrono::NaiveDate;

/// The doses that count for one programme.
pub struct History<'a> {
    doses: Vec<Counted<'a>>,
}

/// A dose with its number in the programme that is asked about.
#[derive(Clone, Copy)]
struct Counted<'a> {
    number: DoseNumber,
    dose: &'a Dose,
}

impl<'a> History<'a> {
    pub fn of(programme: &Programme, doses: &'a [Dose]) -> Self {
        Self {
            doses: doses
                .iter()
                .filter_map(|dose| {
                    let number = programme.number_of(dose.programme, dose.dose_number)?;
                    Some(Counted { number, dose })
                })
                .collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.doses.is_empty()
    }

    /// The newest record of a dose number.
    pub fn given(&self, label: DoseNumber) -> Option<&'a Dose> {
        let labelled = self.doses.iter().filter(|counted| counted.number == label);
        labelled
            .map(|counted| counted.dose)
            .max_by_key(|dose| dose.given_on)
    }

    pub fn latest(&self) -> Option<&'a Dose> {
        let doses = self.doses.iter().map(|counted| counted.dose);
        doses.max_by_key(|dose| dose.given_on)
    }

    pub fn fiscal_years(&self, label: DoseNumber) -> Vec<i32> {
        let given = self.doses.iter().filter(|counted| counted.number == label);
        let mut years: Vec<i32> = given
            .map(|counted| date::fiscal_year(counted.dose.given_on))
            .collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    fn in_season_of(&self, on: NaiveDate) -> History<'a> {
        let year = date::fiscal_year(on);
        History {
            doses: self
                .doses
                .iter()
                .copied()
                .filter(|counted| date::fiscal_year(counted.dose.given_on) == year)
                .collect(),
        }
    }

    fn in_pregnancy_of(&self, expected_on: Option<NaiveDate>) -> History<'a> {
        History {
            doses: self
                .doses
                .iter()
                .copied()
                .filter(|counted| counted.dose.expected_on == expected_on)
                .collect(),
        }
    }
}

/// Whether the season of the day counts, or the whole of time is looked at.
#[derive(Clone, Copy)]
pub enum Seasons {
    Ignored,
    On(NaiveDate),
}

/// One stretch of days and the rows that it comes from.
#[derive(Clone, Copy)]
pub struct Part {
    pub span: Span,
    pub version: usize,
    pub series: usize,
    /// The first day that the intervals alone would allow.
    pub gap_from: Option<NaiveDate>,
    /// Which extension opened it.
    pub extension: Option<usize>,
}

/// Why a dose has no day at all. The later in this list, the nearer it came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Block {
    NoSuchDose,
    UnknownBirth,
    Cohort {
        version: usize,
    },
    Requirement {
        version: usize,
    },
    Window {
        version: usize,
    },
    Series {
        version: usize,
        series: Option<usize>,
    },
    Never {
        version: usize,
        series: usize,
    },
    Order {
        version: usize,
        missing: DoseNumber,
    },
    Complete {
        version: usize,
        series: usize,
    },
    PastEnd {
        version: usize,
        series: usize,
        earliest: NaiveDate,
        last: NaiveDate,
    },
    Done {
        given_on: NaiveDate,
    },
}

/// What was found.
#[derive(Default)]
pub struct Found {
    pub parts: Vec<Part>,
    pub block: Option<Block>,
}

impl Found {
    /// 接種できる期間. Those that overlap or touch become one.
    pub fn united(&self) -> Vec<Span> {
        Span::unite(self.parts.iter().map(|part| part.span).collect())
    }

    /// The rows behind a united span: the part that holds the day, else the first one inside.
    pub fn part(&self, span: Span, on: NaiveDate) -> Option<&Part> {
        let inside = || self.parts.iter().filter(|part| part.span.and(span).is_some());
        inside()
            .find(|part| part.span.holds(on))
            .or_else(|| inside().min_by_key(|part| part.span.from))
    }

    fn blocked(&mut self, block: Block) {
        if self.block.is_none_or(|so_far| so_far < block) {
            self.block = Some(block);
        }
    }
}

/// 接種できる日. All days on which the dose asked for may be given, seen from one day (the season it lies in).
pub fn days(programme: &Programme, person: &Person, doses: &[Dose], asked: &Asked, on: NaiveDate) -> Found {
    let mut found = Found::default();
    let history = History::of(programme, doses);
    search(programme, person, &history, asked, Seasons::On(on), &mut found);
    found
}

/// The span that a day is told about: the one that holds it, else the next, else the last one past.
pub fn status_on(spans: &[Span], on: NaiveDate) -> Option<Span> {
    let next = spans.iter().find(|span| span.until >= on);
    next.or_else(|| spans.last()).copied()
}

/// Cuts spans to the city's seasons of a programme; without a season nothing is cut.
pub fn clip_to_seasons(spans: &[Span], programme: ProgrammeCode, seasons: &[Season]) -> Vec<Span> {
    let mut mine = seasons
        .iter()
        .filter(|season| season.programme.is_none_or(|p| p == programme))
        .peekable();
    if mine.peek().is_none() {
        return spans.to_vec();
    }
    let cut = mine.flat_map(|season| spans.iter().filter_map(|span| span.and(season.span)));
    Span::unite(cut.collect())
}

pub fn search(
    programme: &Programme,
    person: &Person,
    history: &History<'_>,
    asked: &Asked,
    seasons: Seasons,
    found: &mut Found,
) {
    let per = programme.per_of(asked.dose);
    let narrowed = match (per, seasons) {
        (Per::Life, _) => None,
        (Per::Season, Seasons::On(on)) => Some(history.in_season_of(on)),
        (Per::Season, Seasons::Ignored) => Some(History { doses: Vec::new() }),
        (Per::Pregnancy, _) => Some(history.in_pregnancy_of(person.facts.expected_on)),
    };
    let history = narrowed.as_ref().unwrap_or(history);
    if let Some(dose) = history.given(asked.dose) {
        found.blocked(Block::Done {
            given_on: dose.given_on,
        });
        return;
    }
    let search = Search {
        programme,
        person,
        history,
        asked,
        anchors: person.anchors(),
    };
    for (number, version) in programme.versions.iter().enumerate() {
        search.version(number, version, found);
    }
    if found.parts.is_empty() && found.block.is_none() {
        found.blocked(Block::NoSuchDose);
    }
    if per == Per::Season && matches!(seasons, Seasons::On(_)) {
        clip_parts(found, programme.code, &person.facts.seasons);
    }
}

fn clip_parts(found: &mut Found, programme: ProgrammeCode, seasons: &[Season]) {
    let mut mine = seasons
        .iter()
        .filter(|season| season.programme.is_none_or(|p| p == programme))
        .peekable();
    if mine.peek().is_none() {
        return;
    }
    let spans: Vec<Span> = mine.map(|season| season.span).collect();
    let cut = |part: &Part| {
        let part = *part;
        spans
            .iter()
            .filter_map(move |season| part.span.and(*season).map(|span| Part { span, ..part }))
            .collect::<Vec<_>>()
    };
    let first = found.parts.first().map(|part| part.version);
    found.parts = found.parts.iter().flat_map(cut).collect();
    if let (true, Some(version)) = (found.parts.is_empty(), first) {
        found.blocked(Block::Window { version });
    }
}

struct Search<'a> {
    programme: &'a Programme,
    person: &'a Person,
    history: &'a History<'a>,
    asked: &'a Asked,
    anchors: Anchors,
}

impl Search<'_> {
    fn version(&self, number: usize, version: &Version, found: &mut Found) {
        if !self.in_cohort(version) {
            let block = if self.anchors.birth.is_none() {
                Block::UnknownBirth
            } else {
                Block::Cohort { version: number }
            };
            return found.blocked(block);
        }
        if !version
            .requires
            .iter()
            .all(|fact| self.person.facts.held.contains(fact))
        {
            return found.blocked(Block::Requirement { version: number });
        }
        let before = found.parts.len();
        let mut open = false;
        for window in &version.windows {
            if let Some(span) = window
                .of(&self.anchors)
                .and_then(|span| span.and(version.in_force()))
            {
                open = true;
                self.series(
                    number,
                    version,
                    Opening {
                        span,
                        extension: None,
                    },
                    found,
                );
            }
        }
        for (extension, granted) in self.person.facts.extensions.iter().enumerate() {
            if granted.programme != self.programme.code || version.name.is_some() {
                continue;
            }
            if let Some(span) = granted.span.and(version.in_force()) {
                open = true;
                self.series(
                    number,
                    version,
                    Opening {
                        span,
                        extension: Some(extension),
                    },
                    found,
                );
            }
        }
        if !open && found.parts.len() == before {
            let known = version.windows.iter().any(|w| w.from.of(&self.anchors).is_some());
            found.blocked(if known {
                Block::Window { version: number }
            } else {
                Block::UnknownBirth
            });
        }
    }

    fn in_cohort(&self, version: &Version) -> bool {
        let birth = self.anchors.birth;
        version
            .born_from
            .is_none_or(|from| birth.is_some_and(|birth| birth >= from))
            && version
                .born_until
                .is_none_or(|until| birth.is_some_and(|birth| birth <= until))
            && version.sex.is_none_or(|sex| self.person.sex == sex)
    }

    fn series(&self, number: usize, version: &Version, opening: Opening, found: &mut Found) {
        let first = self.history.given(FIRST_DOSE).map(|dose| dose.given_on);
        let last_series = version.series.last().copied();
        let mut chosen = false;
        for index in &version.series {
            let Some(series) = self.programme.series.get(*index) else {
                continue;
            };
            let Some(span) = self.bracket(series, first, opening, Some(*index) == last_series) else {
                continue;
            };
            chosen = true;
            match series.rule(self.asked.dose) {
                Some(rule) => self.dose(
                    Place {
                        version: number,
                        series: *index,
                    },
                    rule,
                    Opening { span, ..opening },
                    found,
                ),
                None => found.blocked(Block::Series {
                    version: number,
                    series: Some(*index),
                }),
            }
        }
        if !chosen {
            found.blocked(Block::Series {
                version: number,
                series: None,
            });
        }
    }

    /// The part of an opening in which a series is followed. A first dose decides by its own day; without one,
    /// only a first dose can be given, inside the bracket. An extension goes with the last bracket.
    fn bracket(
        &self,
        series: &Series,
        first: Option<NaiveDate>,
        opening: Opening,
        last: bool,
    ) -> Option<Span> {
        let (Some(from), Some(to)) = (&series.first_from, &series.first_to) else {
            return Some(opening.span);
        };
        let bracket = Span {
            from: from.of(&self.anchors)?,
            until: to.of(&self.anchors)?,
        };
        match first {
            Some(day) if bracket.holds(day) => Some(opening.span),
            Some(day) => (opening.extension.is_some() && last && day > bracket.until).then_some(opening.span),
            None if self.asked.dose != FIRST_DOSE => None,
            None if opening.extension.is_some() => last.then_some(opening.span),
            None => opening.span.and(bracket),
        }
    }

    fn dose(&self, place: Place, rule: &DoseRule, opening: Opening, found: &mut Found) {
        let Place { version, series } = place;
        let missing = rule
            .needs
            .iter()
            .find(|label| self.history.given(**label).is_none());
        let (gaps, start) = match missing {
            None => (&rule.gaps, None),
            Some(missing) => match self.unfinished(rule) {
                Some(other) => other,
                None => {
                    return found.blocked(Block::Order {
                        version,
                        missing: *missing,
                    });
                }
            },
        };
        if rule.never_if.iter().any(|never| self.was_given_after(never)) {
            return found.blocked(Block::Never { version, series });
        }
        if rule
            .complete_with_two
            .as_ref()
            .is_some_and(|two| self.is_complete(two))
        {
            return found.blocked(Block::Complete { version, series });
        }
        let mut gap_from = gaps.iter().filter_map(|gap| self.gap(gap)).max();
        if missing.is_none() {
            let special = rule
                .product_gaps
                .iter()
                .filter(|(product, _)| self.asked.product == Some(*product));
            gap_from = gap_from.max(special.filter_map(|(_, gap)| self.gap(gap)).max());
        }
        let mut span = opening.span;
        for day in [
            gap_from,
            start,
            rule.not_before.as_ref().and_then(|bound| bound.of(&self.anchors)),
        ] {
            span.from = span.from.max(day.unwrap_or(span.from));
        }
        if opening.extension.is_none()
            && let Some(last) = rule.not_after.as_ref().and_then(|bound| bound.of(&self.anchors))
        {
            span.until = span.until.min(last);
        }
        if span.from <= span.until {
            found.parts.push(Part {
                span,
                version,
                series,
                gap_from,
                extension: opening.extension,
            });
        } else {
            found.blocked(Block::PastEnd {
                version,
                series,
                earliest: span.from,
                last: span.until,
            });
        }
    }

    /// The intervals of those who did not finish: the first row whose condition holds, with its first day.
    fn unfinished<'r>(&self, rule: &'r DoseRule) -> Option<(&'r Vec<Gap>, Option<NaiveDate>)> {
        if self.history.is_empty() {
            return None;
        }
        let row = rule
            .unfinished
            .iter()
            .find(|row| row.given_after.as_ref().is_none_or(|c| self.was_given_after(c)))?;
        Some((
            &row.gaps,
            row.from.as_ref().and_then(|bound| bound.of(&self.anchors)),
        ))
    }

    fn was_given_after(&self, condition: &crate::domain::programme::GivenAfter) -> bool {
        let given = self.history.given(condition.dose).map(|dose| dose.given_on);
        let bound = condition.bound.of(&self.anchors);
        given.zip(bound).is_some_and(|(given, bound)| given > bound)
    }

    fn is_complete(&self, two: &CompleteWithTwo) -> bool {
        let (first, second) = (
            self.history.given(FIRST_DOSE),
            self.history.given(DoseNumber::Nth(2)),
        );
        let (Some(first), Some(second)) = (first, second) else {
            return false;
        };
        let of_those = |dose: &Dose| {
            dose.product
                .is_some_and(|product| two.products.contains(&product))
        };
        of_those(first)
            && of_those(second)
            && two
                .first_to
                .of(&self.anchors)
                .is_some_and(|to| first.given_on <= to)
            && second.given_on >= two.interval.after(first.given_on)
    }

    fn gap(&self, gap: &Gap) -> Option<NaiveDate> {
        let from = match gap.after {
            After::Dose(label) => self.history.given(label),
            After::Latest => self.history.latest(),
        }?;
        let interval = gap
            .shortened
            .filter(|_| self.asked.shortened)
            .unwrap_or(gap.interval);
        Some(interval.after(from.given_on))
    }
}

#[derive(Clone, Copy)]
struct Opening {
    span: Span,
    extension: Option<usize>,
}

#[derive(Clone, Copy)]
struct Place {
    version: usize,
    series: usize,
}
