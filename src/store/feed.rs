//! 住民異動の受け皿. The loads of the resident feed, the rows that wait for their release, the reject list, and the
//! one switch that says up to which file residents are shown. Bodies wait here as they will stand in the
//! revisions; 個人番号 never does.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        resident::{FeedPosition, Household, Processing, Resident, Updated},
        revision::{self, OperatorId, SubjectId},
    },
    store::{StoreError, Transaction, ledger::instant_at, ledger::subject_at},
};

/// The feed of the city's resident register.
pub const REGISTER: u16 = 1;

/// 取込の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoadState {
    /// Being read; dropped at the next start if the reading was cut off.
    Reading,
    /// 承認待ち.
    Waiting,
    Releasing,
    Done,
    Discarded,
}

impl LoadState {
    /// 一覧の言葉.
    pub fn word(self) -> &'static str {
        match self {
            LoadState::Reading => "読み込み中",
            LoadState::Waiting => "承認待ち",
            LoadState::Releasing => "反映中",
            LoadState::Done => "反映済み",
            LoadState::Discarded => "取りやめ",
        }
    }

    fn code(self) -> &'static str {
        match self {
            LoadState::Reading => "reading",
            LoadState::Waiting => "waiting",
            LoadState::Releasing => "releasing",
            LoadState::Done => "done",
            LoadState::Discarded => "discarded",
        }
    }

    fn of_code(code: &str) -> Self {
        match code {
            "reading" => LoadState::Reading,
            "waiting" => LoadState::Waiting,
            "releasing" => LoadState::Releasing,
            "done" => LoadState::Done,
            _ => LoadState::Discarded,
        }
    }
}

/// 件数の突合. received = accepted + rejected + held; `unchanged` is a part of accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    pub received: u32,
    pub accepted: u32,
    pub rejected: u32,
    pub held: u32,
    pub unchanged: u32,
}

impl Totals {
    pub fn agree(&self) -> bool {
        self.received == self.accepted + self.rejected + self.held
    }
}

/// 取込一件.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Load {
    pub load: i64,
    pub sequence: u32,
    /// 全件 rather than 差分.
    pub full: bool,
    pub digest: [u8; 32],
    pub made_at: DateTime<Utc>,
    pub state: LoadState,
    pub totals: Totals,
    pub imported_by: OperatorId,
    pub imported_at: DateTime<Utc>,
    pub released_by: Option<OperatorId>,
}

/// 待っている行.
pub struct StagedRow {
    pub row: u32,
    pub resident: SubjectId,
    pub body: Vec<u8>,
    pub household: Option<(SubjectId, Vec<u8>)>,
    /// Waits for a second person, because it lifts a protection.
    pub held: bool,
}

/// 取り込めなかった行. The sentence names the column, never its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reject {
    pub row: u32,
    pub reason: String,
    pub sentence: String,
}

/// What a state says, apart from where in the feed it stood and who keyed it: two files that say the same of a
/// person have one content.
pub fn content_of_resident(resident: &Resident) -> [u8; 32] {
    content(&Resident {
        position: NOWHERE,
        processing: plain(resident.processing),
        updated: Updated::default(),
        ..resident.clone()
    })
}

/// As [`content_of_resident`].
pub fn content_of_household(household: &Household) -> [u8; 32] {
    content(&Household {
        position: NOWHERE,
        processing: plain(household.processing),
        updated: Updated::default(),
        ..household.clone()
    })
}

const NOWHERE: FeedPosition = FeedPosition {
    feed: 0,
    sequence: 0,
    row: 0,
};

fn plain(processing: Processing) -> Processing {
    match processing {
        Processing::Deleted => Processing::Deleted,
        Processing::Added | Processing::Updated => Processing::Updated,
    }
}

fn content<B: revision::Body>(body: &B) -> [u8; 32] {
    // A body over the limit is refused where it is appended.
    Sha256::digest(revision::encode(body).unwrap_or_default()).into()
}

