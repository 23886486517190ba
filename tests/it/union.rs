//! 和集合. The set of revisions merges by union: any order, any repetition and any partition leave the same rows and
//! the same digests, erasures, unknown kinds, bodies of newer programs and unreadable ones included.

use chrono::DateTime;
use madoguchi::{
    domain::{
        audit::Event,
        deed::Deed,
        erasure::Erasure,
        note::{ResidentNote, Topic},
        revision::{self, Kind, KindCode, OperatorId, Revision, RevisionId, SubjectId, TerminalId},
    },
    store::{Connection, Database, DatabaseKey, Stamp, StoreError, digest, ledger, rebuild::Walk},
};
use proptest::prelude::*;

/// What one revision of the generated history is.
#[derive(Clone, Debug)]
enum Shape {
    Note {
        subject: u8,
        parents: Vec<usize>,
    },
    Unreadable {
        subject: u8,
    },
    NewerBody {
        subject: u8,
    },
    UnknownKind {
        subject: u8,
    },
    Erasure {
        of: Vec<usize>,
    },
    /// The same revision as an earlier one, arriving without its body.
    Bare {
        of: usize,
    },
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let subject = 0..3_u8;
    let earlier = prop::collection::vec(0..12_usize, 0..3);
    prop::collection::vec(
        prop_oneof![
            6 => (subject.clone(), earlier.clone())
                .prop_map(|(subject, parents)| Shape::Note { subject, parents }),
            1 => subject.clone().prop_map(|subject| Shape::Unreadable { subject }),
            1 => subject.clone().prop_map(|subject| Shape::NewerBody { subject }),
            1 => subject.prop_map(|subject| Shape::UnknownKind { subject }),
            2 => earlier.prop_map(|of| Shape::Erasure { of }),
            1 => (0..12_usize).prop_map(|of| Shape::Bare { of }),
        ],
        1..14,
    )
}

fn history(shapes: &[Shape]) -> Vec<Revision> {
    let mut made: Vec<Revision> = Vec::new();
    for (at, shape) in shapes.iter().enumerate() {
        let earlier = |places: &[usize]| -> Vec<RevisionId> {
            places
                .iter()
                .filter_map(|place| made.get(*place))
                .map(|r| r.id)
                .collect()
        };
        let note = |text: &str| {
            revision::encode(&ResidentNote {
                topic: Topic::Contact,
                text: text.to_owned(),
            })
            .unwrap()
        };
        let revision = match shape {
            Shape::Note { subject, parents } => stamped(
                at,
                *subject,
                Kind::ResidentNote.into(),
                1,
                note("覚え"),
                earlier(parents),
            ),
            Shape::Unreadable { subject } => {
                stamped(at, *subject, Kind::ResidentNote.into(), 1, vec![0xff], vec![])
            }
            Shape::NewerBody { subject } => {
                stamped(at, *subject, Kind::ResidentNote.into(), 9, note("新"), vec![])
            }
            Shape::UnknownKind { subject } => {
                stamped(at, *subject, KindCode("moon_phase".into()), 1, vec![1], vec![])
            }
            Shape::Erasure { of } => {
                let body = revision::encode(&Erasure {
                    revisions: earlier(of),
                    ground: "retention".into(),
                });
                stamped(at, 200, Kind::Erasure.into(), 1, body.unwrap(), vec![])
            }
            Shape::Bare { of } => match made.get(*of) {
                Some(full) if full.kind != Kind::Erasure => Revision {
                    body: None,
                    salt: None,
                    ..full.clone()
                },
                _ => stamped(at, 0, Kind::ResidentNote.into(), 1, note("代"), vec![]),
            },
        };
        made.push(revision);
    }
    made
}

