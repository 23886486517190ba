//! 印刷の進み. Where each serial stands, from the facts of a run. A job that was intended and not answered, or
//! answered with "unknown", holds its serials until a person says what came out.

use std::collections::{BTreeMap, BTreeSet};

use super::{CHUNK, LeftOut, Manifest, ManifestSheet, RunFact, Serial, SpoilReason, Taken};

/// 紙の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SerialState {
    /// 未印刷.
    Waiting,
    /// Handed over, the queue's answer is still out (a crash, or just now).
    Intended,
    /// 未確認.
    Unconfirmed,
    /// 送り済み: the queue has taken it, nobody has counted yet.
    Sent,
    /// 印刷済み, counted by a person.
    Printed,
    /// 廃棄: to be printed again.
    Spoiled,
    /// 除いた.
    LeftOut(LeftOut),
}

/// 一つの仕事. Serials that go to the queue together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    pub chunk: u32,
    pub attempt: u32,
    pub serials: Vec<Serial>,
    pub reprint: bool,
}

/// 未確認の仕事. Intended or unknown: nothing more is sent before it is settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsettled {
    pub chunk: u32,
    pub attempt: u32,
    pub queue: String,
    pub serials: Vec<Serial>,
    /// Whether the queue has been asked already and could not tell.
    pub is_asked: bool,
}

#[derive(Clone, Debug)]
struct Job {
    serials: Vec<Serial>,
    queue: String,
    reprint: bool,
    answer: Option<Taken>,
    job: Option<i32>,
    confirmed: Option<Option<Serial>>,
}

/// 印刷の状態, computed from the facts in the agreed order (lamport, then id).
#[derive(Clone, Debug)]
pub struct RunState {
    pub manifest: Manifest,
    sheets: BTreeMap<Serial, ManifestSheet>,
    states: BTreeMap<Serial, SerialState>,
    jobs: BTreeMap<(u32, u32), Job>,
    spoiled: BTreeMap<Serial, SpoilReason>,
    pub is_stopped: bool,
    pub dispatched: Option<(chrono::NaiveDate, u32)>,
    /// Two manifests, or facts that contradict each other: to be settled by a person.
    pub is_unsettled: bool,
}

