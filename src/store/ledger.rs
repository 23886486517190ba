//! 改訂の台帳. Stores revisions by union: any order, any repetition and any partition leave the same content. A
//! revision is never changed but by an erasure, which takes body and salt; a body that arrives after its
//! erasure is dropped. Business rules are checked where a deed is made, never here.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{
    domain::{
        erasure::Erasure,
        revision::{Kind, KindCode, OperatorId, Revision, RevisionId, SubjectId, TerminalId},
    },
    store::{StoreError, projection},
};

/// Takes one well-formed revision in and projects every subject it changes.
pub(super) fn insert(connection: &Connection, revision: &Revision) -> Result<(), StoreError> {
    let known: Option<bool> = connection
        .prepare_cached("SELECT body IS NOT NULL FROM revisions WHERE id = ?1")?
        .query_row([revision.id.0], |row| row.get(0))
        .optional()?;
    match known {
        Some(has_body) => {
            if has_body && revision.body.is_none() {
                erase(connection, revision.id, revision.id)?;
                projection::project(connection, revision.subject, &revision.kind)?;
            }
            return Ok(());
        }
        None => insert_row(connection, revision)?,
    }
    if revision.kind == Kind::Erasure {
        for (subject, kind) in apply_erasure(connection, revision)? {
            projection::project(connection, subject, &kind)?;
        }
    }
    projection::project(connection, revision.subject, &revision.kind)
}

fn insert_row(connection: &Connection, revision: &Revision) -> Result<(), StoreError> {
    let lamport = i64::try_from(revision.lamport).map_err(|_| StoreError::TooLarge)?;
    if revision.body.is_none() {
        note_erasure(connection, revision.id, revision.id)?;
    }
    let keep = revision.kind == Kind::Erasure || !is_erased(connection, revision.id)?;
    connection
        .prepare_cached(
            "INSERT INTO revisions (id, subject, kind, about, lamport, made_at, operator, origin_terminal,
                 deed, body_version, body_hash, body, salt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            revision.id.0,
            revision.subject.0.as_bytes(),
            revision.kind.0,
            revision.about.map(|about| *about.0.as_bytes()),
            lamport,
            revision.made_at.timestamp_millis(),
            revision.operator.0,
            revision.origin_terminal.0,
            revision.deed,
            revision.body_version,
            revision.body_hash,
            revision.body.as_ref().filter(|_| keep),
            revision.salt.filter(|_| keep),
        ])?;
    for parent in &revision.parents {
        connection
            .prepare_cached("INSERT INTO revision_parents (child, parent) VALUES (?1, ?2)")?
            .execute([revision.id.0, parent.0])?;
    }
    connection
        .prepare_cached("UPDATE marks SET value = ?1 WHERE name = 'lamport' AND value < ?1")?
        .execute([lamport])?;
    Ok(())
}

/// The highest lamport this replica has seen.
pub(super) fn lamport(connection: &Connection) -> Result<u64, StoreError> {
    let highest: i64 = connection
        .prepare_cached("SELECT value FROM marks WHERE name = 'lamport'")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(highest).unwrap_or(0))
}

/// Writes the revision's place into this terminal's upload log.
pub(super) fn log_upload(
    connection: &Connection,
    terminal: &TerminalId,
    id: RevisionId,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO upload_log (terminal, sequence, revision)
             SELECT ?1, coalesce(max(sequence), 0) + 1, ?2 FROM upload_log WHERE terminal = ?1",
        )?
        .execute(params![terminal.0, id.0])?;
    Ok(())
}

fn is_erased(connection: &Connection, id: RevisionId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasures WHERE revision = ?1)")?
        .query_row([id.0], |row| row.get(0))?)
}

fn note_erasure(
    connection: &Connection,
    revision: RevisionId,
    erasure: RevisionId,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO erasures (revision, erasure) VALUES (?1, ?2)")?
        .execute([revision.0, erasure.0])?;
    Ok(())
}

/// Whether there was a body to take. A revision that comes without its body carries the erasure's effect ahead of the erasure itself.
fn erase(connection: &Connection, revision: RevisionId, erasure: RevisionId) -> Result<bool, StoreError> {
    note_erasure(connection, revision, erasure)?;
    let changed = connection
        .prepare_cached(
            "UPDATE revisions SET body = NULL, salt = NULL
             WHERE id = ?1 AND body IS NOT NULL AND kind <> 'erasure'",
        )?
        .execute([revision.0])?;
    Ok(changed == 1)
}

