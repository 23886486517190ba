//! 見本の市. The demo operators, their passwords, and an authority whose keys come from a seed, so that two demo
//! cities of one seed hold the same. Nothing of it is secret: a demo can't enrol, and a real database refuses
//! its kind of terminal secret.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, TerminalId},
        trust::{Credential, OperatorCertificate, Says},
    },
    office::{
        DeedError, Office, Session,
        authority::{self, Authority, Founded},
        session::Keys,
    },
    seal::{derive, sealing::OpeningKey, secret::Secret, signature::PrivateKey},
    store::DatabaseKey,
};

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

/// 見本の人びと. Everybody's keys, out of the seed; what a set-up would make.
pub struct Cast {
    founded: Founded,
    sessions: BTreeMap<OperatorId, Session>,
    credentials: Vec<Credential>,
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
        let mut authority = Authority::new(founded.root, founded.publisher.clone(), &founded.publishing, 1);
        let mut sessions = BTreeMap::new();
        let mut credentials = Vec::new();
        for person in &OPERATORS {
            let operator = OperatorId(person.operator.to_owned());
            let signing = PrivateKey::from_secret(&secret(person.operator));
            let opening = OpeningKey::make();
            let roles = Roles::of(person.roles);
            let credential = authority.say(
                now,
                Says::Operator(OperatorCertificate {
                    operator: operator.clone(),
                    name: person.name.to_owned(),
                    sealing_key: opening.public().as_str().to_owned(),
                    signing_key: signing.public().0,
                    roles,
                    terminals: Vec::new(),
                    validity,
                }),
            );
            let publishing = roles.has(Role::RightsAdministrator).then(|| {
                (
                    PrivateKey::from_secret(&secret("publishing")),
                    founded.publisher.clone(),
                )
            });
            let keys = Keys {
                credential: credential.clone(),
                signing,
                opening,
                database: database.clone(),
                number: roles.has(Role::NumberHandler).then(|| secret("number")),
                publishing,
            };
            let terminal = TerminalId(TERMINAL.to_owned());
            let session = Session::with(
                operator.clone(),
                person.name.to_owned(),
                terminal,
                roles,
                Some(keys),
            );
            sessions.insert(operator, session);
            credentials.push(credential);
        }
        let serial = authority.serial();
        Self {
            founded,
            sessions,
            credentials,
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
            for credential in &self.credentials {
                transaction.publish(credential)?;
            }
            transaction.event(
                Event::new(Deed::SetUp)
                    .detail("demo", true)
                    .detail("operators", self.credentials.len()),
            );
            Ok(())
        })
    }

    /// The highest serial its city has used.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }
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
