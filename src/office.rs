//! What a person can do. One function is one deed, one transaction, one audit event: permission, validation,
//! permission again inside the transaction, revisions with their projection, event; all or nothing. Deeds are
//! `impl Office` blocks, one file per noun below. Screens hold a [`Handle`] and never the office itself.

pub mod approve;
mod authority;
pub mod backup;
pub mod bundle;
pub mod cases;
pub mod certificate;
mod check;
mod clock;
pub mod code;
pub mod demo;
pub mod doctor;
mod door_log;
mod doorstep;
pub mod draft;
pub mod draw;
pub mod enter;
pub mod feed;
pub mod forecast;
mod handle;
pub mod home;
pub mod individual_number;
mod job;
pub mod keys;
pub mod log;
pub mod machine;
pub mod note;
pub mod number;
pub mod paper;
pub mod people;
mod permission;
pub mod person;
pub mod plan;
pub mod printers;
pub mod printing;
pub mod run;
pub mod search;
pub mod session;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod terminal;
pub mod voucher;
pub mod waiting;
pub mod witness;
pub mod work;

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

pub use check::RebuildProjections;
pub use doorstep::{Doorstep, DoorstepError};
pub use handle::Handle;
pub use home::Home;
pub use job::{Job, JobHandle, JobOutcome, JobWatch, Progress, Step, run_beside, run_here};
pub use machine::Machine;
pub use session::Session;
pub use sign_in::{SignInError, open, open_demo};

pub use crate::store::{
    StoreError,
    audit::Verdict as ChainVerdict,
    digest::{ProjectionDigest, total as total_digest},
};

use crate::{
    domain::{clock::ClockDoubt, deed::Deed},
    office::witness::Witness,
    store::{Connection, Database, Stamp, Transaction, forecast::newest_mark},
};

/// 窓口の内側. Synchronous; owns the open database of one terminal.
#[derive(Debug)]
pub struct Office {
    database: Database,
    machine: Machine,
    /// Where the second person signs in. None for an office over a bare database.
    doorstep: Mutex<Option<Doorstep>>,
    /// None for an office over a bare database.
    witness: Mutex<Option<Witness>>,
}

/// Why a deed was not done. Each deed's own error is made from this one.
#[derive(Debug)]
pub enum DeedError {
    NotPermitted,
    /// The session has ended meanwhile.
    SignedOut,
    /// A supervisor has to confirm date and time first.
    Clock(ClockDoubt),
    Store(StoreError),
}

impl fmt::Display for DeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPermitted => f.write_str(
                "この操作をする権限がありません。権限のある職員が行うか、権限管理者に相談してください。",
            ),
            Self::SignedOut => f.write_str("サインアウトしています。サインインしなおしてください。"),
            Self::Clock(doubt) => doubt.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DeedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::NotPermitted | Self::SignedOut => None,
            Self::Clock(doubt) => Some(doubt),
        }
    }
}

impl From<StoreError> for DeedError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Office {
    #[must_use]
    pub fn new(database: Database, machine: Machine) -> Self {
        Self {
            database,
            machine,
            doorstep: Mutex::new(None),
            witness: Mutex::new(None),
        }
    }

    /// With the doorstep over which this database was opened.
    fn at(self, doorstep: Doorstep) -> Result<Self, DoorstepError> {
        let witness = Witness::open(&doorstep.home.witness(), &doorstep.file.door_key)?;
        Ok(Self {
            doorstep: Mutex::new(Some(doorstep)),
            witness: Mutex::new(Some(witness)),
            ..self
        })
    }

