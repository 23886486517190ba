//! 操作履歴のコマンド. Recomputes the chain of the operation log.

use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    office::ChainVerdict,
};

/// 操作履歴を確かめる
#[derive(Args, Debug)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// 操作履歴の連鎖を最初から計算し直す
    Verify,
}

impl Audit {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        match self.command {
            Command::Verify => verify(global),
        }
    }
}

fn verify(global: &Global) -> Result<(), Refused> {
    let (office, session) = global.open_for_checking()?;
    match office.verify_chain(session.as_ref())? {
        ChainVerdict::Whole(head) => {
            println!("操作履歴 {}件。連鎖はつながっています。", head.sequence);
            match office.lost_tail() {
                Some(lost) => Err(Refused::new(lost.to_string())),
                None => Ok(()),
            }
        }
        ChainVerdict::Broken { sequence } => Err(Refused::new(format!(
            "操作履歴の連鎖が{sequence}件目で切れています。このデータベースを使うのをやめ、監督者に知らせてください。"
        ))),
    }
}
