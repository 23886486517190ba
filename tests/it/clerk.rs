//! 窓口の一日. A scripted clerk at a real window with keys alone: sign-in, search, a sheet from a bundle, approval by
//! another operator, a draw with its bounds, release by a second person over the open screen, and print into a real
//! queue; the PDF that arrives holds the right names. It waits for what the program has written, never for time.

mod window;

use chrono::{Datelike, Months, NaiveDate, TimeDelta, Utc};
use madoguchi::{
    domain::revision::OperatorId,
    office::{Home, Machine, Office, code, demo, open_demo},
    seal::password::Cost,
    store::work,
};

use crate::{
    feed::{city_of, row},
    printer::{Cups, Sink},
};
use window::Window;

fn today() -> NaiveDate {
    (Utc::now() + TimeDelta::hours(9)).date_naive()
}

/// The child of the sheet: a year and a half old today.
fn born() -> NaiveDate {
    today() - Months::new(18)
}

/// Children who reach the window of MR 第1期 next month, two of them on its bounds.
fn draw_people() -> Vec<(&'static str, &'static str, i64)> {
    vec![
        ("ヤギヌマ　ソウマ", "柳沼　蒼真", 1),
        ("フジタ　カナデ", "藤田　奏", 12),
        ("カツラギ　リン", "葛\u{e0100}城　凛", 15),
        ("ヨシダ　ミオ", "𠮷田　澪", 16),
        ("タカハシ　アオイ", "髙橋　葵", 17),
        ("ヤマザキ　ハル", "山﨑　晴", 18),
    ]
}

fn terminal(home: &Home) {
    let (office, cast) = demo::make(home, Machine::real(), 1, Cost::CHEAP).unwrap();
    office
        .publish_codes(&cast.session("1005"), &code::demo_codes())
        .unwrap();
    let first = today().with_day(1).unwrap() + Months::new(1) - Months::new(12);
    let digits = |day: NaiveDate| day.format("%Y%m%d").to_string();
    let mut people = vec![row(
        1,
        &[
            ("カナ氏名", "オオノ　ミナト"),
            ("漢字氏名", "大野　湊"),
            ("生年月日", &digits(born())),
        ],
    )];
    for (number, (kana, kanji, days)) in (2..).zip(draw_people()) {
        let birth = digits(first + TimeDelta::days(days));
        people.push(row(
            number,
            &[("カナ氏名", kana), ("漢字氏名", kanji), ("生年月日", &birth)],
        ));
    }
    city_of(&office, &people);
}

/// What the program has written, read beside it.
struct Ledger(Office);

impl Ledger {
    fn open(home: &Home) -> Self {
        Self(open_demo(home, Machine::real()).unwrap())
    }

    fn waiting(&self) -> u32 {
        let nobody = OperatorId("9999".to_owned());
        self.0
            .read(|connection| work::counts(connection, &nobody, 0))
            .unwrap()
            .approvals
    }

    /// The number of the newest event.
    fn mark(&self) -> i64 {
        self.number("SELECT coalesce(max(sequence), 0) FROM audit_events")
    }

    /// Whether a deed was done after a mark.
    fn has(&self, deed: &str, after: i64) -> bool {
        let question =
            format!("SELECT count(*) FROM audit_events WHERE sequence > {after} AND deed = '{deed}'");
        self.number(&question) > 0
    }

    fn number(&self, question: &str) -> i64 {
        let read = self
            .0
            .read(|connection| Ok(connection.query_row(question, [], |row| row.get(0))?));
        read.unwrap()
    }
}

struct Clerk {
    window: Window,
    ledger: Ledger,
}

impl Drop for Clerk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.window.picture("clerk-stopped");
        }
    }
}

impl Clerk {
    fn sign_in(&self, number: &str) {
        self.window.wait_for("サインイン");
        self.give_name(number);
        self.window.wait_for("ホーム");
    }

    /// Number and password, wherever they are asked for.
    fn give_name(&self, number: &str) {
        let person = demo::OPERATORS
            .iter()
            .find(|person| person.operator == number)
            .unwrap();
        self.window.type_text(number);
        self.window.key("Return");
        self.window.type_text(person.password);
        self.window.key("Return");
    }

    fn sign_out(&self) {
        // F10 closes the bundle on the entry screen; ホーム is where one leaves from.
        self.window.key("alt+1");
        self.window.wait_for("ホーム");
        self.window.key("F10");
        self.window.key("Tab");
        self.window.key("Return");
    }

    /// Presses a key until the log says that a deed was done.
    fn until(&self, deed: &str, press: impl Fn(&Window)) {
        self.until_since(self.ledger.mark(), deed, press);
    }

    /// The same, where the deed may have been done since a mark already.
    fn until_since(&self, mark: i64, deed: &str, press: impl Fn(&Window)) {
        for _ in 0..8 {
            press(&self.window);
            if self
                .window
                .look_for(|| self.ledger.has(deed, mark).then_some(()))
                .is_some()
            {
                return;
            }
        }
        panic!("{deed} was not done");
    }

