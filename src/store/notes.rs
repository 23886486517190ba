//! 追記の照会. Reads what `store::projection::notes` has written.

use rusqlite::Connection;

use crate::{
    domain::revision::{OperatorId, RevisionId, SubjectId},
    store::{
        StoreError,
        ledger::{instant_at, subject_at},
    },
};

/// 住民の追記の一行.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteLine {
    pub subject: SubjectId,
    pub revision: RevisionId,
    /// Code of the topic.
    pub topic: String,
    pub text: String,
    pub noted_at: chrono::DateTime<chrono::Utc>,
    pub noted_by: OperatorId,
    /// False for the other side of a conflict.
    pub shown: bool,
}

impl std::fmt::Debug for NoteLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteLine")
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// The notes of a resident, newest first.
///
/// # Errors
/// The database can't be read.
pub fn notes_of(connection: &Connection, resident: SubjectId) -> Result<Vec<NoteLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM resident_notes WHERE resident = ?1 ORDER BY noted_at DESC, revision",
    )?;
    let rows = statement.query_map([resident.0.as_bytes()], |row| {
        Ok(NoteLine {
            subject: subject_at(row, "subject")?,
            revision: RevisionId(row.get("revision")?),
            topic: row.get("topic")?,
            text: row.get("text")?,
            noted_at: instant_at(row, "noted_at")?,
            noted_by: OperatorId(row.get("noted_by")?),
            shown: row.get("shown")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
