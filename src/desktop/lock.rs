//! 画面ロック. The cover of a session that goes on: it shows the operator's name and that her work is kept, nothing of
//! any resident. It is drawn before anything else happens.

use iced::{
    Element,
    widget::{Space, column, container, row},
};
use zeroize::{Zeroize, Zeroizing};

use crate::desktop::{
    theme::{self, Role},
    widget::{
        button::{Weight, button, large_button},
        field::field,
        icon::{Icon, icon, icon_m},
        keys::Keys,
        surface::{ground, rule},
        words::{Tint, large_name, small},
    },
};

/// The locked screen.
pub struct Lock {
    name: String,
    /// Why and when it was locked, as a sentence.
    since: String,
    /// What goes on or is kept, line by line.
    kept: Vec<String>,
    password: String,
    problem: Option<String>,
    waiting: bool,
}

#[derive(Clone)]
pub enum Message {
    PasswordChanged(String),
    SubmitPressed,
    /// ほかの人に交代: ends this session.
    HandOverPressed,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lock::Message")
    }
}

pub enum Action {
    None,
    Try(Zeroizing<String>),
    HandOver,
}

impl Lock {
    pub fn new(name: impl Into<String>, since: impl Into<String>, kept: Vec<String>) -> Self {
        Self {
            name: name.into(),
            since: since.into(),
            kept,
            password: String::new(),
            problem: None,
            waiting: false,
        }
    }

    pub fn refused(&mut self, sentence: String) {
        self.waiting = false;
        self.problem = Some(sentence);
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::PasswordChanged(mut password) => {
                self.password.zeroize();
                std::mem::swap(&mut self.password, &mut password);
                Action::None
            }
            Message::SubmitPressed if self.waiting => Action::None,
            Message::SubmitPressed if self.password.is_empty() => {
                self.problem = Some("パスワードを書いてください。".to_owned());
                Action::None
            }
            Message::SubmitPressed => {
                self.waiting = true;
                self.problem = None;
                Action::Try(Zeroizing::new(std::mem::take(&mut self.password)))
            }
            Message::HandOverPressed => Action::HandOver,
        }
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new().f(9, "交代", Message::HandOverPressed).main(
            if self.waiting { "確かめ中" } else { "もどる" },
            Message::SubmitPressed,
        )
    }

    pub fn view(&self) -> Element<'_, Message> {
        let head = row![
            icon_m(Icon::Lock, Role::Ink),
            large_name(&self.name),
            large_name(" さんが使用中")
        ]
        .spacing(theme::NEAR)
        .align_y(iced::Alignment::Center);
        let password = field("unlock", &self.password)
            .label("パスワード")
            .required()
            .width(430)
            .height(40.0)
            .secure()
            .room(24.0)
            .error(self.problem.clone())
            .on_input(Message::PasswordChanged)
            .on_submit(Message::SubmitPressed);
        let label = if self.waiting {
            "確かめています"
        } else {
            "もどる  Enter"
        };
        let press = (!self.waiting).then_some(Message::SubmitPressed);
        let buttons = row![
            large_button("back", Weight::Main, label, press),
            button(
                "hand-over",
                Weight::Plain,
                "F9  ほかの人に交代",
                Some(Message::HandOverPressed)
            ),
        ]
        .spacing(theme::NEAR)
        .align_y(iced::Alignment::Center);
        let kept = self.kept.iter().map(|line| {
            row![icon(Icon::Tick, Role::Ok), small(line.as_str())]
                .spacing(theme::NEAR)
                .into()
        });
        let body = column![
            head,
            small(self.since.as_str()).role(Role::Ink2),
            Space::new().height(theme::PAIR),
            password,
            buttons,
            rule(),
            column(kept).spacing(theme::PAIR),
        ]
        .spacing(theme::GAP);
        container(body)
            .padding([32.0, 36.0])
            .width(520)
            .style(ground(Role::Panel, Some((Role::Line, 1.0)), theme::RADIUS))
            .into()
    }
}
