//! 入力中の判定. Gathers what register, records, lots and rules say about a draft and lets the domain judge it. The
//! same function runs while the clerk types and inside the transaction that registers the sheet.

use chrono::NaiveDate;

use super::people::registered;
use crate::{
    domain::{
        birth::BirthDate,
        comparison::{Comparison, face::Registered},
        date::{fiscal_year, short},
        eligibility::{self, Asked, Dose, Extension, Person, Season},
        evaluation::{Finding, ReasonCode},
        institution::normal_lot,
        judgement::{self, Alike, EntryJudgement, Facts, Window},
        programme::{Programme, ProgrammeCode},
        questionnaire::draft::Draft,
        record::{Amount, Category, SpecialGround},
        revision::SubjectId,
        schedule::{Schedule, Span},
        vaccine::ProductCode,
    },
    office::{Office, code::question_form, forecast::complete},
    rules,
    store::{
        Connection, StoreError, city, code, forecast, questionnaire,
        record::{self, Approval, RecordLine},
    },
};

impl Office {
    /// 入力中の判定. A read: nothing is written, and every empty field is simply not judged yet.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn judge_entry(&self, draft: &Draft) -> Result<EntryJudgement, StoreError> {
        let today = self.today();
        self.read(|connection| judge(connection, draft, today))
    }
}

pub(super) fn judge(
    connection: &Connection,
    draft: &Draft,
    today: NaiveDate,
) -> Result<EntryJudgement, StoreError> {
    let known = match draft.person {
        Some(person) => registered(connection, person)?,
        None => None,
    };
    let own = draft
        .corrects
        .as_ref()
        .and_then(|corrects| corrects.record)
        .map(|(record, _)| record);
    let mut records = match draft.person {
        Some(person) => record::doses_of(connection, person)?,
        None => Vec::new(),
    };
    records.retain(|line| Some(line.subject) != own);
    let schedule = rules::embedded();
    let noted = noted(connection, schedule, draft, &records, today)?;
    let ruled = by_rules(
        schedule,
        draft,
        known.as_ref().map(|known| (known, noted)),
        &records,
        today,
    );
    let facts = facts(connection, draft, known.as_ref(), &records, today)?;
    let form = question_form(&draft.form);
    let mut judged = judgement::judge(draft, &facts, form, &ruled.findings);
    judged.window = ruled.window;
    judged.category = ruled.category;
    judged.citation = ruled.citation;
    if draft.outcome().is_injected() {
        ruled
            .in_order
            .into_iter()
            .rev()
            .for_each(|word| judged.in_order.insert(0, word));
    }
    Ok(judged)
}

#[derive(Default)]
struct ByRules {
    findings: Vec<Finding>,
    window: Option<Window>,
    category: Option<Category>,
    citation: Option<String>,
    in_order: Vec<&'static str>,
}

fn by_rules(
    schedule: &Schedule,
    draft: &Draft,
    known: Option<(&Registered, eligibility::Facts)>,
    records: &[RecordLine],
    today: NaiveDate,
) -> ByRules {
    let programme = draft.programme.as_deref().and_then(ProgrammeCode::parse);
    let Some(programme) = programme.and_then(|code| schedule.programme(code)) else {
        return ByRules::default();
    };
    let mut ruled = ByRules {
        category: Some(category(programme)),
        citation: Some(programme.citation.clone()),
        ..ByRules::default()
    };
    let (Some((known, noted)), Some(dose)) = (known, draft.dose) else {
        return ruled;
    };
    let person = person(draft, known, programme.code, noted);
    let others: Vec<Dose> = records.iter().filter_map(dose_of).collect();
    let asked = Asked {
        product: draft.product.as_deref().and_then(ProductCode::parse),
        ..Asked::new(programme.code, dose)
    };
    let on = draft.vaccinated_on.unwrap_or(today);
    let found = eligibility::evaluate(schedule, &person, &others, &asked, on);
    ruled.window = found.from.map(|from| Window {
        from,
        until: found.until,
        standard: found.standard.map(|span| (span.from, span.until)),
        ground: ground(&others, programme),
    });
    if let Some(given_on) = draft.vaccinated_on {
        let recorded = Dose {
            programme: programme.code,
            dose_number: dose,
            given_on,
            product: asked.product,
            amount: Amount::parse(draft.amount.trim()),
            expected_on: draft.expected_delivery_on,
        };
        ruled.findings = eligibility::judge(schedule, &person, &others, &recorded);
        ruled.in_order = in_order(&ruled.findings, draft);
    }
    ruled
}

