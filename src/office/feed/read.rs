//! 取込の読み込み. The job that reads a checked file into waiting rows. It sees to sequence and gaps, sets
//! protections as it goes, sends 個人番号 away at once, and counts; an ordinary differential then goes straight on
//! to its release.

use std::{collections::HashSet, time::Instant};

use super::{
    FeedError, FeedFile, FeedOutcome, FeedRules, FileProblem, NumberKeeper, ReleaseFeed, Totals,
    file::{Extent, Rows},
    origin,
    row::{self, ReadRow},
};
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        resident::{Household, Protection, Resident},
        revision::{self, SubjectId},
    },
    office::{Job, Office, Progress, Session, Step},
    store::{
        New, Parents, StoreError, Transaction,
        feed::{self, LoadState, Reject, StagedRow},
    },
};

/// 取込の読み込み. The output is the load, released or waiting.
pub struct ReadFeed {
    session: Session,
    rules: FeedRules,
    file: FeedFile,
    keeper: Option<NumberKeeper>,
    rows: Rows,
    load: Option<i64>,
    totals: Totals,
    households: HashSet<SubjectId>,
    numbers_dropped: u32,
    numbers_kept: u32,
    protections_set: u32,
    releasing: Option<Box<ReleaseFeed>>,
}

impl ReadFeed {
    /// Checks the file as a whole; nothing is written yet.
    ///
    /// # Errors
    /// [`FeedError::File`] with everything that is wrong with it.
    pub fn new(
        session: Session,
        rules: FeedRules,
        keeper: Option<NumberKeeper>,
        (name, bytes): (&str, &[u8]),
    ) -> Result<Self, FeedError> {
        let mut file = FeedFile::check(name, bytes, rules.encoding).map_err(FeedError::File)?;
        if file.name.lg_code != rules.lg_code {
            return Err(FeedError::File(vec![FileProblem::OtherCity]));
        }
        let rows = file.take_rows();
        Ok(ReadFeed {
            session,
            rules,
            file,
            keeper,
            rows,
            load: None,
            totals: Totals::default(),
            households: HashSet::new(),
            numbers_dropped: 0,
            numbers_kept: 0,
            protections_set: 0,
            releasing: None,
        })
    }

    fn begin(&mut self, office: &Office) -> Result<i64, FeedError> {
        let file = &self.file;
        office.deed(&self.session, Deed::ImportResidents, |transaction| {
            check_sequence(transaction, file)?;
            let full = file.name.extent == Extent::Full;
            let load = transaction.begin_load(file.name.sequence, full, &file.digest, file.name.made_at)?;
            transaction.event(
                Event::new(Deed::ImportResidents)
                    .detail("sequence", file.name.sequence)
                    .detail("extent", file.name.extent.letter())
                    .detail("rows", file.count),
            );
            Ok(load)
        })
    }

    /// Reads until `until`; false at the end of the file. The slice that takes the first 個人番号 says so at once.
    fn read_some(&mut self, office: &Office, load: i64, until: Instant) -> Result<bool, FeedError> {
        let session = self.session.clone();
        office.slice(&session, Deed::ImportResidents, |transaction| {
            let before = self.totals.received;
            let had_numbers = self.numbers_kept > 0;
            let mut more = true;
            while more && (self.totals.received == before || Instant::now() < until) {
                match self.rows.next() {
                    Some((number, record)) => self.take(transaction, load, number, &record)?,
                    None => more = false,
                }
            }
            transaction.set_load(load, LoadState::Reading, &self.totals)?;
            if self.numbers_kept > 0 && !had_numbers {
                let mut event = Event::new(Deed::ImportResidents)
                    .detail("sequence", self.file.name.sequence)
                    .detail("from_row", before + 1);
                event.individual_number_accessed = true;
                transaction.event(event);
            }
            Ok(more)
        })
    }

    /// One row.
    fn take(
        &mut self,
        transaction: &mut Transaction<'_>,
        load: i64,
        number: u32,
        record: &csv::StringRecord,
    ) -> Result<(), FeedError> {
        self.totals.received += 1;
        let read = match row::read(&self.file.name, number, record, &self.rules.conversion) {
            Ok(read) => read,
            Err(problem) => {
                self.totals.rejected += 1;
                let sentence = problem.to_string();
                transaction.reject_row(
                    load,
                    &Reject {
                        row: number,
                        reason: problem.code().to_owned(),
                        sentence,
                    },
                )?;
                return Ok(());
            }
        };
        let person = Resident::subject(&read.resident.lg_code, &read.resident.atena_number);
        let held = self.protect(transaction, person, &read)?;
        self.keep_number(transaction, person, number, &read)?;
        let household = match read.household {
            Some(household) => self.household(&household)?,
            None => None,
        };
        let staged = StagedRow {
            row: number,
            resident: person,
            body: revision::encode(&read.resident).map_err(StoreError::from)?,
            household,
            held,
        };
        transaction.stage_row(load, &staged)?;
        match held {
            true => self.totals.held += 1,
            false => self.totals.accepted += 1,
        }
        Ok(())
    }

    /// Sets what the row sets; whether the row must wait, because it lifts.
    fn protect(
        &mut self,
        transaction: &mut Transaction<'_>,
        person: SubjectId,
        read: &ReadRow,
    ) -> Result<bool, FeedError> {
        let Some(state) = read.protection else {
            return Ok(feed::is_protected(transaction.connection(), person)?);
        };
        let position = read.resident.position;
        let body = Protection {
            position,
            resident: person,
            state,
        };
        transaction.append_from(
            New {
                subject: Protection::subject(&read.resident.lg_code, &read.resident.atena_number),
                about: Some(person),
                body: &body,
                parents: Parents::None,
            },
            origin(
                &self.file.digest,
                self.file.name.made_at,
                position.sequence,
                position.row,
            ),
        )?;
        transaction.event(
            Event::new(Deed::SetProtection)
                .about(person)
                .detail("row", position.row),
        );
        self.protections_set += 1;
        Ok(false)
    }

