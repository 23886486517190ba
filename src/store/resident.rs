//! 住民の照会. Reads of the views `residents` and `households` and of protections: one person with everything the
//! register says, the household, the line of a list. Finding people is `search`.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    domain::{
        birth::BirthDate,
        resident::{Address, ChangeReason, NamePriority, Names, ResidentStatus, Sex},
        revision::SubjectId,
    },
    store::{StoreError, ledger::subject_at},
};

/// 支援措置 in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProtectionLine {
    pub provisional: bool,
    pub from: Option<NaiveDate>,
    /// It does not end by itself on this day.
    pub until: Option<NaiveDate>,
}

/// 異動.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeLine {
    pub reason: Option<ChangeReason>,
    pub on: Option<NaiveDate>,
    /// The register's words where the day is none of the calendar.
    pub as_written: Option<String>,
    pub notified_on: Option<NaiveDate>,
}

/// 台帳の人. One person as shown now, in all the register's items but 個人番号.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentCard {
    pub subject: SubjectId,
    pub atena_number: String,
    pub household_number: Option<String>,
    pub household: Option<SubjectId>,
    pub names: Names,
    pub birth: BirthDate,
    pub sex: Sex,
    pub relationship: String,
    pub status: ResidentStatus,
    pub foreigner: bool,
    pub nationality: Option<String>,
    pub address: Address,
    pub resident_since: Option<NaiveDate>,
    pub address_since: Option<NaiveDate>,
    pub change: ChangeLine,
    pub moved_in_from: Option<String>,
    pub moved_out_to: Option<String>,
    pub protection: Option<ProtectionLine>,
}

impl ResidentCard {
    /// Whether letters may go to this person without asking anybody: alive, registered, not protected.
    pub fn is_plainly_reachable(&self) -> bool {
        self.status == ResidentStatus::Registered && self.protection.is_none()
    }
}

/// 世帯.
#[derive(Clone, PartialEq, Eq)]
pub struct HouseholdCard {
    pub subject: SubjectId,
    pub household_number: String,
    pub head: Option<SubjectId>,
    pub head_kana: String,
    pub telephone: String,
    pub fax: String,
    pub area: String,
}

/// 名簿の一行. Enough to tell people apart in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentLine {
    pub subject: SubjectId,
    pub name: String,
    pub kana: String,
    pub birth: BirthDate,
    pub sex: Sex,
    pub status: ResidentStatus,
    pub relationship: String,
    /// 地区. Its code; its name where the office has looked it up.
    pub district: String,
    /// 転出・死亡などの日.
    pub changed_on: Option<NaiveDate>,
    pub protected: bool,
}

impl std::fmt::Debug for ResidentCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResidentCard(…)")
    }
}

impl std::fmt::Debug for HouseholdCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HouseholdCard(…)")
    }
}

impl std::fmt::Debug for ResidentLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResidentLine(…)")
    }
}

/// One person as shown now.
///
/// # Errors
/// The database can't be read.
pub fn card(connection: &Connection, subject: SubjectId) -> Result<Option<ResidentCard>, StoreError> {
    let card = connection
        .prepare_cached("SELECT * FROM residents WHERE subject = ?1")?
        .query_row([subject.0.as_bytes()], card_at)
        .optional()?;
    let Some(mut card) = card else {
        return Ok(None);
    };
    card.protection = protection(connection, subject)?;
    Ok(Some(card))
}

/// The person with this 宛名番号, if the feed has one.
///
/// # Errors
/// The database can't be read.
pub fn by_atena(connection: &Connection, atena_number: &str) -> Result<Option<SubjectId>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT subject FROM residents WHERE atena_number = ?1")?
        .query_row([atena_number], |row| subject_at(row, "subject"))
        .optional()?)
}

/// 支援措置 in force for this person, if any.
///
/// # Errors
/// The database can't be read.
pub fn protection(
    connection: &Connection,
    resident: SubjectId,
) -> Result<Option<ProtectionLine>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT provisional, from_on, until_on FROM protections WHERE resident = ?1 AND in_force = 1",
        )?
        .query_row([resident.0.as_bytes()], |row| {
            Ok(ProtectionLine {
                provisional: row.get("provisional")?,
                from: day_at(row, "from_on")?,
                until: day_at(row, "until_on")?,
            })
        })
        .optional()?)
}

/// A household as shown now.
///
/// # Errors
/// The database can't be read.
pub fn household(connection: &Connection, subject: SubjectId) -> Result<Option<HouseholdCard>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM households WHERE subject = ?1")?
        .query_row([subject.0.as_bytes()], |row| {
            let head: Option<[u8; 16]> = row.get("head")?;
            Ok(HouseholdCard {
                subject,
                household_number: row.get("household_number")?,
                head: head.map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes))),
                head_kana: row.get("head_kana")?,
                telephone: row.get("telephone")?,
                fax: row.get("fax")?,
                area: row.get("area")?,
            })
        })
        .optional()?)
}

/// The members of a household who live there, the head first, then by birth.
///
/// # Errors
/// The database can't be read.
pub fn members(connection: &Connection, household: SubjectId) -> Result<Vec<ResidentLine>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {LINE} FROM residents WHERE household = ?1 AND status = 1
         ORDER BY relationship <> '世帯主', birth_on, subject"
    ))?;
    let rows = statement.query_map([household.0.as_bytes()], line_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The line of one person.
///
/// # Errors
/// The database can't be read.
pub fn line(connection: &Connection, subject: SubjectId) -> Result<Option<ResidentLine>, StoreError> {
    line_as_of(connection, subject, shown_up_to(connection)?)
}

/// The line of one person as of the file up to which residents are shown ([`shown_up_to`]), from the index that
/// holds nothing but lines.
///
/// # Errors
/// The database can't be read.
pub fn line_as_of(
    connection: &Connection,
    subject: SubjectId,
    shown: i64,
) -> Result<Option<ResidentLine>, StoreError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT {LINE} FROM resident_versions AS residents INDEXED BY resident_lines
             WHERE subject = ?1 AND feed_sequence <= ?2 AND until_sequence > ?2 AND processing <> 3"
        ))?
        .query_row(params![subject.0.as_bytes(), shown], line_at)
        .optional()?)
}