    fn search(&self) {
        self.window.key("alt+2");
        self.window.wait_for("個人カード");
        let mark = self.ledger.mark();
        self.window.type_text(&born().format("%Y%m%d").to_string());
        self.until_since(mark, "resident.view", |window| window.key("Return"));
    }

    fn receive_bundle(&self) {
        self.window.key("alt+4");
        self.window.wait_for("束の受領");
        self.window.key("Tab");
        self.window.type_text("1");
        self.window.key("Return");
        self.window.type_text("MR1");
        self.window.key("Return");
        self.window.type_text("2");
        self.window.key("Return");
        self.until("bundle.receive", |window| window.key("F12"));
    }

    fn enter_sheet(&self, lot: &str, institution: &str) {
        self.window.key("alt+3");
        self.window.wait_for("予診票入力");
        self.window.key("F9");
        self.window.type_text(&born().format("%Y%m%d").to_string());
        self.until("resident.search", |window| window.key("Return"));
        self.until("resident.view", |window| window.key("Return"));
        self.window.key("Return");
        for _ in 0..2 {
            self.window.key("Return");
        }
        self.window.type_text(&born().format("%Y%m%d").to_string());
        for _ in 0..2 {
            self.window.key("Return");
        }
        self.window.type_text("367");
        for _ in 0..3 {
            self.window.key("Return");
        }
        self.window.type_text("0");
        self.window.type_text("11");
        self.window.type_text("11");
        self.window.type_text("1");
        self.window.key("Return");
        self.window.type_text(lot);
        for _ in 0..3 {
            self.window.key("Return");
        }
        self.window.type_text(institution);
        self.window.key("Return");
        self.window.type_text("1");
        self.window.key("Return");
        self.window
            .type_text(&(today() - TimeDelta::days(20)).format("%Y%m%d").to_string());
        self.window.key("Return");
        self.until("questionnaire.enter", |window| window.key("F12"));
    }

    fn approve(&self) {
        assert_eq!(self.ledger.waiting(), 1);
        self.window.key("alt+5");
        self.window.wait_for("承認");
        self.until("entry.approve", |window| {
            window.key("F12");
            window.type_text("1");
            window.key("F12");
        });
        assert_eq!(self.ledger.waiting(), 0);
    }

    fn draw(&self) {
        self.window.key("alt+6");
        self.window.wait_for("対象者抽出");
        self.window.key("Home");
        let programmes = madoguchi::office::draw::drawable(today());
        let place = programmes
            .iter()
            .position(|one| one.code.as_str() == "mr1")
            .unwrap();
        for _ in 0..place {
            self.window.key("Down");
        }
        self.until("draw.make", |window| window.key("F5"));
        // One child stands on the bound of the month.
        self.until("draw.sign_boundary", |window| window.key("F3"));
        self.window.until_titled("2人目のサインイン", "F12");
        let mark = self.ledger.mark();
        self.give_name("1004");
        self.until_since(mark, "draw.release", |_| {});
        assert!(self.ledger.0.draws().unwrap()[0].released);
    }

    fn print(&self, sink: &Sink) -> Vec<u8> {
        self.window.until_titled("印刷", "F12");
        self.until("run.prepare", |window| window.key("F2"));
        let mut jobs = Vec::new();
        for _ in 0..8 {
            self.window.key("F6");
            jobs = sink.wait(1);
            if !jobs.is_empty() {
                break;
            }
        }
        jobs.into_iter().next().expect("a job has reached the queue")
    }
}

#[test]
fn a_clerk_works_from_sign_in_to_the_print_queue_with_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    terminal(&home);
    let cups = Cups::start();
    let (sink, port) = Sink::start();
    cups.add("counter", port);
    let window = Window::open(home.folder(), cups.address());
    let clerk = Clerk {
        window,
        ledger: Ledger::open(&home),
    };
    let lots = clerk.ledger.0.lots_of("mr_biken").unwrap();
    let lot = lots
        .iter()
        .rfind(|lot| lot.expires_on >= today())
        .unwrap()
        .lot_number
        .clone();
    let institutions = clerk.ledger.0.institutions().unwrap();
    let institution = institutions
        .iter()
        .find(|line| line.area == "in_city")
        .unwrap()
        .code
        .clone();

    clerk.sign_in("1001");
    clerk.search();
    clerk.receive_bundle();
    clerk.enter_sheet(&lot, &institution);
    clerk.sign_out();

    clerk.sign_in("1002");
    clerk.approve();
    clerk.sign_out();

    clerk.sign_in("1003");
    clerk.draw();
    let paper = clerk.print(&sink);
    let text = window::text_of_pdf(&paper);
    for (_, name, _) in draw_people() {
        let name = name.replace('　', "");
        assert!(text.contains(&name), "{name} is not on the paper");
    }
}
