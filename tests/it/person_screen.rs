//! 個人カードの画面. A clerk's hand finds people in a small demo city with keys alone, opens cards, and shows a covered
//! address by a deed.

use chrono::{DateTime, Utc};
use iced::keyboard::key::Named;
use madoguchi::{
    desktop::{
        desk::{Action, Desk},
        screen::person::{Message, Person},
        theme::Scheme,
        widget::keys::keys,
    },
    office::{
        Handle, Machine, Office,
        demo::{Cast, Size, fill},
    },
    store::{Database, DatabaseKey},
};

use crate::hand::Hand;

fn now() -> DateTime<Utc> {
    "2026-11-24T00:41:00Z".parse().unwrap()
}

struct Room {
    desk: Desk,
    person: Person,
}

fn update(room: &mut Room, message: Message) -> iced::Task<Message> {
    match room.person.update(message, &room.desk) {
        Action::Run(task) => task,
        _ => iced::Task::none(),
    }
}

fn view(room: &Room) -> iced::Element<'_, Message> {
    keys(room.person.view(), room.person.keys())
}

struct Seen {
    hand: Hand<Room, Message>,
    _folder: tempfile::TempDir,
}

/// A name, and whom it belongs to.
fn one(office: &Office, sql: &str) -> String {
    office
        .read(|c| Ok(c.query_row(sql, [], |row| row.get(0))?))
        .unwrap()
}

fn seen(residents: u32) -> (Seen, [String; 2]) {
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
    fill(
        &office,
        &cast,
        Size {
            seed: 3,
            residents,
            years: 2,
        },
        |_| {},
    )
    .unwrap();
    let protected = one(&office, "SELECT kana FROM residents r WHERE status = 1 AND (SELECT count(*) FROM residents o WHERE o.kana = r.kana) = 1 AND EXISTS
        (SELECT 1 FROM protections WHERE resident = r.subject AND in_force = 1) ORDER BY birth_on DESC LIMIT 1");
    let child = one(
        &office,
        "SELECT kana FROM residents r WHERE status = 1 AND (SELECT count(*) FROM residents o WHERE o.kana = r.kana) = 1 AND birth_on BETWEEN '2025-01-01' AND '2025-10-30'
        ORDER BY birth_on LIMIT 1",
    );
    let desk = Desk {
        handle: Handle::new(office),
        session: cast.session("1001"),
        today: (now() + chrono::TimeDelta::hours(9)).date_naive(),
    };
    let (person, task) = Person::open(&desk, None);
    let mut hand = Hand::new(Room { desk, person }, update, view).sized(1144.0, 680.0);
    hand.run(task);
    (
        Seen {
            hand,
            _folder: folder,
        },
        [child, protected],
    )
}

#[test]
fn a_few_letters_of_a_reading_open_the_card_with_keys_alone() {
    let (mut seen, [child, protected]) = seen(700);
    let hand = &mut seen.hand;
    hand.type_text(&child);
    hand.press(Named::Enter);
    assert!(hand.sees("判定の理由"), "the only find opens by itself");
    assert!(hand.sees("いますること"));
    hand.press(Named::Escape);
    assert!(hand.is_focused("word"));
    hand.type_text(&protected);
    hand.press(Named::Enter);
    assert!(hand.sees("住所は伏せています"));
    hand.press(Named::F8);
    assert!(!hand.sees("住所は伏せています"));
}

#[test]
#[ignore = "draws pictures for eyes"]
fn pictures() {
    std::fs::create_dir_all("/tmp/shots").unwrap();
    let (mut seen, [child, protected]) = seen(3_000);
    let shot = |hand: &mut Hand<Room, Message>, name: &str| {
        hand.picture(
            &Scheme::Light.theme(),
            std::path::Path::new(&format!("/tmp/shots/{name}.png")),
        );
    };
    let hand = &mut seen.hand;
    shot(hand, "person-empty");
    hand.type_text("さと");
    hand.press(Named::Enter);
    shot(hand, "person-list");
    hand.press(Named::Escape);
    hand.type_text(&child);
    hand.press(Named::Enter);
    shot(hand, "person-child");
    hand.press(Named::Escape);
    hand.type_text(&protected);
    hand.press(Named::Enter);
    shot(hand, "person-protected");
    seen.hand = seen.hand.sized(1784.0, 960.0);
    shot(&mut seen.hand, "person-1920");
}
