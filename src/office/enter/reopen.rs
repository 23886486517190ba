//! 入力し直す. Opens what has been entered or held as a draft again, on top of the version that holds, so that a
//! correction is keyed on the screen of the entry with the same checks.

use super::EnterError;
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        questionnaire::{
            Questionnaire,
            draft::{Corrects, Draft},
        },
        record::VaccinationRecord,
        revision::{Body, RevisionId, SubjectId},
    },
    office::{Office, Session, draft::place_of_correction},
    store::{self, Connection, StoreError, ledger, questionnaire, record},
};

impl Office {
    /// 入力した票を開く. The draft of a sheet as it stands, or the correction this operator has begun on that very
    /// version; the reason of a new correction must be chosen anew.
    ///
    /// # Errors
    /// [`EnterError::Unknown`] when there is no such sheet.
    pub fn reopen_sheet(&self, session: &Session, sheet: SubjectId) -> Result<Draft, EnterError> {
        self.deed(session, Deed::ViewPerson, |transaction| {
            let fresh = reopen(transaction.connection(), sheet)?;
            let place = place_of_correction(sheet);
            let kept: Option<Draft> =
                store::draft::draft(transaction.connection(), session.operator(), &place)?;
            // Where somebody else has corrected it meanwhile, what was begun no longer fits.
            let draft = kept
                .filter(|kept| kept.corrects == fresh.corrects)
                .unwrap_or(fresh);
            let mut event = Event::new(Deed::ViewPerson)
                .detail("from", "intake")
                .detail("questionnaire", sheet.0);
            event.about.extend(draft.person);
            transaction.event(event);
            Ok(draft)
        })
    }
}

fn reopen(connection: &Connection, sheet: SubjectId) -> Result<Draft, EnterError> {
    let line = questionnaire::sheet(connection, sheet)?.ok_or(EnterError::Unknown)?;
    let body: Questionnaire = body_of(connection, line.revision)?.ok_or(EnterError::Unknown)?;
    let taken = match line.person {
        Some(person) => record::record_of_sheet(connection, person, sheet)?,
        None => None,
    };
    let record_body: Option<VaccinationRecord> = match &taken {
        Some(taken) => body_of(connection, taken.revision)?,
        None => None,
    };
    let corrects = Corrects {
        questionnaire: sheet,
        questionnaire_base: Some(line.revision),
        record: taken.map(|taken| (taken.subject, taken.revision)),
    };
    Ok(Draft::reopen(&body, record_body.as_ref(), line.person, corrects))
}

fn body_of<B: Body>(connection: &Connection, revision: RevisionId) -> Result<Option<B>, StoreError> {
    match ledger::revision(connection, revision)? {
        Some(revision) => revision.read().map_err(StoreError::Body),
        None => Ok(None),
    }
}
