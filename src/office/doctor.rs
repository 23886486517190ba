//! 端末の診断. Looks at what has to be right around the program, and answers with one line each: what, how it
//! stands, and what to do. Needs no session; with one the pages of the database are read too. Changes nothing.

use std::path::Path;

use crate::{
    office::{Doorstep, Home, Machine, Office},
    platform::{inspect, process},
    store::integrity::{Depth, FileState},
};

/// Room that a day's work may need, in bytes.
const ENOUGH: u64 = 2 * 1024 * 1024 * 1024;

/// 診断の結果.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Health {
    Well,
    /// Not known on this machine.
    Unknown,
    /// Works, but should be put right.
    Attention,
    /// Does not work, or something of a person may lie open.
    Bad,
}

impl Health {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Health::Well => "良",
            Health::Unknown => "不明",
            Health::Attention => "注意",
            Health::Bad => "要対処",
        }
    }
}

/// 診断の一行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub what: &'static str,
    pub health: Health,
    /// How it stands, then what to do.
    pub sentence: String,
}

fn finding(what: &'static str, health: Health, sentence: impl Into<String>) -> Finding {
    Finding {
        what,
        health,
        sentence: sentence.into(),
    }
}

/// 診断する.
#[must_use]
pub fn examine(home: &Home, machine: &Machine) -> Vec<Finding> {
    let mut findings = Vec::new();
    doorstep(home, machine, &mut findings);
    findings.push(folder(home));
    findings.push(disk(home.folder()));
    findings.push(memory());
    findings.push(print_queue());
    findings.push(swap());
    findings.push(hibernation());
    findings.push(input_method());
    findings.push(clock());
    findings
}

impl Office {
    /// データベースの全ページを調べる. For the doctor, with a session open.
    #[must_use]
    pub fn examine_database(&self) -> Finding {
        let what = "データベース";
        match self.database.check_file(Depth::Pages) {
            Ok(FileState::Sound) => finding(what, Health::Well, "すべてのページを読み、そろっています。"),
            Ok(FileState::Damaged { findings }) => finding(
                what,
                Health::Bad,
                format!(
                    "{findings}か所が壊れています。使うのをやめ、バックアップから復元してください。何も消していません。"
                ),
            ),
            Err(error) => finding(what, Health::Bad, error.to_string()),
        }
    }
}

fn doorstep(home: &Home, machine: &Machine, findings: &mut Vec<Finding>) {
    let label = match home.label() {
        Ok(label) => label,
        Err(error) => return findings.push(finding("端末", Health::Bad, error.to_string())),
    };
    let kind = if label.demo { "見本" } else { "本番" };
    findings.push(finding(
        "端末",
        Health::Well,
        format!("{} {}（{}、{kind}）", label.city, label.office, label.terminal),
    ));
    match home.vault(&label).probe() {
        Ok(()) => findings.push(finding("鍵束", Health::Well, "開いています。")),
        Err(error) => findings.push(finding("鍵束", Health::Bad, error.to_string())),
    }
    match Doorstep::open(home, machine) {
        Ok(doorstep) => {
            findings.push(finding(
                "鍵ファイル",
                Health::Well,
                format!("第{}世代、この端末の今の鍵で開きます。", doorstep.generation()),
            ));
            findings.push(match doorstep.record.lost {
                Some(lost) => finding("操作履歴の末尾", Health::Bad, lost.to_string()),
                None => finding(
                    "操作履歴の末尾",
                    Health::Well,
                    "前に開いたとき、控えにあるところまでそろっていました。",
                ),
            });
        }
        Err(error) => findings.push(finding("鍵ファイル", Health::Bad, error.to_string())),
    }
    if !home.database().exists() {
        findings.push(finding(
            "データベース",
            Health::Bad,
            "madoguchi.db がありません。フォルダーを確かめ、なければバックアップから復元してください。",
        ));
    }
}

