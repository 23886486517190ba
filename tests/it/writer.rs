//! 一人の書き手. Counter deeds go between the slices of a job, jobs can be cancelled, a deed once asked for is done,
//! and neither a clock in doubt nor a deed without an event leaves anything behind.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, TimeDelta};
use futures_executor::block_on;
use madoguchi::{
    domain::{
        audit::Event,
        deed::Deed,
        note::{ResidentNote, Topic},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{
        DeedError, Handle, Job, JobOutcome, Machine, Office, Progress, RebuildProjections, Session, Step,
        run_here,
    },
    store::{Database, DatabaseKey, OpenError, StoreError, audit, notes},
};

const NOW: i64 = 1_790_000_000_000;

struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(AtomicI64::new(NOW)),
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("madoguchi.db")
    }

    fn office(&self) -> Office {
        let clock = Arc::clone(&self.clock);
        let mut next = 0_u8;
        let machine = Machine::new(
            move || DateTime::from_timestamp_millis(clock.load(Ordering::Relaxed)).unwrap(),
            move |bytes| {
                next = next.wrapping_add(1);
                bytes.fill(next);
            },
        );
        Office::new(database(&self.path()), machine)
    }
}

fn database(path: &Path) -> Database {
    let key = DatabaseKey::new([7; 32]);
    if path.exists() {
        Database::open(path, &key).unwrap()
    } else {
        Database::create(path, &key).unwrap()
    }
}

fn session(role: &str) -> Session {
    Session::new(
        OperatorId("1004".into()),
        TerminalId("T01".into()),
        BTreeSet::from([role.to_owned()]),
    )
}

fn note() -> ResidentNote {
    ResidentNote {
        topic: Topic::Contact,
        text: "平日は午後に".into(),
    }
}

fn resident() -> SubjectId {
    SubjectId::derived("resident", "072044:1")
}

/// Goes on until it is told that the counter has been served.
struct UntilServed {
    served: Arc<AtomicBool>,
    slices: u64,
}

impl Job for UntilServed {
    type Output = u64;

    fn slice(&mut self, office: &Office, _until: Instant) -> Step<u64> {
        self.slices += 1;
        office
            .enter_note(&session("clerk"), resident(), None, &note())
            .unwrap();
        if self.served.load(Ordering::Relaxed) {
            Step::Done(self.slices)
        } else {
            Step::More(Progress {
                done: self.slices,
                total: 0,
            })
        }
    }
}

#[test]
fn a_counter_deed_is_served_between_the_slices_of_a_job() {
    let desk = Desk::new();
    let handle = Handle::new(desk.office());
    let served = Arc::new(AtomicBool::new(false));
    let job = handle.job(UntilServed {
        served: Arc::clone(&served),
        slices: 0,
    });
    let flag = Arc::clone(&served);
    // A counter that waited for the job would wait for ever: the job ends only after it.
    block_on(handle.counter(move |office| {
        office
            .enter_note(&session("clerk"), resident(), None, &note())
            .unwrap();
        flag.store(true, Ordering::Relaxed);
    }));
    let JobOutcome::Done(slices) = block_on(job) else {
        panic!("the job was not done");
    };
    let lines = block_on(handle.read(|office| office.read(|c| notes::notes_of(c, resident())).unwrap()));
    assert_eq!(lines.len() as u64, slices + 1);
}

#[test]
fn a_cancelled_job_stops_after_its_slice_and_the_next_one_runs() {
    let desk = Desk::new();
    let handle = Handle::new(desk.office());
    let never = Arc::new(AtomicBool::new(false));
    let endless = handle.job(UntilServed {
        served: never,
        slices: 0,
    });
    let next = handle.job(UntilServed {
        served: Arc::new(AtomicBool::new(true)),
        slices: 0,
    });
    endless.cancel();
    assert!(matches!(block_on(endless), JobOutcome::Cancelled));
    assert!(matches!(block_on(next), JobOutcome::Done(1)));
}

