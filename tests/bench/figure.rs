//! 一つの数値. Samples in milliseconds, round by round, with what is asked of their median, their 95th percentile or
//! their largest. A round is a process of its own; what is reported and judged of each statistic is its median
//! over the rounds.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is asked of the samples.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Limit {
    /// Milliseconds at the median.
    Median(f64),
    /// Milliseconds at the 95th percentile.
    P95(f64),
    /// Milliseconds on average and at the 95th percentile.
    MeanAndP95(f64, f64),
    /// Milliseconds at the most.
    Most(f64),
    /// Only reported.
    None,
}

/// 一回の測り. What one round has measured of one figure.
#[derive(Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    /// What it was measured with, e.g. `{"residents": 330000}`. The same in every round.
    pub conditions: Value,
    pub samples_ms: Vec<f64>,
    pub limit: Limit,
}

/// 一つの数値 of all its rounds.
pub struct Rounds {
    name: String,
    conditions: Value,
    limit: Limit,
    samples_ms: Vec<Vec<f64>>,
}

/// Puts the rounds of one bench together. A figure that a round could not measure has one round less.
pub fn gather(rounds: Vec<Vec<Figure>>) -> Vec<Rounds> {
    let mut gathered: Vec<Rounds> = Vec::new();
    for figure in rounds.into_iter().flatten() {
        let known = gathered
            .iter_mut()
            .find(|known| known.name == figure.name && known.conditions == figure.conditions);
        match known {
            Some(known) => known.samples_ms.push(figure.samples_ms),
            None => gathered.push(Rounds {
                name: figure.name,
                conditions: figure.conditions,
                limit: figure.limit,
                samples_ms: vec![figure.samples_ms],
            }),
        }
    }
    gathered
}

impl Rounds {
    /// The median over the rounds of what `of` says of each.
    fn over(&self, of: impl Fn(&[f64]) -> f64) -> f64 {
        let each: Vec<f64> = self.samples_ms.iter().map(|samples| of(samples)).collect();
        at(&each, 0.5)
    }

    pub fn is_met(&self) -> bool {
        match self.limit {
            Limit::Median(limit) => self.over(|samples| at(samples, 0.5)) <= limit,
            Limit::P95(limit) => self.over(|samples| at(samples, 0.95)) <= limit,
            Limit::MeanAndP95(limit, p95) => {
                self.over(mean) <= limit && self.over(|samples| at(samples, 0.95)) <= p95
            }
            Limit::Most(limit) => self.over(|samples| at(samples, 1.0)) <= limit,
            Limit::None => true,
        }
    }

    fn json(&self) -> Value {
        let limit = match self.limit {
            Limit::Median(limit) => json!({ "median_ms": limit }),
            Limit::P95(limit) => json!({ "p95_ms": limit }),
            Limit::MeanAndP95(mean, p95) => json!({ "mean_ms": mean, "p95_ms": p95 }),
            Limit::Most(limit) => json!({ "most_ms": limit }),
            Limit::None => Value::Null,
        };
        let whole = self.samples_ms.concat();
        json!({
            "name": self.name,
            "conditions": self.conditions,
            "rounds": self.samples_ms.len(),
            "samples": whole.len(),
            "median_ms": self.over(|samples| at(samples, 0.5)),
            "mean_ms": self.over(mean),
            "p95_ms": self.over(|samples| at(samples, 0.95)),
            "most_ms": self.over(|samples| at(samples, 1.0)),
            "most_of_all_rounds_ms": at(&whole, 1.0),
            "limit": limit,
            "met": self.is_met(),
        })
    }
}

fn at(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (share * last as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// All figures as one JSON object.
pub fn json(figures: &[Rounds]) -> String {
    let figures: Vec<Value> = figures.iter().map(Rounds::json).collect();
    let report = json!({
        "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "figures": figures,
    });
    format!("{report:#}")
}
