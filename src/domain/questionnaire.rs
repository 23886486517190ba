//! 予診票. Everything that stands on one sheet, as it stands there: the questions are rows, so that a form can
//! change without the program. A sheet that can't become a record is held as 疑義 with all its content and is
//! never thrown away. What is recorded of the vaccination itself is `record`.

pub mod draft;
pub mod form;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    comparison::{Comparison, Written},
    record::{
        AgeOnDay, Amount, Category, ChangeReason, DoseNumber, Outcome, PhysicianDecision, Route, SheetPlace,
        SpecialCircumstances, UnknownCode,
    },
    revision::{Body, Kind},
};

/// 様式. Form and version, as printed at its foot.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct FormRef {
    pub id: String,
    pub version: String,
}

/// 診察前の体温. In tenths of a degree, 30.0–45.0 ℃.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Temperature(u16);

impl Temperature {
    /// 明らかな発熱 (施行規則2条): from this on the day is not fit for a vaccination.
    pub const FEVER: Self = Self(375);

    pub fn from_tenths(tenths: u16) -> Option<Self> {
        (300..=450).contains(&tenths).then_some(Self(tenths))
    }

    /// Reads `36.7`, `367`, `36` (ASCII digits).
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        let dot = text.find('.').unwrap_or(2);
        if dot != 2 || text.matches('.').count() > 1 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match digits.len() {
            2 => format!("{digits}0").parse().ok(),
            3 => digits.parse().ok(),
            _ => None,
        }
        .and_then(Self::from_tenths)
    }

    pub fn tenths(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// 質問の答え.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// はい・ある・いる.
    Yes,
    /// いいえ・ない・いない.
    No,
    /// 記入なし.
    Blank,
}

impl Reply {
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Blank => "blank",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "はい",
            Self::No => "いいえ",
            Self::Blank => "記入なし",
        }
    }

    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "yes" => Ok(Self::Yes),
            "no" => Ok(Self::No),
            "blank" => Ok(Self::Blank),
            _ => Err(UnknownCode),
        }
    }
}

/// 回答の1行.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Number on the sheet.
    pub question: u8,
    pub reply: Reply,
    /// 医師記入欄. Whether the physician wrote something beside it; `None` where nobody looked.
    pub physician_noted: Option<bool>,
}

/// 同意.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// 同意する（希望します）.
    Agrees,
    /// 同意しない（希望しません）.
    Declines,
}

impl Consent {
    pub fn code(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Declines => "declines",
        }
    }
}

/// 署名した人.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    Mother,
    Father,
    /// 母・父ではない保護者.
    OtherGuardian,
    /// 本人.
    Recipient,
    /// 代筆者. The will of the person herself must have been confirmed (B類).
    Proxy,
    /// 署名なし.
    Nobody,
}

impl Signer {
    pub const ALL: [Self; 6] = [
        Self::Mother,
        Self::Father,
        Self::OtherGuardian,
        Self::Recipient,
        Self::Proxy,
        Self::Nobody,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Mother => "mother",
            Self::Father => "father",
            Self::OtherGuardian => "other_guardian",
            Self::Recipient => "recipient",
            Self::Proxy => "proxy",
            Self::Nobody => "nobody",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Mother => "母",
            Self::Father => "父",
            Self::OtherGuardian => "その他",
            Self::Recipient => "本人",
            Self::Proxy => "代筆",
            Self::Nobody => "なし",
        }
    }
}

/// 実施欄. What the sheet says of the injection.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Injection {
    pub product: Option<String>,
    pub lot_number: Option<String>,
    pub amount: Option<Amount>,
    pub route: Option<Route>,
    pub institution_code: Option<String>,
    pub institution_name: Option<String>,
    pub physician_name: Option<String>,
    pub on: Option<NaiveDate>,
}

/// 確かめた答え. A warning the clerk saw, and which of its offered answers she gave (from 1).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    pub code: String,
    pub answer: u8,
}

/// 疑義. Codes of the stops the sheet was held for, or of the clerk's own reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hold {
    pub codes: Vec<String>,
}

/// 予診票の本文. The person stands in the revision's `about`; none where nobody was found for the sheet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    pub form: FormRef,
    pub sheet: Option<SheetPlace>,
    pub voucher_number: Option<String>,
    pub programme: Option<String>,
    pub dose: Option<DoseNumber>,
    pub category: Option<Category>,
    pub written: Written,
    /// `None` where nobody was found to compare with.
    pub comparison: Option<Comparison>,
    pub temperature: Option<Temperature>,
    /// 満年齢の記載: years and months as the paper says them.
    pub age_written: Option<(u16, u8)>,
    pub answers: Vec<Answer>,
    pub physician_decision: Option<PhysicianDecision>,
    pub is_physician_signed: Option<bool>,
    pub consent: Option<Consent>,
    pub signer: Option<Signer>,
    pub injection: Injection,
    /// By the register, on the day of the sheet.
    pub age: Option<AgeOnDay>,
    pub outcome: Outcome,
    pub special_circumstances: Option<SpecialCircumstances>,
    pub confirmations: Vec<Confirmation>,
    pub hold: Option<Hold>,
    pub change: Option<ChangeReason>,
    pub is_cancelled: bool,
}

impl fmt::Debug for Questionnaire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Questionnaire({} {}, …)", self.form.id, self.form.version)
    }
}

impl Body for Questionnaire {
    const KIND: Kind = Kind::Questionnaire;
    const VERSION: u16 = 1;
}

/// 紙の上の場所. ①–⑧: where on the sheet a thing stands, in the order of the paper.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    Voucher,
    Person,
    Condition,
    Questions,
    Physician,
    Consent,
    Vaccine,
    Giving,
}

impl Place {
    pub fn mark(self) -> &'static str {
        match self {
            Self::Voucher => "①",
            Self::Person => "②",
            Self::Condition => "③",
            Self::Questions => "④",
            Self::Physician => "⑤",
            Self::Consent => "⑥",
            Self::Vaccine => "⑦",
            Self::Giving => "⑧",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_read_with_and_without_the_point() {
        for typed in ["36.7", "367"] {
            assert_eq!(Temperature::parse(typed).unwrap().to_string(), "36.7");
        }
        assert_eq!(Temperature::parse("37").unwrap().to_string(), "37.0");
        for typed in ["", "3.67", "36.75", "50", "29.9", "36..7", "abc", "３６７"] {
            assert_eq!(Temperature::parse(typed), None, "{typed}");
        }
        assert!(Temperature::parse("37.5").unwrap() >= Temperature::FEVER);
        assert!(Temperature::parse("37.4").unwrap() < Temperature::FEVER);
    }
}
