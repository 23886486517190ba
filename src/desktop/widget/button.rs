//! ボタン. Buttons, check boxes and chips: what is pressed or chosen. Each is one focus stop; a group of chips is one
//! stop as a whole, in which a digit chooses and moves on.

use iced::{
    Alignment, Element, Length,
    advanced::widget::Id,
    keyboard::{Key, key::Named},
    widget::{Space, container, mouse_area, row},
};

use super::{
    icon::{Icon, icon},
    stop::{Taken, stop},
    surface::ground,
    words::{Tint, medium_bold, small, small_bold},
};
use crate::desktop::theme::{self, Role};

/// How much a button weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The main deed; at most one on a screen.
    Main,
    Plain,
    /// What can't be taken back.
    Danger,
}

/// A button of 36. The function key stands first in its label: 「F12　承認」. Without a message it can't be pressed;
/// then the reason must stand beside it in words.
pub fn button<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    weight: Weight,
    label: impl iced::advanced::text::IntoFragment<'a>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    sized(id, weight, small_bold(label), 36.0, on_press)
}

/// A button of 28, for rows and heads of panels.
pub fn small_button<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    label: impl iced::advanced::text::IntoFragment<'a>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    sized(id, Weight::Plain, small_bold(label), 28.0, on_press)
}

/// A button of 44, on sign-in and lock.
pub fn large_button<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    weight: Weight,
    label: impl iced::advanced::text::IntoFragment<'a>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    sized(id, weight, medium_bold(label), 44.0, on_press)
}

fn sized<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    weight: Weight,
    label: super::words::Words<'a>,
    height: f32,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let (fill, edge, ink) = match (weight, on_press.is_some()) {
        (_, false) => (Role::Panel, Role::Line, Role::Ink2),
        (Weight::Main, true) => (Role::Accent, Role::Accent, Role::OnAccent),
        (Weight::Plain, true) => (Role::Panel, Role::Accent, Role::Link),
        (Weight::Danger, true) => (Role::Panel, Role::Stop, Role::Stop),
    };
    let face = container(label.role(ink).wrapping(iced::widget::text::Wrapping::None))
        .height(height)
        .padding([0.0, 16.0])
        .align_y(Alignment::Center)
        .style(ground(fill, Some((edge, 1.0)), theme::RADIUS));
    stop(id, face).on_press_maybe(on_press).into()
}

/// 確認欄. A check box of 18 with its words.
pub fn check<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    label: impl iced::advanced::text::IntoFragment<'a>,
    checked: bool,
    on_toggle: impl Fn(bool) -> Message,
) -> Element<'a, Message> {
    let (fill, edge, width) = if checked {
        (Role::Accent, Role::Accent, 1.0)
    } else {
        (Role::Panel, Role::Control, 1.5)
    };
    let sign: Element<'a, Message> = if checked {
        icon(Icon::Tick, Role::OnAccent).into()
    } else {
        Space::new().into()
    };
    let square = container(sign)
        .center(18)
        .style(ground(fill, Some((edge, width)), 2.0));
    stop(
        id,
        row![square, small(label)]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center)
            .height(24),
    )
    .on_press(on_toggle(!checked))
    .enter_moves_on()
    .into()
}

/// 選択肢. One of the answers that a group of chips offers; its key is its place, from 1.
#[derive(Debug, Clone)]
pub struct Choice<T> {
    pub value: T,
    pub word: String,
}

/// A choice with its word.
pub fn choice<T>(value: T, word: impl Into<String>) -> Choice<T> {
    Choice {
        value,
        word: word.into(),
    }
}

/// A group of chips of 32, in as many lines as it needs: a digit chooses and moves on, ← and → choose the neighbour, Enter moves on. Nothing is
/// chosen by default where the answer is a fact on the paper.
pub fn chips<'a, T: Clone + PartialEq + 'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    choices: Vec<Choice<T>>,
    chosen: Option<&T>,
    on_choose: impl Fn(T) -> Message + 'a,
) -> Element<'a, Message> {
    sized_chips(id, choices, chosen, 32.0, on_choose)
}

/// [`chips`] of 26, inside a warning.
pub fn small_chips<'a, T: Clone + PartialEq + 'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    choices: Vec<Choice<T>>,
    chosen: Option<&T>,
    on_choose: impl Fn(T) -> Message + 'a,
) -> Element<'a, Message> {
    sized_chips(id, choices, chosen, 26.0, on_choose)
}

