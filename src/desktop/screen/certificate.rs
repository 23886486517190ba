//! 証明書の交付. A person, a dose that may be certified, who asks for it and by which document, the sheet as it will
//! be printed, and the issue with its number. Everything printed comes from the register.

mod view;

use std::sync::Arc;

use chrono::NaiveDate;
use iced::{Task, widget::image};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::{Errand, Place},
        widget::keys::Keys,
    },
    domain::{
        certificate::{Applicant, CertificateKind, IdentityDocument, Purpose},
        revision::SubjectId,
    },
    office::{
        certificate::{CertificateLine, CertificatePerson, Choice, IssuedCertificate, Request},
        printing::{JobNumber, PrinterError, Printers},
    },
    print::pixmap,
};

const PREVIEW: f32 = 72.0;

/// 証明書の交付.
#[derive(Debug, Default)]
pub struct Certificate {
    today: Option<NaiveDate>,
    person: Option<SubjectId>,
    name: String,
    birth: String,
    choices: Vec<Choice>,
    chosen: usize,
    applicant: Option<Applicant>,
    document: Option<IdentityDocument>,
    purpose: Option<Purpose>,
    copies: String,
    preview: Option<image::Handle>,
    issues: Vec<CertificateLine>,
    issue: usize,
    is_saving: bool,
    problem: Option<String>,
    done: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    BackPressed,
    PersonRead(Result<CertificatePerson, String>),
    SearchPressed,
    DoseMoved(usize),
    ApplicantChosen(Applicant),
    DocumentChosen(IdentityDocument),
    PurposeChosen(Purpose),
    CopiesChanged(String),
    PreviewRead(Result<image::Handle, String>),
    IssueMoved(usize),
    IssuePressed,
    SpoilPressed,
    Issued(Result<Arc<IssuedCertificate>, String>),
    HandedOver(String, Result<JobNumber, PrinterError>),
    Spoiled(Result<(), String>),
}

