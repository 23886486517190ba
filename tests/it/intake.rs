//! 予診票入力の手. A clerk keys sheets with keys alone in the whole desk over a real database: one plain sheet in at
//! most forty keys, a stop that becomes 疑義 at the same instant, a warning that is answered.

use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::{
    desktop::{
        app::{App, Message},
        door::{Door, Seat},
        theme::Scheme,
    },
    domain::{
        bundle::Receipt,
        record::{DoseNumber, SheetPlace},
        revision::SubjectId,
    },
    office::Handle,
};

use crate::{
    counter::{Counter, day},
    hand::Hand,
};

const BORN: &str = "2025-04-22";
const GIVEN: &str = "2026-10-15";

struct Desk {
    hand: Hand<App, Message>,
    keys: usize,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn of(operator: &str, prepare: impl FnOnce(&Counter)) -> Self {
        let counter = Counter::open();
        prepare(&counter);
        let Counter {
            folder, office, cast, ..
        } = counter;
        let now = "2026-11-24T00:41:00Z".parse().unwrap();
        let seat = Seat {
            handle: Handle::new(office),
            session: cast.session(operator),
            office: "いわき市 平地区保健福祉センター".into(),
            sample: true,
        };
        let (app, task) = App::seated(Door::new(folder.path().to_owned(), true), seat, now);
        let mut hand = Hand::new(app, App::update, App::view);
        hand.run(task);
        hand.press(Named::F24);
        Self {
            hand,
            keys: 0,
            _folder: folder,
        }
    }

    fn press(&mut self, named: Named) {
        self.keys += 1;
        self.hand.press(named);
    }

    fn type_text(&mut self, text: &str) {
        self.keys += text.chars().count();
        self.hand.type_text(text);
    }

    fn enters(&mut self, count: usize) {
        for _ in 0..count {
            self.press(Named::Enter);
        }
    }

    fn go_to_intake(&mut self) {
        self.hand.press_with(Key::Character("3".into()), Modifiers::ALT);
    }

    /// A picture for eyes, where a folder for pictures is named.
    fn picture(&mut self, name: &str) {
        if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
            let path = std::path::PathBuf::from(folder).join(format!("{name}.png"));
            self.hand.picture(&Scheme::Light.theme(), &path);
        }
    }

    fn assert_focused(&mut self, id: &'static str) {
        let focused = self.hand.focused();
        assert_eq!(focused, Some(iced::advanced::widget::Id::new(id)));
    }
}

fn bundle(counter: &Counter, count: u16) -> SubjectId {
    let receipt = Receipt {
        number: counter.office.next_bundle_number().unwrap(),
        sender: "L-ishikai".into(),
        received_on: day("2026-11-20"),
        count,
        programme: Some("mr1".into()),
        form_id: "Y-01".into(),
        form_version: "R8-2".into(),
        month: None,
    };
    counter
        .office
        .receive_bundle(&counter.as_operator("1001"), &receipt)
        .unwrap()
}

/// Finds the child by F9 and leaves the focus on the voucher.
fn find(desk: &mut Desk, word: &str) {
    desk.press(Named::F9);
    desk.assert_focused("search-word");
    desk.type_text(word);
    desk.press(Named::Enter);
    desk.press(Named::Enter);
}

/// ② to ⑥ of a plain sheet, from the kana on.
fn plain_sheet(desk: &mut Desk) {
    desk.assert_focused("kana");
    desk.enters(2);
    desk.type_text("70422");
    desk.enters(2);
    desk.assert_focused("temperature");
    desk.type_text("367");
    desk.enters(3);
    desk.assert_focused("pad");
    desk.type_text("0");
    desk.type_text("11");
    desk.type_text("11");
}

/// ⑦ and ⑧ as on a first sheet, then pinned.
fn giving(desk: &mut Desk, lot: &str) {
    desk.assert_focused("product");
    desk.type_text("ミール");
    desk.press(Named::Enter);
    desk.type_text(lot);
    desk.enters(3);
    desk.assert_focused("institution");
    desk.type_text("なぎさ");
    desk.press(Named::Enter);
    desk.type_text("1");
    desk.press(Named::Enter);
    desk.type_text("1015");
    desk.press(Named::Enter);
}