fn stamped(
    at: usize,
    subject: u8,
    kind: KindCode,
    body_version: u16,
    body: Vec<u8>,
    mut parents: Vec<RevisionId>,
) -> Revision {
    parents.sort_unstable();
    parents.dedup();
    let salt = [at as u8; 16];
    let mut revision = Revision {
        id: RevisionId([0; 32]),
        subject: SubjectId::derived("test", &subject.to_string()),
        kind,
        about: None,
        parents,
        lamport: at as u64 % 5,
        made_at: DateTime::from_timestamp_millis(1_790_000_000_000 + at as i64).unwrap(),
        operator: OperatorId("1001".into()),
        origin_terminal: TerminalId("T01".into()),
        deed: Deed::Note.code().into(),
        body_version,
        body_hash: revision::body_hash(&salt, &body),
        body: Some(body),
        salt: Some(salt),
    };
    revision.id = revision.computed_id();
    revision
}

/// Everything a replica holds: digests of the projections, and which bodies are still there.
#[derive(PartialEq, Debug)]
struct Content {
    digests: Vec<digest::ProjectionDigest>,
    bodies: Vec<(RevisionId, bool)>,
}

fn content(database: &Database) -> Content {
    let bodies = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT id, body IS NOT NULL FROM revisions ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((RevisionId(row.get(0)?), row.get(1)?)))?;
        Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
    };
    Content {
        digests: database.read(digest::digests).unwrap(),
        bodies: database.read(bodies).unwrap(),
    }
}

