//! 入力の旅. A sheet is keyed, judged, registered, corrected, cancelled and held through the office, in a real
//! database: what is stopped never becomes a record and is never lost.

use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        questionnaire::{
            Confirmation, Consent, Reply,
            draft::{Corrects, Draft, Item},
        },
        record::{ChangeReason, Outcome, ScreenedOnly},
        resident::ResidentStatus,
        revision::{Kind, RevisionId, SubjectId},
    },
    office::enter::{EnterError, Entered},
    store::{
        ledger, questionnaire,
        record::{self, Approval, RecordLine},
    },
};

use crate::counter::Counter;

const BORN: &str = "2025-04-22";
const GIVEN: &str = "2026-10-15";

fn records(counter: &Counter, person: SubjectId) -> Vec<RecordLine> {
    counter.office.read(|c| record::records_of(c, person)).unwrap()
}

fn enter(counter: &Counter, draft: &Draft) -> Entered {
    counter.office.enter(&counter.as_operator("1001"), draft).unwrap()
}

fn correction(counter: &Counter, entered: &Entered, draft: &Draft) -> Draft {
    let head = |subject, kind| counter.office.read(|c| ledger::heads(c, subject, kind)).unwrap()[0];
    let mut draft = draft.clone();
    draft.corrects = Some(Corrects {
        questionnaire: entered.questionnaire,
        questionnaire_base: Some(head(entered.questionnaire, Kind::Questionnaire)),
        record: Some((entered.record, head(entered.record, Kind::VaccinationRecord))),
    });
    draft.change = Some(ChangeReason::Misread);
    draft
}

fn stops(counter: &Counter, draft: &Draft) -> Vec<String> {
    match counter.office.enter(&counter.as_operator("1001"), draft) {
        Err(EnterError::Stopped(judged)) => judged.stops.into_iter().map(|finding| finding.code).collect(),
        other => panic!("not stopped: {other:?}"),
    }
}

#[test]
fn a_plain_sheet_becomes_a_record_with_all_its_items_and_waits_for_approval() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let draft = counter.mr1(child, BORN, GIVEN, None);
    let judged = counter.office.judge_entry(&draft).unwrap();
    assert_eq!((judged.stops.len(), judged.warnings.len()), (0, 0), "{judged:?}");
    assert_eq!(judged.in_order, ["年齢", "回数", "間隔", "量", "ロット期限"]);
    enter(&counter, &draft);
    let lines = records(&counter, child);
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line.outcome, Outcome::Vaccinated);
    assert_eq!(line.category, "routine_a");
    assert_eq!(line.age.unwrap().to_string(), "1歳5か月23日");
    assert_eq!(line.amount.unwrap().to_string(), "0.5");
    assert_eq!(
        (line.approval, line.is_head, line.is_shown),
        (Approval::Waiting, true, true)
    );
}

#[test]
fn a_dose_before_the_window_is_stopped_with_the_next_lawful_day() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let draft = counter.mr1(child, BORN, "2026-04-01", None);
    let judged = counter.office.judge_entry(&draft).unwrap();
    assert_eq!(judged.stops.len(), 1, "{judged:?}");
    assert_eq!(judged.stops[0].next_on, Some("2026-04-21".parse().unwrap()));
    assert!(matches!(
        counter.office.enter(&counter.as_operator("1001"), &draft),
        Err(EnterError::Stopped(_))
    ));
    assert!(records(&counter, child).is_empty());
}

#[test]
fn a_second_dose_of_one_number_is_stopped_and_the_sheet_is_held_with_all_that_was_keyed() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    enter(&counter, &counter.mr1(child, BORN, "2026-06-01", None));
    let draft = counter.mr1(child, BORN, GIVEN, None);
    assert!(!stops(&counter, &draft).is_empty());
    counter
        .office
        .hold(&counter.as_operator("1001"), &draft, None)
        .unwrap();
    let held = counter.office.read(questionnaire::held).unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].person, Some(child));
    assert_eq!(records(&counter, child).len(), 1);
}

