//! 窓. The window: from the closed door over sign-in to the session and back. It owns what outlives a session (theme,
//! size of text, the clock) and the idle time after which the screen is locked.

mod preparing;

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use iced::{Element, Size, Subscription, Task, Theme, widget::operation, window};

use crate::desktop::{
    desk::{Appearance, Desk},
    door::{Door, Refusal, Seat},
    frame::{self, Band},
    inside::{self, Inside},
    sign_in::{self, Notice, SignIn},
    theme::{self, Scheme},
    widget::{
        keybar::keybar,
        keys::{Activity, Keys, watched_keys},
    },
};

use preparing::Preparing;

/// 席を離れてから画面をロックするまで (setting).
const IDLE: Duration = Duration::from_secs(5 * 60);
/// The clock of the band, the counts of the rail and the idle time are looked at this often.
const TICK: Duration = Duration::from_secs(5);
/// 文字サイズ in percent.
const TEXT_SIZES: [u16; 3] = [100, 112, 125];

/// The window.
pub struct App {
    door: Arc<Door>,
    front: Front,
    scheme: Scheme,
    text_size: usize,
    activity: Activity,
    now: DateTime<Utc>,
}

/// Where one stands.
enum Front {
    Preparing(Preparing),
    Closed(Box<SignIn>, Notice),
    Open(Box<Inside>, Box<Seat>, Notice),
}

#[derive(Debug, Clone)]
pub enum Message {
    Prepared(Result<Notice, String>),
    SignIn(sign_in::Message),
    SignedIn(Result<Seat, Refusal>),
    Inside(inside::Message),
    Ticked(DateTime<Utc>),
    LeavePressed,
    /// Something was done that nobody waits for.
    Done,
}

/// Opens the window and stays until it is closed.
pub fn run(home: PathBuf, demo: bool) -> iced::Result {
    let boot = move || App::new(Door::new(home.clone(), demo), Utc::now());
    let mut application = iced::application(boot, App::update, App::view)
        .title(App::title)
        .theme(App::theme)
        .scale_factor(App::scale_factor)
        .subscription(App::subscription)
        .default_font(theme::TEXT)
        .window(window::Settings {
            size: Size::new(1280.0, 800.0),
            min_size: Some(Size::new(1280.0, 800.0)),
            ..window::Settings::default()
        });
    for font in theme::fonts() {
        application = application.font(font);
    }
    application.run()
}

impl App {
    /// The window before anything is known of the terminal.
    pub fn new(door: Door, now: DateTime<Utc>) -> (Self, Task<Message>) {
        let door = Arc::new(door);
        let (preparing, reports) = Preparing::start();
        let app = Self {
            door: Arc::clone(&door),
            front: Front::Preparing(preparing),
            scheme: Scheme::default(),
            text_size: 0,
            activity: Activity::default(),
            now,
        };
        let prepare = away(move || {
            let report = |done, total, what: &str| reports.send(done, total, what);
            door.prepare(&report)
        });
        (app, Task::perform(prepare, Message::Prepared))
    }

    /// The window with somebody sitting at it already, for tests.
    pub fn seated(door: Door, seat: Seat, now: DateTime<Utc>) -> (Self, Task<Message>) {
        let (mut app, _) = Self::new(door, now);
        let task = app.open(seat, Notice::default());
        (app, task)
    }

    /// 窓の名前. The program and the place; never anything of a person.
    pub fn title(&self) -> String {
        match &self.front {
            Front::Preparing(_) => "窓口 準備".to_owned(),
            Front::Closed(..) => "窓口 サインイン".to_owned(),
            Front::Open(inside, ..) if inside.is_locked() => "窓口 画面ロック".to_owned(),
            Front::Open(inside, ..) => format!("窓口 {}", inside.title()),
        }
    }

    pub fn theme(&self) -> Theme {
        self.scheme.theme()
    }

    /// 文字サイズ as a factor of the window.
    pub fn scale_factor(&self) -> f32 {
        f32::from(TEXT_SIZES[self.text_size]) / 100.0
    }

    fn subscription(&self) -> Subscription<Message> {
        let fast = matches!(self.front, Front::Preparing(_));
        let period = if fast { Duration::from_millis(100) } else { TICK };
        iced::time::every(period).map(|_| Message::Ticked(Utc::now()))
    }

