//! 証明書の照会. What was issued to a person, and the log of a day. Reads what `store::projection::certificates`
//! has written.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row, params};

use crate::{
    domain::revision::{OperatorId, SubjectId, TerminalId},
    store::{
        StoreError,
        ledger::{instant_at, subject_at},
        resident::day_at,
    },
};

/// 発行履歴の1行. One copy.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateLine {
    pub application: SubjectId,
    pub person: SubjectId,
    /// Code of the kind.
    pub kind: String,
    pub applicant: String,
    pub document: String,
    pub number: String,
    pub copy: u8,
    pub copies: u8,
    pub issued_on: Option<NaiveDate>,
    pub issued_at: DateTime<Utc>,
    pub issued_by: OperatorId,
    pub terminal: TerminalId,
    pub replaces: Option<String>,
    /// 刷損.
    pub spoiled_on: Option<NaiveDate>,
}

impl std::fmt::Debug for CertificateLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateLine")
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}

const LINE: &str =
    "SELECT applications.subject AS application, applications.person AS person, kind, applicant,
    document, copies, issues.* FROM certificate_issues AS issues
    JOIN certificate_applications AS applications ON applications.subject = issues.subject";

/// 1人の発行履歴, newest first.
///
/// # Errors
/// The database can't be read.
pub fn issues_of(connection: &Connection, person: SubjectId) -> Result<Vec<CertificateLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{LINE} WHERE applications.person = ?1 ORDER BY issued_at DESC, number DESC"
    ))?;
    let rows = statement.query_map([person.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The copies of one application.
///
/// # Errors
/// The database can't be read.
pub fn issues_for(
    connection: &Connection,
    application: SubjectId,
) -> Result<Vec<CertificateLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{LINE} WHERE applications.subject = ?1 ORDER BY issued_at, number"
    ))?;
    let rows = statement.query_map([application.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 発行簿. Everything issued on a day.
///
/// # Errors
/// The database can't be read.
pub fn issues_on(connection: &Connection, day: NaiveDate) -> Result<Vec<CertificateLine>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("{LINE} WHERE issued_on = ?1 ORDER BY issued_at, number"))?;
    let rows = statement.query_map([day.to_string()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The highest running number at the end of the numbers this terminal has issued.
///
/// # Errors
/// The database can't be read.
pub fn highest_running(connection: &Connection, terminal: &TerminalId) -> Result<Option<u64>, StoreError> {
    let highest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(CAST(substr(number, instr(number, '-') + 1) AS INTEGER)) FROM certificate_issues
             WHERE terminal = ?1",
        )?
        .query_row(params![terminal.0], |row| row.get(0))?;
    Ok(highest.and_then(|number| u64::try_from(number).ok()))
}

fn line(row: &Row<'_>) -> rusqlite::Result<CertificateLine> {
    Ok(CertificateLine {
        application: subject_at(row, "application")?,
        person: subject_at(row, "person")?,
        kind: row.get("kind")?,
        applicant: row.get("applicant")?,
        document: row.get("document")?,
        number: row.get("number")?,
        copy: row.get("copy")?,
        copies: row.get("copies")?,
        issued_on: day_at(row, "issued_on")?,
        issued_at: instant_at(row, "issued_at")?,
        issued_by: OperatorId(row.get("issued_by")?),
        terminal: TerminalId(row.get("terminal")?),
        replaces: row.get("replaces")?,
        spoiled_on: day_at(row, "spoiled_on")?,
    })
}