fn folder(home: &Home) -> Finding {
    let what = "フォルダーの権限";
    match inspect::is_open_to_others(home.folder()) {
        Some(false) => finding(what, Health::Well, "本人だけが開けます。"),
        Some(true) => finding(
            what,
            Health::Attention,
            "ほかの利用者がフォルダーを見られます（中身は暗号化されています）。chmod 700 で本人だけにしてください。",
        ),
        None => finding(what, Health::Unknown, "この端末では調べられません。"),
    }
}

fn disk(folder: &Path) -> Finding {
    let what = "ディスクの空き";
    match inspect::free_space(folder) {
        Some(free) if free >= ENOUGH => finding(
            what,
            Health::Well,
            format!("{}GiB あります。", free / (1024 * 1024 * 1024)),
        ),
        Some(free) => finding(
            what,
            Health::Attention,
            format!(
                "{}MiB しかありません。2GiB 以上空けてください。",
                free / (1024 * 1024)
            ),
        ),
        None => finding(
            what,
            Health::Unknown,
            "調べられません。フォルダーの場所を確かめてください。",
        ),
    }
}

fn memory() -> Finding {
    let what = "コアダンプ";
    if process::is_memory_private() {
        finding(what, Health::Well, "このプログラムの記憶の写しは残りません。")
    } else {
        finding(
            what,
            Health::Attention,
            "記憶の写しが残ることがあります。手引きのとおり、写しを残さない設定にしてください。",
        )
    }
}

fn print_queue() -> Finding {
    let what = "印刷の待ち行列";
    match (inspect::print_queue_keeps_jobs(), inspect::kept_job_files()) {
        (_, Some(count)) if count > 0 => finding(
            what,
            Health::Bad,
            format!(
                "刷った中身のファイルが {count}件 残っています。cupsd.conf に PreserveJobFiles No と書き、cancel -a -x で消してください。"
            ),
        ),
        (Some(true), _) => finding(
            what,
            Health::Attention,
            "刷った中身が1日残る設定です。/etc/cups/cupsd.conf に PreserveJobFiles No と書いてください。",
        ),
        (Some(false), _) => finding(what, Health::Well, "刷った中身は残りません。"),
        (None, _) => finding(
            what,
            Health::Unknown,
            "cupsd.conf が読めません。印刷を使う端末では、root で doctor を行うか、PreserveJobFiles No を確かめてください。",
        ),
    }
}

fn swap() -> Finding {
    let what = "スワップ";
    match inspect::has_plain_swap() {
        Some(false) => finding(what, Health::Well, "暗号化されていないスワップはありません。"),
        Some(true) => finding(
            what,
            Health::Attention,
            "暗号化されていないスワップがあります。記憶の一部がディスクに書かれます。スワップを暗号化するか、切ってください。",
        ),
        None => finding(what, Health::Unknown, "この端末では調べられません。"),
    }
}

fn hibernation() -> Finding {
    let what = "休止状態";
    match inspect::can_hibernate() {
        Some(false) => finding(what, Health::Well, "使えない設定です。"),
        Some(true) => finding(
            what,
            Health::Attention,
            "休止状態にすると記憶がディスクに書かれます。使えない設定にするか、ディスク全体を暗号化してください。",
        ),
        None => finding(what, Health::Unknown, "この端末では調べられません。"),
    }
}

fn input_method() -> Finding {
    let what = "日本語入力";
    let learned = inspect::learned_words();
    if learned.is_empty() {
        return finding(what, Health::Well, "覚えた言葉のファイルはありません。");
    }
    let names: Vec<String> = learned.iter().map(|path| path.display().to_string()).collect();
    finding(
        what,
        Health::Attention,
        format!(
            "入力した名前を覚えることがあります。学習を切り、覚えたものを消してください（{}）。",
            names.join("、")
        ),
    )
}

fn clock() -> Finding {
    let what = "時計";
    match inspect::clock_is_set() {
        Some(true) => finding(what, Health::Well, "時刻合わせのサービスが合わせています。"),
        Some(false) => finding(
            what,
            Health::Attention,
            "時刻合わせのサービスがまだ合わせていません。日付と時刻を見て、違っていれば直してください。",
        ),
        None => finding(
            what,
            Health::Unknown,
            "時刻合わせのサービスが見つかりません。庁内の時刻サーバに合わせてください。",
        ),
    }
}
