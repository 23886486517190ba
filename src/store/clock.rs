//! 日時の証人. What this database knows of time: its newest event, the newest receipt, the last confirmation.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    domain::clock::Witness,
    store::{StoreError, Transaction, audit},
};

const CONFIRMED: &str = "clock_confirmed_at";
const RECEIPT: &str = "last_receipt_at";

/// # Errors
/// The database can't be read.
pub fn witness(connection: &Connection) -> Result<Witness, StoreError> {
    Ok(Witness {
        last_event_at: audit::last_at(connection)?,
        last_receipt_at: mark(connection, RECEIPT)?,
        confirmed_at: mark(connection, CONFIRMED)?,
    })
}

impl Transaction<'_> {
    /// A supervisor has confirmed date and time.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn confirm_clock(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        set_mark(self.connection(), CONFIRMED, now)
    }

    /// The center has receipted at this instant.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn note_receipt(&mut self, at: DateTime<Utc>) -> Result<(), StoreError> {
        set_mark(self.connection(), RECEIPT, at)
    }
}

fn mark(connection: &Connection, name: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let millis: Option<i64> = connection
        .prepare_cached("SELECT value FROM marks WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(millis.map(|millis| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)))
}

fn set_mark(connection: &Connection, name: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO marks (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, at.timestamp_millis()],
    )?;
    Ok(())
}
