//! 被接種者. Reads what the register says of one person from its statements: the face the paper is compared
//! with, household head, protection, and the person's records. Searching for people is elsewhere.

use std::fmt;

use chrono::NaiveDate;

use crate::{
    domain::{
        comparison::face::Registered,
        date::short,
        resident::{Household, Resident, ResidentStatus},
        revision::{Body, SubjectId},
    },
    store::{
        Connection, StoreError, feed, ledger,
        record::{self, RecordLine},
    },
};

/// 被接種者. What the panel 「台帳の人」 shows of the person a sheet is for.
#[derive(Clone, PartialEq)]
pub struct Recipient {
    pub person: SubjectId,
    pub atena_number: String,
    pub name: String,
    pub kana: String,
    /// 男・女・不明.
    pub sex: &'static str,
    pub birth_on: Option<NaiveDate>,
    /// 台帳の表記.
    pub birth_text: String,
    pub address: String,
    pub head_of_household: Option<String>,
    /// 支援措置: the address is covered on screen.
    pub is_protected: bool,
    /// What must be known of her standing before anything is entered: dead, moved away, protected.
    pub notices: Vec<String>,
    pub records: Vec<RecordLine>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// The register's statements about a person, as far as they are shown; none where it doesn't know her.
pub(super) fn registered(
    connection: &Connection,
    person: SubjectId,
) -> Result<Option<Registered>, StoreError> {
    let Some((sequence, _)) = feed::shown(connection)? else {
        return Ok(None);
    };
    let mut statements = bodies::<Resident>(connection, person)?;
    // A load that waits for its release is not shown, wherever a person is read.
    statements.retain(|statement| statement.position.sequence <= sequence);
    Ok(Registered::of(statements))
}

pub(in crate::office) fn recipient(
    connection: &Connection,
    person: SubjectId,
) -> Result<Option<Recipient>, StoreError> {
    let Some(known) = registered(connection, person)? else {
        return Ok(None);
    };
    let resident = &known.resident;
    let is_protected = feed::is_protected(connection, person)?;
    Ok(Some(Recipient {
        person,
        atena_number: resident.atena_number.as_str().to_owned(),
        name: resident.names.shown().to_owned(),
        kana: known.face.kana.clone(),
        sex: known.sex.word(),
        birth_on: known.face.birth_on,
        birth_text: known.face.birth_text.clone(),
        address: known.face.address.clone(),
        head_of_household: head_of_household(connection, resident)?,
        is_protected,
        notices: notices(&known, is_protected),
        records: record::records_of(connection, person)?,
    }))
}

/// The name as a list shows it: covered for 支援措置.
pub(in crate::office) fn listed_name(
    connection: &Connection,
    person: SubjectId,
) -> Result<String, StoreError> {
    let Some(known) = registered(connection, person)? else {
        return Ok("（台帳にいません）".to_owned());
    };
    Ok(match feed::is_protected(connection, person)? {
        true => "（伏せています）".to_owned(),
        false => known.resident.names.shown().to_owned(),
    })
}

fn notices(known: &Registered, is_protected: bool) -> Vec<String> {
    let mut notices = Vec::new();
    if is_protected {
        notices.push("支援措置の人です。住所は伏せています。個人カードで確かめてください。".to_owned());
    }
    let day = |day: Option<NaiveDate>| day.map_or("日付不明".to_owned(), short);
    match known.status {
        ResidentStatus::Dead => notices.push(format!(
            "この方は {} に亡くなっています。接種日がその前か確かめてください。",
            day(known.stay.died_on)
        )),
        ResidentStatus::MovedOut => notices.push(format!(
            "この方は {} に転出しています。接種日が転出の前か確かめてください。",
            day(known.stay.moved_out_on)
        )),
        ResidentStatus::Removed => {
            notices.push("この方は消除されています。接種日に住民だったか確かめてください。".to_owned());
        }
        ResidentStatus::NonResident => {
            notices.push("住登外の人です。市が実施する接種か確かめてください。".to_owned());
        }
        ResidentStatus::Registered => {}
    }
    notices
}

fn head_of_household(connection: &Connection, resident: &Resident) -> Result<Option<String>, StoreError> {
    let Some(number) = &resident.household_number else {
        return Ok(None);
    };
    let household = Household::subject(&resident.lg_code, number);
    let newest = bodies::<Household>(connection, household)?
        .into_iter()
        .max_by_key(|body| body.position);
    let Some(head) = newest.and_then(|household| household.head_atena_number) else {
        return Ok(None);
    };
    if head == resident.atena_number {
        return Ok(Some("本人".to_owned()));
    }
    let head = registered(connection, Resident::subject(&resident.lg_code, &head))?;
    Ok(head.map(|head| head.resident.names.shown().to_owned()))
}

fn bodies<B: Body>(connection: &Connection, subject: SubjectId) -> Result<Vec<B>, StoreError> {
    let mut bodies = Vec::new();
    for revision in ledger::revisions_of(connection, subject)? {
        if revision.kind.known() == Some(B::KIND) {
            bodies.extend(revision.read::<B>().ok().flatten());
        }
    }
    Ok(bodies)
}
