//! 印刷の画面のために. What waits to be printed, the queues of this machine, and one sheet of a run to look at. The
//! desktop knows printers only through here.

use crate::{
    domain::{audit::Event, deed::Deed, revision::SubjectId, run::Serial},
    office::{
        Office, Session,
        draw::{DrawLine, Drawn},
        run::{Prepared, RunError, RunLine, RunRequest, serial_words, wanted, whole},
        voucher,
    },
    print::Sheet,
    store::{StoreError, draw, run},
};

pub use crate::platform::printer::{JobNumber, PrinterError, Printers, Queue, QueueState};

/// 印刷の仕事. Runs, and released draws that nobody has prepared yet.
#[derive(Clone, PartialEq, Debug)]
pub enum Job {
    Run(RunLine),
    Draw(DrawLine),
}

impl Job {
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        match self {
            Self::Run(line) => line.subject,
            Self::Draw(line) => line.subject,
        }
    }
}

impl RunRequest {
    /// Everybody of a draw.
    #[must_use]
    pub fn of(drawn: &Drawn) -> Self {
        Self {
            programme: drawn.programme,
            dose: drawn.dose,
            persons: drawn.persons.clone(),
            draw: Some(drawn.draw),
        }
    }
}

impl Office {
    /// 印刷の仕事の一覧. What has to be prepared first, then the runs, newest first.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn print_jobs(&self, most: u32) -> Result<Vec<Job>, StoreError> {
        self.read(|connection| {
            let runs = run::runs(connection, most)?;
            let prepared: Vec<Option<SubjectId>> = runs
                .iter()
                .map(|line| run::draw_of(connection, line.subject))
                .collect::<Result<_, _>>()?;
            let waiting = draw::draws(connection, most)?
                .into_iter()
                .filter(|line| line.released && !line.discarded && !prepared.contains(&Some(line.subject)));
            Ok(waiting
                .map(Job::Draw)
                .chain(runs.into_iter().map(Job::Run))
                .collect())
        })
    }

    /// 抽出から印刷を準備する.
    ///
    /// # Errors
    /// [`RunError`]; nothing is written then.
    pub fn prepare_draw(&self, session: &Session, drawn: &Drawn) -> Result<Prepared, RunError> {
        self.prepare_run(session, &RunRequest::of(drawn))
    }

    /// 一枚を見る. The sheet of a serial as it is printed; seeing a person is a deed.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn run_sheet(&self, session: &Session, run: SubjectId, serial: Serial) -> Result<Sheet, RunError> {
        let paper = &self.paper()?;
        self.deed(session, Deed::ViewPerson, |transaction| {
            let state = whole(transaction.connection(), run)?;
            let line = state.sheet(serial).ok_or(RunError::Serial(serial))?;
            let manifest = &state.manifest;
            let wanted = wanted(line.person, manifest.programme, manifest.dose);
            let words = serial_words(serial, manifest.count, false);
            let on = manifest.prepared_on;
            let connection = transaction.connection();
            let mut sheet = voucher::sheet_in(connection, paper, &wanted, &line.number, String::new(), on)?;
            voucher::put_serial(paper, &wanted, &mut sheet, &words)?;
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(line.person)
                    .detail("from", "print"),
            );
            Ok(sheet)
        })
    }
}
