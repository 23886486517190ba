//! 市の設定の照会. The published settings, with who published them and when.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    domain::{city::CitySettings, revision::OperatorId},
    store::StoreError,
};

/// 公開されている設定.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedSettings {
    pub settings: CitySettings,
    pub published_by: OperatorId,
    pub published_at: DateTime<Utc>,
}

/// The settings that hold now; none where none have been published.
///
/// # Errors
/// The database can't be read.
pub fn settings(connection: &Connection) -> Result<Option<PublishedSettings>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT settings, published_by, published_at FROM city_settings ORDER BY serial DESC LIMIT 1",
    )?;
    let row = statement
        .query_row([], |row| {
            let text: String = row.get("settings")?;
            let settings = serde_json::from_str(&text).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
            })?;
            Ok(PublishedSettings {
                settings,
                published_by: OperatorId(row.get("published_by")?),
                published_at: DateTime::from_timestamp_millis(row.get("published_at")?).unwrap_or_default(),
            })
        })
        .optional()?;
    Ok(row)
}