#[test]
fn a_sheet_of_nobody_and_with_half_its_fields_can_be_held() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let mut draft = counter.mr1(child, BORN, GIVEN, None);
    draft.person = None;
    draft.temperature = String::new();
    let error = counter
        .office
        .enter(&counter.as_operator("1001"), &draft)
        .unwrap_err();
    let EnterError::Incomplete(problems) = error else {
        panic!("{error:?}")
    };
    let items: Vec<Item> = problems.iter().map(|problem| problem.item).collect();
    assert_eq!(items, [Item::Person, Item::Temperature]);
    counter
        .office
        .hold(&counter.as_operator("1001"), &draft, Some("unreadable"))
        .unwrap();
    let held = counter.office.read(questionnaire::held).unwrap();
    assert_eq!(held[0].hold.as_deref(), Some("unreadable"));
}

#[test]
fn a_warning_must_be_answered_and_the_answer_is_kept() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let mut draft = counter.mr1(child, BORN, GIVEN, None);
    draft.answers[8].reply = Reply::Yes;
    let clerk = counter.as_operator("1001");
    assert!(matches!(
        counter.office.enter(&clerk, &draft),
        Err(EnterError::Open(_))
    ));
    draft.confirmations.push(Confirmation {
        code: "question.9".into(),
        answer: 1,
    });
    let entered = counter.office.enter(&clerk, &draft).unwrap();
    let body: madoguchi::domain::questionnaire::Questionnaire = counter
        .office
        .read(|c| ledger::revision(c, entered.revisions[0]))
        .unwrap()
        .unwrap()
        .read()
        .unwrap()
        .unwrap();
    assert_eq!(body.confirmations, draft.confirmations);
    assert!(body.comparison.is_some());
}

#[test]
fn the_dead_and_those_who_moved_away_are_stopped_only_after_their_day() {
    let counter = Counter::open();
    for (number, status, code) in [
        (11, ResidentStatus::Dead, "day.after_death"),
        (12, ResidentStatus::MovedOut, "day.after_departure"),
    ] {
        let child = counter.child(number, BORN);
        counter.gone(number, BORN, status, "2026-10-10");
        assert_eq!(stops(&counter, &counter.mr1(child, BORN, GIVEN, None)), [code]);
        enter(&counter, &counter.mr1(child, BORN, "2026-10-09", None));
        let seen = counter
            .office
            .open_recipient(&counter.as_operator("1001"), child)
            .unwrap();
        assert_eq!(seen.notices.len(), 1);
    }
}

#[test]
fn a_refusal_and_a_postponement_are_records_that_leave_the_dose_open() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let mut draft = counter.mr1(child, BORN, "2026-06-01", None);
    draft.consent = Some(Consent::Declines);
    enter(&counter, &draft);
    enter(&counter, &counter.mr1(child, BORN, GIVEN, None));
    let lines = records(&counter, child);
    assert_eq!(lines[0].outcome, Outcome::ScreenedOnly(ScreenedOnly::Declined));
    assert_eq!(lines[0].lot_number, None);
    assert_eq!(lines[1].outcome, Outcome::Vaccinated);
}

#[test]
fn a_correction_needs_its_reason_and_the_version_that_holds() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let draft = counter.mr1(child, BORN, GIVEN, None);
    let entered = enter(&counter, &draft);
    let mut corrected = correction(&counter, &entered, &draft);
    corrected.vaccinated_on = Some("2026-10-12".parse().unwrap());
    let clerk = counter.as_operator("1001");
    let unreasoned = Draft {
        change: None,
        ..corrected.clone()
    };
    assert!(matches!(
        counter.office.enter(&clerk, &unreasoned),
        Err(EnterError::NoReason)
    ));
    counter.office.enter(&clerk, &corrected).unwrap();
    assert!(matches!(
        counter.office.enter(&clerk, &corrected),
        Err(EnterError::ChangedMeanwhile)
    ));
    let lines = records(&counter, child);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].vaccinated_on.to_string(), "2026-10-12");
    assert_eq!(lines[0].change_reason.as_deref(), Some("misread"));
    let versions = counter
        .office
        .read(|c| record::versions_of(c, entered.record))
        .unwrap();
    assert_eq!(versions.len(), 2);
}

