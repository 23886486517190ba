//! 取込のコマンド. Takes in a file of the resident feed, shows what waits, and releases it by a second person. The
//! rules of the feed are the office's; here a file is read from disk and the outcome printed.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    office::{
        Office, Session,
        feed::{FeedOutcome, FeedRules, ReadFeed, ReleaseFeed, file::LARGEST},
        forecast::RefreshForecasts,
        individual_number::number_keeper,
        run_beside,
    },
};

/// 住民記録などのファイルを取り込む
#[derive(Args, Debug)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 住民異動ファイルを取り込む
    Residents {
        /// ファイル
        #[arg(value_name = "ファイル")]
        file: PathBuf,
    },
    /// 承認を待っている取込を、ほかの職員として承認する
    Release {
        /// 取込の番号（list で表示する）
        #[arg(value_name = "番号")]
        load: i64,
    },
    /// 取込の一覧を表示する
    List {},
}

impl Import {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let result = match &self.what {
            What::Residents { file } => residents(&office, &session, file),
            What::Release { load } => release(&office, &session, *load),
            What::List {} => list(&office),
        };
        office.sign_out(&session)?;
        result
    }
}

fn residents(office: &Office, session: &Session, path: &PathBuf) -> Result<(), Refused> {
    let length = fs::metadata(path).map_err(|_| unreadable())?.len();
    if length > LARGEST as u64 {
        return Err(Refused::new(
            "ファイルが大きすぎます。住民記録の担当に分けて出してもらってください。",
        ));
    }
    let bytes = fs::read(path).map_err(|_| unreadable())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let rules = FeedRules::of_settings(office.settings()?)?;
    let keeper = number_keeper(session).ok();
    let job = ReadFeed::new(session.clone(), rules, keeper, (&name, &bytes))?;
    let outcome = run_beside(office, job, |_| {})?;
    show(office, &outcome)
}

fn release(office: &Office, session: &Session, load: i64) -> Result<(), Refused> {
    let outcome = run_beside(office, ReleaseFeed::attended(session.clone(), load), |_| {})?;
    show(office, &outcome)
}

fn show(office: &Office, outcome: &FeedOutcome) -> Result<(), Refused> {
    println!("{}", outcome.sentence());
    if outcome.numbers_dropped > 0 {
        println!(
            "個人番号 {}件は、鍵がないためしまっていません。つぎの全件は、個人番号の鍵を持つ職員が取り込んでください。",
            outcome.numbers_dropped
        );
    }
    for reject in office.feed_rejects(outcome.load.load)? {
        println!("{}件目：{}", reject.row, reject.sentence);
    }
    Ok(run_beside(office, RefreshForecasts::default(), |_| {})?)
}

fn list(office: &Office) -> Result<(), Refused> {
    for load in office.feed_loads()? {
        let extent = if load.full { "全件" } else { "差分" };
        println!(
            "{}  通番{}  {extent}  {}",
            load.load,
            load.sequence,
            load.state.word()
        );
    }
    Ok(())
}

fn unreadable() -> Refused {
    Refused::new("ファイルを読めません。場所と権限を確かめてください。")
}
