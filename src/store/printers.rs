//! プリンターの設定. Which queue a form goes to at this terminal, and how its sheets are placed there. Not a statement
//! about anybody and no revision: it belongs to the machine.

use rusqlite::{Connection, Row, params};

use crate::store::{StoreError, Transaction};

/// 様式とプリンター. Placing in tenths of a millimetre and thousandths of the size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrinterSetting {
    pub form: String,
    pub queue: String,
    pub right_tenths: i16,
    pub down_tenths: i16,
    pub scale_permille: u16,
}

/// The usual printers of all forms.
///
/// # Errors
/// The database can't be read.
pub fn usual(connection: &Connection) -> Result<Vec<PrinterSetting>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT form, queue, right_tenths, down_tenths, scale_permille FROM printers WHERE is_usual = 1
         ORDER BY form",
    )?;
    let rows = statement.query_map([], setting)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The settings of a form on a queue; none where nothing was set.
///
/// # Errors
/// The database can't be read.
pub fn of(connection: &Connection, form: &str, queue: &str) -> Result<Option<PrinterSetting>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT form, queue, right_tenths, down_tenths, scale_permille FROM printers
         WHERE form = ?1 AND queue = ?2",
    )?;
    Ok(statement.query_map([form, queue], setting)?.next().transpose()?)
}

fn setting(row: &Row<'_>) -> rusqlite::Result<PrinterSetting> {
    Ok(PrinterSetting {
        form: row.get("form")?,
        queue: row.get("queue")?,
        right_tenths: row.get("right_tenths")?,
        down_tenths: row.get("down_tenths")?,
        scale_permille: row.get("scale_permille")?,
    })
}

impl Transaction<'_> {
    /// Makes a queue the usual one of a form, with its placing.
    ///
    /// # Errors
    /// Nothing is written then.
    pub fn set_printer(&mut self, setting: &PrinterSetting) -> Result<(), StoreError> {
        let connection = self.connection();
        connection.execute(
            "UPDATE printers SET is_usual = 0 WHERE form = ?1",
            [&setting.form],
        )?;
        connection.execute(
            "INSERT OR REPLACE INTO printers
                 (form, queue, right_tenths, down_tenths, scale_permille, is_usual)
             VALUES (?1, ?2, ?3, ?4, ?5, 1)",
            params![
                setting.form,
                setting.queue,
                setting.right_tenths,
                setting.down_tenths,
                setting.scale_permille
            ],
        )?;
        Ok(())
    }
}
