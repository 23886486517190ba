//! パスワードをつづけて読む. For commands that need more than one: the lines of one file or descriptor in the order in
//! which they would be asked for, or the prompt. New ones are asked for twice. A single one is `admin::access`.

use std::io::{self, BufRead, BufReader, Read};

use zeroize::Zeroizing;

use crate::admin::{Global, Refused};

/// Most that is read of a file of passwords, in bytes.
const LONGEST: u64 = 65_536;

/// Several passwords in a row: from the lines of the file or descriptor the command line names, else asked for.
pub(super) enum Passwords {
    Lines(Box<dyn Iterator<Item = io::Result<String>>>),
    Prompt,
}

impl Passwords {
    pub(super) fn of(global: &Global) -> Result<Self, Refused> {
        Ok(match global.password_source()? {
            Some(file) => Self::Lines(Box::new(BufReader::new(file.take(LONGEST)).lines())),
            None => Self::Prompt,
        })
    }

    pub(super) fn one(&mut self, title: &str) -> Result<Zeroizing<String>, Refused> {
        match self {
            Self::Lines(lines) => match lines.next() {
                Some(Ok(line)) => Ok(Zeroizing::new(line)),
                _ => Err(Refused::new(format!(
                    "{title}がありません。1行に1つ、きかれる順に書いてください。"
                ))),
            },
            Self::Prompt => rpassword::prompt_password(format!("{title}: "))
                .map(Zeroizing::new)
                .map_err(|_| Refused::new(format!("{title}を読み取れません。端末から入力してください。"))),
        }
    }

    /// A new one: asked for twice, and again where it can't be used.
    pub(super) fn new_one<E: std::error::Error>(
        &mut self,
        title: &str,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Result<Zeroizing<String>, Refused> {
        loop {
            let word = self.one(title)?;
            let prompted = matches!(self, Self::Prompt);
            match check(&word) {
                Err(error) if prompted => eprintln!("{error}"),
                Err(error) => return Err(Refused::new(format!("{title}: {error}"))),
                Ok(()) if !prompted => return Ok(word),
                Ok(()) if self.one("もう一度")? == word => return Ok(word),
                Ok(()) => eprintln!("2回の入力がちがいます。はじめから入力してください。"),
            }
        }
    }
}