#[test]
fn work_in_the_background_gives_way_to_a_job_that_comes_later() {
    let desk = Desk::new();
    let handle = Handle::new(desk.office());
    let served = Arc::new(AtomicBool::new(false));
    let background = handle.background(UntilServed {
        served: Arc::clone(&served),
        slices: 0,
    });
    // A job that waited for the background would wait for ever: that ends only after it.
    let job = handle.job(UntilServed {
        served: Arc::new(AtomicBool::new(true)),
        slices: 0,
    });
    assert!(matches!(block_on(job), JobOutcome::Done(1)));
    served.store(true, Ordering::Relaxed);
    assert!(matches!(block_on(background), JobOutcome::Done(_)));
}

#[test]
fn what_is_written_comes_into_the_file_beside_the_work() {
    let desk = Desk::new();
    let office = desk.office();
    office
        .enter_note(&session("clerk"), resident(), None, &note())
        .unwrap();
    let beside = || {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("madoguchi.db");
        std::fs::copy(desk.path(), &copy).unwrap();
        let office = Office::new(database(&copy), Machine::real());
        office.read(|c| notes::notes_of(c, resident())).unwrap().len()
    };
    let handle = Handle::new(office);
    assert_eq!(beside(), 0, "one deed is not worth it");
    for _ in 0..8 {
        let served = Arc::new(AtomicBool::new(true));
        block_on(handle.job(UntilServed { served, slices: 0 }));
    }
    // Jobs go on only after it.
    let served = Arc::new(AtomicBool::new(true));
    block_on(handle.job(UntilServed { served, slices: 0 }));
    assert!(beside() >= 9);
}

#[test]
fn a_deed_once_asked_for_is_done_though_nobody_waits_for_its_answer() {
    let desk = Desk::new();
    let handle = Handle::new(desk.office());
    drop(handle.counter(|office| office.enter_note(&session("clerk"), resident(), None, &note())));
    let lines = block_on(handle.counter(|office| office.read(|c| notes::notes_of(c, resident())).unwrap()));
    assert_eq!(lines.len(), 1);
}

#[test]
fn a_fault_in_a_deed_ends_the_writer_and_keeps_the_database() {
    let desk = Desk::new();
    let handle = Handle::new(desk.office());
    block_on(handle.counter(|office| {
        office
            .enter_note(&session("clerk"), resident(), None, &note())
            .unwrap()
    }));
    drop(handle.counter(|office| {
        office.deed(&session("clerk"), Deed::Note, |_| -> Result<(), DeedError> {
            panic!("a fault of the programmer")
        })
    }));
    let job = handle.job(UntilServed {
        served: Arc::new(AtomicBool::new(true)),
        slices: 0,
    });
    assert!(matches!(block_on(job), JobOutcome::Ended));
    assert!(handle.has_ended());
    drop(handle);
    let office = desk.office();
    assert_eq!(office.read(|c| notes::notes_of(c, resident())).unwrap().len(), 1);
    assert!(office.check_rebuild(None).unwrap().differing().is_empty());
}

