//! The journeys, in one binary: each file is one journey through real parts.
#![allow(clippy::unwrap_used, reason = "a journey that can't go on has failed")]

mod approval;
mod bench;
mod bodies;
mod bundle;
mod canary;
mod certificate;
#[cfg(feature = "desktop")]
mod certificate_screen;
#[cfg(all(unix, feature = "desktop"))]
mod clerk;
mod command_line;
mod counter;
mod demo;
#[cfg(feature = "desktop")]
mod desk;
mod disk;
#[cfg(feature = "desktop")]
mod door;
mod doorstep;
mod draw;
#[cfg(feature = "desktop")]
mod draw_screen;
mod entry;
mod feed;
mod forecast;
mod forms;
#[cfg(feature = "desktop")]
mod hand;
mod home;
mod individual_number;
#[cfg(feature = "desktop")]
mod intake;
#[cfg(all(unix, feature = "admin"))]
mod keychain;
#[cfg(feature = "desktop")]
mod keyed_voucher;
mod keys;
mod kill;
#[cfg(feature = "desktop")]
mod kit;
mod layers;
mod ledger;
mod licences;
mod log;
#[cfg(feature = "desktop")]
mod long_table;
mod numbers;
mod offered;
mod operators_command;
mod paper;
mod people;
mod person;
#[cfg(feature = "desktop")]
mod person_keys;
#[cfg(feature = "desktop")]
mod person_screen;
#[cfg(feature = "desktop")]
mod pictures;
#[cfg(feature = "desktop")]
mod print_screen;
mod printer;
mod printers;
mod projections;
mod prose;
mod reader;
mod recorded_items;
mod recovery;
mod run;
mod schedule;
mod search;
mod settings;
mod union;
mod voucher;
#[cfg(feature = "desktop")]
mod voucher_screen;
mod witness;
mod writer;
