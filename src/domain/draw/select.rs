//! 対象者を選ぶ. Pure: from candidates as the register and records show them to who is drawn, who is left out and
//! why, and who stands within two days of a bound. Protected people are never drawn in bulk, whatever the criteria.

use super::{Basis, Criteria, Entry, Exclusion, History, Standing, Totals, decisive};
use crate::domain::{date, resident::ResidentStatus, revision::SubjectId, schedule::Span};
use chrono::NaiveDate;

/// So many days on each side of a bound are looked at by a person.
pub const BOUNDARY_DAYS: i64 = 2;

/// 候補. One person as seen on the day of the draw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    pub person: SubjectId,
    pub birth: Option<NaiveDate>,
    pub status: ResidentStatus,
    pub district: String,
    /// The days of the dose asked for, as if it had not been given.
    pub spans: Vec<Span>,
    pub done: bool,
    /// Another programme is against the same diseases.
    pub covered: bool,
    /// How many doses of the programme are recorded.
    pub given: usize,
    pub protected: bool,
    pub has_voucher: bool,
    pub refused: bool,
    pub contraindicated: bool,
    pub conflict: bool,
    pub duplicate: bool,
}

/// 選んだ結果.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    /// Drawn, excluded and, at the bounds, those outside; sorted by person.
    pub entries: Vec<Entry>,
    pub totals: Totals,
}

impl Selection {
    pub fn drawn(&self) -> impl Iterator<Item = SubjectId> + '_ {
        self.entries
            .iter()
            .filter(|entry| entry.standing == Standing::Drawn)
            .map(|entry| entry.person)
    }

    pub fn boundary(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.at_boundary)
    }
}

/// 選ぶ. Every candidate is in exactly one place.
#[must_use]
pub fn select(criteria: &Criteria, candidates: &[Candidate]) -> Selection {
    let mut selection = Selection::default();
    for candidate in candidates {
        if let Some(entry) = place(criteria, candidate) {
            count(&mut selection.totals, &entry);
            selection.entries.push(entry);
        }
    }
    selection.entries.sort();
    selection
}

/// The spans within reach of the period: those whose owner is in the base or near its bounds.
pub fn touches(criteria: &Criteria, spans: &[Span]) -> bool {
    spans
        .iter()
        .any(|span| in_period(criteria, *span) || near(criteria, *span))
}

fn place(criteria: &Criteria, candidate: &Candidate) -> Option<Entry> {
    let in_district = criteria.districts.is_empty() || criteria.districts.contains(&candidate.district);
    if !in_district {
        return None;
    }
    let Some(birth) = candidate.birth else {
        let unknown = candidate.status == ResidentStatus::Registered;
        return unknown.then_some(Entry {
            person: candidate.person,
            standing: Standing::Excluded(Exclusion::UnknownBirth),
            decisive_on: None,
            at_boundary: false,
        });
    };
    let births = criteria.births();
    let inside = candidate.spans.iter().find(|span| in_period(criteria, **span));
    let span = inside.or_else(|| candidate.spans.iter().find(|span| near(criteria, **span)))?;
    let near_birth = near_edges(birth, births);
    if !births.holds(birth) && !near_birth {
        return None;
    }
    let in_base = inside.is_some() && births.holds(birth);
    let at_boundary = near(criteria, *span) || near_birth;
    let standing = match (in_base, exclusion(criteria, candidate)) {
        (true, Some(exclusion)) => Standing::Excluded(exclusion),
        (true, None) => Standing::Drawn,
        (false, _) => Standing::Outside,
    };
    let is_resident = candidate.status == ResidentStatus::Registered;
    let at_boundary = at_boundary && is_resident;
    (in_base || at_boundary).then_some(Entry {
        person: candidate.person,
        standing,
        decisive_on: Some(decisive(criteria.basis, *span, criteria.period())),
        at_boundary,
    })
}

