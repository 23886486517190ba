//! ディスク. One changed byte in the database is found and said, never read as something else, and nothing is deleted;
//! a full disk leaves a sentence and nothing half written; no file holds anything in clear.

use std::{collections::BTreeSet, path::Path, process::Command};

use madoguchi::{
    domain::{
        audit::Event,
        deed::Deed,
        note::{ResidentNote, Topic},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{DeedError, Machine, Office, Session},
    store::{
        Database, DatabaseKey, StoreError,
        digest::{self, ProjectionDigest},
        integrity::{Depth, FileState},
    },
};

use crate::canary;

const KEY: [u8; 32] = [9; 32];
const CANARY: &str = "小名浜カナリヤ町";

fn clerk() -> Session {
    Session::new(
        OperatorId("1001".into()),
        TerminalId("T01".into()),
        BTreeSet::from(["clerk".to_owned()]),
    )
}

fn enter(office: &Office, at: u32) -> Result<(), Box<dyn std::error::Error>> {
    let note = ResidentNote {
        topic: Topic::SendTo,
        text: format!("{CANARY}{at}"),
    };
    let resident = SubjectId::derived("resident", &at.to_string());
    office.enter_note(&clerk(), resident, None, &note)?;
    Ok(())
}

fn made(path: &Path, notes: u32) {
    let office = Office::new(
        Database::create(path, &DatabaseKey::new(KEY)).unwrap(),
        Machine::real(),
    );
    for at in 0..notes {
        enter(&office, at).unwrap();
    }
}

/// Everything this database says, or that it can't be read.
fn said(path: &Path) -> Result<Vec<ProjectionDigest>, String> {
    let database = Database::open(path, &DatabaseKey::new(KEY)).map_err(|error| error.to_string())?;
    let digests = database
        .read(digest::digests)
        .map_err(|error| error.to_string())?;
    let comparison = database.check_rebuild().map_err(|error| error.to_string())?;
    match database
        .check_file(Depth::Structure)
        .map_err(|error| error.to_string())?
    {
        FileState::Sound if comparison.differing().is_empty() => Ok(digests),
        FileState::Sound => Err("differs".into()),
        FileState::Damaged { findings } => Err(format!("{findings} findings")),
    }
}

#[test]
fn every_changed_byte_is_found_and_nothing_is_deleted() {
    let rounds = if std::env::var_os("MADOGUCHI_LONG").is_some() {
        1_000
    } else {
        60
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    made(&path, 60);
    let sound = std::fs::read(&path).unwrap();
    let truth = said(&path).unwrap();
    let mut random = canary::Random::new(20_260_124);
    for round in 0..rounds {
        let mut damaged = sound.clone();
        let at = random.below(damaged.len() as u64) as usize;
        damaged[at] ^= 1 << random.below(8);
        std::fs::write(&path, &damaged).unwrap();
        let found = said(&path);
        assert!(found.is_err(), "round {round}: byte {at} was not noticed");
        let after = std::fs::read(&path).unwrap();
        assert!(
            after == damaged,
            "round {round}: byte {at}: the file was written to"
        );
    }
    std::fs::write(&path, &sound).unwrap();
    assert_eq!(said(&path).unwrap(), truth);
}

#[test]
fn a_full_database_is_said_and_nothing_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    made(&path, 1);
    let office = Office::new(
        Database::open(&path, &DatabaseKey::new(KEY)).unwrap(),
        Machine::real(),
    );
    office
        .deed(&clerk(), Deed::Note, |transaction| {
            let limit = "PRAGMA max_page_count = 1";
            transaction.connection().query_row(limit, [], |_| Ok(())).unwrap();
            transaction.event(Event::new(Deed::Note));
            Ok::<_, DeedError>(())
        })
        .unwrap();
    let mut done = 1;
    let refused = loop {
        match enter(&office, done) {
            Ok(()) => done += 1,
            Err(refused) => break refused,
        }
        assert!(done < 5_000, "the limit was never met");
    };
    assert_eq!(refused.to_string(), StoreError::DiskFull.to_string());
    drop(office);
    let database = Database::open(&path, &DatabaseKey::new(KEY)).unwrap();
    let notes: u32 = database
        .read(|c| Ok(c.query_row("SELECT count(*) FROM resident_notes", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(notes, done);
    assert!(database.check_rebuild().unwrap().differing().is_empty());
}

/// Runs in a process of its own whose files may not grow, as on a disk without room.
#[test]
#[ignore = "the other half of the test below"]
fn writes_until_the_disk_is_full() {
    let Some(path) = std::env::var_os("MADOGUCHI_TEST_DATABASE") else {
        return;
    };
    let office = Office::new(
        Database::open(Path::new(&path), &DatabaseKey::new(KEY)).unwrap(),
        Machine::real(),
    );
    for at in 1..5_000 {
        if let Err(refused) = enter(&office, at) {
            println!("\nrefused {at} {refused}");
            return;
        }
    }
}

#[cfg(unix)]
#[test]
fn a_disk_without_room_is_said_and_everything_before_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    made(&path, 1);
    let blocks = std::fs::metadata(&path).unwrap().len() / 512 + 200;
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""))
        .arg(std::env::current_exe().unwrap())
        .args([
            "disk::writes_until_the_disk_is_full",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("MADOGUCHI_TEST_DATABASE", &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("refused ")).unwrap();
    let (done, sentence) = line["refused ".len()..].split_once(' ').unwrap();
    assert_eq!(sentence, StoreError::Unwritable.to_string());
    let done: u32 = done.parse().unwrap();
    let database = Database::open(&path, &DatabaseKey::new(KEY)).unwrap();
    let notes: u32 = database
        .read(|c| Ok(c.query_row("SELECT count(*) FROM resident_notes", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(notes, done);
    assert!(done > 1, "there was room for some");
    assert!(database.check_rebuild().unwrap().differing().is_empty());
}

#[test]
fn no_file_holds_anything_of_a_person_in_clear_while_open_and_after_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    made(&path, 20);
    let office = Office::new(
        Database::open(&path, &DatabaseKey::new(KEY)).unwrap(),
        Machine::real(),
    );
    enter(&office, 21).unwrap();
    office.check_rebuild(None).unwrap();
    assert_eq!(
        canary::files_holding(folder.path(), &[CANARY]),
        Vec::<std::path::PathBuf>::new()
    );
    drop(office);
    assert_eq!(
        canary::files_holding(folder.path(), &[CANARY]),
        Vec::<std::path::PathBuf>::new()
    );
    std::fs::write(folder.path().join("stray"), format!("…{CANARY}…")).unwrap();
    assert_eq!(
        canary::files_holding(folder.path(), &[CANARY]).len(),
        1,
        "the search itself finds"
    );
}

#[test]
fn opening_and_checking_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    made(&path, 60);
    let before = std::fs::read(&path).unwrap();
    let written = |what: &str| {
        let log = std::fs::metadata(path.with_extension("db-wal")).map_or(0, |file| file.len());
        assert_eq!(log, 0, "{what} has written to the log");
        assert!(
            std::fs::read(&path).unwrap() == before,
            "{what} has written to the file"
        );
    };
    let database = Database::open(&path, &DatabaseKey::new(KEY)).unwrap();
    written("opening");
    database.read(digest::digests).unwrap();
    written("a digest");
    database.check_rebuild().unwrap();
    written("the check of a rebuild");
    database.check_file(Depth::Structure).unwrap();
    written("the check of the file");
    drop(database);
    written("closing");
}
