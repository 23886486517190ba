//! 見本の接種歴. What each person of the demo city would have in her record: the usual age, lateness, refusals, and
//! now and then a mistake (a day too early, the same dose twice). The programmes and their intervals are those of
//! the schedule; whether a dose was lawful is not decided here.

use super::{dice::Dice, people::Someone};
use crate::domain::record::{
    AgeOnDay, Amount, Category, DoseNumber, Outcome, Route, Setting, Source, VaccinationRecord,
};
use chrono::{Datelike, Days, Months, NaiveDate};

/// 医療機関 and ロット of the city's tables, as the doses need them.
pub(super) struct Stock {
    /// Code, name, physicians.
    pub institutions: Vec<(String, String, Vec<String>)>,
    /// Product, number, last day.
    pub lots: Vec<(String, String, NaiveDate)>,
}

/// One dose as it is usually given.
struct Usual {
    programme: &'static str,
    dose: DoseNumber,
    /// Usual age in days.
    at_days: i64,
    /// Days after the dose before, of the same programme, at least.
    after: i64,
    coverage: f64,
    products: &'static [&'static str],
    hundredths_ml: u16,
    route: Route,
    /// Born from, born before.
    born: (i32, i32),
}

const fn usual(
    programme: &'static str,
    dose: DoseNumber,
    (at_days, after): (i64, i64),
    coverage: f64,
    products: &'static [&'static str],
) -> Usual {
    Usual {
        programme,
        dose,
        at_days,
        after,
        coverage,
        products,
        hundredths_ml: 50,
        route: Route::Subcutaneous,
        born: (0, 9999),
    }
}

use DoseNumber::{Booster, Nth};

const HEPB: &[&str] = &["beamgen", "heptavax"];
const PCV: &[&str] = &["pcv20", "pcv15", "pcv13"];
const FIVE: &[&str] = &["gobik", "quintovac"];
const FOUR: &[&str] = &["tetrabik", "quattrovac"];
const MR: &[&str] = &["mr_biken", "mr_takeda", "mr_daiichi"];

/// 五種混合 began in April 2024: children born from 2024 on.
const FIVE_FROM: i32 = 2024;

const CHILDHOOD: &[Usual] = &[
    Usual {
        hundredths_ml: 25,
        born: (2016, 9999),
        ..usual("hepb", Nth(1), (63, 0), 0.985, HEPB)
    },
    Usual {
        hundredths_ml: 25,
        born: (2016, 9999),
        ..usual("hepb", Nth(2), (92, 27), 0.98, HEPB)
    },
    Usual {
        hundredths_ml: 25,
        born: (2016, 9999),
        ..usual("hepb", Nth(3), (240, 139), 0.96, HEPB)
    },
    usual("pcv", Nth(1), (63, 0), 0.985, PCV),
    usual("pcv", Nth(2), (92, 27), 0.98, PCV),
    usual("pcv", Nth(3), (121, 27), 0.975, PCV),
    usual("pcv", Booster, (380, 60), 0.95, PCV),
    Usual {
        born: (FIVE_FROM, 9999),
        ..usual("dpt_ipv_hib", Nth(1), (64, 0), 0.985, FIVE)
    },
    Usual {
        born: (FIVE_FROM, 9999),
        ..usual("dpt_ipv_hib", Nth(2), (93, 20), 0.98, FIVE)
    },
    Usual {
        born: (FIVE_FROM, 9999),
        ..usual("dpt_ipv_hib", Nth(3), (122, 20), 0.975, FIVE)
    },
    Usual {
        born: (FIVE_FROM, 9999),
        ..usual("dpt_ipv_hib", Booster, (420, 183), 0.93, FIVE)
    },
    Usual {
        born: (0, FIVE_FROM),
        ..usual("dpt_ipv", Nth(1), (95, 0), 0.98, FOUR)
    },
    Usual {
        born: (0, FIVE_FROM),
        ..usual("dpt_ipv", Nth(2), (124, 20), 0.978, FOUR)
    },
    Usual {
        born: (0, FIVE_FROM),
        ..usual("dpt_ipv", Nth(3), (153, 20), 0.97, FOUR)
    },
    Usual {
        born: (0, FIVE_FROM),
        ..usual("dpt_ipv", Booster, (520, 183), 0.94, FOUR)
    },
    Usual {
        route: Route::Percutaneous,
        ..usual("bcg", Nth(1), (165, 0), 0.975, &["bcg"])
    },
    usual("mr1", Nth(1), (385, 0), 0.955, MR),
    usual("varicella", Nth(1), (386, 0), 0.95, &["varicella_biken"]),
    usual("varicella", Nth(2), (600, 92), 0.90, &["varicella_biken"]),
    usual("je1", Nth(1), (1_130, 0), 0.92, &["jebik", "encevac"]),
    usual("je1", Nth(2), (1_152, 6), 0.91, &["jebik", "encevac"]),
    usual("je1", Booster, (1_520, 183), 0.85, &["jebik", "encevac"]),
];

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
    let mut before: Option<(&str, NaiveDate)> = None;
    for usual in CHILDHOOD {
        if !(usual.born.0..usual.born.1).contains(&person.born.year()) {
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
    second_measles(person, dice, stock, span, doses);
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
    }
    let turned = person.born + Months::new(65 * 12);
    if turned >= span.0 && dice.chance(0.38) {
        let on = working_day(turned + Days::new(dice.below(330)));
        add(
            doses,
            person,
            &usual("ppv_elderly", Nth(1), (0, 0), 1.0, &["ppsv23"]),
            on,
            (dice, stock, span),
        );
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

fn record(
    person: &Someone,
    usual: &Usual,
    on: NaiveDate,
    elsewhere: bool,
    (dice, stock): (&mut Dice, &Stock),
) -> VaccinationRecord {
    let fits = |lot: &&(String, String, NaiveDate)| {
        usual.products.contains(&lot.0.as_str()) && lot.2 >= on && lot.2 <= on + Days::new(720)
    };
    let lots: Vec<_> = stock.lots.iter().filter(fits).collect();
    let lot = dice.of(&lots);
    let product = lot
        .map(|lot| lot.0.clone())
        .or_else(|| usual.products.first().map(|p| (*p).to_owned()));
    let institution = dice.of(&stock.institutions);
    let postponed = dice.chance(0.004);
    let elderly = matches!(usual.programme, "flu_elderly" | "ppv_elderly");
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
