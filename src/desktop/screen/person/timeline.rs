//! 年表. The programmes of a person in the order in which a clerk acts on them; the current row has the focus, ↑ and ↓
//! go on, and the reasons follow.

use iced::{
    Alignment, Element, Length,
    keyboard::{Key, key::Named},
    widget::{column, container, mouse_area, row, scrollable, space, text::Wrapping},
};

use super::{
    Message, Person,
    axis::Axis,
    bars::{Shows, bars},
};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            icon::{Icon, icon},
            stop::{Ring, Taken, stop},
            surface::{bare_panel, empty, fill, rule},
            words::{Tint, digits, small, small_bold},
        },
    },
    office::person::{PersonCard, Row, Section},
};

const NAME: f32 = 184.0;

impl Person {
    pub(super) fn timeline_panel<'a>(&'a self, card: &'a PersonCard, wide: bool) -> Element<'a, Message> {
        let height = if wide { 27.0 } else { 22.0 };
        let next = if wide { 330.0 } else { 292.0 };
        let axis = Axis::of(card.resident.birth.day(), self.today);
        let mut rows = column![];
        for section in [Section::Now, Section::Later, Section::Done] {
            let here: Vec<(usize, &Row)> = card
                .timeline
                .iter()
                .enumerate()
                .filter(|(_, row)| row.section == section)
                .collect();
            if here.is_empty() {
                continue;
            }
            let first = here.first().is_some_and(|(at, _)| *at == 0);
            let label = first.then(|| axis.clone());
            rows = rows.push(self.section_row(section, here.len(), label, (height, next)));
            for (at, line) in here {
                rows = rows.push(self.programme_row(at, line, &axis, (height, next)));
            }
        }
        if !Self::is_due(card) {
            rows = rows.push(empty(self.nothing_due(card)));
        }
        if card.other_programmes > 0 {
            let words = format!("ほか {}件：対象外", card.other_programmes);
            rows = rows.push(container(small(words).role(Role::Ink2)).padding([2.0, theme::GAP]));
        }
        bare_panel(column![
            self.axis_row(&axis, next),
            rule(),
            scrollable(rows).height(Length::Fill)
        ])
        .height(Length::Fill)
        .into()
    }

    fn nothing_due(&self, card: &PersonCard) -> String {
        let next = card.timeline.iter().find(|row| row.section == Section::Later);
        match next {
            Some(row) => {
                format!(
                    "この方に今できる定期接種はありません。つぎは {} {}。",
                    row.detail, row.name
                )
            }
            None => "この方に今できる定期接種はありません。".to_owned(),
        }
    }

    fn axis_row<'a>(&self, axis: &Axis, next: f32) -> Element<'a, Message> {
        let head = row![
            container(small_bold("予防接種"))
                .width(NAME)
                .padding([0.0, theme::GAP]),
            bars(axis.clone(), Shows::Names, self.today, 26.0),
            container(small_bold("つぎにすること・期限"))
                .width(next)
                .padding([0.0, theme::GAP]),
        ]
        .align_y(Alignment::Center);
        container(head).height(26).style(fill(Role::Head)).into()
    }

    fn section_row<'a>(
        &self,
        section: Section,
        count: usize,
        today_on: Option<Axis>,
        (height, next): (f32, f32),
    ) -> Element<'a, Message> {
        let words = row![
            small_bold(section.word()),
            small(format!("{count}件")).role(Role::Ink2)
        ]
        .spacing(theme::NEAR)
        .padding([0.0, theme::GAP])
        .width(NAME);
        let mut line = row![words].height(height).align_y(Alignment::Center);
        if let Some(axis) = today_on {
            line = line.push(bars(axis, Shows::Today, self.today, height));
            line = line.push(space::horizontal().width(next));
        }
        column![
            container(line).width(Length::Fill).style(fill(Role::Stripe)),
            rule()
        ]
        .into()
    }

    fn programme_row<'a>(
        &'a self,
        at: usize,
        line: &'a Row,
        axis: &Axis,
        (height, next): (f32, f32),
    ) -> Element<'a, Message> {
        let is_current = at == self.programme;
        let ink = if line.section == Section::Done {
            Role::Ink2
        } else {
            Role::Ink
        };
        let name = match (line.section, is_current) {
            (Section::Now, _) | (_, true) => small_bold(line.name.as_str()),
            _ => small(line.name.as_str()),
        };
        let mut words = row![].spacing(theme::NEAR).align_y(Alignment::Center);
        if line.section == Section::Done {
            words = words.push(icon(Icon::Tick, Role::Ok));
        }
        if !line.next.is_empty() {
            words = words.push(small_bold(line.next.as_str()));
        }
        words = words.push(digits(line.detail.as_str()).role(ink));
        let cells = row![
            container(name.role(ink).wrapping(Wrapping::None))
                .width(NAME)
                .padding([0.0, theme::GAP])
                .clip(true),
            bars(axis.clone(), Shows::Row(line), self.today, height),
            container(words).width(next).padding([0.0, theme::GAP]),
        ]
        .height(height)
        .align_y(Alignment::Center);
        let ground = if is_current { Role::Select } else { Role::Panel };
        let face = column![container(cells).style(fill(ground)), rule()];
        if !is_current {
            return mouse_area(face).on_press(Message::ProgrammeMoved(at)).into();
        }
        stop("timeline", face)
            .ring(Ring::Within)
            .width(Length::Fill)
            .enter_moves_on()
            .on_key(move |key, _, _| match key {
                Key::Named(Named::ArrowDown) => Some(Taken::stay(Message::ProgrammeMoved(at + 1))),
                Key::Named(Named::ArrowUp) => {
                    Some(Taken::stay(Message::ProgrammeMoved(at.saturating_sub(1))))
                }
                _ => None,
            })
            .into()
    }
}
