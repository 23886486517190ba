//! 住民検索・個人カード. One field finds people; the card beside it follows the current find and shows household,
//! doses, programmes and reasons. A protected person's address is covered until F8. The parts of the view are
//! below; what is found and shown is the office's.

mod axis;
mod bars;
mod header;
mod search;
mod timeline;
mod under;

use std::time::Duration;

use chrono::NaiveDate;
use futures_channel::oneshot;
use iced::{
    Element, Length, Task,
    widget::{column, container, operation::focus, responsive, row},
};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::{Errand, Place},
        theme,
        widget::keys::Keys,
    },
    domain::revision::SubjectId,
    office::{
        forecast::Explained,
        person::{PersonCard, Revealed, Section},
        search::Answer,
    },
};

/// What lies under the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Records,
    Vouchers,
    Certificates,
    Notes,
}

/// 住民検索・個人カード.
#[derive(Debug)]
pub struct Person {
    today: NaiveDate,
    /// What the person is looked for.
    errand: Option<Errand>,
    word: String,
    /// Rises with every key: an answer to an older question is dropped.
    asked: u64,
    answer: Answer,
    problem: Option<String>,
    current: usize,
    shown: Option<SubjectId>,
    card: Option<Box<PersonCard>>,
    revealed: Option<Revealed>,
    /// Row of the timeline.
    programme: usize,
    reasons: Vec<Explained>,
    tab: Tab,
    line: usize,
}

#[derive(Debug, Clone)]
pub enum Message {
    WordChanged(String),
    WordRested(u64),
    SearchPressed,
    Found(u64, Result<Answer, String>),
    ResultMoved(usize),
    ResultRested(u64),
    ResultOpened(usize),
    CardRead(SubjectId, Result<Box<PersonCard>, String>),
    ProgrammeMoved(usize),
    ReasonsRead(Result<Vec<Explained>, String>),
    TabChosen(Tab),
    LineMoved(usize),
    RevealPressed,
    Revealed(Result<Revealed, String>),
    MemberPressed,
    CorrectPressed,
    NextPressed,
    ReasonsPressed,
    GoPressed(Place),
    BackPressed,
}

/// Rest after the last key before the register is asked, and before a card is opened.
const WORD_REST: Duration = Duration::from_millis(250);
const RESULT_REST: Duration = Duration::from_millis(150);

