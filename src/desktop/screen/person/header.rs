//! 人の見出し. Name, birth and age, household and address, and at the right what bars the usual way.

use iced::{
    Alignment, Element, Length,
    widget::{Column, column, container, row, space, text::Wrapping},
};

use super::{Message, Person};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            icon::{Icon, icon},
            surface::{bare_panel, ground},
            words::{
                Tint, digits, digits_bold, large_name, medium_bold, room_of, small, small_bold, small_name,
            },
        },
    },
    domain::{birth::BirthDate, wareki},
    office::person::{PersonCard, Standing, Tone},
};

impl Person {
    pub(super) fn header_panel<'a>(&'a self, card: &'a PersonCard, wide: bool) -> Element<'a, Message> {
        let resident = &card.resident;
        let names = &resident.names;
        let mut kana = row![small(names.shown_kana()).role(Role::Ink2)].spacing(theme::NEAR);
        let other = [
            names.alphabet.as_deref(),
            names.common.as_deref(),
            Some(names.kanji.as_str()),
        ];
        for name in other
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty() && *name != names.shown())
        {
            kana = kana.push(small_name(name).role(Role::Ink2));
        }
        let numbers = row![
            small(resident.sex.word()),
            small("宛名").role(Role::Ink2),
            digits(resident.atena_number.clone())
        ]
        .spacing(theme::NEAR);
        let who = column![kana, large_name(names.shown()), numbers];
        let mut line = row![
            container(who).width(if wide { 300 } else { 210 }),
            container(self.birth(card)).width(if wide { 220 } else { 158 }),
        ]
        .spacing(theme::GAP);
        let (boxes, width) = if wide { (2, 250.0) } else { (1, 190.0) };
        let boxes = card.standing.len().min(boxes);
        let room = if wide { 452.0 } else { 472.0 } - boxes as f32 * (width + theme::GAP);
        line = line.push(container(self.household(card, room)).width(Length::Fill));
        for standing in card.standing.iter().take(boxes) {
            line = line.push(standing_box(standing, width));
        }
        bare_panel(container(line).padding([6.0, theme::GAP]))
            .height(92)
            .into()
    }

    fn birth<'a>(&self, card: &'a PersonCard) -> Column<'a, Message> {
        let label = small("生年月日・年齢").role(Role::Ink2);
        match &card.resident.birth {
            BirthDate::Known(day) => column![
                label,
                digits_bold(wareki::short(*day)),
                digits(wareki::western(*day)).role(Role::Ink2),
                medium_bold(match wareki::short_age(*day, self.today) {
                    age if age.contains("か月") => wareki::exact_age(*day, self.today),
                    age => age,
                })
            ],
            BirthDate::AsWritten(text) => column![
                label,
                small_bold(text.as_str()),
                small("台帳の表記のまま").role(Role::Ink2),
                medium_bold(match card.resident.birth.day() {
                    Some(day) => wareki::short_age(day, self.today),
                    None => "年齢不明".to_owned(),
                })
            ],
        }
    }

    /// Those of the household for whom there is room, then how many more there are.
    fn members<'a>(&self, card: &'a PersonCard, room: f32) -> Element<'a, Message> {
        let head = card.members.first().map_or("", |head| surname(&head.name));
        let mut line = row![].spacing(theme::NEAR);
        let mut taken = 0.0;
        for (at, member) in card.members.iter().enumerate() {
            let is_head = member.relationship == "世帯主";
            let name = called(&member.name, head, &member.relationship);
            let age = match &member.birth {
                BirthDate::Known(day) => wareki::short_age(*day, self.today),
                BirthDate::AsWritten(_) => String::new(),
            };
            let about = match is_head {
                true => format!("（{age}）"),
                false => format!("（{} {age}）", member.relationship),
            };
            let left = card.members.len() - at;
            let more = format!("ほか{left}人");
            let width = room_of(name) + room_of(&about) + theme::NEAR + if is_head { 24.0 } else { 0.0 };
            let reserve = if left > 1 { room_of(&more) } else { 0.0 };
            if at > 0 && taken + width + reserve > room {
                line = line.push(small(more).role(Role::Ink2).wrapping(Wrapping::None));
                break;
            }
            taken += width;
            line = line.push(row![
                small(if is_head { "主 " } else { "" }).role(Role::Ink2),
                small_name(name).wrapping(Wrapping::None),
                small(about).wrapping(Wrapping::None)
            ]);
        }
        container(line).width(Length::Fill).clip(true).into()
    }

    fn household<'a>(&'a self, card: &'a PersonCard, room: f32) -> Column<'a, Message> {
        let is_long = !card.is_covered && room_of(&card.resident.address.line()) > room;
        let address: Element<'a, Message> = match (&self.revealed, card.is_covered) {
            (Some(revealed), _) => small(revealed.address.line()).into(),
            (None, true) => row![
                icon(Icon::Lock, Role::Ink),
                small("住所は伏せています"),
                small_bold("F8 表示").role(Role::Link)
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center)
            .into(),
            (None, false) => small(card.resident.address.line()).into(),
        };
        let telephone = match (&self.revealed, &card.household) {
            (Some(revealed), _) => revealed.telephone.clone(),
            (None, Some(household)) => household.telephone.clone(),
            (None, None) => String::new(),
        };
        let district = format!("{}地区", card.district);
        let mut below = row![small(district).role(Role::Ink2)].spacing(theme::NEAR);
        if !telephone.is_empty() {
            below = below.push(small("電話").role(Role::Ink2)).push(digits(telephone));
        }
        if let Some(as_of) = card.as_of {
            let on = (as_of + chrono::TimeDelta::hours(9)).date_naive();
            below = below
                .push(space::horizontal())
                .push(small(format!("台帳 {} 現在", wareki::short(on))).role(Role::Ink2));
        }
        let mut lines = column![];
        // An address of two lines needs the room of the label.
        if !is_long {
            lines = lines.push(small("世帯・住所").role(Role::Ink2));
        }
        lines.push(self.members(card, room)).push(address).push(below)
    }
}

fn standing_box(standing: &Standing, width: f32) -> Element<'_, Message> {
    let (soft, edge, ink, sign) = match (standing.tone, standing.word) {
        (Tone::Stop, "支援措置") => (Role::StopSoft, Role::Stop, Role::Stop, Icon::Shield),
        (Tone::Stop, _) => (Role::StopSoft, Role::Stop, Role::Stop, Icon::Octagon),
        (Tone::Warning, _) => (Role::WarnSoft, Role::WarnLine, Role::Warn, Icon::Triangle),
        (Tone::Information, _) => (Role::AccentSoft, Role::Accent, Role::Link, Icon::Info),
    };
    let head = row![icon(sign, ink), small_bold(standing.word).role(ink)]
        .spacing(theme::PAIR)
        .align_y(Alignment::Center);
    let words = small(standing.brief.as_str()).role(Role::Ink);
    container(column![head, words])
        .width(width)
        .height(Length::Fill)
        .padding([4.0, theme::NEAR])
        .style(ground(soft, Some((edge, 1.0)), theme::RADIUS))
        .into()
}

fn surname(name: &str) -> &str {
    name.split_once('\u{3000}').map_or(name, |(surname, _)| surname)
}

/// Those of the head's name are called by their given name.
fn called<'n>(name: &'n str, head: &str, relationship: &str) -> &'n str {
    match name.split_once('\u{3000}') {
        Some((surname, given)) if surname == head && relationship != "世帯主" => given,
        _ => name,
    }
}
