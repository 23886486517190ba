//! 承認する1件の中身. The record item by item, the version before beside it where there is one, the paper against the
//! register, where the paper lies, and the decision.

use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, row, scrollable, space},
};

use super::{Approvals, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{Weight, button, chips, choice},
            field::field,
            icon::{Icon, icon},
            surface::{Tone, banner, done, fill, panel, rule},
            words::{Tint, digits, digits_bold, medium_bold, small, small_bold},
        },
    },
    domain::{comparison::Agreement, record::Route, wareki},
    office::{
        enter::catalogue,
        waiting::{RecordLine, WaitingDetail, reason_label},
    },
};

const ITEM: f32 = 116.0;
const BEFORE: f32 = 210.0;

impl Approvals {
    pub(super) fn detail_panel(&self) -> Element<'_, Message> {
        let Some(detail) = &self.detail else {
            let words = match self.list.lines.is_empty() {
                true => "左の一覧に、承認を待つものが出ます。",
                false => "読んでいます",
            };
            let body = container(small(words).role(Role::Ink2)).padding(theme::GAP);
            return panel("内容", small(""), body).height(Length::Fill).into();
        };
        let kind = self.entry().map_or("入力", |entry| entry.kind.label());
        let title = format!("接種記録の{kind}");
        let who: Element<'_, Message> = match &detail.recipient {
            Some(recipient) => {
                let born = recipient
                    .birth_on
                    .map_or_else(|| recipient.birth_text.clone(), wareki::short);
                row![
                    crate::desktop::widget::words::small_name(recipient.name.as_str()),
                    digits(format!("{born} 生")).role(Role::Ink2)
                ]
                .spacing(theme::NEAR)
                .into()
            }
            None => small("台帳にいません").role(Role::Stop).into(),
        };
        let body = column![scrollable(column![self.items(detail), self.facts(detail)]).height(Length::Fill)];
        panel(title, who, body).height(Length::Fill).into()
    }

    /// Item by item; where there is a version before, what differs stands out.
    fn items<'a>(&'a self, detail: &'a WaitingDetail) -> Element<'a, Message> {
        let after = facts_of(&detail.record, detail.institution_name.as_deref());
        let before = detail.before.as_ref().map(|before| facts_of(before, None));
        let head = match &before {
            None => row![small_bold("項目").width(ITEM), small_bold("内容")],
            Some(_) => row![
                small_bold("項目").width(ITEM),
                small_bold("前の版").width(BEFORE + 24.0),
                small_bold("いまの版")
            ],
        };
        let mut lines = column![
            container(head)
                .height(26)
                .padding([0.0, theme::GAP])
                .width(Length::Fill)
                .align_y(Alignment::Center)
                .style(fill(Role::Head))
        ];
        for (place, (label, value)) in after.iter().enumerate() {
            let old = before
                .as_ref()
                .and_then(|before| before.get(place))
                .map(|(_, value)| value.clone());
            lines = lines.push(item(label, old, value.clone(), self.is_before_shown));
            lines = lines.push(rule());
        }
        lines.into()
    }

    fn facts<'a>(&'a self, detail: &'a WaitingDetail) -> Element<'a, Message> {
        let record = &detail.record;
        let mut lines = column![].spacing(6).padding(theme::GAP);
        if let Some(reason) = &record.change_reason {
            lines = lines.push(fact("理由", small_bold(reason_label(reason)).into()));
        }
        let returned_for = self.entry().and_then(|entry| entry.line.returned_for.as_deref());
        if let Some(words) = returned_for {
            lines = lines.push(fact("差し戻し", small_bold(words).role(Role::Warn).into()));
        }
        let paper = match (&detail.bundle_number, record.sheet) {
            (Some(bundle), Some(sheet)) => format!("束 {bundle} の {sheet}枚目"),
            _ => "束に入っていない票".to_owned(),
        };
        lines = lines.push(fact("もとの紙", digits(paper).into()));
        let at = record.updated_at + chrono::TimeDelta::hours(9);
        let entered = format!(
            "{}  {} {}  端末 {}",
            detail.entered_by,
            wareki::short(at.date_naive()),
            at.format("%-H:%M"),
            record.terminal.0
        );
        lines = lines.push(fact("入力した人", digits(entered).into()));
        if let Some(found) = detail.sheet.as_ref().and_then(|sheet| sheet.comparison) {
            let items = [
                ("カナ", found.kana),
                ("氏名", found.name),
                ("生年月日", found.birth),
                ("住所", found.address),
            ];
            let mut line = row![].spacing(theme::GAP);
            for (label, agreement) in items {
                line = line.push(agreed(label, agreement));
            }
            lines = lines.push(fact("紙と台帳", line.into()));
        }
        if let Some(sheet) = &detail.sheet
            && !sheet.confirmations.is_empty()
        {
            lines = lines.push(fact(
                "確かめた警告",
                small(format!("{}件", sheet.confirmations.len())).into(),
            ));
        }
        if let Some(recipient) = &detail.recipient
            && let Some(notice) = recipient.notices.first()
        {
            lines = lines.push(
                row![
                    icon(Icon::Triangle, Role::Warn),
                    small_bold(notice.as_str()).role(Role::Warn)
                ]
                .spacing(theme::PAIR),
            );
        }
        if self.is_returned() {
            let words = "差し戻された入力です。F4 で紙を見て直すと、もう一度承認を待ちます。";
            return lines.push(banner(Tone::Warn, words)).into();
        }
        let asked = chips(
            "paper",
            vec![choice(true, "紙を見た"), choice(false, "紙を見ていない")],
            self.has_seen_paper.as_ref(),
            Message::PaperChosen,
        );
        lines
            .push(banner(
                Tone::Info,
                "承認の前に、もとの紙を見てください。見た人の名前が記録に残ります。",
            ))
            .push(asked)
            .into()
    }

    /// 決め方.
    pub(super) fn decision_panel(&self) -> Element<'_, Message> {
        let is_open = self.detail.is_some() && !self.is_saving && !self.is_returned();
        let head = row![
            medium_bold("差し戻すときの理由"),
            small("承認するときは空けておきます").role(Role::Ink2),
            space::horizontal(),
            self.outcome(),
        ]
        .spacing(theme::NEAR)
        .align_y(Alignment::Center);
        let line = row![
            field("return-reason", &self.reason)
                .width(Length::Fill)
                .on_input(Message::ReasonChanged),
            button(
                "return",
                Weight::Danger,
                "F8　差し戻す",
                is_open.then_some(Message::ReturnPressed)
            ),
            button(
                "approve",
                Weight::Main,
                "F12　承認",
                is_open.then_some(Message::ApprovePressed)
            ),
        ]
        .spacing(theme::NEAR)
        .align_y(Alignment::Center);
        let under: Element<'_, Message> = match &self.refused {
            Some(refused) => row![
                icon(Icon::Cross, Role::Stop),
                small_bold(refused.as_str()).role(Role::Stop)
            ]
            .spacing(theme::PAIR)
            .into(),
            None => small("承認すると元の値は消えずに、前の版として残ります。")
                .role(Role::Ink2)
                .into(),
        };
        crate::desktop::widget::surface::bare_panel(
            column![head, line, under].spacing(2).padding([6.0, theme::GAP]),
        )
        .height(112)
        .into()
    }

    fn outcome(&self) -> Element<'_, Message> {
        match &self.done {
            Some(words) => done(words.as_str()),
            None => Space::new().into(),
        }
    }
}

