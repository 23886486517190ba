//! 席に着いてから. The shell of a session: which screen is open, what lies over it (palette, help, a second person, a
//! question), the lock. Screens stay open when one goes elsewhere, so that typed work is there on coming back;
//! a screen that is writing can't be left.

mod cover;

use std::time::Duration;

use chrono::{DateTime, Utc};
use iced::{Element, Task, advanced::widget::Id};
use zeroize::Zeroizing;

use crate::{
    desktop::{
        desk::{Action as Asked, Appearance, Desk},
        frame::{self, Band},
        help::FindFocused,
        lock::{self, Lock},
        palette, place,
        place::Place,
        screen::{self, Screen},
        second::Second,
        sign_in,
        widget::{
            cover::shroud,
            keybar::keybar,
            keys::{Chord, Keys},
        },
    },
    office::{Session, forecast::RefreshForecasts, work::Waiting},
};

use cover::Cover;

/// 席に着いている. One session with its screens.
pub struct Inside {
    pub desk: Desk,
    office: String,
    sample: bool,
    /// Places with their screens, in the order in which they were opened.
    open: Vec<(Place, Screen)>,
    current: usize,
    /// Where one came from.
    trail: Vec<Place>,
    cover: Option<Cover>,
    lock: Option<Lock>,
    waiting: Waiting,
    /// Forecasts are being brought up to date beside everything else.
    refreshing: bool,
    now: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub enum Message {
    Screen(screen::Message),
    GoPressed(Place),
    PalettePressed,
    HelpPressed,
    HelpFound(Option<Id>),
    LockPressed,
    SignOutPressed,
    SignOutConfirmed,
    CoverClosed,
    Palette(palette::Message),
    Second(sign_in::Message),
    SecondAnswered(Result<Session, String>),
    Lock(lock::Message),
    Unlocked(Result<(), String>),
    WaitingRead(Result<Waiting, String>),
    ForecastsRefreshed,
}

/// What the parent has to do.
pub enum Action {
    None,
    Run(Task<Message>),
    /// Check the number and the password of a second person.
    TrySecond {
        number: String,
        password: Zeroizing<String>,
    },
    /// The screen is covered; the log shall say so.
    Locked,
    TryUnlock(Zeroizing<String>),
    Appearance(Appearance),
    SignOut,
}

impl Inside {
    /// Sits down and opens ホーム.
    pub fn new(desk: Desk, office: String, sample: bool, now: DateTime<Utc>) -> (Self, Task<Message>) {
        let (home, task) = Screen::open(&Place::Home, &desk);
        let mut inside = Self {
            desk,
            office,
            sample,
            open: vec![(Place::Home, home)],
            current: 0,
            trail: Vec::new(),
            cover: None,
            lock: None,
            waiting: Waiting::default(),
            refreshing: false,
            now,
        };
        let waiting = inside.read_waiting();
        let forecasts = inside.refresh_forecasts();
        (
            inside,
            Task::batch([task.map(Message::Screen), waiting, forecasts]),
        )
    }

    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    pub fn place(&self) -> &Place {
        &self.open[self.current].0
    }

    /// What the window is called: the place, or the second person who is asked for over it.
    pub fn title(&self) -> &'static str {
        match self.cover {
            Some(Cover::Second(_)) => "2人目のサインイン",
            _ => self.place().title(),
        }
    }

    /// The minute has changed.
    pub fn ticked(&mut self, now: DateTime<Utc>) -> Task<Message> {
        self.now = now;
        self.desk.today = frame::in_japan(now).date_naive();
        Task::batch([self.read_waiting(), self.refresh_forecasts()])
    }

