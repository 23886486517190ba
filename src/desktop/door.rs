//! 戸口. Between the desktop and the closed terminal: what may be said before sign-in, and how somebody comes in. All of
//! it can take a second (passwords are slow on purpose), so the shell calls it away from the window's thread.

use std::path::PathBuf;

use crate::{
    desktop::sign_in::Notice,
    office::{Handle, Session, demo},
};

/// 戸口. The home of a terminal that nobody has opened yet.
#[derive(Debug, Clone)]
pub struct Door {
    home: PathBuf,
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

impl Door {
    pub fn new(home: PathBuf, demo: bool) -> Self {
        Self { home, demo }
    }

    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// Makes the terminal ready to be opened; a demo city is built where there is none. `progress` hears
    /// (done, of all, what is being done).
    pub fn prepare(&self, progress: &dyn Fn(u64, u64, &str)) -> Result<Notice, String> {
        progress(0, 1, "端末を調べています");
        if !self.home.exists() {
            return Err(format!(
                "この端末にはまだ市のデータがありません（{}）。madoguchi-admin setup で作るか、見本は --demo で開いてください。",
                self.home.display()
            ));
        }
        Ok(self.notice())
    }

    fn notice(&self) -> Notice {
        let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        Notice {
            office: "予防接種事務".to_owned(),
            support: "保健福祉センター".to_owned(),
            facts: vec![fact("版", env!("CARGO_PKG_VERSION"))],
            demo: if self.demo { demo_operators() } else { Vec::new() },
        }
    }

    /// サインイン.
    pub fn sign_in(&self, _number: &str, _password: &str) -> Result<Seat, String> {
        Err("この端末はまだ開けません。".to_owned())
    }

    /// 2人目のサインイン.
    pub fn second(&self, _seat: &Seat, _number: &str, _password: &str) -> Result<Session, String> {
        Err("この端末はまだ開けません。".to_owned())
    }

    /// ロックの解除.
    pub fn unlock(&self, _seat: &Seat, _password: &str) -> Result<(), String> {
        Err("この端末はまだ開けません。".to_owned())
    }

    /// サインアウト. Ends the session and closes the database.
    pub fn sign_out(&self, seat: &Seat) {
        seat.handle.close();
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
