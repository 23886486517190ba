//! 暗号化. XChaCha20-Poly1305 under a symmetric key, with the table and the subject as additional data, so
//! that a ciphertext moved to another row or table does not open.

use crate::seal::secret::Secret;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use std::fmt;
use zeroize::Zeroizing;

/// 乱数の長さ. Bytes of nonce that stand in front of every ciphertext.
pub const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;

/// 何の暗号文か. Table and subject: both are authenticated, neither is stored with the ciphertext.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub subject: &'a [u8],
}

impl Place<'_> {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.table.len() + 1 + self.subject.len());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.subject);
        bytes
    }
}

/// 開かない. Wrong key, wrong place, or changed bytes: a cipher can't tell which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unopenable;

impl fmt::Display for Unopenable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("暗号が開きません。鍵がちがうか、書きかえられています。もとのものを確かめてください。")
    }
}

impl std::error::Error for Unopenable {}

/// 暗号化する. Nonce, ciphertext, tag. The nonce must be fresh random bytes.
pub fn encrypt(key: &Secret, place: Place<'_>, nonce: [u8; NONCE_LENGTH], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let payload = Payload {
        msg: plain,
        aad: &place.bytes(),
    };
    let sealed = cipher
        .encrypt(XNonce::from_slice(&nonce), payload)
        .expect("in memory, far below the cipher's limit of 256 GiB");
    let mut out = nonce.to_vec();
    out.extend_from_slice(&sealed);
    out
}

/// 復号する. The plain text is wiped when dropped.
pub fn decrypt(key: &Secret, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
    if sealed.len() < NONCE_LENGTH + TAG_LENGTH {
        return Err(Unopenable);
    }
    let (nonce, body) = sealed.split_at(NONCE_LENGTH);
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    cipher
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: body,
                aad: &place.bytes(),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| Unopenable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ciphertext_opens_at_its_place_with_its_key_unchanged_only() {
        let key = Secret::new([1; 32]);
        let place = Place {
            table: "individual_numbers",
            subject: b"a",
        };
        let sealed = encrypt(&key, place, [9; 24], b"secret");
        assert_eq!(decrypt(&key, place, &sealed).unwrap().as_slice(), b"secret");
        let elsewhere = Place {
            subject: b"b",
            ..place
        };
        assert_eq!(decrypt(&key, elsewhere, &sealed), Err(Unopenable));
        let other_table = Place {
            table: "individual_number",
            subject: b"sa",
        };
        assert_eq!(decrypt(&key, other_table, &sealed), Err(Unopenable));
        assert_eq!(decrypt(&Secret::new([2; 32]), place, &sealed), Err(Unopenable));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(decrypt(&key, place, &changed), Err(Unopenable), "byte {at}");
            assert_eq!(
                decrypt(&key, place, &sealed[..at]),
                Err(Unopenable),
                "cut at {at}"
            );
        }
    }
}
