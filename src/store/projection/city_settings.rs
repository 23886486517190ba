//! 市の設定の射影. One row: the settings of the highest serial, whatever order they arrived in.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        city::CitySettings,
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "city_settings",
    kinds: &[Kind::CitySetting],
    schema: include_str!("../../../migrations/terminal/projections/city_settings.sql"),
    tables: &["city_settings"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut newest: Option<(CitySettings, &Stored)> = None;
    for revision in revisions {
        let body: Option<CitySettings> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        let Some(settings) = body else { continue };
        let rank = |settings: &CitySettings, of: &Stored| (settings.serial, of.lamport, of.id);
        if newest
            .as_ref()
            .is_none_or(|(known, of)| rank(known, of) < rank(&settings, revision))
        {
            newest = Some((settings, revision));
        }
    }
    let Some((settings, revision)) = newest else {
        return Ok(());
    };
    let text = serde_json::to_string(&settings).map_err(|error| ProjectError::of(revision, error))?;
    connection
        .prepare_cached(
            "INSERT INTO city_settings (subject, serial, settings, published_by, published_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            settings.serial,
            text,
            revision.operator.0,
            revision.made_at.timestamp_millis(),
        ])?;
    Ok(())
}
