//! 途中の仕事. A job prepares what it makes in rows that nobody reads yet and shows it by one short switch. What was
//! left without its switch by a machine that went down is dropped when the database is opened, unless another
//! program has it open and may still be working.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use rusqlite::{Connection, TransactionBehavior};

use crate::store::{StoreError, feed, preparation};

/// Takes back what one kind of job has left unfinished.
type Drop = fn(&Connection) -> Result<(), StoreError>;

const UNFINISHED: &[Drop] = &[feed::drop_cut_off, preparation::drop_cut_off];

/// Held as long as the database is open here; tells later openers that they are not alone.
pub(super) struct Presence(#[expect(dead_code, reason = "held for its lock")] File);

impl Presence {
    /// None where another program already is here, or where the file system can't lock: then nobody drops
    /// anything.
    pub(super) fn alone(database: &Path) -> Option<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(database.with_extension("db-lock"))
            .ok()?;
        match file.try_lock() {
            Ok(()) => Some(Self(file)),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
        }
    }
}

pub(super) fn drop_unfinished(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for drop in UNFINISHED {
        drop(&transaction)?;
    }
    Ok(transaction.commit()?)
}
