//! 操作履歴. Ready questions with their counts at the left, the state of the chain above, the events of the question
//! below. That it was asked is an event too; nothing here changes an event.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use iced::{
    Element, Length, Task,
    widget::{column, container, row},
};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::Place,
        theme::{self, Role},
        widget::{
            icon::Icon,
            keys::Keys,
            surface::{Tone, badge, bare_panel, empty, panel},
            table::{Cell, Column, table},
            words::{Tint, digits, small, small_bold},
        },
    },
    domain::wareki,
    office::{
        ChainVerdict, DeedError, StoreError,
        log::{Asked, LogAnswer, LogLine, Question, Span},
    },
};

/// Days that a question looks back unless one day is chosen.
const USUAL_DAYS: i64 = 30;

/// 操作履歴.
#[derive(Debug)]
pub struct AuditLog {
    today: NaiveDate,
    /// One day, or the last thirty.
    day: Option<NaiveDate>,
    question: usize,
    current: usize,
    answer: Option<LogAnswer>,
    chain: Option<ChainVerdict>,
    is_verifying: bool,
    refused: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    Asked(Result<Asked, Arc<DeedError>>),
    AnswerRead(Result<Box<LogAnswer>, Arc<StoreError>>),
    Verified(Result<ChainVerdict, Arc<DeedError>>),
    QuestionMoved(usize),
    QuestionOpened(usize),
    EventMoved(usize),
    CardPressed,
    DayBeforePressed,
    DayAfterPressed,
    AskPressed,
    VerifyPressed,
    BackPressed,
}

impl AuditLog {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let screen = Self {
            today: desk.today,
            day: None,
            question: 0,
            current: 0,
            answer: None,
            chain: None,
            is_verifying: false,
            refused: None,
        };
        let task = screen.ask(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        self.ask(desk)
    }

    pub fn is_saving(&self) -> bool {
        false
    }

    fn asked_question(&self) -> Question {
        Question::ALL
            .get(self.question)
            .copied()
            .unwrap_or(Question::Everything)
    }

    fn span(&self) -> Span {
        match self.day {
            Some(day) => Span::days(day, day),
            None => Span::days(self.today - TimeDelta::days(USUAL_DAYS - 1), self.today),
        }
    }

    fn ask(&self, desk: &Desk) -> Task<Message> {
        let (question, span) = (self.asked_question(), self.span());
        desk.deed(
            move |office, session| office.ask_log(session, question, span),
            |asked| Message::Asked(asked.map_err(Arc::new)),
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::Asked(asked) => self.take_asked(asked, desk),
            Message::AnswerRead(answer) => self.take_answer(answer),
            Message::Verified(verdict) => self.take_verdict(verdict),
            Message::QuestionMoved(question) => {
                self.question = question;
                Action::None
            }
            Message::QuestionOpened(question) => self.choose(question, desk),
            Message::EventMoved(event) => {
                self.current = event;
                Action::None
            }
            Message::CardPressed => self.go_to_card(),
            Message::DayBeforePressed => self.move_day(-1, desk),
            Message::DayAfterPressed => self.move_day(1, desk),
            Message::AskPressed => self.ask_again(desk),
            Message::VerifyPressed => self.verify(desk),
            Message::BackPressed => Action::Back,
        }
    }

    fn take_asked(&mut self, asked: Result<Asked, Arc<DeedError>>, desk: &Desk) -> Action<Message> {
        match asked {
            Ok(asked) => Action::Run(desk.read(
                move |office| office.log_answer(asked),
                |answer| Message::AnswerRead(answer.map(Box::new).map_err(Arc::new)),
            )),
            Err(error) => self.refuse(error.to_string()),
        }
    }

