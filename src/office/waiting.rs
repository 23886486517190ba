//! 承認を待つもの. What a second person has to look at: entries, corrections and cancellations with what changed
//! since the version before, the sheet they came from and the register's side. Deciding is `approve`; what the
//! asker entered herself is counted and left out.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        questionnaire::Questionnaire,
        record::ChangeReason,
        revision::{OperatorId, RevisionId, SubjectId},
    },
    office::{
        DeedError, Office, Session,
        approve::{ApproveError, Ruling},
        enter::Recipient,
    },
    rules::rights,
    store::{self, Connection, StoreError, ledger, people, record, waiting},
};

pub use crate::store::{questionnaire::SheetLine, record::RecordLine, waiting::WaitingLine};

/// 承認待ちの一覧 of one operator.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WaitingList {
    pub lines: Vec<WaitingEntry>,
    /// Entered or changed by the asker since the last approval: others decide about these.
    pub own: usize,
    /// 差し戻されたもの that the asker entered: to be corrected or cancelled.
    pub returned: Vec<WaitingEntry>,
}

/// 承認待ちの1件.
#[derive(Clone, PartialEq, Debug)]
pub struct WaitingEntry {
    pub line: WaitingLine,
    pub kind: WaitingKind,
    /// Name of the operator who wrote the newest version.
    pub entered_by: String,
    pub person_name: String,
    /// Full days it has been waiting.
    pub waiting_days: i64,
}

/// 種類.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitingKind {
    Entry,
    Correction,
    Cancellation,
    Returned,
}

impl WaitingKind {
    fn of(line: &WaitingLine) -> Self {
        match (line.is_cancelled, line.change_reason.is_some()) {
            _ if line.returned_for.is_some() => Self::Returned,
            (true, _) => Self::Cancellation,
            (false, true) => Self::Correction,
            (false, false) => Self::Entry,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Entry => "入力",
            Self::Correction => "訂正",
            Self::Cancellation => "取消",
            Self::Returned => "差し戻し",
        }
    }
}

/// 承認する1件の中身.
#[derive(Clone, PartialEq, Debug)]
pub struct WaitingDetail {
    pub record: RecordLine,
    /// The last approved version, else the one before; none for a first entry.
    pub before: Option<RecordLine>,
    pub sheet: Option<Questionnaire>,
    pub recipient: Option<Recipient>,
    pub bundle_number: Option<String>,
    pub institution_name: Option<String>,
    pub entered_by: String,
    /// What is signed: the record's revision and its sheet's.
    pub revisions: Vec<RevisionId>,
}

/// Waiting longer than this is marked (setting).
pub const LONG_WAIT_DAYS: i64 = 5;

impl Office {
    /// 承認を待つもの, oldest first, without what the asker wrote if she could approve it.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn waiting_entries(&self, session: &Session) -> Result<WaitingList, StoreError> {
        let now = self.machine().now();
        self.read(|connection| {
            // Who can't approve herself shows the list to a second person, who is asked at signing.
            let (lines, own) = match rights::embedded().may(session.roles(), Deed::ApproveEntry) {
                true => for_others(connection, session.operator())?,
                false => (waiting::waiting(connection)?, 0),
            };
            let entries = |lines: Vec<WaitingLine>| -> Result<Vec<WaitingEntry>, StoreError> {
                lines
                    .into_iter()
                    .map(|line| entry(connection, line, now))
                    .collect()
            };
            let mut returned = waiting::returned(connection)?;
            returned.retain(|line| line.operator == *session.operator());
            Ok(WaitingList {
                lines: entries(lines)?,
                own,
                returned: entries(returned)?,
            })
        })
    }

    /// 承認する1件を開く. Seeing a person's record is a deed with its own event.
    ///
    /// # Errors
    /// [`DeedError`].
    pub fn waiting_detail(
        &self,
        session: &Session,
        record: SubjectId,
    ) -> Result<Option<WaitingDetail>, DeedError> {
        self.deed(session, Deed::ViewPerson, |transaction| {
            let detail = detail(transaction.connection(), record)?;
            let mut event = Event::new(Deed::ViewPerson)
                .detail("from", "approvals")
                .detail("record", record.0);
            event
                .about
                .extend(detail.as_ref().map(|detail| detail.record.person));
            transaction.event(event);
            Ok(detail)
        })
    }

    /// 疑義の票, oldest first: of one bundle, or of all.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn held_sheets(&self, bundle: Option<SubjectId>) -> Result<Vec<SheetLine>, StoreError> {
        let mut held = self.read(store::questionnaire::held)?;
        held.retain(|line| bundle.is_none() || line.bundle == bundle);
        Ok(held)
    }

    /// 差し戻す. The record stays as it is, unapproved, with the reason on the enterer's list.
    ///
    /// # Errors
    /// [`ApproveError`].
    pub fn return_for_correction(
        &self,
        session: &Session,
        revisions: &[RevisionId],
        reason: &str,
    ) -> Result<RevisionId, ApproveError> {
        let ruling = Ruling {
            decision: crate::domain::approval::Decision::Returned,
            reason: Some(reason),
        };
        self.decide(session, Deed::ReturnEntry, revisions, &ruling)
    }

    /// 承認する. One signature over the whole list.
    ///
    /// # Errors
    /// [`ApproveError`].
    pub fn approve(&self, session: &Session, revisions: &[RevisionId]) -> Result<RevisionId, ApproveError> {
        self.decide(session, Deed::ApproveEntry, revisions, &Ruling::APPROVE)
    }
}

