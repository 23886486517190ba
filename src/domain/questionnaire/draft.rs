//! 入力中の予診票. What a clerk has typed so far: anything may be missing. `check` says everything that is
//! wrong at once and gives a complete sheet only when nothing is; a draft can be kept and taken up again at
//! any time. Whether the dose is lawful is judged elsewhere.

mod problem;
mod reopen;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use problem::{Fault, Item, Problem};

use super::{
    super::{
        comparison::{Comparison, LONGEST_WRITTEN, Written, WrittenItem},
        institution::normal_lot,
        record::{
            AgeOnDay, Amount, Category, ChangeReason, DoseNumber, Outcome, PhysicianDecision, Route,
            ScreenedOnly, Setting, SheetPlace, Source, SpecialCircumstances, VaccinationRecord,
        },
        revision::{RevisionId, SubjectId},
    },
    Answer, Confirmation, Consent, FormRef, Hold, Injection, Questionnaire, Signer, Temperature,
};

const LONGEST_NAME: usize = 60;
const MOST_ANSWERS: usize = 60;

/// 入力中の予診票. Text stays as typed, so that nothing a clerk wrote is lost when she comes back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub form: FormRef,
    pub sheet: Option<SheetPlace>,
    /// The resident found for the sheet.
    pub person: Option<SubjectId>,
    /// Ten digits without spaces.
    pub voucher_number: Option<String>,
    pub voucher_issued_on: Option<NaiveDate>,
    pub programme: Option<String>,
    pub dose: Option<DoseNumber>,
    pub written: Written,
    pub temperature: String,
    pub age_years: String,
    pub age_months: String,
    pub answers: Vec<Answer>,
    pub physician_decision: Option<PhysicianDecision>,
    pub is_physician_signed: Option<bool>,
    pub consent: Option<Consent>,
    pub signer: Option<Signer>,
    pub product: Option<String>,
    pub maker: Option<String>,
    pub lot_number: String,
    pub amount: String,
    pub route: Option<Route>,
    pub institution_code: Option<String>,
    pub institution_name: Option<String>,
    pub physician_name: String,
    pub vaccinated_on: Option<NaiveDate>,
    pub setting: Setting,
    /// 接種中止・予診票不備, where the clerk says so; the other outcomes follow from ⑤ and ⑥.
    pub outcome: Option<Outcome>,
    pub special_circumstances: Option<SpecialCircumstances>,
    pub expected_delivery_on: Option<NaiveDate>,
    pub confirmations: Vec<Confirmation>,
    /// What is corrected, when it is no new sheet.
    pub corrects: Option<Corrects>,
    pub change: Option<ChangeReason>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} {}, …)", self.form.id, self.form.version)
    }
}

/// 訂正するもの. The sheet and its record in the version the clerk has read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Corrects {
    pub questionnaire: SubjectId,
    /// `None` where the record came without a sheet.
    pub questionnaire_base: Option<RevisionId>,
    /// `None` where the sheet was held and has no record yet.
    pub record: Option<(SubjectId, RevisionId)>,
}

/// すべての欄がそろった予診票. Only `Draft::check` makes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complete {
    draft: Draft,
    outcome: Outcome,
    person: SubjectId,
    programme: String,
    dose: DoseNumber,
    vaccinated_on: NaiveDate,
}

impl Draft {
    pub fn empty(form: FormRef) -> Self {
        Self {
            form,
            sheet: None,
            person: None,
            voucher_number: None,
            voucher_issued_on: None,
            programme: None,
            dose: None,
            written: Written::default(),
            temperature: String::new(),
            age_years: String::new(),
            age_months: String::new(),
            answers: Vec::new(),
            physician_decision: None,
            is_physician_signed: None,
            consent: None,
            signer: None,
            product: None,
            maker: None,
            lot_number: String::new(),
            amount: String::new(),
            route: None,
            institution_code: None,
            institution_name: None,
            physician_name: String::new(),
            vaccinated_on: None,
            setting: Setting::default(),
            outcome: None,
            special_circumstances: None,
            expected_delivery_on: None,
            confirmations: Vec::new(),
            corrects: None,
            change: None,
        }
    }

