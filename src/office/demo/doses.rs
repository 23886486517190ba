//! 見本の接種歴. What each person of the demo city would have in her record: the usual age, lateness, refusals, and
//! now and then a mistake (a day too early, the same dose twice). The programmes and their intervals are those of
//! the schedule; whether a dose was lawful is not decided here.

mod usual;

use super::{
    dice::Dice,
    people::{FEMALE, Someone},
};
use crate::{
    domain::{
        programme::ProgrammeCode,
        record::{
            AgeOnDay, Amount, Category, DoseNumber, Outcome, Route, Setting, Source, VaccinationRecord,
        },
        vaccine::ProductCode,
    },
    rules,
};
use DoseNumber::Nth;
use chrono::{Datelike, Days, Months, NaiveDate};
use usual::{CHILDHOOD, FIVE, HPV, MR, ROTA_BORN, ROTA_FIVE, ROTA_ONE, Usual, usual};

/// 医療機関 and ロット of the city's tables, as the doses need them.
pub(super) struct Stock {
    /// Code, name, physicians.
    pub institutions: Vec<(String, String, Vec<String>)>,
    /// Product, number, last day.
    pub lots: Vec<(String, String, NaiveDate)>,
}

/// 四種混合 is sold out: who has not finished with it goes on with 五種混合.
const FOUR_SOLD_OUT: NaiveDate = NaiveDate::from_ymd_opt(2025, 7, 25).expect("a day of the calendar");

/// The doses of one person from `from` to `today`, oldest first within each programme.
pub(super) fn of(
    person: &Someone,
    stock: &Stock,
    dice: &mut Dice,
    (from, today): (NaiveDate, NaiveDate),
) -> Vec<VaccinationRecord> {
    let end = if person.is_here() {
        today
    } else {
        person.changed_on.min(today)
    };
    let mut doses = Vec::new();
    if person.age(from) < 8 {
        childhood(person, dice, stock, (from, end), &mut doses);
    }
    if person.age(end) >= 65 {
        elderly(person, dice, stock, (from, end), &mut doses);
    }
    doses
}

fn childhood(
    person: &Someone,
    dice: &mut Dice,
    stock: &Stock,
    span: (NaiveDate, NaiveDate),
    doses: &mut Vec<VaccinationRecord>,
) {
    // Some families are late with everything, a few refuse everything.
    let family_delay = if dice.chance(0.12) {
        dice.between(30, 200)
    } else {
        0
    };
    if dice.chance(0.006) {
        return;
    }
    let mut series = |rows: &[Usual], doses: &mut Vec<VaccinationRecord>| {
        one_after_another(person, rows, family_delay, (dice, stock, span), doses);
    };
    series(CHILDHOOD, doses);
    let born = month_of(person.born);
    // Half of the city's doctors use the one, half the other; the window is short, so the late go without.
    if born >= ROTA_BORN && family_delay < 40 {
        let rota = if person.born.day().is_multiple_of(2) {
            ROTA_ONE
        } else {
            ROTA_FIVE
        };
        series(rota, doses);
    }
    if person.sex == FEMALE {
        series(HPV, doses);
    }
    go_on_with_five(doses);
    second_measles(person, dice, stock, span, doses);
}

fn month_of(day: NaiveDate) -> i32 {
    day.year() * 100 + day.month() as i32
}

/// The doses of some series: each waits for the one before, most come in time, some late, a few too early.
fn one_after_another(
    person: &Someone,
    rows: &[Usual],
    family_delay: i64,
    (dice, stock, span): (&mut Dice, &Stock, (NaiveDate, NaiveDate)),
    doses: &mut Vec<VaccinationRecord>,
) {
    let mut before: Option<(&str, NaiveDate)> = None;
    for usual in rows {
        if !(usual.born.0..usual.born.1).contains(&month_of(person.born)) {
            continue;
        }
        if usual.after > 0 && before.is_none_or(|(programme, _)| programme != usual.programme) {
            continue;
        }
        if !dice.chance(usual.coverage) {
            before = None;
            continue;
        }
        let delay = dice.below(12) as i64
            + if dice.chance(0.2) {
                dice.between(10, 120)
            } else {
                0
            }
            + family_delay;
        let mut on = person.born + Days::new((usual.at_days + delay) as u64);
        if let Some((_, last)) = before.filter(|_| usual.after > 0) {
            let early = if dice.chance(0.003) { 2 } else { 0 };
            on = on.max(last + Days::new((usual.after + 1 - early) as u64));
        }
        let on = working_day(on);
        before = Some((usual.programme, on));
        add(doses, person, usual, on, (dice, stock, span));
    }
}

