//! データベースを開く. Creates or opens the encrypted file with one raw key: one connection that writes
//! and two that can't. A file that doesn't open is said and left alone: no path here deletes or replaces it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::{DatabaseKey, StoreError, audit, migrate, rebuild, staging};

/// 開いたデータベース. Its connections, each behind its own lock.
pub struct Database {
    writer: Mutex<Connection>,
    /// Two, so that the quick look before a deed doesn't wait for a long query.
    readers: [Mutex<Connection>; 2],
    /// Opened when it is first needed.
    beside: Mutex<Option<Connection>>,
    path: PathBuf,
    key: DatabaseKey,
    /// What this program has last written of the audit chain, until somebody takes it for the witness.
    newest: Mutex<Option<audit::Head>>,
    pub(super) presence: Option<staging::Presence>,
}

/// Why the database did not open. The file is as it was.
#[derive(Debug)]
pub enum OpenError {
    /// `create` where there is already a file.
    Exists,
    Missing,
    /// The key is another database's, or the first page is damaged: the two can't be told apart.
    KeyOrDamage,
    /// A newer program has opened it before.
    NewerProgram,
    Store(StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str(
                "データベースはすでにあります。置き換えません。別のフォルダーを指定してください。",
            ),
            Self::Missing => f.write_str(
                "データベースがありません。フォルダーの指定を確かめるか、madoguchi-admin setup で用意してください。",
            ),
            Self::KeyOrDamage => f.write_str(
                "この鍵ではデータベースを開けません。別の端末のデータベースか、ファイルが壊れています。何も消していません。管理者に連絡してください（madoguchi-admin doctor）。",
            ),
            Self::NewerProgram => f.write_str(
                "このデータベースは新しい版のプログラムで使われています。何も変えていません。この端末のプログラムを更新してください。",
            ),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::KeyOrDamage,
            _ => Self::Store(error.into()),
        }
    }
}

impl Database {
    /// Makes a new database, readable by this user only.
    ///
    /// # Errors
    /// [`OpenError::Exists`] where the file is already there.
    pub fn create(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        if path.exists() {
            return Err(OpenError::Exists);
        }
        let flags = OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_READ_WRITE;
        let writer = connect(path, key, flags)?;
        restrict(path);
        Self::prepare(writer, path, key)
    }

