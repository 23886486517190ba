//! 確かめる操作. Recomputes the chain of the operation log, compares the projections with a rebuild, gives their
//! digests, and rebuilds. In a demo these need no session; in a real database each is a deed.

use std::time::Instant;

use crate::{
    domain::{audit::Event, deed::Deed},
    office::{DeedError, Job, Office, Progress, Session, Step},
    store::{
        StoreError,
        audit::{self, Verdict},
        digest::{self, ProjectionDigest},
        rebuild::{Comparison, Walk},
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

/// 一覧の作り直し. A job: subject by subject, each whole in its transaction. Answers with how many there were.
#[derive(Debug)]
pub struct RebuildProjections {
    session: Session,
    walk: Option<Walk>,
}

impl RebuildProjections {
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self { session, walk: None }
    }

    fn go_on(&mut self, office: &Office, until: Instant) -> Result<Option<u64>, DeedError> {
        let Some(walk) = &mut self.walk else {
            office.note(Some(&self.session), Event::new(Deed::Rebuild))?;
            self.walk = Some(Walk::default());
            return Ok(None);
        };
        // A slice that is taken back leaves the walk where it was.
        let mut ahead = walk.clone();
        let more = office.slice(&self.session, Deed::Rebuild, |transaction| {
            Ok::<_, DeedError>(transaction.rebuild_on(&mut ahead, || Instant::now() < until)?)
        })?;
        *walk = ahead;
        if more {
            return Ok(None);
        }
        let event = Event::new(Deed::Rebuild).detail("subjects", walk.subjects);
        office.note(Some(&self.session), event)?;
        Ok(Some(walk.subjects))
    }
}

impl Job for RebuildProjections {
    type Output = Result<u64, DeedError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.go_on(office, until) {
            Ok(None) => Step::More(Progress {
                done: self.walk.as_ref().map_or(0, |walk| walk.subjects),
                total: 0,
            }),
            Ok(Some(subjects)) => Step::Done(Ok(subjects)),
            Err(error) => Step::Done(Err(error)),
        }
    }
}