/// Sequence of the file up to which residents are shown; 0 before the first.
///
/// # Errors
/// The database can't be read.
pub fn shown_up_to(connection: &Connection) -> Result<i64, StoreError> {
    let shown = connection
        .prepare_cached("SELECT sequence FROM feed_shown WHERE feed = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(shown.unwrap_or(0))
}

/// Past names and addresses of a person that differ from today's, newest first.
///
/// # Errors
/// The database can't be read.
pub fn past(connection: &Connection, subject: SubjectId) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT kanji, address FROM resident_versions
         WHERE subject = ?1 AND until_sequence <= (SELECT sequence FROM feed_shown WHERE feed = 1)
         ORDER BY feed_sequence DESC, feed_row DESC LIMIT 50",
    )?;
    let rows = statement.query_map([subject.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut past: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    past.dedup();
    Ok(past)
}

/// How many people are registered now.
///
/// # Errors
/// The database can't be read.
pub fn registered_count(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM residents WHERE status = 1")?
        .query_row([], |row| row.get(0))?)
}

const LINE: &str =
    "subject, kana, kanji, common_name, common_kana, alphabet, name_priority, birth_on, birth_text,
     sex, status, relationship, district, changed_on,
     EXISTS (SELECT 1 FROM protections WHERE protections.resident = residents.subject AND in_force = 1)
         AS protected";

fn line_at(row: &Row<'_>) -> rusqlite::Result<ResidentLine> {
    let names = Names {
        kana: row.get("kana")?,
        kanji: row.get("kanji")?,
        common: row.get("common_name")?,
        common_kana: row.get("common_kana")?,
        alphabet: row.get("alphabet")?,
        priority: priority(row.get("name_priority")?),
        ..Names::default()
    };
    Ok(ResidentLine {
        subject: subject_at(row, "subject")?,
        name: names.shown().to_owned(),
        kana: names.shown_kana().to_owned(),
        birth: birth_at(row)?,
        sex: sex_at(row)?,
        status: status_at(row)?,
        relationship: row.get("relationship")?,
        district: row.get("district")?,
        changed_on: day_at(row, "changed_on")?,
        protected: row.get("protected")?,
    })
}

fn card_at(row: &Row<'_>) -> rusqlite::Result<ResidentCard> {
    let household: Option<[u8; 16]> = row.get("household")?;
    let reason: Option<String> = row.get("change_reason")?;
    Ok(ResidentCard {
        subject: subject_at(row, "subject")?,
        atena_number: row.get("atena_number")?,
        household_number: row.get("household_number")?,
        household: household.map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes))),
        names: Names {
            kana: row.get("kana")?,
            kanji: row.get("kanji")?,
            former_surname: row.get("former_surname")?,
            former_surname_kana: row.get("former_surname_kana")?,
            common: row.get("common_name")?,
            common_kana: row.get("common_kana")?,
            alphabet: row.get("alphabet")?,
            priority: priority(row.get("name_priority")?),
            kana_confirmed: row.get("kana_confirmed")?,
        },
        birth: birth_at(row)?,
        sex: sex_at(row)?,
        relationship: row.get("relationship")?,
        status: status_at(row)?,
        foreigner: row.get("foreigner")?,
        nationality: row.get("nationality")?,
        address: Address {
            code: row.get("address_code")?,
            postal_code: row.get("postal_code")?,
            text: row.get("address")?,
            building: row.get("building")?,
            district: row.get("district")?,
        },
        resident_since: day_at(row, "resident_since")?,
        address_since: day_at(row, "address_since")?,
        change: ChangeLine {
            reason: reason.as_deref().and_then(ChangeReason::of_word),
            on: day_at(row, "changed_on")?,
            as_written: row.get("changed_text")?,
            notified_on: day_at(row, "notified_on")?,
        },
        moved_in_from: row.get("moved_in_from")?,
        moved_out_to: row.get("moved_out_to")?,
        protection: None,
    })
}

fn priority(code: u8) -> NamePriority {
    match code {
        2 => NamePriority::CommonName,
        3 => NamePriority::Alphabet,
        _ => NamePriority::Registered,
    }
}

/// A birth date of the two columns `birth_on` and `birth_text`.
///
/// # Errors
/// A column is missing.
pub fn birth_at(row: &Row<'_>) -> rusqlite::Result<BirthDate> {
    let text: Option<String> = row.get("birth_text")?;
    Ok(match (text, day_at(row, "birth_on")?) {
        (Some(text), _) => BirthDate::AsWritten(text),
        (None, Some(day)) => BirthDate::Known(day),
        (None, None) => BirthDate::AsWritten(String::new()),
    })
}

fn sex_at(row: &Row<'_>) -> rusqlite::Result<Sex> {
    let code: u8 = row.get("sex")?;
    Ok(Sex::of_code(&code.to_string()).unwrap_or(Sex::Unknown))
}

fn status_at(row: &Row<'_>) -> rusqlite::Result<ResidentStatus> {
    let code: u8 = row.get("status")?;
    Ok(ResidentStatus::of_code(code).unwrap_or(ResidentStatus::Removed))
}

/// A day stored as `YYYY-MM-DD`.
///
/// # Errors
/// The column is missing.
pub fn day_at(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<NaiveDate>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| text.parse().ok()))
}
