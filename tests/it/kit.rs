//! 部品. The pieces of the desk under a clerk's hand: where the focus goes, what a digit does in a group of chips, and
//! who owns the keys while an input method has a preedit open.

use iced::{
    Element, Task,
    advanced::input_method::Event as Ime,
    keyboard::{Key, Modifiers, key::Named},
    widget::column,
};
use madoguchi::desktop::widget::{
    button::{self, Weight, chips, choice},
    cover::cover,
    field::{Shape, field},
    keybar::keybar,
    keys::{Chord, Keys, keys},
    pad::{self, Pad, Question},
};

use crate::hand::Hand;

#[derive(Default)]
struct Form {
    kana: String,
    lot: String,
    pinned: bool,
    consent: Option<bool>,
    pad: Pad,
    questions: Vec<Question>,
    question_open: bool,
    heard: Vec<&'static str>,
}

#[derive(Debug, Clone)]
enum Message {
    KanaChanged(String),
    LotChanged(String),
    LotLeft,
    ConsentChosen(bool),
    PadTouched(pad::Message),
    Heard(&'static str),
    QuestionClosed,
}

fn update(form: &mut Form, message: Message) -> Task<Message> {
    match message {
        Message::KanaChanged(text) => form.kana = text,
        Message::LotChanged(text) => form.lot = text,
        Message::LotLeft => form.heard.push("left"),
        Message::ConsentChosen(consent) => form.consent = Some(consent),
        Message::PadTouched(message) => form.pad.update(message, &form.questions),
        Message::Heard(what) => form.heard.push(what),
        Message::QuestionClosed => form.question_open = false,
    }
    Task::none()
}

fn table(form: &Form) -> Keys<Message> {
    if form.question_open {
        return Keys::new().esc("もどる", Message::QuestionClosed);
    }
    Keys::new()
        .esc("束へ戻る", Message::Heard("esc"))
        .f(2, "前の票", Message::Heard("f2"))
        .main("登録して次", Message::Heard("f12"))
        .ctrl_k("移動・検索", Message::Heard("ctrl-k"))
        .chord(Chord::Alt('2'), Message::Heard("alt-2"))
}

fn view(form: &Form) -> Element<'_, Message> {
    let base = column![
        field("kana", &form.kana)
            .label("フリガナ")
            .shape(Shape::Katakana)
            .on_input(Message::KanaChanged),
        field("lot", &form.lot)
            .label("ロット")
            .pinned(form.pinned)
            .shape(Shape::Code)
            .on_input(Message::LotChanged)
            .on_leave(Message::LotLeft),
        pad::view("pad", &form.pad, &form.questions, Message::PadTouched),
        chips(
            "consent",
            vec![choice(true, "同意する"), choice(false, "同意しない")],
            form.consent.as_ref(),
            Message::ConsentChosen
        ),
        button::button(
            "enter",
            Weight::Main,
            "F12　登録して次",
            Some(Message::Heard("pressed"))
        ),
        keybar(&table(form)),
    ];
    let top = form.question_open.then(|| {
        column![
            button::button(
                "stay",
                Weight::Plain,
                "2　つづける",
                Some(Message::QuestionClosed)
            ),
            button::button(
                "leave",
                Weight::Danger,
                "1　残して終わる",
                Some(Message::Heard("left for good"))
            ),
        ]
        .into()
    });
    keys(cover(base, top), table(form))
}

fn hand() -> Hand<Form, Message> {
    let questions: Vec<_> = (0..4)
        .map(|n| Question {
            words: format!("質問{n}"),
            usual: false,
        })
        .collect();
    Hand::new(
        Form {
            pad: Pad::new(4),
            questions,
            ..Form::default()
        },
        update,
        view,
    )
}

#[test]
fn the_first_stop_has_the_focus_on_opening() {
    assert!(hand().is_focused("kana"));
}

#[test]
fn tab_goes_round_in_the_order_of_the_paper_and_wraps() {
    let mut hand = hand();
    for next in ["lot", "pad", "consent", "enter", "kana"] {
        hand.press(Named::Tab);
        assert!(hand.is_focused(next), "{next}");
    }
    hand.shift(Named::Tab);
    assert!(hand.is_focused("enter"));
}

#[test]
fn enter_passes_over_a_pinned_field_and_tab_reaches_it() {
    let mut hand = hand();
    hand.state.pinned = true;
    hand.press(Named::Enter);
    assert!(hand.is_focused("pad"));
    hand.shift(Named::Enter);
    assert!(hand.is_focused("lot"));
}

#[test]
fn a_digit_chooses_and_moves_on() {
    let mut hand = hand();
    for _ in 0..3 {
        hand.press(Named::Tab);
    }
    hand.type_text("2");
    assert_eq!(hand.state.consent, Some(false));
    assert!(hand.is_focused("enter"));
}

