//! 射影の作り直し. Projections are made from the revisions whenever their schema is not the one they were made from:
//! in one transaction, before anybody works. On demand they are made anew subject by subject, each whole in its
//! transaction, so that nobody waits and no reader sees a gap: no second generation is needed for that. A check
//! makes them a second time in a file of its own, encrypted under the same key, and compares.

use std::{collections::BTreeSet, fs, path::PathBuf};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension, TransactionBehavior,
    hooks::{AuthAction, AuthContext, Authorization},
    params,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    domain::revision::{Kind, KindCode, SubjectId},
    store::{
        Database, StoreError, Transaction,
        digest::{self, ProjectionDigest},
        ledger::{self, subject_at},
        projection::{self, ALL, Projection, UNKNOWN},
    },
};

/// 照合の結果. Each projection as it is and as a rebuild makes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    pub present: Vec<ProjectionDigest>,
    pub rebuilt: Vec<ProjectionDigest>,
}

impl Comparison {
    /// The names of the projections that differ.
    #[must_use]
    pub fn differing(&self) -> Vec<&'static str> {
        self.present
            .iter()
            .zip(&self.rebuilt)
            .filter(|(present, rebuilt)| present != rebuilt)
            .map(|(present, _)| present.name)
            .collect()
    }
}

impl Database {
    /// Makes all projections a second time from one snapshot and compares. The second ones are gone afterwards.
    ///
    /// # Errors
    /// The database can't be read, or the disk has no room for the second ones.
    pub fn check_rebuild(&self) -> Result<Comparison, StoreError> {
        let second = Second::new(self)?;
        let connection = &second.connection;
        connection.execute_batch("BEGIN")?;
        for projection in ALL {
            connection.execute_batch(projection.schema)?;
        }
        for projection in ALL {
            fill(connection, projection)?;
        }
        list_unknown_kinds(connection)?;
        let comparison = Comparison {
            present: digest::digests_in(connection, "source")?,
            rebuilt: digest::digests_in(connection, "main")?,
        };
        connection.execute_batch("COMMIT")?;
        Ok(comparison)
    }
}

/// 作り直しの歩み. Where a rebuild on demand has come to: through all projections in their order, first their
/// subjects by kind, then rows of subjects that have no revision.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    projection: usize,
    /// A kind, and after the last kind a table.
    step: usize,
    after: Option<SubjectId>,
    /// Subjects seen so far.
    pub subjects: u64,
}

impl Transaction<'_> {
    /// Goes on with a rebuild while `more` says so, at least by one subject. False when it has ended.
    ///
    /// # Errors
    /// This part has changed nothing then; the walk can be taken up again from where it was before.
    pub fn rebuild_on(&mut self, walk: &mut Walk, more: impl Fn() -> bool) -> Result<bool, StoreError> {
        let connection = self.connection();
        loop {
            let Some(projection) = ALL.get(walk.projection) else {
                list_unknown_kinds(connection)?;
                return Ok(false);
            };
            let of_kind = projection.kinds.get(walk.step);
            let page = match of_kind {
                Some(kind) => ledger::subjects_of(connection, kind.code(), walk.after, PAGE)?,
                None => match projection.tables.get(walk.step - projection.kinds.len()) {
                    Some(table) => subjects_in(connection, table, walk.after)?,
                    None => {
                        *walk = Walk {
                            projection: walk.projection + 1,
                            subjects: walk.subjects,
                            ..Walk::default()
                        };
                        continue;
                    }
                },
            };
            if page.is_empty() {
                (walk.step, walk.after) = (walk.step + 1, None);
            }
            for subject in page {
                // Of those with rows only strays are left: who has no revision any more.
                if of_kind.is_some() || !ledger::has_kind(connection, subject, projection.kinds)? {
                    projection::project_one(connection, projection, subject)?;
                    walk.subjects += 1;
                }
                walk.after = Some(subject);
                if !more() {
                    return Ok(true);
                }
            }
        }
    }
}

