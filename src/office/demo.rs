//! 見本の市. The demo operators, their passwords, and an authority whose keys come from a seed, so that two demo
//! cities of one seed hold the same. Nothing of it is secret: a demo can't enrol, and a real database refuses
//! its kind of terminal secret.

mod city;
mod dice;
mod doses;
mod ensure;
mod entries;
mod households;
mod material;
mod people;
mod rows;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use zeroize::Zeroizing;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, TerminalId},
        trust::{Credential, Says},
    },
    office::{
        DeedError, Home, Machine, Office, Session,
        authority::{self, Authority, Founded},
        doorstep::fresh,
        home::TerminalLabel,
        session::Keys,
        setup::{self, Layout, NewOperator, SetUpError},
        sign_in::{check_password, lock, tokyo},
    },
    platform::file,
    seal::{
        derive,
        password::Cost,
        recovery,
        secret::Secret,
        signature::PrivateKey,
        slot::{CityKeys, Halves, Slot},
        trust,
    },
    store::DatabaseKey,
};

pub use city::{Size, fill};
pub use ensure::{DemoError, ensure};

/// 見本の操作者.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DemoOperator {
    pub operator: &'static str,
    pub name: &'static str,
    pub roles: &'static [Role],
    /// Shown on the sign-in screen of a demo.
    pub password: &'static str,
}

/// 見本の操作者の一覧.
pub const OPERATORS: [DemoOperator; 7] = [
    DemoOperator {
        operator: "1001",
        name: "見本 花子",
        roles: &[Role::Clerk],
        password: "kawa-ishi-yuki",
    },
    DemoOperator {
        operator: "1002",
        name: "見本 恵",
        roles: &[Role::Clerk, Role::Verifier],
        password: "sora-tori-mado",
    },
    DemoOperator {
        operator: "1003",
        name: "見本 健",
        roles: &[Role::Officer],
        password: "umi-kaze-fune",
    },
    DemoOperator {
        operator: "1004",
        name: "見本 明",
        roles: &[Role::Supervisor],
        password: "yama-michi-tabi",
    },
    DemoOperator {
        operator: "1005",
        name: "見本 直子",
        roles: &[Role::RightsAdministrator],
        password: "hoshi-tsuki-yoru",
    },
    DemoOperator {
        operator: "1006",
        name: "見本 誠",
        roles: &[Role::Clerk, Role::NumberHandler],
        password: "mori-kinoko-aki",
    },
    DemoOperator {
        operator: "1007",
        name: "見本 学",
        roles: &[Role::Technician],
        password: "niwa-suzume-haru",
    },
];

/// 見本の端末番号.
pub const TERMINAL: &str = "M01";
/// The passphrases of the demo's two recovery media, `demo-recovery-1.txt` and `-2.txt`.
pub const PASSPHRASES: [&str; 2] = ["fuyu-no-asa-hikari", "natsu-no-yoru-hotaru"];
const OFFICE: &str = "平地区保健福祉センター";
const CITY: &str = "いわき市";

/// 見本の人びと. Everybody's keys, out of the seed; what a set-up would make.
pub struct Cast {
    founded: Founded,
    city: Secret,
    publishing: Secret,
    number: Secret,
    validity: Validity,
    sessions: BTreeMap<OperatorId, Session>,
    members: Vec<(Credential, Halves)>,
    serial: u64,
}

impl Cast {
    /// `now` decides the year for which everything is valid; `database` is handed to everybody's session.
    #[must_use]
    pub fn new(seed: u64, now: DateTime<Utc>, database: &DatabaseKey) -> Self {
        let secret =
            |what: &str| Secret::new(derive::digest(format!("madoguchi/demo/{seed}/{what}").as_bytes()));
        let validity = generous(now);
        let founded = authority::found(&secret("city"), &secret("publishing"), validity, now);
        let mut authority = Authority::new(founded.publisher.clone(), &founded.publishing, 1);
        let (mut sessions, mut members) = (BTreeMap::new(), Vec::new());
        for person in &OPERATORS {
            let halves = Halves::make(secret(person.operator));
            let new = NewOperator {
                operator: OperatorId(person.operator.to_owned()),
                name: person.name.to_owned(),
                roles: Roles::of(person.roles),
                terminals: Vec::new(),
                validity,
                password: Zeroizing::new(person.password.to_owned()),
            };
            let credential = authority.say(now, Says::Operator(setup::certificate_of(&new, &halves)));
            let publishing = new.roles.has(Role::RightsAdministrator).then(|| {
                (
                    PrivateKey::from_secret(&secret("publishing")),
                    founded.publisher.clone(),
                )
            });
            let keys = Keys {
                credential: credential.clone(),
                signing: halves.signing_key(),
                database: database.clone(),
                number: new.roles.has(Role::NumberHandler).then(|| secret("number")),
                publishing,
                publishing_secret: new
                    .roles
                    .has(Role::RightsAdministrator)
                    .then(|| secret("publishing")),
            };
            let terminal = TerminalId(TERMINAL.to_owned());
            let session = Session::with(new.operator.clone(), new.name, terminal, new.roles, Some(keys));
            sessions.insert(new.operator, session);
            members.push((credential, halves));
        }
        let serial = authority.serial();
        let (city, publishing, number) = (secret("city"), secret("publishing"), secret("number"));
        Self {
            founded,
            city,
            publishing,
            number,
            validity,
            sessions,
            members,
            serial,
        }
    }

