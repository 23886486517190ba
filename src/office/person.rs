//! 個人カード. Everything about one person on one page: register, household, protection, timeline of programmes,
//! records, vouchers, certificates, and a sentence for whatever bars the usual way. Opening a card is a deed with
//! its own event; where a protection holds, address and contacts stay covered until a second deed shows them.

pub mod standing;
pub mod timeline;

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        resident::{Address, ResidentStatus},
        revision::SubjectId,
    },
    office::{DeedError, Office, Session, enter::is_same_disease, forecast::around, settings::districts},
    rules,
    store::{StoreError, certificate, feed, notes, record, resident, voucher},
};

pub use crate::store::{
    certificate::CertificateLine,
    notes::NoteLine,
    record::RecordLine,
    resident::{HouseholdCard, ProtectionLine, ResidentCard, ResidentLine},
    voucher::VoucherLine,
};
pub use standing::{Standing, Tone};
pub use timeline::{Mark, Row, Section};

/// 個人カード.
#[derive(Clone)]
pub struct PersonCard {
    /// Address and moves are empty while covered.
    pub resident: ResidentCard,
    /// 住所は伏せています.
    pub is_covered: bool,
    /// 地区の名前.
    pub district: String,
    /// Telephone and fax are empty while covered.
    pub household: Option<HouseholdCard>,
    pub members: Vec<ResidentLine>,
    pub standing: Vec<Standing>,
    pub timeline: Vec<Row>,
    /// Programmes that are nothing to this person.
    pub other_programmes: usize,
    /// Newest first.
    pub records: Vec<RecordLine>,
    pub vouchers: Vec<VoucherLine>,
    pub certificates: Vec<CertificateLine>,
    pub notes: Vec<NoteLine>,
    /// As of when the register said so.
    pub as_of: Option<DateTime<Utc>>,
    pub rule_version: String,
}

impl fmt::Debug for PersonCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonCard(…)")
    }
}

/// 伏せてあった住所.
#[derive(Clone)]
pub struct Revealed {
    pub address: Address,
    pub moved_out_to: Option<String>,
    pub telephone: String,
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed(…)")
    }
}

/// Why a card was not shown.
#[derive(Debug)]
pub enum PersonError {
    NotFound,
    Deed(DeedError),
}

impl fmt::Display for PersonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PersonError::NotFound => f.write_str("この方は台帳にいません。もう一度さがしてください。"),
            PersonError::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PersonError {}

impl From<DeedError> for PersonError {
    fn from(error: DeedError) -> Self {
        PersonError::Deed(error)
    }
}

impl From<StoreError> for PersonError {
    fn from(error: StoreError) -> Self {
        PersonError::Deed(error.into())
    }
}

impl Office {
    /// 個人カードを開く. One event about the person.
    ///
    /// # Errors
    /// [`PersonError::NotFound`] where the register shows no such person.
    pub fn view_person(
        &self,
        session: &Session,
        person: SubjectId,
        on: NaiveDate,
    ) -> Result<PersonCard, PersonError> {
        let found = self.deed(session, Deed::ViewPerson, |transaction| {
            let card = resident::card(transaction.connection(), person)?.ok_or(PersonError::NotFound)?;
            let protected = card.protection.is_some();
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(person)
                    .detail("protected", protected),
            );
            Ok::<_, PersonError>(card)
        })?;
        Ok(self.person_card(found, on)?)
    }

    /// 住所を表示する. Of a protected person; one event about her.
    ///
    /// # Errors
    /// [`PersonError`].
    pub fn reveal_address(&self, session: &Session, person: SubjectId) -> Result<Revealed, PersonError> {
        self.deed(session, Deed::RevealAddress, |transaction| {
            let card = resident::card(transaction.connection(), person)?.ok_or(PersonError::NotFound)?;
            let household = match card.household {
                Some(household) => resident::household(transaction.connection(), household)?,
                None => None,
            };
            transaction.event(Event::new(Deed::RevealAddress).about(person));
            Ok(Revealed {
                address: card.address,
                moved_out_to: card.moved_out_to,
                telephone: household.map(|household| household.telephone).unwrap_or_default(),
            })
        })
    }

    fn person_card(&self, mut resident: ResidentCard, on: NaiveDate) -> Result<PersonCard, StoreError> {
        let person = resident.subject;
        let schedule = rules::embedded();
        let forecasts = match resident.status {
            ResidentStatus::Registered | ResidentStatus::NonResident => self.forecasts(person)?,
            ResidentStatus::MovedOut | ResidentStatus::Dead | ResidentStatus::Removed => Vec::new(),
        };
        let is_covered = resident.protection.is_some();
        self.read(|connection| {
            let mut records = record::records_of(connection, person)?;
            let unsettled = record::is_unsettled(connection, person, is_same_disease)?;
            let seen = timeline::Seen {
                forecasts: &forecasts,
                records: &records,
                birth: &resident.birth,
                around: &around(connection, schedule, person, on)?,
            };
            let timeline = timeline::rows(schedule, &seen, on);
            let standing = standing::of(&resident, unsettled, on);
            let mut household = match resident.household {
                Some(household) => resident::household(connection, household)?,
                None => None,
            };
            let members = match resident.household {
                Some(household) => resident::members(connection, household)?,
                None => Vec::new(),
            };
            if is_covered {
                cover(&mut resident, household.as_mut());
            }
            records.reverse();
            let districts = districts(connection)?;
            Ok(PersonCard {
                district: districts.name(&resident.address.district).to_owned(),
                is_covered,
                household,
                members,
                standing,
                other_programmes: schedule.programmes.len().saturating_sub(timeline.len()),
                timeline,
                records,
                vouchers: voucher::vouchers_of(connection, person)?,
                certificates: certificate::issues_of(connection, person)?,
                notes: notes::notes_of(connection, person)?,
                as_of: feed::shown(connection)?.map(|(_, made_at)| made_at),
                rule_version: schedule.version.clone(),
                resident,
            })
        })
    }
}

fn cover(resident: &mut ResidentCard, household: Option<&mut HouseholdCard>) {
    let district = std::mem::take(&mut resident.address.district);
    resident.address = Address {
        district,
        ..Address::default()
    };
    resident.moved_in_from = None;
    resident.moved_out_to = None;
    if let Some(household) = household {
        household.telephone.clear();
        household.fax.clear();
    }
}

/// 予防接種の短い名前. Of a code of the rules; the code itself where the rules have none.
pub fn programme_name(code: &str) -> &str {
    let found = rules::embedded()
        .programmes
        .iter()
        .find(|programme| programme.code.as_str() == code);
    found.map_or(code, |programme| &programme.short_name)
}
