//! ファイルの検査. Every page of the encrypted file carries a digest; this reads them all, and on demand the structure
//! above them too. What is found is said and left as it is: nothing here repairs or deletes.

use rusqlite::Connection;

use crate::store::{Database, StoreError};

/// 検査の深さ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Every page's digest: about a second for a city.
    Pages,
    /// Pages, and the structure of every table and index: minutes for a city.
    Structure,
}

/// 検査の結果.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileState {
    Sound,
    /// So many findings; the file is damaged.
    Damaged {
        findings: usize,
    },
}

impl Database {
    /// ファイルを検査する. What stands in the write-ahead log is brought into the file first, so that it is
    /// looked at too.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the file can't even be read so far.
    pub fn check_file(&self, depth: Depth) -> Result<FileState, StoreError> {
        let writer = self.writer();
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        let mut findings = count(&writer, "PRAGMA cipher_integrity_check", "")?;
        if findings == 0 && depth == Depth::Structure {
            findings = count(&writer, "PRAGMA integrity_check(100)", "ok")?;
        }
        Ok(match findings {
            0 => FileState::Sound,
            findings => FileState::Damaged { findings },
        })
    }
}

/// Counts the rows of a check other than the one that says all is well.
fn count(connection: &Connection, check: &str, well: &str) -> Result<usize, StoreError> {
    let mut statement = connection.prepare(check)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut findings = 0;
    for row in rows {
        if row? != well {
            findings += 1;
        }
    }
    Ok(findings)
}
