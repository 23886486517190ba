//! 操作者の登録・離任・失効. A rights administrator enrols a new operator, who sets her own password beside her; a
//! departure or revocation takes the slot away and renews the terminal secret, so that every older copy of the
//! slot file is dead at once. Everything the city says carries the next serial.
//!
//! Nobody gives rights alone: changing them, and enrolling anybody with a role beyond that of a clerk, needs a
//! supervisor or another rights administrator, who is neither the first one nor the one concerned. She signs an
//! approval of what is published, in the same transaction. At set-up the officials stand behind the first
//! operators, after a recovery the two who recover.

use std::fmt;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, RevisionId},
        trust::{Credential, OperatorCertificate, RevocationNotice, RevocationReason, Revoked, Says},
    },
    office::{
        DeedError, Office, Session, SignInError,
        approve::{ApproveError, Ruling, decide_in},
        authority::Authority,
        doorstep::{Doorstep, DoorstepError},
        setup::{NewOperator, certificate_of},
        sign_in::{check_password, lock, make_secret, tokyo},
    },
    rules::rights,
    seal::{
        password::Cost,
        secret::Secret,
        signature::PublicKey,
        slot::{CityKeys, Halves, Slot},
        trust::{self, CertifiedOperator, TrustError},
    },
    store::{StoreError, Transaction, people},
};

pub use crate::store::people::OperatorLine;

/// 操作者の登録ができないわけ. Nothing has been changed.
#[derive(Debug)]
pub enum PeopleError {
    /// The number is in use.
    NumberTaken,
    /// Nobody works under this number at this terminal.
    NotFound,
    /// The session has no publishing key.
    NoAuthority,
    /// She would be the last one to administer rights.
    LastAdministrator,
    /// All running numbers of nine digits have been assigned.
    NoNumbersLeft,
    /// Nobody consents to it, or somebody who may not, or the first one or the one concerned.
    Second,
    /// The consent would not hold.
    Approve(ApproveError),
    Certificate(TrustError),
    SignIn(SignInError),
    Deed(DeedError),
}

