//! 市の設定のコマンド. Publishes the city's file, and shows what holds now. What a file has to hold is the office's.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    office::{Office, Session, paper::PaperError},
};

/// A little more than the office takes, so that it says itself what is too long.
const MOST_BYTES: u64 = 128 * 1024;

/// 市の設定（市の名前、認証者、料金など）を扱う
#[derive(Args, Debug)]
pub(super) struct Settings {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 設定のファイルを読み込んで公開する
    Load {
        #[arg(value_name = "ファイル")]
        file: PathBuf,
    },
    /// いまの設定を表示する
    Show {},
}

impl Settings {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let result = match &self.what {
            What::Load { file } => load(&office, &session, file),
            What::Show {} => show(&office),
        };
        office.sign_out(&session)?;
        result
    }
}

fn load(office: &Office, session: &Session, file: &Path) -> Result<(), Refused> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .map_err(|_| Refused::new("設定のファイルを開けません。場所と読む権限を確かめてください。"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Refused::new("設定のファイルがUTF-8ではありません。UTF-8で保存しなおしてください。"))?;
    let settings = office.load_settings(session, &text)?;
    println!(
        "{}の設定を公開しました（第 {} 版）。settings show で確かめられます。",
        settings.city, settings.serial
    );
    Ok(())
}

fn show(office: &Office) -> Result<(), Refused> {
    let paper = office.paper()?;
    match office.published_settings()? {
        Some(published) if paper.serial > 0 => println!(
            "第 {} 版\t{} に職員 {} が公開",
            paper.serial,
            (published.published_at + TimeDelta::hours(9)).format("%Y-%m-%d %H:%M"),
            published.published_by.0
        ),
        _ => println!("見本の設定"),
    }
    println!(
        "市\t{}{}（{}）",
        paper.prefecture,
        paper.city,
        paper.lg_code.as_str()
    );
    println!("窓口\t{}", paper.office);
    println!("証明書の番号\t{}第 … 号", paper.issue_prefix);
    println!(
        "証明できる範囲\t{} からの生まれ。前の生まれは {} からの接種",
        paper.born_from, paper.older_from
    );
    for one in &paper.authorities {
        let until = one.until.map_or_else(String::new, |day| day.to_string());
        println!("認証者\t{}　{}\t{}～{until}", one.title, one.name, one.from);
    }
    for (programme, season) in &paper.seasons {
        println!("実施期間\t{programme}\t{}～{}", season.from, season.to);
    }
    for (programme, yen) in &paper.own_payment_yen {
        println!("自己負担額\t{programme}\t{yen} 円");
    }
    for (programme, form) in &paper.forms {
        let programme = if programme.is_empty() {
            "そのほか"
        } else {
            programme
        };
        println!("様式\t{programme}\t{form}");
    }
    for (code, name) in &paper.districts.0 {
        println!("地区\t{code}\t{name}");
    }
    match &paper.feed {
        Some(feed) => {
            println!(
                "住民異動\t{}\t{} 件までの差分は承認なし",
                feed.encoding.word(),
                feed.most_unreleased
            );
            for (letter, letters) in &feed.gaiji {
                println!("外字\t{:04X}\t{letters}", u32::from(*letter));
            }
            for (word, reason) in &feed.reasons {
                println!("異動事由\t{word}\t{}", reason.word());
            }
        }
        None => println!("住民異動\t受け取りかたがまだありません。[feed] を書いて読み込んでください"),
    }
    let today = office.today();
    match paper.authority_on(today) {
        Some(_) => Ok(()),
        None => Err(PaperError::NoAuthority.into()),
    }
}
