//! The journeys, in one binary: each file is one journey through real parts.
mod approval;
mod bodies;
mod bundle;
mod canary;
mod counter;
#[cfg(feature = "desktop")]
mod desk;
mod disk;
mod doorstep;
mod entry;
mod feed;
mod forecast;
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
mod projections;
mod reader;
mod schedule;
mod search;
mod union;
mod writer;
