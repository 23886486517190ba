//! 接種券の画面. A mother at the counter has lost the voucher: issued, issued again with the reason, by keys alone.

use chrono::Utc;
use iced::{Element, Task, keyboard::key::Named};
use madoguchi::{
    desktop::{
        desk::{Action, Desk},
        screen::vouchers::{Message, Vouchers},
        theme::Scheme,
        widget::keys::keys,
    },
    domain::{
        audit::Event,
        deed::Deed,
        voucher::{Issue, VoucherFact, VoucherNumber},
    },
    office::{DeedError, Handle, voucher::Wanted},
    store::{New, Parents},
};

use crate::{
    feed::{city, subject},
    hand::Hand,
    print_screen::{picture, seated},
    voucher::{Bench, mr1},
};

struct Alone {
    screen: Vouchers,
    desk: Desk,
}

fn update(alone: &mut Alone, message: Message) -> Task<Message> {
    match alone.screen.update(message, &alone.desk) {
        Action::Run(task) => task,
        _ => Task::none(),
    }
}

fn view(alone: &Alone) -> Element<'_, Message> {
    keys(alone.screen.view(), alone.screen.keys())
}

#[test]
fn a_voucher_number_finds_its_person_and_a_mistyped_one_says_so() {
    let bench = Bench::of(2);
    let (programme, dose) = mr1();
    let wanted = Wanted {
        person: subject(2),
        programme,
        dose,
    };
    let clerk = bench.by("1001");
    let number = bench.office.issue_voucher(&clerk, wanted).unwrap().number;
    let today = (Utc::now() + chrono::TimeDelta::hours(9)).date_naive();
    for text in [number.to_string(), number.grouped()] {
        let answer = bench.office.search(&clerk, &text, today).unwrap();
        let found: Vec<_> = answer.lines.iter().map(|line| line.subject).collect();
        assert_eq!(found, [subject(2)], "{text}");
    }
    let mut digits = number.to_string().into_bytes();
    digits[9] = b'0' + (digits[9] - b'0' + 1) % 10;
    let answer = bench
        .office
        .search(&clerk, std::str::from_utf8(&digits).unwrap(), today)
        .unwrap();
    assert!(answer.lines.is_empty());
    assert!(answer.advice.unwrap().contains("検査数字"));
}

#[test]
fn a_supervisor_looks_through_what_went_out_today_and_what_contradicts_itself() {
    let bench = Bench::of(3);
    let (programme, dose) = mr1();
    let clerk = bench.by("1001");
    let wanted = |person: u32| Wanted {
        person: subject(person),
        programme,
        dose,
    };
    let number = bench.office.issue_voucher(&clerk, wanted(1)).unwrap().number;
    let twice = bench.office.issue_voucher(&clerk, wanted(2)).unwrap();
    assert_eq!(bench.office.voucher_work().unwrap().contradicting, 0);
    // Another terminal has issued one for the same dose: both are valid, and a person has to settle it.
    second_valid_voucher(&bench, 2, &twice.number);
    let work = bench.office.voucher_work().unwrap();
    assert_eq!((work.issued_today, work.contradicting), (3, 2));
    let (mut hand, _folder) = seated(bench, "1004");
    assert!(hand.sees("窓口で発行した券") && hand.sees("食いちがう券"));
    hand.type_text("4");
    assert!(hand.sees("きょう窓口で発行した券") && hand.sees(&number.grouped()));
    picture(&mut hand, "voucher-lists.png");
    hand.press(Named::Enter);
    assert!(hand.sees("発行できる接種"), "Enter opens the person");
}

/// Appends what a batch of another terminal would bring.
fn second_valid_voucher(bench: &Bench, person: u32, first: &VoucherNumber) {
    let running: u64 = first.to_string()[..9].parse().unwrap();
    let number = VoucherNumber::of_running(running + 500).unwrap();
    let (programme, dose) = mr1();
    let fact = VoucherFact::Issued(Issue {
        number: number.clone(),
        programme,
        dose,
        issued_on: bench.office.today(),
        form: "Y-01".to_owned(),
        form_version: 3,
        run: None,
        replaces: None,
    });
    bench
        .office
        .deed(&bench.by("1001"), Deed::IssueVoucher, |transaction| {
            transaction.append(New {
                subject: number.subject(&city()),
                about: Some(subject(person)),
                body: &fact,
                parents: Parents::None,
            })?;
            transaction.event(Event::new(Deed::IssueVoucher));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

#[test]
fn a_lost_voucher_is_issued_again_with_its_reason_by_keys_alone() {
    let bench = Bench::of(1);
    let session = bench.by("1001");
    let Bench { folder, office, .. } = bench;
    let desk = Desk {
        handle: Handle::new(office),
        session,
        today: (Utc::now() + chrono::TimeDelta::hours(9)).date_naive(),
    };
    let (screen, task) = Vouchers::open(&desk, Some(subject(1)));
    let mut hand = Hand::new(Alone { screen, desk }, update, view);
    hand.run(task);
    hand.press(Named::F24);
    hand.press(Named::F2);
    assert!(hand.sees("を発行しました"), "issued");
    hand.press(Named::F7);
    assert!(hand.sees("理由を選んでください"), "a reason is needed");
    for _ in 0..20 {
        if hand.is_focused("reason") {
            break;
        }
        hand.press(Named::Tab);
    }
    hand.type_text("1");
    hand.press(Named::F7);
    assert!(hand.sees("前の券を無効にし"), "issued again");
    if let Some(pictures) = std::env::var_os("MADOGUCHI_PICTURES") {
        hand.picture(
            &Scheme::Light.theme(),
            &std::path::Path::new(&pictures).join("vouchers.png"),
        );
    }
    drop(folder);
}
