//! 戸口. Between the desktop and the closed terminal: what may be said before sign-in, and how somebody comes in. All of
//! it can take a second (passwords are slow on purpose), so the shell calls it away from the window's thread.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::{
    desktop::sign_in::Notice,
    domain::wareki,
    office::{Doorstep, Handle, Home, Machine, Session, SignInError, demo, sign_in},
};

/// 戸口. The home of a terminal that nobody has opened yet.
#[derive(Debug, Clone)]
pub struct Door {
    home: Home,
    demo: bool,
}

/// 席. What is there once somebody has come in.
#[derive(Debug, Clone)]
pub struct Seat {
    pub handle: Handle,
    pub session: Session,
    /// 「いわき市 平地区保健福祉センター」
    pub office: String,
    pub sample: bool,
}

/// 入れないわけ. The sentence is for the form that asked.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The password is right and has lapsed.
    Lapsed,
    /// The new password can't be used; the old one still holds.
    Unchanged(String),
    Other(String),
}

impl From<String> for Refusal {
    fn from(sentence: String) -> Self {
        Self::Other(sentence)
    }
}

impl Door {
    pub fn new(home: PathBuf, demo: bool) -> Self {
        Self {
            home: Home::new(home),
            demo,
        }
    }

    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// Makes the terminal ready to be opened; a demo city is built where there is none. `progress` hears
    /// (done, of all, what is being done).
    pub fn prepare(&self, progress: &dyn Fn(u64, u64, &str)) -> Result<Notice, String> {
        progress(0, 1, "端末を調べています");
        if self.demo {
            demo::ensure(&self.home, Machine::real(), demo::Size::default(), progress)
                .map_err(|error| error.to_string())?;
        }
        self.notice()
    }

    fn notice(&self) -> Result<Notice, String> {
        let doorstep = Doorstep::open(&self.home, &Machine::real()).map_err(|error| error.to_string())?;
        let label = doorstep.label();
        let fact = |label: &str, value: String| (label.to_owned(), value);
        let receipt = doorstep
            .last_receipt_on()
            .map_or_else(|| "まだありません".to_owned(), wareki::with_weekday);
        Ok(Notice {
            office: format!("{} {}", label.city, label.office),
            support: "予防接種事務".to_owned(),
            facts: vec![
                fact("端末", label.terminal.clone()),
                fact("最終同期", receipt),
                fact("版", env!("CARGO_PKG_VERSION").to_owned()),
            ],
            demo: if doorstep.is_demo() {
                demo_operators()
            } else {
                Vec::new()
            },
        })
    }

    /// サインイン. Takes as long as the password is slow.
    pub fn sign_in(&self, number: &str, password: &str) -> Result<Seat, Refusal> {
        let (office, session) =
            sign_in::open(&self.home, Machine::real(), number, password).map_err(|error| match error {
                SignInError::PasswordExpired => Refusal::Lapsed,
                error => Refusal::Other(error.to_string()),
            })?;
        let label = self.home.label().map_err(|error| error.to_string())?;
        Ok(Seat {
            handle: Handle::new(office),
            session,
            office: format!("{} {}", label.city, label.office),
            sample: label.demo,
        })
    }

    /// 期限の過ぎたパスワードを変えて入る.
    pub fn renew(&self, number: &str, old: &str, new: &str) -> Result<Seat, Refusal> {
        let machine = Machine::real();
        let mut doorstep = Doorstep::open(&self.home, &machine).map_err(|error| error.to_string())?;
        doorstep
            .change_password(&machine, number, old, new)
            .map_err(|error| Refusal::Unchanged(error.to_string()))?;
        drop(doorstep);
        self.sign_in(number, new)
    }
}

impl Seat {
    /// 2人目のサインイン.
    pub async fn second(self, number: String, password: Zeroizing<String>) -> Result<Session, String> {
        let first = self.session;
        let answer = self
            .handle
            .counter(move |office| office.second_person(&first, &number, &password));
        answer.await.map_err(|error| error.to_string())
    }

    /// ロックの記録. The cover is drawn already.
    pub async fn lock(self) {
        let session = self.session;
        // An event that can't be written doesn't open the screen; the next deed says what is wrong.
        let _ = self.handle.counter(move |office| office.lock(&session)).await;
    }

    /// ロックの解除.
    pub async fn unlock(self, password: Zeroizing<String>) -> Result<(), String> {
        let session = self.session;
        let answer = self
            .handle
            .counter(move |office| office.unlock(&session, &password));
        answer.await.map_err(|error| error.to_string())
    }

    /// サインアウト. Ends the session and closes the database.
    pub async fn sign_out(self) {
        let session = self.session;
        let _ = self.handle.counter(move |office| office.sign_out(&session)).await;
        self.handle.close();
    }
}

fn demo_operators() -> Vec<(String, String, String)> {
    demo::OPERATORS
        .iter()
        .map(|person| {
            let duty = person
                .roles
                .iter()
                .map(|role| role.title())
                .collect::<Vec<_>>()
                .join("・");
            (
                person.operator.to_owned(),
                format!("{}（{duty}）", person.name),
                person.password.to_owned(),
            )
        })
        .collect()
}
