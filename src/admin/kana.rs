//! カナ検索キーのコマンド. Prints the key under which a reading is found, to compare two readings.

use clap::Args;

use crate::{
    admin::{Global, Refused},
    domain::kana,
};

/// カナの検索キーを表示する
#[derive(Args, Debug)]
pub(super) struct KanaKey {
    /// 読み
    #[arg(value_name = "文字列")]
    text: String,
}

impl KanaKey {
    pub(super) fn run(&self, _: &Global) -> Result<(), Refused> {
        println!("{}", kana::search_key(&self.text));
        Ok(())
    }
}
