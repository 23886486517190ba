//! 見本の市のコマンド. Makes a demo city in the folder given, with the operators that its sign-in screen shows.

use std::cell::Cell;

use clap::Args;

use crate::{
    admin::{Global, Refused},
    office::{
        Home, Machine,
        demo::{self, OPERATORS, Size},
    },
};

/// 見本の市を作る
#[derive(Args, Debug)]
pub(super) struct Demo {
    /// 住民の数
    #[arg(long, value_name = "人数", default_value_t = 30_000, value_parser = clap::value_parser!(u32).range(10..=2_000_000))]
    residents: u32,
    /// さかのぼる年数
    #[arg(long, value_name = "年数", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10))]
    years: u32,
    /// 種（同じ種からは同じ市ができる）
    #[arg(long, value_name = "数", default_value_t = 1)]
    seed: u64,
}

impl Demo {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let home = Home::new(global.demo_home()?);
        if home.is_taken() {
            return Err(Refused::new(
                "このフォルダーにはすでに端末のデータがあります。別のフォルダーを --home で指定してください。",
            ));
        }
        let size = Size {
            seed: self.seed,
            residents: self.residents,
            years: self.years,
        };
        let last = Cell::new(u64::MAX);
        demo::ensure(&home, Machine::real(), size, &|done, all, what| {
            let percent = done * 100 / all.max(1);
            if percent / 10 != last.get() {
                last.set(percent / 10);
                eprintln!("{percent:>3}% {what}");
            }
        })?;
        println!("見本の市を作りました：{}", home.folder().display());
        for person in &OPERATORS {
            println!("{}  {}  {}", person.operator, person.name, person.password);
        }
        Ok(())
    }
}
