//! 決まりの一覧表. The whole schedule as a text that a public-health nurse can read, one programme after the other.
//! A change of the rules shows as a difference of this text; it is held against a golden file.

use std::fmt::Write;

use crate::domain::{
    date::short,
    programme::{After, Category, DoseRule, Gap, Per, Programme, Series, Version},
    schedule::{Confidence, Schedule},
    vaccine::Product,
};

/// The schedule as a text.
#[must_use]
pub fn table(schedule: &Schedule) -> String {
    let mut text = format!(
        "決まりの版 {}（{} から）\n",
        schedule.version,
        short(schedule.in_use_from)
    );
    for programme in &schedule.programmes {
        one(&mut text, schedule, programme);
    }
    text.push_str("\n■ 異なるワクチンの間隔\n");
    for row in &schedule.between_vaccines {
        line(
            &mut text,
            &format!("{}〔{}〕", period(row.from, row.until), row.citation),
        );
        row.rules
            .iter()
            .for_each(|rule| line(&mut text, &format!("  {}", rule.text)));
    }
    text.push_str("\n■ 長期療養特例\n");
    let law = &schedule.long_illness;
    line(
        &mut text,
        &format!("理由がなくなった日から {}月〔{}〕", law.months, law.citation),
    );
    for row in &law.rows {
        let names: Vec<&str> = row
            .programmes
            .iter()
            .filter_map(|code| schedule.programme(*code))
            .map(|programme| programme.name.as_str())
            .collect();
        let what = match (row.excluded, row.months, &row.to) {
            (true, ..) => "対象外".to_owned(),
            (_, Some(months), _) => format!("{months}月"),
            (_, _, Some(to)) => format!("{}に達するまで", to.text),
            _ => String::new(),
        };
        line(
            &mut text,
            &format!("{}：{what}〔{}〕", names.join("、"), row.citation),
        );
    }
    text
}

fn line(text: &mut String, words: &str) {
    text.push_str("  ");
    text.push_str(words);
    text.push('\n');
}

fn one(text: &mut String, schedule: &Schedule, programme: &Programme) {
    let category = match programme.category {
        Category::CategoryA => "A類",
        Category::CategoryB => "B類",
    };
    let _ = write!(
        text,
        "\n■ {}（{category}、{}）{}\n",
        programme.name,
        programme.code,
        doubt(programme.confidence)
    );
    for version in &programme.versions {
        line(text, &version_line(schedule, version));
    }
    for series in &programme.series {
        series_lines(text, series);
    }
    cover_lines(text, schedule, programme);
    for row in &programme.standards {
        let words = format!(
            "標準　{}：{}から{}まで{}",
            row.dose.label(),
            row.window.from.text,
            row.window.to.text,
            row.until
                .map_or_else(String::new, |until| format!("（{} まで）", short(until)))
        );
        line(text, &words);
    }
    for row in &programme.old_limits {
        let doses: Vec<String> = row.doses.iter().map(|dose| dose.label()).collect();
        let words = format!(
            "かつての上限　{}：{}まで（{} まで。警告のみ）",
            doses.join("・"),
            row.at_most,
            short(row.until)
        );
        line(text, &words);
    }
    for product in &schedule.products {
        product_lines(text, programme, product);
    }
    programme
        .product_rules
        .iter()
        .for_each(|rule| line(text, &format!("製剤　{}", rule.sentence)));
    programme
        .notes
        .iter()
        .for_each(|note| line(text, &format!("※ {note}")));
    programme
        .open_points
        .iter()
        .for_each(|point| line(text, &format!("要確認　{point}")));
}

fn cover_lines(text: &mut String, schedule: &Schedule, programme: &Programme) {
    let name = |code| schedule.programme(code).map_or("", |found| found.name.as_str());
    for code in programme.counts.iter().filter(|code| **code != programme.code) {
        let renumbered = programme.counted_as.iter().filter(|row| row.programme == *code);
        let renumbered: Vec<String> = renumbered
            .map(|row| format!("{}は{}", row.dose.label(), row.number.label()))
            .collect();
        let numbers = match renumbered.is_empty() {
            true => String::new(),
            false => format!("（{}）", renumbered.join("、")),
        };
        line(text, &format!("通して数える　{}の回{numbers}", name(*code)));
    }
    if !programme.covers.is_empty() {
        let names: Vec<&str> = programme.covers.iter().map(|code| name(*code)).collect();
        let words = format!(
            "これで受けた人には要らないもの　{}〔{}〕",
            names.join("・"),
            programme.covers_citation
        );
        line(text, &words);
    }
    if let Some(next) = &programme.succeeded_by {
        let words = format!(
            "つづき　{} から {}で受ける〔{}〕",
            short(next.from),
            name(next.programme),
            next.citation
        );
        line(text, &words);
    }
}

