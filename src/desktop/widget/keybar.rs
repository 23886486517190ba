//! 鍵の帯. The bar at the bottom, drawn from the same table that the keyboard obeys: Esc · F1–F4 · F5–F8 · F9–F12 ·
//! Ctrl+K. A key without a meaning keeps its place, empty.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, mouse_area, responsive, row, space},
};

use super::{
    keys::{Keys, Press, Shown},
    surface::{fill, ground, rule},
    words::{Tint, digits, digits_bold, small},
};
use crate::desktop::theme::{self, Role};

/// Height of the bar.
pub const HEIGHT: f32 = 48.0;

const GROUPS: [&[Press]; 5] = [
    &[Press::Esc],
    &[Press::F(1), Press::F(2), Press::F(3), Press::F(4)],
    &[Press::F(5), Press::F(6), Press::F(7), Press::F(8)],
    &[Press::F(9), Press::F(10), Press::F(11), Press::F(12)],
    &[Press::CtrlK],
];

/// Draws the table; a key with a meaning can also be clicked.
pub fn keybar<'a, Message: Clone + 'a>(keys: &Keys<Message>) -> Element<'a, Message> {
    let keys = keys.clone();
    let bar = responsive(move |size| {
        let width = if size.width >= theme::BREAKPOINT {
            124.0
        } else {
            84.0
        };
        let mut bar = row![].align_y(Alignment::Center);
        for (index, group) in GROUPS.iter().enumerate() {
            if index > 0 {
                bar = bar.push(space::horizontal());
            }
            let cells = group.iter().map(|press| cell(*press, keys.get(*press), width));
            bar = bar.push(row(cells).spacing(theme::PAIR));
        }
        container(bar)
            .padding([0.0, theme::NEAR])
            .center_y(Length::Fill)
            .width(Length::Fill)
            .into()
    });
    container(column![rule(), bar])
        .height(HEIGHT)
        .width(Length::Fill)
        .style(fill(Role::KeyBar))
        .into()
}

fn cell<'a, Message: Clone + 'a>(
    press: Press,
    shown: Option<&Shown<Message>>,
    width: f32,
) -> Element<'a, Message> {
    let name = match press {
        Press::Esc => "Esc".to_owned(),
        Press::F(number) => format!("F{number}"),
        Press::CtrlK => "Ctrl+K".to_owned(),
    };
    let face = |lines, edge, ground_role| {
        container(lines)
            .width(width)
            .height(40)
            .padding([0.0, 5.0])
            .style(ground(ground_role, Some((edge, 1.0)), theme::RADIUS))
    };
    let Some(shown) = shown else {
        return face(column![digits(name).role(Role::Ink3)], Role::Line, Role::KeyBar).into();
    };
    let (ground_role, edge, key_ink, ink) = if shown.main {
        (Role::Accent, Role::Accent, Role::OnAccent, Role::OnAccent)
    } else {
        (Role::Panel, Role::Control, Role::Link, Role::Ink)
    };
    let lines = column![
        digits_bold(name).role(key_ink).line_height(iced::Pixels(19.0)),
        small(shown.label)
            .role(ink)
            .line_height(iced::Pixels(18.0))
            .wrapping(iced::widget::text::Wrapping::None)
    ];
    mouse_area(face(lines, edge, ground_role))
        .on_press(shown.message.clone())
        .into()
}
