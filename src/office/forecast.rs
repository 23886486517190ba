//! 見通し. Keeps every person's forecasts fresh and reads them: a deed recomputes the few it has touched in its own
//! transaction, imports and new rules leave the rest to a job in slices. A reader never uses a stale row; until
//! the job has come by, it judges from scratch, with the same engine and the same answer.

use std::{collections::BTreeMap, time::Instant};

use chrono::NaiveDate;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        eligibility::{self, Cover, Extension, Season},
        evaluation::{Evaluation, Forecast},
        programme::{Programme, ProgrammeCode},
        record::DoseNumber,
        revision::SubjectId,
        schedule::{OpenPoint, Schedule, Span},
    },
    office::{DeedError, Job, Office, Progress, Session, Step},
    rules,
    store::{Connection, StoreError, city, forecast as rows, forecast::Known, resident},
};

/// So many people are recomputed inside a deed; more are left to the job.
const WITH_A_DEED: u32 = 20;
/// People asked for at a time.
const AT_A_TIME: u32 = 64;

/// ある日の見通し. One dose of one programme as the card shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    pub programme: ProgrammeCode,
    /// 予防接種の名前.
    pub name: String,
    pub dose: DoseNumber,
    /// 回の名前.
    pub dose_name: String,
    pub status: DueStatus,
    pub span: Span,
    pub standard: Option<Span>,
    /// 根拠.
    pub citation: String,
}

/// 今・これから・過ぎた.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DueStatus {
    Open,
    Later,
    Over,
}

/// 判定の理由. One dose with its steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explained {
    pub programme: ProgrammeCode,
    pub name: String,
    pub dose: DoseNumber,
    pub dose_name: String,
    pub evaluation: Evaluation,
    pub rule_version: String,
}

impl Office {
    /// 見通し. Of a person that the register shows; as absolute facts.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn forecasts(&self, person: SubjectId) -> Result<Vec<Forecast>, StoreError> {
        self.read(|connection| forecasts_in(connection, rules::embedded(), person))
    }

    /// ある日の見通し. What is open, opens later, or is over, in that order and by day: cut to the city's seasons,
    /// without what another programme covers.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn due(&self, person: SubjectId, on: NaiveDate) -> Result<Vec<Due>, StoreError> {
        let schedule = rules::embedded();
        let forecasts = self.forecasts(person)?;
        let around = self.read(|connection| around(connection, schedule, person, on))?;
        let mut due: Vec<Due> = forecasts
            .iter()
            .filter(|forecast| !around.covers.contains_key(&forecast.programme))
            .filter_map(|forecast| due_on(schedule, forecast, &around.seasons, on))
            .collect();
        due.sort_by_key(|due| (due.status, due.span.from));
        Ok(due)
    }

    /// 判定の理由. The steps for every dose of a programme that is open or opens later. None where the person or the
    /// programme is not known.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn explain(
        &self,
        person: SubjectId,
        programme: ProgrammeCode,
        on: NaiveDate,
    ) -> Result<Option<Vec<Explained>>, StoreError> {
        let schedule = rules::embedded();
        let Some(known) = self.read(|connection| known_now(connection, schedule, person))? else {
            return Ok(None);
        };
        let Some(described) = schedule.programme(programme) else {
            return Ok(None);
        };
        let judged = eligibility::explain(schedule, &known.person, &known.doses, programme, on);
        let explained = judged
            .unwrap_or_default()
            .into_iter()
            .map(|(dose, evaluation)| Explained {
                programme,
                name: described.name.clone(),
                dose,
                dose_name: described.dose_name(dose),
                evaluation,
                rule_version: schedule.version.clone(),
            });
        Ok(Some(explained.collect()))
    }

    /// 判定の理由, of the person with this 宛名番号. Looking at a person is a deed with its event.
    ///
    /// # Errors
    /// [`DeedError`].
    pub fn explain_by_number(
        &self,
        session: &Session,
        atena_number: &str,
        programme: ProgrammeCode,
        on: NaiveDate,
    ) -> Result<Option<Vec<Explained>>, DeedError> {
        let person = self.deed(session, Deed::ViewPerson, |transaction| {
            let person = resident::by_atena(transaction.connection(), atena_number)?;
            let mut event = Event::new(Deed::ViewPerson)
                .detail("from", "explain")
                .detail("programme", programme);
            event.about.extend(person);
            transaction.event(event);
            Ok::<_, DeedError>(person)
        })?;
        match person {
            Some(person) => Ok(self.explain(person, programme, on)?),
            None => Ok(None),
        }
    }

    /// 古くなった見通しの数. People who wait for the job.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn stale_forecasts(&self) -> Result<u64, StoreError> {
        self.read(rows::stale_count)
    }

    /// 見通しを全部新しくする. Empties the queue at once; on a screen use [`RefreshForecasts`] as a job.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn refresh_forecasts(&self) -> Result<(), StoreError> {
        let mut job = RefreshForecasts::default();
        loop {
            // The whole queue in slices, so that other connections are never locked out for long.
            if let Step::Done(done) = job.slice(self, Instant::now() + crate::office::job::SLICE) {
                return done;
            }
        }
    }
}

