//! 番号の旅. No running number is issued twice, whatever is copied back, and a database below its mark, without a
//! mark or restored issues none.

use std::fs;

use madoguchi::{domain::trust::NumberSeries, office::number::NumberError};

use crate::bench::bench;

#[test]
fn numbers_rise_and_what_was_left_of_a_step_is_not_used_after_a_restart() {
    let bench = bench();
    let (office, _) = bench.as_operator("1001");
    assert_eq!(
        office.take_numbers(NumberSeries::Voucher, 3, |_| true).unwrap(),
        [1, 2, 3]
    );
    assert_eq!(
        office
            .take_numbers(NumberSeries::Voucher, 2, |n| n % 2 == 0)
            .unwrap(),
        [4, 6]
    );
    assert_eq!(
        office
            .take_numbers(NumberSeries::Certificate, 1, |_| true)
            .unwrap(),
        [1]
    );
    drop(office);
    let (office, _) = bench.as_operator("1001");
    assert_eq!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true).unwrap(),
        [51]
    );
}

#[test]
fn a_database_copied_back_opens_and_issues_no_number_again() {
    let bench = bench();
    let (office, _) = bench.as_operator("1001");
    office.take_numbers(NumberSeries::Voucher, 30, |_| true).unwrap();
    drop(office);
    let copy = fs::read(bench.home().database()).unwrap();
    let (office, _) = bench.as_operator("1001");
    office.take_numbers(NumberSeries::Voucher, 30, |_| true).unwrap();
    drop(office);
    for _ in 0..3 {
        fs::write(bench.home().database(), &copy).unwrap();
        let (office, session) = bench.as_operator("1001");
        assert!(matches!(
            office.take_numbers(NumberSeries::Voucher, 1, |_| true),
            Err(NumberError::Lost(_))
        ));
        office.lock(&session).unwrap();
    }
}

#[test]
fn a_database_far_below_its_mark_opens_but_issues_no_number() {
    let bench = bench();
    let (office, _) = bench.as_operator("1001");
    office.take_numbers(NumberSeries::Voucher, 1, |_| true).unwrap();
    for _ in 0..2 {
        office
            .take_numbers(NumberSeries::Voucher, 20_000, |_| true)
            .unwrap();
    }
    office
        .read(|c| {
            c.execute_batch(
                "PRAGMA query_only = OFF; UPDATE marks SET value = 50 WHERE name = 'number_mark_voucher'",
            )?;
            Ok(())
        })
        .unwrap();
    drop(office);
    let (office, session) = bench.as_operator("1001");
    assert!(matches!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true),
        Err(NumberError::BelowMark)
    ));
    office.lock(&session).unwrap();
}

#[test]
fn a_restored_database_issues_no_number() {
    let bench = bench();
    let (office, session) = bench.as_operator("1001");
    office
        .deed(&session, madoguchi::domain::deed::Deed::Lock, |transaction| {
            transaction.raise_mark(madoguchi::store::marks::RESTORED, 1)?;
            transaction.event(madoguchi::domain::audit::Event::new(
                madoguchi::domain::deed::Deed::Lock,
            ));
            Ok::<_, madoguchi::office::DeedError>(())
        })
        .unwrap();
    assert!(matches!(
        office.take_numbers(NumberSeries::Voucher, 1, |_| true),
        Err(NumberError::Restored)
    ));
}

#[test]
fn more_numbers_than_the_terminal_has_are_refused_whole() {
    let bench = bench();
    let (office, _) = bench.as_operator("1001");
    assert!(matches!(
        office.take_numbers(NumberSeries::Voucher, 20_001, |_| true),
        Err(NumberError::TooMany)
    ));
}
