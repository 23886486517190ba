//! The journeys, in one binary: each file is one journey through real parts.
#[cfg(feature = "desktop")]
#[cfg(feature = "desktop")]
mod approval;
mod forms;
mod hand;
mod kit;
mod layers;
mod ledger;
mod licences;
#[cfg(feature = "desktop")]
mod long_table;
mod paper;
mod schedule;
mod union;
mod writer;
