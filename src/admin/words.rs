//! コマンドの案内文. Puts the argument parser's own headings and complaints into Japanese; what commands and options
//! mean stands beside them.

use std::process::ExitCode;

use clap::{
    Arg, ArgAction, Command,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

const TEMPLATE: &str = "\
{about}

使い方: {usage}

{all-args}";

/// The whole tree of commands with Japanese headings.
pub(super) fn in_japanese(command: Command) -> Command {
    let is_root = command.get_version().is_some();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("コマンド")
        .subcommand_value_name("コマンド")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("この案内を表示する"),
        );
    if is_root {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help("版を表示する"),
        );
    }
    command
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "引数"
            } else {
                "オプション"
            };
            let takes_values = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
            let argument = argument.help_heading(heading);
            if takes_values {
                argument.hide_default_value(true).hide_possible_values(true)
            } else {
                argument
            }
        })
        .mut_subcommands(in_japanese)
}

/// Prints help or the complaint, and answers with the exit code.
pub(super) fn explain(error: &Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp => {
            print!("{}", in_words(&error.to_string()));
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", in_words(&error.to_string()));
            return ExitCode::from(2);
        }
        ErrorKind::DisplayVersion => {
            print!("{error}");
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    eprintln!("{}", complaint(error));
    eprintln!("案内は --help で表示します。");
    ExitCode::from(2)
}

/// The usage line holds two words of the parser's own.
fn in_words(help: &str) -> String {
    help.replace("[OPTIONS]", "[オプション]")
        .replace("[COMMAND]", "[コマンド]")
        .replace("<COMMAND>", "<コマンド>")
}

fn complaint(error: &Error) -> String {
    let argument = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {argument}"),
        ErrorKind::MissingSubcommand => "コマンドを指定してください。".to_owned(),
        ErrorKind::InvalidSubcommand => format!(
            "このコマンドはありません: {}",
            context(error, ContextKind::InvalidSubcommand)
        ),
        ErrorKind::UnknownArgument => format!("この引数はありません: {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("値がありません: {argument}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("この値は使えません: {argument} {value}")
        }
        ErrorKind::ArgumentConflict => format!(
            "同時には指定できません: {argument} と {}",
            context(error, ContextKind::PriorArg)
        ),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("値の数が合いません: {argument}")
        }
        ErrorKind::InvalidUtf8 => "文字として読めない引数があります。".to_owned(),
        _ => "引数を読み取れません。".to_owned(),
    }
}

fn context(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        _ => String::new(),
    }
}
