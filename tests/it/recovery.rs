//! 復旧の旅. A backup opens with two officials' media, a damaged one doesn't, and what has been restored says so in its
//! log and issues no number before numbers are assigned anew.

use std::fs;

use madoguchi::{
    domain::{
        operator::{Role, Roles, Validity},
        revision::OperatorId,
        trust::NumberSeries,
    },
    office::{
        Home, SignInError,
        backup::{self, Restore, RestoreError},
        demo,
        home::TerminalLabel,
        number::NumberError,
        open,
        people::PeopleError,
        setup::NewOperator,
    },
    seal::{password::Cost, recovery::OfficialKey},
    store::audit,
};

use crate::bench::{Bench, bench, password};

const NEW: &str = "kita-no-machi-yuki";

fn officials(bench: &Bench) -> [OfficialKey; 2] {
    [1, 2].map(|number| {
        let text =
            fs::read_to_string(bench.home().folder().join(format!("demo-recovery-{number}.txt"))).unwrap();
        backup::read_medium(&text, demo::PASSPHRASES[number - 1]).unwrap()
    })
}

fn restore(bench: &Bench, officials: [&OfficialKey; 2], to: &str) -> Result<(), RestoreError> {
    let validity = Validity {
        from: "2026-11-24".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
    };
    let plan = Restore {
        from: &bench.folder.path().join("copy"),
        label: TerminalLabel {
            terminal: "M02".into(),
            office: "平".into(),
            city: "いわき市".into(),
            demo: true,
            entry: String::new(),
        },
        officials,
        administrator: NewOperator {
            operator: OperatorId("9001".into()),
            name: "復旧 直子".into(),
            roles: Roles::of(&[Role::RightsAdministrator, Role::Supervisor]),
            terminals: vec![],
            validity,
            password: NEW.to_owned().into(),
        },
        cost: Cost::CHEAP,
        validity,
    };
    backup::restore(
        &Home::new(bench.folder.path().join(to)),
        bench.clock.machine(),
        &plan,
    )
}

fn backed_up() -> Bench {
    let bench = bench();
    let (office, technician) = bench.as_operator("1007");
    let report = office
        .back_up(&technician, &bench.folder.path().join("copy"))
        .unwrap();
    assert!(report.size > 0);
    assert!(matches!(
        office.back_up(&technician, &bench.folder.path().join("copy")),
        Err(RestoreError::Taken)
    ));
    bench
}

#[test]
fn two_officials_restore_and_the_log_says_so() {
    let bench = backed_up();
    let [one, other] = officials(&bench);
    restore(&bench, [&one, &other], "restored").unwrap();
    let home = Home::new(bench.folder.path().join("restored"));
    let (office, session) = open(&home, bench.clock.machine(), "9001", NEW).unwrap();
    let entries = office.read(|c| audit::entries(c, None, 50)).unwrap();
    let restored = entries
        .iter()
        .find(|entry| entry.deed == "backup.restore")
        .unwrap();
    assert_eq!(restored.operator.0, "R1-2");
    assert!(matches!(
        office.read(audit::verify).unwrap(),
        audit::Verdict::Whole(_)
    ));
    // Nobody's old password opens the new home.
    drop(office);
    assert!(matches!(
        open(&home, bench.clock.machine(), "1001", password("1001")),
        Err(SignInError::Wrong { .. })
    ));
    // No number, until the terminal is enrolled anew; then from above everything ever assigned.
    let (office, _) = open(&home, bench.clock.machine(), "9001", NEW).unwrap();
    assert!(matches!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true),
        Err(NumberError::Restored)
    ));
    drop(session);
    let (office, session) = {
        drop(office);
        open(&home, bench.clock.machine(), "9001", NEW).unwrap()
    };
    office.assign_number_blocks(&session).unwrap();
    assert_eq!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true).unwrap(),
        [100_000_000]
    );
}

#[test]
fn no_number_of_more_than_nine_digits_is_ever_assigned() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    // Ten more blocks, the last of them cut short, are all there are.
    for _ in 0..10 {
        office.assign_number_blocks(&administrator).unwrap();
    }
    let (blocks, _) = office.number_blocks().unwrap();
    assert!(blocks.iter().all(|line| line.block.last == 999_999_999));
    assert!(matches!(
        office.assign_number_blocks(&administrator),
        Err(PeopleError::NoNumbersLeft)
    ));
    assert_eq!(office.number_blocks().unwrap().0, blocks);
}

#[test]
fn one_official_alone_and_officials_of_another_city_restore_nothing() {
    let (ours, theirs) = (backed_up(), bench());
    let [one, _] = officials(&ours);
    assert!(matches!(
        restore(&ours, [&one, &one], "restored"),
        Err(RestoreError::Recovery(_))
    ));
    let [a, b] = officials(&theirs);
    assert!(matches!(
        restore(&ours, [&a, &b], "restored"),
        Err(RestoreError::Recovery(_))
    ));
    assert!(!ours.folder.path().join("restored").exists());
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let bench = backed_up();
    let [one, other] = officials(&bench);
    let copy = bench.folder.path().join("copy/madoguchi.db");
    let whole = fs::read(&copy).unwrap();
    let mut changed = whole.clone();
    changed[10_000] ^= 1;
    fs::write(&copy, changed).unwrap();
    assert!(restore(&bench, [&one, &other], "restored").is_err());
    fs::write(&copy, &whole[..100]).unwrap();
    assert!(restore(&bench, [&one, &other], "restored").is_err());
    fs::remove_file(&copy).unwrap();
    assert!(restore(&bench, [&one, &other], "restored").is_err());
    let left: Vec<_> = fs::read_dir(bench.folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_home_whose_terminal_secret_is_lost_is_recovered_from_its_own_folder() {
    let bench = bench();
    let [one, other] = officials(&bench);
    fs::remove_file(bench.home().demo_secret()).unwrap();
    fs::create_dir(bench.folder.path().join("copy")).unwrap();
    for name in ["madoguchi.db", "recovery.bin"] {
        fs::copy(
            bench.home().folder().join(name),
            bench.folder.path().join("copy").join(name),
        )
        .unwrap();
    }
    restore(&bench, [&one, &other], "restored").unwrap();
}

#[test]
fn who_may_not_back_up_makes_no_copy() {
    let bench = bench();
    let (office, clerk) = bench.as_operator("1001");
    assert!(office.back_up(&clerk, &bench.folder.path().join("copy")).is_err());
    assert!(!bench.folder.path().join("copy").exists());
}