impl fmt::Display for PeopleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberTaken => {
                f.write_str("この操作者番号は使われています。別の番号にしてください。番号を2人で使うことはできません。")
            }
            Self::NotFound => f.write_str("この操作者番号の人はこの端末にいません。番号を確かめてください。"),
            Self::NoAuthority => {
                f.write_str("公開の鍵がありません。権限管理の担当がサインインして行ってください。")
            }
            Self::LastAdministrator => f.write_str(
                "権限管理の担当が1人もいなくなります。先に、ほかの人を権限管理の担当に登録してください。",
            ),
            Self::NoNumbersLeft => f.write_str(
                "割り当てる番号がもうありません。9けたの番号をすべて割り当てました。開発元に相談してください。",
            ),
            Self::Second => f.write_str(
                "権限の変更と、窓口のほかの役割の登録には、もう1人の承認がいります。本人でも入力した人でもない監督の担当か権限管理の担当がサインインしてください。",
            ),
            Self::Approve(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::SignIn(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PeopleError {}

impl From<DeedError> for PeopleError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<ApproveError> for PeopleError {
    fn from(error: ApproveError) -> Self {
        match error {
            ApproveError::Deed(error) => Self::Deed(error),
            error => Self::Approve(error),
        }
    }
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl From<DoorstepError> for PeopleError {
    fn from(error: DoorstepError) -> Self {
        Self::SignIn(error.into())
    }
}

impl From<SignInError> for PeopleError {
    fn from(error: SignInError) -> Self {
        Self::SignIn(error)
    }
}

impl From<TrustError> for PeopleError {
    fn from(error: TrustError) -> Self {
        Self::Certificate(error)
    }
}

impl Office {
    /// 操作者の一覧. Colleagues are no secret to each other: anybody who has signed in may see who works here.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn operators(&self) -> Result<Vec<OperatorLine>, StoreError> {
        self.read(people::operators)
    }

    /// 個人番号の鍵を待つ人. Number handlers at this terminal who have not been handed the number key yet.
    #[must_use]
    pub fn without_number_key(&self) -> Vec<OperatorId> {
        let waiting = self.with_doorstep(|doorstep| {
            let root = PublicKey(doorstep.file.city_key);
            let waits = |slot: &&Slot| {
                let certificate = trust::read_operator(&root, &slot.credential).ok();
                let handles = certificate.is_some_and(|(_, one)| one.roles.has(Role::NumberHandler));
                handles && !slot.holds_number_key()
            };
            let slots = doorstep.file.slots.iter().filter(waits);
            Ok::<_, DoorstepError>(slots.map(|slot| slot.operator.clone()).collect())
        });
        waiting.unwrap_or_default()
    }

    /// 操作者を登録する. She has typed her password herself, beside the rights administrator. With more than the role
    /// of a clerk a second person signs ([`PeopleError::Second`]). A number handler gets the number key from another
    /// one afterwards ([`Self::grant_number_key`]).
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn enroll_operator(
        &self,
        session: &Session,
        second: Option<&Session>,
        new: &NewOperator,
        cost: Cost,
    ) -> Result<(), PeopleError> {
        let second = match needs_consent(new.roles) {
            true => Some(consenting(session, second, &new.operator)?),
            false => None,
        };
        self.deed(session, Deed::EnrollOperator, |transaction| {
            let taken = people::operators(transaction.connection())?;
            let used = taken
                .iter()
                .any(|line| line.operator == new.operator && !line.revoked);
            if used {
                return Err(PeopleError::NumberTaken);
            }
            let password = check_password(&new.password, &new.operator, &new.name)?;
            let halves = Halves::make(make_secret(&self.machine));
            let mut event = Event::new(Deed::EnrollOperator)
                .detail("operator", &new.operator.0)
                .detail("roles", codes(new.roles))
                .detail("until", new.validity.until);
            if let Some(second) = second {
                event = event.detail("consented_by", &second.operator().0);
            }
            transaction.event(event);
            self.with_doorstep(|doorstep| {
                let says = Says::Operator(certificate_of(new, &halves));
                let (credential, revision) = publish(transaction, session, doorstep, says)?;
                if let Some(second) = second {
                    decide_in(transaction, second, &[revision], &Ruling::APPROVE)?;
                }
                let certified = certified(doorstep, &credential, transaction)?;
                let keys = own_keys(session, new.roles)?;
                let lock = lock(&password, cost, &self.machine);
                let slot = Slot::make(&certified, &credential, &halves, &keys, &lock)
                    .map_err(|_| PeopleError::SignIn(SignInError::SlotDamaged))?;
                doorstep.file.put(slot);
                Ok(doorstep.keep_slots(&self.machine)?)
            })
        })
    }

    /// 権限を変える. Roles and period of an operator, with the signed consent of somebody who has signed in as the
    /// second person. Her password and keys stay.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn change_rights(
        &self,
        session: &Session,
        second: &Session,
        operator: &OperatorId,
        roles: Roles,
        validity: Validity,
    ) -> Result<(), PeopleError> {
        let second = consenting(session, Some(second), operator)?;
        self.deed(session, Deed::ChangeRights, |transaction| {
            let event = Event::new(Deed::ChangeRights)
                .detail("operator", &operator.0)
                .detail("roles", codes(roles))
                .detail("until", validity.until)
                .detail("consented_by", &second.operator().0);
            transaction.event(event);
            self.with_doorstep(|doorstep| {
                let (old, mut slot) = found(doorstep, operator)?;
                if old.roles.has(Role::RightsAdministrator) && !roles.has(Role::RightsAdministrator) {
                    keep_an_administrator(doorstep, operator)?;
                }
                let certificate = OperatorCertificate {
                    roles,
                    validity,
                    ..old
                };
                let says = Says::Operator(certificate);
                let (credential, revision) = publish(transaction, session, doorstep, says)?;
                decide_in(transaction, second, &[revision], &Ruling::APPROVE)?;
                let certified = certified(doorstep, &credential, transaction)?;
                let keys = own_keys(session, roles)?;
                slot.renew(&certified, &credential, &keys, roles)
                    .map_err(|_| PeopleError::SignIn(SignInError::SlotDamaged))?;
                doorstep.file.put(slot);
                // What she held before must not come back with an older copy of the file.
                Ok(doorstep.renew_secret(&self.machine)?)
            })
        })
    }

    /// 離任・失効. Her slot goes, the revocation is published, and the terminal secret is renewed.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn depart(
        &self,
        session: &Session,
        operator: &OperatorId,
        reason: RevocationReason,
    ) -> Result<(), PeopleError> {
        let deed = if reason == RevocationReason::Departed {
            Deed::Depart
        } else {
            Deed::RevokeOperator
        };
        self.deed(session, deed, |transaction| {
            let known = people::operators(transaction.connection())?;
            if !known
                .iter()
                .any(|line| line.operator == *operator && !line.revoked)
            {
                return Err(PeopleError::NotFound);
            }
            transaction.event(Event::new(deed).detail("operator", &operator.0));
            let from = transaction.now();
            self.with_doorstep(|doorstep| {
                keep_an_administrator(doorstep, operator)?;
                let notice = RevocationNotice {
                    whom: Revoked::Operator(operator.clone()),
                    from,
                    reason,
                };
                let credential = say(transaction, session, doorstep, Says::Revocation(notice))?;
                doorstep.file.revocations.push(credential);
                doorstep.file.slots.retain(|slot| slot.operator != *operator);
                Ok(doorstep.renew_secret(&self.machine)?)
            })
        })
    }

    /// 端末の鍵を新しくする. Where a copy of the slot file may have got about.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn renew_terminal_secret(&self, session: &Session) -> Result<(), PeopleError> {
        self.deed(session, Deed::RenewTerminalSecret, |transaction| {
            transaction.event(Event::new(Deed::RenewTerminalSecret));
            self.with_doorstep(|doorstep| Ok(doorstep.renew_secret(&self.machine)?))
        })
    }

    /// 個人番号の鍵を渡す. From one number handler to another, whose certificate says that she is one.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn grant_number_key(&self, session: &Session, operator: &OperatorId) -> Result<(), PeopleError> {
        self.deed(session, Deed::GrantNumberKey, |transaction| {
            transaction.event(
                Event::new(Deed::GrantNumberKey)
                    .detail("operator", &operator.0)
                    .individual_number_accessed(),
            );
            let keys = session.keys().ok_or(DeedError::SignedOut)?;
            let number = keys.number.as_ref().ok_or(DeedError::NotPermitted)?;
            self.with_doorstep(|doorstep| {
                let (certificate, mut slot) = found(doorstep, operator)?;
                if !certificate.roles.has(Role::NumberHandler) {
                    return Err(DeedError::NotPermitted.into());
                }
                let certified = certified(doorstep, &slot.credential.clone(), transaction)?;
                slot.grant_number_key(&certified, number)
                    .map_err(|_| PeopleError::SignIn(SignInError::SlotDamaged))?;
                doorstep.file.put(slot);
                Ok(doorstep.keep_slots(&self.machine)?)
            })
        })
    }
}

