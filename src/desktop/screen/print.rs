//! 印刷. Runs from the released draw to the post: prepare, release by a second person over this screen, send in
//! chunks, count what came out, destroy and print again, dispatch. What stands in the panels is `view`.

mod afterwards;
mod preparing;
mod view;

use std::sync::Arc;

use iced::{
    Task,
    widget::{image, operation},
};

use self::preparing::Preparing;

use crate::{
    desktop::{
        desk::{Action, Desk, SecondPerson},
        widget::keys::Keys,
    },
    domain::{
        deed::Deed,
        revision::SubjectId,
        run::{RunState, Serial, SpoilReason, Taken},
    },
    office::{
        Session,
        approve::Ruling,
        printers::PrinterSetting,
        printing::{Job, JobNumber, PrinterError, Printers, Queue, QueueState},
        run::{OpenChunk, RunRequest, hand_over},
        voucher::PrintJob,
    },
    print::pixmap,
};

/// Jobs on the list.
const MOST: u32 = 50;
/// Dots per inch of the preview.
const PREVIEW: f32 = 62.0;

/// 印刷.
#[derive(Debug, Default)]
pub struct Print {
    jobs: Vec<Job>,
    current: usize,
    state: Option<Arc<RunState>>,
    queues: Vec<Queue>,
    queue: Option<String>,
    /// The usual printers of the forms, until the clerk chooses another one.
    usual: Vec<PrinterSetting>,
    printer_problem: Option<String>,
    serial: Serial,
    preview: Option<image::Handle>,
    /// 通番 keyed in: the last one on paper, or the one to destroy.
    keyed: String,
    preparing: Option<Preparing>,
    /// Why a sheet is destroyed.
    spoil: Option<SpoilReason>,
    is_printing: bool,
    /// A chunk was taken: what comes next is known once the run is read anew.
    goes_on: bool,
    /// The question before a run is stopped for good stands over the screen.
    is_stopping: bool,
    is_saving: bool,
    problem: Option<String>,
    done: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    BackPressed,
    ReadPressed,
    JobsRead(Result<Vec<Job>, String>),
    StateRead(Result<Arc<RunState>, String>),
    QueuesRead(Result<Vec<Queue>, PrinterError>),
    QueueChosen(String),
    UsualRead(Vec<PrinterSetting>),
    ListPressed,
    ListMade(Result<PrintJob, String>),
    JobMoved(usize),
    SheetMoved(i64),
    PreviewRead(Result<image::Handle, String>),
    KeyedChanged(String),
    PreparePressed,
    DrawnRead(Result<RunRequest, String>),
    PreparingLooked,
    PreparingStopped,
    Prepared(Result<String, String>),
    ReleasePressed,
    SecondArrived(Session),
    Released(Result<(), String>),
    PrintPressed,
    PausePressed,
    ChunkOpened(Result<Arc<OpenChunk>, String>),
    HandedOver(Arc<OpenChunk>, Result<JobNumber, PrinterError>),
    Answered(Result<Taken, String>),
    AskPressed,
    CountPressed,
    SpoilChosen(SpoilReason),
    SpoilPressed,
    StopPressed,
    StopConfirmed,
    StopDropped,
    DispatchPressed,
    Written(Result<String, String>),
}

