//! この端末の設定. What this terminal is, who works at it, and the doctor's findings: what has to be right around the
//! program and what to do where it is not. A supervisor confirms date and time here.

mod printers;

use std::sync::Arc;

use iced::{
    Element, Length, Task,
    widget::{column, container, row},
};

use crate::{
    desktop::{
        desk::{Action, Appearance, Desk},
        theme::{self, Role},
        widget::{
            keys::Keys,
            surface::{Tone, done, empty, panel, rule},
            table::{Cell, Column, table},
            words::{Tint, fact, small, small_bold},
        },
    },
    domain::{operator::Role as Duty, wareki},
    office::{
        DeedError,
        doctor::{Finding, Health},
        terminal::TerminalFacts,
    },
};

use printers::FormPrinters;

/// この端末の設定.
#[derive(Debug, Default)]
pub struct Settings {
    facts: Option<TerminalFacts>,
    printers: FormPrinters,
    may_set_printers: bool,
    findings: Vec<Finding>,
    current: usize,
    is_supervisor: bool,
    is_saving: bool,
    done: Option<&'static str>,
    refused: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    FactsRead(Box<TerminalFacts>, Vec<Finding>),
    FindingMoved(usize),
    ExaminePressed,
    ConfirmClockPressed,
    ClockConfirmed(Result<(), Arc<DeedError>>),
    TextSizePressed,
    SchemePressed,
    Printers(printers::Message),
    BackPressed,
}

