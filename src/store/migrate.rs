//! 移行. The numbered steps of the ledger's tables; a fresh file runs the same steps as an old one. Projections
//! have no migrations: they are dropped and rebuilt. A database that a newer program has opened is refused
//! before anything is written.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::store::StoreError;

/// One step, and what `PRAGMA user_version` is after it: its place from 1.
const STEPS: &[&str] = &[
    include_str!("../../migrations/terminal/0001_ledger.sql"),
    include_str!("../../migrations/terminal/0002_trust.sql"),
    include_str!("../../migrations/terminal/0003_drafts.sql"),
    include_str!("../../migrations/terminal/0004_feed.sql"),
    include_str!("../../migrations/terminal/0005_forecasts.sql"),
    include_str!("../../migrations/terminal/0006_run_preparations.sql"),
    include_str!("../../migrations/terminal/0007_printers.sql"),
    include_str!("../../migrations/terminal/0008_feed_order.sql"),
];

/// Rises with every release: version 1.2.3 is 1_002_003.
pub(super) fn this_program() -> i64 {
    env!("CARGO_PKG_VERSION")
        .split('.')
        .map(|part| part.parse::<i64>().unwrap_or(0))
        .fold(0, |number, part| number * 1_000 + part)
}

/// Whether a newer program has opened this database.
pub(super) fn is_newer(connection: &Connection) -> rusqlite::Result<bool> {
    let step: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if step > STEPS.len() as i64 {
        return Ok(true);
    }
    if step == 0 {
        return Ok(false);
    }
    let newest: Option<i64> = connection
        .query_row(
            "SELECT value FROM marks WHERE name = 'newest_program'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(newest.is_some_and(|newest| newest > this_program()))
}

/// Runs the steps that are missing, each in a transaction of its own. Tells whether this program is newer than
/// every one before.
pub(super) fn migrate(connection: &mut Connection) -> Result<bool, StoreError> {
    let done: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (number, step) in (1_u32..).zip(STEPS).skip(done as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    let changed = connection.execute(
        "UPDATE marks SET value = ?1 WHERE name = 'newest_program' AND value < ?1",
        [this_program()],
    )?;
    Ok(changed == 1)
}
