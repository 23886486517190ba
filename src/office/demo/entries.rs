//! 見本の入力待ち・承認待ち. The last sheets of the demo city go through the same doors as at a counter: a bundle is
//! received, a clerk enters part of it, and what she has entered waits for somebody else. What the entry stops
//! is handed back, to be taken over with the records of the past.

use chrono::{Days, NaiveDate};

use super::Cast;
use crate::{
    domain::{
        bundle::Receipt,
        questionnaire::{Consent, Signer, draft::Draft},
        record::{DoseNumber, Outcome, PhysicianDecision, SheetPlace, Source, VaccinationRecord},
        revision::SubjectId,
    },
    office::{Office, code},
};

/// Most sheets that wait.
pub(super) const MOST: usize = 120;
/// Of one programme, so that several are seen.
const MOST_OF_ONE: usize = 25;
/// Sheets of the bundle that nobody has entered yet.
const LEFT: u16 = 15;
/// The programme of the bundle.
const BUNDLED: &str = "mr1";

/// Whether a dose is of the last weeks and came in on paper.
pub(super) fn is_fresh(dose: &VaccinationRecord, today: NaiveDate) -> bool {
    dose.vaccinated_on + Days::new(45) >= today
        && dose.source == Source::Historical
        && dose.outcome == Outcome::Vaccinated
}

/// 入力を待つ票.
pub(super) struct Sheet {
    pub record: SubjectId,
    pub person: SubjectId,
    pub born: NaiveDate,
    pub dose: VaccinationRecord,
}

/// Sheets that are to be entered, at most [`MOST`].
#[derive(Default)]
pub(super) struct Sheets(pub Vec<Sheet>);

impl Sheets {
    pub(super) fn has_room_for(&self, programme: &str) -> bool {
        let same = self.0.iter().filter(|sheet| sheet.dose.programme == programme);
        self.0.len() < MOST && same.count() < MOST_OF_ONE
    }
}

/// Enters the sheets as the clerk 1001; gives back what could not be entered.
pub(super) fn enter(office: &Office, cast: &Cast, sheets: Sheets) -> Vec<Sheet> {
    let clerk = cast.session("1001");
    let bundled = sheets.0.iter().filter(|sheet| sheet.dose.programme == BUNDLED);
    let bundle = receive(office, cast, bundled.count());
    let mut number = 0;
    let mut left = Vec::new();
    for sheet in sheets.0 {
        let place = bundle
            .filter(|_| sheet.dose.programme == BUNDLED)
            .map(|bundle| SheetPlace {
                bundle,
                number: number + 1,
            });
        match draft(&sheet, place).map(|draft| office.enter(&clerk, &draft)) {
            Some(Ok(_)) => number += u16::from(place.is_some()),
            _ => left.push(sheet),
        }
    }
    left
}

fn receive(office: &Office, cast: &Cast, entered: usize) -> Option<SubjectId> {
    let form = &code::form_of_programme(BUNDLED)?.form;
    let receipt = Receipt {
        number: office.next_bundle_number().ok()?,
        sender: "L-ishikai".to_owned(),
        received_on: office.today() - Days::new(3),
        count: u16::try_from(entered).ok()? + LEFT,
        programme: Some(BUNDLED.to_owned()),
        form_id: form.id.clone(),
        form_version: form.version.clone(),
        month: None,
    };
    office.receive_bundle(&cast.session("1001"), &receipt).ok()
}

/// The paper as a physician and a mother (or the person herself) would have filled it in.
fn draft(sheet: &Sheet, place: Option<SheetPlace>) -> Option<Draft> {
    let dose = &sheet.dose;
    let form = code::form_of_programme(&dose.programme)?;
    let mut draft = Draft::empty(form.form.clone());
    let is_child = dose.age.is_none_or(|age| age.years < 18);
    draft.sheet = place;
    draft.person = Some(sheet.person);
    draft.programme = Some(dose.programme.clone());
    draft.dose = Some(dose.dose);
    draft.written.birth_on = Some(sheet.born);
    let tenth = match dose.dose {
        DoseNumber::Nth(count) => 4 + count % 5,
        _ => 8,
    };
    draft.temperature = format!("36.{tenth}");
    draft.answers = form.usual_answers();
    draft.physician_decision = Some(PhysicianDecision::Suitable);
    draft.is_physician_signed = Some(true);
    draft.consent = Some(Consent::Agrees);
    draft.signer = Some(if is_child {
        Signer::Mother
    } else {
        Signer::Recipient
    });
    draft.product.clone_from(&dose.product);
    draft.lot_number = dose.lot_number.clone().unwrap_or_default();
    draft.amount = dose.amount.map(|amount| amount.to_string()).unwrap_or_default();
    draft.route = dose.route;
    draft.institution_code.clone_from(&dose.institution_code);
    draft.physician_name = dose.physician_name.clone().unwrap_or_default();
    draft.vaccinated_on = Some(dose.vaccinated_on);
    Some(draft)
}