    /// The session of a demo operator, as if she had signed in.
    ///
    /// # Panics
    /// For a number that is not in [`OPERATORS`].
    #[must_use]
    pub fn session(&self, operator: &str) -> Session {
        self.sessions
            .get(&OperatorId(operator.to_owned()))
            .expect("one of the demo operators")
            .clone()
    }

    /// 見本の市を始める. Puts the city key and everybody's certificates into a new database.
    ///
    /// # Errors
    /// [`DeedError`]; nothing is written then.
    pub fn found(&self, office: &Office) -> Result<(), DeedError> {
        office.deed(&self.session("1005"), Deed::SetUp, |transaction| {
            transaction.trust_city(&self.founded.root, true)?;
            for (credential, _) in &self.members {
                transaction.publish(credential)?;
            }
            transaction.event(
                Event::new(Deed::SetUp)
                    .detail("demo", true)
                    .detail("operators", self.members.len()),
            );
            Ok(())
        })
    }

    fn keys(&self, database: &DatabaseKey) -> CityKeys {
        CityKeys {
            database: Secret::new(*database.bytes()),
            publishing: Some(self.publishing.duplicate()),
            number: Some(self.number.duplicate()),
        }
    }

    fn slots(&self, machine: &Machine, cost: Cost, database: &DatabaseKey) -> Result<Vec<Slot>, SetUpError> {
        let today = tokyo(machine.now()).date_naive();
        let mut slots = Vec::new();
        for (person, (credential, halves)) in OPERATORS.iter().zip(&self.members) {
            let certified = trust::certify(&self.founded.root, credential, today, &[], 0)?;
            let roles = Roles::of(person.roles);
            let keys = CityKeys {
                database: Secret::new(*database.bytes()),
                publishing: roles
                    .has(Role::RightsAdministrator)
                    .then(|| self.publishing.duplicate()),
                number: roles.has(Role::NumberHandler).then(|| self.number.duplicate()),
            };
            let password = check_password(person.password, &OperatorId(person.operator.into()), person.name)?;
            slots.push(Slot::make(
                &certified,
                credential,
                halves,
                &keys,
                &lock(&password, cost, machine),
            )?);
        }
        Ok(slots)
    }
}

/// 見本のフォルダーを作る. A whole home with the demo operators: slot file, database, the terminal secret in a file
/// beside them, and their passwords in `demo-operators.toml` for the sign-in screen.
///
/// # Errors
/// [`SetUpError`]; nothing has been left behind.
pub fn make(home: &Home, machine: Machine, seed: u64, cost: Cost) -> Result<(Office, Cast), SetUpError> {
    let database = DatabaseKey::new(fresh(&machine));
    let cast = Cast::new(seed, machine.now(), &database);
    let label = TerminalLabel {
        terminal: TERMINAL.to_owned(),
        office: OFFICE.to_owned(),
        city: CITY.to_owned(),
        demo: true,
        entry: String::new(),
    };
    let officials = recovery::make(PASSPHRASES.len(), &cast.city, || fresh(&machine))?;
    let mut media = Vec::new();
    for (official, phrase) in officials.iter().zip(PASSPHRASES) {
        let phrase = check_password(phrase, &OperatorId(String::new()), "")?;
        media.push(official.write(CITY, &phrase, cost, fresh(&machine), fresh(&machine))?);
    }
    let layout = Layout {
        vault: home.vault(&label),
        label,
        founded: cast.founded.duplicate(&cast.publishing),
        serial: cast.serial,
        credentials: cast
            .members
            .iter()
            .map(|(credential, _)| credential.clone())
            .collect(),
        slots: cast.slots(&machine, cost, &database)?,
        recovery: recovery::slots(&officials, &cast.keys(&database)),
        validity: cast.validity,
        restored_from: None,
    };
    let office = setup::lay_out(home, machine, layout, &database, &cast.session("1005"))?;
    file::replace(&home.folder().join("demo-operators.toml"), listed().as_bytes())?;
    for (number, text) in (1..).zip(media) {
        file::replace(
            &home.folder().join(format!("demo-recovery-{number}.txt")),
            text.as_bytes(),
        )?;
    }
    Ok((office, cast))
}

/// The demo operators as `demo-operators.toml` lists them.
fn listed() -> String {
    let mut text = String::from("# 見本の操作者。見本にしか使えません。\n");
    for person in &OPERATORS {
        text.push_str(&format!(
            "\n[[operators]]\noperator = \"{}\"\nname = \"{}\"\nduty = \"{}\"\npassword = \"{}\"\n",
            person.operator,
            person.name,
            Roles::of(person.roles).titles(),
            person.password
        ));
    }
    text
}

/// From the first day of the year eleven years ago, so that ten made-up years are covered, until the end of the
/// next year.
fn generous(now: DateTime<Utc>) -> Validity {
    let today = (now + TimeDelta::hours(9)).date_naive();
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
    Validity {
        from: day(today.year() - 11, 1, 1),
        until: day(today.year() + 1, 12, 31),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::password::Password;

    #[test]
    fn the_demo_passwords_could_be_set_by_anybody() {
        for person in &OPERATORS {
            let password = Password::new(person.password).unwrap();
            assert_eq!(
                password.check_new(&[person.operator, person.name]),
                Ok(()),
                "{}",
                person.operator
            );
        }
    }
}
