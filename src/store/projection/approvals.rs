//! 承認の射影. One row for each revision that an approval names, with what its signature and certificate are
//! worth. Whether the approval holds for that revision also depends on who wrote it: that is
//! [`super::standings`], which is projected again for every subject an approval names.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    domain::{
        approval::{Approval, Void},
        operator::Role,
        revision::{Kind, KindCode, RevisionId, SubjectId},
        trust::{PublishedRevocation, Revoked, Says},
    },
    seal::trust,
    store::{
        ledger::subject_at,
        people,
        projection::{ProjectError, Projection, Stored},
    },
};

pub const PROJECTION: Projection = Projection {
    name: "approvals",
    kinds: &[Kind::Approval],
    schema: include_str!("../../../migrations/terminal/projections/approvals.sql"),
    tables: &["approvals"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    // An approval has one revision; were there more, the first one counts.
    let Some(revision) = revisions.first() else {
        return Ok(());
    };
    let body: Option<Approval> = revision
        .read()
        .map_err(|error| ProjectError::body(revision, error))?;
    let Some(approval) = body else { return Ok(()) };
    let checked = match people::city_key(connection)? {
        Some(root) => trust::check_approval(&root, &approval),
        None => Err(Void::Unsigned),
    };
    let consented = &approval.consented;
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO approvals (subject, revision, consent, decision, reason, approver, approved_at,
             serial, roles, valid_from, valid_until, void)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let certificate = checked.as_ref().ok().map(|(_, certificate)| certificate);
    for named in &consented.revisions {
        insert.execute(params![
            subject.0.as_bytes(),
            named.0,
            consented.consent.code(),
            consented.decision.code(),
            consented.reason,
            consented.approver.0,
            consented.approved_at.timestamp_millis(),
            checked
                .as_ref()
                .ok()
                .map(|(serial, _)| i64::try_from(*serial).unwrap_or(i64::MAX)),
            certificate.map(|c| c.roles.iter().map(Role::code).collect::<Vec<_>>().join(" ")),
            certificate.map(|c| c.validity.from.to_string()),
            certificate.map(|c| c.validity.until.to_string()),
            checked.as_ref().err().map(|void| void.code()),
        ])?;
    }
    Ok(())
}

/// Whom an approval touches: the subjects of the revisions it names.
pub(super) fn touched(
    connection: &Connection,
    revisions: &[Stored],
) -> rusqlite::Result<Vec<(SubjectId, Kind)>> {
    let mut touched = Vec::new();
    for revision in revisions {
        if let Ok(Some(approval)) = revision.read::<Approval>() {
            for named in approval.consented.revisions {
                touched.extend(subject_of(connection, named)?);
            }
        }
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(touched)
}

/// Whom a revocation touches: the subjects of everything the revoked person has approved.
pub(super) fn touched_by_revocation(
    connection: &Connection,
    revisions: &[Stored],
) -> rusqlite::Result<Vec<(SubjectId, Kind)>> {
    let mut touched = Vec::new();
    let Ok(Some(root)) = people::city_key(connection) else {
        return Ok(touched);
    };
    for revision in revisions {
        let Ok(Some(PublishedRevocation(credential))) = revision.read() else {
            continue;
        };
        let Ok(Says::Revocation(notice)) = trust::read(&root, &credential).map(|statement| statement.says)
        else {
            continue;
        };
        let Revoked::Operator(operator) = notice.whom else {
            continue;
        };
        let mut statement =
            connection.prepare_cached("SELECT revision FROM approvals WHERE approver = ?1")?;
        let named = statement.query_map([operator.0], |row| row.get(0).map(RevisionId))?;
        for named in named {
            touched.extend(subject_of(connection, named?)?);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(touched)
}

fn subject_of(connection: &Connection, revision: RevisionId) -> rusqlite::Result<Option<(SubjectId, Kind)>> {
    let found = connection
        .prepare_cached("SELECT subject, kind FROM revisions WHERE id = ?1")?
        .query_row([revision.0], |row| {
            Ok((subject_at(row, "subject")?, KindCode(row.get("kind")?)))
        })
        .optional()?;
    Ok(found.and_then(|(subject, kind)| kind.known().map(|kind| (subject, kind))))
}
