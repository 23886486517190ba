//! 予診票の入力. Registers a sheet as questionnaire and record in one deed, holds what can't be registered as 疑義,
//! corrects and cancels with a reason. The sheet is judged again inside the transaction, by the same function
//! that judges while typing; a stop never registers and never loses the sheet. Approval is another person's.

pub mod catalogue;
pub mod history;
mod judge;
mod look_up;
mod people;
mod reopen;

use std::fmt;

pub use judge::is_same_disease;
pub use look_up::{LookUpError, VoucherFound, in_groups};
pub use people::Recipient;
pub(in crate::office) use people::{listed_name, recipient as recipient_of};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        judgement::EntryJudgement,
        questionnaire::{
            Hold, Questionnaire,
            draft::{Complete, Corrects, Draft, Known, Problem},
        },
        record::{ChangeReason, VaccinationRecord},
        revision::{Kind, RevisionId, SubjectId},
    },
    office::{DeedError, Office, Session, draft::place_of_draft},
    store::{New, Parents, StoreError, Transaction, ledger},
};

/// 登録の結果.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entered {
    pub questionnaire: SubjectId,
    pub record: SubjectId,
    /// The revisions to approve.
    pub revisions: [RevisionId; 2],
}

/// Why a sheet was not registered.
#[derive(Debug)]
pub enum EnterError {
    /// Fields are missing or unreadable.
    Incomplete(Vec<Problem>),
    /// 停止. It can only be held as 疑義.
    Stopped(Box<EntryJudgement>),
    /// Warnings without an answer.
    Open(Box<EntryJudgement>),
    /// Somebody has changed it since it was read.
    ChangedMeanwhile,
    /// A correction needs its reason.
    NoReason,
    AlreadyCancelled,
    Unknown,
    Deed(DeedError),
}

impl fmt::Display for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete(problems) => match problems.first() {
                Some(problem) => f.write_str(&problem.sentence()),
                None => f.write_str("空いている欄があります。紙を見て入れてください。"),
            },
            Self::Stopped(_) => {
                f.write_str("このままでは登録できません。直すか、F12 で疑義へ回してください。")
            }
            Self::Open(judged) => {
                write!(
                    f,
                    "確かめていない警告が {} 件あります。答えを選んでください。",
                    judged.warnings.len()
                )
            }
            Self::ChangedMeanwhile => {
                f.write_str("読んだあとで、ほかの人が直しています。読み直してから訂正してください。")
            }
            Self::NoReason => f.write_str("訂正の理由が選ばれていません。理由を選んでください。"),
            Self::AlreadyCancelled => f.write_str("この記録は取り消されています。新しく登録してください。"),
            Self::Unknown => f.write_str("この記録は見つかりません。一覧を読み直してください。"),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EnterError {}

impl From<DeedError> for EnterError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for EnterError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl Office {
    /// 予診票を登録する. A draft with `corrects` becomes a new version of what it corrects, else a new sheet.
    ///
    /// # Errors
    /// [`EnterError`]; nothing is written then and the draft stays.
    pub fn enter(&self, session: &Session, draft: &Draft) -> Result<Entered, EnterError> {
        let complete = draft.check().map_err(EnterError::Incomplete)?;
        if draft.corrects.is_some() && draft.change.is_none() {
            return Err(EnterError::NoReason);
        }
        let deed = match draft.corrects {
            Some(_) => Deed::Correct,
            None => Deed::Enter,
        };
        let today = self.today();
        self.deed(session, deed, |transaction| {
            let judged = judge::judge(transaction.connection(), draft, today)?;
            if !judged.holds(draft).is_empty() {
                return Err(EnterError::Stopped(Box::new(judged)));
            }
            if !judged.open(draft).is_empty() {
                return Err(EnterError::Open(Box::new(judged)));
            }
            let entered = write(transaction, draft, &complete, &known(&judged))?;
            transaction.drop_draft(&place_of_draft(draft))?;
            transaction.event(event(deed, draft, &entered, complete.person()));
            Ok(entered)
        })
    }

    /// 疑義へ回す. Keeps everything that was keyed, complete or not, with what speaks against it.
    ///
    /// # Errors
    /// [`EnterError`]; nothing is written then and the draft stays.
    pub fn hold(
        &self,
        session: &Session,
        draft: &Draft,
        own_reason: Option<&str>,
    ) -> Result<SubjectId, EnterError> {
        let today = self.today();
        self.deed(session, Deed::HoldSheet, |transaction| {
            let judged = judge::judge(transaction.connection(), draft, today)?;
            let mut codes = judged.holds(draft);
            codes.extend(own_reason.map(str::to_owned));
            if codes.is_empty() {
                codes.push("clerk".to_owned());
            }
            codes.truncate(20);
            let body = draft.questionnaire(&known(&judged), Some(Hold { codes: codes.clone() }));
            let (subject, parents) = match &draft.corrects {
                Some(corrects) => (
                    corrects.questionnaire,
                    Parents::These(corrects.questionnaire_base.into_iter().collect()),
                ),
                None => (transaction.new_subject(), Parents::None),
            };
            transaction.append(New {
                subject,
                about: draft.person,
                body: &body,
                parents,
            })?;
            transaction.drop_draft(&place_of_draft(draft))?;
            let mut event = Event::new(Deed::HoldSheet)
                .detail("questionnaire", subject.0)
                .detail("codes", codes.join(" "));
            event.about.extend(draft.person);
            transaction.event(event);
            Ok(subject)
        })
    }

