//! 束の照会. The bundles with how many of their sheets are entered, waiting for approval or held, and which
//! numbers are still open. Sheets are counted from the questionnaires that point to the bundle.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Connection, Row};

use crate::{
    domain::revision::SubjectId,
    store::{StoreError, ledger::subject_at, record::day_at},
};

/// 束の1行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundleLine {
    pub subject: SubjectId,
    pub number: String,
    /// Code in the table of institutions.
    pub sender: String,
    pub sender_name: Option<String>,
    pub received_on: NaiveDate,
    pub count: u16,
    pub programme: Option<String>,
    pub form_id: String,
    pub form_version: String,
    pub month: Option<NaiveDate>,
    pub is_closed: bool,
    pub is_received_twice: bool,
    /// Sheets entered, held ones included; each number once.
    pub entered: u16,
    pub held: u16,
    /// Sheets whose record waits for approval.
    pub waiting: u16,
}

impl BundleLine {
    /// Sheets still to be entered.
    pub fn left(&self) -> u16 {
        self.count.saturating_sub(self.entered)
    }

    /// More sheets than counted: work to settle.
    pub fn has_too_many(&self) -> bool {
        self.entered > self.count
    }
}

const LINE: &str = "SELECT bundles.*,
    (SELECT min(name) FROM institutions WHERE institutions.code = bundles.sender) AS sender_name,
    (SELECT count(DISTINCT sheet) FROM questionnaires AS q
     WHERE q.bundle = bundles.subject AND q.is_head = 1 AND q.is_cancelled = 0) AS entered,
    (SELECT count(DISTINCT sheet) FROM questionnaires AS q
     WHERE q.bundle = bundles.subject AND q.is_head = 1 AND q.is_cancelled = 0 AND q.hold IS NOT NULL) AS held,
    (SELECT count(DISTINCT sheet) FROM questionnaires AS q
     WHERE q.bundle = bundles.subject AND q.is_head = 1 AND q.is_cancelled = 0 AND q.hold IS NULL
       AND q.is_approved = 0) AS waiting
    FROM bundles";

/// The open bundles, oldest first, then the closed ones of the last days, newest first.
///
/// # Errors
/// The database can't be read.
pub fn bundles(connection: &Connection, closed_since: NaiveDate) -> Result<Vec<BundleLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{LINE} WHERE is_closed = 0 OR received_on >= ?1
         ORDER BY is_closed, CASE is_closed WHEN 0 THEN received_on END, received_on DESC, number"
    ))?;
    let rows = statement.query_map([closed_since.to_string()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// # Errors
/// The database can't be read.
pub fn bundle(connection: &Connection, subject: SubjectId) -> Result<Option<BundleLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{LINE} WHERE subject = ?1"))?;
    let mut rows = statement.query_map([subject.0.as_bytes()], line)?;
    Ok(rows.next().transpose()?)
}

/// The numbers of the sheets that have been entered, held ones included.
///
/// # Errors
/// The database can't be read.
pub fn entered_sheets(connection: &Connection, bundle: SubjectId) -> Result<BTreeSet<u16>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT sheet FROM questionnaires
         WHERE bundle = ?1 AND is_head = 1 AND is_cancelled = 0 AND sheet IS NOT NULL",
    )?;
    let rows = statement.query_map([bundle.0.as_bytes()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers of bundles that begin with this text, so that the next one can be offered.
///
/// # Errors
/// The database can't be read.
pub fn numbers_beginning(connection: &Connection, start: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT number FROM bundles WHERE substr(number, 1, length(?1)) = ?1 ORDER BY number",
    )?;
    let rows = statement.query_map([start], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn line(row: &Row<'_>) -> rusqlite::Result<BundleLine> {
    let month: Option<String> = row.get("month")?;
    Ok(BundleLine {
        subject: subject_at(row, "subject")?,
        number: row.get("number")?,
        sender: row.get("sender")?,
        sender_name: row.get("sender_name")?,
        received_on: day_at(row, "received_on")?,
        count: row.get("sheet_count")?,
        programme: row.get("programme")?,
        form_id: row.get("form_id")?,
        form_version: row.get("form_version")?,
        month: month.and_then(|day| day.parse().ok()),
        is_closed: row.get("is_closed")?,
        is_received_twice: row.get("is_received_twice")?,
        entered: row.get("entered")?,
        held: row.get("held")?,
        waiting: row.get("waiting")?,
    })
}
