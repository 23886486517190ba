//! 証明書の画面. An application under a clerk's hand: what is missing is said, then the sheet is issued.

use chrono::Utc;
use iced::{Element, Task, keyboard::key::Named};
use madoguchi::{
    desktop::{
        desk::{Action, Desk},
        screen::certificate::{Certificate, Message},
        theme::Scheme,
        widget::keys::keys,
    },
    domain::record::{Category, Source},
    office::Handle,
};

use crate::{
    certificate::{approve, give},
    feed::subject,
    hand::Hand,
    voucher::Bench,
};

struct Alone {
    screen: Certificate,
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

fn picture(hand: &mut Hand<Alone, Message>, name: &str) {
    if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
        hand.picture(&Scheme::Light.theme(), &std::path::Path::new(&folder).join(name));
    }
}

fn choose(hand: &mut Hand<Alone, Message>, group: &'static str, digit: &str) {
    for _ in 0..20 {
        if hand.is_focused(group) {
            break;
        }
        hand.press(Named::Tab);
    }
    assert!(hand.is_focused(group), "{group}");
    hand.type_text(digit);
}

#[test]
fn a_certificate_is_issued_with_keys_alone_once_nothing_is_missing() {
    let bench = Bench::of(1);
    let record = give(&bench, 1, Source::OwnEntry, Category::RoutineA);
    approve(&bench, record);
    let session = bench.by("1001");
    let Bench { folder, office, .. } = bench;
    let desk = Desk {
        handle: Handle::new(office),
        session,
        today: (Utc::now() + chrono::TimeDelta::hours(9)).date_naive(),
    };
    let (screen, task) = Certificate::open(&desk, Some(subject(1)));
    let mut hand = Hand::new(Alone { screen, desk }, update, view);
    hand.run(task);
    hand.press(Named::F24);
    assert!(hand.sees("使いみちを選んでください"), "what is missing");
    hand.press(Named::F12);
    assert!(!hand.sees("交付しました"), "nothing is issued before");
    choose(&mut hand, "purpose", "4");
    choose(&mut hand, "applicant", "2");
    choose(&mut hand, "document", "5");
    picture(&mut hand, "certificate.png");
    hand.press(Named::F12);
    assert!(hand.sees("交付しました"), "issued");
    hand.press(Named::F12);
    assert!(
        hand.sees("使いみちを選んでください") && hand.sees("1件"),
        "a second sheet is another application"
    );
    picture(&mut hand, "certificate-issued.png");
    drop(folder);
}
