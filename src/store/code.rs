//! コード表の照会. Institutions to choose from by typing, and the lots of a product with the last day each may be
//! used.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::store::{StoreError, record::day_at};

/// 医療機関の1行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstitutionLine {
    pub code: String,
    pub name: String,
    pub kana: String,
    pub area: String,
    pub physicians: Vec<String>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// ロットの1行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LotLine {
    pub lot_number: String,
    pub expires_on: NaiveDate,
}

/// All institutions, by reading. A city has a few hundred.
///
/// # Errors
/// The database can't be read.
pub fn institutions(connection: &Connection) -> Result<Vec<InstitutionLine>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM institutions ORDER BY kana, code")?;
    let rows = statement.query_map([], institution_line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// # Errors
/// The database can't be read.
pub fn institution(connection: &Connection, code: &str) -> Result<Option<InstitutionLine>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM institutions WHERE code = ?1 ORDER BY subject")?;
    Ok(statement.query_row([code], institution_line).optional()?)
}

/// The known lots of a product, newest first.
///
/// # Errors
/// The database can't be read.
pub fn lots_of(connection: &Connection, product: &str) -> Result<Vec<LotLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT lot_number, expires_on FROM lots WHERE product = ?1 ORDER BY expires_on DESC, lot_number",
    )?;
    let rows = statement.query_map([product], |row| {
        Ok(LotLine {
            lot_number: row.get("lot_number")?,
            expires_on: day_at(row, "expires_on")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn institution_line(row: &Row<'_>) -> rusqlite::Result<InstitutionLine> {
    let physicians: String = row.get("physicians")?;
    let day = |column: &str| -> rusqlite::Result<Option<NaiveDate>> {
        Ok(row
            .get::<_, Option<String>>(column)?
            .and_then(|day| day.parse().ok()))
    };
    Ok(InstitutionLine {
        code: row.get("code")?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        area: row.get("area")?,
        physicians: physicians.lines().map(str::to_owned).collect(),
        valid_from: day("valid_from")?,
        valid_until: day("valid_until")?,
    })
}
