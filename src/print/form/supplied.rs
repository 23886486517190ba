//! 標準の様式. The forms that come with the program, each read and checked once.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{Form, FormError};

/// Id and text of each supplied form.
const SUPPLIED: &[(&str, &str)] = &[
    ("Y-01", include_str!("../../../assets/forms/Y-01.toml")),
    ("Y-11", include_str!("../../../assets/forms/Y-11.toml")),
    ("Y-12", include_str!("../../../assets/forms/Y-12.toml")),
    ("S-01", include_str!("../../../assets/forms/S-01.toml")),
    ("L-01", include_str!("../../../assets/forms/L-01.toml")),
];

/// Parts that forms share.
const BLOCKS: &[(&str, &str)] = &[("voucher", include_str!("../../../assets/forms/voucher.toml"))];

pub(super) fn block(id: &str) -> Option<&'static str> {
    BLOCKS
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, text)| *text)
}

/// 様式の頭. What a form is called, without reading all of it.
#[derive(Clone, PartialEq, Debug, serde::Deserialize)]
pub struct FormHead {
    pub id: String,
    pub title: String,
    pub version: u16,
    /// Width and height in millimetres.
    pub size: (f32, f32),
}

/// The heads of all forms that come with the program.
pub fn supplied_heads() -> Vec<FormHead> {
    let read = |(_, text): &(&str, &str)| toml::from_str(text).ok();
    SUPPLIED.iter().filter_map(read).collect()
}

/// 版. The version of a form; `None` where no form has this id.
pub fn supplied_version(id: &str) -> Option<u16> {
    supplied_heads()
        .into_iter()
        .find(|head| head.id == id)
        .map(|head| head.version)
}

/// 標準の様式. `None` where no form has this id.
///
/// # Errors
/// The form is refused (a font file is absent, since the forms themselves are tested).
pub fn supplied(id: &str) -> Option<Result<&'static Form, FormError>> {
    static READ: OnceLock<BTreeMap<&'static str, OnceLock<Form>>> = OnceLock::new();
    let (known, text) = SUPPLIED.iter().find(|(known, _)| *known == id)?;
    let read = READ.get_or_init(|| SUPPLIED.iter().map(|(id, _)| (*id, OnceLock::new())).collect());
    let slot = read.get(known)?;
    if let Some(form) = slot.get() {
        return Some(Ok(form));
    }
    Some(Form::parse(text).map(|form| slot.get_or_init(|| form)))
}
