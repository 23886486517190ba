//! 見通しの旅. In a real database: what is read equals an evaluation from scratch, a deed recomputes whom it
//! touches, an import and a new record leave nobody with an old answer.

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use madoguchi::{
    domain::{
        audit::Event,
        birth::BirthDate,
        date,
        deed::Deed,
        eligibility::{self, Asked, Dose, Facts, Person, Season},
        note::{ResidentNote, Topic},
        programme::{Programme, ProgrammeCode},
        record::{Category, DoseNumber, Outcome, Setting, Source, VaccinationRecord},
        resident::Sex,
        revision::SubjectId,
        schedule::Span,
        vaccine::ProductCode,
    },
    office::{
        DeedError, Office,
        enter::history::{HistoricalRecord, add_history},
        feed::Extent,
        forecast::RefreshForecasts,
        run_here,
    },
    rules,
    store::{New, Parents, forecast as rows},
};

use super::feed::{city_of, file, office, row, session, subject, take_next};

/// A small generator of its own, so that a case can be made again from its number.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn a_birth(random: &mut Random) -> NaiveDate {
    let since = if random.chance(60) {
        day("2012-01-01")
    } else {
        day("1925-01-01")
    };
    let days = (day("2026-11-24") - since).num_days() as u64;
    date::plus_days(since, random.below(days) as i64)
}

/// Doses in order from some age on, with lateness, gaps and now and then a missing one.
fn doses_of(programme: &Programme, birth: NaiveDate, random: &mut Random) -> Vec<Dose> {
    let products: Vec<ProductCode> = rules::embedded()
        .products
        .iter()
        .filter(|product| product.uses.iter().any(|one| one.programme == programme.code))
        .map(|product| product.code)
        .collect();
    let window = programme.versions[0].windows[0]
        .from
        .of(&Person::anchors(&person(birth, Sex::Female)));
    let mut on = window.unwrap_or(birth).max(birth);
    let mut doses = Vec::new();
    for number in programme.dose_numbers() {
        if random.chance(35) {
            break;
        }
        on = date::plus_days(
            on,
            random.below(90) as i64 + if random.chance(20) { 200 } else { 0 },
        );
        if on > day("2026-11-24") {
            break;
        }
        if random.chance(92) {
            doses.push(Dose {
                programme: programme.code,
                dose_number: number,
                given_on: on,
                product: products
                    .get(random.below(products.len().max(1) as u64) as usize)
                    .copied(),
                amount: None,
                expected_on: None,
            });
        }
        on = date::plus_days(on, [6, 20, 27, 28, 60, 61, 140, 190][random.below(8) as usize]);
    }
    doses
}

fn person(birth: NaiveDate, sex: Sex) -> Person {
    Person {
        birth: BirthDate::Known(birth),
        sex,
        facts: Facts::default(),
    }
}

fn a_person(random: &mut Random) -> (Person, Vec<Dose>) {
    let birth = a_birth(random);
    let mut person = person(birth, if random.chance(50) { Sex::Female } else { Sex::Male });
    for fact in &rules::embedded().facts {
        if random.chance(15) {
            person.facts.held.insert(fact.code.clone());
        }
    }
    if random.chance(10) {
        person.facts.expected_on = Some(date::plus_days(day("2026-04-01"), random.below(400) as i64));
    }
    let mut doses = Vec::new();
    for programme in &rules::embedded().programmes {
        if random.chance(40) {
            doses.extend(doses_of(programme, birth, random));
        }
    }
    (person, doses)
}

#[test]
fn a_forecast_seen_on_any_day_equals_an_evaluation_from_scratch() {
    let schedule = rules::embedded();
    let mut random = Random::new(7);
    let mut compared = 0;
    let mut open = 0;
    for number in 0..1_500 {
        let (mut person, doses) = a_person(&mut random);
        let year = 2013 + random.below(15) as i32;
        if random.chance(50) {
            let span = Span {
                from: date::first_of_fiscal_year(year),
                until: date::last_of_fiscal_year(year),
            };
            person.facts.seasons.push(Season {
                programme: None,
                span,
            });
        }
        let forecasts = eligibility::forecast(schedule, &person, &doses);
        let on = date::plus_days(date::first_of_fiscal_year(year), random.below(400) as i64);
        for programme in &schedule.programmes {
            for dose in programme.dose_numbers() {
                let scratch =
                    eligibility::evaluate(schedule, &person, &doses, &Asked::new(programme.code, dose), on);
                let forecast = forecasts
                    .iter()
                    .find(|f| f.programme == programme.code && f.dose == dose);
                let read = forecast.and_then(|forecast| {
                    let seasonal = programme.is_seasonal();
                    let days = eligibility::forecast_days(forecast, seasonal, &person.facts.seasons, on);
                    eligibility::status_on(&days, on)
                });
                let read = (read.map(|span| span.from), read.and_then(|span| span.last()));
                assert_eq!(
                    read,
                    (scratch.from, scratch.until),
                    "{number} {} {dose:?} {on}",
                    programme.code
                );
                compared += 1;
                open += u32::from(scratch.is_eligible());
            }
        }
    }
    assert!(compared > 50_000 && open > 2_000, "{compared} {open}");
}

