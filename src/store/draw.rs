//! 対象者抽出の照会. Draws as they were made, their names, the signatures at their bounds, and the candidates of a new
//! one: who lies in the range of births or has a forecast that touches the period.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, btree_map};

use crate::{
    domain::{
        draw::{Criteria, Entry, Exclusion, Standing, Totals},
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::{OperatorId, RevisionId, SubjectId},
        schedule::Span,
    },
    store::{
        StoreError, approvals,
        forecast::{self, Known, known_at},
        ledger::{self, instant_at, subject_at},
        resident::{self, day_at},
    },
};

/// 抽出の一行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DrawLine {
    pub subject: SubjectId,
    pub revision: RevisionId,
    pub criteria: Criteria,
    pub rule_version: String,
    pub residents_as_of: Option<DateTime<Utc>>,
    pub totals: Totals,
    pub digest: [u8; 32],
    pub previous: Option<SubjectId>,
    pub operator: OperatorId,
    pub made_at: DateTime<Utc>,
    pub released: bool,
    pub discarded: bool,
}

/// 境目の署名.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub person: SubjectId,
    pub signed_by: OperatorId,
    pub signed_at: DateTime<Utc>,
}

/// 候補の行. What the register says, and the days of the dose from the person's forecast, if she has one.
#[derive(Clone, Debug)]
pub struct CandidateRow {
    pub person: SubjectId,
    pub known: Known,
    pub district: String,
    pub protected: bool,
    pub forecast: Vec<Span>,
    pub seasons_done: Vec<i32>,
}

/// What a choice was made from: the newest revision here, the shown register, and how many people are stale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    lamport: u64,
    feed: i64,
    feed_seen: i64,
    stale: u64,
}

impl State {
    /// Whether every forecast is as fresh as the ledger and the shown register.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.stale == 0 && self.feed_seen >= self.feed
    }
}

/// The state that a choice depends on.
///
/// # Errors
/// The database can't be read.
pub fn state(connection: &Connection) -> Result<State, StoreError> {
    Ok(State {
        lamport: ledger::lamport(connection)?,
        feed: resident::shown_up_to(connection)?,
        feed_seen: forecast::feed_seen(connection)?,
        stale: forecast::stale_count(connection)?,
    })
}

/// A draw by its subject.
///
/// # Errors
/// The database can't be read.
pub fn draw(connection: &Connection, subject: SubjectId) -> Result<Option<DrawLine>, StoreError> {
    let found = connection
        .prepare_cached("SELECT * FROM draws WHERE subject = ?1")?
        .query_row([subject.0.as_bytes()], line_at)
        .optional()?;
    found
        .flatten()
        .map(|line| with_state(connection, line))
        .transpose()
}

/// The newest draws, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn draws(connection: &Connection, most: u32) -> Result<Vec<DrawLine>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM draws ORDER BY lamport DESC, subject LIMIT ?1")?;
    let rows = statement.query_map([most], line_at)?;
    let lines: Vec<Option<DrawLine>> = rows.collect::<Result<_, _>>()?;
    lines
        .into_iter()
        .flatten()
        .map(|line| with_state(connection, line))
        .collect()
}

/// 前回の抽出. The newest one of the same criteria that was not given up.
///
/// # Errors
/// The database can't be read.
pub fn latest_of(connection: &Connection, criteria: &Criteria) -> Result<Option<DrawLine>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT * FROM draws WHERE criteria_key = ?1
               AND NOT EXISTS (SELECT 1 FROM draws_discarded WHERE draws_discarded.draw = draws.subject)
             ORDER BY lamport DESC, subject LIMIT 1",
        )?
        .query_row([criteria.key()], line_at)
        .optional()?;
    found
        .flatten()
        .map(|line| with_state(connection, line))
        .transpose()
}

/// The highest version of the rules that any draw of the city has used.
///
/// # Errors
/// The database can't be read.
pub fn newest_rules(connection: &Connection) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT max(rule_version) FROM draws")?
        .query_row([], |row| row.get(0))?)
}

/// 名簿. All entries of a draw, by person.
///
/// # Errors
/// The database can't be read.
pub fn entries(connection: &Connection, draw: SubjectId) -> Result<Vec<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT person, standing, decisive_on, at_boundary FROM draw_people WHERE draw = ?1 ORDER BY person, subject",
    )?;
    let rows = statement.query_map([draw.0.as_bytes()], entry_at)?;
    let entries: Vec<Option<Entry>> = rows.collect::<Result<_, _>>()?;
    Ok(entries.into_iter().flatten().collect())
}

/// 境目の署名 of a draw, the first one of each person.
///
/// # Errors
/// The database can't be read.
pub fn signatures(connection: &Connection, draw: SubjectId) -> Result<Vec<Signature>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT person, signed_by, signed_at FROM draw_signatures WHERE draw = ?1 ORDER BY person, signed_at, subject",
    )?;
    let rows = statement.query_map([draw.0.as_bytes()], |row| {
        Ok(Signature {
            person: subject_at(row, "person")?,
            signed_by: OperatorId(row.get("signed_by")?),
            signed_at: instant_at(row, "signed_at")?,
        })
    })?;
    let mut signatures: Vec<Signature> = rows.collect::<Result<_, _>>()?;
    signatures.dedup_by_key(|signature| signature.person);
    Ok(signatures)
}

