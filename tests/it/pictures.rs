//! 画面の絵. Draws every screen of a small demo city in both themes and both sizes into `MADOGUCHI_PICTURES`, to be
//! looked at beside the design. Left out without that variable.

use std::path::PathBuf;

use chrono::Utc;
use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::Door,
        theme::Scheme,
    },
    office::{Home, Machine, demo},
};

use crate::hand::Hand;

struct Painter {
    hand: Hand<App, Message>,
    folder: PathBuf,
}

impl Painter {
    fn open(home: &Home, folder: PathBuf) -> Self {
        let (app, task) = App::new(Door::new(home.folder().to_owned(), true), Utc::now());
        let mut hand = Hand::new(app, App::update, App::view);
        hand.run(task);
        hand.press(Named::F24);
        Self { hand, folder }
    }

    fn sign_in(&mut self, number: &str) {
        let person = demo::OPERATORS
            .iter()
            .find(|person| person.operator == number)
            .expect("one of the demo");
        self.hand.type_text(number);
        self.hand.press(Named::Enter);
        self.hand.type_text(person.password);
        self.hand.press(Named::Enter);
        self.hand.press(Named::F24);
    }

    fn alt(&mut self, letter: &str) {
        self.hand
            .press_with(Key::Character(letter.into()), Modifiers::ALT);
        self.hand.press(Named::F24);
    }

    fn paint(&mut self, name: &str) {
        for (scheme, tag) in [(Scheme::Light, ""), (Scheme::HighContrast, "-hc")] {
            let path = self.folder.join(format!("{name}{tag}.png"));
            self.hand.picture(&scheme.theme(), &path);
        }
    }
}

#[test]
fn every_screen_can_be_drawn() {
    let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let home = Home::new(folder.join("home"));
    let size = demo::Size {
        seed: 7,
        residents: 800,
        years: 3,
    };
    demo::ensure(&home, Machine::real(), size, &|_, _, _| {}).unwrap();
    let mut painter = Painter::open(&home, folder.clone());
    painter.paint("01-signin");
    painter.sign_in("1002");
    painter.paint("02-home");
    for (key, name) in [
        ("3", "04-entry"),
        ("4", "04-bundles"),
        ("5", "06-approvals"),
        ("9", "09-vouchers"),
    ] {
        painter.alt(key);
        painter.paint(name);
    }
    painter.alt("2");
    painter.hand.type_text("さとう");
    std::thread::sleep(std::time::Duration::from_millis(400));
    painter.hand.press(Named::F24);
    painter.hand.press(Named::Enter);
    painter.hand.press(Named::F24);
    painter.paint("03-person");
    painter.hand = painter.hand.sized(1920.0, 1080.0);
    painter.paint("03-person-1920");
    let mut painter = Painter::open(&home, folder.clone());
    painter.sign_in("1003");
    for (key, name) in [
        ("6", "07-draw"),
        ("7", "08-print"),
        ("8", "09-certificate"),
        ("0", "15-settings"),
    ] {
        painter.alt(key);
        painter.paint(name);
    }
    let mut painter = Painter::open(&home, folder);
    painter.sign_in("1004");
    painter.alt("w");
    painter.paint("12-audit");
}