impl Print {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk, _about: Option<SubjectId>) -> (Self, Task<Message>) {
        let mut print = Self {
            serial: 1,
            ..Self::default()
        };
        let task = print.shown(desk);
        let usual = desk.read(
            |office| office.printer_settings().unwrap_or_default(),
            Message::UsualRead,
        );
        (print, Task::batch([usual, task]))
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        let jobs = desk.read(
            |office| office.print_jobs(MOST).map_err(|error| error.to_string()),
            Message::JobsRead,
        );
        let queues = desk.read(|_| Printers::system().queues(), Message::QueuesRead);
        Task::batch([jobs, queues])
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::BackPressed => return Action::Back,
            Message::ReadPressed => return Action::Run(self.shown(desk)),
            Message::JobsRead(Ok(jobs)) => {
                self.jobs = jobs;
                return self.read_state(desk);
            }
            Message::StateRead(Ok(state)) => {
                self.state = Some(state);
                self.take_usual_queue();
                return self.state_read(desk);
            }
            Message::QueuesRead(read) => self.take_queues(read),
            Message::QueueChosen(name) => {
                self.queue = Some(name);
                self.usual.clear();
            }
            Message::UsualRead(usual) => self.usual = usual,
            Message::ListPressed => return self.print_list(desk),
            Message::ListMade(Ok(job)) => {
                return Action::Run(desk.read(
                    move |_| job.hand_over(&Printers::system()),
                    |answer| {
                        let said = answer.map(|_| "発送名簿をプリンターへ送りました。".to_owned());
                        Message::Written(said.map_err(|error| error.to_string()))
                    },
                ));
            }
            Message::JobMoved(row) => {
                self.current = row;
                self.serial = 1;
                self.forget();
                return self.read_state(desk);
            }
            Message::SheetMoved(by) => return self.turn(by, desk),
            Message::PreviewRead(Ok(picture)) => self.preview = Some(picture),
            Message::KeyedChanged(text) => self.keyed = text,
            Message::PreparePressed => return self.prepare(desk),
            Message::DrawnRead(Ok(request)) => return self.begin_preparing(request, desk),
            Message::PreparingLooked => return Action::Run(self.look_again()),
            Message::PreparingStopped => self.stop_preparing(),
            Message::Prepared(Ok(sentence)) => {
                self.preparing = None;
                return self.said(sentence, desk);
            }
            Message::Prepared(Err(sentence)) => {
                self.preparing = None;
                return self.refused(sentence, desk);
            }
            Message::ReleasePressed => return self.ask_second(),
            Message::SecondArrived(session) => return self.release(session, desk),
            Message::Released(Ok(())) => {
                return self.said("承認されました。F6 で印刷できます。".to_owned(), desk);
            }
            Message::PrintPressed => {
                self.is_printing = true;
                return self.open_chunk(desk);
            }
            Message::PausePressed => self.is_printing = false,
            Message::ChunkOpened(Ok(open)) => return self.chunk_opened(open, desk),
            Message::HandedOver(open, answer) => return self.handed_over(open, answer, desk),
            Message::Answered(Ok(taken)) => return self.answered(taken, desk),
            Message::AskPressed => return self.ask(desk),
            Message::CountPressed => return self.count(desk),
            Message::SpoilChosen(reason) => self.spoil = Some(reason),
            Message::SpoilPressed => return self.spoil(desk),
            Message::StopPressed => self.is_stopping = true,
            Message::StopDropped => self.is_stopping = false,
            Message::StopConfirmed => return self.stop(desk),
            Message::DispatchPressed => return self.dispatch(desk),
            Message::Written(Ok(sentence)) => {
                self.keyed.clear();
                self.spoil = None;
                return self.said(sentence, desk);
            }
            Message::JobsRead(Err(sentence))
            | Message::StateRead(Err(sentence))
            | Message::PreviewRead(Err(sentence))
            | Message::DrawnRead(Err(sentence))
            | Message::Released(Err(sentence))
            | Message::ChunkOpened(Err(sentence))
            | Message::Answered(Err(sentence))
            | Message::ListMade(Err(sentence))
            | Message::Written(Err(sentence)) => return self.refused(sentence, desk),
        }
        Action::None
    }

    fn forget(&mut self) {
        self.state = None;
        self.preview = None;
        self.problem = None;
        self.done = None;
    }

    fn said(&mut self, sentence: String, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        self.problem = None;
        self.done = Some(sentence);
        Action::Run(self.shown(desk))
    }

    fn refused(&mut self, sentence: String, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        self.is_printing = false;
        self.done = None;
        self.problem = Some(sentence);
        Action::Run(self.shown(desk))
    }

    /// Says what is missing, and goes to where it is keyed.
    fn lacks(&mut self, sentence: &str, field: &'static str) -> Action<Message> {
        self.done = None;
        self.problem = Some(sentence.to_owned());
        Action::Run(operation::focus(field))
    }

    fn run(&self) -> Option<SubjectId> {
        match self.jobs.get(self.current) {
            Some(Job::Run(line)) => Some(line.subject),
            _ => None,
        }
    }

    fn take_queues(&mut self, read: Result<Vec<Queue>, PrinterError>) {
        match read {
            Ok(queues) => {
                let chosen = queues.iter().find(|queue| queue.default).or(queues.first());
                if self.queue.is_none() {
                    self.queue = chosen.map(|queue| queue.name.clone());
                }
                self.printer_problem = queues
                    .is_empty()
                    .then(|| "プリンターがありません。技術担当に登録を頼んでください。".to_owned());
                self.queues = queues;
            }
            Err(error) => {
                self.queues.clear();
                self.printer_problem = Some(error.to_string());
            }
        }
    }

    fn read_state(&mut self, desk: &Desk) -> Action<Message> {
        let Some(run) = self.run() else {
            self.state = None;
            self.preview = None;
            return Action::None;
        };
        Action::Run(desk.read(
            move |office| {
                office
                    .run_state(run)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            },
            Message::StateRead,
        ))
    }

    /// The form of this run has a printer of its own.
    fn take_usual_queue(&mut self) {
        let form = self.state.as_ref().map(|state| state.manifest.form.as_str());
        let usual = self
            .usual
            .iter()
            .find(|setting| Some(setting.form.as_str()) == form);
        let known = usual.filter(|setting| self.queues.iter().any(|queue| queue.name == setting.queue));
        if let Some(setting) = known {
            self.queue = Some(setting.queue.clone());
        }
    }

    /// While a run is sent the next chunk follows; after the last one the clerk counts.
    fn state_read(&mut self, desk: &Desk) -> Action<Message> {
        if std::mem::take(&mut self.goes_on) && self.is_printing {
            if self.state.as_ref().is_some_and(|state| state.next().is_some()) {
                return self.open_chunk(desk);
            }
            self.is_printing = false;
            self.problem = None;
            self.done = Some("全部をプリンターへ送りました。出た紙を数えて F12。".to_owned());
        }
        self.read_preview(desk)
    }

    fn read_preview(&self, desk: &Desk) -> Action<Message> {
        let Some(run) = self.run() else {
            return Action::None;
        };
        let serial = self.serial;
        Action::Run(desk.deed(
            move |office, session| {
                let sheet = office
                    .run_sheet(session, run, serial)
                    .map_err(|error| error.to_string())?;
                let picture = pixmap::picture(&sheet, PREVIEW).map_err(|error| error.to_string())?;
                Ok(image::Handle::from_rgba(
                    picture.width,
                    picture.height,
                    picture.rgba,
                ))
            },
            Message::PreviewRead,
        ))
    }

    fn turn(&mut self, by: i64, desk: &Desk) -> Action<Message> {
        let count = self.state.as_ref().map_or(1, |state| state.manifest.count);
        self.serial = (i64::from(self.serial) + by).clamp(1, i64::from(count)) as Serial;
        self.read_preview(desk)
    }

    fn ask_second(&self) -> Action<Message> {
        let Some(Job::Run(line)) = self.jobs.get(self.current) else {
            return Action::None;
        };
        Action::SecondPerson(SecondPerson {
            purpose: format!("{} の印刷（{} 枚）を承認します。", line.number, line.sheets),
            then: Box::new(Message::SecondArrived),
        })
    }

    fn release(&mut self, session: Session, desk: &Desk) -> Action<Message> {
        let Some(Job::Run(line)) = self.jobs.get(self.current) else {
            return Action::None;
        };
        let prepared = line.prepared;
        self.is_saving = true;
        let decided = desk.handle.counter(move |office| {
            office
                .decide(&session, Deed::ReleaseRun, &[prepared], &Ruling::APPROVE)
                .map(|_| ())
                .map_err(|error| error.to_string())
        });
        Action::Run(Task::perform(decided, Message::Released))
    }

    fn open_chunk(&mut self, desk: &Desk) -> Action<Message> {
        let (Some(run), Some(queue)) = (self.run(), self.queue.clone()) else {
            self.is_printing = false;
            return Action::None;
        };
        self.is_saving = true;
        self.done = None;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .open_chunk(session, run, &queue)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            },
            Message::ChunkOpened,
        ))
    }

    fn chunk_opened(&mut self, open: Arc<OpenChunk>, desk: &Desk) -> Action<Message> {
        if open.serials.is_empty() {
            return self.answered(Taken::Taken, desk);
        }
        let sent = Arc::clone(&open);
        Action::Run(desk.read(
            move |_| hand_over(&Printers::system(), &sent),
            move |answer| Message::HandedOver(Arc::clone(&open), answer),
        ))
    }

    fn handed_over(
        &mut self,
        open: Arc<OpenChunk>,
        answer: Result<JobNumber, PrinterError>,
        desk: &Desk,
    ) -> Action<Message> {
        if let Err(error) = &answer {
            self.is_printing = false;
            self.problem = Some(error.to_string());
        }
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .answer_chunk(session, &open, &answer)
                    .map_err(|error| error.to_string())
            },
            Message::Answered,
        ))
    }

    fn answered(&mut self, taken: Taken, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        self.goes_on = self.is_printing && taken == Taken::Taken;
        self.is_printing = self.goes_on;
        Action::Run(self.shown(desk))
    }

    fn is_ready(&self) -> bool {
        let printer = self
            .queues
            .iter()
            .find(|queue| Some(&queue.name) == self.queue.as_ref());
        printer.is_some_and(|queue| queue.state != QueueState::Rejecting)
    }

    pub fn keys(&self) -> Keys<Message> {
        if self.is_stopping {
            return Keys::new().esc("つづける", Message::StopDropped);
        }
        let job = self.jobs.get(self.current);
        let is_draw = matches!(job, Some(Job::Draw(_)));
        let run = match job {
            Some(Job::Run(line)) => Some(line),
            _ => None,
        };
        let free = !self.is_saving;
        let waits = |line: &&crate::office::run::RunLine| !line.needs_release() || line.is_released;
        let is_open = self
            .state
            .as_ref()
            .is_some_and(|state| state.unsettled().is_some());
        let can_print = run
            .filter(waits)
            .is_some_and(|line| line.waiting + line.spoiled > 0);
        let can_post = run.is_some_and(|line| line.printed > 0 && line.dispatched_on.is_none());
        let keys = match is_draw {
            true => Keys::new().f_if(
                free && self.preparing.is_none(),
                2,
                "準備",
                Message::PreparePressed,
            ),
            false => Keys::new().f_if(free && can_post, 2, "発送", Message::DispatchPressed),
        };
        let keys = match &self.preparing {
            Some(_) => keys.f(8, "準備の中止", Message::PreparingStopped),
            None => keys.f_if(free && run.is_some(), 8, "中止", Message::StopPressed),
        };
        keys.esc("もどる", Message::BackPressed)
            .f_if(free && is_open, 3, "行列を確認", Message::AskPressed)
            .f_if(
                free && run.is_some_and(|line| line.needs_release() && !line.is_released),
                4,
                "承認",
                Message::ReleasePressed,
            )
            .f(5, "状態を読む", Message::ReadPressed)
            .f_if(
                free && can_print && self.is_ready(),
                6,
                "印刷",
                Message::PrintPressed,
            )
            .f_if(self.is_printing, 7, "一時停止", Message::PausePressed)
            .f_if(free && run.is_some(), 9, "刷損の登録", Message::SpoilPressed)
            .f_if(free && run.is_some(), 10, "名簿の印刷", Message::ListPressed)
            .f_if(free && run.is_some(), 12, "枚数の確認", Message::CountPressed)
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }
}
