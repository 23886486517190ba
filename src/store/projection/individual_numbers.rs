//! 個人番号の射影. One row for each resident whose number is kept, the newest one, as ciphertext and index.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        kept_number::KeptNumber,
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "individual_numbers",
    kinds: &[Kind::IndividualNumber],
    schema: include_str!("../../../migrations/terminal/projections/individual_numbers.sql"),
    tables: &["individual_numbers"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    // Revisions come by lamport and id: the last one is the newest.
    let Some(newest) = revisions.last() else {
        return Ok(());
    };
    let body: Option<KeptNumber> = newest.read().map_err(|error| ProjectError::body(newest, error))?;
    let Some(KeptNumber {
        key_id,
        sealed: Some(sealed),
        index: Some(index),
    }) = body
    else {
        return Ok(());
    };
    let Some(resident) = newest.about else {
        return Err(ProjectError::of(newest, "個人番号に本人がありません。"));
    };
    connection
        .prepare_cached(
            "INSERT INTO individual_numbers (subject, resident, key_id, sealed, keyed, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            resident.0.as_bytes(),
            key_id,
            sealed.0,
            index.0,
            newest.id.0
        ])?;
    Ok(())
}
