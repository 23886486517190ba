//! 射影. The typed tables that screens read, computed from revisions and from nothing else. One file per noun
//! below; `ALL` lists them in the order of a rebuild. Rows of a subject are deleted and made anew from the set
//! of its revisions, so the order of arrival can't matter. What can't be projected is kept and listed (要更新,
//! 未反映) and holds up nothing else.

mod approvals;
mod bundles;
mod certificates;
mod city_settings;
mod codes;
mod draws;
mod households;
mod individual_numbers;
mod notes;
mod people;
mod print_runs;
mod protections;
mod questionnaires;
pub(crate) mod residents;
mod standing;
mod standings;
mod vaccination_records;
mod vouchers;

use std::{collections::BTreeSet, fmt};

use rusqlite::{Connection, params};

use crate::{
    domain::revision::{BodyError, Kind, KindCode, RevisionId, SubjectId},
    store::{StoreError, forecast, ledger},
};

pub use crate::domain::revision::Revision as Stored;

/// Every projection, in the order a rebuild runs them.
pub const ALL: &[&Projection] = &[
    &people::PROJECTION,
    &approvals::PROJECTION,
    &standings::PROJECTION,
    &individual_numbers::PROJECTION,
    &residents::PROJECTION,
    &households::PROJECTION,
    &protections::PROJECTION,
    &notes::PROJECTION,
    &codes::PROJECTION,
    &city_settings::PROJECTION,
    &bundles::PROJECTION,
    &questionnaires::PROJECTION,
    &vaccination_records::PROJECTION,
    &vouchers::PROJECTION,
    &print_runs::PROJECTION,
    &certificates::PROJECTION,
    &draws::PROJECTION,
];

/// Other subjects whose projections depend on a revision of this kind (an approval: the subjects of the
/// revisions it names). They are projected again after it.
pub const TOUCHES: &[(Kind, Touched)] = &[
    (Kind::Approval, approvals::touched),
    (Kind::Revocation, approvals::touched_by_revocation),
];

/// Whom the revisions of one subject touch.
pub type Touched = fn(&Connection, &[Stored]) -> rusqlite::Result<Vec<(SubjectId, Kind)>>;

/// 射影. Some tables, each `STRICT` with a column `subject` of 16 bytes and a primary key.
pub struct Projection {
    pub name: &'static str,
    /// The kinds whose revisions it reads.
    pub kinds: &'static [Kind],
    /// Made anew and filled again when this text changes; a change of `project` alone shows as a comment here.
    pub schema: &'static str,
    /// Parents before children, where rows of one subject refer to each other.
    pub tables: &'static [&'static str],
    /// Inserts what the set of revisions says. The subject's rows are gone already; revisions come by lamport
    /// and id, those that can't be read left out.
    pub project: fn(&Connection, SubjectId, &[Stored]) -> Result<(), ProjectError>,
}

/// Why a subject was not projected.
#[derive(Debug)]
pub struct ProjectError {
    revision: Option<RevisionId>,
    newer: bool,
    reason: String,
}

impl ProjectError {
    /// This revision can't be taken in; the subject is projected again without it. The reason holds nothing
    /// of a person.
    pub fn of(revision: &Stored, reason: impl fmt::Display) -> Self {
        Self {
            revision: Some(revision.id),
            newer: false,
            reason: reason.to_string(),
        }
    }

    /// The body of this revision can't be read.
    #[must_use]
    pub fn body(revision: &Stored, error: BodyError) -> Self {
        Self {
            newer: error == BodyError::Newer,
            ..Self::of(revision, error)
        }
    }
}

impl From<rusqlite::Error> for ProjectError {
    fn from(error: rusqlite::Error) -> Self {
        Self {
            revision: None,
            newer: false,
            reason: error.to_string(),
        }
    }
}

impl From<StoreError> for ProjectError {
    fn from(error: StoreError) -> Self {
        Self {
            revision: None,
            newer: false,
            reason: error.to_string(),
        }
    }
}

