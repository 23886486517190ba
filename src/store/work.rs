//! 待っている仕事の照会. How much of each kind of work waits, in counts alone: nobody's name is read for it. Each count
//! has an index of its own, so that the rail can ask every few seconds.

use rusqlite::{Connection, params};

use crate::{domain::revision::OperatorId, store::StoreError};

/// Counts of waiting work.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    /// 承認待ち, entered by others.
    pub approvals: u32,
    /// 承認待ち, entered by the person who asks; others approve them.
    pub own_approvals: u32,
    /// 疑義の照会.
    pub held: u32,
    /// 未反映・要更新.
    pub unprojected: u32,
    /// Events of today by the person who asks that entered a sheet.
    pub entered_today: u32,
}

/// The counts for one operator; `midnight` is the start of today in milliseconds since 1970.
///
/// # Errors
/// The database can't be read.
pub fn counts(connection: &Connection, operator: &OperatorId, midnight: i64) -> Result<Counts, StoreError> {
    let (approvals, own_approvals) = connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE operator <> ?1), count(*) FILTER (WHERE operator = ?1)
             FROM vaccination_records INDEXED BY vaccination_records_waiting
             WHERE is_head = 1 AND approval = 'waiting' AND is_shown = 1
               AND NOT EXISTS (SELECT 1 FROM approval_standings AS standing
                               WHERE standing.revision = vaccination_records.revision
                                 AND standing.standing = 'returned')",
        )?
        .query_row(params![operator.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let held = connection
        .prepare_cached(
            "SELECT count(*) FROM questionnaires INDEXED BY questionnaires_held
             WHERE hold IS NOT NULL AND is_head = 1 AND is_shown = 1 AND is_cancelled = 0",
        )?
        .query_row([], |row| row.get(0))?;
    let unprojected = connection
        .prepare_cached("SELECT count(*) FROM unprojected")?
        .query_row([], |row| row.get(0))?;
    let entered_today = connection
        .prepare_cached(
            "SELECT count(*) FROM vaccination_records INDEXED BY vaccination_records_entered
             WHERE is_head = 1 AND source <> 'historical' AND updated_at >= ?2 AND operator = ?1",
        )?
        .query_row(params![operator.0, midnight], |row| row.get(0))?;
    Ok(Counts {
        approvals,
        own_approvals,
        held,
        unprojected,
        entered_today,
    })
}
