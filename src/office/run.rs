//! 印刷の操作. A run is prepared with its manifest, released by a second person, and sent in chunks: intent before,
//! result after. Between preparing and printing, and again before dispatch, death, move, protection, new doses
//! and changed values are looked for; who fell out is listed and not printed. The state itself is
//! `domain::run`, the queue `platform::printer`.

mod dispatch;
mod job;
mod prepare;

use std::fmt;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::SubjectId,
        run::{Chunk, LeftOut, RunFact, RunState, Serial, SpoilReason, Taken, WITHOUT_RELEASE, job_name},
        voucher::{Issue, VoucherFact, VoucherNumber},
    },
    office::{
        DeedError, Office, Session,
        number::NumberError,
        paper::{Paper, PaperError},
        printers,
        voucher::{PrintJob, VoucherError, Wanted, font_refused},
    },
    platform::printer::{Found, JobNumber, PrinterError, Printers},
    print::{
        Sheet,
        sheet::Placing,
        stream::{Stream, StreamError},
    },
    store::{Connection, New, Parents, StoreError, Transaction, approvals, run},
};

pub use crate::store::run::RunLine;
pub use dispatch::Dispatched;
pub use job::{PrepareRun, Prepared, RunRequest};

/// Why a run was not prepared, printed or dispatched.
#[derive(Debug)]
pub enum RunError {
    /// Nobody is left to print for, and why so many fell out.
    Nobody(Vec<(LeftOut, u32)>),
    TooMany,
    /// Another job is preparing the same just now.
    BeingPrepared,
    UnknownProgramme,
    Unknown,
    /// More than ten sheets wait for a second person.
    NotReleased,
    /// The manifest and its lines don't agree, or facts contradict each other.
    Unsettled,
    /// Nothing waits to be printed: all sent, stopped, or a job is 未確認.
    NothingWaits,
    /// A job has to be settled first: chunk and its serials.
    Unconfirmed {
        chunk: u32,
        from: Serial,
        to: Serial,
    },
    /// This chunk is not open.
    NotOpen,
    /// A serial of this run that is not where the deed needs it.
    Serial(Serial),
    /// Sheets are still out: not printed, or not counted.
    NotFinished,
    Number(NumberError),
    Paper(PaperError),
    Deed(DeedError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody(reasons) => {
                f.write_str("印刷する人がいません。除いたわけを確かめ、抽出しなおしてください。")?;
                reasons
                    .iter()
                    .try_for_each(|(reason, count)| write!(f, "\n{}\t{count} 人", reason.label()))
            }
            Self::TooMany => f.write_str("一度に準備できる枚数を超えています。地区や月で分けてください。"),
            Self::BeingPrepared => f.write_str(
                "この印刷は、いま準備しているところです。終わるのを待って一覧を読みなおしてください。",
            ),
            Self::UnknownProgramme => f.write_str("この予防接種は決まりにありません。選びなおしてください。"),
            Self::Unknown => f.write_str("この印刷は見つかりません。一覧を読みなおしてください。"),
            Self::NotReleased => write!(
                f,
                "{WITHOUT_RELEASE}枚を超える印刷には、もう1人の承認が要ります。承認を受けてから印刷してください。"
            ),
            Self::Unsettled => {
                f.write_str("印刷の記録が食いちがっています。印刷せず、監督の担当に知らせてください。")
            }
            Self::NothingWaits => {
                f.write_str("印刷を待っている紙はありません。一覧で状態を確かめてください。")
            }
            Self::Unconfirmed { chunk, from, to } => write!(
                f,
                "{chunk}組（通番 {from}～{to}）が未確認です。出てきた紙を数え、何番から続けるかを選んでください。"
            ),
            Self::NotOpen => f.write_str("この組はもう確かめてあります。一覧を読みなおしてください。"),
            Self::Serial(serial) => write!(
                f,
                "通番 {serial} はこの操作ができる状態ではありません。一覧で確かめてください。"
            ),
            Self::NotFinished => {
                f.write_str("まだ印刷や枚数の確認が済んでいません。済ませてから発送してください。")
            }
            Self::Number(error) => error.fmt(f),
            Self::Paper(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

macro_rules! from {
    ($($error:ty => $variant:ident,)*) => {
        $(impl From<$error> for RunError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}
from! { DeedError => Deed, NumberError => Number, PaperError => Paper, }

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl From<VoucherError> for RunError {
    fn from(error: VoucherError) -> Self {
        match error {
            VoucherError::Number(error) => Self::Number(error),
            VoucherError::Paper(error) => Self::Paper(error),
            VoucherError::Deed(error) => Self::Deed(error),
            _ => Self::UnknownProgramme,
        }
    }
}

/// 送る組. A chunk whose intent is on disk: hand it over, then say how it went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenChunk {
    pub run: SubjectId,
    pub chunk: u32,
    pub attempt: u32,
    pub queue: String,
    pub serials: Vec<Serial>,
    /// Who fell out just now, and why.
    pub left_out: Vec<(Serial, LeftOut)>,
    pub job: PrintJob,
}

impl Office {
    /// つぎの組を開く. Looks at each person once more, writes down what is about to be sent, and makes the job.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn open_chunk(&self, session: &Session, run: SubjectId, queue: &str) -> Result<OpenChunk, RunError> {
        let paper = &self.paper()?;
        self.deed(session, Deed::PrintChunk, |transaction| {
            let state = ready(transaction.connection(), run)?;
            let chunk = next(&state)?;
            let looked = self.look_again(transaction.connection(), paper, run, &state, &chunk)?;
            for (serial, reason) in &looked.left_out {
                append(
                    transaction,
                    run,
                    &RunFact::Withdrawn {
                        serial: *serial,
                        reason: *reason,
                    },
                )?;
            }
            if looked.sheets.is_empty() {
                let job = PrintJob {
                    name: String::new(),
                    pdf: Vec::new(),
                    queue: None,
                };
                transaction.event(event(Deed::PrintChunk, run).detail("left_out", looked.left_out.len()));
                return Ok(OpenChunk {
                    run,
                    chunk: chunk.chunk,
                    attempt: chunk.attempt,
                    queue: queue.to_owned(),
                    serials: Vec::new(),
                    left_out: looked.left_out,
                    job,
                });
            }
            let serials: Vec<Serial> = looked.sheets.iter().map(|(serial, _)| *serial).collect();
            append(
                transaction,
                run,
                &RunFact::Intended {
                    chunk: chunk.chunk,
                    attempt: chunk.attempt,
                    serials: serials.clone(),
                    queue: queue.to_owned(),
                    reprint: chunk.reprint,
                },
            )?;
            self.issue_vouchers(transaction, paper, run, &state, &serials)?;
            let name = job_name(&state.manifest.number, chunk.chunk, chunk.attempt);
            let placing = printers::placing(transaction.connection(), &state.manifest.form, queue)?;
            let pdf = stream(looked.sheets.iter().map(|(_, sheet)| sheet), placing)?;
            transaction.event(
                event(Deed::PrintChunk, run)
                    .detail("job", &name)
                    .detail("sheets", serials.len())
                    .detail("left_out", looked.left_out.len()),
            );
            Ok(OpenChunk {
                run,
                chunk: chunk.chunk,
                attempt: chunk.attempt,
                queue: queue.to_owned(),
                serials,
                left_out: looked.left_out,
                job: PrintJob {
                    name,
                    pdf,
                    queue: Some(queue.to_owned()),
                },
            })
        })
    }

    /// 結果を書く. What the queue said when the job was handed over.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn answer_chunk(
        &self,
        session: &Session,
        open: &OpenChunk,
        answer: &Result<JobNumber, PrinterError>,
    ) -> Result<Taken, RunError> {
        let (taken, job) = match answer {
            Ok(job) => (Taken::Taken, Some(*job)),
            Err(PrinterError::Broken) => (Taken::Unknown, None),
            Err(_) => (Taken::NotTaken, None),
        };
        self.write_answer(session, open.run, (open.chunk, open.attempt), taken, job)
    }

    /// 待ち行列に聞く. After a crash: the job that has no answer yet is asked for by its name.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn ask_queue(
        &self,
        session: &Session,
        printers: &Printers,
        run: SubjectId,
    ) -> Result<Option<Taken>, RunError> {
        let state = self.run_state(run)?;
        let Some(open) = state.unsettled().filter(|open| !open.is_asked) else {
            return Ok(None);
        };
        let name = job_name(&state.manifest.number, open.chunk, open.attempt);
        let (taken, job) = match printers.find(&open.queue, &name, state.witness(&open.queue)) {
            Found::Taken(job) => (Taken::Taken, Some(job)),
            Found::NotTaken => (Taken::NotTaken, None),
            Found::Unknown => (Taken::Unknown, None),
        };
        self.write_answer(session, run, (open.chunk, open.attempt), taken, job)
            .map(Some)
    }

    /// 枚数を確かめた. Everything of the chunk is on paper, or everything before `from`.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn confirm_chunk(
        &self,
        session: &Session,
        run: SubjectId,
        chunk: (u32, u32),
        from: Option<Serial>,
    ) -> Result<(), RunError> {
        self.deed(session, Deed::ConfirmChunk, |transaction| {
            let state = whole(transaction.connection(), run)?;
            let unsettled = state.unsettled().map(|open| (open.chunk, open.attempt));
            let counted = state
                .uncounted()
                .iter()
                .any(|(one, attempt, ..)| (*one, *attempt) == chunk);
            if unsettled != Some(chunk) && !counted {
                return Err(RunError::NotOpen);
            }
            append(
                transaction,
                run,
                &RunFact::Confirmed {
                    chunk: chunk.0,
                    attempt: chunk.1,
                    from,
                },
            )?;
            let mut said = event(Deed::ConfirmChunk, run)
                .detail("chunk", chunk.0)
                .detail("attempt", chunk.1);
            if let Some(from) = from {
                said = said.detail("from", from);
            }
            transaction.event(said);
            Ok(())
        })
    }

