//! 抽出の名簿. What is read of a draw: its names, the difference to the one before, who has fallen out since, and what
//! a print run takes. Looking at the names is a deed; making, signing and releasing a draw is the parent's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{Criteria, DrawError, DrawLine, Signature, complete_entries, gather};
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        draw::{Entry, Exclusion, Standing},
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::SubjectId,
    },
    office::{Office, Session, settings::districts},
    rules,
    store::{Connection, StoreError, draw as rows, resident},
};

/// 承認された抽出. What a print run is made from: those who are still to get a sheet, and who fell out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawn {
    pub draw: SubjectId,
    pub persons: Vec<SubjectId>,
    pub programme: ProgrammeCode,
    /// 期と回の名（第1期、初回2回目 など）.
    pub stage: String,
    pub dose: DoseNumber,
    pub rule_version: String,
    /// Drawn, and not to be printed any more.
    pub fell_out: Vec<FellOut>,
}

/// 抽出のあとで外れた人.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FellOut {
    pub person: SubjectId,
    pub reason: Exclusion,
}

/// 前回とのちがい.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    pub previous: DrawLine,
    /// 加わった人: what she was before; none: not within the criteria.
    pub added: Vec<(SubjectId, Option<Exclusion>)>,
    /// 外れた人: what she is now; none: not within the criteria.
    pub removed: Vec<(SubjectId, Option<Exclusion>)>,
}

/// 抽出の名簿の一人, for the screen.
#[derive(Clone, PartialEq, Eq)]
pub struct DrawPerson {
    pub entry: Entry,
    /// None where the register no longer shows her.
    pub line: Option<resident::ResidentLine>,
    pub signature: Option<Signature>,
}

impl fmt::Debug for DrawPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrawPerson")
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

impl Office {
    /// 抽出の一覧. The newest ones.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn draws(&self) -> Result<Vec<DrawLine>, StoreError> {
        self.read(|connection| rows::draws(connection, 200))
    }

    /// 同じ条件の前回の抽出, if any, before anything is drawn.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn latest_draw(&self, criteria: &Criteria) -> Result<Option<DrawLine>, StoreError> {
        self.read(|connection| rows::latest_of(connection, criteria))
    }

    /// 抽出を見る. One draw with all its names is a bulk view of people: a deed with its own event.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn view_draw(
        &self,
        session: &Session,
        draw: SubjectId,
    ) -> Result<(DrawLine, Vec<DrawPerson>), DrawError> {
        self.deed(session, Deed::ViewPerson, |transaction| {
            let connection = transaction.connection();
            let line = rows::draw(connection, draw)?.ok_or(DrawError::Missing)?;
            let mut signatures: BTreeMap<SubjectId, Signature> = rows::signatures(connection, draw)?
                .into_iter()
                .map(|s| (s.person, s))
                .collect();
            let mut people = Vec::new();
            let districts = districts(connection)?;
            for entry in rows::entries(connection, draw)? {
                let mut line = resident::line(connection, entry.person)?;
                if let Some(line) = &mut line {
                    line.district = districts.name(&line.district).to_owned();
                }
                people.push(DrawPerson {
                    line,
                    signature: signatures.remove(&entry.person),
                    entry,
                });
            }
            people.sort_by(|a, b| kana(a).cmp(&kana(b)));
            let event = Event::new(Deed::ViewPerson)
                .detail("from", "draw")
                .detail("draw", draw.0)
                .detail("count", people.len());
            transaction.event(event);
            Ok((line, people))
        })
    }

    /// 前回とのちがい. None where there was no draw of the same criteria before.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn difference(&self, draw: SubjectId) -> Result<Option<Difference>, DrawError> {
        self.read(|connection| {
            let Some(line) = rows::draw(connection, draw)? else {
                return Ok(None);
            };
            let Some(previous) = line.previous else {
                return Ok(None);
            };
            let Some(previous) = rows::draw(connection, previous)? else {
                return Ok(None);
            };
            let now = standings(connection, line.subject)?;
            let before = standings(connection, previous.subject)?;
            let only = |mine: &BTreeMap<SubjectId, Standing>, theirs: &BTreeMap<SubjectId, Standing>| {
                let drawn = mine.iter().filter(|(_, standing)| **standing == Standing::Drawn);
                let changed = drawn.filter(|(person, _)| theirs.get(*person) != Some(&Standing::Drawn));
                let with_reason = changed.map(|(person, _)| match theirs.get(person) {
                    Some(Standing::Excluded(exclusion)) => (*person, Some(*exclusion)),
                    _ => (*person, None),
                });
                with_reason.collect::<Vec<_>>()
            };
            Ok(Some(Difference {
                added: only(&now, &before),
                removed: only(&before, &now),
                previous,
            }))
        })
        .map_err(DrawError::from)
    }

    /// 印刷の前にもう一度見る. Who of the drawn has died, moved away, is protected, has had the dose or may not be
    /// printed automatically by now.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn recheck_draw(&self, draw: SubjectId) -> Result<Vec<FellOut>, DrawError> {
        let checked = self.read(|connection| {
            rows::draw(connection, draw)?
                .map(|line| fell_out(connection, &line))
                .transpose()
        })?;
        checked.ok_or(DrawError::Missing)
    }

    /// 承認された抽出の名簿, looked at once more. What a print run takes.
    ///
    /// # Errors
    /// [`DrawError::NotReleased`] before a second person has released it, [`DrawError::Incomplete`] when the
    /// names are not those that she released.
    pub fn drawn(&self, draw: SubjectId) -> Result<Drawn, DrawError> {
        let found = self
            .read(|connection| Ok(rows::draw(connection, draw)?.map(|line| drawn_in(connection, &line))))?;
        found.unwrap_or(Err(DrawError::Missing))
    }
}

