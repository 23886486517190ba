//! 窓口. The shell under a clerk's hand: places of the rail, palette, help, lock, a second person; over a real database
//! in a temporary folder.

use chrono::{DateTime, Utc};
use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::{Door, Seat},
        theme::Scheme,
    },
    office::{Handle, Machine, Office, demo::Cast},
    store::{Database, DatabaseKey, forecast},
};

use crate::hand::Hand;

fn now() -> DateTime<Utc> {
    "2026-11-24T00:41:00Z".parse().unwrap()
}

struct Desk {
    hand: Hand<App, Message>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn of(operator: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::new([7; 32]);
        let database = Database::create(&folder.path().join("madoguchi.db"), &key).unwrap();
        let mut count = 0_u8;
        let machine = Machine::new(now, move |bytes| {
            bytes.iter_mut().for_each(|byte| {
                count = count.wrapping_add(1);
                *byte = count;
            });
        });
        let office = Office::new(database, machine);
        let cast = Cast::new(1, now(), &key);
        cast.found(&office).unwrap();
        let seat = Seat {
            handle: Handle::new(office),
            session: cast.session(operator),
            office: "いわき市 平地区保健福祉センター".into(),
            sample: true,
        };
        let door = Door::new(folder.path().to_owned(), true);
        let (app, task) = App::seated(door, seat, now());
        let mut hand = Hand::new(app, App::update, App::view);
        hand.run(task);
        hand.press(Named::F24);
        Self {
            hand,
            _folder: folder,
        }
    }

    fn alt(&mut self, letter: &str) {
        self.hand
            .press_with(Key::Character(letter.into()), Modifiers::ALT);
    }

    fn control(&mut self, letter: &str) {
        self.hand
            .press_with(Key::Character(letter.into()), Modifiers::CTRL);
    }
}

#[test]
fn whoever_sits_down_has_the_forecasts_brought_up_to_date_in_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let office = crate::feed::office(folder.path());
    crate::feed::city_of(&office, &[crate::feed::row(1, &[]), crate::feed::row(2, &[])]);
    let version = &madoguchi::rules::embedded().version;
    assert!(office.read(|c| forecast::is_outdated(c, version)).unwrap());
    let key = DatabaseKey::new([7; 32]);
    let seat = Seat {
        handle: Handle::new(office),
        session: Cast::new(1, Utc::now(), &key).session("1001"),
        office: "いわき市".into(),
        sample: true,
    };
    let handle = seat.handle.clone();
    let (app, task) = App::seated(Door::new(folder.path().to_owned(), true), seat, Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    let one = crate::feed::subject(1);
    let read = handle.read(move |office| office.read(|c| forecast::fresh(c, one, version)).unwrap());
    assert!(iced::futures::executor::block_on(read).is_some());
}

#[test]
fn home_opens_with_the_first_work_in_focus_and_shows_office_day_and_operator() {
    let mut desk = Desk::of("1001");
    assert!(desk.hand.is_focused("work"));
    for words in [
        "いわき市 平地区保健福祉センター",
        "R8.11.24(火) 9:41",
        "見本 花子（窓口）",
        "見本",
        "待っている仕事",
    ] {
        assert!(desk.hand.sees(words), "{words}");
    }
}

#[test]
fn alt_and_the_key_of_the_rail_opens_each_place_and_escape_comes_back() {
    let mut desk = Desk::of("1001");
    for (key, title) in [
        ("2", "個人カード"),
        ("5", "承認"),
        ("w", "操作履歴"),
        ("0", "この端末の設定"),
    ] {
        desk.alt(key);
        assert!(desk.hand.sees(title), "{title}");
    }
    desk.hand.press(Named::Escape);
    assert!(desk.hand.sees("操作履歴"));
    desk.alt("1");
    assert_eq!(desk.hand.focused(), Some("work".into()));
}