    fn take_answer(&mut self, answer: Result<Box<LogAnswer>, Arc<StoreError>>) -> Action<Message> {
        match answer {
            Ok(answer) => {
                self.answer = Some(*answer);
                self.current = 0;
                self.refused = None;
                Action::None
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    fn take_verdict(&mut self, verdict: Result<ChainVerdict, Arc<DeedError>>) -> Action<Message> {
        self.is_verifying = false;
        match verdict {
            Ok(verdict) => {
                self.chain = Some(verdict);
                Action::None
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    fn refuse(&mut self, sentence: String) -> Action<Message> {
        self.refused = Some(sentence);
        Action::None
    }

    fn choose(&mut self, question: usize, desk: &Desk) -> Action<Message> {
        self.question = question;
        Action::Run(self.ask(desk))
    }

    fn move_day(&mut self, by: i64, desk: &Desk) -> Action<Message> {
        let day = self.day.map_or(self.today, |day| day + TimeDelta::days(by));
        self.day = Some(day.min(self.today));
        Action::Run(self.ask(desk))
    }

    fn ask_again(&mut self, desk: &Desk) -> Action<Message> {
        self.day = None;
        Action::Run(self.ask(desk))
    }

    fn verify(&mut self, desk: &Desk) -> Action<Message> {
        if self.is_verifying {
            return Action::None;
        }
        self.is_verifying = true;
        Action::Run(desk.deed(
            |office, session| office.verify_chain(Some(session)),
            |verdict| Message::Verified(verdict.map_err(Arc::new)),
        ))
    }

    fn line(&self) -> Option<&LogLine> {
        self.answer
            .as_ref()
            .and_then(|answer| answer.lines.get(self.current))
    }

    fn go_to_card(&self) -> Action<Message> {
        match self.line().and_then(|line| line.person) {
            Some(person) => Action::Go(Place::Person(Some(person))),
            None => Action::None,
        }
    }

    pub fn keys(&self) -> Keys<Message> {
        let has_person = self.line().is_some_and(|line| line.person.is_some());
        Keys::new()
            .esc("ホームへ", Message::BackPressed)
            .f(2, "前の日", Message::DayBeforePressed)
            .f_if(
                self.day.is_some_and(|day| day < self.today),
                3,
                "次の日",
                Message::DayAfterPressed,
            )
            .f(5, "30日で問う", Message::AskPressed)
            .f_if(has_person, 8, "カードへ", Message::CardPressed)
            .f_if(!self.is_verifying, 9, "連鎖の確認", Message::VerifyPressed)
    }

    pub fn view(&self) -> Element<'_, Message> {
        row![
            container(self.questions()).width(268),
            column![self.chain_panel(), self.events()]
                .spacing(theme::GAP)
                .width(Length::Fill),
        ]
        .spacing(theme::GAP)
        .into()
    }

    fn questions(&self) -> Element<'_, Message> {
        let counts = self
            .answer
            .as_ref()
            .map(|answer| answer.counts.as_slice())
            .unwrap_or_default();
        let list = table(
            "questions",
            vec![Column::rest("問い"), Column::new("件", 56.0).right()],
            Question::ALL.len(),
            move |row, column| match (Question::ALL.get(row), column) {
                (Some(question), 0) => Cell::text(question.title()),
                (Some(_), _) => {
                    Cell::digits(counts.get(row).map_or_else(String::new, |(_, n)| n.to_string()))
                }
                (None, _) => Cell::default(),
            },
        )
        .current(Some(self.question))
        .row_height(40.0)
        .without_head()
        .on_move(Message::QuestionMoved)
        .on_open(Message::QuestionOpened)
        .height(Length::Fill);
        let span = match self.day {
            Some(day) => wareki::with_weekday(day),
            None => format!("この{USUAL_DAYS}日"),
        };
        panel("用意した問い", small(span).role(Role::Ink2), list)
            .height(Length::Fill)
            .into()
    }

    fn chain_panel(&self) -> Element<'_, Message> {
        let state: Element<'_, Message> = match (self.is_verifying, self.chain) {
            (true, _) => small("確かめています").into(),
            (false, None) => small("F9 で全件を確かめます").role(Role::Ink2).into(),
            (false, Some(ChainVerdict::Whole(_))) => badge(Tone::Ok, "連鎖 正常"),
            (false, Some(ChainVerdict::Broken { sequence })) => badge(
                Tone::Stop,
                format!(
                    "{sequence}件目が欠けているか、書きかえられています。使うのをやめ、責任者に知らせてください。"
                ),
            ),
        };
        let (total, fingerprint) = match &self.answer {
            Some(answer) => (answer.total.to_string(), grouped(&answer.fingerprint)),
            None => (String::new(), String::new()),
        };
        let count = column![small("この端末の件数").role(Role::Ink2), digits(total)].spacing(theme::PAIR);
        let head = column![small("先頭の指紋").role(Role::Ink2), digits(fingerprint)].spacing(theme::PAIR);
        bare_panel(
            row![container(state).width(Length::Fill), count, head]
                .spacing(theme::GAP * 2.0)
                .padding(theme::GAP)
                .align_y(iced::Alignment::Center),
        )
        .height(74)
        .into()
    }

    fn events(&self) -> Element<'_, Message> {
        let question = self.asked_question();
        let title = small(question.meaning()).role(Role::Ink2);
        let body: Element<'_, Message> = match (&self.refused, &self.answer) {
            (Some(sentence), _) => empty(sentence.as_str()),
            (None, None) => empty("読んでいます"),
            (None, Some(answer)) => event_table(answer, self.current),
        };
        let detail = self.line().map_or_else(String::new, |line| line.detail.clone());
        let foot = column![
            small_bold(detail),
            small("この画面を見たことも、操作履歴に残ります。記録は直せません。").role(Role::Ink2)
        ]
        .spacing(theme::PAIR)
        .padding(theme::GAP);
        panel(
            question.title(),
            title,
            column![container(body).height(Length::Fill), foot],
        )
        .height(Length::Fill)
        .into()
    }
}

