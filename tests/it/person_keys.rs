//! 個人カードの鍵. From the card of a person the keys lead to what concerns her: entry, voucher, certificate, correction.
//! From ホーム, where nobody is chosen yet, they lead to the search and say why.

use chrono::Utc;
use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::{Door, Seat},
        theme::Scheme,
    },
    domain::{
        questionnaire::{FormRef, draft::Draft},
        record::{DoseNumber, Outcome},
    },
    office::Handle,
};

use crate::{feed::subject, hand::Hand, voucher::Bench};

/// A clerk in the whole desk of a demo home.
pub struct Desk {
    pub hand: Hand<App, Message>,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub fn of(bench: Bench) -> Self {
        let session = bench.by("1001");
        let seat = Seat {
            handle: Handle::new(bench.office),
            session,
            office: "いわき市".into(),
            sample: true,
        };
        let door = Door::new(bench.folder.path().join("home"), true);
        let (app, task) = App::seated(door, seat, Utc::now());
        let mut hand = Hand::new(app, App::update, App::view);
        hand.run(task);
        hand.press(Named::F24);
        Self {
            hand,
            _folder: bench.folder,
        }
    }

    pub fn alt(&mut self, letter: &str) {
        self.hand
            .press_with(Key::Character(letter.into()), Modifiers::ALT);
    }

    /// A picture for eyes, where a folder for pictures is named.
    pub fn picture(&mut self, name: &str) {
        if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
            let path = std::path::PathBuf::from(folder).join(format!("{name}.png"));
            self.hand.picture(&Scheme::Light.theme(), &path);
        }
    }

    fn open_card(&mut self) {
        self.alt("2");
        self.find();
    }

    fn find(&mut self) {
        assert!(self.hand.is_focused("word"));
        self.hand.type_text("ささき ひまり");
        self.hand.press(Named::Enter);
        assert!(self.hand.sees("判定の理由"), "the only find opens by itself");
    }
}

/// A sheet of the child, entered by the clerk.
fn enter_sheet(bench: &Bench) {
    let clerk = bench.by("1001");
    let recipient = bench.office.open_recipient(&clerk, subject(1)).unwrap();
    let mut draft = Draft::empty(FormRef {
        id: "Y-01".into(),
        version: "R8-2".into(),
    });
    draft.person = Some(subject(1));
    draft.programme = Some("mr1".into());
    draft.dose = Some(DoseNumber::Nth(1));
    draft.written.birth_on = recipient.birth_on;
    draft.vaccinated_on = Some(bench.office.today());
    draft.outcome = Some(Outcome::Incomplete);
    bench.office.enter(&clerk, &draft).unwrap();
}

#[test]
fn the_keys_of_the_card_open_what_concerns_this_person() {
    for (key, words) in [
        (Named::F2, "券なし検索"),
        (Named::F7, "発行できる接種"),
        (Named::F9, "交付の申請"),
    ] {
        let mut desk = Desk::of(Bench::of(1));
        desk.open_card();
        desk.hand.press(key);
        assert!(desk.hand.sees(words), "{key:?}");
        assert!(desk.hand.sees("𠮷田　湊"), "{key:?} is about her");
        desk.picture(&format!("card-{key:?}"));
    }
}

#[test]
fn the_record_that_is_chosen_on_the_card_is_opened_for_correction() {
    let bench = Bench::of(1);
    enter_sheet(&bench);
    let mut desk = Desk::of(bench);
    desk.open_card();
    desk.picture("card-record");
    desk.hand.press(Named::F10);
    assert!(desk.hand.sees("訂正の理由"));
    assert!(desk.hand.sees("訂正する"));
    assert!(desk.hand.sees("𠮷田　湊"));
    desk.picture("card-F10");
}

#[test]
fn without_a_record_f10_still_ends_the_session() {
    let mut desk = Desk::of(Bench::of(1));
    desk.open_card();
    assert!(!desk.hand.sees("訂正"));
    assert!(desk.hand.sees("交代・終了"));
}

#[test]
fn from_home_a_person_is_looked_for_first_and_the_screen_says_why() {
    for (key, sentence, words) in [
        (
            Named::F7,
            "接種券は人ごとに出します。人をさがし、カードで F7 を押してください。",
            "発行できる接種",
        ),
        (
            Named::F9,
            "証明書は人ごとに出します。人をさがし、カードで F9 を押してください。",
            "交付の申請",
        ),
    ] {
        let mut desk = Desk::of(Bench::of(1));
        desk.hand.press(key);
        assert!(desk.hand.sees(sentence));
        desk.picture(&format!("home-{key:?}"));
        desk.find();
        assert!(!desk.hand.sees(sentence));
        desk.hand.press(key);
        assert!(desk.hand.sees(words));
        assert!(desk.hand.sees("𠮷田　湊"));
    }
}
