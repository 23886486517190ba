//! 接種記録の照会. One person's records for the card, her doses for the engine, the versions of one record, and
//! what looks like the same dose twice. Reads what `store::projection::vaccination_records` has written.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Row, params};

use crate::{
    domain::{
        record::{AgeOnDay, Amount, DoseNumber, Outcome},
        revision::{OperatorId, RevisionId, SubjectId, TerminalId},
    },
    store::{
        StoreError,
        ledger::{instant_at, subject_at},
    },
};

/// 接種記録の1行. Codes as in the domain; personal values stay out of `Debug`.
#[derive(Clone, PartialEq)]
pub struct RecordLine {
    pub subject: SubjectId,
    pub revision: RevisionId,
    pub person: SubjectId,
    pub programme: String,
    pub dose: DoseNumber,
    pub vaccinated_on: NaiveDate,
    pub outcome: Outcome,
    pub category: String,
    pub source: String,
    pub age: Option<AgeOnDay>,
    pub institution_code: Option<String>,
    pub institution_name: Option<String>,
    pub product: Option<String>,
    pub lot_number: Option<String>,
    pub maker: Option<String>,
    pub amount: Option<Amount>,
    pub route: Option<String>,
    pub physician_name: Option<String>,
    pub voucher_number: Option<String>,
    pub special_ground: Option<String>,
    pub expected_delivery_on: Option<NaiveDate>,
    pub questionnaire: Option<SubjectId>,
    pub bundle: Option<SubjectId>,
    pub sheet: Option<u16>,
    pub change_reason: Option<String>,
    pub operator: OperatorId,
    pub terminal: TerminalId,
    pub updated_at: DateTime<Utc>,
    pub is_head: bool,
    pub is_shown: bool,
    pub is_cancelled: bool,
    pub approval: Approval,
}

impl fmt::Debug for RecordLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordLine")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// 承認の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approval {
    Approved,
    /// 未承認.
    Waiting,
    /// Taken over with the register of an older system.
    NotNeeded,
}

impl Approval {
    /// Whether the record counts for certificates, 副本 and statistics.
    pub fn counts(self) -> bool {
        self != Self::Waiting
    }

    fn parse(code: &str) -> Self {
        match code {
            "approved" => Self::Approved,
            "not_needed" => Self::NotNeeded,
            _ => Self::Waiting,
        }
    }
}

