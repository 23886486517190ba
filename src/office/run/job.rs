//! 印刷の準備の仕事. Lays out each sheet of a run once, slice by slice, into rows that nobody reads; then the manifest
//! is made, its parts go into the ledger, and one short switch shows the run. Cut off while it lays out, nothing
//! is left but an account of the numbers; cut off later, it goes on where it was when the same draw is prepared
//! again. Numbers of a run that does not come about stay unused, and the audit chain says which.

use std::{collections::BTreeMap, time::Instant};

use chrono::NaiveDate;

use super::{Office, RunError, Session, append, event, prepare::falls_out, wanted};
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::{RevisionId, SubjectId},
        run::{LeftOut, MOST_SHEETS, Manifest, ManifestSheet, RunFact, SHEETS_PER_PART, Serial, part_of},
        trust::Octets,
        voucher::VoucherNumber,
    },
    office::{
        Job, Progress, Step,
        paper::{Paper, PaperError},
        voucher::{self as vouchers, VoucherError, Wanted},
    },
    rules,
    store::{
        New, Parents, Transaction,
        preparation::{self, Preparation, PreparationState},
        run,
    },
};

/// Numbers taken at once, before the sheets that carry them.
const NUMBERS: usize = 50;

/// 印刷の申し出.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunRequest {
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    /// In the order of the serials.
    pub persons: Vec<SubjectId>,
    /// The released draw they come from.
    pub draw: Option<SubjectId>,
}

/// 準備した印刷.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepared {
    pub run: SubjectId,
    /// The revision to release.
    pub revision: RevisionId,
    pub manifest: Manifest,
    /// For the officer: who was left out, and why. Only counted in the manifest where the run was taken up again.
    pub left_out: Vec<(SubjectId, LeftOut)>,
}

/// 印刷の準備.
pub struct PrepareRun {
    session: Session,
    request: RunRequest,
    stage: Stage,
    left_out: Vec<(SubjectId, LeftOut)>,
}

enum Stage {
    Begin,
    Laying(Laying),
    Writing(Preparation, Manifest),
}

struct Laying {
    preparation: Preparation,
    paper: Paper,
    on: NaiveDate,
    /// Persons looked at.
    at: usize,
    serial: Serial,
    numbers: Vec<VoucherNumber>,
}

impl PrepareRun {
    #[must_use]
    pub fn new(session: Session, request: RunRequest) -> Self {
        Self {
            session,
            request,
            stage: Stage::Begin,
            left_out: Vec::new(),
        }
    }

    fn work(&mut self, office: &Office, until: Instant) -> Result<Step<Prepared>, RunError> {
        match &mut self.stage {
            Stage::Begin => self.stage = begin(office, &self.session, &self.request)?,
            Stage::Laying(laying) if laying.at < self.request.persons.len() => {
                laying.lay(office, (&self.session, &self.request), &mut self.left_out, until)?;
            }
            Stage::Laying(laying) => {
                let settled = laying.settle(office, (&self.session, &self.request), &self.left_out)?;
                self.stage = settled;
            }
            Stage::Writing(preparation, manifest) => {
                let (preparation, manifest) = (preparation.clone(), manifest.clone());
                if let Some(revision) = write(office, &self.session, &preparation, &manifest)? {
                    return Ok(Step::Done(Prepared {
                        run: preparation.run,
                        revision,
                        manifest,
                        left_out: std::mem::take(&mut self.left_out),
                    }));
                }
            }
        }
        Ok(Step::More(self.progress()))
    }

    fn progress(&self) -> Progress {
        let total = self.request.persons.len() as u64;
        let done = match &self.stage {
            Stage::Begin => 0,
            // The last one is there when the run is shown.
            Stage::Laying(laying) => (laying.at as u64).min(total.saturating_sub(1)),
            Stage::Writing(..) => total.saturating_sub(1),
        };
        Progress { done, total }
    }
}

impl Job for PrepareRun {
    type Output = Result<Prepared, RunError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.work(office, until) {
            Ok(Step::More(progress)) => Step::More(progress),
            Ok(Step::Done(prepared)) => Step::Done(Ok(prepared)),
            Err(error) => {
                self.cancelled(office);
                Step::Done(Err(error))
            }
        }
    }

    /// What is laid out already and on its way into the ledger stays: it goes on when it is asked for again.
    fn cancelled(&mut self, office: &Office) {
        if let Stage::Laying(laying) = &self.stage {
            // What can't be taken back now is dropped at the next start.
            let _ = laying.give_up(office, &self.session);
        }
    }
}

