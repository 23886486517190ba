//! 試験台. A demo home in a temporary folder with a clock that only the test moves, for the journeys that begin at
//! the door.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use madoguchi::{
    office::{Home, Machine, Office, Session, SignInError, demo, open},
    seal::password::Cost,
};

/// A clock that only the test moves. It begins on 24 November 2026, 9:00 in Tokyo.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn start() -> Self {
        let start: DateTime<Utc> = "2026-11-24T00:00:00Z".parse().unwrap();
        Self(Arc::new(AtomicI64::new(start.timestamp())))
    }

    pub fn machine(&self) -> Machine {
        let seconds = Arc::clone(&self.0);
        Machine::new(
            move || DateTime::from_timestamp(seconds.load(Ordering::Relaxed), 0).unwrap(),
            |bytes| getrandom::fill(bytes).unwrap(),
        )
    }

    pub fn forward(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub clock: Clock,
}

/// A demo home with its seven operators and cheap passwords.
pub fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    demo::make(
        &Home::new(folder.path().join("home")),
        clock.machine(),
        1,
        Cost::CHEAP,
    )
    .unwrap();
    Bench { folder, clock }
}

impl Bench {
    pub fn home(&self) -> Home {
        Home::new(self.folder.path().join("home"))
    }

    pub fn open(&self, operator: &str, password: &str) -> Result<(Office, Session), SignInError> {
        open(&self.home(), self.clock.machine(), operator, password)
    }

    /// Signed in as this demo operator.
    pub fn as_operator(&self, operator: &str) -> (Office, Session) {
        self.open(operator, password(operator)).unwrap()
    }
}

pub fn password(operator: &str) -> &'static str {
    demo::OPERATORS
        .iter()
        .find(|person| person.operator == operator)
        .unwrap()
        .password
}
