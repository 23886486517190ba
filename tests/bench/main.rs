//! 数値. Measures what the program promises about time, on a real encrypted database, and writes one JSON object to
//! standard output. Run on an idle machine through `tests/bench/run`. Each figure is a file below and returns
//! its samples; the limits stand beside them.

mod counter;
mod figure;

use figure::Figure;

fn main() {
    // `cargo test --benches` asks for a run without measuring.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let mut figures: Vec<Figure> = Vec::new();
    figures.extend(counter::measure());
    println!("{}", figure::json(&figures));
    if figures.iter().any(|figure| !figure.is_met()) {
        eprintln!("届いていない数値があります。");
    }
}