#[test]
fn the_palette_finds_a_screen_by_its_reading_and_opens_it() {
    let mut desk = Desk::of("1001");
    desk.control("k");
    assert!(desk.hand.is_focused("palette"));
    desk.hand.type_text("しょうめい");
    desk.hand.press(Named::Enter);
    // 「証明書の交付」 the deed needs a person, so the palette asks for one; the screen stands below it.
    assert!(desk.hand.sees("どの人ですか"));
    desk.hand.press(Named::Escape);
    desk.control("k");
    desk.hand.type_text("そうさりれき");
    desk.hand.press(Named::ArrowDown);
    desk.hand.press(Named::Enter);
    assert!(desk.hand.sees("操作履歴"));
    assert!(!desk.hand.sees("人・画面・すること"));
}

#[test]
fn escape_closes_the_palette_and_gives_the_focus_back() {
    let mut desk = Desk::of("1001");
    desk.control("k");
    desk.hand.type_text("a");
    desk.hand.press(Named::Escape);
    assert!(desk.hand.is_focused("work"));
}

#[test]
fn help_explains_the_field_in_focus_and_the_second_press_shows_the_keys() {
    let mut desk = Desk::of("1001");
    desk.hand.press(Named::F1);
    assert!(desk.hand.sees("行を選んで Enter"));
    desk.hand.press(Named::F1);
    assert!(desk.hand.sees("キーの一覧"));
    desk.hand.press(Named::Escape);
    assert!(desk.hand.is_focused("work"));
}

#[test]
fn the_lock_covers_everything_and_only_the_password_is_reachable() {
    let mut desk = Desk::of("1001");
    desk.hand.press(Named::F11);
    assert!(desk.hand.is_focused("unlock"));
    assert!(desk.hand.sees("さんが使用中"));
    assert!(!desk.hand.sees("待っている仕事"));
    for _ in 0..4 {
        desk.hand.press(Named::Tab);
    }
    assert!(!desk.hand.is_focused("work"));
    desk.alt("2");
    desk.control("k");
    assert!(!desk.hand.sees("個人カード"));
    desk.hand.press(Named::Escape);
    assert!(desk.hand.sees("さんが使用中"));
}

#[test]
fn ctrl_l_locks_from_inside_the_palette_too() {
    let mut desk = Desk::of("1001");
    desk.control("k");
    desk.control("l");
    assert!(desk.hand.sees("さんが使用中"));
    assert!(!desk.hand.sees("人・画面・すること"));
}

#[test]
fn leaving_asks_first_and_the_safe_answer_has_the_focus() {
    let mut desk = Desk::of("1001");
    desk.hand.press(Named::F10);
    assert!(desk.hand.is_focused("stay"));
    desk.hand.press(Named::Enter);
    assert!(desk.hand.is_focused("work"));
    desk.hand.press(Named::F10);
    desk.hand.press(Named::Tab);
    desk.hand.press(Named::Enter);
    assert!(desk.hand.sees("操作者番号"));
    assert!(desk.hand.is_focused("operator"));
}

#[test]
#[ignore = "draws pictures for eyes"]
fn pictures() {
    let shot = |desk: &mut Desk, name: &str| {
        for (scheme, tag) in [(Scheme::Light, ""), (Scheme::HighContrast, "-hc")] {
            desk.hand.picture(
                &scheme.theme(),
                std::path::Path::new(&format!("/tmp/shots/{name}{tag}.png")),
            );
        }
    };
    std::fs::create_dir_all("/tmp/shots").unwrap();
    let mut desk = Desk::of("1001");
    shot(&mut desk, "home");
    desk.control("k");
    desk.hand.type_text("しょ");
    shot(&mut desk, "palette");
    desk.hand.press(Named::Escape);
    desk.hand.press(Named::F1);
    desk.hand.press(Named::F1);
    shot(&mut desk, "keycard");
    desk.hand.press(Named::Escape);
    desk.hand.press(Named::F11);
    shot(&mut desk, "lock");
    desk.hand.press(Named::F9);
    shot(&mut desk, "signin");
    let mut desk = Desk::of("1001");
    desk.hand = desk.hand.sized(1920.0, 1080.0);
    shot(&mut desk, "home-1920");
}