/// Who was not finished with 四種混合 when it was sold out gets 五種混合, and no more Hib beside it.
fn go_on_with_five(doses: &mut Vec<VaccinationRecord>) {
    let mut changed = None;
    for dose in doses.iter_mut() {
        if dose.programme == "dpt_ipv" && dose.vaccinated_on >= FOUR_SOLD_OUT {
            dose.programme = "dpt_ipv_hib".to_owned();
            dose.product = dose.product.as_ref().and(FIVE.first()).map(|it| (*it).to_owned());
            dose.lot_number = None;
            changed = changed.min(Some(dose.vaccinated_on)).or(Some(dose.vaccinated_on));
        }
    }
    if let Some(from) = changed {
        doses.retain(|dose| dose.programme != "hib" || dose.vaccinated_on < from);
    }
}

/// 第2期: the school year before school.
fn second_measles(
    person: &Someone,
    dice: &mut Dice,
    stock: &Stock,
    span: (NaiveDate, NaiveDate),
    doses: &mut Vec<VaccinationRecord>,
) {
    if !doses.iter().any(|dose| dose.programme == "mr1") && person.born >= span.0 || !dice.chance(0.94) {
        return;
    }
    // Born on 1 April one goes to school with those born the day before.
    let turns_six = person.born.pred_opt().unwrap_or(person.born) + Months::new(72);
    let school = turns_six.year() + i32::from(turns_six.month() >= 4);
    let Some(april) = NaiveDate::from_ymd_opt(school - 1, 4, 1) else {
        return;
    };
    let on = working_day(april + Days::new(dice.below(220).min(dice.below(360))));
    add(
        doses,
        person,
        &usual("mr2", Nth(1), (0, 0), 1.0, MR),
        on,
        (dice, stock, span),
    );
}

fn elderly(
    person: &Someone,
    dice: &mut Dice,
    stock: &Stock,
    span: (NaiveDate, NaiveDate),
    doses: &mut Vec<VaccinationRecord>,
) {
    let usually = dice.chance(0.55);
    for year in span.0.year()..=span.1.year() {
        let Some(october) = NaiveDate::from_ymd_opt(year, 10, 1) else {
            continue;
        };
        if person.age(october) < 65 || !dice.chance(if usually { 0.88 } else { 0.12 }) {
            continue;
        }
        let on = working_day(october + Days::new(5 + dice.below(45).min(dice.below(90))));
        add(
            doses,
            person,
            &usual("flu_elderly", Nth(1), (0, 0), 1.0, &["flu_sd"]),
            on,
            (dice, stock, span),
        );
        // 新型コロナ is routine from 2024 on; fewer come, often on the same day.
        if year >= 2024 && dice.chance(0.3) {
            let on = working_day(on + Days::new(if dice.chance(0.6) { 0 } else { dice.below(60) }));
            add(
                doses,
                person,
                &Usual {
                    hundredths_ml: 30,
                    route: Route::Intramuscular,
                    ..usual("covid_b", Nth(1), (0, 0), 1.0, &["cov_pfizer"])
                },
                on,
                (dice, stock, span),
            );
        }
    }
    zoster(person, dice, stock, span, doses);
    let turned = person.born + Months::new(65 * 12);
    if turned >= span.0 && dice.chance(0.38) {
        let on = working_day(turned + Days::new(dice.below(330)));
        add(
            doses,
            person,
            &usual("ppv_elderly", Nth(1), (0, 0), 1.0, &["ppsv23", "pcv20"]),
            on,
            (dice, stock, span),
        );
    }
}

/// 帯状疱疹: in the year of 65, 70 and so on, twice with the recombinant vaccine.
fn zoster(
    person: &Someone,
    dice: &mut Dice,
    stock: &Stock,
    span: (NaiveDate, NaiveDate),
    doses: &mut Vec<VaccinationRecord>,
) {
    for year in 2025..=span.1.year() {
        let Some((april, end)) =
            NaiveDate::from_ymd_opt(year, 4, 2).zip(NaiveDate::from_ymd_opt(year + 1, 4, 1))
        else {
            continue;
        };
        if person.age(end) % 5 != 0 || person.age(end) > 100 || !dice.chance(0.16) {
            continue;
        }
        let first = working_day(april + Days::new(dice.below(200)));
        let second = working_day(first + Days::new(62 + dice.below(50)));
        for (dose, on) in [(1, first), (2, second)] {
            let usual = Usual {
                route: Route::Intramuscular,
                ..usual("zoster", Nth(dose), (0, 0), 1.0, &["shingrix"])
            };
            add(doses, person, &usual, on, (dice, stock, span));
        }
    }
}

