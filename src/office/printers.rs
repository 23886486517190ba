//! プリンターの設定. Which printer a form goes to at this terminal, how far its sheets are moved and scaled there, and
//! a test sheet to measure that with. What is set holds for every job that follows.

use std::fmt;

use crate::{
    domain::{audit::Event, deed::Deed},
    office::{DeedError, Office, Session},
    print::{
        FontError,
        form::{self, FormHead},
        sheet::{Item, Placing, Sheet, Stroke},
        single,
    },
    store::{Connection, StoreError, printers},
};

pub use crate::store::printers::PrinterSetting;

/// Farthest that a sheet is moved, in tenths of a millimetre.
pub const FARTHEST: i16 = 200;
/// Least and greatest size, in thousandths.
pub const SCALES: std::ops::RangeInclusive<u16> = 900..=1100;

/// Why a printer was not set.
#[derive(Debug)]
pub enum PrinterSettingError {
    UnknownForm,
    TooFar,
    Scale,
    Deed(DeedError),
}

impl fmt::Display for PrinterSettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownForm => f.write_str("この様式はありません。一覧から選びなおしてください。"),
            Self::TooFar => {
                f.write_str("ずらす長さは -20.0 から 20.0 ミリまでです。紙を測りなおしてください。")
            }
            Self::Scale => {
                f.write_str("倍率は 90.0 から 110.0 パーセントまでです。紙を測りなおしてください。")
            }
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PrinterSettingError {}

impl From<DeedError> for PrinterSettingError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for PrinterSettingError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// Whether a setting names a form and lies within the limits.
///
/// # Errors
/// [`PrinterSettingError`], but for rights.
pub fn check(setting: &PrinterSetting) -> Result<(), PrinterSettingError> {
    if !forms().iter().any(|head| head.id == setting.form) {
        return Err(PrinterSettingError::UnknownForm);
    }
    let moved = [setting.right_tenths, setting.down_tenths];
    if moved
        .iter()
        .any(|tenths| tenths.unsigned_abs() > FARTHEST.unsigned_abs())
    {
        return Err(PrinterSettingError::TooFar);
    }
    match SCALES.contains(&setting.scale_permille) {
        true => Ok(()),
        false => Err(PrinterSettingError::Scale),
    }
}

/// The forms that can be printed.
#[must_use]
pub fn forms() -> Vec<FormHead> {
    form::supplied_heads()
}

/// How the sheets of a form are placed on a queue.
pub(super) fn placing(connection: &Connection, form: &str, queue: &str) -> Result<Placing, StoreError> {
    Ok(printers::of(connection, form, queue)?.map_or(Placing::AS_IT_IS, |setting| placing_of(&setting)))
}

/// The queue that a form goes to by itself, and how its sheets are placed there.
pub(super) fn usual(connection: &Connection, form: &str) -> Result<(Option<String>, Placing), StoreError> {
    let found = printers::usual(connection)?
        .into_iter()
        .find(|setting| setting.form == form);
    Ok(found.map_or((None, Placing::AS_IT_IS), |setting| {
        let placing = placing_of(&setting);
        (Some(setting.queue), placing)
    }))
}

fn placing_of(setting: &PrinterSetting) -> Placing {
    Placing {
        right: f32::from(setting.right_tenths) / 10.0,
        down: f32::from(setting.down_tenths) / 10.0,
        scale: f32::from(setting.scale_permille) / 1000.0,
    }
}

/// 試し刷り. A sheet of the form's size with crosses 20 mm from its edges and rulers in millimetres, placed as the
/// setting says.
///
/// # Errors
/// As [`single::pdf`].
pub fn test_sheet(head: &FormHead, setting: &PrinterSetting) -> Result<Vec<u8>, FontError> {
    const INSET: f32 = 20.0;
    let (width, height) = head.size;
    let stroke = Stroke {
        width: 0.2,
        dash: None,
        black: 100,
    };
    let line = |from, to| Item::Line { from, to, stroke };
    let mut sheet = Sheet {
        width,
        height,
        fixed: std::sync::Arc::default(),
        own: crate::print::sheet::Layer::default(),
    };
    for x in [INSET, width - INSET] {
        for y in [INSET, height - INSET] {
            sheet.own.items.push(line((x - 8.0, y), (x + 8.0, y)));
            sheet.own.items.push(line((x, y - 8.0), (x, y + 8.0)));
        }
    }
    for step in 0..=50_u8 {
        let at = INSET + 10.0 + f32::from(step);
        let long = if step % 10 == 0 { 5.0 } else { 2.5 };
        sheet.own.items.push(line((at, INSET), (at, INSET + long)));
        sheet.own.items.push(line((INSET, at), (INSET + long, at)));
    }
    single::placed_pdf(&head.id, &[sheet], placing_of(setting))
}

impl Office {
    /// The usual printers of this terminal, by form.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn printer_settings(&self) -> Result<Vec<PrinterSetting>, StoreError> {
        self.read(printers::usual)
    }

    /// プリンターを決める. A form goes to this queue from now on, moved and scaled so.
    ///
    /// # Errors
    /// [`PrinterSettingError`]; nothing is written then.
    pub fn set_printer(
        &self,
        session: &Session,
        setting: &PrinterSetting,
    ) -> Result<(), PrinterSettingError> {
        check(setting)?;
        self.deed(session, Deed::SetPrinter, |transaction| {
            transaction.set_printer(setting)?;
            transaction.event(Event::new(Deed::SetPrinter).detail("form", &setting.form));
            Ok(())
        })
    }
}
