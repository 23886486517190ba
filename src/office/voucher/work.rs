//! 接種券の仕事. What a supervisor looks through at the end of the day: single sheets that went out at the counter
//! without release; and what a person has to settle: vouchers that contradict each other.

use std::fmt;

use super::VoucherError;
use crate::{
    domain::{audit::Event, deed::Deed},
    office::{Office, Session},
    store::{
        Connection, StoreError, resident,
        voucher::{self, VoucherLine},
    },
};

/// Lines of one list.
const MOST: usize = 200;

/// 数. Without anybody's name; for ホーム.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct VoucherWork {
    pub issued_today: u32,
    pub contradicting: u32,
}

/// 券と人.
#[derive(Clone)]
pub struct NamedVoucher {
    pub line: VoucherLine,
    pub name: String,
}

impl fmt::Debug for NamedVoucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NamedVoucher(…)")
    }
}

/// 接種券の一覧.
#[derive(Clone, Debug, Default)]
pub struct VoucherLists {
    /// At the counter today, without release, in the order of issue.
    pub issued_today: Vec<NamedVoucher>,
    pub contradicting: Vec<NamedVoucher>,
}

impl Office {
    /// How much there is of both. Too slow for the rail, quick enough for a screen that opens.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn voucher_work(&self) -> Result<VoucherWork, StoreError> {
        let today = self.today();
        self.read(|connection| {
            Ok(VoucherWork {
                issued_today: voucher::issued_at_counter(connection, today)?.len() as u32,
                contradicting: voucher::contradictions(connection)?.len() as u32,
            })
        })
    }

    /// 接種券の一覧を見る. The first 200 of each, with names; seeing them is a deed.
    ///
    /// # Errors
    /// [`VoucherError`].
    pub fn voucher_lists(&self, session: &Session) -> Result<VoucherLists, VoucherError> {
        let today = self.today();
        let (issued, odd) = self.read(|connection| {
            let odd = voucher::contradictions(connection)?;
            let odd = odd.into_iter().take(MOST);
            let odd: Result<Vec<_>, StoreError> = odd
                .map(|subject| voucher::of_subject(connection, subject))
                .collect();
            Ok((voucher::issued_at_counter(connection, today)?, odd?))
        })?;
        self.deed(session, Deed::ViewPerson, |transaction| {
            let connection = transaction.connection();
            let issued_today = named(connection, issued.into_iter().take(MOST))?;
            let contradicting = named(connection, odd.into_iter().flatten())?;
            let mut event = Event::new(Deed::ViewPerson)
                .detail("from", "voucher_lists")
                .detail("count", issued_today.len() + contradicting.len());
            event.about = issued_today
                .iter()
                .chain(&contradicting)
                .take(50)
                .map(|voucher| voucher.line.person)
                .collect();
            transaction.event(event);
            Ok(VoucherLists {
                issued_today,
                contradicting,
            })
        })
    }
}

fn named(
    connection: &Connection,
    lines: impl Iterator<Item = VoucherLine>,
) -> Result<Vec<NamedVoucher>, StoreError> {
    lines
        .map(|line| {
            let card = resident::line(connection, line.person)?;
            Ok(NamedVoucher {
                name: card.map_or_else(String::new, |card| card.name),
                line,
            })
        })
        .collect()
}
