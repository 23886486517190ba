//! 窓口の一式. A real database with the demo's operators, a few residents, institutions and lots, at a fixed moment:
//! what the journeys of entry and approval begin with.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use madoguchi::{
    domain::{
        questionnaire::{Consent, FormRef, Signer, draft::Draft},
        record::{DoseNumber, PhysicianDecision, Route, SheetPlace},
        resident::ResidentStatus,
        revision::SubjectId,
    },
    office::{
        Machine, Office, Session, code,
        demo::Cast,
        feed::{Extent, write::FeedRow},
    },
    store::{Database, DatabaseKey},
};

use crate::feed::{file, row, subject, take_next};

pub struct Counter {
    pub folder: tempfile::TempDir,
    pub office: Office,
    pub cast: Cast,
    /// 通番 of the last file of the feed.
    sequence: Cell<u32>,
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
        let counter = Self {
            folder,
            office,
            cast,
            sequence: Cell::new(0),
        };
        counter
            .office
            .publish_codes(&counter.as_operator("1005"), &code::demo_codes())
            .unwrap();
        counter
    }

    pub fn as_operator(&self, operator: &str) -> Session {
        self.cast.session(operator)
    }

    /// A child of the city, born on a day, through the door of the feed.
    pub fn child(&self, number: u32, born: &str) -> SubjectId {
        let born = born.replace('-', "");
        let person = row(
            number,
            &[
                ("カナ氏名", "オオノ　ミナト"),
                ("漢字氏名", "大野　湊"),
                ("性別", "1"),
                ("生年月日", &born),
            ],
        );
        self.take(person);
        subject(number)
    }

    /// The same person after 死亡 or 転出 on a day.
    pub fn gone(&self, number: u32, born: &str, status: ResidentStatus, on: &str) {
        let (code, reason) = match status {
            ResidentStatus::Dead => ("3", "死亡"),
            _ => ("2", "国内転出"),
        };
        let (born, on) = (born.replace('-', ""), on.replace('-', ""));
        let changes = [
            ("処理区分", "2"),
            ("カナ氏名", "オオノ　ミナト"),
            ("漢字氏名", "大野　湊"),
            ("性別", "1"),
            ("生年月日", born.as_str()),
            ("住民区分", code),
            ("異動事由", reason),
            ("異動日", on.as_str()),
        ];
        self.take(row(number, &changes));
    }

    fn take(&self, person: FeedRow) {
        let last = self.sequence.get();
        self.sequence.set(last + 1);
        let extent = if last == 0 {
            Extent::Full
        } else {
            Extent::Differential
        };
        take_next(&self.office, &file(extent, (last, last + 1), &[person]));
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
