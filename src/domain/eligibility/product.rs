//! 製剤と接種量、ほかのワクチンとの間隔、長期療養特例. Judgements beside the windows: none of them makes a
//! dose impossible by itself in `evaluate`; `judge` and the desk show them with their ground.

use super::{Dose, Person};
use crate::domain::{
    date,
    programme::{Programme, ProgrammeCode},
    record::Amount,
    schedule::{Anchors, BetweenVaccines, KindGap, Schedule, Span},
    vaccine::{Product, ProductCode, Use, VaccineKind},
};
use chrono::NaiveDate;

/// 警告なしにすすめられる製剤. In the order of the rule file.
pub fn offered_products(
    schedule: &Schedule,
    programme: &Programme,
    person: &Person,
    doses: &[Dose],
    on: NaiveDate,
) -> Vec<ProductCode> {
    let anchors = person.anchors();
    let open = schedule
        .products
        .iter()
        .filter(|product| is_open(product, programme.code, &anchors, on));
    open.map(|product| product.code)
        .filter(|code| switch_warning(programme, doses, *code).is_none())
        .collect()
}

/// Whether a product may be used in a programme on a day at the person's age.
pub fn is_open(product: &Product, programme: ProgrammeCode, anchors: &Anchors, on: NaiveDate) -> bool {
    product
        .uses_on(programme, on)
        .any(|one| old_enough(one, anchors, on))
}

/// 製剤の決まり that a next dose with this product would touch: sentence and citation.
pub fn switch_warning<'a>(
    programme: &'a Programme,
    doses: &[Dose],
    next: ProductCode,
) -> Option<(&'a str, &'a str)> {
    let mut mine: Vec<&Dose> = doses
        .iter()
        .filter(|dose| programme.counts.contains(&dose.programme))
        .collect();
    mine.sort_by_key(|dose| dose.given_on);
    let rule = programme.product_rules.iter().find(|rule| {
        let of_those = |dose: &&Dose| dose.product.is_some_and(|product| rule.given.contains(&product));
        let applies = if rule.first_only {
            mine.first().is_some_and(of_those)
        } else {
            mine.iter().any(of_those)
        };
        applies && rule.next.contains(&next)
    })?;
    Some((&rule.sentence, &rule.citation))
}

/// 接種量. Those that are right on a day at the person's age; two on the eve of a bound, none where the amount
/// isn't measured in millilitres.
pub fn amounts_on(
    schedule: &Schedule,
    programme: ProgrammeCode,
    product: Option<ProductCode>,
    person: &Person,
    on: NaiveDate,
) -> Vec<Amount> {
    let anchors = person.anchors();
    let wanted = schedule
        .products
        .iter()
        .filter(|one| product.is_none_or(|code| one.code == code));
    let rows = wanted
        .flat_map(|one| one.uses_on(programme, on))
        .flat_map(|one| &one.amounts);
    let mut amounts: Vec<Amount> = rows
        .filter(|row| {
            row.from
                .as_ref()
                .is_none_or(|bound| bound.of(&anchors).is_some_and(|from| on >= from))
                && row
                    .to
                    .as_ref()
                    .is_none_or(|bound| bound.of(&anchors).is_some_and(|to| on <= to))
        })
        .map(|row| row.amount)
        .collect();
    amounts.sort();
    amounts.dedup();
    amounts
}

/// 異なるワクチンの間隔. First day for the next vaccine, each day judged by the rule in force on it; the day
/// of the previous one where nothing restricts.
pub fn first_day_between(
    schedule: &Schedule,
    previous: VaccineKind,
    previous_on: NaiveDate,
    next: VaccineKind,
) -> NaiveDate {
    let mut day = previous_on;
    // The longest interval of any rule is 27 days; the bound only guards against rules that never end.
    for _ in 0..400 {
        match barrier(schedule, previous, previous_on, next, day) {
            Some(_) => day = date::plus_days(day, 1),
            None => break,
        }
    }
    day
}

/// The rule that forbids a day after another vaccine, if any.
pub fn barrier(
    schedule: &Schedule,
    previous: VaccineKind,
    previous_on: NaiveDate,
    next: VaccineKind,
    day: NaiveDate,
) -> Option<(&BetweenVaccines, &KindGap)> {
    let in_force = |row: &&BetweenVaccines| row.from <= day && row.until.is_none_or(|until| day <= until);
    let named = |kinds: &[VaccineKind], kind| kinds.is_empty() || kinds.contains(&kind);
    let row = schedule.between_vaccines.iter().find(in_force)?;
    let rule = row.rules.iter().find(|rule| {
        named(&rule.previous, previous) && named(&rule.next, next) && day < rule.interval.after(previous_on)
    })?;
    Some((row, rule))
}

/// 長期療養特例の期間. From the day the reason ended; none where the programme is excluded or the upper age is
/// already past (予防接種法施行令第3条第2項, 施行規則第2条の9).
pub fn long_illness_span(
    schedule: &Schedule,
    programme: ProgrammeCode,
    birth: Option<NaiveDate>,
    ended_on: NaiveDate,
) -> Option<Span> {
    let law = &schedule.long_illness;
    let row = law.rows.iter().find(|row| row.programmes.contains(&programme));
    if row.is_some_and(|row| row.excluded) {
        return None;
    }
    let months = row.and_then(|row| row.months).unwrap_or(law.months);
    let mut span = Span {
        from: ended_on,
        until: date::reach_months(ended_on, months),
    };
    if let Some(upper) = row.and_then(|row| row.to.as_ref()) {
        span.until = span.until.min(upper.of(&Anchors {
            birth,
            expected_on: None,
        })?);
    }
    (span.from <= span.until).then_some(span)
}

fn old_enough(one: &Use, anchors: &Anchors, on: NaiveDate) -> bool {
    one.age_from
        .as_ref()
        .is_none_or(|bound| bound.of(anchors).is_some_and(|from| on >= from))
}