/// What waits and was not written by this operator, and how much of it was.
fn for_others(connection: &Connection, asker: &OperatorId) -> Result<(Vec<WaitingLine>, usize), StoreError> {
    let mut lines = waiting::waiting(connection)?;
    let all = lines.len();
    let mut own = Vec::new();
    for line in &lines {
        if waiting::authors_since_approval(connection, line.record, line.revision)?.contains(asker) {
            own.push(line.record);
        }
    }
    lines.retain(|line| !own.contains(&line.record));
    let own = all - lines.len();
    Ok((lines, own))
}

fn operator_name(connection: &Connection, operator: &OperatorId) -> Result<String, StoreError> {
    Ok(people::name_of(connection, operator)?.unwrap_or_else(|| operator.0.clone()))
}

fn entry(connection: &Connection, line: WaitingLine, now: DateTime<Utc>) -> Result<WaitingEntry, StoreError> {
    Ok(WaitingEntry {
        kind: WaitingKind::of(&line),
        entered_by: operator_name(connection, &line.operator)?,
        person_name: super::enter::listed_name(connection, line.person)?,
        waiting_days: (now - line.updated_at).max(TimeDelta::zero()).num_days(),
        line,
    })
}

fn detail(connection: &Connection, subject: SubjectId) -> Result<Option<WaitingDetail>, StoreError> {
    let versions = record::versions_of(connection, subject)?;
    let Some(shown) = versions.iter().find(|version| version.is_shown).cloned() else {
        return Ok(None);
    };
    let older = || {
        versions
            .iter()
            .filter(|version| version.revision != shown.revision)
    };
    let before = older()
        .find(|version| version.approval.counts())
        .or_else(|| older().next())
        .cloned();
    let mut revisions = vec![shown.revision];
    let mut sheet = None;
    if let Some(questionnaire) = shown.questionnaire
        && let Some(line) = store::questionnaire::sheet(connection, questionnaire)?
    {
        if line.hold.is_none() && !store::approvals::is_approved(connection, line.revision)? {
            revisions.push(line.revision);
        }
        sheet = ledger::revision(connection, line.revision)?
            .and_then(|revision| revision.read::<Questionnaire>().ok().flatten());
    }
    let bundle = match shown.bundle {
        Some(bundle) => store::bundle::bundle(connection, bundle)?,
        None => None,
    };
    let institution = match &shown.institution_code {
        Some(code) => store::code::institution(connection, code)?,
        None => None,
    };
    Ok(Some(WaitingDetail {
        before,
        sheet,
        recipient: super::enter::recipient_of(connection, shown.person)?,
        bundle_number: bundle.map(|bundle| bundle.number),
        institution_name: institution
            .map(|line| line.name)
            .or(shown.institution_name.clone()),
        entered_by: operator_name(connection, &shown.operator)?,
        revisions,
        record: shown,
    }))
}

/// 訂正の理由 in words.
#[must_use]
pub fn reason_label(code: &str) -> &'static str {
    ChangeReason::parse(code).map_or("その他", ChangeReason::label)
}
