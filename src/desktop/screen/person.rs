//! 住民検索・個人カード. Search, and the card of one person: household, doses, programmes, reasons.

use iced::{Element, Task};

use crate::desktop::{
    desk::{Action, Desk},
    widget::{
        keys::Keys,
        surface::{empty, panel},
        words::small,
    },
};
use crate::domain::revision::SubjectId;

/// 住民検索・個人カード.
#[derive(Debug, Default)]
pub struct Person;

#[derive(Debug, Clone)]
pub enum Message {
    BackPressed,
}

impl Person {
    /// Opens the screen and asks for what it shows.
    pub fn open(_desk: &Desk, _about: Option<SubjectId>) -> (Self, Task<Message>) {
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
            "住民検索・個人カード",
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
