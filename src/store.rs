//! 端末の台帳. The encrypted database of a terminal, and the only place that names rusqlite: opening and keys,
//! migrations, the ledger of revisions, the audit chain, projections and their rebuild, and one file of queries
//! per noun. A transaction is made for a deed and commits with at least one event; who may make one is said in
//! `office`.

pub mod approvals;
pub mod audit;
mod backup;
pub mod bundle;
pub mod certificate;
pub mod city;
pub mod clock;
pub mod code;
pub mod digest;
pub mod draft;
pub mod draw;
pub mod error;
pub mod feed;
pub mod forecast;
pub mod individual_number;
pub mod integrity;
pub mod key;
pub mod ledger;
pub mod log;
pub mod marks;
mod migrate;
pub mod notes;
mod open;
pub mod people;
pub mod preparation;
pub mod printers;
pub mod projection;
pub mod questionnaire;
pub mod rebuild;
pub mod record;
pub mod resident;
pub mod run;
pub mod search;
mod staging;
mod transaction;
pub mod voucher;
pub mod waiting;
pub mod work;

pub use error::StoreError;
pub use key::DatabaseKey;
pub use open::{Database, OpenError};
pub use rusqlite::Connection;
pub use transaction::{New, Origin, Parents, Stamp, Transaction};
