//! プリンター. Queues of the operating system: CUPS, through `lp` on standard input, so that nothing of a person
//! is ever a file of ours. What a queue can say is who has taken a job; what reached paper only a person knows
//! (`office::run`).

mod ipp;

use std::{
    fmt,
    io::{self, Write},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// How often, and how far apart, a queue is asked for a job that is still coming in.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Longest name of a queue, and of a job, in bytes.
const LONGEST_NAME: usize = 127;

/// プリンターの系. The system's own, or a server at an address (tests).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Printers {
    server: Option<String>,
}

/// 待ち行列.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queue {
    pub name: String,
    pub state: QueueState,
    /// What the queue itself says about it, in its own words.
    pub message: String,
    pub default: bool,
}

/// 待ち行列の状態.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QueueState {
    Idle,
    Printing,
    /// Takes jobs, prints none.
    Stopped,
    /// Takes no jobs.
    Rejecting,
}

impl QueueState {
    /// Whether what is handed over comes out.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self, Self::Idle | Self::Printing)
    }

    /// What a clerk is told.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "待機中",
            Self::Printing => "印刷中",
            Self::Stopped => "停止中",
            Self::Rejecting => "受付停止",
        }
    }
}

/// 受付番号. The job's number within its queue.
pub type JobNumber = i32;

/// 問い合わせの答え. What a queue knows of a job by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// The queue has the whole job, waiting or done.
    Taken(JobNumber),
    /// The queue keeps its history and never had it.
    NotTaken,
    /// It can't tell: no answer, a history that is not kept, or a job that came in part.
    Unknown,
}

/// 印刷できない.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PrinterError {
    /// No print system answers.
    NoSystem,
    /// No queue is set up on this machine.
    NoQueue,
    /// The queue is not there any more.
    Gone(String),
    /// The queue takes no jobs now.
    Rejecting(String),
    /// The job broke off on its way: it may have been taken or not.
    Broken,
    /// A name that can't be handed over.
    Name,
}

impl fmt::Display for PrinterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSystem => f.write_str(
                "この端末の印刷のしくみ（CUPS）が応答しません。動いているか、技術担当に確かめてください。",
            ),
            Self::NoQueue => {
                f.write_str("この端末にはプリンターがありません。技術担当に登録を頼んでください。")
            }
            Self::Gone(queue) => write!(
                f,
                "プリンター「{queue}」が見つかりません。電源と接続を確かめるか、ほかのプリンターを選んでください。"
            ),
            Self::Rejecting(queue) => write!(
                f,
                "プリンター「{queue}」は受付を止めています。再開してから、もう一度印刷してください。"
            ),
            Self::Broken => {
                f.write_str("印刷の受け渡しが途中で切れました。届いたかどうかを枚数で確かめてください。")
            }
            Self::Name => {
                f.write_str("プリンターの名前が長すぎるか、使えない文字があります。設定を確かめてください。")
            }
        }
    }
}

impl std::error::Error for PrinterError {}