/// Subjects asked for at a time.
const PAGE: u32 = 20;
/// Subjects of one page where nobody waits.
const LARGE_PAGE: u32 = 1_000;

/// The next subjects that have rows.
fn subjects_in(
    connection: &Connection,
    table: &str,
    after: Option<SubjectId>,
) -> Result<Vec<SubjectId>, StoreError> {
    let after = after.map_or(Vec::new(), |subject| subject.0.as_bytes().to_vec());
    let mut statement = connection.prepare_cached(&format!(
        "SELECT DISTINCT subject FROM {table} WHERE subject > ?1 ORDER BY subject LIMIT {PAGE}"
    ))?;
    let rows = statement.query_map([after], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The file of the second projections, with the database attached as `source`: what isn't made there is found
/// here, so that the projections themselves see no difference.
struct Second {
    connection: Connection,
    path: PathBuf,
}

impl Second {
    fn new(database: &Database) -> Result<Self, StoreError> {
        let path = second_path(database.path());
        drop_second(database.path());
        let flags = OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(&path, flags)?;
        let mut second = Self { connection, path };
        let connection = &second.connection;
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        database.key().apply(connection)?;
        connection.execute_batch(
            "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;
             PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
        )?;
        let literal: Zeroizing<String> = database.key().literal();
        connection.execute(
            "ATTACH DATABASE ?1 AS source KEY ?2",
            params![database.path().to_string_lossy(), literal.as_str()],
        )?;
        let unprojected: String = connection.query_row(
            "SELECT sql FROM source.sqlite_schema WHERE name = 'unprojected'",
            [],
            |row| row.get(0),
        )?;
        connection.execute_batch(&unprojected)?;
        second.connection.authorizer(Some(only_reads_the_source))?;
        Ok(second)
    }
}

/// What isn't found among the second projections is looked for in the database itself: a statement meant for them
/// must never change it.
fn only_reads_the_source(context: AuthContext<'_>) -> Authorization {
    let reads = matches!(
        context.action,
        AuthAction::Read { .. }
            | AuthAction::Select
            | AuthAction::Pragma { .. }
            | AuthAction::Function { .. }
    );
    if reads || context.database_name != Some("source") {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // What stays behind is encrypted and goes before the next check.
        let _ = fs::remove_file(&self.path);
    }
}

fn second_path(database: &std::path::Path) -> PathBuf {
    database.with_extension("db-check")
}

fn drop_second(database: &std::path::Path) {
    let _ = fs::remove_file(second_path(database));
}

/// Makes and fills what was made from another text, and tries again what could not be projected. One
/// transaction: all projections fit this program afterwards or nothing has changed.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    program_is_newer: bool,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut changed = Vec::new();
    for projection in ALL {
        let same: bool = transaction.query_row(
            "SELECT EXISTS (SELECT 1 FROM projections WHERE name = ?1 AND schema_hash = ?2)",
            params![projection.name, schema_hash(projection)],
            |row| row.get(0),
        )?;
        if !same {
            changed.push(*projection);
        }
    }
    let made: i64 = transaction.query_row("SELECT count(*) FROM projections", [], |row| row.get(0))?;
    if made != ALL.len() as i64 || !changed.is_empty() {
        remake(&transaction, &changed)?;
    }
    if program_is_newer {
        apply_erasures(&transaction)?;
        list_unknown_kinds(&transaction)?;
        for projection in ALL {
            retry(&transaction, projection)?;
        }
    }
    Ok(transaction.commit()?)
}

/// Drops, makes and fills these projections, and drops those this program no longer has.
fn remake(connection: &Connection, projections: &[&Projection]) -> Result<(), StoreError> {
    drop_tables(connection, |name| {
        projections.iter().any(|projection| projection.name == name)
            || ALL.iter().all(|projection| projection.name != name)
    })?;
    for projection in projections {
        create(connection, projection)?;
    }
    for projection in projections {
        fill(connection, projection)?;
    }
    list_unknown_kinds(connection)
}

/// An erasure of a newer program has to wait until this one understands it.
fn apply_erasures(connection: &Connection) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = ledger::subjects_of(connection, Kind::Erasure.code(), after, LARGE_PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(*last);
        for subject in page {
            for revision in ledger::revisions_of(connection, subject)? {
                for (subject, kind) in ledger::apply_erasure(connection, &revision)? {
                    projection::project(connection, subject, &kind)?;
                }
            }
        }
    }
}

