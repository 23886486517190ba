//! 住民検索. Finds people by reading, written name, birth date and numbers. A question is asked of the narrow table
//! of search words first and only what it finds is read, so that the first 50 of a city of 330,000 come within a
//! millisecond.

use std::collections::HashSet;

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use crate::{
    domain::revision::SubjectId,
    store::{
        StoreError,
        ledger::subject_at,
        projection::residents::LONGEST_WORD,
        resident::{ResidentLine, line_as_of, shown_up_to},
    },
};

/// What is asked, already normalised. Every part that is there must hold.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Keys of readings or written names; each must be the beginning or an inner part of one of the names.
    pub words: Vec<String>,
    pub birth_on: Option<NaiveDate>,
    /// 宛名番号, digits.
    pub atena_number: Option<String>,
    /// 券番号, ten digits.
    pub voucher_number: Option<String>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The first of them, best place first, then by reading.
    pub lines: Vec<ResidentLine>,
    /// How many there are, up to [`MOST_COUNTED`].
    pub count: u32,
}

/// Beyond this many a list is 「200人以上」.
pub const MOST_COUNTED: u32 = 200;
/// People of one word that are compared with those of another.
const MOST_COMPARED: usize = 20_000;
/// Places of a word: first the names, from here on the addresses, and how many there are.
const ADDRESSES: u8 = 5;
const PLACES: u8 = 7;
/// Lines of one answer.
pub const MOST_SHOWN: usize = 50;

/// Asks.
///
/// # Errors
/// The database can't be read.
pub fn find(connection: &Connection, question: &Question) -> Result<Found, StoreError> {
    // One view for the words and their fifty lines; each query on its own would lock and unlock the log again.
    let _view = match connection.is_autocommit() {
        true => Some(connection.unchecked_transaction()?),
        false => None,
    };
    let words: Vec<&str> = question.words.iter().map(String::as_str).collect();
    let mut candidates = if let Some(number) = &question.atena_number {
        by_atena(connection, number)?
    } else if let Some(number) = &question.voucher_number {
        by_voucher(connection, number)?
    } else if let Some(day) = question.birth_on {
        by_birth(connection, day)?
    } else {
        match words.as_slice() {
            [] => return Ok(Found::default()),
            [word] => by_word(connection, word, MOST_COUNTED as usize)?,
            words => by_words(connection, words)?,
        }
    };
    let numbers = [&question.atena_number, &question.voucher_number];
    let narrow = numbers.into_iter().flatten().count() + usize::from(question.birth_on.is_some());
    if narrow > 1 || (narrow == 1 && !words.is_empty()) {
        let mut kept = Vec::new();
        for subject in candidates {
            if holds(connection, subject, question)? {
                kept.push(subject);
            }
        }
        candidates = kept;
    }
    let mut lines = Vec::with_capacity(MOST_SHOWN);
    let mut unseen = 0;
    let shown = shown_up_to(connection)?;
    for subject in &candidates {
        if lines.len() == MOST_SHOWN {
            break;
        }
        match line_as_of(connection, *subject, shown)? {
            // Whoever asks by an address must not learn that a protected person lives there.
            Some(line) if line.protected && !is_named(connection, *subject, question)? => unseen += 1,
            Some(line) => lines.push(line),
            // Not shown yet: its load waits for release.
            None => unseen += 1,
        }
    }
    Ok(Found {
        lines,
        count: candidates.len() as u32 - unseen,
    })
}

fn by_atena(connection: &Connection, number: &str) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT subject FROM resident_versions WHERE atena_number = ?1 LIMIT 200")?;
    let rows = statement.query_map([number], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whoever it was issued to, also where it is used, void or issued twice.
fn by_voucher(connection: &Connection, number: &str) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT person FROM vouchers WHERE number = ?1 LIMIT 200")?;
    let rows = statement.query_map([number], |row| subject_at(row, "person"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn by_birth(connection: &Connection, day: NaiveDate) -> Result<Vec<SubjectId>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT subject FROM resident_versions WHERE birth_on = ?1 LIMIT 2000")?;
    let rows = statement.query_map([day.to_string()], |row| subject_at(row, "subject"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who has all of the words, in the order of the rarest. A common surname has thousands of people, so that none of the
/// words may be cut where a list ends.
fn by_words(connection: &Connection, words: &[&str]) -> Result<Vec<SubjectId>, StoreError> {
    let mut each = Vec::with_capacity(words.len());
    for word in words {
        each.push((*word, by_word(connection, word, MOST_COMPARED)?));
    }
    each.sort_by_key(|(_, found)| found.len());
    let mut each = each.into_iter();
    let mut all = each.next().map(|(_, found)| found).unwrap_or_default();
    for (word, found) in each {
        if found.len() < MOST_COMPARED {
            let found: HashSet<SubjectId> = found.into_iter().collect();
            all.retain(|subject| found.contains(subject));
            continue;
        }
        let mut kept = Vec::new();
        for subject in all {
            if has_word(connection, subject, word, PLACES)? {
                kept.push(subject);
            }
        }
        all = kept;
    }
    all.truncate(MOST_COUNTED as usize);
    Ok(all)
}

/// By place, then by word: names that begin so, given names, inner parts, past names, addresses.
fn by_word(connection: &Connection, word: &str, most: usize) -> Result<Vec<SubjectId>, StoreError> {
    let (from, until) = span(word);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for place in 0..PLACES {
        let mut statement = connection.prepare_cached(
            "SELECT subject FROM resident_words WHERE place = ?1 AND word >= ?2 AND word < ?3
             ORDER BY word, subject",
        )?;
        let mut rows = statement.query(params![place, from, until])?;
        while found.len() < most {
            let Some(row) = rows.next()? else { break };
            let subject = subject_at(row, "subject")?;
            if seen.insert(subject) {
                found.push(subject);
            }
        }
    }
    Ok(found)
}

/// Whether every word stands in a name of the person, not only in an address.
fn is_named(connection: &Connection, subject: SubjectId, question: &Question) -> Result<bool, StoreError> {
    has_all(connection, subject, &question.words, ADDRESSES)
}

fn has_all(
    connection: &Connection,
    subject: SubjectId,
    words: &[String],
    before: u8,
) -> Result<bool, StoreError> {
    for word in words {
        if !has_word(connection, subject, word, before)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the word stands in one of the places before this one.
fn has_word(connection: &Connection, subject: SubjectId, word: &str, before: u8) -> Result<bool, StoreError> {
    let (from, until) = span(word);
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM resident_words INDEXED BY resident_words_of_subject
             WHERE subject = ?1 AND word >= ?2 AND word < ?3 AND place < ?4)",
        )?
        .query_row(params![subject.0.as_bytes(), from, until, before], |row| {
            row.get(0)
        })?)
}

fn holds(connection: &Connection, subject: SubjectId, question: &Question) -> Result<bool, StoreError> {
    if !has_all(connection, subject, &question.words, PLACES)? {
        return Ok(false);
    }
    match question.birth_on {
        None => Ok(true),
        Some(day) => Ok(connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM resident_versions WHERE subject = ?1 AND birth_on = ?2)",
            )?
            .query_row(params![subject.0.as_bytes(), day.to_string()], |row| row.get(0))?),
    }
}

/// All words that begin so.
fn span(word: &str) -> (String, String) {
    let from: String = word.chars().take(LONGEST_WORD).collect();
    let until = format!("{from}\u{10ffff}");
    (from, until)
}
