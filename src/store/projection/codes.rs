//! コード表の射影. Institutions and lots; each row is a published subject of its own and the newest revision
//! holds.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        institution::CodeEntry,
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "codes",
    kinds: &[Kind::CodeTable],
    schema: include_str!("../../../migrations/terminal/projections/codes.sql"),
    tables: &["institutions", "lots"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    // Revisions come by lamport and id: the last one is the newest.
    let Some(newest) = revisions.last() else {
        return Ok(());
    };
    let entry: Option<CodeEntry> = newest.read().map_err(|error| ProjectError::body(newest, error))?;
    match entry {
        None => {}
        Some(CodeEntry::Institution(institution)) => {
            connection
                .prepare_cached(
                    "INSERT INTO institutions (subject, code, name, kana, area, physicians, valid_from,
                     valid_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    institution.code,
                    institution.name,
                    institution.kana,
                    institution.area.code(),
                    institution.physicians.join("\n"),
                    institution.from.map(|day| day.to_string()),
                    institution.until.map(|day| day.to_string()),
                ])?;
        }
        Some(CodeEntry::Lot(lot)) => {
            connection
                .prepare_cached(
                    "INSERT INTO lots (subject, product, lot_number, expires_on) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    lot.product,
                    lot.lot_number,
                    lot.expires_on.to_string(),
                ])?;
        }
    }
    Ok(())
}