/// 承認された抽出の名簿, inside the transaction of another deed.
///
/// # Errors
/// As [`Office::drawn`].
pub fn drawn_in(connection: &Connection, line: &DrawLine) -> Result<Drawn, DrawError> {
    if line.discarded {
        return Err(DrawError::Discarded);
    }
    if !line.released {
        return Err(DrawError::NotReleased);
    }
    let entries = complete_entries(connection, line)?;
    let fell_out = fell_out(connection, line)?;
    let gone: BTreeSet<SubjectId> = fell_out.iter().map(|one| one.person).collect();
    let drawn = entries
        .iter()
        .filter(|entry| entry.standing == Standing::Drawn)
        .map(|entry| entry.person);
    let criteria = &line.criteria;
    let programme = rules::embedded().programme(criteria.programme);
    Ok(Drawn {
        draw: line.subject,
        persons: drawn.filter(|person| !gone.contains(person)).collect(),
        programme: criteria.programme,
        stage: programme.map_or_else(String::new, |programme| programme.dose_name(criteria.dose)),
        dose: criteria.dose,
        rule_version: line.rule_version.clone(),
        fell_out,
    })
}

fn standings(connection: &Connection, draw: SubjectId) -> Result<BTreeMap<SubjectId, Standing>, StoreError> {
    let entries = rows::entries(connection, draw)?;
    Ok(entries
        .into_iter()
        .map(|entry| (entry.person, entry.standing))
        .collect())
}

fn fell_out(connection: &Connection, line: &DrawLine) -> Result<Vec<FellOut>, StoreError> {
    let mut found = Vec::new();
    for entry in rows::entries(connection, line.subject)? {
        if entry.standing == Standing::Drawn
            && let Some(reason) = gather::since(connection, rules::embedded(), &line.criteria, entry.person)?
        {
            found.push(FellOut {
                person: entry.person,
                reason,
            });
        }
    }
    Ok(found)
}

fn kana(person: &DrawPerson) -> Option<&str> {
    person.line.as_ref().map(|line| line.kana.as_str())
}