fn count(totals: &mut Totals, entry: &Entry) {
    match entry.standing {
        Standing::Drawn => {
            totals.base += 1;
            totals.drawn += 1;
        }
        Standing::Excluded(exclusion) => {
            totals.base += 1;
            *totals.excluded.entry(exclusion).or_default() += 1;
        }
        Standing::Outside => {}
    }
    totals.boundary += u32::from(entry.at_boundary);
}

fn exclusion(criteria: &Criteria, candidate: &Candidate) -> Option<Exclusion> {
    let wrong_history = match criteria.history {
        History::Any => false,
        History::None => candidate.given > 0,
        History::Some => candidate.given == 0,
    };
    let found = [
        (candidate.done, Exclusion::Done),
        (candidate.covered, Exclusion::Covered),
        (candidate.status == ResidentStatus::Dead, Exclusion::Dead),
        (candidate.status != ResidentStatus::Registered, Exclusion::Moved),
        (candidate.protected, Exclusion::Protected),
        (
            candidate.has_voucher && !criteria.with_voucher_holders,
            Exclusion::HasVoucher,
        ),
        (candidate.refused, Exclusion::Refused),
        (candidate.contraindicated, Exclusion::Contraindicated),
        (candidate.conflict, Exclusion::Conflict),
        (candidate.duplicate, Exclusion::Duplicate),
        (wrong_history, Exclusion::History),
    ];
    found
        .into_iter()
        .find_map(|(holds, exclusion)| holds.then_some(exclusion))
}

fn in_period(criteria: &Criteria, span: Span) -> bool {
    match criteria.basis {
        Basis::Reaching => criteria.period().holds(span.from),
        Basis::Open => span.and(criteria.period()).is_some(),
    }
}

/// Within two days of a bound, on either side of it.
fn near(criteria: &Criteria, span: Span) -> bool {
    match criteria.basis {
        Basis::Reaching => near_edges(span.from, criteria.period()),
        Basis::Open => near_end(span.from, criteria.until) || near_begin(span.until, criteria.from),
    }
}

fn near_edges(day: NaiveDate, span: Span) -> bool {
    near_begin(day, span.from) || near_end(day, span.until)
}

/// The two days before a first day and the two from it on.
fn near_begin(day: NaiveDate, first: NaiveDate) -> bool {
    first > NaiveDate::MIN
        && date::plus_days(first, -BOUNDARY_DAYS) <= day
        && day < date::plus_days(first, BOUNDARY_DAYS)
}