/// 見通しを新しくする仕事. Queues everybody who is outdated, then works the queue off.
#[derive(Debug, Default)]
pub struct RefreshForecasts {
    queueing: rows::Queueing,
    queued: bool,
    progress: Progress,
}

impl Job for RefreshForecasts {
    type Output = Result<(), StoreError>;

    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output> {
        match self.work(office, until) {
            Ok(true) => Step::Done(Ok(())),
            Ok(false) => Step::More(self.progress),
            Err(error) => Step::Done(Err(error)),
        }
    }
}

impl RefreshForecasts {
    /// True when nobody is left.
    fn work(&mut self, office: &Office, until: Instant) -> Result<bool, StoreError> {
        let schedule = rules::embedded();
        if self.progress == Progress::default()
            && !office.read(|connection| rows::is_outdated(connection, &schedule.version))?
        {
            return Ok(true);
        }
        if !self.queued {
            self.queued = office.database.derive(|connection| {
                loop {
                    if rows::queue_outdated(connection, &schedule.version, &mut self.queueing)? {
                        return Ok(true);
                    }
                    if Instant::now() >= until {
                        return Ok(false);
                    }
                }
            })?;
            if self.queued {
                self.progress.total = office.read(rows::stale_count)?;
            }
            return Ok(self.queued && self.progress.total == 0);
        }
        office.database.derive(|connection| {
            loop {
                let people = rows::marked_since(connection, 0, AT_A_TIME)?;
                if people.is_empty() {
                    return Ok(true);
                }
                for person in &people {
                    refresh(connection, schedule, *person)?;
                    self.progress.done += 1;
                    if Instant::now() >= until {
                        return Ok(false);
                    }
                }
            }
        })
    }
}

/// 要確認の点 of the rules that this program carries, with their version.
#[must_use]
pub fn open_points() -> (&'static str, &'static [OpenPoint]) {
    let schedule = rules::embedded();
    (&schedule.version, &schedule.open_points)
}

/// 決まりの一覧表.
#[must_use]
pub fn rule_table() -> String {
    rules::table(rules::embedded())
}

/// Recomputes what a deed has made stale since `mark`, if it is only a few people.
pub(super) fn settle(connection: &Connection, mark: i64) -> Result<(), StoreError> {
    let people = rows::marked_since(connection, mark, WITH_A_DEED + 1)?;
    if people.len() > WITH_A_DEED as usize {
        return Ok(());
    }
    people
        .into_iter()
        .try_for_each(|person| refresh(connection, rules::embedded(), person))
}

/// Recomputes everybody who is stale or outdated, inside a transaction: after the job that is nobody, or a few.
pub(super) fn bring_up_to_date(connection: &Connection) -> Result<(), StoreError> {
    let mut queueing = rows::Queueing::default();
    while !rows::queue_outdated(connection, &rules::embedded().version, &mut queueing)? {}
    loop {
        let people = rows::marked_since(connection, 0, AT_A_TIME)?;
        if people.is_empty() {
            return Ok(());
        }
        people
            .into_iter()
            .try_for_each(|person| refresh(connection, rules::embedded(), person))?;
    }
}

fn refresh(connection: &Connection, schedule: &Schedule, person: SubjectId) -> Result<(), StoreError> {
    let known = known_in(connection, schedule, person)?;
    let forecasts = known.map_or_else(Vec::new, |known| {
        eligibility::forecast(schedule, &known.person, &known.doses)
    });
    rows::save(connection, person, &schedule.version, &forecasts)
}

/// A person with everything that the rules add to what is stored.
pub(super) fn known_in(
    connection: &Connection,
    schedule: &Schedule,
    person: SubjectId,
) -> Result<Option<Known>, StoreError> {
    let Some(mut known) = rows::known(connection, person)? else {
        return Ok(None);
    };
    complete(schedule, &mut known);
    Ok(Some(known))
}

