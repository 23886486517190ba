//! 待っている仕事. What waits for whoever sits here: counts for the rail, lines for ホーム. Reading it is no deed, since
//! nobody's data is in it.

use chrono::{FixedOffset, NaiveTime};

use crate::{
    office::{Office, Session, witness::LostTail},
    store::{StoreError, bundle::BundleLine, work},
};

/// 仕事の種類, as the rail counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Sheets of open bundles.
    Sheets,
    /// Records of others to be approved.
    Approvals,
    None,
}

/// 待っている仕事.
#[derive(Clone, Default, Debug)]
pub struct Waiting {
    /// The open bundles, oldest first, then those closed lately.
    pub bundles: Vec<BundleLine>,
    pub approvals: u32,
    pub own_approvals: u32,
    pub held: u32,
    pub unprojected: u32,
    pub entered_today: u32,
    /// What the database has lost.
    pub lost: Option<LostTail>,
}

impl Waiting {
    /// Sheets of open bundles that are not yet entered.
    #[must_use]
    pub fn sheets(&self) -> u32 {
        self.bundles
            .iter()
            .filter(|bundle| !bundle.is_closed)
            .map(|bundle| u32::from(bundle.left()))
            .sum()
    }

    /// The count of one kind; none where that kind isn't counted.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Sheets => Some(self.sheets()),
            Kind::Approvals => Some(self.approvals),
            Kind::None => None,
        }
    }
}

impl Office {
    /// 待っている仕事.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn waiting(&self, session: &Session) -> Result<Waiting, StoreError> {
        let japan = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
        let midnight = self
            .machine()
            .now()
            .with_timezone(&japan)
            .with_time(NaiveTime::MIN);
        let midnight = midnight.earliest().map_or(0, |at| at.timestamp_millis());
        let bundles = self.bundles()?;
        let counts = self.read(|connection| work::counts(connection, session.operator(), midnight))?;
        Ok(Waiting {
            bundles,
            approvals: counts.approvals,
            own_approvals: counts.own_approvals,
            held: counts.held,
            unprojected: counts.unprojected,
            entered_today: counts.entered_today,
            lost: self.lost_tail(),
        })
    }
}
