//! 接種判定（規則）. What an evaluation says: possible, possible with a warning, or not, with the days and the
//! steps that led there. Every step is a Japanese sentence with its ground. How it comes about is
//! `eligibility`; what a physician decided on paper is the outcome in the record, not this.

use super::{programme::ProgrammeCode, record::DoseNumber, schedule::Span};
use chrono::NaiveDate;

/// 可・可（警告）・不可.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// 定期として接種できる.
    Possible,
    /// できるが、見てほしい点がある.
    Warning,
    /// 定期としては接種できない.
    Refused,
}

/// 接種判定（規則）.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evaluation {
    pub verdict: Verdict,
    /// First day of the window that holds the day asked about; else of the next one, else of the last one past.
    pub from: Option<NaiveDate>,
    /// Its last day; none beside a `from` means no end.
    pub until: Option<NaiveDate>,
    /// 標準的な接種期間.
    pub standard: Option<Span>,
    /// つぎに接種できる日, where today isn't one.
    pub next_on: Option<NaiveDate>,
    pub reasons: Vec<Reason>,
}

impl Evaluation {
    pub fn is_eligible(&self) -> bool {
        self.verdict != Verdict::Refused
    }
}

/// 判定の理由の1段.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    pub code: ReasonCode,
    pub sentence: String,
    /// 根拠. Article of law, or the guidance.
    pub citation: String,
}

/// 理由の符号. Stable: forecasts keep only this.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReasonCode {
    /// 受けられる期間の中.
    Open,
    NotYet,
    Over,
    /// 対象の生まれ・性別でない.
    Cohort,
    /// 要件の記録がない.
    Requirement,
    UnknownBirth,
    NoSuchDose,
    Done,
    /// ほかの予防接種で足りる.
    Covered,
    /// 前の回がまだ.
    Order,
    /// この始め方では行わない.
    Series,
    /// 2回で終わっている.
    Complete,
    /// 間隔.
    Gap,
    /// 間隔が最後の日をこえる.
    PastEnd,
    /// 対象の期間.
    Window,
    Extension,
    /// 標準の期間の外.
    Standard,
    /// 望ましくない時期.
    Late,
    /// ほかのワクチンとの間隔.
    BetweenVaccines,
    Product,
    Volume,
    SameDay,
    OldLimit,
    Resident,
}

impl ReasonCode {
    pub const ALL: [ReasonCode; 24] = [
        ReasonCode::Open,
        ReasonCode::NotYet,
        ReasonCode::Over,
        ReasonCode::Cohort,
        ReasonCode::Requirement,
        ReasonCode::UnknownBirth,
        ReasonCode::NoSuchDose,
        ReasonCode::Done,
        ReasonCode::Covered,
        ReasonCode::Order,
        ReasonCode::Series,
        ReasonCode::Complete,
        ReasonCode::Gap,
        ReasonCode::PastEnd,
        ReasonCode::Window,
        ReasonCode::Extension,
        ReasonCode::Standard,
        ReasonCode::Late,
        ReasonCode::BetweenVaccines,
        ReasonCode::Product,
        ReasonCode::Volume,
        ReasonCode::SameDay,
        ReasonCode::OldLimit,
        ReasonCode::Resident,
    ];

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    pub fn code(self) -> &'static str {
        match self {
            ReasonCode::Open => "open",
            ReasonCode::NotYet => "not_yet",
            ReasonCode::Over => "over",
            ReasonCode::Cohort => "cohort",
            ReasonCode::Requirement => "requirement",
            ReasonCode::UnknownBirth => "unknown_birth",
            ReasonCode::NoSuchDose => "no_such_dose",
            ReasonCode::Done => "done",
            ReasonCode::Covered => "covered",
            ReasonCode::Order => "order",
            ReasonCode::Series => "series",
            ReasonCode::Complete => "complete",
            ReasonCode::Gap => "gap",
            ReasonCode::PastEnd => "past_end",
            ReasonCode::Window => "window",
            ReasonCode::Extension => "extension",
            ReasonCode::Standard => "standard",
            ReasonCode::Late => "late",
            ReasonCode::BetweenVaccines => "between_vaccines",
            ReasonCode::Product => "product",
            ReasonCode::Volume => "volume",
            ReasonCode::SameDay => "same_day",
            ReasonCode::OldLimit => "old_limit",
            ReasonCode::Resident => "resident",
        }
    }
}

/// 停止か警告か, for a dose that is being recorded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// 停止. Not valid as routine vaccination; the paper is to be looked at.
    Stop,
    /// 警告. Valid, and worth a look.
    Warning,
}

/// 入力中の判定の1点.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub severity: Severity,
    pub code: ReasonCode,
    pub sentence: String,
    pub citation: String,
    /// つぎに接種できる日.
    pub next_on: Option<NaiveDate>,
}

/// 見通し. Absolute facts about one dose of one programme; the status on a day is computed from them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forecast {
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    /// 接種できる期間, united and in order; never empty.
    pub spans: Vec<Span>,
    pub standard: Option<Span>,
    /// 受けた年度, where one dose a season is given.
    pub seasons_done: Vec<i32>,
    pub code: ReasonCode,
}
