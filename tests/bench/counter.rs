//! 窓口の待ち. How long a counter deed waits for its turn and for its answer while a full load of 30,000 residents is
//! read, released and shown by jobs on the same writer.

use std::{
    collections::BTreeSet,
    future::Future,
    path::Path,
    pin::Pin,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use chrono::{TimeZone, Utc};
use futures_executor::block_on;
use madoguchi::{
    domain::{
        identifier::{AtenaNumber, LgCode},
        note::{ResidentNote, Topic},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{
        Handle, Job, JobHandle, JobOutcome, Machine, Office, Session,
        demo::Cast,
        feed::{
            Extent, FeedError, FeedOutcome, FeedRules, ReadFeed, ReleaseFeed,
            write::{FeedRow, FeedWriter},
        },
    },
    store::{Database, DatabaseKey},
};
use serde_json::json;

use crate::figure::{Figure, Limit};

pub const ROWS: u32 = 30_000;

pub fn session(operator: &str) -> Session {
    let roles = ["clerk", "officer", "supervisor"].map(str::to_owned);
    Session::new(
        OperatorId(operator.into()),
        TerminalId("T01".into()),
        BTreeSet::from(roles),
    )
}

pub fn office(folder: &Path) -> Office {
    let key = DatabaseKey::new([7; 32]);
    let database = Database::create(&folder.join("madoguchi.db"), &key).expect("a new database");
    let office = Office::new(database, Machine::real());
    cast().found(&office).expect("a new database has no city yet");
    office
}

/// Who signs for the load.
pub fn cast() -> Cast {
    Cast::new(1, Utc::now(), &DatabaseKey::new([7; 32]))
}

pub fn city() -> LgCode {
    LgCode::parse("072044").expect("a code of the list")
}

pub fn file() -> (String, Vec<u8>) {
    let made_at = Utc
        .with_ymd_and_hms(2026, 11, 24, 0, 0, 0)
        .single()
        .expect("an instant");
    let mut writer = FeedWriter::new(city(), Extent::Full, made_at, (0, 1));
    for number in 0..ROWS {
        let atena = (0..10)
            .find_map(|tail| AtenaNumber::complete(&format!("{number:06}{tail}")))
            .expect("one of ten has a check digit");
        let mut row = FeedRow::default();
        row.set("処理区分", "1")
            .set("自治体コード", "072044")
            .set("宛名番号", atena.as_str())
            .set("世帯番号", "00000027")
            .set("カナ氏名", "ササキ　ヒマリ")
            .set("漢字氏名", "佐々木　陽葵")
            .set(
                "生年月日",
                format!("20{:02}{:02}{:02}", number % 26, number % 12 + 1, number % 28 + 1),
            )
            .set("性別", "2")
            .set("続柄", "子")
            .set("住民区分", "1")
            .set("異動事由", "出生")
            .set("異動日", "20250514")
            .set("郵便番号", "9708026")
            .set("住所", "いわき市平字梅本21");
        writer.write(&row);
    }
    writer.finish()
}

/// Waits of counter deeds, in milliseconds.
#[derive(Default)]
struct Waits {
    turn: Vec<f64>,
    answer: Vec<f64>,
}

impl Waits {
    /// Enters a note every few milliseconds for as long as the job is at work.
    fn while_working(&mut self, handle: &Handle, mut working: impl FnMut() -> bool) {
        let mut number = 0_u32;
        while working() {
            number += 1;
            let asked = Instant::now();
            let turn = block_on(handle.counter(move |office| {
                let turn = asked.elapsed();
                let note = ResidentNote {
                    topic: Topic::Contact,
                    text: "平日は午後に".into(),
                };
                let resident = SubjectId::derived("figure", &number.to_string());
                office
                    .enter_note(&session("1001"), resident, None, &note)
                    .expect("a note is entered");
                turn
            }));
            self.turn.push(millis(turn));
            self.answer.push(millis(asked.elapsed()));
            thread::sleep(Duration::from_millis(7));
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn run<J: Job<Output = Result<FeedOutcome, FeedError>>>(
    handle: &Handle,
    job: J,
    waits: &mut Waits,
) -> FeedOutcome {
    let mut job: JobHandle<J::Output> = handle.job(job);
    let mut end = None;
    waits.while_working(handle, || {
        let waker = Waker::noop();
        if let Poll::Ready(outcome) = Pin::new(&mut job).poll(&mut Context::from_waker(waker)) {
            end = Some(outcome);
        }
        end.is_none()
    });
    match end {
        Some(JobOutcome::Done(Ok(outcome))) => outcome,
        other => panic!("the import did not end: {other:?}"),
    }
}

/// Reads and releases the load beside a busy counter.
pub fn measure() -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("a folder");
    let handle = Handle::new(office(folder.path()));
    let (name, bytes) = file();
    let begun = Instant::now();
    let mut waits = Waits::default();
    let read = ReadFeed::new(session("1003"), FeedRules::of_city(city()), None, (&name, &bytes))
        .expect("the file is well formed");
    let outcome = run(&handle, read, &mut waits);
    let release = ReleaseFeed::attended(cast().session("1004"), outcome.load.load);
    run(&handle, release, &mut waits);
    let whole = millis(begun.elapsed());
    let conditions = json!({ "rows": ROWS });
    vec![
        Figure {
            name: "counter_deed_waits_for_its_turn_during_import".to_owned(),
            conditions: conditions.clone(),
            samples_ms: waits.turn,
            limit: Limit::Most(50.0),
        },
        Figure {
            name: "counter_deed_is_answered_during_import".to_owned(),
            conditions: conditions.clone(),
            samples_ms: waits.answer,
            limit: Limit::None,
        },
        Figure {
            name: "import_of_residents_beside_a_busy_counter".to_owned(),
            conditions,
            samples_ms: vec![whole],
            limit: Limit::None,
        },
    ]
}