fn begin(office: &Office, session: &Session, request: &RunRequest) -> Result<Stage, RunError> {
    let paper = office.paper()?;
    paper.form_of(request.programme.as_str())?;
    if request.persons.len() > MOST_SHEETS as usize {
        return Err(RunError::TooMany);
    }
    office.deed(session, Deed::PrepareRun, |transaction| {
        let connection = transaction.connection();
        if preparation::of_draw(connection, request.draw, PreparationState::Laying)?.is_some() {
            return Err(RunError::BeingPrepared);
        }
        let unfinished = preparation::of_draw(connection, request.draw, PreparationState::Writing)?;
        for dropped in preparation::dropped(connection)? {
            let told = account(event(Deed::PrepareRun, dropped.run), &dropped);
            transaction.event(told.detail("state", "dropped"));
            transaction.end_preparation(dropped.preparation, PreparationState::Told)?;
        }
        if let Some((unfinished, manifest)) = unfinished.and_then(|one| Some((one.clone(), one.manifest?))) {
            transaction.event(event(Deed::PrepareRun, unfinished.run).detail("state", "resumed"));
            return Ok(Stage::Writing(unfinished, manifest));
        }
        let preparation = transaction.begin_preparation(request.draw)?;
        transaction.event(
            event(Deed::PrepareRun, preparation.run)
                .detail("state", "begun")
                .detail("drawn", request.persons.len())
                .detail("programme", request.programme),
        );
        Ok(Stage::Laying(Laying {
            preparation,
            paper,
            on: office.today(),
            at: 0,
            serial: 0,
            numbers: Vec::new(),
        }))
    })
}

impl Laying {
    /// Looks at the next persons and lays out their sheets, on the connection that can't write; then stages them.
    fn lay(
        &mut self,
        office: &Office,
        (session, request): (&Session, &RunRequest),
        left_out: &mut Vec<(SubjectId, LeftOut)>,
        until: Instant,
    ) -> Result<(), RunError> {
        if self.numbers.is_empty() {
            let still = request.persons.len().saturating_sub(self.at);
            self.numbers = office.take_voucher_numbers(still.min(NUMBERS))?;
            self.numbers.reverse();
        }
        let mut staged = Vec::new();
        let from = self.at;
        while let Some(person) = request.persons.get(self.at) {
            if (self.at > from && Instant::now() >= until) || self.numbers.is_empty() {
                break;
            }
            self.at += 1;
            let wanted = wanted(*person, request.programme, request.dose);
            match self.sheet(office, &wanted)? {
                Ok(sheet) => {
                    self.serial += 1;
                    staged.push((self.serial, sheet));
                }
                Err(reason) => left_out.push((*person, reason)),
            }
        }
        let preparation = self.preparation.preparation;
        office.slice(session, Deed::PrepareRun, |transaction| {
            Ok::<_, RunError>(transaction.stage_sheets(preparation, &staged)?)
        })?;
        if let Some((_, first)) = staged.first() {
            let first = || first.number.as_str().to_owned();
            self.preparation.first_number.get_or_insert_with(first);
        }
        if let Some((last, sheet)) = staged.last() {
            self.preparation.last_number = Some(sheet.number.as_str().to_owned());
            self.preparation.sheets = *last;
        }
        Ok(())
    }

