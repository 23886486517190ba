//! The journeys, in one binary: each file is one journey through real parts.
mod approval;
mod canary;
mod disk;
mod feed;
mod forms;
#[cfg(feature = "desktop")]
mod hand;
mod kill;
#[cfg(feature = "desktop")]
mod kit;
mod layers;
mod ledger;
mod licences;
#[cfg(feature = "desktop")]
mod long_table;
mod paper;
mod printer;
mod schedule;
mod search;
mod union;
mod writer;
