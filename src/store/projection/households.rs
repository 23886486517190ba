//! 世帯の射影. Every state of a household that the feed has said; the view `households` shows the one that
//! `feed_shown` allows.

use rusqlite::{Connection, params};

use super::residents::processing_code;
use crate::{
    domain::{
        resident::{Household, Resident},
        revision::{Kind, SubjectId},
    },
    store::{
        feed,
        projection::{ProjectError, Projection, Stored},
    },
};

pub const PROJECTION: Projection = Projection {
    name: "households",
    kinds: &[Kind::Household],
    schema: include_str!("../../../migrations/terminal/projections/households.sql"),
    tables: &["household_versions"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut states = Vec::with_capacity(revisions.len());
    for revision in revisions {
        let body = revision
            .read::<Household>()
            .map_err(|error| ProjectError::body(revision, error))?;
        states.extend(body.map(|body| (revision.id, body)));
    }
    states.sort_by_key(|(id, household)| (household.position, *id));
    for (at, (id, household)) in states.iter().enumerate() {
        let next = states.get(at + 1).map(|(_, next)| next.position);
        if next == Some(household.position) {
            continue;
        }
        let head = household.head_atena_number.as_ref();
        connection
            .prepare_cached(
                "INSERT INTO household_versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                     ?14, ?15, ?16, ?17, ?18, ?19)",
            )?
            .execute(params![
                subject.0.as_bytes(),
                household.position.sequence,
                household.position.row,
                next.map_or(i64::MAX, |next| i64::from(next.sequence)),
                id.0,
                feed::content_of_household(household),
                processing_code(household.processing),
                household.lg_code.as_str(),
                household.household_number.as_str(),
                head.map(|number| number.as_str()),
                head.map(|number| *Resident::subject(&household.lg_code, number).0.as_bytes()),
                household.head_kana,
                household.telephone,
                household.fax,
                household.area,
                household.reserve,
                household.updated.by,
                household.updated.on.map(|day| day.to_string()),
                household.updated.at.map(|time| time.to_string()),
            ])?;
    }
    Ok(())
}
