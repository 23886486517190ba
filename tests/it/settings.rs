//! 市の設定の旅. A real home prints nothing before its city has said who it is, prints the city's own names from then
//! on and never the demo's; a bad file is answered with all its problems and nothing is taken.

use madoguchi::{
    domain::{
        city::CitySettings,
        deed::Deed,
        record::{Category, Source},
    },
    office::{
        DeedError, Machine,
        certificate::{CertificateError, Request},
        demo,
        feed::{Encoding, Extent, FeedError, FeedRules},
        home::Home,
        paper::PaperError,
        run::{RunError, RunRequest},
        settings::{SettingsError, read_settings},
        voucher::{VoucherError, Wanted},
    },
    print::Sheet,
    seal::password::Cost,
    store::voucher,
};

use super::{
    certificate::{approve, give, request},
    feed::{city_of, file, row, subject, take_next},
    voucher::{Bench, mr1},
};

const OWN: &str = r#"
city = "はまかぜ市"
prefecture = "はるか県"
lg_code = "011002"
office = "港地区保健福祉センター"
issue_prefix = "はまかぜ保（港）"

[certificate]
born_from = 2005-01-01
older_from = "2007-04-01"

[[authority]]
title = "はまかぜ市長"
name = "港　海斗"
from = "2020-04-01"

[own_payment_yen]
flu_elderly = 1500

[form]
"" = "Y-01"
flu_elderly = "Y-11"
"#;

const DEMO: &str = include_str!("../../assets/codes/demo/paper.toml");
/// What the demo's file says of its city; none of it may stand on a real sheet.
const DEMO_NAMES: [&str; 5] = ["いわき", "福島県", "072044", "平地区", "見本"];

/// As the first publication would write it.
pub fn own() -> CitySettings {
    CitySettings {
        serial: 1,
        ..read_settings(OWN).unwrap()
    }
}

/// A home of two children that bears no mark of a demo.
fn real() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path().join("home"));
    let (office, cast) = demo::make(&home, Machine::real(), 1, Cost::CHEAP).unwrap();
    let born = (chrono::Utc::now() - chrono::TimeDelta::days(500))
        .format("%Y%m%d")
        .to_string();
    let child = |number| {
        let changes = [
            ("住所", "はまかぜ市港町1番地"),
            ("生年月日", &born),
            ("異動日", &born),
        ];
        row(number, &changes)
    };
    city_of(&office, &[child(1), child(2)]);
    office
        .slice(&cast.session("1004"), Deed::SetCity, |transaction| {
            // The mark is for ever where nobody opens the database by hand.
            let unmark = "DROP TRIGGER trust_is_never_deleted; DELETE FROM trust WHERE name = 'demo'";
            transaction.connection().execute_batch(unmark).unwrap();
            Ok::<_, DeedError>(())
        })
        .unwrap();
    Bench { folder, office, cast }
}

fn wanted(child: u32) -> Wanted {
    let (programme, dose) = mr1();
    Wanted {
        person: subject(child),
        programme,
        dose,
    }
}

fn run_for(child: u32) -> RunRequest {
    let (programme, dose) = mr1();
    RunRequest {
        programme,
        dose,
        persons: vec![subject(child)],
        draw: None,
    }
}

fn is_own(sheet: &Sheet) {
    for text in sheet.texts() {
        for name in DEMO_NAMES {
            assert!(!text.contains(name), "{text}");
        }
    }
}

fn says(sheet: &Sheet, what: &str) -> bool {
    sheet.texts().iter().any(|text| text.contains(what))
}

fn certificate(bench: &Bench) -> Request {
    let record = give(bench, 1, Source::OwnEntry, Category::RoutineA);
    approve(bench, record);
    request(subject(1), record)
}

#[test]
fn a_real_home_takes_in_no_feed_before_its_settings_say_how() {
    let refused = FeedRules::of_settings(real().office.settings().unwrap());
    let Err(error) = refused else {
        panic!("a feed without settings");
    };
    assert!(error.to_string().contains("settings load"), "{error}");
    // Settings that are silent about the feed are not enough.
    assert!(matches!(
        FeedRules::of_settings(Some(own())),
        Err(FeedError::NoSettings)
    ));
    let told = OWN.to_owned()
        + "\n[district]\n\"01\" = \"港\"\n[feed]\nencoding = \"Shift_JIS\"\nmost_unreleased = 50\n\
           [feed.gaiji]\nE123 = \"邉\"\n[feed.reason]\n\"A1\" = \"国内転入\"\n";
    let settings = read_settings(&told).unwrap();
    assert_eq!(
        (
            settings.districts.name("01"),
            settings.districts.name("09"),
            settings.districts.code("港")
        ),
        ("港", "09", Some("01"))
    );
    let rules = FeedRules::of_settings(Some(settings)).unwrap();
    assert_eq!((rules.lg_code.as_str(), rules.most_unreleased), ("011002", 50));
    assert_eq!(rules.encoding, Encoding::ShiftJis);
    assert_eq!(rules.conversion.gaiji[&'\u{e123}'], "邉");
    assert_eq!(rules.conversion.reasons["A1"].word(), "国内転入");
}

