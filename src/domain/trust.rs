//! 信頼の起点. What the city says about its operators, terminals and revocations, and the signed envelope in
//! which it says it: the city key endorses a yearly publishing key, the publishing key signs the statements.
//! Serials only rise. Signing and checking are `seal/trust`; which revisions carry credentials is `store`.

use crate::domain::{
    operator::{Roles, Validity},
    revision::{Body, Kind, OperatorId, TerminalId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// バイト列. Written as a byte string, not as a list of numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets(pub Vec<u8>);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({} bytes)", self.0.len())
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Octets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a byte string")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Octets, E> {
                Ok(Octets(bytes.to_vec()))
            }

            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Octets, E> {
                Ok(Octets(bytes))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Octets, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = items.next_element()? {
                    bytes.push(byte);
                }
                Ok(Octets(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// 公開鍵の証明. The city key says which key publishes in this year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublisherCertificate {
    /// Ed25519, 32 bytes.
    pub key: [u8; 32],
    pub validity: Validity,
}

/// 操作者の証明.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorCertificate {
    pub operator: OperatorId,
    /// As the screens show it.
    pub name: String,
    /// X25519, as age writes it.
    pub sealing_key: String,
    /// Ed25519, 32 bytes.
    pub signing_key: [u8; 32],
    pub roles: Roles,
    /// Empty: every terminal of the city.
    pub terminals: Vec<TerminalId>,
    pub validity: Validity,
}

impl fmt::Debug for OperatorCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorCertificate")
            .field("operator", &self.operator)
            .field("roles", &self.roles)
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

/// 番号の種類. What is numbered once and for all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberSeries {
    Voucher,
    Certificate,
}

impl NumberSeries {
    pub const fn code(self) -> &'static str {
        match self {
            NumberSeries::Voucher => "voucher",
            NumberSeries::Certificate => "certificate",
        }
    }
}

/// 番号の割当て. Running numbers `first ..= last`, without check digit; no other terminal holds them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NumberBlock {
    pub series: NumberSeries,
    pub first: u64,
    pub last: u64,
}

/// 端末の証明.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TerminalCertificate {
    pub terminal: TerminalId,
    /// The office where it stands, e.g. 小名浜.
    pub office: String,
    /// X25519, as age writes it.
    pub sealing_key: String,
    /// Ed25519, 32 bytes.
    pub signing_key: [u8; 32],
    /// Codes of the districts whose residents it may hold. Empty: all.
    pub districts: Vec<String>,
    /// Codes of the kinds it may not write. 住民 and 世帯 stand here where the feed is read elsewhere.
    pub barred_kinds: Vec<String>,
    pub blocks: Vec<NumberBlock>,
    pub validity: Validity,
}

/// 失効のわけ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// 離任.
    Departed,
    /// 紛失.
    Lost,
    /// 漏えいのおそれ.
    Exposed,
    /// 登録しなおし.
    Replaced,
}

/// 失効するもの.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoked {
    Operator(OperatorId),
    Terminal(TerminalId),
}

/// 失効. What was signed before the instant stays valid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RevocationNotice {
    pub whom: Revoked,
    pub from: DateTime<Utc>,
    pub reason: RevocationReason,
}

/// 市が言うこと.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    Publisher(PublisherCertificate),
    Operator(OperatorCertificate),
    Terminal(TerminalCertificate),
    Revocation(RevocationNotice),
}

/// 証明の中身. What is signed, as deterministic CBOR.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Rises with everything the city says; the newest about one subject counts.
    pub serial: u64,
    pub issued_at: DateTime<Utc>,
    pub says: Says,
}

/// 署名つきの文. The bytes of a [`Statement`] and 64 bytes of signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signed {
    pub statement: Octets,
    pub signature: Octets,
}

/// 証明書（鍵の）. A statement signed by a publishing key, with the city key's word for that key, so that it can
/// be checked by whoever knows the city key and nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Credential {
    pub publisher: Signed,
    pub certificate: Signed,
}

macro_rules! published {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
            pub struct $name(pub Credential);

            impl Body for $name {
                const KIND: Kind = Kind::$kind;
                const VERSION: u16 = 1;
            }
        )*
    };
}

published! {
    /// 操作者の公開. The subject is derived from the operator's number.
    PublishedOperator = Operator;
    /// 端末の公開. The subject is derived from the terminal's number.
    PublishedTerminal = Terminal;
    /// 失効の公開. The subject is derived from whom it revokes.
    PublishedRevocation = Revocation;
}
