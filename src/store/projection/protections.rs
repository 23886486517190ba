//! 支援措置の射影. The newest state of each person's protection; it is shown at once, before the load it came in
//! is released.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        resident::{Protection, ProtectionState},
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "protections",
    kinds: &[Kind::Protection],
    schema: include_str!("../../../migrations/terminal/projections/protections.sql"),
    tables: &["protections"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut newest: Option<(&Stored, Protection)> = None;
    for revision in revisions {
        let body = revision
            .read::<Protection>()
            .map_err(|error| ProjectError::body(revision, error))?;
        let Some(body) = body else { continue };
        let later = newest
            .as_ref()
            .is_none_or(|(stored, held)| (held.position, stored.id) < (body.position, revision.id));
        if later {
            newest = Some((revision, body));
        }
    }
    let Some((revision, protection)) = newest else {
        return Ok(());
    };
    let (in_force, provisional, from, until) = match protection.state {
        ProtectionState::Set {
            provisional,
            from,
            until,
        } => (true, provisional, from, until),
        ProtectionState::Lifted => (false, false, None, None),
    };
    connection
        .prepare_cached(
            "INSERT INTO protections (subject, resident, revision, in_force, provisional, from_on, until_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            protection.resident.0.as_bytes(),
            revision.id.0,
            in_force,
            provisional,
            from.map(|day| day.to_string()),
            until.map(|day| day.to_string()),
        ])?;
    Ok(())
}
