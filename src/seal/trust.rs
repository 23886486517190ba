//! 証明書（鍵の）を作り、確かめる. The publishing key signs statements, the city key stands behind it; what is
//! not vouched for is no key of ours. A key is sealed to a [`CertifiedOperator`] and to nothing else, and one
//! can be had only by checking a credential.

use crate::{
    domain::{
        approval::{Approval, Consented, Void},
        revision::OperatorId,
        trust::{
            Credential, Octets, OperatorCertificate, PublisherCertificate, RevocationNotice, Revoked, Says,
            Signed, Statement, TerminalCertificate,
        },
    },
    seal::{
        sealing::{SealError, SealingKey},
        signature::{Context, PrivateKey, PublicKey},
    },
};
use chrono::NaiveDate;
use std::fmt;

const LONGEST_STATEMENT: usize = 16 * 1024;

/// 証明書が通らないわけ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrustError {
    /// No signature of this city stands under it.
    NotOurs,
    /// The publishing key was not valid when it signed.
    PublisherLapsed,
    /// It says something else than asked for.
    OtherStatement,
    /// Before its first or after its last day.
    Lapsed,
    /// 失効.
    Revoked,
    /// A newer one is known already: serials only rise.
    Older,
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrustError::NotOurs => "この市の証明がない鍵です。使いません。権限管理の担当に確かめてください。",
            TrustError::PublisherLapsed => {
                "証明した鍵の期間が終わっています。責任者2人で公開鍵を更新してください。"
            }
            TrustError::OtherStatement => "別のものの証明です。正しい証明を受け取りなおしてください。",
            TrustError::Lapsed => "証明の期間の外です。権限管理の担当に更新を頼んでください。",
            TrustError::Revoked => "失効した証明です。使いません。権限管理の担当に確かめてください。",
            TrustError::Older => "もっと新しい証明があります。新しいほうを使ってください。",
        })
    }
}

impl std::error::Error for TrustError {}

/// 市が証明した操作者. The only thing a key can be sealed to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertifiedOperator {
    certificate: OperatorCertificate,
}

impl CertifiedOperator {
    pub fn certificate(&self) -> &OperatorCertificate {
        &self.certificate
    }

    /// 鍵を封印する. Only she opens it.
    pub fn seal(&self, key: &[u8]) -> Result<Vec<u8>, SealError> {
        SealingKey::parse(&self.certificate.sealing_key)?.seal(key)
    }
}

fn write(statement: &Statement) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(statement, &mut bytes).expect("writing to memory can't go wrong");
    bytes
}

fn sign(key: &PrivateKey, context: Context, statement: &Statement) -> Signed {
    let bytes = write(statement);
    let signature = key.sign(context, &bytes);
    Signed {
        statement: Octets(bytes),
        signature: Octets(signature.to_vec()),
    }
}

fn open(key: &PublicKey, context: Context, signed: &Signed) -> Result<Statement, TrustError> {
    let bytes = &signed.statement.0;
    if bytes.len() > LONGEST_STATEMENT {
        return Err(TrustError::NotOurs);
    }
    key.verify(context, bytes, &signed.signature.0)
        .map_err(|_| TrustError::NotOurs)?;
    ciborium::de::from_reader_with_recursion_limit(bytes.as_slice(), 16)
        .map_err(|_| TrustError::OtherStatement)
}

/// 公開鍵を証明する. The city key's word for a year's publishing key.
pub fn endorse(
    city: &PrivateKey,
    serial: u64,
    at: chrono::DateTime<chrono::Utc>,
    key: PublisherCertificate,
) -> Signed {
    sign(
        city,
        Context::Publisher,
        &Statement {
            serial,
            issued_at: at,
            says: Says::Publisher(key),
        },
    )
}

/// 公開する. Signs a statement with the publishing key and puts the city's word for that key beside it.
pub fn publish(key: &PrivateKey, publisher: &Signed, statement: &Statement) -> Credential {
    Credential {
        publisher: publisher.clone(),
        certificate: sign(key, Context::Certificate, statement),
    }
}

/// 公開鍵の証明を読む.
pub fn read_publisher(root: &PublicKey, publisher: &Signed) -> Result<PublisherCertificate, TrustError> {
    match open(root, Context::Publisher, publisher)?.says {
        Says::Publisher(certificate) => Ok(certificate),
        _ => Err(TrustError::OtherStatement),
    }
}

