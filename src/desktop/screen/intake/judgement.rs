//! 判定の面. Always in the same place: counts and one sentence, the window with the written day, what stops, what
//! must be confirmed in the order of the paper, and what is in order with the laws.

use chrono::NaiveDate;
use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, row, scrollable, space, stack},
};

use super::{Intake, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{choice, small_chips},
            icon::{Icon, icon},
            surface::{Tone, badge, banner, fill, ground, panel, rule},
            words::{Tint, count, digits, digits_bold, medium_bold, small, small_bold},
        },
    },
    domain::{
        judgement::{EntryFinding, Window},
        record::ChangeReason,
        wareki,
    },
};

const BAR: f32 = 370.0;
const MARK: f32 = 17.0;
const GAP_BEFORE: f32 = 24.0;

/// The id of a warning's chips.
pub(super) fn answer_id(code: &str) -> iced::advanced::widget::Id {
    iced::advanced::widget::Id::from(format!("answer-{code}"))
}

impl Intake {
    pub(super) fn judgement_panel(&self) -> Element<'_, Message> {
        let category = self
            .judged
            .category
            .map(|category| category.label())
            .unwrap_or("");
        let about = match self.dose_words() {
            words if words.is_empty() => String::new(),
            words => format!("{words}・{category}"),
        };
        let mut blocks = column![];
        if let Some(refused) = &self.refused {
            blocks = blocks.push(banner(Tone::Stop, refused.as_str()));
        }
        if let Some(problem) = self.problems.first() {
            blocks = blocks.push(banner(Tone::Stop, problem.sentence()));
        }
        if self.corrects_record() {
            blocks = blocks.push(self.reason_block());
        }
        for finding in &self.judged.stops {
            blocks = blocks.push(stop_block(finding));
        }
        for finding in &self.judged.warnings {
            blocks = blocks.push(self.warning_block(finding));
        }
        blocks = blocks.push(self.in_order());
        let body = column![
            self.summary(),
            self.window(),
            rule(),
            scrollable(blocks).height(Length::Fill).width(Length::Fill),
        ];
        panel("判定", small(about).role(Role::Ink2), body)
            .height(Length::Fill)
            .into()
    }

    fn summary(&self) -> Element<'_, Message> {
        let (stops, warnings) = (self.judged.stops.len(), self.judged.warnings.len());
        let tone = |number: usize, tone: Tone| if number == 0 { Tone::Neutral } else { tone };
        let open = self.judged.open(&self.keyed.draft).len();
        let (sentence, ink) = match (self.keyed.draft.person.is_some(), self.is_to_be_held(), open) {
            (false, ..) => ("", Role::Ink),
            (true, true, _) => ("このままでは登録できません", Role::Stop),
            (true, false, 0) => ("登録できます", Role::Ok),
            (true, false, _) => ("確かめれば登録できます", Role::Ink),
        };
        container(
            row![
                badge(tone(stops, Tone::Stop), format!("停止 {stops}")),
                badge(tone(warnings, Tone::Warn), format!("警告 {warnings}")),
                space::horizontal(),
                small_bold(sentence).role(ink),
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center),
        )
        .padding([theme::NEAR, theme::GAP])
        .into()
    }

    fn window(&self) -> Element<'_, Message> {
        let Some(window) = &self.judged.window else {
            return Space::new().into();
        };
        let head = row![
            small_bold("接種できる日"),
            space::horizontal(),
            digits(window.ground.as_str()).role(Role::Ink2)
        ];
        let until = window.until.map_or_else(|| "期限なし".to_owned(), wareki::short);
        let standard = match window.standard {
            Some((from, to)) => format!("標準 {} ～ {}", wareki::short(from), wareki::short(to)),
            None => String::new(),
        };
        let foot = row![
            digits(wareki::short(window.from)),
            space::horizontal(),
            digits(standard).role(Role::Ink2),
            space::horizontal(),
            digits(until),
        ];
        container(column![head, self.bar(window), foot].spacing(theme::PAIR))
            .padding([0.0, theme::GAP])
            .height(78)
            .into()
    }

    /// The bar of the window with the written day; a day before it stands left of a gap.
    fn bar(&self, window: &Window) -> Element<'_, Message> {
        let on = self.keyed.draft.vaccinated_on;
        let is_before = on.is_some_and(|on| on < window.from);
        let left = if is_before { GAP_BEFORE } else { 0.0 };
        let width = BAR - left;
        let last = window.until.unwrap_or_else(|| far(window, on));
        let place = |day: NaiveDate| {
            let all = (last - window.from).num_days().max(1) as f32;
            ((day - window.from).num_days() as f32 / all).clamp(0.0, 1.0) * width
        };
        let mut inner = row![].height(15).align_y(Alignment::Center);
        if let Some((from, to)) = window.standard {
            let (from, to) = (place(from), place(to));
            inner = inner
                .push(Space::new().width(from))
                .push(container(Space::new().width((to - from).max(3.0)).height(6)).style(fill(Role::Std)));
        }
        let bar = container(inner).width(width).height(15).clip(true).style(ground(
            Role::Win,
            Some((Role::WinLine, 1.0)),
            0.0,
        ));
        let bar = row![Space::new().width(left), bar];
        let Some(on) = on else {
            return container(bar).height(MARK).into();
        };
        let is_after = window.until.is_some_and(|until| on > until);
        let (mark_fill, x) = match is_before || is_after {
            true if is_before => (Role::Stop, 0.0),
            true => (Role::Stop, BAR - MARK),
            false => (Role::Dose, (place(on) - MARK / 2.0).clamp(0.0, BAR - MARK)),
        };
        let number = self
            .keyed
            .draft
            .dose
            .map(|dose| dose.label().chars().next().unwrap_or(' ').to_string());
        let mark = container(small_bold(number.unwrap_or_default()).role(Role::OnDose))
            .center(MARK)
            .style(ground(mark_fill, Some((Role::Panel, 1.0)), MARK / 2.0));
        stack![bar, row![Space::new().width(x), mark]].height(MARK).into()
    }

    fn reason_block(&self) -> Element<'_, Message> {
        let choices = self
            .reasons()
            .iter()
            .map(|reason| choice(*reason, short_reason(*reason)))
            .collect();
        let chosen = self.keyed.draft.change;
        block(
            Role::AccentSoft,
            Role::Accent,
            column![
                small_bold("訂正の理由"),
                small_chips("reason", choices, chosen.as_ref(), Message::ReasonChosen),
            ]
            .spacing(theme::PAIR),
        )
    }

    fn warning_block<'a>(&'a self, finding: &'a EntryFinding) -> Element<'a, Message> {
        let given = self
            .keyed
            .draft
            .confirmations
            .iter()
            .find(|answer| answer.code == finding.code);
        let chosen = given.map(|given| given.answer);
        let state: Element<'_, Message> = match chosen {
            Some(_) => row![icon(Icon::Tick, Role::Ok), small_bold("確認ずみ")]
                .spacing(theme::PAIR)
                .into(),
            None => small("未確認").role(Role::Ink2).into(),
        };
        let choices = (1..=9)
            .zip(&finding.answers)
            .map(|(place, answer)| choice(place, answer.label))
            .collect();
        let code = finding.code.clone();
        block(
            Role::WarnSoft,
            Role::WarnLine,
            column![
                title(finding, Icon::Triangle, Role::Warn, "警告"),
                small(finding.sentence.as_str()),
                row![
                    small_chips(
                        answer_id(&finding.code),
                        choices,
                        chosen.as_ref(),
                        move |answer| { Message::AnswerChosen(code.clone(), answer) }
                    ),
                    space::horizontal(),
                    state,
                ]
                .align_y(Alignment::Center),
            ]
            .spacing(2),
        )
    }

    fn in_order(&self) -> Element<'_, Message> {
        let mut lines = column![].spacing(theme::PAIR).padding([theme::NEAR, theme::GAP]);
        if self.keyed.draft.person.is_some() && !self.judged.in_order.is_empty() {
            lines = lines.push(
                row![
                    icon(Icon::Tick, Role::Ok),
                    small(format!("{}は法定どおり", self.judged.in_order.join("・")))
                ]
                .spacing(theme::NEAR),
            );
        }
        if let Some(citation) = &self.judged.citation {
            lines = lines.push(
                row![
                    small(citation.as_str()).width(Length::Fill),
                    small_bold("F6 理由を見る").role(Role::Link)
                ]
                .spacing(theme::NEAR),
            );
        }
        if self.is_why_open {
            for finding in self.judged.stops.iter().chain(&self.judged.warnings) {
                if let Some(citation) = &finding.citation {
                    lines = lines.push(small(format!(
                        "{} {}：{citation}",
                        finding.place.mark(),
                        finding.title
                    )));
                }
            }
        }
        lines.into()
    }
}

