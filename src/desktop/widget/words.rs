//! 文字. Text in the three sizes and the two families, tinted by role. Screens write text only through these
//! functions, so that size, line height and shaping are the same everywhere.

use iced::{
    Theme,
    advanced::text::{IntoFragment, Shaping, Wrapping},
    widget::Text,
};

use crate::desktop::theme::{self, Role, Type};

/// A piece of text, not yet an element; [`Tint::role`] gives it another colour than ink.
pub type Words<'a> = Text<'a, Theme>;

/// S: what is not named below.
pub fn small<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::S).font(theme::TEXT)
}

/// S bold: labels, heads of tables, what matters in a line.
pub fn small_bold<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::S).font(theme::BOLD)
}

/// M: what a person types, names in lists.
pub fn medium<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::M).font(theme::TEXT)
}

/// M bold: titles of panels, the sentence that matters in a panel.
pub fn medium_bold<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::M).font(theme::BOLD)
}

/// At most so many pixels wide is a text in S; for places that must choose what they show before it is measured.
pub fn room_of(text: &str) -> f32 {
    let of = |letter: char| {
        if letter.is_ascii() { 8.5 } else { Type::S.size() }
    };
    text.chars().map(of).sum()
}

/// L: titles of screens, a person's name, the next lawful day.
pub fn large<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::L).font(theme::BOLD)
}

/// M bold: a person's name in lists, in the face that holds all of it.
pub fn name<'a>(name: &'a str) -> Words<'a> {
    sized(name, Type::M).font(theme::name_font(name, true))
}

/// L: the name of the person of the screen.
pub fn large_name<'a>(name: &'a str) -> Words<'a> {
    sized(name, Type::L).font(theme::name_font(name, true))
}

/// S: a name inside a line of text.
pub fn small_name<'a>(name: &'a str) -> Words<'a> {
    sized(name, Type::S).font(theme::name_font(name, false))
}

/// S in digits of equal width: dates, numbers, lots, amounts, times.
pub fn digits<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::S).font(theme::DIGITS)
}

pub fn digits_bold<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::S).font(theme::DIGITS_BOLD)
}

/// L in digits: counts of work.
pub fn count<'a>(words: impl IntoFragment<'a>) -> Words<'a> {
    sized(words, Type::L).font(theme::DIGITS_BOLD)
}

/// A fact: its label in support ink, then its value.
pub fn fact<'a, Message: 'a>(
    label: impl IntoFragment<'a>,
    value: impl IntoFragment<'a>,
    label_width: f32,
) -> iced::Element<'a, Message> {
    iced::widget::row![small(label).role(Role::Ink2).width(label_width), small(value)]
        .spacing(theme::NEAR)
        .into()
}

fn sized<'a>(words: impl IntoFragment<'a>, size: Type) -> Words<'a> {
    // Selectors and digraphs need the full shaper; the short cut would show the base letter of 葛󠄀.
    Text::new(words)
        .size(size.size())
        .line_height(size.line_height())
        .shaping(Shaping::Advanced)
        .wrapping(Wrapping::WordOrGlyph)
}

/// Text and icons take their colour by role.
pub trait Tint {
    fn role(self, role: Role) -> Self;
}

impl Tint for Words<'_> {
    fn role(self, role: Role) -> Self {
        self.style(move |theme: &Theme| iced::widget::text::Style {
            color: Some(role.of(theme)),
        })
    }
}
