//! 画面. One file per screen, and the table that stands between them and the shell. All screens have the same five
//! functions (see `desktop`); none knows another, each knows `domain` and `office`.

pub mod approvals;
pub mod audit_log;
pub mod bundles;
pub mod certificate;
pub mod draw;
pub mod home;
pub mod intake;
pub mod person;
pub mod print;
pub mod settings;
pub mod voucher_lists;
pub mod vouchers;

use iced::{Element, Task};

use super::{
    desk::{Action, Desk},
    place::Place,
    widget::keys::Keys,
};

macro_rules! screens {
    ($($name:ident => $module:ident),* $(,)?) => {
        /// A screen that is open.
        pub enum Screen {
            $($name(Box<$module::$name>),)*
        }

        /// What a screen says to itself.
        #[derive(Debug, Clone)]
        pub enum Message {
            $($name($module::Message),)*
        }

        impl Screen {
            /// Gives a message to the screen that it belongs to; one for another screen is dropped.
            pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
                match (self, message) {
                    $((Self::$name(screen), Message::$name(message)) => {
                        screen.update(message, desk).map(Message::$name)
                    })*
                    _ => Action::None,
                }
            }

            /// Whether a message belongs to this screen.
            pub fn hears(&self, message: &Message) -> bool {
                matches!((self, message), $((Self::$name(_), Message::$name(_)))|*)
            }

            pub fn view(&self) -> Element<'_, Message> {
                match self {
                    $(Self::$name(screen) => screen.view().map(Message::$name),)*
                }
            }

            pub fn keys(&self) -> Keys<Message> {
                match self {
                    $(Self::$name(screen) => screen.keys().map(Message::$name),)*
                }
            }

            /// The screen is shown again after another one: it reads anew what may have changed.
            pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
                match self {
                    $(Self::$name(screen) => screen.shown(desk).map(Message::$name),)*
                }
            }

            /// A deed is being written: the screen can't be left.
            pub fn is_saving(&self) -> bool {
                match self {
                    $(Self::$name(screen) => screen.is_saving(),)*
                }
            }
        }
    };
}

screens! {
    Home => home,
    Person => person,
    Bundles => bundles,
    Intake => intake,
    Approvals => approvals,
    Draw => draw,
    Print => print,
    Vouchers => vouchers,
    VoucherLists => voucher_lists,
    Certificate => certificate,
    AuditLog => audit_log,
    Settings => settings,
}

fn boxed<S, M: Send + 'static>(
    opened: (S, Task<M>),
    screen: impl Fn(Box<S>) -> Screen,
    message: impl Fn(M) -> Message + Send + 'static,
) -> (Screen, Task<Message>) {
    let (state, task) = opened;
    (screen(Box::new(state)), task.map(message))
}

impl Screen {
    /// Opens the screen of a place.
    pub fn open(place: &Place, desk: &Desk) -> (Self, Task<Message>) {
        match place {
            Place::Home => boxed(home::Home::open(desk), Self::Home, Message::Home),
            Place::Person(about) => boxed(person::Person::open(desk, *about), Self::Person, Message::Person),
            Place::PersonFor(errand) => boxed(
                person::Person::open_for(desk, *errand),
                Self::Person,
                Message::Person,
            ),
            Place::Bundles => boxed(bundles::Bundles::open(desk), Self::Bundles, Message::Bundles),
            Place::Intake(about) => boxed(intake::Intake::open(desk, *about), Self::Intake, Message::Intake),
            Place::Approvals => boxed(
                approvals::Approvals::open(desk),
                Self::Approvals,
                Message::Approvals,
            ),
            Place::Draw(about) => boxed(draw::Draw::open(desk, *about), Self::Draw, Message::Draw),
            Place::Print(about) => boxed(print::Print::open(desk, *about), Self::Print, Message::Print),
            Place::Vouchers(about) => boxed(
                vouchers::Vouchers::open(desk, *about),
                Self::Vouchers,
                Message::Vouchers,
            ),
            Place::VoucherLists => boxed(
                voucher_lists::VoucherLists::open(desk),
                Self::VoucherLists,
                Message::VoucherLists,
            ),
            Place::Certificate(about) => boxed(
                certificate::Certificate::open(desk, *about),
                Self::Certificate,
                Message::Certificate,
            ),
            Place::AuditLog => boxed(audit_log::AuditLog::open(desk), Self::AuditLog, Message::AuditLog),
            Place::Settings => boxed(settings::Settings::open(desk), Self::Settings, Message::Settings),
        }
    }
}
