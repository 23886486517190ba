//! 予診票の束. Paper is counted when it comes in, ticked off while it is entered, and closed with the missing
//! sheets named: no sheet is lost between sender and desk without somebody noticing.

use std::fmt;

use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::{
    domain::{
        audit::Event,
        bundle::{BundleFact, MOST_SHEETS, Receipt, RecountReason, in_words, not_entered},
        deed::Deed,
        revision::SubjectId,
    },
    office::{DeedError, Office, Session},
    store::{self, New, Parents, StoreError},
};

pub use crate::store::bundle::BundleLine;

/// Days after which an open bundle is marked on the list (setting).
pub const AGEING_DAYS: i64 = 14;
/// How long a closed bundle stays on the list.
const CLOSED_SHOWN_DAYS: i64 = 31;

/// Why a bundle was not received, recounted or closed.
#[derive(Debug)]
pub enum BundleError {
    NoSheets,
    TooManySheets,
    NumberTaken,
    UnknownSender,
    Unknown,
    /// Sheets are still open, and the clerk has not named them as missing.
    SheetsOpen(Vec<u16>),
    FutureDay,
    Deed(DeedError),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSheets => f.write_str("枚数が 0 です。紙を数えて入れてください。"),
            Self::TooManySheets => {
                write!(f, "1つの束は {MOST_SHEETS} 枚までです。分けて受領してください。")
            }
            Self::NumberTaken => {
                f.write_str("この束の番号はもう使われています。つぎの番号を使ってください。")
            }
            Self::UnknownSender => f.write_str("送付元が一覧にありません。一覧から選んでください。"),
            Self::Unknown => f.write_str("この束は受領されていません。束の一覧を読み直してください。"),
            Self::SheetsOpen(sheets) => write!(
                f,
                "{}枚 残っています（{}）。入力するか、見つからない枚として閉じてください。",
                sheets.len(),
                in_words(sheets)
            ),
            Self::FutureDay => f.write_str("受領の日が先の日付です。今日までの日にしてください。"),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BundleError {}

impl From<DeedError> for BundleError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for BundleError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// Whether a bundle has lain open longer than it should.
#[must_use]
pub fn is_ageing(bundle: &BundleLine, today: NaiveDate) -> bool {
    !bundle.is_closed && bundle.left() > 0 && (today - bundle.received_on).num_days() >= AGEING_DAYS
}

impl Office {
    /// 束の受領. Registers what was counted; the bundle's number must be new in this office.
    ///
    /// # Errors
    /// [`BundleError`]; nothing is written then.
    pub fn receive_bundle(&self, session: &Session, receipt: &Receipt) -> Result<SubjectId, BundleError> {
        match receipt.count {
            0 => return Err(BundleError::NoSheets),
            count if count > MOST_SHEETS => return Err(BundleError::TooManySheets),
            _ => {}
        }
        if receipt.received_on > self.today() {
            return Err(BundleError::FutureDay);
        }
        self.deed(session, Deed::ReceiveBundle, |transaction| {
            let connection = transaction.connection();
            if store::bundle::numbers_beginning(connection, &receipt.number)?.contains(&receipt.number) {
                return Err(BundleError::NumberTaken);
            }
            if store::code::institution(connection, &receipt.sender)?.is_none() {
                return Err(BundleError::UnknownSender);
            }
            let subject = transaction.new_subject();
            add(transaction, subject, &BundleFact::Received(receipt.clone()))?;
            transaction.event(
                Event::new(Deed::ReceiveBundle)
                    .detail("bundle", subject.0)
                    .detail("count", receipt.count),
            );
            Ok(subject)
        })
    }

    /// 数えなおし.
    ///
    /// # Errors
    /// [`BundleError`]; nothing is written then.
    pub fn recount_bundle(
        &self,
        session: &Session,
        bundle: SubjectId,
        count: u16,
        reason: RecountReason,
    ) -> Result<(), BundleError> {
        if count > MOST_SHEETS {
            return Err(BundleError::TooManySheets);
        }
        self.deed(session, Deed::ReceiveBundle, |transaction| {
            let known = store::bundle::bundle(transaction.connection(), bundle)?;
            let known = known.ok_or(BundleError::Unknown)?;
            add(transaction, bundle, &BundleFact::Recounted { count, reason })?;
            transaction.event(
                Event::new(Deed::ReceiveBundle)
                    .detail("bundle", bundle.0)
                    .detail("count", count)
                    .detail("count_before", known.count)
                    .detail("reason", reason.code()),
            );
            Ok(())
        })
    }

    /// 束を閉じる. Sheets nobody has entered must be named as missing, all of them.
    ///
    /// # Errors
    /// [`BundleError::SheetsOpen`] with the numbers that are neither entered nor named.
    pub fn close_bundle(
        &self,
        session: &Session,
        bundle: SubjectId,
        missing: &[u16],
    ) -> Result<(), BundleError> {
        self.deed(session, Deed::CloseBundle, |transaction| {
            let connection = transaction.connection();
            let known = store::bundle::bundle(connection, bundle)?.ok_or(BundleError::Unknown)?;
            let open = not_entered(known.count, &store::bundle::entered_sheets(connection, bundle)?);
            let unnamed: Vec<u16> = open
                .iter()
                .copied()
                .filter(|sheet| !missing.contains(sheet))
                .collect();
            if !unnamed.is_empty() {
                return Err(BundleError::SheetsOpen(unnamed));
            }
            add(
                transaction,
                bundle,
                &BundleFact::Closed {
                    missing: open.clone(),
                },
            )?;
            transaction.event(
                Event::new(Deed::CloseBundle)
                    .detail("bundle", bundle.0)
                    .detail("missing", open.len())
                    .detail("entered", known.entered),
            );
            Ok(())
        })
    }

    /// 束の一覧. Open ones first, the oldest at the top; then those closed lately.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn bundles(&self) -> Result<Vec<BundleLine>, StoreError> {
        let since = self.today() - TimeDelta::days(CLOSED_SHOWN_DAYS);
        self.read(|connection| store::bundle::bundles(connection, since))
    }

    /// The sheets of a bundle nobody has entered yet.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn open_sheets(&self, bundle: SubjectId) -> Result<Vec<u16>, StoreError> {
        self.read(|connection| {
            let Some(known) = store::bundle::bundle(connection, bundle)? else {
                return Ok(Vec::new());
            };
            Ok(not_entered(
                known.count,
                &store::bundle::entered_sheets(connection, bundle)?,
            ))
        })
    }

    /// つぎの束の番号: the year of the era and the next running number, `R8-0413`.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn next_bundle_number(&self) -> Result<String, StoreError> {
        let year = self.today().year() - 2018;
        let start = format!("R{year}-");
        let numbers = self.read(|connection| store::bundle::numbers_beginning(connection, &start))?;
        let running = |number: &String| {
            number
                .strip_prefix(&start)
                .and_then(|rest| rest.parse::<u32>().ok())
        };
        let last = numbers.iter().filter_map(running).max().unwrap_or(0);
        Ok(format!("{start}{:04}", last + 1))
    }
}

fn add(
    transaction: &mut store::Transaction<'_>,
    bundle: SubjectId,
    fact: &BundleFact,
) -> Result<(), StoreError> {
    transaction.append(New {
        subject: bundle,
        about: None,
        body: fact,
        parents: Parents::None,
    })?;
    Ok(())
}
