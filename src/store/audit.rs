//! 操作履歴の連鎖. Appends the events of a deed in the deed's own transaction and verifies the whole chain. Rows are
//! never changed or deleted (triggers); what the chain can't show is a tail that is gone, cut off by someone who
//! holds the database key or lost with a damaged write-ahead log: the witness beside the door log and printed
//! manifests tell of it then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::{
        audit::{Entry, Event},
        chain::{self, Link},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    store::{Stamp, StoreError, ledger::instant_at},
};

/// 連鎖の先端. The last entry's number and link; number 0 before the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    pub sequence: u64,
    pub link: Link,
}

/// What verifying the chain found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Whole(Head),
    /// The first entry that is missing, changed or not chained to the one before.
    Broken {
        sequence: u64,
    },
}

pub(super) fn append(connection: &Connection, stamp: &Stamp, event: Event) -> Result<Head, StoreError> {
    let head = head(connection)?;
    let entry = Entry {
        sequence: head.sequence + 1,
        at: stamp.now,
        operator: stamp.operator.clone(),
        terminal: stamp.terminal.clone(),
        deed: event.deed.code().to_owned(),
        about: event.about,
        detail: event.detail,
        individual_number_accessed: event.individual_number_accessed,
    };
    let link = entry.link(&head.link);
    let sequence = i64::try_from(entry.sequence).map_err(|_| StoreError::TooLarge)?;
    let detail = serde_json::to_string(&entry.detail).map_err(|_| StoreError::TooLarge)?;
    let about: Vec<u8> = entry.about.iter().flat_map(|s| *s.0.as_bytes()).collect();
    connection
        .prepare_cached(
            "INSERT INTO audit_events (sequence, at, operator, terminal, deed, individual_number_accessed,
                 about, detail, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            sequence,
            entry.at.timestamp_millis(),
            entry.operator.0,
            entry.terminal.0,
            entry.deed,
            entry.individual_number_accessed,
            about,
            detail,
            link,
        ])?;
    for subject in &entry.about {
        connection
            .prepare_cached("INSERT OR IGNORE INTO audit_subjects (subject, sequence) VALUES (?1, ?2)")?
            .execute(params![subject.0.as_bytes(), sequence])?;
    }
    Ok(Head {
        sequence: entry.sequence,
        link,
    })
}

/// The link after the entry of this number, or `None` where the chain does not reach so far.
///
/// # Errors
/// The database can't be read.
pub fn link_at(connection: &Connection, sequence: u64) -> Result<Option<Link>, StoreError> {
    if sequence == 0 {
        return Ok(Some(chain::START));
    }
    let sequence = i64::try_from(sequence).map_err(|_| StoreError::TooLarge)?;
    Ok(connection
        .prepare_cached("SELECT link FROM audit_events WHERE sequence = ?1")?
        .query_row([sequence], |row| row.get(0))
        .optional()?)
}

/// # Errors
/// The database can't be read.
pub fn head(connection: &Connection) -> Result<Head, StoreError> {
    let last = connection
        .prepare_cached("SELECT sequence, link FROM audit_events ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Head {
                sequence: row.get::<_, i64>(0)?.unsigned_abs(),
                link: row.get(1)?,
            })
        })
        .optional()?;
    Ok(last.unwrap_or(Head {
        sequence: 0,
        link: chain::START,
    }))
}

/// When the last event was, or `None` before the first.
///
/// # Errors
/// The database can't be read.
pub fn last_at(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT at FROM audit_events ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| instant_at(row, "at"))
        .optional()?)
}

/// Recomputes the whole chain from its first entry.
///
/// # Errors
/// The database can't be read.
pub fn verify(connection: &Connection) -> Result<Verdict, StoreError> {
    let mut head = Head {
        sequence: 0,
        link: chain::START,
    };
    let mut statement = connection.prepare("SELECT * FROM audit_events ORDER BY sequence")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let broken = Verdict::Broken {
            sequence: head.sequence + 1,
        };
        let Ok(entry) = entry_at(row) else {
            return Ok(broken);
        };
        let link = entry.link(&head.link);
        if entry.sequence != head.sequence + 1 || row.get::<_, Link>("link")? != link {
            return Ok(broken);
        }
        head = Head {
            sequence: entry.sequence,
            link,
        };
    }
    Ok(Verdict::Whole(head))
}

/// The newest entries first, at most `most`, those before `before` if it is given.
///
/// # Errors
/// The database can't be read.
pub fn entries(connection: &Connection, before: Option<u64>, most: u32) -> Result<Vec<Entry>, StoreError> {
    let before = before.map_or(i64::MAX, |at| i64::try_from(at).unwrap_or(i64::MAX));
    let mut statement = connection
        .prepare_cached("SELECT * FROM audit_events WHERE sequence < ?1 ORDER BY sequence DESC LIMIT ?2")?;
    let rows = statement.query_map(params![before, most], entry_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn entry_at(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let about: Vec<u8> = row.get("about")?;
    let detail: String = row.get("detail")?;
    let detail: BTreeMap<String, String> =
        serde_json::from_str(&detail).map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(Entry {
        sequence: row.get::<_, i64>("sequence")?.unsigned_abs(),
        at: instant_at(row, "at")?,
        operator: OperatorId(row.get("operator")?),
        terminal: TerminalId(row.get("terminal")?),
        deed: row.get("deed")?,
        about: about
            .chunks_exact(16)
            .filter_map(|bytes| Uuid::from_slice(bytes).ok())
            .map(SubjectId)
            .collect(),
        detail,
        individual_number_accessed: row.get("individual_number_accessed")?,
    })
}
