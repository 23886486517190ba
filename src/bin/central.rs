//! 中央装置. Refuses with a clear text until the central store is built.

use std::process::ExitCode;

fn main() -> ExitCode {
    eprintln!(
        "中央装置（madoguchi-central）はまだ用意されていません。端末だけで使う間は、何も起動する必要はありません。"
    );
    ExitCode::FAILURE
}
