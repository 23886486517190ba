//! 窓口の一式. A real database with the demo's operators, a few residents, institutions and lots, at a fixed moment:
//! what the journeys of entry and approval begin with.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use madoguchi::{
    domain::{
        audit::Event,
        birth::BirthDate,
        deed::Deed,
        identifier::{AtenaNumber, LgCode},
        questionnaire::{Consent, FormRef, Signer, draft::Draft},
        record::{DoseNumber, PhysicianDecision, Route, SheetPlace},
        resident::{
            Address, ChangeReason, FeedPosition, Names, Processing, Relationship, ResidencyChange, Resident,
            ResidentStatus, Sex, Updated,
        },
        revision::SubjectId,
    },
    office::{DeedError, Machine, Office, Session, code, demo::Cast},
    store::{Database, DatabaseKey, New, Parents},
};

pub struct Counter {
    pub folder: tempfile::TempDir,
    pub office: Office,
    pub cast: Cast,
}

/// 2026-11-24 9:41 at the counter; every look at the clock is a second later.
pub fn clock() -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
    let seconds = AtomicU64::new(0);
    move || {
        let start: DateTime<Utc> = "2026-11-24T00:41:00Z".parse().unwrap();
        start + TimeDelta::seconds(seconds.fetch_add(1, Ordering::Relaxed).cast_signed())
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[allow(dead_code, reason = "not every journey needs all of it")]
impl Counter {
    pub fn open() -> Self {
        Self::seeded(1)
    }

    pub fn seeded(byte: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::new([7; 32]);
        let database = Database::create(&folder.path().join("madoguchi.db"), &key).unwrap();
        let mut state = u64::from(byte);
        let random = move |bytes: &mut [u8]| {
            for byte in bytes {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *byte = (state >> 33) as u8;
            }
        };
        let office = Office::new(database, Machine::new(clock(), random));
        let cast = Cast::new(1, "2026-11-24T00:00:00Z".parse().unwrap(), &key);
        cast.found(&office).unwrap();
        let counter = Self { folder, office, cast };
        counter
            .office
            .publish_codes(&counter.as_operator("1005"), &code::demo_codes())
            .unwrap();
        counter
    }

    pub fn as_operator(&self, operator: &str) -> Session {
        self.cast.session(operator)
    }

    /// Says through the door of the feed what the register says.
    pub fn register(&self, resident: &Resident) -> SubjectId {
        let subject = Resident::subject(&resident.lg_code, &resident.atena_number);
        self.office
            .deed(&self.as_operator("1003"), Deed::ImportResidents, |transaction| {
                transaction.append(New {
                    subject,
                    about: Some(subject),
                    body: resident,
                    parents: Parents::None,
                })?;
                transaction.event(Event::new(Deed::ImportResidents));
                Ok::<_, DeedError>(())
            })
            .unwrap();
        subject
    }

    /// A child of the city, born on a day.
    pub fn child(&self, number: u32, born: &str) -> SubjectId {
        self.register(&resident(number, born))
    }

    /// The lot of the demo's table that keeps longest on a day.
    pub fn lot_on(&self, product: &str, on: NaiveDate) -> String {
        let lots = self.office.lots_of(product).unwrap();
        lots.iter()
            .rfind(|lot| lot.expires_on >= on)
            .unwrap()
            .lot_number
            .clone()
    }

    pub fn institution(&self) -> String {
        self.office
            .institutions()
            .unwrap()
            .iter()
            .find(|line| line.area == "in_city")
            .unwrap()
            .code
            .clone()
    }

    /// A full plain sheet: MR 第1期 on a day, everything usual.
    pub fn mr1(&self, person: SubjectId, born: &str, on: &str, sheet: Option<SheetPlace>) -> Draft {
        let form = code::form_of_programme("mr1").unwrap();
        let mut draft = Draft::empty(FormRef {
            id: "Y-01".into(),
            version: "R8-2".into(),
        });
        draft.sheet = sheet;
        draft.person = Some(person);
        draft.programme = Some("mr1".into());
        draft.dose = Some(DoseNumber::Nth(1));
        draft.written.birth_on = Some(day(born));
        draft.temperature = "36.7".into();
        draft.answers = form.usual_answers();
        draft.physician_decision = Some(PhysicianDecision::Suitable);
        draft.is_physician_signed = Some(true);
        draft.consent = Some(Consent::Agrees);
        draft.signer = Some(Signer::Mother);
        draft.product = Some("mr_biken".into());
        draft.lot_number = self.lot_on("mr_biken", day(on));
        draft.amount = "0.5".into();
        draft.route = Some(Route::Subcutaneous);
        draft.institution_code = Some(self.institution());
        draft.physician_name = "早川 由紀".into();
        draft.vaccinated_on = Some(day(on));
        draft
    }
}

/// What the register says of an ordinary resident.
pub fn resident(number: u32, born: &str) -> Resident {
    Resident {
        position: FeedPosition {
            feed: 1,
            sequence: 1,
            row: number,
        },
        processing: Processing::Added,
        lg_code: LgCode::parse("072044").unwrap(),
        atena_number: AtenaNumber::parse(&format!("{number:010}")).unwrap(),
        history_number: 1,
        household_number: None,
        names: Names {
            kana: "オオノ　ミナト".into(),
            kanji: "大野　湊".into(),
            ..Names::default()
        },
        birth: BirthDate::parse(born),
        sex: Sex::Male,
        relationship: Relationship::parse("子").unwrap(),
        status: ResidentStatus::Registered,
        foreigner: false,
        nationality: None,
        family_code: None,
        address: Address {
            postal_code: "9708686".into(),
            text: "福島県いわき市平字梅本21番地".into(),
            ..Address::default()
        },
        resident_since: Some(day(born)),
        address_since: Some(day(born)),
        change: None,
        moved_in_from: None,
        moved_out_to: None,
        updated: Updated::default(),
    }
}

/// The same person after 死亡・転出 on a day.
#[allow(dead_code, reason = "not every journey needs it")]
pub fn gone(mut resident: Resident, status: ResidentStatus, on: &str) -> Resident {
    resident.position.sequence += 1;
    resident.history_number += 1;
    resident.status = status;
    resident.change = Some(ResidencyChange {
        reason: match status {
            ResidentStatus::Dead => ChangeReason::Died,
            _ => ChangeReason::MovedOut,
        },
        occurred_on: Some(day(on)),
        occurred_as_written: None,
        notified_on: None,
    });
    resident
}