fn record(dose: &Dose) -> VaccinationRecord {
    VaccinationRecord {
        programme: dose.programme.to_string(),
        dose: dose.dose_number,
        vaccinated_on: dose.given_on,
        outcome: Outcome::Vaccinated,
        category: Category::RoutineA,
        source: Source::Historical,
        age: None,
        institution_code: None,
        institution_name: None,
        product: dose.product.map(|product| product.to_string()),
        lot_number: None,
        maker: None,
        amount: None,
        route: None,
        physician_decision: None,
        physician_name: None,
        setting: Setting::Individual,
        voucher_number: None,
        voucher_issued_on: None,
        recommended_on: None,
        special_circumstances: None,
        questionnaire: None,
        sheet: None,
        expected_delivery_on: None,
        change: None,
        is_cancelled: false,
    }
}

/// Takes doses over, as an import does.
pub fn give(office: &Office, doses: &[(SubjectId, Dose)]) {
    let records: Vec<HistoricalRecord> = doses
        .iter()
        .map(|(person, dose)| HistoricalRecord {
            person: *person,
            body: record(dose),
        })
        .collect();
    office
        .deed(&session("1001"), Deed::Enter, |transaction| {
            add_history(transaction, &records)?;
            transaction.event(Event::new(Deed::Enter));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

/// Adds a note to a person.
pub fn note(office: &Office, person: SubjectId, topic: Topic, text: &str) {
    office
        .deed(&session("1001"), Deed::Note, |transaction| {
            let body = ResidentNote {
                topic,
                text: text.to_owned(),
            };
            let subject = transaction.new_subject();
            transaction.append(New {
                subject,
                about: Some(person),
                body: &body,
                parents: Parents::None,
            })?;
            transaction.event(Event::new(Deed::Note));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

pub fn dose(programme: &str, number: DoseNumber, on: &str) -> Dose {
    Dose {
        programme: ProgrammeCode::parse(programme).unwrap(),
        dose_number: number,
        given_on: day(on),
        product: None,
        amount: None,
        expected_on: None,
    }
}

fn is_fresh(office: &Office, person: SubjectId) -> bool {
    let version = &rules::embedded().version;
    office
        .read(|c| rows::fresh(c, person, version))
        .unwrap()
        .is_some()
}

fn from_scratch(office: &Office, person: SubjectId) -> Vec<madoguchi::domain::evaluation::Forecast> {
    let mut known = office.read(|c| rows::known(c, person)).unwrap().unwrap();
    eligibility::learn_facts(rules::embedded(), &mut known.person, &known.doses);
    eligibility::forecast(rules::embedded(), &known.person, &known.doses)
}

#[test]
fn what_is_read_from_the_table_equals_an_evaluation_from_scratch() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let mut random = Random::new(11);
    let mut people = Vec::new();
    let mut given = Vec::new();
    for number in 1..=600 {
        let (person, doses) = a_person(&mut random);
        let birth = person.birth.day().unwrap().format("%Y%m%d").to_string();
        people.push(row(
            number,
            &[("生年月日", &birth), ("性別", &person.sex.code().to_string())],
        ));
        given.extend(doses.into_iter().map(|dose| (subject(number), dose)));
    }
    city_of(&office, &people);
    give(&office, &given);
    assert!(!is_fresh(&office, subject(1)));
    let begun = Instant::now();
    office.refresh_forecasts().unwrap();
    eprintln!("{} records, 600 people: {:?}", given.len(), begun.elapsed());
    assert_eq!(office.stale_forecasts().unwrap(), 0);
    let mut rows_seen = 0;
    for number in 1..=600 {
        assert!(is_fresh(&office, subject(number)));
        let read = office.forecasts(subject(number)).unwrap();
        assert_eq!(read, from_scratch(&office, subject(number)), "{number}");
        rows_seen += read.len();
    }
    assert!(rows_seen > 600);
}

#[test]
fn a_deed_recomputes_whom_it_touches_and_an_import_leaves_nobody_an_old_answer() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(
        &office,
        &[
            row(1, &[("生年月日", "20250514")]),
            row(2, &[("生年月日", "20250515")]),
        ],
    );
    office.refresh_forecasts().unwrap();
    let (one, two) = (subject(1), subject(2));
    let mr = ProgrammeCode::parse("mr1").unwrap();
    let waits = |person| {
        office
            .forecasts(person)
            .unwrap()
            .iter()
            .any(|f| f.programme == mr)
    };
    assert!(waits(one) && waits(two));

    give(&office, &[(one, dose("mr1", DoseNumber::Nth(1), "2026-06-01"))]);
    assert!(is_fresh(&office, one) && is_fresh(&office, two));
    assert!(!waits(one) && waits(two));

    note(&office, two, Topic::Evidence, "mr_shortage");
    assert!(is_fresh(&office, two));

    // The register mends a birth date: what was computed before is no longer used, and nobody was asked.
    let mended = file(
        Extent::Differential,
        (1, 2),
        &[row(2, &[("処理区分", "2"), ("生年月日", "20240401")])],
    );
    take_next(&office, &mended);
    assert!(!is_fresh(&office, two) && is_fresh(&office, one));
    let until = office
        .forecasts(two)
        .unwrap()
        .iter()
        .find(|f| f.programme == mr)
        .unwrap()
        .spans[0]
        .until;
    assert_eq!(until, day("2026-03-31"));
    office.refresh_forecasts().unwrap();
    assert!(is_fresh(&office, two));
    assert_eq!(office.forecasts(two).unwrap(), from_scratch(&office, two));
}

#[test]
fn the_queue_fills_slice_by_slice_after_a_feed_and_after_new_rules() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let people: Vec<_> = (1..=450).map(|n| row(n, &[("生年月日", "20250514")])).collect();
    city_of(&office, &people);
    let slices = || {
        let mut slices = 0;
        run_here(&office, RefreshForecasts::default(), Duration::ZERO, |_| {
            slices += 1
        })
        .unwrap();
        slices
    };
    assert!(slices() > 450, "one person at a time where there is no time");
    assert!((1..=450).all(|n| is_fresh(&office, subject(n))));
    assert_eq!(slices(), 0, "nobody is looked at twice");
    let outdated = |version: &str| office.read(|c| rows::is_outdated(c, version)).unwrap();
    assert!(!outdated(&rules::embedded().version));
    assert!(outdated("other rules"));
}

#[test]
fn reasons_are_told_for_any_day() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(&office, &[row(1, &[("生年月日", "20250514")])]);
    let mr = ProgrammeCode::parse("mr1").unwrap();
    let told = |on: &str| office.explain(subject(1), mr, day(on)).unwrap().unwrap();
    let early = &told("2026-05-12")[0];
    assert!(!early.evaluation.is_eligible());
    assert_eq!(early.evaluation.next_on, Some(day("2026-05-13")));
    let last = early.evaluation.reasons.last().unwrap();
    assert_eq!(
        last.sentence,
        "R8.5.12はまだ受けられません。つぎに接種できる日は R8.5.13 です。"
    );
    assert!(told("2026-05-13")[0].evaluation.is_eligible());
    assert!(!told("2027-05-14")[0].evaluation.is_eligible());
    assert_eq!(office.explain(subject(9), mr, day("2026-05-12")).unwrap(), None);
}

/// Prints how fast the whole city is judged; run by hand with `--ignored` in release.
#[test]
#[ignore = "a measurement"]
fn a_whole_city_is_judged_in_seconds() {
    let mut random = Random::new(3);
    let city: Vec<(Person, Vec<Dose>)> = (0..33_000).map(|_| a_person(&mut random)).collect();
    let doses: usize = city.iter().map(|(_, doses)| doses.len()).sum();
    let begun = Instant::now();
    let rows: usize = city
        .iter()
        .map(|(person, doses)| eligibility::forecast(rules::embedded(), person, doses).len())
        .sum();
    let took = begun.elapsed();
    let speed = city.len() as f64 / took.as_secs_f64();
    eprintln!(
        "{} people, {doses} doses, {rows} forecasts: {took:?}, {speed:.0} people/s",
        city.len()
    );
}
