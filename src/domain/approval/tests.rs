//! Tests of 二重チェック: what holds, what is void, and that order doesn't matter. Signatures themselves are
//! tested where they are checked, in `seal/trust`.

use super::*;
use crate::domain::{
    operator::{Role, Roles, Validity},
    trust::OperatorCertificate,
};

fn id(n: u8) -> RevisionId {
    RevisionId([n; 32])
}

fn who(id: &str) -> OperatorId {
    OperatorId(id.into())
}

fn at(hour: u32) -> DateTime<Utc> {
    format!("2026-11-24T{hour:02}:00:00Z").parse().unwrap()
}

fn entered(n: u8, by: &str, parents: &[u8]) -> Ancestor {
    Ancestor {
        id: id(n),
        operator: who(by),
        deed: Deed::Enter.code().into(),
        parents: parents.iter().map(|p| id(*p)).collect(),
    }
}

fn decided(by: &str, roles: &[Role], revisions: &[u8], decision: Decision) -> Checked {
    let certificate = OperatorCertificate {
        operator: who(by),
        name: "試験".into(),
        sealing_key: String::new(),
        signing_key: [0; 32],
        roles: Roles::of(roles),
        terminals: vec![],
        validity: Validity {
            from: "2026-04-01".parse().unwrap(),
            until: "2027-03-31".parse().unwrap(),
        },
    };
    Checked {
        consented: Consented {
            consent: Consent::Entry,
            decision,
            revisions: revisions.iter().map(|n| id(*n)).collect(),
            reason: None,
            approver: who(by),
            approved_at: at(3),
        },
        certificate: Ok(certificate),
    }
}

fn approved(by: &str, revisions: &[u8]) -> Checked {
    decided(by, &[Role::Verifier], revisions, Decision::Approved)
}

fn rights() -> Rights {
    // Only what these tests need: entry by clerks, approval by verifiers; every other row empty.
    let mut rows: BTreeMap<Deed, crate::domain::right::Right> = Deed::ALL
        .iter()
        .map(|deed| {
            (
                *deed,
                crate::domain::right::Right {
                    roles: Roles::NONE,
                    consent: None,
                },
            )
        })
        .collect();
    let row = |role, consent| crate::domain::right::Right {
        roles: Roles::of(&[role]),
        consent,
    };
    let entry = Some((Consent::Entry, Deed::ApproveEntry));
    rows.insert(Deed::Enter, row(Role::Clerk, entry));
    rows.insert(Deed::Correct, row(Role::Clerk, entry));
    rows.insert(Deed::ApproveEntry, row(Role::Verifier, None));
    rows.insert(
        Deed::PrepareRun,
        row(Role::Officer, Some((Consent::Release, Deed::ReleaseRun))),
    );
    rows.insert(Deed::ReleaseRun, row(Role::Officer, None));
    Rights::check(1, rows).unwrap()
}

fn settle(revisions: &[Ancestor], approvals: &[Checked]) -> BTreeMap<RevisionId, Standing> {
    standings(revisions, approvals, &rights())
}

fn is_approved(standing: Option<&Standing>) -> bool {
    matches!(standing, Some(Standing::Approved { .. }))
}

#[test]
fn another_verifier_approves_what_a_clerk_entered() {
    let settled = settle(&[entered(1, "1001", &[])], &[approved("1002", &[1])]);
    assert_eq!(
        settled.get(&id(1)),
        Some(&Standing::Approved {
            by: who("1002"),
            at: at(3)
        })
    );
}

#[test]
fn the_enterer_cannot_approve_her_own_form() {
    let settled = settle(&[entered(1, "1002", &[])], &[approved("1002", &[1])]);
    assert_eq!(settled.get(&id(1)), Some(&Standing::Void(Void::OwnWork)));
}

#[test]
fn whoever_wrote_an_earlier_unapproved_version_cannot_approve_the_correction() {
    let chain = [entered(1, "1002", &[]), entered(2, "1001", &[1])];
    let settled = settle(&chain, &[approved("1002", &[2])]);
    assert_eq!(settled.get(&id(2)), Some(&Standing::Void(Void::OwnWork)));
}

#[test]
fn authors_before_the_last_approved_version_may_approve_again() {
    let chain = [entered(1, "1002", &[]), entered(2, "1001", &[1])];
    let settled = settle(&chain, &[approved("1003", &[1]), approved("1002", &[2])]);
    assert!(is_approved(settled.get(&id(1))) && is_approved(settled.get(&id(2))));
}

