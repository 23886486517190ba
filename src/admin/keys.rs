//! 鍵の命令. Renews what keys of this terminal may have got about. Who may do it, and how it survives a crash, is the
//! office's.

use clap::{Args, Subcommand};

use crate::admin::{Global, Refused};

/// 鍵を新しくする
#[derive(Args, Debug)]
pub(super) struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 端末の鍵を新しくする（鍵ファイルの写しが出まわったおそれのあるとき。古い写しはすべて使えなくなる）
    RenewTerminal {},
}

impl Keys {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        match &self.what {
            What::RenewTerminal {} => renew_terminal(global),
        }
    }
}

fn renew_terminal(global: &Global) -> Result<(), Refused> {
    let (office, session) = global.open()?;
    let renewed = office.renew_terminal_secret(&session);
    office.sign_out(&session)?;
    renewed?;
    println!("端末の鍵を新しくしました。これまでの鍵ファイルの写しは、どれも使えません。");
    Ok(())
}
