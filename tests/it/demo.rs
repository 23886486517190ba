//! 見本の市の旅. A small demo city through the real feed door: the same from the same seed, with the people that a
//! city has, and nothing of a person left in the waiting rows.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{NaiveDate, TimeZone, Utc};
use madoguchi::{
    domain::{programme::ProgrammeCode, revision::SubjectId},
    office::{
        Machine, Office, code,
        demo::{Cast, Size, fill},
        person::Section,
    },
    rules,
    store::{Database, DatabaseKey},
};

fn machine() -> Machine {
    let state = AtomicU64::new(1);
    Machine::new(
        || Utc.with_ymd_and_hms(2026, 11, 24, 1, 0, 0).unwrap(),
        move |bytes| {
            bytes
                .iter_mut()
                .for_each(|byte| *byte = state.fetch_add(1, Ordering::Relaxed) as u8)
        },
    )
}

fn city(folder: &std::path::Path, seed: u64) -> Office {
    city_of(
        folder,
        Size {
            seed,
            residents: 250,
            years: 2,
        },
    )
}

fn city_of(folder: &std::path::Path, size: Size) -> Office {
    let seed = size.seed;
    let key = DatabaseKey::new([7; 32]);
    let office = Office::new(
        Database::create(&folder.join("madoguchi.db"), &key).unwrap(),
        machine(),
    );
    let cast = Cast::new(seed, office.machine().now(), &key);
    cast.found(&office).unwrap();
    let entries = code::demo_codes();
    office.publish_codes(&cast.session("1005"), &entries).unwrap();
    fill(&office, &cast, size, |_| {}).unwrap();
    office
}

fn count(office: &Office, sql: &str) -> i64 {
    office
        .read(|c| Ok(c.query_row(sql, [], |row| row.get(0))?))
        .unwrap()
}

#[test]
fn one_seed_makes_one_city() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [one, same, other] = [(0, 5), (1, 5), (2, 6)].map(|(at, seed)| city(folders[at].path(), seed));
    let digests = |office: &Office| {
        let digests = office.digests().unwrap();
        let of = |name: &str| digests.iter().find(|d| d.name == name).map(|d| d.sha256).unwrap();
        ["residents", "households", "protections", "vaccination_records"].map(of)
    };
    assert_eq!(digests(&one), digests(&same));
    assert_ne!(digests(&one)[0], digests(&other)[0]);
}

#[test]
fn the_city_lives_and_its_feed_leaves_nothing_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let office = city(folder.path(), 5);
    let registered = count(&office, "SELECT count(*) FROM residents WHERE status = 1");
    assert!((225..=275).contains(&registered), "{registered}");
    assert!(count(&office, "SELECT count(*) FROM residents WHERE status IN (2, 3)") > 5);
    assert_eq!(
        count(&office, "SELECT count(DISTINCT district) FROM residents"),
        7
    );
    assert!(count(&office, "SELECT count(*) FROM vaccination_records") > 60);
    // Only what a clerk has entered lately waits; the past is settled, wherever it was given.
    assert_eq!(
        count(
            &office,
            "SELECT count(*) FROM vaccination_records WHERE approval = 'waiting' AND operator <> '1001'"
        ),
        0
    );
    let waiting = count(
        &office,
        "SELECT count(*) FROM vaccination_records WHERE approval = 'waiting'",
    );
    assert!((1..=120).contains(&waiting), "{waiting}");
    assert_eq!(count(&office, "SELECT count(*) FROM feed_rows"), 0);
    assert_eq!(count(&office, "SELECT count(*) FROM feed_rejects"), 0);
    assert_eq!(count(&office, "SELECT count(*) FROM unprojected"), 0);
    assert_eq!(
        count(&office, "SELECT count(*) FROM feed_loads WHERE state <> 'done'"),
        0
    );
}

/// A child with the programmes that the card offers, and how many doses of each programme are recorded.
struct Child {
    age: f64,
    offered: Vec<ProgrammeCode>,
    given: BTreeMap<String, usize>,
    told: String,
}

fn children(office: &Office) -> Vec<Child> {
    let today: NaiveDate = "2026-11-24".parse().unwrap();
    let people: Vec<(Vec<u8>, String)> = office
        .read(|c| {
            let sql = "SELECT subject, birth_on FROM residents WHERE status = 1 AND birth_on > '2009-11-24'";
            let mut statement = c.prepare(sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let clerk = Cast::new(5, office.machine().now(), &DatabaseKey::new([7; 32])).session("1001");
    let child = |(subject, born): (Vec<u8>, String)| {
        let subject = SubjectId(uuid::Uuid::from_slice(&subject).unwrap());
        let card = office.view_person(&clerk, subject, today).unwrap();
        let mut given = BTreeMap::new();
        for record in card.records.iter().filter(|record| !record.is_cancelled) {
            *given.entry(record.programme.clone()).or_default() += 1;
        }
        let lines = card.timeline.iter().map(|row| {
            let marks: Vec<String> = row
                .marks
                .iter()
                .map(|mark| format!("{}:{}", mark.label, mark.on))
                .collect();
            format!(
                "  {}　{}　{}{}　{}",
                row.section.word(),
                row.name,
                row.next,
                row.detail,
                marks.join(" ")
            )
        });
        let told = format!("{born}\n{}", lines.collect::<Vec<_>>().join("\n"));
        let born: NaiveDate = born.parse().unwrap();
        let open = card.timeline.iter().filter(|row| row.section != Section::Done);
        Child {
            age: (today - born).num_days() as f64 / 365.25,
            offered: open.map(|row| row.programme).collect(),
            given,
            told,
        }
    };
    people.into_iter().map(child).collect()
}

#[test]
fn the_children_have_the_vaccines_of_their_years_and_are_offered_one_of_each() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size {
        seed: 5,
        residents: 700,
        years: 10,
    };
    let children = children(&city_of(folder.path(), size));
    let schedule = rules::embedded();
    for child in &children {
        for code in &child.offered {
            let covers = &schedule.programme(*code).unwrap().covers;
            assert!(
                !covers.iter().any(|part| child.offered.contains(part)),
                "{}",
                child.told
            );
        }
    }
    // A series that is complete goes on nowhere.
    for child in &children {
        let complete = child.told.lines().filter(|line| line.contains("　4回　"));
        assert!(
            complete.into_iter().all(|line| !line.contains("つづきは")),
            "{}",
            child.told
        );
    }
    let has = |child: &Child, code: &str| child.given.contains_key(code);
    let share = |within: (f64, f64), codes: &[&str]| {
        let all: Vec<&Child> = children
            .iter()
            .filter(|c| within.0 <= c.age && c.age < within.1)
            .collect();
        let with = all
            .iter()
            .filter(|c| codes.iter().all(|code| has(c, code)))
            .count();
        with as f64 / all.len().max(1) as f64
    };
    assert!(share((1.0, 2.5), &["dpt_ipv_hib", "pcv", "hepb"]) > 0.75);
    assert!(share((1.0, 2.5), &["hib"]) < 0.1);
    assert!(share((3.5, 8.0), &["dpt_ipv", "hib", "pcv", "mr1"]) > 0.6);
    assert!(share((11.5, 12.9), &["dt2"]) > 0.4);
}
