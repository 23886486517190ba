//! 射影の要約値. SHA-256 over every row of a projection in the order of its keys: two replicas with the same revisions,
//! and a rebuild of either, give the same value.

use rusqlite::{Connection, types::ValueRef};
use sha2::{Digest, Sha256};

use crate::store::{
    StoreError,
    projection::{self, Projection},
};

/// 一つの射影の要約値.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProjectionDigest {
    pub name: &'static str,
    pub rows: u64,
    pub sha256: [u8; 32],
}

/// The digests of all projections, in the order of their list; the last stands for what couldn't be projected.
///
/// # Errors
/// The database can't be read.
pub fn digests(connection: &Connection) -> Result<Vec<ProjectionDigest>, StoreError> {
    digests_in(connection, "main")
}

/// As [`digests`], of an attached database.
pub(super) fn digests_in(connection: &Connection, schema: &str) -> Result<Vec<ProjectionDigest>, StoreError> {
    let mut digests = projection::ALL
        .iter()
        .map(|projection: &&Projection| digest(connection, schema, projection.name, projection.tables))
        .collect::<Result<Vec<_>, _>>()?;
    digests.push(digest(connection, schema, "unprojected", &["unprojected"])?);
    Ok(digests)
}

/// One value over all of them.
#[must_use]
pub fn total(digests: &[ProjectionDigest]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for digest in digests {
        hasher.update((digest.name.len() as u64).to_be_bytes());
        hasher.update(digest.name);
        hasher.update(digest.sha256);
    }
    hasher.finalize().into()
}

fn digest(
    connection: &Connection,
    schema: &str,
    name: &'static str,
    tables: &[&str],
) -> Result<ProjectionDigest, StoreError> {
    let mut hasher = Sha256::new();
    let mut count = 0;
    for table in tables {
        hasher.update(table);
        let keys = key_columns(connection, schema, table)?.join(", ");
        let mut statement = connection.prepare(&format!("SELECT * FROM {schema}.{table} ORDER BY {keys}"))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            count += 1;
            for column in 0..columns {
                add(&mut hasher, row.get_ref(column)?);
            }
        }
    }
    Ok(ProjectionDigest {
        name,
        rows: count,
        sha256: hasher.finalize().into(),
    })
}

/// The columns of the primary key, in its order.
pub(super) fn key_columns(
    connection: &Connection,
    schema: &str,
    table: &str,
) -> Result<Vec<String>, StoreError> {
    let mut statement =
        connection.prepare("SELECT name FROM pragma_table_info(?1, ?2) WHERE pk > 0 ORDER BY pk")?;
    let names = statement.query_map([table, schema], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn add(hasher: &mut Sha256, value: ValueRef<'_>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        hasher.update([tag]);
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    match value {
        ValueRef::Null => sized(0, &[]),
        ValueRef::Integer(number) => sized(1, &number.to_be_bytes()),
        ValueRef::Real(number) => sized(2, &number.to_bits().to_be_bytes()),
        ValueRef::Text(text) => sized(3, text),
        ValueRef::Blob(bytes) => sized(4, bytes),
    }
}
