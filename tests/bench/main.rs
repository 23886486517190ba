//! 数値. Measures what the program promises about time, on real encrypted databases, and writes one JSON object to
//! standard output. Run on an idle machine through `tests/bench/run`. Each bench is a file below: its `measure`
//! is one round, run in a process of its own, and its limits stand beside its samples.

mod city;
mod counter;
mod figure;
mod jobs;
#[cfg(feature = "desktop")]
mod scroll;
mod search;
#[cfg(feature = "desktop")]
mod start;

use std::process::{Command, ExitCode, Stdio};

use figure::{Figure, Rounds};

struct Bench {
    name: &'static str,
    /// What all rounds need and none shall pay for.
    prepare: fn(),
    /// One round; nothing where it can't be measured on this machine.
    measure: fn() -> Vec<Figure>,
}

impl Bench {
    /// `scroll` means all that begin with it.
    fn is_meant(&self, word: &str) -> bool {
        let rest = self.name.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "counter",
        prepare: || {},
        measure: counter::measure,
    },
    Bench {
        name: "jobs",
        prepare: || {},
        measure: jobs::measure,
    },
    Bench {
        name: "search",
        prepare: city::prepare,
        measure: search::measure,
    },
    #[cfg(feature = "desktop")]
    Bench {
        name: "start",
        prepare: start::prepare,
        measure: start::measure,
    },
    #[cfg(feature = "desktop")]
    Bench {
        name: "scroll-small",
        prepare: || {},
        measure: scroll::small_alone,
    },
    #[cfg(feature = "desktop")]
    Bench {
        name: "scroll-small-panel",
        prepare: || {},
        measure: scroll::small_framed,
    },
    #[cfg(feature = "desktop")]
    Bench {
        name: "scroll-wide",
        prepare: || {},
        measure: scroll::wide_alone,
    },
    #[cfg(feature = "desktop")]
    Bench {
        name: "scroll-wide-panel",
        prepare: || {},
        measure: scroll::wide_framed,
    },
];

const ROUNDS: u32 = 10;
/// Asks for one round of one bench; the parent reads its figures from standard output.
const ONE_ROUND: &str = "--one-round";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| {
        let at = arguments.iter().position(|argument| argument == word)?;
        arguments.get(at + 1).cloned()
    };
    // `cargo test --benches` asks for a run without measuring.
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    if let Some(name) = after(ONE_ROUND) {
        let bench = BENCHES.iter().find(|bench| bench.name == name);
        let figures = bench.map_or_else(Vec::new, |bench| (bench.measure)());
        println!("{}", serde_json::to_string(&figures).expect("figures are plain"));
        return ExitCode::SUCCESS;
    }
    let rounds = after("--rounds")
        .and_then(|number| number.parse().ok())
        .unwrap_or(ROUNDS);
    let asked: Vec<&Bench> = match arguments.first().filter(|word| !word.starts_with('-')) {
        None => BENCHES.iter().collect(),
        Some(word) => BENCHES.iter().filter(|bench| bench.is_meant(word)).collect(),
    };
    if asked.is_empty() {
        let names: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        eprintln!("その名前の測りはありません。あるのは {} です。", names.join("、"));
        return ExitCode::FAILURE;
    }
    let figures: Vec<Rounds> = asked.iter().flat_map(|bench| all_rounds(bench, rounds)).collect();
    println!("{}", figure::json(&figures));
    if figures.iter().any(|figure| !figure.is_met()) {
        eprintln!("届いていない数値があります。");
    }
    ExitCode::SUCCESS
}

fn all_rounds(bench: &Bench, rounds: u32) -> Vec<Rounds> {
    (bench.prepare)();
    let mut all = Vec::new();
    for number in 1..=rounds {
        eprintln!("{} {number}/{rounds}", bench.name);
        let output = std::env::current_exe().and_then(|this| {
            Command::new(this)
                .args([ONE_ROUND, bench.name])
                .stderr(Stdio::inherit())
                .output()
        });
        let figures = output
            .ok()
            .filter(|output| output.status.success())
            .and_then(|output| serde_json::from_slice::<Vec<Figure>>(&output.stdout).ok());
        match figures {
            Some(figures) if figures.is_empty() => break,
            Some(figures) => all.push(figures),
            None => eprintln!("{} の{number}回目は終わりまで測れませんでした。", bench.name),
        }
    }
    figure::gather(all)
}