impl Person {
    /// Opens the screen, with a person or with the empty field.
    pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>) {
        let mut person = Self {
            today: desk.today,
            errand: None,
            word: String::new(),
            asked: 0,
            answer: Answer::default(),
            problem: None,
            current: 0,
            shown: None,
            card: None,
            revealed: None,
            programme: 0,
            reasons: Vec::new(),
            tab: Tab::Records,
            line: 0,
        };
        let task = match about {
            Some(subject) => person.view_card(subject, desk),
            None => focus("word"),
        };
        (person, task)
    }

    /// Opens the empty field, and says what the person is wanted for.
    pub fn open_for(desk: &Desk, errand: Errand) -> (Self, Task<Message>) {
        let (mut person, task) = Self::open(desk, None);
        person.errand = Some(errand);
        (person, task)
    }

    /// The card is read anew: a dose may have been entered meanwhile.
    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        self.shown
            .map_or_else(Task::none, |subject| self.view_card(subject, desk))
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::WordChanged(word) => return self.word_changed(word),
            Message::WordRested(asked) if asked == self.asked => return self.search(desk),
            Message::SearchPressed => return self.search(desk),
            Message::Found(asked, found) if asked == self.asked => return self.found(found, desk),
            Message::ResultMoved(row) => return self.result_moved(row),
            Message::ResultRested(asked) if asked == self.asked => return self.open_current(desk),
            Message::ResultOpened(row) => {
                self.current = row;
                return Action::Run(Task::batch([self.card_of_current(desk), focus("timeline")]));
            }
            Message::CardRead(subject, read) if self.shown == Some(subject) => {
                return self.card_read(read, desk);
            }
            Message::ProgrammeMoved(row) => return self.programme_moved(row, desk),
            Message::ReasonsRead(Ok(reasons)) => self.reasons = reasons,
            Message::ReasonsRead(Err(sentence)) => self.problem = Some(sentence),
            Message::TabChosen(tab) => (self.tab, self.line) = (tab, 0),
            Message::LineMoved(line) => (self.line, self.problem) = (line, None),
            Message::RevealPressed => return self.reveal(desk),
            Message::Revealed(Ok(revealed)) => self.revealed = Some(revealed),
            Message::Revealed(Err(sentence)) => self.problem = Some(sentence),
            Message::MemberPressed => return self.next_member(desk),
            Message::CorrectPressed => return self.correct(),
            Message::NextPressed => return self.next_result(desk),
            Message::ReasonsPressed => return Action::Run(focus("timeline")),
            Message::GoPressed(place) => return Action::Go(place),
            Message::BackPressed => return self.back(),
            // An answer to what is no longer asked.
            Message::WordRested(_)
            | Message::Found(..)
            | Message::ResultRested(_)
            | Message::CardRead(..) => {}
        }
        Action::None
    }

    fn word_changed(&mut self, word: String) -> Action<Message> {
        self.word = word;
        self.asked += 1;
        let asked = self.asked;
        if self.word.trim().is_empty() {
            self.answer = Answer::default();
            self.problem = None;
            return Action::None;
        }
        Action::Run(rest(WORD_REST, Message::WordRested(asked)))
    }

    fn search(&mut self, desk: &Desk) -> Action<Message> {
        self.asked += 1;
        let (asked, word, today) = (self.asked, self.word.clone(), self.today);
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .search(session, &word, today)
                    .map_err(|error| error.to_string())
            },
            move |found| Message::Found(asked, found),
        ))
    }

    fn found(&mut self, found: Result<Answer, String>, desk: &Desk) -> Action<Message> {
        match found {
            Ok(answer) => {
                self.answer = answer;
                self.problem = None;
                self.current = 0;
                // One find needs no choosing.
                match self.answer.lines.len() {
                    1 => Action::Run(self.card_of_current(desk)),
                    _ => Action::None,
                }
            }
            Err(sentence) => {
                self.answer = Answer::default();
                self.problem = Some(sentence);
                Action::None
            }
        }
    }

    fn result_moved(&mut self, row: usize) -> Action<Message> {
        self.current = row;
        self.asked += 1;
        Action::Run(rest(RESULT_REST, Message::ResultRested(self.asked)))
    }

    fn open_current(&mut self, desk: &Desk) -> Action<Message> {
        Action::Run(self.card_of_current(desk))
    }

    fn card_of_current(&mut self, desk: &Desk) -> Task<Message> {
        match self.answer.lines.get(self.current) {
            Some(line) if self.shown != Some(line.subject) => self.view_card(line.subject, desk),
            _ => Task::none(),
        }
    }

    fn view_card(&mut self, subject: SubjectId, desk: &Desk) -> Task<Message> {
        let today = self.today;
        self.shown = Some(subject);
        self.revealed = None;
        desk.deed(
            move |office, session| {
                let card = office.view_person(session, subject, today);
                card.map(Box::new).map_err(|error| error.to_string())
            },
            move |read| Message::CardRead(subject, read),
        )
    }

    fn card_read(&mut self, read: Result<Box<PersonCard>, String>, desk: &Desk) -> Action<Message> {
        match read {
            Ok(card) => {
                self.card = Some(card);
                self.problem = None;
                (self.programme, self.line, self.reasons) = (0, 0, Vec::new());
                Action::Run(self.read_reasons(desk))
            }
            Err(sentence) => {
                self.card = None;
                self.problem = Some(sentence);
                Action::None
            }
        }
    }

    fn programme_moved(&mut self, row: usize, desk: &Desk) -> Action<Message> {
        let rows = self.card.as_ref().map_or(0, |card| card.timeline.len());
        self.programme = row.min(rows.saturating_sub(1));
        self.reasons = Vec::new();
        Action::Run(Task::batch([self.read_reasons(desk), focus("timeline")]))
    }

    fn read_reasons(&self, desk: &Desk) -> Task<Message> {
        let row = self
            .card
            .as_ref()
            .and_then(|card| card.timeline.get(self.programme));
        let (Some(row), Some(subject), today) = (row, self.shown, self.today) else {
            return Task::none();
        };
        let programme = row.programme;
        desk.read(
            move |office| {
                let explained = office.explain(subject, programme, today);
                explained
                    .map(Option::unwrap_or_default)
                    .map_err(|error| error.to_string())
            },
            Message::ReasonsRead,
        )
    }

    fn reveal(&mut self, desk: &Desk) -> Action<Message> {
        let Some(subject) = self.shown else {
            return Action::None;
        };
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .reveal_address(session, subject)
                    .map_err(|error| error.to_string())
            },
            Message::Revealed,
        ))
    }

    /// The next one of the household.
    fn next_member(&mut self, desk: &Desk) -> Action<Message> {
        let Some(card) = &self.card else {
            return Action::None;
        };
        let at = card
            .members
            .iter()
            .position(|member| Some(member.subject) == self.shown);
        let next = at.map_or(0, |at| (at + 1) % card.members.len().max(1));
        match card.members.get(next).map(|member| member.subject) {
            Some(subject) => Action::Run(self.view_card(subject, desk)),
            None => Action::None,
        }
    }

    /// 訂正. The sheet of the record that is chosen is opened in the entry; a record without one has nothing to open.
    fn correct(&mut self) -> Action<Message> {
        let record = self.card.as_ref().and_then(|card| card.records.get(self.line));
        match record.map(|record| record.questionnaire) {
            Some(Some(sheet)) => Action::Go(Place::Intake(Some(sheet))),
            Some(None) => {
                let words = "この記録には予診票がありません。正しい内容を F2 で入力してください。";
                self.problem = Some(words.to_owned());
                Action::None
            }
            None => Action::None,
        }
    }

    fn next_result(&mut self, desk: &Desk) -> Action<Message> {
        if self.current + 1 < self.answer.lines.len() {
            self.current += 1;
        }
        self.open_current(desk)
    }

    /// Once to the field; from the empty field to where one came from.
    fn back(&mut self) -> Action<Message> {
        if self.word.is_empty() && self.card.is_none() {
            return Action::Back;
        }
        self.word.clear();
        self.asked += 1;
        self.answer = Answer::default();
        (self.card, self.shown, self.revealed, self.problem) = (None, None, None, None);
        Action::Run(focus("word"))
    }

    pub fn keys(&self) -> Keys<Message> {
        let card = self.card.as_deref();
        let person = self.shown.filter(|_| card.is_some());
        let covered = card.is_some_and(|card| card.is_covered) && self.revealed.is_none();
        let members = card.map_or(0, |card| card.members.len());
        Keys::new()
            .esc("検索へ", Message::BackPressed)
            .f_if(
                person.is_some(),
                2,
                "接種登録",
                Message::GoPressed(Place::Intake(person)),
            )
            .f_if(members > 1, 4, "世帯員", Message::MemberPressed)
            .f_if(!self.word.trim().is_empty(), 5, "再検索", Message::SearchPressed)
            .f_if(person.is_some(), 6, "理由を見る", Message::ReasonsPressed)
            .f_if(
                person.is_some(),
                7,
                "券再発行",
                Message::GoPressed(Place::Vouchers(person)),
            )
            .f_if(covered, 8, "住所表示", Message::RevealPressed)
            .f_if(
                person.is_some(),
                9,
                "証明書",
                Message::GoPressed(Place::Certificate(person)),
            )
            .f_if(self.has_record(), 10, "訂正", Message::CorrectPressed)
            .f_if(self.answer.lines.len() > 1, 12, "つぎの人", Message::NextPressed)
    }

    /// Whether a record is chosen under the timeline.
    fn has_record(&self) -> bool {
        let records = self.card.as_ref().map_or(0, |card| card.records.len());
        self.tab == Tab::Records && self.line < records
    }

    pub fn is_saving(&self) -> bool {
        false
    }

    pub fn view(&self) -> Element<'_, Message> {
        responsive(move |size| {
            let wide = size.width >= 1_500.0;
            let left = container(self.search_panel()).width(if wide { 320.0 } else { 244.0 });
            row![left, self.card_view(wide)].spacing(theme::GAP).into()
        })
        .into()
    }

    fn card_view(&self, wide: bool) -> Element<'_, Message> {
        let Some(card) = &self.card else {
            return self.nobody();
        };
        let below = container(self.under_panel(card, wide));
        let reasons = self.reasons_panel(card);
        if wide {
            let left = column![
                container(self.timeline_panel(card, wide)).height(520),
                below.height(Length::Fill)
            ]
            .spacing(theme::NEAR)
            .width(Length::Fill);
            let lower = row![left, container(reasons).width(400)].spacing(theme::GAP);
            return column![self.header_panel(card, wide), lower]
                .spacing(theme::NEAR)
                .into();
        }
        let lower = row![
            below.width(Length::FillPortion(54)),
            container(reasons).width(Length::FillPortion(46))
        ]
        .spacing(theme::NEAR)
        .height(Length::Fill);
        column![
            self.header_panel(card, wide),
            container(self.timeline_panel(card, wide)).height(358),
            lower
        ]
        .spacing(theme::NEAR)
        .into()
    }

    /// Rows that are due now.
    fn is_due(card: &PersonCard) -> bool {
        card.timeline.iter().any(|row| row.section == Section::Now)
    }
}

/// Says the message after a rest. The executor has no timers of its own, so a thread sleeps for it.
fn rest(time: Duration, message: Message) -> Task<Message> {
    let (sender, over) = oneshot::channel();
    let asleep = std::thread::Builder::new()
        .name("rest".to_owned())
        .spawn(move || {
            std::thread::sleep(time);
            let _ = sender.send(());
        });
    match asleep {
        Ok(_) => Task::perform(over, move |_| message.clone()),
        // Without a thread there is no rest.
        Err(_) => Task::done(message),
    }
}
