//! 見通しの台帳. Keeps each person's forecasts, which people are stale, and reads what the engine needs of a person.
//! A row is only ever used while nothing that it was computed from has changed: records, notes, register, rules.
//! How forecasts are computed is `domain::eligibility`, when is `office::forecast`.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        eligibility::{Dose, Facts, Person},
        evaluation::{Forecast, ReasonCode},
        programme::ProgrammeCode,
        record::{Amount, DoseNumber},
        resident::{ResidentStatus, Sex},
        revision::{Kind, SubjectId},
        schedule::Span,
        vaccine::ProductCode,
    },
    store::{
        Database, StoreError,
        ledger::subject_at,
        marks, open,
        resident::{self, birth_at, day_at},
    },
};

/// Stands for "no end" in the tables.
const NO_END: &str = "9999-12-31";

/// 判定に使う人. What the engine needs, as the register, records and notes say it now.
#[derive(Clone, Debug)]
pub struct Known {
    pub person: Person,
    pub doses: Vec<Dose>,
    pub status: ResidentStatus,
    /// 接種の意向なし. Programmes declined; the whole of vaccination where it is empty text.
    pub refused: Vec<String>,
    /// 接種不適当. Programmes that a physician has found unfit.
    pub contraindicated: Vec<String>,
    /// 長期療養の事情がなくなった日.
    pub illness_ended_on: Option<NaiveDate>,
}

impl Database {
    /// Writes what is derived only, without a deed: nothing of the ledger changes. What a power cut takes is
    /// derived again.
    ///
    /// # Errors
    /// What `work` returns; nothing is written then.
    pub fn derive<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = self.writer();
        open::with_later_sync(&mut writer, |writer| {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        })
    }
}

/// 人を読む. None where the register does not show the person.
///
/// # Errors
/// The database can't be read.
pub fn known(connection: &Connection, person: SubjectId) -> Result<Option<Known>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT birth_on, birth_text, sex, status, changed_on FROM residents WHERE subject = ?1",
        )?
        .query_row([person.0.as_bytes()], known_at)
        .optional()?;
    let Some(mut known) = found else {
        return Ok(None);
    };
    known.doses = doses(connection, person)?;
    notes(connection, person, &mut known)?;
    Ok(Some(known))
}

/// The register's part of a person, without doses and notes.
///
/// # Errors
/// A column is missing.
pub fn known_at(row: &Row<'_>) -> rusqlite::Result<Known> {
    let sex: u8 = row.get("sex")?;
    let status: u8 = row.get("status")?;
    let status = ResidentStatus::of_code(status).unwrap_or(ResidentStatus::Removed);
    let changed_on = day_at(row, "changed_on")?;
    let facts = Facts {
        died_on: changed_on.filter(|_| status == ResidentStatus::Dead),
        moved_out_on: changed_on.filter(|_| status == ResidentStatus::MovedOut),
        ..Facts::default()
    };
    Ok(Known {
        person: Person {
            birth: birth_at(row)?,
            sex: Sex::of_code(&sex.to_string()).unwrap_or(Sex::Unknown),
            facts,
        },
        doses: Vec::new(),
        status,
        refused: Vec::new(),
        contraindicated: Vec::new(),
        illness_ended_on: None,
    })
}

/// All heads' doses that were given under some programme and are not cancelled.
///
/// # Errors
/// The database can't be read.
pub fn doses(connection: &Connection, person: SubjectId) -> Result<Vec<Dose>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT programme, dose, vaccinated_on, product, amount_ml, expected_delivery_on
         FROM vaccination_records
         WHERE person = ?1 AND is_head = 1 AND is_cancelled = 0 AND outcome = 1 AND category <> 'outside_programme'
         ORDER BY vaccinated_on, programme, dose",
    )?;
    let rows = statement.query_map([person.0.as_bytes()], dose_at)?;
    let doses: Vec<Option<Dose>> = rows.collect::<Result<_, _>>()?;
    Ok(doses.into_iter().flatten().collect())
}

