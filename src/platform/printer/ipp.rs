//! 問い合わせ (IPP Get-Jobs, RFC 8011 §4.2.6). The one question that no command of CUPS answers: which jobs, by
//! name, has this queue taken? Small on purpose: one request, the answer's groups of jobs, nothing else.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// 仕事.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Job {
    pub number: i32,
    pub name: String,
    /// False while its bytes are still coming in, or where they never came to an end.
    pub whole: bool,
}

const LONGEST_ANSWER: u64 = 4 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

const OPERATION: u8 = 0x01;
const JOBS: u8 = 0x02;
const END: u8 = 0x03;
const INTEGER: u8 = 0x21;
const ENUM: u8 = 0x23;
const KEYWORD: u8 = 0x44;
const URI: u8 = 0x45;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;
const NAME: u8 = 0x42;
const NAME_WITH_LANGUAGE: u8 = 0x36;

/// State `pending-held` and `aborted`: a job whose bytes broke off ends in one of them.
const NOT_WHOLE: [i32; 2] = [4, 8];

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// All jobs the queue still knows, waiting and done.
pub(super) fn jobs(server: Option<&str>, queue: &str) -> io::Result<Vec<Job>> {
    let mut wire = connect(server)?;
    let body = request(queue);
    write!(
        wire,
        "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    wire.write_all(&body)?;
    wire.flush()?;
    let mut answer = Vec::new();
    wire.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    let split = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(malformed)?;
    let (head, body) = answer.split_at(split + 4);
    if !head.starts_with(b"HTTP/1.") || !head.get(9..).is_some_and(|rest| rest.starts_with(b"200")) {
        return Err(malformed());
    }
    read_jobs(body).ok_or_else(malformed)
}

fn malformed() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn connect(server: Option<&str>) -> io::Result<Box<dyn Wire>> {
    let named = server
        .map(str::to_owned)
        .or_else(|| std::env::var("CUPS_SERVER").ok());
    #[cfg(unix)]
    if named.is_none() {
        for path in ["/run/cups/cups.sock", "/var/run/cups/cups.sock"] {
            if let Ok(socket) = std::os::unix::net::UnixStream::connect(path) {
                socket.set_read_timeout(Some(PATIENCE))?;
                return Ok(Box::new(socket));
            }
        }
    }
    let server = named.unwrap_or_else(|| "localhost:631".to_owned());
    let address = if server.contains(':') {
        server
    } else {
        format!("{server}:631")
    };
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(Box::new(socket))
}

fn request(queue: &str) -> Vec<u8> {
    let mut body = vec![2, 0, 0, 0x0A, 0, 0, 0, 1, OPERATION];
    let mut attribute = |tag: u8, name: &str, value: &str| {
        body.push(tag);
        for part in [name, value] {
            body.extend_from_slice(&(part.len() as u16).to_be_bytes());
            body.extend_from_slice(part.as_bytes());
        }
    };
    attribute(CHARSET, "attributes-charset", "utf-8");
    attribute(LANGUAGE, "attributes-natural-language", "en");
    attribute(URI, "printer-uri", &format!("ipp://localhost/printers/{queue}"));
    let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
    attribute(NAME, "requesting-user-name", &user);
    attribute(KEYWORD, "which-jobs", "all");
    attribute(KEYWORD, "requested-attributes", "job-id");
    attribute(KEYWORD, "", "job-name");
    attribute(KEYWORD, "", "job-state");
    body.push(END);
    body
}

/// `None` where the answer is cut or says no.
fn read_jobs(answer: &[u8]) -> Option<Vec<Job>> {
    let mut rest = Reader(answer);
    let head = rest.take(8)?;
    let status = u16::from_be_bytes([*head.get(2)?, *head.get(3)?]);
    if status > 0x00FF {
        return None;
    }
    let mut jobs: Vec<Job> = Vec::new();
    let mut group = 0;
    loop {
        let tag = *rest.take(1)?.first()?;
        match tag {
            END => return Some(jobs),
            0x00..=0x0F => {
                group = tag;
                if group == JOBS {
                    jobs.push(Job {
                        number: 0,
                        name: String::new(),
                        whole: true,
                    });
                }
            }
            _ => {
                let name = rest.counted()?;
                let value = rest.counted()?;
                if group == JOBS
                    && let Some(job) = jobs.last_mut()
                {
                    set(job, tag, name, value);
                }
            }
        }
    }
}

fn set(job: &mut Job, tag: u8, name: &[u8], value: &[u8]) {
    let integer = || value.try_into().ok().map(i32::from_be_bytes);
    match (name, tag) {
        (b"job-id", INTEGER) => job.number = integer().unwrap_or(0),
        (b"job-state", ENUM) => job.whole = !integer().is_some_and(|state| NOT_WHOLE.contains(&state)),
        (b"job-name", NAME) => job.name = String::from_utf8_lossy(value).into_owned(),
        (b"job-name", NAME_WITH_LANGUAGE) => {
            let mut rest = Reader(value);
            let text = rest.counted().and_then(|_| rest.counted()).unwrap_or_default();
            job.name = String::from_utf8_lossy(text).into_owned();
        }
        _ => {}
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn counted(&mut self) -> Option<&'a [u8]> {
        let count = self.take(2)?.try_into().ok().map(u16::from_be_bytes)?;
        self.take(usize::from(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_or_mangled_answer_gives_nothing() {
        let whole = request("raw");
        for end in 0..whole.len() {
            assert_eq!(read_jobs(&whole[..end]), None, "{end}");
        }
        // Our own request read as an answer: a status that is no success is refused as well.
        assert!(read_jobs(&[2, 0, 4, 6, 0, 0, 0, 1, END]).is_none());
    }
}
