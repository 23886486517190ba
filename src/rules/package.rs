//! The files beside the programmes: `package.toml` (version, open points), `products.toml`,
//! `intervals.toml` (between different vaccines), `long_illness.toml` and `facts.toml`. All five must be there.

use super::{Refusal, Sink, phrase, programme, raw};
use crate::domain::{
    programme::Programme,
    record::Amount,
    schedule::{
        BetweenVaccines, FactDefinition, KindGap, LongIllness, LongIllnessRow, OpenPoint, Schedule, Span,
    },
    vaccine::{AmountRule, Product, Use},
};

/// What has been read so far.
#[derive(Default)]
pub struct Reading {
    pub programmes: Vec<Programme>,
    package: Option<raw::Package>,
    products: Option<Vec<Product>>,
    between: Option<Vec<BetweenVaccines>>,
    long_illness: Option<LongIllness>,
    facts: Option<Vec<FactDefinition>>,
    open_points: Vec<OpenPoint>,
}

impl Reading {
    pub fn read(&mut self, file: &str, text: &str, sink: &mut Sink<'_>) {
        match file {
            "package.toml" => self.package = parse(text, sink),
            "products.toml" => {
                let raw: Option<raw::Products> = parse(text, sink);
                self.products = raw.map(|raw| {
                    raw.product
                        .into_iter()
                        .filter_map(|row| product(row, sink))
                        .collect()
                });
            }
            "intervals.toml" => {
                let raw: Option<raw::Intervals> = parse(text, sink);
                self.between = raw.map(|raw| raw.period.into_iter().map(|row| period(row, sink)).collect());
            }
            "long_illness.toml" => {
                if let Some(raw) = parse::<raw::LongIllness>(text, sink) {
                    for text in &raw.open_points {
                        self.open_points.push(open_point(file, text));
                    }
                    self.long_illness = Some(long_illness(raw, sink));
                }
            }
            "facts.toml" => {
                let raw: Option<raw::Facts> = parse(text, sink);
                self.facts = raw.map(|raw| raw.fact.into_iter().map(|row| fact(row, sink)).collect());
            }
            _ => sink.refuse("このファイルは決まりの一部ではありません。"),
        }
    }

    /// The whole, with the open points of every row gathered. None when a file is missing.
    pub fn finish(mut self, refusals: &mut Vec<Refusal>) -> Option<Schedule> {
        let mut missing = |file: &str| {
            refusals.push(Refusal {
                file: file.to_owned(),
                row: "全体".to_owned(),
                reason: "読めるファイルがありません。".to_owned(),
            });
        };
        for (there, file) in [
            (self.package.is_some(), "package.toml"),
            (self.products.is_some(), "products.toml"),
            (self.between.is_some(), "intervals.toml"),
            (self.long_illness.is_some(), "long_illness.toml"),
            (self.facts.is_some(), "facts.toml"),
        ] {
            if !there {
                missing(file);
            }
        }
        let package = self.package?;
        let mut sink = Sink {
            file: "package.toml",
            row: "全体".to_owned(),
            refusals,
        };
        let in_use_from = sink.day(package.in_use_from);
        if package.version.is_empty() || package.version.len() > 32 {
            sink.refuse("版番号（version）は1文字から32文字で書いてください。");
        }
        let products = self.products?;
        let mut open_points: Vec<_> = package
            .open_points
            .iter()
            .map(|text| open_point("package.toml", text))
            .collect();
        open_points.append(&mut self.open_points);
        for programme in &self.programmes {
            open_points.extend(programme.open_points.iter().map(|text| OpenPoint {
                place: format!("programmes/{}.toml", programme.code),
                text: text.clone(),
                confidence: Some(programme.confidence),
            }));
        }
        for product in &products {
            open_points.extend(product.open_point.iter().map(|text| OpenPoint {
                place: format!("products.toml {}（{}）", product.code, product.brand),
                text: text.clone(),
                confidence: Some(product.confidence),
            }));
        }
        Some(Schedule {
            version: package.version,
            in_use_from,
            programmes: self.programmes,
            products,
            between_vaccines: self.between?,
            long_illness: self.long_illness?,
            facts: self.facts?,
            open_points,
        })
    }
}

