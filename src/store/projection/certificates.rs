//! 証明書の射影. An application with every copy that was issued for it, spoiled ones included.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        certificate::{Application, CertificateFact, Passport},
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "certificates",
    kinds: &[Kind::CertificateIssue],
    schema: include_str!("../../../migrations/terminal/projections/certificates.sql"),
    tables: &[
        "certificate_applications",
        "certificate_issues",
        "certificate_passports",
    ],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut applied = false;
    let mut spoiled = Vec::new();
    for revision in revisions {
        let fact: Option<CertificateFact> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        match fact {
            Some(CertificateFact::Applied(application)) if !applied => {
                applied = true;
                insert_application(connection, subject, revision, &application)?;
            }
            Some(CertificateFact::Issued { .. }) => {}
            Some(CertificateFact::Spoiled { number, on }) => spoiled.push((number, on)),
            Some(CertificateFact::PassportShown(passport)) => {
                insert_passport(connection, subject, &passport)?
            }
            Some(CertificateFact::Applied(_)) | None => {}
        }
    }
    for revision in revisions {
        let fact: Option<CertificateFact> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        if let Some(CertificateFact::Issued { .. }) = &fact {
            insert_issue(connection, subject, revision, &fact)?;
        }
    }
    let mut update = connection.prepare_cached(
        "UPDATE certificate_issues SET spoiled_on = ?3
         WHERE subject = ?1 AND number = ?2 AND (spoiled_on IS NULL OR spoiled_on > ?3)",
    )?;
    for (number, on) in spoiled {
        update.execute(params![subject.0.as_bytes(), number, on.to_string()])?;
    }
    Ok(())
}

fn insert_application(
    connection: &Connection,
    subject: SubjectId,
    revision: &Stored,
    application: &Application,
) -> Result<(), ProjectError> {
    let Some(person) = revision.about else {
        return Err(ProjectError::of(revision, "証明書の申請に本人がありません。"));
    };
    connection
        .prepare_cached(
            "INSERT INTO certificate_applications (subject, person, kind, applicant, document, copies, applied_on,
             applied_at, applied_by, terminal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            person.0.as_bytes(),
            application.kind.code(),
            application.applicant.code(),
            application.document.code(),
            application.copies,
            application.applied_on.to_string(),
            revision.made_at.timestamp_millis(),
            revision.operator.0,
            revision.origin_terminal.0,
        ])?;
    Ok(())
}

/// The last one shown holds.
fn insert_passport(
    connection: &Connection,
    subject: SubjectId,
    passport: &Passport,
) -> Result<(), ProjectError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO certificate_passports (subject, roman_name, former_surname, other_surname,
             other_name, nationality, passport_number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            passport.roman_name,
            passport.former_surname,
            passport.other_surname,
            passport.other_name,
            passport.nationality,
            passport.number,
        ])?;
    Ok(())
}

fn insert_issue(
    connection: &Connection,
    subject: SubjectId,
    revision: &Stored,
    fact: &Option<CertificateFact>,
) -> Result<(), ProjectError> {
    let Some(CertificateFact::Issued {
        number,
        copy,
        form,
        form_version,
        issued_on,
        digest,
        replaces,
    }) = fact
    else {
        return Ok(());
    };
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO certificate_issues (subject, number, copy, form, form_version, issued_on,
             issued_at, issued_by, terminal, digest, replaces)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            number,
            copy,
            form,
            form_version,
            issued_on.to_string(),
            revision.made_at.timestamp_millis(),
            revision.operator.0,
            revision.origin_terminal.0,
            digest.0,
            replaces,
        ])?;
    Ok(())
}