impl Settings {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let roles = desk.session.roles();
        let mut screen = Self {
            may_set_printers: roles.has(Duty::Technician) || roles.has(Duty::Officer),
            is_supervisor: desk.session.roles().has(Duty::Supervisor),
            ..Self::default()
        };
        let task = screen.shown(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        let printers = self.printers.read(desk).map(Message::Printers);
        Task::batch([examine(desk), printers])
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::FactsRead(facts, findings) => {
                self.facts = Some(*facts);
                self.findings = findings;
                Action::None
            }
            Message::FindingMoved(finding) => {
                self.current = finding;
                Action::None
            }
            Message::ExaminePressed => Action::Run(examine(desk)),
            Message::ConfirmClockPressed => self.confirm_clock(desk),
            Message::ClockConfirmed(confirmed) => self.take_confirmed(confirmed),
            Message::TextSizePressed => Action::Appearance(Appearance::TextSize),
            Message::SchemePressed => Action::Appearance(Appearance::Scheme),
            Message::Printers(message) => self.printers.update(message, desk).map(Message::Printers),
            Message::BackPressed => Action::Back,
        }
    }

    fn confirm_clock(&mut self, desk: &Desk) -> Action<Message> {
        if self.is_saving {
            return Action::None;
        }
        self.is_saving = true;
        Action::Run(desk.deed(
            |office, session| office.confirm_clock(session),
            |confirmed| Message::ClockConfirmed(confirmed.map_err(Arc::new)),
        ))
    }

    fn take_confirmed(&mut self, confirmed: Result<(), Arc<DeedError>>) -> Action<Message> {
        self.is_saving = false;
        match confirmed {
            Ok(()) => self.done = Some("日付と時刻を確認しました"),
            Err(error) => self.refused = Some(error.to_string()),
        }
        Action::None
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving || self.printers.is_saving()
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new()
            .esc("ホームへ", Message::BackPressed)
            .f_if(
                self.may_set_printers,
                2,
                "プリンター",
                Message::Printers(printers::Message::FormsPressed),
            )
            .f(3, "文字サイズ", Message::TextSizePressed)
            .f(4, "配色", Message::SchemePressed)
            .f(5, "診断する", Message::ExaminePressed)
            .f_if(
                self.may_set_printers && self.printers.is_chosen(),
                6,
                "試し刷り",
                Message::Printers(printers::Message::TestPressed),
            )
            .f_if(
                self.may_set_printers && self.printers.is_chosen(),
                12,
                "登録する",
                Message::Printers(printers::Message::SetPressed),
            )
            .f_if(self.is_supervisor, 7, "日時の確認", Message::ConfirmClockPressed)
    }

    pub fn view(&self) -> Element<'_, Message> {
        let printers = self.printers.view(self.may_set_printers);
        let right = column![self.health(), printers.map(Message::Printers)].spacing(theme::GAP);
        row![container(self.terminal()).width(404), right]
            .spacing(theme::GAP)
            .into()
    }

    fn terminal(&self) -> Element<'_, Message> {
        let Some(facts) = &self.facts else {
            return panel("端末", small(""), empty("読んでいます")).into();
        };
        let day = |day: Option<chrono::NaiveDate>| day.map_or("—".to_owned(), wareki::with_weekday);
        let mut lines = column![
            fact("市", facts.city.as_str(), 128.0),
            fact("市の設定", facts.settings.as_str(), 128.0),
            fact("地区", facts.districts.as_str(), 128.0),
            fact("住民異動", facts.feed.as_str(), 128.0),
            fact("所", facts.office.as_str(), 128.0),
            fact("端末番号", facts.terminal.as_str(), 128.0),
            fact("種類", if facts.demo { "見本" } else { "本番" }, 128.0),
            fact("鍵ファイル", format!("第{}世代", facts.generation), 128.0),
            fact("証明の期限", day(facts.valid_until), 128.0),
            fact("最後の受領", day(facts.last_receipt_on), 128.0),
            fact("プログラム", facts.program, 128.0),
            fact("操作者", format!("{}人", facts.operators), 128.0),
            rule(),
            small_bold("画面"),
            small("F3 で文字サイズ（100・112・125％）、F4 で配色（標準・高コントラスト）を変えます。サインインの前にも変えられます。").role(Role::Ink2),
        ]
        .spacing(theme::NEAR)
        .padding(theme::GAP);
        if let Some(sentence) = &self.refused {
            lines = lines.push(small(sentence.as_str()).role(Role::Stop));
        }
        let head: Element<'_, Message> = match self.done {
            Some(words) => done(words),
            None => small("").into(),
        };
        panel("端末", head, lines).height(Length::Fill).into()
    }

    fn health(&self) -> Element<'_, Message> {
        let findings = self.findings.as_slice();
        let list = table(
            "findings",
            vec![
                Column::new("状態", 96.0),
                Column::new("調べたもの", 152.0),
                Column::rest("どうなっているか・すること"),
            ],
            findings.len(),
            move |row, column| {
                findings
                    .get(row)
                    .map_or_else(Cell::default, |finding| cell(finding, column))
            },
        )
        .current((!findings.is_empty()).then_some(self.current))
        .empty("読んでいます")
        .on_move(Message::FindingMoved)
        .height(Length::Fill);
        let whole = self
            .findings
            .get(self.current)
            .map_or("", |finding| finding.sentence.as_str());
        let below = container(small(whole)).padding(theme::GAP).height(56);
        let open = findings
            .iter()
            .filter(|finding| finding.health > Health::Unknown)
            .count();
        let count = small(match open {
            0 => "すべて良い状態です".to_owned(),
            open => format!("{open}件は、することがあります"),
        })
        .role(Role::Ink2);
        panel("診断", count, column![list, below])
            .height(Length::Fill)
            .into()
    }
}

fn examine(desk: &Desk) -> Task<Message> {
    desk.read(
        |office| (Box::new(office.terminal_facts()), office.examine()),
        |(facts, findings)| Message::FactsRead(facts, findings),
    )
}

fn cell(finding: &Finding, column: usize) -> Cell {
    match column {
        0 => {
            let tone = match finding.health {
                Health::Well => Tone::Ok,
                Health::Unknown => Tone::Neutral,
                Health::Attention => Tone::Warn,
                Health::Bad => Tone::Stop,
            };
            Cell::badge(tone, finding.health.word())
        }
        1 => Cell::text(finding.what).bold(),
        _ => Cell::text(finding.sentence.as_str()),
    }
}
