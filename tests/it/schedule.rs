//! 決まりの例. Every worked example of the schedule: the evaluation cases through the command line's own door,
//! the arithmetic and judgement cases through the functions that they are about.

use chrono::NaiveDate;
use madoguchi::{
    domain::{
        birth::BirthDate,
        date,
        eligibility::{self, Dose, Facts, Person},
        programme::{Interval, ProgrammeCode},
        record::{Amount, DoseNumber},
        resident::Sex,
        schedule::Schedule,
        vaccine::{ProductCode, VaccineKind},
    },
    office::cases,
    rules,
};
use serde_json::Value;

const CASES: &str = include_str!("../vectors/schedule_cases.json");

fn cases_of(kind: Option<&str>) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(CASES).unwrap();
    all.into_iter()
        .filter(|case| case.get("kind").and_then(Value::as_str) == kind)
        .collect()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case["expect"][key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {case}"))
}

fn day(case: &Value, key: &str) -> NaiveDate {
    text(case, key).parse().unwrap()
}

fn schedule() -> &'static Schedule {
    rules::embedded()
}

fn born(birth: &str) -> Person {
    Person {
        birth: BirthDate::Known(birth.parse().unwrap()),
        sex: Sex::Female,
        facts: Facts::default(),
    }
}

fn code(text: &str) -> ProgrammeCode {
    ProgrammeCode::parse(text).unwrap()
}

