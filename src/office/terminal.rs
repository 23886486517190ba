//! 端末の事実. What a session may know of the terminal it works at, for the screen of settings and the doctor.

use chrono::NaiveDate;

use crate::{
    domain::city::CitySettings,
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
    /// 市の設定: which publication holds.
    pub settings: String,
    /// 地区 by name.
    pub districts: String,
    /// How the resident feed is taken in.
    pub feed: String,
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
        let city = CityFacts::of(self.settings().ok().flatten());
        let facts = self.with_doorstep(|doorstep| {
            let city = city.clone();
            let root = PublicKey(doorstep.file.city_key);
            let certificate = trust::read_terminal(&root, &doorstep.file.terminal_credential).ok();
            Ok::<_, DoorstepError>(TerminalFacts {
                city: doorstep.label.city.clone(),
                settings: city.settings,
                districts: city.districts,
                feed: city.feed,
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
            settings: city.settings,
            districts: city.districts,
            feed: city.feed,
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

/// 市の設定, in words.
#[derive(Clone)]
struct CityFacts {
    settings: String,
    districts: String,
    feed: String,
}

impl CityFacts {
    fn of(settings: Option<CitySettings>) -> Self {
        const NONE: &str = "まだありません";
        let Some(settings) = settings else {
            return Self {
                settings: NONE.to_owned(),
                districts: NONE.to_owned(),
                feed: NONE.to_owned(),
            };
        };
        let names: Vec<&str> = settings.districts.0.values().map(String::as_str).collect();
        let feed = settings.feed.as_ref().map(|feed| {
            format!(
                "{}、承認なしは{}件まで、外字{}字",
                feed.encoding.word(),
                feed.most_unreleased,
                feed.gaiji.len()
            )
        });
        Self {
            settings: format!(
                "第{}版　{}（{}）",
                settings.serial, settings.city, settings.lg_code
            ),
            districts: match names.len() {
                0 => NONE.to_owned(),
                _ => names.join("、"),
            },
            feed: feed.unwrap_or_else(|| NONE.to_owned()),
        }
    }
}
