//! プリンターの設定. A form goes to its own printer, moved and scaled as the paper showed; who may not set it can't; and
//! the screen of the terminal sets it, the size of the text and the colours with keys alone.

use iced::keyboard::{Key, Modifiers, key::Named};
use madoguchi::office::{
    DeedError,
    printers::{PrinterSetting, PrinterSettingError},
    run::RunRequest,
    voucher::Wanted,
};

use crate::{
    feed::subject,
    paper::corner_of,
    print_screen::{picture, seated},
    voucher::{Bench, mr1},
};

fn setting(queue: &str) -> PrinterSetting {
    PrinterSetting {
        form: "Y-01".to_owned(),
        queue: queue.to_owned(),
        right_tenths: 50,
        down_tenths: -30,
        scale_permille: 1000,
    }
}

#[test]
fn a_voucher_goes_to_the_printer_of_its_form_and_stands_where_that_one_needs_it() {
    let bench = Bench::of(2);
    let (programme, dose) = mr1();
    let clerk = bench.by("1001");
    let wanted = Wanted {
        person: subject(1),
        programme,
        dose,
    };
    let number = bench.office.issue_voucher(&clerk, wanted).unwrap().number;
    let (_, before) = bench.office.print_voucher(&clerk, &number).unwrap();
    assert_eq!(before.queue, None, "the machine's own printer");
    bench
        .office
        .set_printer(&bench.by("1007"), &setting("counter-2"))
        .unwrap();
    let (_, after) = bench.office.print_voucher(&clerk, &number).unwrap();
    assert_eq!(after.queue.as_deref(), Some("counter-2"));
    let (from, to) = (corner_of(&before.pdf), corner_of(&after.pdf));
    assert!(
        (to.0 - from.0 - 5.0).abs() < 0.05,
        "5 mm to the right: {from:?} {to:?}"
    );
    assert!((to.1 - from.1 + 3.0).abs() < 0.05, "3 mm up: {from:?} {to:?}");
}

#[test]
fn a_run_is_placed_by_the_queue_it_is_sent_to() {
    let bench = Bench::of(2);
    let (programme, dose) = mr1();
    let officer = bench.by("1003");
    bench.office.set_printer(&officer, &setting("counter-2")).unwrap();
    let corner = |person: u32, queue: &str| {
        let request = RunRequest {
            programme,
            dose,
            persons: vec![subject(person)],
            draw: None,
        };
        let run = bench.office.prepare_run(&officer, &request).unwrap().run;
        corner_of(&bench.office.open_chunk(&officer, run, queue).unwrap().job.pdf)
    };
    let (plain, placed) = (corner(1, "counter-1"), corner(2, "counter-2"));
    assert!((placed.0 - plain.0 - 5.0).abs() < 0.05, "{plain:?} {placed:?}");
    assert!((placed.1 - plain.1 + 3.0).abs() < 0.05, "{plain:?} {placed:?}");
}

#[test]
fn a_printer_is_set_by_who_may_and_within_limits() {
    let bench = Bench::of(1);
    let refused = bench.office.set_printer(&bench.by("1001"), &setting("counter"));
    assert!(matches!(
        refused,
        Err(PrinterSettingError::Deed(DeedError::NotPermitted))
    ));
    let technician = bench.by("1007");
    for (wrong, words) in [
        (
            PrinterSetting {
                right_tenths: 201,
                ..setting("counter")
            },
            "-20.0 から 20.0",
        ),
        (
            PrinterSetting {
                scale_permille: 1101,
                ..setting("counter")
            },
            "90.0 から 110.0",
        ),
        (
            PrinterSetting {
                form: "Z-99".to_owned(),
                ..setting("counter")
            },
            "この様式はありません",
        ),
    ] {
        let refused = bench.office.set_printer(&technician, &wrong).unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    assert_eq!(bench.office.printer_settings().unwrap(), []);
    bench
        .office
        .set_printer(&technician, &setting("counter"))
        .unwrap();
    bench
        .office
        .set_printer(&technician, &setting("counter-2"))
        .unwrap();
    assert_eq!(bench.office.printer_settings().unwrap(), [setting("counter-2")]);
}

#[test]
fn text_size_and_colours_are_changed_on_the_screen_of_the_terminal() {
    let (mut hand, _folder) = seated(Bench::of(1), "1007");
    hand.press_with(Key::Character("0".into()), Modifiers::ALT);
    assert!(hand.sees("様式とプリンター") && hand.sees("予防接種済証"));
    picture(&mut hand, "settings.png");
    let before = (hand.state.scale_factor(), hand.state.theme());
    hand.press(Named::F3);
    assert!((hand.state.scale_factor() - before.0 - 0.12).abs() < 0.001);
    hand.press(Named::F4);
    assert_ne!(hand.state.theme(), before.1);
    hand.press(Named::F2);
    assert!(hand.is_focused("printer-forms"));
}