fn receive(database: &Database, revisions: &[Revision]) {
    let stamp = Stamp {
        now: DateTime::from_timestamp_millis(1_790_000_100_000).unwrap(),
        operator: OperatorId("1001".into()),
        terminal: TerminalId("T02".into()),
        deed: Deed::Synchronize,
    };
    database
        .transact(stamp, &mut |bytes| bytes.fill(1), |transaction| {
            for revision in revisions {
                transaction.receive(revision)?;
            }
            transaction.event(Event::new(Deed::Synchronize));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// On demand, in the smallest steps there are.
fn rebuild(database: &Database) {
    let mut walk = Walk::default();
    loop {
        let stamp = Stamp {
            now: DateTime::from_timestamp_millis(1_790_000_100_000).unwrap(),
            operator: OperatorId("1001".into()),
            terminal: TerminalId("T02".into()),
            deed: Deed::Rebuild,
        };
        let more = database.write(stamp, &mut |bytes| bytes.fill(1), |transaction| {
            transaction.rebuild_on(&mut walk, || false)
        });
        if !more.unwrap() {
            return;
        }
    }
}

fn replica(folder: &tempfile::TempDir, name: &str) -> Database {
    Database::create(&folder.path().join(name), &DatabaseKey::new([3; 32])).unwrap()
}

fn cases() -> u32 {
    if std::env::var_os("MADOGUCHI_LONG").is_some() {
        2_000
    } else {
        48
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_repetition_and_partition_leave_the_same_content(
        shapes in shapes(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        cut in 1..5_usize,
    ) {
        let history = history(&shapes);
        let folder = tempfile::tempdir().unwrap();
        let straight = replica(&folder, "a.db");
        receive(&straight, &history);

        let shuffled = replica(&folder, "b.db");
        let mut arrivals: Vec<Revision> = order.iter().map(|at| at.get(&history).clone()).collect();
        arrivals.extend(history.iter().rev().cloned());
        for part in arrivals.chunks(cut * 4) {
            receive(&shuffled, part);
        }
        prop_assert_eq!(content(&shuffled), content(&straight));
        let comparison = shuffled.check_rebuild().unwrap();
        prop_assert_eq!(comparison.differing(), Vec::<&str>::new());
        rebuild(&shuffled);
        prop_assert_eq!(content(&shuffled), content(&straight));
    }
}

#[test]
fn a_body_that_arrives_after_its_erasure_is_dropped() {
    let history = history(&[
        Shape::Note {
            subject: 1,
            parents: vec![],
        },
        Shape::Erasure { of: vec![0] },
    ]);
    let folder = tempfile::tempdir().unwrap();
    let database = replica(&folder, "a.db");
    receive(&database, &history[1..]);
    receive(&database, &history[..1]);
    let kept = database
        .read(|c| ledger::revision(c, history[0].id))
        .unwrap()
        .unwrap();
    assert_eq!((kept.body, kept.salt), (None, None));
    assert_eq!(kept.body_hash, history[0].body_hash);
}

#[test]
fn sql_can_neither_delete_nor_change_a_revision_but_by_an_erasure() {
    let history = history(&[
        Shape::Note {
            subject: 1,
            parents: vec![],
        },
        Shape::Note {
            subject: 2,
            parents: vec![],
        },
        Shape::Erasure { of: vec![0] },
    ]);
    let folder = tempfile::tempdir().unwrap();
    let database = replica(&folder, "a.db");
    receive(&database, &history);
    let stamp = Stamp {
        now: DateTime::from_timestamp_millis(1_790_000_200_000).unwrap(),
        operator: OperatorId("1001".into()),
        terminal: TerminalId("T02".into()),
        deed: Deed::Synchronize,
    };
    for sql in [
        "DELETE FROM revisions",
        "UPDATE revisions SET body = NULL, salt = NULL WHERE body IS NOT NULL",
        "UPDATE revisions SET operator = '1002'",
        "UPDATE revisions SET body = x'01', salt = zeroblob(16) WHERE body IS NULL",
        "DELETE FROM erasures",
        "DELETE FROM revision_parents WHERE 1; DELETE FROM audit_events",
        "UPDATE audit_events SET operator = '1002'",
        "INSERT OR REPLACE INTO revisions SELECT * FROM revisions",
    ] {
        let refused = database.transact(stamp.clone(), &mut |bytes| bytes.fill(1), |transaction| {
            transaction.connection().execute_batch(sql)?;
            transaction.event(Event::new(Deed::Synchronize));
            Ok::<_, StoreError>(())
        });
        assert!(refused.is_err(), "{sql}");
    }
}

#[test]
fn a_newer_body_is_kept_and_bars_writing_here_but_not_reading() {
    use madoguchi::store::{New, Parents, notes};
    let folder = tempfile::tempdir().unwrap();
    let database = replica(&folder, "a.db");
    let resident = SubjectId::derived("resident", "1");
    let mut old = history(&[Shape::Note {
        subject: 1,
        parents: vec![],
    }])
    .remove(0);
    old.about = Some(resident);
    old.id = old.computed_id();
    let mut newer = stamped(7, 1, Kind::ResidentNote.into(), 2, vec![0xa0], vec![old.id]);
    newer.about = Some(resident);
    newer.id = newer.computed_id();
    receive(&database, &[old.clone(), newer]);

    let lines = database.read(|c| notes::notes_of(c, resident)).unwrap();
    assert_eq!(lines.len(), 1, "the last understood state can be read");
    assert_eq!(lines[0].revision, old.id);

    let stamp = Stamp {
        now: DateTime::from_timestamp_millis(1_790_000_200_000).unwrap(),
        operator: OperatorId("1001".into()),
        terminal: TerminalId("T02".into()),
        deed: Deed::Note,
    };
    let note = ResidentNote {
        topic: Topic::Contact,
        text: "追記".into(),
    };
    let refused = database.transact(stamp, &mut |bytes| bytes.fill(1), |transaction| {
        transaction.event(Event::new(Deed::Note));
        transaction.append(New {
            subject: old.subject,
            about: Some(resident),
            body: &note,
            parents: Parents::Heads,
        })
    });
    assert!(matches!(refused, Err(StoreError::NeedsUpdate)));
}

#[test]
fn a_revision_whose_id_is_not_its_own_is_refused() {
    let mut forged = history(&[Shape::Note {
        subject: 1,
        parents: vec![],
    }])
    .remove(0);
    forged.operator = OperatorId("1002".into());
    assert!(!forged.is_well_formed());
}
