//! 移行の記録. Takes records over from an older system or makes them for the demo city, many in one transaction.
//! They need no approval, say where they come from, and are the same revisions on every terminal.

use crate::{
    domain::{record::VaccinationRecord, revision::SubjectId},
    store::{New, Parents, StoreError, Transaction},
};

/// 移行する1件.
#[derive(Clone, Debug)]
pub struct HistoricalRecord {
    pub person: SubjectId,
    /// With `Source::Historical`, or another source that is not this city's paper.
    pub body: VaccinationRecord,
}

impl HistoricalRecord {
    /// The subject follows from person, programme, dose and day, so that taking over twice is once.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        let body = &self.body;
        let key = format!(
            "{}/{}/{}/{}",
            self.person.0,
            body.programme,
            body.dose.code(),
            body.vaccinated_on
        );
        SubjectId::derived("vaccination_record", &key)
    }
}

/// 記録を移行する. Inside a deed of the caller, who adds the event; a few thousand at once are well.
///
/// # Errors
/// Why the store can't take them.
pub fn add_history(
    transaction: &mut Transaction<'_>,
    records: &[HistoricalRecord],
) -> Result<(), StoreError> {
    for record in records {
        transaction.append(New {
            subject: record.subject(),
            about: Some(record.person),
            body: &record.body,
            parents: Parents::None,
        })?;
    }
    Ok(())
}
