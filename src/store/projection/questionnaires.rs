//! 予診票の射影. One row for each revision of a sheet and one for each answer, as they stand on the paper. Sheets
//! without a person and sheets held as 疑義 are rows like any other.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        comparison::WrittenItem,
        questionnaire::Questionnaire,
        revision::{Kind, SubjectId},
    },
    store::projection::{ProjectError, Projection, Stored, standing::Standing},
};

pub const PROJECTION: Projection = Projection {
    name: "questionnaires",
    kinds: &[Kind::Questionnaire],
    schema: include_str!("../../../migrations/terminal/projections/questionnaires.sql"),
    tables: &["questionnaires", "questionnaire_answers"],
    project,
};

const INSERT: &str = "INSERT INTO questionnaires (
    subject, revision, is_head, is_shown, is_approved, is_cancelled, person, form_id, form_version, bundle, sheet, voucher_number,
    programme, dose, category, written_kana, written_name, written_address, written_birth, kana_agreement,
    name_agreement, birth_agreement, address_agreement, temperature_celsius, age_written_years,
    age_written_months, physician_decision, is_physician_signed, consent, signer, product, lot_number,
    amount_ml, route, institution_code, institution_name, physician_name, injected_on, outcome,
    special_ground, special_from, special_until, confirmations, hold, change_reason, operator, terminal,
    updated_at, lamport)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
    ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42,
    ?43, ?44, ?45, ?46, ?47, ?48, ?49)";

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let standing = Standing::of(connection, revisions)?;
    for revision in revisions {
        let body: Option<Questionnaire> = revision
            .read()
            .map_err(|error| ProjectError::body(revision, error))?;
        let Some(sheet) = body else { continue };
        insert_sheet(connection, subject, (revision, &standing), &sheet)?;
        let mut answers = connection.prepare_cached(
            "INSERT OR REPLACE INTO questionnaire_answers (subject, revision, question, reply, physician_noted)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for answer in &sheet.answers {
            answers.execute(params![
                subject.0.as_bytes(),
                revision.id.0,
                answer.question,
                answer.reply.code(),
                answer.physician_noted,
            ])?;
        }
    }
    Ok(())
}

fn insert_sheet(
    connection: &Connection,
    subject: SubjectId,
    (revision, standing): (&Stored, &Standing),
    sheet: &Questionnaire,
) -> Result<(), ProjectError> {
    let written = &sheet.written;
    let birth = written
        .birth_on
        .map(|day| day.to_string())
        .or(written.birth_text.clone());
    let injection = &sheet.injection;
    let special = sheet.special_circumstances.as_ref();
    connection.prepare_cached(INSERT)?.execute(params![
        subject.0.as_bytes(),
        revision.id.0,
        standing.is_head(revision),
        standing.is_shown(revision),
        standing.is_approved(revision),
        sheet.is_cancelled,
        revision.about.map(|person| *person.0.as_bytes()),
        sheet.form.id,
        sheet.form.version,
        sheet.sheet.map(|place| *place.bundle.0.as_bytes()),
        sheet.sheet.map(|place| place.number),
        sheet.voucher_number,
        sheet.programme.as_deref(),
        sheet.dose.map(|dose| dose.code()),
        sheet.category.map(|category| category.code()),
        text_of(&written.kana),
        text_of(&written.name),
        text_of(&written.address),
        birth,
        sheet.comparison.map(|found| found.kana.code()),
        sheet.comparison.map(|found| found.name.code()),
        sheet.comparison.map(|found| found.birth.code()),
        sheet.comparison.map(|found| found.address.code()),
        sheet
            .temperature
            .map(|temperature| f64::from(temperature.tenths()) / 10.0),
        sheet.age_written.map(|(years, _)| years),
        sheet.age_written.map(|(_, months)| months),
        sheet.physician_decision.map(|decision| decision.code()),
        sheet.is_physician_signed,
        sheet.consent.map(|consent| consent.code()),
        sheet.signer.map(|signer| signer.code()),
        injection.product,
        injection.lot_number,
        injection.amount.map(|amount| amount.as_ml()),
        injection.route.map(|route| route.code()),
        injection.institution_code,
        injection.institution_name,
        injection.physician_name,
        injection.on.map(|day| day.to_string()),
        sheet.outcome.code(),
        special.map(|special| special.ground.code()),
        special
            .and_then(|special| special.from)
            .map(|day| day.to_string()),
        special
            .and_then(|special| special.until)
            .map(|day| day.to_string()),
        confirmations(sheet),
        sheet.hold.as_ref().map(|hold| hold.codes.join(" ")),
        sheet.change.map(|reason| reason.code()),
        revision.operator.0,
        revision.origin_terminal.0,
        revision.made_at.timestamp_millis(),
        revision.lamport.cast_signed(),
    ])?;
    Ok(())
}

fn text_of(item: &WrittenItem) -> Option<&str> {
    match item {
        WrittenItem::AsRegister => None,
        WrittenItem::Blank => Some(""),
        WrittenItem::Text(text) => Some(text),
    }
}

fn confirmations(sheet: &Questionnaire) -> String {
    let each = sheet.confirmations.iter();
    let written: Vec<String> = each
        .map(|answer| format!("{}={}", answer.code, answer.answer))
        .collect();
    written.join(" ")
}
