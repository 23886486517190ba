//! 突然の終了. A process that does counter deeds, a job and reads at full speed is killed at a random moment, again and
//! again on the same database; afterwards every acknowledged deed is there, a rebuild gives the same, the chain
//! is whole and nothing lies about in clear.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use futures_executor::block_on;
use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        revision::{OperatorId, RevisionId, SubjectId, TerminalId},
    },
    office::{Handle, Job, Machine, Office, Progress, Session, Step},
    store::{Database, DatabaseKey, audit, ledger, notes},
};

use crate::canary;

const KEY: [u8; 32] = [5; 32];
const CANARY: &str = "勿来カナリヤ坂";
const HOME: &str = "MADOGUCHI_TEST_KILLED_DATABASE";

fn clerk() -> Session {
    Session::new(
        OperatorId("1001".into()),
        TerminalId("T01".into()),
        BTreeSet::from(["clerk".to_owned()]),
    )
}

fn note(at: u64) -> ResidentNote {
    ResidentNote {
        topic: Topic::Contact,
        text: format!("{CANARY}{at}"),
    }
}

fn database(path: &Path) -> Database {
    let key = DatabaseKey::new(KEY);
    if path.exists() {
        Database::open(path, &key).unwrap()
    } else {
        Database::create(path, &key).unwrap()
    }
}

/// Enters notes as long as it may.
struct Endless(u64);

impl Job for Endless {
    type Output = ();

    fn slice(&mut self, office: &Office, until: Instant) -> Step<()> {
        while Instant::now() < until {
            self.0 += 1;
            let resident = SubjectId::derived("resident", &format!("job {}", self.0 % 50));
            office
                .enter_note(&clerk(), resident, None, &note(self.0))
                .unwrap();
        }
        Step::More(Progress {
            done: self.0,
            total: 0,
        })
    }
}

/// Runs in a process of its own until it is killed: says the id of every deed once its answer is there.
#[test]
#[ignore = "the other half of the test below"]
fn works_until_it_is_killed() {
    let Some(path) = std::env::var_os(HOME) else {
        return;
    };
    let handle = Handle::new(Office::new(database(Path::new(&path)), Machine::real()));
    drop(handle.job(Endless(0)));
    for at in 0.. {
        let resident = SubjectId::derived("resident", &(at % 20).to_string());
        let subject = SubjectId::derived("note", &(at % 30).to_string());
        // Every third deed corrects a note, so that heads move and a projection is made anew.
        let corrected = (at % 3 == 0).then_some(subject);
        let entered = block_on(handle.counter(move |office| {
            office
                .enter_note(&clerk(), resident, corrected, &note(at))
                .unwrap()
        }));
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nentered {entered}").unwrap();
        out.flush().unwrap();
        drop(out);
        block_on(handle.read(move |office| office.read(|c| notes::notes_of(c, resident)).unwrap()));
    }
}

/// Starts the other half, kills it after `life`, and answers with what it acknowledged.
fn killed_after(path: &Path, life: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "kill::works_until_it_is_killed",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(HOME, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reading = thread::spawn(move || {
        out.split(b'\n')
            .map_while(Result::ok)
            .filter_map(|line| {
                let line = String::from_utf8(line).ok()?;
                // A line cut off by the kill is shorter than an id.
                line.strip_prefix("entered ")
                    .filter(|id| id.len() == 64)
                    .map(str::to_owned)
            })
            .collect::<Vec<_>>()
    });
    thread::sleep(life);
    child.kill().unwrap();
    child.wait().unwrap();
    reading.join().unwrap()
}

fn id(hex: &str) -> RevisionId {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    }
    RevisionId(bytes)
}

#[test]
fn whatever_was_acknowledged_is_there_after_every_kill() {
    let rounds = if std::env::var_os("MADOGUCHI_LONG").is_some() {
        200
    } else {
        20
    };
    let mut random = canary::Random::new(20_261_124);
    let mut acknowledged = Vec::new();
    let mut total = 0;
    let mut folder = tempfile::tempdir().unwrap();
    for round in 0..rounds {
        if round % 10 == 0 {
            folder = tempfile::tempdir().unwrap();
            acknowledged.clear();
        }
        let path = folder.path().join("madoguchi.db");
        let entered = killed_after(&path, Duration::from_millis(random.below(400)));
        total += entered.len();
        acknowledged.extend(entered);
        assert_eq!(
            canary::files_holding(folder.path(), &[CANARY]),
            Vec::<std::path::PathBuf>::new(),
            "round {round}"
        );
        let office = Office::new(database(&path), Machine::real());
        for id in acknowledged.iter().map(|hex| id(hex)) {
            let kept = office.read(|c| ledger::revision(c, id)).unwrap();
            assert!(
                kept.is_some_and(|r| r.body.is_some()),
                "round {round}: {id} is gone"
            );
        }
        assert!(
            office.check_rebuild(None).unwrap().differing().is_empty(),
            "round {round}"
        );
        let audit::Verdict::Whole(head) = office.verify_chain(None).unwrap() else {
            panic!("round {round}: the chain is broken");
        };
        assert!(head.sequence >= acknowledged.len() as u64, "round {round}");
    }
    assert!(
        total > rounds,
        "the load was no load: {total} deeds in {rounds} rounds"
    );
}