    fn keep_number(
        &mut self,
        transaction: &mut Transaction<'_>,
        person: SubjectId,
        row: u32,
        read: &ReadRow,
    ) -> Result<(), FeedError> {
        let Some(number) = &read.individual_number else {
            return Ok(());
        };
        let Some(keeper) = &mut self.keeper else {
            self.numbers_dropped += 1;
            return Ok(());
        };
        let stamp = origin(
            &self.file.digest,
            self.file.name.made_at,
            self.file.name.sequence,
            row,
        );
        keeper(transaction, person, number, stamp)?;
        self.numbers_kept += 1;
        Ok(())
    }

    /// A household is said by each of its members; the first row of a file speaks for it.
    fn household(&mut self, household: &Household) -> Result<Option<(SubjectId, Vec<u8>)>, FeedError> {
        let subject = Household::subject(&household.lg_code, &household.household_number);
        if !self.households.insert(subject) {
            return Ok(None);
        }
        Ok(Some((
            subject,
            revision::encode(household).map_err(StoreError::from)?,
        )))
    }

    /// Ends the reading: waits for the second person, or goes on to the release.
    fn end(&mut self, office: &Office, load: i64) -> Result<Option<ReleaseFeed>, FeedError> {
        let waits = self.file.name.extent == Extent::Full || self.file.count > self.rules.most_unreleased;
        let state = if waits {
            LoadState::Waiting
        } else {
            LoadState::Releasing
        };
        debug_assert!(self.totals.agree());
        office.deed(&self.session, Deed::ImportResidents, |transaction| {
            transaction.set_load(load, state, &self.totals)?;
            let mut event = Event::new(Deed::ImportResidents)
                .detail("sequence", self.file.name.sequence)
                .detail("received", self.totals.received)
                .detail("accepted", self.totals.accepted)
                .detail("rejected", self.totals.rejected)
                .detail("held", self.totals.held);
            event.individual_number_accessed = self.numbers_kept > 0;
            transaction.event(event);
            Ok::<(), FeedError>(())
        })?;
        Ok((!waits).then(|| ReleaseFeed::unattended(self.session.clone(), load)))
    }

    fn work(&mut self, office: &Office, until: Instant) -> Result<Step<FeedOutcome>, FeedError> {
        if let Some(release) = &mut self.releasing {
            return match release.slice(office, until) {
                Step::More(progress) => Ok(Step::More(progress)),
                Step::Done(result) => result.map(|outcome| {
                    Step::Done(FeedOutcome {
                        numbers_dropped: self.numbers_dropped,
                        protections_set: self.protections_set,
                        ..outcome
                    })
                }),
            };
        }
        let load = match self.load {
            Some(load) => load,
            None => {
                let load = self.begin(office)?;
                self.load = Some(load);
                load
            }
        };
        if self.read_some(office, load, until)? {
            return Ok(Step::More(self.progress()));
        }
        match self.end(office, load)? {
            Some(release) => {
                self.releasing = Some(Box::new(release));
                Ok(Step::More(self.progress()))
            }
            None => Ok(Step::Done(FeedOutcome {
                load: office
                    .read(|connection| feed::load(connection, load))?
                    .ok_or(FeedError::NothingWaits)?,
                numbers_dropped: self.numbers_dropped,
                protections_set: self.protections_set,
            })),
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            done: u64::from(self.totals.received),
            total: u64::from(self.file.count),
        }
    }
}

impl Job for ReadFeed {
    type Output = Result<FeedOutcome, FeedError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.work(office, until) {
            Ok(Step::More(progress)) => Step::More(progress),
            Ok(Step::Done(outcome)) => Step::Done(Ok(outcome)),
            Err(error) => {
                self.cancelled(office);
                Step::Done(Err(error))
            }
        }
    }

    /// Rows that wait are dropped; protections that were set stay.
    fn cancelled(&mut self, office: &Office) {
        let (Some(load), None) = (self.load, &self.releasing) else {
            return;
        };
        // Where this can't be written either, the next start drops the rows.
        let _ = office.deed(&self.session, Deed::ImportResidents, |transaction| {
            transaction.set_load(load, LoadState::Discarded, &self.totals)?;
            transaction.drop_rows(load)?;
            transaction.event(
                Event::new(Deed::ImportResidents)
                    .detail("sequence", self.file.name.sequence)
                    .detail("cut_off_at_row", self.totals.received),
            );
            Ok::<(), FeedError>(())
        });
    }
}

/// Order of files: a differential follows the one before it, a full load follows anything older.
fn check_sequence(transaction: &Transaction<'_>, file: &FeedFile) -> Result<(), FeedError> {
    let refuse = |problem| Err(FeedError::File(vec![problem]));
    let newest = feed::newest(transaction.connection())?;
    let last = newest.as_ref().map_or(0, |load| load.sequence);
    let sequence = file.name.sequence;
    match newest.map(|load| load.state) {
        Some(LoadState::Waiting | LoadState::Releasing) => Err(FeedError::Waiting { sequence: last }),
        _ if sequence <= last => refuse(FileProblem::Old { last }),
        _ if file.previous >= sequence => refuse(FileProblem::Order),
        _ if file.name.extent == Extent::Differential && file.previous != last => refuse(FileProblem::Gap {
            last,
            previous: file.previous,
        }),
        _ => Ok(()),
    }
}