/// Erases what the erasure names, as far as this program understands it, and returns whom it touched.
pub(super) fn apply_erasure(
    connection: &Connection,
    revision: &Revision,
) -> Result<Vec<(SubjectId, KindCode)>, StoreError> {
    let Ok(Some(erasure)) = revision.read::<Erasure>() else {
        return Ok(Vec::new());
    };
    let mut touched = Vec::new();
    for named in erasure.revisions {
        if !erase(connection, named, revision.id)? {
            continue;
        }
        let subject = connection
            .prepare_cached("SELECT subject, kind FROM revisions WHERE id = ?1")?
            .query_row([named.0], |row| {
                Ok((subject_at(row, "subject")?, KindCode(row.get("kind")?)))
            })
            .optional()?;
        touched.extend(subject);
    }
    touched.sort();
    touched.dedup();
    Ok(touched)
}

/// All revisions of one subject, by lamport and id.
///
/// # Errors
/// The database can't be read.
pub fn revisions_of(connection: &Connection, subject: SubjectId) -> Result<Vec<Revision>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM revisions WHERE subject = ?1 ORDER BY lamport, id")?;
    let rows = statement.query_map([subject.0.as_bytes()], revision_at)?;
    let mut revisions: Vec<Revision> = rows.collect::<Result<_, _>>()?;
    for revision in &mut revisions {
        revision.parents = parents_of(connection, revision.id)?;
    }
    Ok(revisions)
}

/// One revision by its id.
///
/// # Errors
/// The database can't be read.
pub fn revision(connection: &Connection, id: RevisionId) -> Result<Option<Revision>, StoreError> {
    let found = connection
        .prepare_cached("SELECT * FROM revisions WHERE id = ?1")?
        .query_row([id.0], revision_at)
        .optional()?;
    match found {
        Some(mut revision) => {
            revision.parents = parents_of(connection, id)?;
            Ok(Some(revision))
        }
        None => Ok(None),
    }
}

/// 先端. The revisions of this kind that no other one builds on, by id.
///
/// # Errors
/// The database can't be read.
pub fn heads(connection: &Connection, subject: SubjectId, kind: Kind) -> Result<Vec<RevisionId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM revisions AS candidate WHERE subject = ?1 AND kind = ?2
             AND NOT EXISTS (SELECT 1 FROM revision_parents WHERE parent = candidate.id)
         ORDER BY id",
    )?;
    let rows = statement.query_map(params![subject.0.as_bytes(), kind.code()], |row| {
        row.get(0).map(RevisionId)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The next subjects that have a revision of the kind, by id.
pub(super) fn subjects_of(
    connection: &Connection,
    kind: &str,
    after: Option<SubjectId>,
    most: u32,
) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT subject FROM revisions WHERE kind = ?1 AND subject > ?2 ORDER BY subject LIMIT ?3",
    )?;
    let after = after.map_or(Vec::new(), |subject| subject.0.as_bytes().to_vec());
    let rows = statement.query_map(params![kind, after, most], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the subject has a revision of one of these kinds.
pub(super) fn has_kind(
    connection: &Connection,
    subject: SubjectId,
    kinds: &[Kind],
) -> Result<bool, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM revisions WHERE subject = ?1 AND kind = ?2)")?;
    for kind in kinds {
        if statement.query_row(params![subject.0.as_bytes(), kind.code()], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn parents_of(connection: &Connection, child: RevisionId) -> Result<Vec<RevisionId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT parent FROM revision_parents WHERE child = ?1 ORDER BY parent")?;
    let rows = statement.query_map([child.0], |row| row.get(0).map(RevisionId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A subject stored as 16 bytes.
///
/// # Errors
/// The column is missing or holds something else.
pub fn subject_at(row: &Row<'_>, column: &str) -> rusqlite::Result<SubjectId> {
    row.get::<_, [u8; 16]>(column)
        .map(|bytes| SubjectId(Uuid::from_bytes(bytes)))
}

/// An instant stored as milliseconds.
///
/// # Errors
/// The column is missing or holds something else.
pub fn instant_at(row: &Row<'_>, column: &str) -> rusqlite::Result<DateTime<Utc>> {
    let millis: i64 = row.get(column)?;
    Ok(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis))
}

fn revision_at(row: &Row<'_>) -> rusqlite::Result<Revision> {
    let about: Option<[u8; 16]> = row.get("about")?;
    Ok(Revision {
        id: RevisionId(row.get("id")?),
        subject: subject_at(row, "subject")?,
        kind: KindCode(row.get("kind")?),
        about: about.map(|bytes| SubjectId(Uuid::from_bytes(bytes))),
        parents: Vec::new(),
        lamport: row.get::<_, i64>("lamport")?.unsigned_abs(),
        made_at: instant_at(row, "made_at")?,
        operator: OperatorId(row.get("operator")?),
        origin_terminal: TerminalId(row.get("origin_terminal")?),
        deed: row.get("deed")?,
        body_version: row.get("body_version")?,
        body_hash: row.get("body_hash")?,
        body: row.get("body")?,
        salt: row.get("salt")?,
    })
}
