//! 操作者・端末・失効の射影. One row for each operator, terminal and revocation: the statement with the highest
//! serial that the city key stands behind. What it doesn't stand behind is listed as 未反映 and changes nothing.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        operator::Role,
        revision::{Body, Kind, SubjectId},
        trust::{
            Credential, PublishedOperator, PublishedRevocation, PublishedTerminal, RevocationReason, Revoked,
            Says, Statement,
        },
    },
    seal::trust,
    store::{
        people,
        projection::{ProjectError, Projection, Stored},
    },
};

pub const PROJECTION: Projection = Projection {
    name: "people",
    kinds: &[Kind::Operator, Kind::Terminal, Kind::Revocation],
    schema: include_str!("../../../migrations/terminal/projections/people.sql"),
    tables: &["operators", "terminals", "revocations"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut newest: Option<(Statement, &Stored)> = None;
    for revision in revisions {
        let Some(statement) = read(connection, revision)? else {
            continue;
        };
        let place = |statement: &Statement, revision: &Stored| (statement.serial, revision.id);
        if newest
            .as_ref()
            .is_none_or(|(s, r)| place(s, r) < place(&statement, revision))
        {
            newest = Some((statement, revision));
        }
    }
    match newest {
        Some((statement, revision)) => insert(connection, subject, &statement, revision),
        None => Ok(()),
    }
}

fn read(connection: &Connection, revision: &Stored) -> Result<Option<Statement>, ProjectError> {
    let credential = match revision.kind.known() {
        Some(Kind::Operator) => body::<PublishedOperator>(revision)?.map(|body| body.0),
        Some(Kind::Terminal) => body::<PublishedTerminal>(revision)?.map(|body| body.0),
        Some(Kind::Revocation) => body::<PublishedRevocation>(revision)?.map(|body| body.0),
        _ => None,
    };
    let Some(credential) = credential else {
        return Ok(None);
    };
    checked(connection, revision, &credential).map(Some)
}

fn body<B: Body>(revision: &Stored) -> Result<Option<B>, ProjectError> {
    revision
        .read()
        .map_err(|error| ProjectError::body(revision, error))
}

fn checked(
    connection: &Connection,
    revision: &Stored,
    credential: &Credential,
) -> Result<Statement, ProjectError> {
    let refused = |why: trust::TrustError| ProjectError::of(revision, why);
    let root = people::city_key(connection)?.ok_or_else(|| refused(trust::TrustError::NotOurs))?;
    let statement = trust::read(&root, credential).map_err(refused)?;
    // The statement has to be of the kind and about the subject under which it stands.
    let fits = match (&statement.says, revision.kind.known()) {
        (Says::Operator(certificate), Some(Kind::Operator)) => {
            revision.subject == people::subject_of_operator(&certificate.operator)
        }
        (Says::Terminal(certificate), Some(Kind::Terminal)) => {
            revision.subject == people::subject_of_terminal(&certificate.terminal)
        }
        (Says::Revocation(notice), Some(Kind::Revocation)) => {
            revision.subject == people::subject_of_revocation(&notice.whom)
        }
        _ => false,
    };
    if fits {
        Ok(statement)
    } else {
        Err(refused(trust::TrustError::OtherStatement))
    }
}

fn insert(
    connection: &Connection,
    subject: SubjectId,
    statement: &Statement,
    revision: &Stored,
) -> Result<(), ProjectError> {
    let serial = i64::try_from(statement.serial).unwrap_or(i64::MAX);
    match &statement.says {
        Says::Operator(certificate) => {
            connection
                .prepare_cached(
                    "INSERT INTO operators (subject, operator, name, roles, terminals, valid_from, valid_until,
                         serial, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    certificate.operator.0,
                    certificate.name,
                    certificate.roles.iter().map(Role::code).collect::<Vec<_>>().join(" "),
                    certificate.terminals.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(" "),
                    certificate.validity.from.to_string(),
                    certificate.validity.until.to_string(),
                    serial,
                    revision.id.0,
                ])?;
        }
        Says::Terminal(certificate) => {
            connection
                .prepare_cached(
                    "INSERT INTO terminals (subject, terminal, office, districts, valid_from, valid_until, serial,
                         revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    certificate.terminal.0,
                    certificate.office,
                    certificate.districts.join(" "),
                    certificate.validity.from.to_string(),
                    certificate.validity.until.to_string(),
                    serial,
                    revision.id.0,
                ])?;
        }
        Says::Revocation(notice) => {
            let (operator, terminal) = match &notice.whom {
                Revoked::Operator(operator) => (Some(&operator.0), None),
                Revoked::Terminal(terminal) => (None, Some(&terminal.0)),
            };
            let reason = match notice.reason {
                RevocationReason::Departed => "departed",
                RevocationReason::Lost => "lost",
                RevocationReason::Exposed => "exposed",
                RevocationReason::Replaced => "replaced",
            };
            connection
                .prepare_cached(
                    "INSERT INTO revocations (subject, operator, terminal, revoked_from, reason, serial)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    subject.0.as_bytes(),
                    operator,
                    terminal,
                    notice.from.timestamp_millis(),
                    reason,
                    serial,
                ])?;
        }
        Says::Publisher(_) => {}
    }
    Ok(())
}