    /// 廃棄を登録する. A sheet that came out and was destroyed; only then may it be printed again.
    ///
    /// # Errors
    /// [`RunError::Serial`] where a sheet never came out.
    pub fn spoil_sheets(
        &self,
        session: &Session,
        run: SubjectId,
        serials: &[Serial],
        reason: SpoilReason,
    ) -> Result<(), RunError> {
        use crate::domain::run::SerialState::{Printed, Sent};
        self.deed(session, Deed::SpoilSheet, |transaction| {
            let state = whole(transaction.connection(), run)?;
            if state.dispatched.is_some() {
                return Err(RunError::NotOpen);
            }
            for serial in serials {
                if !matches!(state.serial(*serial), Some(Printed | Sent)) {
                    return Err(RunError::Serial(*serial));
                }
            }
            append(
                transaction,
                run,
                &RunFact::Spoiled {
                    serials: serials.to_vec(),
                    reason,
                },
            )?;
            transaction.event(
                event(Deed::SpoilSheet, run)
                    .detail("sheets", serials.len())
                    .detail("reason", reason.code()),
            );
            Ok(())
        })
    }

    /// 中止する. What is out stays out; nothing more is sent.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn stop_run(&self, session: &Session, run: SubjectId) -> Result<(), RunError> {
        self.deed(session, Deed::StopRun, |transaction| {
            whole(transaction.connection(), run)?;
            append(transaction, run, &RunFact::Stopped)?;
            transaction.event(event(Deed::StopRun, run));
            Ok(())
        })
    }

    /// 印刷の状態.
    ///
    /// # Errors
    /// [`RunError::Unknown`] where there is none.
    pub fn run_state(&self, run: SubjectId) -> Result<RunState, RunError> {
        self.read(|connection| run::state(connection, run))?
            .ok_or(RunError::Unknown)
    }

    /// 印刷の一覧, newest first.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn runs(&self, most: u32) -> Result<Vec<RunLine>, StoreError> {
        self.read(|connection| run::runs(connection, most))
    }

    fn write_answer(
        &self,
        session: &Session,
        run: SubjectId,
        (chunk, attempt): (u32, u32),
        taken: Taken,
        job: Option<JobNumber>,
    ) -> Result<Taken, RunError> {
        self.deed(session, Deed::PrintChunk, |transaction| {
            append(
                transaction,
                run,
                &RunFact::Answered {
                    chunk,
                    attempt,
                    taken,
                    job,
                },
            )?;
            let word = match taken {
                Taken::Taken => "taken",
                Taken::NotTaken => "not_taken",
                Taken::Unknown => "unknown",
            };
            transaction.event(
                event(Deed::PrintChunk, run)
                    .detail("chunk", chunk)
                    .detail("answer", word),
            );
            Ok(taken)
        })
    }

    /// The vouchers of the serials that have none yet become issued with the intent.
    fn issue_vouchers(
        &self,
        transaction: &mut Transaction<'_>,
        paper: &Paper,
        run: SubjectId,
        state: &RunState,
        serials: &[Serial],
    ) -> Result<(), RunError> {
        let today = self.today();
        let manifest = &state.manifest;
        for sheet in serials.iter().filter_map(|serial| state.sheet(*serial)) {
            if crate::store::voucher::voucher(transaction.connection(), sheet.number.as_str())?.is_some() {
                continue;
            }
            let fact = VoucherFact::Issued(Issue {
                number: sheet.number.clone(),
                programme: manifest.programme,
                dose: manifest.dose,
                issued_on: today,
                form: manifest.form.clone(),
                form_version: manifest.form_version,
                run: Some(run),
                replaces: None,
            });
            transaction.append(New {
                subject: sheet.number.subject(&paper.lg_code),
                about: Some(sheet.person),
                body: &fact,
                parents: Parents::None,
            })?;
        }
        Ok(())
    }
}

