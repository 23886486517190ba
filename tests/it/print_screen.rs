//! 印刷の画面. A run under a clerk's hand: the list, the sheet as it will be printed, what can't be done yet.

use chrono::Utc;
use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::{Door, Seat},
        theme::Scheme,
    },
    office::{Handle, run::RunRequest},
};

use crate::{
    feed::subject,
    hand::Hand,
    voucher::{Bench, mr1},
};

pub fn seated(bench: Bench, operator: &str) -> (Hand<App, Message>, tempfile::TempDir) {
    let session = bench.by(operator);
    let Bench { folder, office, .. } = bench;
    let seat = Seat {
        handle: Handle::new(office),
        session,
        office: "いわき市 平地区保健福祉センター".into(),
        sample: true,
    };
    let door = Door::new(folder.path().join("home"), true);
    let (app, task) = App::seated(door, seat, Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    hand.press(Named::F24);
    (hand, folder)
}

pub fn picture(hand: &mut Hand<App, Message>, name: &str) {
    if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
        hand.picture(&Scheme::Light.theme(), &std::path::Path::new(&folder).join(name));
    }
}

/// A run of three sheets that need no release, with the screen of the officer open on it.
fn three_sheets() -> (Hand<App, Message>, tempfile::TempDir) {
    let bench = Bench::of(3);
    let (programme, dose) = mr1();
    let request = RunRequest {
        programme,
        dose,
        persons: (1..=3).map(subject).collect(),
        draw: None,
    };
    bench.office.prepare_run(&bench.by("1003"), &request).unwrap();
    let (mut hand, folder) = seated(bench, "1003");
    hand.press_with(Key::Character("7".into()), Modifiers::ALT);
    (hand, folder)
}

#[test]
fn a_sheet_is_destroyed_only_with_its_number_and_its_reason() {
    let (mut hand, _folder) = three_sheets();
    hand.press(Named::F9);
    assert!(hand.sees("廃棄した紙の通番を入れてください") && hand.is_focused("serial"));
    hand.type_text("2");
    hand.press(Named::F9);
    assert!(hand.sees("刷損のわけを選んでください") && hand.is_focused("spoil-reason"));
}

#[test]
fn a_run_is_stopped_for_good_only_after_a_question() {
    let (mut hand, _folder) = three_sheets();
    hand.press(Named::F8);
    assert!(hand.sees("残りの 3 枚はもう刷れません") && hand.is_focused("go-on"));
    hand.press(Named::Escape);
    assert!(!hand.sees("もう刷れません"));
    hand.press(Named::F8);
    hand.press(Named::Tab);
    hand.press(Named::Enter);
    assert!(hand.sees("印刷を中止しました"));
}

#[test]
fn a_run_of_twelve_waits_for_release_and_shows_the_sheet_of_the_first_person() {
    let bench = Bench::of(12);
    let (programme, dose) = mr1();
    let request = RunRequest {
        programme,
        dose,
        persons: (1..=12).map(subject).collect(),
        draw: None,
    };
    bench.office.prepare_run(&bench.by("1003"), &request).unwrap();
    let (mut hand, _folder) = seated(bench, "1003");
    hand.press_with(Key::Character("7".into()), Modifiers::ALT);
    for words in ["印刷の仕事", "別に扱うもの", "除いた人はいません", "照合値"] {
        assert!(hand.sees(words), "{words}");
    }
    picture(&mut hand, "print.png");
    hand.press(Named::F4);
    assert!(hand.sees("12 枚"), "a second person is asked for");
    picture(&mut hand, "print-release.png");
}
