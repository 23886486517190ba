//! 接種券の画面の面. What can be issued and what was, the reason, the sheet as it will be printed.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, row},
};

use super::{Message, Vouchers};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{chips, choice},
            surface::{Tone, banner, body, done, empty, panel, preview},
            table::{Cell, Column, table},
            words::{Tint, digits, name, small, small_bold},
        },
    },
    domain::{
        programme::ProgrammeCode,
        record::DoseNumber,
        voucher::{VoidReason, in_groups},
        wareki,
    },
    office::{forecast::DueStatus, paper::programme_name},
};

impl Vouchers {
    pub fn view(&self) -> Element<'_, Message> {
        if self.person.is_none() {
            let words = "F6 で住民をさがし、個人カードで F7 を押してください。F5 はきょう窓口で発行した券の一覧です。";
            return panel("接種券", small(""), empty(words))
                .height(Length::Fill)
                .into();
        }
        row![
            container(column![self.lines_panel(), self.due_panel(), self.reason_panel()].spacing(theme::GAP))
                .width(Length::FillPortion(6)),
            container(self.preview_panel()).width(Length::FillPortion(4))
        ]
        .spacing(theme::GAP)
        .into()
    }

    fn lines_panel(&self) -> Element<'_, Message> {
        let columns = vec![
            Column::new("券番号", 116.0),
            Column::rest("予防接種"),
            Column::new("発行", 84.0),
            Column::new("発送", 84.0),
            Column::new("状態", 110.0),
        ];
        let rows = table("lines", columns, self.lines.len(), |row, column| {
            let Some(line) = self.lines.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::digits(in_groups(&line.number)).bold(),
                1 => Cell::text(title(&line.programme, &line.dose)),
                2 => Cell::digits(line.issued_on.map_or(String::new(), wareki::short)),
                3 => Cell::digits(line.dispatched_on.map_or(String::new(), wareki::short)),
                _ => match (line.state(), line.void) {
                    (state @ "要確認", _) => Cell::badge(Tone::Stop, state),
                    (_, Some((_, reason))) => Cell::text(format!("無効 {}", reason.label())).role(Role::Ink2),
                    (state, None) => Cell::text(state),
                },
            }
        })
        .current(Some(self.line))
        .empty("この方に発行した接種券はありません。F2 で発行できます。")
        .on_move(Message::LineMoved)
        .on_open(Message::LineMoved);
        let whose = row![name(&self.name), digits(self.birth.as_str()).role(Role::Ink2)]
            .spacing(theme::GAP)
            .align_y(Alignment::Center);
        panel("発行した券", whose, rows)
            .height(Length::FillPortion(5))
            .into()
    }

    fn due_panel(&self) -> Element<'_, Message> {
        let columns = vec![
            Column::rest("予防接種"),
            Column::new("回", 116.0),
            Column::new("受けられる日", 190.0),
            Column::new("", 96.0),
        ];
        let rows = table("due", columns, self.due.len(), |row, column| {
            let Some(due) = self.due.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::text(due.name.clone()),
                1 => Cell::text(due.dose_name.clone()),
                2 => {
                    let until = due.span.last().map_or(String::new(), wareki::short);
                    Cell::digits(format!("{} ～ {until}", wareki::short(due.span.from)))
                }
                _ => match due.status {
                    DueStatus::Open => Cell::text("受けられます").role(Role::Ok),
                    _ => Cell::text("これから").role(Role::Ink2),
                },
            }
        })
        .current(Some(self.wanted))
        .empty("これから受けられる接種はありません。")
        .on_move(Message::DueMoved)
        .on_open(Message::DueMoved);
        panel("発行できる接種", small("F2 で発行").role(Role::Ink2), rows)
            .height(Length::FillPortion(5))
            .into()
    }

    fn reason_panel(&self) -> Element<'_, Message> {
        let reasons = VoidReason::ALL
            .into_iter()
            .map(|reason| choice(reason, reason.label()))
            .collect();
        let mut lines = column![
            small_bold("再発行・無効の理由"),
            chips("reason", reasons, self.reason.as_ref(), Message::ReasonChosen)
        ]
        .spacing(theme::NEAR);
        if let Some(problem) = &self.problem {
            lines = lines.push(banner(Tone::Stop, problem.as_str()));
        }
        if let Some(sentence) = &self.done {
            lines = lines.push(done(sentence.as_str()));
        }
        let day = self
            .today
            .map_or(String::new(), |day| format!("受付 {}", wareki::short(day)));
        panel("窓口", small(day).role(Role::Ink2), body(lines)).into()
    }

    fn preview_panel(&self) -> Element<'_, Message> {
        panel(
            "見本",
            small("印刷するものと同じ絵").role(Role::Ink2),
            preview(
                self.preview.as_ref(),
                "有効な券を選ぶと、印刷するものと同じ絵が出ます。",
            ),
        )
        .height(Length::Fill)
        .into()
    }
}

fn title(programme: &str, dose: &str) -> String {
    let known = ProgrammeCode::parse(programme).and_then(programme_name);
    let dose = DoseNumber::parse(dose).map_or(String::new(), DoseNumber::label);
    format!("{}　{dose}", known.unwrap_or_else(|| programme.to_owned()))
}
