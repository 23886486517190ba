//! 印刷の射影. A run with its counts and where its serials stand; and, as subjects of their own, the parts of its
//! manifest. Whether all parts are there is asked when a run is read.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        revision::{Kind, SubjectId},
        run::{ManifestSheet, RunFact, RunState, Serial, SerialState},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "print_runs",
    kinds: &[Kind::PrintRun],
    schema: include_str!("../../../migrations/terminal/projections/print_runs.sql"),
    tables: &[
        "print_runs",
        "print_run_ranges",
        "print_run_parts",
        "print_run_sheets",
    ],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut facts = Vec::new();
    let mut prepared: Option<&Stored> = None;
    for revision in revisions {
        let fact: Option<RunFact> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        match &fact {
            Some(RunFact::Prepared(_)) => {
                prepared.get_or_insert(revision);
            }
            Some(RunFact::Sheets { run, from, sheets }) => {
                insert_part(connection, subject, (run.unwrap_or(subject), *from), sheets)?;
            }
            _ => {}
        }
        facts.extend(fact);
    }
    let (Some(state), Some(prepared)) = (RunState::of(&facts), prepared) else {
        return Ok(());
    };
    insert_run(connection, subject, &state, prepared)?;
    insert_ranges(connection, subject, &state)
}

fn insert_part(
    connection: &Connection,
    subject: SubjectId,
    (run, from): (SubjectId, Serial),
    sheets: &[ManifestSheet],
) -> Result<(), ProjectError> {
    connection
        .prepare_cached("INSERT INTO print_run_parts (subject, first, run, sheets) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            subject.0.as_bytes(),
            from,
            run.0.as_bytes(),
            sheets.len() as u32
        ])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO print_run_sheets (subject, serial, run, person, number, digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (serial, sheet) in (from..).zip(sheets) {
        insert.execute(params![
            subject.0.as_bytes(),
            serial,
            run.0.as_bytes(),
            sheet.person.0.as_bytes(),
            sheet.number.as_str(),
            sheet.digest.0,
        ])?;
    }
    Ok(())
}

/// Neighbours in one state stand in one row, so that a chunk on its way changes a few rows and not all of them.
fn insert_ranges(connection: &Connection, subject: SubjectId, state: &RunState) -> Result<(), ProjectError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO print_run_ranges (subject, first, last, state, left_out) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let serials: Vec<(Serial, SerialState)> = state.serials().collect();
    for range in serials.chunk_by(|(_, one), (_, next)| one == next) {
        let (Some((first, at)), Some((last, _))) = (range.first(), range.last()) else {
            continue;
        };
        let left_out = match at {
            SerialState::Waiting => continue,
            SerialState::LeftOut(reason) => Some(reason.code()),
            _ => None,
        };
        insert.execute(params![subject.0.as_bytes(), first, last, code(*at), left_out])?;
    }
    Ok(())
}

fn insert_run(
    connection: &Connection,
    subject: SubjectId,
    state: &RunState,
    prepared: &Stored,
) -> Result<(), ProjectError> {
    let manifest = &state.manifest;
    let before: u32 = manifest.left_out.iter().map(|(_, count)| count).sum();
    let after = state.count(|at| matches!(at, SerialState::LeftOut(_)));
    connection
        .prepare_cached(
            "INSERT INTO print_runs (subject, prepared, number, programme, dose, form, form_version, rules_version,
             draw, prepared_on, prepared_at, prepared_by, terminal, sheet_count, left_out_count, waiting_count,
             unconfirmed_count, sent_count, printed_count, spoiled_count, digest, is_stopped, is_unsettled,
             dispatched_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
             ?21, ?22, ?23, ?24)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            prepared.id.0,
            manifest.number,
            manifest.programme.as_str(),
            manifest.dose.code(),
            manifest.form,
            manifest.form_version,
            manifest.rules_version,
            manifest.draw.map(|draw| *draw.0.as_bytes()),
            manifest.prepared_on.to_string(),
            prepared.made_at.timestamp_millis(),
            prepared.operator.0,
            prepared.origin_terminal.0,
            manifest.count,
            before + after,
            state.count(|at| at == SerialState::Waiting),
            state.count(|at| matches!(at, SerialState::Unconfirmed | SerialState::Intended)),
            state.count(|at| at == SerialState::Sent),
            state.count(|at| at == SerialState::Printed),
            state.count(|at| at == SerialState::Spoiled),
            manifest.digest.0,
            state.is_stopped,
            state.is_unsettled,
            state.dispatched.map(|(day, _)| day.to_string()),
        ])?;
    Ok(())
}

fn code(state: SerialState) -> &'static str {
    match state {
        SerialState::Waiting => "waiting",
        SerialState::Intended => "intended",
        SerialState::Unconfirmed => "unconfirmed",
        SerialState::Sent => "sent",
        SerialState::Printed => "printed",
        SerialState::Spoiled => "spoiled",
        SerialState::LeftOut(_) => "left_out",
    }
}
