//! 表. A table of any length: only the rows that can be seen are asked for, shaped and drawn. It scrolls by row and
//! pixels inside the row, so that 330,000 rows don't tremble; the head stands still; the current row goes by
//! index and has the ring inside. Sorting and filtering are a list of indices that the screen keeps ([`Order`]).

mod cell;
mod line;
mod order;
mod paint;
mod scroll;

use iced::{
    Element, Event, Length, Rectangle, Renderer, Size, Theme,
    advanced::{
        Clipboard, Layout, Shell, Widget, layout, mouse, renderer,
        widget::{Id, Operation, Tree, operation, tree},
    },
    keyboard::{self, Key, Modifiers, key::Named},
};

pub use cell::{Align, Cell, Column};
pub use order::Order;

use line::Lines;
use paint::Sight;
use scroll::Scroll;

/// Row heights of the design.
pub const DENSE: f32 = 25.0;
pub const PLAIN: f32 = 28.0;
pub const TWO_LINES: f32 = 48.0;
const HEAD: f32 = 26.0;
const BAR: f32 = 8.0;

type OnKey<'a, Message> = Box<dyn Fn(&Key, Option<&str>, Option<usize>) -> Option<Message> + 'a>;
type OnRow<'a, Message> = Box<dyn Fn(usize) -> Message + 'a>;

/// A table under construction, see the module.
pub struct Table<'a, Message> {
    id: Id,
    columns: Vec<Column>,
    rows: usize,
    cell: Box<dyn Fn(usize, usize) -> Cell + 'a>,
    current: Option<usize>,
    row_height: f32,
    head: bool,
    empty: String,
    on_move: Option<OnRow<'a, Message>>,
    on_open: Option<OnRow<'a, Message>>,
    on_key: Option<OnKey<'a, Message>>,
    tint: Option<Box<dyn Fn(usize) -> Option<crate::desktop::theme::Role> + 'a>>,
    height: Length,
}

/// A table of `rows` rows; `cell(row, column)` is asked for what can be seen.
pub fn table<'a, Message>(
    id: impl Into<Id>,
    columns: Vec<Column>,
    rows: usize,
    cell: impl Fn(usize, usize) -> Cell + 'a,
) -> Table<'a, Message> {
    Table {
        id: id.into(),
        columns,
        rows,
        cell: Box::new(cell),
        current: None,
        row_height: PLAIN,
        head: true,
        empty: String::new(),
        on_move: None,
        on_open: None,
        on_key: None,
        tint: None,
        height: Length::Fill,
    }
}

impl<'a, Message> Table<'a, Message> {
    /// The current row. The table shows it and moves it by itself until the screen says otherwise.
    pub fn current(mut self, row: Option<usize>) -> Self {
        self.current = row.filter(|row| *row < self.rows);
        self
    }

    /// [`DENSE`], [`PLAIN`] or [`TWO_LINES`] and up to 58; the same for all rows.
    pub fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    /// A list: rows without a head.
    pub fn without_head(mut self) -> Self {
        self.head = false;
        self
    }

    /// What stands there when there are no rows: why, and what to do.
    pub fn empty(mut self, sentence: impl Into<String>) -> Self {
        self.empty = sentence.into();
        self
    }

    /// The current row has moved, by key or click.
    pub fn on_move(mut self, f: impl Fn(usize) -> Message + 'a) -> Self {
        self.on_move = Some(Box::new(f));
        self
    }

    /// Enter or a second click on the current row. Without it Enter goes to the next stop.
    pub fn on_open(mut self, f: impl Fn(usize) -> Message + 'a) -> Self {
        self.on_open = Some(Box::new(f));
        self
    }

    /// Further keys: key, typed text, current row.
    pub fn on_key(mut self, f: impl Fn(&Key, Option<&str>, Option<usize>) -> Option<Message> + 'a) -> Self {
        self.on_key = Some(Box::new(f));
        self
    }