/// 手わたす. Gives a chunk to its queue; outside of any transaction.
///
/// # Errors
/// [`PrinterError`].
pub fn hand_over(printers: &Printers, open: &OpenChunk) -> Result<JobNumber, PrinterError> {
    printers.send(&open.queue, &open.job.name, &open.job.pdf)
}

pub(super) fn append(
    transaction: &mut Transaction<'_>,
    run: SubjectId,
    fact: &RunFact,
) -> Result<(), StoreError> {
    transaction.append(New {
        subject: run,
        about: None,
        body: fact,
        parents: Parents::None,
    })?;
    Ok(())
}

pub(super) fn event(deed: Deed, run: SubjectId) -> Event {
    Event::new(deed).detail("run", run.0)
}

/// A run whose facts agree.
pub(super) fn whole(connection: &Connection, run: SubjectId) -> Result<RunState, RunError> {
    let state = run::state(connection, run)?.ok_or(RunError::Unknown)?;
    if state.is_unsettled || !state.is_whole() {
        return Err(RunError::Unsettled);
    }
    Ok(state)
}

/// A run that may be printed: released where it has to be.
fn ready(connection: &Connection, run: SubjectId) -> Result<RunState, RunError> {
    let state = whole(connection, run)?;
    if state.manifest.count > WITHOUT_RELEASE {
        let line = run::run(connection, run)?.ok_or(RunError::Unknown)?;
        if !approvals::is_approved(connection, line.prepared)? {
            return Err(RunError::NotReleased);
        }
    }
    Ok(state)
}