impl Certificate {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>) {
        let mut screen = Self {
            today: Some(desk.today),
            person: about,
            copies: "1".to_owned(),
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
                    .certificate_person(session, person)
                    .map_err(|error| error.to_string())
            },
            Message::PersonRead,
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::BackPressed => return Action::Back,
            Message::PersonRead(Ok(whom)) => {
                self.name = whom.name;
                self.birth = whom.birth;
                self.choices = whom.choices;
                self.issues = whom.issues;
                return self.look(desk);
            }
            Message::SearchPressed => return Action::Go(Place::PersonFor(Errand::Certificate)),
            Message::DoseMoved(row) => {
                self.chosen = row;
                return self.look(desk);
            }
            Message::ApplicantChosen(applicant) => {
                self.applicant = Some(applicant);
                self.problem = None;
            }
            Message::DocumentChosen(document) => {
                self.document = Some(document);
                self.problem = None;
            }
            Message::PurposeChosen(purpose) => {
                self.purpose = Some(purpose);
                self.problem = None;
            }
            Message::CopiesChanged(copies) => {
                self.copies = copies;
                return self.look(desk);
            }
            Message::PreviewRead(Ok(picture)) => self.preview = Some(picture),
            Message::IssueMoved(row) => self.issue = row,
            Message::IssuePressed => return self.issue(desk),
            Message::SpoilPressed => return self.spoil(desk),
            Message::Issued(Ok(issued)) => return self.hand_over(issued, desk),
            Message::HandedOver(numbers, answer) => return self.handed_over(numbers, answer, desk),
            Message::Spoiled(Ok(())) => {
                self.is_saving = false;
                self.done = Some("廃棄を登録しました。".to_owned());
                return Action::Run(self.shown(desk));
            }
            Message::PreviewRead(Err(sentence)) => {
                self.preview = None;
                self.problem = Some(sentence);
            }
            Message::PersonRead(Err(sentence))
            | Message::Issued(Err(sentence))
            | Message::Spoiled(Err(sentence)) => {
                self.is_saving = false;
                self.problem = Some(sentence);
            }
        }
        Action::None
    }

    fn request(&self) -> Option<Request> {
        let choice = self.choices.get(self.chosen)?;
        Some(Request {
            person: self.person?,
            kind: CertificateKind::Completion,
            applicant: self.applicant?,
            document: self.document?,
            purpose: self.purpose?,
            records: vec![choice.record.revision],
            copies: self.copies.parse().ok()?,
        })
    }

    /// What is still missing, as a sentence.
    fn missing(&self) -> Option<&'static str> {
        let choice = self.choices.get(self.chosen);
        match () {
            () if choice.is_none() => Some("証明できる接種がありません。"),
            () if choice.is_some_and(|choice| choice.refused.is_some()) => {
                Some("この接種は証明できません。ほかの接種を選んでください。")
            }
            () if self.purpose.is_none() => Some("使いみちを選んでください。"),
            () if self.applicant.is_none() => Some("申請した人を選んでください。"),
            () if self.document.is_none() => Some("見た本人確認書類を選んでください。"),
            () if self.copies.parse::<u8>().is_err() => Some("部数を入れてください。"),
            () => None,
        }
    }

    fn look(&mut self, desk: &Desk) -> Action<Message> {
        self.problem = None;
        let (Some(person), Some(choice)) = (self.person, self.choices.get(self.chosen)) else {
            return Action::None;
        };
        if choice.refused.is_some() {
            self.preview = None;
            return Action::None;
        }
        // Who asks for it stands on no certificate: the picture is the same before that is known.
        let request = Request {
            person,
            kind: CertificateKind::Completion,
            applicant: Applicant::Recipient,
            document: IdentityDocument::MyNumberCard,
            purpose: Purpose::Other,
            records: vec![choice.record.revision],
            copies: self.copies.parse().unwrap_or(1),
        };
        Action::Run(desk.read(
            move |office| {
                let sheet = office
                    .certificate_preview(&request)
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
        if let Some(sentence) = self.missing() {
            self.problem = Some(sentence.to_owned());
            return Action::None;
        }
        let Some(request) = self.request() else {
            return Action::None;
        };
        self.is_saving = true;
        self.problem = None;
        self.done = None;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .issue_certificate(session, &request)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            },
            Message::Issued,
        ))
    }

    fn hand_over(&mut self, issued: Arc<IssuedCertificate>, desk: &Desk) -> Action<Message> {
        let numbers = issued.numbers.join("、");
        Action::Run(desk.read(
            move |_| issued.job.hand_over(&Printers::system()),
            move |answer| Message::HandedOver(numbers.clone(), answer),
        ))
    }

    fn handed_over(
        &mut self,
        numbers: String,
        answer: Result<JobNumber, PrinterError>,
        desk: &Desk,
    ) -> Action<Message> {
        self.is_saving = false;
        self.done = Some(format!("交付しました。{numbers}"));
        // Another sheet is another application, asked for anew.
        self.applicant = None;
        self.document = None;
        self.purpose = None;
        self.copies = "1".to_owned();
        if let Err(error) = answer {
            self.problem = Some(format!(
                "{error} 出なかった紙は F8 で廃棄とし、もう一度交付してください。"
            ));
        }
        Action::Run(self.shown(desk))
    }

    fn spoil(&mut self, desk: &Desk) -> Action<Message> {
        let Some(line) = self.issues.get(self.issue).cloned() else {
            return Action::None;
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .spoil_certificate(session, &line)
                    .map_err(|error| error.to_string())
            },
            Message::Spoiled,
        ))
    }

    pub fn keys(&self) -> Keys<Message> {
        let free = !self.is_saving;
        let spoils = self
            .issues
            .get(self.issue)
            .is_some_and(|line| line.spoiled_on.is_none());
        Keys::new()
            .esc("もどる", Message::BackPressed)
            .f_if(self.person.is_none(), 6, "住民検索", Message::SearchPressed)
            .f_if(free && spoils, 8, "刷損の登録", Message::SpoilPressed)
            .f_if(free && self.person.is_some(), 12, "交付", Message::IssuePressed)
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }
}
