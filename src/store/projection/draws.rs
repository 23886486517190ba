//! 対象者抽出の射影. Draws, parts, signatures and what was given up are subjects of their own; each makes rows of its
//! own table, so that the order of arrival can't matter. Whether a draw is released stands with the approvals.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        draw::{Draw, Entry, Made, Standing},
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "draws",
    kinds: &[Kind::Draw],
    schema: include_str!("../../../migrations/terminal/projections/draws.sql"),
    tables: &["draws", "draw_people", "draw_signatures", "draws_discarded"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    // A draw is stated once; should there be two statements, the newest one is shown everywhere.
    let newest = revisions
        .iter()
        .max_by_key(|revision| (revision.lamport, revision.id));
    let Some(revision) = newest else { return Ok(()) };
    let body: Option<Draw> = revision
        .read()
        .map_err(|error| ProjectError::body(revision, error))?;
    match body {
        Some(Draw::Made(made)) => draw(connection, subject, revision, &made),
        Some(Draw::Part(part)) => people(connection, subject, part.draw, &part.entries),
        Some(Draw::Signed(signed)) => {
            let mut insert = connection.prepare_cached(
                "INSERT OR IGNORE INTO draw_signatures (subject, draw, person, signed_by, signed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for person in signed.persons {
                insert.execute(params![
                    subject.0.as_bytes(),
                    signed.draw.0.as_bytes(),
                    person.0.as_bytes(),
                    revision.operator.0,
                    revision.made_at.timestamp_millis(),
                ])?;
            }
            Ok(())
        }
        Some(Draw::Discarded(discarded)) => {
            connection
                .prepare_cached(
                    "INSERT INTO draws_discarded (subject, draw, discarded_by, discarded_at) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    discarded.draw.0.as_bytes(),
                    revision.operator.0,
                    revision.made_at.timestamp_millis(),
                ])?;
            Ok(())
        }
        None => Ok(()),
    }
}

fn draw(
    connection: &Connection,
    subject: SubjectId,
    revision: &Stored,
    made: &Made,
) -> Result<(), ProjectError> {
    let criteria = &made.criteria;
    let text = serde_json::to_string(criteria).map_err(|error| ProjectError::of(revision, error))?;
    let excluded: Vec<String> = made
        .totals
        .excluded
        .iter()
        .map(|(reason, count)| format!("{} {count}", reason.code()))
        .collect();
    connection
        .prepare_cached(
            "INSERT INTO draws (subject, revision, programme, dose, criteria, criteria_key, drawn_on, rule_version,
                 residents_as_of, base, drawn, boundary, excluded, parts, digest, previous, operator, made_at, lamport)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            revision.id.0,
            criteria.programme.as_str(),
            criteria.dose.code(),
            text,
            criteria.key(),
            criteria.on.to_string(),
            made.rule_version,
            made.residents_as_of.map(|at| at.timestamp_millis()),
            made.totals.base,
            made.totals.drawn,
            made.totals.boundary,
            excluded.join(" "),
            made.parts,
            made.digest.0,
            made.previous.map(|previous| *previous.0.as_bytes()),
            revision.operator.0,
            revision.made_at.timestamp_millis(),
            revision.lamport.cast_signed(),
        ])?;
    Ok(())
}

fn people(
    connection: &Connection,
    subject: SubjectId,
    draw: SubjectId,
    entries: &[Entry],
) -> Result<(), ProjectError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO draw_people (subject, draw, person, standing, decisive_on, at_boundary)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for entry in entries {
        insert.execute(params![
            subject.0.as_bytes(),
            draw.0.as_bytes(),
            entry.person.0.as_bytes(),
            standing_code(entry.standing),
            entry.decisive_on.map(|day| day.to_string()),
            entry.at_boundary,
        ])?;
    }
    Ok(())
}

fn standing_code(standing: Standing) -> &'static str {
    match standing {
        Standing::Drawn => "drawn",
        Standing::Excluded(exclusion) => exclusion.code(),
        Standing::Outside => "outside",
    }
}
