//! 候補を集める. From forecasts where there are some, from an evaluation where there are none (the dose has been
//! given, or nothing is open), with what else is known of each person on the day of the draw. Whoever has a
//! forecast is judged from scratch as well, and a draw with a difference is not made.

use chrono::NaiveDate;

use super::DrawError;
use crate::{
    domain::{
        date,
        draw::{Candidate, Criteria, Exclusion, Selection, select, select::touches},
        eligibility::{self, Asked, Dose, Season},
        programme::{FIRST_DOSE, Per, Programme},
        resident::ResidentStatus,
        revision::SubjectId,
        schedule::{Anchors, At, Schedule, Span},
    },
    office::{
        enter::is_same_disease,
        forecast::{self, known_in},
    },
    store::{
        Connection, StoreError, draw as rows, draw::CandidateRow, forecast::Known, record, resident, voucher,
    },
};

/// The first birthday that is looked at: nobody alive is older.
const OLDEST: (i32, u32, u32) = (1900, 1, 1);

/// Chooses among everybody who can be concerned.
pub fn selection(
    connection: &Connection,
    schedule: &Schedule,
    criteria: &Criteria,
) -> Result<Selection, DrawError> {
    let programme = schedule
        .programme(criteria.programme)
        .ok_or_else(|| DrawError::Criteria(criteria.problems(schedule)))?;
    let wide = widened(criteria.period());
    let births = births(programme, criteria);
    let seasons = forecast::seasons(connection)?;
    let found = rows::candidates(connection, (programme.code, criteria.dose), &births, wide)?;
    let mut candidates = Vec::new();
    let mut differing = 0;
    for row in found {
        let (candidate, agrees) = candidate(connection, schedule, (programme, criteria, &seasons), row)?;
        differing += usize::from(!agrees);
        candidates.extend(candidate);
    }
    if differing > 0 {
        return Err(DrawError::Differs { people: differing });
    }
    Ok(select(criteria, &candidates))
}

/// Why a drawn person is not to be printed any more, if so.
pub fn since(
    connection: &Connection,
    schedule: &Schedule,
    criteria: &Criteria,
    person: SubjectId,
) -> Result<Option<Exclusion>, StoreError> {
    let Some(known) = known_in(connection, schedule, person)? else {
        return Ok(Some(Exclusion::Moved));
    };
    let Some(programme) = schedule.programme(criteria.programme) else {
        return Ok(None);
    };
    let (conflict, duplicate) = unsettled(connection, person)?;
    let found = [
        (known.status == ResidentStatus::Dead, Exclusion::Dead),
        (known.status != ResidentStatus::Registered, Exclusion::Moved),
        (
            resident::protection(connection, person)?.is_some(),
            Exclusion::Protected,
        ),
        (is_done(programme, criteria, &known.doses), Exclusion::Done),
        (
            eligibility::cover(schedule, &known.person, &known.doses, programme, criteria.on).is_some(),
            Exclusion::Covered,
        ),
        (refuses(&known, programme), Exclusion::Refused),
        (is_unfit(&known, programme), Exclusion::Contraindicated),
        (conflict, Exclusion::Conflict),
        (duplicate, Exclusion::Duplicate),
    ];
    Ok(found
        .into_iter()
        .find_map(|(holds, exclusion)| holds.then_some(exclusion)))
}

/// The candidate, and whether forecast and evaluation agree. None where nothing touches the period.
fn candidate(
    connection: &Connection,
    schedule: &Schedule,
    (programme, criteria, seasons): (&Programme, &Criteria, &[Season]),
    row: CandidateRow,
) -> Result<(Option<Candidate>, bool), StoreError> {
    let birth = row.known.person.birth.day();
    if birth.is_none() && row.forecast.is_empty() {
        let unknown = bare(&row, None, Vec::new());
        return Ok((Some(unknown), true));
    }
    let seasonal = programme.per_of(criteria.dose) == Per::Season;
    if !row.forecast.is_empty() {
        let open = match seasonal {
            true => &eligibility::clip_to_seasons(&row.forecast, programme.code, seasons),
            false => &row.forecast,
        };
        if !touches(criteria, open) {
            return Ok((None, true));
        }
    }
    let Some(mut known) = known_in(connection, schedule, row.person)? else {
        return Ok((None, true));
    };
    known.person.facts.seasons = seasons.to_vec();
    let agrees = agrees(programme, criteria, &row, &known);
    let spans = spans_without(programme, criteria, &known);
    if !touches(criteria, &spans) {
        return Ok((None, agrees));
    }
    let (conflict, duplicate) = unsettled(connection, row.person)?;
    let given = known
        .doses
        .iter()
        .filter(|dose| programme.counts.contains(&dose.programme))
        .count();
    let candidate = Candidate {
        done: is_done(programme, criteria, &known.doses),
        covered: eligibility::cover(schedule, &known.person, &known.doses, programme, criteria.on).is_some(),
        given,
        has_voucher: has_voucher(connection, criteria, row.person)?,
        refused: refuses(&known, programme),
        contraindicated: is_unfit(&known, programme),
        conflict,
        duplicate,
        ..bare(&row, birth, spans)
    };
    Ok((Some(candidate), agrees))
}

