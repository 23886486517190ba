//! 手. A clerk's hand for tests: presses every key, types, converts with an input method, and sees where the focus is
//! and what is written. Runs update, view and tasks to their end without a display; the state of the widgets
//! lives on between two keys, as in the running program.

use std::path::Path;

use iced::{
    Element, Event, Font, Pixels, Rectangle, Size, Task, Theme,
    advanced::{
        clipboard, input_method, mouse,
        renderer::Headless as _,
        widget::{Id, Operation, operation},
    },
    keyboard::{self, Key, Modifiers, key::Named},
    time::Instant,
    window,
};
use iced_test::{
    futures::futures::{StreamExt, executor::block_on},
    runtime::{Action, UserInterface, task::into_stream, user_interface::Cache},
};
use madoguchi::desktop::theme;

pub struct Hand<S, M> {
    pub state: S,
    update: fn(&mut S, M) -> Task<M>,
    view: for<'a> fn(&'a S) -> Element<'a, M>,
    renderer: iced::Renderer,
    cache: Option<Cache>,
    size: Size,
}

#[allow(dead_code, reason = "not every journey uses every finger")]
impl<S, M: Send + 'static> Hand<S, M> {
    pub fn new(
        state: S,
        update: fn(&mut S, M) -> Task<M>,
        view: for<'a> fn(&'a S) -> Element<'a, M>,
    ) -> Self {
        load_fonts();
        let renderer = iced::Renderer::new(theme::TEXT, Pixels(theme::Type::S.size()));
        let mut hand = Self {
            state,
            update,
            view,
            renderer,
            cache: Some(Cache::new()),
            size: Size::new(1280.0, 800.0),
        };
        hand.see();
        hand
    }

    pub fn sized(mut self, width: f32, height: f32) -> Self {
        self.size = Size::new(width, height);
        self.see();
        self
    }

    pub fn press(&mut self, named: Named) {
        self.press_with(Key::Named(named), Modifiers::empty());
    }

    pub fn shift(&mut self, named: Named) {
        self.press_with(Key::Named(named), Modifiers::SHIFT);
    }

    pub fn press_with(&mut self, key: Key, modifiers: Modifiers) {
        let text = match &key {
            Key::Character(c) => Some(c.clone()),
            Key::Named(Named::Space) => Some(" ".into()),
            _ => None,
        };
        self.events(vec![
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)),
            key_pressed(key, modifiers, text),
            Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::empty())),
        ]);
    }

    /// Types each letter as a key of its own.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.press_with(Key::Character(letter.to_string().into()), Modifiers::empty());
        }
    }

    pub fn input_method(&mut self, event: input_method::Event) {
        self.events(vec![Event::InputMethod(event)]);
    }

    pub fn message(&mut self, message: M) {
        let task = (self.update)(&mut self.state, message);
        self.run(task);
        self.see();
    }

    pub fn events(&mut self, events: Vec<Event>) {
        let mut messages = Vec::new();
        self.with_interface(|interface, renderer| {
            let _ = interface.update(
                &events,
                mouse::Cursor::Unavailable,
                renderer,
                &mut clipboard::Null,
                &mut messages,
            );
        });
        self.take(messages);
        self.see();
    }

    pub fn is_focused(&mut self, id: &'static str) -> bool {
        self.focused() == Some(Id::new(id))
    }

    pub fn focused(&mut self) -> Option<Id> {
        let mut found = Focused::default();
        self.with_interface(|interface, renderer| interface.operate(renderer, &mut found));
        assert!(found.count <= 1, "more than one ring on the screen");
        found.id
    }

    /// Whether a text with these words is written on the screen.
    pub fn sees(&mut self, words: &str) -> bool {
        let mut written = Written::default();
        self.with_interface(|interface, renderer| interface.operate(renderer, &mut written));
        written.0.iter().any(|text| text.contains(words))
    }

    /// Draws the screen into a PNG, for eyes.
    pub fn picture(&mut self, theme: &Theme, path: &Path) {
        let size = self.size;
        let mut pixels = Vec::new();
        self.with_interface(|interface, renderer| {
            let frame = [Event::Window(window::Event::RedrawRequested(Instant::now()))];
            let mut unheard = Vec::new();
            let _ = interface.update(
                &frame,
                mouse::Cursor::Unavailable,
                renderer,
                &mut clipboard::Null,
                &mut unheard,
            );
            let style = iced::advanced::renderer::Style {
                text_color: theme::Role::Ink.of(theme),
            };
            interface.draw(renderer, theme, &style, mouse::Cursor::Unavailable);
            let physical = Size::new(size.width as u32, size.height as u32);
            pixels = renderer.screenshot(physical, 1.0, theme::Role::Canvas.of(theme));
        });
        image::save_buffer(
            path,
            &pixels,
            size.width as u32,
            size.height as u32,
            image::ColorType::Rgba8,
        )
        .expect("a picture can be written");
    }

    /// A frame: what the widgets settle when the window is drawn.
    fn see(&mut self) {
        let mut messages = Vec::new();
        self.with_interface(|interface, renderer| {
            let _ = interface.update(
                &[Event::Window(window::Event::RedrawRequested(Instant::now()))],
                mouse::Cursor::Unavailable,
                renderer,
                &mut clipboard::Null,
                &mut messages,
            );
        });
        self.take(messages);
    }

    fn take(&mut self, messages: Vec<M>) {
        for message in messages {
            let task = (self.update)(&mut self.state, message);
            self.run(task);
        }
    }

    /// Runs a task to its end, with all that follows from it.
    pub fn run(&mut self, task: Task<M>) {
        let Some(mut stream) = into_stream(task) else {
            return;
        };
        while let Some(action) = block_on(stream.next()) {
            match action {
                Action::Output(message) => {
                    let task = (self.update)(&mut self.state, message);
                    self.run(task);
                }
                Action::Widget(operation) => {
                    let mut next = Some(operation);
                    self.with_interface(|interface, renderer| {
                        while let Some(mut current) = next.take() {
                            interface.operate(renderer, current.as_mut());
                            if let operation::Outcome::Chain(chained) = current.finish() {
                                next = Some(chained);
                            }
                        }
                    });
                }
                _ => {}
            }
        }
    }

    fn with_interface(
        &mut self,
        f: impl FnOnce(&mut UserInterface<'_, M, Theme, iced::Renderer>, &mut iced::Renderer),
    ) {
        let cache = self.cache.take().expect("put back after each use");
        let mut interface =
            UserInterface::build((self.view)(&self.state), self.size, cache, &mut self.renderer);
        f(&mut interface, &mut self.renderer);
        self.cache = Some(interface.into_cache());
    }
}

#[derive(Default)]
struct Focused {
    id: Option<Id>,
    count: usize,
}

impl Operation for Focused {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::Focusable) {
        if state.is_focused() {
            self.id = id.cloned();
            self.count += 1;
        }
    }
}

#[derive(Default)]
struct Written(Vec<String>);

impl Operation for Written {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn text(&mut self, _id: Option<&Id>, _bounds: Rectangle, text: &str) {
        self.0.push(text.to_owned());
    }

    fn text_input(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::TextInput) {
        self.0.push(state.text().to_owned());
    }
}

fn key_pressed(key: Key, modifiers: Modifiers, text: Option<iced_test::core::SmolStr>) -> Event {
    Event::Keyboard(keyboard::Event::KeyPressed {
        key: key.clone(),
        modified_key: key,
        physical_key: keyboard::key::Physical::Unidentified(keyboard::key::NativeCode::Unidentified),
        location: keyboard::Location::Standard,
        modifiers,
        repeat: false,
        text,
    })
}

fn load_fonts() {
    use std::sync::Once;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut system = iced::advanced::graphics::text::font_system()
            .write()
            .expect("not poisoned");
        for font in theme::fonts() {
            system.load_font(font.into());
        }
    });
    let _: Font = theme::TEXT;
}
