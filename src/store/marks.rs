//! 印. Numbers by name that are facts about this database itself: how far numbers have been issued, whether it was
//! restored. They are no content and don't travel.

use rusqlite::{Connection, OptionalExtension, params};

use crate::store::{Database, StoreError, Transaction};

/// Set where a backup was restored: no number is issued before the terminal is enrolled anew.
pub const RESTORED: &str = "restored";

/// # Errors
/// The database can't be read.
pub fn value(connection: &Connection, name: &str) -> Result<Option<u64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT value FROM marks WHERE name = ?1")?
        .query_row([name], |row| row.get::<_, i64>(0))
        .optional()?
        .map(i64::unsigned_abs))
}

fn raise(connection: &Connection, name: &str, to: u64) -> Result<(), StoreError> {
    let to = i64::try_from(to).map_err(|_| StoreError::TooLarge)?;
    connection
        .prepare_cached(
            "INSERT INTO marks (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value < excluded.value",
        )?
        .execute(params![name, to])?;
    Ok(())
}

impl Database {
    /// 印を上げる, in a write of its own; never lowered. Not inside a deed, which holds the writer.
    ///
    /// # Errors
    /// The disk is full or the database can't be written.
    pub fn raise_mark(&self, name: &str, to: u64) -> Result<(), StoreError> {
        raise(&self.writer(), name, to)
    }
}

impl Transaction<'_> {
    /// 印を上げる with the deed.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn raise_mark(&mut self, name: &str, to: u64) -> Result<(), StoreError> {
        raise(self.connection(), name, to)
    }

    /// 印を消す. Only enrolling anew takes the mark of a restored database away.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn take_mark_away(&mut self, name: &str) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM marks WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }
}
