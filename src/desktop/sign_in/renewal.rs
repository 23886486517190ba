//! 期限の過ぎたパスワードを変える. The form under the sign-in of somebody whose password has lapsed: a new one, twice. The
//! old one, which has just been found right, is kept only as long as the form stands.

use iced::{
    Element,
    widget::{column, row},
};
use zeroize::{Zeroize, Zeroizing};

use super::{Action, Message};
use crate::desktop::{
    theme::{self, Role},
    widget::{
        button::{Weight, large_button},
        field::field,
        words::{Tint, small, small_bold},
    },
};

/// The first field of the form.
pub const FIRST: &str = "new-password";

/// The form.
pub(super) struct Renewal {
    number: String,
    old: Zeroizing<String>,
    new: Zeroizing<String>,
    again: Zeroizing<String>,
    problem: Option<String>,
}

impl Renewal {
    pub(super) fn new(number: String, old: Zeroizing<String>) -> Self {
        Self {
            number,
            old,
            new: Zeroizing::default(),
            again: Zeroizing::default(),
            problem: None,
        }
    }

    pub(super) fn new_changed(&mut self, text: String) {
        self.new = Zeroizing::new(text);
    }

    pub(super) fn again_changed(&mut self, text: String) {
        self.again = Zeroizing::new(text);
    }

    /// The new one can't be used: both fields are empty again.
    pub(super) fn refused(&mut self, sentence: String) {
        self.new.zeroize();
        self.again.zeroize();
        self.problem = Some(sentence);
    }

    pub(super) fn submit(&mut self) -> Action {
        if self.new.is_empty() || self.again.is_empty() {
            self.problem = Some("新しいパスワードを2回書いてください。".to_owned());
            return Action::None;
        }
        if self.new != self.again {
            self.refused("2回の入力がちがいます。はじめから書いてください。".to_owned());
            return Action::AskAgain;
        }
        self.problem = None;
        self.again.zeroize();
        Action::Renew {
            number: self.number.clone(),
            old: self.old.clone(),
            new: std::mem::take(&mut self.new),
        }
    }

    pub(super) fn fields(&self, waiting: bool) -> Element<'_, Message> {
        let title = format!("操作者 {} のパスワードの期限が過ぎています。", self.number);
        let new = field(FIRST, self.new.as_str())
            .label("新しいパスワード")
            .required()
            .support("12文字以上")
            .width(420)
            .height(40.0)
            .secure()
            .on_input(Message::NewChanged);
        let again = field("new-password-again", self.again.as_str())
            .label("もう一度")
            .required()
            .width(420)
            .height(40.0)
            .secure()
            .room(24.0)
            .error(self.problem.clone())
            .on_input(Message::AgainChanged)
            .on_submit(Message::SubmitPressed);
        let label = if waiting {
            "確かめています"
        } else {
            "変更してサインイン  F12"
        };
        let press = (!waiting).then_some(Message::SubmitPressed);
        column![
            column![
                small_bold(title),
                small("新しいパスワードに変えると、そのままサインインします。").role(Role::Ink2)
            ],
            new,
            again,
            row![
                large_button("renew", Weight::Main, label, press),
                small("Esc で番号の入力にもどります").role(Role::Ink2)
            ]
            .spacing(theme::GAP)
            .align_y(iced::Alignment::Center)
        ]
        .spacing(theme::GAP)
        .into()
    }
}
