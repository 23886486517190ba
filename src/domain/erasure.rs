//! 消去. A statement that the bodies of certain revisions are gone. It reaches every replica and is never
//! withdrawn; a body that arrives after its erasure is dropped. Who may erase, and the certificate of
//! erasure, belong to retention.

use serde::{Deserialize, Serialize};

use crate::domain::revision::{Body, Kind, RevisionId};

/// 消去. At most [`Erasure::MOST`] revisions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Erasure {
    pub revisions: Vec<RevisionId>,
    /// Code of the ground, e.g. `retention`.
    pub ground: String,
}

impl Erasure {
    /// Keeps the body under the limit of one revision.
    pub const MOST: usize = 1_500;
}

impl Body for Erasure {
    const KIND: Kind = Kind::Erasure;
    const VERSION: u16 = 1;
}
