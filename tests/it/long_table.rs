//! 長い表. A table of 330,000 rows under a clerk's hand: keys by index, what can be seen, and the order of a list of
//! indices. How fast it scrolls is measured at a real window, not here.

use iced::{Element, Task, keyboard::key::Named, widget::column};
use madoguchi::desktop::widget::{
    field::field,
    keys::{Keys, keys},
    table::{Cell, Column, DENSE, Order, table},
};

use crate::hand::Hand;

const ROWS: usize = 330_000;

struct List {
    order: Order,
    current: Option<usize>,
    opened: Option<usize>,
    digit: Option<char>,
}

#[derive(Debug, Clone)]
enum Message {
    Moved(usize),
    Opened(usize),
    DigitTyped(char),
    Typed,
}

fn update(list: &mut List, message: Message) -> Task<Message> {
    match message {
        Message::Moved(row) => list.current = Some(row),
        Message::Opened(row) => list.opened = list.order.get(row),
        Message::DigitTyped(digit) => list.digit = Some(digit),
        Message::Typed => {}
    }
    Task::none()
}

fn view(list: &List) -> Element<'_, Message> {
    let columns = vec![Column::new("番号", 100.0).right(), Column::rest("氏名")];
    let rows = table("people", columns, list.order.len(), |row, column| {
        let index = list.order.get(row).unwrap_or_default();
        if column == 0 {
            Cell::digits(index.to_string())
        } else {
            Cell::name(format!("住民 {index}"))
        }
    })
    .row_height(DENSE)
    .current(list.current)
    .empty("対象者は0人です。")
    .on_move(Message::Moved)
    .on_open(Message::Opened)
    .on_key(|_, text, _| {
        text.and_then(|t| t.chars().next())
            .filter(char::is_ascii_digit)
            .map(Message::DigitTyped)
    });
    keys(
        column![rows, field("after", "").on_input(|_| Message::Typed)],
        Keys::new(),
    )
}

fn hand(order: Order) -> Hand<List, Message> {
    Hand::new(
        List {
            order,
            current: Some(0),
            opened: None,
            digit: None,
        },
        update,
        view,
    )
}

#[test]
fn the_last_of_330_000_rows_is_one_key_away() {
    let mut hand = hand(Order::all(ROWS));
    assert!(hand.is_focused("people"));
    assert!(hand.sees("住民 5") && !hand.sees("住民 329999"));
    hand.press(Named::End);
    assert_eq!(hand.state.current, Some(ROWS - 1));
    assert!(hand.sees("住民 329999") && !hand.sees("住民 12"));
    hand.press(Named::ArrowUp);
    hand.press(Named::PageUp);
    assert!(hand.state.current.unwrap() < ROWS - 20);
    hand.press(Named::Enter);
    assert_eq!(hand.state.opened, hand.state.current);
    hand.press(Named::Home);
    assert!(hand.sees("住民 5"));
}

#[test]
fn arrows_stay_in_the_table_and_tab_leaves_it() {
    let mut hand = hand(Order::all(3));
    for _ in 0..9 {
        hand.press(Named::ArrowDown);
    }
    assert_eq!(hand.state.current, Some(2));
    assert!(hand.is_focused("people"));
    hand.press(Named::Tab);
    assert!(hand.is_focused("after"));
}

#[test]
fn a_filtered_table_opens_the_entry_behind_the_row() {
    let mut order = Order::all(ROWS);
    order.retain(|index| index % 1000 == 7);
    order.sort_by(|a, b| b.cmp(&a));
    let mut hand = hand(order);
    hand.press(Named::ArrowDown);
    hand.press(Named::Enter);
    assert_eq!(hand.state.opened, Some(328_007));
}

#[test]
fn a_row_that_the_screen_names_is_brought_into_sight() {
    let mut hand = hand(Order::all(ROWS));
    hand.message(Message::Moved(200_000));
    assert!(hand.sees("住民 200000"));
}

#[test]
fn an_empty_table_says_why_and_keeps_its_place_in_the_order() {
    let mut hand = hand(Order::all(0));
    assert!(hand.sees("対象者は0人です。"));
    hand.press(Named::End);
    hand.press(Named::Enter);
    assert_eq!(hand.state.opened, None);
    assert!(hand.is_focused("after"));
}

#[test]
fn digits_in_a_table_belong_to_the_screen() {
    let mut hand = hand(Order::all(9));
    hand.type_text("4");
    assert_eq!(hand.state.digit, Some('4'));
}
