//! 操作者の旅. Enrolling, changing rights, departing: who is gone has no way back in, whatever copy of the slot file
//! comes back, and nobody hands on more than she has.

use std::fs;

use madoguchi::{
    domain::{
        operator::{Role, Roles, Validity},
        revision::OperatorId,
        trust::RevocationReason,
    },
    office::{DeedError, DoorstepError, SignInError, people::PeopleError, setup::NewOperator},
    seal::password::Cost,
    store::people,
};

use crate::bench::{bench, password};

fn who(operator: &str) -> OperatorId {
    OperatorId(operator.into())
}

fn year() -> Validity {
    Validity {
        from: "2026-11-01".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
    }
}

fn new(operator: &str, roles: &[Role]) -> NewOperator {
    NewOperator {
        operator: who(operator),
        name: "新人 春子".into(),
        roles: Roles::of(roles),
        terminals: vec![],
        validity: year(),
        password: "haru no kaze ga fuku".to_owned().into(),
    }
}

#[test]
fn a_new_operator_signs_in_with_the_password_she_has_set() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    office
        .enroll_operator(&administrator, None, &new("2001", &[Role::Clerk]), Cost::CHEAP)
        .unwrap();
    assert!(matches!(
        office.enroll_operator(&administrator, None, &new("2001", &[Role::Clerk]), Cost::CHEAP),
        Err(PeopleError::NumberTaken)
    ));
    drop(office);
    let (office, session) = bench.open("2001", "haru no kaze ga fuku").unwrap();
    assert_eq!(session.roles().titles(), "窓口");
    assert_eq!(office.read(people::operators).unwrap().len(), 8);
}

#[test]
fn only_a_rights_administrator_enrols_and_departs() {
    let bench = bench();
    let (office, clerk) = bench.as_operator("1001");
    assert!(matches!(
        office.enroll_operator(&clerk, None, &new("2001", &[Role::Clerk]), Cost::CHEAP),
        Err(PeopleError::Deed(DeedError::NotPermitted))
    ));
    assert!(matches!(
        office.depart(&clerk, &who("1002"), RevocationReason::Departed),
        Err(PeopleError::Deed(DeedError::NotPermitted))
    ));
}

#[test]
fn a_weak_password_enrols_nobody_and_changes_nothing() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    let before = fs::read(bench.home().slots()).unwrap();
    let weak = NewOperator {
        password: "password1234".to_owned().into(),
        ..new("2001", &[Role::Clerk])
    };
    assert!(matches!(
        office.enroll_operator(&administrator, None, &weak, Cost::CHEAP),
        Err(PeopleError::SignIn(SignInError::Password(_)))
    ));
    assert_eq!(fs::read(bench.home().slots()).unwrap(), before);
    assert_eq!(office.read(people::operators).unwrap().len(), 7);
}

#[test]
fn who_has_departed_is_out_and_a_slot_file_copied_back_is_refused() {
    let bench = bench();
    let before = fs::read(bench.home().slots()).unwrap();
    let (office, administrator) = bench.as_operator("1005");
    let (generation, copy) = (
        madoguchi::office::Doorstep::open(&bench.home(), &bench.clock.machine())
            .unwrap()
            .generation(),
        before,
    );
    office
        .depart(&administrator, &who("1001"), RevocationReason::Departed)
        .unwrap();
    drop(office);
    assert!(matches!(
        bench.open("1001", password("1001")),
        Err(SignInError::Wrong { .. })
    ));
    let now = madoguchi::office::Doorstep::open(&bench.home(), &bench.clock.machine())
        .unwrap()
        .generation();
    assert_eq!(now, generation + 1);
    let good = fs::read(bench.home().slots()).unwrap();
    fs::write(bench.home().slots(), copy).unwrap();
    for operator in ["1001", "1005"] {
        assert!(matches!(
            bench.open(operator, password(operator)),
            Err(SignInError::Doorstep(DoorstepError::SlotsRolledBack))
        ));
    }
    fs::write(bench.home().slots(), good).unwrap();
    let (office, _) = bench.as_operator("1002");
    let lines = office.read(people::operators).unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line.operator == who("1001") && line.revoked)
    );
}

#[test]
fn an_open_session_of_somebody_revoked_does_nothing_more() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    let clerk = office
        .second_person(&administrator, "1001", password("1001"))
        .unwrap();
    office
        .depart(&administrator, &who("1001"), RevocationReason::Exposed)
        .unwrap();
    assert!(matches!(office.lock(&clerk), Err(DeedError::NotPermitted)));
}

#[test]
fn who_comes_back_is_enrolled_anew_under_her_old_number() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    office
        .depart(&administrator, &who("1001"), RevocationReason::Departed)
        .unwrap();
    office
        .enroll_operator(&administrator, None, &new("1001", &[Role::Clerk]), Cost::CHEAP)
        .unwrap();
    drop(office);
    let (office, session) = bench.open("1001", "haru no kaze ga fuku").unwrap();
    office.lock(&session).unwrap();
}

