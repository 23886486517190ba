//! 責任者の鍵の旅. Two officials with their media give a terminal a new database key, a new publishing key and new recovery
//! keys; whatever was copied before opens nothing of it, and a change cut off at any step comes out whole.

use std::{fs, path::PathBuf};

use chrono::TimeDelta;
use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        operator::Validity,
        revision::SubjectId,
    },
    office::{
        ChainVerdict, Home, SignInError,
        backup::{self, OfficialKey},
        demo,
        keys::{self, Custody, KeysError},
        open,
    },
    seal::{password::Cost, recovery::RecoveryError},
    store::people,
};

use crate::bench::{Bench, bench, password};

fn official(bench: &Bench, number: usize) -> OfficialKey {
    let name = format!("demo-recovery-{number}.txt");
    let text = fs::read_to_string(bench.home().folder().join(name)).unwrap();
    backup::read_medium(&text, demo::PASSPHRASES[number - 1]).unwrap()
}

fn custody(bench: &Bench) -> Result<Custody, KeysError> {
    let (one, other) = (official(bench, 1), official(bench, 2));
    keys::open(&bench.home(), bench.clock.machine(), [&one, &other])
}

fn worked(bench: &Bench) {
    let (office, clerk) = bench.as_operator("1001");
    for at in 0..20_u32 {
        let note = ResidentNote {
            topic: Topic::Contact,
            text: format!("連絡先 {at}"),
        };
        let resident = SubjectId::derived("resident", &at.to_string());
        office.enter_note(&clerk, resident, None, &note).unwrap();
    }
}