/// 証明を読む. What the city said, checked down to the city key `root`.
pub fn read(root: &PublicKey, credential: &Credential) -> Result<Statement, TrustError> {
    let publisher = read_publisher(root, &credential.publisher)?;
    let statement = open(
        &PublicKey(publisher.key),
        Context::Certificate,
        &credential.certificate,
    )?;
    let issued_on = (statement.issued_at + chrono::TimeDelta::hours(9)).date_naive();
    if !publisher.validity.holds(issued_on) {
        return Err(TrustError::PublisherLapsed);
    }
    match statement.says {
        // A publishing key can't make publishing keys.
        Says::Publisher(_) => Err(TrustError::OtherStatement),
        _ => Ok(statement),
    }
}

/// 操作者の証明を読む.
pub fn read_operator(
    root: &PublicKey,
    credential: &Credential,
) -> Result<(u64, OperatorCertificate), TrustError> {
    let statement = read(root, credential)?;
    match statement.says {
        Says::Operator(certificate) => Ok((statement.serial, certificate)),
        _ => Err(TrustError::OtherStatement),
    }
}

/// 端末の証明を読む.
pub fn read_terminal(
    root: &PublicKey,
    credential: &Credential,
) -> Result<(u64, TerminalCertificate), TrustError> {
    let statement = read(root, credential)?;
    match statement.says {
        Says::Terminal(certificate) => Ok((statement.serial, certificate)),
        _ => Err(TrustError::OtherStatement),
    }
}

/// 失効の知らせを読む.
pub fn read_revocation(root: &PublicKey, credential: &Credential) -> Result<RevocationNotice, TrustError> {
    match read(root, credential)?.says {
        Says::Revocation(notice) => Ok(notice),
        _ => Err(TrustError::OtherStatement),
    }
}

/// 鍵を渡してよい相手か. Ours, valid on the day, not revoked, and not older than the newest one known.
pub fn certify(
    root: &PublicKey,
    credential: &Credential,
    on: NaiveDate,
    revocations: &[Credential],
    newest_serial: u64,
) -> Result<CertifiedOperator, TrustError> {
    let (serial, certificate) = read_operator(root, credential)?;
    if serial < newest_serial {
        return Err(TrustError::Older);
    }
    if !certificate.validity.holds(on) {
        return Err(TrustError::Lapsed);
    }
    if is_revoked(root, &certificate.operator, serial, revocations) {
        return Err(TrustError::Revoked);
    }
    Ok(CertifiedOperator { certificate })
}

/// A revocation bars every credential with a serial below its own: a person may be enrolled anew later.
fn is_revoked(root: &PublicKey, operator: &OperatorId, serial: u64, revocations: &[Credential]) -> bool {
    revocations.iter().any(|revocation| match read(root, revocation) {
        Ok(Statement {
            serial: revoked_at,
            says: Says::Revocation(notice),
            ..
        }) => notice.whom == Revoked::Operator(operator.clone()) && serial < revoked_at,
        _ => false,
    })
}

/// 承認に署名する.
pub fn sign_approval(key: &PrivateKey, credential: &Credential, consented: Consented) -> Approval {
    let signature = Octets(key.sign(Context::Approval, &consented.message()).to_vec());
    Approval {
        consented,
        credential: credential.clone(),
        signature,
    }
}

/// 承認の署名を確かめる. Down to the city key; what it is worth is decided by `domain::approval`.
///
/// # Errors
/// [`Void::Unsigned`] or [`Void::NotCertified`].
pub fn check_approval(root: &PublicKey, approval: &Approval) -> Result<(u64, OperatorCertificate), Void> {
    let (serial, certificate) = match read_operator(root, &approval.credential) {
        Ok(read) => read,
        Err(TrustError::PublisherLapsed) => return Err(Void::NotCertified),
        Err(_) => return Err(Void::Unsigned),
    };
    PublicKey(certificate.signing_key)
        .verify(
            Context::Approval,
            &approval.consented.message(),
            &approval.signature.0,
        )
        .map_err(|_| Void::Unsigned)?;
    if certificate.operator != approval.consented.approver || !approval.consented.is_well_formed() {
        return Err(Void::Unsigned);
    }
    Ok((serial, certificate))
}

#[cfg(test)]
#[path = "trust/tests.rs"]
mod tests;
