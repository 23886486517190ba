//! 二重チェック. An approval is a subject of its own: it names revisions and a decision and is signed by the
//! approver's own key. One pure function says whether it holds, everywhere the same: right, signature, and the
//! approver is not among the authors of any revision since the last approved ancestor. Checking the signature
//! is `seal/trust` and comes in as its result; what does not hold counts as absent and is shown.

use crate::domain::{
    deed::Deed,
    revision::{Body, Kind, OperatorId, RevisionId},
    right::{Consent, Rights},
    trust::{Credential, Octets, OperatorCertificate},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// 一度に承認できる件数.
pub const MOST_REVISIONS: usize = 500;
/// 理由の長さの上限, in characters.
pub const LONGEST_REASON: usize = 200;

/// 決定.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// 承認.
    Approved,
    /// 差し戻し.
    Returned,
}

impl Decision {
    pub const fn code(self) -> &'static str {
        match self {
            Decision::Approved => "approved",
            Decision::Returned => "returned",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Decision::Approved, Decision::Returned]
            .into_iter()
            .find(|decision| decision.code() == code)
    }
}

/// 承認の内容. What the approver signs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consented {
    pub consent: Consent,
    pub decision: Decision,
    /// Sorted, without repetition, at least one and at most [`MOST_REVISIONS`].
    pub revisions: Vec<RevisionId>,
    /// Why it is returned, in the approver's words.
    pub reason: Option<String>,
    pub approver: OperatorId,
    pub approved_at: DateTime<Utc>,
}

impl Consented {
    /// 署名する文. Deterministic: lengths in front, fixed order.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + 32 * self.revisions.len());
        let mut part = |part: &[u8]| {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        };
        part(self.consent.code().as_bytes());
        part(self.decision.code().as_bytes());
        part(self.approver.0.as_bytes());
        part(&self.approved_at.timestamp_millis().to_be_bytes());
        // Its own part says whether there is a reason: no text can look like none.
        part(&[u8::from(self.reason.is_some())]);
        if let Some(reason) = &self.reason {
            part(reason.as_bytes());
        }
        for revision in &self.revisions {
            part(&revision.0);
        }
        bytes
    }

    /// 一覧の形が整っているか. Sorted, without repetition, within the limits.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        (1..=MOST_REVISIONS).contains(&self.revisions.len())
            && self.revisions.is_sorted_by(|a, b| a < b)
            && self
                .reason
                .as_ref()
                .is_none_or(|reason| reason.chars().count() <= LONGEST_REASON)
    }
}

impl fmt::Debug for Consented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consented")
            .field("decision", &self.decision)
            .field("approver", &self.approver)
            .field("revisions", &self.revisions.len())
            .finish_non_exhaustive()
    }
}

/// 承認. With the approver's credential, so that it can be checked by whoever knows the city key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approval {
    pub consented: Consented,
    pub credential: Credential,
    /// Ed25519 over [`Consented::message`], 64 bytes.
    pub signature: Octets,
}

impl Body for Approval {
    const KIND: Kind = Kind::Approval;
    const VERSION: u16 = 1;
}

/// 承認が効かないわけ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Void {
    /// The signature, the certificate or the list is not what it should be.
    Unsigned,
    /// The certificate was not valid then, or had been revoked.
    NotCertified,
    /// Her roles don't include this consent, or what she names needs another one.
    NoRight,
    /// She wrote one of the revisions since the last approved one.
    OwnWork,
}

impl Void {
    pub const ALL: [Void; 4] = [Void::Unsigned, Void::NotCertified, Void::NoRight, Void::OwnWork];

    pub const fn code(self) -> &'static str {
        match self {
            Void::Unsigned => "unsigned",
            Void::NotCertified => "not_certified",
            Void::NoRight => "no_right",
            Void::OwnWork => "own_work",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Void::ALL.into_iter().find(|void| void.code() == code)
    }
}

impl fmt::Display for Void {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Void::Unsigned => {
                "承認の署名が合いません。承認されていないものとして扱います。監督の担当に知らせてください。"
            }
            Void::NotCertified => {
                "承認した人は、その時に有効な操作者ではありません。ほかの人が承認してください。"
            }
            Void::NoRight => "承認した人には、この承認の権限がありません。承認の担当に頼んでください。",
            Void::OwnWork => "自分が入力したものは承認できません。ほかの人が承認してください。",
        })
    }
}

impl std::error::Error for Void {}

/// 署名を確かめた承認. What `seal/trust` found: the certificate that the city gave her, or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    pub consented: Consented,
    pub certificate: Result<OperatorCertificate, Void>,
}

/// 改訂の系譜. One revision of a subject, as far as approval is concerned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ancestor {
    pub id: RevisionId,
    pub operator: OperatorId,
    /// Code of the deed that made it; it decides which consent is needed.
    pub deed: String,
    pub parents: Vec<RevisionId>,
}

/// 承認の状態 of one revision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    Approved {
        by: OperatorId,
        at: DateTime<Utc>,
    },
    Returned {
        by: OperatorId,
        at: DateTime<Utc>,
    },
    /// Somebody decided, but no decision holds.
    Void(Void),
}

