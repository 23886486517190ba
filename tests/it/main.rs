//! The journeys, in one binary: each file is one journey through real parts.
mod layers;
mod ledger;
mod licences;
mod paper;