fn drop_tables(connection: &Connection, goes: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT name, tables FROM projections")?;
    let made: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, made) in made.iter().filter(|(name, _)| goes(name)) {
        let made: Vec<String> = serde_json::from_str(made).unwrap_or_default();
        // Views were made after the tables they read, children after their parents.
        for object in made.iter().rev() {
            let kind: Option<String> = connection
                .query_row(
                    "SELECT type FROM sqlite_schema WHERE name = ?1",
                    [object],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(kind) = kind {
                connection.execute_batch(&format!("DROP {kind} \"{object}\""))?;
            }
        }
        connection.execute("DELETE FROM unprojected WHERE projection = ?1", [name])?;
        connection.execute("DELETE FROM projections WHERE name = ?1", [name])?;
    }
    Ok(())
}

fn create(connection: &Connection, projection: &Projection) -> Result<(), StoreError> {
    let before: BTreeSet<String> = objects(connection)?.into_iter().collect();
    connection.execute_batch(projection.schema)?;
    let mut made = objects(connection)?;
    made.retain(|object| !before.contains(object));
    let tables = serde_json::to_string(&made).map_err(|_| StoreError::TooLarge)?;
    connection.execute(
        "INSERT INTO projections (name, tables, schema_hash) VALUES (?1, ?2, ?3)",
        params![projection.name, tables, schema_hash(projection)],
    )?;
    Ok(())
}

/// Tables and views in the order in which they were made.
fn objects(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn schema_hash(projection: &Projection) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix(projection.schema);
    for kind in projection.kinds {
        hasher.update([0]);
        hasher.update(kind.code());
    }
    hasher.finalize().into()
}

/// Projects every subject that has a revision of the projection's kinds, page by page: taking a failed projection
/// back would end a query still open.
fn fill(connection: &Connection, projection: &Projection) -> Result<(), StoreError> {
    for (at, kind) in projection.kinds.iter().enumerate() {
        let mut after = None;
        loop {
            let page = ledger::subjects_of(connection, kind.code(), after, LARGE_PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for subject in page {
                let done = at > 0 && ledger::has_kind(connection, subject, &projection.kinds[..at])?;
                if !done {
                    projection::project_one(connection, projection, subject)?;
                }
            }
        }
    }
    Ok(())
}

/// What an older program couldn't read may be readable now.
fn retry(connection: &Connection, projection: &Projection) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare("SELECT DISTINCT subject FROM unprojected WHERE projection = ?1")?;
    let subjects: Vec<_> = statement
        .query_map([projection.name], |row| subject_at(row, "subject"))?
        .collect::<Result<_, _>>()?;
    for subject in subjects {
        projection::project_one(connection, projection, subject)?;
    }
    Ok(())
}

fn list_unknown_kinds(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM unprojected WHERE projection = ?1", [UNKNOWN])?;
    // From kind to kind: DISTINCT would look at every revision.
    let mut next = connection.prepare_cached("SELECT min(kind) FROM revisions WHERE kind > ?1")?;
    let mut kinds = Vec::new();
    let mut last = String::new();
    while let Some(kind) = next.query_row([&last], |row| row.get::<_, Option<String>>(0))? {
        last.clone_from(&kind);
        kinds.push(KindCode(kind));
    }
    for kind in kinds.iter().filter(|kind| kind.known().is_none()) {
        let mut statement = connection.prepare("SELECT DISTINCT subject FROM revisions WHERE kind = ?1")?;
        let mut rows = statement.query([&kind.0])?;
        while let Some(row) = rows.next()? {
            projection::project(connection, subject_at(row, "subject")?, kind)?;
        }
    }
    Ok(())
}
