//! 予診票入力. One sheet after the other, in the order of the paper, judged while it is keyed. Order of the fields is
//! the order on the sheet; what is the same on all sheets of a bundle is pinned; nothing that was keyed is ever
//! lost, whether it is stopped, left or locked away. The looks are in the files beside.

mod form;
mod head;
mod judgement;
mod keyed;
mod person;
mod search;

use std::sync::Arc;

use chrono::NaiveDate;
use iced::{Element, Task, widget::operation};

use crate::{
    desktop::{
        desk::{Action, Desk},
        widget::{date_field, keys::Keys, pad},
    },
    domain::{
        judgement::{EntryJudgement, Meaning},
        questionnaire::{
            Confirmation, Consent, FormRef, Signer,
            draft::{Draft, Item, Problem},
            form::QuestionForm,
        },
        record::{ChangeReason, DoseNumber, PhysicianDecision, SheetPlace},
        revision::SubjectId,
    },
    office::{
        bundle::{BundleError, BundleLine},
        code::InstitutionLine,
        enter::{EnterError, Entered, LookUpError, Recipient, VoucherFound},
        search::{Answer, SearchError},
    },
};

use keyed::{Keyed, Pins};
use search::Search;

type Read<T, E> = Result<T, Arc<E>>;

/// 予診票入力.
#[derive(Debug)]
pub struct Intake {
    today: NaiveDate,
    bundle: Option<BundleLine>,
    sheet: Option<u16>,
    form: &'static QuestionForm,
    questions: Vec<pad::Question>,
    institutions: Vec<InstitutionLine>,
    keyed: Keyed,
    /// The sheet registered last, for F2 and F5.
    previous: Option<(Keyed, Entered)>,
    pins: Option<Pins>,
    recipient: Option<Recipient>,
    voucher_says: Option<Result<String, String>>,
    judged: EntryJudgement,
    asked: u64,
    /// What F12 found missing; the first is the one the focus went to.
    problems: Vec<Problem>,
    search: Option<Search>,
    closing: Option<Vec<u16>>,
    is_why_open: bool,
    is_saving: bool,
    done: Option<String>,
    refused: Option<String>,
    entered: u32,
    first_entered: Option<std::time::Instant>,
}

#[derive(Debug, Clone)]
pub enum Message {
    BundleRead(Read<Opened, crate::office::StoreError>),
    VoucherChanged(String),
    VoucherLeft,
    VoucherOpened(Read<Box<VoucherFound>, LookUpError>),
    PersonOpened(Read<Box<Recipient>, LookUpError>),
    DoseSuggested(Option<DoseNumber>),
    ProgrammeChosen(String),
    DoseChosen(DoseNumber),
    KanaChanged(String),
    NameChanged(String),
    AddressChanged(String),
    BirthTouched(date_field::Message),
    TemperatureChanged(String),
    TemperatureLeft,
    YearsChanged(String),
    MonthsChanged(String),
    PadTouched(pad::Message),
    DecisionChosen(PhysicianDecision),
    SignedChosen(bool),
    ConsentChosen(Consent),
    SignerChosen(Signer),
    ProductChanged(String),
    ProductLeft,
    LotChanged(String),
    AmountChanged(String),
    RouteChanged(String),
    RouteLeft,
    InstitutionChanged(String),
    InstitutionLeft,
    PhysicianChanged(String),
    PhysicianLeft,
    GivenTouched(date_field::Message),
    AnswerChosen(String, u8),
    StopAnswered(String, u8),
    ReasonChosen(ChangeReason),
    FieldLeft,
    Judged(u64, Read<EntryJudgement, crate::office::StoreError>),
    DraftKept,
    EnterPressed,
    Entered(Read<Entered, EnterError>),
    HoldPressed,
    Held(Read<SubjectId, EnterError>),
    PreviousPressed,
    Reopened(SubjectId, Read<Box<Draft>, EnterError>),
    PinPressed,
    CopyPressed,
    RestorePressed,
    WhyPressed,
    PostponePressed,
    DeclinePressed,
    SearchPressed,
    SearchTouched(search::Message),
    Searched(Read<Answer, SearchError>),
    ClosePressed,
    OpenSheetsRead(Vec<u16>),
    CloseConfirmed,
    CloseDropped,
    Closed(Read<(), BundleError>),
    BackPressed,
}