/// Sunday's doses are given on Monday.
fn working_day(on: NaiveDate) -> NaiveDate {
    match on.weekday() {
        chrono::Weekday::Sun => on + Days::new(1),
        _ => on,
    }
}

fn add(
    doses: &mut Vec<VaccinationRecord>,
    person: &Someone,
    usual: &Usual,
    on: NaiveDate,
    (dice, stock, span): (&mut Dice, &Stock, (NaiveDate, NaiveDate)),
) {
    // The papers of the last weeks are still at the medical association.
    let last = span.1.checked_sub_days(Days::new(25)).unwrap_or(span.1);
    if on < span.0 || on > last {
        return;
    }
    let elsewhere = on < person.since;
    if elsewhere && !dice.chance(0.7) {
        return;
    }
    let record = record(person, usual, on, elsewhere, (dice, stock));
    if dice.chance(0.000_7) {
        // The same dose came in twice, a few days apart.
        doses.push(VaccinationRecord {
            vaccinated_on: on + Days::new(dice.below(5)),
            ..record.clone()
        });
    }
    doses.push(record);
}

/// Whether the product was used in routine vaccination on that day.
fn is_in_use(product: &str, programme: &str, on: NaiveDate) -> bool {
    let schedule = rules::embedded();
    let product = ProductCode::parse(product).and_then(|code| schedule.product(code));
    let programme = ProgrammeCode::parse(programme);
    product
        .zip(programme)
        .is_some_and(|(product, programme)| product.uses_on(programme, on).next().is_some())
}

fn record(
    person: &Someone,
    usual: &Usual,
    on: NaiveDate,
    elsewhere: bool,
    (dice, stock): (&mut Dice, &Stock),
) -> VaccinationRecord {
    let products: Vec<&str> = usual
        .products
        .iter()
        .copied()
        .filter(|product| is_in_use(product, usual.programme, on))
        .collect();
    let fits = |lot: &&(String, String, NaiveDate)| {
        products.contains(&lot.0.as_str()) && lot.2 >= on && lot.2 <= on + Days::new(720)
    };
    let lots: Vec<_> = stock.lots.iter().filter(fits).collect();
    let lot = dice.of(&lots);
    let product = lot
        .map(|lot| lot.0.clone())
        .or_else(|| products.first().map(|p| (*p).to_owned()));
    let institution = dice.of(&stock.institutions);
    let postponed = dice.chance(0.004);
    let elderly = matches!(
        usual.programme,
        "flu_elderly" | "ppv_elderly" | "covid_b" | "zoster"
    );
    VaccinationRecord {
        programme: usual.programme.to_owned(),
        dose: usual.dose,
        vaccinated_on: on,
        outcome: match postponed {
            true => Outcome::ScreenedOnly(crate::domain::record::ScreenedOnly::Postponed),
            false => Outcome::Vaccinated,
        },
        category: if elderly {
            Category::RoutineB
        } else {
            Category::RoutineA
        },
        source: if elsewhere {
            Source::OtherCity
        } else {
            Source::Historical
        },
        age: AgeOnDay::between(person.born, on),
        institution_code: institution.filter(|_| !elsewhere).map(|found| found.0.clone()),
        institution_name: match elsewhere {
            true => Some("他市町村の医療機関".to_owned()),
            false => institution.map(|found| found.1.clone()),
        },
        product: product.filter(|_| !postponed),
        lot_number: lot.filter(|_| !postponed).map(|lot| lot.1.clone()),
        maker: None,
        amount: Amount::from_hundredths_ml(usual.hundredths_ml).filter(|_| !postponed),
        route: Some(usual.route).filter(|_| !postponed),
        physician_decision: None,
        physician_name: institution
            .filter(|_| !elsewhere)
            .and_then(|found| dice.of(&found.2).cloned()),
        setting: Setting::Individual,
        voucher_number: None,
        voucher_issued_on: None,
        recommended_on: None,
        special_circumstances: None,
        questionnaire: None,
        sheet: None,
        expected_delivery_on: None,
        change: None,
        is_cancelled: false,
    }
}