fn version_line(schedule: &Schedule, version: &Version) -> String {
    let windows: Vec<String> = version
        .windows
        .iter()
        .map(|window| format!("{}〜{}", window.from.text, window.to.text))
        .collect();
    let mut words = format!("対象　{}", windows.join("、"));
    if let Some(name) = &version.name {
        let _ = write!(words, "　{name}");
    }
    if version.born_from.is_some() || version.born_until.is_some() {
        let day = |day: Option<chrono::NaiveDate>| day.map(short).unwrap_or_default();
        let _ = write!(
            words,
            "　生年月日 {}〜{}",
            day(version.born_from),
            day(version.born_until)
        );
    }
    if let Some(sex) = version.sex {
        let _ = write!(words, "　{}", sex.word());
    }
    for fact in version.requires.iter().filter_map(|code| schedule.fact(code)) {
        let _ = write!(words, "　要件：{}", fact.name);
    }
    let _ = write!(
        words,
        "　施行 {}{}〔{}〕",
        period(version.from, version.until),
        doubt(version.confidence),
        version.citation
    );
    words
}

fn series_lines(text: &mut String, series: &Series) {
    line(text, &format!("方法　{}〔{}〕", series.name, series.citation));
    for rule in &series.doses {
        line(text, &format!("  {}", dose_line(rule)));
    }
}

fn dose_line(rule: &DoseRule) -> String {
    let mut words = rule.name.clone().unwrap_or_else(|| rule.dose_number.label());
    let gaps: Vec<String> = rule.gaps.iter().map(gap).collect();
    if !gaps.is_empty() {
        let _ = write!(words, "：{}", gaps.join("、かつ"));
    }
    for (bound, word) in [(&rule.not_before, "から"), (&rule.not_after, "まで")] {
        if let Some(bound) = bound {
            let _ = write!(words, "　{}{word}", bound.text);
        }
    }
    for never in &rule.never_if {
        let _ = write!(
            words,
            "　{}が{}をこえたら行わない",
            never.dose.label(),
            never.bound.text
        );
    }
    if let Some(two) = &rule.complete_with_two {
        let _ = write!(
            words,
            "　1回目が{}までで2回の間隔が{}以上なら行わない",
            two.first_to.text, two.interval
        );
    }
    for row in &rule.unfinished {
        let gaps: Vec<String> = row.gaps.iter().map(gap).collect();
        let from = row
            .from
            .as_ref()
            .map_or_else(String::new, |bound| format!("{}から、", bound.text));
        let _ = write!(words, "　初回が終わっていない者は{from}{}", gaps.join("、"));
    }
    for (product, one) in &rule.product_gaps {
        let _ = write!(words, "　{product}は{}", gap(one));
    }
    match rule.per {
        Per::Life => {}
        Per::Season => words.push_str("　年度ごと"),
        Per::Pregnancy => words.push_str("　妊娠ごと"),
    }
    if let Some(bound) = &rule.warn_after {
        let _ = write!(words, "　{}までが望ましい", bound.text);
    }
    if let Some((least, most)) = rule.standard_interval {
        let _ = write!(words, "　標準の間隔 {least}〜{most}");
    }
    words
}

fn gap(gap: &Gap) -> String {
    let after = match gap.after {
        After::Dose(number) => number.label(),
        After::Latest => "最後の回".to_owned(),
    };
    let shortened = gap
        .shortened
        .map_or_else(String::new, |short| format!("（医師が必要と認めるとき{short}）"));
    format!("{after}から{}以上{shortened}", gap.interval)
}

fn product_lines(text: &mut String, programme: &Programme, product: &Product) {
    for one in product.uses.iter().filter(|one| one.programme == programme.code) {
        let amounts: Vec<String> = one
            .amounts
            .iter()
            .map(|row| {
                let age = match (&row.from, &row.to) {
                    (Some(from), _) => format!("{}から", from.text),
                    (_, Some(to)) => format!("{}まで", to.text),
                    _ => String::new(),
                };
                format!("{age}{}mL", row.amount)
            })
            .collect();
        let age = one
            .age_from
            .as_ref()
            .map_or_else(String::new, |bound| format!("　{}から", bound.text));
        let words = format!(
            "製剤　{}（{}）　{}　{}{age}　{}{}",
            product.brand,
            product.code,
            one.route,
            amounts.join("、"),
            period(one.from, one.until),
            doubt(product.confidence)
        );
        line(text, &words);
    }
}

fn period(from: chrono::NaiveDate, until: Option<chrono::NaiveDate>) -> String {
    format!("{}〜{}", short(from), until.map(short).unwrap_or_default())
}

fn doubt(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "",
        Confidence::Medium => "　【典拠 中】",
        Confidence::Low => "　【典拠 弱】",
    }
}
