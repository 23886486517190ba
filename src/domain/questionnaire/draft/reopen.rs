//! 入力し直す. Makes a draft again of what has been entered or held, so that it is corrected on the same screen and
//! with the same checks. The answers the clerk gave to warnings come along; the reason must be given anew.

use super::{Corrects, Draft};
use crate::domain::{questionnaire::Questionnaire, record::VaccinationRecord, revision::SubjectId};

impl Draft {
    /// A draft of a sheet as it stands, with its record where it has one.
    pub fn reopen(
        sheet: &Questionnaire,
        record: Option<&VaccinationRecord>,
        person: Option<SubjectId>,
        corrects: Corrects,
    ) -> Self {
        let injection = &sheet.injection;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut draft = Self::empty(sheet.form.clone());
        draft.sheet = sheet.sheet;
        draft.person = person;
        draft.voucher_number = sheet.voucher_number.clone();
        draft.programme = sheet.programme.clone();
        draft.dose = sheet.dose;
        draft.written = sheet.written.clone();
        draft.temperature = sheet.temperature.map(|read| read.to_string()).unwrap_or_default();
        if let Some((years, months)) = sheet.age_written {
            draft.age_years = years.to_string();
            draft.age_months = months.to_string();
        }
        draft.answers = sheet.answers.clone();
        draft.physician_decision = sheet.physician_decision;
        draft.is_physician_signed = sheet.is_physician_signed;
        draft.consent = sheet.consent;
        draft.signer = sheet.signer;
        draft.product = injection.product.clone();
        draft.lot_number = text(&injection.lot_number);
        draft.amount = injection
            .amount
            .map(|amount| amount.to_string())
            .unwrap_or_default();
        draft.route = injection.route;
        draft.institution_code = injection.institution_code.clone();
        draft.institution_name = injection.institution_name.clone();
        draft.physician_name = text(&injection.physician_name);
        draft.vaccinated_on = injection.on;
        draft.special_circumstances = sheet.special_circumstances.clone();
        draft.confirmations = sheet.confirmations.clone();
        if let Some(record) = record {
            draft.voucher_issued_on = record.voucher_issued_on;
            draft.maker = record.maker.clone();
            draft.setting = record.setting;
            draft.expected_delivery_on = record.expected_delivery_on;
        }
        if draft.outcome() != sheet.outcome {
            draft.outcome = Some(sheet.outcome);
        }
        draft.corrects = Some(corrects);
        draft
    }
}