/// 1人の接種記録. The shown version of each record, cancelled ones included, oldest dose first.
///
/// # Errors
/// The database can't be read.
pub fn records_of(connection: &Connection, person: SubjectId) -> Result<Vec<RecordLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM vaccination_records WHERE person = ?1 AND is_shown = 1
         ORDER BY vaccinated_on, programme, dose, subject",
    )?;
    let rows = statement.query_map([person.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 判定に使う接種. All heads' doses that were given and are not cancelled, also those of a conflict's other side.
///
/// # Errors
/// The database can't be read.
pub fn doses_of(connection: &Connection, person: SubjectId) -> Result<Vec<RecordLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM vaccination_records
         WHERE person = ?1 AND is_head = 1 AND is_cancelled = 0 AND outcome = 1
         ORDER BY vaccinated_on, programme, dose, subject, revision",
    )?;
    let rows = statement.query_map([person.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 1つの記録のすべての版, newest first.
///
/// # Errors
/// The database can't be read.
pub fn versions_of(connection: &Connection, record: SubjectId) -> Result<Vec<RecordLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM vaccination_records WHERE subject = ?1 ORDER BY lamport DESC, revision DESC",
    )?;
    let rows = statement.query_map([record.0.as_bytes()], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The record taken from a sheet, in the shown version.
///
/// # Errors
/// The database can't be read.
pub fn record_of_sheet(
    connection: &Connection,
    person: SubjectId,
    questionnaire: SubjectId,
) -> Result<Option<RecordLine>, StoreError> {
    let lines = records_of(connection, person)?;
    Ok(lines
        .into_iter()
        .find(|line| line.questionnaire == Some(questionnaire)))
}

/// Records of this voucher number, heads that are not cancelled.
///
/// # Errors
/// The database can't be read.
pub fn records_with_voucher(connection: &Connection, number: &str) -> Result<Vec<RecordLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM vaccination_records
         WHERE voucher_number = ?1 AND is_head = 1 AND is_cancelled = 0 ORDER BY vaccinated_on, subject, revision",
    )?;
    let rows = statement.query_map([number], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 競合. Records with more than one head: (record, person).
///
/// # Errors
/// The database can't be read.
pub fn conflicts(connection: &Connection, since: DateTime<Utc>) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT subject FROM vaccination_records INDEXED BY vaccination_records_entered
         WHERE is_head = 1 AND source <> 'historical' AND updated_at >= ?1
         GROUP BY subject HAVING count(*) > 1 ORDER BY subject",
    )?;
    let rows = statement.query_map([since.timestamp_millis()], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 重複のおそれ. Two records that may be one dose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Duplicate {
    pub one: SubjectId,
    pub other: SubjectId,
    pub ground: DuplicateGround,
}

/// Why two records look like one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DuplicateGround {
    /// 同じ人・同じ種類・同じ回数.
    SameDose,
    /// 同じ人・同じ疾病・6日以内.
    SameDiseaseWithinSixDays,
    /// 同じ券番号.
    SameVoucher,
}

/// Looks at each record entered since a moment and what stands beside it. `is_same_disease` says whether two
/// programmes protect against the same disease.
///
/// # Errors
/// The database can't be read.
pub fn possible_duplicates(
    connection: &Connection,
    since: DateTime<Utc>,
    is_same_disease: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Duplicate>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT mine.subject AS one, other.subject AS other, mine.programme AS mine_programme,
                other.programme AS other_programme, mine.dose = other.dose AS is_same_dose,
                abs(julianday(mine.vaccinated_on) - julianday(other.vaccinated_on)) <= 6 AS is_near
         FROM vaccination_records AS mine INDEXED BY vaccination_records_entered
         JOIN vaccination_records AS other ON other.person = mine.person
         WHERE mine.is_head = 1 AND mine.source <> 'historical' AND mine.updated_at >= ?1
           AND mine.is_cancelled = 0 AND mine.outcome = 1
           AND other.is_head = 1 AND other.is_cancelled = 0 AND other.outcome = 1
           AND other.subject <> mine.subject",
    )?;
    let mut rows = statement.query(params![since.timestamp_millis()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (mine, other): (String, String) = (row.get("mine_programme")?, row.get("other_programme")?);
        let ground = match (mine == other && row.get("is_same_dose")?, row.get("is_near")?) {
            (true, _) => DuplicateGround::SameDose,
            (false, true) if is_same_disease(&mine, &other) => DuplicateGround::SameDiseaseWithinSixDays,
            _ => continue,
        };
        found.push(pair(subject_at(row, "one")?, subject_at(row, "other")?, ground));
    }
    found.extend(same_vouchers(connection, since)?);
    found.sort_unstable();
    found.dedup_by_key(|duplicate| (duplicate.one, duplicate.other));
    Ok(found)
}

fn same_vouchers(connection: &Connection, since: DateTime<Utc>) -> Result<Vec<Duplicate>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT mine.subject AS one, other.subject AS other
         FROM vaccination_records AS mine INDEXED BY vaccination_records_entered
         JOIN vaccination_records AS other ON other.voucher_number = mine.voucher_number AND other.is_head = 1
         WHERE mine.is_head = 1 AND mine.source <> 'historical' AND mine.updated_at >= ?1
           AND mine.is_cancelled = 0 AND other.is_cancelled = 0 AND mine.outcome = 1 AND other.outcome = 1
           AND other.subject <> mine.subject
           AND (other.person <> mine.person OR (other.programme = mine.programme AND other.dose = mine.dose))",
    )?;
    let rows = statement.query_map([since.timestamp_millis()], |row| {
        Ok(pair(
            subject_at(row, "one")?,
            subject_at(row, "other")?,
            DuplicateGround::SameVoucher,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn pair(one: SubjectId, other: SubjectId, ground: DuplicateGround) -> Duplicate {
    Duplicate {
        one: one.min(other),
        other: one.max(other),
        ground,
    }
}

/// Whether the person must be left out of what is made automatically: a conflict or a possible duplicate.
///
/// # Errors
/// The database can't be read.
pub fn is_unsettled(
    connection: &Connection,
    person: SubjectId,
    is_same_disease: impl Fn(&str, &str) -> bool,
) -> Result<bool, StoreError> {
    let doses = doses_of(connection, person)?;
    let is_pair = |one: &RecordLine, other: &RecordLine| {
        one.subject == other.subject
            || (one.programme == other.programme && one.dose == other.dose)
            || (is_same_disease(&one.programme, &other.programme)
                && (one.vaccinated_on - other.vaccinated_on).num_days().abs() <= 6)
    };
    let is_entered = |line: &RecordLine| line.approval != Approval::NotNeeded;
    Ok(doses.iter().enumerate().any(|(place, one)| {
        doses
            .iter()
            .skip(place + 1)
            .any(|other| (is_entered(one) || is_entered(other)) && is_pair(one, other))
    }))
}

fn line(row: &Row<'_>) -> rusqlite::Result<RecordLine> {
    let age = match (
        row.get("age_years")?,
        row.get("age_months")?,
        row.get("age_days")?,
    ) {
        (Some(years), Some(months), Some(days)) => Some(AgeOnDay { years, months, days }),
        _ => None,
    };
    Ok(RecordLine {
        subject: subject_at(row, "subject")?,
        revision: RevisionId(row.get("revision")?),
        person: subject_at(row, "person")?,
        programme: row.get("programme")?,
        dose: DoseNumber::parse(&row.get::<_, String>("dose")?).map_err(|error| unreadable(error.into()))?,
        vaccinated_on: day_at(row, "vaccinated_on")?,
        outcome: Outcome::try_from(row.get::<_, u8>("outcome")?).map_err(|error| unreadable(error.into()))?,
        category: row.get("category")?,
        source: row.get("source")?,
        age,
        institution_code: row.get("institution_code")?,
        institution_name: row.get("institution_name")?,
        product: row.get("product")?,
        lot_number: row.get("lot_number")?,
        maker: row.get("maker")?,
        amount: row.get::<_, Option<f64>>("amount_ml")?.and_then(amount_of),
        route: row.get("route")?,
        physician_name: row.get("physician_name")?,
        voucher_number: row.get("voucher_number")?,
        special_ground: row.get("special_ground")?,
        expected_delivery_on: row
            .get::<_, Option<String>>("expected_delivery_on")?
            .and_then(|day| day.parse().ok()),
        questionnaire: optional_subject_at(row, "questionnaire")?,
        bundle: optional_subject_at(row, "bundle")?,
        sheet: row.get("sheet")?,
        change_reason: row.get("change_reason")?,
        operator: OperatorId(row.get("operator")?),
        terminal: TerminalId(row.get("terminal")?),
        updated_at: instant_at(row, "updated_at")?,
        is_head: row.get("is_head")?,
        is_shown: row.get("is_shown")?,
        is_cancelled: row.get("is_cancelled")?,
        approval: Approval::parse(&row.get::<_, String>("approval")?),
    })
}

/// The column holds hundredths exactly, divided by 100.
fn amount_of(ml: f64) -> Option<Amount> {
    let hundredths = (ml * 100.0).round();
    (0.0..1000.0)
        .contains(&hundredths)
        .then_some(hundredths as u16)
        .and_then(Amount::from_hundredths_ml)
}

fn unreadable(error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error)
}

pub(super) fn day_at(row: &Row<'_>, column: &str) -> rusqlite::Result<NaiveDate> {
    row.get::<_, String>(column)?
        .parse()
        .map_err(|error: chrono::ParseError| unreadable(error.into()))
}

pub(super) fn optional_subject_at(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<SubjectId>> {
    match row.get::<_, Option<[u8; 16]>>(column)? {
        None => Ok(None),
        Some(_) => subject_at(row, column).map(Some),
    }
}
