//! 鍵の導出. HKDF-SHA-256 for keys out of a secret, HMAC-SHA-256 for indexes that only the keeper of the key
//! can compute. Each purpose has its own string, so that no two keys are ever the same.

use crate::seal::secret::Secret;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// 鍵の用途.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The slot file, from the terminal secret.
    SlotFile,
    /// The private halves of one operator, from what Argon2id made of her password.
    PrivateHalves,
    /// The body of 個人番号, from the number key.
    IndividualNumberBody,
    /// The index by which 個人番号 is searched, from the number key.
    IndividualNumberIndex,
    /// The city key on recovery media, from the keys of two officials.
    CityKeyShare,
    /// A recovery medium, from what Argon2id made of its passphrase.
    RecoveryMedium,
}

impl Purpose {
    const fn text(self) -> &'static [u8] {
        match self {
            Purpose::SlotFile => b"madoguchi/slot-file/1",
            Purpose::PrivateHalves => b"madoguchi/private-halves/1",
            Purpose::IndividualNumberBody => b"madoguchi/individual-number/body/1",
            Purpose::IndividualNumberIndex => b"madoguchi/individual-number/index/1",
            Purpose::CityKeyShare => b"madoguchi/city-key-share/1",
            Purpose::RecoveryMedium => b"madoguchi/recovery-medium/1",
        }
    }
}

/// 鍵を導く. 32 bytes for one purpose.
pub fn derive_key(from: &Secret, purpose: Purpose) -> Secret {
    let mut out = [0u8; 32];
    Hkdf::<Sha256>::new(None, from.expose())
        .expand(purpose.text(), &mut out)
        .expect("32 bytes are within HKDF's limit");
    Secret::new(out)
}

/// 2つの秘密から鍵を導く. Both are needed, in this order.
pub fn derive_key_of_two(one: &Secret, other: &Secret, purpose: Purpose) -> Secret {
    let mut out = [0u8; 32];
    Hkdf::<Sha256>::new(Some(one.expose()), other.expose())
        .expand(purpose.text(), &mut out)
        .expect("32 bytes are within HKDF's limit");
    Secret::new(out)
}

/// 鍵つきの索引. Without the key nobody can compute or confirm it.
pub fn keyed_index(key: &Secret, message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key.expose()).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// 要約. SHA-256 of some bytes that are not secret.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// 要約 of a whole stream, which need not fit into memory.
///
/// # Errors
/// The stream can't be read.
pub fn digest_of(mut stream: impl std::io::Read) -> std::io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut stream, &mut hasher)?;
    Ok(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_gives_its_own_key() {
        let secret = Secret::new([5; 32]);
        let purposes = [
            Purpose::SlotFile,
            Purpose::PrivateHalves,
            Purpose::IndividualNumberBody,
            Purpose::IndividualNumberIndex,
            Purpose::CityKeyShare,
            Purpose::RecoveryMedium,
        ];
        let keys: std::collections::BTreeSet<[u8; 32]> = purposes
            .iter()
            .map(|p| *derive_key(&secret, *p).expose())
            .collect();
        assert_eq!(keys.len(), purposes.len());
        let one = derive_key_of_two(
            &Secret::new([1; 32]),
            &Secret::new([2; 32]),
            Purpose::CityKeyShare,
        );
        let swapped = derive_key_of_two(
            &Secret::new([2; 32]),
            &Secret::new([1; 32]),
            Purpose::CityKeyShare,
        );
        assert_ne!(one, swapped);
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // RFC 4231 test case 2 uses a short key; HMAC pads it with zeros to the block, as ours is padded.
        let mut key = [0u8; 32];
        key[..4].copy_from_slice(b"Jefe");
        let expected = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
            0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
        ];
        assert_eq!(
            keyed_index(&Secret::new(key), b"what do ya want for nothing?"),
            expected
        );
    }
}
