//! 窓の手. A virtual display with a window manager and the program in it; keys go through `xdotool`, and the title of the
//! window says where the program stands. Everything that was started is ended with it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a place may take to come; machines under load are slow.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a single answer may take before the key is pressed again.
const ANSWER: Duration = Duration::from_secs(6);
/// How long the program must do nothing to be at rest.
const QUIET: Duration = Duration::from_millis(160);
const LOOK: Duration = Duration::from_millis(40);

pub struct Window {
    id: String,
    display: String,
    /// Ended in this order: the program before its display.
    program: Running,
    _manager: Running,
    _server: Running,
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Window {
    /// Opens the program on a display of its own; it prints to the queues of `cups`.
    pub fn open(home: &Path, cups: &str) -> Self {
        let (server, display) = serve();
        let quiet = |command: &mut Command| {
            Running(
                command
                    .env("DISPLAY", &display)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .expect("tests/run installs openbox"),
            )
        };
        let manager = quiet(&mut Command::new("openbox"));
        let program = quiet(
            Command::new(env!("CARGO_BIN_EXE_madoguchi"))
                .arg("--home")
                .arg(home)
                .arg("--demo")
                .env("CUPS_SERVER", cups)
                .env_remove("WAYLAND_DISPLAY"),
        );
        let pid = program.0.id().to_string();
        let began = Instant::now();
        let id = loop {
            let found = said(&display, &["search", "--onlyvisible", "--pid", &pid]);
            if let Some(id) = found.lines().last() {
                break id.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "the window does not open");
            thread::sleep(LOOK);
        };
        // The window manager may come after the window: without it nothing has the keys.
        loop {
            said(&display, &["windowactivate", &id]);
            if said(&display, &["getactivewindow"]).trim() == id {
                break;
            }
            assert!(began.elapsed() < PATIENCE, "the window does not get the keys");
            thread::sleep(LOOK);
        }
        Self {
            id,
            display,
            program,
            _manager: manager,
            _server: server,
        }
    }

    pub fn key(&self, key: &str) {
        said(&self.display, &["key", "--clearmodifiers", key]);
        self.settle();
    }

    pub fn type_text(&self, text: &str) {
        said(&self.display, &["type", "--delay", "12", text]);
        self.settle();
    }

    /// Waits until the program has nothing to do: keys that are typed ahead belong to the screen that is open, as
    /// at any counter, and a debug build under load is slower than any hand.
    fn settle(&self) {
        let began = Instant::now();
        let mut quiet = (self.ticks(), Instant::now());
        while quiet.1.elapsed() < QUIET && began.elapsed() < ANSWER {
            thread::sleep(LOOK);
            let ticks = self.ticks();
            if ticks != quiet.0 {
                quiet = (ticks, Instant::now());
            }
        }
    }

    /// Processor time of the program.
    fn ticks(&self) -> String {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.0.id())).unwrap_or_default();
        stat.split_whitespace()
            .skip(13)
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Presses a key until the title names this place: the program may still be writing when it comes.
    pub fn until_titled(&self, place: &str, key: &str) {
        for _ in 0..10 {
            self.key(key);
            let title = || said(&self.display, &["getwindowname", &self.id]);
            if self
                .look_for(|| title().trim_end().ends_with(place).then_some(()))
                .is_some()
            {
                return;
            }
        }
        panic!("{place} does not come");
    }

    /// Waits until the title names this place.
    pub fn wait_for(&self, place: &str) {
        let began = Instant::now();
        loop {
            let title = said(&self.display, &["getwindowname", &self.id]);
            if title.trim_end().ends_with(place) {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "「{}」 instead of {place}",
                title.trim()
            );
            thread::sleep(LOOK);
        }
    }

    /// Looks until there is an answer, for the time that one answer may take.
    pub fn look_for<T>(&self, look: impl Fn() -> Option<T>) -> Option<T> {
        let began = Instant::now();
        while began.elapsed() < ANSWER {
            if let Some(found) = look() {
                return Some(found);
            }
            thread::sleep(LOOK);
        }
        None
    }

    /// A picture of the display, where a folder for pictures is named.
    pub fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
            let path = Path::new(&folder).join(format!("{name}.png"));
            let _ = Command::new("import")
                .args(["-display", &self.display, "-window", "root"])
                .arg(path)
                .status();
        }
    }
}

/// A virtual display that chooses its own number.
fn serve() -> (Running, String) {
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1320x860x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("tests/run installs xvfb");
    let mut number = String::new();
    let output = server.stdout.take().expect("asked for");
    BufReader::new(output)
        .read_line(&mut number)
        .expect("Xvfb says its number");
    (Running(server), format!(":{}", number.trim()))
}

fn said(display: &str, arguments: &[&str]) -> String {
    let output = Command::new("xdotool")
        .args(arguments)
        .env("DISPLAY", display)
        .output();
    String::from_utf8_lossy(&output.expect("tests/run installs xdotool").stdout).into_owned()
}

/// The text of a PDF as an independent reader finds it, without blanks.
pub fn text_of_pdf(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(pdf).expect("room for a page");
    let output = Command::new("pdftotext").arg(file.path()).arg("-").output();
    let text =
        String::from_utf8_lossy(&output.expect("tests/run installs poppler-utils").stdout).into_owned();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
