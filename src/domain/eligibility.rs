//! 接種判定. Applies the schedule to one person: may this dose be given on this day, and why. Pure: the day
//! is an argument, and the rule is the one in force on that day, so an old record is judged by the rule of its
//! time. What is recorded, and by whom, is `record`; where the rules come from, `rules`.

mod cover;
mod days;
mod judge;
mod product;
mod reasons;

pub use cover::{Cover, Covered, cover};
pub use days::{clip_to_seasons, days, status_on};
pub use judge::judge;
pub use product::{amounts_on, first_day_between, long_illness_span, offered_products};

use super::{
    birth::BirthDate,
    evaluation::{Evaluation, Forecast, ReasonCode, Verdict},
    programme::{FIRST_DOSE, Programme, ProgrammeCode},
    record::{Amount, DoseNumber},
    resident::Sex,
    schedule::{Anchors, Schedule, Span},
    vaccine::ProductCode,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// 判定に使う人の事実. Nothing that names the person.
#[derive(Clone, Debug)]
pub struct Person {
    pub birth: BirthDate,
    pub sex: Sex,
    pub facts: Facts,
}

impl Person {
    pub fn anchors(&self) -> Anchors {
        Anchors {
            birth: self.birth.day(),
            expected_on: self.facts.expected_on,
        }
    }
}

/// 職員が記録した事実.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// Codes of `assets/rules/facts.toml` that are recorded with evidence.
    pub held: BTreeSet<String>,
    /// 市の実施期間. Clips programmes that give one dose a season.
    pub seasons: Vec<Season>,
    /// 分娩予定日.
    pub expected_on: Option<NaiveDate>,
    /// 長期療養特例・特別の事情 that were granted.
    pub extensions: Vec<Extension>,
    pub died_on: Option<NaiveDate>,
    pub moved_out_on: Option<NaiveDate>,
}

/// 実施期間.
#[derive(Clone, Debug)]
pub struct Season {
    /// None: every programme that gives one dose a season.
    pub programme: Option<ProgrammeCode>,
    pub span: Span,
}

/// 期間の延長. Days on which a programme is open to this person beyond its windows.
#[derive(Clone, Debug)]
pub struct Extension {
    pub programme: ProgrammeCode,
    pub span: Span,
    /// なぜ, as the card shows it.
    pub sentence: String,
    pub citation: String,
}

/// 受けた1回.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dose {
    pub programme: ProgrammeCode,
    pub dose_number: DoseNumber,
    pub given_on: NaiveDate,
    pub product: Option<ProductCode>,
    pub amount: Option<Amount>,
    /// 分娩予定日 of that pregnancy.
    pub expected_on: Option<NaiveDate>,
}

/// たずねる回.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    pub product: Option<ProductCode>,
    /// 医師が必要と認めて間隔を短くする.
    pub shortened: bool,
}

impl Asked {
    pub fn new(programme: ProgrammeCode, dose: DoseNumber) -> Self {
        Self {
            programme,
            dose,
            product: None,
            shortened: false,
        }
    }
}

/// 接種判定. Whether a dose may be given on a day, by the rules in force on that day.
pub fn evaluate(
    schedule: &Schedule,
    person: &Person,
    doses: &[Dose],
    asked: &Asked,
    on: NaiveDate,
) -> Evaluation {
    let Some(programme) = schedule.programme(asked.programme) else {
        return reasons::unknown_programme();
    };
    let found = days(programme, person, doses, asked, on);
    let spans = found.united();
    let at = status_on(&spans, on);
    let standard = standard_span(programme, person, asked.dose, on);
    let mut steps = reasons::Steps::new(schedule, programme, person, doses, asked, on);
    steps.tell(&found, at);
    steps.warn(&found, at, standard);
    let open = at.is_some_and(|span| span.holds(on));
    Evaluation {
        verdict: match (open, steps.warned) {
            (false, _) => Verdict::Refused,
            (true, true) => Verdict::Warning,
            (true, false) => Verdict::Possible,
        },
        from: at.map(|span| span.from),
        until: at.and_then(|span| span.last()),
        standard,
        next_on: at.filter(|span| span.from > on).map(|span| span.from),
        reasons: steps.reasons,
    }
}

