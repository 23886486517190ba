//! 戸口. Coming in at the window with number and password, locking, coming back, going out; over a demo terminal with
//! its own slot file and cheap passwords.

use chrono::{TimeDelta, Utc};
use iced::keyboard::key::Named;
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::Door,
    },
    office::{Home, Machine, demo},
    seal::password::Cost,
};

use crate::hand::Hand;

struct Terminal {
    hand: Hand<App, Message>,
    _folder: tempfile::TempDir,
}

fn terminal() -> Terminal {
    made_by(Machine::real())
}

/// A terminal that was set up as long ago as the clock of this machine says.
fn made_by(machine: Machine) -> Terminal {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    drop(demo::make(&Home::new(&home), machine, 1, Cost::CHEAP).unwrap());
    let (app, task) = App::new(Door::new(home, true), Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    hand.press(Named::F24);
    Terminal {
        hand,
        _folder: folder,
    }
}

impl Terminal {
    fn sign_in(&mut self, number: &str, password: &str) {
        self.hand.type_text(number);
        self.hand.press(Named::Enter);
        self.hand.type_text(password);
        self.hand.press(Named::Enter);
    }

    fn type_twice(&mut self, new: &str, again: &str) {
        self.hand.type_text(new);
        self.hand.press(Named::Enter);
        self.hand.type_text(again);
        self.hand.press(Named::Enter);
    }
}

#[test]
fn a_demo_shows_its_operators_and_lets_a_clerk_in_by_number_and_password() {
    let mut terminal = terminal();
    assert!(terminal.hand.is_focused("operator"));
    assert!(terminal.hand.sees("kawa-ishi-yuki"));
    terminal.sign_in("1001", "kawa-ishi-yuki");
    assert!(terminal.hand.sees("待っている仕事"));
    assert!(terminal.hand.sees("見本 花子（窓口）"));
}

#[test]
fn a_number_in_full_width_letters_is_taken_too() {
    let mut terminal = terminal();
    terminal.sign_in("１００２", "sora-tori-mado");
    assert!(terminal.hand.sees("待っている仕事"));
}

#[test]
fn a_wrong_password_says_what_is_left_and_keeps_the_number() {
    let mut terminal = terminal();
    terminal.sign_in("1001", "kawa-ishi-umi");
    assert!(terminal.hand.sees("操作者番号かパスワードがちがいます。"));
    assert!(terminal.hand.is_focused("password"));
    assert!(terminal.hand.sees("1001"));
    terminal.hand.type_text("kawa-ishi-yuki");
    terminal.hand.press(Named::F12);
    assert!(terminal.hand.sees("待っている仕事"));
}

#[test]
fn the_lock_opens_with_her_own_password_alone_and_the_work_is_where_it_was() {
    let mut terminal = terminal();
    terminal.sign_in("1001", "kawa-ishi-yuki");
    terminal.hand.press_with(
        iced::keyboard::Key::Character("w".into()),
        iced::keyboard::Modifiers::ALT,
    );
    terminal.hand.press(Named::F11);
    assert!(terminal.hand.is_focused("unlock"));
    terminal.hand.type_text("sora-tori-mado");
    terminal.hand.press(Named::Enter);
    assert!(terminal.hand.sees("ちがいます"));
    terminal.hand.type_text("kawa-ishi-yuki");
    terminal.hand.press(Named::Enter);
    assert!(terminal.hand.sees("操作履歴"));
    assert!(!terminal.hand.sees("さんが使用中"));
}

#[test]
fn after_signing_out_somebody_else_can_come_in() {
    let mut terminal = terminal();
    terminal.sign_in("1001", "kawa-ishi-yuki");
    terminal.hand.press(Named::F10);
    terminal.hand.press(Named::Tab);
    terminal.hand.press(Named::Enter);
    assert!(terminal.hand.is_focused("operator"));
    terminal.sign_in("1003", "umi-kaze-fune");
    assert!(terminal.hand.sees("見本 健"));
}

#[test]
fn a_folder_without_a_terminal_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (app, task) = App::new(Door::new(folder.path().to_owned(), false), Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    hand.press(Named::F24);
    assert!(hand.sees("この端末を開けません"));
    assert!(hand.is_focused("leave"));
}

/// Set up so long ago that every password has lapsed.
fn old_terminal() -> Terminal {
    made_by(Machine::new(
        || Utc::now() - TimeDelta::days(190),
        |bytes| getrandom::fill(bytes).unwrap(),
    ))
}

#[test]
fn a_lapsed_password_is_changed_at_the_door_by_keyboard_and_the_new_one_holds() {
    let mut terminal = old_terminal();
    terminal.sign_in("1001", "kawa-ishi-yuki");
    assert!(terminal.hand.sees("パスワードの期限が過ぎています。"));
    assert!(terminal.hand.is_focused("new-password"));
    terminal.type_twice("asa no umi no iro", "asa no umi no ito");
    assert!(terminal.hand.sees("2回の入力がちがいます。"));
    assert!(terminal.hand.is_focused("new-password"));
    terminal.type_twice("kawa-ishi-yuki", "kawa-ishi-yuki");
    assert!(terminal.hand.sees("今までと同じパスワードです。"));
    assert!(terminal.hand.is_focused("new-password"));
    terminal.type_twice("asa no umi no iro", "asa no umi no iro");
    assert!(terminal.hand.sees("待っている仕事"));
    terminal.hand.press(Named::F10);
    terminal.hand.press(Named::Tab);
    terminal.hand.press(Named::Enter);
    terminal.sign_in("1001", "kawa-ishi-yuki");
    assert!(terminal.hand.sees("操作者番号かパスワードがちがいます。"));
    terminal.hand.type_text("asa no umi no iro");
    terminal.hand.press(Named::F12);
    assert!(terminal.hand.sees("待っている仕事"));
}

#[test]
fn escape_leaves_the_new_password_and_the_old_one_still_holds() {
    let mut terminal = old_terminal();
    terminal.sign_in("1001", "kawa-ishi-yuki");
    terminal.hand.press(Named::Escape);
    assert!(!terminal.hand.sees("期限が過ぎています"));
    assert!(terminal.hand.sees("操作者番号"));
    terminal.hand.press(Named::F24);
    assert!(terminal.hand.is_focused("operator"));
}

#[test]
#[ignore = "draws a picture for eyes"]
fn picture_of_a_lapsed_password() {
    std::fs::create_dir_all("/tmp/shots").unwrap();
    let mut terminal = old_terminal();
    terminal.sign_in("1001", "kawa-ishi-yuki");
    terminal.type_twice("asa no umi no iro", "asa no umi no ito");
    terminal.hand.picture(
        &madoguchi::desktop::theme::Scheme::Light.theme(),
        std::path::Path::new("/tmp/shots/door-lapsed.png"),
    );
}

#[test]
#[ignore = "draws a picture for eyes"]
fn picture() {
    std::fs::create_dir_all("/tmp/shots").unwrap();
    let mut terminal = terminal();
    terminal.sign_in("1001", "kawa-ishi-umi");
    for (scheme, name) in [
        (madoguchi::desktop::theme::Scheme::Light, "door"),
        (madoguchi::desktop::theme::Scheme::HighContrast, "door-hc"),
    ] {
        terminal.hand.picture(
            &scheme.theme(),
            std::path::Path::new(&format!("/tmp/shots/{name}.png")),
        );
    }
}
