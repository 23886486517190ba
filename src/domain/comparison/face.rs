//! 台帳の人. What the register's statements about one person say today and said before: the face the paper is
//! compared with, and since when and until when she was in the city. Pure; all statements come in at once.

use chrono::NaiveDate;

use super::RegisterFace;
use crate::domain::resident::{ChangeReason, Processing, Resident, ResidentStatus, Sex};

/// 在住. The days that bound what the city can have given to a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stay {
    pub moved_in_on: Option<NaiveDate>,
    pub moved_out_on: Option<NaiveDate>,
    pub died_on: Option<NaiveDate>,
}

/// 台帳の人.
#[derive(Clone, PartialEq, Eq)]
pub struct Registered {
    pub face: RegisterFace,
    pub stay: Stay,
    pub sex: Sex,
    pub status: ResidentStatus,
    pub resident: Resident,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registered(…)")
    }
}

impl Registered {
    /// All statements of the register about one person, in any order. `None` without one, or where the newest
    /// takes the person back.
    pub fn of(statements: impl IntoIterator<Item = Resident>) -> Option<Self> {
        let mut states: Vec<Resident> = statements.into_iter().collect();
        states.sort_by_key(|state| std::cmp::Reverse(state.position));
        let (newest, before) = states.split_first()?;
        if newest.processing == Processing::Deleted {
            return None;
        }
        Some(Self {
            face: face(newest, before),
            stay: stay(newest, before),
            sex: newest.sex,
            status: newest.status,
            resident: newest.clone(),
        })
    }
}

fn face(newest: &Resident, before: &[Resident]) -> RegisterFace {
    let mut names = Vec::new();
    for state in std::iter::once(newest).chain(before) {
        let own = [Some(state.names.shown()), Some(state.names.kanji.as_str())];
        let other = [state.names.common.as_deref(), state.names.alphabet.as_deref()];
        for name in own.into_iter().chain(other).flatten() {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    let mut past_addresses: Vec<(String, Option<NaiveDate>)> = Vec::new();
    let mut left_on = newest.address_since.and_then(|day| day.pred_opt());
    for state in before {
        let line = state.address.line();
        let is_known =
            line == newest.address.line() || past_addresses.iter().any(|(known, _)| *known == line);
        if !is_known && !state.address.text.is_empty() {
            past_addresses.push((line, left_on));
        }
        left_on = state.address_since.and_then(|day| day.pred_opt());
    }
    past_addresses.extend(newest.moved_in_from.clone().map(|address| (address, None)));
    RegisterFace {
        kana: newest.names.shown_kana().to_owned(),
        names,
        birth_on: newest.birth.day(),
        birth_text: newest.birth.written(),
        address: newest.address.line(),
        past_addresses,
    }
}

fn stay(newest: &Resident, before: &[Resident]) -> Stay {
    let occurred = |state: &Resident| state.change.as_ref().and_then(|change| change.occurred_on);
    let came = |state: &&Resident| {
        state.change.as_ref().is_some_and(|change| {
            matches!(
                change.reason,
                ChangeReason::MovedIn | ChangeReason::MovedInFromAbroad
            )
        })
    };
    let arrival = std::iter::once(newest).chain(before).find(came);
    Stay {
        moved_in_on: arrival.and_then(|state| occurred(state).or(state.resident_since)),
        moved_out_on: occurred(newest).filter(|_| newest.status == ResidentStatus::MovedOut),
        died_on: occurred(newest).filter(|_| newest.status == ResidentStatus::Dead),
    }
}
