//! 接種券. The vouchers of a person at the counter: issue, print, lost and issued again, void, handed over. The
//! sheet is shown as it will be printed; one sheet needs no release.

mod view;

use chrono::NaiveDate;
use iced::{
    Task,
    widget::{image, operation},
};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::{Errand, Place},
        widget::keys::Keys,
    },
    domain::{
        revision::SubjectId,
        voucher::{VoidReason, VoucherNumber},
    },
    office::{
        Office, Session,
        forecast::{Due, DueStatus},
        printing::{JobNumber, PrinterError, Printers},
        voucher::{PrintJob, VoucherError, VoucherLine, VoucherPerson, Wanted},
    },
    print::pixmap,
};

const PREVIEW: f32 = 62.0;

/// 接種券.
#[derive(Debug, Default)]
pub struct Vouchers {
    today: Option<NaiveDate>,
    person: Option<SubjectId>,
    name: String,
    birth: String,
    lines: Vec<VoucherLine>,
    due: Vec<Due>,
    line: usize,
    wanted: usize,
    reason: Option<VoidReason>,
    preview: Option<image::Handle>,
    is_saving: bool,
    problem: Option<String>,
    done: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    BackPressed,
    PersonRead(Result<VoucherPerson, String>),
    SearchPressed,
    ListsPressed,
    LineMoved(usize),
    DueMoved(usize),
    ReasonChosen(VoidReason),
    PreviewRead(Result<image::Handle, String>),
    IssuePressed,
    ReissuePressed,
    VoidPressed,
    DispatchPressed,
    PrintPressed,
    JobMade(Result<PrintJob, String>),
    HandedOver(Result<JobNumber, PrinterError>),
    PrintedPressed,
    SpoiledPressed,
    Written(Result<String, String>),
}

impl Vouchers {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>) {
        let mut screen = Self {
            today: Some(desk.today),
            person: about,
            ..Self::default()
        };
        let task = screen.shown(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        let Some(person) = self.person else {
            return Task::none();
        };
        desk.deed(
            move |office, session| {
                office
                    .voucher_person(session, person)
                    .map_err(|error| error.to_string())
            },
            Message::PersonRead,
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::BackPressed => return Action::Back,
            Message::PersonRead(Ok(person)) => {
                self.take(person);
                return self.look(desk);
            }
            Message::ListsPressed => return Action::Go(Place::VoucherLists),
            Message::SearchPressed => return Action::Go(Place::PersonFor(Errand::Voucher)),
            Message::LineMoved(row) => {
                self.line = row;
                return self.look(desk);
            }
            Message::DueMoved(row) => self.wanted = row,
            Message::ReasonChosen(reason) => {
                self.reason = Some(reason);
                self.problem = None;
            }
            Message::PreviewRead(read) => self.preview = read.ok(),
            Message::IssuePressed => return self.issue(desk),
            Message::ReissuePressed => return self.reissue(desk),
            Message::VoidPressed => return self.void(desk),
            Message::DispatchPressed => {
                return self.write(desk, |office, session, number| {
                    office
                        .dispatch_voucher(session, &number)
                        .map(|()| "渡したことを登録しました。".to_owned())
                });
            }
            Message::PrintPressed => return self.print(desk),
            Message::JobMade(Ok(job)) => {
                return Action::Run(
                    desk.read(move |_| job.hand_over(&Printers::system()), Message::HandedOver),
                );
            }
            Message::HandedOver(answer) => self.handed_over(answer),
            Message::PrintedPressed => return self.confirm(desk, true),
            Message::SpoiledPressed => return self.confirm(desk, false),
            Message::Written(Ok(sentence)) => {
                self.is_saving = false;
                self.problem = None;
                self.reason = None;
                self.done = Some(sentence);
                return Action::Run(self.shown(desk));
            }
            Message::PersonRead(Err(sentence))
            | Message::JobMade(Err(sentence))
            | Message::Written(Err(sentence)) => {
                self.is_saving = false;
                self.done = None;
                self.problem = Some(sentence);
            }
        }
        Action::None
    }

    fn lacks_reason(&mut self, sentence: &str) -> Action<Message> {
        self.done = None;
        self.problem = Some(sentence.to_owned());
        Action::Run(operation::focus("reason"))
    }

    fn take(&mut self, person: VoucherPerson) {
        self.name = person.name;
        self.birth = person.birth;
        self.lines = person.lines;
        self.due = person
            .due
            .into_iter()
            .filter(|due| due.status != DueStatus::Over)
            .collect();
        self.line = self.line.min(self.lines.len().saturating_sub(1));
    }

