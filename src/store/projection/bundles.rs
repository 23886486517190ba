//! 束の射影. The state of each bundle from all facts of its ledger. How far its sheets are entered is read from
//! the questionnaires that point to it, never counted here.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        bundle::{BundleFact, BundleState},
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "bundles",
    kinds: &[Kind::Bundle],
    schema: include_str!("../../../migrations/terminal/projections/bundles.sql"),
    tables: &["bundles", "bundle_missing_sheets"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut facts = Vec::new();
    let mut received_by = None;
    for revision in revisions {
        let fact: Option<BundleFact> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        if matches!(fact, Some(BundleFact::Received(_))) {
            received_by.get_or_insert(revision.operator.0.as_str());
        }
        facts.extend(fact);
    }
    let (Some(state), Some(received_by)) = (BundleState::of(&facts), received_by) else {
        return Ok(());
    };
    connection
        .prepare_cached(
            "INSERT INTO bundles (subject, number, sender, received_on, sheet_count, programme, form_id,
             form_version, month, is_closed, is_received_twice, received_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            state.receipt.number,
            state.receipt.sender,
            state.receipt.received_on.to_string(),
            state.count,
            state.receipt.programme.as_deref(),
            state.receipt.form_id,
            state.receipt.form_version,
            state.receipt.month.map(|day| day.to_string()),
            state.is_closed,
            state.is_received_twice,
            received_by,
        ])?;
    let mut missing =
        connection.prepare_cached("INSERT INTO bundle_missing_sheets (subject, sheet) VALUES (?1, ?2)")?;
    for sheet in &state.missing {
        missing.execute(params![subject.0.as_bytes(), sheet])?;
    }
    Ok(())
}
