//! 承認. What waits for a second person at the left, what it says and what changed at the right, the decision below.
//! The asker's own entries are counted and never shown; another operator may decide over the open screen.

mod detail;

use std::sync::Arc;

use iced::{
    Element, Length, Task,
    widget::{column, container, operation, row},
};

use crate::{
    desktop::{
        desk::{Action, Desk, SecondPerson},
        place::Place,
        theme::{self, Role},
        widget::{
            keys::Keys,
            surface::{panel, rule},
            table::{Cell, Column, table},
            words::{Tint, small, small_bold},
        },
    },
    domain::{
        operator::Role as OfficeRole,
        revision::{RevisionId, SubjectId},
        wareki,
    },
    office::{
        DeedError, Session, StoreError,
        approve::ApproveError,
        enter::catalogue,
        waiting::{LONG_WAIT_DAYS, WaitingDetail, WaitingEntry, WaitingKind, WaitingList},
    },
};

type Read<T, E> = Result<T, Arc<E>>;

/// 承認.
#[derive(Debug, Default)]
pub struct Approvals {
    list: WaitingList,
    current: usize,
    detail: Option<WaitingDetail>,
    asked: u64,
    /// Whether the paper has been looked at; must be said before approving.
    has_seen_paper: Option<bool>,
    reason: String,
    is_newest_first: bool,
    is_before_shown: bool,
    /// Whether the one who sits here may approve; else a second person is asked.
    may_approve: bool,
    is_saving: bool,
    done: Option<String>,
    refused: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    ListRead(Read<WaitingList, StoreError>),
    RowMoved(usize),
    RowOpened(usize),
    DetailRead(u64, Read<Option<Box<WaitingDetail>>, DeedError>),
    PaperChosen(bool),
    ReasonChanged(String),
    ApprovePressed,
    ReturnPressed,
    SecondSigned(Decided, Session),
    Decided(Read<String, ApproveError>),
    PreviousPressed,
    NextPressed,
    OrderPressed,
    BeforePressed,
    CardPressed,
    CorrectPressed,
    BackPressed,
}

/// What is decided about the entry that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    Approved,
    Returned,
}

impl Approvals {
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let screen = Self {
            may_approve: desk.session.roles().has(OfficeRole::Verifier),
            ..Self::default()
        };
        let task = screen.read(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.read(desk)
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }

    fn read(&self, desk: &Desk) -> Task<Message> {
        let session = desk.session.clone();
        // Whoever has no right to approve sees everything but her own, and asks a second person.
        desk.read(
            move |office| office.waiting_entries(&session),
            |list| Message::ListRead(list.map_err(Arc::new)),
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::ListRead(list) => self.take_list(list, desk),
            Message::RowMoved(row) => self.go_to(row, desk),
            Message::RowOpened(row) => {
                let _ = self.go_to(row, desk);
                Action::Run(operation::focus("paper"))
            }
            Message::DetailRead(asked, detail) => self.take_detail(asked, detail),
            Message::PaperChosen(seen) => {
                self.has_seen_paper = Some(seen);
                self.refused = None;
                Action::None
            }
            Message::ReasonChanged(text) => {
                self.reason = text;
                Action::None
            }
            Message::ApprovePressed => self.decide(Decided::Approved, desk),
            Message::ReturnPressed => self.decide(Decided::Returned, desk),
            Message::SecondSigned(decided, session) => self.sign(decided, session, desk),
            Message::Decided(decided) => self.take_decided(decided, desk),
            Message::PreviousPressed => self.go_to(self.current.saturating_sub(1), desk),
            Message::NextPressed => self.go_to(self.current + 1, desk),
            Message::OrderPressed => self.turn_order(desk),
            Message::BeforePressed => {
                self.is_before_shown = !self.is_before_shown;
                Action::None
            }
            Message::CardPressed => self.go_to_card(),
            Message::CorrectPressed => self.correct(),
            Message::BackPressed => Action::Back,
        }
    }