fn category(programme: &Programme) -> Category {
    match programme.category {
        crate::domain::programme::Category::CategoryA => Category::RoutineA,
        crate::domain::programme::Category::CategoryB => Category::RoutineB,
    }
}

/// What the notes of the person, her other doses and the settings of the city add. A season is that of its own year:
/// a sheet of the year before is not judged by it.
fn noted(
    connection: &Connection,
    schedule: &Schedule,
    draft: &Draft,
    records: &[RecordLine],
    today: NaiveDate,
) -> Result<eligibility::Facts, StoreError> {
    let mut facts = eligibility::Facts::default();
    if let Some(person) = draft.person
        && let Some(mut known) = forecast::known(connection, person)?
    {
        known.doses = records.iter().filter_map(dose_of).collect();
        complete(schedule, &mut known);
        facts.held = known.person.facts.held;
        facts.extensions = known.person.facts.extensions;
        facts.expected_on = known.person.facts.expected_on;
    }
    let year = fiscal_year(draft.vaccinated_on.unwrap_or(today));
    for (code, season) in city::settings(connection)?
        .map(|published| published.settings.seasons)
        .unwrap_or_default()
    {
        if let Some(programme) = ProgrammeCode::parse(&code)
            && fiscal_year(season.from) == year
        {
            facts.seasons.push(Season {
                programme: Some(programme),
                span: Span {
                    from: season.from,
                    until: season.to,
                },
            });
        }
    }
    Ok(facts)
}

fn person(
    draft: &Draft,
    known: &Registered,
    programme: ProgrammeCode,
    mut facts: eligibility::Facts,
) -> Person {
    facts.expected_on = draft.expected_delivery_on.or(facts.expected_on);
    if let Some(special) = &draft.special_circumstances
        && let (Some(from), Some(until)) = (special.from, special.until)
    {
        facts.extensions.push(Extension {
            programme,
            span: Span { from, until },
            sentence: format!("特別の事情により {} まで接種できます。", short(until)),
            citation: match special.ground {
                SpecialGround::LongIllness => "予防接種法施行令 第3条第2項".to_owned(),
                _ => "特別の事情の記録".to_owned(),
            },
        });
    }
    Person {
        birth: BirthDate::clone(&known.resident.birth),
        sex: known.sex,
        facts,
    }
}

/// A record as the engine takes it; codes the rules don't know are left out.
pub(in crate::office) fn dose_of(line: &RecordLine) -> Option<Dose> {
    Some(Dose {
        programme: ProgrammeCode::parse(&line.programme)?,
        dose_number: line.dose,
        given_on: line.vaccinated_on,
        product: line.product.as_deref().and_then(ProductCode::parse),
        amount: line.amount,
        expected_on: line.expected_delivery_on,
    })
}

/// 「前回 R8.6.30 から」, in front of the window.
fn ground(others: &[Dose], programme: &Programme) -> String {
    let counted = others
        .iter()
        .filter(|dose| programme.counts.contains(&dose.programme));
    match counted.map(|dose| dose.given_on).max() {
        Some(last) => format!("前回 {}", short(last)),
        None => "はじめての接種".to_owned(),
    }
}

