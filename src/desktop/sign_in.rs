//! サインイン. Number and password, on the sign-in screen and in the overlay of a second person. Before it is over the
//! screen shows only what is not secret: office, terminal, version. The password is wiped when it has been sent, or kept by the form for
//! a new one where it has lapsed.

mod renewal;

use iced::{
    Element, Length,
    widget::{Space, column, container, row},
};
use zeroize::{Zeroize, Zeroizing};

use crate::desktop::{
    theme::{self, Role},
    widget::{
        button::{Weight, large_button},
        field::{Shape, field},
        icon::{Icon, icon},
        keys::Keys,
        surface::{fill, ground, rule, rule_down},
        words::{Tint, digits, fact, large, medium_bold, small, small_bold},
    },
};

pub use renewal::FIRST as FIRST_OF_RENEWAL;
use renewal::Renewal;

/// What anybody may know about the terminal before sign-in.
#[derive(Debug, Clone, Default)]
pub struct Notice {
    /// 「いわき市 平地区保健福祉センター」
    pub office: String,
    pub support: String,
    /// Label and value of each line of この端末.
    pub facts: Vec<(String, String)>,
    /// 見本の操作者: number, name and duty, password. Only on a demo.
    pub demo: Vec<(String, String, String)>,
}

/// The form.
#[derive(Default)]
pub struct SignIn {
    number: String,
    password: String,
    problem: Option<String>,
    waiting: bool,
    /// What is being tried, until the answer is there.
    tried: Option<(String, Zeroizing<String>)>,
    renewal: Option<Renewal>,
    shows_terminal: bool,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn")
    }
}

#[derive(Clone)]
pub enum Message {
    NumberChanged(String),
    PasswordChanged(String),
    NewChanged(String),
    AgainChanged(String),
    SubmitPressed,
    TerminalPressed,
    TextSizePressed,
    SchemePressed,
    LeavePressed,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sign_in::Message")
    }
}

/// What the parent has to do.
pub enum Action {
    None,
    /// Try this number and password.
    Try {
        number: String,
        password: Zeroizing<String>,
    },
    /// Change the lapsed password and come in with the new one.
    Renew {
        number: String,
        old: Zeroizing<String>,
        new: Zeroizing<String>,
    },
    /// The focus goes to the first field of the new password.
    AskAgain,
    ChangeTextSize,
    ChangeScheme,
    Leave,
}

impl SignIn {
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// The answer was no.
    pub fn refused(&mut self, sentence: String) {
        self.waiting = false;
        self.tried = None;
        self.renewal = None;
        self.problem = Some(sentence);
    }

    /// The password is right and has lapsed: a new one is asked for.
    pub fn lapsed(&mut self) {
        self.waiting = false;
        self.renewal = self.tried.take().map(|(number, old)| Renewal::new(number, old));
    }

    /// The new password can't be used.
    pub fn unchanged(&mut self, sentence: String) {
        self.waiting = false;
        match &mut self.renewal {
            Some(renewal) => renewal.refused(sentence),
            None => self.problem = Some(sentence),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::NumberChanged(number) => self.number = number,
            Message::PasswordChanged(mut password) => {
                self.password.zeroize();
                std::mem::swap(&mut self.password, &mut password);
            }
            Message::NewChanged(text) => {
                if let Some(renewal) = &mut self.renewal {
                    renewal.new_changed(text);
                }
            }
            Message::AgainChanged(text) => {
                if let Some(renewal) = &mut self.renewal {
                    renewal.again_changed(text);
                }
            }
            Message::SubmitPressed => return self.submit(),
            Message::TerminalPressed => self.shows_terminal = !self.shows_terminal,
            Message::TextSizePressed => return Action::ChangeTextSize,
            Message::SchemePressed => return Action::ChangeScheme,
            Message::LeavePressed if self.renewal.is_some() && !self.waiting => self.renewal = None,
            Message::LeavePressed => return Action::Leave,
        }
        Action::None
    }

    fn submit(&mut self) -> Action {
        if self.waiting {
            return Action::None;
        }
        if let Some(renewal) = &mut self.renewal {
            let action = renewal.submit();
            self.waiting = matches!(action, Action::Renew { .. });
            return action;
        }
        let number = Shape::Code.of(&self.number);
        if number.is_empty() || self.password.is_empty() {
            self.problem = Some("操作者番号とパスワードを書いてください。".to_owned());
            return Action::None;
        }
        self.waiting = true;
        self.problem = None;
        let password = Zeroizing::new(std::mem::take(&mut self.password));
        self.tried = Some((number.clone(), password.clone()));
        Action::Try { number, password }
    }

    pub fn keys(&self) -> Keys<Message> {
        let (leave, main) = match (&self.renewal, self.waiting) {
            (_, true) => ("終了", "確かめ中"),
            (Some(_), false) => ("もどる", "変更"),
            (None, false) => ("終了", "サインイン"),
        };
        Keys::new()
            .esc(leave, Message::LeavePressed)
            .f(2, "端末の情報", Message::TerminalPressed)
            .f(3, "文字サイズ", Message::TextSizePressed)
            .f(4, "配色", Message::SchemePressed)
            .main(main, Message::SubmitPressed)
    }

