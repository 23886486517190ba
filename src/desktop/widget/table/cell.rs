//! 欄. What stands in one place of a table: a text in one or two lines, with a sign, a badge or a bar.

use crate::desktop::{
    theme::{Role, Type},
    widget::{icon::Icon, surface::Tone},
};

/// 列. A column with its title and width.
#[derive(Debug, Clone)]
pub struct Column {
    pub(super) title: String,
    pub(super) width: Option<f32>,
    pub(super) align: Align,
}

/// Text stands left, numbers right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

impl Column {
    /// A column of a width in pixels, padding included.
    pub fn new(title: impl Into<String>, width: f32) -> Self {
        Self {
            title: title.into(),
            width: Some(width),
            align: Align::Left,
        }
    }

    /// The column that takes the rest of the width; several share it.
    pub fn rest(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            width: None,
            align: Align::Left,
        }
    }

    /// Numbers.
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }
}

/// A cell; without anything it is empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    pub(super) text: String,
    pub(super) under: Option<String>,
    pub(super) role: Option<Role>,
    pub(super) bold: bool,
    pub(super) size: Option<Type>,
    pub(super) digits: bool,
    pub(super) name: bool,
    pub(super) sign: Option<(Icon, Role)>,
    pub(super) badge: Option<(Tone, String)>,
    pub(super) bar: Option<f32>,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Digits of equal width.
    pub fn digits(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            digits: true,
            ..Self::default()
        }
    }

    /// A person's name, in the face that holds all of it.
    pub fn name(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            name: true,
            ..Self::default()
        }
    }

    /// A word in a small box.
    pub fn badge(tone: Tone, word: impl Into<String>) -> Self {
        Self {
            badge: Some((tone, word.into())),
            ..Self::default()
        }
    }

    /// How far something is, from 0 to 1.
    pub fn bar(fraction: f32) -> Self {
        Self {
            bar: Some(fraction.clamp(0.0, 1.0)),
            ..Self::default()
        }
    }

    pub fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    pub fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    /// M instead of S: names in lists.
    pub fn medium(mut self) -> Self {
        self.size = Some(Type::M);
        self
    }

    /// L: counts of work.
    pub fn large(mut self) -> Self {
        self.size = Some(Type::L);
        self
    }

    /// A second line in support ink; the rows must have room for it.
    pub fn under(mut self, line: impl Into<String>) -> Self {
        self.under = Some(line.into());
        self
    }

    /// A sign before the text.
    pub fn sign(mut self, icon: Icon, role: Role) -> Self {
        self.sign = Some((icon, role));
        self
    }

    /// All that is written in the cell.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [
            Some(self.text.as_str()),
            self.under.as_deref(),
            self.badge.as_ref().map(|(_, word)| word.as_str()),
        ]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
    }
}