#[test]
fn the_last_rights_administrator_stays() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    assert!(matches!(
        office.depart(&administrator, &who("1005"), RevocationReason::Departed),
        Err(PeopleError::LastAdministrator)
    ));
    assert!(matches!(
        office.depart(&administrator, &who("9999"), RevocationReason::Departed),
        Err(PeopleError::NotFound)
    ));
}

#[test]
fn more_rights_need_a_supervisor_who_is_neither_the_one_nor_the_other() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    let clerk = office
        .second_person(&administrator, "1001", password("1001"))
        .unwrap();
    let supervisor = office
        .second_person(&administrator, "1004", password("1004"))
        .unwrap();
    let roles = Roles::of(&[Role::Clerk, Role::Verifier]);
    let change = |second| office.change_rights(&administrator, second, &who("1001"), roles, year());
    assert!(matches!(change(&clerk), Err(PeopleError::Second)));
    assert!(matches!(change(&administrator), Err(PeopleError::Second)));
    let own = office.change_rights(&administrator, &supervisor, &who("1004"), roles, year());
    assert!(matches!(own, Err(PeopleError::Second)));
    change(&supervisor).unwrap();
    drop(office);
    let (_, session) = bench.as_operator("1001");
    assert_eq!(session.roles().titles(), "窓口・承認");
}

#[test]
fn after_the_terminal_secret_was_renewed_everybody_still_comes_in() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    office.renew_terminal_secret(&administrator).unwrap();
    drop(office);
    bench.as_operator("1001");
}

#[test]
fn nobody_enrols_more_than_a_clerk_without_a_second_person_who_signs() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    let second = |operator: &str| {
        office
            .second_person(&administrator, operator, password(operator))
            .unwrap()
    };
    let (clerk, supervisor) = (second("1001"), second("1004"));
    let enroll = |by: Option<&_>, number: &str, roles: &[Role]| {
        office.enroll_operator(&administrator, by, &new(number, roles), Cost::CHEAP)
    };
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Clerk) {
        for by in [None, Some(&clerk), Some(&administrator)] {
            assert!(
                matches!(enroll(by, "2001", &[Role::Clerk, role]), Err(PeopleError::Second)),
                "{role:?}"
            );
        }
    }
    assert_eq!(office.read(people::operators).unwrap().len(), 7);
    enroll(
        Some(&supervisor),
        "2001",
        &[Role::Supervisor, Role::RightsAdministrator],
    )
    .unwrap();
    // The consent stands in the ledger, signed with her own key, and holds.
    let approved: u32 = office
        .read(|c| {
            Ok(c.query_row(
                "SELECT count(*) FROM approval_standings WHERE standing = 'approved' AND decided_by = '1004'",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(approved, 1);
    // A second rights administrator may consent as well, but not to her own.
    let other = office
        .second_person(&administrator, "2001", "haru no kaze ga fuku")
        .unwrap();
    enroll(Some(&other), "2002", &[Role::Verifier]).unwrap();
    let own = office.change_rights(
        &administrator,
        &other,
        &who("2001"),
        Roles::of(&[Role::Clerk]),
        year(),
    );
    assert!(matches!(own, Err(PeopleError::Second)));
}

#[test]
fn every_older_copy_of_the_slot_file_is_dead_after_a_departure() {
    let bench = bench();
    let mut copies = vec![fs::read(bench.home().slots()).unwrap()];
    let (office, administrator) = bench.as_operator("1005");
    for number in ["2001", "2002"] {
        office
            .enroll_operator(&administrator, None, &new(number, &[Role::Clerk]), Cost::CHEAP)
            .unwrap();
        copies.push(fs::read(bench.home().slots()).unwrap());
    }
    office
        .change_password(&administrator, password("1005"), "asa no umi no iro")
        .unwrap();
    copies.push(fs::read(bench.home().slots()).unwrap());
    office
        .depart(&administrator, &who("2001"), RevocationReason::Departed)
        .unwrap();
    copies.push(fs::read(bench.home().slots()).unwrap());
    office.renew_terminal_secret(&administrator).unwrap();
    drop(office);
    let good = fs::read(bench.home().slots()).unwrap();
    for (at, copy) in copies.iter().enumerate() {
        fs::write(bench.home().slots(), copy).unwrap();
        for (operator, word) in [("1005", "asa no umi no iro"), ("2001", "haru no kaze ga fuku")] {
            assert!(
                matches!(
                    bench.open(operator, word),
                    Err(SignInError::Doorstep(DoorstepError::SlotsRolledBack))
                ),
                "copy {at}"
            );
        }
    }
    fs::write(bench.home().slots(), good).unwrap();
    bench.open("1005", "asa no umi no iro").unwrap();
}
