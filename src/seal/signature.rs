//! 署名. Ed25519 with a context string in front of every message and strict verification, so that a signature
//! made for one purpose is worth nothing for another.

use crate::seal::secret::Secret;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 署名の用途. What a signature may stand for; the string is part of what is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    /// The city key vouches for a publishing key.
    Publisher,
    /// The publishing key vouches for a certificate, a table or a revocation.
    Certificate,
    /// An operator approves, returns or releases.
    Approval,
    /// A terminal signs a batch.
    Batch,
    /// A terminal signs the head of its audit chain.
    Checkpoint,
}

impl Context {
    const fn text(self) -> &'static [u8] {
        match self {
            Context::Publisher => b"madoguchi/publisher/1",
            Context::Certificate => b"madoguchi/certificate/1",
            Context::Approval => b"madoguchi/approval/1",
            Context::Batch => b"madoguchi/batch/1",
            Context::Checkpoint => b"madoguchi/checkpoint/1",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        let text = self.text();
        let mut message = Vec::with_capacity(text.len() + 1 + bytes.len());
        message.extend_from_slice(text);
        message.push(0);
        message.extend_from_slice(bytes);
        message
    }
}

/// 署名鍵の公開の半分. 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PublicKey(pub [u8; 32]);

/// 署名鍵. Wiped when dropped.
pub struct PrivateKey(SigningKey);

/// 署名が合わない. The bytes, the key or the purpose are others than those that were signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("署名が合いません。書きかえられたか、別の鍵のものです。送り元に確かめてください。")
    }
}

impl std::error::Error for Mismatch {}

impl PrivateKey {
    pub fn from_secret(secret: &Secret) -> Self {
        PrivateKey(SigningKey::from_bytes(secret.expose()))
    }

    /// 公開の半分.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// 署名する. 64 bytes over context and message.
    pub fn sign(&self, context: Context, message: &[u8]) -> [u8; 64] {
        self.0.sign(&context.message(message)).to_bytes()
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PublicKey {
    /// 署名を確かめる. Strict: weak keys and malleable signatures are refused.
    pub fn verify(&self, context: Context, message: &[u8], signature: &[u8]) -> Result<(), Mismatch> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| Mismatch)?;
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| Mismatch)?;
        key.verify_strict(&context.message(message), &signature)
            .map_err(|_| Mismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_its_key_and_its_purpose_only() {
        let key = PrivateKey::from_secret(&Secret::new([3; 32]));
        let signature = key.sign(Context::Approval, b"list");
        assert_eq!(
            key.public().verify(Context::Approval, b"list", &signature),
            Ok(())
        );
        assert_eq!(
            key.public().verify(Context::Approval, b"lisT", &signature),
            Err(Mismatch)
        );
        assert_eq!(
            key.public().verify(Context::Certificate, b"list", &signature),
            Err(Mismatch)
        );
        let other = PrivateKey::from_secret(&Secret::new([4; 32])).public();
        assert_eq!(
            other.verify(Context::Approval, b"list", &signature),
            Err(Mismatch)
        );
        assert_eq!(
            key.public().verify(Context::Approval, b"list", &signature[..63]),
            Err(Mismatch)
        );
    }

    #[test]
    fn a_weak_key_verifies_nothing() {
        // The point of order one: without strict verification it signs every message.
        let mut weak = [0u8; 32];
        weak[0] = 1;
        let mut signature = [0u8; 64];
        signature[0] = 1;
        assert_eq!(
            PublicKey(weak).verify(Context::Approval, b"anything", &signature),
            Err(Mismatch)
        );
    }
}
