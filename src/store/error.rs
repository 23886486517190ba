//! 台帳の断り. What the store can answer instead of a result: each variant is a decision the caller can make, and
//! its sentence says what happened and what to do. Nothing of a person stands in any of them.

use std::fmt;

use rusqlite::{ErrorCode, ffi};

use crate::domain::revision::BodyError;

/// Why the store did not do it. Nothing is half written: the transaction is rolled back.
#[derive(Debug)]
pub enum StoreError {
    DiskFull,
    /// The disk did not take it for another reason: a quota, a line cut.
    Unwritable,
    /// Another program holds the database.
    Busy,
    /// A page of the file does not carry the digest it was written with.
    Damaged,
    /// The subject holds revisions of a newer program, so that nothing may be added here.
    NeedsUpdate,
    /// More than 16 parents, a body over 64 KiB, or a number out of its range.
    TooLarge,
    Body(BodyError),
    /// A received revision whose id is not the one its fields have.
    Malformed,
    /// A deed ended without an event.
    NoEvent,
    Sql(rusqlite::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DiskFull => f.write_str(
                "ディスクの空きがないため書き込めませんでした。何も変わっていません。空きを作ってから、もう一度行ってください。",
            ),
            Self::Unwritable => f.write_str(
                "ディスクに書き込めませんでした。何も変わっていません。ディスクの空きと接続を確かめてから、もう一度行ってください。",
            ),
            Self::Busy => f.write_str(
                "ほかのプログラムがデータベースを使っています。少し待ってから、もう一度行ってください。",
            ),
            Self::Damaged => f.write_str(
                "データベースのファイルが壊れています。何も消していません。使うのをやめ、管理者に連絡してください（madoguchi-admin doctor）。",
            ),
            Self::NeedsUpdate => f.write_str(
                "新しい版で書かれた記録があるため、この端末では書き込めません。プログラムを更新してください。",
            ),
            Self::TooLarge => {
                f.write_str("一件の記録が上限を超えています。内容を分けて、もう一度行ってください。")
            }
            Self::Body(error) => error.fmt(f),
            Self::Malformed => {
                f.write_str("受け取った記録の形が整っていません。取り込まずに、送り元に確かめてください。")
            }
            Self::NoEvent => f.write_str(
                "操作履歴のない操作のため、取りやめました。何も変わっていません。管理者に連絡してください。",
            ),
            Self::Sql(_) => f.write_str(
                "データベースの操作ができませんでした。何も変わっていません。管理者に連絡してください。",
            ),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sql(error) => Some(error),
            Self::Body(error) => Some(error),
            _ => None,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::SystemIoFailure) if is_writing(&error) => Self::Unwritable,
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Self::Unwritable,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure) => {
                Self::Damaged
            }
            _ => Self::Sql(error),
        }
    }
}

impl From<BodyError> for StoreError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLong => Self::TooLarge,
            other => Self::Body(other),
        }
    }
}

fn is_writing(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(
            error.extended_code,
            ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_FSYNC
                | ffi::SQLITE_IOERR_DIR_FSYNC
                | ffi::SQLITE_IOERR_TRUNCATE
                | ffi::SQLITE_IOERR_SHMOPEN
                | ffi::SQLITE_IOERR_SHMSIZE
                | ffi::SQLITE_IOERR_SHMMAP
        )
    })
}
