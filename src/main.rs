//! 窓口. Starts the desktop. It reads two options and looks for a display; everything else is
//! `madoguchi::desktop`.

use std::{env, path::PathBuf, process::ExitCode};

use madoguchi::{desktop::app, platform::process};

const NO_DISPLAY: &str = "画面を開けません。DISPLAY の指す画面が動いているか、画面のライブラリー（README の一覧）が入っているか確かめてください。";
const USAGE: &str = "使い方: madoguchi [--home フォルダー] [--demo]";

fn main() -> ExitCode {
    process::keep_memory_private();
    quiet_panics();
    let mut home = None;
    let mut demo = false;
    let mut words = env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--demo") => demo = true,
            Some("--home") => home = words.next().map(PathBuf::from),
            _ => return refuse(USAGE),
        }
    }
    let Some(home) = home.or_else(|| default_home(demo)) else {
        return refuse("データのフォルダーが分かりません。--home で指定してください。");
    };
    if env::var_os("DISPLAY").is_none() && env::var_os("WAYLAND_DISPLAY").is_none() && cfg!(unix) {
        return refuse(
            "画面がありません。画面のある端末で開くか、xvfb-run -a madoguchi のように仮の画面を作ってください。",
        );
    }
    match app::run(home, demo) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => refuse(NO_DISPLAY),
    }
}

fn refuse(sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    ExitCode::from(2)
}

fn default_home(demo: bool) -> Option<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let data = data.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))?;
    Some(data.join(if demo { "madoguchi-demo" } else { "madoguchi" }))
}

/// A panic's message can hold what somebody has typed: only its place is written. The window library panics where
/// there is no display behind the name it was given.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(at) if at.file().contains("iced_winit") => eprintln!("{NO_DISPLAY}"),
        at => {
            let place = at
                .map(|at| format!("（{}:{}）", short(at.file()), at.line()))
                .unwrap_or_default();
            eprintln!("中で止まりました{place}。開きなおし、続くときは端末の担当に知らせてください。");
        }
    }));
}

fn short(file: &str) -> &str {
    file.rsplit_once("/registry/src/").map_or(file, |(_, path)| path)
}
