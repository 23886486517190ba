//! 窓口 (Madoguchi): the immunisation system of a Japanese city's health centers.
//!
//! Three programs share this library: `madoguchi` (the desk), `madoguchi-admin` (the command line) and
//! `madoguchi-central` (the central store). The modules below stand in the order of their dependencies;
//! each may name only those above it, and each outside crate has one owner. `tests/it/layers.rs` holds the
//! table and fails when a file breaks it.
//!
//! ```text
//! domain ← { rules, print, platform, seal ← { store, sync } } ← office ← { desktop, admin }
//! ```
//!
//! `seal` (signatures, sealing, slots) stands below `store` and `sync`, since both the slot file and the
//! batches need it. `central` stands beside the rest.

pub mod domain;

pub mod platform;
pub mod print;
pub mod rules;
pub mod seal;
pub mod store;
pub mod sync;

pub mod office;

#[cfg(feature = "admin")]
pub mod admin;
#[cfg(feature = "central")]
pub mod central;
#[cfg(feature = "desktop")]
pub mod desktop;
