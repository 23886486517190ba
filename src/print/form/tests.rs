//! 様式の検査. The supplied forms are accepted; one that does not fit is refused with field and reason.

use super::*;

const SUPPLIED: [&str; 5] = ["Y-01", "Y-11", "Y-12", "S-01", "L-01"];

const SMALL: &str = r#"
id = "T-01"
title = "試験"
version = 1
valid_from = "2026-04-01"
size = [100, 100]
[text]
"text.title" = "予防接種予診票"
[[item]]
kind = "text"
at = [10, 10, 40, 8]
text = "text.title"
pt = 12
[[field]]
name = "voucher.number"
at = [10, 30, 36, 4.2]
font = "GB"
pt = 10.5
align = "l"
fit = "F"
longest = "0000000000"
[[field]]
name = "recipient.name"
at = [10, 40, 40, 8]
font = "N"
pt = 11
align = "l"
fit = "S8"
"#;

fn refusal(text: &str) -> (String, Refusal) {
    match Form::parse(text).err().expect("it is refused") {
        FormError::Refused { field, reason } => (field, reason),
        FormError::Unreadable(why) => panic!("{why}"),
    }
}

#[test]
fn the_supplied_forms_fit() {
    for id in SUPPLIED {
        if let Some(Err(error)) = supplied(id) {
            panic!("{id}: {error} {error:?}");
        }
    }
}

#[test]
fn a_form_that_does_not_fit_is_refused_with_field_and_reason() {
    assert!(Form::parse(SMALL).is_ok());
    let narrow = SMALL.replace("[10, 30, 36, 4.2]", "[10, 30, 16, 4.2]");
    assert_eq!(
        refusal(&narrow),
        ("voucher.number".to_owned(), Refusal::DoesNotFit)
    );
    let outside = SMALL.replace("[10, 40, 40, 8]", "[60, 40, 40, 8]");
    assert_eq!(
        refusal(&outside),
        ("recipient.name".to_owned(), Refusal::OutsidePaper)
    );
    let wordless = SMALL.replace("text = \"text.title\"", "text = \"text.other\"");
    assert_eq!(
        refusal(&wordless),
        ("text.other".to_owned(), Refusal::TextMissing)
    );
    let long = SMALL.replace("[10, 10, 40, 8]", "[10, 10, 9, 8]");
    assert_eq!(refusal(&long), ("text.title".to_owned(), Refusal::DoesNotFit));
    let unbounded = SMALL.replace("longest = \"0000000000\"\n", "");
    assert_eq!(
        refusal(&unbounded),
        ("voucher.number".to_owned(), Refusal::LongestMissing)
    );
}

#[test]
fn a_value_that_does_not_fit_is_listed_and_never_cut() {
    let form = Form::parse(SMALL).expect("it fits");
    let mut values = Values::default();
    values.set("recipient.name", "葛".repeat(40));
    let problems = form.sheet(&values).expect_err("too long");
    assert_eq!(problems[0].reason, Reason::TooLong);
    assert_eq!(problems[0].field, "recipient.name");
    assert!(problems[0].to_string().contains("氏名"));
}

#[test]
fn a_name_that_no_font_draws_stops_the_sheet() {
    let form = Form::parse(SMALL).expect("it fits");
    let mut values = Values::default();
    values.set("recipient.name", "城\u{E01E0}");
    let problems = form.sheet(&values).expect_err("no glyph");
    assert!(matches!(problems[0].reason, Reason::Missing(_)));
}

#[test]
fn equal_values_give_equal_digests_and_any_change_another() {
    let form = Form::parse(SMALL).expect("it fits");
    let digest = |name: &str| {
        let mut values = Values::default();
        values.set("recipient.name", name);
        form.sheet(&values).expect("fits").digest()
    };
    assert_eq!(digest("髙橋"), digest("髙橋"));
    assert_ne!(digest("髙橋"), digest("高橋"));
    assert_ne!(
        digest("葛\u{E0100}"),
        digest("葛\u{E0102}"),
        "one glyph, but another text"
    );
}
