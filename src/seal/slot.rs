//! 鍵の枠. What the slot file holds of one operator: her certificate, the private halves of her keys under her
//! password, and the keys of this city sealed to her. Without her password nothing of it opens; without the
//! terminal secret the file itself does not.

use crate::{
    domain::{
        operator::{Role, Roles},
        revision::OperatorId,
        trust::{Credential, Octets},
    },
    seal::{
        aead::{self, NONCE_LENGTH, Place},
        derive::{Purpose, derive_key},
        password::{Cost, Password},
        sealing::OpeningKey,
        secret::Secret,
        signature::PrivateKey,
        trust::CertifiedOperator,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const TABLE: &str = "slots";

/// 鍵の枠. Only the newest of each operator is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Slot {
    pub operator: OperatorId,
    pub credential: Credential,
    pub password_set_on: NaiveDate,
    salt: [u8; 16],
    cost: Cost,
    /// Signing key (32 bytes) and opening key (text), under the password.
    halves: Octets,
    database_key: Octets,
    publishing_key: Option<Octets>,
    number_key: Option<Octets>,
}

/// 本人の鍵の秘密の半分.
pub struct Halves {
    signing: Secret,
    pub opening: OpeningKey,
}

/// 市の鍵. What is sealed to an operator: the database key to everybody, the others by role.
pub struct CityKeys {
    pub database: Secret,
    pub publishing: Option<Secret>,
    pub number: Option<Secret>,
}

/// 乱数. Fresh bytes for locking private halves under a password.
pub struct Fresh {
    pub salt: [u8; 16],
    pub nonce: [u8; NONCE_LENGTH],
}

/// 枠が開かない.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotError {
    WrongPassword,
    /// The password was right but what is inside does not fit the certificate.
    Damaged,
}

impl fmt::Display for SlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SlotError::WrongPassword => "パスワードがちがいます。もう一度入力してください。",
            SlotError::Damaged => {
                "鍵の枠が壊れています。データベースはそのままです。権限管理の担当に登録しなおしを頼んでください。"
            }
        })
    }
}

impl std::error::Error for SlotError {}

impl Halves {
    /// 新しい鍵の組. `signing` are fresh random bytes; age draws its own.
    pub fn make(signing: Secret) -> Self {
        Halves {
            signing,
            opening: OpeningKey::make(),
        }
    }

    pub fn signing_key(&self) -> PrivateKey {
        PrivateKey::from_secret(&self.signing)
    }

    fn write(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(self.signing.expose().to_vec());
        bytes.extend_from_slice(self.opening.write().as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (signing, opening) = bytes.split_at_checked(Secret::LENGTH)?;
        let opening = std::str::from_utf8(opening).ok()?;
        Some(Halves {
            signing: Secret::from_slice(signing)?,
            opening: OpeningKey::parse(opening).ok()?,
        })
    }
}

impl Slot {
    /// Whether the number key has been sealed to her.
    #[must_use]
    pub fn holds_number_key(&self) -> bool {
        self.number_key.is_some()
    }

    /// 枠を作る. Keys go to a certified operator only; `halves` must be those of her certificate.
    ///
    /// # Errors
    /// [`SlotError::Damaged`] where the halves are not those of the certificate.
    pub fn make(
        certified: &CertifiedOperator,
        credential: &Credential,
        halves: &Halves,
        keys: &CityKeys,
        lock: &Lock<'_>,
    ) -> Result<Self, SlotError> {
        let certificate = certified.certificate();
        let fits = halves.signing_key().public().0 == certificate.signing_key
            && halves.opening.public().as_str() == certificate.sealing_key;
        if !fits {
            return Err(SlotError::Damaged);
        }
        let seal = |key: &Secret| {
            certified
                .seal(key.expose())
                .map(Octets)
                .map_err(|_| SlotError::Damaged)
        };
        Ok(Slot {
            operator: certificate.operator.clone(),
            credential: credential.clone(),
            password_set_on: lock.on,
            salt: lock.fresh.salt,
            cost: lock.cost,
            halves: lock.halves(&certificate.operator, halves)?,
            database_key: seal(&keys.database)?,
            publishing_key: keys.publishing.as_ref().map(seal).transpose()?,
            number_key: keys.number.as_ref().map(seal).transpose()?,
        })
    }

