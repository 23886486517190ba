//! 控えの旅. A database that has lost its end, by a changed byte in the write-ahead log after a crash or by an older
//! copy put back, is found at the next start and said; nothing is deleted, reading and entering go on, and no
//! number comes out before the terminal is enrolled anew.

use std::{fs, path::Path};

use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        revision::SubjectId,
        trust::NumberSeries,
    },
    office::{ChainVerdict, Home, Office, Session, number::NumberError, open, total_digest},
    store::audit,
};

use crate::{
    bench::{Bench, bench, password},
    canary,
};

const NOTES: u32 = 30;

fn enter(office: &Office, clerk: &Session, at: u32) {
    let note = ResidentNote {
        topic: Topic::SendTo,
        text: format!("送付先 {at}"),
    };
    let resident = SubjectId::derived("resident", &at.to_string());
    office.enter_note(clerk, resident, None, &note).unwrap();
}

fn notes(office: &Office) -> u32 {
    office
        .read(|c| Ok(c.query_row("SELECT count(*) FROM resident_notes", [], |row| row.get(0))?))
        .unwrap()
}

/// Copies the home as it lies there, as a machine that stops just now would leave it.
fn stopped(home: &Home, to: &Path) -> Home {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(home.folder()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    Home::new(to)
}

/// A home that stopped in the middle of a clerk's work, and the digest of all that she had entered.
fn crashed(bench: &Bench) -> (Home, String) {
    let (office, clerk) = bench.as_operator("1001");
    for at in 0..NOTES {
        enter(&office, &clerk, at);
    }
    let home = stopped(&bench.home(), &bench.folder.path().join("crashed"));
    (home, digest(&office))
}

fn digest(office: &Office) -> String {
    format!("{:?}", total_digest(&office.digests().unwrap()))
}

fn log_of(home: &Home) -> std::path::PathBuf {
    home.database().with_extension("db-wal")
}

#[test]
fn a_changed_byte_in_the_write_ahead_log_is_found_and_said_or_harmless() {
    let rounds = if std::env::var_os("MADOGUCHI_LONG").is_some() {
        1_000
    } else {
        40
    };
    let bench = bench();
    let (home, truth) = crashed(&bench);
    let log = fs::read(log_of(&home)).unwrap();
    assert!(log.len() > 100_000, "the crash left a log: {}", log.len());
    let mut random = canary::Random::new(20_261_125);
    let (mut found, mut harmless) = (0, 0);
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let home = stopped(&home, &folder.path().join("home"));
        let mut damaged = log.clone();
        let at = random.below(damaged.len() as u64) as usize;
        damaged[at] ^= 1 << random.below(8);
        fs::write(log_of(&home), &damaged).unwrap();
        let Ok((office, _clerk)) = open(&home, bench.clock.machine(), "1001", password("1001")) else {
            found += 1;
            continue;
        };
        assert!(
            matches!(office.verify_chain(None).unwrap(), ChainVerdict::Whole(_)),
            "round {round}"
        );
        match office.lost_tail() {
            Some(lost) => {
                assert!(lost.found < lost.witnessed, "round {round}: {lost:?}");
                let aside = home.database().with_extension("db-wal.aside1");
                assert_eq!(fs::read(aside).unwrap(), damaged, "round {round}: kept as it was");
                found += 1;
            }
            None => {
                assert_eq!(digest(&office), truth, "round {round}: byte {at} was not noticed");
                harmless += 1;
            }
        }
    }
    assert!(found > rounds / 2, "{found} found, {harmless} harmless");
}

