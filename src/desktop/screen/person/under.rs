//! 年表の下. Tabs of records, vouchers, certificates and notes, and beside them the reasons of the current programme.

use iced::{
    Alignment, Element, Length,
    widget::{Column, column, container, row, scrollable, text::Wrapping},
};

use super::{Message, Person, Tab};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{choice, tabs},
            icon::{Icon, icon},
            surface::{self, banner, bare_panel, panel, rule},
            table::{Cell, Column as TableColumn, DENSE, table},
            words::{Tint, medium_bold, small, small_bold},
        },
    },
    domain::{
        evaluation::{ReasonCode, Verdict},
        record::DoseNumber,
        voucher::in_groups,
        wareki,
    },
    office::{
        forecast::Explained,
        person::{PersonCard, RecordLine, Standing, Tone, programme_name},
    },
};

impl Person {
    pub(super) fn under_panel<'a>(&'a self, card: &'a PersonCard, wide: bool) -> Element<'a, Message> {
        let choices = vec![
            choice(Tab::Records, format!("接種歴 {}", card.records.len())),
            choice(Tab::Vouchers, format!("接種券 {}", card.vouchers.len())),
            choice(Tab::Certificates, format!("証明書 {}", card.certificates.len())),
            choice(Tab::Notes, format!("追記 {}", card.notes.len())),
        ];
        let head = tabs("tabs", choices, &self.tab, Message::TabChosen);
        let rows = match self.tab {
            Tab::Records => self.records(card, wide),
            Tab::Vouchers => self.vouchers(card),
            Tab::Certificates => self.certificates(card),
            Tab::Notes => self.notes(card),
        };
        bare_panel(column![head, rule(), rows])
            .height(Length::Fill)
            .into()
    }

    fn records<'a>(&'a self, card: &'a PersonCard, wide: bool) -> Element<'a, Message> {
        let mut columns = vec![
            TableColumn::new("接種日", 84.0),
            TableColumn::new("予防接種", if wide { 180.0 } else { 120.0 }),
            TableColumn::new("回", 44.0),
            TableColumn::new("ロット", 76.0),
            TableColumn::rest("実施場所"),
        ];
        if wide {
            columns.insert(1, TableColumn::new("接種時年齢", 100.0));
            columns.insert(5, TableColumn::new("量 mL", 60.0).right());
            columns.push(TableColumn::new("状態", 80.0));
        }
        table("records", columns, card.records.len(), move |row, column| {
            card.records
                .get(row)
                .map_or_else(Cell::default, |record| record_cell(record, column, wide))
        })
        .row_height(DENSE)
        .current(Some(self.line))
        .empty("接種の記録はまだありません。")
        .on_move(Message::LineMoved)
        .into()
    }

    fn vouchers<'a>(&'a self, card: &'a PersonCard) -> Element<'a, Message> {
        let columns = vec![
            TableColumn::new("券番号", 116.0),
            TableColumn::rest("予防接種"),
            TableColumn::new("発行", 84.0),
            TableColumn::new("発送", 84.0),
            TableColumn::new("状態", 80.0),
        ];
        table("vouchers", columns, card.vouchers.len(), move |row, column| {
            let Some(voucher) = card.vouchers.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::digits(in_groups(&voucher.number)).bold(),
                1 => Cell::text(programme_name(&voucher.programme)),
                2 => Cell::digits(voucher.issued_on.map(wareki::short).unwrap_or_default()),
                3 => Cell::digits(voucher.dispatched_on.map(wareki::short).unwrap_or_default()),
                _ => Cell::text(voucher.state()),
            }
        })
        .row_height(DENSE)
        .current(Some(self.line))
        .empty("接種券はまだ出していません。F7 で発行・再発行。")
        .on_move(Message::LineMoved)
        .into()
    }

    fn certificates<'a>(&'a self, card: &'a PersonCard) -> Element<'a, Message> {
        let columns = vec![TableColumn::new("番号", 116.0), TableColumn::rest("交付")];
        table(
            "certificates",
            columns,
            card.certificates.len(),
            move |row, column| {
                let Some(issue) = card.certificates.get(row) else {
                    return Cell::default();
                };
                match column {
                    0 => Cell::digits(issue.number.clone()).bold(),
                    _ => Cell::text(wareki::short(
                        (issue.issued_at + chrono::TimeDelta::hours(9)).date_naive(),
                    )),
                }
            },
        )
        .row_height(DENSE)
        .current(Some(self.line))
        .empty("証明書はまだ出していません。F9 で交付。")
        .on_move(Message::LineMoved)
        .into()
    }

    fn notes<'a>(&'a self, card: &'a PersonCard) -> Element<'a, Message> {
        let columns = vec![TableColumn::new("登録", 84.0), TableColumn::rest("内容")];
        table("notes", columns, card.notes.len(), move |row, column| {
            let Some(note) = card.notes.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::digits(wareki::short(
                    (note.noted_at + chrono::TimeDelta::hours(9)).date_naive(),
                )),
                _ => Cell::text(note.text.clone()),
            }
        })
        .row_height(DENSE)
        .current(Some(self.line))
        .empty("追記はありません。")
        .on_move(Message::LineMoved)
        .into()
    }

    pub(super) fn reasons_panel<'a>(&'a self, card: &'a PersonCard) -> Element<'a, Message> {
        let mut body = column![];
        for standing in &card.standing {
            body = body.push(standing_banner(standing));
        }
        let row = card.timeline.get(self.programme);
        match self.reasons.first() {
            Some(explained) => body = body.push(explanation(explained)),
            None => {
                let words = row.map_or("", |row| match row.next.is_empty() && row.detail.is_empty() {
                    true => "",
                    false => "この予防接種に、これからの回はありません。",
                });
                body = body.push(surface::empty(words));
            }
        }
        let title = row.map_or(String::new(), |row| row.name.clone());
        let version = small(format!("規則 {} 版で判定", card.rule_version)).role(Role::Ink2);
        body = body.push(container(version).padding([theme::NEAR, theme::GAP]));
        let title = small(title).role(Role::Ink2).wrapping(Wrapping::None);
        panel("判定の理由", title, scrollable(body).height(Length::Fill))
            .height(Length::Fill)
            .into()
    }
}

