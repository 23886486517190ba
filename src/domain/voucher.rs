//! 接種券. A ledger: issued, printed, spoiled, dispatched, void are facts only ever added, the state is computed
//! from all of them in any order. Numbers are nine running digits and a check digit, never made from 宛名番号
//! or 個人番号. Which running numbers a terminal may use is `office::number`.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    identifier::LgCode,
    programme::ProgrammeCode,
    record::DoseNumber,
    revision::{Body, Kind, SubjectId},
};

/// 券番号. Ten digits: nine running and a check digit (modulus 11, weights 2 to 7 from the right, as new
/// 宛名番号 have it). A running number for which the modulus names no digit is never issued.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VoucherNumber(String);

/// Highest running number.
pub const LAST_RUNNING: u64 = 999_999_999;

/// 券番号ではない.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoucherNumberError {
    Length,
    CheckDigit,
}

impl fmt::Display for VoucherNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "券番号は10けたの数字です。接種券の番号を見て入れなおしてください。",
            Self::CheckDigit => "券番号の検査数字が合いません。接種券の番号を見て入れなおしてください。",
        })
    }
}

impl std::error::Error for VoucherNumberError {}

/// A number in groups of three: 「000 419 806 4」.
#[must_use]
pub fn in_groups(number: &str) -> String {
    let mut grouped = String::with_capacity(number.len() + 4);
    for (at, letter) in number.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(letter);
    }
    grouped
}

impl VoucherNumber {
    /// The number for a running number; `None` where it is too large or has no check digit.
    #[must_use]
    pub fn of_running(running: u64) -> Option<Self> {
        if running > LAST_RUNNING {
            return None;
        }
        let body = format!("{running:09}");
        let digit = check_digit(&body)?;
        Some(Self(format!("{body}{digit}")))
    }

    /// In groups, as people read it out: 「000 419 806 4」.
    #[must_use]
    pub fn grouped(&self) -> String {
        in_groups(&self.0)
    }

    /// Reads ten digits, full-width ones too, with or without the start and stop letters of a scanner.
    ///
    /// # Errors
    /// Not ten digits, or a check digit that does not agree.
    pub fn parse(text: &str) -> Result<Self, VoucherNumberError> {
        let digits: String = text
            .chars()
            .map(|c| match c {
                '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
                other => other,
            })
            .filter(|c| !c.is_whitespace() && !matches!(c, 'A'..='D' | 'a'..='d'))
            .collect();
        if digits.len() != 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(VoucherNumberError::Length);
        }
        let (body, last) = digits.split_at(9);
        match check_digit(body) {
            Some(digit) if last == digit.to_string() => Ok(Self(digits)),
            _ => Err(VoucherNumberError::CheckDigit),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The running number without the check digit.
    #[must_use]
    pub fn running(&self) -> u64 {
        self.0.get(..9).and_then(|body| body.parse().ok()).unwrap_or(0)
    }

    /// 対象. One subject per number, so that a number issued twice is seen.
    #[must_use]
    pub fn subject(&self, city: &LgCode) -> SubjectId {
        SubjectId::derived("voucher", &format!("{city}:{}", self.0))
    }
}

fn check_digit(body: &str) -> Option<u8> {
    let sum: u32 = body
        .bytes()
        .rev()
        .zip((2_u32..=7).cycle())
        .map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight)
        .sum();
    match sum % 11 {
        0 => Some(0),
        1 => None,
        rest => Some((11 - rest) as u8),
    }
}

impl fmt::Display for VoucherNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for VoucherNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherNumber(…)")
    }
}

impl From<VoucherNumber> for String {
    fn from(number: VoucherNumber) -> Self {
        number.0
    }
}

impl TryFrom<String> for VoucherNumber {
    type Error = VoucherNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// 再発行・無効の理由.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// 紛失.
    Lost,
    /// 汚損.
    Damaged,
    /// 届いていない.
    NotArrived,
    /// 記載の誤り.
    Misprinted,
    /// 対象でなくなった: death, a move, the dose was given meanwhile.
    NoLongerEligible,
}

impl VoidReason {
    pub const ALL: [Self; 5] = [
        Self::Lost,
        Self::Damaged,
        Self::NotArrived,
        Self::Misprinted,
        Self::NoLongerEligible,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::NotArrived => "not_arrived",
            Self::Misprinted => "misprinted",
            Self::NoLongerEligible => "no_longer_eligible",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Lost => "紛失",
            Self::Damaged => "汚損",
            Self::NotArrived => "届いていない",
            Self::Misprinted => "記載の誤り",
            Self::NoLongerEligible => "対象でなくなった",
        }
    }
}

