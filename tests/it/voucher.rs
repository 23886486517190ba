//! 接種券の旅. Issued at the counter, lost, issued again, dispatched; a number is never given twice, whatever
//! becomes of the database.

use std::path::Path;

use chrono::Utc;
use madoguchi::{
    domain::{
        programme::ProgrammeCode,
        record::DoseNumber,
        voucher::{VoidReason, VoucherNumber},
    },
    office::{
        Machine, Office, Session,
        demo::{self, Cast},
        home::Home,
        number::NumberError,
        sign_in::open_demo,
        voucher::{VoucherError, Wanted},
    },
    print::single,
    seal::password::Cost,
    store::voucher,
};

use super::feed::{city_of, row, subject};

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub office: Office,
    pub cast: Cast,
}

impl Bench {
    /// A demo city of so many one-year-olds.
    pub fn of(children: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (office, cast) = demo::make(&home(folder.path()), Machine::real(), 1, Cost::CHEAP).unwrap();
        let born = (Utc::now() - chrono::TimeDelta::days(500))
            .format("%Y%m%d")
            .to_string();
        let rows: Vec<_> = (1..=children)
            .map(|number| {
                let name = ["葛\u{E0100}城　莉央", "𠮷田　湊", "髙橋　律", "山﨑　凛"][number as usize % 4];
                row(
                    number,
                    &[("漢字氏名", name), ("生年月日", &born), ("異動日", &born)],
                )
            })
            .collect();
        city_of(&office, &rows);
        Self { folder, office, cast }
    }

    pub fn by(&self, operator: &str) -> Session {
        self.cast.session(operator)
    }

    pub fn reopen(self) -> Self {
        let Self { folder, office, cast } = self;
        drop(office);
        let office = open_demo(&home(folder.path()), Machine::real()).unwrap();
        Self { folder, office, cast }
    }
}

fn home(folder: &Path) -> Home {
    Home::new(folder.join("home"))
}

pub fn mr1() -> (ProgrammeCode, DoseNumber) {
    (ProgrammeCode::parse("mr1").unwrap(), DoseNumber::Nth(1))
}

fn wanted(child: u32) -> Wanted {
    let (programme, dose) = mr1();
    Wanted {
        person: subject(child),
        programme,
        dose,
    }
}

#[test]
fn a_lost_voucher_is_issued_again_and_the_old_number_is_void() {
    let bench = Bench::of(2);
    let clerk = bench.by("1001");
    let first = bench.office.issue_voucher(&clerk, wanted(1)).unwrap();
    assert!(
        first.sheet.texts().contains(&"𠮷田　湊".to_owned()),
        "{:?}",
        first.sheet.texts()
    );
    assert!(matches!(
        bench.office.issue_voucher(&clerk, wanted(1)),
        Err(VoucherError::HasVoucher)
    ));
    let second = bench
        .office
        .reissue_voucher(&clerk, &first.number, VoidReason::Lost)
        .unwrap();
    assert_ne!(first.number, second.number);
    let lines = bench
        .office
        .read(|c| voucher::vouchers_of(c, subject(1)))
        .unwrap();
    let state = |number: &VoucherNumber| {
        let line = lines.iter().find(|line| line.number == number.as_str()).unwrap();
        (line.state(), line.replaces.clone())
    };
    assert_eq!(state(&first.number), ("無効", None));
    assert_eq!(
        state(&second.number),
        ("有効", Some(first.number.as_str().to_owned()))
    );
    assert!(matches!(
        bench.office.dispatch_voucher(&clerk, &first.number),
        Err(VoucherError::Closed)
    ));
    bench.office.dispatch_voucher(&clerk, &second.number).unwrap();
    let today = (Utc::now() + chrono::TimeDelta::hours(9)).date_naive();
    let daily = bench
        .office
        .read(|c| voucher::issued_at_counter(c, today))
        .unwrap();
    assert_eq!(daily.len(), 2, "both stand on the supervisor's list");
}

#[test]
fn a_printed_voucher_says_what_the_register_says_and_is_marked_as_a_specimen() {
    let bench = Bench::of(1);
    let clerk = bench.by("1001");
    let issued = bench.office.issue_voucher(&clerk, wanted(1)).unwrap();
    let (sheet, job) = bench.office.print_voucher(&clerk, &issued.number).unwrap();
    assert!(
        !job.name.contains(issued.number.as_str()),
        "the name of a job says nothing of a person"
    );
    assert!(job.pdf.starts_with(b"%PDF"));
    assert_eq!(sheet.digest(), issued.sheet.digest());
    for text in [
        "見本",
        "麻しん風しん 第1期",
        issued.number.as_str(),
        "いわき市平字梅本21",
        "〒970-8026",
    ] {
        assert!(
            sheet.texts().iter().any(|found| found == text),
            "{text}: {:?}",
            sheet.texts()
        );
    }
    assert!(single::pdf("Y-01", &[sheet]).unwrap().len() < 200_000);
    bench
        .office
        .confirm_voucher(&clerk, &issued.number, true)
        .unwrap();
    let line = bench
        .office
        .read(|c| voucher::voucher(c, issued.number.as_str()))
        .unwrap()
        .unwrap();
    assert_eq!((line.printed_count, line.spoiled_count), (1, 0));
}

#[test]
fn nobody_gets_a_voucher_for_a_dose_that_no_day_is_left_for() {
    let bench = Bench::of(1);
    let late = Wanted {
        programme: ProgrammeCode::parse("rota1").unwrap(),
        ..wanted(1)
    };
    let error = bench.office.issue_voucher(&bench.by("1001"), late).unwrap_err();
    assert!(matches!(error, VoucherError::NotEligible(_)), "{error:?}");
    let unknown = Wanted {
        person: subject(99),
        ..wanted(1)
    };
    assert!(matches!(
        bench.office.issue_voucher(&bench.by("1001"), unknown),
        Err(VoucherError::UnknownPerson)
    ));
    assert!(
        bench.office.issue_voucher(&bench.by("1007"), wanted(1)).is_err(),
        "a technician"
    );
}

#[test]
fn numbers_go_on_behind_the_mark_after_a_restart_and_an_old_copy_gives_none_twice() {
    let mut bench = Bench::of(8);
    let before = home(bench.folder.path()).database();
    let mut given = Vec::new();
    for child in 1..=3 {
        let issued = bench
            .office
            .issue_voucher(&bench.by("1001"), wanted(child))
            .unwrap();
        given.push(issued.number);
    }
    bench = bench.reopen();
    // A copy as it was before: everything since is unknown to it, and yet no number comes out again.
    let copy = std::fs::read(&before).unwrap();
    for child in 4..=6 {
        let issued = bench
            .office
            .issue_voucher(&bench.by("1001"), wanted(child))
            .unwrap();
        given.push(issued.number);
    }
    let Bench { folder, office, cast } = bench;
    drop(office);
    std::fs::write(&before, copy).unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", before.display()));
    }
    let office = open_demo(&home(folder.path()), Machine::real()).unwrap();
    let restored = Bench { folder, office, cast };
    for child in 4..=6 {
        assert!(matches!(
            restored.office.issue_voucher(&restored.by("1001"), wanted(child)),
            Err(VoucherError::Number(NumberError::Lost(_)))
        ));
    }
    let count = given.len();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), count, "a number was given twice");
}