/// None for codes that no rule knows.
fn dose_at(row: &Row<'_>) -> rusqlite::Result<Option<Dose>> {
    let text = |column: &str| row.get::<_, Option<String>>(column);
    let programme = text("programme")?.as_deref().and_then(ProgrammeCode::parse);
    let dose_number = text("dose")?.and_then(|dose| DoseNumber::parse(&dose).ok());
    let given_on = day_at(row, "vaccinated_on")?;
    let amount: Option<f64> = row.get("amount_ml")?;
    let (Some(programme), Some(dose_number), Some(given_on)) = (programme, dose_number, given_on) else {
        return Ok(None);
    };
    Ok(Some(Dose {
        programme,
        dose_number,
        given_on,
        product: text("product")?.as_deref().and_then(ProductCode::parse),
        amount: amount.and_then(hundredths),
        expected_on: day_at(row, "expected_delivery_on")?,
    }))
}

fn hundredths(ml: f64) -> Option<Amount> {
    let hundredths = (ml * 100.0).round();
    // The table holds amounts between 0 and 10 mL.
    (0.0..1_000.0)
        .contains(&hundredths)
        .then_some(hundredths as u16)
        .and_then(Amount::from_hundredths_ml)
}

/// 追記. Evidence is kept as the code of a fact of the rules, or a word and a day (`expected_on 2026-04-23`,
/// `long_illness 2026-10-01`), or `contraindicated` and a programme; a refusal as the programme.
fn notes(connection: &Connection, person: SubjectId, known: &mut Known) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT topic, text FROM resident_notes
         WHERE resident = ?1 AND shown = 1 AND topic IN ('evidence', 'refusal') ORDER BY noted_at, revision",
    )?;
    let mut rows = statement.query([person.0.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (topic, text): (String, String) = (row.get(0)?, row.get(1)?);
        let text = text.trim();
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match (topic.as_str(), word) {
            ("refusal", _) => known.refused.push(text.to_owned()),
            (_, "contraindicated") => known.contraindicated.push(rest.to_owned()),
            (_, "expected_on") => known.person.facts.expected_on = rest.parse().ok(),
            (_, "long_illness") => known.illness_ended_on = rest.parse().ok(),
            _ => {
                known.person.facts.held.insert(text.to_owned());
            }
        }
    }
    Ok(())
}

/// A revision of this kind has come in: whom it concerns is stale from now on. Residents are not marked one by
/// one: which of them are shown changes with the feed's switch, and freshness asks for that itself.
pub(super) fn mark(connection: &Connection, subject: SubjectId, kind: Kind) -> Result<(), StoreError> {
    if !matches!(kind, Kind::VaccinationRecord | Kind::ResidentNote) {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO forecast_people (person, rule_version, feed_sequence, marked)
             SELECT DISTINCT about, '', 0,
                 (SELECT coalesce(max(marked), 0) + 1 FROM forecast_people WHERE marked > 0)
             FROM revisions WHERE subject = ?1 AND about IS NOT NULL
             ON CONFLICT (person) DO UPDATE SET marked = excluded.marked",
        )?
        .execute([subject.0.as_bytes()])?;
    Ok(())
}

/// The newest mark; those after it are what a deed has made stale.
///
/// # Errors
/// The database can't be read.
pub fn newest_mark(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT coalesce(max(marked), 0) FROM forecast_people WHERE marked > 0")?
        .query_row([], |row| row.get(0))?)
}

