//! 窓口の画面. The only place that names iced or rfd.
//!
//! | module | what it is |
//! |---|---|
//! | [`theme`] | colours by role, three sizes of type, spacing |
//! | [`widget`] | the pieces: fields, chips, pad, date field, table, panels, keys |
//! | [`screen`] | one file per screen, and the table that joins them to the shell |
//! | [`place`] | the places of the rail |
//! | [`app`] | the window: door, sign-in, session; idle time, theme, size of text |
//! | [`desk`] | what a screen is given ([`desk::Desk`]) and may ask ([`desk::Action`]) |
//!
//! # How to write a screen
//!
//! A screen is a struct with private fields, a `Message`, and six functions:
//!
//! ```ignore
//! impl Lots {
//!     pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>);
//!     pub fn shown(&mut self, desk: &Desk) -> Task<Message>;             // shown again: read anew
//!     pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message>;
//!     pub fn view(&self) -> Element<'_, Message>;
//!     pub fn keys(&self) -> Keys<Message>;                               // what each key means now
//!     pub fn is_saving(&self) -> bool;                                   // then it can't be left
//! }
//! ```
//!
//! * The view fills the work area (1144 × 680 at 1280 × 800); gaps of [`theme::GAP`], panels from
//!   [`widget::surface::panel`]. No colours and sizes but by [`theme::Role`] and the functions of
//!   [`widget::words`]; names of persons by [`widget::words::name`] or [`widget::table::Cell::name`].
//! * Everything that can have the focus has an id, and the order of the focus is the order of the tree. The shell
//!   puts [`widget::keys::keys`] around all of it: Tab, Enter, Shift+Enter, ↑ and ↓ move the focus by themselves,
//!   the first stop has it on opening, and a digit in chips chooses and moves on. A screen sets the focus only
//!   where the order doesn't: `iced::widget::operation::focus("lot")`.
//! * `keys` gives F2–F10, F12 and Esc; F1, F11, Ctrl+K and Alt belong to the shell. Labels have at most five
//!   full-width letters. A key without an entry is drawn empty and does nothing.
//! * `update` is a table: an arm has at most five lines. User acts are `…Changed`, `…Pressed`, `…Chosen`; answers are
//!   past participles with a `Result`. Errors are shown as sentences where they belong.
//! * Reads: [`desk::Desk::read`]; deeds: [`desk::Desk::deed`]. While a deed runs `is_saving` is true and F12 reads
//!   「登録中」.
//! * A second person: [`desk::Action::SecondPerson`]; her session comes back inside a message, this one stays.
//!
//! ```text
//! #[derive(Debug)]
//! pub struct Lots { lots: Vec<Lot>, current: usize, word: String, saving: bool, problem: Option<String> }
//!
//! #[derive(Debug, Clone)]
//! pub enum Message {
//!     WordChanged(String),
//!     RowMoved(usize),
//!     RecallPressed,
//!     LotsRead(Result<Vec<Lot>, StoreError>),
//!     Recalled(Result<(), RecallError>),
//!     BackPressed,
//! }
//!
//! fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
//!     match message {
//!         Message::WordChanged(word) => { self.word = word; Action::Run(self.read(desk)) }
//!         Message::RowMoved(row) => { self.current = row; Action::None }
//!         Message::RecallPressed => self.recall(desk),
//!         …
//!     }
//! }
//!
//! fn recall(&mut self, desk: &Desk) -> Action<Message> {
//!     let Some(lot) = self.lots.get(self.current).cloned() else { return Action::None };
//!     self.saving = true;
//!     Action::Run(desk.deed(move |office, session| office.recall_lot(session, &lot), Message::Recalled))
//! }
//!
//! fn view(&self) -> Element<'_, Message> {
//!     let found = table("lots", vec![Column::new("ロット", 120.0), Column::rest("ワクチン")], self.lots.len(),
//!         |row, column| match column { 0 => Cell::digits(&self.lots[row].number), _ => Cell::text(&self.lots[row].name) })
//!         .current(Some(self.current))
//!         .empty("合うロットはありません。番号を見直してください。")
//!         .on_move(Message::RowMoved);
//!     let word = field("word", &self.word).label("ロット").shape(Shape::Code).width(160).on_input(Message::WordChanged);
//!     column![word, panel("ロット", small(format!("{}件", self.lots.len())), found)].spacing(theme::GAP).into()
//! }
//!
//! fn keys(&self) -> Keys<Message> {
//!     Keys::new().esc("ホームへ", Message::BackPressed).main("回収する", Message::RecallPressed)
//! }
//! ```
//!
//! To add a place: a variant in [`place::Place`] (and in the rail), a file in `screen/`, one line each in `screens!`
//! and `Screen::open`. Tests press the keys: `tests/it/hand.rs` is a clerk's hand without a display.

mod after;
pub mod app;
pub mod desk;
pub mod door;
pub mod frame;
mod help;
mod inside;
mod keycard;
mod lock;
mod palette;
pub mod place;
pub mod screen;
mod second;
mod sign_in;
pub mod theme;
pub mod widget;
