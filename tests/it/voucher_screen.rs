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
    office::Handle,
};

use crate::{feed::subject, hand::Hand, voucher::Bench};

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
