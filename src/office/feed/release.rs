//! 取込の承認. The job that turns waiting rows into revisions, slice by slice and out of sight, and then shows all
//! of them by one switch. Cut off by a crash it goes on where it was: rows leave the waiting list in the same
//! transaction that writes their revisions.

use std::{collections::BTreeSet, time::Instant};

use sha2::{Digest, Sha256};

use super::{FeedError, FeedOutcome, origin};
use crate::{
    domain::{
        approval::{self, Checked, Consented, Decision, Void},
        audit::Event,
        deed::Deed,
        resident::{Household, Protection, ProtectionState, Resident},
        revision::{self, Body, RevisionId, SubjectId},
    },
    office::{Job, Office, Progress, Session, Step},
    rules::rights,
    seal::trust,
    store::{
        New, Origin, Parents, StoreError, Transaction,
        feed::{self, Load, LoadState, StagedRow, Table},
        people,
    },
};

/// 取込の承認.
pub struct ReleaseFeed {
    session: Session,
    load: i64,
    /// Whether a second person stands behind it, who may lift protections.
    attended: bool,
    done: u64,
    total: u64,
    begun: bool,
}

/// Rows of one look at the clock.
const BATCH: u32 = 8;

impl ReleaseFeed {
    /// The release by a second person: everything that waits, held rows included.
    pub fn attended(session: Session, load: i64) -> Self {
        ReleaseFeed {
            session,
            load,
            attended: true,
            done: 0,
            total: 0,
            begun: false,
        }
    }

    /// An ordinary differential: held rows go on waiting.
    pub(super) fn unattended(session: Session, load: i64) -> Self {
        ReleaseFeed {
            attended: false,
            ..Self::attended(session, load)
        }
    }

    fn deed(&self) -> Deed {
        if self.attended {
            Deed::ReleaseImport
        } else {
            Deed::ImportResidents
        }
    }

    fn begin(&mut self, office: &Office) -> Result<(), FeedError> {
        let (load, attended, session) = (self.load, self.attended, &self.session);
        let total = office.deed(session, self.deed(), |transaction| {
            let found = feed::load(transaction.connection(), load)?.ok_or(FeedError::NothingWaits)?;
            let rows = feed::waiting_rows(transaction.connection(), load)?;
            let waits = match found.state {
                LoadState::Waiting | LoadState::Releasing => true,
                LoadState::Done => attended && rows > 0,
                LoadState::Reading | LoadState::Discarded => false,
            };
            if !waits {
                return Err(FeedError::NothingWaits);
            }
            if attended {
                consent(transaction, session, &found)?;
            }
            if found.state == LoadState::Waiting {
                transaction.set_load(load, LoadState::Releasing, &found.totals)?;
            }
            transaction.event(
                Event::new(transaction.stamp().deed)
                    .detail("sequence", found.sequence)
                    .detail("rows", rows),
            );
            Ok(rows)
        })?;
        self.total = u64::from(total);
        self.begun = true;
        Ok(())
    }

    fn work(&mut self, office: &Office, until: Instant) -> Result<Step<FeedOutcome>, FeedError> {
        if !self.begun {
            self.begin(office)?;
        }
        if self.apply_some(office, until)? {
            return Ok(Step::More(Progress {
                done: self.done,
                total: self.total,
            }));
        }
        let load = self.show(office)?;
        Ok(Step::Done(FeedOutcome {
            load,
            numbers_dropped: 0,
            protections_set: 0,
        }))
    }

    /// Applies rows until `until`; false when none waits any more.
    fn apply_some(&mut self, office: &Office, until: Instant) -> Result<bool, FeedError> {
        let (load, attended) = (self.load, self.attended);
        let (more, done) = office.slice(&self.session, self.deed(), |transaction| {
            let mut found = feed::load(transaction.connection(), load)?.ok_or(FeedError::NothingWaits)?;
            let (mut more, mut done) = (true, 0_u32);
            while more && (done == 0 || Instant::now() < until) {
                let rows = transaction.take_rows(load, attended, BATCH)?;
                more = !rows.is_empty();
                for row in &rows {
                    done += 1;
                    found.totals.unchanged += u32::from(!apply(transaction, &found, row)?);
                    if row.held {
                        found.totals.held -= 1;
                        found.totals.accepted += 1;
                    }
                }
            }
            transaction.set_load(load, found.state, &found.totals)?;
            Ok::<_, FeedError>((more, done))
        })?;
        self.done += u64::from(done);
        Ok(more)
    }

