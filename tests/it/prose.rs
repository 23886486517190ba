//! The engine against a second evaluator: written from the prose of the schedule, day by day, with a calendar of
//! its own. Random people are asked about; each disagreement is decided by the text of the law.
//!
//! A hundred thousand people, or as many as `MADOGUCHI_PEOPLE` says; with `tests/run --long` as many as fit into an
//! hour.

mod calendar;
mod law;
mod people;

use std::{
    collections::BTreeMap,
    sync::Mutex,
    thread::{self, available_parallelism},
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use madoguchi::{
    domain::{
        birth::BirthDate,
        eligibility::{self, Asked, Dose, Facts, Season},
        evaluation::Evaluation,
        programme::ProgrammeCode,
        record::DoseNumber,
        resident::Sex,
        schedule::{Schedule, Span},
        vaccine::ProductCode,
    },
    rules,
};

use self::{
    calendar::Day,
    law::{Noted, PROGRAMMES, Person, Question},
    people::Dice,
};

const PEOPLE: u64 = 100_000;
const SEED: u64 = 20_261_123;
/// So many people are drawn from one seed, so that threads don't share dice.
const BLOCK: u64 = 500;
const HOUR: Duration = Duration::from_secs(3600);
/// So many other programmes are asked about on that one day only.
const BESIDE: usize = 4;

fn date(day: Day) -> NaiveDate {
    let (year, month, day) = calendar::parts(day);
    NaiveDate::from_ymd_opt(year, month as u32, day as u32).expect("both calendars have the day")
}

fn code(text: &str) -> ProgrammeCode {
    ProgrammeCode::parse(text).expect("a programme of the rules")
}

/// A person as the engine takes her.
struct Known {
    person: eligibility::Person,
    doses: Vec<Dose>,
}

impl Known {
    fn of(person: &Person) -> Self {
        Self {
            person: eligibility::Person {
                birth: BirthDate::Known(date(person.birth)),
                sex: if person.male { Sex::Male } else { Sex::Female },
                facts: facts(person),
            },
            doses: person.given.iter().map(dose).collect(),
        }
    }
}

fn dose(given: &law::Given) -> Dose {
    Dose {
        programme: code(given.programme),
        dose_number: DoseNumber::parse(given.dose).expect("a dose of the rules"),
        given_on: date(given.on),
        product: given.product.and_then(ProductCode::parse),
        amount: None,
        expected_on: given.due_on.map(date),
    }
}

fn facts(person: &Person) -> Facts {
    let Noted {
        disabled,
        hiv_disabled,
        shortage,
        antibody_insufficient,
        antibody_tested_in_time,
        je_incomplete_2010,
        hpv_in_catch_up,
    } = person.noted;
    let held = [
        ("disability_60_64", disabled),
        ("hiv_disability_60_64", hiv_disabled),
        ("mr_shortage", shortage),
        ("rubella_antibody_insufficient", antibody_insufficient),
        ("antibody_tested_by_2025_03_31", antibody_tested_in_time),
        ("je_phase1_incomplete_2010_03_31", je_incomplete_2010),
        ("hpv_dose_between_2022_04_01_and_2025_03_31", hpv_in_catch_up),
    ];
    let season = person.season.map(|(from, until)| Season {
        programme: Some(code("flu_elderly")),
        span: Span {
            from: date(from),
            until: date(until),
        },
    });
    Facts {
        held: held
            .iter()
            .filter(|(_, held)| *held)
            .map(|(code, _)| (*code).to_owned())
            .collect(),
        seasons: season.into_iter().collect(),
        expected_on: person.due_on.map(date),
        ..Facts::default()
    }
}

fn asked_of_engine(asked: Question) -> Asked {
    Asked::new(
        code(asked.programme),
        DoseNumber::parse(asked.dose).expect("a dose"),
    )
}

/// Disagreements, by programme and dose: how many, and one to look at.
type Found = BTreeMap<String, (u64, String)>;

fn note(found: &mut Found, asked: Question, told: impl FnOnce() -> String) {
    let entry = found
        .entry(format!("{} {}", asked.programme, asked.dose))
        .or_insert_with(|| (0, told()));
    entry.0 += 1;
}

fn compare_closely(schedule: &Schedule, person: &Person, known: &Known, asked: Question, found: &mut Found) {
    let evaluation: Evaluation = eligibility::evaluate(
        schedule,
        &known.person,
        &known.doses,
        &asked_of_engine(asked),
        date(asked.as_of),
    );
    let engine = (evaluation.is_eligible(), evaluation.from, evaluation.until);
    let (may, from, until) = law::answer(person, asked);
    let prose = (may, from.map(date), until.map(date));
    if engine != prose {
        note(found, asked, || {
            format!(
                "on {}: engine {engine:?}, prose {prose:?}\n{}",
                date(asked.as_of),
                told(person)
            )
        });
    }
}

fn compare_one_day(schedule: &Schedule, person: &Person, known: &Known, asked: Question, found: &mut Found) {
    let engine_asked = asked_of_engine(asked);
    let programme = schedule.programme(engine_asked.programme).expect("in the rules");
    let on = date(asked.as_of);
    let days = eligibility::days(programme, &known.person, &known.doses, &engine_asked, on);
    let engine = days.united().iter().any(|span| span.holds(on));
    let prose = law::may_now(person, asked);
    if engine != prose {
        note(found, asked, || {
            format!("on {on}: engine {engine}, prose {prose}\n{}", told(person))
        });
    }
}

fn told(person: &Person) -> String {
    let given: Vec<String> = person
        .given
        .iter()
        .map(|given| {
            let product = given.product.unwrap_or("-");
            format!(
                "{} {} {} {product}",
                given.programme,
                given.dose,
                calendar::text(given.on)
            )
        })
        .collect();
    let season = person
        .season
        .map(|(from, to)| (calendar::text(from), calendar::text(to)));
    format!(
        "born {}, male {}, due {:?}, season {season:?}, {:?}\n{given:#?}",
        calendar::text(person.birth),
        person.male,
        person.due_on.map(calendar::text),
        person.noted,
    )
}

fn block(schedule: &Schedule, seed: u64, found: &mut Found) {
    let mut dice = Dice::new(seed);
    for _ in 0..BLOCK {
        let (person, closely) = people::draw(&mut dice);
        let known = Known::of(&person);
        compare_closely(schedule, &person, &known, closely, found);
        for _ in 0..BESIDE {
            let (programme, doses) = dice.of(PROGRAMMES);
            for &dose in doses {
                let asked = Question {
                    programme,
                    dose,
                    as_of: closely.as_of,
                };
                compare_one_day(schedule, &person, &known, asked, found);
            }
        }
    }
}

#[test]
fn the_engine_and_the_prose_of_the_schedule_agree_on_random_people() {
    let schedule = rules::embedded();
    let long = std::env::var_os("MADOGUCHI_LONG").is_some();
    let people = std::env::var("MADOGUCHI_PEOPLE")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(if long { u64::MAX } else { PEOPLE });
    let end = Instant::now() + HOUR;
    let threads = available_parallelism().map_or(1, |n| n.get() as u64);
    let all = Mutex::new((0, Found::new()));
    thread::scope(|scope| {
        for thread in 0..threads {
            let all = &all;
            scope.spawn(move || {
                let (mut asked, mut found) = (0, Found::new());
                for number in (thread..people.div_ceil(BLOCK)).step_by(threads as usize) {
                    block(schedule, SEED + number, &mut found);
                    asked += BLOCK;
                    if Instant::now() > end {
                        break;
                    }
                }
                let mut all = all.lock().expect("no thread panicked");
                all.0 += asked;
                for (key, (count, told)) in found {
                    all.1.entry(key).or_insert((0, told)).0 += count;
                }
            });
        }
    });
    let (asked, all) = all.into_inner().expect("no thread panicked");
    println!(
        "{asked} people asked, {} disagreements",
        all.values().map(|it| it.0).sum::<u64>()
    );
    let told: Vec<String> = all
        .iter()
        .map(|(key, (count, told))| format!("{key}: {count}×, e.g. {told}"))
        .collect();
    assert!(all.is_empty(), "{}", told.join("\n\n"));
}

/// The second evaluator is itself held against the worked examples.
#[test]
fn the_prose_of_the_schedule_answers_the_worked_examples() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../vectors/schedule_cases.json")).expect("the cases are JSON");
    let mut asked = 0;
    for case in cases.iter().filter(|case| case.get("kind").is_none()) {
        let (person, question) = from_case(case);
        let (may, from, until) = law::answer(&person, question);
        let expected = &case["expect"];
        let as_text =
            |day: Option<Day>| day.map_or(serde_json::Value::Null, |day| calendar::text(day).into());
        assert_eq!(expected["eligible"], may, "{case}");
        assert_eq!(expected["from"], as_text(from), "{case}");
        assert_eq!(expected["until"], as_text(until), "{case}");
        asked += 1;
    }
    assert_eq!(asked, 79);
}

