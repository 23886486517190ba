//! 券番号を入れる手. Vouchers issued at the counter are keyed in the entry: the person is there with the tenth digit,
//! and whatever bars the usual way is said beside the number or the person.

use chrono::Utc;
use madoguchi::{
    domain::voucher::{VoidReason, VoucherNumber},
    office::{feed::Extent, voucher::Wanted},
};

use crate::{
    feed::{file, row, subject, take_next},
    person_keys::Desk,
    voucher::{Bench, mr1},
};

fn issue(bench: &Bench) -> VoucherNumber {
    let (programme, dose) = mr1();
    let wanted = Wanted {
        person: subject(1),
        programme,
        dose,
    };
    let issued = bench.office.issue_voucher(&bench.by("1001"), wanted);
    issued.unwrap().number
}

/// The number is keyed in the entry; the last digit opens it.
fn keyed(bench: Bench, number: &str) -> Desk {
    let mut desk = Desk::of(bench);
    desk.alt("3");
    assert!(desk.hand.is_focused("voucher"));
    desk.hand.type_text(number);
    desk
}

/// The register tells of the child again, in a file of its own.
fn told(bench: &Bench, changes: &[(&str, &str)]) {
    let born = (Utc::now() - chrono::TimeDelta::days(500))
        .format("%Y%m%d")
        .to_string();
    let mut all = vec![
        ("処理区分", "2"),
        ("漢字氏名", "𠮷田　湊"),
        ("生年月日", born.as_str()),
    ];
    all.extend_from_slice(changes);
    take_next(
        &bench.office,
        &file(Extent::Differential, (1, 2), &[row(1, &all)]),
    );
}

#[test]
fn the_number_of_an_issued_voucher_opens_the_person_the_programme_and_the_dose() {
    let bench = Bench::of(1);
    let number = issue(&bench);
    let mut desk = keyed(bench, number.as_str());
    assert!(desk.hand.sees("𠮷田　湊"));
    assert!(desk.hand.sees("検査数字 正しい"));
    assert!(desk.hand.sees("有効"));
    desk.picture("voucher-keyed");
}

#[test]
fn a_slip_of_the_finger_is_told_by_the_check_digit() {
    let bench = Bench::of(1);
    let number = issue(&bench);
    let mut digits: Vec<char> = number.as_str().chars().collect();
    let last = digits.pop().unwrap().to_digit(10).unwrap();
    digits.push(char::from_digit((last + 1) % 10, 10).unwrap());
    let typed: String = digits.into_iter().collect();
    let mut desk = keyed(bench, &typed);
    assert!(
        desk.hand
            .sees("検査数字が合いません。10けたをもう一度見てください。")
    );
    assert!(!desk.hand.sees("𠮷田　湊"));
    desk.picture("voucher-check-digit");
}

#[test]
fn a_void_voucher_names_the_one_that_replaces_it() {
    let bench = Bench::of(1);
    let old = issue(&bench);
    let new = bench
        .office
        .reissue_voucher(&bench.by("1001"), &old, VoidReason::Lost)
        .unwrap()
        .number;
    let mut desk = keyed(bench, old.as_str());
    assert!(desk.hand.sees("この券は無効です（"));
    let grouped = madoguchi::office::enter::in_groups(new.as_str());
    assert!(desk.hand.sees(&format!("再発行）。新しい券は {grouped} です。")));
    assert!(!desk.hand.sees("𠮷田　湊"));
    desk.picture("voucher-void");
}

#[test]
fn one_who_has_moved_away_or_died_is_opened_with_the_day_that_matters() {
    for (status, reason, sentence) in [
        (
            "2",
            "国内転出",
            "この方は R8.10.31 に転出しています。接種日が転出の前か確かめてください。",
        ),
        (
            "3",
            "死亡",
            "この方は R8.10.31 に亡くなっています。接種日がその前か確かめてください。",
        ),
    ] {
        let bench = Bench::of(1);
        let number = issue(&bench);
        let changes = [("住民区分", status), ("異動事由", reason), ("異動日", "20261031")];
        told(&bench, &changes);
        let mut desk = keyed(bench, number.as_str());
        assert!(desk.hand.sees("𠮷田　湊"), "{reason}");
        assert!(desk.hand.sees(sentence), "{reason}");
        desk.picture(&format!("voucher-{status}"));
    }
}

#[test]
fn the_address_of_a_protected_person_stays_covered() {
    let bench = Bench::of(1);
    let number = issue(&bench);
    told(
        &bench,
        &[
            ("異動事由", "軽微な修正"),
            ("支援措置", "1"),
            ("支援措置終了日", "20270331"),
        ],
    );
    let mut desk = keyed(bench, number.as_str());
    assert!(desk.hand.sees("支援措置の人です。住所は伏せています。"));
    assert!(!desk.hand.sees("梅本"));
    desk.picture("voucher-protected");
}
