//! 戸口の旅. A real home on disk: signing in, the second person, the lock, and everything that can be wrong with
//! password, slot file, terminal secret and door log, each with its own answer and nothing changed.

use std::{fs, path::Path};

use chrono::TimeDelta;
use madoguchi::{
    domain::{audit::Entry, deed::Deed},
    office::{DeedError, Doorstep, DoorstepError, Office, SignInError, demo},
    seal::password::Cost,
    store::audit,
};

use crate::bench::{bench, password};

fn events(office: &Office) -> Vec<Entry> {
    office.read(|c| audit::entries(c, None, 100)).unwrap()
}

fn deeds(office: &Office) -> Vec<String> {
    events(office).into_iter().map(|entry| entry.deed).rev().collect()
}

#[test]
fn the_right_password_opens_a_session_with_name_and_roles() {
    let bench = bench();
    let (office, session) = bench.open("１００２", password("1002")).unwrap();
    assert_eq!(session.name(), "見本 恵");
    assert_eq!(session.roles().titles(), "窓口・承認");
    assert_eq!(deeds(&office), ["terminal.set_up", "session.sign_in"]);
}

#[test]
fn a_wrong_password_and_a_number_nobody_has_give_the_same_answer_and_count() {
    let bench = bench();
    for (operator, left) in [("1001", 4), ("9999", 4), ("1001", 3)] {
        match bench.open(operator, "nothing of this kind") {
            Err(SignInError::Wrong { left: l }) => assert_eq!(l, left, "{operator}"),
            other => panic!("{other:?}"),
        }
    }
    let sentence = bench
        .open("1001", "nothing of this kind")
        .unwrap_err()
        .to_string();
    assert_eq!(
        sentence,
        "操作者番号かパスワードがちがいます。あと2回で15分使えなくなります。"
    );
}

#[test]
fn five_wrong_tries_close_the_door_for_a_quarter_of_an_hour_also_with_the_right_password() {
    let bench = bench();
    for _ in 0..5 {
        bench.open("1001", "nothing of this kind").unwrap_err();
    }
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Closed { .. })
    ));
    let (office, _session) = bench.open("1002", password("1002")).unwrap();
    drop(office);
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Closed { .. })
    ));
    bench.clock.forward(TimeDelta::minutes(15));
    bench.as_operator("1001");
}

#[test]
fn the_next_session_takes_what_happened_at_the_door_into_the_audit_chain_once() {
    let bench = bench();
    bench.open("1001", "nothing of this kind").unwrap_err();
    bench.open("1002", "nothing of this kind").unwrap_err();
    let (office, session) = bench.as_operator("1001");
    let taken: Vec<_> = events(&office)
        .into_iter()
        .filter(|entry| entry.deed == Deed::TakeInDoorLog.code())
        .map(|entry| {
            (
                entry.detail["operator"].clone(),
                entry.detail["happening"].clone(),
            )
        })
        .collect();
    let wrong = |operator: &str| (operator.to_owned(), "wrong".to_owned());
    assert_eq!(taken, [wrong("1002"), wrong("1001")]);
    office.sign_out(&session).unwrap();
    drop(office);
    let (office, _) = bench.as_operator("1001");
    assert_eq!(
        deeds(&office)
            .iter()
            .filter(|code| *code == Deed::TakeInDoorLog.code())
            .count(),
        2
    );
}

#[test]
fn a_door_log_taken_away_closes_the_door_to_everybody_for_a_while_and_is_told() {
    let bench = bench();
    for _ in 0..4 {
        bench.open("1001", "nothing of this kind").unwrap_err();
    }
    fs::remove_file(bench.home().door_log()).unwrap();
    assert!(matches!(
        bench.open("1001", "nothing of this kind"),
        Err(SignInError::Closed { .. })
    ));
    assert!(matches!(
        bench.open("1002", password("1002")),
        Err(SignInError::Closed { .. })
    ));
    bench.clock.forward(TimeDelta::minutes(15));
    let (office, _) = bench.as_operator("1001");
    assert!(
        events(&office)
            .iter()
            .any(|entry| entry.detail.get("happening").is_some_and(|h| h == "cut"))
    );
}

#[test]
fn the_second_person_signs_in_over_the_open_session_and_is_somebody_else() {
    let bench = bench();
    let (office, first) = bench.as_operator("1001");
    assert!(matches!(
        office.second_person(&first, "1001", password("1001")),
        Err(SignInError::SamePerson)
    ));
    assert!(matches!(
        office.second_person(&first, "1002", "nothing of this kind"),
        Err(SignInError::Wrong { left: 4 })
    ));
    let second = office.second_person(&first, "1002", password("1002")).unwrap();
    assert_eq!(second.operator().0, "1002");
    office.sign_out(&second).unwrap();
    assert!(second.has_ended() && !first.has_ended());
}

#[test]
fn a_session_is_worth_nothing_after_signing_out() {
    let bench = bench();
    let (office, session) = bench.as_operator("1001");
    let clone = session.clone();
    office.sign_out(&session).unwrap();
    assert!(matches!(office.lock(&clone), Err(DeedError::SignedOut)));
    assert!(matches!(
        office.second_person(&clone, "1002", password("1002")),
        Err(SignInError::Deed(DeedError::SignedOut))
    ));
}

