//! 接種記録の射影. One row for each revision of a record, with every item of 予防接種情報; what no other revision
//! builds on is a head, and of several heads the one that every replica shows is marked. An approval is a subject
//! of its own; when it arrives the records it names are projected again.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        deed::Deed,
        record::{Source, VaccinationRecord},
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored, standing::Standing},
};

pub const PROJECTION: Projection = Projection {
    name: "vaccination_records",
    kinds: &[Kind::VaccinationRecord],
    schema: include_str!("../../../migrations/terminal/projections/vaccination_records.sql"),
    tables: &["vaccination_records"],
    project,
};

const INSERT: &str = "INSERT INTO vaccination_records (
    person, programme, dose, subject, revision, is_head, is_shown, approval, is_cancelled, vaccinated_on, outcome, screened_only,
    category, source, age_years, age_months, age_days, institution_code, institution_name, product, lot_number,
    maker, amount_ml, route, physician_decision, physician_name, setting, voucher_number, voucher_issued_on,
    recommended_on, special_ground, special_from, special_until, questionnaire, bundle, sheet,
    expected_delivery_on, change_reason, operator, terminal, updated_at, lamport)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
    ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42)";

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let standing = Standing::of(connection, revisions)?;
    let mut insert = connection.prepare_cached(INSERT)?;
    for revision in revisions {
        let body: Option<VaccinationRecord> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        let Some(record) = body else { continue };
        let Some(person) = revision.about else {
            return Err(ProjectError::of(revision, "接種記録に本人がありません。"));
        };
        let special = record.special_circumstances.as_ref();
        insert.execute(params![
            person.0.as_bytes(),
            record.programme.as_str(),
            record.dose.code(),
            subject.0.as_bytes(),
            revision.id.0,
            standing.is_head(revision),
            standing.is_shown(revision),
            match (standing.is_approved(revision), record.source) {
                (true, _) => "approved",
                (false, Source::Historical) => "not_needed",
                // Wherever it was given first: what the system before had is settled.
                (false, _) if revision.deed == Deed::TakeOverRecords.code() => "not_needed",
                (false, _) => "waiting",
            },
            record.is_cancelled,
            record.vaccinated_on.to_string(),
            record.outcome.code(),
            record.outcome.is_screened_only(),
            record.category.code(),
            record.source.code(),
            record.age.map(|age| age.years),
            record.age.map(|age| age.months),
            record.age.map(|age| age.days),
            record.institution_code,
            record.institution_name,
            record.product,
            record.lot_number,
            record.maker,
            record.amount.map(|amount| amount.as_ml()),
            record.route.map(|route| route.code()),
            record.physician_decision.map(|decision| decision.code()),
            record.physician_name,
            record.setting.code(),
            record.voucher_number,
            record.voucher_issued_on.map(|day| day.to_string()),
            record.recommended_on.map(|day| day.to_string()),
            special.map(|special| special.ground.code()),
            special
                .and_then(|special| special.from)
                .map(|day| day.to_string()),
            special
                .and_then(|special| special.until)
                .map(|day| day.to_string()),
            record
                .questionnaire
                .map(|questionnaire| *questionnaire.0.as_bytes()),
            record.sheet.map(|sheet| *sheet.bundle.0.as_bytes()),
            record.sheet.map(|sheet| sheet.number),
            record.expected_delivery_on.map(|day| day.to_string()),
            record.change.map(|reason| reason.code()),
            revision.operator.0,
            revision.origin_terminal.0,
            revision.made_at.timestamp_millis(),
            revision.lamport.cast_signed(),
        ])?;
    }
    Ok(())
}