fn codes(roles: Roles) -> String {
    roles.iter().map(Role::code).collect::<Vec<_>>().join(" ")
}

/// 窓口だけの人か, or somebody whose rights need a second person.
fn needs_consent(roles: Roles) -> bool {
    roles.iter().any(|role| role != Role::Clerk)
}

/// Whoever consents may do so, and is neither the first one nor the one concerned.
fn consenting<'s>(
    session: &Session,
    second: Option<&'s Session>,
    concerned: &OperatorId,
) -> Result<&'s Session, PeopleError> {
    let may = |second: &&Session| {
        !second.has_ended()
            && rights::embedded().may(second.roles(), Deed::ApproveRights)
            && second.operator() != session.operator()
            && second.operator() != concerned
    };
    second.filter(may).ok_or(PeopleError::Second)
}

/// Publishes with the session's publishing key and the next serial of the city.
pub(in crate::office) fn say(
    transaction: &mut Transaction<'_>,
    session: &Session,
    doorstep: &mut Doorstep,
    says: Says,
) -> Result<Credential, PeopleError> {
    Ok(publish(transaction, session, doorstep, says)?.0)
}

/// [`say`], with the revision that was made of it.
fn publish(
    transaction: &mut Transaction<'_>,
    session: &Session,
    doorstep: &mut Doorstep,
    says: Says,
) -> Result<(Credential, RevisionId), PeopleError> {
    let keys = session.keys().ok_or(DeedError::SignedOut)?;
    let (publishing, publisher) = keys.publishing.as_ref().ok_or(PeopleError::NoAuthority)?;
    let serial = people::highest_serial(transaction.connection())?.max(doorstep.file.highest_serial);
    let mut authority = Authority::new(publisher.clone(), publishing, serial);
    let credential = authority.say(transaction.now(), says);
    let revision = transaction.publish(&credential)?;
    doorstep.file.highest_serial = authority.serial();
    Ok((credential, revision))
}

/// Nothing is sealed to anybody else than what this answers with.
fn certified(
    doorstep: &Doorstep,
    credential: &Credential,
    transaction: &Transaction<'_>,
) -> Result<CertifiedOperator, PeopleError> {
    let root = PublicKey(doorstep.file.city_key);
    let on = tokyo(transaction.now()).date_naive();
    Ok(trust::certify(
        &root,
        credential,
        on,
        &doorstep.file.revocations,
        0,
    )?)
}

fn found(doorstep: &Doorstep, operator: &OperatorId) -> Result<(OperatorCertificate, Slot), PeopleError> {
    let slot = doorstep.file.slot(operator).ok_or(PeopleError::NotFound)?;
    let (_, certificate) = trust::read_operator(&PublicKey(doorstep.file.city_key), &slot.credential)?;
    Ok((certificate, slot.clone()))
}

fn keep_an_administrator(doorstep: &Doorstep, leaving: &OperatorId) -> Result<(), PeopleError> {
    let root = PublicKey(doorstep.file.city_key);
    let others = doorstep
        .file
        .slots
        .iter()
        .filter(|slot| slot.operator != *leaving);
    let mut certificates = others.filter_map(|slot| trust::read_operator(&root, &slot.credential).ok());
    let kept = certificates.any(|(_, certificate)| certificate.roles.has(Role::RightsAdministrator));
    if kept {
        Ok(())
    } else {
        Err(PeopleError::LastAdministrator)
    }
}

/// What a rights administrator can hand on: never more than she has herself.
fn own_keys(session: &Session, roles: Roles) -> Result<CityKeys, PeopleError> {
    let keys = session.keys().ok_or(DeedError::SignedOut)?;
    let publishing = match (&keys.publishing_secret, roles.has(Role::RightsAdministrator)) {
        (Some(secret), true) => Some(secret.duplicate()),
        (None, true) => return Err(PeopleError::NoAuthority),
        (_, false) => None,
    };
    let number = keys
        .number
        .as_ref()
        .filter(|_| roles.has(Role::NumberHandler))
        .map(Secret::duplicate);
    Ok(CityKeys {
        database: Secret::new(*keys.database.bytes()),
        publishing,
        number,
    })
}
