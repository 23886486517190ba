//! 入力の判定. Everything that speaks for or against registering a sheet, in the order of the paper: what makes it
//! impossible (停止), what a clerk must confirm (警告), and what is in order. Pure: the rules' own findings and
//! what the register and the other records say come in as facts. A stop never loses the sheet: it is held.

mod checks;
mod rules;

use std::fmt;

use chrono::NaiveDate;

use super::{
    comparison::Comparison,
    evaluation::{Finding, ReasonCode, Severity},
    questionnaire::{Place, draft::Draft, form::QuestionForm},
    record::AgeOnDay,
};

/// 判定の1件.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryFinding {
    pub severity: Severity,
    /// Stable; with the number of the question where there are several of a kind (`question.9`).
    pub code: String,
    pub place: Place,
    pub title: String,
    /// What is so, with the values, then what to do.
    pub sentence: String,
    pub citation: Option<String>,
    /// つぎに接種できる日.
    pub next_on: Option<NaiveDate>,
    /// The answers the clerk may give, in the order of their digits. The first ones confirm a warning.
    pub answers: Vec<Choice>,
}

impl fmt::Debug for EntryFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.severity, self.code)
    }
}

/// 警告への答え.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    pub label: &'static str,
    pub meaning: Meaning,
}

/// What an answer leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// 確認ずみ. The warning is answered and the sheet may be registered.
    Confirms,
    /// The sheet is held as 疑義.
    Holds,
    /// The clerk goes back to the field.
    Mends,
}

/// 判定.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EntryJudgement {
    pub stops: Vec<EntryFinding>,
    pub warnings: Vec<EntryFinding>,
    /// 接種できる期間 of this dose by the rules.
    pub window: Option<Window>,
    /// What has been looked at and is in order: 年齢・回数・間隔・量・ロット期限.
    pub in_order: Vec<&'static str>,
    pub citation: Option<String>,
    pub comparison: Option<Comparison>,
    pub age: Option<AgeOnDay>,
    pub category: Option<super::record::Category>,
}

/// 接種できる日.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub standard: Option<(NaiveDate, NaiveDate)>,
    /// Where it comes from, in a few words.
    pub ground: String,
}

impl EntryJudgement {
    /// The warnings that still wait for an answer, by the answers of the draft.
    pub fn open<'j>(&'j self, draft: &Draft) -> Vec<&'j EntryFinding> {
        let is_answered = |finding: &EntryFinding| {
            let given = draft
                .confirmations
                .iter()
                .find(|answer| answer.code == finding.code);
            given
                .and_then(|answer| finding.answers.get(usize::from(answer.answer).checked_sub(1)?))
                .is_some_and(|choice| choice.meaning != Meaning::Mends)
        };
        self.warnings
            .iter()
            .filter(|finding| !is_answered(finding))
            .collect()
    }

    /// Codes for which the sheet must be held: the stops, and warnings answered with 「別の人」 and the like.
    pub fn holds(&self, draft: &Draft) -> Vec<String> {
        let stops = self.stops.iter().map(|finding| finding.code.clone());
        let answered = self.warnings.iter().filter(|finding| {
            draft.confirmations.iter().any(|answer| {
                answer.code == finding.code
                    && usize::from(answer.answer)
                        .checked_sub(1)
                        .and_then(|place| finding.answers.get(place))
                        .is_some_and(|choice| choice.meaning == Meaning::Holds)
            })
        });
        stops
            .chain(answered.map(|finding| finding.code.clone()))
            .collect()
    }

    fn push(&mut self, finding: EntryFinding) {
        match finding.severity {
            Severity::Stop => self.stops.push(finding),
            Severity::Warning => self.warnings.push(finding),
        }
    }
}

/// 台帳と記録が言うこと. What the office has read for the sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts {
    pub today: NaiveDate,
    pub comparison: Option<Comparison>,
    pub born_on: Option<NaiveDate>,
    /// 台帳の表記.
    pub birth_text: String,
    pub died_on: Option<NaiveDate>,
    pub moved_out_on: Option<NaiveDate>,
    pub moved_in_on: Option<NaiveDate>,
    /// The known lots of the product, with the last day of each.
    pub lots: Vec<(String, NaiveDate)>,
    /// Records on the same day or near it that may be this dose: day, terminal, whether it still waits.
    pub alike: Vec<Alike>,
    /// The sheet's number has been entered already.
    pub is_sheet_entered: bool,
    /// The voucher stands in a record of somebody else.
    pub is_voucher_of_another: bool,
    /// The voucher was used for this dose already, on that day.
    pub voucher_used_on: Option<NaiveDate>,
    pub is_institution_known: bool,
}

/// 似た記録.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alike {
    pub on: NaiveDate,
    pub terminal: String,
    pub is_waiting: bool,
}

/// Judges a draft beside what the rules have found. Nothing is judged whose field is still empty.
pub fn judge(
    draft: &Draft,
    facts: &Facts,
    form: Option<&QuestionForm>,
    by_rules: &[Finding],
) -> EntryJudgement {
    let mut found = EntryJudgement {
        comparison: facts.comparison,
        age: facts
            .born_on
            .zip(draft.vaccinated_on)
            .and_then(|(born, on)| AgeOnDay::between(born, on)),
        ..EntryJudgement::default()
    };
    checks::sheet(facts, &mut found);
    checks::person(facts, &mut found);
    checks::condition(draft, &mut found);
    if let Some(form) = form {
        checks::questions(draft, form, &mut found);
    }
    checks::signatures(draft, &mut found);
    checks::vaccine(draft, facts, &mut found);
    checks::day(draft, facts, &mut found);
    if draft.outcome().is_injected() {
        // The office has said it already, with the terminal and whether it still waits.
        let is_said = |code| code == ReasonCode::SameDay && !facts.alike.is_empty();
        for finding in by_rules.iter().filter(|finding| !is_said(finding.code)) {
            let mut finding = rules::of_rules(finding);
            let same = |known: &&EntryFinding| known.code.starts_with(finding.code.as_str());
            match found.stops.iter().chain(&found.warnings).filter(same).count() {
                0 => {}
                before => finding.code = format!("{}.{}", finding.code, before + 1),
            }
            found.push(finding);
        }
    }
    found.stops.sort_by_key(|finding| finding.place);
    found.warnings.sort_by_key(|finding| finding.place);
    found
}

#[cfg(test)]
#[path = "judgement/tests.rs"]
mod tests;