    /// The two fields, the sentence and the button, as they also stand in the overlay.
    pub fn fields(&self) -> Element<'_, Message> {
        if let Some(renewal) = &self.renewal {
            return renewal.fields(self.waiting);
        }
        let number = field("operator", &self.number)
            .label("操作者番号")
            .required()
            .support("職員番号")
            .width(200)
            .height(40.0)
            .shape(Shape::Code)
            .on_input(Message::NumberChanged);
        let password = field("password", &self.password)
            .label("パスワード")
            .required()
            .support("大文字・小文字を区別します")
            .width(420)
            .height(40.0)
            .secure()
            .room(24.0)
            .error(self.problem.clone())
            .on_input(Message::PasswordChanged)
            .on_submit(Message::SubmitPressed);
        let label = if self.waiting {
            "確かめています"
        } else {
            "サインイン  F12"
        };
        let press = (!self.waiting).then_some(Message::SubmitPressed);
        column![
            number,
            password,
            row![
                large_button("sign-in", Weight::Main, label, press),
                small("Enter でもサインインします").role(Role::Ink2)
            ]
            .spacing(theme::GAP)
            .align_y(iced::Alignment::Center)
        ]
        .spacing(theme::GROUP)
        .into()
    }

    /// The panel of the sign-in screen, 880 wide.
    pub fn view<'a>(&'a self, notice: &'a Notice) -> Element<'a, Message> {
        let left = column![
            large(notice.office.as_str()),
            small(notice.support.as_str()).role(Role::Ink2),
            Space::new().height(20),
            self.fields(),
        ];
        let left = container(left).padding(iced::Padding {
            left: 36.0,
            top: 32.0,
            right: 24.0,
            bottom: 24.0,
        });
        let facts = notice
            .facts
            .iter()
            .map(|(label, value)| fact(label.as_str(), value.as_str(), 68.0));
        let mut right = column![medium_bold("この端末"), column(facts).spacing(2)].spacing(theme::NEAR);
        if self.shows_terminal {
            right = right.push(
                small("データは暗号化され、この端末でだけ開きます。番号がわからないときは権限の担当に聞いてください。")
                    .role(Role::Ink2),
            );
        }
        if notice.demo.is_empty() {
            right = right.push(rule()).push(
                row![
                    icon(Icon::Tick, Role::Ok),
                    small("データは暗号化ずみ・この端末でだけ開く")
                ]
                .spacing(theme::NEAR),
            );
        } else {
            right = right.push(rule()).push(demo_operators(&notice.demo));
        }
        let right = container(right)
            .padding([32.0, 24.0])
            .width(408)
            .height(Length::Fill)
            .style(fill(Role::Canvas));
        let panel = row![container(left).width(Length::Fill), rule_down(), right].height(440);
        container(panel)
            .padding(1)
            .width(920)
            .style(ground(Role::Panel, Some((Role::Line, 1.0)), theme::RADIUS))
            .into()
    }
}

fn demo_operators<'a>(operators: &'a [(String, String, String)]) -> Element<'a, Message> {
    let head = column![
        medium_bold("見本の操作者"),
        small("すべて架空の市です。だれでも入れます。").role(Role::Ink2)
    ];
    let lines = operators.iter().map(|(number, name, password)| {
        row![
            digits(number.as_str()).width(40),
            small(name.as_str()).width(176),
            digits(password.as_str()).role(Role::Link)
        ]
        .spacing(theme::PAIR)
        .into()
    });
    let columns = row![
        small_bold("番号").width(40),
        small_bold("名前と担当").width(176),
        small_bold("パスワード")
    ]
    .spacing(theme::PAIR);
    column![head, columns, column(lines).spacing(1)].spacing(6).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_password_are_both_asked_for() {
        let mut form = SignIn::default();
        assert!(matches!(form.update(Message::SubmitPressed), Action::None));
        assert!(form.problem.is_some());
    }

    #[test]
    fn a_number_of_any_width_is_tried_once_and_the_password_is_gone() {
        let mut form = SignIn {
            number: "１００１".into(),
            ..SignIn::default()
        };
        form.update(Message::PasswordChanged("kawa".into()));
        let Action::Try { number, password } = form.update(Message::SubmitPressed) else {
            panic!("not tried")
        };
        assert_eq!((number.as_str(), password.as_str()), ("1001", "kawa"));
        assert!(form.password.is_empty());
        assert!(matches!(form.update(Message::SubmitPressed), Action::None));
    }

    #[test]
    fn debug_shows_no_password() {
        let message = Message::PasswordChanged("kawa-ishi".into());
        assert!(!format!("{message:?}").contains("kawa"));
    }
}