#[test]
fn an_approval_of_the_earlier_version_that_is_void_opens_nothing_for_the_later_one() {
    let chain = [entered(1, "1002", &[]), entered(2, "1001", &[1])];
    let settled = settle(&chain, &[approved("1002", &[1]), approved("1002", &[2])]);
    assert_eq!(settled.get(&id(2)), Some(&Standing::Void(Void::OwnWork)));
}

#[test]
fn a_merge_of_two_versions_has_the_authors_of_both() {
    let chain = [
        entered(1, "1001", &[]),
        entered(2, "1002", &[]),
        entered(3, "1004", &[1, 2]),
    ];
    let settled = settle(&chain, &[approved("1002", &[3])]);
    assert_eq!(settled.get(&id(3)), Some(&Standing::Void(Void::OwnWork)));
}

#[test]
fn one_signature_covers_a_list_and_each_stands_for_itself() {
    let entries = [
        entered(1, "1001", &[]),
        entered(2, "1002", &[]),
        entered(3, "1001", &[]),
    ];
    let settled = settle(&entries, &[approved("1002", &[1, 2, 3])]);
    assert!(is_approved(settled.get(&id(1))) && is_approved(settled.get(&id(3))));
    assert_eq!(settled.get(&id(2)), Some(&Standing::Void(Void::OwnWork)));
}

#[test]
fn a_role_without_the_right_and_a_consent_of_another_kind_are_void() {
    let clerk = decided("1002", &[Role::Clerk], &[1], Decision::Approved);
    assert_eq!(
        settle(&[entered(1, "1001", &[])], &[clerk]).get(&id(1)),
        Some(&Standing::Void(Void::NoRight))
    );
    let mut run = entered(2, "1001", &[]);
    run.deed = Deed::PrepareRun.code().into();
    assert_eq!(
        settle(&[run], &[approved("1002", &[2])]).get(&id(2)),
        Some(&Standing::Void(Void::NoRight))
    );
}

#[test]
fn a_certificate_of_somebody_else_a_lapsed_one_and_a_bad_list_are_void() {
    let entries = [entered(1, "1001", &[])];
    let mut borrowed = approved("1002", &[1]);
    borrowed.consented.approver = who("1003");
    assert_eq!(
        settle(&entries, &[borrowed]).get(&id(1)),
        Some(&Standing::Void(Void::Unsigned))
    );
    let mut late = approved("1002", &[1]);
    late.consented.approved_at = "2027-03-31T15:00:00Z".parse().unwrap(); // already 1 April in Tokyo
    assert_eq!(
        settle(&entries, &[late]).get(&id(1)),
        Some(&Standing::Void(Void::NotCertified))
    );
    assert_eq!(
        settle(&entries, &[approved("1002", &[1, 1])]).get(&id(1)),
        Some(&Standing::Void(Void::Unsigned))
    );
}

#[test]
fn a_holding_approval_outweighs_returns_and_void_ones_in_any_order() {
    let entries = [entered(1, "1001", &[])];
    let mut all = vec![
        approved("1001", &[1]),
        decided("1003", &[Role::Verifier], &[1], Decision::Returned),
        approved("1002", &[1]),
    ];
    let first = settle(&entries, &all);
    assert!(is_approved(first.get(&id(1))));
    for _ in 0..3 {
        all.rotate_left(1);
        assert_eq!(settle(&entries, &all), first);
    }
}

#[test]
fn a_new_version_is_not_approved_by_the_approval_of_the_old_one() {
    let chain = [entered(1, "1001", &[]), entered(2, "1001", &[1])];
    let settled = settle(&chain, &[approved("1002", &[1])]);
    assert!(!settled.contains_key(&id(2)));
}

#[test]
fn the_signed_message_changes_with_everything_it_says() {
    let one = approved("1002", &[1]).consented;
    let mut others = vec![one.clone(); 6];
    others[0].revisions.push(id(2));
    others[1].decision = Decision::Returned;
    others[2].consent = Consent::Release;
    others[3].reason = Some("日付".into());
    others[4].approver = who("1003");
    others[5].approved_at = at(4);
    for other in others {
        assert_ne!(one.message(), other.message());
    }
}

#[test]
fn no_reason_and_a_reason_of_any_letters_are_two_messages() {
    let without = approved("1002", &[1]).consented;
    for text in ["", "\u{0}", "\u{1}"] {
        let with = Consented {
            reason: Some(text.to_owned()),
            ..without.clone()
        };
        assert_ne!(without.message(), with.message(), "{text:?}");
    }
}
