//! 予診票の照会. Which sheets are entered at a place in a bundle, which are held as 疑義, and the last ones of a
//! bundle. Reads what `store::projection::questionnaires` has written.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row, params};

use crate::{
    domain::{
        record::SheetPlace,
        revision::{OperatorId, RevisionId, SubjectId},
    },
    store::{
        StoreError,
        ledger::{instant_at, subject_at},
        record::optional_subject_at,
    },
};

/// 予診票の1行.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetLine {
    pub subject: SubjectId,
    pub revision: RevisionId,
    pub person: Option<SubjectId>,
    pub bundle: Option<SubjectId>,
    pub sheet: Option<u16>,
    pub voucher_number: Option<String>,
    pub programme: Option<String>,
    pub injected_on: Option<NaiveDate>,
    /// Codes with spaces between, where the sheet is held.
    pub hold: Option<String>,
    pub operator: OperatorId,
    pub updated_at: DateTime<Utc>,
}

impl fmt::Debug for SheetLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SheetLine")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// The sheets that stand at this place of a bundle; more than one is work to settle.
///
/// # Errors
/// The database can't be read.
pub fn sheets_at(connection: &Connection, place: SheetPlace) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT subject FROM questionnaires
         WHERE bundle = ?1 AND sheet = ?2 AND is_head = 1 AND is_cancelled = 0 ORDER BY subject",
    )?;
    let rows = statement.query_map(params![place.bundle.0.as_bytes(), place.number], |row| {
        subject_at(row, "subject")
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 疑義. The held sheets, oldest first.
///
/// # Errors
/// The database can't be read.
pub fn held(connection: &Connection) -> Result<Vec<SheetLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM questionnaires
         WHERE hold IS NOT NULL AND is_head = 1 AND is_shown = 1 AND is_cancelled = 0
         ORDER BY updated_at, subject",
    )?;
    let rows = statement.query_map([], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The shown version of one sheet.
///
/// # Errors
/// The database can't be read.
pub fn sheet(connection: &Connection, subject: SubjectId) -> Result<Option<SheetLine>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM questionnaires WHERE subject = ?1 AND is_shown = 1")?;
    let mut rows = statement.query_map([subject.0.as_bytes()], line)?;
    Ok(rows.next().transpose()?)
}

fn line(row: &Row<'_>) -> rusqlite::Result<SheetLine> {
    let injected_on: Option<String> = row.get("injected_on")?;
    Ok(SheetLine {
        subject: subject_at(row, "subject")?,
        revision: RevisionId(row.get("revision")?),
        person: optional_subject_at(row, "person")?,
        bundle: optional_subject_at(row, "bundle")?,
        sheet: row.get("sheet")?,
        voucher_number: row.get("voucher_number")?,
        programme: row.get("programme")?,
        injected_on: injected_on.and_then(|day| day.parse().ok()),
        hold: row.get("hold")?,
        operator: OperatorId(row.get("operator")?),
        updated_at: instant_at(row, "updated_at")?,
    })
}