/// The newest file taken in or waiting, and its state; none before the first.
///
/// # Errors
/// The database can't be read.
pub fn newest(connection: &Connection) -> Result<Option<Load>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT * FROM feed_loads WHERE state IN ('waiting', 'releasing', 'done')
             ORDER BY sequence DESC, load DESC LIMIT 1",
        )?
        .query_row([], load_at)
        .optional()?)
}

/// One load.
///
/// # Errors
/// The database can't be read.
pub fn load(connection: &Connection, load: i64) -> Result<Option<Load>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM feed_loads WHERE load = ?1")?
        .query_row([load], load_at)
        .optional()?)
}

/// The last loads, newest first.
///
/// # Errors
/// The database can't be read.
pub fn loads(connection: &Connection, limit: u32) -> Result<Vec<Load>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM feed_loads ORDER BY load DESC LIMIT ?1")?;
    let rows = statement.query_map([limit], load_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The reject list of a load.
///
/// # Errors
/// The database can't be read.
pub fn rejects(connection: &Connection, load: i64) -> Result<Vec<Reject>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT row, reason, sentence FROM feed_rejects WHERE load = ?1 ORDER BY row LIMIT 1000",
    )?;
    let rows = statement.query_map([load], |row| {
        Ok(Reject {
            row: row.get("row")?,
            reason: row.get("reason")?,
            sentence: row.get("sentence")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows that still wait.
///
/// # Errors
/// The database can't be read.
pub fn waiting_rows(connection: &Connection, load: i64) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM feed_rows WHERE load = ?1")?
        .query_row([load], |row| row.get(0))?)
}

/// Up to which file residents are shown, and when the register made it; none before the first.
///
/// # Errors
/// The database can't be read.
pub fn shown(connection: &Connection) -> Result<Option<(u32, DateTime<Utc>)>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT sequence, made_at FROM feed_shown WHERE feed = 1 AND sequence > 0")?
        .query_row([], |row| Ok((row.get("sequence")?, instant_at(row, "made_at")?)))
        .optional()?)
}

/// Whether a protection is in force.
///
/// # Errors
/// The database can't be read.
pub fn is_protected(connection: &Connection, resident: SubjectId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM protections WHERE resident = ?1 AND in_force = 1)")?
        .query_row([resident.0.as_bytes()], |row| row.get(0))?)
}

/// The content of the newest state that was projected, shown or not.
///
/// # Errors
/// The database can't be read.
pub fn newest_content(
    connection: &Connection,
    subject: SubjectId,
    table: Table,
) -> Result<Option<[u8; 32]>, StoreError> {
    let sql = match table {
        Table::Residents => {
            "SELECT content FROM resident_versions WHERE subject = ?1
             ORDER BY feed_sequence DESC, feed_row DESC LIMIT 1"
        }
        Table::Households => {
            "SELECT content FROM household_versions WHERE subject = ?1
             ORDER BY feed_sequence DESC, feed_row DESC LIMIT 1"
        }
    };
    Ok(connection
        .prepare_cached(sql)?
        .query_row([subject.0.as_bytes()], |row| row.get(0))
        .optional()?)
}

/// Which of the two tables of the feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    Residents,
    Households,
}

