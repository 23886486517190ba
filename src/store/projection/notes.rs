//! 追記の射影. One row for each head of a resident's note; the head to show is marked.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        document,
        note::ResidentNote,
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "resident_notes",
    kinds: &[Kind::ResidentNote],
    schema: include_str!("../../../migrations/terminal/projections/notes.sql"),
    tables: &["resident_notes"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    for revision in revisions {
        revision
            .read::<ResidentNote>()
            .map_err(|error| ProjectError::body(revision, error))?;
    }
    for (place, head) in document::heads(revisions, |_| false).into_iter().enumerate() {
        let body = head
            .read::<ResidentNote>()
            .map_err(|error| ProjectError::body(head, error))?;
        let Some(note) = body else { continue };
        connection
            .prepare_cached(
                "INSERT INTO resident_notes (subject, revision, resident, shown, topic, text, noted_at, noted_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                subject.0.as_bytes(),
                head.id.0,
                head.about.map(|about| *about.0.as_bytes()),
                place == 0,
                note.topic.code(),
                note.text,
                head.made_at.timestamp_millis(),
                head.operator.0,
            ])?;
    }
    Ok(())
}
