//! 対象者抽出. Draws a cohort from fresh forecasts, has the bounds signed and a second person release it, and looks
//! once more before anything is printed: who has died, moved, is protected or has had the dose since then falls
//! out and is listed. How candidates are gathered is `gather`, who is chosen among them `domain::draw::select`.

mod gather;
mod make;
mod names;

use std::{collections::BTreeSet, fmt};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        draw::{self, CriteriaError, Discarded, Draw, Entry, Selection, Signed},
        programme::ProgrammeCode,
        record::DoseNumber,
        revision::SubjectId,
        schedule::Schedule,
    },
    office::{
        DeedError, Office, Session,
        approve::{ApproveError, Ruling, decide_in},
        job::SLICE,
        run_here,
    },
    rules,
    store::{
        Connection, New, Parents, StoreError,
        draw::{self as rows, State},
    },
};

pub use make::MakeDraw;
pub use names::{Difference, DrawPerson, Drawn, FellOut, drawn_in};

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

/// 下ごしらえのすんだ抽出. Valid as long as nothing has been added to the ledger or shown of the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepared {
    criteria: Criteria,
    chosen: Option<(State, Selection)>,
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
        self.refresh_forecasts()?;
        self.draw_prepared(session, &self.choose_cohort(criteria)?)
    }

    /// 抽出の下ごしらえ. Chooses on the connection that can't write, so that the counter need not wait; forecasts
    /// that are still stale are left to [`Self::draw_prepared`].
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn choose_cohort(&self, criteria: &Criteria) -> Result<Prepared, DrawError> {
        let schedule = rules::embedded();
        let problems = criteria.problems(schedule);
        if !problems.is_empty() {
            return Err(DrawError::Criteria(problems));
        }
        let prepared = self.read(|connection| {
            let state = rows::state(connection)?;
            let selection = gather::selection(connection, schedule, criteria);
            // A change meanwhile shows as another state, and the choice is made again inside the deed; so it is
            // where somebody is stale.
            let unchanged = state == rows::state(connection)? && state.is_current();
            Ok(selection.map(|selection| Prepared {
                criteria: criteria.clone(),
                chosen: unchanged.then_some((state, selection)),
            }))
        })?;
        match prepared {
            // Stale rows differ from what is judged from scratch; inside the deed nobody is stale.
            Err(DrawError::Differs { .. }) => Ok(Prepared {
                criteria: criteria.clone(),
                chosen: None,
            }),
            prepared => prepared,
        }
    }

    /// 抽出する what was prepared, on this thread; chooses again where anything has changed since.
    ///
    /// # Errors
    /// [`DrawError`]; nothing is drawn then.
    pub fn draw_prepared(&self, session: &Session, prepared: &Prepared) -> Result<DrawLine, DrawError> {
        run_here(
            self,
            MakeDraw::new(session.clone(), prepared.clone()),
            SLICE,
            |_| {},
        )
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