    /// 取り消す. The record stays readable with its reason and counts for nothing; approved by another person.
    ///
    /// # Errors
    /// [`EnterError::ChangedMeanwhile`] when `base` is not the version that holds.
    pub fn cancel(
        &self,
        session: &Session,
        record: SubjectId,
        base: RevisionId,
        reason: ChangeReason,
    ) -> Result<RevisionId, EnterError> {
        self.deed(session, Deed::Cancel, |transaction| {
            let (person, mut body) = version(transaction, record, base)?;
            if body.is_cancelled {
                return Err(EnterError::AlreadyCancelled);
            }
            body.is_cancelled = true;
            body.change = Some(reason);
            let id = transaction.append(New {
                subject: record,
                about: Some(person),
                body: &body,
                parents: Parents::These(vec![base]),
            })?;
            let mut event = Event::new(Deed::Cancel).about(person).detail("record", record.0);
            event = event.detail("reason", reason.code());
            if let Some(questionnaire) = body.questionnaire {
                cancel_sheet(transaction, questionnaire, reason)?;
                event = event.detail("questionnaire", questionnaire.0);
            }
            transaction.event(event);
            Ok(id)
        })
    }
}

fn known(judged: &EntryJudgement) -> Known {
    Known {
        comparison: judged.comparison,
        age: judged.age,
        category: judged.category,
    }
}

/// Questionnaire and record, each on top of the version the clerk had read.
fn write(
    transaction: &mut Transaction<'_>,
    draft: &Draft,
    complete: &Complete,
    known: &Known,
) -> Result<Entered, EnterError> {
    let targets = match &draft.corrects {
        None => Targets {
            questionnaire: (transaction.new_subject(), Parents::None),
            record: (transaction.new_subject(), Parents::None),
        },
        Some(corrects) => targets(transaction, corrects)?,
    };
    let (questionnaire, parents) = targets.questionnaire;
    let about = Some(complete.person());
    let sheet = transaction.append(New {
        subject: questionnaire,
        about,
        body: &complete.questionnaire(known),
        parents,
    })?;
    let (record, parents) = targets.record;
    let taken = transaction.append(New {
        subject: record,
        about,
        body: &complete.record(known, questionnaire),
        parents,
    })?;
    Ok(Entered {
        questionnaire,
        record,
        revisions: [sheet, taken],
    })
}

struct Targets {
    questionnaire: (SubjectId, Parents),
    record: (SubjectId, Parents),
}

fn targets(transaction: &mut Transaction<'_>, corrects: &Corrects) -> Result<Targets, EnterError> {
    let connection = transaction.connection();
    if let Some(base) = corrects.questionnaire_base {
        is_head(connection, corrects.questionnaire, Kind::Questionnaire, base)?;
    }
    let record = match corrects.record {
        Some((record, base)) => {
            version(transaction, record, base)?;
            (record, Parents::These(vec![base]))
        }
        None => (transaction.new_subject(), Parents::None),
    };
    Ok(Targets {
        questionnaire: (
            corrects.questionnaire,
            Parents::These(corrects.questionnaire_base.into_iter().collect()),
        ),
        record,
    })
}

fn is_head(
    connection: &crate::store::Connection,
    subject: SubjectId,
    kind: Kind,
    base: RevisionId,
) -> Result<(), EnterError> {
    match ledger::heads(connection, subject, kind)?.contains(&base) {
        true => Ok(()),
        false => Err(EnterError::ChangedMeanwhile),
    }
}

/// The record as it stood in `base`, which must still be what holds.
fn version(
    transaction: &Transaction<'_>,
    record: SubjectId,
    base: RevisionId,
) -> Result<(SubjectId, VaccinationRecord), EnterError> {
    let connection = transaction.connection();
    let revision = ledger::revision(connection, base)?.ok_or(EnterError::Unknown)?;
    if revision.subject != record {
        return Err(EnterError::Unknown);
    }
    is_head(connection, record, Kind::VaccinationRecord, base)?;
    let body: Option<VaccinationRecord> = revision.read().map_err(StoreError::Body)?;
    match (revision.about, body) {
        (Some(person), Some(body)) => Ok((person, body)),
        _ => Err(EnterError::Unknown),
    }
}

fn cancel_sheet(
    transaction: &mut Transaction<'_>,
    questionnaire: SubjectId,
    reason: ChangeReason,
) -> Result<(), EnterError> {
    let heads = ledger::heads(transaction.connection(), questionnaire, Kind::Questionnaire)?;
    let Some(newest) = heads.first() else {
        return Ok(());
    };
    let Some(revision) = ledger::revision(transaction.connection(), *newest)? else {
        return Ok(());
    };
    let body: Option<Questionnaire> = revision.read().map_err(StoreError::Body)?;
    let Some(mut body) = body else { return Ok(()) };
    body.is_cancelled = true;
    body.change = Some(reason);
    transaction.append(New {
        subject: questionnaire,
        about: revision.about,
        body: &body,
        parents: Parents::Heads,
    })?;
    Ok(())
}

fn event(deed: Deed, draft: &Draft, entered: &Entered, person: SubjectId) -> Event {
    let mut event = Event::new(deed)
        .about(person)
        .detail("record", entered.record.0)
        .detail("outcome", draft.outcome().code())
        .detail("warnings", draft.confirmations.len());
    if let Some(sheet) = draft.sheet {
        event = event
            .detail("bundle", sheet.bundle.0)
            .detail("sheet", sheet.number);
    }
    if let Some(reason) = draft.change {
        event = event.detail("reason", reason.code());
    }
    event
}