    pub fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Prepared(prepared) => self.prepared(prepared),
            Message::SignIn(message) => self.sign_in(message),
            Message::SignedIn(answer) => self.signed_in(answer),
            Message::Inside(message) => self.inside(message),
            Message::Ticked(now) => self.ticked(now),
            Message::LeavePressed => iced::exit(),
            Message::Done => Task::none(),
        }
    }

    fn prepared(&mut self, prepared: Result<Notice, String>) -> Task<Message> {
        match prepared {
            Ok(notice) => self.front = Front::Closed(Box::default(), notice),
            Err(sentence) => {
                if let Front::Preparing(preparing) = &mut self.front {
                    preparing.refuse(sentence);
                }
            }
        }
        Task::none()
    }

    fn sign_in(&mut self, message: sign_in::Message) -> Task<Message> {
        let Front::Closed(form, _) = &mut self.front else {
            return Task::none();
        };
        match form.update(message) {
            sign_in::Action::None => Task::none(),
            sign_in::Action::ChangeTextSize => self.change(Appearance::TextSize),
            sign_in::Action::ChangeScheme => self.change(Appearance::Scheme),
            sign_in::Action::Leave => iced::exit(),
            sign_in::Action::Try { number, password } => {
                let door = Arc::clone(&self.door);
                Task::perform(away(move || door.sign_in(&number, &password)), Message::SignedIn)
            }
            sign_in::Action::Renew { number, old, new } => {
                let door = Arc::clone(&self.door);
                Task::perform(away(move || door.renew(&number, &old, &new)), Message::SignedIn)
            }
            sign_in::Action::AskAgain => operation::focus(sign_in::FIRST_OF_RENEWAL),
        }
    }

    fn signed_in(&mut self, answer: Result<Seat, Refusal>) -> Task<Message> {
        let Front::Closed(form, notice) = &mut self.front else {
            return Task::none();
        };
        match answer {
            Ok(seat) => {
                let notice = std::mem::take(notice);
                self.open(seat, notice)
            }
            Err(Refusal::Other(sentence)) => {
                form.refused(sentence);
                Task::none()
            }
            Err(Refusal::Lapsed) => {
                form.lapsed();
                operation::focus(sign_in::FIRST_OF_RENEWAL)
            }
            Err(Refusal::Unchanged(sentence)) => {
                form.unchanged(sentence);
                operation::focus(sign_in::FIRST_OF_RENEWAL)
            }
        }
    }

    fn open(&mut self, seat: Seat, notice: Notice) -> Task<Message> {
        self.activity.note();
        let desk = Desk {
            handle: seat.handle.clone(),
            session: seat.session.clone(),
            today: frame::in_japan(self.now).date_naive(),
        };
        let (inside, task) = Inside::new(desk, seat.office.clone(), seat.sample, self.now);
        self.front = Front::Open(Box::new(inside), Box::new(seat), notice);
        task.map(Message::Inside)
    }

    fn inside(&mut self, message: inside::Message) -> Task<Message> {
        let Front::Open(inside, ..) = &mut self.front else {
            return Task::none();
        };
        let action = inside.update(message);
        self.act(action)
    }

    fn act(&mut self, action: inside::Action) -> Task<Message> {
        let Front::Open(_, seat, _) = &self.front else {
            return Task::none();
        };
        let seat = Seat::clone(seat);
        match action {
            inside::Action::None => Task::none(),
            inside::Action::Run(task) => task.map(Message::Inside),
            inside::Action::TrySecond { number, password } => {
                Task::perform(seat.second(number, password), |answer| {
                    Message::Inside(inside::Message::SecondAnswered(answer))
                })
            }
            inside::Action::Locked => Task::perform(seat.lock(), |()| Message::Done),
            inside::Action::TryUnlock(password) => Task::perform(seat.unlock(password), |answer| {
                Message::Inside(inside::Message::Unlocked(answer))
            }),
            inside::Action::Appearance(change) => self.change(change),
            inside::Action::SignOut => self.sign_out(),
        }
    }

    fn sign_out(&mut self) -> Task<Message> {
        let Front::Open(_, seat, notice) = &mut self.front else {
            return Task::none();
        };
        let seat = Seat::clone(seat);
        let notice = std::mem::take(notice);
        self.front = Front::Closed(Box::default(), notice);
        Task::perform(seat.sign_out(), |()| Message::Done)
    }

    fn ticked(&mut self, now: DateTime<Utc>) -> Task<Message> {
        self.now = now;
        let idle = self.activity.idle();
        match &mut self.front {
            Front::Preparing(preparing) => {
                preparing.look();
                Task::none()
            }
            Front::Closed(..) => Task::none(),
            Front::Open(inside, ..) => {
                let ticked = inside.ticked(now).map(Message::Inside);
                if idle < IDLE || inside.is_locked() {
                    return ticked;
                }
                let locked = inside.lock(Some(idle));
                Task::batch([ticked, self.act(locked)])
            }
        }
    }

    fn change(&mut self, change: Appearance) -> Task<Message> {
        match change {
            Appearance::TextSize => self.text_size = (self.text_size + 1) % TEXT_SIZES.len(),
            Appearance::Scheme => self.scheme = self.scheme.other(),
        }
        Task::none()
    }

    fn keys(&self) -> Keys<Message> {
        match &self.front {
            Front::Preparing(_) => Keys::new().esc("終了", Message::LeavePressed),
            Front::Closed(form, _) => form.keys().map(Message::SignIn),
            Front::Open(inside, ..) => inside.keys().map(Message::Inside),
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        let keys = self.keys();
        let content = match &self.front {
            Front::Preparing(preparing) => {
                frame::without_rail(frame::band(&self.band("準備")), preparing.view(), keybar(&keys))
            }
            Front::Closed(form, notice) => {
                let panel = form.view(notice).map(Message::SignIn);
                frame::without_rail(frame::band(&self.band("サインイン")), panel, keybar(&keys))
            }
            Front::Open(inside, ..) => inside.view().map(Message::Inside),
        };
        watched_keys(content, keys, &self.activity)
    }

    fn band(&self, title: &str) -> Band {
        Band {
            title: title.to_owned(),
            sample: self.door.is_demo(),
            items: vec!["予防接種事務".to_owned()],
            clock: frame::clock_words(self.now),
            person: None,
        }
    }
}

/// Runs something slow away from the window's thread.
async fn away<T: Send + 'static, E: From<String> + Send + 'static>(
    f: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let (sender, answer) = iced::futures::channel::oneshot::channel();
    std::thread::spawn(move || {
        let _ = sender.send(f());
    });
    answer.await.unwrap_or_else(|_| {
        let sentence = "中で止まりました。もう一度試し、続くときは端末の担当に知らせてください。";
        Err(sentence.to_owned().into())
    })
}