/// 承認の状態を決める. All revisions of one subject with all approvals that name any of them; the answer depends
/// on these sets only, not on their order. A revision nobody decided about is not in it.
#[must_use]
pub fn standings(
    revisions: &[Ancestor],
    approvals: &[Checked],
    rights: &Rights,
) -> BTreeMap<RevisionId, Standing> {
    let by_id: BTreeMap<_, _> = revisions.iter().map(|revision| (revision.id, revision)).collect();
    let mut settled = BTreeMap::new();
    for id in parents_first(&by_id) {
        if let Some(standing) = standing(id, &by_id, approvals, rights, &settled) {
            settled.insert(id, standing);
        }
    }
    settled
}

fn standing(
    id: RevisionId,
    by_id: &BTreeMap<RevisionId, &Ancestor>,
    approvals: &[Checked],
    rights: &Rights,
    settled: &BTreeMap<RevisionId, Standing>,
) -> Option<Standing> {
    let authors = authors_since_approval(id, by_id, settled);
    let deed = by_id.get(&id).and_then(|revision| Deed::parse(&revision.deed));
    let mut best: Option<(u8, DateTime<Utc>, Standing)> = None;
    for checked in approvals.iter().filter(|a| a.consented.revisions.contains(&id)) {
        let (by, at) = (checked.consented.approver.clone(), checked.consented.approved_at);
        let (rank, standing) = match (judge(checked, deed, &authors, rights), checked.consented.decision) {
            (Ok(()), Decision::Approved) => (0, Standing::Approved { by, at }),
            (Ok(()), Decision::Returned) => (1, Standing::Returned { by, at }),
            (Err(void), _) => (2 + void as u8, Standing::Void(void)),
        };
        if best.as_ref().is_none_or(|(r, t, _)| (rank, at) < (*r, *t)) {
            best = Some((rank, at, standing));
        }
    }
    best.map(|(_, _, standing)| standing)
}

/// 承認が効くか. The one rule: list and signature, certificate on that day, right, and not her own work.
/// `deed` made the revision; `authors` wrote what is to be approved.
pub fn judge(
    checked: &Checked,
    deed: Option<Deed>,
    authors: &BTreeSet<OperatorId>,
    rights: &Rights,
) -> Result<(), Void> {
    let consented = &checked.consented;
    let certificate = checked.certificate.as_ref().map_err(|void| *void)?;
    if !consented.is_well_formed() || certificate.operator != consented.approver {
        return Err(Void::Unsigned);
    }
    let on = tokyo_day(consented.approved_at);
    if !certificate.validity.holds(on) {
        return Err(Void::NotCertified);
    }
    match deed.and_then(|deed| rights.consent(deed)) {
        Some((consent, by)) if consent == consented.consent && rights.may(certificate.roles, by) => {}
        _ => return Err(Void::NoRight),
    }
    // Whoever wrote a thing may hand it back, but not let it pass.
    if consented.decision == Decision::Approved && authors.contains(&consented.approver) {
        return Err(Void::OwnWork);
    }
    Ok(())
}

/// 前の承認から後の入力者. The authors of the revision and of its ancestors down to, and without, approved ones.
#[must_use]
pub fn authors_since_approval(
    id: RevisionId,
    by_id: &BTreeMap<RevisionId, &Ancestor>,
    settled: &BTreeMap<RevisionId, Standing>,
) -> BTreeSet<OperatorId> {
    let mut authors = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let approved = next != id && matches!(settled.get(&next), Some(Standing::Approved { .. }));
        if approved || !seen.insert(next) {
            continue;
        }
        if let Some(revision) = by_id.get(&next) {
            authors.insert(revision.operator.clone());
            open.extend(revision.parents.iter().copied());
        }
    }
    authors
}

/// Parents before children; the order among the rest is that of the ids. Ids are hashes over the parents, so
/// there is no circle; should one be forged, its members come last.
fn parents_first(by_id: &BTreeMap<RevisionId, &Ancestor>) -> Vec<RevisionId> {
    let mut waiting: BTreeMap<RevisionId, usize> = BTreeMap::new();
    let mut children: BTreeMap<RevisionId, Vec<RevisionId>> = BTreeMap::new();
    for (id, revision) in by_id {
        let known = revision
            .parents
            .iter()
            .filter(|parent| by_id.contains_key(parent));
        let mut count = 0;
        for parent in known {
            children.entry(*parent).or_default().push(*id);
            count += 1;
        }
        waiting.insert(*id, count);
    }
    let mut ready: BTreeSet<RevisionId> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect();
    let mut order = Vec::with_capacity(by_id.len());
    while let Some(id) = ready.pop_first() {
        waiting.remove(&id);
        order.push(id);
        for child in children.get(&id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(child) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(*child);
                }
            }
        }
    }
    order.extend(waiting.into_keys());
    order
}

/// Days are those of Asia/Tokyo, nine hours ahead of UTC the whole year.
fn tokyo_day(at: DateTime<Utc>) -> chrono::NaiveDate {
    (at + chrono::TimeDelta::hours(9)).date_naive()
}

#[cfg(test)]
#[path = "approval/tests.rs"]
mod tests;
