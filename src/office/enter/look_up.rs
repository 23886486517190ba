//! 券と人をさがす. Finds the person a sheet is for, by the voucher's number or as chosen from a search, and says
//! what must be known before anything is keyed. Seeing a person is a deed with its own event.

use std::fmt;

use super::people::{Recipient, recipient};
use crate::{
    domain::{audit::Event, deed::Deed, revision::SubjectId},
    office::{DeedError, Office, Session},
    store::StoreError,
};

/// Why nobody was found for a sheet.
#[derive(Debug)]
pub enum LookUpError {
    /// The register doesn't know this person (any more).
    Unknown,
    Deed(DeedError),
}

impl fmt::Display for LookUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => {
                f.write_str("この人は台帳にいません。F9 でさがし直すか、F3 で疑義へ回してください。")
            }
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LookUpError {}

impl From<DeedError> for LookUpError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for LookUpError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl Office {
    /// 入力する人を開く. The person chosen from a search (F9), with her records.
    ///
    /// # Errors
    /// [`LookUpError`].
    pub fn open_recipient(&self, session: &Session, person: SubjectId) -> Result<Recipient, LookUpError> {
        self.deed(session, Deed::ViewPerson, |transaction| {
            let found = recipient(transaction.connection(), person)?.ok_or(LookUpError::Unknown)?;
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(person)
                    .detail("from", "intake"),
            );
            Ok(found)
        })
    }
}