#[test]
fn a_database_that_lost_its_end_is_read_and_written_and_issues_no_number_until_it_is_enrolled_anew() {
    let bench = bench();
    let (home, _) = crashed(&bench);
    fs::remove_file(log_of(&home)).unwrap();
    let machine = || bench.clock.machine();
    let (office, clerk) = open(&home, machine(), "1001", password("1001")).unwrap();
    let lost = office.lost_tail().unwrap();
    assert!(lost.witnessed >= u64::from(NOTES) && lost.found < lost.witnessed);
    assert!(
        lost.to_string()
            .starts_with("データベースの終わりの部分が失われています。")
    );
    assert_eq!(notes(&office), 0);
    enter(&office, &clerk, 1);
    assert!(matches!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true),
        Err(NumberError::Lost(_))
    ));
    assert_eq!(office.waiting(&clerk).unwrap().lost, Some(lost));
    let told: Vec<_> = office
        .read(|c| audit::entries(c, None, 10))
        .unwrap()
        .into_iter()
        .filter(|entry| entry.detail.get("happening").is_some_and(|what| what == "lost"))
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["witnessed"], lost.witnessed.to_string());
    office.sign_out(&clerk).unwrap();
    drop(office);
    // Said again at every start, with what was lost at first, until it is enrolled anew.
    let (office, administrator) = open(&home, machine(), "1005", password("1005")).unwrap();
    assert_eq!(office.lost_tail(), Some(lost));
    office.assign_number_blocks(&administrator).unwrap();
    assert_eq!(office.lost_tail(), None);
    assert_eq!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true).unwrap(),
        [100_000_000]
    );
    drop(office);
    let (office, _) = open(&home, machine(), "1001", password("1001")).unwrap();
    assert_eq!(office.lost_tail(), None);
}

#[test]
fn an_older_copy_put_back_is_found_however_much_is_entered_into_it() {
    let bench = bench();
    let (office, clerk) = bench.as_operator("1001");
    enter(&office, &clerk, 0);
    drop(office);
    let older = fs::read(bench.home().database()).unwrap();
    let (office, clerk) = bench.as_operator("1001");
    enter(&office, &clerk, 1);
    drop(office);
    fs::write(bench.home().database(), older).unwrap();
    let (office, clerk) = bench.as_operator("1001");
    assert!(office.lost_tail().is_some());
    for at in 2..20 {
        enter(&office, &clerk, at);
    }
    drop(office);
    let (office, _) = bench.as_operator("1001");
    assert!(office.lost_tail().is_some());
}

#[test]
fn a_crash_alone_and_a_witness_gone_or_damaged_raise_no_alarm() {
    let bench = bench();
    let (home, truth) = crashed(&bench);
    let whole = fs::read(home.witness()).unwrap();
    for damage in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let home = stopped(&home, &folder.path().join("home"));
        match damage {
            0 => {}
            1 => fs::remove_file(home.witness()).unwrap(),
            2 => fs::write(home.witness(), &whole[..10]).unwrap(),
            _ => fs::write(home.witness(), vec![7; whole.len()]).unwrap(),
        }
        let (office, _) = open(&home, bench.clock.machine(), "1001", password("1001")).unwrap();
        assert_eq!(office.lost_tail(), None, "damage {damage}");
        assert_eq!(digest(&office), truth, "damage {damage}");
    }
}

#[test]
fn without_the_file_of_the_witness_the_door_log_tells_what_stood_when_the_session_began() {
    let bench = bench();
    let (home, _) = crashed(&bench);
    fs::remove_file(home.witness()).unwrap();
    fs::remove_file(log_of(&home)).unwrap();
    let (office, _) = open(&home, bench.clock.machine(), "1001", password("1001")).unwrap();
    assert!(office.lost_tail().is_some());
}

#[test]
fn two_programs_at_one_doorstep_see_what_the_other_has_written() {
    let bench = bench();
    let (desk, clerk) = bench.as_operator("1001");
    let (command, other) = bench.as_operator("1002");
    command
        .change_password(&other, password("1002"), "asa no umi no iro")
        .unwrap();
    // The desk writes the slot file next, and must not bring the old password back.
    desk.change_password(&clerk, password("1001"), "yoru no umi no iro")
        .unwrap();
    desk.lock(&clerk).unwrap();
    let mut issued = std::collections::BTreeSet::new();
    for _ in 0..30 {
        for office in [&desk, &command] {
            for number in office.take_numbers(NumberSeries::Voucher, 7, |_| true).unwrap() {
                assert!(issued.insert(number), "{number} twice");
            }
        }
    }
    desk.sign_out(&clerk).unwrap();
    command.sign_out(&other).unwrap();
    drop((desk, command));
    bench.open("1001", "yoru no umi no iro").unwrap();
    let (office, _) = bench.open("1002", "asa no umi no iro").unwrap();
    assert_eq!(office.lost_tail(), None);
    let cut = office.read(|c| audit::entries(c, None, 100)).unwrap();
    assert!(
        !cut.iter()
            .any(|entry| entry.detail.get("happening").is_some_and(|what| what == "cut"))
    );
}
