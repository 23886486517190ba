//! 下書き. Keeps what a clerk is typing, so that a crash, the lock screen or a call to the counter loses nothing.
//! Only the operator who typed a draft can take it up again; registering the sheet drops it.

use crate::{
    domain::{
        questionnaire::draft::Draft,
        record::SheetPlace,
        revision::{OperatorId, SubjectId},
    },
    office::{Office, Session},
    store::{self, StoreError},
};

pub use crate::store::draft::DraftPlace;

/// Where a sheet's draft is kept: by bundle and sheet, or the loose sheet of the counter.
#[must_use]
pub fn place_of(sheet: Option<SheetPlace>) -> String {
    match sheet {
        Some(sheet) => format!("sheet/{}/{}", sheet.bundle.0, sheet.number),
        None => "sheet/loose".to_owned(),
    }
}

/// Where a draft is kept: what is corrected has a place of its own, beside that of its sheet.
#[must_use]
pub fn place_of_draft(draft: &Draft) -> String {
    match &draft.corrects {
        Some(corrects) => place_of_correction(corrects.questionnaire),
        None => place_of(draft.sheet),
    }
}

pub(super) fn place_of_correction(questionnaire: SubjectId) -> String {
    format!("correction/{}", questionnaire.0)
}

impl Office {
    /// 下書きを残す.
    ///
    /// # Errors
    /// Why the database can't be written.
    pub fn keep_draft(&self, session: &Session, draft: &Draft) -> Result<(), StoreError> {
        let place = place_of_draft(draft);
        self.database()
            .keep_draft(session.operator(), &place, self.machine().now(), draft)
    }

    /// 下書きを消す.
    ///
    /// # Errors
    /// Why the database can't be written.
    pub fn drop_draft(&self, session: &Session, sheet: Option<SheetPlace>) -> Result<(), StoreError> {
        self.database().drop_draft(session.operator(), &place_of(sheet))
    }

    /// 訂正の下書きを消す. The sheet opens as it stands again.
    ///
    /// # Errors
    /// Why the database can't be written.
    pub fn drop_correction(&self, session: &Session, questionnaire: SubjectId) -> Result<(), StoreError> {
        let place = place_of_correction(questionnaire);
        self.database().drop_draft(session.operator(), &place)
    }

    /// 下書きの続き.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn kept_draft(
        &self,
        operator: &OperatorId,
        sheet: Option<SheetPlace>,
    ) -> Result<Option<Draft>, StoreError> {
        self.read(|connection| store::draft::draft(connection, operator, &place_of(sheet)))
    }

    /// 下書きの一覧, newest first.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn kept_drafts(&self, operator: &OperatorId) -> Result<Vec<DraftPlace>, StoreError> {
        self.read(|connection| store::draft::drafts_of(connection, operator))
    }
}
