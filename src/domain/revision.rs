//! 改訂. A revision is one immutable statement about one subject; the set of revisions merges by union.
//! The kinds and their sorts are in `kind`, how an id is computed in `identity`, bodies and their versions in
//! `body`. How revisions are stored is `store`, how they travel is `sync`.

mod body;
mod identity;
mod kind;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use body::{Body, BodyError, LONGEST_BODY, decode, encode, parse as parse_body};
pub use identity::body_hash;
pub use kind::{Kind, KindCode, Sort};

/// 親の数の上限.
pub const MOST_PARENTS: usize = 16;

/// 改訂の識別子. SHA-256 over the canonical form of the revision, with the body replaced by its salted hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub [u8; 32]);

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevisionId({self})")
    }
}

/// 対象. Anything with a history: a UUIDv7, or a UUIDv5 where the world has a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SubjectId(pub Uuid);

impl SubjectId {
    /// A new subject made at `now`; `random` keeps two made in the same millisecond apart.
    #[must_use]
    pub fn new_v7(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The subject of a key the world has, e.g. `derived("resident", "072044:123456789012345")`. The same key
    /// gives the same subject on every terminal.
    #[must_use]
    pub fn derived(namespace: &str, key: &str) -> Self {
        let root = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:madoguchi:subject:1");
        Self(Uuid::new_v5(
            &Uuid::new_v5(&root, namespace.as_bytes()),
            key.as_bytes(),
        ))
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// 操作者番号. At most 16 characters of A–Z, a–z, 0–9 and hyphen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OperatorId(pub String);

/// 端末番号. At most 16 characters of A–Z, a–z, 0–9 and hyphen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TerminalId(pub String);

/// 改訂. `body` and `salt` are `None` only where an erasure names this revision.
#[derive(Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: RevisionId,
    pub subject: SubjectId,
    pub kind: KindCode,
    /// The resident it concerns.
    pub about: Option<SubjectId>,
    /// Rising and without repetition.
    pub parents: Vec<RevisionId>,
    pub lamport: u64,
    /// Whole milliseconds.
    pub made_at: DateTime<Utc>,
    pub operator: OperatorId,
    pub origin_terminal: TerminalId,
    /// Stable code of the deed that made it, e.g. `record.enter`.
    pub deed: String,
    pub body_version: u16,
    /// SHA-256 over salt and body. Kept after an erasure: without the salt it confirms nothing.
    pub body_hash: [u8; 32],
    /// CBOR.
    pub body: Option<Vec<u8>>,
    pub salt: Option<[u8; 16]>,
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revision")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("lamport", &self.lamport)
            .finish_non_exhaustive()
    }
}

impl Revision {
    /// The body in the version this program writes, or `None` where it has been erased.
    ///
    /// # Errors
    /// [`BodyError`] where the body is of a newer program or can't be read.
    pub fn read<B: Body>(&self) -> Result<Option<B>, BodyError> {
        self.body
            .as_deref()
            .map(|bytes| decode(self.body_version, bytes))
            .transpose()
    }
}