    /// The ground of a row that is not the current one, where it has a meaning (and a word or sign for it).
    pub fn tint(mut self, f: impl Fn(usize) -> Option<crate::desktop::theme::Role> + 'a) -> Self {
        self.tint = Some(Box::new(f));
        self
    }

    pub fn height(mut self, height: impl Into<Length>) -> Self {
        self.height = height.into();
        self
    }

    fn head_height(&self) -> f32 {
        if self.head { HEAD } else { 0.0 }
    }

    fn body(&self, bounds: Rectangle) -> Rectangle {
        let head = self.head_height();
        Rectangle {
            y: bounds.y + head,
            height: (bounds.height - head).max(0.0),
            ..bounds
        }
    }
}

struct State {
    id: Id,
    focused: bool,
    current: Option<usize>,
    /// What the screen said last, to tell its word from our own move.
    given: Option<usize>,
    rows: usize,
    scroll: Scroll,
    /// The row to be brought into sight once the height is known.
    reveal: bool,
    grabbed: Option<f32>,
    lines: Lines,
    sight: Sight,
}

impl State {
    fn new(id: Id) -> Self {
        Self {
            id,
            focused: false,
            current: None,
            given: None,
            rows: 0,
            scroll: Scroll::default(),
            reveal: false,
            grabbed: None,
            lines: Lines::default(),
            sight: Sight::default(),
        }
    }
}

impl operation::Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
        if self.current.is_none() && self.rows > 0 {
            self.current = Some(0);
        }
    }

    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Table<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        let mut state = State::new(self.id.clone());
        self.take_over(&mut state);
        tree::State::new(state)
    }

    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        if state.id != self.id {
            *state = State::new(self.id.clone());
        }
        self.take_over(state);
    }

    fn size(&self) -> Size<Length> {
        Size {
            width: Length::Fill,
            height: self.height,
        }
    }

    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let wanted = self.head_height() + self.rows as f32 * self.row_height;
        let size = limits.resolve(Length::Fill, self.height, Size::new(0.0, wanted));
        let state = tree.state.downcast_mut::<State>();
        let view = self.scroll_view(size.height - self.head_height());
        if std::mem::take(&mut state.reveal)
            && let Some(row) = state.current
        {
            state.scroll.reveal(row, view);
        }
        state.scroll.keep_inside(view);
        layout::Node::new(size)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let bounds = layout.bounds();
        operation.focusable(Some(&self.id), bounds, state);
        operation.container(Some(&self.id), bounds);
        // What can be seen can be found: titles, and the cells of the visible rows.
        for column in &self.columns {
            operation.text(None, bounds, &column.title);
        }
        if self.rows == 0 {
            operation.text(None, bounds, &self.empty);
        }
        for row in state.scroll.visible(self.scroll_view(self.body(bounds).height)) {
            for column in 0..self.columns.len() {
                let cell = (self.cell)(row, column);
                cell.texts().for_each(|text| operation.text(None, bounds, text));
            }
        }
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let body = self.body(layout.bounds());
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed {
                key, modifiers, text, ..
            }) if state.focused => {
                self.key_pressed(state, body, key, *modifiers, text.as_deref(), shell);
            }
            Event::Mouse(event) => self.pointer(state, body, *event, cursor, shell),
            _ => {}
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        self.paint(state, renderer, theme, layout.bounds(), cursor);
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        let over = cursor.is_over(self.body(layout.bounds()));
        if over && self.on_move.is_some() {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
        }
    }
}

