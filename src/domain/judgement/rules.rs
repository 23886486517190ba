//! 決まりの判定の見せ方. Where on the paper a finding of the rules belongs, its title, and which answers a clerk may
//! give. What the rules find is `eligibility`.

use super::{
    Choice, EntryFinding,
    checks::{AS_WRITTEN, HOLD, MEND, MEND_DATE, warning},
};
use crate::domain::{
    evaluation::{Finding, ReasonCode, Severity},
    questionnaire::Place,
};

/// A finding of the rules, with its place on the paper and the answers a clerk may give.
pub(super) fn of_rules(finding: &Finding) -> EntryFinding {
    let (place, title) = match finding.code {
        ReasonCode::Gap | ReasonCode::PastEnd => (Place::Giving, "前回からの間隔がたりません"),
        ReasonCode::NotYet => (Place::Giving, "接種できる期間より前です"),
        ReasonCode::Over => (Place::Giving, "接種できる期間を過ぎています"),
        ReasonCode::Window | ReasonCode::Cohort => (Place::Giving, "対象の期間ではありません"),
        ReasonCode::Requirement => (Place::Voucher, "要件の記録がありません"),
        ReasonCode::UnknownBirth => (Place::Person, "生年月日が分かりません"),
        ReasonCode::NoSuchDose => (Place::Voucher, "この回はありません"),
        ReasonCode::Done | ReasonCode::Complete => (Place::Voucher, "もう受けています"),
        ReasonCode::Covered => (Place::Voucher, "ほかの予防接種で足りています"),
        ReasonCode::Order => (Place::Voucher, "前の回の記録がありません"),
        ReasonCode::Series => (Place::Voucher, "この始め方では行わない回です"),
        ReasonCode::Standard | ReasonCode::Late => (Place::Giving, "標準とちがう時期の接種です"),
        ReasonCode::BetweenVaccines => (Place::Giving, "ほかのワクチンとの間隔を見てください"),
        ReasonCode::Product => (Place::Vaccine, "ワクチンを見直してください"),
        ReasonCode::Volume => (Place::Vaccine, "接種量が規定とちがいます"),
        ReasonCode::SameDay => (Place::Giving, "同じ日の接種があります"),
        ReasonCode::OldLimit => (Place::Giving, "間隔が長くあいています"),
        ReasonCode::Open | ReasonCode::Extension | ReasonCode::Resident => {
            (Place::Giving, "確かめてください")
        }
    };
    let answers: &[Choice] = match (finding.severity, place) {
        (Severity::Stop, Place::Giving) => &[MEND_DATE, HOLD],
        (Severity::Stop, _) => &[MEND, HOLD],
        (Severity::Warning, _) => &[AS_WRITTEN, HOLD],
    };
    EntryFinding {
        severity: finding.severity,
        citation: Some(finding.citation.clone()).filter(|citation| !citation.is_empty()),
        next_on: finding.next_on,
        ..warning(
            &format!("rule.{}", finding.code.code()),
            place,
            title,
            finding.sentence.clone(),
            answers,
        )
    }
}