/// Projects a subject after a revision of this kind has come in, and whom it touches.
pub(super) fn project(
    connection: &Connection,
    subject: SubjectId,
    kind: &KindCode,
) -> Result<(), StoreError> {
    let Some(kind) = kind.known() else {
        return note_unknown_kinds(connection, subject);
    };
    project_subject(connection, subject, kind)?;
    forecast::mark(connection, subject, kind)?;
    for (of, touched) in TOUCHES {
        if *of == kind {
            let revisions = ledger::revisions_of(connection, subject)?;
            for (other, kind) in touched(connection, &revisions)? {
                project_subject(connection, other, kind)?;
            }
        }
    }
    Ok(())
}

fn project_subject(connection: &Connection, subject: SubjectId, kind: Kind) -> Result<(), StoreError> {
    for projection in ALL {
        if projection.kinds.contains(&kind) {
            project_one(connection, projection, subject)?;
        }
    }
    Ok(())
}

/// 要更新. Whether the subject holds a body this program is too old for.
pub(super) fn needs_update(connection: &Connection, subject: SubjectId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM unprojected WHERE subject = ?1 AND state = 'newer')")?
        .query_row([subject.0.as_bytes()], |row| row.get(0))?)
}

pub(super) fn project_one(
    connection: &Connection,
    projection: &Projection,
    subject: SubjectId,
) -> Result<(), StoreError> {
    let mut revisions = ledger::revisions_of(connection, subject)?;
    revisions.retain(|revision| {
        revision
            .kind
            .known()
            .is_some_and(|kind| projection.kinds.contains(&kind))
    });
    connection
        .prepare_cached("DELETE FROM unprojected WHERE projection = ?1 AND subject = ?2")?
        .execute(params![projection.name, subject.0.as_bytes()])?;
    let mut left_out: BTreeSet<RevisionId> = BTreeSet::new();
    loop {
        connection.prepare_cached("SAVEPOINT project")?.execute([])?;
        delete_rows(connection, projection, subject)?;
        let Err(error) = (projection.project)(connection, subject, &revisions) else {
            connection.prepare_cached("RELEASE project")?.execute([])?;
            return Ok(());
        };
        connection.execute_batch("ROLLBACK TO project")?;
        delete_rows(connection, projection, subject)?;
        connection.execute_batch("RELEASE project")?;
        list(connection, projection.name, subject, &error)?;
        match error.revision {
            // Without the revision it named, the rest gets its own chance.
            Some(id) if left_out.insert(id) => revisions.retain(|revision| revision.id != id),
            _ => return Ok(()),
        }
    }
}

fn delete_rows(
    connection: &Connection,
    projection: &Projection,
    subject: SubjectId,
) -> Result<(), StoreError> {
    for table in projection.tables.iter().rev() {
        connection
            .prepare_cached(&format!("DELETE FROM {table} WHERE subject = ?1"))?
            .execute([subject.0.as_bytes()])?;
    }
    Ok(())
}

fn list(
    connection: &Connection,
    projection: &str,
    subject: SubjectId,
    error: &ProjectError,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO unprojected (projection, subject, revision, state, reason)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            projection,
            subject.0.as_bytes(),
            error.revision.as_ref().map_or(&[][..], |id| id.0.as_slice()),
            if error.newer { "newer" } else { "failed" },
            error.reason,
        ])?;
    Ok(())
}

/// Kinds this program has no name for stand under this name.
pub(super) const UNKNOWN: &str = "-";

fn note_unknown_kinds(connection: &Connection, subject: SubjectId) -> Result<(), StoreError> {
    for revision in ledger::revisions_of(connection, subject)? {
        if revision.kind.known().is_none() {
            list(
                connection,
                UNKNOWN,
                subject,
                &ProjectError::body(&revision, BodyError::Newer),
            )?;
        }
    }
    Ok(())
}
