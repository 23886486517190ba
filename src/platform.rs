//! This machine: clock, keychain, folders, printers.
