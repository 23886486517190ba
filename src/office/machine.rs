//! この端末の時計と乱数. Handed to the office, so that tests and the demo city decide what time it is and which
//! bytes are random.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

type Clock = Box<dyn Fn() -> DateTime<Utc> + Send + Sync>;
type Source = Box<dyn FnMut(&mut [u8]) + Send>;

/// 時計と乱数.
pub struct Machine {
    clock: Clock,
    random: Mutex<Source>,
}

impl Machine {
    #[must_use]
    pub fn new(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        random: impl FnMut(&mut [u8]) + Send + 'static,
    ) -> Self {
        Self {
            clock: Box::new(clock),
            random: Mutex::new(Box::new(random)),
        }
    }

    /// The clock and the random bytes of the operating system.
    #[must_use]
    pub fn real() -> Self {
        Self::new(Utc::now, |bytes| {
            getrandom::fill(bytes).expect("a machine without random bytes can't run any of this");
        })
    }

    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// きょう in Asia/Tokyo.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        (self.now() + chrono::TimeDelta::hours(9)).date_naive()
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        (self.random.lock().unwrap_or_else(PoisonError::into_inner))(bytes);
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}
