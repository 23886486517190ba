//! 対象者抽出. Draws a cohort from fresh forecasts, has the bounds signed and a second person release it, and looks
//! once more before anything is printed: who has died, moved, is protected or has had the dose since then falls
//! out and is listed. How candidates are gathered is `gather`, who is chosen among them `domain::draw::select`.

mod gather;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        draw::{
            self, CriteriaError, Discarded, Draw, Entry, Exclusion, MOST_IN_PART, Made, Part, Selection,
            Signed, Standing,
        },
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::SubjectId,
        schedule::Schedule,
        trust::Octets,
    },
    office::{
        DeedError, Office, Session,
        approve::{ApproveError, Ruling, decide_in},
        forecast,
    },
    rules,
    store::{Connection, New, Parents, StoreError, Transaction, draw as rows, feed, resident},
};

pub use crate::domain::draw::{Basis, Criteria, History, Totals};
pub use crate::store::draw::{DrawLine, Signature};

/// Why nothing was drawn, signed or released.
#[derive(Debug)]
pub enum DrawError {
    Criteria(Vec<CriteriaError>),
    /// The city has drawn with newer rules than this program carries.
    OlderRules {
        used: String,
        newest: String,
    },
    /// Forecast and evaluation from scratch disagree.
    Differs {
        people: usize,
    },
    Missing,
    Discarded,
    Released,
    NotReleased,
    /// 対象者が0人.
    Empty,
    Unsigned {
        people: usize,
    },
    /// Somebody is not at the bounds of this draw.
    NotAtBoundary,
    /// Not all names are here, or not those that were drawn.
    Incomplete,
    Approve(ApproveError),
    Deed(DeedError),
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Criteria(problems) => {
                for problem in problems {
                    write!(f, "{problem}")?;
                }
                Ok(())
            }
            Self::OlderRules { used, newest } => write!(
                f,
                "この端末の決まりは {used} 版で、市では {newest} 版が使われています。プログラムを更新してから抽出してください。"
            ),
            Self::Differs { people } => write!(
                f,
                "見通しと計算しなおした結果が {people}人で合いません。抽出していません。管理者に連絡してください（madoguchi-admin rebuild --check）。"
            ),
            Self::Missing => f.write_str("この抽出が見つかりません。一覧を読みなおしてください。"),
            Self::Discarded => f.write_str("この抽出は取りやめになっています。抽出しなおしてください。"),
            Self::Released => {
                f.write_str("この抽出はもう承認されています。変えるときは抽出しなおしてください。")
            }
            Self::NotReleased => {
                f.write_str("この抽出はまだ承認されていません。ほかの人の承認を受けてください。")
            }
            Self::Empty => {
                f.write_str("対象者は0人です。条件の月と地区を見直すか、内訳で除いた人を見てください。")
            }
            Self::Unsigned { people } => write!(
                f,
                "境目の人があと {people}人 残っています。1人ずつ見て署名してください。"
            ),
            Self::NotAtBoundary => {
                f.write_str("境目の一覧にない人です。一覧を読みなおして選びなおしてください。")
            }
            Self::Incomplete => {
                f.write_str("抽出の名簿がそろっていません。同期が終わってから、もう一度行ってください。")
            }
            Self::Approve(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DrawError {}

impl From<DeedError> for DrawError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for DrawError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl From<ApproveError> for DrawError {
    fn from(error: ApproveError) -> Self {
        match error {
            ApproveError::Deed(error) => Self::Deed(error),
            error => Self::Approve(error),
        }
    }
}

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

/// 抽出できる予防接種, with the names of its doses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawable {
    pub code: ProgrammeCode,
    pub name: String,
    pub doses: Vec<(DoseNumber, String)>,
}

/// 抽出できる予防接種の一覧, in the order of the rules, those that have ended left out.
#[must_use]
pub fn drawable(on: chrono::NaiveDate) -> Vec<Drawable> {
    let in_force = |programme: &&crate::domain::programme::Programme| {
        programme
            .versions
            .iter()
            .any(|version| version.until.is_none_or(|until| until >= on))
    };
    let programmes = rules::embedded().programmes.iter().filter(in_force);
    programmes
        .map(|programme| Drawable {
            code: programme.code,
            name: programme.name.clone(),
            doses: programme
                .dose_numbers()
                .into_iter()
                .map(|number| (number, programme.dose_name(number)))
                .collect(),
        })
        .collect()
}

impl Office {
    /// 対象者を抽出する. Empties the queue of stale forecasts first, chooses, and judges every candidate a second
    /// time from scratch. It stands as a draw that waits for a second person.
    ///
    /// # Errors
    /// [`DrawError`]; nothing is drawn then.
    pub fn draw_cohort(&self, session: &Session, criteria: &Criteria) -> Result<DrawLine, DrawError> {
        self.draw_by(session, criteria, rules::embedded())
    }

