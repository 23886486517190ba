//! 接種判定のコマンド. Answers worked examples from standard input with the rules alone; no database is opened
//! and no personal data is kept.

use clap::Args;
use std::io::{self, BufWriter};

use crate::{admin::Refused, office::cases};

/// 判定の例を標準入力から読み、1行に1つ答えを書く（データベースは使わない）
#[derive(Args, Debug)]
pub(super) struct Evaluate {}

impl Evaluate {
    pub(super) fn run(&self) -> Result<(), Refused> {
        match cases::answer_cases(io::stdin().lock(), BufWriter::new(io::stdout().lock())) {
            // Whoever reads the answers may stop early.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Refused::new(
                "判定の例を読み書きできません。標準入力と標準出力を確かめてください。",
            )),
            _ => Ok(()),
        }
    }
}