/// What the screen opens with.
#[derive(Debug, Clone)]
pub struct Opened {
    bundle: Option<BundleLine>,
    sheet: Option<u16>,
    institutions: Vec<InstitutionLine>,
    draft: Option<Box<Draft>>,
    /// A sheet or a person the screen was opened with.
    about: Option<SubjectId>,
}

impl Intake {
    /// Opens the screen on a bundle, or on the oldest open one.
    pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>) {
        let form = keyed::form_for(None, None);
        let screen = Self {
            today: desk.today,
            bundle: None,
            sheet: None,
            form,
            questions: keyed::pad_questions(form),
            institutions: Vec::new(),
            keyed: Keyed::new(form, None, None),
            previous: None,
            pins: None,
            recipient: None,
            voucher_says: None,
            judged: EntryJudgement::default(),
            asked: 0,
            problems: Vec::new(),
            search: None,
            closing: None,
            is_why_open: false,
            is_saving: false,
            done: None,
            refused: None,
            entered: 0,
            first_entered: None,
        };
        let task = screen.read(desk, about);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        match self.keyed.is_touched() {
            true => Task::none(),
            false => self.read(desk, self.bundle.as_ref().map(|bundle| bundle.subject)),
        }
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }

    fn read(&self, desk: &Desk, about: Option<SubjectId>) -> Task<Message> {
        let operator = desk.session.operator().clone();
        desk.read(
            move |office| {
                let bundles = office.bundles()?;
                let is_open = |bundle: &&BundleLine| !bundle.is_closed && bundle.left() > 0;
                let bundle = match about {
                    Some(about) => bundles.iter().find(|bundle| bundle.subject == about),
                    None => bundles.iter().find(is_open),
                };
                let about = about.filter(|_| bundle.is_none());
                let bundle = bundle.cloned();
                let sheet = match &bundle {
                    Some(bundle) => office.open_sheets(bundle.subject)?.first().copied(),
                    None => None,
                };
                let place = bundle.as_ref().zip(sheet).map(|(bundle, number)| SheetPlace {
                    bundle: bundle.subject,
                    number,
                });
                Ok(Opened {
                    draft: office.kept_draft(&operator, place)?.map(Box::new),
                    institutions: office.institutions()?,
                    about,
                    bundle,
                    sheet,
                })
            },
            |opened: Result<_, crate::office::StoreError>| Message::BundleRead(opened.map_err(Arc::new)),
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        // The result of the last deed stands until the next key.
        if matches!(
            message,
            Message::VoucherChanged(_)
                | Message::KanaChanged(_)
                | Message::SearchPressed
                | Message::EnterPressed
                | Message::HoldPressed
                | Message::PreviousPressed
        ) {
            self.done = None;
        }
        match message {
            Message::BundleRead(opened) => self.take_bundle(opened, desk),
            Message::VoucherChanged(text) => self.change_voucher(text, desk),
            Message::VoucherLeft => self.look_up(desk),
            Message::VoucherOpened(found) => self.take_voucher(found, desk),
            Message::PersonOpened(found) => self.take_person(found, desk),
            Message::DoseSuggested(dose) => self.change(desk, |keyed| keyed.draft.dose = dose),
            Message::ProgrammeChosen(code) => self.choose_programme(code, desk),
            Message::DoseChosen(dose) => self.change(desk, |keyed| keyed.draft.dose = Some(dose)),
            Message::KanaChanged(text) => self.change(desk, |keyed| keyed.kana = text),
            Message::NameChanged(text) => self.change(desk, |keyed| keyed.name = text),
            Message::AddressChanged(text) => self.change(desk, |keyed| keyed.address = text),
            Message::BirthTouched(touch) => self.touch_birth(touch, desk),
            Message::GivenTouched(touch) => self.touch_given(touch, desk),
            Message::TemperatureChanged(text) => self.change(desk, |keyed| keyed.draft.temperature = text),
            Message::TemperatureLeft => self.leave_temperature(desk),
            Message::YearsChanged(text) => self.change(desk, |keyed| keyed.draft.age_years = text),
            Message::MonthsChanged(text) => self.change(desk, |keyed| keyed.draft.age_months = text),
            Message::PadTouched(touch) => self.touch_pad(touch, desk),
            Message::DecisionChosen(decision) => {
                self.change(desk, |keyed| keyed.draft.physician_decision = Some(decision))
            }
            Message::SignedChosen(signed) => {
                self.change(desk, |keyed| keyed.draft.is_physician_signed = Some(signed))
            }
            Message::ConsentChosen(consent) => self.change(desk, |keyed| keyed.draft.consent = Some(consent)),
            Message::SignerChosen(signer) => self.change(desk, |keyed| keyed.draft.signer = Some(signer)),
            Message::ProductChanged(text) => self.change(desk, |keyed| keyed.product = text),
            Message::LotChanged(text) => self.change(desk, |keyed| keyed.draft.lot_number = text),
            Message::AmountChanged(text) => self.change(desk, |keyed| keyed.draft.amount = text),
            Message::RouteChanged(text) => self.change(desk, |keyed| keyed.route = text),
            Message::InstitutionChanged(text) => self.change(desk, |keyed| keyed.institution = text),
            Message::PhysicianChanged(text) => self.change(desk, |keyed| keyed.draft.physician_name = text),
            Message::ProductLeft => self.leave_product(desk),
            Message::RouteLeft => self.change(desk, Keyed::resolve_route),
            Message::InstitutionLeft => self.leave_institution(desk),
            Message::PhysicianLeft => self.leave_physician(desk),
            Message::FieldLeft => self.keep(desk),
            Message::AnswerChosen(code, answer) => self.answer(code, answer, desk),
            Message::StopAnswered(code, answer) => self.answer_stop(&code, answer, desk),
            Message::ReasonChosen(reason) => self.change(desk, |keyed| keyed.draft.change = Some(reason)),
            Message::Judged(asked, judged) => self.take_judgement(asked, judged),
            Message::DraftKept => Action::None,
            Message::EnterPressed => self.enter(desk),
            Message::Entered(entered) => self.take_entered(entered, desk),
            Message::HoldPressed => self.hold(desk, Some("clerk")),
            Message::Held(held) => self.take_held(held, desk),
            Message::PreviousPressed => self.reopen_previous(desk),
            Message::Reopened(sheet, draft) => self.take_reopened(sheet, draft, desk),
            Message::PinPressed => self.pin(),
            Message::CopyPressed => self.copy_previous(desk),
            Message::RestorePressed => self.restore(desk),
            Message::WhyPressed => self.toggle_why(),
            Message::PostponePressed => self.postpone(desk),
            Message::DeclinePressed => self.decline(desk),
            Message::SearchPressed => self.open_search(),
            Message::SearchTouched(touch) => self.touch_search(touch, desk),
            Message::Searched(found) => self.take_search(found),
            Message::ClosePressed => self.ask_to_close(desk),
            Message::OpenSheetsRead(open) => self.question_closing(open),
            Message::CloseConfirmed => self.close(desk),
            Message::CloseDropped => self.drop_question(),
            Message::Closed(closed) => self.take_closed(closed),
            Message::BackPressed => self.back(desk),
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        let top = match (&self.search, &self.closing) {
            (Some(search), _) => Some(search.view().map(Message::SearchTouched)),
            (None, Some(open)) => Some(self.closing_view(open)),
            (None, None) => None,
        };
        crate::desktop::widget::cover::cover(self.page(), top)
    }

    pub fn keys(&self) -> Keys<Message> {
        if let Some(search) = &self.search {
            return search.keys().map(Message::SearchTouched);
        }
        if self.closing.is_some() {
            return Keys::new().esc("やめる", Message::CloseDropped);
        }
        let is_correction = self.corrects_record();
        let main = match (self.is_saving, self.is_to_be_held()) {
            (true, _) => "登録中",
            (false, true) => "疑義へ回す",
            (false, false) if is_correction => "訂正する",
            (false, false) => "登録して次",
        };
        Keys::new()
            .esc("束へ戻る", Message::BackPressed)
            .f_if(self.previous.is_some(), 2, "前の票", Message::PreviousPressed)
            .f(3, "保留・疑義", Message::HoldPressed)
            .f(4, "固定変更", Message::PinPressed)
            .f_if(
                self.keyed.draft.corrects.is_some(),
                5,
                "元にもどす",
                Message::RestorePressed,
            )
            .f_if(
                self.previous.is_some() && self.keyed.draft.corrects.is_none(),
                5,
                "前票の写し",
                Message::CopyPressed,
            )
            .f(6, "理由を見る", Message::WhyPressed)
            .f(7, "見合わせ", Message::PostponePressed)
            .f(8, "同意しない", Message::DeclinePressed)
            .f(9, "券なし検索", Message::SearchPressed)
            .f_if(self.bundle.is_some(), 10, "束を閉じる", Message::ClosePressed)
            .main(main, Message::EnterPressed)
    }

    /// Whether a record that stands is corrected, so that a reason must be chosen.
    fn corrects_record(&self) -> bool {
        self.keyed
            .draft
            .corrects
            .as_ref()
            .is_some_and(|corrects| corrects.record.is_some())
    }

    fn is_to_be_held(&self) -> bool {
        !self.judged.holds(&self.keyed.draft).is_empty()
    }

    fn born_on(&self) -> Option<NaiveDate> {
        self.recipient.as_ref().and_then(|recipient| recipient.birth_on)
    }

    /// Changes the fields and has them judged.
    fn change(&mut self, desk: &Desk, f: impl FnOnce(&mut Keyed)) -> Action<Message> {
        f(&mut self.keyed);
        self.judge(desk)
    }

    fn judge(&mut self, desk: &Desk) -> Action<Message> {
        self.keyed.gather(self.form, self.today);
        self.refused = None;
        if !self.problems.is_empty() {
            self.problems = self.keyed.draft.check().err().unwrap_or_default();
        }
        self.asked += 1;
        let (asked, draft) = (self.asked, self.keyed.draft.clone());
        Action::Run(desk.read(
            move |office| office.judge_entry(&draft),
            move |judged| Message::Judged(asked, judged.map_err(Arc::new)),
        ))
    }

    /// Keeps the draft, so that neither a crash nor the lock loses what was keyed.
    fn keep(&mut self, desk: &Desk) -> Action<Message> {
        if !self.keyed.is_touched() {
            return Action::None;
        }
        self.keyed.gather(self.form, self.today);
        let draft = self.keyed.draft.clone();
        Action::Run(desk.deed(
            move |office, session| office.keep_draft(session, &draft).ok(),
            |_| Message::DraftKept,
        ))
    }

    fn take_judgement(
        &mut self,
        asked: u64,
        judged: Read<EntryJudgement, crate::office::StoreError>,
    ) -> Action<Message> {
        if asked != self.asked {
            return Action::None;
        }
        match judged {
            Ok(judged) => self.judged = judged,
            Err(error) => self.refused = Some(error.to_string()),
        }
        Action::None
    }

    fn answer(&mut self, code: String, answer: u8, desk: &Desk) -> Action<Message> {
        let confirmations = &mut self.keyed.draft.confirmations;
        confirmations.retain(|given| given.code != code);
        confirmations.push(Confirmation { code, answer });
        self.judge(desk)
    }

    /// 1 goes back to the field, the other answer holds the sheet.
    fn answer_stop(&mut self, code: &str, answer: u8, desk: &Desk) -> Action<Message> {
        let finding = self.judged.stops.iter().find(|finding| finding.code == code);
        let place = usize::from(answer).checked_sub(1);
        let chosen = finding
            .zip(place)
            .and_then(|(finding, place)| finding.answers.get(place).copied());
        match (chosen.map(|choice| choice.meaning), finding) {
            (Some(Meaning::Holds), _) => self.hold(desk, None),
            (_, Some(finding)) => Action::Run(operation::focus(form::first_field(finding.place))),
            _ => Action::None,
        }
    }
}

mod acts;

/// The sheet's place in the bundle.
fn place_of(bundle: Option<&BundleLine>, sheet: Option<u16>) -> Option<SheetPlace> {
    bundle.zip(sheet).map(|(bundle, number)| SheetPlace {
        bundle: bundle.subject,
        number,
    })
}

/// The form of a bundle.
fn form_of(bundle: &BundleLine) -> FormRef {
    FormRef {
        id: bundle.form_id.clone(),
        version: bundle.form_version.clone(),
    }
}

/// Where the focus goes for an item that is missing.
fn field_of(item: Item) -> &'static str {
    form::field_of(item)
}