    fn take_list(&mut self, list: Read<WaitingList, StoreError>, desk: &Desk) -> Action<Message> {
        match list {
            Ok(list) => {
                self.list = list;
                if self.is_newest_first {
                    self.list.lines.reverse();
                }
                // What came back to the asker stands first.
                let returned = std::mem::take(&mut self.list.returned);
                self.list.lines.splice(0..0, returned);
                self.go_to(self.current, desk)
            }
            Err(error) => {
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    fn entry(&self) -> Option<&WaitingEntry> {
        self.list.lines.get(self.current)
    }

    fn go_to(&mut self, row: usize, desk: &Desk) -> Action<Message> {
        self.current = row.min(self.list.lines.len().saturating_sub(1));
        self.detail = None;
        self.has_seen_paper = None;
        self.reason.clear();
        self.refused = None;
        let Some(record) = self.entry().map(|entry| entry.line.record) else {
            return Action::None;
        };
        self.asked += 1;
        let asked = self.asked;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .waiting_detail(session, record)
                    .map(|detail| detail.map(Box::new))
            },
            move |detail| Message::DetailRead(asked, detail.map_err(Arc::new)),
        ))
    }

    fn take_detail(
        &mut self,
        asked: u64,
        detail: Read<Option<Box<WaitingDetail>>, DeedError>,
    ) -> Action<Message> {
        if asked != self.asked {
            return Action::None;
        }
        match detail {
            Ok(detail) => self.detail = detail.map(|detail| *detail),
            Err(error) => self.refused = Some(error.to_string()),
        }
        Action::None
    }

    fn decide(&mut self, decided: Decided, desk: &Desk) -> Action<Message> {
        if self.is_saving || self.detail.is_none() || self.is_returned() {
            return Action::None;
        }
        if decided == Decided::Approved && self.has_seen_paper != Some(true) {
            self.refused =
                Some("承認の前に、もとの紙を見てください。見たら「紙を見た」を選びます。".to_owned());
            return Action::Run(operation::focus("paper"));
        }
        if decided == Decided::Returned && self.reason.trim().is_empty() {
            self.refused = Some("差し戻す理由が空いています。直すところを書いてください。".to_owned());
            return Action::Run(operation::focus("return-reason"));
        }
        if self.may_approve {
            return self.sign(decided, desk.session.clone(), desk);
        }
        Action::SecondPerson(SecondPerson {
            purpose: match decided {
                Decided::Approved => {
                    "この入力を承認します。入力した人とは別の、承認の担当がサインインしてください。"
                }
                Decided::Returned => "この入力を差し戻します。承認の担当がサインインしてください。",
            }
            .to_owned(),
            then: Box::new(move |session| Message::SecondSigned(decided, session)),
        })
    }

    fn sign(&mut self, decided: Decided, session: Session, desk: &Desk) -> Action<Message> {
        let Some(revisions) = self.detail.as_ref().map(|detail| detail.revisions.clone()) else {
            return Action::None;
        };
        self.is_saving = true;
        let reason = self.reason.trim().to_owned();
        let name = self
            .entry()
            .map(|entry| entry.person_name.clone())
            .unwrap_or_default();
        let decide = move |office: &crate::office::Office, revisions: &[RevisionId]| match decided {
            Decided::Approved => office
                .approve(&session, revisions)
                .map(|_| format!("{name} を承認しました")),
            Decided::Returned => office
                .return_for_correction(&session, revisions, &reason)
                .map(|_| format!("{name} を差し戻しました")),
        };
        Action::Run(desk.deed(
            move |office, _| decide(office, &revisions),
            |decided| Message::Decided(decided.map_err(Arc::new)),
        ))
    }

