//! This machine: clock, keychain, folders, printers.

pub mod printer;
