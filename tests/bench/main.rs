//! 数値. Measures what the program promises about time, on a real encrypted database, and writes one JSON object to
//! standard output. Run on an idle machine through `tests/bench/run`. Each figure is a file below and returns
//! its samples; the limits stand beside them.

mod counter;
mod figure;
#[cfg(feature = "desktop")]
mod scroll;
#[cfg(feature = "desktop")]
mod start;

use figure::Figure;

fn main() {
    // `cargo test --benches` asks for a run without measuring.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // A word asks for one file alone: `tests/bench/run` measures all of them.
    let word = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let asked = |name: &str| word.as_deref().is_none_or(|word| word == name);
    let mut figures: Vec<Figure> = Vec::new();
    if asked("counter") {
        figures.extend(counter::measure());
    }
    #[cfg(feature = "desktop")]
    {
        if asked("start") {
            figures.extend(start::measure());
        }
        // The window library opens windows once in a process, so this one comes last and alone.
        if asked("scroll") {
            figures.extend(scroll::measure());
        }
    }
    println!("{}", figure::json(&figures));
    if figures.iter().any(|figure| !figure.is_met()) {
        eprintln!("届いていない数値があります。");
    }
}