fn sized_chips<'a, T: Clone + PartialEq + 'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    choices: Vec<Choice<T>>,
    chosen: Option<&T>,
    height: f32,
    on_choose: impl Fn(T) -> Message + 'a,
) -> Element<'a, Message> {
    let current = chosen.and_then(|value| choices.iter().position(|choice| choice.value == *value));
    let mut line = row![].spacing(theme::PAIR);
    for (index, choice) in choices.iter().enumerate() {
        let is_chosen = current == Some(index);
        let (fill, edge, ink, key_ink) = if is_chosen {
            (Role::Accent, Role::Accent, Role::OnAccent, Role::OnAccent)
        } else {
            (Role::Panel, Role::Control, Role::Ink, Role::Link)
        };
        let word = if is_chosen {
            small_bold(choice.word.clone())
        } else {
            small(choice.word.clone())
        };
        let face = container(
            row![
                small_bold((index + 1).to_string()).role(key_ink),
                word.role(ink).wrapping(iced::widget::text::Wrapping::None)
            ]
            .spacing(6)
            .align_y(Alignment::Center),
        )
        .height(height)
        .padding([0.0, if height < 30.0 { 8.0 } else { 10.0 }])
        .align_y(Alignment::Center)
        .style(ground(fill, Some((edge, 1.0)), theme::RADIUS));
        line = line.push(mouse_area(face).on_press(on_choose(choice.value.clone())));
    }
    stop(id, line.wrap().vertical_spacing(theme::NEAR))
        .enter_moves_on()
        .on_key(move |key, _, text| {
            let at = |index: usize| choices.get(index).map(|choice| on_choose(choice.value.clone()));
            if let Some(digit) = text.and_then(|t| t.chars().next()).and_then(|c| c.to_digit(10)) {
                return at((digit as usize).checked_sub(1)?).map(Taken::move_on);
            }
            let last = choices.len().checked_sub(1)?;
            match key {
                Key::Named(Named::ArrowRight) => {
                    at(current.map_or(0, |i| (i + 1).min(last))).map(Taken::stay)
                }
                Key::Named(Named::ArrowLeft) => {
                    at(current.map_or(last, |i| i.saturating_sub(1))).map(Taken::stay)
                }
                Key::Named(Named::Space) => at(current.unwrap_or(0)).map(Taken::stay),
                _ => None,
            }
        })
        .into()
}

/// 見出し札. Tabs over a body: one stop, ← and → go to the neighbour, a digit to its tab.
pub fn tabs<'a, T: Clone + PartialEq + 'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    choices: Vec<Choice<T>>,
    current: &T,
    on_choose: impl Fn(T) -> Message + 'a,
) -> Element<'a, Message> {
    let at = choices
        .iter()
        .position(|choice| choice.value == *current)
        .unwrap_or(0);
    let mut line = row![].spacing(theme::NEAR);
    for (index, choice) in choices.iter().enumerate() {
        let is_current = index == at;
        let word = if is_current {
            small_bold(choice.word.clone()).role(Role::Link)
        } else {
            small(choice.word.clone()).role(Role::Ink)
        };
        let bar = container(Space::new().height(3))
            .width(Length::Fill)
            .style(super::surface::fill(if is_current {
                Role::Accent
            } else {
                Role::Panel
            }));
        let face = iced::widget::column![
            container(word)
                .height(29)
                .padding([0.0, 12.0])
                .align_y(Alignment::Center),
            bar
        ]
        .width(Length::Shrink);
        line = line.push(mouse_area(face).on_press(on_choose(choice.value.clone())));
    }
    stop(id, line)
        .ring(super::stop::Ring::Within)
        .enter_moves_on()
        .on_key(move |key, _, text| {
            let choose = |index: usize| {
                choices
                    .get(index)
                    .map(|choice| Taken::stay(on_choose(choice.value.clone())))
            };
            if let Some(digit) = text.and_then(|t| t.chars().next()).and_then(|c| c.to_digit(10)) {
                return choose((digit as usize).checked_sub(1)?);
            }
            match key {
                Key::Named(Named::ArrowRight) => choose((at + 1) % choices.len().max(1)),
                Key::Named(Named::ArrowLeft) => {
                    choose((at + choices.len().max(1) - 1) % choices.len().max(1))
                }
                _ => None,
            }
        })
        .into()
}