#[test]
fn the_demo_publishes_settings_of_its_own_and_names_its_districts() {
    let bench = Bench::of(1);
    let settings = bench.office.settings().unwrap().unwrap();
    assert_eq!(settings.districts.0.len(), 7);
    let moved = row(9, &[("漢字氏名", "小名浜　凪"), ("地域情報", "02")]);
    take_next(&bench.office, &file(Extent::Differential, (1, 2), &[moved]));
    let (clerk, today) = (bench.by("1001"), bench.office.today());
    let found = bench.office.search(&clerk, "小名浜", today).unwrap();
    assert_eq!(found.lines[0].district, "小名浜");
    let card = bench.office.view_person(&clerk, subject(9), today).unwrap();
    assert_eq!(card.district, "小名浜");
    let facts = bench.office.terminal_facts();
    assert!(
        facts.districts.contains("小名浜") && facts.feed.contains("2000件"),
        "{}",
        facts.feed
    );
}

#[test]
fn a_real_home_prints_nothing_before_its_city_has_settings() {
    let bench = real();
    let (clerk, officer) = (bench.by("1001"), bench.by("1003"));
    let asked = certificate(&bench);
    let issued = bench.office.issue_voucher(&clerk, wanted(2));
    assert!(matches!(issued, Err(VoucherError::Paper(PaperError::NoSettings))));
    let prepared = bench.office.prepare_run(&officer, &run_for(2));
    assert!(matches!(prepared, Err(RunError::Paper(PaperError::NoSettings))));
    let preview = bench.office.certificate_preview(&asked);
    assert!(matches!(
        preview,
        Err(CertificateError::Paper(PaperError::NoSettings))
    ));
    let refused = bench
        .office
        .issue_certificate(&clerk, &asked)
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("市の設定") && refused.contains("madoguchi-admin settings load"),
        "{refused}"
    );
    let vouchers = bench
        .office
        .read(|c| voucher::vouchers_of(c, subject(2)))
        .unwrap();
    assert!(vouchers.is_empty());
}

#[test]
fn a_city_prints_its_own_names_and_never_those_of_the_demo() {
    let bench = real();
    let (clerk, officer) = (bench.by("1001"), bench.by("1003"));
    let asked = certificate(&bench);
    assert!(matches!(
        bench.office.load_settings(&clerk, OWN),
        Err(SettingsError::Deed(DeedError::NotPermitted))
    ));
    let loaded = bench.office.load_settings(&bench.by("1004"), OWN).unwrap();
    assert_eq!(loaded, own());

    let run = bench.office.prepare_run(&officer, &run_for(2)).unwrap().run;
    let serial = bench.office.run_state(run).unwrap().serials().next().unwrap().0;
    let of_run = bench.office.run_sheet(&clerk, run, serial).unwrap();
    let voucher = bench.office.issue_voucher(&clerk, wanted(2)).unwrap().sheet;
    for sheet in [&of_run, &voucher] {
        is_own(sheet);
        assert!(
            says(sheet, "はまかぜ市") && says(sheet, "011002"),
            "{:?}",
            sheet.texts()
        );
    }
    let certificate = bench.office.issue_certificate(&clerk, &asked).unwrap();
    for sheet in &certificate.sheets {
        is_own(sheet);
        assert!(
            says(sheet, "はまかぜ市長") && says(sheet, "港　海斗"),
            "{:?}",
            sheet.texts()
        );
        assert!(says(sheet, "はまかぜ保（港）第"), "{:?}", sheet.texts());
    }
    for list in bench.office.dispatch_list(&clerk, run).unwrap() {
        is_own(&list);
        assert!(says(&list, "港地区保健福祉センター"), "{:?}", list.texts());
    }
}

#[test]
fn the_newest_file_holds_and_a_bad_one_changes_nothing() {
    let bench = real();
    let administrator = bench.by("1005");
    bench.office.load_settings(&administrator, OWN).unwrap();
    let bad = OWN.replace("011002", "011003").replace("\"Y-11\"", "\"Y-77\"");
    let Err(SettingsError::Problems(problems)) = bench.office.load_settings(&administrator, &bad) else {
        panic!("taken");
    };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["lg_code", "form.\"flu_elderly\""]);
    let told = SettingsError::Problems(problems).to_string();
    assert!(told.contains("2 件") && told.contains("検査数字"), "{told}");
    // The demo's own file is whole, but invented.
    let demo = bench.office.load_settings(&administrator, DEMO).unwrap_err();
    assert!(
        demo.to_string().contains("authority.name：見本の値です"),
        "{demo}"
    );
    assert_eq!(
        bench.office.published_settings().unwrap().unwrap().settings,
        own()
    );
    let next = OWN.replace("港　海斗", "沖　千夏");
    assert_eq!(
        bench.office.load_settings(&administrator, &next).unwrap().serial,
        2
    );
    let paper = bench.office.paper().unwrap();
    assert_eq!(paper.authority_on(bench.office.today()).unwrap().name, "沖　千夏");
}

#[test]
fn a_demo_keeps_its_own_settings_and_takes_no_others() {
    let bench = Bench::of(1);
    assert!(matches!(
        bench.office.load_settings(&bench.by("1004"), OWN),
        Err(SettingsError::Demo)
    ));
    let sheet = bench
        .office
        .issue_voucher(&bench.by("1001"), wanted(1))
        .unwrap()
        .sheet;
    assert!(
        says(&sheet, "いわき市") && says(&sheet, "見本"),
        "{:?}",
        sheet.texts()
    );
}