#[test]
fn a_cancelled_record_stays_readable_and_counts_for_nothing() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let draft = counter.mr1(child, BORN, GIVEN, None);
    let entered = enter(&counter, &draft);
    let clerk = counter.as_operator("1001");
    let id = counter
        .office
        .cancel(
            &clerk,
            entered.record,
            entered.revisions[1],
            ChangeReason::EnteredTwice,
        )
        .unwrap();
    assert!(records(&counter, child)[0].is_cancelled);
    assert!(
        counter
            .office
            .read(|c| record::doses_of(c, child))
            .unwrap()
            .is_empty()
    );
    assert!(matches!(
        counter
            .office
            .cancel(&clerk, entered.record, id, ChangeReason::EnteredTwice),
        Err(EnterError::AlreadyCancelled)
    ));
    enter(&counter, &draft);
}

#[test]
fn corrections_made_on_two_terminals_are_both_kept_and_both_judged() {
    let here = Counter::seeded(1);
    let child = here.child(11, BORN);
    let draft = here.mr1(child, BORN, GIVEN, None);
    let entered = enter(&here, &draft);
    let there = Counter::seeded(2);
    there.child(11, BORN);
    receive(&there, &here, &[entered.questionnaire, entered.record]);
    let on = |counter: &Counter, day: &str| {
        let mut corrected = correction(counter, &entered, &draft);
        corrected.vaccinated_on = Some(day.parse().unwrap());
        counter
            .office
            .enter(&counter.as_operator("1001"), &corrected)
            .unwrap();
    };
    on(&here, "2026-10-12");
    on(&there, "2026-10-21");
    receive(&here, &there, &[entered.questionnaire, entered.record]);
    receive(&there, &here, &[entered.questionnaire, entered.record]);
    let doses = here.office.read(|c| record::doses_of(c, child)).unwrap();
    assert_eq!(doses.len(), 2);
    assert_eq!(records(&here, child), records(&there, child));
    let since = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        here.office.read(|c| record::conflicts(c, since)).unwrap(),
        [entered.record]
    );
    assert!(
        here.office
            .read(|c| record::is_unsettled(c, child, |a, b| a == b))
            .unwrap()
    );
}

fn receive(to: &Counter, from: &Counter, subjects: &[SubjectId]) {
    use madoguchi::{
        domain::{audit::Event, deed::Deed},
        office::DeedError,
    };
    let revisions: Vec<_> = subjects
        .iter()
        .flat_map(|subject| from.office.read(|c| ledger::revisions_of(c, *subject)).unwrap())
        .collect();
    to.office
        .deed(&to.as_operator("1004"), Deed::Synchronize, |transaction| {
            for revision in &revisions {
                transaction.receive(revision)?;
            }
            transaction.event(Event::new(Deed::Synchronize));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

#[test]
fn two_records_of_one_dose_from_two_terminals_are_a_possible_duplicate() {
    let here = Counter::seeded(1);
    let there = Counter::seeded(2);
    let child = here.child(11, BORN);
    there.child(11, BORN);
    enter(&here, &here.mr1(child, BORN, GIVEN, None));
    let other = enter(&there, &there.mr1(child, BORN, GIVEN, None));
    receive(&here, &there, &[other.questionnaire, other.record]);
    let since = "2026-01-01T00:00:00Z".parse().unwrap();
    let found = here
        .office
        .read(|c| record::possible_duplicates(c, since, |a, b| a == b))
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].ground, record::DuplicateGround::SameDose);
}

#[test]
fn a_draft_outlives_a_crash_and_is_gone_when_its_sheet_is_registered() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let clerk = counter.as_operator("1001");
    let draft = counter.mr1(child, BORN, GIVEN, None);
    counter.office.keep_draft(&clerk, &draft).unwrap();
    let key = madoguchi::store::DatabaseKey::new([7; 32]);
    let path = counter.folder.path().join("madoguchi.db");
    let again = madoguchi::store::Database::open(&path, &key).unwrap();
    let again = madoguchi::office::Office::new(again, madoguchi::office::Machine::real());
    assert_eq!(
        again.kept_draft(clerk.operator(), None).unwrap(),
        Some(draft.clone())
    );
    let other = counter.as_operator("1002");
    assert_eq!(again.kept_draft(other.operator(), None).unwrap(), None);
    drop(again);
    enter(&counter, &draft);
    assert_eq!(counter.office.kept_draft(clerk.operator(), None).unwrap(), None);
}

