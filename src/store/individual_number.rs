//! 個人番号の照会. Ciphertexts and index look-ups; nothing here can tell a number.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    domain::revision::SubjectId,
    store::{StoreError, ledger::subject_at},
};

/// しまった個人番号の一行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    pub subject: SubjectId,
    pub key_id: [u8; 8],
    pub sealed: Vec<u8>,
}

/// 住民のもの.
///
/// # Errors
/// The database can't be read.
pub fn of_resident(connection: &Connection, subject: SubjectId) -> Result<Option<Kept>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT subject, key_id, sealed FROM individual_numbers WHERE subject = ?1")?
        .query_row([subject.0.as_bytes()], |row| {
            Ok(Kept {
                subject: subject_at(row, "subject")?,
                key_id: row.get("key_id")?,
                sealed: row.get("sealed")?,
            })
        })
        .optional()?)
}

/// この索引の住民. More than one is work for whoever looks after the register.
///
/// # Errors
/// The database can't be read.
pub fn residents_with(connection: &Connection, keyed: &[u8; 32]) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT resident FROM individual_numbers WHERE keyed = ?1 ORDER BY resident")?;
    let rows = statement.query_map([keyed], |row| subject_at(row, "resident"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