    /// What a feed, new rules or a large deed have made stale, in the background: a card is judged from scratch until
    /// then. The draw screen says what goes wrong with it; here the next minute tries again.
    fn refresh_forecasts(&mut self) -> Task<Message> {
        if self.refreshing {
            return Task::none();
        }
        self.refreshing = true;
        let job = self.desk.handle.background(RefreshForecasts::default());
        Task::perform(job, |_| Message::ForecastsRefreshed)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Screen(message) => self.screen(message),
            Message::GoPressed(place) => self.go(place, true),
            Message::PalettePressed => self.cover_with(Cover::palette()),
            Message::HelpPressed => self.help_pressed(),
            Message::HelpFound(id) => self.cover_with(Cover::help(id.as_ref())),
            Message::LockPressed => self.lock(None),
            Message::SignOutPressed => self.cover_with(Cover::Leaving),
            Message::SignOutConfirmed => Action::SignOut,
            Message::CoverClosed => self.close_cover(),
            Message::Palette(message) => self.palette(message),
            Message::Second(message) => self.second(message),
            Message::SecondAnswered(answer) => self.second_answered(answer),
            Message::Lock(message) => self.lock_message(message),
            Message::Unlocked(answer) => self.unlocked(answer),
            Message::WaitingRead(read) => self.waiting_read(read),
            Message::ForecastsRefreshed => {
                self.refreshing = false;
                Action::None
            }
        }
    }

    fn screen(&mut self, message: screen::Message) -> Action {
        let Some(index) = self.open.iter().position(|(_, screen)| screen.hears(&message)) else {
            return Action::None;
        };
        let asked = self.open[index].1.update(message, &self.desk);
        match asked {
            Asked::None => Action::None,
            Asked::Run(task) => Action::Run(task.map(Message::Screen)),
            Asked::Go(place) => self.go(place, true),
            Asked::Back => self.back(),
            Asked::Appearance(change) => Action::Appearance(change),
            Asked::SecondPerson(wanted) => {
                self.cover_with(Cover::Second(Second::new(wanted.purpose, wanted.then)))
            }
        }
    }

    /// Opens a place, or comes back to it; a place that is asked for with a subject is opened anew.
    fn go(&mut self, place: Place, remember: bool) -> Action {
        if self.open[self.current].1.is_saving() || self.lock.is_some() {
            return Action::None;
        }
        self.cover = None;
        if remember && !place.is_same_place(self.place()) {
            self.trail.push(self.place().clone());
            self.trail.drain(..self.trail.len().saturating_sub(32));
        }
        let found = self.open.iter().position(|(open, _)| open.is_same_place(&place));
        let task = match found {
            Some(index) if !place.names_a_subject() || self.open[index].0 == place => {
                self.current = index;
                self.open[index].1.shown(&self.desk)
            }
            found => {
                let (screen, task) = Screen::open(&place, &self.desk);
                let index = found.unwrap_or(self.open.len());
                if index == self.open.len() {
                    self.open.push((place, screen));
                } else {
                    self.open[index] = (place, screen);
                }
                self.current = index;
                task
            }
        };
        Action::Run(Task::batch([task.map(Message::Screen), self.read_waiting()]))
    }

    fn back(&mut self) -> Action {
        match self.trail.pop() {
            Some(place) => {
                // The place is gone back to as it was left, whatever it was opened with.
                let open = self.open.iter().find(|(open, _)| open.is_same_place(&place));
                let place = open.map_or(place, |(open, _)| open.clone());
                self.go(place, false)
            }
            None => self.go(Place::Home, false),
        }
    }

    /// Locks at once. The cover is in the next frame, whatever else is under way.
    pub fn lock(&mut self, idle: Option<Duration>) -> Action {
        if self.lock.is_some() {
            return Action::None;
        }
        let at = frame::in_japan(self.now).format("%-H:%M");
        let since = match idle {
            Some(idle) => format!(
                "{}分のあいだ操作がなかったので、{at} にロックしました。",
                idle.as_secs() / 60
            ),
            None => format!("{at} にロックしました。"),
        };
        let kept = vec!["開いていた画面と書きかけは、そのまま残っています。".to_owned()];
        self.lock = Some(Lock::new(self.desk.session.name(), since, kept));
        Action::Locked
    }

    fn lock_message(&mut self, message: lock::Message) -> Action {
        let Some(lock) = &mut self.lock else {
            return Action::None;
        };
        match lock.update(message) {
            lock::Action::None => Action::None,
            lock::Action::Try(password) => Action::TryUnlock(password),
            lock::Action::HandOver => Action::SignOut,
        }
    }

    fn unlocked(&mut self, answer: Result<(), String>) -> Action {
        match (answer, &mut self.lock) {
            (Ok(()), _) => self.lock = None,
            (Err(sentence), Some(lock)) => lock.refused(sentence),
            (Err(_), None) => {}
        }
        Action::None
    }

    fn read_waiting(&self) -> Task<Message> {
        let session = self.desk.session.clone();
        self.desk.read(
            move |office| office.waiting(&session).map_err(|error| error.to_string()),
            Message::WaitingRead,
        )
    }

    fn waiting_read(&mut self, read: Result<Waiting, String>) -> Action {
        if let Ok(waiting) = read {
            self.waiting = waiting;
        }
        Action::None
    }

    /// What each key means now: the lock first, then what lies over the screen, then the screen and the shell.
    pub fn keys(&self) -> Keys<Message> {
        if let Some(lock) = &self.lock {
            return lock.keys().map(Message::Lock);
        }
        if let Some(cover) = &self.cover {
            return cover.keys().or(Keys::new()
                .f(11, "画面ロック", Message::LockPressed)
                .chord(Chord::Ctrl('l'), Message::LockPressed));
        }
        let mut keys = self.open[self.current]
            .1
            .keys()
            .map(Message::Screen)
            .or(Keys::new()
                .f(1, "ヘルプ", Message::HelpPressed)
                .f(10, "交代・終了", Message::SignOutPressed)
                .f(11, "画面ロック", Message::LockPressed)
                .ctrl_k("移動・検索", Message::PalettePressed)
                .chord(Chord::Ctrl('l'), Message::LockPressed));
        for entry in place::rail() {
            keys = keys.chord(Chord::Alt(entry.key), Message::GoPressed(entry.place));
        }
        keys
    }

    pub fn view(&self) -> Element<'_, Message> {
        let current = &self.open[self.current];
        let rail = frame::rail_view(
            &current.0,
            |place| self.waiting.of(place_key(place)),
            Message::GoPressed,
        );
        let work = current.1.view().map(Message::Screen);
        let screen = frame::with_rail(frame::band(&self.band()), rail, work, keybar(&self.keys()));
        let covered = cover::over(screen, self.cover.as_ref());
        let lock = self.lock.as_ref().map(|lock| {
            let band = Band {
                title: "画面ロック".to_owned(),
                ..self.band()
            };
            let panel = lock.view().map(Message::Lock);
            frame::opaque(frame::without_rail(
                frame::band(&band),
                panel,
                keybar(&self.keys()),
            ))
        });
        shroud(covered, lock)
    }

    fn band(&self) -> Band {
        // Until this terminal has a center there is nobody to send to, and no count of what waits for it.
        let items = vec![self.office.clone(), "送信先なし".to_owned()];
        let session = &self.desk.session;
        let person = self
            .lock
            .is_none()
            .then(|| format!("{}（{}）", session.name(), session.roles().titles()));
        let title = self.place().title().to_owned();
        Band {
            title,
            sample: self.sample,
            items,
            clock: frame::clock_words(self.now),
            person,
        }
    }

    fn palette(&mut self, message: palette::Message) -> Action {
        let Some(Cover::Palette(palette)) = &mut self.cover else {
            return Action::None;
        };
        match palette.update(message, &self.desk) {
            palette::Action::None => Action::None,
            palette::Action::Run(task) => Action::Run(task.map(Message::Palette)),
            palette::Action::Go(place) => self.go(place, true),
            palette::Action::Close => self.close_cover(),
        }
    }

    fn second(&mut self, message: sign_in::Message) -> Action {
        let Some(Cover::Second(second)) = &mut self.cover else {
            return Action::None;
        };
        match second.form.update(message) {
            sign_in::Action::Try { number, password } => Action::TrySecond { number, password },
            sign_in::Action::Leave => self.close_cover(),
            _ => Action::None,
        }
    }

    fn second_answered(&mut self, answer: Result<Session, String>) -> Action {
        let Some(Cover::Second(mut second)) = self.cover.take() else {
            return Action::None;
        };
        match answer {
            Ok(session) => self.screen((second.then)(session)),
            Err(sentence) => {
                second.form.refused(sentence);
                self.cover = Some(Cover::Second(second));
                Action::None
            }
        }
    }

    fn help_pressed(&mut self) -> Action {
        if let Some(Cover::Help(_)) = self.cover {
            return self.cover_with(Cover::card());
        }
        let find = iced::advanced::widget::operate(FindFocused::default());
        Action::Run(find.map(Message::HelpFound))
    }

    fn cover_with(&mut self, cover: Cover) -> Action {
        self.cover = Some(cover);
        Action::None
    }

    fn close_cover(&mut self) -> Action {
        self.cover = None;
        Action::None
    }
}

/// The kind of waiting work that a place shows in the rail.
fn place_key(place: &Place) -> crate::office::work::Kind {
    use crate::office::work::Kind;
    match place {
        Place::Intake(_) => Kind::Sheets,
        Place::Approvals => Kind::Approvals,
        _ => Kind::None,
    }
}
