//! 抽出の画面. An officer at the window draws a month, looks at the bounds, signs them one by one and has a supervisor
//! release the draw over her open screen; keys alone, over a real terminal with slots and passwords.

use chrono::{Months, Utc};
use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::Door,
        theme::Scheme,
    },
    domain::note::Topic,
    office::{Home, Machine, demo},
    seal::password::Cost,
};

use crate::{
    feed::{city_of, row, subject},
    forecast::note,
    hand::Hand,
};

struct Terminal {
    hand: Hand<App, Message>,
    _folder: tempfile::TempDir,
}

/// A terminal with children around the bounds of the coming month, and an officer who has signed in.
fn terminal() -> Terminal {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (office, _) = demo::make(&Home::new(&home), Machine::real(), 1, Cost::CHEAP).unwrap();
    let next = (Utc::now() + chrono::TimeDelta::hours(9)).date_naive();
    let first = chrono::Datelike::with_day(&next, 1).unwrap() + Months::new(1) - Months::new(12);
    let birth = |days: i64| {
        (first + chrono::TimeDelta::days(days))
            .format("%Y%m%d")
            .to_string()
    };
    let names = [
        ("ヤギヌマ　ソウマ", "柳沼　蒼真", 0),
        ("コマツ　アンナ", "小松　杏奈", 1),
        ("フジタ　カナデ", "藤田　奏", 12),
        ("アベ　コハル", "阿部　心春", 14),
        ("カツラギ　リン", "葛󠄀城　凛", 15),
        ("ヨシダ　ミオ", "𠮷田　澪", 16),
    ];
    let mut people: Vec<_> = names
        .iter()
        .zip(1..)
        .map(|((kana, kanji, days), number)| {
            row(
                number,
                &[
                    ("カナ氏名", kana),
                    ("漢字氏名", kanji),
                    ("生年月日", &birth(*days)),
                ],
            )
        })
        .collect();
    people.push(row(
        7,
        &[
            ("生年月日", &birth(14)),
            ("支援措置", "1"),
            ("支援措置開始日", "20260401"),
        ],
    ));
    people.push(row(
        8,
        &[
            ("生年月日", &birth(14)),
            ("カナ氏名", "ニイヅマ　カエデ"),
            ("漢字氏名", "新妻　楓"),
        ],
    ));
    city_of(&office, &people);
    note(&office, subject(8), Topic::Refusal, "*");
    drop(office);
    let (app, task) = App::new(Door::new(home, true), Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    hand.press(Named::F24);
    let mut terminal = Terminal {
        hand,
        _folder: folder,
    };
    terminal.sign_in("1003", "umi-kaze-fune");
    terminal
        .hand
        .press_with(Key::Character("6".into()), Modifiers::ALT);
    terminal
}

impl Terminal {
    fn sign_in(&mut self, number: &str, password: &str) {
        self.hand.type_text(number);
        self.hand.press(Named::Enter);
        self.hand.type_text(password);
        self.hand.press(Named::Enter);
    }

    /// Goes down the list of programmes to MR 第1期.
    fn choose_mr(&mut self) {
        assert!(self.hand.is_focused("programme"));
        self.hand.press(Named::Home);
        let programmes = madoguchi::office::draw::drawable(Utc::now().date_naive());
        let place = programmes
            .iter()
            .position(|one| one.code.as_str() == "mr1")
            .unwrap();
        (0..place).for_each(|_| self.hand.press(Named::ArrowDown));
    }
}

#[test]
fn an_officer_draws_signs_the_bounds_and_a_supervisor_releases_over_her_screen() {
    let mut terminal = terminal();
    terminal.choose_mr();
    terminal.hand.press(Named::F5);
    for words in [
        "合計が合う",
        "対象者 5人",
        "支援措置",
        "拒否・辞退",
        "阿部　心春",
        "同じ条件の抽出は、これがはじめてです。",
    ] {
        assert!(terminal.hand.sees(words), "{words}");
    }
    assert!(terminal.hand.sees("署名 0 / 2"));
    terminal.hand.press(Named::F12);
    assert!(terminal.hand.sees("境目の人があと 2人 残っています。"));
    terminal.hand.press(Named::F3);
    terminal.hand.press(Named::F3);
    assert!(terminal.hand.sees("署名 2 / 2"));
    terminal.hand.press(Named::F12);
    assert!(terminal.hand.sees("抽出した 5人を承認します。"));
    terminal.sign_in("1003", "umi-kaze-fune");
    assert!(!terminal.hand.sees("承認されました。"));
}

#[test]
fn the_second_person_signs_in_over_the_draw_and_it_can_then_be_printed() {
    let mut terminal = terminal();
    terminal.choose_mr();
    terminal.hand.press(Named::F5);
    terminal.hand.press(Named::F3);
    terminal.hand.press(Named::F3);
    terminal.hand.press(Named::F12);
    terminal.sign_in("1004", "yama-michi-tabi");
    assert!(terminal.hand.sees("承認されました。券の印刷へ進めます。"));
    assert!(terminal.hand.sees("印刷へ"));
    // The lists: who was left out, and the protected apart.
    terminal.hand.press(Named::F6);
    assert!(terminal.hand.sees("除いた人 1人") && terminal.hand.sees("新妻　楓"));
    terminal.hand.press(Named::F4);
    assert!(terminal.hand.sees("支援措置の人 1人（印刷しません）"));
    // The same month again: nobody differs.
    terminal.hand.press(Named::F5);
    assert!(terminal.hand.sees("前回と同じ人です。"));
}

#[test]
fn a_period_that_runs_backwards_is_said_where_it_is_typed_and_nothing_is_drawn() {
    let mut terminal = terminal();
    terminal.choose_mr();
    for _ in 0..12 {
        if terminal.hand.is_focused("until") {
            break;
        }
        terminal.hand.press(Named::Tab);
    }
    terminal.hand.type_text("R8.1.1");
    terminal.hand.press(Named::F5);
    assert!(terminal.hand.sees("期間の終わりが始まりより前です。"));
    assert!(!terminal.hand.sees("合計が合う"));
}

#[test]
fn a_district_is_named_as_people_say_it_and_an_unknown_one_is_said() {
    let mut terminal = terminal();
    terminal.choose_mr();
    for _ in 0..12 {
        if terminal.hand.is_focused("districts") {
            break;
        }
        terminal.hand.press(Named::Tab);
    }
    terminal.hand.type_text("たいら");
    terminal.hand.press(Named::F5);
    assert!(terminal.hand.sees("「たいら」で始まる地区はありません"));
    (0..3).for_each(|_| terminal.hand.press(Named::Backspace));
    terminal.hand.type_text("平 小名浜");
    terminal.hand.press(Named::F5);
    assert!(terminal.hand.sees("合計が合う"));
}

#[test]
#[ignore = "draws pictures for eyes"]
fn pictures() {
    std::fs::create_dir_all("/tmp/shots").unwrap();
    let mut terminal = terminal();
    let shot = |terminal: &mut Terminal, name: &str| {
        let path = format!("/tmp/shots/{name}.png");
        terminal
            .hand
            .picture(&Scheme::Light.theme(), std::path::Path::new(&path));
    };
    shot(&mut terminal, "draw-empty");
    terminal.choose_mr();
    terminal.hand.press(Named::F5);
    terminal.hand.press(Named::F3);
    shot(&mut terminal, "draw");
}