    /// 開く. Argon2id takes its time on purpose.
    ///
    /// # Errors
    /// [`SlotError::WrongPassword`], or [`SlotError::Damaged`].
    pub fn open(&self, password: &Password) -> Result<(Halves, CityKeys), SlotError> {
        let key = password
            .derive_key(&self.salt, self.cost)
            .ok_or(SlotError::Damaged)?;
        let key = derive_key(&key, Purpose::PrivateHalves);
        let place = Place {
            table: TABLE,
            subject: self.operator.0.as_bytes(),
        };
        let bytes = aead::decrypt(&key, place, &self.halves.0).map_err(|_| SlotError::WrongPassword)?;
        let halves = Halves::read(&bytes).ok_or(SlotError::Damaged)?;
        let open = |sealed: &Octets| {
            let bytes = halves.opening.open(&sealed.0).map_err(|_| SlotError::Damaged)?;
            Secret::from_slice(&bytes).ok_or(SlotError::Damaged)
        };
        let keys = CityKeys {
            database: open(&self.database_key)?,
            publishing: self.publishing_key.as_ref().map(open).transpose()?,
            number: self.number_key.as_ref().map(open).transpose()?,
        };
        Ok((halves, keys))
    }

    /// パスワードを変える. The sealed keys stay as they are.
    ///
    /// # Errors
    /// [`SlotError::Damaged`] where the cost is beyond this machine.
    pub fn change_password(&mut self, halves: &Halves, lock: &Lock<'_>) -> Result<(), SlotError> {
        self.halves = lock.halves(&self.operator, halves)?;
        self.salt = lock.fresh.salt;
        self.cost = lock.cost;
        self.password_set_on = lock.on;
        Ok(())
    }

    /// 個人番号の鍵を渡す. To this operator, who must be certified.
    ///
    /// # Errors
    /// [`SlotError::Damaged`] where the certificate is another's or holds no key.
    pub fn grant_number_key(
        &mut self,
        certified: &CertifiedOperator,
        number: &Secret,
    ) -> Result<(), SlotError> {
        if certified.certificate().operator != self.operator {
            return Err(SlotError::Damaged);
        }
        self.number_key = Some(Octets(
            certified.seal(number.expose()).map_err(|_| SlotError::Damaged)?,
        ));
        Ok(())
    }

    /// 市の鍵を封じなおす. The password stays. The database key always, the others where she holds them already.
    ///
    /// # Errors
    /// [`SlotError::Damaged`] where the certificate is another's.
    pub fn seal_anew(&mut self, certified: &CertifiedOperator, keys: &CityKeys) -> Result<(), SlotError> {
        if certified.certificate().operator != self.operator {
            return Err(SlotError::Damaged);
        }
        let seal = |key: &Secret| {
            certified
                .seal(key.expose())
                .map(Octets)
                .map_err(|_| SlotError::Damaged)
        };
        self.database_key = seal(&keys.database)?;
        if let (Some(_), Some(publishing)) = (&self.publishing_key, &keys.publishing) {
            self.publishing_key = Some(seal(publishing)?);
        }
        if let (Some(_), Some(number)) = (&self.number_key, &keys.number) {
            self.number_key = Some(seal(number)?);
        }
        Ok(())
    }

    /// 新しい証明に取りかえる. The password stays; of the sealed keys stay those the roles still allow, and `keys`
    /// may add to them.
    ///
    /// # Errors
    /// [`SlotError::Damaged`] where the certificate is another's.
    pub fn renew(
        &mut self,
        certified: &CertifiedOperator,
        credential: &Credential,
        keys: &CityKeys,
        roles: Roles,
    ) -> Result<(), SlotError> {
        if certified.certificate().operator != self.operator {
            return Err(SlotError::Damaged);
        }
        let seal = |key: &Secret| {
            certified
                .seal(key.expose())
                .map(Octets)
                .map_err(|_| SlotError::Damaged)
        };
        self.publishing_key = keys.publishing.as_ref().map(seal).transpose()?;
        if let Some(number) = &keys.number {
            self.number_key = Some(seal(number)?);
        }
        if !roles.has(Role::NumberHandler) {
            self.number_key = None;
        }
        self.credential = credential.clone();
        Ok(())
    }

    /// パスワードの計算を空回しする. For a number nobody has, so that the answer takes as long as for one.
    pub fn pretend(password: &Password, cost: Cost) {
        let _ = password.derive_key(&[0; 16], cost);
    }

    pub fn cost(&self) -> Cost {
        self.cost
    }
}

/// パスワードの錠. With what, how heavily and on which day private halves are locked.
pub struct Lock<'p> {
    pub password: &'p Password,
    pub cost: Cost,
    pub fresh: Fresh,
    pub on: NaiveDate,
}

impl Lock<'_> {
    fn halves(&self, operator: &OperatorId, halves: &Halves) -> Result<Octets, SlotError> {
        let key = self
            .password
            .derive_key(&self.fresh.salt, self.cost)
            .ok_or(SlotError::Damaged)?;
        let key = derive_key(&key, Purpose::PrivateHalves);
        let place = Place {
            table: TABLE,
            subject: operator.0.as_bytes(),
        };
        Ok(Octets(aead::encrypt(
            &key,
            place,
            self.fresh.nonce,
            &halves.write(),
        )))
    }
}
