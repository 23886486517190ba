//! The nouns and decisions of 予防接種事務. No IO, no clock, no randomness, no iced, no SQL: days, keys and
//! random bytes come in as arguments.

pub mod bundle;
pub mod comparison;
pub mod deed;
pub mod institution;
pub mod operator;
pub mod questionnaire;
pub mod record;
pub mod revision;
pub mod right;
