//! 個人番号の本文. What a revision says of a 個人番号: never the number, only its ciphertext and an index, both under
//! keys of the number handlers. The number itself is `identifier::IndividualNumber`, locking and searching are
//! `office::individual_number`.

use crate::domain::{
    revision::{Body, Kind, SubjectId},
    trust::Octets,
};
use serde::{Deserialize, Serialize};

/// しまった個人番号. A subject of its own for each resident; the newest counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptNumber {
    /// Which number key it was locked with.
    pub key_id: [u8; 8],
    /// XChaCha20-Poly1305 with this subject as additional data. `None`: the number was taken away.
    pub sealed: Option<Octets>,
    /// HMAC of the number under the index key.
    pub index: Option<Octets>,
}

impl Body for KeptNumber {
    const KIND: Kind = Kind::IndividualNumber;
    const VERSION: u16 = 1;
}

/// 住民の個人番号の対象.
#[must_use]
pub fn subject_of(resident: SubjectId) -> SubjectId {
    SubjectId::derived("individual_number", &resident.to_string())
}
