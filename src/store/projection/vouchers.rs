//! 接種券の射影. One row for each number, with its state computed from all facts of its ledger.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        revision::{Kind, SubjectId},
        voucher::{VoucherFact, VoucherState},
    },
    store::projection::{ProjectError, Projection, Stored},
};

pub const PROJECTION: Projection = Projection {
    name: "vouchers",
    kinds: &[Kind::Voucher],
    schema: include_str!("../../../migrations/terminal/projections/vouchers.sql"),
    tables: &["vouchers"],
    project,
};

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut facts = Vec::new();
    let mut first: Option<&Stored> = None;
    for revision in revisions {
        let fact: Option<VoucherFact> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        if matches!(fact, Some(VoucherFact::Issued(_))) {
            first.get_or_insert(revision);
        }
        facts.extend(fact);
    }
    let (Some(state), Some(issued)) = (VoucherState::of(&facts), first) else {
        return Ok(());
    };
    let Some(person) = issued.about else {
        return Err(ProjectError::of(issued, "接種券に本人がありません。"));
    };
    connection
        .prepare_cached(
            "INSERT INTO vouchers (subject, number, running, person, programme, dose, issued_on, dispatched_on,
             void_on, void_reason, replaces, form, form_version, run, printed_count, spoiled_count,
             is_issued_twice, issued_at, issued_by, terminal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            state.issue.number.as_str(),
            i64::try_from(state.issue.number.running()).unwrap_or(0),
            person.0.as_bytes(),
            state.issue.programme.as_str(),
            state.issue.dose.code(),
            state.issue.issued_on.to_string(),
            state.dispatched_on.map(|day| day.to_string()),
            state.void.map(|(day, _)| day.to_string()),
            state.void.map(|(_, reason)| reason.code()),
            state.issue.replaces.as_ref().map(|number| number.as_str()),
            state.issue.form,
            state.issue.form_version,
            state.issue.run.map(|run| *run.0.as_bytes()),
            state.printed_count,
            state.spoiled_count,
            state.is_issued_twice,
            issued.made_at.timestamp_millis(),
            issued.operator.0,
            issued.origin_terminal.0,
        ])?;
    Ok(())
}
