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
mod paper;
mod schedule;
mod union;
mod writer;