#[test]
fn an_arrow_chooses_the_neighbour_and_stays() {
    let mut hand = hand();
    for _ in 0..3 {
        hand.press(Named::Tab);
    }
    hand.press(Named::ArrowRight);
    assert_eq!(hand.state.consent, Some(true));
    assert!(hand.is_focused("consent"));
}

#[test]
fn zero_answers_all_questions_and_a_number_turns_one() {
    let mut hand = hand();
    hand.press(Named::Enter);
    hand.press(Named::Enter);
    hand.type_text("0");
    assert!(hand.state.pad.is_complete());
    assert!(hand.is_focused("consent"));
    hand.shift(Named::Enter);
    hand.type_text("3");
    hand.press(Named::Enter);
    assert_eq!(
        hand.state.pad.answers(),
        [Some(false), Some(false), Some(true), Some(false)]
    );
    assert!(hand.is_focused("pad"));
}

#[test]
fn a_field_takes_its_shape_when_it_is_left() {
    let mut hand = hand();
    hand.press(Named::Enter);
    hand.type_text("ｖｚ338");
    assert_eq!(hand.state.lot, "ｖｚ338");
    hand.press(Named::Tab);
    assert_eq!(hand.state.lot, "VZ338");
    assert_eq!(hand.state.heard, ["left"]);
}

#[test]
fn typing_replaces_what_stood_in_a_field_that_was_entered_by_key() {
    let mut hand = hand();
    hand.state.lot = "OLD".into();
    hand.press(Named::Enter);
    hand.type_text("N");
    assert_eq!(hand.state.lot, "N");
}

#[test]
fn space_and_enter_press_a_button() {
    let mut hand = hand();
    hand.shift(Named::Tab);
    hand.press(Named::Space);
    hand.press(Named::Enter);
    assert_eq!(hand.state.heard, ["pressed", "pressed"]);
}

#[test]
fn function_keys_and_chords_work_from_inside_a_field_and_type_nothing() {
    let mut hand = hand();
    hand.press(Named::F2);
    hand.press(Named::F12);
    hand.press(Named::Escape);
    hand.press_with(Key::Character("2".into()), Modifiers::ALT);
    hand.press_with(Key::Character("7".into()), Modifiers::ALT);
    hand.press_with(Key::Character("k".into()), Modifiers::CTRL);
    assert_eq!(hand.state.heard, ["f2", "f12", "esc", "alt-2", "ctrl-k"]);
    assert_eq!(hand.state.kana, "");
    assert!(hand.is_focused("kana"));
}

#[test]
fn keys_belong_to_the_input_method_while_a_preedit_is_open() {
    let mut hand = hand();
    hand.input_method(Ime::Opened);
    hand.input_method(Ime::Preedit("やまだ".into(), None));
    for named in [
        Named::Enter,
        Named::Escape,
        Named::Tab,
        Named::F12,
        Named::ArrowDown,
    ] {
        hand.press(named);
    }
    assert_eq!(hand.state.heard, Vec::<&str>::new());
    assert!(hand.is_focused("kana"));
    hand.input_method(Ime::Commit("山田".into()));
    assert_eq!(hand.state.kana, "山田");
    hand.press(Named::Enter);
    assert!(hand.is_focused("lot"));
}

#[test]
fn a_question_keeps_the_screen_below_out_of_reach_and_gives_the_focus_back() {
    let mut hand = hand();
    hand.press(Named::Enter);
    hand.state.question_open = true;
    hand.press(Named::F12);
    assert!(hand.is_focused("stay"));
    hand.press(Named::Tab);
    assert!(hand.is_focused("leave"));
    hand.press(Named::Tab);
    assert!(hand.is_focused("stay"));
    assert_eq!(hand.state.heard, Vec::<&str>::new());
    hand.press(Named::Escape);
    assert!(!hand.state.question_open);
    assert!(hand.is_focused("lot"));
}

#[test]
fn the_bar_shows_the_table_that_the_keyboard_obeys() {
    let mut hand = hand();
    let shown: Vec<_> = table(&hand.state).shown().iter().map(|key| key.label).collect();
    for label in shown {
        assert!(hand.sees(label), "{label}");
    }
    assert!(!hand.sees("もどる"));
}

#[test]
#[ignore = "draws a picture for eyes"]
fn picture() {
    use madoguchi::desktop::theme::Scheme;
    let mut hand = hand();
    hand.press(Named::Tab);
    hand.press(Named::Tab);
    hand.type_text("0");
    hand.shift(Named::Tab);
    hand.type_text("3");
    hand.press(Named::Enter);
    hand.picture(&Scheme::Light.theme(), std::path::Path::new("/tmp/kit.png"));
    hand.state.question_open = true;
    hand.press(Named::F24);
    hand.picture(
        &Scheme::HighContrast.theme(),
        std::path::Path::new("/tmp/kit2.png"),
    );
}
