//! 識別子の計算. The id of a revision is SHA-256 over the deterministic CBOR of all its fields, with the salted
//! hash of the body in place of the body: same id, same bytes, and an erased body leaves the id as it was. A
//! receiver recomputes ids, it never believes them.

use std::fmt;

use ciborium::Value;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::{Kind, MOST_PARENTS, Revision, RevisionId};

const CONTEXT: &[u8] = b"madoguchi/revision/1";

/// 本文の塩付きハッシュ.
#[must_use]
pub fn body_hash(salt: &[u8; 16], body: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(salt)
        .chain_update(body)
        .finalize()
        .into()
}

impl Revision {
    /// The id these fields have. Arrays of definite length and shortest integers make the CBOR deterministic
    /// (RFC 8949 §4.2.1).
    #[must_use]
    pub fn computed_id(&self) -> RevisionId {
        let parents = self.parents.iter().map(|p| Value::Bytes(p.0.to_vec())).collect();
        let fields = Value::Array(vec![
            Value::Bytes(self.subject.0.as_bytes().to_vec()),
            Value::Text(self.kind.0.clone()),
            self.about
                .map_or(Value::Null, |about| Value::Bytes(about.0.as_bytes().to_vec())),
            Value::Array(parents),
            Value::Integer(self.lamport.into()),
            Value::Integer(self.made_at.timestamp_millis().into()),
            Value::Text(self.operator.0.clone()),
            Value::Text(self.origin_terminal.0.clone()),
            Value::Text(self.deed.clone()),
            Value::Integer(self.body_version.into()),
            Value::Bytes(self.body_hash.to_vec()),
        ]);
        let mut canonical = Vec::new();
        ciborium::into_writer(&fields, &mut canonical).expect("writing to memory can't go wrong");
        RevisionId(
            Sha256::new()
                .chain_update(CONTEXT)
                .chain_update(canonical)
                .finalize()
                .into(),
        )
    }

    /// 形が整っていること. The id is the one its fields have, the body (if it is there) the one its hash says,
    /// parents are sorted and few, the sizes are within their limits.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let body_fits = match (&self.body, &self.salt) {
            (Some(body), Some(salt)) => {
                body.len() <= super::LONGEST_BODY && body_hash(salt, body) == self.body_hash
            }
            (None, None) => self.kind != Kind::Erasure,
            _ => false,
        };
        let short = |text: &str, most: usize| !text.is_empty() && text.len() <= most;
        body_fits
            && self.parents.len() <= MOST_PARENTS
            && self.parents.is_sorted_by(|a, b| a < b)
            && short(&self.kind.0, 40)
            && short(&self.operator.0, 16)
            && short(&self.origin_terminal.0, 16)
            && short(&self.deed, 60)
            && i64::try_from(self.lamport).is_ok()
            && self.made_at.timestamp_subsec_nanos().is_multiple_of(1_000_000)
            && self.computed_id() == self.id
    }
}

/// As a byte string of 32 bytes: a list of numbers would double the bodies that name many revisions.
impl Serialize for RevisionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for RevisionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = RevisionId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a byte string of 32 bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<RevisionId, E> {
                bytes
                    .try_into()
                    .map(RevisionId)
                    .map_err(|_| E::invalid_length(bytes.len(), &self))
            }
        }

        deserializer.deserialize_bytes(Visitor)
    }
}
