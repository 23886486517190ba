//! 封印. Sealing to an X25519 key through age: only the holder of the private half opens. Nothing is acted on
//! before the whole text has been decrypted.

use age::{
    secrecy::ExposeSecret,
    x25519::{Identity, Recipient},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// 封印鍵の公開の半分. As age writes it, `age1…`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SealingKey(String);

/// 封印鍵. The private half; age wipes it when dropped.
pub struct OpeningKey(Identity);

/// 封印が開かない.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SealError {
    /// The text is not a key.
    NotAKey,
    /// Sealed to somebody else, or changed on the way.
    Unopenable,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SealError::NotAKey => "鍵の書き方ではありません。写しまちがいがないか見直してください。",
            SealError::Unopenable => {
                "封印が開きません。別の鍵あてか、書きかえられています。だれあてのものか確かめてください。"
            }
        })
    }
}

impl std::error::Error for SealError {}

impl SealingKey {
    /// 公開の半分を読む.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        Recipient::from_str(text)
            .map(|key| SealingKey(key.to_string()))
            .map_err(|_| SealError::NotAKey)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 封印する. age, one recipient.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let recipient = Recipient::from_str(&self.0).map_err(|_| SealError::NotAKey)?;
        age::encrypt(&recipient, plain).map_err(|_| SealError::NotAKey)
    }
}

impl OpeningKey {
    /// 新しい鍵を作る. age draws its own random bytes from the system.
    pub fn make() -> Self {
        OpeningKey(Identity::generate())
    }

    /// 書かれた鍵を読む. `AGE-SECRET-KEY-1…`.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        Identity::from_str(text.trim())
            .map(OpeningKey)
            .map_err(|_| SealError::NotAKey)
    }

    /// 鍵を書く. For what is locked under a password at once.
    pub fn write(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// 公開の半分.
    pub fn public(&self) -> SealingKey {
        SealingKey(self.0.to_public().to_string())
    }

    /// 開く. The whole text, or nothing.
    pub fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        age::decrypt(&self.0, sealed)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Unopenable)
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addressee_opens_and_only_the_whole_text() {
        let hers = OpeningKey::make();
        let sealed = hers.public().seal(&[7; 32]).unwrap();
        assert_eq!(hers.open(&sealed).unwrap().as_slice(), &[7; 32]);
        assert_eq!(OpeningKey::make().open(&sealed), Err(SealError::Unopenable));
        for at in (0..sealed.len()).step_by(7) {
            let mut changed = sealed.clone();
            changed[at] ^= 0x10;
            assert!(hers.open(&changed).is_err(), "byte {at}");
        }
        assert_eq!(hers.open(&sealed[..sealed.len() - 1]), Err(SealError::Unopenable));
    }

    #[test]
    fn keys_are_written_and_read_back() {
        let key = OpeningKey::make();
        let again = OpeningKey::parse(&key.write()).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(SealingKey::parse(key.public().as_str()), Ok(key.public()));
        assert_eq!(SealingKey::parse("age1nothing"), Err(SealError::NotAKey));
        assert!(!format!("{key:?}").contains("SECRET"));
    }
}
