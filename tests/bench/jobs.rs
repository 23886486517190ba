//! 長い仕事の一切れ. The longest slice, with its commit, of every job of the program: what a counter deed waits for at
//! the worst. Each works on the load of 30,000 residents of the counter's bench.

use std::time::Duration;

use madoguchi::office::{
    Job, RebuildProjections,
    feed::{FeedRules, ReadFeed, ReleaseFeed},
    forecast::RefreshForecasts,
    run_beside,
};
use serde_json::json;

use crate::{
    counter::{ROWS, cast, city, file, office, session},
    figure::{Figure, Limit},
};

/// Runs every job once, one after the other.
pub fn measure() -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("a folder");
    let office = office(folder.path());
    let (name, bytes) = file();
    let mut figures = Vec::new();
    let mut note = |name: &str, samples_ms: Vec<f64>| {
        figures.push(Figure {
            name: format!("slice_of_{name}"),
            conditions: json!({ "residents": ROWS }),
            samples_ms,
            limit: Limit::Most(50.0),
        });
    };
    let read = ReadFeed::new(session("1003"), FeedRules::of_city(city()), None, (&name, &bytes));
    let (read, samples) = run(&office, read.expect("the file is well formed"));
    note("reading_a_feed", samples);
    let load = read.expect("the file is read").load.load;
    let (released, samples) = run(&office, ReleaseFeed::attended(cast().session("1004"), load));
    released.expect("the load is released");
    note("releasing_a_feed", samples);
    let (refreshed, samples) = run(&office, RefreshForecasts::default());
    refreshed.expect("forecasts are refreshed");
    note("refreshing_forecasts", samples);
    let (rebuilt, samples) = run(&office, RebuildProjections::new(session("1004")));
    rebuilt.expect("projections are rebuilt");
    note("rebuilding_projections", samples);
    figures
}

fn run<J: Job>(office: &madoguchi::office::Office, job: J) -> (J::Output, Vec<f64>) {
    let mut samples = Vec::new();
    let output = run_beside(office, job, |took: Duration| {
        samples.push(took.as_secs_f64() * 1_000.0);
    });
    (output, samples)
}