impl Printers {
    /// The print system of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self { server: None }
    }

    /// A print server at `host:port`.
    #[must_use]
    pub fn at(server: &str) -> Self {
        Self {
            server: Some(server.to_owned()),
        }
    }

    /// 待ち行列の一覧, by name.
    ///
    /// # Errors
    /// No print system answers.
    pub fn queues(&self) -> Result<Vec<Queue>, PrinterError> {
        let states = self.lpstat(&["-p"])?;
        let accepting = self.lpstat(&["-a"])?;
        let default = self.lpstat(&["-d"])?;
        let default = default.trim().rsplit(": ").next().unwrap_or("").to_owned();
        let rejecting: Vec<&str> = accepting
            .lines()
            .filter_map(|line| line.split_once(" not accepting").map(|(name, _)| name))
            .collect();
        let mut queues: Vec<Queue> = Vec::new();
        for line in states.lines() {
            if line.starts_with(char::is_whitespace) {
                if let Some(queue) = queues.last_mut() {
                    queue.message = line.trim().to_owned();
                }
                continue;
            }
            let mut words = line.split(' ');
            let (Some("printer"), Some(name)) = (words.next(), words.next()) else {
                continue;
            };
            queues.push(Queue {
                name: name.to_owned(),
                state: state(line, rejecting.contains(&name)),
                message: String::new(),
                default: name == default,
            });
        }
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(queues)
    }

    /// One queue.
    ///
    /// # Errors
    /// No print system answers, or it has no such queue.
    pub fn queue(&self, name: &str) -> Result<Queue, PrinterError> {
        let queues = self.queues()?;
        queues
            .into_iter()
            .find(|queue| queue.name == name)
            .ok_or_else(|| PrinterError::Gone(name.to_owned()))
    }

    /// 印刷に渡す. Hands the bytes over on standard input, under a name that says nothing of a person.
    ///
    /// # Errors
    /// [`PrinterError::Broken`] where the queue may have the job or not; every other error means it has not.
    pub fn send(&self, queue: &str, name: &str, bytes: &[u8]) -> Result<JobNumber, PrinterError> {
        if !is_name(queue) || !is_name(name) {
            return Err(PrinterError::Name);
        }
        let mut child = self
            .command("lp")
            .args(["-d", queue, "-t", name, "--", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|_| PrinterError::NoSystem)?;
        let written = match child.stdin.take() {
            Some(mut stdin) => stdin.write_all(bytes),
            None => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        };
        let output = child.wait_with_output().map_err(|_| PrinterError::Broken)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() && written.is_ok() {
            return number(&said, queue).ok_or(PrinterError::Broken);
        }
        match refusal(&String::from_utf8_lossy(&output.stderr), queue) {
            // lp says the same where nobody answers at all.
            PrinterError::Gone(gone) => Err(self.queues().err().unwrap_or(PrinterError::Gone(gone))),
            error => Err(error),
        }
    }

    /// 既定のプリンターへ. The default queue, or the only one.
    ///
    /// # Errors
    /// As [`Printers::send`], and where there is no queue at all.
    pub fn send_to_default(&self, name: &str, bytes: &[u8]) -> Result<JobNumber, PrinterError> {
        let queues = self.queues()?;
        let queue = queues.iter().find(|queue| queue.default).or(queues.first());
        self.send(&queue.ok_or(PrinterError::NoQueue)?.name, name, bytes)
    }

    /// 問い合わせる. Asks the queue for a job by its name. `witness` is a job that this queue took before: while
    /// it is still known, a name that is not known was never taken.
    #[must_use]
    pub fn find(&self, queue: &str, name: &str, witness: Option<JobNumber>) -> Found {
        // A job that has just been handed over is held for a moment before the queue calls it its own.
        for _ in 0..LOOKS {
            let Ok(jobs) = ipp::jobs(self.server.as_deref(), queue) else {
                return Found::Unknown;
            };
            match jobs
                .iter()
                .filter(|job| job.name == name)
                .max_by_key(|job| job.number)
            {
                Some(job) if job.whole => return Found::Taken(job.number),
                Some(_) => thread::sleep(BETWEEN_LOOKS),
                None => {
                    return match witness {
                        Some(witness) if jobs.iter().any(|job| job.number == witness) => Found::NotTaken,
                        _ => Found::Unknown,
                    };
                }
            }
        }
        Found::Unknown
    }

    fn lpstat(&self, arguments: &[&str]) -> Result<String, PrinterError> {
        let output = self
            .command("lpstat")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| PrinterError::NoSystem)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("not running") || said.contains("Unable to connect") {
            return Err(PrinterError::NoSystem);
        }
        // Without any queue lpstat says so and ends with 1.
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("LC_ALL", "C");
        if let Some(server) = &self.server {
            command.args(["-h", server]);
        }
        command
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with('-')
        && !name
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '#')
}

fn state(line: &str, rejecting: bool) -> QueueState {
    if rejecting {
        QueueState::Rejecting
    } else if line.contains(" disabled since") {
        QueueState::Stopped
    } else if line.contains(" now printing ") {
        QueueState::Printing
    } else {
        QueueState::Idle
    }
}

/// `request id is raw-12 (0 file(s))`
fn number(said: &str, queue: &str) -> Option<JobNumber> {
    let (_, after) = said.split_once("request id is ")?;
    let id = after.split_whitespace().next()?;
    id.strip_prefix(queue)?.strip_prefix('-')?.parse().ok()
}

fn refusal(said: &str, queue: &str) -> PrinterError {
    if said.contains("does not exist") || said.contains("not-found") || said.contains("Not Found") {
        PrinterError::Gone(queue.to_owned())
    } else if said.contains("not accepting") {
        PrinterError::Rejecting(queue.to_owned())
    } else if said.contains("not running")
        || said.contains("Unable to connect")
        || said.contains("Connection refused")
    {
        PrinterError::NoSystem
    } else {
        PrinterError::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_job_is_read_from_what_lp_says() {
        assert_eq!(number("request id is raw-12 (0 file(s))\n", "raw"), Some(12));
        assert_eq!(number("request id is a-b-7 (1 file(s))\n", "a-b"), Some(7));
        assert_eq!(number("", "raw"), None);
    }

    #[test]
    fn a_name_can_be_no_option_and_hold_no_space() {
        assert!(is_name("R0091/3/1"));
        for wrong in ["", "-o", "a b", "a\nb"] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
    }
}
