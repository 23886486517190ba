//! 接種券の操作. Issue at the counter, reissue with a reason (the old number is void from then on), void,
//! dispatch. One sheet needs no release, but stands on the supervisor's daily list. What is sent to a queue is
//! made here and handed over elsewhere; it counts as printed when the clerk has the sheet in her hand.

mod work;

use std::fmt;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        eligibility::{self, Asked},
        evaluation::Verdict,
        programme::{Programme, ProgrammeCode},
        record::DoseNumber,
        resident::ResidentStatus,
        revision::SubjectId,
        trust::NumberSeries,
        voucher::{Issue, VoidReason, VoucherFact, VoucherNumber},
    },
    office::{
        DeedError, Office, Session,
        forecast::{Due, known_now},
        number::NumberError,
        paper::{self, Paper, PaperError, VoucherContent},
        printers,
    },
    platform::printer::{JobNumber, PrinterError, Printers},
    print::{Sheet, single},
    rules,
    store::{Connection, New, Parents, StoreError, Transaction, forecast, people, resident, voucher},
};

pub use crate::store::voucher::VoucherLine;
pub use work::{NamedVoucher, VoucherLists, VoucherWork};

/// Why no voucher was issued, voided or printed.
#[derive(Debug)]
pub enum VoucherError {
    UnknownPerson,
    Dead,
    NotRegistered,
    UnknownProgramme,
    /// No day is left for this dose: the sentence of the rule that says so.
    NotEligible(String),
    /// There is a valid one; it can only be reissued.
    HasVoucher,
    UnknownNumber,
    /// It is void, or has been used.
    Closed,
    Number(NumberError),
    Paper(PaperError),
    Deed(DeedError),
}

impl fmt::Display for VoucherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPerson => f.write_str("この方は台帳にいません。さがし直してください。"),
            Self::Dead => f.write_str("この方は亡くなっています。接種券は発行できません。"),
            Self::NotRegistered => {
                f.write_str("この方は市の住民ではありません。接種券は発行できません。住所地の市町村に問い合わせてください。")
            }
            Self::UnknownProgramme => f.write_str("この予防接種は決まりにありません。選びなおしてください。"),
            Self::NotEligible(sentence) => write!(f, "接種券を発行できません。{sentence}"),
            Self::HasVoucher => f.write_str("有効な接種券がすでにあります。なくしたときは再発行を選んでください。"),
            Self::UnknownNumber => f.write_str("この番号の接種券はありません。番号を確かめてください。"),
            Self::Closed => f.write_str("この接種券は無効か、使用済みです。新しく発行してください。"),
            Self::Number(error) => error.fmt(f),
            Self::Paper(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VoucherError {}

macro_rules! from {
    ($($error:ty => $variant:ident,)*) => {
        $(impl From<$error> for VoucherError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}
from! { DeedError => Deed, NumberError => Number, PaperError => Paper, }

impl From<StoreError> for VoucherError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// What is to be issued.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub person: SubjectId,
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
}

/// 発行した券.
#[derive(Clone, PartialEq, Debug)]
pub struct Issued {
    pub subject: SubjectId,
    pub number: VoucherNumber,
    pub sheet: Sheet,
}

/// プリンターに渡すもの. A job that says nothing of a person by its name.
#[derive(Clone, PartialEq, Eq)]
pub struct PrintJob {
    pub name: String,
    pub pdf: Vec<u8>,
    /// The usual printer of the form; the machine's own where none was set.
    pub queue: Option<String>,
}

impl PrintJob {
    /// 手わたす. To its queue; outside of any transaction.
    ///
    /// # Errors
    /// [`PrinterError`].
    pub fn hand_over(&self, printers: &Printers) -> Result<JobNumber, PrinterError> {
        match &self.queue {
            Some(queue) => printers.send(queue, &self.name, &self.pdf),
            None => printers.send_to_default(&self.name, &self.pdf),
        }
    }
}

impl fmt::Debug for PrintJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrintJob")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// 接種券の画面の人. Her vouchers, and the doses that can be asked for.
#[derive(Clone)]
pub struct VoucherPerson {
    pub name: String,
    pub birth: String,
    pub lines: Vec<VoucherLine>,
    pub due: Vec<Due>,
}

impl fmt::Debug for VoucherPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherPerson(…)")
    }
}

