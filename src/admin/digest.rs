//! 要約値のコマンド. Prints the digest of every projection, to compare two databases.

use clap::Args;

use crate::{
    admin::{Global, Refused},
    office::total_digest,
};

/// 一覧の要約値を表示する
#[derive(Args, Debug)]
pub(super) struct Digest {}

impl Digest {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, _) = global.open_for_checking()?;
        let digests = office.digests()?;
        for digest in &digests {
            println!("{}  {}  {}", hex(&digest.sha256), digest.name, digest.rows);
        }
        println!("{}  total", hex(&total_digest(&digests)));
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
