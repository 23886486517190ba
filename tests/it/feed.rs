//! 住民異動の旅. Files of the register through the one door there is, into a real encrypted database: full and
//! differential, gaps, wrong counts, unmappable letters, impossible days, protections, second persons.

use std::{collections::BTreeSet, path::Path, sync::LazyLock, time::Duration};

use chrono::{TimeZone, Utc};
use madoguchi::{
    domain::{
        birth::BirthDate,
        identifier::{AtenaNumber, LgCode},
        resident::{Resident, ResidentStatus},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{
        Machine, Office, Session,
        demo::Cast,
        feed::{
            Extent, FeedError, FeedOutcome, FeedRules, FileProblem, ReadFeed, ReleaseFeed, digest_of,
            write::{FeedRow, FeedWriter},
        },
        run_here,
    },
    store::{Database, DatabaseKey, StoreError, audit, feed, people, resident},
};

use crate::bench::password;

pub fn office(folder: &Path) -> Office {
    let path = folder.join("madoguchi.db");
    let key = DatabaseKey::new([7; 32]);
    let database = match path.exists() {
        true => Database::open(&path, &key).unwrap(),
        false => Database::create(&path, &key).unwrap(),
    };
    let office = Office::new(database, Machine::real());
    if office.read(people::city_key).unwrap().is_none() {
        CAST.found(&office).unwrap();
    }
    office
}

/// Who works in a bare database of these tests, with keys to sign with.
static CAST: LazyLock<Cast> = LazyLock::new(|| Cast::new(1, Utc::now(), &DatabaseKey::new([7; 32])));

/// Somebody who can sign: of this home, or of the cast of a bare database.
fn signer(office: &Office, operator: &str) -> Session {
    office
        .second_person(&session("0000"), operator, password(operator))
        .unwrap_or_else(|_| CAST.session(operator))
}

pub fn session(operator: &str) -> Session {
    let roles = ["clerk", "verifier", "officer", "supervisor"].map(str::to_owned);
    Session::new(
        OperatorId(operator.into()),
        TerminalId("T01".into()),
        BTreeSet::from(roles),
    )
}

pub fn city() -> LgCode {
    LgCode::parse("072044").unwrap()
}

/// The standard has no check digit for some running numbers; these are passed over.
fn atena(number: u32) -> AtenaNumber {
    (0..10)
        .find_map(|tail| AtenaNumber::complete(&format!("{:06}{tail}", number)))
        .unwrap()
}

/// A person by number, with the changed columns.
pub fn row(number: u32, changes: &[(&str, &str)]) -> FeedRow {
    let mut row = FeedRow::default();
    row.set("処理区分", "1")
        .set("自治体コード", "072044")
        .set("宛名番号", atena(number).as_str())
        .set("世帯番号", "00000027")
        .set("カナ氏名", "ササキ　ヒマリ")
        .set("漢字氏名", "佐々木　陽葵")
        .set("生年月日", "20250514")
        .set("性別", "2")
        .set("続柄", "子")
        .set("住民区分", "1")
        .set("異動事由", "出生")
        .set("異動日", "20250514")
        .set("郵便番号", "9708026")
        .set("住所", "いわき市平字梅本21");
    for (column, value) in changes {
        row.set(column, *value);
    }
    row
}

pub fn file(extent: Extent, (previous, sequence): (u32, u32), rows: &[FeedRow]) -> (String, Vec<u8>) {
    let made_at = Utc.with_ymd_and_hms(2026, 11, 24, 0, 0, sequence % 60).unwrap();
    let mut writer = FeedWriter::new(city(), extent, made_at, (previous, sequence));
    rows.iter().for_each(|row| writer.write(row));
    writer.finish()
}

fn take(office: &Office, (name, bytes): &(String, Vec<u8>)) -> Result<FeedOutcome, FeedError> {
    let job = ReadFeed::new(session("1003"), FeedRules::of_city(city()), None, (name, bytes))?;
    run_here(office, job, Duration::from_millis(50), |_| {})
}

fn release(office: &Office, operator: &str, load: i64) -> Result<FeedOutcome, FeedError> {
    run_here(
        office,
        ReleaseFeed::attended(signer(office, operator), load),
        Duration::from_millis(50),
        |_| {},
    )
}

pub fn subject(number: u32) -> SubjectId {
    Resident::subject(&city(), &atena(number))
}

fn name(office: &Office, number: u32) -> Option<String> {
    office
        .read(|c| resident::card(c, subject(number)))
        .unwrap()
        .map(|card| card.names.kanji)
}

/// A city of these rows, taken in by one operator and released by another.
pub fn city_of(office: &Office, rows: &[FeedRow]) {
    let outcome = take(office, &file(Extent::Full, (0, 1), rows)).unwrap();
    release(office, "1004", outcome.load.load).unwrap();
}

/// The next file, released by a second person where it waits for one.
pub fn take_next(office: &Office, next: &(String, Vec<u8>)) {
    let outcome = take(office, next).unwrap();
    match release(office, "1004", outcome.load.load) {
        Ok(_) | Err(FeedError::NothingWaits) => {}
        Err(error) => panic!("{error:?}"),
    }
}

fn problems(result: Result<FeedOutcome, FeedError>) -> Vec<FileProblem> {
    match result {
        Err(FeedError::File(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_load_waits_for_a_second_person_and_is_shown_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let outcome = take(&office, &file(Extent::Full, (0, 1), &[row(1, &[]), row(2, &[])])).unwrap();
    assert_eq!(outcome.load.totals.received, 2);
    assert!(outcome.load.totals.agree());
    assert_eq!(name(&office, 1), None);
    assert!(matches!(
        release(&office, "1003", outcome.load.load),
        Err(FeedError::SamePerson)
    ));
    assert_eq!(name(&office, 1), None);
    release(&office, "1004", outcome.load.load).unwrap();
    assert_eq!(name(&office, 1).as_deref(), Some("佐々木　陽葵"));
    assert!(office.residents_as_of().unwrap().is_some());
    assert!(matches!(
        release(&office, "1004", outcome.load.load),
        Err(FeedError::NothingWaits)
    ));
}

#[test]
fn an_ordinary_differential_goes_on_by_itself_and_a_gap_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(&office, &[row(1, &[])]);
    let moved = row(
        1,
        &[
            ("処理区分", "2"),
            ("住所", "いわき市小名浜"),
            ("異動事由", "転居"),
        ],
    );
    let outcome = take(
        &office,
        &file(Extent::Differential, (1, 2), std::slice::from_ref(&moved)),
    )
    .unwrap();
    assert_eq!(
        (outcome.load.totals.accepted, outcome.load.totals.unchanged),
        (1, 0)
    );
    let card = office.read(|c| resident::card(c, subject(1))).unwrap().unwrap();
    assert_eq!(card.address.text, "いわき市小名浜");
    assert_eq!(
        office.read(|c| resident::past(c, subject(1))).unwrap()[0].1,
        "いわき市平字梅本21"
    );

    let gap = problems(take(&office, &file(Extent::Differential, (3, 4), &[row(2, &[])])));
    assert_eq!(gap, [FileProblem::Gap { last: 2, previous: 3 }]);
    assert!(gap[0].to_string().contains("通番がとんでいます"));
    let old = problems(take(&office, &file(Extent::Differential, (1, 2), &[moved])));
    assert_eq!(old, [FileProblem::Old { last: 2 }]);
    assert_eq!(name(&office, 2), None);
}

#[test]
fn two_imports_of_one_file_are_one_revision_each() {
    let count = |office: &Office| {
        office
            .read(|c| {
                Ok(c.query_row(
                    "SELECT count(*) FROM revisions WHERE operator = 'feed'",
                    [],
                    |r| r.get::<_, u32>(0),
                )?)
            })
            .unwrap()
    };
    let ids = |office: &Office| {
        office
            .read(|c| {
                let mut statement = c
                    .prepare("SELECT id FROM revisions WHERE operator = 'feed' ORDER BY id")
                    .map_err(StoreError::from)?;
                let rows = statement
                    .query_map([], |r| r.get::<_, [u8; 32]>(0))
                    .map_err(StoreError::from)?;
                rows.collect::<Result<Vec<_>, _>>().map_err(StoreError::from)
            })
            .unwrap()
    };
    let rows = [row(1, &[("支援措置", "1")]), row(2, &[])];
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = [office(folders[0].path()), office(folders[1].path())];
    city_of(&one, &rows);
    city_of(&other, &rows);
    assert_eq!(ids(&one), ids(&other));
    assert_eq!(count(&one), 4, "two residents, one household, one protection");
}

#[test]
fn an_unchanged_full_load_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(&office, &[row(1, &[]), row(2, &[])]);
    let again = take(
        &office,
        &file(
            Extent::Full,
            (1, 2),
            &[row(1, &[]), row(2, &[("漢字氏名", "佐々木　葵")])],
        ),
    )
    .unwrap();
    let outcome = release(&office, "1004", again.load.load).unwrap();
    assert_eq!(
        (outcome.load.totals.accepted, outcome.load.totals.unchanged),
        (2, 1)
    );
    assert_eq!(name(&office, 2).as_deref(), Some("佐々木　葵"));
}

#[test]
fn an_unmappable_letter_and_a_wrong_number_reject_their_rows_only() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let rows = [
        row(1, &[("漢字氏名", "渡\u{e123}　一郎")]),
        row(2, &[("個人番号", "123456789012")]),
        row(3, &[("生年月日", "19990229")]),
        row(
            4,
            &[
                ("生年月日", ""),
                ("生年月日不詳", "1"),
                ("生年月日表記", "昭和10年 月日不詳"),
            ],
        ),
    ];
    let outcome = take(&office, &file(Extent::Full, (0, 1), &rows)).unwrap();
    let totals = outcome.load.totals;
    assert_eq!(
        (totals.received, totals.accepted, totals.rejected, totals.held),
        (4, 2, 2, 0)
    );
    let rejects = office.feed_rejects(outcome.load.load).unwrap();
    assert_eq!(
        rejects
            .iter()
            .map(|r| (r.row, r.reason.as_str()))
            .collect::<Vec<_>>(),
        [(1, "unmappable"), (2, "check_digit")]
    );
    assert!(
        rejects
            .iter()
            .all(|r| !r.sentence.contains("一郎") && !r.sentence.contains("123456789012"))
    );
    release(&office, "1004", outcome.load.load).unwrap();
    let birth = |number| {
        office
            .read(|c| resident::card(c, subject(number)))
            .unwrap()
            .unwrap()
            .birth
    };
    assert_eq!(birth(3), BirthDate::AsWritten("19990229".into()));
    assert_eq!(birth(4), BirthDate::AsWritten("昭和10年 月日不詳".into()));
}

#[test]
fn a_protection_holds_when_it_is_read_and_is_lifted_by_two_only() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let set = row(1, &[("支援措置", "1"), ("支援措置終了日", "20270331")]);
    let full = take(&office, &file(Extent::Full, (0, 1), &[set])).unwrap();
    assert_eq!(full.protections_set, 1);
    let protected = |office: &Office| {
        office
            .read(|c| resident::protection(c, subject(1)))
            .unwrap()
            .is_some()
    };
    assert!(protected(&office), "before the load is released");
    release(&office, "1004", full.load.load).unwrap();

    let lifting = row(1, &[("処理区分", "2"), ("住所", "いわき市小名浜")]);
    let outcome = take(&office, &file(Extent::Differential, (1, 2), &[lifting])).unwrap();
    assert_eq!((outcome.load.totals.held, outcome.load.totals.accepted), (1, 0));
    assert!(outcome.sentence().contains("保留"));
    assert!(protected(&office));
    assert!(matches!(
        release(&office, "1003", outcome.load.load),
        Err(FeedError::SamePerson)
    ));
    assert!(protected(&office));
    let outcome = release(&office, "1004", outcome.load.load).unwrap();
    assert_eq!((outcome.load.totals.held, outcome.load.totals.accepted), (0, 1));
    assert!(!protected(&office));
    let card = office.read(|c| resident::card(c, subject(1))).unwrap().unwrap();
    assert_eq!(
        (card.address.text.as_str(), card.status),
        ("いわき市小名浜", ResidentStatus::Registered)
    );
}