    fn number(&self) -> Option<VoucherNumber> {
        VoucherNumber::parse(&self.lines.get(self.line)?.number).ok()
    }

    fn look(&mut self, desk: &Desk) -> Action<Message> {
        self.preview = None;
        let Some(number) = self
            .number()
            .filter(|_| self.lines.get(self.line).is_some_and(VoucherLine::is_open))
        else {
            return Action::None;
        };
        Action::Run(desk.deed(
            move |office, session| {
                let sheet = office
                    .voucher_sheet(session, &number)
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

    fn issue(&mut self, desk: &Desk) -> Action<Message> {
        let (Some(person), Some(due)) = (self.person, self.due.get(self.wanted)) else {
            self.problem = Some("発行できる接種がありません。".to_owned());
            return Action::None;
        };
        let wanted = Wanted {
            person,
            programme: due.programme,
            dose: due.dose,
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .issue_voucher(session, wanted)
                    .map(|issued| format!("券番号 {} を発行しました。F6 で印刷できます。", issued.number))
                    .map_err(|error| error.to_string())
            },
            Message::Written,
        ))
    }

    fn reissue(&mut self, desk: &Desk) -> Action<Message> {
        let Some(reason) = self.reason else {
            return self.lacks_reason("再発行の理由を選んでください。");
        };
        self.write(desk, move |office, session, number| {
            let issued = office.reissue_voucher(session, &number, reason)?;
            Ok(format!(
                "前の券を無効にし、券番号 {} を発行しました。",
                issued.number
            ))
        })
    }

    fn void(&mut self, desk: &Desk) -> Action<Message> {
        let Some(reason) = self.reason else {
            return self.lacks_reason("無効にする理由を選んでください。");
        };
        self.write(desk, move |office, session, number| {
            office
                .void_voucher(session, &number, reason)
                .map(|()| "この券を無効にしました。".to_owned())
        })
    }

    fn print(&mut self, desk: &Desk) -> Action<Message> {
        let Some(number) = self.number() else {
            return Action::None;
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| {
                let made = office.print_voucher(session, &number);
                made.map(|(_, job)| job).map_err(|error| error.to_string())
            },
            Message::JobMade,
        ))
    }

    fn handed_over(&mut self, answer: Result<JobNumber, PrinterError>) {
        self.is_saving = false;
        match answer {
            Ok(_) => {
                self.done = Some("プリンターへ送りました。紙を見て、F3 印刷できた か F9 刷損。".to_owned())
            }
            Err(error) => self.problem = Some(error.to_string()),
        }
    }

    fn confirm(&mut self, desk: &Desk, good: bool) -> Action<Message> {
        self.write(desk, move |office, session, number| {
            office.confirm_voucher(session, &number, good)?;
            Ok(match good {
                true => "印刷できた紙を登録しました。",
                false => "刷損を登録しました。F6 でもう一度印刷できます。",
            }
            .to_owned())
        })
    }

    fn write(
        &mut self,
        desk: &Desk,
        deed: impl FnOnce(&Office, &Session, VoucherNumber) -> Result<String, VoucherError> + Send + 'static,
    ) -> Action<Message> {
        let Some(number) = self.number() else {
            self.problem = Some("接種券を選んでください。".to_owned());
            return Action::None;
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| deed(office, session, number).map_err(|error| error.to_string()),
            Message::Written,
        ))
    }

    pub fn keys(&self) -> Keys<Message> {
        if self.person.is_none() {
            return Keys::new()
                .esc("もどる", Message::BackPressed)
                .f(5, "一覧", Message::ListsPressed)
                .f(6, "住民検索", Message::SearchPressed);
        }
        let free = !self.is_saving;
        let open = free && self.lines.get(self.line).is_some_and(VoucherLine::is_open);
        Keys::new()
            .esc("もどる", Message::BackPressed)
            .f_if(free && !self.due.is_empty(), 2, "発行", Message::IssuePressed)
            .f_if(open, 3, "印刷できた", Message::PrintedPressed)
            .f_if(open, 4, "手渡し", Message::DispatchPressed)
            .f_if(open, 6, "印刷", Message::PrintPressed)
            .f_if(open, 7, "再発行", Message::ReissuePressed)
            .f_if(open, 8, "無効", Message::VoidPressed)
            .f_if(open, 9, "刷損", Message::SpoiledPressed)
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }
}
