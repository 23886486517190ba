//! 印刷の旅. A run from the manifest to the post, through a real queue into a sink: released by a second person,
//! sent in chunks, asked for after a crash, spoiled, printed again, and nobody on it who fell out meanwhile.

use std::collections::BTreeMap;

use madoguchi::{
    domain::{
        deed::Deed,
        revision::SubjectId,
        run::{LeftOut, SerialState, SpoilReason, Taken},
    },
    office::{
        approve::Ruling,
        feed::Extent,
        run::{OpenChunk, Prepared, RunError, RunRequest, hand_over},
    },
    platform::printer::Printers,
    store::voucher,
};

use super::{
    feed::{file, row, subject, take_next},
    printer::{Cups, Sink},
    voucher::{Bench, mr1},
};

fn prepare(bench: &Bench, children: u32) -> Prepared {
    let (programme, dose) = mr1();
    let request = RunRequest {
        programme,
        dose,
        persons: (1..=children).map(subject).collect(),
        draw: None,
    };
    bench.office.prepare_run(&bench.by("1003"), &request).unwrap()
}

fn release(bench: &Bench, prepared: &Prepared) {
    bench
        .office
        .decide(
            &bench.by("1004"),
            Deed::ReleaseRun,
            &[prepared.revision],
            &Ruling::APPROVE,
        )
        .unwrap();
}

fn chunk(bench: &Bench, run: SubjectId) -> Result<OpenChunk, RunError> {
    bench.office.open_chunk(&bench.by("1001"), run, "counter")
}

fn serials_of(pdf: &[u8]) -> Vec<u32> {
    let text = super::forms::text_of(pdf);
    let numbers = text.match_indices("通番").filter_map(|(at, word)| {
        let rest = text[at + word.len()..].trim_start();
        rest.get(..6)?.parse().ok()
    });
    numbers.collect()
}

#[test]
fn more_than_ten_sheets_wait_for_a_second_person() {
    let bench = Bench::of(12);
    let prepared = prepare(&bench, 12);
    assert!(matches!(chunk(&bench, prepared.run), Err(RunError::NotReleased)));
    assert!(
        bench
            .office
            .decide(
                &bench.by("1003"),
                Deed::ReleaseRun,
                &[prepared.revision],
                &Ruling::APPROVE
            )
            .is_err(),
        "the one who prepared it"
    );
    release(&bench, &prepared);
    assert_eq!(chunk(&bench, prepared.run).unwrap().serials.len(), 12);
    let small = Bench::of(3);
    let prepared = prepare(&small, 3);
    assert!(chunk(&small, prepared.run).is_ok(), "ten sheets need nobody");
}

#[test]
fn a_run_reaches_a_real_queue_in_chunks_and_every_serial_arrives_once() {
    let (cups, (sink, port)) = (Cups::start(), Sink::start());
    cups.add("counter", port);
    let printers = cups.printers();
    let bench = Bench::of(130);
    let prepared = prepare(&bench, 130);
    release(&bench, &prepared);
    let clerk = bench.by("1001");
    let mut sent = 0;
    while let Ok(open) = chunk(&bench, prepared.run) {
        assert!(open.serials.len() <= 100);
        let answer = hand_over(&printers, &open);
        assert_eq!(
            bench.office.answer_chunk(&clerk, &open, &answer).unwrap(),
            Taken::Taken
        );
        bench
            .office
            .confirm_chunk(&clerk, prepared.run, (open.chunk, open.attempt), None)
            .unwrap();
        sent += 1;
    }
    let arrived = sink.wait(sent);
    assert_eq!(arrived.len(), 2);
    let serials: Vec<u32> = arrived.iter().flat_map(|pdf| serials_of(pdf)).collect();
    assert_eq!(serials, (1..=130).collect::<Vec<_>>());
    let done = bench
        .office
        .dispatch_run(&bench.by("1001"), prepared.run)
        .unwrap();
    assert_eq!((done.count, done.pulled.len()), (130, 0));
    let line = bench
        .office
        .read(|c| voucher::vouchers_of(c, subject(7)))
        .unwrap()
        .remove(0);
    assert_eq!(line.state(), "発送済み");
}

