//! サインインの記録（扉の記録）. What happens before a session exists: wrong passwords, lockouts, openings. Each line
//! is sealed to the terminal and chained to the one before; the next session takes the lines into the audit
//! chain. How many lines there have to be stands with the terminal secret, so that a log cut short is noticed
//! and locks the door for a while.

use std::{fmt, io, path::PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        chain::{self, Link},
        revision::OperatorId,
    },
    platform::file,
    seal::{
        aead::{self, NONCE_LENGTH, Place},
        secret::Secret,
    },
    store::audit::Head,
};

const CONTEXT: &str = "madoguchi/door/1";
const LARGEST: u64 = 4 * 1024 * 1024;
/// 何回まちがえると閉まるか.
pub const MOST_TRIES: u8 = 5;
/// 閉まっている時間.
pub const CLOSED_FOR: TimeDelta = TimeDelta::minutes(15);
/// Lines younger than this stay in the file after they have been taken in: they still count for the lockout.
const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// 扉であったこと.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// Number or password was wrong.
    Wrong,
    /// A try while the door was closed to this operator.
    WhileClosed,
    /// The right password, but the operator may not work here today.
    Lapsed,
    /// The right password.
    Opened,
    /// The log was shorter than it had been, or did not add up.
    Cut,
    /// A session began or ended, and this far the audit chain had come.
    Witnessed,
    /// The audit chain was not the one that had been witnessed; from this line on the one that was found counts.
    Lost,
}

impl Happening {
    pub const fn code(self) -> &'static str {
        match self {
            Happening::Wrong => "wrong",
            Happening::WhileClosed => "while_closed",
            Happening::Lapsed => "lapsed",
            Happening::Opened => "opened",
            Happening::Cut => "cut",
            Happening::Witnessed => "witnessed",
            Happening::Lost => "lost",
        }
    }
}

/// 扉の記録の一行.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DoorLine {
    pub at: DateTime<Utc>,
    /// As it was typed, where it has the shape of a number; a password typed into the wrong field is not kept.
    pub operator: Option<OperatorId>,
    pub happening: Happening,
    /// The audit chain's head as it stood.
    #[serde(default)]
    pub head: Option<Head>,
}

/// 扉の記録.
pub struct DoorLog {
    path: PathBuf,
    lines: Vec<(u64, DoorLine)>,
    /// Number of the last line, from 1; 0 before the first.
    count: u64,
    link: Link,
}