fn next(state: &RunState) -> Result<Chunk, RunError> {
    if let Some(chunk) = state.next() {
        return Ok(chunk);
    }
    let open = state.unsettled().ok_or(RunError::NothingWaits)?;
    Err(RunError::Unconfirmed {
        chunk: open.chunk,
        from: open.serials.first().copied().unwrap_or(0),
        to: open.serials.last().copied().unwrap_or(0),
    })
}

fn stream<'s>(sheets: impl Iterator<Item = &'s Sheet>, placing: Placing) -> Result<Vec<u8>, PaperError> {
    let refused = |error| match error {
        StreamError::Font(error) => PaperError::Form(font_refused(error)),
        StreamError::Write(_) => PaperError::NoForm,
    };
    let mut pdf = Stream::begin(Vec::new()).map_err(refused)?.placed(placing);
    for sheet in sheets {
        pdf.sheet(sheet).map_err(refused)?;
    }
    pdf.end().map_err(refused)
}

pub(super) fn wanted(person: SubjectId, programme: ProgrammeCode, dose: DoseNumber) -> Wanted {
    Wanted {
        person,
        programme,
        dose,
    }
}

pub(super) fn serial_words(serial: Serial, count: u32, reprint: bool) -> String {
    let again = if reprint { "再印刷　" } else { "" };
    format!("{again}通番 {serial:06}／{count:06}")
}

pub(super) fn is_same(number: &VoucherNumber, other: &str) -> bool {
    number.as_str() == other
}