    fn draw_by(
        &self,
        session: &Session,
        criteria: &Criteria,
        schedule: &Schedule,
    ) -> Result<DrawLine, DrawError> {
        let problems = criteria.problems(schedule);
        if !problems.is_empty() {
            return Err(DrawError::Criteria(problems));
        }
        self.refresh_forecasts()?;
        self.deed(session, Deed::DrawCohort, |transaction| {
            let connection = transaction.connection();
            refuse_older_rules(connection, schedule)?;
            forecast::settle_all(connection)?;
            let selection = gather::selection(connection, schedule, criteria)?;
            let line = write(transaction, criteria, schedule, &selection)?;
            let event = Event::new(Deed::DrawCohort)
                .detail("draw", line.subject.0)
                .detail("programme", criteria.programme)
                .detail("dose", criteria.dose.code())
                .detail("base", selection.totals.base)
                .detail("drawn", selection.totals.drawn)
                .detail("boundary", selection.totals.boundary)
                .detail("rules", &schedule.version);
            transaction.event(event);
            Ok(line)
        })
    }

    /// 境目に署名する. A person has looked at each of these.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn sign_boundary(
        &self,
        session: &Session,
        draw: SubjectId,
        persons: &[SubjectId],
    ) -> Result<(), DrawError> {
        self.deed(session, Deed::SignBoundary, |transaction| {
            let line = open_draw(transaction.connection(), draw)?;
            let entries = rows::entries(transaction.connection(), line.subject)?;
            let boundary: BTreeSet<SubjectId> = entries
                .iter()
                .filter(|entry| entry.at_boundary)
                .map(|entry| entry.person)
                .collect();
            if persons.is_empty() || !persons.iter().all(|person| boundary.contains(person)) {
                return Err(DrawError::NotAtBoundary);
            }
            let subject = transaction.new_subject();
            let body = Draw::Signed(Signed {
                draw,
                persons: persons.to_vec(),
            });
            transaction.append(New {
                subject,
                about: None,
                body: &body,
                parents: Parents::None,
            })?;
            let event = Event::new(Deed::SignBoundary)
                .detail("draw", draw.0)
                .detail("count", persons.len());
            transaction.event(
                persons
                    .iter()
                    .take(50)
                    .fold(event, |event, person| event.about(*person)),
            );
            Ok(())
        })
    }

    /// 抽出を承認する. By a second person, over the digest of all names, once every bound is signed.
    ///
    /// # Errors
    /// [`DrawError`]; the one who drew can't.
    pub fn release_draw(&self, session: &Session, draw: SubjectId) -> Result<(), DrawError> {
        self.deed(session, Deed::ReleaseDraw, |transaction| {
            let connection = transaction.connection();
            let line = open_draw(connection, draw)?;
            let entries = complete_entries(connection, &line)?;
            if line.totals.drawn == 0 {
                return Err(DrawError::Empty);
            }
            let unsigned = unsigned(connection, &line, &entries)?;
            if unsigned > 0 {
                return Err(DrawError::Unsigned { people: unsigned });
            }
            decide_in(transaction, session, &[line.revision], &Ruling::APPROVE)?;
            let event = Event::new(Deed::ReleaseDraw)
                .detail("draw", draw.0)
                .detail("drawn", line.totals.drawn);
            transaction.event(event);
            Ok(())
        })
    }

