//! 下書き. What a clerk has typed and not yet registered, kept in the encrypted database so that it outlives a
//! crash and the lock screen. A draft is no statement about anybody: it is not a revision, is never sent, and
//! belongs to the operator who typed it.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    domain::revision::OperatorId,
    store::{Database, StoreError, Transaction, ledger::instant_at},
};

const LONGEST: usize = 64 * 1024;

/// 下書きの場所.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftPlace {
    pub place: String,
    pub kept_at: DateTime<Utc>,
}

/// The operator's draft at a place; a draft this program can't read is none.
///
/// # Errors
/// The database can't be read.
pub fn draft<T: DeserializeOwned>(
    connection: &Connection,
    operator: &OperatorId,
    place: &str,
) -> Result<Option<T>, StoreError> {
    let body: Option<Vec<u8>> = connection
        .prepare_cached("SELECT body FROM drafts WHERE operator = ?1 AND place = ?2")?
        .query_row([operator.0.as_str(), place], |row| row.get(0))
        .optional()?;
    Ok(body.and_then(|bytes| ciborium::de::from_reader_with_recursion_limit(bytes.as_slice(), 32).ok()))
}

/// The operator's drafts, newest first.
///
/// # Errors
/// The database can't be read.
pub fn drafts_of(connection: &Connection, operator: &OperatorId) -> Result<Vec<DraftPlace>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT place, kept_at FROM drafts WHERE operator = ?1 ORDER BY kept_at DESC, place",
    )?;
    let rows = statement.query_map([operator.0.as_str()], |row| {
        Ok(DraftPlace {
            place: row.get("place")?,
            kept_at: instant_at(row, "kept_at")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Database {
    /// Keeps or replaces a draft. Not a deed: nothing is said about anybody.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] over 64 KiB, or why the database can't be written.
    pub fn keep_draft<T: Serialize>(
        &self,
        operator: &OperatorId,
        place: &str,
        kept_at: DateTime<Utc>,
        draft: &T,
    ) -> Result<(), StoreError> {
        let mut body = Vec::new();
        ciborium::into_writer(draft, &mut body).map_err(|_| StoreError::TooLarge)?;
        if body.len() > LONGEST {
            return Err(StoreError::TooLarge);
        }
        self.writer().execute(
            "INSERT OR REPLACE INTO drafts (operator, place, kept_at, body) VALUES (?1, ?2, ?3, ?4)",
            params![operator.0, place, kept_at.timestamp_millis(), body],
        )?;
        Ok(())
    }

    /// # Errors
    /// Why the database can't be written.
    pub fn drop_draft(&self, operator: &OperatorId, place: &str) -> Result<(), StoreError> {
        self.writer().execute(
            "DELETE FROM drafts WHERE operator = ?1 AND place = ?2",
            [operator.0.as_str(), place],
        )?;
        Ok(())
    }
}

impl Transaction<'_> {
    /// Drops a draft together with the deed that registers it.
    ///
    /// # Errors
    /// Why the database can't be written.
    pub fn drop_draft(&mut self, place: &str) -> Result<(), StoreError> {
        let operator = self.stamp().operator.0.clone();
        self.connection()
            .prepare_cached("DELETE FROM drafts WHERE operator = ?1 AND place = ?2")?
            .execute([operator.as_str(), place])?;
        Ok(())
    }
}
