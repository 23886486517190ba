//! 重ねるもの. What can lie over a screen, one at a time: palette, help, a second person, the question before leaving.

use iced::{
    Alignment, Element, Length,
    advanced::widget::Id,
    widget::{Space, column, container, row},
};

use super::Message;
use crate::desktop::{
    help::Help,
    palette::Palette,
    second::Second,
    theme::{self, Role},
    widget::{
        button::{Weight, button},
        cover::cover,
        keys::Keys,
        surface::ground,
        words::{Tint, large, small},
    },
};

pub(super) enum Cover {
    Palette(Palette),
    Help(Help),
    Second(Second),
    Leaving,
}

impl Cover {
    pub(super) fn palette() -> Self {
        Self::Palette(Palette::default())
    }

    pub(super) fn help(id: Option<&Id>) -> Self {
        Self::Help(Help::on(id))
    }

    pub(super) fn card() -> Self {
        Self::Help(Help::Card)
    }

    pub(super) fn keys(&self) -> Keys<Message> {
        match self {
            Self::Palette(palette) => palette.keys().map(Message::Palette),
            Self::Help(help) => help.keys(Message::HelpPressed, Message::CoverClosed),
            Self::Second(second) => second.keys().map(Message::Second),
            Self::Leaving => Keys::new().esc("つづける", Message::CoverClosed),
        }
    }

    fn view(&self) -> Element<'_, Message> {
        match self {
            Self::Palette(palette) => palette.view().map(Message::Palette),
            Self::Help(help) => help.view(),
            Self::Second(second) => second.view().map(Message::Second),
            Self::Leaving => leaving(),
        }
    }
}

/// The screen, and over it what there is.
pub(super) fn over<'a>(screen: Element<'a, Message>, top: Option<&'a Cover>) -> Element<'a, Message> {
    cover(screen, top.map(Cover::view))
}

/// The safe answer comes first and has the focus.
fn leaving<'a>() -> Element<'a, Message> {
    let buttons = row![
        button("stay", Weight::Plain, "つづける", Some(Message::CoverClosed)),
        button(
            "leave",
            Weight::Main,
            "サインアウトする",
            Some(Message::SignOutConfirmed)
        ),
    ]
    .spacing(theme::NEAR);
    let body = column![
        large("交代・終了"),
        small("サインアウトして、次の人がサインインできるようにしますか。"),
        small("すぐに戻るときは、F11 で画面をロックしてください。").role(Role::Ink2),
        Space::new().height(theme::PAIR),
        buttons,
    ]
    .spacing(theme::NEAR);
    let panel = container(body).padding(32).width(560).style(ground(
        Role::Panel,
        Some((Role::Ink, 2.0)),
        theme::RADIUS,
    ));
    column![Space::new().height(160), panel]
        .align_x(Alignment::Center)
        .width(Length::Fill)
        .into()
}
