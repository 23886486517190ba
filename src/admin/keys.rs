//! 鍵の命令. Renews what keys of this terminal may have got about, or have come to the end of their year. The grave ones
//! are done by two officials with their recovery media. Who may do it, and how it survives a crash, is the
//! office's.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::{
    admin::{Global, Refused, passwords::Passwords, setup},
    domain::{date::short, operator::Validity, revision::OperatorId},
    office::{
        Home, Machine,
        keys::{self, Custody},
        plan::recovery_sheet,
        setup::{RecoveryMedium, check_new_password, standard_cost, usual_validity},
    },
    platform::file,
};

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
    /// データベースの鍵を新しくする（鍵が漏れたおそれのあるとき。責任者2人がいる。ほかのプログラムは終わらせておく）
    Rekey {
        /// 責任者の復旧媒体（2回指定する）
        #[arg(long = "medium", value_name = "ファイル", required = true, num_args = 1)]
        officials: Vec<PathBuf>,
    },
    /// 公開鍵を新しくする（年度の更新。責任者2人がいる。権限管理と監督の担当の期間も延びる）
    RenewPublishing {
        /// 責任者の復旧媒体（2回指定する）
        #[arg(long = "medium", value_name = "ファイル", required = true, num_args = 1)]
        officials: Vec<PathBuf>,
        /// 最後の日（YYYY-MM-DD。書かないときは年度の終わり）
        #[arg(long, value_name = "日付")]
        until: Option<NaiveDate>,
    },
    /// 復旧の鍵を作りなおす（責任者が替わったとき。今の責任者2人がいる）
    MakeRecovery {
        /// 責任者の復旧媒体（2回指定する）
        #[arg(long = "medium", value_name = "ファイル", required = true, num_args = 1)]
        officials: Vec<PathBuf>,
        /// 新しい責任者の人数（2人から7人まで）
        #[arg(long, value_name = "人数")]
        count: u8,
        /// 新しい復旧媒体を書き出すフォルダー
        #[arg(long, value_name = "フォルダー")]
        media: PathBuf,
    },
}

impl Keys {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        match &self.what {
            What::RenewTerminal {} => renew_terminal(global),
            What::Rekey { officials } => {
                let lapsed = custody(officials, global, &mut Passwords::of(global)?)?.rekey()?;
                println!("データベースの鍵を新しくしました。これまでの鍵とデータベースの写しは使えません。");
                if !lapsed.is_empty() {
                    println!(
                        "期間が終わっていた操作者は、登録しなおしてください: {}",
                        named(&lapsed)
                    );
                }
                Ok(())
            }
            What::RenewPublishing { officials, until } => {
                let usual = usual_validity(Machine::real().today());
                let validity = Validity {
                    until: until.unwrap_or(usual.until),
                    ..usual
                };
                let custody = custody(officials, global, &mut Passwords::of(global)?)?;
                let extended = custody.renew_publishing(validity)?;
                println!(
                    "公開鍵を新しくしました。{} まで使えます。期間を延ばした操作者: {}",
                    short(validity.until),
                    named(&extended)
                );
                Ok(())
            }
            What::MakeRecovery {
                officials,
                count,
                media,
            } => make_recovery(global, officials, *count, media),
        }
    }
}

fn custody(media: &[PathBuf], global: &Global, words: &mut Passwords) -> Result<Custody, Refused> {
    let [one, other] = media else {
        return Err(Refused::new(
            "責任者の復旧媒体は2つ、--medium で1つずつ指定してください。",
        ));
    };
    let (one, other) = (setup::medium(one, words)?, setup::medium(other, words)?);
    let home = Home::new(global.home()?);
    Ok(keys::open(&home, Machine::real(), [&one, &other])?)
}

fn renew_terminal(global: &Global) -> Result<(), Refused> {
    let (office, session) = global.open()?;
    let renewed = office.renew_terminal_secret(&session);
    office.sign_out(&session)?;
    renewed?;
    println!("端末の鍵を新しくしました。これまでの鍵ファイルの写しは、どれも使えません。");
    Ok(())
}

fn make_recovery(global: &Global, officials: &[PathBuf], count: u8, folder: &Path) -> Result<(), Refused> {
    if folder.exists() {
        return Err(Refused::new(
            "復旧媒体のフォルダーがすでにあります。置き換えません。新しいフォルダーを指定してください。",
        ));
    }
    let mut words = Passwords::of(global)?;
    let custody = custody(officials, global, &mut words)?;
    let mut passphrases = Vec::new();
    for number in 1..=count {
        let title = format!("新しい責任者 {number} の合言葉");
        passphrases.push(words.new_one(&title, |text| check_new_password(text, "", ""))?);
    }
    let label = Home::new(global.home()?).label()?;
    let today = Machine::real().today();
    let keep = |media: &[RecoveryMedium]| -> io::Result<()> {
        file::make_folder(folder)?;
        for medium in media {
            let sheet = Zeroizing::new(recovery_sheet(&label, medium, today));
            file::replace(
                &folder.join(format!("recovery-{}.txt", medium.number)),
                sheet.as_bytes(),
            )?;
        }
        Ok(())
    };
    let made = custody.make_recovery_keys(&passphrases, standard_cost(), keep);
    if made.is_err() && folder.exists() {
        // Made a moment ago, and they open nothing.
        let _ = fs::remove_dir_all(folder);
    }
    made?;
    println!(
        "復旧の鍵を作りなおしました。新しい復旧媒体 {count}枚を {} から責任者に渡し、端末から消してください。これまでの媒体では、これまでの控えだけが開きます。",
        folder.display()
    );
    Ok(())
}

fn named(operators: &[OperatorId]) -> String {
    let names: Vec<&str> = operators.iter().map(|operator| operator.0.as_str()).collect();
    names.join("、")
}