#[test]
fn after_a_crash_the_queue_is_asked_and_what_it_cannot_tell_is_a_persons_word() {
    let (cups, (sink, port)) = (Cups::start(), Sink::start());
    cups.add("counter", port);
    let printers = cups.printers();
    let mut bench = Bench::of(8);
    let prepared = prepare(&bench, 8);
    // Dies after handing over, before the answer is written.
    let open = chunk(&bench, prepared.run).unwrap();
    hand_over(&printers, &open).unwrap();
    bench = bench.reopen();
    let clerk = bench.by("1001");
    assert!(matches!(
        chunk(&bench, prepared.run),
        Err(RunError::Unconfirmed { from: 1, to: 8, .. })
    ));
    assert_eq!(
        bench.office.ask_queue(&clerk, &printers, prepared.run).unwrap(),
        Some(Taken::Taken)
    );
    assert_eq!(sink.wait(1).len(), 1);
    // Spoiled sheets are destroyed first, then printed again with the mark.
    bench
        .office
        .confirm_chunk(&clerk, prepared.run, (open.chunk, open.attempt), None)
        .unwrap();
    assert!(matches!(chunk(&bench, prepared.run), Err(RunError::NothingWaits)));
    bench
        .office
        .spoil_sheets(&clerk, prepared.run, &[2, 5], SpoilReason::Jam)
        .unwrap();
    let again = chunk(&bench, prepared.run).unwrap();
    assert_eq!(again.serials, [2, 5]);
    assert!(super::forms::text_of(&again.job.pdf).contains("再印刷"));
    // Dies before handing over: the queue keeps its history and never had it.
    bench = bench.reopen();
    let clerk = bench.by("1001");
    assert_eq!(
        bench.office.ask_queue(&clerk, &printers, prepared.run).unwrap(),
        Some(Taken::NotTaken)
    );
    let third = chunk(&bench, prepared.run).unwrap();
    assert_eq!((third.serials.as_slice(), third.attempt), (&[2, 5][..], 2));
    // The print system is gone: nobody can tell, the clerk says that only the first came out.
    bench = bench.reopen();
    let clerk = bench.by("1001");
    let gone = Printers::at("127.0.0.1:9");
    assert_eq!(
        bench.office.ask_queue(&clerk, &gone, prepared.run).unwrap(),
        Some(Taken::Unknown)
    );
    assert!(matches!(
        chunk(&bench, prepared.run),
        Err(RunError::Unconfirmed { .. })
    ));
    bench
        .office
        .confirm_chunk(&clerk, prepared.run, (third.chunk, third.attempt), Some(5))
        .unwrap();
    assert_eq!(chunk(&bench, prepared.run).unwrap().serials, [5]);
}

#[test]
fn who_died_moved_or_is_protected_meanwhile_is_listed_and_not_printed() {
    let bench = Bench::of(6);
    let prepared = prepare(&bench, 6);
    let born = (chrono::Utc::now() - chrono::TimeDelta::days(500))
        .format("%Y%m%d")
        .to_string();
    let same = |number: u32| {
        row(
            number,
            &[
                ("漢字氏名", names(number)),
                ("生年月日", &born),
                ("異動日", &born),
            ],
        )
    };
    let mut dead = same(2);
    dead.set("処理区分", "2")
        .set("住民区分", "3")
        .set("異動事由", "死亡")
        .set("異動日", "20261101");
    let mut moved = same(3);
    moved
        .set("処理区分", "2")
        .set("住民区分", "2")
        .set("異動事由", "国内転出")
        .set("異動日", "20261101");
    let mut elsewhere = same(4);
    elsewhere
        .set("処理区分", "2")
        .set("住所", "いわき市小名浜字見本5")
        .set("異動事由", "転居");
    let mut protected = same(5);
    protected.set("処理区分", "2").set("支援措置", "1");
    take_next(
        &bench.office,
        &file(Extent::Differential, (1, 2), &[dead, moved, elsewhere, protected]),
    );
    let open = chunk(&bench, prepared.run).unwrap();
    let left: BTreeMap<u32, LeftOut> = open.left_out.iter().copied().collect();
    assert_eq!(left.get(&2), Some(&LeftOut::Dead), "{left:?}");
    assert_eq!(left.get(&3), Some(&LeftOut::Moved));
    assert_eq!(
        left.get(&4),
        Some(&LeftOut::Changed),
        "the sheet is not the one that was released"
    );
    assert_eq!(left.get(&5), Some(&LeftOut::Protected));
    assert_eq!(open.serials, [1, 6]);
    let state = bench.office.run_state(prepared.run).unwrap();
    assert_eq!(state.serial(2), Some(SerialState::LeftOut(LeftOut::Dead)));
    let list = bench
        .office
        .dispatch_list(&bench.by("1001"), prepared.run)
        .unwrap();
    let texts = list[0].texts();
    assert!(texts.iter().any(|text| text == "4 人"), "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.as_str() == "初回").count(), 2);
}

fn names(number: u32) -> &'static str {
    ["葛\u{E0100}城　莉央", "𠮷田　湊", "髙橋　律", "山﨑　凛"][number as usize % 4]
}
