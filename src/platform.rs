//! This machine: keychain, files that are replaced as a whole, what the process lets out, printers. Nothing here
//! knows what it keeps or prints; `office` does.

pub mod file;
pub mod inspect;
pub mod keychain;
pub mod printer;
pub mod process;
