//! 窓口. Starts the desktop.

fn main() {}
