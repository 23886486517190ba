//! 席. What the shell gives to a screen, and what a screen may ask of it. Reads end with the screen that asked for
//! them; deeds are never aborted.

use std::fmt;

use chrono::NaiveDate;
use iced::Task;

use crate::{
    desktop::place::Place,
    office::{Handle, Office, Session},
};

/// 席. The office, who sits here and which day it is; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub handle: Handle,
    pub session: Session,
    /// Today in Japan, kept by the shell.
    pub today: NaiveDate,
}

impl Desk {
    /// 照会. Reads on the connection that can't write; dropped when the task is.
    pub fn read<T, Message>(
        &self,
        f: impl FnOnce(&Office) -> T + Send + 'static,
        then: impl Fn(T) -> Message + Send + 'static,
    ) -> Task<Message>
    where
        T: Send + 'static,
        Message: Send + 'static,
    {
        Task::perform(self.handle.read(f), then)
    }

    /// 操作. Does a deed as the person who sits here.
    pub fn deed<T, Message>(
        &self,
        f: impl FnOnce(&Office, &Session) -> T + Send + 'static,
        then: impl Fn(T) -> Message + Send + 'static,
    ) -> Task<Message>
    where
        T: Send + 'static,
        Message: Send + 'static,
    {
        let session = self.session.clone();
        Task::perform(self.handle.counter(move |office| f(office, &session)), then)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

/// What a screen asks of the shell after a message.
pub enum Action<Message> {
    None,
    /// Something that answers with a message of this screen.
    Run(Task<Message>),
    /// Another place, with what it is about.
    Go(Place),
    /// To where the clerk came from.
    Back,
    /// 2人目. The shell asks a second person to sign in over this screen, which stays as it is; her session comes
    /// back with the message and ends when it is dropped.
    SecondPerson(SecondPerson<Message>),
    /// 画面の見え方. Of the window, for whoever sits at it.
    Appearance(Appearance),
}

/// What of the window is changed, to the next one there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    TextSize,
    Scheme,
}

/// A second person is needed.
pub struct SecondPerson<Message> {
    /// What she is asked to do, as a sentence.
    pub purpose: String,
    pub then: Box<dyn FnOnce(Session) -> Message + Send>,
}

impl<Message: Send + 'static> Action<Message> {
    /// The same in the words of the parent.
    pub fn map<Outer: Send + 'static>(
        self,
        f: impl Fn(Message) -> Outer + Clone + Send + 'static,
    ) -> Action<Outer> {
        match self {
            Self::None => Action::None,
            Self::Run(task) => Action::Run(task.map(f)),
            Self::Go(place) => Action::Go(place),
            Self::Back => Action::Back,
            Self::Appearance(change) => Action::Appearance(change),
            Self::SecondPerson(SecondPerson { purpose, then }) => Action::SecondPerson(SecondPerson {
                purpose,
                then: Box::new(move |session| f(then(session))),
            }),
        }
    }
}
