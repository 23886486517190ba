//! 始まりまで. From the start of the program to its sign-in screen, and from the password to ホーム, at a real window
//! and on the whole city. The title of the window says where it stands, a pixel of it that the screen is painted: the
//! title is there some time before. Keys come from `xdotool`, pixels from `import` (ImageMagick).

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use madoguchi::desktop::theme::{Role, Scheme};
use serde_json::json;

use crate::{
    city,
    figure::{Figure, Limit},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_madoguchi");
const PATIENCE: Duration = Duration::from_secs(60);
/// The title is looked at this often.
const LOOK: Duration = Duration::from_millis(5);

/// In the panel of the sign-in screen, left of the one of 準備.
const IN_PANEL: (u32, u32) = (200, 300);
/// In the first bundle of ホーム, which is the current one: there once the waiting work has been read.
const IN_BUNDLE: (u32, u32) = (600, 447);

/// The city, opened once so that no start brings its tables up to date, and one start that pays for reading the
/// program from the disk.
pub fn prepare() {
    if std::env::var_os("DISPLAY").is_none() {
        return;
    }
    city::prepare();
    run(Path::new(PROGRAM), city::home().folder());
}

/// One start; nothing where there is no display or no `xdotool`.
pub fn measure() -> Vec<Figure> {
    let runs = |tool: &str| Command::new(tool).arg("-version").output().is_ok();
    if std::env::var_os("DISPLAY").is_none() || !runs("xdotool") || !runs("import") {
        eprintln!("画面か xdotool か import がないので、始まりまでの時間は測っていません。");
        return Vec::new();
    }
    let Some((to_sign_in, to_home)) = run(Path::new(PROGRAM), city::home().folder()) else {
        eprintln!("窓が開かないので、始まりまでの時間は測っていません。");
        return Vec::new();
    };
    let conditions =
        json!({ "residents": city::SIZE.residents, "years": city::SIZE.years, "display": "X11" });
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

fn run(program: &Path, home: &Path) -> Option<(f64, f64)> {
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
    wait_for(|| painted(&window, IN_PANEL, Role::Panel))?;
    let shown = began.elapsed();
    key(&["type", "--delay", "1", "1001"]);
    key(&["key", "Return"]);
    key(&["type", "--delay", "1", "kawa-ishi-yuki"]);
    let entered = Instant::now();
    key(&["key", "Return"]);
    wait_for(|| titled(&window, "ホーム"))?;
    wait_for(|| painted(&window, IN_BUNDLE, Role::Select))?;
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

/// Whether a pixel has the colour of a role. Asking takes some 30 ms, which the figure pays for.
fn painted(window: &str, (x, y): (u32, u32), role: Role) -> Option<()> {
    let output = Command::new("import")
        .args([
            "-window",
            window,
            "-crop",
            &format!("1x1+{x}+{y}"),
            "-depth",
            "8",
            "rgb:-",
        ])
        .output()
        .ok()?;
    let [red, green, blue, _] = role.of(&Scheme::Light.theme()).into_rgba8();
    (output.stdout == [red, green, blue]).then_some(())
}

fn key(arguments: &[&str]) {
    let _ = Command::new("xdotool").args(arguments).status();
}