/// What the rules have looked at and not found wanting.
fn in_order(findings: &[Finding], draft: &Draft) -> Vec<&'static str> {
    let speaks = |codes: &[ReasonCode]| findings.iter().any(|finding| codes.contains(&finding.code));
    let mut words = Vec::new();
    if !speaks(&[
        ReasonCode::NotYet,
        ReasonCode::Over,
        ReasonCode::Window,
        ReasonCode::Cohort,
        ReasonCode::UnknownBirth,
    ]) {
        words.push("年齢");
    }
    if !speaks(&[
        ReasonCode::Done,
        ReasonCode::Order,
        ReasonCode::NoSuchDose,
        ReasonCode::Series,
        ReasonCode::Complete,
    ]) {
        words.push("回数");
    }
    if !speaks(&[
        ReasonCode::Gap,
        ReasonCode::PastEnd,
        ReasonCode::BetweenVaccines,
        ReasonCode::SameDay,
    ]) {
        words.push("間隔");
    }
    if !draft.amount.trim().is_empty() && !speaks(&[ReasonCode::Volume]) {
        words.push("量");
    }
    words
}

fn facts(
    connection: &Connection,
    draft: &Draft,
    known: Option<&Registered>,
    records: &[RecordLine],
    today: NaiveDate,
) -> Result<Facts, StoreError> {
    let own = draft.corrects.as_ref();
    let lots = match &draft.product {
        Some(product) if !normal_lot(&draft.lot_number).is_empty() => code::lots_of(connection, product)?,
        _ => Vec::new(),
    };
    let own_sheet = own.map(|corrects| corrects.questionnaire);
    let is_sheet_entered = match draft.sheet {
        Some(place) => questionnaire::sheets_at(connection, place)?
            .iter()
            .any(|sheet| Some(*sheet) != own_sheet),
        None => false,
    };
    let voucher = match &draft.voucher_number {
        Some(number) => record::records_with_voucher(connection, number)?,
        None => Vec::new(),
    };
    let own_record: Option<SubjectId> = own.and_then(|corrects| corrects.record).map(|(record, _)| record);
    let others = || voucher.iter().filter(|line| Some(line.subject) != own_record);
    let institution = match &draft.institution_code {
        Some(code) => code::institution(connection, code)?,
        None => None,
    };
    Ok(Facts {
        today,
        comparison: known.map(|known| Comparison::of(&draft.written, &known.face)),
        born_on: known.and_then(|known| known.face.birth_on),
        birth_text: known.map_or(String::new(), |known| {
            known.face.birth_on.map_or(known.face.birth_text.clone(), short)
        }),
        died_on: known.and_then(|known| known.stay.died_on),
        moved_out_on: known.and_then(|known| known.stay.moved_out_on),
        moved_in_on: known.and_then(|known| known.stay.moved_in_on),
        lots: lots
            .into_iter()
            .map(|lot| (lot.lot_number, lot.expires_on))
            .collect(),
        alike: alike(draft, records),
        is_sheet_entered,
        is_voucher_of_another: draft.person.is_some()
            && others().any(|line| Some(line.person) != draft.person),
        voucher_used_on: others()
            .find(|line| {
                Some(line.programme.as_str()) == draft.programme.as_deref() && Some(line.dose) == draft.dose
            })
            .map(|line| line.vaccinated_on),
        is_institution_known: institution.is_some(),
    })
}

/// Records of the same disease within six days: perhaps the same dose.
fn alike(draft: &Draft, records: &[RecordLine]) -> Vec<Alike> {
    let (Some(on), Some(programme)) = (draft.vaccinated_on, draft.programme.as_deref()) else {
        return Vec::new();
    };
    if !draft.outcome().is_injected() {
        return Vec::new();
    }
    records
        .iter()
        .filter(|line| is_same_disease(&line.programme, programme))
        .filter(|line| (line.vaccinated_on - on).num_days().abs() <= 6)
        .map(|line| Alike {
            on: line.vaccinated_on,
            terminal: line.terminal.0.clone(),
            is_waiting: line.approval == Approval::Waiting,
        })
        .collect()
}

/// Whether two programmes protect against the same disease, by the rules.
#[must_use]
pub fn is_same_disease(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let disease = |code: &str| {
        let programme = rules::embedded().programme(ProgrammeCode::parse(code)?)?;
        Some(programme.disease.as_str())
    };
    disease(one).is_some_and(|one| Some(one) == disease(other))
}
