//! 印刷の模擬. A printer that loses, keeps and repeats nothing, a program that dies at every step: whatever
//! happens, no serial reaches paper twice and none is left out unless a person said so.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    programme::ProgrammeCode, record::DoseNumber, revision::SubjectId, trust::Octets, voucher::VoucherNumber,
};

fn manifest(count: u32) -> Manifest {
    let mut manifest = Manifest {
        number: "R0091".into(),
        programme: ProgrammeCode::parse("mr").expect("a code"),
        dose: DoseNumber::Nth(1),
        form: "Y-01".into(),
        form_version: 3,
        rules_version: "1".into(),
        draw: None,
        prepared_on: chrono::NaiveDate::from_ymd_opt(2026, 11, 10).expect("a day"),
        count,
        left_out: vec![(LeftOut::Protected, 4)],
        digest: Octets(Vec::new()),
    };
    manifest.digest = Octets(manifest.digest_of(&sheets(count)).to_vec());
    manifest
}

fn sheets(count: u32) -> Vec<ManifestSheet> {
    (1..=count)
        .map(|serial| ManifestSheet {
            person: SubjectId::derived("resident", &serial.to_string()),
            number: VoucherNumber::of_running(u64::from(serial) * 3 + 200).unwrap_or_else(|| {
                VoucherNumber::of_running(u64::from(serial) * 3 + 201).expect("one of two has a check digit")
            }),
            digest: Octets(vec![serial as u8; 32]),
        })
        .collect()
}

fn begun(count: u32) -> Vec<RunFact> {
    vec![
        RunFact::Prepared(manifest(count)),
        RunFact::Sheets {
            run: None,
            from: 1,
            sheets: sheets(count),
        },
    ]
}

fn state(facts: &[RunFact]) -> RunState {
    RunState::of(facts).expect("prepared")
}

fn intended(chunk: &Chunk) -> RunFact {
    RunFact::Intended {
        chunk: chunk.chunk,
        attempt: chunk.attempt,
        serials: chunk.serials.clone(),
        queue: "counter".into(),
        reprint: chunk.reprint,
    }
}

fn answered(chunk: u32, attempt: u32, taken: Taken) -> RunFact {
    RunFact::Answered {
        chunk,
        attempt,
        taken,
        job: (taken == Taken::Taken).then_some(chunk as i32),
    }
}

#[test]
fn chunks_have_at_most_a_hundred_sheets_and_follow_each_other() {
    let mut facts = begun(260);
    let mut sizes = Vec::new();
    while let Some(chunk) = state(&facts).next() {
        sizes.push(chunk.serials.len());
        facts.push(intended(&chunk));
        assert_eq!(state(&facts).next(), None, "nothing more before the answer");
        facts.push(answered(chunk.chunk, chunk.attempt, Taken::Taken));
    }
    assert_eq!(sizes, [100, 100, 60]);
    assert_eq!(state(&facts).count(|at| at == SerialState::Sent), 260);
    assert!(state(&facts).is_whole());
}

#[test]
fn an_unknown_chunk_waits_for_a_person_and_goes_on_where_she_says() {
    let mut facts = begun(5);
    let chunk = state(&facts).next().expect("five wait");
    facts.extend([intended(&chunk), answered(1, 1, Taken::Unknown)]);
    let now = state(&facts);
    assert_eq!(now.next(), None);
    assert_eq!(now.unsettled().expect("open").serials, [1, 2, 3, 4, 5]);
    facts.push(RunFact::Confirmed {
        chunk: 1,
        attempt: 1,
        from: Some(4),
    });
    let now = state(&facts);
    assert_eq!(now.serial(3), Some(SerialState::Printed));
    assert_eq!(now.next().expect("the rest").serials, [4, 5]);
}

#[test]
fn a_sheet_is_printed_again_only_after_it_was_spoiled_and_says_so() {
    let mut facts = begun(3);
    let chunk = state(&facts).next().expect("three wait");
    facts.extend([intended(&chunk), answered(1, 1, Taken::Taken)]);
    assert_eq!(state(&facts).next(), None);
    facts.push(RunFact::Spoiled {
        serials: vec![2],
        reason: SpoilReason::Jam,
    });
    let again = state(&facts).next().expect("the spoiled one");
    assert_eq!((again.serials.as_slice(), again.reprint), (&[2][..], true));
}

#[test]
fn a_sheet_that_was_left_out_is_not_sent() {
    let mut facts = begun(3);
    facts.push(RunFact::Withdrawn {
        serial: 2,
        reason: LeftOut::Dead,
    });
    assert_eq!(state(&facts).next().expect("two wait").serials, [1, 3]);
}

#[test]
fn a_change_of_any_line_changes_the_digest() {
    let mut changed = sheets(3);
    changed[1].digest = Octets(vec![9; 32]);
    assert_ne!(manifest(3).digest_of(&changed), manifest(3).digest_of(&sheets(3)));
    let mut facts = begun(3);
    facts[1] = RunFact::Sheets {
        run: None,
        from: 1,
        sheets: changed,
    };
    assert!(!state(&facts).is_whole());
}

/// What a step of the simulation does after the intent is on disk.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// Everything goes well.
    Well,
    /// The program dies before it hands over.
    DiesBefore,
    /// It dies after, before the answer is on disk.
    DiesAfter,
    /// The queue refuses.
    Refused,
    /// It dies after handing over, and the queue has forgotten.
    Forgotten,
    /// It dies before handing over, and the queue can't tell.
    Silent,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => Just(Happens::Well),
        1 => Just(Happens::DiesBefore),
        1 => Just(Happens::DiesAfter),
        1 => Just(Happens::Refused),
        1 => Just(Happens::Forgotten),
        1 => Just(Happens::Silent),
    ]
}

proptest! {
    #[test]
    fn no_serial_reaches_paper_twice_and_none_is_left_out(
        count in 1_u32..350,
        steps in proptest::collection::vec((happens(), 0_u32..120), 1..60),
    ) {
        let mut facts = begun(count);
        let mut paper: Vec<Serial> = Vec::new();
        let steps = steps.into_iter().chain(std::iter::repeat_n((Happens::Well, 0), 8));
        for (happens, jam) in steps {
            let Some(chunk) = state(&facts).next() else { break };
            facts.push(intended(&chunk));
            let mut asked = |taken| facts.push(answered(chunk.chunk, chunk.attempt, taken));
            match happens {
                Happens::Well | Happens::DiesAfter => {
                    paper.extend(&chunk.serials);
                    asked(Taken::Taken);
                }
                Happens::DiesBefore | Happens::Refused => asked(Taken::NotTaken),
                Happens::Forgotten | Happens::Silent => {
                    // The printer stops somewhere in the chunk; the clerk looks at what lies in the tray.
                    let printed = match happens {
                        Happens::Forgotten => (jam as usize).min(chunk.serials.len()),
                        _ => 0,
                    };
                    paper.extend(&chunk.serials[..printed]);
                    asked(Taken::Unknown);
                    prop_assert_eq!(state(&facts).next(), None, "the program goes on by itself");
                    facts.push(RunFact::Confirmed {
                        chunk: chunk.chunk,
                        attempt: chunk.attempt,
                        from: chunk.serials.get(printed).copied(),
                    });
                }
            }
            prop_assert!(!state(&facts).is_unsettled);
        }
        let mut once = paper.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), paper.len(), "a serial came out twice");
        if state(&facts).next().is_none() {
            prop_assert_eq!(once, (1..=count).collect::<Vec<_>>(), "a serial was left out");
        }
    }
}
