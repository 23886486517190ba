//! 操作履歴の旅. A supervisor's ready questions find what happened, and that she asked stands in the log too.

use chrono::{NaiveDate, TimeDelta};
use madoguchi::{
    domain::{audit::Event, deed::Deed, revision::SubjectId},
    office::{
        DeedError, Office, Session,
        log::{LogAnswer, Question, Span},
    },
};

use crate::bench::{bench, password};

fn month() -> Span {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    Span::days(day("2026-11-01"), day("2026-11-30"))
}

fn ask(office: &Office, session: &Session, question: Question) -> LogAnswer {
    let asked = office.ask_log(session, question, month()).unwrap();
    office.log_answer(asked).unwrap()
}

fn view(office: &Office, session: &Session, n: u32) {
    office
        .deed(session, Deed::ViewPerson, |transaction| {
            transaction
                .event(Event::new(Deed::ViewPerson).about(SubjectId::derived("resident", &n.to_string())));
            Ok::<_, DeedError>(())
        })
        .unwrap();
}

#[test]
fn ready_questions_find_wrong_sign_ins_many_cards_and_work_after_hours() {
    let bench = bench();
    bench.open("1001", "nothing of this kind").unwrap_err();
    let (office, clerk) = bench.as_operator("1001");
    let supervisor = office.second_person(&clerk, "1004", password("1004")).unwrap();
    assert_eq!(ask(&office, &supervisor, Question::FailedSignIn).lines.len(), 1);
    // 24 November 2026 is a Tuesday; the bench begins at nine in the morning.
    assert_eq!(ask(&office, &supervisor, Question::AfterHours).lines.len(), 0);
    (0..29).for_each(|n| view(&office, &clerk, n));
    assert_eq!(ask(&office, &supervisor, Question::ManyCards).lines.len(), 0);
    view(&office, &clerk, 29);
    let many = ask(&office, &supervisor, Question::ManyCards);
    assert_eq!(many.lines.len(), 30);
    assert!(
        many.lines
            .iter()
            .all(|line| line.operator == "見本 花子" && line.about_count == 1)
    );
    bench.clock.forward(TimeDelta::hours(11)); // 20:00
    view(&office, &clerk, 1);
    assert_eq!(
        ask(&office, &supervisor, Question::AfterHours).lines.len(),
        2,
        "the card, and the asking itself"
    );
    bench.clock.forward(TimeDelta::hours(4 * 24 - 10)); // Saturday, ten in the morning
    view(&office, &clerk, 2);
    assert!(ask(&office, &supervisor, Question::AfterHours).lines.len() > 3);
}

#[test]
fn asking_is_an_event_and_only_a_supervisor_asks() {
    let bench = bench();
    let (office, clerk) = bench.as_operator("1001");
    assert!(matches!(
        office.ask_log(&clerk, Question::Everything, month()),
        Err(DeedError::NotPermitted)
    ));
    let supervisor = office.second_person(&clerk, "1004", password("1004")).unwrap();
    let answer = ask(&office, &supervisor, Question::Everything);
    assert_eq!(answer.lines[0].deed, "操作履歴の表示");
    assert_eq!(answer.total, answer.lines.len() as u64);
    let administration = ask(&office, &supervisor, Question::Administration);
    assert_eq!(administration.lines.len(), 1, "the set-up");
    let counted = |question| answer.counts.iter().find(|(q, _)| *q == question).unwrap().1;
    assert_eq!(counted(Question::Everything), answer.total);
}

#[test]
fn a_span_holds_its_last_day_to_midnight_in_tokyo() {
    let day: NaiveDate = "2026-11-24".parse().unwrap();
    let span = Span::days(day, day);
    assert_eq!(span.from.to_string(), "2026-11-23 15:00:00 UTC");
    assert_eq!(span.until.to_string(), "2026-11-24 15:00:00 UTC");
}
