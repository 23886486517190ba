//! 見本の市の旅. A small demo city through the real feed door: the same from the same seed, with the people that a
//! city has, and nothing of a person left in the waiting rows.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{TimeZone, Utc};
use madoguchi::{
    office::{
        Machine, Office, code,
        demo::{Cast, Size, fill},
    },
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
    let key = DatabaseKey::new([7; 32]);
    let office = Office::new(
        Database::create(&folder.join("madoguchi.db"), &key).unwrap(),
        machine(),
    );
    let cast = Cast::new(seed, office.machine().now(), &key);
    cast.found(&office).unwrap();
    let entries = code::demo_codes();
    office.publish_codes(&cast.session("1005"), &entries).unwrap();
    fill(
        &office,
        &cast,
        Size {
            seed,
            residents: 250,
            years: 2,
        },
        |_| {},
    )
    .unwrap();
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
