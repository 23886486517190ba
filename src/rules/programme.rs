//! One file of `assets/rules/programmes` becomes one programme. Texts are turned into bounds, intervals and
//! codes; what one file alone can show to be wrong is refused here, what needs the whole package in `check`.

use super::{Sink, phrase, raw};
use crate::domain::{
    programme::{
        After, Category, CompleteWithTwo, CountedAs, DoseRule, Gap, GivenAfter, OldLimit, Per, ProductRule,
        Programme, Series, Standard, Succession, Unfinished, Version,
    },
    record::DoseNumber,
    resident::Sex,
    schedule::{At, Bound, Window},
    vaccine::VaccineKind,
};

/// Reads one programme. None when the file can't be read at all; smaller faults are refused and read on.
pub fn read(text: &str, code: &str, sink: &mut Sink<'_>) -> Option<Programme> {
    let raw: raw::Programme = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            sink.at(line(text, error.span()));
            sink.refuse(format!("読めません（{}）。", error.message()));
            return None;
        }
    };
    if raw.code != code {
        sink.refuse(format!("コード「{}」がファイルの名前とちがいます。", raw.code));
    }
    let code = sink.programme(&raw.code)?;
    let mut counts: Vec<_> = raw
        .counts
        .iter()
        .filter_map(|text| sink.programme(text))
        .collect();
    counts.push(code);
    let counted_as = raw
        .counted_as
        .iter()
        .filter_map(|row| counted(row, sink))
        .collect();
    let exclusive_with = raw
        .exclusive_with
        .iter()
        .filter_map(|text| sink.programme(text))
        .collect();
    let (covers, covers_citation) = match raw.covers {
        None => (Vec::new(), String::new()),
        Some(row) => {
            let programmes = row.programmes.iter().filter_map(|text| sink.programme(text));
            let programmes = programmes.collect();
            (programmes, sink.citation(row.citation))
        }
    };
    let succeeded_by = raw.succeeded_by.and_then(|row| {
        Some(Succession {
            programme: sink.programme(&row.programme)?,
            from: sink.day(row.from),
            citation: sink.citation(row.citation),
        })
    });
    let category = match raw.category.as_str() {
        "A類" => Category::CategoryA,
        "B類" => Category::CategoryB,
        other => {
            sink.refuse(format!("分類「{other}」は A類 か B類 にしてください。"));
            Category::CategoryA
        }
    };
    let vaccine_kind = kind(&raw.vaccine, sink).unwrap_or(VaccineKind::Inactivated);
    let citation = sink.citation(raw.citation);
    let confidence = sink.confidence(raw.confidence.as_deref());
    let series: Vec<Series> = raw.series.into_iter().map(|row| read_series(row, sink)).collect();
    let versions = raw
        .version
        .into_iter()
        .enumerate()
        .map(|(n, row)| version(row, n, &series, sink))
        .collect();
    let standards = raw
        .standard
        .into_iter()
        .enumerate()
        .filter_map(|(n, row)| standard(row, n, sink))
        .collect();
    let old_limits = raw
        .old_limit
        .into_iter()
        .filter_map(|row| old_limit(row, sink))
        .collect();
    let product_rules = raw
        .product_rule
        .into_iter()
        .map(|row| product_rule(row, sink))
        .collect();
    Some(Programme {
        code,
        short_name: raw.short_name.unwrap_or_else(|| raw.name.clone()),
        name: raw.name,
        disease: raw.disease,
        category,
        vaccine_kind,
        counts,
        counted_as,
        exclusive_with,
        covers,
        covers_citation,
        succeeded_by,
        versions,
        series,
        standards,
        old_limits,
        product_rules,
        citation,
        confidence,
        notes: raw.notes,
        open_points: raw.open_points,
    })
}

/// ワクチンの種類の名.
pub fn kind(text: &str, sink: &mut Sink<'_>) -> Option<VaccineKind> {
    let kind = match text {
        "注射生" => Some(VaccineKind::LiveInjectable),
        "経口生" => Some(VaccineKind::LiveOral),
        "不活化" => Some(VaccineKind::Inactivated),
        _ => None,
    };
    if kind.is_none() {
        sink.refuse(format!(
            "ワクチンの種類「{text}」は 注射生・経口生・不活化 のどれかにしてください。"
        ));
    }
    kind
}

/// 行 of a parse error.
pub fn line(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("{}行目", before.matches('\n').count() + 1)
}

