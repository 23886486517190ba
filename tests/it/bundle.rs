//! 束の旅. Paper is counted, ticked off while it is entered, and closed with what is missing named; approving goes
//! through the second person and a correction waits again.

use madoguchi::{
    domain::{
        approval::Void,
        bundle::{Receipt, RecountReason},
        questionnaire::draft::{Corrects, Draft},
        record::{ChangeReason, SheetPlace},
        revision::SubjectId,
    },
    office::{
        approve::ApproveError,
        bundle::{BundleError, is_ageing},
        enter::{EnterError, Entered},
        waiting::WaitingKind,
    },
    store::record::{self, Approval},
};

use crate::counter::{Counter, day};

const BORN: &str = "2025-04-22";
const GIVEN: &str = "2026-10-15";

fn receipt(counter: &Counter, count: u16, received_on: &str) -> Receipt {
    Receipt {
        number: counter.office.next_bundle_number().unwrap(),
        sender: "L-ishikai".into(),
        received_on: day(received_on),
        count,
        programme: Some("mr1".into()),
        form_id: "Y-01".into(),
        form_version: "R8-2".into(),
        month: None,
    }
}

fn bundle(counter: &Counter, count: u16) -> SubjectId {
    let receipt = receipt(counter, count, "2026-11-20");
    counter
        .office
        .receive_bundle(&counter.as_operator("1001"), &receipt)
        .unwrap()
}

fn sheet(counter: &Counter, bundle: SubjectId, number: u16) -> Draft {
    let child = counter.child(u32::from(number), BORN);
    counter.mr1(child, BORN, GIVEN, Some(SheetPlace { bundle, number }))
}

fn enter(counter: &Counter, operator: &str, draft: &Draft) -> Entered {
    counter
        .office
        .enter(&counter.as_operator(operator), draft)
        .unwrap()
}

fn approval_of(counter: &Counter, draft: &Draft) -> Approval {
    counter
        .office
        .read(|c| record::records_of(c, draft.person.unwrap()))
        .unwrap()[0]
        .approval
}

#[test]
fn sheets_are_ticked_off_and_a_bundle_closes_only_with_its_missing_ones_named() {
    let counter = Counter::open();
    let clerk = counter.as_operator("1001");
    let bundle = bundle(&counter, 4);
    for number in [1, 3] {
        enter(&counter, "1001", &sheet(&counter, bundle, number));
    }
    let line = counter.office.bundles().unwrap().remove(0);
    assert_eq!(
        (line.count, line.entered, line.left(), line.waiting),
        (4, 2, 2, 2)
    );
    assert_eq!(line.sender_name.as_deref(), Some("市医師会"));
    let refused = counter.office.close_bundle(&clerk, bundle, &[2]).unwrap_err();
    assert!(matches!(&refused, BundleError::SheetsOpen(open) if *open == [4]));
    assert!(refused.to_string().contains("1枚 残っています（4）"));
    counter.office.close_bundle(&clerk, bundle, &[2, 4]).unwrap();
    assert!(counter.office.bundles().unwrap()[0].is_closed);
}

#[test]
fn one_sheet_entered_twice_is_stopped_and_a_held_one_counts_as_entered() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 2);
    let draft = sheet(&counter, bundle, 1);
    counter
        .office
        .hold(&counter.as_operator("1001"), &draft, Some("unreadable"))
        .unwrap();
    assert!(matches!(
        counter.office.enter(&counter.as_operator("1001"), &draft),
        Err(EnterError::Stopped(judged)) if judged.stops[0].code == "sheet.twice"
    ));
    let line = counter.office.bundles().unwrap().remove(0);
    assert_eq!((line.entered, line.held, line.waiting), (1, 1, 0));
    assert_eq!(counter.office.open_sheets(bundle).unwrap(), [2]);
}

