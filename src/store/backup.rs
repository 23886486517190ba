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

    /// 新しい鍵の写しを作る. A copy beside the open database with every page under the new key, on the disk when this
    /// returns. Nothing is ever written in clear, and the open database is as it was.
    ///
    /// # Errors
    /// As [`Self::back_up`].
    pub fn copy_under(&self, copy: &Path, key: &DatabaseKey, new: &DatabaseKey) -> Result<(), OpenError> {
        self.back_up(copy, key)?;
        let connection = open::connect_to_new(copy, key)?;
        // The new key goes into every page in one transaction, which needs a journal of its own file.
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        new.apply_anew(&connection)?;
        drop(connection);
        let on_disk = std::fs::File::open(copy).and_then(|file| file.sync_all());
        on_disk.map_err(|_| OpenError::Store(StoreError::Unwritable))
    }

    /// 閉じる. What stands in the write-ahead log is brought into the file, so that no log is left.
    ///
    /// # Errors
    /// The disk is full, or somebody else has the database open.
    pub fn close(self) -> Result<(), OpenError> {
        let log = self.path().with_extension("db-wal");
        let busy: i64 = self
            .writer()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        drop(self);
        let left = std::fs::metadata(log).map_or(0, |file| file.len());
        match (busy, left) {
            (0, 0) => Ok(()),
            _ => Err(OpenError::Store(StoreError::Busy)),
        }
    }

    /// この鍵で開くか.
    #[must_use]
    pub fn opens(path: &Path, key: &DatabaseKey) -> bool {
        path.exists() && open::connect_to_read(path, key).is_ok()
    }

    /// ほかにだれも開いていないか, as far as the file system can tell.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.presence.is_some()
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