#[test]
fn a_deed_without_an_event_is_not_done() {
    let desk = Desk::new();
    let office = desk.office();
    let refused = office.deed(&session("clerk"), Deed::Note, |transaction| {
        transaction.append(madoguchi::store::New {
            subject: SubjectId::derived("note", "1"),
            about: Some(resident()),
            body: &note(),
            parents: madoguchi::store::Parents::None,
        })?;
        Ok::<_, DeedError>(())
    });
    assert!(matches!(refused, Err(DeedError::Store(StoreError::NoEvent))));
    assert!(
        office
            .read(|c| notes::notes_of(c, resident()))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_clock_behind_the_last_event_bars_deeds_until_a_supervisor_confirms_it() {
    let desk = Desk::new();
    let office = desk.office();
    office
        .enter_note(&session("clerk"), resident(), None, &note())
        .unwrap();
    desk.clock
        .store(NOW - TimeDelta::minutes(3).num_milliseconds(), Ordering::Relaxed);
    let refused = office.enter_note(&session("clerk"), resident(), None, &note());
    assert!(refused.unwrap_err().to_string().contains("監督者が日時を確認"));
    office.confirm_clock(&session("supervisor")).unwrap();
    office
        .enter_note(&session("clerk"), resident(), None, &note())
        .unwrap();
    assert_eq!(office.read(|c| notes::notes_of(c, resident())).unwrap().len(), 2);
}

#[test]
fn an_older_program_refuses_a_database_of_a_newer_one_and_leaves_it_as_it_is() {
    let desk = Desk::new();
    let newer = database(&desk.path());
    let stamp = madoguchi::store::Stamp {
        now: DateTime::from_timestamp_millis(NOW).unwrap(),
        operator: OperatorId("1001".into()),
        terminal: TerminalId("T01".into()),
        deed: Deed::SignIn,
    };
    newer
        .transact(stamp, &mut |bytes| bytes.fill(1), |transaction| {
            transaction
                .connection()
                .execute_batch("UPDATE marks SET value = 99000000 WHERE name = 'newest_program'")?;
            transaction.event(Event::new(Deed::SignIn));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    drop(newer);
    let before = std::fs::read(desk.path()).unwrap();
    let refused = Database::open(&desk.path(), &DatabaseKey::new([7; 32]));
    assert!(matches!(refused, Err(OpenError::NewerProgram)));
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
}

#[test]
fn a_wrong_key_is_said_and_nothing_is_replaced() {
    let desk = Desk::new();
    drop(database(&desk.path()));
    let before = std::fs::read(desk.path()).unwrap();
    let refused = Database::open(&desk.path(), &DatabaseKey::new([8; 32]));
    assert!(matches!(refused, Err(OpenError::KeyOrDamage)));
    let twice = Database::create(&desk.path(), &DatabaseKey::new([8; 32]));
    assert!(matches!(twice, Err(OpenError::Exists)));
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
}

#[test]
fn a_changed_event_breaks_the_chain_at_its_place() {
    let desk = Desk::new();
    let office = desk.office();
    for _ in 0..3 {
        office
            .enter_note(&session("clerk"), resident(), None, &note())
            .unwrap();
    }
    drop(office);
    let writer = rusqlite::Connection::open(desk.path()).unwrap();
    let key: String = [7_u8; 32].iter().map(|byte| format!("{byte:02x}")).collect();
    writer
        .execute_batch(&format!(
            "PRAGMA key = \"x'{key}'\"; DROP TRIGGER audit_events_never_change;
             UPDATE audit_events SET operator = '1002' WHERE sequence = 2;"
        ))
        .unwrap();
    drop(writer);
    let verdict = desk.office().read(audit::verify).unwrap();
    assert_eq!(verdict, audit::Verdict::Broken { sequence: 2 });
}

#[test]
fn a_rebuild_on_demand_mends_rows_that_are_wrong_missing_or_nobodys() {
    let desk = Desk::new();
    let office = desk.office();
    for _ in 0..3 {
        office
            .enter_note(&session("clerk"), resident(), None, &note())
            .unwrap();
    }
    let truth = office.digests().unwrap();
    for damage in [
        "UPDATE resident_notes SET text = '別の文'",
        "DELETE FROM resident_notes",
        "UPDATE resident_notes SET subject = zeroblob(16) WHERE subject = (SELECT min(subject) FROM resident_notes)",
    ] {
        let done = office.deed(&session("clerk"), Deed::Note, |transaction| {
            transaction
                .connection()
                .execute_batch(damage)
                .map_err(StoreError::from)?;
            transaction.event(Event::new(Deed::Note));
            Ok::<_, DeedError>(())
        });
        done.unwrap();
        assert_eq!(
            office.check_rebuild(None).unwrap().differing(),
            ["resident_notes"]
        );
        let job = RebuildProjections::new(session("technician"));
        run_here(&office, job, std::time::Duration::from_millis(20), |_| {}).unwrap();
        assert_eq!(office.digests().unwrap(), truth, "{damage}");
    }
}
