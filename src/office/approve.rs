//! 承認・差し戻し. The second person decides about what another one has written, with one signature over a list.
//! The same rule that judges approvals everywhere is asked first, so that she learns at once what would not
//! hold. Which deed consents to which is the table of rights.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{
    domain::{
        approval::{self, Consented, Decision, LONGEST_REASON, MOST_REVISIONS, Standing, Void},
        audit::Event,
        deed::Deed,
        revision::{OperatorId, Revision, RevisionId, SubjectId},
        right::Consent,
    },
    office::{DeedError, Office, Session},
    rules::rights,
    seal::trust,
    store::{StoreError, Transaction, approvals, ledger},
};

/// Why nothing was decided.
#[derive(Debug)]
pub enum ApproveError {
    /// Nothing was chosen, or more than 500 at once.
    Count,
    ReasonTooLong,
    /// One of them is not in this database (any more).
    Missing,
    /// What was chosen does not all need the same consent.
    Mixed,
    /// One of them has been decided already.
    Decided,
    /// The decision would not hold.
    Void(Void),
    /// The session can't sign.
    NoKey,
    Deed(DeedError),
}

impl fmt::Display for ApproveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => write!(
                f,
                "一度に承認できるのは1件から{MOST_REVISIONS}件までです。選びなおしてください。"
            ),
            Self::ReasonTooLong => write!(f, "理由は{LONGEST_REASON}字までです。短くしてください。"),
            Self::Missing => {
                f.write_str("承認しようとしたものが見つかりません。一覧を読みなおしてください。")
            }
            Self::Mixed => {
                f.write_str("承認の種類がちがうものが混ざっています。種類ごとに承認してください。")
            }
            Self::Decided => f.write_str("すでに承認されたものがあります。一覧を読みなおしてください。"),
            Self::Void(void) => void.fmt(f),
            Self::NoKey => {
                f.write_str("署名の鍵がありません。サインインしなおしてから、もう一度行ってください。")
            }
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ApproveError {}

impl From<DeedError> for ApproveError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for ApproveError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// What the second person says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruling<'r> {
    pub decision: Decision,
    /// At most 200 characters; nothing of it reaches the log.
    pub reason: Option<&'r str>,
}

impl Ruling<'_> {
    /// 承認.
    pub const APPROVE: Ruling<'static> = Ruling {
        decision: Decision::Approved,
        reason: None,
    };
}

impl Office {
    /// 承認する・差し戻す. One deed, one signature, one event for the whole list. `deed` is the deed of consent:
    /// [`Deed::ApproveEntry`], [`Deed::ReturnEntry`], [`Deed::ReleaseRun`], [`Deed::ReleaseDraw`]…
    ///
    /// # Errors
    /// [`ApproveError`]; nothing is written then.
    pub fn decide(
        &self,
        session: &Session,
        deed: Deed,
        revisions: &[RevisionId],
        ruling: &Ruling<'_>,
    ) -> Result<RevisionId, ApproveError> {
        self.deed(session, deed, |transaction| {
            let id = decide_in(transaction, session, revisions, ruling)?;
            let event = Event::new(deed)
                .detail("decision", ruling.decision.code())
                .detail("count", revisions.len());
            let event = subjects(transaction, revisions)?
                .into_iter()
                .fold(event, Event::about);
            transaction.event(event);
            Ok(id)
        })
    }
}

/// 承認を一つの操作の中で登録する. For deeds that do more than decide; the caller adds the event.
///
/// # Errors
/// [`ApproveError`]; the transaction is to be given up then.
pub fn decide_in(
    transaction: &mut Transaction<'_>,
    session: &Session,
    revisions: &[RevisionId],
    ruling: &Ruling<'_>,
) -> Result<RevisionId, ApproveError> {
    let named: BTreeSet<RevisionId> = revisions.iter().copied().collect();
    if named.is_empty() || named.len() > MOST_REVISIONS {
        return Err(ApproveError::Count);
    }
    if ruling
        .reason
        .is_some_and(|reason| reason.chars().count() > LONGEST_REASON)
    {
        return Err(ApproveError::ReasonTooLong);
    }
    let consented = Consented {
        consent: consent_of(transaction, &named)?,
        decision: ruling.decision,
        revisions: named.iter().copied().collect(),
        reason: ruling.reason.map(str::to_owned),
        approver: session.operator().clone(),
        approved_at: transaction.now(),
    };
    let keys = session.keys().ok_or(ApproveError::NoKey)?;
    refuse_own_work(transaction, &named, &consented)?;
    let approval = trust::sign_approval(&keys.signing, &keys.credential, consented);
    let id = transaction.add_approval(&approval)?;
    for revision in &named {
        // What has just been judged stands in the projection; an approval that does not hold is not left behind.
        match approvals::standing(transaction.connection(), *revision)? {
            Some(Standing::Void(void)) => return Err(ApproveError::Void(void)),
            Some(_) => {}
            None => return Err(ApproveError::Void(Void::NoRight)),
        }
    }
    Ok(id)
}

fn consent_of(transaction: &Transaction<'_>, named: &BTreeSet<RevisionId>) -> Result<Consent, ApproveError> {
    let mut consents = BTreeSet::new();
    for id in named {
        let revision = ledger::revision(transaction.connection(), *id)?.ok_or(ApproveError::Missing)?;
        let consent = Deed::parse(&revision.deed).and_then(|deed| rights::embedded().consent(deed));
        consents.insert(consent.ok_or(ApproveError::Void(Void::NoRight))?.0);
        if approvals::is_approved(transaction.connection(), *id)? {
            return Err(ApproveError::Decided);
        }
    }
    match consents.pop_first() {
        Some(consent) if consents.is_empty() => Ok(consent),
        _ => Err(ApproveError::Mixed),
    }
}

/// Says it before anything is signed: an approval of one's own work would be void.
fn refuse_own_work(
    transaction: &Transaction<'_>,
    named: &BTreeSet<RevisionId>,
    consented: &Consented,
) -> Result<(), ApproveError> {
    if consented.decision == Decision::Returned {
        return Ok(());
    }
    for id in named {
        let authors = authors(transaction, *id)?;
        if authors.contains(&consented.approver) {
            return Err(ApproveError::Void(Void::OwnWork));
        }
    }
    Ok(())
}

fn authors(transaction: &Transaction<'_>, id: RevisionId) -> Result<BTreeSet<OperatorId>, StoreError> {
    let connection = transaction.connection();
    let Some(revision) = ledger::revision(connection, id)? else {
        return Ok(BTreeSet::new());
    };
    let revisions: Vec<Revision> = ledger::revisions_of(connection, revision.subject)?;
    let mut settled = BTreeMap::new();
    for revision in &revisions {
        if let Some(standing) = approvals::standing(connection, revision.id)? {
            settled.insert(revision.id, standing);
        }
    }
    let lineage = approvals::lineage(&revisions);
    let by_id = lineage.iter().map(|ancestor| (ancestor.id, ancestor)).collect();
    Ok(approval::authors_since_approval(id, &by_id, &settled))
}

/// The residents concerned, at most 50, for the event.
fn subjects(
    transaction: &Transaction<'_>,
    revisions: &[RevisionId],
) -> Result<BTreeSet<SubjectId>, StoreError> {
    let mut about = BTreeSet::new();
    for id in revisions {
        if about.len() >= 50 {
            break;
        }
        about.extend(ledger::revision(transaction.connection(), *id)?.and_then(|revision| revision.about));
    }
    Ok(about)
}
