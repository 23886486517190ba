//! 検索の旅. People of a small city are found by whatever a clerk types: readings, kanji with their variants, days,
//! numbers, past names and addresses; each search is one event that never holds what was typed.

use chrono::NaiveDate;
use madoguchi::{
    domain::{deed::Deed, revision::SubjectId},
    office::{Office, search::Answer, voucher::Wanted},
    store::audit,
};

use crate::{
    feed::{city_of, file, office, row, session, subject},
    voucher::{Bench, mr1},
};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn ask(office: &Office, text: &str) -> Answer {
    office.search(&session("1001"), text, today()).unwrap()
}

fn found(office: &Office, text: &str) -> Vec<SubjectId> {
    ask(office, text).lines.iter().map(|line| line.subject).collect()
}

fn small_city(office: &Office) {
    let person = |number, kana, kanji, born| {
        row(
            number,
            &[("カナ氏名", kana), ("漢字氏名", kanji), ("生年月日", born)],
        )
    };
    city_of(
        office,
        &[
            person(1, "ササキ　ヒマリ", "佐々木　陽葵", "20250514"),
            person(2, "ワタナベ　ユウキ", "渡邉　勇気", "19800102"),
            person(3, "ワタナベ　コーヘイ", "渡辺　航平", "19600720"),
            person(4, "サトウ　ハナコ", "佐藤　花子", "19260301"),
            person(5, "ヨシダ　トオル", "𠮷田　徹", "20010203"),
            person(6, "カツラギ　アオイ", "葛󠄀城　葵", "20190501"),
            person(7, "タカハシ　ジン", "髙橋　仁", "20200710"),
            person(8, "ヤマザキ　リョウ", "山﨑　涼", "19700930"),
        ],
    );
}

#[test]
fn readings_are_found_from_their_beginning_from_inside_and_whatever_their_form() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    for text in [
        "ささき",
        "ｻｻｷ",
        "ささき ひ",
        "ササキヒマリ",
        "ヒマリ",
        "ささぎ",
        "さ",
        "マリ",
    ] {
        assert!(found(&office, text).contains(&subject(1)), "{text}");
    }
    for text in ["コヘイ", "こーへい", "わたなべ こ"] {
        assert!(found(&office, text).contains(&subject(3)), "{text}");
    }
    assert_eq!(found(&office, "サイトウ"), []);
    assert!(ask(&office, "ホゲ").advice.unwrap().contains("濁点を取るか"));
}

#[test]
fn kanji_are_found_by_one_and_two_letters_and_by_their_variants() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    for text in ["渡辺", "渡邉", "渡邊", "渡", "辺"] {
        let found = found(&office, text);
        assert!(
            found.contains(&subject(2)) && found.contains(&subject(3)),
            "{text}"
        );
    }
    for (text, number) in [
        ("佐藤", 4),
        ("吉田", 5),
        ("𠮷田", 5),
        ("葛城", 6),
        ("葛󠄀城", 6),
        ("高橋", 7),
        ("山崎", 8),
        ("陽", 1),
        ("仁", 7),
    ] {
        assert!(found(&office, text).contains(&subject(number)), "{text}");
    }
}

#[test]
fn two_words_of_a_name_find_who_has_both_however_common_each_of_them_is() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let mut rows = Vec::new();
    for number in 1..=250 {
        rows.push(row(
            number,
            &[("カナ氏名", "ササキ　タロウ"), ("漢字氏名", "佐々木　太郎")],
        ));
        rows.push(row(
            number + 300,
            &[("カナ氏名", "アベ　ヒマリ"), ("漢字氏名", "阿部　陽葵")],
        ));
    }
    rows.push(row(
        999,
        &[("カナ氏名", "ササキ　ヒマリ"), ("漢字氏名", "佐々木　陽葵")],
    ));
    city_of(&office, &rows);
    assert_eq!(found(&office, "ささき 陽葵"), [subject(999)]);
    assert_eq!(found(&office, "陽葵 ササキ"), [subject(999)]);
    assert_eq!(found(&office, "あべ 太郎"), []);
}

#[test]
fn days_and_numbers_are_found_alone_and_with_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    for text in [
        "R7.5.14",
        "20250514",
        "2025/5/14",
        "令和7年5月14日",
        "ささき R7.5.14",
        "陽葵 20250514",
    ] {
        assert_eq!(found(&office, text), [subject(1)], "{text}");
    }
    assert_eq!(found(&office, "さとう R7.5.14"), []);
    let atena = office
        .read(|c| {
            Ok(madoguchi::store::resident::card(c, subject(4))?
                .unwrap()
                .atena_number)
        })
        .unwrap();
    assert_eq!(found(&office, &atena), [subject(4)]);
}

