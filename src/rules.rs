//! Reads `assets/rules/*.toml` into the schedule of `domain`. Pure and embedded; no programme is named in code.

pub mod rights;
