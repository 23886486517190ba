//! 権限の確認. Whether this session may do this deed now, by the table of rights. Asked before a deed and again
//! inside its transaction, where a right taken away meanwhile shows.

use chrono::{DateTime, Utc};

use crate::{
    domain::deed::Deed,
    office::{DeedError, Session},
    rules::rights,
    store::{Connection, people},
};

pub(super) fn check(
    connection: &Connection,
    session: &Session,
    deed: Deed,
    now: DateTime<Utc>,
) -> Result<(), DeedError> {
    if session.has_ended() {
        return Err(DeedError::SignedOut);
    }
    if !rights::embedded().may(session.roles(), deed) {
        return Err(DeedError::NotPermitted);
    }
    if people::is_revoked(connection, session.operator(), now)? {
        return Err(DeedError::NotPermitted);
    }
    Ok(())
}
