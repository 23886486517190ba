//! 追記の操作. A clerk adds a note to a resident or corrects one.

use std::fmt;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        note::ResidentNote,
        revision::{RevisionId, SubjectId},
    },
    office::{DeedError, Office, Session},
    store::{New, Parents, StoreError},
};

/// Longest text of a note, in characters.
const LONGEST: usize = 500;

/// Why a note was not entered.
#[derive(Debug)]
pub enum NoteError {
    TooLong,
    Deed(DeedError),
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(
                f,
                "追記は{LONGEST}字までです。短くして、もう一度登録してください。"
            ),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoteError {}

impl From<DeedError> for NoteError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for NoteError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl Office {
    /// 追記を登録する. `note` is the subject to correct, or none for a new one.
    ///
    /// # Errors
    /// [`NoteError`]; nothing is written then.
    pub fn enter_note(
        &self,
        session: &Session,
        resident: SubjectId,
        note: Option<SubjectId>,
        body: &ResidentNote,
    ) -> Result<RevisionId, NoteError> {
        if body.text.chars().count() > LONGEST {
            return Err(NoteError::TooLong);
        }
        self.deed(session, Deed::Note, |transaction| {
            let subject = note.unwrap_or_else(|| transaction.new_subject());
            let id = transaction.append(New {
                subject,
                about: Some(resident),
                body,
                parents: Parents::Heads,
            })?;
            transaction.event(
                Event::new(Deed::Note)
                    .about(resident)
                    .detail("topic", body.topic.code()),
            );
            Ok(id)
        })
    }
}