impl Transaction<'_> {
    /// Begins a load; it is not taken in before `end_reading`.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn begin_load(
        &mut self,
        sequence: u32,
        full: bool,
        digest: &[u8; 32],
        made_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let connection = self.connection();
        connection
            .prepare_cached(
                "INSERT INTO feed_loads (feed, sequence, extent, digest, made_at, state, received, accepted,
                     rejected, held, unchanged, imported_by, imported_at)
                 VALUES (1, ?1, ?2, ?3, ?4, 'reading', 0, 0, 0, 0, 0, ?5, ?6)",
            )?
            .execute(params![
                sequence,
                if full { "F" } else { "D" },
                digest,
                made_at.timestamp_millis(),
                self.stamp().operator.0,
                self.now().timestamp_millis(),
            ])?;
        Ok(connection.last_insert_rowid())
    }

    /// Lets a row wait.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn stage_row(&mut self, load: i64, row: &StagedRow) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("INSERT INTO feed_rows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                load,
                row.row,
                row.resident.0.as_bytes(),
                row.body,
                row.household
                    .as_ref()
                    .map(|(household, _)| *household.0.as_bytes()),
                row.household.as_ref().map(|(_, body)| body),
                row.held,
            ])?;
        Ok(())
    }

    /// Puts a row on the reject list.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn reject_row(&mut self, load: i64, reject: &Reject) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("INSERT INTO feed_rejects VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![load, reject.row, reject.reason, reject.sentence])?;
        Ok(())
    }

    /// Writes totals and state of a load.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn set_load(&mut self, load: i64, state: LoadState, totals: &Totals) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE feed_loads SET state = ?2, received = ?3, accepted = ?4, rejected = ?5, held = ?6,
                     unchanged = ?7
                 WHERE load = ?1",
            )?
            .execute(params![
                load,
                state.code(),
                totals.received,
                totals.accepted,
                totals.rejected,
                totals.held,
                totals.unchanged,
            ])?;
        Ok(())
    }

    /// Takes up to `limit` waiting rows out, in the order of people and for each of them in the order of the file:
    /// what is stored of people lies in this order too, so that neighbours come to lie on one page and are
    /// encrypted once.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn take_rows(&mut self, load: i64, held_too: bool, limit: u32) -> Result<Vec<StagedRow>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT * FROM feed_rows WHERE load = ?1 AND held <= ?2 ORDER BY resident, row LIMIT ?3",
        )?;
        let rows: Vec<StagedRow> = statement
            .query_map(params![load, held_too, limit], |row| {
                let household: Option<[u8; 16]> = row.get("household")?;
                let body: Option<Vec<u8>> = row.get("household_body")?;
                Ok(StagedRow {
                    row: row.get("row")?,
                    resident: subject_at(row, "resident")?,
                    body: row.get("body")?,
                    household: household
                        .map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes)))
                        .zip(body),
                    held: row.get("held")?,
                })
            })?
            .collect::<Result<_, _>>()?;
        for row in &rows {
            connection
                .prepare_cached("DELETE FROM feed_rows WHERE load = ?1 AND row = ?2")?
                .execute(params![load, row.row])?;
        }
        Ok(rows)
    }

    /// Shows residents up to this file; never goes back.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn show_up_to(&mut self, load: &Load) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE feed_shown SET sequence = ?1, made_at = ?2 WHERE feed = 1 AND sequence < ?1",
            )?
            .execute(params![load.sequence, load.made_at.timestamp_millis()])?;
        self.connection()
            .prepare_cached("UPDATE feed_loads SET released_by = ?2, released_at = ?3 WHERE load = ?1")?
            .execute(params![
                load.load,
                self.stamp().operator.0,
                self.now().timestamp_millis()
            ])?;
        Ok(())
    }

    /// Drops a load that was not taken in, with its rows.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn drop_rows(&mut self, load: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM feed_rows WHERE load = ?1")?
            .execute([load])?;
        Ok(())
    }
}

/// Drops what a reading that was cut off has left. Run when the database is opened by nobody else.
///
/// # Errors
/// The database can't be written.
pub(super) fn drop_cut_off(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "DELETE FROM feed_rows WHERE load IN (SELECT load FROM feed_loads WHERE state = 'reading');
         DELETE FROM feed_rejects WHERE load IN (SELECT load FROM feed_loads WHERE state = 'reading');
         DELETE FROM feed_loads WHERE state = 'reading';",
    )?;
    Ok(())
}

fn load_at(row: &Row<'_>) -> rusqlite::Result<Load> {
    Ok(Load {
        load: row.get("load")?,
        sequence: row.get("sequence")?,
        full: row.get::<_, String>("extent")? == "F",
        digest: row.get("digest")?,
        made_at: instant_at(row, "made_at")?,
        state: LoadState::of_code(&row.get::<_, String>("state")?),
        totals: Totals {
            received: row.get("received")?,
            accepted: row.get("accepted")?,
            rejected: row.get("rejected")?,
            held: row.get("held")?,
            unchanged: row.get("unchanged")?,
        },
        imported_by: OperatorId(row.get("imported_by")?),
        imported_at: instant_at(row, "imported_at")?,
        released_by: row.get::<_, Option<String>>("released_by")?.map(OperatorId),
    })
}
