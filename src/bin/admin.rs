//! 窓口の管理コマンド. Starts the command line.

fn main() {}
