//! 下書き. Keeps what a clerk is typing, so that a crash, the lock screen or a call to the counter loses nothing.
//! Only the operator who typed a draft can take it up again; registering the sheet drops it.

use crate::{
    domain::{questionnaire::draft::Draft, record::SheetPlace, revision::OperatorId},
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

impl Office {
    /// 下書きを残す.
    ///
    /// # Errors
    /// Why the database can't be written.
    pub fn keep_draft(&self, session: &Session, draft: &Draft) -> Result<(), StoreError> {
        let place = place_of(draft.sheet);
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
