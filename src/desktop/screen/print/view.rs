//! 印刷の画面の面. The list of jobs and printers, the sheet as it will be printed, how far it has come.

use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, row},
};

use super::{Message, Print};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{Weight, button, chips, choice, small_button, small_chips},
            cover::cover,
            field::field,
            progress::bar,
            surface::{Tone, badge, banner, body, done, empty, panel, preview},
            table::{Cell, Column, DENSE, table},
            words::{Tint, count, digits, fact, small, small_bold},
        },
    },
    domain::{
        programme::ProgrammeCode,
        run::{LeftOut, SerialState, SpoilReason},
        wareki,
    },
    office::printing::{Job, QueueState},
};

impl Print {
    pub fn view(&self) -> Element<'_, Message> {
        let left = column![self.jobs_panel(), self.printer_panel(), self.sheets_panel()].spacing(theme::GAP);
        let right = column![
            match &self.preparing {
                Some(preparing) => self.preparing_panel(preparing),
                None => self.progress_panel(),
            },
            self.afterwards_panel(),
            self.left_out_panel()
        ]
        .spacing(theme::GAP);
        let page = row![
            container(left).width(372),
            self.preview_panel(),
            container(right).width(340)
        ]
        .spacing(theme::GAP);
        cover(page, self.is_stopping.then(|| self.stopping()))
    }

    fn stopping(&self) -> Element<'_, Message> {
        let (number, left) = self.state.as_ref().map_or(("", 0), |state| {
            let left = state.count(|at| matches!(at, SerialState::Waiting));
            (state.manifest.number.as_str(), left)
        });
        let words = format!(
            "{number} の印刷を中止すると、残りの {left} 枚はもう刷れません。出た紙は台帳に残ります。"
        );
        let answers = row![
            button("go-on", Weight::Plain, "つづける", Some(Message::StopDropped)),
            button("stop", Weight::Danger, "中止する", Some(Message::StopConfirmed)),
        ]
        .spacing(theme::NEAR);
        let body = column![small(words), answers]
            .spacing(theme::GROUP)
            .padding(theme::GROUP);
        container(panel("印刷の中止", small(""), body).width(560))
            .center(Length::Fill)
            .into()
    }

    fn jobs_panel(&self) -> Element<'_, Message> {
        let columns = vec![
            Column::new("番号", 70.0),
            Column::rest("予防接種"),
            Column::new("枚数", 54.0).right(),
            Column::new("状態", 96.0),
        ];
        let rows = table("jobs", columns, self.jobs.len(), |row, column| {
            self.job_cell(row, column)
        })
        .current(Some(self.current))
        .empty("印刷の仕事はありません。抽出が承認されると、ここに出ます。")
        .on_move(Message::JobMoved)
        .on_open(Message::JobMoved);
        panel("印刷の仕事", small(""), rows)
            .height(Length::FillPortion(4))
            .into()
    }

    fn job_cell(&self, row: usize, column: usize) -> Cell {
        match (self.jobs.get(row), column) {
            (Some(Job::Run(line)), 0) => Cell::digits(line.number.clone()).bold(),
            (Some(Job::Run(line)), 1) => Cell::text(programme(&line.programme)),
            (Some(Job::Run(line)), 2) => Cell::digits(line.sheets.to_string()),
            (Some(Job::Run(line)), _) => match line.state() {
                state @ ("未確認" | "要確認") => Cell::badge(Tone::Stop, state),
                state @ "承認待ち" => Cell::badge(Tone::Warn, state),
                state => Cell::text(state),
            },
            (Some(Job::Draw(_)), 0) => Cell::text("抽出"),
            (Some(Job::Draw(line)), 1) => Cell::text(programme(line.criteria.programme.as_str())),
            (Some(Job::Draw(_)), 2) | (None, _) => Cell::default(),
            (Some(Job::Draw(_)), _) => Cell::text("準備待ち"),
        }
    }

    fn printer_panel(&self) -> Element<'_, Message> {
        let chosen = self
            .queues
            .iter()
            .find(|queue| Some(&queue.name) == self.queue.as_ref());
        let state = match chosen.map(|queue| queue.state) {
            Some(QueueState::Idle | QueueState::Printing) => badge(Tone::Ok, "使えます"),
            Some(state) => badge(Tone::Warn, state.word()),
            None => badge(Tone::Stop, "ありません"),
        };
        let mut lines = column![].spacing(theme::NEAR);
        if let Some(problem) = &self.printer_problem {
            lines = lines.push(small(problem.as_str()).role(Role::Stop));
        }
        if !self.queues.is_empty() {
            let choices = self
                .queues
                .iter()
                .map(|queue| choice(queue.name.clone(), queue.name.clone()))
                .collect();
            lines = lines.push(chips("queue", choices, self.queue.as_ref(), Message::QueueChosen));
        }
        // The queue speaks its own language; while it takes sheets there is nothing to read.
        if let Some(queue) = chosen.filter(|queue| !queue.message.is_empty() && !queue.state.is_working()) {
            lines = lines.push(small(format!("プリンターの知らせ：{}", queue.message)).role(Role::Ink2));
        }
        panel("プリンター", state, body(lines)).into()
    }

    fn sheets_panel(&self) -> Element<'_, Message> {
        let Some(state) = &self.state else {
            return panel(
                "印刷の台帳",
                small(""),
                empty("仕事を選ぶと、1枚ごとの状態が出ます。"),
            )
            .height(Length::FillPortion(5))
            .into();
        };
        let serials: Vec<_> = state.serials().collect();
        let columns = vec![
            Column::new("通番", 64.0).right(),
            Column::rest("券番号"),
            Column::new("状態", 120.0),
        ];
        let current = self.serial.saturating_sub(1) as usize;
        let rows = table("sheets", columns, serials.len(), move |row, column| {
            let Some((serial, at)) = serials.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::digits(serial.to_string()),
                1 => Cell::digits(
                    state
                        .sheet(*serial)
                        .map_or(String::new(), |sheet| sheet.number.grouped()),
                ),
                _ => standing(*at),
            }
        })
        .row_height(DENSE)
        .current(Some(current))
        .on_move(move |row| Message::SheetMoved(row as i64 - current as i64));
        panel("印刷の台帳", small("1枚ごと").role(Role::Ink2), rows)
            .height(Length::FillPortion(5))
            .into()
    }

    fn preview_panel(&self) -> Element<'_, Message> {
        let sheet = preview(self.preview.as_ref(), "見本は、準備した仕事を選ぶと出ます。");
        let digest = self.state.as_ref().map_or(String::new(), |state| {
            format!("照合値 {} を台帳に残します。", state.manifest.digest_words())
        });
        let turn = row![
            small_button("previous", "前の紙", Some(Message::SheetMoved(-1))),
            small_button("next", "次の紙", Some(Message::SheetMoved(1)))
        ]
        .spacing(theme::NEAR);
        let words = column![
            small("印刷するものと同じ絵です。").role(Role::Ink2),
            digits(digest).role(Role::Ink2)
        ];
        let content = column![
            container(sheet).height(Length::Fill),
            container(words).padding([0.0, theme::GAP]),
            Space::new().height(theme::PAIR)
        ];
        panel(format!("見本　{}枚目", self.serial), turn, content)
            .height(Length::Fill)
            .into()
    }

    fn progress_panel(&self) -> Element<'_, Message> {
        let mut lines = column![].spacing(theme::NEAR);
        if let Some(state) = &self.state {
            let all = state.manifest.count - state.count(|at| matches!(at, SerialState::LeftOut(_)));
            let out = state.count(|at| matches!(at, SerialState::Sent | SerialState::Printed));
            lines = lines.push(
                row![
                    count(out.to_string()),
                    digits(format!(" / {all} 枚")).role(Role::Ink2)
                ]
                .align_y(Alignment::End),
            );
            lines = lines.push(bar(u64::from(out), u64::from(all), 12.0));
            let number = |is: fn(SerialState) -> bool| format!("{} 枚", state.count(is));
            lines = lines.push(fact("数えた", number(|at| at == SerialState::Printed), 72.0));
            lines = lines.push(fact("刷損", number(|at| at == SerialState::Spoiled), 72.0));
            lines = lines.push(fact("準備", wareki::short(state.manifest.prepared_on), 72.0));
            if let Some(open) = state.unsettled() {
                let (first, last) = (open.serials.first().copied(), open.serials.last().copied());
                lines = lines.push(banner(
                    Tone::Stop,
                    format!(
                        "{}組（通番 {}～{}）が未確認です。F3 で行列を確認するか、出てきた紙を数えて F12。",
                        open.chunk,
                        first.unwrap_or(0),
                        last.unwrap_or(0)
                    ),
                ));
            }
        }
        if let Some(problem) = &self.problem {
            lines = lines.push(banner(Tone::Stop, problem.as_str()));
        }
        if let Some(sentence) = &self.done {
            lines = lines.push(done(sentence.as_str()));
        }
        let number = self
            .state
            .as_ref()
            .map_or("", |state| state.manifest.number.as_str());
        panel("進み", digits(number), body(lines)).into()
    }

    fn afterwards_panel(&self) -> Element<'_, Message> {
        let keyed = field("serial", self.keyed.as_str())
            .label_left("通番", 40.0)
            .digits()
            .width(84)
            .on_input(Message::KeyedChanged);
        let reasons = SpoilReason::ALL
            .into_iter()
            .map(|reason| choice(reason, reason.label()))
            .collect();
        let step = |key: &'static str, words: &'static str| {
            row![
                small_bold(key).role(Role::Link).width(32),
                small(words).width(Length::Fill)
            ]
        };
        let lines = column![
            keyed,
            step("F12", "最後に出た紙の通番を入れて数える（全部出たら空のまま）"),
            step("F9", "刷り損じた紙の通番とわけを入れて廃棄する"),
            small_chips("spoil-reason", reasons, self.spoil.as_ref(), Message::SpoilChosen),
            step("F6", "廃棄した紙だけを再印刷する"),
            step("F2", "全部そろったら発送を登録する"),
        ]
        .spacing(theme::PAIR);
        panel("刷り終えたら", small(""), body(lines)).into()
    }

    fn left_out_panel(&self) -> Element<'_, Message> {
        let mut lines = column![].spacing(theme::NEAR);
        let mut total = 0;
        if let Some(state) = &self.state {
            for (reason, number) in &state.manifest.left_out {
                total += number;
                lines = lines.push(small_bold(format!("{}　{number} 人", reason.label())));
                if *reason == LeftOut::Protected {
                    lines = lines.push(
                        small("この仕事には入れていません。1枚ずつ、窓口で渡します。").role(Role::Ink2),
                    );
                }
            }
            for (serial, at) in state.serials() {
                if let SerialState::LeftOut(reason) = at {
                    total += 1;
                    lines = lines.push(small(format!("通番 {serial}　{}", reason.label())));
                }
            }
        }
        if total == 0 {
            lines = lines.push(small("除いた人はいません。").role(Role::Ink2));
        }
        let content = column![body(lines), Space::new().height(Length::Fill)];
        panel(
            "別に扱うもの",
            small(format!("{total}件")).role(Role::Ink2),
            content,
        )
        .height(Length::Fill)
        .into()
    }
}

fn standing(at: SerialState) -> Cell {
    match at {
        SerialState::Waiting => Cell::text("待ち").role(Role::Ink2),
        SerialState::Intended => Cell::text("送信中").bold(),
        SerialState::Unconfirmed => Cell::badge(Tone::Stop, "未確認"),
        SerialState::Sent => Cell::text("送り済み"),
        SerialState::Printed => Cell::text("刷了").role(Role::Ok),
        SerialState::Spoiled => Cell::badge(Tone::Warn, "廃棄"),
        SerialState::LeftOut(reason) => Cell::text(format!("除外 {}", reason.label())).role(Role::Ink2),
    }
}

fn programme(code: &str) -> String {
    let known = ProgrammeCode::parse(code).and_then(crate::office::paper::programme_name);
    known.unwrap_or_else(|| code.to_owned())
}
