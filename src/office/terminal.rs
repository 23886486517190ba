//! 端末の事実. What a session may know of the terminal it works at, for the screen of settings and the doctor.

use chrono::NaiveDate;

use crate::{
    office::{
        DoorstepError, Office,
        doctor::{self, Finding},
    },
    seal::{signature::PublicKey, trust},
    store::people,
};

/// 端末の事実.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TerminalFacts {
    pub city: String,
    pub office: String,
    pub terminal: String,
    pub demo: bool,
    /// Generation of the slot file.
    pub generation: u64,
    /// Last day of the terminal's certificate.
    pub valid_until: Option<NaiveDate>,
    pub last_receipt_on: Option<NaiveDate>,
    /// Version of this program.
    pub program: &'static str,
    /// How many operators are enrolled.
    pub operators: usize,
}

impl Office {
    /// 端末の事実. Empty where the office stands over a bare database.
    #[must_use]
    pub fn terminal_facts(&self) -> TerminalFacts {
        let operators = self.read(people::operators).unwrap_or_default();
        let facts = self.with_doorstep(|doorstep| {
            let root = PublicKey(doorstep.file.city_key);
            let certificate = trust::read_terminal(&root, &doorstep.file.terminal_credential).ok();
            Ok::<_, DoorstepError>(TerminalFacts {
                city: doorstep.label.city.clone(),
                office: doorstep.label.office.clone(),
                terminal: doorstep.label.terminal.clone(),
                demo: doorstep.file.demo,
                generation: doorstep.file.generation,
                valid_until: certificate.map(|(_, certificate)| certificate.validity.until),
                last_receipt_on: doorstep.file.last_receipt_on,
                program: env!("CARGO_PKG_VERSION"),
                operators: operators.iter().filter(|line| !line.revoked).count(),
            })
        });
        facts.unwrap_or_else(|_| TerminalFacts {
            city: String::new(),
            office: String::new(),
            terminal: String::new(),
            demo: false,
            generation: 0,
            valid_until: None,
            last_receipt_on: None,
            program: env!("CARGO_PKG_VERSION"),
            operators: 0,
        })
    }

    /// 診断する, from inside a session.
    #[must_use]
    pub fn examine(&self) -> Vec<Finding> {
        let home = self.with_doorstep(|doorstep| Ok::<_, DoorstepError>(doorstep.home.clone()));
        home.map(|home| doctor::examine(&home, &self.machine))
            .unwrap_or_default()
    }
}