impl<Message: Clone> Table<'_, Message> {
    fn scroll_view(&self, height: f32) -> scroll::View {
        scroll::View {
            rows: self.rows,
            row_height: self.row_height,
            height: height.max(0.0),
        }
    }

    /// Takes the word of the screen: the count of rows, and the current row if it said another one.
    fn take_over(&self, state: &mut State) {
        state.rows = self.rows;
        if state.given != self.current {
            state.given = self.current;
            if state.current != self.current {
                state.current = self.current;
                state.reveal = true;
            }
        }
        state.current = state.current.filter(|row| *row < self.rows);
    }

    fn key_pressed(
        &self,
        state: &mut State,
        body: Rectangle,
        key: &Key,
        modifiers: Modifiers,
        text: Option<&str>,
        shell: &mut Shell<'_, Message>,
    ) {
        if modifiers.alt() || modifiers.control() || self.rows == 0 {
            return;
        }
        if let Some(message) = self.on_key.as_ref().and_then(|f| f(key, text, state.current)) {
            shell.publish(message);
            shell.capture_event();
            return;
        }
        let page = ((body.height / self.row_height) as usize).max(1);
        let last = self.rows - 1;
        let at = state.current.unwrap_or(0);
        let target = match key {
            Key::Named(Named::ArrowDown) => (at + 1).min(last),
            Key::Named(Named::ArrowUp) => at.saturating_sub(1),
            Key::Named(Named::PageDown) => (at + page).min(last),
            Key::Named(Named::PageUp) => at.saturating_sub(page),
            Key::Named(Named::Home) => 0,
            Key::Named(Named::End) => last,
            Key::Named(Named::Enter) if !modifiers.shift() => {
                if let (Some(on_open), Some(row)) = (&self.on_open, state.current) {
                    shell.publish(on_open(row));
                    shell.capture_event();
                }
                return;
            }
            _ => return,
        };
        self.move_to(state, body, target, shell);
        shell.capture_event();
    }

    fn move_to(&self, state: &mut State, body: Rectangle, row: usize, shell: &mut Shell<'_, Message>) {
        state.scroll.reveal(row, self.scroll_view(body.height));
        if state.current != Some(row) {
            state.current = Some(row);
            state.given = Some(row);
            if let Some(on_move) = &self.on_move {
                shell.publish(on_move(row));
            }
        }
        shell.request_redraw();
    }

    fn pointer(
        &self,
        state: &mut State,
        body: Rectangle,
        event: mouse::Event,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        let view = self.scroll_view(body.height);
        match event {
            mouse::Event::ButtonPressed(mouse::Button::Left) => {
                let Some(at) = cursor.position_in(body) else {
                    state.focused = false;
                    return;
                };
                state.focused = true;
                if at.x > body.width - BAR - 4.0 && view.overflows() {
                    state.grabbed = Some(0.0);
                    state.scroll.go_to_fraction(at.y / body.height.max(1.0), view);
                } else if let Some(row) = state.scroll.row_at(at.y, view) {
                    let again = state.current == Some(row);
                    self.move_to(state, body, row, shell);
                    if again && let Some(on_open) = &self.on_open {
                        shell.publish(on_open(row));
                    }
                }
                shell.capture_event();
                shell.request_redraw();
            }
            mouse::Event::ButtonReleased(mouse::Button::Left) => state.grabbed = None,
            mouse::Event::CursorMoved { position } => {
                if state.grabbed.is_some() {
                    state
                        .scroll
                        .go_to_fraction((position.y - body.y) / body.height.max(1.0), view);
                    shell.request_redraw();
                } else if cursor.is_over(body) && self.on_move.is_some() {
                    shell.request_redraw();
                }
            }
            mouse::Event::WheelScrolled { delta } if cursor.is_over(body) => {
                let pixels = match delta {
                    mouse::ScrollDelta::Lines { y, .. } => -y * self.row_height * 3.0,
                    mouse::ScrollDelta::Pixels { y, .. } => -y,
                };
                state.scroll.by(pixels, view);
                shell.capture_event();
                shell.request_redraw();
            }
            _ => {}
        }
    }
}

impl<'a, Message: Clone + 'a> From<Table<'a, Message>> for Element<'a, Message> {
    fn from(table: Table<'a, Message>) -> Self {
        Element::new(table)
    }
}
