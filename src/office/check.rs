//! 確かめる操作. Recomputes the chain of the operation log, compares the projections with a rebuild, gives their
//! digests, and rebuilds. In a demo these need no session; in a real database each is a deed.

use crate::{
    domain::{audit::Event, deed::Deed},
    office::{DeedError, Office, Session},
    store::{
        StoreError,
        audit::{self, Verdict},
        digest::{self, ProjectionDigest},
        rebuild::Comparison,
    },
};

impl Office {
    /// 操作履歴の連鎖を確かめる.
    ///
    /// # Errors
    /// [`DeedError`] where the database can't be read or the session may not.
    pub fn verify_chain(&self, session: Option<&Session>) -> Result<Verdict, DeedError> {
        let verdict = self.read(audit::verify)?;
        let found = match verdict {
            Verdict::Whole(_) => "whole".to_owned(),
            Verdict::Broken { sequence } => format!("broken at {sequence}"),
        };
        self.note(session, Event::new(Deed::VerifyLog).detail("found", found))?;
        Ok(verdict)
    }

    /// 作り直した一覧と今の一覧を比べる.
    ///
    /// # Errors
    /// As [`Self::verify_chain`].
    pub fn check_rebuild(&self, session: Option<&Session>) -> Result<Comparison, DeedError> {
        let comparison = self.database.check_rebuild()?;
        let event = Event::new(Deed::Rebuild)
            .detail("checked_only", true)
            .detail("differing", comparison.differing().len());
        self.note(session, event)?;
        Ok(comparison)
    }

    /// 一覧を作り直す. Nothing has changed when it doesn't end.
    ///
    /// # Errors
    /// As [`Self::verify_chain`].
    pub fn rebuild(&self, session: &Session) -> Result<(), DeedError> {
        self.note(Some(session), Event::new(Deed::Rebuild))?;
        Ok(self.database.rebuild()?)
    }

    /// 一覧の要約値.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn digests(&self) -> Result<Vec<ProjectionDigest>, StoreError> {
        self.read(digest::digests)
    }

    fn note(&self, session: Option<&Session>, event: Event) -> Result<(), DeedError> {
        let Some(session) = session else { return Ok(()) };
        let deed = event.deed;
        self.deed(session, deed, |transaction| {
            transaction.event(event);
            Ok(())
        })
    }
}
