//! 二重チェックの旅. Real revisions in a real database: what another operator approved holds, what is forged, void
//! or one's own work counts as absent, and the order of arrival makes no difference.

use madoguchi::{
    domain::{
        approval::{Decision, Standing, Void},
        deed::Deed,
        note::{ResidentNote, Topic},
        revision::{RevisionId, SubjectId},
    },
    office::{
        Machine, Office,
        approve::{ApproveError, Ruling},
        demo::Cast,
    },
    store::{Database, DatabaseKey, New, Parents, approvals, ledger, people},
};

struct Bench {
    _folder: tempfile::TempDir,
    office: Office,
    cast: Cast,
}

fn bench(seed: u64) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::new([7; 32]);
    let database = Database::create(&folder.path().join("madoguchi.db"), &key).unwrap();
    let office = Office::new(database, Machine::real());
    let cast = Cast::new(seed, chrono::Utc::now(), &key);
    cast.found(&office).unwrap();
    Bench {
        _folder: folder,
        office,
        cast,
    }
}

impl Bench {
    /// A revision that needs an approval of entries, by this operator.
    fn enter(&self, operator: &str, subject: SubjectId) -> RevisionId {
        self.office
            .deed(&self.cast.session(operator), Deed::Enter, |transaction| {
                let body = ResidentNote {
                    topic: Topic::Contact,
                    text: "午後に".into(),
                };
                let id = transaction.append(New {
                    subject,
                    about: None,
                    body: &body,
                    parents: Parents::Heads,
                })?;
                transaction.event(madoguchi::domain::audit::Event::new(Deed::Enter));
                Ok::<_, madoguchi::office::DeedError>(id)
            })
            .unwrap()
    }

    fn standing(&self, id: RevisionId) -> Option<Standing> {
        self.office.read(|c| approvals::standing(c, id)).unwrap()
    }

    fn approve(&self, operator: &str, ids: &[RevisionId]) -> Result<RevisionId, ApproveError> {
        self.office.decide(
            &self.cast.session(operator),
            Deed::ApproveEntry,
            ids,
            &Ruling::APPROVE,
        )
    }
}

fn subject(key: &str) -> SubjectId {
    SubjectId::derived("test", key)
}

#[test]
fn a_verifier_approves_a_list_with_one_signature() {
    let bench = bench(1);
    let ids: Vec<_> = (0..3)
        .map(|n| bench.enter("1001", subject(&n.to_string())))
        .collect();
    bench.approve("1002", &ids).unwrap();
    for id in &ids {
        assert!(matches!(bench.standing(*id), Some(Standing::Approved { by, .. }) if by.0 == "1002"));
    }
    assert!(matches!(bench.approve("1002", &ids), Err(ApproveError::Decided)));
}

#[test]
fn the_author_of_any_version_since_the_last_approval_is_refused_and_nothing_is_left_behind() {
    let bench = bench(1);
    let first = bench.enter("1002", subject("a"));
    let second = bench.enter("1001", subject("a"));
    assert!(matches!(
        bench.approve("1002", &[second]),
        Err(ApproveError::Void(Void::OwnWork))
    ));
    assert_eq!(bench.standing(first), None);
    assert_eq!(bench.standing(second), None);
}

#[test]
fn a_clerk_without_the_right_cannot_approve() {
    let bench = bench(1);
    let id = bench.enter("1002", subject("a"));
    assert!(matches!(
        bench.approve("1001", &[id]),
        Err(ApproveError::Deed(madoguchi::office::DeedError::NotPermitted))
    ));
}

#[test]
fn a_correction_is_not_approved_by_the_approval_of_what_it_corrects() {
    let bench = bench(1);
    let first = bench.enter("1001", subject("a"));
    bench.approve("1002", &[first]).unwrap();
    let second = bench.enter("1001", subject("a"));
    assert_eq!(bench.standing(second), None);
    assert!(matches!(bench.standing(first), Some(Standing::Approved { .. })));
}

#[test]
fn an_entry_handed_back_is_returned_with_its_reason() {
    let bench = bench(1);
    let id = bench.enter("1001", subject("a"));
    let ruling = Ruling {
        decision: Decision::Returned,
        reason: Some("日付を紙で確かめてください"),
    };
    bench
        .office
        .decide(&bench.cast.session("1002"), Deed::ReturnEntry, &[id], &ruling)
        .unwrap();
    assert!(matches!(bench.standing(id), Some(Standing::Returned { .. })));
}

#[test]
fn a_session_that_has_only_roles_signs_nothing() {
    let bench = bench(1);
    let id = bench.enter("1001", subject("a"));
    let bare = madoguchi::office::Session::new(
        madoguchi::domain::revision::OperatorId("1002".into()),
        madoguchi::domain::revision::TerminalId("M01".into()),
        ["verifier".to_owned()].into(),
    );
    let answer = bench
        .office
        .decide(&bare, Deed::ApproveEntry, &[id], &Ruling::APPROVE);
    assert!(matches!(answer, Err(ApproveError::NoKey)));
}

#[test]
fn an_approval_from_a_city_with_another_key_is_stored_shown_and_void() {
    let ours = bench(1);
    let theirs = bench(2);
    let id = ours.enter("1001", subject("a"));
    // The other city has the same revision, and a verifier of its own approves it there.
    let revision = ours.office.read(|c| ledger::revision(c, id)).unwrap().unwrap();
    receive(&theirs, &revision);
    let approval = theirs.approve("1002", &[id]).unwrap();
    let forged = theirs
        .office
        .read(|c| ledger::revision(c, approval))
        .unwrap()
        .unwrap();
    receive(&ours, &forged);
    assert_eq!(ours.standing(id), Some(Standing::Void(Void::Unsigned)));
    assert!(!ours.office.read(|c| approvals::is_approved(c, id)).unwrap());
    let shown = ours.office.read(|c| approvals::void_approvals(c, 10)).unwrap();
    assert_eq!(shown.len(), 1);
    // A lawful approval afterwards holds all the same.
    ours.approve("1002", &[id]).unwrap();
    assert!(ours.office.read(|c| approvals::is_approved(c, id)).unwrap());
}

#[test]
fn an_approval_that_arrives_before_what_it_approves_holds_once_that_is_there() {
    let here = bench(1);
    let elsewhere = bench(1);
    let id = here.enter("1001", subject("a"));
    let approval = here.approve("1002", &[id]).unwrap();
    let read = |id| here.office.read(|c| ledger::revision(c, id)).unwrap().unwrap();
    receive(&elsewhere, &read(approval));
    assert_eq!(elsewhere.standing(id), None);
    receive(&elsewhere, &read(id));
    assert_eq!(elsewhere.standing(id), here.standing(id));
}

#[test]
fn everybody_stands_in_the_list_of_operators() {
    let bench = bench(1);
    let lines = bench.office.read(people::operators).unwrap();
    assert_eq!(lines.len(), 7);
    assert!(lines.iter().all(|line| !line.revoked));
}

fn receive(bench: &Bench, revision: &madoguchi::domain::revision::Revision) {
    bench
        .office
        .deed(&bench.cast.session("1004"), Deed::Synchronize, |transaction| {
            transaction.receive(revision)?;
            transaction.event(madoguchi::domain::audit::Event::new(Deed::Synchronize));
            Ok::<_, madoguchi::office::DeedError>(())
        })
        .unwrap();
}
