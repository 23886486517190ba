//! 承認の状態の射影. For each revision somebody has decided about: approved, returned, or void with the reason, as
//! `domain::approval` judges it from the revisions of the subject and the approvals that name them.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        approval::Standing,
        revision::{Kind, SubjectId},
    },
    store::{
        approvals,
        projection::{ProjectError, Projection, Stored},
    },
};

pub const PROJECTION: Projection = Projection {
    name: "approval_standings",
    kinds: &[
        Kind::Questionnaire,
        Kind::VaccinationRecord,
        Kind::ResidentNote,
        Kind::Draw,
        Kind::PrintRun,
        Kind::CertificateIssue,
        Kind::Protection,
        Kind::Medium,
        Kind::Operator,
        Kind::Right,
        Kind::Erasure,
        Kind::Link,
    ],
    schema: include_str!("../../../migrations/terminal/projections/standings.sql"),
    tables: &["approval_standings"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    for (revision, standing) in approvals::judged(connection, revisions)? {
        let (word, void, decided) = match &standing {
            Standing::Approved { by, at } => ("approved", None, Some((by, at))),
            Standing::Returned { by, at } => ("returned", None, Some((by, at))),
            Standing::Void(void) => ("void", Some(void.code()), None),
        };
        connection
            .prepare_cached(
                "INSERT INTO approval_standings (subject, revision, standing, void, decided_by, decided_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                subject.0.as_bytes(),
                revision.0,
                word,
                void,
                decided.map(|(by, _)| by.0.as_str()),
                decided.map(|(_, at)| at.timestamp_millis()),
            ])?;
    }
    Ok(())
}
