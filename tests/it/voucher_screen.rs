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
    office::{Handle, voucher::Wanted},
};

use crate::{
    feed::subject,
    hand::Hand,
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
