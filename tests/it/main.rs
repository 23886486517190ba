//! The journeys, in one binary: each file is one journey through real parts.
#[cfg(feature = "desktop")]
mod hand;
#[cfg(feature = "desktop")]
mod kit;
mod layers;
mod ledger;
mod licences;
mod paper;
mod union;
