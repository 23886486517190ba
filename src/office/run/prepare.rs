//! 印刷の準備. Who of a draw gets a sheet, under which number and serial, and who is left out and why; the
//! manifest with the digest that a second person releases. The same look is taken again before each chunk.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Office, RunError, Session, append, event, is_same, serial_words, wanted};
use crate::{
    domain::{
        deed::Deed,
        eligibility::{self, Asked},
        evaluation::Verdict,
        programme::ProgrammeCode,
        record::DoseNumber,
        resident::ResidentStatus,
        revision::{RevisionId, SubjectId},
        run::{
            Chunk, LeftOut, MOST_SHEETS, Manifest, ManifestSheet, RunFact, RunState, SHEETS_PER_PART, Serial,
        },
        trust::Octets,
        voucher::VoucherNumber,
    },
    office::{
        paper::{Paper, PaperError},
        voucher::{self as vouchers, VoucherError, Wanted},
    },
    print::Sheet,
    rules,
    store::{Connection, New, Parents, StoreError, forecast, record, resident, run, voucher},
};

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
    /// For the officer: who was left out, and why.
    pub left_out: Vec<(SubjectId, LeftOut)>,
}

/// What a look at the people of a chunk found.
pub(super) struct Looked {
    pub sheets: Vec<(Serial, Sheet)>,
    pub left_out: Vec<(Serial, LeftOut)>,
}

impl Office {
    /// 印刷を準備する. Nothing is printed; vouchers become issued when their chunk is opened.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn prepare_run(&self, session: &Session, request: &RunRequest) -> Result<Prepared, RunError> {
        let paper = &self.paper()?;
        let form = paper.form_of(request.programme.as_str())?;
        if request.persons.len() > MOST_SHEETS as usize {
            return Err(RunError::TooMany);
        }
        let today = self.today();
        let look = |connection: &Connection| {
            let (mut kept, mut left_out) = (Vec::new(), Vec::new());
            for person in &request.persons {
                let wanted = wanted(*person, request.programme, request.dose);
                match falls_out(connection, &wanted, None, today)? {
                    Some(reason) => left_out.push((*person, reason)),
                    None => kept.push(wanted),
                }
            }
            Ok::<_, StoreError>((kept, left_out))
        };
        // Numbers are taken before the deed; who has fallen out until then leaves hers unused.
        let (kept, _) = self.read(look)?;
        let numbers = self.take_voucher_numbers(kept.len())?;
        self.deed(session, Deed::PrepareRun, |transaction| {
            let (kept, mut left_out) = look(transaction.connection())?;
            let mut lines: Vec<(Wanted, VoucherNumber)> = Vec::with_capacity(kept.len());
            for (wanted, number) in kept.into_iter().zip(numbers) {
                match vouchers::sheet_in(
                    transaction.connection(),
                    paper,
                    &wanted,
                    &number,
                    String::new(),
                    today,
                ) {
                    Ok(_) => lines.push((wanted, number)),
                    Err(VoucherError::Paper(PaperError::Problems(_))) => {
                        left_out.push((wanted.person, LeftOut::NotPrintable));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            if lines.is_empty() {
                return Err(RunError::Nobody(counted(&left_out)));
            }
            let count = lines.len() as u32;
            let mut sheets = Vec::with_capacity(lines.len());
            for (serial, (wanted, number)) in (1..).zip(&lines) {
                let words = serial_words(serial, count, false);
                let sheet =
                    vouchers::sheet_in(transaction.connection(), paper, wanted, number, words, today)?;
                sheets.push(ManifestSheet {
                    person: wanted.person,
                    number: number.clone(),
                    digest: Octets(sheet.digest().to_vec()),
                });
            }
            let mut manifest = Manifest {
                number: format!("R{:04}", run::next_number(transaction.connection())?),
                programme: request.programme,
                dose: request.dose,
                form: form.id().to_owned(),
                form_version: form.version(),
                rules_version: rules::embedded().version.clone(),
                draw: request.draw,
                prepared_on: today,
                count,
                left_out: counted(&left_out),
                digest: Octets(Vec::new()),
            };
            manifest.digest = Octets(manifest.digest_of(&sheets).to_vec());
            let run = transaction.new_subject();
            let revision = transaction.append(New {
                subject: run,
                about: None,
                body: &RunFact::Prepared(manifest.clone()),
                parents: Parents::None,
            })?;
            for (part, sheets) in sheets.chunks(SHEETS_PER_PART).enumerate() {
                append(
                    transaction,
                    run,
                    &RunFact::Sheets {
                        from: (part * SHEETS_PER_PART) as Serial + 1,
                        sheets: sheets.to_vec(),
                    },
                )?;
            }
            transaction.event(
                event(Deed::PrepareRun, run)
                    .detail("sheets", count)
                    .detail("left_out", left_out.len())
                    .detail("programme", request.programme),
            );
            Ok(Prepared {
                run,
                revision,
                manifest,
                left_out,
            })
        })
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
            let draw = |reprint| {
                let words = serial_words(*serial, manifest.count, reprint);
                vouchers::sheet_in(
                    connection,
                    paper,
                    &wanted,
                    &line.number,
                    words,
                    manifest.prepared_on,
                )
            };
            match draw(false) {
                Ok(sheet) if sheet.digest().as_slice() == line.digest.0 => {
                    let sheet = if chunk.reprint { draw(true)? } else { sheet };
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

fn counted(left_out: &[(SubjectId, LeftOut)]) -> Vec<(LeftOut, u32)> {
    let mut counts: BTreeMap<LeftOut, u32> = BTreeMap::new();
    for (_, reason) in left_out {
        *counts.entry(*reason).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// Why a person gets no sheet: dead, gone, protected, vaccinated, unsettled, or a voucher of hers is open.
/// `own` is the run and number that the sheet itself stands for.
pub(super) fn falls_out(
    connection: &Connection,
    wanted: &Wanted,
    own: Option<(SubjectId, &VoucherNumber)>,
    today: NaiveDate,
) -> Result<Option<LeftOut>, StoreError> {
    let Some(known) = forecast::known(connection, wanted.person)? else {
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
    let evaluation = eligibility::evaluate(rules::embedded(), &known.person, &known.doses, &asked, today);
    if evaluation.verdict == Verdict::Refused && evaluation.next_on.is_none() {
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