/// A person as [`known_in`], with the seasons of the city: for what is judged on a day, not for facts to be kept.
pub(super) fn known_now(
    connection: &Connection,
    schedule: &Schedule,
    person: SubjectId,
) -> Result<Option<Known>, StoreError> {
    let Some(mut known) = known_in(connection, schedule, person)? else {
        return Ok(None);
    };
    known.person.facts.seasons = seasons(connection)?;
    Ok(Some(known))
}

/// 市の実施期間 that are published. Once a city has published one for a programme, that programme is open in it
/// alone: last year's does not hold for this year, and this year's has to be published.
pub(super) fn seasons(connection: &Connection) -> Result<Vec<Season>, StoreError> {
    let published = city::settings(connection)?.map(|published| published.settings.seasons);
    let season = |(code, season): (String, crate::domain::city::Season)| {
        Some(Season {
            programme: Some(ProgrammeCode::parse(&code)?),
            span: Span {
                from: season.from,
                until: season.to,
            },
        })
    };
    Ok(published
        .unwrap_or_default()
        .into_iter()
        .filter_map(season)
        .collect())
}

/// What is applied to forecasts when they are read.
pub(super) struct Around {
    pub seasons: Vec<Season>,
    /// ほかの予防接種で足りるもの.
    pub covers: BTreeMap<ProgrammeCode, Cover>,
}

pub(super) fn around(
    connection: &Connection,
    schedule: &Schedule,
    person: SubjectId,
    on: NaiveDate,
) -> Result<Around, StoreError> {
    let known = known_in(connection, schedule, person)?;
    let covers = known.into_iter().flat_map(|known| {
        let cover = |programme: &Programme| {
            let found = eligibility::cover(schedule, &known.person, &known.doses, programme, on)?;
            Some((programme.code, found))
        };
        schedule.programmes.iter().filter_map(cover).collect::<Vec<_>>()
    });
    Ok(Around {
        covers: covers.collect(),
        seasons: seasons(connection)?,
    })
}

/// Facts that follow from the records, and the extension for long illness.
pub(super) fn complete(schedule: &Schedule, known: &mut Known) {
    eligibility::learn_facts(schedule, &mut known.person, &known.doses);
    let Some(ended_on) = known.illness_ended_on else {
        return;
    };
    let birth = known.person.birth.day();
    for programme in &schedule.programmes {
        if let Some(span) = eligibility::long_illness_span(schedule, programme.code, birth, ended_on) {
            known.person.facts.extensions.push(Extension {
                programme: programme.code,
                span,
                sentence: "長期療養の特例の記録があります。".to_owned(),
                citation: schedule.long_illness.citation.clone(),
            });
        }
    }
}

fn forecasts_in(
    connection: &Connection,
    schedule: &Schedule,
    person: SubjectId,
) -> Result<Vec<Forecast>, StoreError> {
    if let Some(forecasts) = rows::fresh(connection, person, &schedule.version)? {
        return Ok(in_order(schedule, forecasts));
    }
    let known = known_in(connection, schedule, person)?;
    Ok(known.map_or_else(Vec::new, |known| {
        eligibility::forecast(schedule, &known.person, &known.doses)
    }))
}

/// In the order of the rules, as the engine gives them.
fn in_order(schedule: &Schedule, mut forecasts: Vec<Forecast>) -> Vec<Forecast> {
    let place = |code| {
        schedule
            .programmes
            .iter()
            .position(|programme| programme.code == code)
    };
    forecasts.sort_by_key(|forecast| (place(forecast.programme), forecast.dose));
    forecasts
}

/// One forecast as seen on a day; none where the season has left nothing.
pub(super) fn due_on(
    schedule: &Schedule,
    forecast: &Forecast,
    seasons: &[Season],
    on: NaiveDate,
) -> Option<Due> {
    let programme = schedule.programme(forecast.programme)?;
    let days = eligibility::forecast_days(forecast, programme.is_seasonal(), seasons, on);
    let span = eligibility::status_on(&days, on)?;
    let status = match (span.holds(on), span.from > on) {
        (true, _) => DueStatus::Open,
        (false, true) => DueStatus::Later,
        (false, false) => DueStatus::Over,
    };
    Some(Due {
        programme: programme.code,
        name: programme.name.clone(),
        dose: forecast.dose,
        dose_name: programme.dose_name(forecast.dose),
        status,
        span,
        standard: forecast.standard,
        citation: programme.citation.clone(),
    })
}