#[test]
fn numbers_of_bundles_run_on_and_are_not_given_twice() {
    let counter = Counter::open();
    let clerk = counter.as_operator("1001");
    assert_eq!(counter.office.next_bundle_number().unwrap(), "R8-0001");
    let first = receipt(&counter, 3, "2026-11-20");
    counter.office.receive_bundle(&clerk, &first).unwrap();
    assert!(matches!(
        counter.office.receive_bundle(&clerk, &first),
        Err(BundleError::NumberTaken)
    ));
    assert_eq!(counter.office.next_bundle_number().unwrap(), "R8-0002");
    let tomorrow = receipt(&counter, 3, "2026-11-25");
    assert!(matches!(
        counter.office.receive_bundle(&clerk, &tomorrow),
        Err(BundleError::FutureDay)
    ));
    let empty = receipt(&counter, 0, "2026-11-20");
    assert!(matches!(
        counter.office.receive_bundle(&clerk, &empty),
        Err(BundleError::NoSheets)
    ));
}

#[test]
fn a_recount_holds_and_an_old_open_bundle_is_marked() {
    let counter = Counter::open();
    let clerk = counter.as_operator("1001");
    let old = receipt(&counter, 3, "2026-11-10");
    let old = counter.office.receive_bundle(&clerk, &old).unwrap();
    let today = counter.office.today();
    assert!(is_ageing(&counter.office.bundles().unwrap()[0], today));
    counter
        .office
        .recount_bundle(&clerk, old, 2, RecountReason::Miscounted)
        .unwrap();
    assert_eq!(counter.office.bundles().unwrap()[0].count, 2);
}

#[test]
fn the_enterer_cannot_approve_her_own_form_and_another_person_can() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 2);
    let draft = sheet(&counter, bundle, 1);
    let entered = enter(&counter, "1002", &draft);
    let own = counter.as_operator("1002");
    let list = counter.office.waiting_entries(&own).unwrap();
    assert_eq!((list.lines.len(), list.own), (0, 1));
    assert!(matches!(
        counter.office.approve(&own, &entered.revisions),
        Err(ApproveError::Void(Void::OwnWork))
    ));
    let other = sheet(&counter, bundle, 2);
    enter(&counter, "1001", &other);
    let list = counter.office.waiting_entries(&own).unwrap();
    assert_eq!(list.lines.len(), 1);
    assert_eq!(list.lines[0].kind, WaitingKind::Entry);
    let detail = counter
        .office
        .waiting_detail(&own, list.lines[0].line.record)
        .unwrap()
        .unwrap();
    assert_eq!(detail.revisions.len(), 2);
    assert_eq!(detail.bundle_number.as_deref(), Some("R8-0001"));
    counter.office.approve(&own, &detail.revisions).unwrap();
    assert_eq!(approval_of(&counter, &other), Approval::Approved);
    assert_eq!(approval_of(&counter, &draft), Approval::Waiting);
    assert_eq!(counter.office.bundles().unwrap()[0].waiting, 1);
}

#[test]
fn after_approval_a_correction_waits_again_and_who_corrected_cannot_approve_it() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 1);
    let draft = sheet(&counter, bundle, 1);
    let entered = enter(&counter, "1001", &draft);
    counter
        .office
        .approve(&counter.as_operator("1002"), &entered.revisions)
        .unwrap();
    let mut corrected = draft.clone();
    corrected.corrects = Some(Corrects {
        questionnaire: entered.questionnaire,
        questionnaire_base: Some(entered.revisions[0]),
        record: Some((entered.record, entered.revisions[1])),
    });
    corrected.change = Some(ChangeReason::Misread);
    corrected.vaccinated_on = Some(day("2026-10-21"));
    let again = enter(&counter, "1002", &corrected);
    assert_eq!(approval_of(&counter, &draft), Approval::Waiting);
    let verifier = counter.as_operator("1002");
    assert!(matches!(
        counter.office.approve(&verifier, &again.revisions),
        Err(ApproveError::Void(Void::OwnWork))
    ));
    assert_eq!(counter.office.waiting_entries(&verifier).unwrap().own, 1);
    let clerk = counter.as_operator("1001");
    let seen = counter.office.waiting_entries(&clerk).unwrap();
    assert_eq!(seen.lines[0].kind, WaitingKind::Correction);
    let detail = counter
        .office
        .waiting_detail(&clerk, entered.record)
        .unwrap()
        .unwrap();
    assert_eq!(detail.before.unwrap().vaccinated_on, day(GIVEN));
    assert_eq!(detail.record.vaccinated_on, day("2026-10-21"));
}

