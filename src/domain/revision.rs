//! 改訂. A revision is one immutable statement about one subject; the set of revisions merges by union.
//! The kinds, their three sorts and their present body versions stand here in one table. How revisions are
//! stored is `store`, how they travel is `sync`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// 改訂の識別子. SHA-256 over the canonical form of the revision, with the body replaced by its salted hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RevisionId(pub [u8; 32]);

/// 対象. Anything with a history: a UUIDv7, or a UUIDv5 where the world has a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SubjectId(pub Uuid);

impl SubjectId {
    /// The subject that the world's key names, the same on every terminal (UUIDv5).
    pub fn derived(namespace: &str, key: &str) -> Self {
        let root = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:madoguchi:subject:1");
        Self(Uuid::new_v5(
            &Uuid::new_v5(&root, namespace.as_bytes()),
            key.as_bytes(),
        ))
    }
}

/// 操作者番号. At most 16 characters of A–Z, a–z, 0–9 and hyphen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OperatorId(pub String);

/// 端末番号. At most 16 characters of A–Z, a–z, 0–9 and hyphen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TerminalId(pub String);

/// 改訂の種別.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Questionnaire,
    VaccinationRecord,
    ResidentNote,
    Draw,
    Voucher,
    PrintRun,
    CertificateIssue,
    Bundle,
    Medium,
    Resident,
    Household,
    IndividualNumber,
    Protection,
    Operator,
    Terminal,
    Right,
    Rule,
    Form,
    CodeTable,
    CitySetting,
    Revocation,
    Approval,
    Erasure,
    Link,
}

/// 併合のしかた. How the revisions of a kind merge (the three sorts of kinds).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// Parents and heads; two heads are a conflict, both kept.
    Document,
    /// Facts only ever added; the state is computed from all of them.
    Ledger,
    /// One lawful writer, rising serial, newest wins.
    Published,
}

/// 本文. What a revision says, in the newest version this program writes. Older versions are upcast on reading.
pub trait Body: Serialize + DeserializeOwned {
    const KIND: Kind;
    const VERSION: u16;
}

/// 改訂. `body` and `salt` are `None` only where an erasure names this revision.
#[derive(Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: RevisionId,
    pub subject: SubjectId,
    pub kind: Kind,
    /// The resident it concerns.
    pub about: Option<SubjectId>,
    pub parents: Vec<RevisionId>,
    pub lamport: u64,
    pub made_at: DateTime<Utc>,
    pub operator: OperatorId,
    pub origin_terminal: TerminalId,
    /// Stable code of the deed that made it, e.g. `record.enter`.
    pub deed: String,
    pub body_version: u16,
    /// CBOR.
    pub body: Option<Vec<u8>>,
    pub salt: Option<[u8; 16]>,
}
