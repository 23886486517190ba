//! 承認の照会と登録. What has been decided about a revision, what is void and has to be shown, and the adding of an
//! approval that somebody has signed. The rule itself is `domain::approval`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    domain::{
        approval::{self, Ancestor, Approval, Checked, Consented, Decision, Standing, Void},
        operator::{Role, Validity},
        revision::{OperatorId, Revision, RevisionId, SubjectId},
        right::Consent,
        trust::OperatorCertificate,
    },
    rules::rights,
    store::{
        New, Parents, StoreError, Transaction,
        ledger::{self, instant_at, subject_at},
    },
};

/// The standing of each of these revisions of one subject that somebody has decided about.
pub(super) fn judged(
    connection: &Connection,
    revisions: &[Revision],
) -> Result<BTreeMap<RevisionId, Standing>, StoreError> {
    let mut checked = Vec::new();
    for revision in revisions {
        checked.extend(naming(connection, revision.id)?);
    }
    if checked.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(approval::standings(
        &lineage(revisions),
        &checked,
        rights::embedded(),
    ))
}

/// The revisions of a subject as far as approval is concerned.
#[must_use]
pub fn lineage(revisions: &[Revision]) -> Vec<Ancestor> {
    let ancestor = |revision: &Revision| Ancestor {
        id: revision.id,
        operator: revision.operator.clone(),
        deed: revision.deed.clone(),
        parents: revision.parents.clone(),
    };
    revisions.iter().map(ancestor).collect()
}

fn naming(connection: &Connection, revision: RevisionId) -> Result<Vec<Checked>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT *, EXISTS (SELECT 1 FROM revocations WHERE revocations.operator = approvals.approver
                 AND revocations.revoked_from <= approvals.approved_at AND revocations.serial > approvals.serial)
             AS revoked
         FROM approvals WHERE revision = ?1 ORDER BY subject",
    )?;
    let rows = statement.query_map([revision.0], checked_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn checked_at(row: &Row<'_>) -> rusqlite::Result<Checked> {
    let code = |column: &str| row.get::<_, String>(column);
    let unknown = |column: &str| rusqlite::Error::InvalidColumnName(column.to_owned());
    let approver = OperatorId(row.get("approver")?);
    let void: Option<String> = row.get("void")?;
    let certificate = match void {
        Some(void) => Err(Void::parse(&void).ok_or_else(|| unknown("void"))?),
        None if row.get("revoked")? => Err(Void::NotCertified),
        None => {
            let day = |column: &str| -> rusqlite::Result<NaiveDate> {
                code(column)?.parse().map_err(|_| unknown(column))
            };
            Ok(OperatorCertificate {
                operator: approver.clone(),
                name: String::new(),
                sealing_key: String::new(),
                signing_key: [0; 32],
                roles: code("roles")?.split(' ').filter_map(Role::parse).collect(),
                terminals: Vec::new(),
                validity: Validity {
                    from: day("valid_from")?,
                    until: day("valid_until")?,
                },
            })
        }
    };
    Ok(Checked {
        consented: Consented {
            consent: Consent::parse(&code("consent")?).ok_or_else(|| unknown("consent"))?,
            decision: Decision::parse(&code("decision")?).ok_or_else(|| unknown("decision"))?,
            revisions: vec![RevisionId(row.get("revision")?)],
            reason: row.get("reason")?,
            approver,
            approved_at: instant_at(row, "approved_at")?,
        },
        certificate,
    })
}

/// 承認の状態 of one revision; none where nobody has decided.
///
/// # Errors
/// The database can't be read.
pub fn standing(connection: &Connection, revision: RevisionId) -> Result<Option<Standing>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM approval_standings WHERE revision = ?1")?
        .query_row([revision.0], |row| {
            let void: Option<String> = row.get("void")?;
            if let Some(void) = void.as_deref().and_then(Void::parse) {
                return Ok(Standing::Void(void));
            }
            let by = OperatorId(row.get("decided_by")?);
            let at = instant_at(row, "decided_at")?;
            let word: String = row.get("standing")?;
            Ok(if word == "approved" {
                Standing::Approved { by, at }
            } else {
                Standing::Returned { by, at }
            })
        })
        .optional()?)
}

/// 承認されているか.
///
/// # Errors
/// The database can't be read.
pub fn is_approved(connection: &Connection, revision: RevisionId) -> Result<bool, StoreError> {
    Ok(matches!(
        standing(connection, revision)?,
        Some(Standing::Approved { .. })
    ))
}

/// 効かない承認の一行: counts as absent, and is shown as work for a supervisor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoidApproval {
    pub subject: SubjectId,
    pub revision: RevisionId,
    pub void: Void,
    pub approver: OperatorId,
    pub approved_at: DateTime<Utc>,
}

/// 効かない承認の一覧, newest first, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn void_approvals(connection: &Connection, most: u32) -> Result<Vec<VoidApproval>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT s.subject, s.revision, s.void, a.approver, max(a.approved_at) AS approved_at
         FROM approval_standings AS s JOIN approvals AS a ON a.revision = s.revision
         WHERE s.standing = 'void' GROUP BY s.subject, s.revision ORDER BY approved_at DESC LIMIT ?1",
    )?;
    let rows = statement.query_map(params![most], |row| {
        let void: String = row.get("void")?;
        Ok(VoidApproval {
            subject: subject_at(row, "subject")?,
            revision: RevisionId(row.get("revision")?),
            void: Void::parse(&void).ok_or(rusqlite::Error::InvalidQuery)?,
            approver: OperatorId(row.get("approver")?),
            approved_at: instant_at(row, "approved_at")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Transaction<'_> {
    /// 承認を登録する. Adds the signed approval as a subject of its own. What it is worth is judged when it is
    /// projected; `about` is the resident where all it names concern one.
    ///
    /// # Errors
    /// The store can't write.
    pub fn add_approval(&mut self, approval: &Approval) -> Result<RevisionId, StoreError> {
        let mut about: Vec<Option<SubjectId>> = Vec::new();
        for named in &approval.consented.revisions {
            if let Some(revision) = ledger::revision(self.connection(), *named)? {
                about.push(revision.about);
            }
        }
        about.dedup();
        let about = if let [one] = about.as_slice() { *one } else { None };
        let subject = self.new_subject();
        self.append(New {
            subject,
            about,
            body: approval,
            parents: Parents::None,
        })
    }
}
