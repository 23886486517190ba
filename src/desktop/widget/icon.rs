//! 記号. The thirteen glyphs of the program's own font, drawn as text in one colour. A sign never stands alone
//! for a meaning: beside it stands the word.

use iced::{
    Theme,
    advanced::text::LineHeight,
    widget::{Text, text::Style},
};

use crate::desktop::theme::{self, Role};

/// A glyph of `assets/icons/icons.ttf`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// 一致, done.
    Tick,
    /// An entry that can't stand.
    Cross,
    /// 警告.
    Triangle,
    /// 停止.
    Octagon,
    /// 支援措置.
    Shield,
    /// 固定.
    Pin,
    Lock,
    /// さがす.
    Glass,
    Chevron,
    /// An answer that differs from the usual one.
    Lozenge,
    /// はい.
    Dot,
    /// いいえ.
    Ring,
    Info,
}

impl Icon {
    /// The private code point of the glyph.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Tick => "\u{e001}",
            Self::Cross => "\u{e002}",
            Self::Triangle => "\u{e003}",
            Self::Octagon => "\u{e004}",
            Self::Shield => "\u{e005}",
            Self::Pin => "\u{e006}",
            Self::Lock => "\u{e007}",
            Self::Glass => "\u{e008}",
            Self::Chevron => "\u{e009}",
            Self::Lozenge => "\u{e00a}",
            Self::Dot => "\u{e00b}",
            Self::Ring => "\u{e00c}",
            Self::Info => "\u{e00d}",
        }
    }
}

/// The sign at 14, on the line of S.
pub fn icon<'a>(icon: Icon, role: Role) -> Text<'a, Theme> {
    sized(icon, role, 14.0)
}

/// The sign at 16, beside M.
pub fn icon_m<'a>(icon: Icon, role: Role) -> Text<'a, Theme> {
    sized(icon, role, 16.0)
}

fn sized<'a>(icon: Icon, role: Role, size: f32) -> Text<'a, Theme> {
    Text::new(icon.glyph())
        .font(theme::ICONS)
        .size(size)
        .line_height(LineHeight::Absolute((size + 6.0).into()))
        .style(move |theme: &Theme| Style {
            color: Some(role.of(theme)),
        })
}