#[test]
fn a_damaged_file_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let (name, whole) = file(Extent::Full, (0, 1), &[row(1, &[])]);
    for cut in [0, 10, whole.len() / 2, whole.len() - 3] {
        assert!(!problems(take(&office, &(name.clone(), whole[..cut].to_vec()))).is_empty());
    }
    let other_city = name.replace("072044", "072010");
    assert_eq!(
        problems(take(&office, &(other_city, whole))),
        [FileProblem::OtherCity]
    );
    assert!(office.feed_loads().unwrap().is_empty());
}

#[test]
fn a_load_that_waits_holds_up_the_next_file_until_it_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let outcome = take(&office, &file(Extent::Full, (0, 1), &[row(1, &[])])).unwrap();
    let next = file(Extent::Differential, (1, 2), &[row(2, &[])]);
    assert!(matches!(
        take(&office, &next),
        Err(FeedError::Waiting { sequence: 1 })
    ));
    office.discard_feed(&session("1004"), outcome.load.load).unwrap();
    assert_eq!(
        problems(take(&office, &next)),
        [FileProblem::Gap { last: 0, previous: 1 }]
    );
    assert_eq!(
        office.read(|c| feed::waiting_rows(c, outcome.load.load)).unwrap(),
        0
    );
}

#[test]
fn a_reading_that_was_cut_off_is_gone_at_the_next_start_and_a_release_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<FeedRow> = (1..=200).map(|n| row(n, &[])).collect();
    let (name_of_file, bytes) = file(Extent::Full, (0, 1), &rows);
    {
        let first = office(folder.path());
        let mut job = ReadFeed::new(
            session("1003"),
            FeedRules::of_city(city()),
            None,
            (&name_of_file, &bytes),
        )
        .unwrap();
        use madoguchi::office::Job;
        let _ = job.slice(&first, std::time::Instant::now());
        assert_eq!(first.feed_loads().unwrap().len(), 1);
    }
    let office = office(folder.path());
    assert!(office.feed_loads().unwrap().is_empty());
    let load = take(&office, &(name_of_file, bytes)).unwrap().load.load;
    let mut cut_off = ReleaseFeed::attended(signer(&office, "1004"), load);
    use madoguchi::office::Job;
    let _ = cut_off.slice(&office, std::time::Instant::now());
    assert_eq!(name(&office, 1), None, "out of sight until the switch");
    drop(cut_off);
    let outcome = release(&office, "1004", load).unwrap();
    assert_eq!(outcome.load.totals.accepted as usize, rows.len());
    assert!(name(&office, 1).is_some());
}

