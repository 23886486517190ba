//! 抽出の旅. From the criteria to the names that a print run takes: bounds of a day, people who are left out and why,
//! signatures, a second person, the difference to the last draw, and who falls out afterwards.

use chrono::NaiveDate;
use madoguchi::{
    domain::{
        audit::Event,
        deed::Deed,
        draw::{Draw, Entry, Exclusion, Made, Part, Signed, Standing, Totals, digest},
        note::Topic,
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::SubjectId,
        trust::Octets,
    },
    office::{
        DeedError, Job, Machine, Office, Session, Step,
        demo::Cast,
        draw::{Basis, Criteria, DrawError, DrawLine, MakeDraw},
        feed::Extent,
    },
    rules,
    store::{Database, DatabaseKey, New, Parents},
};

use super::{
    feed::{city_of, file, row, subject, take_next},
    forecast::{dose, give, note},
};

pub struct Bench {
    _folder: tempfile::TempDir,
    pub office: Office,
    pub cast: Cast,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::new([7; 32]);
        let database = Database::create(&folder.path().join("madoguchi.db"), &key).unwrap();
        let office = Office::new(database, Machine::real());
        let cast = Cast::new(1, chrono::Utc::now(), &key);
        cast.found(&office).unwrap();
        Bench {
            _folder: folder,
            office,
            cast,
        }
    }

    pub fn officer(&self) -> Session {
        self.cast.session("1003")
    }

    pub fn supervisor(&self) -> Session {
        self.cast.session("1004")
    }

    pub fn draw(&self, criteria: &Criteria) -> DrawLine {
        self.office.draw_cohort(&self.officer(), criteria).unwrap()
    }

    fn entries(&self, line: &DrawLine) -> Vec<Entry> {
        let (_, people) = self.office.view_draw(&self.officer(), line.subject).unwrap();
        people.into_iter().map(|person| person.entry).collect()
    }

    pub fn standing(&self, line: &DrawLine, number: u32) -> Option<Standing> {
        let entries = self.entries(line);
        entries
            .iter()
            .find(|entry| entry.person == subject(number))
            .map(|entry| entry.standing)
    }

    fn sign_all(&self, line: &DrawLine) {
        let at_boundary: Vec<SubjectId> = self
            .entries(line)
            .iter()
            .filter(|entry| entry.at_boundary)
            .map(|entry| entry.person)
            .collect();
        if !at_boundary.is_empty() {
            self.office
                .sign_boundary(&self.officer(), line.subject, &at_boundary)
                .unwrap();
        }
    }

    fn release(&self, line: &DrawLine) {
        self.sign_all(line);
        self.office
            .release_draw(&self.supervisor(), line.subject)
            .unwrap();
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(text: &str) -> ProgrammeCode {
    ProgrammeCode::parse(text).unwrap()
}

/// MR 第1期 of those who reach it in December 2026: born from 2025-12-02 to 2026-01-01.
fn december() -> Criteria {
    Criteria::of_month(
        code("mr1"),
        DoseNumber::Nth(1),
        day("2026-12-01"),
        day("2026-11-24"),
    )
}

pub fn child(number: u32, birth: &str) -> madoguchi::office::feed::write::FeedRow {
    row(number, &[("生年月日", birth), ("異動日", birth)])
}

#[test]
fn a_month_is_drawn_by_the_eve_of_the_birthday_and_its_bounds_are_to_be_signed() {
    let bench = Bench::new();
    let births = [
        "20251129", "20251130", "20251201", "20251202", "20251215", "20260101", "20260102", "20260103",
        "20260104",
    ];
    let people: Vec<_> = births
        .iter()
        .zip(1..)
        .map(|(birth, number)| child(number, birth))
        .collect();
    city_of(&bench.office, &people);
    let line = bench.draw(&december());
    assert!(line.totals.agree());
    assert_eq!(
        (line.totals.base, line.totals.drawn, line.totals.boundary),
        (3, 3, 6)
    );
    let found: Vec<_> = (1..=9).map(|number| bench.standing(&line, number)).collect();
    let (drawn, outside) = (Some(Standing::Drawn), Some(Standing::Outside));
    assert_eq!(
        found,
        [
            None, outside, outside, drawn, drawn, drawn, outside, outside, None
        ]
    );
    assert!(!line.released);
    assert_eq!(line.rule_version, rules::embedded().version);
    assert!(line.residents_as_of.is_some());
}

#[test]
fn the_second_of_april_begins_a_school_cohort() {
    let bench = Bench::new();
    let births = ["20200401", "20200402", "20210401", "20210402"];
    let people: Vec<_> = births
        .iter()
        .zip(1..)
        .map(|(birth, number)| child(number, birth))
        .collect();
    city_of(&bench.office, &people);
    let criteria = Criteria {
        basis: Basis::Open,
        from: day("2026-04-01"),
        until: day("2027-03-31"),
        ..Criteria::of_month(
            code("mr2"),
            DoseNumber::Nth(1),
            day("2026-04-01"),
            day("2026-04-01"),
        )
    };
    let line = bench.draw(&criteria);
    let found: Vec<_> = (1..=4).map(|number| bench.standing(&line, number)).collect();
    assert_eq!(
        found,
        [
            Some(Standing::Outside),
            Some(Standing::Drawn),
            Some(Standing::Drawn),
            Some(Standing::Outside)
        ]
    );
    // The same cohort, asked for by birth and by school year.
    let by_birth = Criteria {
        born_from: Some(day("2020-04-02")),
        born_until: Some(day("2021-04-01")),
        ..criteria.clone()
    };
    assert_eq!(bench.draw(&by_birth).totals.drawn, 2);
    let first_class = Criteria {
        from: day("2027-04-01"),
        until: day("2027-04-30"),
        school_year: Some(1),
        ..criteria
    };
    let births = first_class.births();
    assert_eq!(
        (births.from, births.until),
        (day("2020-04-02"), day("2021-04-01"))
    );
}

#[test]
fn everybody_who_is_left_out_is_counted_with_the_reason() {
    let bench = Bench::new();
    let birth = "20251215";
    let mut people: Vec<_> = (1..=8).map(|number| child(number, birth)).collect();
    people.push(row(
        9,
        &[
            ("生年月日", birth),
            ("住民区分", "3"),
            ("異動事由", "死亡"),
            ("異動日", "20261101"),
        ],
    ));
    people.push(row(
        10,
        &[
            ("生年月日", birth),
            ("住民区分", "2"),
            ("異動事由", "国内転出"),
            ("異動日", "20261101"),
        ],
    ));
    people.push(row(
        11,
        &[
            ("生年月日", birth),
            ("支援措置", "1"),
            ("支援措置開始日", "20260401"),
        ],
    ));
    people.push(row(12, &[("生年月日", "令和9年2月31日")]));
    city_of(&bench.office, &people);
    give(
        &bench.office,
        &[(subject(2), dose("mr1", DoseNumber::Nth(1), "2026-11-20"))],
    );
    note(&bench.office, subject(3), Topic::Refusal, "mr1");
    note(&bench.office, subject(4), Topic::Refusal, "bcg");
    note(&bench.office, subject(5), Topic::Evidence, "contraindicated mr1");
    let line = bench.draw(&december());
    let reason = |number| match bench.standing(&line, number) {
        Some(Standing::Excluded(exclusion)) => Some(exclusion),
        _ => None,
    };
    assert_eq!(reason(2), Some(Exclusion::Done));
    assert_eq!(reason(3), Some(Exclusion::Refused));
    assert_eq!(bench.standing(&line, 4), Some(Standing::Drawn));
    assert_eq!(reason(5), Some(Exclusion::Contraindicated));
    assert_eq!(reason(9), Some(Exclusion::Dead));
    assert_eq!(reason(10), Some(Exclusion::Moved));
    assert_eq!(reason(11), Some(Exclusion::Protected));
    assert_eq!(reason(12), Some(Exclusion::UnknownBirth));
    assert!(line.totals.agree());
    assert_eq!((line.totals.base, line.totals.drawn), (12, 5));
}

#[test]
fn protected_people_are_in_no_list_whatever_the_criteria() {
    let bench = Bench::new();
    let protected = |number, birth| {
        row(
            number,
            &[
                ("生年月日", birth),
                ("支援措置", "1"),
                ("支援措置開始日", "20260401"),
            ],
        )
    };
    city_of(
        &bench.office,
        &[
            protected(1, "20251215"),
            child(2, "20251215"),
            protected(3, "19560402"),
        ],
    );
    for criteria in [
        december(),
        Criteria {
            with_voucher_holders: true,
            basis: Basis::Open,
            ..december()
        },
        Criteria {
            basis: Basis::Open,
            ..Criteria::of_month(
                code("zoster"),
                DoseNumber::Nth(1),
                day("2026-12-01"),
                day("2026-11-24"),
            )
        },
    ] {
        let line = bench.draw(&criteria);
        for number in [1, 3] {
            assert_ne!(
                bench.standing(&line, number),
                Some(Standing::Drawn),
                "{number} {criteria:?}"
            );
        }
    }
}

#[test]
fn a_second_person_releases_a_draw_after_every_bound_is_signed() {
    let bench = Bench::new();
    city_of(
        &bench.office,
        &[child(1, "20251202"), child(2, "20251215"), child(3, "20260102")],
    );
    let line = bench.draw(&december());
    assert!(matches!(
        bench.office.drawn(line.subject),
        Err(DrawError::NotReleased)
    ));
    let unsigned = bench.office.release_draw(&bench.supervisor(), line.subject);
    assert!(
        matches!(unsigned, Err(DrawError::Unsigned { people: 2 })),
        "{unsigned:?}"
    );
    let far = bench
        .office
        .sign_boundary(&bench.officer(), line.subject, &[subject(2)]);
    assert!(matches!(far, Err(DrawError::NotAtBoundary)));
    bench
        .office
        .sign_boundary(&bench.officer(), line.subject, &[subject(1)])
        .unwrap();
    let one_left = bench.office.release_draw(&bench.supervisor(), line.subject);
    assert!(matches!(one_left, Err(DrawError::Unsigned { people: 1 })));
    bench
        .office
        .sign_boundary(&bench.officer(), line.subject, &[subject(3)])
        .unwrap();

    let own = bench.office.release_draw(&bench.officer(), line.subject);
    assert!(matches!(own, Err(DrawError::Approve(_))), "{own:?}");
    let clerk = bench
        .office
        .release_draw(&bench.cast.session("1001"), line.subject);
    assert!(matches!(clerk, Err(DrawError::Deed(DeedError::NotPermitted))));
    bench
        .office
        .release_draw(&bench.supervisor(), line.subject)
        .unwrap();
    let again = bench.office.release_draw(&bench.supervisor(), line.subject);
    assert!(matches!(again, Err(DrawError::Released)));

    let drawn = bench.office.drawn(line.subject).unwrap();
    let mut persons = drawn.persons.clone();
    persons.sort();
    let mut expected = vec![subject(1), subject(2)];
    expected.sort();
    assert_eq!(persons, expected);
    assert_eq!((drawn.programme, drawn.stage.as_str()), (code("mr1"), "第1期"));
    assert!(drawn.fell_out.is_empty());
}

#[test]
fn a_draw_that_was_given_up_is_neither_signed_nor_released_nor_compared_with() {
    let bench = Bench::new();
    city_of(&bench.office, &[child(1, "20251202")]);
    let line = bench.draw(&december());
    bench.office.discard_draw(&bench.officer(), line.subject).unwrap();
    let signed = bench
        .office
        .sign_boundary(&bench.officer(), line.subject, &[subject(1)]);
    assert!(matches!(signed, Err(DrawError::Discarded)));
    let released = bench.office.release_draw(&bench.supervisor(), line.subject);
    assert!(matches!(released, Err(DrawError::Discarded)));
    assert_eq!(bench.office.latest_draw(&december()).unwrap(), None);
}

#[test]
fn two_draws_of_the_same_criteria_differ_by_names_with_reasons() {
    let bench = Bench::new();
    city_of(
        &bench.office,
        &[child(1, "20251210"), child(2, "20251211"), child(3, "20251212")],
    );
    note(&bench.office, subject(3), Topic::Refusal, "mr1");
    let first = bench.draw(&december());
    assert_eq!(bench.office.difference(first.subject).unwrap(), None);
    give(
        &bench.office,
        &[(subject(2), dose("mr1", DoseNumber::Nth(1), "2026-11-22"))],
    );
    let moved_in = file(Extent::Differential, (1, 2), &[child(4, "20251213")]);
    take_next(&bench.office, &moved_in);
    let later = Criteria {
        on: day("2026-11-30"),
        ..december()
    };
    let second = bench.draw(&later);
    assert_eq!(second.previous, Some(first.subject));
    let difference = bench.office.difference(second.subject).unwrap().unwrap();
    assert_eq!(difference.added, [(subject(4), None)]);
    assert_eq!(difference.removed, [(subject(2), Some(Exclusion::Done))]);
    assert_eq!(difference.previous.subject, first.subject);
}

#[test]
fn whoever_dies_moves_is_protected_or_vaccinated_after_the_release_falls_out() {
    let bench = Bench::new();
    let people: Vec<_> = (1..=6).map(|number| child(number, "20251215")).collect();
    city_of(&bench.office, &people);
    let line = bench.draw(&december());
    bench.release(&line);
    assert!(bench.office.recheck_draw(line.subject).unwrap().is_empty());
    let changed = [
        row(
            1,
            &[
                ("処理区分", "2"),
                ("生年月日", "20251215"),
                ("住民区分", "3"),
                ("異動事由", "死亡"),
            ],
        ),
        row(
            2,
            &[
                ("処理区分", "2"),
                ("生年月日", "20251215"),
                ("住民区分", "2"),
                ("異動事由", "国内転出"),
            ],
        ),
        row(
            3,
            &[
                ("処理区分", "2"),
                ("生年月日", "20251215"),
                ("支援措置", "1"),
                ("支援措置開始日", "20261124"),
            ],
        ),
    ];
    take_next(&bench.office, &file(Extent::Differential, (1, 2), &changed));
    give(
        &bench.office,
        &[(subject(4), dose("mr1", DoseNumber::Nth(1), "2026-12-15"))],
    );
    let mut fell_out: Vec<_> = bench
        .office
        .recheck_draw(line.subject)
        .unwrap()
        .into_iter()
        .map(|one| (one.person, one.reason))
        .collect();
    fell_out.sort_by_key(|(_, reason)| *reason);
    assert_eq!(
        fell_out,
        [
            (subject(4), Exclusion::Done),
            (subject(1), Exclusion::Dead),
            (subject(2), Exclusion::Moved),
            (subject(3), Exclusion::Protected),
        ]
    );
    let drawn = bench.office.drawn(line.subject).unwrap();
    let mut persons = drawn.persons.clone();
    persons.sort();
    let mut expected = vec![subject(5), subject(6)];
    expected.sort();
    assert_eq!((persons, drawn.fell_out.len()), (expected, 4));
}

/// Adds a draw as another terminal might have made it.
fn add(bench: &Bench, made: Made, entries: &[Entry]) -> SubjectId {
    bench
        .office
        .deed(&bench.officer(), Deed::DrawCohort, |transaction| {
            let draw = transaction.new_subject();
            let part = Draw::Part(Part {
                draw,
                number: 0,
                entries: entries.to_vec(),
            });
            let subject = transaction.new_subject();
            transaction.append(New {
                subject,
                about: None,
                body: &part,
                parents: Parents::None,
            })?;
            let body = Draw::Made(Box::new(made));
            transaction.append(New {
                subject: draw,
                about: None,
                body: &body,
                parents: Parents::None,
            })?;
            transaction.event(Event::new(Deed::DrawCohort));
            Ok::<_, DeedError>(draw)
        })
        .unwrap()
}

fn made(rule_version: &str, digest: [u8; 32]) -> Made {
    Made {
        criteria: december(),
        rule_version: rule_version.into(),
        residents_as_of: None,
        totals: Totals {
            base: 1,
            drawn: 1,
            ..Totals::default()
        },
        parts: 1,
        digest: Octets(digest.to_vec()),
        previous: None,
    }
}

#[test]
fn older_rules_than_the_citys_draw_nothing() {
    let bench = Bench::new();
    city_of(&bench.office, &[child(1, "20251215")]);
    add(&bench, made("2027-04-01.1", [0; 32]), &[]);
    let refused = bench.office.draw_cohort(&bench.officer(), &december());
    match refused {
        Err(DrawError::OlderRules { newest, .. }) => assert_eq!(newest, "2027-04-01.1"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_that_are_not_those_of_the_digest_are_not_released() {
    let bench = Bench::new();
    let entry = |number| Entry {
        person: subject(number),
        standing: Standing::Drawn,
        decisive_on: None,
        at_boundary: false,
    };
    let version = &rules::embedded().version;
    let exchanged = add(&bench, made(version, digest(&[entry(1)])), &[entry(2)]);
    let refused = bench.office.release_draw(&bench.supervisor(), exchanged);
    assert!(matches!(refused, Err(DrawError::Incomplete)), "{refused:?}");
    let right = add(&bench, made(version, digest(&[entry(1)])), &[entry(1)]);
    bench.office.release_draw(&bench.supervisor(), right).unwrap();
}

#[test]
fn criteria_that_cannot_be_true_are_refused_with_everything_that_is_wrong() {
    let bench = Bench::new();
    let wrong = Criteria {
        dose: DoseNumber::Nth(9),
        from: day("2026-12-31"),
        until: day("2026-12-01"),
        school_year: Some(13),
        ..december()
    };
    match bench.office.draw_cohort(&bench.officer(), &wrong) {
        Err(DrawError::Criteria(problems)) => assert_eq!(problems.len(), 3),
        other => panic!("{other:?}"),
    }
    let clerk = bench.office.draw_cohort(&bench.cast.session("1001"), &december());
    assert!(matches!(clerk, Err(DrawError::Deed(DeedError::NotPermitted))));
}

#[test]
fn a_second_dose_is_drawn_from_the_first_day_that_the_interval_allows() {
    let bench = Bench::new();
    city_of(&bench.office, &[child(1, "20260801"), child(2, "20260801")]);
    give(
        &bench.office,
        &[
            (subject(1), dose("hepb", DoseNumber::Nth(1), "2026-11-10")),
            (subject(2), dose("hepb", DoseNumber::Nth(1), "2026-10-01")),
        ],
    );
    let criteria = Criteria::of_month(
        code("hepb"),
        DoseNumber::Nth(2),
        day("2026-12-01"),
        day("2026-11-24"),
    );
    let line = bench.draw(&criteria);
    assert_eq!(bench.standing(&line, 1), Some(Standing::Drawn));
    assert_eq!(bench.standing(&line, 2), None);
}

/// The sample that the golden bodies hold.
pub fn sample() -> Draw {
    Draw::Made(Box::new(made("2026-10-01.1", [9; 32])))
}

#[test]
fn signatures_of_several_people_are_one_statement() {
    let signed = Draw::Signed(Signed {
        draw: subject(1),
        persons: vec![subject(2), subject(3)],
    });
    let bytes = madoguchi::domain::revision::encode(&signed).unwrap();
    let read: Draw = madoguchi::domain::revision::decode(1, &bytes).unwrap();
    assert_eq!(read, signed);
}

#[test]
fn a_draw_is_shown_by_one_switch_and_nobody_reads_one_that_was_cut_off() {
    let bench = Bench::new();
    let people: Vec<_> = (1..=3).map(|number| child(number, "20251215")).collect();
    city_of(&bench.office, &people);
    let prepare = || {
        bench.office.refresh_forecasts().unwrap();
        bench.office.choose_cohort(&december()).unwrap()
    };
    let draws = || bench.office.draws().unwrap().len();
    let mut cut_off = MakeDraw::new(bench.officer(), prepare());
    for _ in 0..2 {
        assert!(matches!(
            cut_off.slice(&bench.office, std::time::Instant::now()),
            Step::More(_)
        ));
        assert_eq!(draws(), 0);
    }
    drop(cut_off);
    let mut whole = MakeDraw::new(bench.officer(), prepare());
    let line = loop {
        if let Step::Done(done) = whole.slice(&bench.office, std::time::Instant::now()) {
            break done.unwrap();
        }
        assert_eq!(draws(), 0);
    };
    assert_eq!((draws(), line.totals.drawn), (1, 3));
    bench
        .office
        .release_draw(&bench.supervisor(), line.subject)
        .unwrap();
    assert!(bench.office.check_rebuild(None).unwrap().differing().is_empty());
}