    /// 接種結果. What the paper amounts to, as far as it is keyed.
    pub fn outcome(&self) -> Outcome {
        match (self.outcome, self.physician_decision, self.consent) {
            (Some(said), _, _) => said,
            (_, Some(PhysicianDecision::Postpone), _) => Outcome::ScreenedOnly(ScreenedOnly::Postponed),
            (_, _, Some(Consent::Declines)) => Outcome::ScreenedOnly(ScreenedOnly::Declined),
            _ => Outcome::Vaccinated,
        }
    }

    /// Everything that is missing or unreadable, in the order of the paper.
    pub fn check(&self) -> Result<Complete, Vec<Problem>> {
        let mut found = Vec::new();
        self.check_person(&mut found);
        self.check_screening(&mut found);
        self.check_injection(&mut found);
        found.sort_by_key(|problem: &Problem| problem.item);
        match (self.person, &self.programme, self.dose, self.vaccinated_on) {
            (Some(person), Some(programme), Some(dose), Some(vaccinated_on)) if found.is_empty() => {
                Ok(Complete {
                    outcome: self.outcome(),
                    person,
                    programme: programme.clone(),
                    dose,
                    vaccinated_on,
                    draft: self.clone(),
                })
            }
            _ => Err(found),
        }
    }

    fn check_person(&self, found: &mut Vec<Problem>) {
        let mut note = |wrong: bool, item, fault| {
            if wrong {
                found.push(Problem { item, fault });
            }
        };
        note(self.person.is_none(), Item::Person, Fault::Missing);
        note(
            self.programme.is_none() || self.dose.is_none(),
            Item::Programme,
            Fault::Missing,
        );
        let is_long = |item: &WrittenItem| match item {
            WrittenItem::Text(text) => text.chars().count() > LONGEST_WRITTEN,
            _ => false,
        };
        note(is_long(&self.written.kana), Item::Kana, Fault::TooLong);
        note(is_long(&self.written.name), Item::Name, Fault::TooLong);
        note(is_long(&self.written.address), Item::Address, Fault::TooLong);
        let is_birth_missing = self.written.birth_on.is_none() && self.written.birth_text.is_none();
        note(is_birth_missing, Item::Birth, Fault::Missing);
        let birth_text = self.written.birth_text.as_deref().unwrap_or("");
        note(
            birth_text.chars().count() > LONGEST_WRITTEN,
            Item::Birth,
            Fault::TooLong,
        );
    }

    fn check_screening(&self, found: &mut Vec<Problem>) {
        let mut note = |wrong: bool, item, fault| {
            if wrong {
                found.push(Problem { item, fault });
            }
        };
        let is_gap_allowed = self.outcome() == Outcome::Incomplete;
        let temperature = self.temperature.trim();
        let is_needed = self.outcome().is_injected();
        note(
            is_needed && temperature.is_empty(),
            Item::Temperature,
            Fault::Missing,
        );
        let is_odd = !temperature.is_empty() && Temperature::parse(temperature).is_none();
        note(is_odd, Item::Temperature, Fault::Unreadable);
        note(self.age_written().is_err(), Item::Age, Fault::Unreadable);
        note(
            self.answers.is_empty() && !is_gap_allowed,
            Item::Answers,
            Fault::Missing,
        );
        note(self.answers.len() > MOST_ANSWERS, Item::Answers, Fault::TooLong);
        note(
            self.physician_decision.is_none() && !is_gap_allowed,
            Item::Decision,
            Fault::Missing,
        );
        let is_sign_open = self.is_physician_signed.is_none() && !is_gap_allowed;
        note(is_sign_open, Item::PhysicianSigned, Fault::Missing);
        let is_postponed = self.physician_decision == Some(PhysicianDecision::Postpone);
        note(
            self.consent.is_none() && !is_postponed && !is_gap_allowed,
            Item::Consent,
            Fault::Missing,
        );
        note(
            self.signer.is_none() && !is_postponed && !is_gap_allowed,
            Item::Signer,
            Fault::Missing,
        );
    }