fn open_point(file: &str, text: &str) -> OpenPoint {
    OpenPoint {
        place: file.to_owned(),
        text: text.to_owned(),
        confidence: None,
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str, sink: &mut Sink<'_>) -> Option<T> {
    match toml::from_str(text) {
        Ok(raw) => Some(raw),
        Err(error) => {
            sink.at(programme::line(text, error.span()));
            sink.refuse(format!("読めません（{}）。", error.message()));
            None
        }
    }
}

fn product(raw: raw::Product, sink: &mut Sink<'_>) -> Option<Product> {
    sink.at(format!("product「{}」", raw.code));
    let uses = raw
        .uses
        .into_iter()
        .filter_map(|row| product_use(row, sink))
        .collect();
    Some(Product {
        code: sink.product(&raw.code)?,
        generic: raw.generic,
        brand: raw.brand,
        maker: raw.maker,
        kind: programme::kind(&raw.kind, sink)?,
        uses,
        confidence: sink.confidence(raw.confidence.as_deref()),
        citation: sink.citation(raw.citation),
        open_point: raw.open_point,
    })
}

fn product_use(raw: raw::Use, sink: &mut Sink<'_>) -> Option<Use> {
    Some(Use {
        programme: sink.programme(&raw.programme)?,
        from: sink.day(raw.from),
        until: sink.optional_day(raw.to),
        route: raw.route,
        age_from: sink.optional_bound(raw.age_from),
        amounts: raw
            .volumes
            .iter()
            .filter_map(|text| amount_of(text, sink))
            .collect(),
    })
}

fn amount_of(text: &str, sink: &mut Sink<'_>) -> Option<AmountRule> {
    let (age, amount) = text.split_once(' ').unwrap_or(("", text));
    let from = age.strip_suffix("から").and_then(phrase::bound);
    let to = age.strip_suffix("まで").and_then(phrase::bound);
    let aged = age.is_empty() || from.is_some() || to.is_some();
    match Amount::parse(amount) {
        Some(amount) if aged => Some(AmountRule { amount, from, to }),
        _ => {
            sink.refuse(format!(
                "接種量「{text}」が読めません。「0.5」「3歳まで 0.25」のように書いてください。"
            ));
            None
        }
    }
}

fn period(raw: raw::Period, sink: &mut Sink<'_>) -> BetweenVaccines {
    sink.at(format!("period（{}から）", raw.from));
    let rules = raw
        .rules
        .into_iter()
        .filter_map(|row| {
            Some(KindGap {
                previous: row
                    .previous
                    .iter()
                    .filter_map(|text| programme::kind(text, sink))
                    .collect(),
                next: row
                    .next
                    .iter()
                    .filter_map(|text| programme::kind(text, sink))
                    .collect(),
                interval: sink.interval(&row.interval)?,
                text: row.text,
            })
        })
        .collect();
    BetweenVaccines {
        from: sink.day(raw.from),
        until: sink.optional_day(raw.to),
        rules,
        citation: sink.citation(raw.citation),
        confidence: sink.confidence(raw.confidence.as_deref()),
    }
}

fn long_illness(raw: raw::LongIllness, sink: &mut Sink<'_>) -> LongIllness {
    let citation = sink.citation(raw.citation);
    let rows = raw.row.into_iter().enumerate().map(|(number, row)| {
        sink.at(format!("row {}", number + 1));
        LongIllnessRow {
            programmes: row
                .programmes
                .iter()
                .filter_map(|text| sink.programme(text))
                .collect(),
            months: row.months,
            to: sink.optional_bound(row.to),
            excluded: row.excluded,
            citation: sink.citation(row.citation),
        }
    });
    LongIllness {
        months: raw.months,
        rows: rows.collect(),
        citation,
    }
}

fn fact(raw: raw::Fact, sink: &mut Sink<'_>) -> FactDefinition {
    sink.at(format!("fact「{}」", raw.code));
    let known_by_dose = raw.known_by_dose.and_then(|row| {
        let span = Span {
            from: sink.day(row.from),
            until: sink.day(row.to),
        };
        Some((sink.programme(&row.programme)?, span))
    });
    FactDefinition {
        code: raw.code,
        name: raw.name,
        evidence: raw.evidence,
        citation: sink.citation(raw.citation),
        known_by_dose,
    }
}
