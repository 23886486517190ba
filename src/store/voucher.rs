//! 接種券の照会. Vouchers of a person, one by its number, those issued at the counter on a day, and what
//! contradicts itself. Reads what `store::projection::vouchers` has written.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    domain::{
        revision::{OperatorId, SubjectId, TerminalId},
        voucher::VoidReason,
    },
    store::{
        StoreError,
        ledger::{instant_at, subject_at},
        resident::day_at,
    },
};

/// 接種券の1行.
#[derive(Clone, PartialEq, Eq)]
pub struct VoucherLine {
    pub subject: SubjectId,
    pub number: String,
    pub person: SubjectId,
    pub programme: String,
    pub dose: String,
    pub issued_on: Option<NaiveDate>,
    pub dispatched_on: Option<NaiveDate>,
    pub void: Option<(NaiveDate, VoidReason)>,
    pub replaces: Option<String>,
    pub form: String,
    pub run: Option<SubjectId>,
    pub printed_count: u32,
    pub spoiled_count: u32,
    pub is_issued_twice: bool,
    pub issued_at: DateTime<Utc>,
    pub issued_by: OperatorId,
    pub terminal: TerminalId,
    /// A record carries this number.
    pub is_used: bool,
}

impl VoucherLine {
    /// Whether the voucher may still be used.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.void.is_none() && !self.is_issued_twice && !self.is_used
    }

    /// What a clerk reads: 有効, 発送済み, 使用済み, 無効, 要確認.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (
            self.is_issued_twice,
            self.void.is_some(),
            self.is_used,
            self.dispatched_on,
        ) {
            (true, ..) => "要確認",
            (_, true, true, _) => "要確認",
            (_, true, ..) => "無効",
            (_, _, true, _) => "使用済み",
            (_, _, _, Some(_)) => "発送済み",
            _ => "有効",
        }
    }
}

impl std::fmt::Debug for VoucherLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoucherLine")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

const LINE: &str = "SELECT vouchers.*, EXISTS (SELECT 1 FROM vaccination_records
    WHERE vaccination_records.voucher_number = vouchers.number AND is_head = 1 AND is_cancelled = 0) AS is_used
    FROM vouchers";

/// The vouchers of a person, newest first.
///
/// # Errors
/// The database can't be read.
pub fn vouchers_of(connection: &Connection, person: SubjectId) -> Result<Vec<VoucherLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{LINE} WHERE person = ?1 ORDER BY issued_at DESC, number"
    ))?;
    let rows = statement.query_map([person.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The voucher with this number.
///
/// # Errors
/// The database can't be read.
pub fn voucher(connection: &Connection, number: &str) -> Result<Option<VoucherLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{LINE} WHERE number = ?1 ORDER BY subject"))?;
    Ok(statement.query_row([number], line).optional()?)
}

/// The voucher of this subject.
///
/// # Errors
/// The database can't be read.
pub fn of_subject(connection: &Connection, subject: SubjectId) -> Result<Option<VoucherLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{LINE} WHERE subject = ?1"))?;
    Ok(statement.query_row([subject.0.as_bytes()], line).optional()?)
}

/// 窓口で発行した券. The supervisor's daily list: single sheets that needed no release.
///
/// # Errors
/// The database can't be read.
pub fn issued_at_counter(connection: &Connection, on: NaiveDate) -> Result<Vec<VoucherLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "{LINE} WHERE run IS NULL AND issued_on = ?1 ORDER BY issued_at, number"
    ))?;
    let rows = statement.query_map([on.to_string()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 食いちがう券. Two valid vouchers for one dose, one number issued twice, or used after it was void.
///
/// # Errors
/// The database can't be read.
pub fn contradictions(connection: &Connection) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT subject FROM vouchers WHERE is_issued_twice = 1
         UNION SELECT one.subject FROM vouchers AS one JOIN vouchers AS other
             ON other.person = one.person AND other.programme = one.programme AND other.dose = one.dose
                AND other.subject <> one.subject
             WHERE one.void_on IS NULL AND other.void_on IS NULL
         UNION SELECT vouchers.subject FROM vouchers JOIN vaccination_records AS used
             ON used.voucher_number = vouchers.number AND used.is_head = 1 AND used.is_cancelled = 0
             WHERE used.vaccinated_on > vouchers.void_on
         ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The highest running number that this terminal has issued inside a block.
///
/// # Errors
/// The database can't be read.
pub fn highest_running(
    connection: &Connection,
    terminal: &TerminalId,
    first: u64,
    last: u64,
) -> Result<Option<u64>, StoreError> {
    let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let highest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(running) FROM vouchers WHERE terminal = ?1 AND running BETWEEN ?2 AND ?3",
        )?
        .query_row(params![terminal.0, bound(first), bound(last)], |row| row.get(0))?;
    Ok(highest.and_then(|number| u64::try_from(number).ok()))
}

fn line(row: &Row<'_>) -> rusqlite::Result<VoucherLine> {
    let run: Option<[u8; 16]> = row.get("run")?;
    let reason: Option<String> = row.get("void_reason")?;
    let reason = reason.and_then(|code| VoidReason::ALL.into_iter().find(|reason| reason.code() == code));
    Ok(VoucherLine {
        subject: subject_at(row, "subject")?,
        number: row.get("number")?,
        person: subject_at(row, "person")?,
        programme: row.get("programme")?,
        dose: row.get("dose")?,
        issued_on: day_at(row, "issued_on")?,
        dispatched_on: day_at(row, "dispatched_on")?,
        void: day_at(row, "void_on")?.zip(reason),
        replaces: row.get("replaces")?,
        form: row.get("form")?,
        run: run.map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes))),
        printed_count: row.get("printed_count")?,
        spoiled_count: row.get("spoiled_count")?,
        is_issued_twice: row.get("is_issued_twice")?,
        issued_at: instant_at(row, "issued_at")?,
        issued_by: OperatorId(row.get("issued_by")?),
        terminal: TerminalId(row.get("terminal")?),
        is_used: row.get("is_used")?,
    })
}