impl fmt::Debug for DoorLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoorLog")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl DoorLog {
    /// 読む. `expected` lines there have been so far; where fewer are left, or they don't add up, what is left is
    /// put aside and the second answer is true.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn open(path: PathBuf, key: &Secret, expected: u64) -> io::Result<(Self, bool)> {
        let text = match file::read(&path, LARGEST) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_else(|_| "?".to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => "?".to_owned(),
            Err(error) => return Err(error),
        };
        let mut log = DoorLog::empty(path);
        let whole = log.read(&text, key) && log.count >= expected;
        if whole {
            return Ok((log, false));
        }
        if !text.is_empty() {
            std::fs::rename(&log.path, log.path.with_extension("log.aside"))?;
        }
        log.lines.clear();
        log.count = log.count.max(expected);
        log.link = chain::START;
        Ok((log, true))
    }

    /// Nothing has been read yet.
    pub fn empty(path: PathBuf) -> Self {
        DoorLog {
            path,
            lines: Vec::new(),
            count: 0,
            link: chain::START,
        }
    }

    /// The last line's word on how far the audit chain had come.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        self.lines.iter().rev().find_map(|(_, line)| line.head)
    }

    fn read(&mut self, text: &str, key: &Secret) -> bool {
        for written in text.split_inclusive('\n') {
            let Some((number, previous, sealed)) = parse(written) else {
                return false;
            };
            if !self.lines.is_empty() && (number != self.count + 1 || previous != self.link) {
                return false;
            }
            let Some(line) = unseal(key, number, &previous, &sealed) else {
                return false;
            };
            self.count = number;
            self.link = chain::link(CONTEXT, &previous, &sealed);
            self.lines.push((number, line));
        }
        true
    }

    /// 書き足す. On the disk before it returns.
    ///
    /// # Errors
    /// The disk is full or the file can't be written.
    pub fn append(&mut self, key: &Secret, nonce: [u8; NONCE_LENGTH], line: DoorLine) -> io::Result<()> {
        let number = self.count + 1;
        let (text, sealed) = write(key, number, &self.link, nonce, &line);
        file::append(&self.path, text.as_bytes())?;
        self.link = chain::link(CONTEXT, &self.link, &sealed);
        self.count = number;
        self.lines.push((number, line));
        Ok(())
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Lines after this number.
    pub fn after(&self, number: u64) -> impl Iterator<Item = (u64, &DoorLine)> {
        self.lines
            .iter()
            .filter(move |(n, _)| *n > number)
            .map(|(n, line)| (*n, line))
    }

    /// 間引く. Lines that have been taken in and are older than a day go; the chain goes on.
    ///
    /// # Errors
    /// The disk is full or the file can't be written.
    pub fn thin_out(&mut self, taken: u64, now: DateTime<Utc>) -> io::Result<()> {
        let text = match file::read(&self.path, LARGEST) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Err(_) => return Ok(()),
        };
        let old = self
            .lines
            .iter()
            .take_while(|(number, line)| *number <= taken && line.at < now - KEPT_FOR)
            .count();
        // The last line stays, so that the file goes on saying how many there have been.
        let old = old.min(self.lines.len().saturating_sub(1));
        if old == 0 {
            return Ok(());
        }
        let kept: String = text.split_inclusive('\n').skip(old).collect();
        file::replace(&self.path, kept.as_bytes())?;
        self.lines.drain(..old);
        Ok(())
    }

    /// いつまで閉まっているか, for this operator.
    #[must_use]
    pub fn closed_until(&self, operator: &OperatorId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (_, closed) = self.tries(operator);
        closed.filter(|until| now < *until)
    }

    /// あと何回か, before the door closes to this operator.
    #[must_use]
    pub fn tries_left(&self, operator: &OperatorId) -> u8 {
        MOST_TRIES.saturating_sub(self.tries(operator).0)
    }

    fn tries(&self, operator: &OperatorId) -> (u8, Option<DateTime<Utc>>) {
        let (mut count, mut closed) = (0u8, None);
        for (_, line) in &self.lines {
            match line.happening {
                Happening::Cut => {
                    count = 0;
                    closed = Some(line.at + CLOSED_FOR);
                }
                Happening::Wrong if line.operator.as_ref() == Some(operator) => {
                    count += 1;
                    if count >= MOST_TRIES {
                        count = 0;
                        closed = Some(line.at + CLOSED_FOR);
                    }
                }
                Happening::Opened if line.operator.as_ref() == Some(operator) => {
                    count = 0;
                    closed = None;
                }
                _ => {}
            }
        }
        (count, closed)
    }
}

fn place(number: u64, previous: &Link) -> Vec<u8> {
    let mut subject = number.to_be_bytes().to_vec();
    subject.extend_from_slice(previous);
    subject
}

fn write(
    key: &Secret,
    number: u64,
    previous: &Link,
    nonce: [u8; NONCE_LENGTH],
    line: &DoorLine,
) -> (String, Vec<u8>) {
    let mut plain = Vec::new();
    ciborium::into_writer(line, &mut plain).expect("writing to memory can't go wrong");
    let sealed = aead::encrypt(
        key,
        Place {
            table: "door",
            subject: &place(number, previous),
        },
        nonce,
        &plain,
    );
    (format!("{number}:{}:{}\n", hex(previous), hex(&sealed)), sealed)
}

fn unseal(key: &Secret, number: u64, previous: &Link, sealed: &[u8]) -> Option<DoorLine> {
    let plain = aead::decrypt(
        key,
        Place {
            table: "door",
            subject: &place(number, previous),
        },
        sealed,
    )
    .ok()?;
    ciborium::de::from_reader_with_recursion_limit(plain.as_slice(), 8).ok()
}

