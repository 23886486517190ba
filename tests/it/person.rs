//! 個人カードの旅. Dead, moved and protected people each have their sentence; a protected address is covered until a
//! deed of its own; opening a card is one event.

use chrono::NaiveDate;
use madoguchi::{
    domain::deed::Deed,
    office::{
        Office,
        person::{PersonCard, PersonError, Tone},
    },
    store::audit,
};

use crate::feed::{city_of, office, row, session, subject};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn card(office: &Office, number: u32) -> PersonCard {
    office
        .view_person(&session("1001"), subject(number), today())
        .unwrap()
}

fn last_event(office: &Office) -> madoguchi::domain::audit::Entry {
    office.read(|c| audit::entries(c, None, 1)).unwrap().remove(0)
}

#[test]
fn a_child_has_rows_for_what_is_due_now_and_later() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(&office, &[row(1, &[])]);
    let card = card(&office, 1);
    let names: Vec<&str> = card.timeline.iter().map(|row| row.name.as_str()).collect();
    assert!(names.iter().any(|name| name.contains("麻しん")), "{names:?}");
    assert!(
        card.timeline
            .windows(2)
            .all(|pair| pair[0].section <= pair[1].section)
    );
    assert!(card.standing.is_empty());
    assert_eq!(card.resident.address.text, "いわき市平字梅本21");
    let event = last_event(&office);
    assert_eq!(
        (event.deed.as_str(), event.about.as_slice()),
        (Deed::ViewPerson.code(), &[subject(1)][..])
    );
}

#[test]
fn the_dead_and_the_moved_have_their_sentence_and_nothing_due() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(
        &office,
        &[
            row(
                1,
                &[("住民区分", "3"), ("異動事由", "死亡"), ("異動日", "20260302")],
            ),
            row(
                2,
                &[
                    ("住民区分", "2"),
                    ("異動事由", "国内転出"),
                    ("異動日", "20261031"),
                ],
            ),
        ],
    );
    let dead = card(&office, 1);
    assert_eq!(dead.standing[0].tone, Tone::Stop);
    assert!(
        dead.standing[0]
            .sentence
            .starts_with("R8.3.2 に亡くなっています。")
    );
    assert!(dead.timeline.is_empty());
    let moved = card(&office, 2);
    assert!(
        moved.standing[0]
            .sentence
            .contains("R8.10.31 に転出しています。接種日が転出の前か確かめてください。")
    );
    assert!(moved.timeline.is_empty());
}

#[test]
fn a_protected_address_is_covered_until_it_is_shown_by_a_deed() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(
        &office,
        &[row(
            1,
            &[
                ("支援措置", "1"),
                ("支援措置終了日", "20270331"),
                ("電話番号", "090-0000-0001"),
            ],
        )],
    );
    let covered = card(&office, 1);
    assert!(covered.is_covered);
    assert_eq!(covered.resident.address.text, "");
    assert_eq!(covered.household.as_ref().unwrap().telephone, "");
    assert!(covered.standing[0].sentence.contains("R9.3.31 まで"));
    let revealed = office.reveal_address(&session("1001"), subject(1)).unwrap();
    assert_eq!(
        (revealed.address.text.as_str(), revealed.telephone.as_str()),
        ("いわき市平字梅本21", "090-0000-0001")
    );
    let event = last_event(&office);
    assert_eq!(
        (event.deed.as_str(), event.about.as_slice()),
        (Deed::RevealAddress.code(), &[subject(1)][..])
    );
    assert!(event.detail.values().all(|value| !value.contains("梅本")));
}

#[test]
fn an_unknown_birth_date_is_shown_as_written_and_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    city_of(
        &office,
        &[row(
            1,
            &[
                ("生年月日", ""),
                ("生年月日不詳", "1"),
                ("生年月日表記", "昭和10年 月日不詳"),
            ],
        )],
    );
    let card = card(&office, 1);
    assert!(
        card.standing
            .iter()
            .any(|s| s.sentence.contains("昭和10年 月日不詳"))
    );
    assert!(matches!(
        office.view_person(&session("1001"), subject(9), today()),
        Err(PersonError::NotFound)
    ));
}
