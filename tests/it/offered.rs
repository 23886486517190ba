//! すすめるものは一つ. Card, reasons, draw and voucher say one thing: what another vaccine is already against is not
//! offered once more, and a programme of the season is open while the city's period lasts.

use chrono::NaiveDate;
use madoguchi::{
    domain::{
        audit::Event,
        city::{CitySettings, Season},
        deed::Deed,
        draw::{Exclusion, Standing},
        evaluation::{ReasonCode, Verdict},
        programme::ProgrammeCode,
        record::DoseNumber::{self, Booster, Nth},
        revision::SubjectId,
    },
    office::{
        DeedError,
        draw::{Basis, Criteria},
        voucher::{VoucherError, Wanted},
    },
    store::{New, Parents},
};

use super::{
    draw::{Bench, child},
    feed::{city_of, row, subject},
    forecast::{dose, give},
    settings::own,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(text: &str) -> ProgrammeCode {
    ProgrammeCode::parse(text).unwrap()
}

fn open_in(programme: &str, number: DoseNumber, from: &str, until: &str) -> Criteria {
    Criteria {
        basis: Basis::Open,
        from: day(from),
        until: day(until),
        ..Criteria::of_month(code(programme), number, day(from), day(from))
    }
}

/// What the card shows under いますること and これから.
fn offered(bench: &Bench, person: SubjectId, on: &str) -> Vec<String> {
    let card = bench
        .office
        .view_person(&bench.officer(), person, day(on))
        .unwrap();
    let rows = card
        .timeline
        .into_iter()
        .filter(|row| row.section.word() != "完了");
    rows.map(|row| row.programme.to_string()).collect()
}

fn due(bench: &Bench, person: SubjectId, on: &str) -> Vec<String> {
    let due = bench.office.due(person, day(on)).unwrap();
    due.into_iter().map(|due| due.programme.to_string()).collect()
}

const PARTS: [&str; 4] = ["hib", "dpt_ipv", "dpt", "ipv"];

fn names_a_part(codes: &[String]) -> bool {
    codes.iter().any(|code| PARTS.contains(&code.as_str()))
}

#[test]
fn what_five_protects_against_is_neither_shown_nor_drawn() {
    let bench = Bench::new();
    city_of(
        &bench.office,
        &[child(1, "20250610"), child(2, "20260920"), child(3, "20220310")],
    );
    let five = |number, on| (subject(1), dose("dpt_ipv_hib", number, on));
    let four = |number, on| (subject(3), dose("dpt_ipv", number, on));
    let hib = |number, on| (subject(3), dose("hib", number, on));
    give(
        &bench.office,
        &[
            five(Nth(1), "2025-08-20"),
            five(Nth(2), "2025-09-20"),
            five(Nth(3), "2025-10-20"),
            five(Booster, "2026-06-20"),
            four(Nth(1), "2022-06-20"),
            four(Nth(2), "2022-07-20"),
            four(Nth(3), "2022-08-20"),
            four(Booster, "2023-08-20"),
            hib(Nth(1), "2022-05-20"),
            hib(Nth(2), "2022-06-20"),
            hib(Nth(3), "2022-07-20"),
        ],
    );
    let on = "2026-11-24";
    // Finished with five, just born, and finished with four but not with Hib.
    assert!(!names_a_part(&offered(&bench, subject(1), on)));
    assert!(!names_a_part(&due(&bench, subject(1), on)));
    let newborn = offered(&bench, subject(2), on);
    assert!(
        newborn.contains(&"dpt_ipv_hib".to_owned()) && !names_a_part(&newborn),
        "{newborn:?}"
    );
    assert!(offered(&bench, subject(3), on).contains(&"hib".to_owned()));
    assert!(!offered(&bench, subject(3), on).contains(&"ipv".to_owned()));

    let first = bench.draw(&open_in("hib", Nth(1), "2026-12-01", "2026-12-31"));
    let covered = Some(Standing::Excluded(Exclusion::Covered));
    assert_eq!(
        (bench.standing(&first, 1), bench.standing(&first, 2)),
        (covered, covered)
    );
    assert!(first.totals.agree());
    let booster = bench.draw(&open_in("hib", Booster, "2026-12-01", "2026-12-31"));
    assert_eq!(bench.standing(&booster, 3), Some(Standing::Drawn));

    let explained = bench
        .office
        .explain(subject(1), code("hib"), day(on))
        .unwrap()
        .unwrap();
    let evaluation = &explained[0].evaluation;
    assert_eq!(evaluation.verdict, Verdict::Warning);
    let step = evaluation
        .reasons
        .iter()
        .find(|reason| reason.code == ReasonCode::Covered)
        .unwrap();
    assert!(
        step.sentence.contains("五種混合で受け終わっています"),
        "{}",
        step.sentence
    );
    assert!(!step.citation.is_empty());
}

fn publish(bench: &Bench, season: (&str, &str)) {
    let (from, to) = (day(season.0), day(season.1));
    let settings = CitySettings {
        seasons: [("flu_elderly".to_owned(), Season { from, to })].into(),
        ..own()
    };
    bench
        .office
        .deed(&bench.cast.session("1005"), Deed::SetCity, |transaction| {
            transaction.append(New {
                subject: CitySettings::subject(),
                about: None,
                body: &settings,
                parents: Parents::Heads,
            })?;
            transaction.event(Event::new(Deed::SetCity));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

#[test]
fn the_season_of_the_city_reaches_card_draw_reasons_and_voucher() {
    let bench = Bench::new();
    city_of(
        &bench.office,
        &[row(1, &[("生年月日", "19500514"), ("異動日", "19500514")])],
    );
    let old = subject(1);
    let flu = || "flu_elderly".to_owned();
    // Without a period of the city the law's days hold.
    assert!(due(&bench, old, "2027-02-15").contains(&flu()));
    publish(&bench, ("2026-10-15", "2027-01-31"));
    assert!(offered(&bench, old, "2026-09-01").contains(&flu()));
    assert!(offered(&bench, old, "2026-11-24").contains(&flu()));
    assert!(!offered(&bench, old, "2027-02-01").contains(&flu()));
    let span = bench.office.due(old, day("2026-11-24")).unwrap();
    let span = span
        .iter()
        .find(|due| due.programme == code("flu_elderly"))
        .unwrap()
        .span;
    assert_eq!((span.from, span.until), (day("2026-10-15"), day("2027-01-31")));

    let inside = bench.draw(&open_in("flu_elderly", Nth(1), "2026-12-01", "2026-12-31"));
    assert_eq!(bench.standing(&inside, 1), Some(Standing::Drawn));
    let after = bench.draw(&open_in("flu_elderly", Nth(1), "2027-02-10", "2027-02-28"));
    assert_eq!(bench.standing(&after, 1), None);
    // By the day on which it opens: the first day of the season, not the 65th birthday.
    let opening = Criteria::of_month(code("flu_elderly"), Nth(1), day("2026-10-01"), day("2026-10-01"));
    assert_eq!(bench.standing(&bench.draw(&opening), 1), Some(Standing::Drawn));

    let judged = bench
        .office
        .explain(old, code("flu_elderly"), day("2027-02-15"))
        .unwrap()
        .unwrap();
    assert_eq!(judged[0].evaluation.verdict, Verdict::Refused);
    assert!(
        judged[0]
            .evaluation
            .reasons
            .iter()
            .any(|reason| reason.sentence.contains("市の実施期間は"))
    );

    publish(&bench, ("2025-10-15", "2026-01-31"));
    let wanted = Wanted {
        person: old,
        programme: code("flu_elderly"),
        dose: Nth(1),
    };
    let refused = bench.office.issue_voucher(&bench.officer(), wanted);
    assert!(
        matches!(refused, Err(VoucherError::NotEligible(_))),
        "{refused:?}"
    );
}