    fn check_injection(&self, found: &mut Vec<Problem>) {
        let mut note = |wrong: bool, item, fault| {
            if wrong {
                found.push(Problem { item, fault });
            }
        };
        note(self.vaccinated_on.is_none(), Item::VaccinatedOn, Fault::Missing);
        note(
            self.physician_name.chars().count() > LONGEST_NAME,
            Item::Physician,
            Fault::TooLong,
        );
        let amount = self.amount.trim();
        note(
            !amount.is_empty() && Amount::parse(amount).is_none(),
            Item::Amount,
            Fault::Unreadable,
        );
        if self.outcome() == Outcome::Incomplete {
            return;
        }
        let is_place_known = self.institution_code.is_some() || self.institution_name.is_some();
        note(!is_place_known, Item::Institution, Fault::Missing);
        note(
            self.physician_name.trim().is_empty(),
            Item::Physician,
            Fault::Missing,
        );
        if !self.outcome().is_injected() {
            return;
        }
        note(self.product.is_none(), Item::Product, Fault::Missing);
        note(normal_lot(&self.lot_number).is_empty(), Item::Lot, Fault::Missing);
        note(amount.is_empty(), Item::Amount, Fault::Missing);
        note(self.route.is_none(), Item::Route, Fault::Missing);
    }

    fn age_written(&self) -> Result<Option<(u16, u8)>, ()> {
        let (years, months) = (self.age_years.trim(), self.age_months.trim());
        if years.is_empty() && months.is_empty() {
            return Ok(None);
        }
        let number = |text: &str, most: u16| match text {
            "" => Ok(0),
            _ => text.parse::<u16>().ok().filter(|n| *n <= most).ok_or(()),
        };
        let months = u8::try_from(number(months, 11)?).map_err(|_| ())?;
        Ok(Some((number(years, 130)?, months)))
    }

    fn lot(&self) -> Option<String> {
        Some(normal_lot(&self.lot_number)).filter(|lot| !lot.is_empty())
    }

    /// The sheet as the questionnaire's body, complete or not: what is held as 疑義 keeps all that was keyed.
    pub fn questionnaire(&self, known: &Known, hold: Option<Hold>) -> Questionnaire {
        let physician_name = self.physician_name.trim();
        Questionnaire {
            form: self.form.clone(),
            sheet: self.sheet,
            voucher_number: self.voucher_number.clone(),
            programme: self.programme.clone(),
            dose: self.dose,
            category: known.category,
            written: self.written.clone(),
            comparison: known.comparison,
            temperature: Temperature::parse(self.temperature.trim()),
            age_written: self.age_written().unwrap_or(None),
            answers: self.answers.clone(),
            physician_decision: self.physician_decision,
            is_physician_signed: self.is_physician_signed,
            consent: self.consent,
            signer: self.signer,
            injection: Injection {
                product: self.product.clone(),
                lot_number: self.lot(),
                amount: Amount::parse(self.amount.trim()),
                route: self.route,
                institution_code: self.institution_code.clone(),
                institution_name: self.institution_name.clone(),
                physician_name: (!physician_name.is_empty()).then(|| physician_name.to_owned()),
                on: self.vaccinated_on,
            },
            age: known.age,
            outcome: self.outcome(),
            special_circumstances: self.special_circumstances.clone(),
            confirmations: self.confirmations.clone(),
            hold,
            change: self.change,
            is_cancelled: false,
        }
    }
}

/// What the office knows beside the paper: the register's side and the judgement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Known {
    pub comparison: Option<Comparison>,
    pub age: Option<AgeOnDay>,
    pub category: Option<Category>,
}

impl Complete {
    pub fn person(&self) -> SubjectId {
        self.person
    }

    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub fn vaccinated_on(&self) -> NaiveDate {
        self.vaccinated_on
    }

    pub fn questionnaire(&self, known: &Known) -> Questionnaire {
        self.draft.questionnaire(known, None)
    }