impl Office {
    /// 接種券の人を開く. Seeing a person is a deed.
    ///
    /// # Errors
    /// [`VoucherError::UnknownPerson`].
    pub fn voucher_person(
        &self,
        session: &Session,
        person: SubjectId,
    ) -> Result<VoucherPerson, VoucherError> {
        let due = self.due(person, self.today())?;
        self.deed(session, Deed::ViewPerson, |transaction| {
            let card =
                resident::card(transaction.connection(), person)?.ok_or(VoucherError::UnknownPerson)?;
            let lines = voucher::vouchers_of(transaction.connection(), person)?;
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(person)
                    .detail("from", "voucher"),
            );
            Ok(VoucherPerson {
                name: card.names.shown().to_owned(),
                birth: paper::birth(&card.birth, false),
                lines,
                due,
            })
        })
    }

    /// 接種券を発行する.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn issue_voucher(&self, session: &Session, wanted: Wanted) -> Result<Issued, VoucherError> {
        let paper = &self.paper()?;
        let today = self.today();
        let check = |connection: &Connection| match valid(connection, &wanted)? {
            Some(_) => Err(VoucherError::HasVoucher),
            None => check_person(connection, &wanted, today),
        };
        // Asked before a number is taken, so that none is wasted, and again inside the deed.
        self.read(|connection| Ok(check(connection)))??;
        let number = self.take_voucher_number()?;
        self.deed(session, Deed::IssueVoucher, |transaction| {
            check(transaction.connection())?;
            let issued = self.issue_in(transaction, session, paper, wanted, number, None)?;
            transaction.event(event(Deed::IssueVoucher, &wanted, &issued));
            Ok(issued)
        })
    }

    /// 再発行する. The old one is void, the new one names it.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn reissue_voucher(
        &self,
        session: &Session,
        old: &VoucherNumber,
        reason: VoidReason,
    ) -> Result<Issued, VoucherError> {
        let paper = &self.paper()?;
        let today = self.today();
        let check = |connection: &Connection| {
            let line = open(connection, old)?;
            let wanted = wanted_of(&line).ok_or(VoucherError::UnknownProgramme)?;
            check_person(connection, &wanted, today)?;
            Ok::<_, VoucherError>((line, wanted))
        };
        self.read(|connection| Ok(check(connection)))??;
        let number = self.take_voucher_number()?;
        self.deed(session, Deed::ReissueVoucher, |transaction| {
            let (line, wanted) = check(transaction.connection())?;
            append(transaction, &line, &VoucherFact::Void { on: today, reason })?;
            let issued = self.issue_in(transaction, session, paper, wanted, number, Some(old.clone()))?;
            transaction.event(
                event(Deed::ReissueVoucher, &wanted, &issued)
                    .detail("replaces", line.subject.0)
                    .detail("reason", reason.code()),
            );
            Ok(issued)
        })
    }

    /// 無効にする.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn void_voucher(
        &self,
        session: &Session,
        number: &VoucherNumber,
        reason: VoidReason,
    ) -> Result<(), VoucherError> {
        let today = self.today();
        self.deed(session, Deed::VoidVoucher, |transaction| {
            let line = open(transaction.connection(), number)?;
            append(transaction, &line, &VoucherFact::Void { on: today, reason })?;
            transaction.event(about(Deed::VoidVoucher, &line).detail("reason", reason.code()));
            Ok(())
        })
    }

    /// 発送を登録する. Given over the counter or put into the post.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn dispatch_voucher(&self, session: &Session, number: &VoucherNumber) -> Result<(), VoucherError> {
        let today = self.today();
        self.deed(session, Deed::DispatchVoucher, |transaction| {
            let line = open(transaction.connection(), number)?;
            append(transaction, &line, &VoucherFact::Dispatched { on: today })?;
            transaction.event(about(Deed::DispatchVoucher, &line));
            Ok(())
        })
    }

    /// 券を印刷に出す. Makes the job; the caller hands it to a queue, then says with
    /// [`Office::confirm_voucher`] whether the sheet is there.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn print_voucher(
        &self,
        session: &Session,
        number: &VoucherNumber,
    ) -> Result<(Sheet, PrintJob), VoucherError> {
        let paper = &self.paper()?;
        let today = self.today();
        self.deed(session, Deed::PrintChunk, |transaction| {
            let line = open(transaction.connection(), number)?;
            let wanted = wanted_of(&line).ok_or(VoucherError::UnknownProgramme)?;
            let sheet = sheet_in(
                transaction.connection(),
                paper,
                &wanted,
                number,
                counter_serial(session),
                today,
            )?;
            let (queue, placing) = printers::usual(transaction.connection(), &line.form)?;
            let pdf = single::placed_pdf(&line.form, std::slice::from_ref(&sheet), placing)
                .map_err(|error| PaperError::Form(font_refused(error)))?;
            let attempt = line.printed_count + line.spoiled_count + 1;
            let name = format!("V{}/1/{attempt}", &line.subject.0.simple().to_string()[..12]);
            transaction.event(about(Deed::PrintChunk, &line).detail("job", &name));
            Ok((sheet, PrintJob { name, pdf, queue }))
        })
    }

    /// 紙を確かめた. Good, or spoiled and destroyed.
    ///
    /// # Errors
    /// [`VoucherError`]; nothing is written then.
    pub fn confirm_voucher(
        &self,
        session: &Session,
        number: &VoucherNumber,
        good: bool,
    ) -> Result<(), VoucherError> {
        let today = self.today();
        let deed = if good {
            Deed::ConfirmChunk
        } else {
            Deed::SpoilSheet
        };
        self.deed(session, deed, |transaction| {
            let line = open(transaction.connection(), number)?;
            let fact = match good {
                true => VoucherFact::Printed { on: today },
                false => VoucherFact::Spoiled { on: today },
            };
            append(transaction, &line, &fact)?;
            transaction.event(about(deed, &line));
            Ok(())
        })
    }

    /// 券を見る. The sheet as it would be printed, for the preview.
    ///
    /// # Errors
    /// [`VoucherError`].
    pub fn voucher_sheet(&self, session: &Session, number: &VoucherNumber) -> Result<Sheet, VoucherError> {
        let paper = &self.paper()?;
        let today = self.today();
        self.deed(session, Deed::ViewPerson, |transaction| {
            let line = voucher::voucher(transaction.connection(), number.as_str())?;
            let line = line.ok_or(VoucherError::UnknownNumber)?;
            let wanted = wanted_of(&line).ok_or(VoucherError::UnknownProgramme)?;
            let serial = counter_serial(session);
            let sheet = sheet_in(transaction.connection(), paper, &wanted, number, serial, today)?;
            transaction.event(about(Deed::ViewPerson, &line).detail("from", "voucher"));
            Ok(sheet)
        })
    }

    /// Issues inside a deed.
    fn issue_in(
        &self,
        transaction: &mut Transaction<'_>,
        session: &Session,
        paper: &Paper,
        wanted: Wanted,
        number: VoucherNumber,
        replaces: Option<VoucherNumber>,
    ) -> Result<Issued, VoucherError> {
        let today = self.today();
        let sheet = sheet_in(
            transaction.connection(),
            paper,
            &wanted,
            &number,
            counter_serial(session),
            today,
        )?;
        let form = paper.form_of(wanted.programme.as_str())?;
        let subject = number.subject(&paper.lg_code);
        let fact = VoucherFact::Issued(Issue {
            number: number.clone(),
            programme: wanted.programme,
            dose: wanted.dose,
            issued_on: today,
            form: form.id().to_owned(),
            form_version: form.version(),
            run: None,
            replaces,
        });
        transaction.append(New {
            subject,
            about: Some(wanted.person),
            body: &fact,
            parents: Parents::None,
        })?;
        Ok(Issued {
            subject,
            number,
            sheet,
        })
    }

    /// Numbers that have a check digit, before the deed that issues them.
    pub(in crate::office) fn take_voucher_numbers(
        &self,
        count: usize,
    ) -> Result<Vec<VoucherNumber>, NumberError> {
        let usable = |running| VoucherNumber::of_running(running).is_some();
        let taken = self.take_numbers(NumberSeries::Voucher, count, usable)?;
        Ok(taken.into_iter().filter_map(VoucherNumber::of_running).collect())
    }

    fn take_voucher_number(&self) -> Result<VoucherNumber, NumberError> {
        self.take_voucher_numbers(1)?.pop().ok_or(NumberError::Exhausted)
    }
}

