//! 券と人をさがす. Finds the person a sheet is for, by the voucher's number or as chosen from a search, and says
//! what must be known before anything is keyed. Seeing a person is a deed with its own event.

use std::fmt;

use chrono::NaiveDate;

use super::people::{Recipient, recipient};
use crate::{
    domain::{
        audit::Event,
        date::short,
        deed::Deed,
        record::DoseNumber,
        revision::SubjectId,
        voucher::{VoucherNumber, VoucherNumberError},
    },
    office::{DeedError, Office, Session},
    store::{
        Connection, StoreError,
        voucher::{self, VoucherLine},
    },
};

/// 券から見つかった人.
#[derive(Clone, PartialEq)]
pub struct VoucherFound {
    pub number: String,
    pub programme: String,
    pub dose: DoseNumber,
    pub issued_on: Option<NaiveDate>,
    /// What stands beside the number: for what, when issued, whether used.
    pub says: String,
    pub recipient: Recipient,
}

impl fmt::Debug for VoucherFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherFound(…)")
    }
}

/// Why nobody was found for a sheet.
#[derive(Debug)]
pub enum LookUpError {
    /// Not ten digits, or a wrong check digit.
    Number(VoucherNumberError),
    /// No voucher of this number was issued here.
    NotIssued,
    /// 無効. With the day and the number that replaces it.
    Void {
        on: NaiveDate,
        by: Option<String>,
    },
    /// One number was issued twice.
    IssuedTwice,
    /// The register doesn't know this person (any more).
    Unknown,
    Deed(DeedError),
}

impl fmt::Display for LookUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(VoucherNumberError::CheckDigit) => {
                f.write_str("検査数字が合いません。10けたをもう一度見てください。")
            }
            Self::Number(error) => error.fmt(f),
            Self::NotIssued => f.write_str("この番号の券は発行していません。F9 で人をさがしてください。"),
            Self::Void { on, by: Some(by) } => write!(
                f,
                "この券は無効です（{} 再発行）。新しい券は {} です。",
                short(*on),
                in_groups(by)
            ),
            Self::Void { on, by: None } => {
                write!(
                    f,
                    "この券は無効です（{}）。F9 で人をさがしてください。",
                    short(*on)
                )
            }
            Self::IssuedTwice => f.write_str("同じ番号の券が2枚あります。F3 で疑義へ回してください。"),
            Self::Unknown => {
                f.write_str("この方は台帳にいません。F9 でさがし直すか、F3 で疑義へ回してください。")
            }
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LookUpError {}

impl From<DeedError> for LookUpError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for LookUpError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// 「000 419 806 4」.
#[must_use]
pub fn in_groups(number: &str) -> String {
    match (
        number.get(..3),
        number.get(3..6),
        number.get(6..9),
        number.get(9..),
    ) {
        (Some(a), Some(b), Some(c), Some(d)) => format!("{a} {b} {c} {d}"),
        _ => number.to_owned(),
    }
}

impl Office {
    /// 券番号から人を開く.
    ///
    /// # Errors
    /// [`LookUpError`]: each has its sentence beside the field.
    pub fn open_voucher(&self, session: &Session, text: &str) -> Result<VoucherFound, LookUpError> {
        let number = VoucherNumber::parse(text).map_err(LookUpError::Number)?;
        self.deed(session, Deed::ViewPerson, |transaction| {
            let found = found(transaction.connection(), &number)?;
            let event = Event::new(Deed::ViewPerson).about(found.recipient.person);
            transaction.event(event.detail("from", "voucher"));
            Ok(found)
        })
    }

    /// 入力する人を開く. The person chosen from a search (F9), with her records.
    ///
    /// # Errors
    /// [`LookUpError`].
    pub fn open_recipient(&self, session: &Session, person: SubjectId) -> Result<Recipient, LookUpError> {
        self.deed(session, Deed::ViewPerson, |transaction| {
            let found = recipient(transaction.connection(), person)?.ok_or(LookUpError::Unknown)?;
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(person)
                    .detail("from", "intake"),
            );
            Ok(found)
        })
    }
}

fn found(connection: &Connection, number: &VoucherNumber) -> Result<VoucherFound, LookUpError> {
    let line = voucher::voucher(connection, number.as_str())?.ok_or(LookUpError::NotIssued)?;
    if line.is_issued_twice {
        return Err(LookUpError::IssuedTwice);
    }
    if let Some((on, _)) = line.void {
        let all = voucher::vouchers_of(connection, line.person)?;
        let by = all
            .into_iter()
            .find(|other| other.replaces.as_deref() == Some(number.as_str()));
        return Err(LookUpError::Void {
            on,
            by: by.map(|other| other.number),
        });
    }
    let dose = DoseNumber::parse(&line.dose).map_err(|_| LookUpError::NotIssued)?;
    Ok(VoucherFound {
        number: line.number.clone(),
        says: says(&line, dose),
        programme: line.programme,
        dose,
        issued_on: line.issued_on,
        recipient: recipient(connection, line.person)?.ok_or(LookUpError::Unknown)?,
    })
}

fn says(line: &VoucherLine, dose: DoseNumber) -> String {
    let issued = line
        .issued_on
        .map(|on| format!("{} 発行　", short(on)))
        .unwrap_or_default();
    let state = if line.is_used { "使用ずみ" } else { "有効" };
    format!(
        "検査数字 正しい　{}　{issued}{state}",
        super::catalogue::dose_label(&line.programme, dose)
    )
}