#[test]
fn what_was_entered_can_be_opened_again_as_the_same_draft() {
    let counter = Counter::open();
    let child = counter.child(11, BORN);
    let draft = counter.mr1(child, BORN, GIVEN, None);
    let entered = enter(&counter, &draft);
    let clerk = counter.as_operator("1001");
    let mut again = counter
        .office
        .reopen_sheet(&clerk, entered.questionnaire)
        .unwrap();
    let corrects = again.corrects.take().unwrap();
    assert_eq!(corrects.record, Some((entered.record, entered.revisions[1])));
    assert_eq!(again, draft);
    let _: RevisionId = entered.revisions[0];
}

#[test]
fn a_voucher_opens_its_person_and_what_is_wrong_with_it_is_said_with_what_to_do() {
    use madoguchi::{
        domain::{programme::ProgrammeCode, record::DoseNumber, voucher::VoidReason},
        office::{enter::LookUpError, voucher::Wanted},
    };
    let bench = crate::voucher::Bench::of(1);
    let clerk = bench.by("1001");
    let wanted = Wanted {
        person: crate::feed::subject(1),
        programme: ProgrammeCode::parse("mr1").unwrap(),
        dose: DoseNumber::Nth(1),
    };
    let first = bench.office.issue_voucher(&clerk, wanted).unwrap();
    let found = bench.office.open_voucher(&clerk, first.number.as_str()).unwrap();
    assert_eq!(
        (found.programme.as_str(), found.recipient.person),
        ("mr1", crate::feed::subject(1))
    );
    assert!(found.says.ends_with("有効"));
    let sentence = |text: &str| bench.office.open_voucher(&clerk, text).unwrap_err().to_string();
    assert_eq!(
        sentence("0004198060"),
        "検査数字が合いません。10けたをもう一度見てください。"
    );
    assert!(matches!(
        bench.office.open_voucher(&clerk, "12"),
        Err(LookUpError::Number(_))
    ));
    let second = bench
        .office
        .reissue_voucher(&clerk, &first.number, VoidReason::Lost)
        .unwrap();
    let said = sentence(first.number.as_str());
    let number = madoguchi::office::enter::in_groups(second.number.as_str());
    assert!(
        said.starts_with("この券は無効です（R") && said.contains(&format!("新しい券は {number} です。")),
        "{said}"
    );
}

#[test]
fn evidence_that_a_clerk_has_noted_opens_the_window_for_the_entry_too() {
    let counter = Counter::open();
    let clerk = counter.as_operator("1001");
    let child = counter.child(11, "2024-01-10");
    let draft = counter.mr1(child, "2024-01-10", "2026-11-02", None);
    let before = counter.office.judge_entry(&draft).unwrap();
    assert!(!before.stops.is_empty(), "the window has closed in January");
    let note = ResidentNote {
        topic: Topic::Evidence,
        text: "long_illness 2026-10-01".into(),
    };
    counter.office.enter_note(&clerk, child, None, &note).unwrap();
    let after = counter.office.judge_entry(&draft).unwrap();
    assert!(after.stops.is_empty());
}
