//! 始まりまで. From the start of the program to its sign-in screen, and from the password to ホーム, at a real window: the
//! title of the window says where it stands. Keys come from `xdotool`; a round is one run on a demo home of 300
//! residents.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use madoguchi::office::{Home, Machine, demo};
use serde_json::json;

use crate::figure::{Figure, Limit};

const PATIENCE: Duration = Duration::from_secs(60);
/// The title is looked at this often.
const LOOK: Duration = Duration::from_millis(5);

/// One start; nothing where there is no display or no `xdotool`.
pub fn measure() -> Vec<Figure> {
    let program = Path::new(env!("CARGO_BIN_EXE_madoguchi"));
    if std::env::var_os("DISPLAY").is_none() || Command::new("xdotool").arg("version").output().is_err() {
        eprintln!("画面か xdotool がないので、始まりまでの時間は測っていません。");
        return Vec::new();
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path().join("home");
    let size = demo::Size {
        seed: 1,
        residents: 300,
        years: 2,
    };
    demo::ensure(&Home::new(&home), Machine::real(), size, &|_, _, _| {}).expect("a demo home");
    let Some((to_sign_in, to_home)) = run(program, &home) else {
        eprintln!("窓が開かないので、始まりまでの時間は測っていません。");
        return Vec::new();
    };
    let conditions = json!({ "residents": size.residents, "display": "X11" });
    vec![
        Figure {
            name: "start_to_sign_in".to_owned(),
            conditions: conditions.clone(),
            samples_ms: vec![to_sign_in],
            limit: Limit::Median(500.0),
        },
        Figure {
            name: "sign_in_to_home".to_owned(),
            conditions,
            samples_ms: vec![to_home],
            limit: Limit::Median(1000.0),
        },
    ]
}

fn run(program: &Path, home: &PathBuf) -> Option<(f64, f64)> {
    let began = Instant::now();
    let child = Command::new(program)
        .arg("--home")
        .arg(home)
        .arg("--demo")
        .stderr(Stdio::null())
        .spawn()
        .ok()
        .map(Running)?;
    let window = wait_for(|| find(&child.0))?;
    wait_for(|| titled(&window, "サインイン"))?;
    let shown = began.elapsed();
    key(&["type", "--delay", "1", "1001"]);
    key(&["key", "Return"]);
    key(&["type", "--delay", "1", "kawa-ishi-yuki"]);
    let entered = Instant::now();
    key(&["key", "Return"]);
    wait_for(|| titled(&window, "ホーム"))?;
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    Some((millis(shown), millis(entered.elapsed())))
}

/// Ends the program however the measuring ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(found) = look() {
            return Some(found);
        }
        thread::sleep(LOOK);
    }
    None
}

fn find(child: &Child) -> Option<String> {
    let pid = child.id().to_string();
    let output = Command::new("xdotool")
        .args(["search", "--onlyvisible", "--pid", &pid])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().last().map(str::to_owned)
}

fn titled(window: &str, place: &str) -> Option<()> {
    let output = Command::new("xdotool")
        .args(["getwindowname", window])
        .output()
        .ok()?;
    String::from_utf8(output.stdout)
        .ok()?
        .contains(place)
        .then_some(())
}

fn key(arguments: &[&str]) {
    let _ = Command::new("xdotool").args(arguments).status();
}
