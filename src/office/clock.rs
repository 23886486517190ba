//! 日時の確認. Deeds wait while the clock is not believed; a supervisor who has looked at date and time lets them go on.

use chrono::{DateTime, Utc};

use crate::{
    domain::{audit::Event, deed::Deed},
    office::{DeedError, Office, Session},
    store::{Connection, clock},
};

/// What can be done by a clock in doubt: coming in, going out, and confirming it.
const ALWAYS: &[Deed] = &[
    Deed::SignIn,
    Deed::SignOut,
    Deed::Lock,
    Deed::Unlock,
    Deed::SecondPerson,
    Deed::TakeInDoorLog,
    Deed::ConfirmClock,
];

pub(super) fn check(connection: &Connection, deed: Deed, now: DateTime<Utc>) -> Result<(), DeedError> {
    if ALWAYS.contains(&deed) {
        return Ok(());
    }
    clock::witness(connection)?.believe(now).map_err(DeedError::Clock)
}

impl Office {
    /// 日時を確認する. Date and time of this terminal count from now on.
    ///
    /// # Errors
    /// [`DeedError::NotPermitted`] for anybody but a supervisor.
    pub fn confirm_clock(&self, session: &Session) -> Result<(), DeedError> {
        self.deed(session, Deed::ConfirmClock, |transaction| {
            transaction.confirm_clock()?;
            transaction.event(Event::new(Deed::ConfirmClock));
            Ok(())
        })
    }
}
