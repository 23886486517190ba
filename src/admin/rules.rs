//! 決まりのコマンド. Shows the rules that this program carries: the whole table, and the points that the sources
//! leave open, so that nobody takes a guess for the law. No database is opened.

use clap::{Args, Subcommand};

use crate::{admin::Refused, office::forecast};

/// 接種の決まりを表示する
#[derive(Args, Debug)]
pub(super) struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 要確認の点を表示する
    Report {},
    /// 決まりの一覧表を表示する
    Table {},
}

impl Rules {
    pub(super) fn run(&self) -> Result<(), Refused> {
        match self.what {
            What::Report {} => {
                let (version, points) = forecast::open_points();
                println!("決まりの版 {version}：要確認の点 {}", points.len());
                for point in points {
                    println!("{}\t{}", point.place, point.text);
                }
            }
            What::Table {} => print!("{}", forecast::rule_table()),
        }
        Ok(())
    }
}