#[test]
fn a_plain_sheet_with_pinned_constants_takes_at_most_forty_keys_and_no_mouse() {
    let mut lot = String::new();
    let mut desk = Desk::of("1001", |counter| {
        counter.child(11, BORN);
        lot = counter.lot_on("mr_biken", day(GIVEN));
        bundle(counter, 2);
    });
    desk.go_to_intake();
    desk.assert_focused("voucher");
    desk.picture("intake-empty");
    find(&mut desk, "オオノ");
    assert!(desk.hand.sees("大野　湊"));
    desk.press(Named::Enter);
    plain_sheet(&mut desk);
    giving(&mut desk, &lot);
    desk.picture("intake-plain");
    assert!(desk.hand.sees("登録できます"), "the judgement has no objection");
    desk.press(Named::F4);
    desk.picture("intake-pinned");
    desk.press(Named::F12);
    assert!(desk.hand.sees("1枚目を登録しました"));
    desk.assert_focused("voucher");
    desk.picture("intake-next");
}

#[test]
fn the_budget_of_one_sheet_holds_with_a_typed_voucher() {
    let mut desk = Desk::of("1001", |counter| {
        counter.child(11, BORN);
        let second = counter.child(12, BORN);
        let bundle = bundle(counter, 2);
        let draft = counter.mr1(second, BORN, GIVEN, Some(SheetPlace { bundle, number: 1 }));
        counter
            .office
            .enter(&counter.as_operator("1001"), &draft)
            .unwrap();
    });
    let _ = DoseNumber::Nth(1);
    desk.go_to_intake();
    find(&mut desk, "オオノ");
    desk.keys = 0;
    // The voucher's ten digits and Enter are typed where a scanner would send them.
    desk.keys += 10;
    desk.press(Named::Enter);
    plain_sheet(&mut desk);
    assert!(desk.keys < 40, "{} keys", desk.keys);
}

#[test]
fn a_stop_turns_f12_into_hold_at_the_same_instant_and_the_sheet_is_kept() {
    let mut lot = String::new();
    let mut desk = Desk::of("1001", |counter| {
        let child = counter.child(11, BORN);
        lot = counter.lot_on("mr_biken", day(GIVEN));
        let draft = counter.mr1(child, BORN, "2026-06-01", None);
        counter
            .office
            .enter(&counter.as_operator("1001"), &draft)
            .unwrap();
        bundle(counter, 2);
    });
    desk.go_to_intake();
    find(&mut desk, "オオノ");
    desk.press(Named::Enter);
    if desk.hand.is_focused("dose") {
        desk.type_text("1");
    }
    plain_sheet(&mut desk);
    giving(&mut desk, &lot);
    assert!(desk.hand.sees("疑義へ回す"));
    assert!(desk.hand.sees("このままでは登録できません"));
    desk.picture("intake-stop");
    desk.press(Named::F12);
    assert!(desk.hand.sees("疑義へ回しました"));
}

#[test]
fn a_diverging_answer_and_another_address_are_asked_about_before_the_sheet_is_registered() {
    let mut lot = String::new();
    let mut desk = Desk::of("1001", |counter| {
        counter.child(11, BORN);
        lot = counter.lot_on("mr_biken", day(GIVEN));
        bundle(counter, 2);
    });
    desk.go_to_intake();
    find(&mut desk, "オオノ");
    desk.press(Named::Enter);
    desk.enters(2);
    desk.type_text("70422");
    desk.press(Named::Enter);
    desk.type_text("港町3-7-12");
    desk.press(Named::Enter);
    desk.type_text("367");
    desk.enters(3);
    desk.type_text("9");
    desk.press(Named::Enter);
    desk.type_text("0");
    desk.hand.shift(Named::Enter);
    desk.type_text("9");
    desk.press(Named::Enter);
    desk.hand.press(Named::Tab);
    desk.type_text("11");
    desk.type_text("11");
    giving(&mut desk, &lot);
    assert!(desk.hand.sees("確かめれば登録できます"));
    desk.picture("intake-warnings");
    desk.press(Named::F12);
    desk.type_text("2");
    desk.press(Named::F12);
    desk.type_text("1");
    assert!(desk.hand.sees("登録できます"));
    desk.press(Named::F12);
    assert!(desk.hand.sees("1枚目を登録しました"));
}