fn bare(row: &CandidateRow, birth: Option<NaiveDate>, spans: Vec<Span>) -> Candidate {
    Candidate {
        person: row.person,
        birth,
        status: row.known.status,
        district: row.district.clone(),
        spans,
        done: false,
        covered: false,
        given: 0,
        protected: row.protected,
        has_voucher: false,
        refused: false,
        contraindicated: false,
        conflict: false,
        duplicate: false,
    }
}

/// Whether the forecast says what the engine says now.
fn agrees(programme: &Programme, criteria: &Criteria, row: &CandidateRow, known: &Known) -> bool {
    let forecast = eligibility::forecast_dose(programme, &known.person, &known.doses, criteria.dose);
    match forecast {
        Some(forecast) => forecast.spans == row.forecast && forecast.seasons_done == row.seasons_done,
        None => row.forecast.is_empty(),
    }
}

/// The days of the dose as if it and what follows had not been given: who has had it still belongs to the base.
fn spans_without(programme: &Programme, criteria: &Criteria, known: &Known) -> Vec<Span> {
    let earlier: Vec<Dose> = known
        .doses
        .iter()
        .filter(|dose| {
            let number = programme.number_of(dose.programme, dose.dose_number);
            number.is_none_or(|number| number < criteria.dose)
        })
        .cloned()
        .collect();
    let asked = Asked::new(programme.code, criteria.dose);
    eligibility::days(programme, &known.person, &earlier, &asked, criteria.on).united()
}

fn is_done(programme: &Programme, criteria: &Criteria, doses: &[Dose]) -> bool {
    let seasonal = programme.per_of(criteria.dose) == Per::Season;
    let year = date::fiscal_year(criteria.until);
    doses.iter().any(|dose| {
        programme.number_of(dose.programme, dose.dose_number) == Some(criteria.dose)
            && (!seasonal || date::fiscal_year(dose.given_on) == year)
    })
}

/// A refusal of everything, or of this programme.
fn refuses(known: &Known, programme: &Programme) -> bool {
    let all = |text: &String| text.is_empty() || text == "*";
    known
        .refused
        .iter()
        .any(|text| all(text) || text == programme.code.as_str())
}

fn is_unfit(known: &Known, programme: &Programme) -> bool {
    known
        .contraindicated
        .iter()
        .any(|text| text.is_empty() || text == programme.code.as_str())
}

fn has_voucher(connection: &Connection, criteria: &Criteria, person: SubjectId) -> Result<bool, StoreError> {
    let (programme, dose) = (criteria.programme.as_str(), criteria.dose.code());
    let vouchers = voucher::vouchers_of(connection, person)?;
    Ok(vouchers
        .iter()
        .any(|line| line.is_open() && line.programme == programme && line.dose == dose))
}

/// (競合, 重複のおそれ).
fn unsettled(connection: &Connection, person: SubjectId) -> Result<(bool, bool), StoreError> {
    let doses = record::doses_of(connection, person)?;
    let conflict = doses.iter().enumerate().any(|(place, one)| {
        doses
            .iter()
            .skip(place + 1)
            .any(|other| other.subject == one.subject)
    });
    let duplicate = !conflict && record::is_unsettled(connection, person, is_same_disease)?;
    Ok((conflict, duplicate))
}

/// The births of those whom the period can concern by the ordinary rules, as ranges. Whoever is concerned by a
/// recorded fact has a forecast and is found by it.
fn births(programme: &Programme, criteria: &Criteria) -> Vec<Span> {
    let (year, month, first) = OLDEST;
    let Some(mut birth) = NaiveDate::from_ymd_opt(year, month, first) else {
        return Vec::new();
    };
    let versions: Vec<_> = programme
        .versions
        .iter()
        .filter(|version| version.requires.is_empty())
        .collect();
    let by_birth = |at: At| !matches!(at, At::Pregnancy { .. });
    let only_first = criteria.dose == FIRST_DOSE;
    let wide = widened(criteria.period());
    let mut ranges: Vec<Span> = Vec::new();
    while birth <= wide.until {
        let anchors = Anchors {
            birth: Some(birth),
            expected_on: None,
        };
        let concerned = versions.iter().any(|version| {
            version.windows.iter().any(|window| {
                let span = window.of(&anchors).and_then(|span| span.and(version.in_force()));
                by_birth(window.from.at)
                    && span.is_some_and(|span| {
                        if only_first {
                            touches(criteria, &[span])
                        } else {
                            span.and(wide).is_some()
                        }
                    })
            })
        });
        if concerned {
            match ranges.last_mut() {
                Some(range) if date::plus_days(range.until, 1) == birth => range.until = birth,
                _ => ranges.push(Span {
                    from: birth,
                    until: birth,
                }),
            }
        }
        birth = date::plus_days(birth, 1);
    }
    ranges
}

fn widened(period: Span) -> Span {
    Span {
        from: date::plus_days(period.from, -3),
        until: date::plus_days(period.until, 3),
    }
}