    /// Opens an existing database, brings it up to this program's version, and rebuilds projections whose
    /// schema has changed.
    ///
    /// # Errors
    /// [`OpenError`]: the file is as it was.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        Self::open_after(path, key, |_| Ok(()))
    }

    /// Opens as [`Self::open`]; `look` sees the database before anything is written to it, so that what it finds
    /// in the write-ahead log can still be put aside.
    ///
    /// # Errors
    /// [`OpenError`], or what `look` returns: the file is as it was.
    pub fn open_after(
        path: &Path,
        key: &DatabaseKey,
        look: impl FnOnce(&Connection) -> Result<(), StoreError>,
    ) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing);
        }
        let writer = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if migrate::is_newer(&writer)? {
            return Err(OpenError::NewerProgram);
        }
        look(&writer)?;
        Self::prepare(writer, path, key)
    }

    fn prepare(mut writer: Connection, path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        if migrate::is_newer(&writer)? {
            return Err(OpenError::NewerProgram);
        }
        writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        let program_is_newer = migrate::migrate(&mut writer)?;
        rebuild::bring_up_to_date(&mut writer, program_is_newer)?;
        let presence = staging::Presence::alone(path);
        if presence.is_some() {
            staging::drop_unfinished(&mut writer)?;
        }
        let reader = || {
            let reader = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            // Searches read here: room for the lines of a large city.
            reader.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -131072;")?;
            Ok::<_, OpenError>(Mutex::new(reader))
        };
        Ok(Self {
            writer: Mutex::new(writer),
            readers: [reader()?, reader()?],
            beside: Mutex::new(None),
            path: path.to_owned(),
            key: key.clone(),
            newest: Mutex::new(None),
            presence,
        })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn key(&self) -> &DatabaseKey {
        &self.key
    }

    pub(super) fn set_newest(&self, head: audit::Head) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.is_none_or(|known| known.sequence < head.sequence) {
            *newest = Some(head);
        }
    }

    /// 操作履歴の新しい先端. The newest head that this program has committed since the last call, once.
    #[must_use]
    pub fn take_newest(&self) -> Option<audit::Head> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// 大量の書き込みの備え. While a demo city is made nobody else is there and a cut-off is made again from the
    /// beginning, so that the writer may take more memory and wait for the disk less often.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn prepare_for_bulk(&self, bulk: bool) -> Result<(), StoreError> {
        let settings = match bulk {
            true => {
                "PRAGMA cache_size = -524288; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 32768;"
            }
            false => {
                "PRAGMA cache_size = -65536; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;"
            }
        };
        Ok(self.writer().execute_batch(settings)?)
    }

    /// The connection of deeds. A deed that panicked has rolled back, so a poisoned lock is still sound.
    pub(super) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// 清算を脇でする. From now on a commit leaves the log of writes as long as it is, and `checkpoint` is called
    /// beside the work.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn checkpoint_beside(&self) -> Result<(), StoreError> {
        Ok(self.writer().execute_batch("PRAGMA wal_autocheckpoint = 0;")?)
    }

    /// 清算. Brings what the log of writes holds into the file, beside readers and the writer; what is written
    /// meanwhile is left for the next time.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let mut beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        if beside.is_none() {
            let connection = connect(&self.path, &self.key, OpenFlags::SQLITE_OPEN_READ_WRITE);
            *beside = Some(connection.map_err(|error| match error {
                OpenError::Store(error) => error,
                _ => StoreError::Malformed,
            })?);
        }
        if let Some(connection) = beside.as_ref() {
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
        Ok(())
    }

    /// Runs one query on a connection that can't write.
    ///
    /// # Errors
    /// What the query returns.
    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let [first, second] = &self.readers;
        let free = match first.try_lock() {
            Ok(free) => free,
            Err(TryLockError::Poisoned(free)) => free.into_inner(),
            Err(TryLockError::WouldBlock) => second.lock().unwrap_or_else(PoisonError::into_inner),
        };
        query(&free)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

/// Opens one keyed connection. `mlock` is left off: every page would be locked, and swap is the disk's matter.
fn connect(path: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Connection, OpenError> {
    let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    key.apply(&connection)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;
         PRAGMA synchronous = FULL;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;",
    )?;
    connection.busy_handler(Some(try_again))?;
    connection.set_prepared_statement_cache_capacity(256);
    // The first statement that reads is the first that notices a wrong key.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Writes without waiting for the disk: whole and in order after a power cut, but perhaps without the last of it.
/// For the slices of a job, which the deed at its end puts on the disk with itself.
pub(super) fn with_later_sync<T, E: From<StoreError>>(
    writer: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    writer
        .execute_batch("PRAGMA synchronous = NORMAL")
        .map_err(StoreError::from)?;
    let answer = work(writer);
    writer
        .execute_batch("PRAGMA synchronous = FULL")
        .map_err(StoreError::from)?;
    answer
}

/// Another program is writing. Its slices are short and so are the gaps between them: who tries seldom finds none.
fn try_again(times: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    times < 5_000
}

/// A connection of its own to look only, e.g. for a copy.
pub(super) fn connect_to_read(path: &Path, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let connection = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA query_only = ON;")?;
    Ok(connection)
}

/// A connection to a file that is not there yet.
pub(super) fn connect_to_new(path: &Path, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = connect(path, key, flags)?;
    restrict(path);
    Ok(connection)
}

/// Takes the file away from group and others. On systems without such modes the folder's own rights hold.
fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A file system without modes is not a reason to refuse the set-up: the content is encrypted.
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}