#[test]
fn a_release_is_signed_by_the_second_person_and_stays_in_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let outcome = take(&office, &file(Extent::Full, (0, 1), &[row(1, &[])])).unwrap();
    let without_a_key = run_here(
        &office,
        ReleaseFeed::attended(session("1004"), outcome.load.load),
        Duration::from_millis(50),
        |_| {},
    );
    assert!(matches!(without_a_key, Err(FeedError::NoKey)));
    // A clerk's signature is good and gives no right.
    let keys_of_a_clerk = run_here(
        &office,
        ReleaseFeed::attended(CAST.session("1001"), outcome.load.load),
        Duration::from_millis(50),
        |_| {},
    );
    assert!(keys_of_a_clerk.is_err());
    assert_eq!(office.residents_as_of().unwrap(), None);
    let covered = digest_of(&outcome.load);
    release(&office, "1004", outcome.load.load).unwrap();
    let signed: (String, String, Option<String>) = office
        .read(|c| {
            Ok(c.query_row(
                "SELECT approver, consent, void FROM approvals WHERE revision = ?1",
                [covered.0],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?)
        })
        .unwrap();
    assert_eq!(signed, ("1004".into(), "second".into(), None));
}

#[test]
fn an_import_in_many_slices_has_its_events_where_it_begins_ends_and_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let rows: Vec<FeedRow> = (1..=40).map(|n| row(n, &[])).collect();
    let (name_of_file, bytes) = file(Extent::Differential, (0, 1), &rows);
    let job = ReadFeed::new(
        session("1003"),
        FeedRules::of_city(city()),
        None,
        (&name_of_file, &bytes),
    )
    .unwrap();
    let mut slices = 0;
    let outcome = run_here(&office, job, Duration::ZERO, |_| slices += 1).unwrap();
    assert!(slices > 40, "{slices}");
    assert_eq!(outcome.load.totals.accepted, 40);
    let mut entries = office.read(|c| audit::entries(c, None, 100)).unwrap();
    entries.retain(|entry| entry.deed == "feed.import");
    let said = |word: &str| {
        entries
            .iter()
            .filter(|entry| entry.detail.contains_key(word))
            .count()
    };
    assert_eq!(entries.len(), 4, "{entries:?}");
    assert_eq!((said("extent"), said("received"), said("shown")), (1, 1, 1));
    assert!(office.check_rebuild(None).unwrap().differing().is_empty());
}
