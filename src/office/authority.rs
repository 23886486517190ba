//! 市の権限. Who says what the city says: the city key endorses a yearly publishing key, and that key signs
//! certificates with rising serials. Until there is a center the first terminal is its own authority; the
//! publishing key is then in the slots of the rights administrators and nowhere else on the terminal.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        operator::Validity,
        trust::{Credential, PublisherCertificate, Says, Signed, Statement},
    },
    seal::{
        secret::Secret,
        signature::{PrivateKey, PublicKey},
        trust,
    },
};

/// 市の権限. Holds the publishing key, so it lives as long as one deed needs it.
pub(in crate::office) struct Authority<'k> {
    publisher: Signed,
    publishing: &'k PrivateKey,
    serial: u64,
}

/// 公開鍵とその証明.
pub(in crate::office) struct Founded {
    pub root: PublicKey,
    pub publisher: Signed,
    pub publishing: PrivateKey,
}

/// 市の鍵で公開鍵を証明する. The city key is needed here and never again until the year is over.
pub(in crate::office) fn found(
    city: &Secret,
    publishing: &Secret,
    validity: Validity,
    at: DateTime<Utc>,
) -> Founded {
    let city = PrivateKey::from_secret(city);
    let publishing = PrivateKey::from_secret(publishing);
    let certificate = PublisherCertificate {
        key: publishing.public().0,
        validity,
    };
    Founded {
        root: city.public(),
        publisher: trust::endorse(&city, 1, at, certificate),
        publishing,
    }
}

impl Founded {
    /// The same again; `publishing` is the secret it was made from.
    pub fn duplicate(&self, publishing: &Secret) -> Self {
        Self {
            root: self.root,
            publisher: self.publisher.clone(),
            publishing: PrivateKey::from_secret(publishing),
        }
    }
}

impl<'k> Authority<'k> {
    /// `serial` is the highest one the city has used.
    pub fn new(publisher: Signed, publishing: &'k PrivateKey, serial: u64) -> Self {
        Self {
            publisher,
            publishing,
            serial,
        }
    }

    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// 公開する. With the next serial.
    pub fn say(&mut self, at: DateTime<Utc>, says: Says) -> Credential {
        self.serial += 1;
        let statement = Statement {
            serial: self.serial,
            issued_at: at,
            says,
        };
        trust::publish(self.publishing, &self.publisher, &statement)
    }
}