/// 候補. Everybody born in one of the ranges or without a known day of birth, and everybody whose forecast of the
/// dose touches the period.
///
/// # Errors
/// The database can't be read.
pub fn candidates(
    connection: &Connection,
    (programme, dose): (ProgrammeCode, DoseNumber),
    births: &[Span],
    period: Span,
) -> Result<Vec<CandidateRow>, StoreError> {
    const SELECT: &str = "SELECT residents.subject, birth_on, birth_text, sex, status, changed_on, district,
        EXISTS (SELECT 1 FROM protections WHERE protections.resident = residents.subject AND in_force = 1)
            AS protected,
        from_on, until_on, seasons_done
        FROM residents LEFT JOIN forecasts ON forecasts.person = residents.subject
        AND forecasts.programme = ?1 AND forecasts.dose = ?2";
    let mut found: BTreeMap<SubjectId, CandidateRow> = BTreeMap::new();
    let dose = dose.code();
    let sql = format!("{SELECT} WHERE birth_on BETWEEN ?3 AND ?4");
    let mut statement = connection.prepare_cached(&sql)?;
    for range in births {
        let (from, until) = (range.from.to_string(), range.until.to_string());
        gather(
            &mut found,
            statement.query(params![programme.as_str(), dose, from, until])?,
        )?;
    }
    let sql = format!("{SELECT} WHERE birth_on IS NULL");
    gather(
        &mut found,
        connection
            .prepare_cached(&sql)?
            .query(params![programme.as_str(), dose])?,
    )?;
    let sql = format!(
        "{SELECT} WHERE residents.subject IN (
             SELECT person FROM forecasts WHERE programme = ?1 AND dose = ?2 AND from_on <= ?4 AND until_on >= ?3)"
    );
    let (from, until) = (period.from.to_string(), period.until.to_string());
    let mut statement = connection.prepare_cached(&sql)?;
    gather(
        &mut found,
        statement.query(params![programme.as_str(), dose, from, until])?,
    )?;
    Ok(found.into_values().collect())
}

/// Adds people who are not there yet, one or more rows each.
fn gather(
    found: &mut BTreeMap<SubjectId, CandidateRow>,
    mut rows: rusqlite::Rows<'_>,
) -> Result<(), StoreError> {
    let mut fresh: BTreeMap<SubjectId, CandidateRow> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let person = subject_at(row, "subject")?;
        if found.contains_key(&person) {
            continue;
        }
        if let btree_map::Entry::Vacant(place) = fresh.entry(person) {
            let years: Option<String> = row.get("seasons_done")?;
            place.insert(CandidateRow {
                person,
                known: known_at(row)?,
                district: row.get("district")?,
                protected: row.get("protected")?,
                forecast: Vec::new(),
                seasons_done: years
                    .unwrap_or_default()
                    .split(' ')
                    .filter_map(|y| y.parse().ok())
                    .collect(),
            });
        }
        if let (Some(candidate), Some(span)) = (fresh.get_mut(&person), span_at(row)?) {
            candidate.forecast.push(span);
        }
    }
    found.append(&mut fresh);
    Ok(())
}

fn span_at(row: &Row<'_>) -> rusqlite::Result<Option<Span>> {
    let Some(from) = day_at(row, "from_on")? else {
        return Ok(None);
    };
    let until: String = row.get("until_on")?;
    let until = if until.starts_with("9999") {
        NaiveDate::MAX
    } else {
        until.parse().unwrap_or(from)
    };
    Ok(Some(Span { from, until }))
}

fn with_state(connection: &Connection, mut line: DrawLine) -> Result<DrawLine, StoreError> {
    line.released = approvals::is_approved(connection, line.revision)?;
    line.discarded = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM draws_discarded WHERE draw = ?1)")?
        .query_row([line.subject.0.as_bytes()], |row| row.get(0))?;
    Ok(line)
}

/// None where the criteria are of a newer program.
fn line_at(row: &Row<'_>) -> rusqlite::Result<Option<DrawLine>> {
    let criteria: String = row.get("criteria")?;
    let Ok(criteria) = serde_json::from_str(&criteria) else {
        return Ok(None);
    };
    let excluded: String = row.get("excluded")?;
    let words: Vec<&str> = excluded.split(' ').collect();
    let excluded = words.chunks_exact(2).filter_map(|pair| match pair {
        [code, count] => Some((Exclusion::parse(code)?, count.parse().ok()?)),
        _ => None,
    });
    let as_of: Option<i64> = row.get("residents_as_of")?;
    let previous: Option<[u8; 16]> = row.get("previous")?;
    Ok(Some(DrawLine {
        subject: subject_at(row, "subject")?,
        revision: RevisionId(row.get("revision")?),
        criteria,
        rule_version: row.get("rule_version")?,
        residents_as_of: as_of.and_then(DateTime::from_timestamp_millis),
        totals: Totals {
            base: row.get("base")?,
            drawn: row.get("drawn")?,
            excluded: excluded.collect(),
            boundary: row.get("boundary")?,
        },
        digest: row.get("digest")?,
        previous: previous.map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes))),
        operator: OperatorId(row.get("operator")?),
        made_at: instant_at(row, "made_at")?,
        released: false,
        discarded: false,
    }))
}

fn entry_at(row: &Row<'_>) -> rusqlite::Result<Option<Entry>> {
    let standing: String = row.get("standing")?;
    let standing = match standing.as_str() {
        "drawn" => Standing::Drawn,
        "outside" => Standing::Outside,
        code => match Exclusion::parse(code) {
            Some(exclusion) => Standing::Excluded(exclusion),
            None => return Ok(None),
        },
    };
    Ok(Some(Entry {
        person: subject_at(row, "person")?,
        standing,
        decisive_on: day_at(row, "decisive_on")?,
        at_boundary: row.get("at_boundary")?,
    }))
}