#[test]
fn every_evaluation_case_is_answered_as_expected() {
    let cases = cases_of(None);
    assert_eq!(cases.len(), 79);
    let mut output = Vec::new();
    cases::answer_cases(CASES.as_bytes(), &mut output).unwrap();
    let answers: Vec<Value> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 93);
    let mut wrong = Vec::new();
    for case in cases {
        let answer = answers.iter().find(|answer| answer["id"] == case["id"]).unwrap();
        if ["eligible", "from", "until"]
            .iter()
            .any(|key| answer[key] != case["expect"][key])
        {
            wrong.push(format!(
                "{}: expected {}, got {answer}",
                case["id"], case["expect"]
            ));
        }
        assert!(
            !answer["reasons"].as_array().unwrap().is_empty(),
            "{}",
            case["id"]
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_interval_case_has_its_day() {
    for case in cases_of(Some("interval")) {
        let rule = text(&case, "rule");
        let interval = match rule.trim_end_matches("以上").trim_end_matches("まで") {
            "2月半" => Interval::MonthsAndHalf(2),
            days => Interval::Days(days.trim_end_matches('日').parse().unwrap()),
        };
        let key = if rule.ends_with("まで") { "until" } else { "from" };
        assert_eq!(interval.after(day(&case, "prev")), day(&case, key), "{case}");
    }
}

#[test]
fn every_case_between_different_vaccines_has_its_first_day() {
    for case in cases_of(Some("inter_vaccine")) {
        let kind = |name: &str| match name {
            "BCG" | "MR" | "水痘" => VaccineKind::LiveInjectable,
            "四種混合" | "Hib" => VaccineKind::Inactivated,
            other => panic!("{other}"),
        };
        let (name, on) = text(&case, "prev").split_once(' ').unwrap();
        let first = eligibility::first_day_between(
            schedule(),
            kind(name),
            on.parse().unwrap(),
            kind(text(&case, "next")),
        );
        assert_eq!(first, day(&case, "from"), "{case}");
    }
}

#[test]
fn nothing_restricts_other_vaccines_today_but_injected_live_ones() {
    let first = |previous, next| {
        eligibility::first_day_between(schedule(), previous, "2026-11-02".parse().unwrap(), next).to_string()
    };
    use VaccineKind::{Inactivated, LiveInjectable, LiveOral};
    assert_eq!(first(LiveInjectable, LiveInjectable), "2026-11-30");
    for (previous, next) in [
        (LiveOral, LiveInjectable),
        (Inactivated, LiveInjectable),
        (LiveInjectable, LiveOral),
        (Inactivated, Inactivated),
    ] {
        assert_eq!(first(previous, next), "2026-11-02");
    }
}

#[test]
fn every_product_case_offers_its_products() {
    let offered = |person: &Person, doses: &[Dose], programme: &str, on: &str| -> Vec<String> {
        let programme = schedule().programme(code(programme)).unwrap();
        eligibility::offered_products(schedule(), programme, person, doses, on.parse().unwrap())
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let cases = cases_of(Some("product"));
    assert_eq!(cases.len(), 3);
    for case in cases {
        let expected: Vec<String> = case["expect"]["eligible_products"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect();
        let found = match case["expect"].get("history") {
            Some(_) => {
                let dose = |n, on: &str| Dose {
                    programme: code("hpv"),
                    dose_number: DoseNumber::Nth(n),
                    given_on: on.parse().unwrap(),
                    product: ProductCode::parse("hpv4"),
                    amount: None,
                    expected_on: None,
                };
                let doses = [dose(1, "2024-04-01"), dose(2, "2024-06-01")];
                offered(&born("2011-06-01"), &doses, "hpv", text(&case, "next_date"))
            }
            None => offered(
                &born(text(&case, "birth")),
                &[],
                "flu_elderly",
                text(&case, "as_of"),
            ),
        };
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn every_case_of_long_illness_has_its_days() {
    for case in cases_of(Some("long_illness")) {
        let programme = text(&case, "vaccine").split('(').next().unwrap();
        let birth = case["expect"].get("birth").map(|_| day(&case, "birth"));
        let ended_on = day(&case, "reason_ended");
        let span = eligibility::long_illness_span(schedule(), code(programme), birth, ended_on).unwrap();
        assert_eq!((span.from, span.until), (ended_on, day(&case, "until")), "{case}");
    }
    let ended_on = "2026-10-01".parse().unwrap();
    assert_eq!(
        eligibility::long_illness_span(schedule(), code("rota1"), Some(ended_on), ended_on),
        None
    );
}

#[test]
fn every_case_of_amounts_has_its_amounts() {
    for case in cases_of(Some("dose_volume")) {
        let person = born(text(&case, "birth"));
        let programme = code(text(&case, "vaccine"));
        let found = eligibility::amounts_on(schedule(), programme, None, &person, day(&case, "as_of"));
        let expected: Vec<Amount> = match &case["expect"]["dose_ml"] {
            Value::String(both) => both.split(" or ").map(|ml| Amount::parse(ml).unwrap()).collect(),
            one => vec![Amount::parse(&one.to_string()).unwrap()],
        };
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn the_day_before_on_and_after_each_bound_is_right_for_every_birthday() {
    let mut birth: NaiveDate = "1925-01-01".parse().unwrap();
    let last: NaiveDate = "2026-12-31".parse().unwrap();
    while birth <= last {
        let mut person = born(&birth.to_string());
        person.facts.expected_on = Some(birth);
        for months in [2, 6, 12, 24, 60, 90, 12 * 65] {
            let reached = date::reach_months(birth, months);
            let next = date::after_months(birth, months);
            assert_eq!(next.pred_opt(), Some(reached), "{birth} {months}");
            assert!(
                date::reach_months(birth, months + 1) > reached,
                "{birth} {months}"
            );
            // An age in everyday words turns on the birthday; the law has it a day earlier.
            let turned = date::age_in_years(birth, next);
            assert!(turned >= months / 12, "{birth} {months}");
        }
        for programme in &schedule().programmes {
            for window in programme.versions.iter().flat_map(|version| &version.windows) {
                let (from, to) = (
                    window.from.of(&person.anchors()).unwrap(),
                    window.to.of(&person.anchors()).unwrap(),
                );
                assert!(from <= to, "{} {birth}", programme.code);
            }
        }
        birth = date::plus_days(birth, 1);
    }
}

/// Held against a file that a nurse can read; `MADOGUCHI_BLESS=1` writes it anew, and its difference is the change
/// of the rules.
#[test]
fn the_exception_for_encephalitis_offers_only_what_is_missing_of_both_phases() {
    let dose = |programme: &str, dose: &str, on: &str| Dose {
        programme: code(programme),
        dose_number: DoseNumber::parse(dose).unwrap(),
        given_on: on.parse().unwrap(),
        product: None,
        amount: None,
        expected_on: None,
    };
    let given = [
        dose("je1", "1", "2010-06-01"),
        dose("je1", "2", "2010-06-15"),
        dose("je1", "booster", "2011-07-01"),
        dose("je2", "1", "2017-05-01"),
    ];
    let person = born("2007-03-01");
    let on = "2026-11-24".parse().unwrap();
    let exception = schedule().programme(code("je_special")).unwrap();
    let open = |doses: &[Dose]| -> Vec<String> {
        let open = eligibility::open_doses(exception, &person, doses, on);
        open.into_iter().map(DoseNumber::label).collect()
    };
    assert_eq!(open(&given), Vec::<String>::new());
    assert_eq!(open(&given[..3]), ["4回目"]);
    assert_eq!(open(&given[..1]), ["2回目"]);
    assert_eq!(
        open(&[given[0].clone(), given[1].clone(), given[3].clone()]),
        ["3回目"]
    );
}

#[test]
fn the_whole_schedule_reads_as_the_golden_table_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/schedule.txt");
    let table = rules::table(schedule());
    if std::env::var_os("MADOGUCHI_BLESS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        golden == table,
        "the rules have changed: look at the difference after MADOGUCHI_BLESS=1"
    );
    for programme in &schedule().programmes {
        assert!(table.contains(&format!("■ {}（", programme.name)));
    }
}
