//! 印刷の照会. Runs with their counts, one run with all its facts, and the sheets of a person. Reads what
//! `store::projection::print_runs` has written.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    domain::{
        revision::{Kind, OperatorId, RevisionId, SubjectId},
        run::{self, MOST_SHEETS, RunFact, RunState, SHEETS_PER_PART},
    },
    store::{
        StoreError, approvals,
        ledger::{self, instant_at, subject_at},
        preparation,
        resident::day_at,
    },
};

/// 印刷の1行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunLine {
    pub subject: SubjectId,
    /// What a second person releases.
    pub prepared: RevisionId,
    pub number: String,
    pub programme: String,
    pub dose: String,
    pub form: String,
    pub prepared_on: Option<NaiveDate>,
    pub prepared_at: DateTime<Utc>,
    pub prepared_by: OperatorId,
    pub sheets: u32,
    pub left_out: u32,
    pub waiting: u32,
    /// 未確認.
    pub unconfirmed: u32,
    pub sent: u32,
    pub printed: u32,
    pub spoiled: u32,
    pub is_stopped: bool,
    pub is_unsettled: bool,
    pub is_released: bool,
    pub dispatched_on: Option<NaiveDate>,
}

impl RunLine {
    /// Whether a second person has to release it before it is printed.
    #[must_use]
    pub fn needs_release(&self) -> bool {
        self.sheets > run::WITHOUT_RELEASE
    }

    /// What a clerk reads.
    #[must_use]
    pub fn state(&self) -> &'static str {
        if self.is_unsettled {
            "要確認"
        } else if self.dispatched_on.is_some() {
            "発送済み"
        } else if self.is_stopped {
            "中止"
        } else if self.unconfirmed > 0 {
            "未確認"
        } else if self.needs_release() && !self.is_released {
            "承認待ち"
        } else if self.waiting + self.spoiled > 0 {
            if self.sent + self.printed > 0 {
                "印刷中"
            } else {
                "印刷待ち"
            }
        } else if self.sent > 0 {
            "枚数確認待ち"
        } else {
            "印刷済み"
        }
    }
}

/// The runs, newest first, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn runs(connection: &Connection, most: u32) -> Result<Vec<RunLine>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM print_runs ORDER BY prepared_at DESC, subject LIMIT ?1")?;
    let rows = statement.query_map([most], line)?;
    let mut lines: Vec<RunLine> = rows.collect::<Result<_, _>>()?;
    for line in &mut lines {
        complete(connection, line)?;
    }
    Ok(lines)
}

/// One run.
///
/// # Errors
/// The database can't be read.
pub fn run(connection: &Connection, subject: SubjectId) -> Result<Option<RunLine>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM print_runs WHERE subject = ?1")?;
    let Some(mut line) = statement.query_row([subject.0.as_bytes()], line).optional()? else {
        return Ok(None);
    };
    complete(connection, &mut line)?;
    Ok(Some(line))
}

/// What other subjects say of a run: its release, and whether all parts of its manifest have arrived.
fn complete(connection: &Connection, line: &mut RunLine) -> Result<(), StoreError> {
    line.is_released = approvals::is_approved(connection, line.prepared)?;
    let arrived: u32 = connection
        .prepare_cached("SELECT coalesce(sum(sheets), 0) FROM print_run_parts WHERE run = ?1")?
        .query_row([line.subject.0.as_bytes()], |row| row.get(0))?;
    line.is_unsettled |= arrived != line.sheets;
    Ok(())
}

/// The whole state of a run, from its facts.
///
/// # Errors
/// The database can't be read.
pub fn state(connection: &Connection, subject: SubjectId) -> Result<Option<RunState>, StoreError> {
    let mut facts = facts_of(connection, subject)?;
    let Some(sheets) = facts.iter().find_map(|fact| match fact {
        RunFact::Prepared(manifest) => Some(manifest.count),
        _ => None,
    }) else {
        return Ok(None);
    };
    for part in 0..sheets.min(MOST_SHEETS).div_ceil(SHEETS_PER_PART as u32) {
        facts.extend(facts_of(connection, run::part_of(subject, part))?);
    }
    Ok(RunState::of(&facts))
}

fn facts_of(connection: &Connection, subject: SubjectId) -> Result<Vec<RunFact>, StoreError> {
    let mut facts = Vec::new();
    for revision in ledger::revisions_of(connection, subject)? {
        if revision.kind.known() == Some(Kind::PrintRun) {
            facts.extend(revision.read::<RunFact>()?);
        }
    }
    Ok(facts)
}

/// The draw that a run comes from.
///
/// # Errors
/// The database can't be read.
pub fn draw_of(connection: &Connection, run: SubjectId) -> Result<Option<SubjectId>, StoreError> {
    let draw: Option<Option<[u8; 16]>> = connection
        .prepare_cached("SELECT draw FROM print_runs WHERE subject = ?1")?
        .query_row([run.0.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(draw
        .flatten()
        .map(|bytes| SubjectId(uuid::Uuid::from_bytes(bytes))))
}

/// 発送番号 for the next run: R and four digits or more, counted in this database with those on their way.
///
/// # Errors
/// The database can't be read.
pub fn next_number(connection: &Connection) -> Result<u32, StoreError> {
    let shown: u32 = connection
        .prepare_cached("SELECT count(*) FROM print_runs")?
        .query_row([], |row| row.get(0))?;
    Ok(shown + preparation::writing(connection)? + 1)
}

/// この変更はどの紙にかかわるか. Runs and serials that hold a sheet of this person, not dispatched yet.
///
/// # Errors
/// The database can't be read.
pub fn sheets_of(
    connection: &Connection,
    person: SubjectId,
) -> Result<Vec<(SubjectId, u32, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT run AS subject, serial, coalesce(state, 'waiting') AS state FROM print_run_sheets
         JOIN print_runs ON print_runs.subject = run
         LEFT JOIN print_run_ranges ON print_run_ranges.subject = run AND serial BETWEEN first AND last
         WHERE person = ?1 AND dispatched_on IS NULL ORDER BY prepared_at, serial",
    )?;
    let rows = statement.query_map([person.0.as_bytes()], |row| {
        Ok((subject_at(row, "subject")?, row.get("serial")?, row.get("state")?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn line(row: &Row<'_>) -> rusqlite::Result<RunLine> {
    Ok(RunLine {
        subject: subject_at(row, "subject")?,
        prepared: RevisionId(row.get("prepared")?),
        number: row.get("number")?,
        programme: row.get("programme")?,
        dose: row.get("dose")?,
        form: row.get("form")?,
        prepared_on: day_at(row, "prepared_on")?,
        prepared_at: instant_at(row, "prepared_at")?,
        prepared_by: OperatorId(row.get("prepared_by")?),
        sheets: row.get("sheet_count")?,
        left_out: row.get("left_out_count")?,
        waiting: row.get("waiting_count")?,
        unconfirmed: row.get("unconfirmed_count")?,
        sent: row.get("sent_count")?,
        printed: row.get("printed_count")?,
        spoiled: row.get("spoiled_count")?,
        is_stopped: row.get("is_stopped")?,
        is_unsettled: row.get("is_unsettled")?,
        is_released: false,
        dispatched_on: day_at(row, "dispatched_on")?,
    })
}
