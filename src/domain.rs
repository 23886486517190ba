//! The nouns and decisions of 予防接種事務. No IO, no clock, no randomness, no iced, no SQL: days, keys and
//! random bytes come in as arguments.

pub mod approval;
pub mod audit;
pub mod birth;
pub mod bundle;
pub mod certificate;
pub mod chain;
pub mod clock;
pub mod comparison;
pub mod date;
pub mod deed;
pub mod document;
pub mod eligibility;
pub mod erasure;
pub mod evaluation;
pub mod identifier;
pub mod institution;
pub mod judgement;
pub mod kana;
pub mod kept_number;
pub mod name;
pub mod note;
pub mod operator;
pub mod postal;
pub mod programme;
pub mod questionnaire;
pub mod record;
pub mod resident;
pub mod revision;
pub mod right;
pub mod run;
pub mod schedule;
pub mod trust;
pub mod vaccine;
pub mod voucher;
pub mod wareki;
