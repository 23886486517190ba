//! 承認待ちの照会. The shown versions of records that wait for a second person, and who has written since the last
//! approved version. What a returned one was returned for stands beside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row};

use crate::{
    domain::{
        approval,
        record::{DoseNumber, Outcome},
        revision::{OperatorId, RevisionId, SubjectId},
    },
    store::{
        StoreError, approvals,
        ledger::{self, instant_at, subject_at},
        record::{day_at, optional_subject_at},
    },
};

/// 承認待ちの1行.
#[derive(Clone, PartialEq, Eq)]
pub struct WaitingLine {
    pub record: SubjectId,
    pub revision: RevisionId,
    pub questionnaire: Option<SubjectId>,
    pub person: SubjectId,
    pub programme: String,
    /// As stored: `1` to `9`, `booster`.
    pub dose: DoseNumber,
    pub vaccinated_on: NaiveDate,
    pub outcome: Outcome,
    pub lot_number: Option<String>,
    pub is_cancelled: bool,
    pub change_reason: Option<String>,
    pub operator: OperatorId,
    pub updated_at: DateTime<Utc>,
    /// 差し戻しの理由, where the newest decision was to return it.
    pub returned_for: Option<String>,
}

impl fmt::Debug for WaitingLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingLine")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// What waits, oldest first. Returned ones wait for their correction and are not among them.
///
/// # Errors
/// The database can't be read.
pub fn waiting(connection: &Connection) -> Result<Vec<WaitingLine>, StoreError> {
    lines(connection, "NOT EXISTS")
}

/// 差し戻されたもの, oldest first: to be corrected or cancelled by whoever entered them.
///
/// # Errors
/// The database can't be read.
pub fn returned(connection: &Connection) -> Result<Vec<WaitingLine>, StoreError> {
    lines(connection, "EXISTS")
}

fn lines(connection: &Connection, is_returned: &str) -> Result<Vec<WaitingLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT r.*,
             (SELECT a.reason FROM approvals AS a WHERE a.revision = r.revision AND a.decision = 'returned'
              ORDER BY a.approved_at DESC LIMIT 1) AS returned_for
         FROM vaccination_records AS r INDEXED BY vaccination_records_waiting
         WHERE r.is_head = 1 AND r.approval = 'waiting' AND r.is_shown = 1
           AND {is_returned} (SELECT 1 FROM approval_standings AS s
                              WHERE s.revision = r.revision AND s.standing = 'returned')
         ORDER BY r.updated_at, r.subject"
    ))?;
    let rows = statement.query_map([], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who wrote this version or one before it, down to and without the last approved one.
///
/// # Errors
/// The database can't be read.
pub fn authors_since_approval(
    connection: &Connection,
    record: SubjectId,
    revision: RevisionId,
) -> Result<BTreeSet<OperatorId>, StoreError> {
    let revisions = ledger::revisions_of(connection, record)?;
    if let [only] = revisions.as_slice() {
        return Ok(BTreeSet::from([only.operator.clone()]));
    }
    let settled = approvals::judged(connection, &revisions)?;
    let lineage = approvals::lineage(&revisions);
    let by_id: BTreeMap<_, _> = lineage.iter().map(|ancestor| (ancestor.id, ancestor)).collect();
    Ok(approval::authors_since_approval(revision, &by_id, &settled))
}

fn line(row: &Row<'_>) -> rusqlite::Result<WaitingLine> {
    let column = |name: &str| rusqlite::Error::InvalidColumnName(name.to_owned());
    Ok(WaitingLine {
        record: subject_at(row, "subject")?,
        revision: RevisionId(row.get("revision")?),
        questionnaire: optional_subject_at(row, "questionnaire")?,
        person: subject_at(row, "person")?,
        programme: row.get("programme")?,
        dose: DoseNumber::parse(&row.get::<_, String>("dose")?).map_err(|_| column("dose"))?,
        vaccinated_on: day_at(row, "vaccinated_on")?,
        outcome: Outcome::try_from(row.get::<_, u8>("outcome")?).map_err(|_| column("outcome"))?,
        lot_number: row.get("lot_number")?,
        is_cancelled: row.get("is_cancelled")?,
        change_reason: row.get("change_reason")?,
        operator: OperatorId(row.get("operator")?),
        updated_at: instant_at(row, "updated_at")?,
        returned_for: row.get("returned_for")?,
    })
}