    /// The one switch.
    fn show(&self, office: &Office) -> Result<Load, FeedError> {
        let load = self.load;
        office.deed(&self.session, self.deed(), |transaction| {
            let found = feed::load(transaction.connection(), load)?.ok_or(FeedError::NothingWaits)?;
            transaction.set_load(load, LoadState::Done, &found.totals)?;
            transaction.show_up_to(&found)?;
            transaction.event(
                Event::new(transaction.stamp().deed)
                    .detail("sequence", found.sequence)
                    .detail("applied", self.done)
                    .detail("shown", found.sequence)
                    .detail("unchanged", found.totals.unchanged),
            );
            Ok::<_, FeedError>(())
        })?;
        office
            .read(|connection| feed::load(connection, load))?
            .ok_or(FeedError::NothingWaits)
    }
}

/// The second person signs for this load with her own key, and the one rule of approvals judges it as if the load
/// were a revision of whoever read the file. The signed approval stays in the ledger.
fn consent(transaction: &mut Transaction<'_>, session: &Session, load: &Load) -> Result<(), FeedError> {
    let authors = BTreeSet::from([load.imported_by.clone()]);
    if authors.contains(session.operator()) {
        return Err(FeedError::SamePerson);
    }
    let Some((consent, _)) = rights::embedded().consent(Deed::ImportResidents) else {
        return Err(FeedError::Approval(Void::NoRight));
    };
    let keys = session.keys().ok_or(FeedError::NoKey)?;
    let consented = Consented {
        consent,
        decision: Decision::Approved,
        revisions: vec![digest_of(load)],
        reason: None,
        approver: session.operator().clone(),
        approved_at: transaction.now(),
    };
    let signed = trust::sign_approval(&keys.signing, &keys.credential, consented);
    let root = people::city_key(transaction.connection())?.ok_or(FeedError::NoKey)?;
    let checked = Checked {
        consented: signed.consented.clone(),
        certificate: trust::check_approval(&root, &signed).map(|(_, certificate)| certificate),
    };
    approval::judge(
        &checked,
        Some(Deed::ImportResidents),
        &authors,
        rights::embedded(),
    )
    .map_err(FeedError::Approval)?;
    transaction.add_approval(&signed)?;
    Ok(())
}

/// 承認するもの. What a release of a load covers: the file, its place in the feed, and what became of its rows. It
/// stands where an approval names a revision.
#[must_use]
pub fn digest_of(load: &Load) -> RevisionId {
    let totals = &load.totals;
    let mut hash = Sha256::new();
    hash.update(b"madoguchi/feed_load/1");
    hash.update(load.digest);
    hash.update(load.sequence.to_be_bytes());
    hash.update([u8::from(load.full)]);
    for count in [totals.received, totals.accepted, totals.rejected, totals.held] {
        hash.update(count.to_be_bytes());
    }
    RevisionId(hash.finalize().into())
}

/// Writes what a row says that is new; false where it says nothing new.
fn apply(transaction: &mut Transaction<'_>, load: &Load, row: &StagedRow) -> Result<bool, FeedError> {
    let stamp = || origin(&load.digest, load.made_at, load.sequence, row.row);
    let resident: Resident = revision::decode(Resident::VERSION, &row.body).map_err(StoreError::from)?;
    if row.held {
        lift(transaction, row.resident, &resident, stamp())?;
    }
    if let Some((subject, body)) = &row.household {
        let household: Household = revision::decode(Household::VERSION, body).map_err(StoreError::from)?;
        let content = feed::content_of_household(&household);
        if feed::newest_content(transaction.connection(), *subject, Table::Households)? != Some(content) {
            let new = New {
                subject: *subject,
                about: None,
                body: &household,
                parents: Parents::None,
            };
            transaction.append_from(new, stamp())?;
        }
    }
    let content = feed::content_of_resident(&resident);
    if feed::newest_content(transaction.connection(), row.resident, Table::Residents)? == Some(content) {
        return Ok(false);
    }
    let new = New {
        subject: row.resident,
        about: Some(row.resident),
        body: &resident,
        parents: Parents::None,
    };
    transaction.append_from(new, stamp())?;
    Ok(true)
}

fn lift(
    transaction: &mut Transaction<'_>,
    person: SubjectId,
    resident: &Resident,
    stamp: Origin,
) -> Result<(), FeedError> {
    let body = Protection {
        position: resident.position,
        resident: person,
        state: ProtectionState::Lifted,
    };
    let subject = Protection::subject(&resident.lg_code, &resident.atena_number);
    transaction.append_from(
        New {
            subject,
            about: Some(person),
            body: &body,
            parents: Parents::None,
        },
        stamp,
    )?;
    transaction.event(
        Event::new(Deed::LiftProtection)
            .about(person)
            .detail("row", resident.position.row),
    );
    Ok(())
}

impl Job for ReleaseFeed {
    type Output = Result<FeedOutcome, FeedError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.work(office, until) {
            Ok(Step::More(progress)) => Step::More(progress),
            Ok(Step::Done(outcome)) => Step::Done(Ok(outcome)),
            Err(error) => Step::Done(Err(error)),
        }
    }
}
