//! 個人番号の旅. Kept, looked at and searched by number handlers only, every access marked; and with the database
//! key alone no number can be found or confirmed.

use madoguchi::{
    domain::{
        identifier::IndividualNumber,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, SubjectId},
    },
    office::{DeedError, Office, Session, individual_number::NumberKeyError, setup::NewOperator},
    seal::password::Cost,
    store::{Connection, audit},
};
use sha2::{Digest, Sha256};

use crate::bench::{bench, password};

fn resident(n: u32) -> SubjectId {
    SubjectId::derived("resident", &format!("072044:{n}"))
}

fn numbers() -> Vec<(SubjectId, IndividualNumber)> {
    (0..60)
        .map(|n| {
            (
                resident(n),
                IndividualNumber::complete(&format!("{:011}", 98_765_000 + n)).unwrap(),
            )
        })
        .collect()
}

fn kept(office: &Office, handler: &Session) -> Vec<(SubjectId, IndividualNumber)> {
    let numbers = numbers();
    assert_eq!(
        office.import_individual_numbers(handler, &numbers).unwrap(),
        numbers.len()
    );
    numbers
}

#[test]
fn a_number_handler_keeps_looks_at_and_finds_numbers_and_each_access_is_marked() {
    let bench = bench();
    let (office, handler) = bench.as_operator("1006");
    let numbers = kept(&office, &handler);
    assert_eq!(
        office.import_individual_numbers(&handler, &numbers).unwrap(),
        0,
        "nothing new the second time"
    );
    let seen = office
        .view_individual_number(&handler, resident(7))
        .unwrap()
        .unwrap();
    assert_eq!(seen.reveal(), numbers[7].1.reveal());
    assert_eq!(
        office.search_individual_number(&handler, &numbers[9].1).unwrap(),
        [resident(9)]
    );
    assert_eq!(
        office.view_individual_number(&handler, resident(999)).unwrap(),
        None
    );
    let entries = office.read(|c| audit::entries(c, None, 5)).unwrap();
    assert_eq!(
        entries
            .iter()
            .filter(|entry| entry.individual_number_accessed)
            .count(),
        5
    );
    for entry in entries {
        assert!(!format!("{:?}", entry.detail).contains(numbers[7].1.reveal()));
    }
}

#[test]
fn the_search_line_takes_a_number_from_its_handler_alone_and_never_repeats_it() {
    let bench = crate::voucher::Bench::of(3);
    let (office, handler, clerk) = (&bench.office, bench.by("1006"), bench.by("1001"));
    let today = office.today();
    let mine = (
        crate::feed::subject(2),
        IndividualNumber::complete("09876500001").unwrap(),
    );
    office
        .import_individual_numbers(&handler, std::slice::from_ref(&mine))
        .unwrap();
    let digits = mine.1.reveal();
    let grouped = format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..]);
    for text in [digits, &grouped] {
        let answer = office.search(&handler, text, today).unwrap();
        assert_eq!(answer.lines[0].subject, mine.0);
        let refused = office.search(&clerk, text, today).unwrap_err().to_string();
        assert!(refused.contains("個人番号の担当だけ") && !refused.contains(digits));
    }
    let wrong = office.search(&handler, "098765000010", today);
    let wrong = wrong.or_else(|_| office.search(&handler, "098765000011", today));
    assert!(wrong.unwrap_err().to_string().contains("検査数字"));
    for entry in office.read(|c| audit::entries(c, None, 20)).unwrap() {
        assert!(!format!("{:?}", entry.detail).contains(digits));
    }
}

#[test]
fn a_changed_number_replaces_the_old_one() {
    let bench = bench();
    let (office, handler) = bench.as_operator("1006");
    let numbers = kept(&office, &handler);
    let new = IndividualNumber::complete("11111111111").unwrap();
    office
        .import_individual_numbers(&handler, &[(resident(3), new.clone())])
        .unwrap();
    assert_eq!(
        office.search_individual_number(&handler, &numbers[3].1).unwrap(),
        []
    );
    assert_eq!(
        office.search_individual_number(&handler, &new).unwrap(),
        [resident(3)]
    );
}