    /// The record that the sheet amounts to. `questionnaire` is the subject of the sheet's own revision.
    pub fn record(&self, known: &Known, questionnaire: SubjectId) -> VaccinationRecord {
        let draft = &self.draft;
        let is_injected = self.outcome.is_injected() || self.outcome == Outcome::Discontinued;
        let injected = |text: Option<String>| text.filter(|_| is_injected);
        let physician_name = draft.physician_name.trim();
        VaccinationRecord {
            programme: self.programme.clone(),
            dose: self.dose,
            vaccinated_on: self.vaccinated_on,
            outcome: self.outcome,
            category: known.category.unwrap_or(Category::OutsideProgramme),
            source: Source::OwnEntry,
            age: known.age,
            institution_code: draft.institution_code.clone(),
            institution_name: draft.institution_name.clone(),
            product: injected(draft.product.clone()),
            lot_number: injected(draft.lot()),
            maker: injected(draft.maker.clone()),
            amount: Amount::parse(draft.amount.trim()).filter(|_| is_injected),
            route: draft.route.filter(|_| is_injected),
            physician_decision: draft.physician_decision,
            physician_name: (!physician_name.is_empty()).then(|| physician_name.to_owned()),
            setting: draft.setting,
            voucher_number: draft.voucher_number.clone(),
            voucher_issued_on: draft.voucher_issued_on,
            recommended_on: None,
            special_circumstances: draft.special_circumstances.clone(),
            questionnaire: Some(questionnaire),
            sheet: draft.sheet,
            expected_delivery_on: draft.expected_delivery_on,
            change: draft.change,
            is_cancelled: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::Reply, *};

    fn full() -> Draft {
        let mut draft = Draft::empty(FormRef {
            id: "Y-01".into(),
            version: "R8-2".into(),
        });
        draft.person = Some(SubjectId(Uuid::from_u128(1)));
        draft.programme = Some("mr1".into());
        draft.dose = Some(DoseNumber::Nth(1));
        draft.written.birth_on = Some("2025-04-22".parse().unwrap());
        draft.temperature = "36.7".into();
        draft.answers = vec![Answer {
            question: 1,
            reply: Reply::Yes,
            physician_noted: None,
        }];
        draft.physician_decision = Some(PhysicianDecision::Suitable);
        draft.is_physician_signed = Some(true);
        draft.consent = Some(Consent::Agrees);
        draft.signer = Some(Signer::Mother);
        draft.product = Some("mr_biken".into());
        draft.lot_number = "ｖｚ338".into();
        draft.amount = "0.5".into();
        draft.route = Some(Route::Subcutaneous);
        draft.institution_code = Some("0710000000".into());
        draft.physician_name = "早川 由紀".into();
        draft.vaccinated_on = Some("2026-10-15".parse().unwrap());
        draft
    }

    fn items(draft: &Draft) -> Vec<Item> {
        draft
            .check()
            .unwrap_err()
            .iter()
            .map(|problem| problem.item)
            .collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once_in_the_order_of_the_paper() {
        let empty = Draft::empty(FormRef {
            id: "Y-01".into(),
            version: "R8-2".into(),
        });
        let found = items(&empty);
        assert_eq!(found.first(), Some(&Item::Person));
        assert_eq!(found.last(), Some(&Item::VaccinatedOn));
        assert_eq!(found.len(), 16);
    }

    #[test]
    fn a_full_sheet_becomes_a_record_with_normal_lot() {
        let complete = full().check().unwrap();
        let record = complete.record(&Known::default(), SubjectId(Uuid::from_u128(2)));
        assert_eq!(record.lot_number.as_deref(), Some("VZ338"));
        assert_eq!(record.outcome, Outcome::Vaccinated);
        assert_eq!(record.amount.unwrap().to_string(), "0.5");
    }

    #[test]
    fn a_postponed_sheet_needs_no_vaccine_and_its_record_has_none() {
        let mut draft = full();
        draft.physician_decision = Some(PhysicianDecision::Postpone);
        draft.consent = None;
        draft.signer = None;
        draft.amount = String::new();
        let complete = draft.check().unwrap();
        assert_eq!(complete.outcome(), Outcome::ScreenedOnly(ScreenedOnly::Postponed));
        let record = complete.record(&Known::default(), SubjectId(Uuid::from_u128(2)));
        assert_eq!((record.product, record.lot_number), (None, None));
    }

    #[test]
    fn a_refusal_is_an_outcome_and_still_names_physician_and_place() {
        let mut draft = full();
        draft.consent = Some(Consent::Declines);
        draft.physician_name = String::new();
        assert_eq!(items(&draft), [Item::Physician]);
    }

    #[test]
    fn an_incomplete_sheet_can_be_registered_as_such() {
        let mut draft = full();
        draft.physician_decision = None;
        draft.consent = None;
        draft.signer = None;
        draft.outcome = Some(Outcome::Incomplete);
        assert!(draft.check().is_ok());
    }

    #[test]
    fn unreadable_numbers_are_named() {
        let mut draft = full();
        draft.temperature = "367℃".into();
        draft.amount = "五".into();
        draft.age_months = "12".into();
        assert_eq!(items(&draft), [Item::Temperature, Item::Age, Item::Amount]);
        for problem in draft.check().unwrap_err() {
            assert!(!problem.sentence().contains("エラー"));
        }
    }
}