fn parse(line: &str) -> Option<(u64, Link, Vec<u8>)> {
    let mut parts = line.strip_suffix('\n')?.split(':');
    let number = parts.next()?.parse().ok()?;
    let previous = unhex(parts.next()?)?.try_into().ok()?;
    let sealed = unhex(parts.next()?)?;
    parts.next().is_none().then_some((number, previous, sealed))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-11-24T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn line(minute: i64, operator: &str, happening: Happening) -> DoorLine {
        DoorLine {
            at: at(minute),
            operator: Some(OperatorId(operator.into())),
            happening,
            head: None,
        }
    }

    fn who(operator: &str) -> OperatorId {
        OperatorId(operator.into())
    }

    fn log(folder: &tempfile::TempDir, lines: &[DoorLine]) -> DoorLog {
        let key = Secret::new([1; 32]);
        let (mut log, cut) = DoorLog::open(folder.path().join("door.log"), &key, 0).unwrap();
        assert!(!cut);
        for (n, line) in lines.iter().enumerate() {
            log.append(&key, [n as u8; 24], line.clone()).unwrap();
        }
        log
    }

    #[test]
    fn five_wrong_tries_close_the_door_for_a_quarter_of_an_hour_to_that_operator() {
        let folder = tempfile::tempdir().unwrap();
        let tries: Vec<_> = (0..5).map(|n| line(n, "1001", Happening::Wrong)).collect();
        let log = log(&folder, &tries);
        assert_eq!(log.closed_until(&who("1001"), at(5)), Some(at(19)));
        assert_eq!(log.closed_until(&who("1001"), at(19)), None);
        assert_eq!(log.closed_until(&who("1002"), at(5)), None);
        assert_eq!(log.tries_left(&who("1001")), 5);
    }

    #[test]
    fn the_right_password_in_between_starts_the_count_anew_and_somebody_elses_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut tries: Vec<_> = (0..4).map(|n| line(n, "1001", Happening::Wrong)).collect();
        tries.push(line(4, "1002", Happening::Opened));
        assert_eq!(log(&folder, &tries).tries_left(&who("1001")), 1);
        tries.push(line(5, "1001", Happening::Opened));
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(log(&folder, &tries).tries_left(&who("1001")), 5);
    }

    #[test]
    fn lines_are_read_back_and_hold_nothing_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let lines = [
            line(0, "1001", Happening::Wrong),
            line(1, "1001", Happening::Opened),
        ];
        log(&folder, &lines);
        let path = folder.path().join("door.log");
        assert!(!std::fs::read_to_string(&path).unwrap().contains("1001"));
        let (again, cut) = DoorLog::open(path, &Secret::new([1; 32]), 2).unwrap();
        assert!(!cut);
        assert_eq!(
            again.after(0).map(|(_, line)| line.clone()).collect::<Vec<_>>(),
            lines
        );
    }

    #[test]
    fn a_log_cut_changed_or_taken_away_is_noticed_and_nothing_is_deleted() {
        let key = Secret::new([1; 32]);
        let lines: Vec<_> = (0..3).map(|n| line(n, "1001", Happening::Wrong)).collect();
        for damage in 0..4 {
            let folder = tempfile::tempdir().unwrap();
            log(&folder, &lines);
            let path = folder.path().join("door.log");
            let text = std::fs::read_to_string(&path).unwrap();
            match damage {
                0 => std::fs::write(&path, text.split_inclusive('\n').take(2).collect::<String>()).unwrap(),
                1 => std::fs::write(
                    &path,
                    text.split_inclusive('\n').skip(1).take(1).collect::<String>(),
                )
                .unwrap(),
                2 => std::fs::write(&path, text.replace('a', "b")).unwrap(),
                _ => std::fs::rename(&path, folder.path().join("elsewhere")).unwrap(),
            }
            let (mut again, cut) = DoorLog::open(path.clone(), &key, 3).unwrap();
            assert!(cut, "damage {damage}");
            assert_eq!(
                std::fs::read_dir(folder.path()).unwrap().count(),
                1,
                "put aside, not deleted"
            );
            let noted = DoorLine {
                at: at(9),
                operator: None,
                happening: Happening::Cut,
                head: None,
            };
            again.append(&key, [9; 24], noted).unwrap();
            assert_eq!(again.closed_until(&who("1002"), at(10)), Some(at(24)));
            assert!(again.count() > 3);
            assert!(!DoorLog::open(path, &key, again.count()).unwrap().1);
        }
    }

    #[test]
    fn old_lines_go_once_they_have_been_taken_in_and_the_chain_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<_> = (0..4).map(|n| line(n * 600, "1001", Happening::Wrong)).collect();
        let mut log = log(&folder, &lines);
        log.thin_out(3, at(1800 + 60 * 24 - 601)).unwrap();
        let key = Secret::new([1; 32]);
        let (again, cut) = DoorLog::open(folder.path().join("door.log"), &key, 4).unwrap();
        assert!(!cut);
        assert_eq!(again.after(0).map(|(n, _)| n).collect::<Vec<_>>(), [3, 4]);
    }
}