/// The font is part of the program or lies beside it.
pub(in crate::office) fn font_refused(error: crate::print::FontError) -> crate::print::FormError {
    crate::print::FormError::Refused {
        field: "書体".to_owned(),
        reason: error.into(),
    }
}

fn counter_serial(session: &Session) -> String {
    format!("窓口　{}　{}", session.terminal().0, session.operator().0)
}

/// The valid voucher of a person for a dose, if there is one.
pub(in crate::office) fn valid(
    connection: &Connection,
    wanted: &Wanted,
) -> Result<Option<VoucherLine>, StoreError> {
    let lines = voucher::vouchers_of(connection, wanted.person)?;
    Ok(lines.into_iter().find(|line| {
        line.is_open() && line.programme == wanted.programme.as_str() && line.dose == wanted.dose.code()
    }))
}

fn open(connection: &Connection, number: &VoucherNumber) -> Result<VoucherLine, VoucherError> {
    let line = voucher::voucher(connection, number.as_str())?.ok_or(VoucherError::UnknownNumber)?;
    if line.is_open() {
        Ok(line)
    } else {
        Err(VoucherError::Closed)
    }
}

pub(in crate::office) fn wanted_of(line: &VoucherLine) -> Option<Wanted> {
    Some(Wanted {
        person: line.person,
        programme: ProgrammeCode::parse(&line.programme)?,
        dose: DoseNumber::parse(&line.dose).ok()?,
    })
}

