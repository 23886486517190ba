//! 印刷の待ち行列. A real CUPS on a port of its own, with a raw queue into a TCP sink: what arrives is what was
//! handed over, and what the queue knows is asked by name.

use std::{
    fs,
    io::Read,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use madoguchi::platform::printer::{Found, PrinterError, Printers, QueueState};

/// What a printer at a socket has received, job by job.
#[derive(Clone, Default)]
pub struct Sink(Arc<Mutex<Vec<Vec<u8>>>>);

impl Sink {
    pub fn start() -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sink = Self::default();
        let jobs = Arc::clone(&sink.0);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { break };
                let mut bytes = Vec::new();
                let _ = stream.read_to_end(&mut bytes);
                jobs.lock().expect("unpoisoned").push(bytes);
            }
        });
        (sink, port)
    }

    pub fn wait(&self, count: usize) -> Vec<Vec<u8>> {
        let patience = Instant::now() + Duration::from_secs(20);
        loop {
            let jobs = self.0.lock().expect("unpoisoned").clone();
            if jobs.len() >= count || Instant::now() > patience {
                return jobs;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A CUPS of our own, ended with the test.
pub struct Cups {
    daemon: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Cups {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Cups {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cups")
            .tempdir()
            .expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address")
            .port();
        configure(folder.path(), port);
        let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let daemon = Command::new("/usr/sbin/cupsd")
            .args(["-f", "-c", &file("cupsd.conf"), "-s", &file("cups-files.conf")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/run installs cups");
        let cups = Self {
            daemon,
            address: format!("127.0.0.1:{port}"),
            _folder: folder,
        };
        let patience = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&cups.address).is_err() {
            assert!(Instant::now() < patience, "cupsd does not answer");
            thread::sleep(Duration::from_millis(50));
        }
        cups
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn printers(&self) -> Printers {
        Printers::at(&self.address)
    }

    pub fn add(&self, queue: &str, port: u16) {
        self.run(
            "lpadmin",
            &[
                "-p",
                queue,
                "-E",
                "-v",
                &format!("socket://127.0.0.1:{port}"),
                "-m",
                "raw",
            ],
        );
    }

    pub fn run(&self, program: &str, arguments: &[&str]) {
        let output = Command::new(program)
            .args(["-h", &self.address])
            .args(arguments)
            .env("LC_ALL", "C")
            .output()
            .expect("cups-client is there");
        assert!(
            output.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn configure(folder: &Path, port: u16) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("ours");
    let path = |name: &str| folder.join(name).display().to_string();
    for name in ["spool", "cache", "state", "tmp", "log", "doc"] {
        fs::create_dir(folder.join(name)).expect("ours");
    }
    fs::set_permissions(folder.join("tmp"), fs::Permissions::from_mode(0o1777)).expect("ours");
    let daemon = format!(
        "Listen 127.0.0.1:{port}\nBrowsing Off\nWebInterface No\nPreserveJobHistory Yes\nLogLevel warn\n\
         <Location />\nOrder allow,deny\nAllow 127.0.0.1\n</Location>\n\
         <Policy default>\nJobPrivateAccess all\nJobPrivateValues none\nSubscriptionPrivateAccess all\n\
         SubscriptionPrivateValues none\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n"
    );
    let files = format!(
        "SystemGroup root\nServerRoot {}\nRequestRoot {}\nCacheDir {}\nStateDir {}\nTempDir {}\nDocumentRoot {}\n\
         AccessLog {}\nErrorLog {}\nPageLog {}\n",
        folder.display(),
        path("spool"),
        path("cache"),
        path("state"),
        path("tmp"),
        path("doc"),
        path("log/access"),
        path("log/error"),
        path("log/page"),
    );
    fs::write(folder.join("cupsd.conf"), daemon).expect("ours");
    fs::write(folder.join("cups-files.conf"), files).expect("ours");
}

#[test]
fn a_real_queue_hands_on_the_very_bytes_and_knows_the_job_by_name() {
    let cups = Cups::start();
    let (sink, port) = Sink::start();
    cups.add("counter", port);
    let printers = cups.printers();
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at * 7 % 251) as u8).collect();
    let first = printers.send("counter", "R0001/1/1", &bytes).expect("taken");
    assert_eq!(sink.wait(1), [bytes]);
    assert_eq!(printers.find("counter", "R0001/1/1", None), Found::Taken(first));
    assert_eq!(
        printers.find("counter", "R0001/2/1", Some(first)),
        Found::NotTaken
    );
    assert_eq!(
        printers.find("counter", "R0001/2/1", None),
        Found::Unknown,
        "without a witness nothing is sure"
    );
    assert_eq!(
        printers.find("counter", "R0001/2/1", Some(first + 99)),
        Found::Unknown
    );
}

#[test]
fn a_queue_that_is_stopped_rejecting_or_gone_says_so() {
    let cups = Cups::start();
    let (_sink, port) = Sink::start();
    let printers = cups.printers();
    assert_eq!(printers.queues(), Ok(vec![]));
    cups.add("counter", port);
    assert_eq!(printers.queue("counter").expect("there").state, QueueState::Idle);
    cups.run("cupsdisable", &["counter"]);
    assert_eq!(
        printers.queue("counter").expect("there").state,
        QueueState::Stopped
    );
    cups.run("cupsreject", &["counter"]);
    assert_eq!(
        printers.queue("counter").expect("there").state,
        QueueState::Rejecting
    );
    assert_eq!(
        printers.send("counter", "R0001/1/1", b"x"),
        Err(PrinterError::Rejecting("counter".to_owned()))
    );
    cups.run("lpadmin", &["-x", "counter"]);
    assert_eq!(
        printers.send("counter", "R0001/1/1", b"x"),
        Err(PrinterError::Gone("counter".to_owned()))
    );
    assert_eq!(
        printers.queue("counter"),
        Err(PrinterError::Gone("counter".to_owned()))
    );
}

#[test]
fn without_a_print_system_the_sentence_says_what_to_do() {
    let nobody = Printers::at("127.0.0.1:9");
    assert_eq!(nobody.queues(), Err(PrinterError::NoSystem));
    let error = nobody
        .send("counter", "R0001/1/1", b"x")
        .expect_err("nobody there");
    assert!(error.to_string().contains("確かめてください"), "{error:?}");
    assert_eq!(nobody.find("counter", "R0001/1/1", Some(1)), Found::Unknown);
}