fn from_case(case: &serde_json::Value) -> (Person, Question) {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let day_of = |value: &serde_json::Value| value.as_str().map(calendar::parse);
    let named = |value: &serde_json::Value| {
        let name = value.as_str().expect("a programme");
        *PROGRAMMES
            .iter()
            .find(|(code, _)| *code == name)
            .expect("of the schedule")
    };
    let dose = |doses: &'static [&'static str], value: &serde_json::Value| {
        let name = value.as_str().expect("a dose");
        *doses.iter().find(|it| **it == name).unwrap_or(&"none")
    };
    let extra = &case["extra"];
    let holds = |key: &str| extra[key] == true;
    let given = case["history"].as_array().into_iter().flatten().map(|row| {
        let (programme, doses) = named(&row["vaccine"]);
        law::Given {
            programme,
            dose: dose(doses, &row["dose"]),
            on: day_of(&row["date"]).expect("a day"),
            product: text(&row["product"]).map(|it| if it == "hpv9" { "hpv9" } else { "other" }),
            due_on: day_of(&row["edd"]),
        }
    });
    let (programme, doses) = named(&case["vaccine"]);
    let person = Person {
        birth: day_of(&case["birth"]).unwrap_or(0),
        male: case["sex"] == "M",
        noted: Noted {
            disabled: holds("disability_60_64"),
            hiv_disabled: holds("hiv_disability_60_64"),
            shortage: holds("mr_shortage"),
            antibody_insufficient: holds("rubella_antibody_insufficient"),
            antibody_tested_in_time: holds("antibody_tested_by_2025_03_31"),
            je_incomplete_2010: holds("je_phase1_incomplete_2010_03_31"),
            hpv_in_catch_up: holds("hpv_dose_between_2022_04_01_and_2025_03_31"),
        },
        due_on: day_of(&extra["edd"]),
        season: day_of(&extra["season"][0]).zip(day_of(&extra["season"][1])),
        given: given.collect(),
    };
    let question = Question {
        programme,
        dose: dose(doses, &case["dose"]),
        as_of: day_of(&case["as_of"]).expect("a day"),
    };
    (person, question)
}