#[test]
fn f12_goes_to_the_first_field_that_is_missing_and_says_what_to_do() {
    let mut desk = Desk::of("1001", |counter| {
        counter.child(11, BORN);
        bundle(counter, 2);
    });
    desk.go_to_intake();
    desk.press(Named::F12);
    assert!(desk.hand.sees("だれの票かまだ決まっていません。"));
    find(&mut desk, "オオノ");
    desk.press(Named::F12);
    desk.assert_focused("birth");
    assert!(desk.hand.sees("生年月日が空いています。紙を見て入れてください。"));
}

#[test]
fn every_field_of_the_entry_has_its_help_with_its_place_on_the_paper() {
    let mut desk = Desk::of("1001", |counter| {
        bundle(counter, 3);
    });
    desk.hand.press_with(Key::Character("3".into()), Modifiers::ALT);
    desk.assert_focused("voucher");
    let mut seen = 0;
    for _ in 0..40 {
        desk.press(Named::F1);
        assert!(
            !desk.hand.sees("この場所の説明はまだありません"),
            "field {seen} after the voucher number"
        );
        assert!(desk.hand.sees("紙の場所"));
        desk.press(Named::Escape);
        desk.press(Named::Tab);
        seen += 1;
        if desk.hand.is_focused("voucher") {
            break;
        }
    }
    assert!(seen >= 18, "{seen} fields");
}

#[test]
fn a_bundle_is_received_with_keys_alone_and_opened_for_entry() {
    let mut desk = Desk::of("1001", |counter| {
        bundle(counter, 3);
    });
    desk.hand.press_with(Key::Character("4".into()), Modifiers::ALT);
    desk.assert_focused("bundles");
    desk.press(Named::F3);
    desk.assert_focused("sender");
    desk.type_text("1");
    desk.press(Named::Enter);
    desk.assert_focused("programme");
    desk.type_text("ロタ");
    desk.press(Named::Enter);
    desk.type_text("12");
    desk.press(Named::F12);
    assert!(
        desk.hand.sees("種類が1つに決まりません"),
        "two programmes begin so"
    );
    desk.hand.shift(Named::Enter);
    desk.assert_focused("programme");
    desk.type_text("ロタ5");
    desk.press(Named::Enter);
    desk.assert_focused("count");
    desk.press(Named::Enter);
    desk.picture("bundles-new");
    desk.press(Named::F12);
    assert!(desk.hand.sees("束 R8-0002 を受領しました"));
    desk.assert_focused("bundles");
    desk.picture("bundles");
    desk.press(Named::Enter);
    assert!(desk.hand.sees("予診票入力"));
    desk.assert_focused("voucher");
}

#[test]
fn a_verifier_looks_at_the_paper_approves_and_sees_nothing_of_her_own() {
    let mut desk = Desk::of("1002", |counter| {
        let bundle = bundle(counter, 3);
        for (number, operator) in [(1, "1001"), (2, "1002"), (3, "1001")] {
            let child = counter.child(u32::from(number), BORN);
            let draft = counter.mr1(child, BORN, GIVEN, Some(SheetPlace { bundle, number }));
            counter
                .office
                .enter(&counter.as_operator(operator), &draft)
                .unwrap();
        }
    });
    desk.hand.press_with(Key::Character("5".into()), Modifiers::ALT);
    desk.assert_focused("waiting");
    assert!(desk.hand.sees("あなたが入力した 1件（ほかの人が承認します）"));
    desk.picture("approvals");
    desk.press(Named::F12);
    assert!(
        desk.hand
            .sees("承認の前に、もとの紙を見てください。見たら「紙を見た」を選びます。")
    );
    desk.assert_focused("paper");
    desk.type_text("1");
    desk.press(Named::F12);
    assert!(desk.hand.sees("大野　湊 を承認しました"));
    desk.press(Named::F8);
    desk.assert_focused("return-reason");
    desk.type_text("日付を見直してください");
    desk.press(Named::F8);
    assert!(desk.hand.sees("大野　湊 を差し戻しました"));
    assert!(
        desk.hand
            .sees("承認を待つものはありません。あなたが入力した1件は、ほかの人が承認します。")
    );
    desk.picture("approvals-done");
}

