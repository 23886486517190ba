//! 準備の途中. The waiting rows of a run that a job lays out: who, under which serial and number, with which digest.
//! Rows leave in the transaction that writes them into the ledger; what was cut off while it was laid out is
//! dropped when the database is opened, and its numbers stay accounted for.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    domain::{
        revision::{self, Body, SubjectId},
        run::{Manifest, ManifestSheet, RunFact, Serial},
        trust::Octets,
        voucher::VoucherNumber,
    },
    store::{StoreError, Transaction, ledger::subject_at},
};

/// 準備の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PreparationState {
    /// Sheets are being laid out.
    Laying,
    /// All are laid out and on their way into the ledger.
    Writing,
    Done,
    Cancelled,
    /// Cut off while it was laid out, which the audit chain doesn't tell yet.
    Dropped,
    Told,
}

impl PreparationState {
    const fn code(self) -> &'static str {
        match self {
            Self::Laying => "laying",
            Self::Writing => "writing",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Dropped => "dropped",
            Self::Told => "told",
        }
    }
}

/// 準備の1件.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preparation {
    pub preparation: i64,
    /// The subject that the run will be.
    pub run: SubjectId,
    /// From [`PreparationState::Writing`] on.
    pub manifest: Option<Manifest>,
    pub first_number: Option<String>,
    pub last_number: Option<String>,
    pub sheets: u32,
}

/// The preparation of this draw that stands in this state, if there is one.
///
/// # Errors
/// The database can't be read.
pub fn of_draw(
    connection: &Connection,
    draw: Option<SubjectId>,
    state: PreparationState,
) -> Result<Option<Preparation>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM run_preparations WHERE draw IS ?1 AND state = ?2 LIMIT 1")?
        .query_row(params![draw.map(|draw| *draw.0.as_bytes()), state.code()], line)
        .optional()?)
}

/// Cut off, and not told in the audit chain yet.
///
/// # Errors
/// The database can't be read.
pub fn dropped(connection: &Connection) -> Result<Vec<Preparation>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM run_preparations WHERE state = 'dropped'")?;
    let rows = statement.query_map([], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many runs are about to get their number.
///
/// # Errors
/// The database can't be read.
pub fn writing(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM run_preparations WHERE state = 'writing'")?
        .query_row([], |row| row.get(0))?)
}

/// The waiting sheets, in the order of the serials, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn sheets(
    connection: &Connection,
    preparation: i64,
    most: u32,
) -> Result<Vec<(Serial, ManifestSheet)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT serial, person, number, digest FROM run_preparation_sheets
         WHERE preparation = ?1 ORDER BY serial LIMIT ?2",
    )?;
    let mut rows = statement.query(params![preparation, most])?;
    let mut sheets = Vec::new();
    while let Some(row) = rows.next()? {
        let number: String = row.get("number")?;
        let sheet = ManifestSheet {
            person: subject_at(row, "person")?,
            number: VoucherNumber::parse(&number).map_err(|_| StoreError::Malformed)?,
            digest: Octets(row.get("digest")?),
        };
        sheets.push((row.get("serial")?, sheet));
    }
    Ok(sheets)
}

impl Transaction<'_> {
    /// 準備を始める.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn begin_preparation(&mut self, draw: Option<SubjectId>) -> Result<Preparation, StoreError> {
        let run = self.new_subject();
        self.connection()
            .prepare_cached("INSERT INTO run_preparations (state, draw, run) VALUES ('laying', ?1, ?2)")?
            .execute(params![draw.map(|draw| *draw.0.as_bytes()), run.0.as_bytes()])?;
        Ok(Preparation {
            preparation: self.connection().last_insert_rowid(),
            run,
            manifest: None,
            first_number: None,
            last_number: None,
            sheets: 0,
        })
    }

    /// 紙を待たせる.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn stage_sheets(
        &mut self,
        preparation: i64,
        sheets: &[(Serial, ManifestSheet)],
    ) -> Result<(), StoreError> {
        for (serial, sheet) in sheets {
            self.connection()
                .prepare_cached(
                    "INSERT INTO run_preparation_sheets (preparation, serial, person, number, digest)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    preparation,
                    serial,
                    sheet.person.0.as_bytes(),
                    sheet.number.as_str(),
                    sheet.digest.0
                ])?;
        }
        let (Some((_, first)), Some((last, newest))) = (sheets.first(), sheets.last()) else {
            return Ok(());
        };
        self.connection()
            .prepare_cached(
                "UPDATE run_preparations SET first_number = coalesce(first_number, ?2), last_number = ?3,
                     sheets = ?4 WHERE preparation = ?1",
            )?
            .execute(params![
                preparation,
                first.number.as_str(),
                newest.number.as_str(),
                last
            ])?;
        Ok(())
    }

    /// すべてそろった. From here on the run is finished, whatever happens.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn settle_preparation(&mut self, preparation: i64, manifest: &Manifest) -> Result<(), StoreError> {
        let body = revision::encode(&RunFact::Prepared(manifest.clone()))?;
        self.connection()
            .prepare_cached(
                "UPDATE run_preparations SET state = 'writing', manifest = ?2 WHERE preparation = ?1",
            )?
            .execute(params![preparation, body])?;
        Ok(())
    }

    /// 台帳に移した紙を外す. Up to and with this serial.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn unstage_sheets(&mut self, preparation: i64, last: Serial) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM run_preparation_sheets WHERE preparation = ?1 AND serial <= ?2")?
            .execute(params![preparation, last])?;
        Ok(())
    }

    /// 準備を終える, one way or another. What still waited is gone; the numbers stay noted.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn end_preparation(&mut self, preparation: i64, state: PreparationState) -> Result<(), StoreError> {
        self.unstage_sheets(preparation, Serial::MAX)?;
        self.connection()
            .prepare_cached("UPDATE run_preparations SET state = ?2 WHERE preparation = ?1")?
            .execute(params![preparation, state.code()])?;
        Ok(())
    }
}

/// What was being laid out when a program ended is dropped.
pub(super) fn drop_cut_off(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "DELETE FROM run_preparation_sheets
         WHERE preparation IN (SELECT preparation FROM run_preparations WHERE state = 'laying');
         UPDATE run_preparations SET state = 'dropped' WHERE state = 'laying';",
    )?;
    Ok(())
}

fn line(row: &Row<'_>) -> rusqlite::Result<Preparation> {
    let manifest: Option<Vec<u8>> = row.get("manifest")?;
    let manifest = manifest.and_then(|body| match revision::decode(RunFact::VERSION, &body) {
        Ok(RunFact::Prepared(manifest)) => Some(manifest),
        _ => None,
    });
    Ok(Preparation {
        preparation: row.get("preparation")?,
        run: subject_at(row, "run")?,
        manifest,
        first_number: row.get("first_number")?,
        last_number: row.get("last_number")?,
        sheets: row.get("sheets")?,
    })
}