fn event_table(answer: &LogAnswer, current: usize) -> Element<'_, Message> {
    let lines = answer.lines.as_slice();
    table(
        "events",
        vec![
            Column::new("日時", 140.0),
            Column::new("操作者", 104.0),
            Column::new("端末", 64.0),
            Column::rest("何をした"),
            Column::new("だれの", 152.0),
            Column::new("印", 96.0),
        ],
        lines.len(),
        move |row, column| {
            lines
                .get(row)
                .map_or_else(Cell::default, |line| cell(line, column))
        },
    )
    .current((!lines.is_empty()).then_some(current))
    .empty("この問いに合うできごとはありません。期間は F2・F3・F5 で変えられます。")
    .on_move(Message::EventMoved)
    .height(Length::Fill)
    .into()
}

fn cell(line: &LogLine, column: usize) -> Cell {
    match column {
        0 => {
            let at = line.at + TimeDelta::hours(9);
            Cell::digits(format!(
                "{} {}",
                wareki::short(at.date_naive()),
                at.format("%H:%M:%S")
            ))
        }
        1 => Cell::name(line.operator.as_str()),
        2 => Cell::text(line.terminal.as_str()),
        3 => Cell::text(line.deed.as_str()).bold(),
        4 => match (&line.about, line.about_count) {
            (Some(name), 0 | 1) => Cell::name(name.as_str()),
            (Some(name), more) => Cell::name(format!("{name} ほか{}人", more - 1)),
            (None, 0) => Cell::text("—"),
            (None, count) => Cell::text(format!("{count}件")),
        },
        _ if line.individual_number_accessed => Cell::text("個人番号").sign(Icon::Shield, Role::Stop),
        _ => Cell::default(),
    }
}

/// 「b41e 7730 9ac5 02d8」.
fn grouped(fingerprint: &str) -> String {
    let letters: Vec<char> = fingerprint.chars().collect();
    letters
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_in_groups_of_four() {
        assert_eq!(grouped("b41e77309ac502d8"), "b41e 7730 9ac5 02d8");
    }
}