#[test]
fn a_correction_half_typed_is_there_again_for_its_clerk_until_the_sheet_has_changed() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 1);
    let entered = enter(&counter, "1001", &sheet(&counter, bundle, 1));
    let (clerk, other) = (counter.as_operator("1001"), counter.as_operator("1002"));
    let reopen = |session| {
        counter
            .office
            .reopen_sheet(session, entered.questionnaire)
            .unwrap()
    };
    let mut begun = reopen(&clerk);
    begun.lot_number = "XX9".to_owned();
    counter.office.keep_draft(&clerk, &begun).unwrap();
    assert_eq!(reopen(&clerk).lot_number, "XX9");
    assert_ne!(
        reopen(&other).lot_number,
        "XX9",
        "a draft belongs to who typed it"
    );
    counter
        .office
        .drop_correction(&clerk, entered.questionnaire)
        .unwrap();
    assert_ne!(reopen(&clerk).lot_number, "XX9", "as it stands again");
    counter.office.keep_draft(&clerk, &begun).unwrap();
    let mut corrected = reopen(&other);
    corrected.change = Some(ChangeReason::Misread);
    corrected.vaccinated_on = Some(day("2026-10-21"));
    enter(&counter, "1002", &corrected);
    assert_ne!(
        reopen(&clerk).lot_number,
        "XX9",
        "what was begun on an older version no longer fits"
    );
}

#[test]
fn what_is_returned_waits_for_its_correction_and_no_longer_for_approval() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 1);
    let draft = sheet(&counter, bundle, 1);
    let entered = enter(&counter, "1001", &draft);
    let verifier = counter.as_operator("1002");
    counter
        .office
        .return_for_correction(&verifier, &entered.revisions, "日付を紙で見てください")
        .unwrap();
    assert_eq!(approval_of(&counter, &draft), Approval::Waiting);
    assert!(
        counter
            .office
            .waiting_entries(&verifier)
            .unwrap()
            .lines
            .is_empty()
    );
    let returned = counter.office.read(madoguchi::store::waiting::returned).unwrap();
    assert_eq!(
        returned[0].returned_for.as_deref(),
        Some("日付を紙で見てください")
    );
}

#[test]
fn the_home_screen_counts_what_waits() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 3);
    enter(&counter, "1001", &sheet(&counter, bundle, 1));
    let verifier = counter.as_operator("1002");
    counter
        .office
        .hold(&counter.as_operator("1001"), &sheet(&counter, bundle, 2), None)
        .unwrap();
    let work = counter.office.waiting(&verifier).unwrap();
    assert_eq!((work.sheets(), work.approvals, work.held), (1, 1, 1));
    let mine = counter.office.waiting(&counter.as_operator("1001")).unwrap();
    assert_eq!(
        (mine.approvals, mine.own_approvals, mine.entered_today),
        (0, 1, 1)
    );
}

#[test]
fn entries_and_approvals_come_out_the_same_after_a_rebuild() {
    let counter = Counter::open();
    let bundle = bundle(&counter, 2);
    let entered = enter(&counter, "1001", &sheet(&counter, bundle, 1));
    counter
        .office
        .approve(&counter.as_operator("1002"), &entered.revisions)
        .unwrap();
    enter(&counter, "1001", &sheet(&counter, bundle, 2));
    let compared = counter.office.check_rebuild(None).unwrap();
    assert_eq!(compared.differing(), Vec::<&str>::new());
}