    /// The sheet of a person under the next number, or why she gets none; the number then is the next one's.
    fn sheet(
        &mut self,
        office: &Office,
        wanted: &Wanted,
    ) -> Result<Result<ManifestSheet, LeftOut>, RunError> {
        let fallen = office.read(|connection| falls_out(connection, wanted, None, self.on))?;
        if let Some(reason) = fallen {
            return Ok(Err(reason));
        }
        let Some(number) = self.numbers.pop() else {
            return Err(RunError::Unsettled);
        };
        let drawn = office.read(|connection| {
            Ok(vouchers::sheet_in(
                connection,
                &self.paper,
                wanted,
                &number,
                String::new(),
                self.on,
            ))
        })?;
        match drawn {
            Ok(sheet) => Ok(Ok(ManifestSheet {
                person: wanted.person,
                number,
                digest: Octets(sheet.digest().to_vec()),
            })),
            Err(VoucherError::Paper(PaperError::Problems(_))) => {
                self.numbers.push(number);
                Ok(Err(LeftOut::NotPrintable))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Everybody has been looked at: the manifest is made.
    fn settle(
        &mut self,
        office: &Office,
        (session, request): (&Session, &RunRequest),
        left_out: &[(SubjectId, LeftOut)],
    ) -> Result<Stage, RunError> {
        if self.serial == 0 {
            return Err(RunError::Nobody(counted(left_out)));
        }
        let form = self.paper.form_of(request.programme.as_str())?;
        let preparation = self.preparation.clone();
        office.slice(session, Deed::PrepareRun, |transaction| {
            let connection = transaction.connection();
            let sheets = preparation::sheets(connection, preparation.preparation, MOST_SHEETS)?;
            let sheets: Vec<ManifestSheet> = sheets.into_iter().map(|(_, sheet)| sheet).collect();
            let mut manifest = Manifest {
                number: format!("R{:04}", run::next_number(connection)?),
                programme: request.programme,
                dose: request.dose,
                form: form.id().to_owned(),
                form_version: form.version(),
                rules_version: rules::embedded().version.clone(),
                draw: request.draw,
                prepared_on: self.on,
                count: sheets.len() as u32,
                left_out: counted(left_out),
                digest: Octets(Vec::new()),
            };
            manifest.digest = Octets(manifest.digest_of(&sheets).to_vec());
            transaction.settle_preparation(preparation.preparation, &manifest)?;
            Ok::<_, RunError>(Stage::Writing(preparation, manifest))
        })
    }

    fn give_up(&self, office: &Office, session: &Session) -> Result<(), RunError> {
        let preparation = &self.preparation;
        office.deed(session, Deed::PrepareRun, |transaction| {
            transaction.end_preparation(preparation.preparation, PreparationState::Cancelled)?;
            let told = account(event(Deed::PrepareRun, preparation.run), preparation);
            transaction.event(told.detail("state", "cancelled"));
            Ok(())
        })
    }
}

/// Which numbers were on the sheets, for somebody who asks where they have gone.
fn account(event: Event, preparation: &Preparation) -> Event {
    let event = event.detail("sheets", preparation.sheets);
    match (&preparation.first_number, &preparation.last_number) {
        (Some(first), Some(last)) => event.detail("first_voucher", first).detail("last_voucher", last),
        _ => event,
    }
}

/// Writes the next part into the ledger; after the last one the manifest, with which the run is there. Answers
/// with the manifest's revision then.
fn write(
    office: &Office,
    session: &Session,
    preparation: &Preparation,
    manifest: &Manifest,
) -> Result<Option<RevisionId>, RunError> {
    let run = preparation.run;
    let part = office.read(|c| preparation::sheets(c, preparation.preparation, SHEETS_PER_PART as u32))?;
    let (Some((from, _)), Some((last, _))) = (part.first(), part.last()) else {
        return office.deed(session, Deed::PrepareRun, |transaction| {
            show(transaction, preparation, manifest).map(Some)
        });
    };
    let (from, last) = (*from, *last);
    let fact = RunFact::Sheets {
        run: Some(run),
        from,
        sheets: part.into_iter().map(|(_, sheet)| sheet).collect(),
    };
    let subject = part_of(run, (from - 1) / SHEETS_PER_PART as u32);
    office.slice(session, Deed::PrepareRun, |transaction| {
        append(transaction, subject, &fact)?;
        Ok::<_, RunError>(transaction.unstage_sheets(preparation.preparation, last)?)
    })?;
    Ok(None)
}

fn show(
    transaction: &mut Transaction<'_>,
    preparation: &Preparation,
    manifest: &Manifest,
) -> Result<RevisionId, RunError> {
    let run = preparation.run;
    let revision = transaction.append(New {
        subject: run,
        about: None,
        body: &RunFact::Prepared(manifest.clone()),
        parents: Parents::None,
    })?;
    transaction.end_preparation(preparation.preparation, PreparationState::Done)?;
    let left_out: u32 = manifest.left_out.iter().map(|(_, count)| count).sum();
    transaction.event(
        account(event(Deed::PrepareRun, run), preparation)
            .detail("state", "done")
            .detail("left_out", left_out)
            .detail("programme", manifest.programme),
    );
    Ok(revision)
}

fn counted(left_out: &[(SubjectId, LeftOut)]) -> Vec<(LeftOut, u32)> {
    let mut counts: BTreeMap<LeftOut, u32> = BTreeMap::new();
    for (_, reason) in left_out {
        *counts.entry(*reason).or_default() += 1;
    }
    counts.into_iter().collect()
}
