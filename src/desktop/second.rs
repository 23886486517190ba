//! 2人目. A second person signs in over an open screen: the first one's work stays where it is, and the screen gets
//! the second one's session for the one deed that needs it.

use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container},
};

use crate::{
    desktop::{
        screen,
        sign_in::{self, SignIn},
        theme::{self, Role},
        widget::{
            keys::Keys,
            surface::ground,
            words::{Tint, large, small},
        },
    },
    office::Session,
};

/// What the screen wants to hear once the second person is there.
pub type Then = Box<dyn FnOnce(Session) -> screen::Message + Send>;

/// The overlay.
pub struct Second {
    pub form: SignIn,
    purpose: String,
    pub then: Then,
}

impl Second {
    pub fn new(purpose: String, then: Then) -> Self {
        Self {
            form: SignIn::default(),
            purpose,
            then,
        }
    }

    pub fn keys(&self) -> Keys<sign_in::Message> {
        let main = if self.form.is_waiting() {
            "確かめ中"
        } else {
            "サインイン"
        };
        Keys::new()
            .esc("やめる", sign_in::Message::LeavePressed)
            .main(main, sign_in::Message::SubmitPressed)
    }

    pub fn view(&self) -> Element<'_, sign_in::Message> {
        let body = column![
            large("2人目のサインイン"),
            small(self.purpose.as_str()),
            small("1人目の画面はそのまま残ります。2人目のサインインは、この操作が終わると切れます。")
                .role(Role::Ink2),
            Space::new().height(theme::PAIR),
            self.form.fields(),
        ]
        .spacing(theme::NEAR);
        let panel = container(body).padding(32).width(560).style(ground(
            Role::Panel,
            Some((Role::Ink, 2.0)),
            theme::RADIUS,
        ));
        column![Space::new().height(128), panel]
            .align_x(Alignment::Center)
            .width(Length::Fill)
            .into()
    }
}
