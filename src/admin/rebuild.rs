//! 一覧の作り直しのコマンド. Makes all projections anew, or makes them a second time and compares.

use clap::Args;

use crate::{
    admin::{Global, Refused},
    office::{RebuildProjections, run_beside},
};

/// 一覧を記録から作り直す
#[derive(Args, Debug)]
pub(super) struct Rebuild {
    /// 作り直さず、作り直した結果と今の一覧を比べる
    #[arg(long)]
    check: bool,
}

impl Rebuild {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open_for_checking()?;
        if !self.check {
            let session = session.ok_or_else(|| {
                Refused::new("作り直すには操作者番号が必要です。--operator で指定してください。")
            })?;
            let subjects = run_beside(&office, RebuildProjections::new(session), |_| {})?;
            println!("一覧を作り直しました（{subjects}件）。");
            return Ok(());
        }
        let comparison = office.check_rebuild(session.as_ref())?;
        let differing = comparison.differing();
        if differing.is_empty() {
            println!(
                "作り直した一覧は今の一覧と同じです（{}種類）。",
                comparison.present.len()
            );
            return Ok(());
        }
        Err(Refused::new(format!(
            "作り直した一覧が今の一覧と違います: {}。madoguchi-admin rebuild で作り直し、管理者に知らせてください。",
            differing.join("、")
        )))
    }
}