fn version(raw: raw::Version, number: usize, series: &[Series], sink: &mut Sink<'_>) -> Version {
    sink.at(format!("version {}（{}から）", number + 1, raw.from));
    let mut windows: Vec<Window> = raw
        .windows
        .iter()
        .filter_map(|window| window_of(window, sink))
        .collect();
    for years in raw.fiscal_years_of_age {
        let bound = |at, text: &str| Bound {
            at,
            plus_days: 0,
            text: format!("{years}歳の年度の{text}"),
        };
        windows.push(Window {
            from: bound(At::FiscalYearStart { years }, "初日"),
            to: bound(At::FiscalYearEnd { years }, "末日"),
        });
    }
    if windows.is_empty() {
        sink.refuse("対象の期間（windows）がありません。");
    }
    let mut indexes = Vec::new();
    for name in &raw.series {
        match series.iter().position(|series| series.name == *name) {
            Some(index) => indexes.push(index),
            None => sink.refuse(format!("接種のしかた「{name}」がこのファイルにありません。")),
        }
    }
    if raw.series.is_empty() {
        indexes = (0..series.len()).collect();
    }
    let sex = match raw.sex.as_deref() {
        None => None,
        Some("男") => Some(Sex::Male),
        Some("女") => Some(Sex::Female),
        Some(other) => {
            sink.refuse(format!("性別「{other}」は 男 か 女 にしてください。"));
            None
        }
    };
    Version {
        name: raw.name,
        from: sink.day(raw.from),
        until: sink.optional_day(raw.to),
        born_from: sink.optional_day(raw.born_from),
        born_until: sink.optional_day(raw.born_to),
        sex,
        requires: raw.requires,
        windows,
        series: indexes,
        citation: sink.citation(raw.citation),
        confidence: sink.confidence(raw.confidence.as_deref()),
    }
}

fn window_of(raw: &raw::Window, sink: &mut Sink<'_>) -> Option<Window> {
    Some(Window {
        from: sink.bound(&raw.from)?,
        to: sink.bound(&raw.to)?,
    })
}

fn read_series(raw: raw::Series, sink: &mut Sink<'_>) -> Series {
    sink.at(format!("series「{}」", raw.name));
    let citation = sink.citation(raw.citation);
    let first_from = sink.optional_bound(raw.first_from);
    let first_to = sink.optional_bound(raw.first_to);
    if first_from.is_some() != first_to.is_some() {
        sink.refuse("first_from と first_to は両方書いてください。");
    }
    let mut doses: Vec<DoseRule> = Vec::new();
    for row in raw.doses {
        sink.at(format!("series「{}」の回「{}」", raw.name, row.dose));
        let before: Vec<DoseNumber> = doses.iter().map(|dose| dose.dose_number).collect();
        if let Some(rule) = dose(row, before, sink) {
            if doses.iter().any(|dose| dose.dose_number == rule.dose_number) {
                sink.refuse("同じ回が2つあります。");
            }
            doses.push(rule);
        }
    }
    Series {
        name: raw.name,
        first_from,
        first_to,
        doses,
        citation,
    }
}

fn counted(raw: &raw::CountedAs, sink: &mut Sink<'_>) -> Option<CountedAs> {
    Some(CountedAs {
        programme: sink.programme(&raw.programme)?,
        dose: sink.dose(&raw.dose)?,
        number: sink.dose(&raw.number)?,
    })
}

fn dose(raw: raw::Dose, before: Vec<DoseNumber>, sink: &mut Sink<'_>) -> Option<DoseRule> {
    let dose_number = sink.dose(&raw.dose)?;
    let mut gaps: Vec<Gap> = raw.gaps.iter().filter_map(|gap| gap_of(gap, sink)).collect();
    match (&raw.interval, before.last()) {
        (Some(interval), Some(last)) => {
            let after = After::Dose(*last);
            gaps.extend(gap(after, interval, raw.shortened.as_deref(), sink));
        }
        (Some(_), None) => sink.refuse("最初の回に間隔（interval）は書けません。"),
        (None, Some(_)) if gaps.is_empty() => sink.refuse("間隔（interval か gaps）がありません。"),
        _ => {}
    }
    for gap in &gaps {
        if let After::Dose(dose) = gap.after
            && !before.contains(&dose)
        {
            sink.refuse(format!("間隔の起点の {} が前にありません。", dose.label()));
        }
    }
    let per = match raw.per.as_deref() {
        None => Per::Life,
        Some("年度") => Per::Season,
        Some("妊娠") => Per::Pregnancy,
        Some(other) => {
            sink.refuse(format!("per「{other}」は 年度 か 妊娠 にしてください。"));
            Per::Life
        }
    };
    let unfinished = raw
        .unfinished
        .into_iter()
        .filter_map(|row| unfinished(row, sink))
        .collect();
    let product_gaps = raw
        .product_gaps
        .iter()
        .filter_map(|row| product_gap(row, sink))
        .collect();
    Some(DoseRule {
        dose_number,
        name: raw.name,
        needs: before,
        gaps,
        not_before: sink.optional_bound(raw.from),
        not_after: sink.optional_bound(raw.to),
        never_if: raw
            .never_if
            .iter()
            .filter_map(|row| given_after(row, sink))
            .collect(),
        complete_with_two: raw.two_doses.and_then(|row| two_doses(row, sink)),
        unfinished,
        per,
        warn_after: sink.optional_bound(raw.warn_after),
        standard_interval: raw
            .standard_interval
            .and_then(|text| standard_interval(&text, sink)),
        product: raw.product.and_then(|text| sink.product(&text)),
        product_gaps,
        advised_gap: raw.advised.and_then(|row| {
            let gap = gap(after(&row.after, sink)?, &row.interval, None, sink)?;
            Some((gap, row.sentence))
        }),
    })
}

