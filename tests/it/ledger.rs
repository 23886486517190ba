//! 台帳の旅. A real encrypted file in a temporary folder: notes are entered through the office, read back, and
//! everything that must not happen to the file doesn't.

use std::collections::BTreeSet;

use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{Machine, Office, Session},
    store::{Database, DatabaseKey, audit, notes},
};

fn office(folder: &std::path::Path) -> Office {
    let path = folder.join("madoguchi.db");
    let key = DatabaseKey::new([7; 32]);
    let database = if path.exists() {
        Database::open(&path, &key).unwrap()
    } else {
        Database::create(&path, &key).unwrap()
    };
    Office::new(database, Machine::real())
}

fn clerk() -> Session {
    Session::new(
        OperatorId("1001".into()),
        TerminalId("T01".into()),
        BTreeSet::from(["clerk".to_owned()]),
    )
}

#[test]
fn a_note_is_still_there_after_the_database_has_been_closed() {
    let folder = tempfile::tempdir().unwrap();
    let resident = SubjectId::derived("resident", "072044:1");
    let note = ResidentNote {
        topic: Topic::Contact,
        text: "平日は午後に".into(),
    };
    office(folder.path())
        .enter_note(&clerk(), resident, None, &note)
        .unwrap();
    let again = office(folder.path());
    let lines = again.read(|c| notes::notes_of(c, resident)).unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].text, "平日は午後に");
    assert!(matches!(
        again.read(audit::verify).unwrap(),
        audit::Verdict::Whole(head) if head.sequence == 1
    ));
}