/// 判定の理由. For every dose of a programme that is open or opens later (else the first one), what is judged
/// on a day and why. None for a programme that the rules don't know.
pub fn explain(
    schedule: &Schedule,
    person: &Person,
    doses: &[Dose],
    programme: ProgrammeCode,
    on: NaiveDate,
) -> Option<Vec<(DoseNumber, Evaluation)>> {
    let found = schedule.programme(programme)?;
    let mut numbers = open_doses(found, person, doses, on);
    if numbers.is_empty() {
        let history = days::History::of(found, doses);
        let all = found.dose_numbers();
        let next = all
            .iter()
            .find(|number| history.given(**number).is_none())
            .or(all.last());
        numbers.extend(next);
    }
    let judged = |number| {
        (
            number,
            evaluate(schedule, person, doses, &Asked::new(programme, number), on),
        )
    };
    Some(numbers.into_iter().map(judged).collect())
}

/// 見通し. Every dose that is or may come open, as absolute facts.
pub fn forecast(schedule: &Schedule, person: &Person, doses: &[Dose]) -> Vec<Forecast> {
    let mut forecasts = Vec::new();
    for programme in &schedule.programmes {
        forecast_programme(programme, person, doses, &mut forecasts);
    }
    forecasts
}

fn forecast_programme(programme: &Programme, person: &Person, doses: &[Dose], forecasts: &mut Vec<Forecast>) {
    let history = days::History::of(programme, doses);
    for number in programme.dose_numbers() {
        if history.is_empty() && number != FIRST_DOSE {
            break;
        }
        forecasts.extend(forecast_with(programme, person, &history, number));
    }
}

/// 一回の見通し. None where no day is or may come open.
pub fn forecast_dose(
    programme: &Programme,
    person: &Person,
    doses: &[Dose],
    dose: DoseNumber,
) -> Option<Forecast> {
    forecast_with(programme, person, &days::History::of(programme, doses), dose)
}

fn forecast_with(
    programme: &Programme,
    person: &Person,
    history: &days::History<'_>,
    dose: DoseNumber,
) -> Option<Forecast> {
    let mut found = days::Found::default();
    let asked = Asked::new(programme.code, dose);
    days::search(
        programme,
        person,
        history,
        &asked,
        days::Seasons::Ignored,
        &mut found,
    );
    let spans = found.united();
    if spans.is_empty() {
        return None;
    }
    Some(Forecast {
        programme: programme.code,
        dose,
        standard: latest_standard(programme, person, dose),
        spans,
        seasons_done: if programme.is_seasonal() {
            history.fiscal_years(dose)
        } else {
            Vec::new()
        },
        code: ReasonCode::Open,
    })
}

/// 見通しを日に当てはめる. The days of a forecast as seen on one day: seasons already used leave nothing, the
/// city's season clips. Equal to what [`evaluate`] finds from scratch.
pub fn forecast_days(forecast: &Forecast, seasonal: bool, seasons: &[Season], on: NaiveDate) -> Vec<Span> {
    if !seasonal {
        return forecast.spans.clone();
    }
    if forecast.seasons_done.contains(&super::date::fiscal_year(on)) {
        return Vec::new();
    }
    clip_to_seasons(&forecast.spans, forecast.programme, seasons)
}

/// つぎの回. The dose that is open, or opens next, for a programme, as labels in the order of the series.
pub fn open_doses(programme: &Programme, person: &Person, doses: &[Dose], on: NaiveDate) -> Vec<DoseNumber> {
    let open = |label: &DoseNumber| {
        let found = days(programme, person, doses, &Asked::new(programme.code, *label), on);
        found.united().iter().any(|span| span.until >= on)
    };
    programme.dose_numbers().into_iter().filter(open).collect()
}

/// 記録から分かる事実. Adds the facts that a dose of a certain time proves.
pub fn learn_facts(schedule: &Schedule, person: &mut Person, doses: &[Dose]) {
    for fact in &schedule.facts {
        let Some((programme, span)) = fact.known_by_dose else {
            continue;
        };
        if doses
            .iter()
            .any(|dose| dose.programme == programme && span.holds(dose.given_on))
        {
            person.facts.held.insert(fact.code.clone());
        }
    }
}

fn standard_span(programme: &Programme, person: &Person, dose: DoseNumber, on: NaiveDate) -> Option<Span> {
    let anchors = person.anchors();
    let row = programme.standards.iter().find(|row| {
        row.dose == dose
            && row.from.is_none_or(|from| from <= on)
            && row.until.is_none_or(|until| on <= until)
    })?;
    row.window.of(&anchors)
}

fn latest_standard(programme: &Programme, person: &Person, dose: DoseNumber) -> Option<Span> {
    let row = programme.standards.iter().rev().find(|row| row.dose == dose)?;
    row.window.of(&person.anchors())
}