    /// 抽出を取りやめる.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn discard_draw(&self, session: &Session, draw: SubjectId) -> Result<(), DrawError> {
        self.deed(session, Deed::DiscardDraw, |transaction| {
            let line = rows::draw(transaction.connection(), draw)?.ok_or(DrawError::Missing)?;
            if line.discarded {
                return Err(DrawError::Discarded);
            }
            let subject = SubjectId::derived("draw/discarded", &draw.0.to_string());
            let body = Draw::Discarded(Discarded { draw });
            transaction.append(New {
                subject,
                about: None,
                body: &body,
                parents: Parents::None,
            })?;
            transaction.event(Event::new(Deed::DiscardDraw).detail("draw", draw.0));
            Ok(())
        })
    }

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
            for entry in rows::entries(connection, draw)? {
                people.push(DrawPerson {
                    line: resident::line(connection, entry.person)?,
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

fn refuse_older_rules(connection: &Connection, schedule: &Schedule) -> Result<(), DrawError> {
    match rows::newest_rules(connection)? {
        Some(newest) if newest > schedule.version => Err(DrawError::OlderRules {
            used: schedule.version.clone(),
            newest,
        }),
        _ => Ok(()),
    }
}

fn write(
    transaction: &mut Transaction<'_>,
    criteria: &Criteria,
    schedule: &Schedule,
    selection: &Selection,
) -> Result<DrawLine, DrawError> {
    let previous = rows::latest_of(transaction.connection(), criteria)?;
    let residents_as_of = feed::shown(transaction.connection())?.map(|(_, made_at)| made_at);
    let subject = transaction.new_subject();
    let mut parts = 0_u16;
    for entries in selection.entries.chunks(MOST_IN_PART) {
        let part = SubjectId::derived("draw/part", &format!("{}/{parts}", subject.0));
        let body = Draw::Part(Part {
            draw: subject,
            number: parts,
            entries: entries.to_vec(),
        });
        transaction.append(New {
            subject: part,
            about: None,
            body: &body,
            parents: Parents::None,
        })?;
        parts = parts.checked_add(1).ok_or(StoreError::TooLarge)?;
    }
    let body = Draw::Made(Box::new(Made {
        criteria: criteria.clone(),
        rule_version: schedule.version.clone(),
        residents_as_of,
        totals: selection.totals.clone(),
        parts,
        digest: Octets(draw::digest(&selection.entries).to_vec()),
        previous: previous.map(|line| line.subject),
    }));
    transaction.append(New {
        subject,
        about: None,
        body: &body,
        parents: Parents::None,
    })?;
    rows::draw(transaction.connection(), subject)?.ok_or(DrawError::Incomplete)
}

/// A draw that may still be signed and released.
fn open_draw(connection: &Connection, draw: SubjectId) -> Result<DrawLine, DrawError> {
    let line = rows::draw(connection, draw)?.ok_or(DrawError::Missing)?;
    match (line.discarded, line.released) {
        (true, _) => Err(DrawError::Discarded),
        (_, true) => Err(DrawError::Released),
        _ => Ok(line),
    }
}

/// All names, if they are the ones the digest was made of.
fn complete_entries(connection: &Connection, line: &DrawLine) -> Result<Vec<Entry>, DrawError> {
    let entries = rows::entries(connection, line.subject)?;
    if draw::digest(&entries) == line.digest {
        Ok(entries)
    } else {
        Err(DrawError::Incomplete)
    }
}

fn unsigned(connection: &Connection, line: &DrawLine, entries: &[Entry]) -> Result<usize, StoreError> {
    let signed: BTreeSet<SubjectId> = rows::signatures(connection, line.subject)?
        .into_iter()
        .map(|signature| signature.person)
        .collect();
    Ok(entries
        .iter()
        .filter(|entry| entry.at_boundary && !signed.contains(&entry.person))
        .count())
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