#[test]
fn birth_dates_are_read_in_all_usual_spellings() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    for text in [
        "S1.3.1",
        "s1/3/1",
        "昭1.3.1",
        "大正15年3月1日",
        "T15.3.1",
        "t150301",
        "2150301",
        "2150301",
        "1926.3.1",
        "1926年3月1日",
        "１９２６−０３−０１",
        "1926 03 01",
    ] {
        let expected = match text.starts_with(['S', 's', '昭']) {
            // 昭和 begins on 25 December 1926.
            true => vec![],
            false => vec![subject(4)],
        };
        assert_eq!(found(&office, text), expected, "{text}");
    }
}

#[test]
fn addresses_are_found_in_their_short_form_and_a_protected_person_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    let home = ("住所", "いわき市泉町１丁目１０番地の６");
    let city = [
        row(1, &[home, ("方書", "メゾン港１０２号")]),
        row(
            2,
            &[("漢字氏名", "佐藤　花子"), ("カナ氏名", "サトウ　ハナコ"), home],
        ),
        row(
            3,
            &[
                ("漢字氏名", "高橋　仁"),
                ("カナ氏名", "タカハシ　ジン"),
                home,
                ("支援措置", "1"),
            ],
        ),
    ];
    city_of(&office, &city);
    for text in ["泉町1-10-6", "泉町１丁目", "いわき市泉町1-10", "泉町"] {
        assert_eq!(found(&office, text), [subject(1), subject(2)], "{text}");
    }
    for text in ["メゾン港", "めぞん", "佐々木 泉町1-10"] {
        assert_eq!(found(&office, text), [subject(1)], "{text}");
    }
    assert_eq!(found(&office, "高橋"), [subject(3)], "by her name she is found");
    assert_eq!(found(&office, "高橋 泉町"), []);
}

#[test]
fn past_names_and_addresses_are_found_after_the_present_ones() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    let married = row(
        4,
        &[
            ("処理区分", "2"),
            ("カナ氏名", "スズキ　ハナコ"),
            ("漢字氏名", "鈴木　花子"),
            ("生年月日", "19260301"),
            ("住所", "いわき市小名浜大原"),
        ],
    );
    let (name, bytes) = file(madoguchi::office::feed::Extent::Differential, (1, 2), &[married]);
    let rules = madoguchi::office::feed::FeedRules::of_city(
        madoguchi::domain::identifier::LgCode::parse("072044").unwrap(),
    );
    let job = madoguchi::office::feed::ReadFeed::new(session("1003"), rules, None, (&name, &bytes)).unwrap();
    madoguchi::office::run_here(&office, job, std::time::Duration::from_millis(50), |_| {}).unwrap();
    for text in ["鈴木", "すずき", "佐藤", "さとう", "小名浜"] {
        let answer = ask(&office, text);
        assert_eq!(answer.lines[0].name, "鈴木　花子", "{text}");
    }
    assert!(found(&office, "平字梅本").contains(&subject(1)));
}

#[test]
fn a_search_is_one_event_that_says_how_and_how_many_but_not_what() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(folder.path());
    small_city(&office);
    let before = office.read(|c| audit::entries(c, None, 10_000)).unwrap().len();
    ask(&office, "渡辺");
    let entries = office.read(|c| audit::entries(c, None, 10_000)).unwrap();
    assert_eq!(entries.len(), before + 1);
    let last = entries.first().unwrap();
    assert_eq!(last.deed, Deed::Search.code());
    assert_eq!(
        (last.detail["kind"].as_str(), last.detail["count"].as_str()),
        ("written", "2")
    );
    assert_eq!(last.about.len(), 2);
    assert!(last.detail.values().all(|value| !value.contains("渡")));
}

#[test]
fn a_voucher_number_finds_whom_it_was_issued_to() {
    let bench = Bench::of(2);
    let (programme, dose) = mr1();
    let wanted = Wanted {
        person: subject(1),
        programme,
        dose,
    };
    let issued = bench.office.issue_voucher(&bench.by("1001"), wanted).unwrap();
    let number = issued.number.as_str();
    let grouped = format!("{}-{}", &number[..5], &number[5..]);
    for text in [number, &grouped] {
        let answer = bench.office.search(&bench.by("1001"), text, today()).unwrap();
        let found: Vec<_> = answer.lines.iter().map(|line| line.subject).collect();
        assert_eq!(found, [subject(1)], "{text}");
    }
    let other = bench
        .office
        .search(&bench.by("1001"), "9999999999", today())
        .unwrap();
    assert_eq!(other.count, 0);
}
