//! 予防接種の年表. One row a programme: doses, legal and standard windows, what comes next. Facts come from the
//! forecasts and the records; here they are put in the order in which a clerk acts on them.

use chrono::{Months, NaiveDate};

use crate::{
    domain::{
        birth::BirthDate,
        eligibility::{Cover, Covered},
        evaluation::Forecast,
        programme::{Programme, ProgrammeCode},
        record::{DoseNumber, Outcome},
        schedule::{Anchors, Schedule, Span},
        wareki,
    },
    office::forecast::{Around, Due, DueStatus, due_on},
    store::record::RecordLine,
};

/// いますること・これから・完了.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Section {
    Now,
    Later,
    Done,
}

impl Section {
    pub fn word(self) -> &'static str {
        match self {
            Section::Now => "いますること",
            Section::Later => "これから",
            Section::Done => "完了",
        }
    }
}

/// 接種の印.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub on: NaiveDate,
    /// 1, 2, 追.
    pub label: String,
    /// 予診のみ: a ring without a number.
    pub screened_only: bool,
    /// 未承認.
    pub waiting: bool,
}

/// 年表の一行.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub programme: ProgrammeCode,
    /// 「水痘 2回目」.
    pub name: String,
    pub section: Section,
    pub marks: Vec<Mark>,
    pub windows: Vec<Span>,
    pub standard: Option<Span>,
    /// 「今日から可」 in bold, empty where nothing is due.
    pub next: String,
    /// What follows it.
    pub detail: String,
    /// Last day on which the next dose is lawful, for the order.
    until: NaiveDate,
    from: NaiveDate,
}

/// What the rows are made of.
pub(in crate::office) struct Seen<'a> {
    pub forecasts: &'a [Forecast],
    pub records: &'a [RecordLine],
    pub birth: &'a BirthDate,
    pub around: &'a Around,
}

/// The rows of a person on a day, in the order of the screen.
pub(in crate::office) fn rows(schedule: &Schedule, seen: &Seen<'_>, on: NaiveDate) -> Vec<Row> {
    let mut rows: Vec<Row> = schedule
        .programmes
        .iter()
        .filter_map(|programme| row(schedule, programme, seen, on))
        .collect();
    rows.retain(|row| row.section != Section::Later || row.from < on + Months::new(AHEAD));
    rows.sort_by_key(|row| match row.section {
        Section::Now => (row.section, row.until),
        Section::Later => (row.section, row.from),
        Section::Done => (row.section, NaiveDate::MIN),
    });
    rows
}

/// What opens later than this many months on is nothing for the counter yet.
const AHEAD: u32 = 12 * 16;

fn row(schedule: &Schedule, programme: &Programme, seen: &Seen<'_>, on: NaiveDate) -> Option<Row> {
    let anchors = &Anchors {
        birth: seen.birth.day(),
        expected_on: None,
    };
    let marks = marks(programme, seen.records);
    let due = seen
        .forecasts
        .iter()
        .filter(|forecast| forecast.programme == programme.code)
        .filter_map(|forecast| due_on(schedule, forecast, &seen.around.seasons, on))
        .filter(|due| due.status != DueStatus::Over)
        .min_by_key(|due| (due.status, due.dose));
    // Who has finished here needs no word of where it goes on.
    let cover = seen.around.covers.get(&programme.code).filter(|_| due.is_some());
    let next = due.as_ref().filter(|_| cover.is_none());
    let section = match next.map(|due| due.status) {
        Some(DueStatus::Open) => Section::Now,
        Some(_) => Section::Later,
        None if marks.is_empty() => return None,
        None => Section::Done,
    };
    let judged_on = marks.last().map_or(on, |mark| mark.on);
    let mut windows = legal_windows(
        programme,
        anchors,
        if section == Section::Done { judged_on } else { on },
    );
    windows.extend(next.filter(|_| windows.is_empty()).map(|due| due.span));
    let (bold, detail) = match (next, cover) {
        (Some(due), _) => words(due, on),
        (None, Some(cover)) => (String::new(), cover_words(schedule, cover, &marks)),
        (None, None) => (String::new(), done_words(&marks)),
    };
    Some(Row {
        programme: programme.code,
        name: row_name(programme, next),
        section,
        windows,
        standard: next.and_then(|due| due.standard),
        next: bold,
        detail,
        until: next.map_or(NaiveDate::MAX, |due| due.span.until),
        from: next.map_or(NaiveDate::MIN, |due| due.span.from),
        marks,
    })
}

