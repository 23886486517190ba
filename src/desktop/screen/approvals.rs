//! 承認. What others have entered or corrected, to be approved or returned.

use iced::{Element, Task};

use crate::desktop::{
    desk::{Action, Desk},
    widget::{
        keys::Keys,
        surface::{empty, panel},
        words::small,
    },
};

/// 承認.
#[derive(Debug, Default)]
pub struct Approvals;

#[derive(Debug, Clone)]
pub enum Message {
    BackPressed,
}

impl Approvals {
    /// Opens the screen and asks for what it shows.
    pub fn open(_desk: &Desk) -> (Self, Task<Message>) {
        (Self, Task::none())
    }

    pub fn shown(&mut self, _desk: &Desk) -> Task<Message> {
        Task::none()
    }

    pub fn update(&mut self, message: Message, _desk: &Desk) -> Action<Message> {
        match message {
            Message::BackPressed => Action::Back,
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        panel(
            "承認",
            small(""),
            empty("この画面はまだ使えません。Esc で戻ってください。"),
        )
        .into()
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new().esc("もどる", Message::BackPressed)
    }

    pub fn is_saving(&self) -> bool {
        false
    }
}