fn after(text: &str, sink: &mut Sink<'_>) -> Option<After> {
    if text == "最後の回" {
        Some(After::Latest)
    } else {
        sink.dose(text).map(After::Dose)
    }
}

fn gap(after: After, interval: &str, shortened: Option<&str>, sink: &mut Sink<'_>) -> Option<Gap> {
    Some(Gap {
        after,
        interval: sink.interval(interval)?,
        shortened: shortened.and_then(|text| sink.interval(text)),
    })
}

fn gap_of(raw: &raw::Gap, sink: &mut Sink<'_>) -> Option<Gap> {
    gap(
        after(&raw.after, sink)?,
        &raw.interval,
        raw.shortened.as_deref(),
        sink,
    )
}

fn product_gap(
    raw: &raw::ProductGap,
    sink: &mut Sink<'_>,
) -> Option<(crate::domain::vaccine::ProductCode, Gap)> {
    Some((
        sink.product(&raw.product)?,
        gap(after(&raw.after, sink)?, &raw.interval, None, sink)?,
    ))
}

fn given_after(raw: &raw::GivenAfter, sink: &mut Sink<'_>) -> Option<GivenAfter> {
    Some(GivenAfter {
        dose: sink.dose(&raw.dose)?,
        bound: sink.bound(&raw.after)?,
    })
}

fn two_doses(raw: raw::TwoDoses, sink: &mut Sink<'_>) -> Option<CompleteWithTwo> {
    Some(CompleteWithTwo {
        first_to: sink.bound(&raw.first_to)?,
        interval: sink.interval(&raw.interval)?,
        products: raw
            .products
            .iter()
            .filter_map(|text| sink.product(text))
            .collect(),
    })
}

fn unfinished(raw: raw::Unfinished, sink: &mut Sink<'_>) -> Option<Unfinished> {
    let given_after = match &raw.given_after {
        Some(row) => Some(given_after(row, sink)?),
        None => None,
    };
    Some(Unfinished {
        given_after,
        from: sink.optional_bound(raw.from),
        gaps: gap(After::Latest, &raw.interval, raw.shortened.as_deref(), sink)
            .into_iter()
            .collect(),
    })
}

fn standard_interval(
    text: &str,
    sink: &mut Sink<'_>,
) -> Option<(
    crate::domain::programme::Interval,
    crate::domain::programme::Interval,
)> {
    let both = text
        .split_once("から")
        .and_then(|(from, to)| Some((phrase::interval(from)?, phrase::interval(to)?)));
    if both.is_none() {
        sink.refuse(format!(
            "標準的な間隔「{text}」が読めません。「20日から56日」のように書いてください。"
        ));
    }
    both
}

fn standard(raw: raw::Standard, number: usize, sink: &mut Sink<'_>) -> Option<Standard> {
    sink.at(format!("standard {}", number + 1));
    Some(Standard {
        dose: sink.dose(&raw.dose)?,
        window: Window {
            from: sink.bound(&raw.from)?,
            to: sink.bound(&raw.to)?,
        },
        from: sink.optional_day(raw.since),
        until: sink.optional_day(raw.until),
        citation: sink.citation(raw.citation),
    })
}

fn old_limit(raw: raw::OldLimit, sink: &mut Sink<'_>) -> Option<OldLimit> {
    sink.at(format!("old_limit（{}）", raw.from));
    Some(OldLimit {
        from: sink.day(raw.from),
        until: sink.day(raw.to),
        doses: raw.doses.iter().filter_map(|text| sink.dose(text)).collect(),
        at_most: sink.interval(&raw.at_most)?,
        citation: sink.citation(raw.citation),
    })
}

fn product_rule(raw: raw::ProductRule, sink: &mut Sink<'_>) -> ProductRule {
    sink.at("product_rule");
    ProductRule {
        given: raw.given.iter().filter_map(|text| sink.product(text)).collect(),
        first_only: raw.first_only,
        next: raw.next.iter().filter_map(|text| sink.product(text)).collect(),
        sentence: raw.sentence,
        citation: sink.citation(raw.citation),
    }
}
