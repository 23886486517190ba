//! 本文の版. A body carries kind and version; every version ever released stays readable through a pure step
//! to the newest. What is newer than this program is refused here with its own variant, so that the caller can
//! keep it and list it as 要更新.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::Kind;

/// 本文の上限, in bytes of CBOR.
pub const LONGEST_BODY: usize = 64 * 1024;

/// 本文. What a revision says, in the newest version this program writes.
pub trait Body: Serialize + DeserializeOwned {
    const KIND: Kind;
    const VERSION: u16;

    /// Reads a body of an older version and brings it up to this one. A kind with one version only needs
    /// nothing here.
    ///
    /// # Errors
    /// [`BodyError::Unreadable`] when the bytes are no such body.
    fn upcast(_version: u16, _bytes: &[u8]) -> Result<Self, BodyError> {
        Err(BodyError::Unreadable)
    }
}

/// Why a body can't be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyError {
    /// Written by a newer program.
    Newer,
    Unreadable,
    /// Over [`LONGEST_BODY`].
    TooLong,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Newer => "新しい版のプログラムで書かれています。プログラムを更新してください。",
            Self::Unreadable => {
                "記録の本文を読み取れません。記録は残してあります。管理者に連絡してください。"
            }
            Self::TooLong => "一件の記録が上限（64 KiB）を超えています。内容を分けてください。",
        })
    }
}

impl std::error::Error for BodyError {}

/// # Errors
/// [`BodyError::TooLong`] over [`LONGEST_BODY`].
pub fn encode<B: Body>(body: &B) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(body, &mut bytes).map_err(|_| BodyError::Unreadable)?;
    if bytes.len() > LONGEST_BODY {
        return Err(BodyError::TooLong);
    }
    Ok(bytes)
}

/// # Errors
/// [`BodyError`] where the body is of a newer program, too long, or no such body.
pub fn decode<B: Body>(version: u16, bytes: &[u8]) -> Result<B, BodyError> {
    if bytes.len() > LONGEST_BODY {
        return Err(BodyError::TooLong);
    }
    match version.cmp(&B::VERSION) {
        std::cmp::Ordering::Greater => Err(BodyError::Newer),
        std::cmp::Ordering::Equal => parse(bytes),
        std::cmp::Ordering::Less => B::upcast(version, bytes),
    }
}

/// For `upcast`: reads the type of an older version.
///
/// # Errors
/// [`BodyError::Unreadable`] when the bytes are no such value.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    ciborium::de::from_reader_with_recursion_limit(bytes, 32).map_err(|_| BodyError::Unreadable)
}
