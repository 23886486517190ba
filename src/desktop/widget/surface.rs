//! 面. Grounds and edges of boxes by role, and the boxes made of them: panel, banner, badge, rule. Borders are 1,
//! those of errors and warnings 2; there are no shadows and no gradients.

use iced::{
    Alignment, Border, ContentFit, Element, Length, Theme,
    widget::{
        Column, Container, Space, column, container,
        container::Style,
        image::{self, Handle},
        row, space,
    },
};

use super::{
    icon::{Icon, icon},
    words::{Tint, medium_bold, small, small_bold},
};
use crate::desktop::theme::{self, Role};

/// Ground, edge and width of the edge of a box.
pub fn ground(fill: Role, edge: Option<(Role, f32)>, radius: f32) -> impl Fn(&Theme) -> Style {
    move |theme| Style {
        background: Some(fill.of(theme).into()),
        border: edge.map_or(
            Border {
                radius: radius.into(),
                ..Border::default()
            },
            |(role, width)| Border {
                color: role.of(theme),
                width,
                radius: radius.into(),
            },
        ),
        text_color: Some(Role::Ink.of(theme)),
        ..Style::default()
    }
}

/// A plain ground without an edge.
pub fn fill(role: Role) -> impl Fn(&Theme) -> Style {
    ground(role, None, 0.0)
}

/// 見出しつきの面. A panel: head of 32 with a title and something at the right end, then the body.
pub fn panel<'a, Message: 'a>(
    title: impl iced::advanced::text::IntoFragment<'a>,
    at_end: impl Into<Element<'a, Message>>,
    body: impl Into<Element<'a, Message>>,
) -> Container<'a, Message> {
    let head = row![medium_bold(title), space::horizontal(), at_end.into()]
        .height(32)
        .padding([0.0, theme::GAP])
        .spacing(theme::NEAR)
        .align_y(Alignment::Center);
    bare_panel(column![head, rule(), body.into()])
}

/// The same without a head.
pub fn bare_panel<'a, Message: 'a>(body: impl Into<Element<'a, Message>>) -> Container<'a, Message> {
    container(body).padding(1).width(Length::Fill).style(ground(
        Role::Panel,
        Some((Role::Line, 1.0)),
        theme::RADIUS,
    ))
}

/// A hairline over the whole width; decoration only.
pub fn rule<'a, Message: 'a>() -> Element<'a, Message> {
    container(Space::new().height(1))
        .width(Length::Fill)
        .style(fill(Role::Line))
        .into()
}

/// A hairline over the whole height.
pub fn rule_down<'a, Message: 'a>() -> Element<'a, Message> {
    container(Space::new().width(1))
        .height(Length::Fill)
        .style(fill(Role::Line))
        .into()
}

/// What a badge or a banner says, in words, sign and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Warn,
    Stop,
    Info,
    Neutral,
}

impl Tone {
    fn sign(self) -> Option<Icon> {
        match self {
            Self::Ok => Some(Icon::Tick),
            Self::Warn => Some(Icon::Triangle),
            Self::Stop => Some(Icon::Octagon),
            Self::Info | Self::Neutral => None,
        }
    }

    /// Ground, edge and text of a badge.
    pub fn badge_roles(self) -> (Role, Role, Role) {
        match self {
            Self::Ok => (Role::OkSoft, Role::OkLine, Role::Ok),
            Self::Warn => (Role::WarnSoft, Role::WarnLine, Role::Warn),
            Self::Stop => (Role::Stop, Role::Stop, Role::OnStop),
            Self::Info => (Role::AccentSoft, Role::Accent, Role::Link),
            Self::Neutral => (Role::Panel, Role::Control, Role::Ink),
        }
    }

    /// Ground and left bar of a banner.
    fn banner_roles(self) -> (Role, Role) {
        match self {
            Self::Ok => (Role::OkSoft, Role::OkLine),
            Self::Warn => (Role::WarnSoft, Role::WarnLine),
            Self::Stop => (Role::StopSoft, Role::Stop),
            Self::Info | Self::Neutral => (Role::AccentSoft, Role::Accent),
        }
    }
}

/// A word in a small box, with the sign of its tone.
pub fn badge<'a, Message: 'a>(
    tone: Tone,
    word: impl iced::advanced::text::IntoFragment<'a>,
) -> Element<'a, Message> {
    sign_badge(tone, tone.sign(), word)
}

/// [`badge`] with another sign, as the shield of 支援措置.
pub fn sign_badge<'a, Message: 'a>(
    tone: Tone,
    sign: Option<Icon>,
    word: impl iced::advanced::text::IntoFragment<'a>,
) -> Element<'a, Message> {
    let (ground_role, edge, ink) = tone.badge_roles();
    let mut line = row![].spacing(theme::PAIR).align_y(Alignment::Center);
    if let Some(sign) = sign {
        line = line.push(icon(sign, ink));
    }
    container(line.push(small_bold(word).role(ink)))
        .height(22)
        .padding([0.0, 6.0])
        .align_y(Alignment::Center)
        .style(ground(ground_role, Some((edge, 1.0)), theme::RADIUS))
        .into()
}

/// What concerns a panel, inside that panel; never floating, never timed.
pub fn banner<'a, Message: 'a>(
    tone: Tone,
    words: impl iced::advanced::text::IntoFragment<'a>,
) -> Element<'a, Message> {
    let (ground_role, bar) = tone.banner_roles();
    let ink = match tone {
        Tone::Stop => Role::Stop,
        Tone::Warn => Role::Warn,
        Tone::Ok => Role::Ok,
        Tone::Info | Tone::Neutral => Role::Link,
    };
    let sign = icon(tone.sign().unwrap_or(Icon::Info), ink);
    container(row![
        container(Space::new().width(6))
            .height(Length::Fill)
            .style(fill(bar)),
        container(row![sign, small(words).width(Length::Fill)].spacing(theme::NEAR)).padding([7.0, 12.0]),
    ])
    .width(Length::Fill)
    .height(Length::Shrink)
    .style(ground(ground_role, Some((bar, 1.0)), 0.0))
    .into()
}

/// A sentence where there is nothing to show: it says what to do.
pub fn empty<'a, Message: 'a>(words: impl iced::advanced::text::IntoFragment<'a>) -> Element<'a, Message> {
    container(small(words).role(Role::Ink2))
        .padding(theme::GAP)
        .width(Length::Fill)
        .into()
}

/// 見本. The sheet as it will be printed, whole, in the middle of the room; a sentence where there is none yet.
pub fn preview<'a, Message: 'a>(picture: Option<&Handle>, otherwise: &'a str) -> Element<'a, Message> {
    let Some(picture) = picture else {
        return empty(otherwise);
    };
    let sheet = image::Image::new(picture.clone())
        .content_fit(ContentFit::Contain)
        .width(Length::Fill)
        .height(Length::Fill);
    container(sheet).padding(theme::GAP).into()
}

/// One line with a tick: the result of the last deed, in the head of its panel.
pub fn done<'a, Message: 'a>(words: impl iced::advanced::text::IntoFragment<'a>) -> Element<'a, Message> {
    row![icon(Icon::Tick, Role::Ok), small_bold(words).role(Role::Ok)]
        .spacing(theme::PAIR)
        .align_y(Alignment::Center)
        .into()
}

/// The body of a panel with the usual padding.
pub fn body<'a, Message: 'a>(column: Column<'a, Message>) -> Column<'a, Message> {
    column.padding(theme::GAP).spacing(theme::NEAR)
}