fn facts_of(line: &RecordLine, institution: Option<&str>) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "－".to_owned());
    let place = institution
        .map(str::to_owned)
        .or_else(|| line.institution_name.clone());
    let route = line
        .route
        .as_deref()
        .and_then(|code| Route::ALL.into_iter().find(|route| route.code() == code));
    vec![
        (
            "接種年月日",
            format!(
                "{}（{}）",
                wareki::short(line.vaccinated_on),
                wareki::weekday(line.vaccinated_on)
            ),
        ),
        (
            "接種時の年齢",
            line.age.map_or_else(|| "－".to_owned(), |age| age.to_string()),
        ),
        ("予防接種", catalogue::dose_label(&line.programme, line.dose)),
        (
            "結果",
            if line.is_cancelled {
                "取消".to_owned()
            } else {
                line.outcome.label().to_owned()
            },
        ),
        (
            "ワクチン",
            line.product
                .as_deref()
                .map_or_else(|| "－".to_owned(), catalogue::brand),
        ),
        ("ロット", text(&line.lot_number)),
        (
            "接種量・方法",
            match (line.amount, route) {
                (Some(amount), Some(route)) => format!("{amount} mL　{}", route.label()),
                (Some(amount), None) => format!("{amount} mL"),
                _ => "－".to_owned(),
            },
        ),
        ("実施場所", place.unwrap_or_else(|| "－".to_owned())),
        ("医師", text(&line.physician_name)),
    ]
}

fn item<'a>(
    label: &'a str,
    before: Option<String>,
    after: String,
    is_before_shown: bool,
) -> Element<'a, Message> {
    let is_changed = before.as_ref().is_some_and(|before| *before != after);
    let name = if is_changed {
        small_bold(label)
    } else {
        small(label).role(Role::Ink2)
    };
    let mut line = row![name.width(ITEM)].height(28).align_y(Alignment::Center);
    match before {
        None => line = line.push(digits(after)),
        Some(before) => {
            let sign: Element<'_, Message> = match is_changed {
                true => icon(Icon::Chevron, Role::Ink2).into(),
                false => Space::new().into(),
            };
            let now = match (is_changed, is_before_shown) {
                (true, _) => digits_bold(after),
                (false, true) => digits(after).role(Role::Ink2),
                (false, false) => small("変わりません").role(Role::Ink2),
            };
            line = line
                .push(digits(before).width(BEFORE))
                .push(container(sign).width(24))
                .push(now);
        }
    }
    let ground = if is_changed { Role::AccentSoft } else { Role::Panel };
    container(line)
        .padding([0.0, theme::GAP])
        .width(Length::Fill)
        .style(fill(ground))
        .into()
}

fn fact<'a>(label: &'a str, value: Element<'a, Message>) -> Element<'a, Message> {
    row![small(label).role(Role::Ink2).width(92), value]
        .spacing(theme::NEAR)
        .align_y(Alignment::Center)
        .into()
}

fn agreed<'a>(label: &'a str, agreement: Agreement) -> Element<'a, Message> {
    let (sign, ink) = match agreement.needs_a_look() {
        true => (Icon::Triangle, Role::Warn),
        false => (Icon::Tick, Role::Ok),
    };
    row![
        small(label),
        icon(sign, ink),
        small_bold(agreement.label()).role(ink)
    ]
    .spacing(theme::PAIR)
    .into()
}