/// The reason in as few letters as the panel has room for; the list of approvals says it in full.
fn short_reason(reason: ChangeReason) -> &'static str {
    match reason {
        ChangeReason::Misread => "読みちがい",
        ChangeReason::Mistyped => "入力の誤り",
        ChangeReason::CorrectedByInstitution => "機関",
        ChangeReason::Returned => "差し戻し",
        other => other.label(),
    }
}

/// An end for a window that has none: far enough to show the day in it.
fn far(window: &Window, on: Option<NaiveDate>) -> NaiveDate {
    let least = window.from + chrono::TimeDelta::days(365);
    on.map_or(least, |on| least.max(on + chrono::TimeDelta::days(30)))
}

fn stop_block(finding: &EntryFinding) -> Element<'_, Message> {
    let mut body = column![
        title(finding, Icon::Octagon, Role::Stop, "停止"),
        small(finding.sentence.as_str()),
    ]
    .spacing(2);
    if let Some(next_on) = finding.next_on {
        body = body.push(
            row![
                small("つぎに接種できる日"),
                count(wareki::short(next_on)),
                digits(format!(
                    "{}（{}）",
                    wareki::western(next_on),
                    wareki::weekday(next_on)
                ))
                .role(Role::Ink2),
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center),
        );
    }
    let choices = (1..=9)
        .zip(&finding.answers)
        .map(|(place, answer)| choice(place, answer.label))
        .collect();
    let code = finding.code.clone();
    let chips = small_chips(answer_id(&finding.code), choices, None::<&u8>, move |answer| {
        Message::StopAnswered(code.clone(), answer)
    });
    block(Role::StopSoft, Role::Stop, body.push(chips))
}

fn title<'a>(finding: &'a EntryFinding, sign: Icon, ink: Role, word: &'static str) -> Element<'a, Message> {
    let words = match sign {
        Icon::Octagon => medium_bold(finding.title.as_str()),
        _ => small_bold(finding.title.as_str()),
    };
    row![
        icon(sign, ink),
        small_bold(word).role(ink),
        words.role(ink),
        space::horizontal(),
        digits_bold(finding.place.mark()),
    ]
    .spacing(theme::PAIR)
    .align_y(Alignment::Center)
    .into()
}

/// A block with its bar of 6 at the left: the ground of the bar shows beside the block's own.
fn block<'a>(ground_role: Role, bar: Role, body: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    let body = container(body)
        .padding([6.0, theme::NEAR])
        .width(Length::Fill)
        .style(fill(ground_role));
    let barred = container(body).width(Length::Fill).padding(iced::Padding {
        left: 6.0,
        ..iced::Padding::ZERO
    });
    column![barred.style(fill(bar)), rule()].into()
}
