//! 窓口の管理コマンド. Starts the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    madoguchi::platform::process::keep_memory_private();
    madoguchi::admin::run(std::env::args_os())
}
