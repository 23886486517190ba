//! 個人番号. Kept as a subject of its own under the number key, which only number handlers have; searched through
//! an index under the same custody. Every look is a deed whose event is marked as an access to 個人番号, and the
//! number itself reaches no event, no error and no other body.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        identifier::IndividualNumber,
        kept_number::{self, KeptNumber},
        revision::SubjectId,
        trust::Octets,
    },
    office::{DeedError, Office, Session, feed::NumberKeeper},
    seal::{
        aead::{self, Place},
        derive::{self, Purpose},
        secret::Secret,
    },
    store::{New, Parents, StoreError, individual_number as store},
};

const TABLE: &str = "individual_numbers";

/// 個人番号が扱えないわけ.
#[derive(Debug)]
pub enum NumberKeyError {
    /// The session has the right but not (yet) the key.
    NoKey,
    /// Locked with a key this session does not have, or changed.
    Unopenable,
    Deed(DeedError),
}

impl fmt::Display for NumberKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => f.write_str(
                "個人番号の鍵をまだ受け取っていません。ほかの個人番号の担当に鍵を渡してもらってください。",
            ),
            Self::Unopenable => f.write_str(
                "個人番号を読めません。記録はそのままです。個人番号の担当に知らせ、台帳から取り込みなおしてください。",
            ),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NumberKeyError {}

impl From<DeedError> for NumberKeyError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for NumberKeyError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// 個人番号の鍵から作る2つの鍵.
struct NumberKeys {
    id: [u8; 8],
    body: Secret,
    index: Secret,
}

impl NumberKeys {
    fn of(session: &Session) -> Result<Self, NumberKeyError> {
        let number = session
            .keys()
            .and_then(|keys| keys.number.as_ref())
            .ok_or(NumberKeyError::NoKey)?;
        let index = derive::derive_key(number, Purpose::IndividualNumberIndex);
        let mut id = [0; 8];
        id.copy_from_slice(&derive::keyed_index(&index, b"key id")[..8]);
        Ok(Self {
            id,
            body: derive::derive_key(number, Purpose::IndividualNumberBody),
            index,
        })
    }

    fn keyed(&self, number: &IndividualNumber) -> [u8; 32] {
        derive::keyed_index(&self.index, number.reveal().as_bytes())
    }

    /// Locks a number for a subject. The nonce comes out of subject and number under the index key, so that the
    /// same row of a feed, read twice, is one revision.
    fn lock(&self, subject: SubjectId, number: &IndividualNumber) -> KeptNumber {
        let mut named = Zeroizing::new(b"nonce".to_vec());
        named.extend_from_slice(subject.0.as_bytes());
        named.extend_from_slice(number.reveal().as_bytes());
        let mut nonce = [0; aead::NONCE_LENGTH];
        nonce.copy_from_slice(&derive::keyed_index(&self.index, &named)[..aead::NONCE_LENGTH]);
        let place = Place {
            table: TABLE,
            subject: subject.0.as_bytes(),
        };
        let sealed = aead::encrypt(&self.body, place, nonce, number.reveal().as_bytes());
        KeptNumber {
            key_id: self.id,
            sealed: Some(Octets(sealed)),
            index: Some(Octets(self.keyed(number).to_vec())),
        }
    }
}

/// 異動の取込で個人番号をしまう人. For a load that this session reads: each number goes into a subject of its own, in
/// the load's own transaction.
///
/// # Errors
/// [`NumberKeyError::NoKey`] where the session does not have the number key.
pub fn number_keeper(session: &Session) -> Result<NumberKeeper, NumberKeyError> {
    let keys = NumberKeys::of(session)?;
    Ok(Box::new(move |transaction, resident, number, origin| {
        // A register says the same number with every change of address.
        if store::residents_with(transaction.connection(), &keys.keyed(number))?.contains(&resident) {
            return Ok(());
        }
        let subject = kept_number::subject_of(resident);
        let body = keys.lock(subject, number);
        let new = New {
            subject,
            about: Some(resident),
            body: &body,
            parents: Parents::None,
        };
        transaction.append_from(new, origin).map(|_| ())
    }))
}

impl Office {
    /// 個人番号を取り込む. One for each resident; a number that stands there already makes no new revision.
    /// Answers with how many were new or changed.
    ///
    /// # Errors
    /// [`NumberKeyError`]; nothing is written then.
    pub fn import_individual_numbers(
        &self,
        session: &Session,
        numbers: &[(SubjectId, IndividualNumber)],
    ) -> Result<usize, NumberKeyError> {
        let keys = NumberKeys::of(session)?;
        self.deed(session, Deed::ImportIndividualNumbers, |transaction| {
            let mut changed = 0;
            for (resident, number) in numbers {
                let keyed = keys.keyed(number);
                if store::residents_with(transaction.connection(), &keyed)?.contains(resident) {
                    continue;
                }
                let subject = kept_number::subject_of(*resident);
                let body = keys.lock(subject, number);
                transaction.append(New {
                    subject,
                    about: Some(*resident),
                    body: &body,
                    parents: Parents::None,
                })?;
                changed += 1;
            }
            transaction.event(
                Event::new(Deed::ImportIndividualNumbers)
                    .detail("count", numbers.len())
                    .detail("changed", changed)
                    .individual_number_accessed(),
            );
            Ok(changed)
        })
    }

    /// 個人番号を見る.
    ///
    /// # Errors
    /// [`NumberKeyError`].
    pub fn view_individual_number(
        &self,
        session: &Session,
        resident: SubjectId,
    ) -> Result<Option<IndividualNumber>, NumberKeyError> {
        let keys = NumberKeys::of(session)?;
        self.deed(session, Deed::ViewIndividualNumber, |transaction| {
            let subject = kept_number::subject_of(resident);
            let kept = store::of_resident(transaction.connection(), subject)?;
            transaction.event(
                Event::new(Deed::ViewIndividualNumber)
                    .about(resident)
                    .detail("found", kept.is_some())
                    .individual_number_accessed(),
            );
            let Some(kept) = kept else { return Ok(None) };
            if kept.key_id != keys.id {
                return Err(NumberKeyError::Unopenable);
            }
            let place = Place {
                table: TABLE,
                subject: subject.0.as_bytes(),
            };
            let plain =
                aead::decrypt(&keys.body, place, &kept.sealed).map_err(|_| NumberKeyError::Unopenable)?;
            let digits = std::str::from_utf8(&plain).map_err(|_| NumberKeyError::Unopenable)?;
            IndividualNumber::parse(digits)
                .map(Some)
                .map_err(|_| NumberKeyError::Unopenable)
        })
    }

    /// 個人番号でさがす. Exactly this number.
    ///
    /// # Errors
    /// [`NumberKeyError`].
    pub fn search_individual_number(
        &self,
        session: &Session,
        number: &IndividualNumber,
    ) -> Result<Vec<SubjectId>, NumberKeyError> {
        let keys = NumberKeys::of(session)?;
        self.deed(session, Deed::SearchIndividualNumber, |transaction| {
            let found = store::residents_with(transaction.connection(), &keys.keyed(number))?;
            let event = Event::new(Deed::SearchIndividualNumber)
                .detail("count", found.len())
                .individual_number_accessed();
            transaction.event(
                found
                    .iter()
                    .take(50)
                    .fold(event, |event, resident| event.about(*resident)),
            );
            Ok(found)
        })
    }
}
