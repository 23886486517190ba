//! 抽出を書く仕事. The names of a draw go into the ledger part by part, each part a subject that nobody reads; the
//! statement of the draw with their digest comes last and shows them all at once. Parts of a draw that was cut off
//! or cancelled before it stay where they are, belong to no draw, and are read by nobody.

use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{DrawError, DrawLine, Prepared, gather, refuse_older_rules};
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        draw::{self, Draw, Entry, MOST_IN_PART, Made, Part, Selection},
        revision::SubjectId,
        trust::Octets,
    },
    office::{Job, Office, Progress, Session, Step, forecast},
    rules,
    store::{New, Parents, StoreError, draw as rows, feed},
};

/// 抽出を書く. Answers with the draw, which waits for a second person.
pub struct MakeDraw {
    session: Session,
    prepared: Prepared,
    writing: Option<Writing>,
}

struct Writing {
    subject: SubjectId,
    selection: Selection,
    residents_as_of: Option<DateTime<Utc>>,
    parts: u16,
    /// Entries that are in the ledger.
    at: usize,
}

impl MakeDraw {
    #[must_use]
    pub fn new(session: Session, prepared: Prepared) -> Self {
        Self {
            session,
            prepared,
            writing: None,
        }
    }

    fn work(&mut self, office: &Office, until: Instant) -> Result<Option<DrawLine>, DrawError> {
        let Some(writing) = &mut self.writing else {
            self.writing = Some(begin(office, &self.session, &mut self.prepared)?);
            return Ok(None);
        };
        if writing.at < writing.selection.entries.len() {
            while writing.at < writing.selection.entries.len() {
                writing.part(office, &self.session)?;
                if Instant::now() >= until {
                    break;
                }
            }
            return Ok(None);
        }
        writing.show(office, &self.session, &self.prepared).map(Some)
    }
}

impl Job for MakeDraw {
    type Output = Result<DrawLine, DrawError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.work(office, until) {
            Ok(Some(line)) => Step::Done(Ok(line)),
            Ok(None) => Step::More(
                self.writing
                    .as_ref()
                    .map_or_else(Progress::default, Writing::progress),
            ),
            Err(error) => Step::Done(Err(error)),
        }
    }
}

/// Takes over what was chosen; chooses again where anything has changed since.
fn begin(office: &Office, session: &Session, prepared: &mut Prepared) -> Result<Writing, DrawError> {
    let schedule = rules::embedded();
    let chosen = prepared.chosen.take();
    office.slice(session, Deed::DrawCohort, |transaction| {
        let connection = transaction.connection();
        refuse_older_rules(connection, schedule)?;
        let selection = match chosen {
            Some((state, selection)) if state == rows::state(connection)? => selection,
            _ => {
                forecast::bring_up_to_date(connection)?;
                gather::selection(connection, schedule, &prepared.criteria)?
            }
        };
        let residents_as_of = feed::shown(connection)?.map(|(_, made_at)| made_at);
        Ok(Writing {
            subject: transaction.new_subject(),
            selection,
            residents_as_of,
            parts: 0,
            at: 0,
        })
    })
}

impl Writing {
    fn progress(&self) -> Progress {
        let total = self.selection.entries.len() as u64 + 1;
        Progress {
            done: self.at as u64,
            total,
        }
    }

    fn part(&mut self, office: &Office, session: &Session) -> Result<(), DrawError> {
        let entries: Vec<Entry> = self
            .selection
            .entries
            .iter()
            .skip(self.at)
            .take(MOST_IN_PART)
            .cloned()
            .collect();
        let (draw, number, count) = (self.subject, self.parts, entries.len());
        office.slice(session, Deed::DrawCohort, |transaction| {
            transaction.append(New {
                subject: SubjectId::derived("draw/part", &format!("{}/{number}", draw.0)),
                about: None,
                body: &Draw::Part(Part {
                    draw,
                    number,
                    entries,
                }),
                parents: Parents::None,
            })?;
            Ok::<_, DrawError>(())
        })?;
        self.parts = number.checked_add(1).ok_or(StoreError::TooLarge)?;
        self.at += count;
        Ok(())
    }

    fn show(&self, office: &Office, session: &Session, prepared: &Prepared) -> Result<DrawLine, DrawError> {
        let (criteria, schedule) = (&prepared.criteria, rules::embedded());
        office.deed(session, Deed::DrawCohort, |transaction| {
            let previous = rows::latest_of(transaction.connection(), criteria)?;
            let body = Draw::Made(Box::new(Made {
                criteria: criteria.clone(),
                rule_version: schedule.version.clone(),
                residents_as_of: self.residents_as_of,
                totals: self.selection.totals.clone(),
                parts: self.parts,
                digest: Octets(draw::digest(&self.selection.entries).to_vec()),
                previous: previous.map(|line| line.subject),
            }));
            transaction.append(New {
                subject: self.subject,
                about: None,
                body: &body,
                parents: Parents::None,
            })?;
            let line = rows::draw(transaction.connection(), self.subject)?.ok_or(DrawError::Incomplete)?;
            let event = Event::new(Deed::DrawCohort)
                .detail("draw", line.subject.0)
                .detail("programme", line.criteria.programme)
                .detail("dose", line.criteria.dose.code())
                .detail("base", self.selection.totals.base)
                .detail("drawn", self.selection.totals.drawn)
                .detail("boundary", self.selection.totals.boundary)
                .detail("rules", &schedule.version);
            transaction.event(event);
            Ok(line)
        })
    }
}
