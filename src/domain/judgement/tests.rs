//! Judging a sheet without any rules: register, lot, day, signatures, questions.

use super::*;
use crate::domain::{
    comparison::Agreement,
    questionnaire::{Answer, Confirmation, Consent, FormRef, Reply, Signer, form::Question},
    record::{DoseNumber, PhysicianDecision},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn draft() -> Draft {
    let mut draft = Draft::empty(FormRef {
        id: "Y-01".into(),
        version: "R8-2".into(),
    });
    draft.programme = Some("mr1".into());
    draft.dose = Some(DoseNumber::Nth(1));
    draft.written.birth_on = Some(day("2025-04-22"));
    draft.temperature = "36.7".into();
    draft.physician_decision = Some(PhysicianDecision::Suitable);
    draft.is_physician_signed = Some(true);
    draft.consent = Some(Consent::Agrees);
    draft.signer = Some(Signer::Mother);
    draft.product = Some("mr_biken".into());
    draft.lot_number = "VZ338".into();
    draft.amount = "0.5".into();
    draft.vaccinated_on = Some(day("2026-10-15"));
    draft
}

fn facts() -> Facts {
    Facts {
        today: day("2026-11-24"),
        comparison: Some(Comparison {
            kana: Agreement::Same,
            name: Agreement::Same,
            birth: Agreement::Same,
            address: Agreement::Same,
        }),
        born_on: Some(day("2025-04-22")),
        birth_text: "R7.4.22".into(),
        died_on: None,
        moved_out_on: None,
        moved_in_on: None,
        lots: vec![("VZ338".into(), day("2027-02-28"))],
        alike: Vec::new(),
        is_sheet_entered: false,
        is_voucher_of_another: false,
        voucher_used_on: None,
        is_institution_known: true,
    }
}

fn codes(findings: &[EntryFinding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

fn stops(draft: &Draft, facts: &Facts) -> Vec<String> {
    let found = judge(draft, facts, None, &[]);
    found.stops.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_plain_sheet_has_neither_stop_nor_warning_and_knows_the_age() {
    let found = judge(&draft(), &facts(), None, &[]);
    assert_eq!((codes(&found.stops), codes(&found.warnings)), (vec![], vec![]));
    assert_eq!(found.age.unwrap().to_string(), "1歳5か月23日");
    assert_eq!(found.in_order, ["ロット期限"]);
}

#[test]
fn a_day_that_cannot_be_is_a_stop_with_its_sentence() {
    let mut draft = draft();
    draft.vaccinated_on = Some(day("2026-12-03"));
    let found = judge(&draft, &facts(), None, &[]);
    assert_eq!(
        found.stops[0].sentence,
        "R8.12.3 は先の日付です。接種日は今日（R8.11.24）までです。"
    );
    draft.vaccinated_on = Some(day("2025-04-21"));
    assert_eq!(stops(&draft, &facts()), ["day.before_birth"]);
}

#[test]
fn a_dose_after_death_or_departure_is_a_stop_and_one_on_the_last_day_is_not() {
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        stops(&draft(), &facts)
    };
    assert_eq!(with(|f| f.died_on = Some(day("2026-10-14"))), ["day.after_death"]);
    assert!(with(|f| f.died_on = Some(day("2026-10-15"))).is_empty());
    assert_eq!(
        with(|f| f.moved_out_on = Some(day("2026-10-15"))),
        ["day.after_departure"]
    );
    assert!(with(|f| f.moved_out_on = Some(day("2026-10-16"))).is_empty());
}

#[test]
fn an_expired_lot_stops_and_an_unknown_one_names_what_looks_like_it() {
    let mut facts = facts();
    facts.lots = vec![("VZ338".into(), day("2026-09-28"))];
    assert_eq!(stops(&draft(), &facts), ["lot.expired"]);
    let mut draft = draft();
    draft.lot_number = "VZ33".into();
    let found = judge(&draft, &facts, None, &[]);
    assert_eq!(
        found.warnings[0].sentence,
        "ロット VZ33 は台帳にありません。似た番号：VZ338。"
    );
}

#[test]
fn another_name_with_another_birth_date_is_another_person() {
    let mut facts = facts();
    let comparison = facts.comparison.as_mut().unwrap();
    comparison.birth = Agreement::Differs;
    assert_eq!(
        codes(&judge(&draft(), &facts, None, &[]).warnings),
        ["match.birth"]
    );
    facts.comparison.as_mut().unwrap().name = Agreement::Differs;
    assert_eq!(stops(&draft(), &facts), ["match.person"]);
}

#[test]
fn every_diverging_answer_asks_for_a_look_at_the_paper() {
    let form = QuestionForm {
        form: FormRef {
            id: "Y-01".into(),
            version: "R8-2".into(),
        },
        title: String::new(),
        programmes: vec![],
        signers: vec![],
        questions: (1..=14)
            .map(|number| Question {
                number,
                text: String::new(),
                usual: if number == 1 { Reply::Yes } else { Reply::No },
            })
            .collect(),
    };
    let mut draft = draft();
    draft.answers = form.usual_answers();
    assert!(judge(&draft, &facts(), Some(&form), &[]).warnings.is_empty());
    draft.answers[8] = Answer {
        question: 9,
        reply: Reply::Yes,
        physician_noted: None,
    };
    let found = judge(&draft, &facts(), Some(&form), &[]);
    assert_eq!(found.warnings[0].title, "質問9が「はい」です");
    assert_eq!(found.open(&draft).len(), 1);
    draft.confirmations.push(Confirmation {
        code: "question.9".into(),
        answer: 1,
    });
    assert!(found.open(&draft).is_empty());
    assert!(found.holds(&draft).is_empty());
}

#[test]
fn an_answer_that_does_not_exist_confirms_nothing() {
    let mut facts = facts();
    facts.comparison.as_mut().unwrap().address = Agreement::Differs;
    let mut draft = draft();
    for answer in [0, 4, 255] {
        draft.confirmations = vec![Confirmation {
            code: "match.address".into(),
            answer,
        }];
        assert_eq!(judge(&draft, &facts, None, &[]).open(&draft).len(), 1, "{answer}");
    }
    draft.confirmations = vec![Confirmation {
        code: "match.address".into(),
        answer: 3,
    }];
    assert_eq!(judge(&draft, &facts, None, &[]).holds(&draft), ["match.address"]);
}

#[test]
fn the_rules_do_not_stop_a_sheet_on_which_nothing_was_given() {
    let rule = Finding {
        severity: Severity::Stop,
        code: ReasonCode::Gap,
        sentence: "前回から3月たっていません。".into(),
        citation: String::new(),
        next_on: Some(day("2026-10-30")),
    };
    let mut draft = draft();
    draft.consent = Some(Consent::Declines);
    assert!(
        judge(&draft, &facts(), None, std::slice::from_ref(&rule))
            .stops
            .is_empty()
    );
    draft.consent = Some(Consent::Agrees);
    let found = judge(&draft, &facts(), None, &[rule]);
    assert_eq!(codes(&found.stops), ["rule.gap"]);
    assert_eq!(found.stops[0].next_on, Some(day("2026-10-30")));
    assert_eq!(found.holds(&draft), ["rule.gap"]);
}

#[test]
fn missing_signatures_stop_and_the_order_is_that_of_the_paper() {
    let mut draft = draft();
    draft.is_physician_signed = Some(false);
    draft.signer = Some(Signer::Nobody);
    draft.vaccinated_on = Some(day("2026-12-03"));
    assert_eq!(
        stops(&draft, &facts()),
        ["physician.unsigned", "consent.unsigned", "day.future"]
    );
}
