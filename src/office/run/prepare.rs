//! 印刷の準備. Who of a draw gets a sheet, and who is left out and why. The look is taken when a run is prepared, again
//! before each chunk, and before it leaves the house. The job that prepares is `job`.

use chrono::NaiveDate;

use super::{
    Office, RunError, Session, is_same,
    job::{PrepareRun, Prepared, RunRequest},
    serial_words, wanted,
};
use crate::{
    domain::{
        eligibility::{self, Asked, Covered},
        evaluation::Verdict,
        resident::ResidentStatus,
        revision::SubjectId,
        run::{Chunk, LeftOut, RunState, Serial},
        voucher::VoucherNumber,
    },
    office::{
        forecast::known_now,
        job::SLICE,
        paper::{Paper, PaperError},
        run_here,
        voucher::{self as vouchers, VoucherError, Wanted},
    },
    print::Sheet,
    rules,
    store::{Connection, StoreError, record, resident, voucher},
};

/// What a look at the people of a chunk found.
pub(super) struct Looked {
    pub sheets: Vec<(Serial, Sheet)>,
    pub left_out: Vec<(Serial, LeftOut)>,
}

impl Office {
    /// 印刷を準備する, on this thread. Nothing is printed; vouchers become issued when their chunk is opened.
    ///
    /// # Errors
    /// [`RunError`]; no run is there then.
    pub fn prepare_run(&self, session: &Session, request: &RunRequest) -> Result<Prepared, RunError> {
        run_here(
            self,
            PrepareRun::new(session.clone(), request.clone()),
            SLICE,
            |_| {},
        )
    }

    /// Looks at the people of a chunk once more, and draws the sheets of those who stay.
    pub(super) fn look_again(
        &self,
        connection: &Connection,
        paper: &Paper,
        run: SubjectId,
        state: &RunState,
        chunk: &Chunk,
    ) -> Result<Looked, RunError> {
        let manifest = &state.manifest;
        let mut looked = Looked {
            sheets: Vec::new(),
            left_out: Vec::new(),
        };
        for serial in &chunk.serials {
            let line = state.sheet(*serial).ok_or(RunError::Unsettled)?;
            let wanted = wanted(line.person, manifest.programme, manifest.dose);
            if let Some(reason) = falls_out(connection, &wanted, Some((run, &line.number)), self.today())? {
                looked.left_out.push((*serial, reason));
                continue;
            }
            let (no_serial, on) = (String::new(), manifest.prepared_on);
            match vouchers::sheet_in(connection, paper, &wanted, &line.number, no_serial, on) {
                Ok(mut sheet) if sheet.digest().as_slice() == line.digest.0 => {
                    let words = serial_words(*serial, manifest.count, chunk.reprint);
                    vouchers::put_serial(paper, &wanted, &mut sheet, &words)?;
                    looked.sheets.push((*serial, sheet));
                }
                Ok(_) | Err(VoucherError::Paper(PaperError::Problems(_))) => {
                    looked.left_out.push((*serial, LeftOut::Changed));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(looked)
    }
}

/// Why a person gets no sheet: dead, gone, protected, vaccinated, unsettled, or a voucher of hers is open.
/// `own` is the run and number that the sheet itself stands for.
pub(super) fn falls_out(
    connection: &Connection,
    wanted: &Wanted,
    own: Option<(SubjectId, &VoucherNumber)>,
    today: NaiveDate,
) -> Result<Option<LeftOut>, StoreError> {
    let schedule = rules::embedded();
    let Some(known) = known_now(connection, schedule, wanted.person)? else {
        return Ok(Some(LeftOut::Moved));
    };
    match known.status {
        ResidentStatus::Dead => return Ok(Some(LeftOut::Dead)),
        ResidentStatus::Registered => {}
        _ => return Ok(Some(LeftOut::Moved)),
    }
    if resident::protection(connection, wanted.person)?.is_some() {
        return Ok(Some(LeftOut::Protected));
    }
    if is_in_conflict(connection, wanted.person)? {
        return Ok(Some(LeftOut::Unsettled));
    }
    let asked = Asked::new(wanted.programme, wanted.dose);
    let evaluation = eligibility::evaluate(schedule, &known.person, &known.doses, &asked, today);
    let covered = || {
        let programme = schedule.programme(wanted.programme)?;
        eligibility::cover(schedule, &known.person, &known.doses, programme, today)
    };
    let nothing_left = evaluation.verdict == Verdict::Refused && evaluation.next_on.is_none();
    if nothing_left || covered().is_some_and(|cover| cover.state == Covered::Finished) {
        return Ok(Some(LeftOut::Vaccinated));
    }
    for line in voucher::vouchers_of(connection, wanted.person)? {
        let is_own = own.is_some_and(|(run, number)| line.run == Some(run) && is_same(number, &line.number));
        let same = line.programme == wanted.programme.as_str() && line.dose == wanted.dose.code();
        if same && line.is_open() && !is_own {
            return Ok(Some(LeftOut::HasVoucher));
        }
        if is_own && !line.is_open() {
            return Ok(Some(LeftOut::Changed));
        }
    }
    Ok(None)
}

/// Two heads of one record: left out of every automatic print until somebody has settled it.
fn is_in_conflict(connection: &Connection, person: SubjectId) -> Result<bool, StoreError> {
    let mut records: Vec<SubjectId> = record::doses_of(connection, person)?
        .into_iter()
        .map(|line| line.subject)
        .collect();
    let count = records.len();
    records.sort_unstable();
    records.dedup();
    Ok(records.len() < count)
}