/// 発行. `about` of its revision is the resident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Issue {
    pub number: VoucherNumber,
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    pub issued_on: NaiveDate,
    /// 様式, with its version.
    pub form: String,
    pub form_version: u16,
    /// The run it belongs to; none at the counter.
    pub run: Option<SubjectId>,
    /// The voucher it takes the place of.
    pub replaces: Option<VoucherNumber>,
}

/// 接種券の事実.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherFact {
    Issued(Issue),
    /// The clerk has the sheet in her hand.
    Printed {
        on: NaiveDate,
    },
    /// 刷損. The sheet was destroyed; the number stays good for another print.
    Spoiled {
        on: NaiveDate,
    },
    /// 発送.
    Dispatched {
        on: NaiveDate,
    },
    /// 無効.
    Void {
        on: NaiveDate,
        reason: VoidReason,
    },
}

impl Body for VoucherFact {
    const KIND: Kind = Kind::Voucher;
    const VERSION: u16 = 1;
}

/// 接種券の状態, computed from its facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VoucherState {
    pub issue: Issue,
    pub printed_count: u32,
    pub spoiled_count: u32,
    pub dispatched_on: Option<NaiveDate>,
    pub void: Option<(NaiveDate, VoidReason)>,
    /// Two different issues of one number: to be settled by a person.
    pub is_issued_twice: bool,
}

impl VoucherState {
    /// `facts` in the agreed order (lamport, then id). `None` while no issue is known.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a VoucherFact>) -> Option<Self> {
        let mut issue: Option<Issue> = None;
        let mut is_issued_twice = false;
        let (mut printed_count, mut spoiled_count) = (0, 0);
        let mut dispatched_on: Option<NaiveDate> = None;
        let mut void: Option<(NaiveDate, VoidReason)> = None;
        for fact in facts {
            match fact {
                VoucherFact::Issued(other) => match &issue {
                    Some(known) => is_issued_twice |= known != other,
                    None => issue = Some(other.clone()),
                },
                VoucherFact::Printed { .. } => printed_count += 1,
                VoucherFact::Spoiled { .. } => spoiled_count += 1,
                VoucherFact::Dispatched { on } => {
                    dispatched_on = Some(dispatched_on.map_or(*on, |known| known.min(*on)));
                }
                VoucherFact::Void { on, reason } => {
                    if void.is_none_or(|(known, _)| *on < known) {
                        void = Some((*on, *reason));
                    }
                }
            }
        }
        Some(Self {
            issue: issue?,
            printed_count,
            spoiled_count,
            dispatched_on,
            void,
            is_issued_twice,
        })
    }

    /// Whether the voucher may be used.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.void.is_none() && !self.is_issued_twice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_nine_running_digits_and_a_check_digit() {
        let number = VoucherNumber::of_running(184_327).expect("a number");
        assert_eq!(number.as_str(), "0001843273");
        assert_eq!(number.running(), 184_327);
        assert_eq!(VoucherNumber::parse("A０００1843273A"), Ok(number));
        assert_eq!(
            VoucherNumber::parse("0001843274"),
            Err(VoucherNumberError::CheckDigit)
        );
        assert_eq!(VoucherNumber::parse("184327"), Err(VoucherNumberError::Length));
        assert_eq!(VoucherNumber::of_running(LAST_RUNNING + 1), None);
    }

    #[test]
    fn every_slip_of_one_digit_is_noticed() {
        for running in [1, 184_327, 999_999_990] {
            let Some(number) = VoucherNumber::of_running(running) else {
                continue;
            };
            for at in 0..10 {
                for digit in b'0'..=b'9' {
                    let mut text = number.as_str().as_bytes().to_vec();
                    if text[at] == digit {
                        continue;
                    }
                    text[at] = digit;
                    let text = String::from_utf8(text).expect("digits");
                    assert!(VoucherNumber::parse(&text).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn the_state_does_not_depend_on_the_order_of_the_facts() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        let issue = Issue {
            number: VoucherNumber::of_running(184_327).expect("a number"),
            programme: ProgrammeCode::parse("mr").expect("a code"),
            dose: DoseNumber::Nth(1),
            issued_on: day(1),
            form: "Y-01".into(),
            form_version: 3,
            run: None,
            replaces: None,
        };
        let mut facts = vec![
            VoucherFact::Issued(issue),
            VoucherFact::Printed { on: day(1) },
            VoucherFact::Dispatched { on: day(3) },
            VoucherFact::Dispatched { on: day(2) },
            VoucherFact::Void {
                on: day(9),
                reason: VoidReason::Lost,
            },
        ];
        let state = VoucherState::of(&facts).expect("issued");
        assert_eq!(state.dispatched_on, Some(day(2)));
        assert!(!state.is_valid());
        facts.reverse();
        assert_eq!(VoucherState::of(&facts), Some(state));
    }
}
