//! 控えを取る. Copies the open database page by page into a new file under the same key, while work goes on; and
//! what is done to a copy before anybody searches in it. Nothing is ever written in clear.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, backup::Backup};

use crate::{
    domain::revision::{Kind, SubjectId},
    store::{
        Database, DatabaseKey, OpenError, StoreError,
        ledger::{self, subject_at},
        open,
    },
};

/// Pages of one step: about 16 MiB.
const STEP: i32 = 4_096;

impl Database {
    /// 控えを取る. The copy is whole when this returns, and opens with `key`, which must be this database's.
    ///
    /// # Errors
    /// [`OpenError::Exists`] where there is a file already; a full disk.
    pub fn back_up(&self, copy: &Path, key: &DatabaseKey) -> Result<(), OpenError> {
        if copy.exists() {
            return Err(OpenError::Exists);
        }
        let source = open::connect_to_read(self.path(), key)?;
        let mut target = open::connect_to_new(copy, key)?;
        let backup = Backup::new(&source, &mut target)?;
        backup.run_to_completion(STEP, Duration::ZERO, None)?;
        Ok(())
    }

    /// 消去をやりなおす. Every erasure that the database knows of is applied again, before anybody can search.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn replay_erasures(&self) -> Result<usize, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        let erasures = erasures(&transaction)?;
        for subject in &erasures {
            for revision in ledger::revisions_of(&transaction, *subject)? {
                ledger::apply_erasure(&transaction, &revision)?;
            }
        }
        transaction.commit()?;
        Ok(erasures.len())
    }
}

fn erasures(connection: &Connection) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare("SELECT DISTINCT subject FROM revisions WHERE kind = ?1")?;
    let rows = statement.query_map([Kind::Erasure.code()], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