/// People marked after a mark, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn marked_since(connection: &Connection, mark: i64, most: u32) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT person FROM forecast_people WHERE marked > ?1 AND marked > 0 ORDER BY marked LIMIT ?2",
    )?;
    let rows = statement.query_map(params![mark, most], |row| subject_at(row, "person"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many people wait to be judged again.
///
/// # Errors
/// The database can't be read.
pub fn stale_count(connection: &Connection) -> Result<u64, StoreError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM forecast_people WHERE marked > 0")?
        .query_row([], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// Whether anybody waits in the queue or is to be put into it.
///
/// # Errors
/// The database can't be read.
pub fn is_outdated(connection: &Connection, rule_version: &str) -> Result<bool, StoreError> {
    if marks::value(connection, RULES_MARK)? != Some(rules_mark(rule_version))
        || feed_seen(connection)? < resident::shown_up_to(connection)?
    {
        return Ok(true);
    }
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM forecast_people WHERE marked > 0)")?
        .query_row([], |row| row.get(0))?)
}

/// 並ばせる歩み. Where the queueing of everybody has come to whose rows are missing, of other rules, or older than
/// the shown register.
#[derive(Clone, Debug, Default)]
pub struct Queueing {
    /// Up to which file, and after whom in it.
    feed: Option<(i64, Option<SubjectId>)>,
    /// After whom in the order of people, while rules that are new are looked for.
    rules: Option<SubjectId>,
}

/// People of one step.
const PAGE: u32 = 200;

/// Puts the next few of them into the queue; true when nobody is left. Once all of a file or of new rules are
/// queued a mark says so, and nobody is looked at for it again.
///
/// # Errors
/// The database can't be written.
pub fn queue_outdated(
    connection: &Connection,
    rule_version: &str,
    queueing: &mut Queueing,
) -> Result<bool, StoreError> {
    if marks::value(connection, RULES_MARK)? != Some(rules_mark(rule_version)) {
        if queue_of_other_rules(connection, rule_version, queueing)? {
            set_mark(connection, RULES_MARK, rules_mark(rule_version).cast_signed())?;
        }
        return Ok(false);
    }
    let (seen, shown) = (feed_seen(connection)?, resident::shown_up_to(connection)?);
    if seen >= shown {
        return Ok(true);
    }
    let (file, after) = match queueing.feed {
        Some((file, after)) if file > seen => (file, after),
        _ => (seen + 1, None),
    };
    let people = people_of_file(connection, file, after)?;
    let mut queue = connection.prepare_cached(
        "INSERT INTO forecast_people (person, rule_version, feed_sequence, marked) VALUES (?1, '', 0, 1)
         ON CONFLICT (person) DO UPDATE SET marked = 1 WHERE marked = 0 AND feed_sequence < ?2",
    )?;
    for person in &people {
        queue.execute(params![person.0.as_bytes(), shown])?;
    }
    if people.len() == PAGE as usize {
        queueing.feed = Some((file, people.last().copied()));
    } else {
        queueing.feed = None;
        set_mark(connection, FEED_MARK, file)?;
    }
    Ok(false)
}

fn people_of_file(
    connection: &Connection,
    file: i64,
    after: Option<SubjectId>,
) -> Result<Vec<SubjectId>, StoreError> {
    let after = after.map_or(Vec::new(), |person| person.0.as_bytes().to_vec());
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT subject FROM resident_versions WHERE feed_sequence = ?1 AND subject > ?2
         ORDER BY subject LIMIT ?3",
    )?;
    let rows = statement.query_map(params![file, after, PAGE], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// True when everybody has been looked at.
fn queue_of_other_rules(
    connection: &Connection,
    rule_version: &str,
    queueing: &mut Queueing,
) -> Result<bool, StoreError> {
    let after = queueing
        .rules
        .map_or(Vec::new(), |person| person.0.as_bytes().to_vec());
    let last: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT max(person) FROM (SELECT person FROM forecast_people WHERE person > ?1
             ORDER BY person LIMIT ?2)",
        )?
        .query_row(params![after, PAGE], |row| row.get(0))?;
    let Some(last) = last else {
        queueing.rules = None;
        return Ok(true);
    };
    connection
        .prepare_cached(
            "UPDATE forecast_people SET marked = 1
             WHERE person > ?1 AND person <= ?2 AND marked = 0 AND rule_version <> ?3",
        )?
        .execute(params![after, last, rule_version])?;
    queueing.rules = uuid::Uuid::from_slice(&last).ok().map(SubjectId);
    Ok(false)
}

/// Up to which file everybody has been queued.
const FEED_MARK: &str = "forecast_feed";
/// Of which rules nobody is left outside the queue who has others.
const RULES_MARK: &str = "forecast_rules";

/// Versions of rules are text and marks are numbers.
fn rules_mark(rule_version: &str) -> u64 {
    let digest = Sha256::digest(rule_version);
    let bytes = digest.iter().take(7);
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn set_mark(connection: &Connection, name: &str, value: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO marks (name, value) VALUES (?1, ?2)")?
        .execute(params![name, value])?;
    Ok(())
}

/// Up to which file people have been queued.
///
/// # Errors
/// The database can't be read.
pub fn feed_seen(connection: &Connection) -> Result<i64, StoreError> {
    let seen = connection
        .prepare_cached("SELECT value FROM marks WHERE name = ?1")?
        .query_row([FEED_MARK], |row| row.get(0))
        .optional()?;
    Ok(seen.unwrap_or(0))
}

/// 見通しを書く. Replaces a person's rows; she is fresh afterwards.
///
/// # Errors
/// The database can't be written.
pub fn save(
    connection: &Connection,
    person: SubjectId,
    rule_version: &str,
    forecasts: &[Forecast],
) -> Result<(), StoreError> {
    let shown = resident::shown_up_to(connection)?;
    connection
        .prepare_cached("DELETE FROM forecasts WHERE person = ?1")?
        .execute([person.0.as_bytes()])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO forecasts (person, programme, dose, part, from_on, until_on, standard_from, standard_until,
             seasons_done, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for forecast in forecasts {
        let years: Vec<String> = forecast.seasons_done.iter().map(ToString::to_string).collect();
        for (part, span) in forecast.spans.iter().enumerate() {
            insert.execute(params![
                person.0.as_bytes(),
                forecast.programme.as_str(),
                forecast.dose.code(),
                part as i64,
                day(span.from),
                day(span.until),
                forecast.standard.map(|standard| day(standard.from)),
                forecast.standard.map(|standard| day(standard.until)),
                years.join(" "),
                forecast.code.code(),
            ])?;
        }
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO forecast_people (person, rule_version, feed_sequence, marked)
             VALUES (?1, ?2, ?3, 0)",
        )?
        .execute(params![person.0.as_bytes(), rule_version, shown])?;
    Ok(())
}

/// 見通しを読む. None where the person's rows are stale or of other rules.
///
/// # Errors
/// The database can't be read.
pub fn fresh(
    connection: &Connection,
    person: SubjectId,
    rule_version: &str,
) -> Result<Option<Vec<Forecast>>, StoreError> {
    let is_fresh: bool = connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM forecast_people AS known
                 WHERE known.person = ?1 AND known.marked = 0 AND known.rule_version = ?2
                   AND NOT EXISTS (SELECT 1 FROM resident_versions AS version
                       WHERE version.subject = ?1 AND version.feed_sequence > known.feed_sequence
                         AND version.feed_sequence <= (SELECT sequence FROM feed_shown WHERE feed = 1)))",
        )?
        .query_row(params![person.0.as_bytes(), rule_version], |row| row.get(0))?;
    if !is_fresh {
        return Ok(None);
    }
    let mut statement = connection
        .prepare_cached("SELECT * FROM forecasts WHERE person = ?1 ORDER BY programme, dose, part")?;
    let mut rows = statement.query([person.0.as_bytes()])?;
    let mut forecasts: Vec<Forecast> = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(forecast) = forecast_at(row)? else {
            continue;
        };
        match forecasts.last_mut() {
            Some(last) if (last.programme, last.dose) == (forecast.programme, forecast.dose) => {
                last.spans.extend(forecast.spans);
            }
            _ => forecasts.push(forecast),
        }
    }
    Ok(Some(forecasts))
}