impl RunState {
    /// `None` while no manifest is known.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a RunFact> + Clone) -> Option<Self> {
        let mut manifests = facts.clone().into_iter().filter_map(|fact| match fact {
            RunFact::Prepared(manifest) => Some(manifest),
            _ => None,
        });
        let manifest = manifests.next()?.clone();
        let mut state = Self {
            is_unsettled: manifests.any(|other| *other != manifest),
            states: (1..=manifest.count)
                .map(|serial| (serial, SerialState::Waiting))
                .collect(),
            manifest,
            sheets: BTreeMap::new(),
            jobs: BTreeMap::new(),
            spoiled: BTreeMap::new(),
            is_stopped: false,
            dispatched: None,
        };
        for fact in facts {
            state.apply(fact);
        }
        Some(state)
    }

    fn apply(&mut self, fact: &RunFact) {
        match fact {
            RunFact::Prepared(_) => {}
            RunFact::Sheets { from, sheets, .. } => {
                self.sheets.extend((*from..).zip(sheets.iter().cloned()));
            }
            RunFact::Intended {
                chunk,
                attempt,
                serials,
                queue,
                reprint,
            } => self.intend(*chunk, *attempt, serials, queue, *reprint),
            RunFact::Answered {
                chunk,
                attempt,
                taken,
                job,
            } => self.answer(*chunk, *attempt, *taken, *job),
            RunFact::Confirmed { chunk, attempt, from } => self.confirm(*chunk, *attempt, *from),
            RunFact::Spoiled { serials, reason } => {
                for serial in serials {
                    if let Some(at) = self.states.get_mut(serial) {
                        *at = SerialState::Spoiled;
                        self.spoiled.insert(*serial, *reason);
                    }
                }
            }
            RunFact::Withdrawn { serial, reason } => {
                self.set(*serial, SerialState::LeftOut(*reason));
            }
            RunFact::Stopped => self.is_stopped = true,
            RunFact::Dispatched { on, count } => {
                self.dispatched.get_or_insert((*on, *count));
            }
        }
    }

    fn set(&mut self, serial: Serial, to: SerialState) {
        if let Some(at) = self.states.get_mut(&serial) {
            *at = to;
        }
    }

    fn intend(&mut self, chunk: u32, attempt: u32, serials: &[Serial], queue: &str, reprint: bool) {
        // A serial that is on its way already must never be sent by another job.
        let free =
            |state: Option<&SerialState>| matches!(state, Some(SerialState::Waiting | SerialState::Spoiled));
        self.is_unsettled |= serials.iter().any(|serial| !free(self.states.get(serial)));
        for serial in serials {
            self.set(*serial, SerialState::Intended);
        }
        let job = Job {
            serials: serials.to_vec(),
            queue: queue.to_owned(),
            reprint,
            answer: None,
            job: None,
            confirmed: None,
        };
        self.is_unsettled |= self.jobs.insert((chunk, attempt), job).is_some();
    }

    fn answer(&mut self, chunk: u32, attempt: u32, taken: Taken, number: Option<i32>) {
        let Some(job) = self.jobs.get_mut(&(chunk, attempt)) else {
            return;
        };
        // What was taken once stays taken; only "unknown" may be answered better later.
        if matches!(job.answer, Some(Taken::Taken | Taken::NotTaken)) || job.confirmed.is_some() {
            return;
        }
        job.answer = Some(taken);
        job.job = job.job.or(number);
        let to = match taken {
            Taken::Taken => SerialState::Sent,
            Taken::Unknown => SerialState::Unconfirmed,
            Taken::NotTaken if job.reprint => SerialState::Spoiled,
            Taken::NotTaken => SerialState::Waiting,
        };
        for serial in job.serials.clone() {
            if matches!(
                self.states.get(&serial),
                Some(SerialState::Intended | SerialState::Unconfirmed)
            ) {
                self.set(serial, to);
            }
        }
    }

    fn confirm(&mut self, chunk: u32, attempt: u32, from: Option<Serial>) {
        let Some(job) = self.jobs.get_mut(&(chunk, attempt)) else {
            return;
        };
        if job.confirmed.is_some() || job.answer == Some(Taken::NotTaken) {
            return;
        }
        job.confirmed = Some(from);
        let back = if job.reprint {
            SerialState::Spoiled
        } else {
            SerialState::Waiting
        };
        for serial in job.serials.clone() {
            let on_paper = from.is_none_or(|from| serial < from);
            if matches!(
                self.states.get(&serial),
                Some(SerialState::Intended | SerialState::Unconfirmed | SerialState::Sent)
            ) {
                self.set(serial, if on_paper { SerialState::Printed } else { back });
            }
        }
    }

    /// Where a serial stands.
    #[must_use]
    pub fn serial(&self, serial: Serial) -> Option<SerialState> {
        self.states.get(&serial).copied()
    }

    /// Every serial with its state, in order.
    pub fn serials(&self) -> impl Iterator<Item = (Serial, SerialState)> {
        self.states.iter().map(|(serial, state)| (*serial, *state))
    }

    /// The manifest's line of a serial.
    #[must_use]
    pub fn sheet(&self, serial: Serial) -> Option<&ManifestSheet> {
        self.sheets.get(&serial)
    }

    /// The manifest's lines, in order of serials.
    #[must_use]
    pub fn sheets(&self) -> Vec<ManifestSheet> {
        self.sheets.values().cloned().collect()
    }

    /// Whether all lines are there and the digest is theirs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sheets.keys().copied().eq(1..=self.manifest.count)
            && self.manifest.digest_of(&self.sheets()).as_slice() == self.manifest.digest.0
    }

    /// How many serials are in a state.
    #[must_use]
    pub fn count(&self, is: impl Fn(SerialState) -> bool) -> u32 {
        self.states.values().filter(|state| is(**state)).count() as u32
    }

    /// The job that has to be settled before anything else is sent.
    #[must_use]
    pub fn unsettled(&self) -> Option<Unsettled> {
        self.jobs.iter().find_map(|((chunk, attempt), job)| {
            let open = job.confirmed.is_none() && matches!(job.answer, None | Some(Taken::Unknown));
            open.then(|| Unsettled {
                chunk: *chunk,
                attempt: *attempt,
                queue: job.queue.clone(),
                serials: job.serials.clone(),
                is_asked: job.answer.is_some(),
            })
        })
    }

    /// The jobs that the queue has taken and nobody has counted yet: (chunk, attempt, first serial, last).
    #[must_use]
    pub fn uncounted(&self) -> Vec<(u32, u32, Serial, Serial)> {
        self.jobs
            .iter()
            .filter(|(_, job)| job.confirmed.is_none() && job.answer == Some(Taken::Taken))
            .filter_map(|((chunk, attempt), job)| {
                Some((*chunk, *attempt, *job.serials.first()?, *job.serials.last()?))
            })
            .collect()
    }

    /// A job that a queue took before: as long as the queue knows it, a name it doesn't know was never taken.
    #[must_use]
    pub fn witness(&self, queue: &str) -> Option<i32> {
        self.jobs
            .values()
            .rev()
            .filter(|job| job.queue == queue)
            .find_map(|job| job.job)
    }

    /// The next sheets to send; `None` while a job is unsettled, after a stop, or when nothing waits.
    #[must_use]
    pub fn next(&self) -> Option<Chunk> {
        if self.is_stopped || self.is_unsettled || self.unsettled().is_some() {
            return None;
        }
        let waiting = |state: SerialState| {
            self.states
                .iter()
                .filter(move |(_, at)| **at == state)
                .map(|(serial, _)| *serial)
        };
        let mut serials: Vec<Serial> = waiting(SerialState::Waiting).take(CHUNK).collect();
        let reprint = serials.is_empty();
        if reprint {
            serials = waiting(SerialState::Spoiled).take(CHUNK).collect();
        }
        if serials.is_empty() {
            return None;
        }
        let wanted: BTreeSet<Serial> = serials.iter().copied().collect();
        let again = self.jobs.iter().rev().find(|(_, job)| {
            job.answer == Some(Taken::NotTaken) && job.serials.iter().copied().eq(wanted.iter().copied())
        });
        let (chunk, attempt) = match again {
            Some(((chunk, _), _)) => {
                let tried = self.jobs.keys().filter(|(other, _)| other == chunk);
                (*chunk, tried.map(|(_, attempt)| *attempt).max().unwrap_or(0) + 1)
            }
            None => (
                self.jobs.keys().map(|(chunk, _)| *chunk).max().unwrap_or(0) + 1,
                1,
            ),
        };
        Some(Chunk {
            chunk,
            attempt,
            serials,
            reprint,
        })
    }
}

#[cfg(test)]
mod tests;
