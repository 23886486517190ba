//! 決まりどうしの照合. What only the whole package can show: codes that name nothing, versions that overlap,
//! windows that end before they begin, series without a beginning.

use super::Refusal;
use crate::domain::{
    programme::{Programme, Version},
    schedule::{Anchors, At, Bound, Schedule, Span},
    vaccine::ProductCode,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

pub fn whole(schedule: &Schedule, refusals: &mut Vec<Refusal>) {
    for programme in &schedule.programmes {
        let file = format!("programmes/{}.toml", programme.code);
        let mut refuse = |row: String, reason: String| {
            refusals.push(Refusal {
                file: file.clone(),
                row,
                reason,
            })
        };
        references(schedule, programme, &mut refuse);
        for (number, version) in programme.versions.iter().enumerate() {
            let row = format!("version {}（{}から）", number + 1, version.from);
            windows(version, &row, &mut refuse);
            for (other_number, other) in programme.versions.iter().enumerate().take(number) {
                if overlap(version, other) {
                    refuse(
                        row.clone(),
                        format!("version {} と期間が重なっています。", other_number + 1),
                    );
                }
            }
        }
        if programme.series.iter().any(|series| series.doses.is_empty()) {
            refuse(
                "series".to_owned(),
                "回が1つもない接種のしかたがあります。".to_owned(),
            );
        }
    }
    products(schedule, refusals);
    periods(schedule, refusals);
}

fn references(schedule: &Schedule, programme: &Programme, refuse: &mut impl FnMut(String, String)) {
    let known_programme = |code| schedule.programme(code).is_some();
    let named = programme.counts.iter().chain(&programme.exclusive_with);
    let succession = programme.succeeded_by.iter().map(|next| &next.programme);
    for code in named.chain(&programme.covers).chain(succession) {
        if !known_programme(*code) {
            refuse(
                "全体".to_owned(),
                format!("予防接種の種類「{code}」がありません。"),
            );
        }
    }
    for row in &programme.counted_as {
        let here = programme.dose_numbers().contains(&row.number);
        let there = schedule
            .programme(row.programme)
            .is_some_and(|other| other.dose_numbers().contains(&row.dose));
        if !here || !there || !programme.counts.contains(&row.programme) {
            refuse(
                "counted_as".to_owned(),
                format!("「{}」の回を数える先がありません。", row.programme),
            );
        }
    }
    if programme.covers.contains(&programme.code) {
        refuse(
            "covers".to_owned(),
            "自分自身を含む混合ワクチンはありません。".to_owned(),
        );
    }
    for (number, version) in programme.versions.iter().enumerate() {
        for fact in &version.requires {
            if schedule.fact(fact).is_none() {
                refuse(
                    format!("version {}", number + 1),
                    format!("事実「{fact}」が facts.toml にありません。"),
                );
            }
        }
    }
    let known = |code: &ProductCode| schedule.product(*code).is_some();
    let named = programme
        .series
        .iter()
        .flat_map(|series| &series.doses)
        .flat_map(|dose| {
            let two = dose.complete_with_two.iter().flat_map(|two| &two.products);
            dose.product
                .iter()
                .chain(dose.product_gaps.iter().map(|(code, _)| code))
                .chain(two)
        });
    let ruled = programme
        .product_rules
        .iter()
        .flat_map(|rule| rule.given.iter().chain(&rule.next));
    for code in named.chain(ruled) {
        if !known(code) {
            refuse(
                "全体".to_owned(),
                format!("製剤「{code}」が products.toml にありません。"),
            );
        }
    }
}

/// Two ordinary versions, or two of one name, for the same people on the same day.
fn overlap(one: &Version, other: &Version) -> bool {
    let born = |v: &Version| Span {
        from: v.born_from.unwrap_or(NaiveDate::MIN),
        until: v.born_until.unwrap_or(NaiveDate::MAX),
    };
    one.in_force().and(other.in_force()).is_some()
        && born(one).and(born(other)).is_some()
        && one.name == other.name
        && one.requires == other.requires
        && (one.sex.is_none() || other.sex.is_none() || one.sex == other.sex)
}

/// Windows must not end before they begin, for anybody born on the 1st or the last day of a month.
fn windows(version: &Version, row: &str, refuse: &mut impl FnMut(String, String)) {
    if version.until.is_some_and(|until| until < version.from) {
        refuse(row.to_owned(), "終わりの日が始まりの日より前です。".to_owned());
    }
    for window in &version.windows {
        let empty = (1..=12)
            .flat_map(|month| [(month, 1), (month, 28)])
            .any(|(month, day)| {
                let birth = NaiveDate::from_ymd_opt(2023, month, day);
                window
                    .of(&Anchors {
                        birth,
                        expected_on: birth,
                    })
                    .is_none()
            });
        if empty && !mixed(&window.from, &window.to) {
            refuse(
                row.to_owned(),
                format!(
                    "「{}」から「{}」は、終わりが始まりより前です。",
                    window.from.text, window.to.text
                ),
            );
        }
    }
}

/// A fixed day beside an age can be empty for some people and right for others.
fn mixed(from: &Bound, to: &Bound) -> bool {
    matches!(from.at, At::Fixed(_)) != matches!(to.at, At::Fixed(_))
}

fn products(schedule: &Schedule, refusals: &mut Vec<Refusal>) {
    let mut seen = BTreeSet::new();
    for product in &schedule.products {
        let mut refuse = |reason: String| {
            refusals.push(Refusal {
                file: "products.toml".to_owned(),
                row: format!("product「{}」", product.code),
                reason,
            });
        };
        if !seen.insert(product.code) {
            refuse("同じコードの製剤が2つあります。".to_owned());
        }
        for one in &product.uses {
            if schedule.programme(one.programme).is_none() {
                refuse(format!("予防接種の種類「{}」がありません。", one.programme));
            }
        }
    }
}

fn periods(schedule: &Schedule, refusals: &mut Vec<Refusal>) {
    let span = |from: NaiveDate, until: Option<NaiveDate>| Span {
        from,
        until: until.unwrap_or(NaiveDate::MAX),
    };
    let rows = &schedule.between_vaccines;
    for (number, row) in rows.iter().enumerate() {
        let overlapping = rows.iter().take(number).any(|other| {
            span(row.from, row.until)
                .and(span(other.from, other.until))
                .is_some()
        });
        if overlapping {
            refusals.push(Refusal {
                file: "intervals.toml".to_owned(),
                row: format!("period（{}から）", row.from),
                reason: "期間が重なっています。".to_owned(),
            });
        }
    }
    for row in &schedule.long_illness.rows {
        for code in &row.programmes {
            if schedule.programme(*code).is_none() {
                refusals.push(Refusal {
                    file: "long_illness.toml".to_owned(),
                    row: "row".to_owned(),
                    reason: format!("予防接種の種類「{code}」がありません。"),
                });
            }
        }
    }
}