    /// Takes it apart, for work on the files themselves.
    fn apart(self) -> (Database, Machine, Option<Doorstep>) {
        let doorstep = self.doorstep.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.database, self.machine, doorstep)
    }

    /// Lets go of the database and answers with the machine.
    fn close(self) -> Machine {
        self.machine
    }

    /// Works at the doorstep: slot file, keychain and door log.
    fn with_doorstep<T, E: From<DoorstepError>>(
        &self,
        f: impl FnOnce(&mut Doorstep) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut doorstep = self.doorstep.lock().unwrap_or_else(PoisonError::into_inner);
        match doorstep.as_mut() {
            Some(doorstep) => doorstep.held(f),
            None => Err(DoorstepError::Home(home::HomeError::NotSetUp).into()),
        }
    }

    /// Writes down how far the audit chain has come. A deed that is done stays done where this can't be written:
    /// the next one, or the end of the session, writes the same.
    fn bear_witness(&self) {
        let mut witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(witness), Some(head)) = (witness.as_mut(), self.database.take_newest()) {
            let _ = witness.keep(head, doorstep::fresh(&self.machine));
        }
    }

    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// きょう. The day in Asia/Tokyo, nine hours ahead of UTC the whole year.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        (self.machine.now() + chrono::TimeDelta::hours(9)).date_naive()
    }

    fn database(&self) -> &Database {
        &self.database
    }

    /// Runs one deed of this session. `f` adds revisions and at least one event.
    ///
    /// # Errors
    /// [`DeedError`] as `E`, or what `f` returns; nothing is written then.
    pub fn deed<T, E: From<DeedError>>(
        &self,
        session: &Session,
        deed: Deed,
        f: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let now = self.machine.now();
        self.database
            .read(|connection| Ok(permission::check(connection, session, deed, now)))
            .map_err(|error| E::from(error.into()))??;
        let stamp = self.stamp(session, deed, now);
        let done = self
            .database
            .transact(stamp, &mut |bytes| self.machine.fill(bytes), |transaction| {
                asked_again(transaction, session, deed, now)?;
                let mark = newest_mark(transaction.connection())?;
                let answer = f(transaction).map_err(Refused::Deed)?;
                forecast::settle(transaction.connection(), mark)?;
                Ok(answer)
            })
            .map_err(Refused::into);
        self.bear_witness();
        done
    }

    /// Runs one slice of a job. Its deed has its events where it begins and where it shows what it has made;
    /// between them a slice needs none. Forecasts it makes stale are left to the background.
    ///
    /// # Errors
    /// As [`Self::deed`].
    pub fn slice<T, E: From<DeedError>>(
        &self,
        session: &Session,
        deed: Deed,
        f: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let now = self.machine.now();
        let stamp = self.stamp(session, deed, now);
        let done = self
            .database
            .write(stamp, &mut |bytes| self.machine.fill(bytes), |transaction| {
                asked_again(transaction, session, deed, now)?;
                f(transaction).map_err(Refused::Deed)
            })
            .map_err(Refused::into);
        self.bear_witness();
        done
    }

    fn stamp(&self, session: &Session, deed: Deed, now: DateTime<Utc>) -> Stamp {
        Stamp {
            now,
            operator: session.operator().clone(),
            terminal: session.terminal().clone(),
            deed,
        }
    }

    /// For the making of a demo city only.
    fn prepare_for_bulk(&self, bulk: bool) -> Result<(), StoreError> {
        self.database.prepare_for_bulk(bulk)
    }

    /// From now on [`Self::checkpoint`] is called beside the work.
    fn checkpoint_beside(&self) -> Result<(), StoreError> {
        self.database.checkpoint_beside()
    }

    /// Brings the log of writes into the file.
    fn checkpoint(&self) -> Result<(), StoreError> {
        self.database.checkpoint()
    }

    /// Runs one query on the connection that can't write. No transaction is held longer than `f`.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.database.read(f)
    }
}

/// A right may have been taken away while the deed waited in the queue.
fn asked_again<E>(
    transaction: &Transaction<'_>,
    session: &Session,
    deed: Deed,
    now: DateTime<Utc>,
) -> Result<(), Refused<E>> {
    permission::check(transaction.connection(), session, deed, now).map_err(Refused::Before)?;
    clock::check(transaction.connection(), deed, now).map_err(Refused::Before)
}

/// Tells what stopped the transaction: the deed itself or what stands around it.
enum Refused<E> {
    Before(DeedError),
    Deed(E),
}

impl<E: From<DeedError>> Refused<E> {
    fn into(self) -> E {
        match self {
            Self::Before(error) => error.into(),
            Self::Deed(error) => error,
        }
    }
}

impl<E> From<StoreError> for Refused<E> {
    fn from(error: StoreError) -> Self {
        Self::Before(error.into())
    }
}