#[test]
fn the_sheet_before_is_corrected_with_a_reason_and_waits_again() {
    let mut lot = String::new();
    let mut desk = Desk::of("1001", |counter| {
        counter.child(11, BORN);
        lot = counter.lot_on("mr_biken", day(GIVEN));
        bundle(counter, 2);
    });
    desk.go_to_intake();
    find(&mut desk, "オオノ");
    desk.press(Named::Enter);
    plain_sheet(&mut desk);
    giving(&mut desk, &lot);
    desk.press(Named::F12);
    desk.press(Named::F2);
    assert!(desk.hand.sees("訂正の理由"));
    assert!(desk.hand.sees("訂正する"));
    for _ in 0..30 {
        if desk.hand.is_focused("given") {
            break;
        }
        desk.press(Named::Tab);
    }
    desk.type_text("1012");
    desk.press(Named::Tab);
    desk.press(Named::F5);
    desk.press(Named::F12);
    desk.assert_focused("reason");
    assert!(
        !desk.hand.sees("R8.10.12"),
        "F5 gives the sheet back as it stands"
    );
    for _ in 0..30 {
        if desk.hand.is_focused("given") {
            break;
        }
        desk.press(Named::Tab);
    }
    desk.type_text("1012");
    desk.press(Named::F12);
    desk.assert_focused("reason");
    desk.picture("intake-correction");
    desk.type_text("1");
    desk.press(Named::F12);
    assert!(desk.hand.sees("1枚目を訂正しました"));
}

#[test]
fn a_second_person_approves_over_the_open_screen_of_the_clerk() {
    use madoguchi::domain::{
        questionnaire::{FormRef, draft::Draft},
        record::Outcome,
    };
    let bench = crate::voucher::Bench::of(1);
    let clerk = bench.by("1001");
    let person = crate::feed::subject(1);
    let recipient = bench.office.open_recipient(&clerk, person).unwrap();
    let mut draft = Draft::empty(FormRef {
        id: "Y-01".into(),
        version: "R8-2".into(),
    });
    draft.person = Some(person);
    draft.programme = Some("mr1".into());
    draft.dose = Some(DoseNumber::Nth(1));
    draft.written.birth_on = recipient.birth_on;
    draft.vaccinated_on = Some(bench.office.today());
    draft.outcome = Some(Outcome::Incomplete);
    bench.office.enter(&clerk, &draft).unwrap();
    let seat = Seat {
        handle: Handle::new(bench.office),
        session: clerk,
        office: "いわき市".into(),
        sample: true,
    };
    let door = Door::new(bench.folder.path().join("home"), true);
    let (app, task) = App::seated(door, seat, chrono::Utc::now());
    let mut hand = Hand::new(app, App::update, App::view);
    hand.run(task);
    let mut desk = Desk {
        hand,
        keys: 0,
        _folder: bench.folder,
    };
    desk.hand.press_with(Key::Character("5".into()), Modifiers::ALT);
    desk.press(Named::F12);
    desk.type_text("1");
    desk.press(Named::F12);
    assert!(desk.hand.sees("この入力を承認します。"));
    desk.picture("approvals-second");
    desk.type_text("1002");
    desk.press(Named::Enter);
    desk.type_text("sora-tori-mado");
    desk.press(Named::F12);
    assert!(desk.hand.sees("を承認しました"));
    assert!(desk.hand.sees("見本 花子"), "the clerk's own session has stayed");
}

#[test]
fn a_held_sheet_is_taken_up_from_its_bundle_and_registered() {
    let mut desk = Desk::of("1001", |counter| {
        let child = counter.child(11, BORN);
        let bundle = bundle(counter, 2);
        let draft = counter.mr1(child, BORN, GIVEN, Some(SheetPlace { bundle, number: 1 }));
        let clerk = counter.as_operator("1001");
        counter.office.hold(&clerk, &draft, Some("clerk")).unwrap();
    });
    desk.hand.press_with(Key::Character("4".into()), Modifiers::ALT);
    assert!(desk.hand.sees("入力した人の保留"));
    for _ in 0..20 {
        if desk.hand.is_focused("held") {
            break;
        }
        desk.press(Named::Tab);
    }
    desk.picture("bundles-held");
    desk.press(Named::Enter);
    assert!(desk.hand.sees("予診票入力"));
    assert!(desk.hand.sees("登録できます"));
    desk.press(Named::F12);
    assert!(desk.hand.sees("1枚目を登録しました"));
}