fn forecast_at(row: &Row<'_>) -> rusqlite::Result<Option<Forecast>> {
    let programme: String = row.get("programme")?;
    let dose: String = row.get("dose")?;
    let reason: String = row.get("reason")?;
    let years: String = row.get("seasons_done")?;
    let (Some(programme), Ok(dose)) = (ProgrammeCode::parse(&programme), DoseNumber::parse(&dose)) else {
        return Ok(None);
    };
    let (Some(from), Some(until)) = (day_at(row, "from_on")?, end_at(row, "until_on")?) else {
        return Ok(None);
    };
    let standard = match (day_at(row, "standard_from")?, end_at(row, "standard_until")?) {
        (Some(from), Some(until)) => Some(Span { from, until }),
        _ => None,
    };
    Ok(Some(Forecast {
        programme,
        dose,
        spans: vec![Span { from, until }],
        standard,
        seasons_done: years.split(' ').filter_map(|year| year.parse().ok()).collect(),
        code: ReasonCode::parse(&reason).unwrap_or(ReasonCode::Open),
    }))
}

fn end_at(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<NaiveDate>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| {
        if text == NO_END {
            Some(NaiveDate::MAX)
        } else {
            text.parse().ok()
        }
    }))
}

fn day(day: NaiveDate) -> String {
    if day == NaiveDate::MAX {
        NO_END.to_owned()
    } else {
        day.to_string()
    }
}