#[test]
fn the_lock_opens_with_the_same_operators_password_only() {
    let bench = bench();
    let (office, session) = bench.as_operator("1001");
    office.lock(&session).unwrap();
    assert!(matches!(
        office.unlock(&session, password("1002")),
        Err(SignInError::Wrong { left: 4 })
    ));
    office.unlock(&session, password("1001")).unwrap();
    let told = deeds(&office);
    assert!(told.contains(&"session.lock".to_owned()) && told.contains(&"session.unlock".to_owned()));
}

#[test]
fn an_old_password_has_to_be_changed_before_the_door_opens() {
    let bench = bench();
    bench.clock.forward(TimeDelta::days(184));
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::PasswordExpired)
    ));
    let mut doorstep = Doorstep::open(&bench.home(), &bench.clock.machine()).unwrap();
    let mut change = |new| doorstep.change_password(&bench.clock.machine(), "1001", password("1001"), new);
    assert!(matches!(change("short"), Err(SignInError::Password(_))));
    assert!(matches!(change("password1234"), Err(SignInError::Password(_))));
    assert!(matches!(change(password("1001")), Err(SignInError::Password(_))));
    change("asa no umi no iro").unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Wrong { .. })
    ));
    bench.open("1001", "asa no umi no iro").unwrap();
}

#[test]
fn a_changed_password_holds_and_an_older_copy_of_the_slot_file_does_not_bring_the_old_one_back() {
    let bench = bench();
    let copy = fs::read(bench.home().slots()).unwrap();
    let (office, session) = bench.as_operator("1001");
    office
        .change_password(&session, password("1001"), "asa no umi no iro")
        .unwrap();
    drop((office, session));
    bench.open("1001", "asa no umi no iro").unwrap();
    fs::write(bench.home().slots(), copy).unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Doorstep(DoorstepError::SlotsRolledBack))
    ));
}

#[test]
fn files_of_another_terminal_are_refused_as_such() {
    let (ours, theirs) = (bench(), bench());
    fs::copy(theirs.home().slots(), ours.home().slots()).unwrap();
    // Both demos carry the same terminal number: the secret is another, the generation the same.
    assert!(matches!(
        ours.open("1001", password("1001")),
        Err(SignInError::Doorstep(
            DoorstepError::SlotsDamaged | DoorstepError::OtherTerminal
        ))
    ));
    let (ours, theirs) = (bench(), bench());
    fs::copy(theirs.home().database(), ours.home().database()).unwrap();
    assert!(matches!(
        ours.open("1001", password("1001")),
        Err(SignInError::Database(_))
    ));
}

#[test]
fn a_missing_secret_is_said_and_no_new_one_is_made() {
    let bench = bench();
    fs::rename(bench.home().demo_secret(), bench.folder.path().join("aside")).unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Doorstep(DoorstepError::SecretMissing))
    ));
    assert!(!bench.home().demo_secret().exists());
    fs::rename(bench.folder.path().join("aside"), bench.home().demo_secret()).unwrap();
    bench.as_operator("1001");
}

#[test]
fn a_missing_slot_file_and_a_missing_database_are_said() {
    let bench = bench();
    fs::rename(bench.home().slots(), bench.folder.path().join("aside")).unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Doorstep(DoorstepError::SlotsMissing))
    ));
    fs::rename(bench.folder.path().join("aside"), bench.home().slots()).unwrap();
    fs::rename(bench.home().database(), bench.folder.path().join("aside")).unwrap();
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Database(_))
    ));
    assert!(!bench.home().database().exists(), "nothing is made in its place");
}

#[test]
fn any_changed_byte_of_the_slot_file_is_found_and_nothing_is_changed() {
    let bench = bench();
    let whole = fs::read(bench.home().slots()).unwrap();
    let machine = bench.clock.machine();
    for at in (0..whole.len()).step_by(whole.len() / 1_000) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(bench.home().slots(), &changed).unwrap();
        assert!(Doorstep::open(&bench.home(), &machine).is_err(), "byte {at}");
        assert_eq!(fs::read(bench.home().slots()).unwrap(), changed);
    }
    for length in [0, 10, 55, 100, whole.len() - 1] {
        fs::write(bench.home().slots(), &whole[..length]).unwrap();
        assert!(
            Doorstep::open(&bench.home(), &machine).is_err(),
            "cut at {length}"
        );
    }
    fs::write(bench.home().slots(), &whole).unwrap();
    bench.as_operator("1001");
}

#[test]
fn a_label_that_calls_a_demo_real_or_a_real_one_demo_opens_nothing() {
    let bench = bench();
    let path = bench.home().folder().join("terminal.toml");
    let label = fs::read_to_string(&path).unwrap();
    fs::write(&path, label.replace("demo = true", "demo = false")).unwrap();
    assert!(bench.open("1001", password("1001")).is_err());
}

#[test]
fn no_name_number_or_password_stands_in_any_file_in_clear() {
    let bench = bench();
    let (office, session) = bench.as_operator("1001");
    office.sign_out(&session).unwrap();
    drop(office);
    for entry in fs::read_dir(bench.home().folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() == "demo-operators.toml" {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for canary in ["花子", password("1001")] {
            assert!(
                !holds(&bytes, canary.as_bytes()),
                "{canary} in {}",
                path.display()
            );
        }
    }
}

fn holds(bytes: &[u8], canary: &[u8]) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary)
}

#[test]
fn a_folder_that_is_taken_is_not_touched() {
    let bench = bench();
    let before = listing(bench.home().folder());
    assert!(demo::make(&bench.home(), bench.clock.machine(), 1, Cost::CHEAP).is_err());
    assert_eq!(listing(bench.home().folder()), before);
    assert_eq!(listing(bench.folder.path()), ["home"]);
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