/// The two days up to a last day and the two after it.
fn near_end(day: NaiveDate, last: NaiveDate) -> bool {
    last < NaiveDate::MAX
        && date::plus_days(last, -BOUNDARY_DAYS) < day
        && day <= date::plus_days(last, BOUNDARY_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{programme::ProgrammeCode, record::DoseNumber};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn criteria() -> Criteria {
        let programme = ProgrammeCode::parse("x").unwrap();
        Criteria::of_month(
            programme,
            DoseNumber::Nth(1),
            day("2026-12-01"),
            day("2026-11-24"),
        )
    }

    fn candidate(number: u8, from: &str) -> Candidate {
        Candidate {
            person: SubjectId(uuid::Uuid::from_bytes([number; 16])),
            birth: Some(day("2025-12-05")),
            status: ResidentStatus::Registered,
            district: "平".into(),
            spans: vec![Span {
                from: day(from),
                until: day("2027-12-04"),
            }],
            done: false,
            covered: false,
            given: 0,
            protected: false,
            has_voucher: false,
            refused: false,
            contraindicated: false,
            conflict: false,
            duplicate: false,
        }
    }

    fn one(criteria: &Criteria, candidate: Candidate) -> Option<(Standing, bool)> {
        select(criteria, &[candidate])
            .entries
            .first()
            .map(|entry| (entry.standing, entry.at_boundary))
    }

    #[test]
    fn two_days_on_each_side_of_a_bound_are_to_be_signed() {
        use Standing::{Drawn, Outside};
        for (from, expected) in [
            ("2026-11-28", None),
            ("2026-11-29", Some((Outside, true))),
            ("2026-11-30", Some((Outside, true))),
            ("2026-12-01", Some((Drawn, true))),
            ("2026-12-02", Some((Drawn, true))),
            ("2026-12-03", Some((Drawn, false))),
            ("2026-12-29", Some((Drawn, false))),
            ("2026-12-30", Some((Drawn, true))),
            ("2026-12-31", Some((Drawn, true))),
            ("2027-01-01", Some((Outside, true))),
            ("2027-01-02", Some((Outside, true))),
            ("2027-01-03", None),
        ] {
            assert_eq!(one(&criteria(), candidate(1, from)), expected, "{from}");
        }
    }

    #[test]
    fn each_reason_leaves_a_person_out_and_the_totals_agree() {
        type Change = (Exclusion, fn(&mut Candidate));
        let changes: [Change; 11] = [
            (Exclusion::Done, |c| c.done = true),
            (Exclusion::Covered, |c| c.covered = true),
            (Exclusion::Dead, |c| c.status = ResidentStatus::Dead),
            (Exclusion::Moved, |c| c.status = ResidentStatus::MovedOut),
            (Exclusion::Protected, |c| c.protected = true),
            (Exclusion::HasVoucher, |c| c.has_voucher = true),
            (Exclusion::Refused, |c| c.refused = true),
            (Exclusion::Contraindicated, |c| c.contraindicated = true),
            (Exclusion::Conflict, |c| c.conflict = true),
            (Exclusion::Duplicate, |c| c.duplicate = true),
            (Exclusion::UnknownBirth, |c| c.birth = None),
        ];
        let mut candidates = vec![candidate(0, "2026-12-10")];
        for (number, (_, change)) in changes.iter().enumerate() {
            let mut changed = candidate(number as u8 + 1, "2026-12-10");
            change(&mut changed);
            candidates.push(changed);
        }
        let selection = select(&criteria(), &candidates);
        assert_eq!(selection.drawn().count(), 1);
        assert_eq!(selection.totals.base, 12);
        assert!(selection.totals.agree());
        for (exclusion, _) in changes {
            assert_eq!(
                selection.totals.excluded.get(&exclusion),
                Some(&1),
                "{exclusion:?}"
            );
        }
    }

    #[test]
    fn a_draw_of_open_days_asks_when_they_begin_and_end() {
        let mut criteria = criteria();
        criteria.basis = Basis::Open;
        let ending = |until: &str| {
            let mut ending = candidate(1, "2025-12-04");
            ending.spans[0].until = day(until);
            one(&criteria, ending)
        };
        assert_eq!(ending("2026-11-28"), None);
        assert_eq!(ending("2026-11-30"), Some((Standing::Outside, true)));
        assert_eq!(ending("2026-12-01"), Some((Standing::Drawn, true)));
        assert_eq!(ending("2026-12-10"), Some((Standing::Drawn, false)));
    }

    #[test]
    fn births_history_and_districts_narrow_a_draw() {
        let mut narrow = criteria();
        narrow.districts = vec!["小名浜".into()];
        assert_eq!(one(&narrow, candidate(1, "2026-12-10")), None);
        let mut narrow = criteria();
        narrow.born_from = Some(day("2025-12-06"));
        assert_eq!(
            one(&narrow, candidate(1, "2026-12-10")),
            Some((Standing::Outside, true))
        );
        narrow.born_from = Some(day("2025-12-09"));
        assert_eq!(one(&narrow, candidate(1, "2026-12-10")), None);
        let mut narrow = criteria();
        narrow.history = History::Some;
        let found = one(&narrow, candidate(1, "2026-12-10"));
        assert_eq!(found, Some((Standing::Excluded(Exclusion::History), false)));
    }
}