#[test]
fn nobody_else_sees_or_searches_numbers() {
    let bench = bench();
    let (office, handler) = bench.as_operator("1006");
    let numbers = kept(&office, &handler);
    for operator in ["1001", "1002", "1003", "1004", "1005", "1007"] {
        let other = office
            .second_person(&handler, operator, password(operator))
            .unwrap();
        assert!(
            office.view_individual_number(&other, resident(7)).is_err(),
            "{operator}"
        );
        assert!(
            office.search_individual_number(&other, &numbers[7].1).is_err(),
            "{operator}"
        );
    }
}

#[test]
fn a_new_number_handler_has_the_right_but_no_key_until_another_one_gives_it() {
    let bench = bench();
    let (office, administrator) = bench.as_operator("1005");
    let new = NewOperator {
        operator: OperatorId("2006".into()),
        name: "番号 守".into(),
        roles: Roles::of(&[Role::NumberHandler]),
        terminals: vec![],
        validity: Validity {
            from: "2026-11-01".parse().unwrap(),
            until: "2027-03-31".parse().unwrap(),
        },
        password: "haru no kaze ga fuku".to_owned().into(),
    };
    let supervisor = office
        .second_person(&administrator, "1004", password("1004"))
        .unwrap();
    office
        .enroll_operator(&administrator, Some(&supervisor), &new, Cost::CHEAP)
        .unwrap();
    let without = office
        .second_person(&administrator, "2006", "haru no kaze ga fuku")
        .unwrap();
    assert!(matches!(
        office.view_individual_number(&without, resident(7)),
        Err(NumberKeyError::NoKey)
    ));
    let handler = office
        .second_person(&administrator, "1006", password("1006"))
        .unwrap();
    assert!(office.grant_number_key(&administrator, &new.operator).is_err());
    assert!(matches!(
        office.grant_number_key(&handler, &OperatorId("1001".into())),
        Err(madoguchi::office::people::PeopleError::Deed(
            DeedError::NotPermitted
        ))
    ));
    office.grant_number_key(&handler, &new.operator).unwrap();
    let with = office
        .second_person(&administrator, "2006", "haru no kaze ga fuku")
        .unwrap();
    kept(&office, &handler);
    assert!(
        office
            .view_individual_number(&with, resident(7))
            .unwrap()
            .is_some()
    );
}

#[test]
fn with_the_database_key_alone_no_number_is_found_or_confirmed() {
    let bench = bench();
    let (office, handler) = bench.as_operator("1006");
    let numbers = kept(&office, &handler);
    // Whoever has the database key reads every value of every table.
    let values = office.read(|connection| Ok(everything(connection))).unwrap();
    assert!(values.len() > 500);
    for (resident, number) in &numbers {
        let digits = number.reveal().as_bytes();
        // What can be made of a number, and of a number and what stands beside it, without the number key.
        let subject = madoguchi::domain::kept_number::subject_of(*resident);
        let mut guesses: Vec<Vec<u8>> = vec![digits.to_vec(), Sha256::digest(digits).to_vec()];
        for beside in [resident.0.as_bytes().as_slice(), subject.0.as_bytes()] {
            guesses.push(Sha256::digest([beside, digits].concat()).to_vec());
            guesses.push(Sha256::digest([digits, beside].concat()).to_vec());
        }
        for guess in guesses {
            let found = values
                .iter()
                .any(|value| value.windows(guess.len()).any(|window| window == guess));
            assert!(!found, "a number stands in the database");
        }
    }
    // Two numbers of the same person and the same number of two persons look alike nowhere.
    let mut sealed: Vec<Vec<u8>> = office
        .read(|connection| {
            let mut statement = connection.prepare("SELECT sealed FROM individual_numbers")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    sealed.sort();
    sealed.dedup();
    assert_eq!(sealed.len(), numbers.len());
}

fn everything(connection: &Connection) -> Vec<Vec<u8>> {
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap();
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut values = Vec::new();
    for name in names {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let value = row.get_ref(column).unwrap();
                values.extend(value.as_bytes().ok().map(<[u8]>::to_vec));
                values.extend(value.as_i64().ok().map(|number| number.to_string().into_bytes()));
            }
        }
    }
    values
}