fn row_name(programme: &Programme, next: Option<&Due>) -> String {
    match next {
        Some(due) if programme.dose_numbers().len() > 1 => {
            // 第1期 stands in the programme's name already, or is the only one there is.
            let dose = due.dose_name.strip_prefix("第1期").unwrap_or(&due.dose_name);
            format!("{} {dose}", programme.short_name)
        }
        _ if programme.name.chars().count() <= 10 => programme.name.clone(),
        _ => programme.short_name.clone(),
    }
}

fn marks(programme: &Programme, records: &[RecordLine]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = records
        .iter()
        .filter(|record| record.programme == programme.code.as_str() && !record.is_cancelled)
        .filter(|record| matches!(record.outcome, Outcome::Vaccinated | Outcome::ScreenedOnly(_)))
        .map(|record| Mark {
            on: record.vaccinated_on,
            label: match record.dose {
                DoseNumber::Nth(number) => number.to_string(),
                DoseNumber::Booster => "追".to_owned(),
            },
            screened_only: record.outcome.is_screened_only(),
            waiting: !record.approval.counts(),
        })
        .collect();
    marks.sort_by_key(|mark| mark.on);
    marks
}

/// The windows of the ordinary rule that was in force on a day.
fn legal_windows(programme: &Programme, anchors: &Anchors, on: NaiveDate) -> Vec<Span> {
    let born_fits = |from: Option<NaiveDate>, until: Option<NaiveDate>| match anchors.birth {
        None => false,
        Some(born) => from.is_none_or(|from| from <= born) && until.is_none_or(|until| born <= until),
    };
    let spans = programme
        .versions
        .iter()
        .filter(|version| version.name.is_none() && version.in_force().holds(on))
        .filter(|version| born_fits(version.born_from, version.born_until))
        .flat_map(|version| &version.windows)
        .filter_map(|window| window.of(anchors))
        .collect();
    Span::unite(spans)
}

fn words(due: &Due, on: NaiveDate) -> (String, String) {
    let span = &due.span;
    let until = |day: NaiveDate| wareki::short(day);
    let is_endless = span.until > on + Months::new(12 * 60);
    match (due.status, due.standard) {
        (DueStatus::Open, Some(standard)) if standard.from > on => (
            String::new(),
            format!("法定は今日から可　標準 {} から", until(standard.from)),
        ),
        (DueStatus::Open, Some(standard)) if standard.until >= on && (span.until - on).num_days() > 366 => (
            "今日から可".to_owned(),
            format!("標準 {} まで", until(standard.until)),
        ),
        (DueStatus::Open, _) if is_endless => ("今日から可".to_owned(), String::new()),
        (DueStatus::Open, _) => (
            "今日から可".to_owned(),
            format!(
                "期限 {}（あと{}日）",
                until(span.until),
                (span.until - on).num_days()
            ),
        ),
        _ if is_endless => (String::new(), format!("{} から", until(span.from))),
        _ => (
            String::new(),
            format!("{} ～ {}", until(span.from), until(span.until)),
        ),
    }
}

/// 「3回　つづきは五種混合」.
fn cover_words(schedule: &Schedule, cover: &Cover, marks: &[Mark]) -> String {
    let given = marks.iter().filter(|mark| !mark.screened_only).count();
    let name = schedule
        .programme(cover.by)
        .map_or("", |other| other.short_name.as_str());
    match cover.state {
        Covered::Finished => format!("{given}回　{name}で終了"),
        Covered::Begun | Covered::Instead => format!("{given}回　つづきは{name}"),
    }
}

fn done_words(marks: &[Mark]) -> String {
    let given = marks.iter().filter(|mark| !mark.screened_only).count();
    match (given, marks.last()) {
        (0, Some(last)) => format!("予診のみ　{}", wareki::short(last.on)),
        (_, Some(last)) => format!("{given}回　{}", wareki::short(last.on)),
        (_, None) => String::new(),
    }
}
