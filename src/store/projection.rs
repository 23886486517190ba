//! 射影. The typed tables that screens read, computed from revisions and from nothing else. One file per noun
//! below; `ALL` lists them in the order of a rebuild. Rows of a subject are deleted and made anew from the set
//! of its revisions, so the order of arrival can't matter. What can't be projected is kept and listed (要更新,
//! 未反映) and holds up nothing else.

mod bundles;
mod codes;
mod notes;
mod questionnaires;
mod standing;
mod vaccination_records;

use std::{collections::BTreeSet, fmt};

use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::{
    domain::revision::{BodyError, Kind, KindCode, RevisionId, SubjectId},
    store::{
        StoreError,
        ledger::{self, subject_at},
    },
};

pub use crate::domain::revision::Revision as Stored;

/// Every projection, in the order a rebuild runs them.
pub const ALL: &[&Projection] = &[
    &notes::PROJECTION,
    &codes::PROJECTION,
    &bundles::PROJECTION,
    &questionnaires::PROJECTION,
    &vaccination_records::PROJECTION,
];

/// Other subjects whose projections depend on a revision of this kind (an approval: the subjects of the
/// revisions it names). They are projected again after it.
pub const TOUCHES: &[(Kind, Touched)] = &[];

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

/// Kinds this program has no name for stand under the name `-`.
fn note_unknown_kinds(connection: &Connection, subject: SubjectId) -> Result<(), StoreError> {
    for revision in ledger::revisions_of(connection, subject)? {
        if revision.kind.known().is_none() {
            list(
                connection,
                "-",
                subject,
                &ProjectError::body(&revision, BodyError::Newer),
            )?;
        }
    }
    Ok(())
}

/// Makes and fills the tables whose schema is not the one they were made from. One transaction: either all
/// projections fit this program afterwards or nothing has changed.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut changed = Vec::new();
    for projection in ALL {
        let hash: [u8; 32] = Sha256::digest(projection.schema).into();
        let same: bool = transaction.query_row(
            "SELECT EXISTS (SELECT 1 FROM projections WHERE name = ?1 AND schema_hash = ?2)",
            params![projection.name, hash],
            |row| row.get(0),
        )?;
        if !same {
            changed.push(*projection);
        }
    }
    drop_tables(&transaction, |name| {
        changed.iter().any(|projection| projection.name == name)
            || ALL.iter().all(|projection| projection.name != name)
    })?;
    for projection in changed {
        create(&transaction, projection)?;
        fill(&transaction, projection)?;
    }
    Ok(transaction.commit()?)
}

fn drop_tables(connection: &Connection, goes: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT name, tables FROM projections")?;
    let made: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, tables) in made.iter().filter(|(name, _)| goes(name)) {
        let tables: Vec<String> = serde_json::from_str(tables).unwrap_or_default();
        for table in tables.iter().rev() {
            connection.execute_batch(&format!("DROP TABLE IF EXISTS \"{table}\""))?;
        }
        connection.execute("DELETE FROM unprojected WHERE projection = ?1", [name])?;
        connection.execute("DELETE FROM projections WHERE name = ?1", [name])?;
    }
    Ok(())
}

fn create(connection: &Connection, projection: &Projection) -> Result<(), StoreError> {
    connection.execute_batch(projection.schema)?;
    let hash: [u8; 32] = Sha256::digest(projection.schema).into();
    let tables = serde_json::to_string(projection.tables).map_err(|_| StoreError::TooLarge)?;
    connection.execute(
        "INSERT INTO projections (name, tables, schema_hash) VALUES (?1, ?2, ?3)",
        params![projection.name, tables, hash],
    )?;
    Ok(())
}

/// Projects every subject that has a revision of the projection's kinds.
pub(super) fn fill(connection: &Connection, projection: &Projection) -> Result<(), StoreError> {
    for kind in projection.kinds {
        let mut statement =
            connection.prepare("SELECT DISTINCT subject FROM revisions WHERE kind = ?1 ORDER BY subject")?;
        let mut rows = statement.query([kind.code()])?;
        while let Some(row) = rows.next()? {
            project_one(connection, projection, subject_at(row, "subject")?)?;
        }
    }
    Ok(())
}