pub(in crate::office) fn programme_of(code: ProgrammeCode) -> Result<&'static Programme, VoucherError> {
    rules::embedded()
        .programme(code)
        .ok_or(VoucherError::UnknownProgramme)
}

fn check_person(
    connection: &Connection,
    wanted: &Wanted,
    today: chrono::NaiveDate,
) -> Result<(), VoucherError> {
    let known =
        known_now(connection, rules::embedded(), wanted.person)?.ok_or(VoucherError::UnknownPerson)?;
    match known.status {
        ResidentStatus::Dead => return Err(VoucherError::Dead),
        ResidentStatus::Registered => {}
        _ => return Err(VoucherError::NotRegistered),
    }
    programme_of(wanted.programme)?;
    let asked = Asked::new(wanted.programme, wanted.dose);
    let evaluation = eligibility::evaluate(rules::embedded(), &known.person, &known.doses, &asked, today);
    if evaluation.verdict == Verdict::Refused && evaluation.next_on.is_none() {
        let reason = evaluation.reasons.last();
        return Err(VoucherError::NotEligible(
            reason.map_or_else(String::new, |reason| reason.sentence.clone()),
        ));
    }
    Ok(())
}

/// 通番を入れる on a sheet that was laid out without.
pub(in crate::office) fn put_serial(
    paper: &Paper,
    wanted: &Wanted,
    sheet: &mut Sheet,
    serial: &str,
) -> Result<(), VoucherError> {
    let form = paper.form_of(wanted.programme.as_str())?;
    Ok(form
        .fill(sheet, paper::SERIAL, serial)
        .map_err(PaperError::from)?)
}

/// The sheet of one voucher, from the register as it is now.
pub(in crate::office) fn sheet_in(
    connection: &Connection,
    paper: &Paper,
    wanted: &Wanted,
    number: &VoucherNumber,
    serial: String,
    on: chrono::NaiveDate,
) -> Result<Sheet, VoucherError> {
    let card = resident::card(connection, wanted.person)?.ok_or(VoucherError::UnknownPerson)?;
    let known = forecast::known(connection, wanted.person)?.ok_or(VoucherError::UnknownPerson)?;
    let form = paper.form_of(wanted.programme.as_str())?;
    let content = VoucherContent {
        programme: programme_of(wanted.programme)?,
        dose: wanted.dose,
        number,
        serial,
        on,
        specimen: people::is_demo(connection)?,
    };
    let values = paper::voucher_values(paper, form, &card, &known.person, &content);
    Ok(form.sheet(&values).map_err(PaperError::from)?)
}

fn append(
    transaction: &mut Transaction<'_>,
    line: &VoucherLine,
    fact: &VoucherFact,
) -> Result<(), StoreError> {
    transaction.append(New {
        subject: line.subject,
        about: Some(line.person),
        body: fact,
        parents: Parents::None,
    })?;
    Ok(())
}

fn event(deed: Deed, wanted: &Wanted, issued: &Issued) -> Event {
    Event::new(deed)
        .about(wanted.person)
        .detail("voucher", issued.subject.0)
        .detail("programme", wanted.programme)
        .detail("dose", wanted.dose.code())
}

fn about(deed: Deed, line: &VoucherLine) -> Event {
    Event::new(deed)
        .about(line.person)
        .detail("voucher", line.subject.0)
}