    fn take_decided(&mut self, decided: Read<String, ApproveError>, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        match decided {
            Ok(done) => {
                self.done = Some(done);
                Action::Run(Task::batch([self.read(desk), operation::focus("waiting")]))
            }
            Err(error) => {
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    fn turn_order(&mut self, desk: &Desk) -> Action<Message> {
        self.is_newest_first = !self.is_newest_first;
        self.list.lines.reverse();
        self.go_to(0, desk)
    }

    /// Whether the entry that is open came back to the asker.
    pub(super) fn is_returned(&self) -> bool {
        self.entry()
            .is_some_and(|entry| entry.kind == WaitingKind::Returned)
    }

    fn correct(&mut self) -> Action<Message> {
        match self.entry().and_then(|entry| entry.line.questionnaire) {
            Some(sheet) => Action::Go(Place::Intake(Some(sheet))),
            None => Action::None,
        }
    }

    fn go_to_card(&mut self) -> Action<Message> {
        let person: Option<SubjectId> = self.entry().map(|entry| entry.line.person);
        match person {
            Some(person) => Action::Go(Place::Person(Some(person))),
            None => Action::None,
        }
    }

    pub fn keys(&self) -> Keys<Message> {
        let is_open = self.detail.is_some() && !self.is_returned();
        let keys = Keys::new()
            .esc("ホームへ", Message::BackPressed)
            .f_if(self.current > 0, 2, "前の件", Message::PreviousPressed)
            .f_if(
                self.current + 1 < self.list.lines.len(),
                3,
                "次の件",
                Message::NextPressed,
            )
            .f_if(!self.list.lines.is_empty(), 5, "並べかえ", Message::OrderPressed)
            .f_if(
                self.detail.as_ref().is_some_and(|detail| detail.before.is_some()),
                6,
                "前の版",
                Message::BeforePressed,
            )
            .f_if(self.is_returned(), 4, "訂正する", Message::CorrectPressed)
            .f_if(self.detail.is_some(), 7, "カードへ", Message::CardPressed)
            .f_if(is_open, 8, "差し戻す", Message::ReturnPressed);
        match (is_open, self.is_saving) {
            (true, true) => keys.main("登録中", Message::ApprovePressed),
            (true, false) => keys.main("承認", Message::ApprovePressed),
            (false, _) => keys,
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        row![
            container(self.list_panel()).width(560),
            column![self.detail_panel(), self.decision_panel()]
                .spacing(theme::GAP)
                .width(Length::Fill),
        ]
        .spacing(theme::GAP)
        .into()
    }

    fn list_panel(&self) -> Element<'_, Message> {
        let lines = &self.list.lines;
        let found = table(
            "waiting",
            vec![
                Column::new("種類", 72.0),
                Column::rest("内容"),
                Column::new("入力した人", 128.0),
                Column::new("待ち", 72.0).right(),
            ],
            lines.len(),
            move |row, column| {
                lines
                    .get(row)
                    .map_or_else(Cell::default, |entry| cell(entry, column))
            },
        )
        .current((!lines.is_empty()).then_some(self.current))
        .row_height(58.0)
        .empty(self.nothing())
        .on_move(Message::RowMoved)
        .on_open(Message::RowOpened)
        .height(Length::Fill);
        let order = if self.is_newest_first {
            "古い順は F5"
        } else {
            "新しい順は F5"
        };
        let count = small(format!("{}件　{order}", lines.len())).role(Role::Ink2);
        let apart = column![
            rule(),
            small_bold("ここに出ないもの"),
            small(match (self.may_approve, self.list.own) {
                (false, _) =>
                    "ありません。承認は、別の承認の担当がこの画面の上でサインインして行います。".to_owned(),
                (true, 0) => "あなたが入力したものはありません。".to_owned(),
                (true, own) => format!("あなたが入力した {own}件（ほかの人が承認します）"),
            })
            .role(Role::Ink2),
        ]
        .spacing(theme::PAIR)
        .padding(theme::GAP);
        panel("承認を待つもの", count, column![found, apart])
            .height(Length::Fill)
            .into()
    }

    fn nothing(&self) -> String {
        match self.list.own {
            0 => "承認を待つものはありません。".to_owned(),
            own => format!("承認を待つものはありません。あなたが入力した{own}件は、ほかの人が承認します。"),
        }
    }
}

fn cell(entry: &WaitingEntry, column: usize) -> Cell {
    let line = &entry.line;
    match column {
        0 => Cell::text(entry.kind.label()).bold(),
        1 => {
            let what = format!(
                "{} {}",
                catalogue::dose_label(&line.programme, line.dose),
                wareki::short(line.vaccinated_on)
            );
            Cell::text(what).under(entry.person_name.as_str())
        }
        2 => {
            let at = line.updated_at + chrono::TimeDelta::hours(9);
            Cell::text(entry.entered_by.as_str()).under(format!("{}", at.format("%-m/%-d %-H:%M")))
        }
        _ => match entry.waiting_days {
            0 => Cell::text("きょう"),
            days if days >= LONG_WAIT_DAYS => Cell::text(format!("{days}日"))
                .bold()
                .sign(crate::desktop::widget::icon::Icon::Triangle, Role::Warn),
            days => Cell::text(format!("{days}日")),
        },
    }
}