fn record_cell(record: &RecordLine, column: usize, wide: bool) -> Cell {
    let kind = match (wide, column) {
        (false, column) => ["day", "programme", "dose", "lot", "place"]
            .get(column)
            .copied()
            .unwrap_or(""),
        (true, column) => {
            let wide = [
                "day",
                "age",
                "programme",
                "dose",
                "lot",
                "amount",
                "place",
                "state",
            ];
            wide.get(column).copied().unwrap_or("")
        }
    };
    match kind {
        "day" => Cell::digits(wareki::short(record.vaccinated_on)),
        "age" => Cell::text(
            record
                .age
                .map_or(String::new(), |age| format!("{}歳{}か月", age.years, age.months)),
        ),
        "programme" => Cell::text(programme_name(&record.programme)),
        "dose" => Cell::text(match record.dose {
            DoseNumber::Nth(number) => number.to_string(),
            DoseNumber::Booster => "追加".to_owned(),
        }),
        "lot" => match record.outcome.is_screened_only() {
            true => Cell::text("予診のみ").role(Role::Ink2),
            false => Cell::digits(record.lot_number.clone().unwrap_or_default()),
        },
        "amount" => Cell::digits(record.amount.map_or(String::new(), |ml| ml.to_string())),
        "place" => {
            let place = record
                .institution_name
                .clone()
                .or_else(|| record.institution_code.clone());
            let cell = Cell::text(place.unwrap_or_default());
            match (record.is_cancelled, record.approval.counts()) {
                (true, _) => cell.role(Role::Ink2).sign(Icon::Cross, Role::Ink2),
                (_, false) => cell.sign(Icon::Ring, Role::Warn),
                _ => cell,
            }
        }
        "state" => match (record.is_cancelled, record.approval.counts()) {
            (true, _) => Cell::text("取消").role(Role::Ink2),
            (_, false) => Cell::text("未承認").role(Role::Warn),
            _ => Cell::text("確定"),
        },
        _ => Cell::default(),
    }
}

fn standing_banner(standing: &Standing) -> Element<'_, Message> {
    let tone = match standing.tone {
        Tone::Stop => surface::Tone::Stop,
        Tone::Warning => surface::Tone::Warn,
        Tone::Information => surface::Tone::Info,
    };
    banner(tone, standing.sentence.as_str())
}

fn explanation(explained: &Explained) -> Column<'_, Message> {
    let evaluation = &explained.evaluation;
    let mut steps = column![];
    for reason in &evaluation.reasons {
        let (sign, role) = sign_of(reason.code, evaluation.verdict);
        let citation = small(reason.citation.as_str()).role(Role::Ink2);
        let sentence = small(reason.sentence.as_str());
        let words = column![sentence, citation];
        let line = row![icon(sign, role), words.width(Length::Fill)].spacing(theme::NEAR);
        steps = steps
            .push(container(line).padding([5.0, theme::GAP]))
            .push(rule());
    }
    let (words, role) = match evaluation.verdict {
        Verdict::Possible => ("定期接種として接種できる", Role::Ok),
        Verdict::Warning => ("接種できる（確かめることがあります）", Role::Warn),
        Verdict::Refused => ("いまは定期接種として接種できない", Role::Stop),
    };
    let mut verdict = column![medium_bold(words).role(role)].spacing(theme::PAIR);
    if let Some(next) = evaluation.next_on {
        verdict = verdict.push(
            row![
                small("つぎに接種できる日").role(Role::Ink2),
                small_bold(wareki::with_weekday(next))
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center),
        );
    }
    column![
        container(verdict).padding([theme::NEAR, theme::GAP]),
        rule(),
        steps
    ]
}

fn sign_of(code: ReasonCode, verdict: Verdict) -> (Icon, Role) {
    match code {
        ReasonCode::Open | ReasonCode::Window | ReasonCode::Extension | ReasonCode::Series => {
            (Icon::Tick, Role::Ok)
        }
        ReasonCode::Standard | ReasonCode::Late | ReasonCode::Covered => (Icon::Triangle, Role::Warn),
        ReasonCode::NotYet
        | ReasonCode::Over
        | ReasonCode::Cohort
        | ReasonCode::Requirement
        | ReasonCode::UnknownBirth
        | ReasonCode::PastEnd
            if verdict == Verdict::Refused =>
        {
            (Icon::Cross, Role::Stop)
        }
        _ => (Icon::Dot, Role::Ink2),
    }
}
