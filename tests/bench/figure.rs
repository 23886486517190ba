//! 一つの数値. Samples in milliseconds with what is asked of their median, their 95th percentile or their largest.

use serde_json::{Value, json};

/// What is asked of the samples.
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "each figure uses the one it is about")]
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

/// 一つの数値.
pub struct Figure {
    pub name: &'static str,
    /// What it was measured with, e.g. `{"residents": 330000}`.
    pub conditions: Value,
    pub samples_ms: Vec<f64>,
    pub limit: Limit,
}

impl Figure {
    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.samples_ms.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let place = (share * last as f64).round() as usize;
        sorted.get(place).copied().unwrap_or(f64::NAN)
    }

    fn mean(&self) -> f64 {
        self.samples_ms.iter().sum::<f64>() / self.samples_ms.len() as f64
    }

    pub fn is_met(&self) -> bool {
        match self.limit {
            Limit::Median(limit) => self.at(0.5) <= limit,
            Limit::P95(limit) => self.at(0.95) <= limit,
            Limit::MeanAndP95(mean, p95) => self.mean() <= mean && self.at(0.95) <= p95,
            Limit::Most(limit) => self.at(1.0) <= limit,
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
        json!({
            "name": self.name,
            "conditions": self.conditions,
            "count": self.samples_ms.len(),
            "median_ms": self.at(0.5),
            "mean_ms": self.mean(),
            "p95_ms": self.at(0.95),
            "most_ms": self.at(1.0),
            "limit": limit,
            "met": self.is_met(),
        })
    }
}

/// All figures as one JSON object.
pub fn json(figures: &[Figure]) -> String {
    let figures: Vec<Value> = figures.iter().map(Figure::json).collect();
    let report = json!({
        "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "figures": figures,
    });
    format!("{report:#}")
}
