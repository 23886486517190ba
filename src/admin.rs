//! The command line of technicians, supervisors and the server room. One file per group of commands below; each
//! names its arguments and asks the office. Exit codes: 0 done and well, 1 found something or was refused with
//! a sentence, 2 not called rightly. Nothing here knows a deed's rules.

mod access;
mod audit;
mod check;
mod demo;
mod digest;
mod draw;
mod evaluate;
mod explain;
mod import;
mod kana;
mod keys;
mod numbers;
mod operators;
mod passwords;
mod print;
mod rebuild;
mod refused;
mod rules;
mod settings;
mod setup;
mod words;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use refused::Refused;

/// 窓口の管理コマンド。
#[derive(Parser, Debug)]
#[command(name = "madoguchi-admin", version)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct Global {
    /// データのフォルダー（指定しないときは利用者の標準の場所）
    #[arg(long, global = true, value_name = "フォルダー")]
    home: Option<PathBuf>,
    /// 操作者番号
    #[arg(long, global = true, value_name = "番号")]
    operator: Option<String>,
    /// パスワードを書いたファイル（本人だけが読めるもの）
    #[arg(long, global = true, value_name = "ファイル", conflicts_with = "password_fd")]
    password_file: Option<PathBuf>,
    /// パスワードを読むファイル記述子の番号
    #[arg(long, global = true, value_name = "番号")]
    password_fd: Option<i32>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Setup(setup::SetUpCommand),
    Backup(setup::BackUpCommand),
    Restore(setup::RestoreCommand),
    Doctor(setup::DoctorCommand),
    Operators(operators::Operators),
    Numbers(numbers::Numbers),
    Keys(keys::Keys),
    Audit(audit::Audit),
    Rebuild(rebuild::Rebuild),
    Digest(digest::Digest),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    Rules(rules::Rules),
    Draw(draw::Draw),
    Print(print::Print),
    Settings(settings::Settings),
    Check(check::Check),
    KanaKey(kana::KanaKey),
    Demo(demo::Demo),
    Import(import::Import),
}

/// Runs one command line and answers with the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match words::in_japanese(Line::command()).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return words::explain(&error),
    };
    let line = match Line::from_arg_matches(&matches) {
        Ok(line) => line,
        Err(error) => return words::explain(&error),
    };
    match dispatch(&line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(line: &Line) -> Result<(), Refused> {
    match &line.command {
        Command::Setup(setup) => setup.run(&line.global),
        Command::Backup(backup) => backup.run(&line.global),
        Command::Restore(restore) => restore.run(&line.global),
        Command::Doctor(doctor) => doctor.run(&line.global),
        Command::Operators(operators) => operators.run(&line.global),
        Command::Numbers(numbers) => numbers.run(&line.global),
        Command::Keys(keys) => keys.run(&line.global),
        Command::Audit(audit) => audit.run(&line.global),
        Command::Rebuild(rebuild) => rebuild.run(&line.global),
        Command::Digest(digest) => digest.run(&line.global),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Explain(explain) => explain.run(&line.global),
        Command::Rules(rules) => rules.run(),
        Command::Draw(draw) => draw.run(&line.global),
        Command::Print(print) => print.run(&line.global),
        Command::Settings(settings) => settings.run(&line.global),
        Command::Check(check) => check.run(&line.global),
        Command::KanaKey(key) => key.run(&line.global),
        Command::Demo(demo) => demo.run(&line.global),
        Command::Import(import) => import.run(&line.global),
    }
}
