//! 住民の射影. Every state of a person that the feed has said, in order of the feed, and the search words of all
//! of them; the view `residents` shows the one that `feed_shown` allows. No 個人番号 is here.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use crate::{
    domain::{
        address,
        birth::BirthDate,
        kana, name,
        resident::{Household, NamePriority, Names, Processing, Resident},
        revision::{Kind, RevisionId, SubjectId},
    },
    store::{
        feed,
        projection::{ProjectError, Projection, Stored},
    },
};

pub const PROJECTION: Projection = Projection {
    name: "residents",
    kinds: &[Kind::Resident],
    schema: include_str!("../../../migrations/terminal/projections/residents.sql"),
    tables: &["resident_versions", "resident_words"],
    project,
};

/// `until_sequence` of the newest state.
const FOR_EVER: i64 = i64::MAX;

fn project(connection: &Connection, subject: SubjectId, revisions: &[Stored]) -> Result<(), ProjectError> {
    let mut states: Vec<(RevisionId, Resident)> = Vec::with_capacity(revisions.len());
    for revision in revisions {
        let body = revision
            .read::<Resident>()
            .map_err(|error| ProjectError::body(revision, error))?;
        states.extend(body.map(|body| (revision.id, body)));
    }
    states.sort_by_key(|(id, resident)| (resident.position, *id));
    let nexts: Vec<i64> = states
        .iter()
        .skip(1)
        .map(|(_, next)| i64::from(next.position.sequence))
        .collect();
    for (at, (id, resident)) in states.iter().enumerate() {
        // Two files can't say the same row twice; if one did, the greater id stands.
        let same_row = states
            .get(at + 1)
            .is_some_and(|(_, next)| next.position == resident.position);
        if !same_row {
            insert(
                connection,
                subject,
                *id,
                resident,
                nexts.get(at).copied().unwrap_or(FOR_EVER),
            )?;
        }
    }
    for (place, word) in words(&states) {
        connection
            .prepare_cached("INSERT INTO resident_words (place, word, subject) VALUES (?1, ?2, ?3)")?
            .execute(params![place, word, subject.0.as_bytes()])?;
    }
    Ok(())
}

/// Code of the tables.
pub(super) fn processing_code(processing: Processing) -> u8 {
    match processing {
        Processing::Added => 1,
        Processing::Updated => 2,
        Processing::Deleted => 3,
    }
}

fn insert(
    connection: &Connection,
    subject: SubjectId,
    id: RevisionId,
    resident: &Resident,
    until: i64,
) -> Result<(), ProjectError> {
    let names = &resident.names;
    let change = resident.change.as_ref();
    let household = resident
        .household_number
        .as_ref()
        .map(|number| Household::subject(&resident.lg_code, number));
    connection
        .prepare_cached(
            "INSERT INTO resident_versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
                 ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33,
                 ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43, ?44, ?45)",
        )?
        .execute(params![
            subject.0.as_bytes(),
            resident.position.sequence,
            resident.position.row,
            until,
            id.0,
            feed::content_of_resident(resident),
            processing_code(resident.processing),
            resident.lg_code.as_str(),
            resident.atena_number.as_str(),
            resident.history_number,
            resident.household_number.as_ref().map(|number| number.as_str()),
            household.map(|household| *household.0.as_bytes()),
            names.kana,
            names.kanji,
            names.former_surname,
            names.former_surname_kana,
            names.common,
            names.common_kana,
            names.alphabet,
            match names.priority {
                NamePriority::Registered => 1,
                NamePriority::CommonName => 2,
                NamePriority::Alphabet => 3,
            },
            names.kana_confirmed,
            resident.birth.day().map(|day| day.to_string()),
            match &resident.birth {
                BirthDate::Known(_) => None,
                BirthDate::AsWritten(text) => Some(text),
            },
            resident.sex.code(),
            resident.relationship.as_str(),
            resident.status.code(),
            resident.foreigner,
            resident.nationality,
            resident.family_code,
            resident.address.code,
            resident.address.postal_code,
            resident.address.text,
            resident.address.building,
            resident.address.district,
            resident.resident_since.map(|day| day.to_string()),
            resident.address_since.map(|day| day.to_string()),
            change.map(|change| change.reason.word()),
            change.and_then(|change| change.occurred_on).map(|day| day.to_string()),
            change.and_then(|change| change.occurred_as_written.as_deref()),
            change.and_then(|change| change.notified_on).map(|day| day.to_string()),
            resident.moved_in_from,
            resident.moved_out_to,
            resident.updated.by,
            resident.updated.on.map(|day| day.to_string()),
            resident.updated.at.map(|time| time.to_string()),
        ])?;
    Ok(())
}

const NAME: u8 = 0;
const GIVEN: u8 = 1;
const INSIDE: u8 = 2;
const PAST_NAME: u8 = 3;
const PAST_INSIDE: u8 = 4;
const ADDRESS: u8 = 5;
const PAST_ADDRESS: u8 = 6;

/// Longest word kept, in letters; longer questions are compared by their beginning.
pub(crate) const LONGEST_WORD: usize = 24;

/// The words of all states: a word stands once, in its best place.
fn words(states: &[(RevisionId, Resident)]) -> BTreeSet<(u8, String)> {
    let mut words = BTreeSet::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (at, (_, resident)) in states.iter().enumerate().rev() {
        let newest = at + 1 == states.len();
        for (text, is_kana) in written_names(&resident.names) {
            let key_of = if is_kana {
                kana::search_key
            } else {
                name::search_key
            };
            let key = key_of(text);
            if key.is_empty() || !seen.insert(key.clone()) {
                continue;
            }
            let given = name::given(text).map(key_of).unwrap_or_default();
            let letters: Vec<usize> = key.char_indices().map(|(at, _)| at).collect();
            for from in letters {
                let word = first_letters(key.get(from..).unwrap_or(""));
                let place = match (newest, from) {
                    (true, 0) => NAME,
                    (true, _) if !given.is_empty() && from + given.len() == key.len() => GIVEN,
                    (true, _) => INSIDE,
                    (false, 0) => PAST_NAME,
                    (false, _) => PAST_INSIDE,
                };
                words.insert((place, word));
            }
        }
        let building = resident.address.building.as_str();
        let keys = [
            address::search_key(&resident.address.text),
            name::search_key(building),
            kana::search_key(building),
        ];
        for key in keys.into_iter().filter(|key| !key.is_empty()) {
            if seen.insert(format!("\u{1}{key}")) {
                words.insert((if newest { ADDRESS } else { PAST_ADDRESS }, first_letters(&key)));
            }
        }
    }
    words
}

fn written_names(names: &Names) -> impl Iterator<Item = (&str, bool)> {
    let kana = [
        Some(&names.kana),
        names.common_kana.as_ref(),
        names.former_surname_kana.as_ref(),
    ];
    let written = [
        Some(&names.kanji),
        names.common.as_ref(),
        names.former_surname.as_ref(),
        names.alphabet.as_ref(),
    ];
    let kana = kana.into_iter().flatten().map(|text| (text.as_str(), true));
    kana.chain(written.into_iter().flatten().map(|text| (text.as_str(), false)))
}

fn first_letters(text: &str) -> String {
    text.chars().take(LONGEST_WORD).collect()
}