fn is_whole(bench: &Bench) {
    let (office, _) = bench.as_operator("1001");
    assert!(matches!(
        office.verify_chain(None).unwrap(),
        ChainVerdict::Whole(_)
    ));
    assert_eq!(office.lost_tail(), None);
    let notes: u32 = office
        .read(|c| Ok(c.query_row("SELECT count(*) FROM resident_notes", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(notes, 20);
    assert!(!bench.home().rekeyed().exists());
}

/// The files of the home, to be put back.
fn copy(bench: &Bench, name: &str) -> PathBuf {
    let to = bench.folder.path().join(name);
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(bench.home().folder()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    to
}

#[test]
fn a_new_database_key_leaves_everything_in_place_and_the_old_files_dead() {
    let bench = bench();
    worked(&bench);
    let before = copy(&bench, "before");
    assert_eq!(custody(&bench).unwrap().rekey().unwrap(), []);
    is_whole(&bench);
    for operator in ["1005", "1006", "1007"] {
        bench.as_operator(operator);
    }
    let after = copy(&bench, "after");
    // The old database under the new keys, and the new one under the old keys.
    fs::copy(before.join("madoguchi.db"), bench.home().database()).unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Database(_))
    ));
    fs::copy(after.join("madoguchi.db"), bench.home().database()).unwrap();
    fs::copy(before.join("slots.bin"), bench.home().slots()).unwrap();
    assert!(bench.open("1001", password("1001")).is_err());
    fs::copy(after.join("slots.bin"), bench.home().slots()).unwrap();
    is_whole(&bench);
    // The officials' slots went with it.
    custody(&bench).unwrap().rekey().unwrap();
    is_whole(&bench);
}

#[test]
fn a_change_of_the_database_key_cut_off_at_any_step_comes_out_whole() {
    let bench = bench();
    worked(&bench);
    let before = copy(&bench, "before");
    // Before the slot file was changed: a copy, whole or not, that no key of ours opens.
    for left in [&b"half a copy"[..], &fs::read(before.join("slots.bin")).unwrap()] {
        fs::write(bench.home().rekeyed(), left).unwrap();
        is_whole(&bench);
    }
    custody(&bench).unwrap().rekey().unwrap();
    // After it, and before the copy took its place.
    let new = fs::read(bench.home().database()).unwrap();
    fs::write(bench.home().rekeyed(), &new).unwrap();
    fs::copy(before.join("madoguchi.db"), bench.home().database()).unwrap();
    fs::copy(
        before.join("recovery.bin"),
        bench.home().folder().join("recovery.bin"),
    )
    .unwrap();
    is_whole(&bench);
    assert_ne!(
        fs::read(before.join("recovery.bin")).unwrap(),
        fs::read(bench.home().folder().join("recovery.bin")).unwrap(),
        "the slots of the officials are those of the new key"
    );
    // Neither opens: nothing is touched.
    fs::write(bench.home().rekeyed(), b"neither").unwrap();
    fs::copy(before.join("madoguchi.db"), bench.home().database()).unwrap();
    assert!(bench.open("1001", password("1001")).is_err());
    assert_eq!(fs::read(bench.home().rekeyed()).unwrap(), b"neither");
}

#[test]
fn nobody_changes_the_database_key_while_somebody_works() {
    let bench = bench();
    let (office, _session) = bench.as_operator("1001");
    assert!(matches!(custody(&bench).unwrap().rekey(), Err(KeysError::Busy)));
    drop(office);
    custody(&bench).unwrap().rekey().unwrap();
}

#[test]
fn when_the_year_is_over_two_officials_let_the_administrators_in_again() {
    let bench = bench();
    let (office, _) = bench.as_operator("1005");
    let until = office
        .read(people::operators)
        .unwrap()
        .into_iter()
        .find(|line| line.operator.0 == "1005")
        .unwrap()
        .validity
        .until;
    drop(office);
    let today = bench.clock.machine().today();
    let next = Validity {
        from: until,
        until: until + TimeDelta::days(365),
    };
    let extended = custody(&bench)
        .unwrap()
        .renew_publishing(Validity { from: today, ..next });
    let extended: Vec<String> = extended.unwrap().into_iter().map(|one| one.0).collect();
    assert_eq!(extended, ["1004", "1005"]);
    let (office, administrator) = bench.as_operator("1005");
    // She publishes with the new key.
    office.assign_number_blocks(&administrator).unwrap();
    let lines = office.read(people::operators).unwrap();
    let of = |operator: &str| lines.iter().find(|line| line.operator.0 == operator).unwrap();
    assert_eq!(of("1005").validity.until, next.until);
    assert_eq!(of("1001").validity.until, until);
    drop(office);
    bench.as_operator("1001");
    custody(&bench).unwrap();
}

#[test]
fn after_an_official_has_left_her_medium_opens_nothing_of_this_terminal() {
    let bench = bench();
    let old = [official(&bench, 1), official(&bench, 2)];
    let words = ["aki no yama no iro", "fuyu no umi no oto", "haru no kawa no mizu"];
    let passphrases: Vec<_> = words.iter().map(|word| (*word).to_owned().into()).collect();
    let mut texts = Vec::new();
    custody(&bench)
        .unwrap()
        .make_recovery_keys(&passphrases, Cost::CHEAP, |media| {
            texts.extend(media.iter().map(|medium| medium.text.to_string()));
            Ok(())
        })
        .unwrap();
    let opened = keys::open(&bench.home(), bench.clock.machine(), [&old[0], &old[1]]);
    assert!(matches!(
        opened,
        Err(KeysError::Recovery(RecoveryError::NoSuchPair))
    ));
    let new: Vec<OfficialKey> = texts
        .iter()
        .zip(words)
        .map(|(text, word)| backup::read_medium(text, word).unwrap())
        .collect();
    for pair in [[&new[0], &new[1]], [&new[0], &new[2]], [&new[2], &new[1]]] {
        keys::open(&bench.home(), bench.clock.machine(), pair).unwrap();
    }
    bench.as_operator("1001");
}

#[test]
fn media_that_could_not_be_put_away_leave_the_old_ones_good() {
    let bench = bench();
    let passphrases: Vec<_> = (0..2).map(|_| "aki no yama no iro".to_owned().into()).collect();
    let made = custody(&bench)
        .unwrap()
        .make_recovery_keys(&passphrases, Cost::CHEAP, |_| {
            Err(std::io::ErrorKind::StorageFull.into())
        });
    assert!(matches!(made, Err(KeysError::File(_))));
    custody(&bench).unwrap();
}

#[test]
fn one_official_alone_and_officials_of_another_city_change_no_key() {
    let (ours, theirs) = (bench(), bench());
    let one = official(&ours, 1);
    let (a, b) = (official(&theirs, 1), official(&theirs, 2));
    let home = Home::new(ours.home().folder());
    for pair in [[&one, &one], [&one, &a], [&a, &b]] {
        assert!(keys::open(&home, ours.clock.machine(), pair).is_err());
    }
    assert!(open(&home, ours.clock.machine(), "1001", password("1001")).is_ok());
}
