//! 端末一式. A whole home (database, slots, door log) under a person who signs in, takes a file of the register in and
//! enters notes: nothing of it lies in clear in any file, after an end and after a kill; a changed byte in the
//! slot file opens nothing and is said.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use madoguchi::{
    domain::note::{ResidentNote, Topic},
    office::{Home, Machine, demo, open},
    seal::password::Cost,
};

use crate::{
    bench::{self, password},
    canary, feed,
};

const HOME: &str = "MADOGUCHI_TEST_HOME";
/// What no file may hold: of the register, of a clerk, and her password.
const KANJI: &str = "葛󠄀城　金糸雀";
const KANA: &str = "カツラギ　カナリヤ";
const STREET: &str = "いわき市平字金糸雀町88";
const NOTE: &str = "金糸雀の追記";

fn words() -> Vec<&'static str> {
    vec![KANJI, KANA, STREET, NOTE, password("1001"), password("1003")]
}

/// The files that hold one of the words. The demo's list of passwords is there to be read.
fn in_clear(folder: &Path) -> Vec<PathBuf> {
    let mut found = canary::files_holding(folder, &words());
    found.retain(|path| path.file_name().is_none_or(|name| name != "demo-operators.toml"));
    found
}

fn person(number: u32) -> madoguchi::office::feed::write::FeedRow {
    feed::row(
        number,
        &[("漢字氏名", KANJI), ("カナ氏名", KANA), ("住所", STREET)],
    )
}

/// Signs in on a demo home, takes residents in and enters a note; goes on with notes until `more` says no.
fn work(home: &Home, mut more: impl FnMut() -> bool) {
    if !home.is_taken() {
        drop(demo::make(home, Machine::real(), 1, Cost::CHEAP).unwrap());
    }
    let (office, officer) = open(home, Machine::real(), "1003", password("1003")).unwrap();
    if office.residents_as_of().unwrap().is_none() {
        feed::city_of(&office, &[person(1), person(2)]);
    }
    office.sign_out(&officer).unwrap();
    drop(office);
    let (office, clerk) = open(home, Machine::real(), "1001", password("1001")).unwrap();
    loop {
        let note = ResidentNote {
            topic: Topic::Contact,
            text: NOTE.into(),
        };
        office.enter_note(&clerk, feed::subject(1), None, &note).unwrap();
        if !more() {
            break;
        }
    }
    office.sign_out(&clerk).unwrap();
}

#[test]
fn nothing_lies_in_clear_while_somebody_works_and_after_she_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let mut seen = 0;
    work(&home, || {
        assert_eq!(in_clear(folder.path()), Vec::<PathBuf>::new());
        seen += 1;
        seen < 2
    });
    assert_eq!(in_clear(folder.path()), Vec::<PathBuf>::new());
    let taken_in = feed::file(madoguchi::office::feed::Extent::Full, (0, 1), &[person(1)]);
    fs::write(folder.path().join("stray.csv"), taken_in.1).unwrap();
    assert_eq!(in_clear(folder.path()).len(), 1, "the search itself finds");
}

/// Runs in a process of its own until it is killed.
#[test]
#[ignore = "the other half of the test below"]
fn works_in_a_home_until_it_is_killed() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    work(&Home::new(home), || {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nentered").unwrap();
        out.flush().unwrap();
        true
    });
}

#[test]
fn nothing_lies_in_clear_in_the_whole_home_of_the_user_after_a_kill() {
    let rounds = if std::env::var_os("MADOGUCHI_LONG").is_some() {
        20
    } else {
        3
    };
    let folder = tempfile::tempdir().unwrap();
    let of_the_user = folder.path().join("user");
    fs::create_dir_all(&of_the_user).unwrap();
    let home = of_the_user.join("data");
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "home::works_in_a_home_until_it_is_killed",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .current_dir(&of_the_user)
            .env(HOME, &home)
            .env("HOME", &of_the_user)
            .env("TMPDIR", &of_the_user)
            .env("XDG_DATA_HOME", of_the_user.join("share"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let entered = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .filter(|line| line == "entered")
            .take(3)
            .count();
        assert_eq!(entered, 3, "round {round}: the other half did not work");
        std::thread::sleep(Duration::from_millis(7 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(in_clear(folder.path()), Vec::<PathBuf>::new(), "round {round}");
        let office = madoguchi::office::open_demo(&Home::new(&home), Machine::real()).unwrap();
        assert!(
            office.check_rebuild(None).unwrap().differing().is_empty(),
            "round {round}"
        );
        assert_eq!(
            office.lost_tail(),
            None,
            "round {round}: a kill alone loses nothing"
        );
    }
}

#[test]
fn a_changed_byte_in_the_slot_file_opens_nothing_and_is_said() {
    let rounds = if std::env::var_os("MADOGUCHI_LONG").is_some() {
        1_000
    } else {
        60
    };
    let bench = bench::bench();
    let home = bench.home();
    let sound = fs::read(home.slots()).unwrap();
    let door = fs::read(home.door_log()).ok();
    let database = fs::read(home.database()).unwrap();
    let mut random = canary::Random::new(1_124);
    for round in 0..rounds {
        let mut damaged = sound.clone();
        let at = random.below(damaged.len() as u64) as usize;
        damaged[at] ^= 1 << random.below(8);
        fs::write(home.slots(), &damaged).unwrap();
        match &door {
            Some(door) => fs::write(home.door_log(), door).unwrap(),
            None => drop(fs::remove_file(home.door_log())),
        }
        let refused = bench.open("1001", password("1001"));
        assert!(refused.is_err(), "round {round}: byte {at} was not noticed");
        assert!(
            fs::read(home.slots()).unwrap() == damaged,
            "round {round}: byte {at}: written to"
        );
    }
    assert!(
        fs::read(home.database()).unwrap() == database,
        "the database was written to"
    );
    fs::write(home.slots(), &sound).unwrap();
    bench.as_operator("1001");
}
