//! 鍵. The root of the widget tree, which owns the keyboard: Tab and Enter with wrapping, function keys, Esc, Alt
//! and Ctrl. It sees each event after its children, but for Esc and the chords, which no field may swallow; it
//! is silent while an input method has a preedit open. What a key does and what the bar shows come from one
//! table ([`Keys`]), so that what is shown is what works.

mod focus;

use std::sync::{Arc, Mutex, PoisonError};

use iced::{
    Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector,
    advanced::{
        Clipboard, Layout, Shell, Widget, input_method, layout, mouse, overlay, renderer,
        widget::{Id, Operation, Tree, tree},
    },
    keyboard::{self, Key, key::Named},
    time::{Duration, Instant},
    window,
};

use focus::Stops;

pub use focus::Pinned;

/// A key of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Esc,
    /// F1 to F12.
    F(u8),
    CtrlK,
}

/// A key of the bar with what it means now.
#[derive(Debug, Clone)]
pub struct Shown<Message> {
    pub press: Press,
    pub label: &'static str,
    pub message: Message,
    /// The main deed of the screen.
    pub main: bool,
}

/// 鍵の表. What each key means on a screen at this moment; a key without an entry does nothing and is drawn empty.
#[derive(Debug, Clone)]
pub struct Keys<Message> {
    shown: Vec<Shown<Message>>,
    chords: Vec<(Chord, Message)>,
}

/// A key that is not in the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chord {
    /// Alt and a digit or letter, lower case.
    Alt(char),
    /// Ctrl and a letter, lower case.
    Ctrl(char),
    /// ↑ and ↓ while a text field has the focus, instead of going to the next field.
    Up,
    Down,
}

impl<Message> Default for Keys<Message> {
    fn default() -> Self {
        Self {
            shown: Vec::new(),
            chords: Vec::new(),
        }
    }
}

impl<Message> Keys<Message> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn esc(self, label: &'static str, message: Message) -> Self {
        self.key(Press::Esc, label, message, false)
    }

    /// A function key; `label` has at most five full-width letters.
    pub fn f(self, number: u8, label: &'static str, message: Message) -> Self {
        self.key(Press::F(number), label, message, false)
    }

    /// [`Self::f`], if it is possible now.
    pub fn f_if(self, possible: bool, number: u8, label: &'static str, message: Message) -> Self {
        if possible {
            self.f(number, label, message)
        } else {
            self
        }
    }

    /// F12, the main deed of the screen.
    pub fn main(self, label: &'static str, message: Message) -> Self {
        self.key(Press::F(12), label, message, true)
    }

    pub fn ctrl_k(self, label: &'static str, message: Message) -> Self {
        self.key(Press::CtrlK, label, message, false)
    }

    pub fn chord(mut self, chord: Chord, message: Message) -> Self {
        self.chords.push((chord, message));
        self
    }

    /// The same table in the words of the parent.
    pub fn map<Outer>(self, f: impl Fn(Message) -> Outer) -> Keys<Outer> {
        Keys {
            shown: self
                .shown
                .into_iter()
                .map(|s| Shown {
                    press: s.press,
                    label: s.label,
                    message: f(s.message),
                    main: s.main,
                })
                .collect(),
            chords: self
                .chords
                .into_iter()
                .map(|(chord, message)| (chord, f(message)))
                .collect(),
        }
    }

    /// Adds what `other` has for keys that have no meaning here.
    pub fn or(mut self, other: Self) -> Self {
        for shown in other.shown {
            if self.get(shown.press).is_none() {
                self.shown.push(shown);
            }
        }
        self.chords.extend(other.chords);
        self
    }

    pub fn get(&self, press: Press) -> Option<&Shown<Message>> {
        self.shown.iter().find(|shown| shown.press == press)
    }

    pub fn shown(&self) -> &[Shown<Message>] {
        &self.shown
    }

    fn key(mut self, press: Press, label: &'static str, message: Message, main: bool) -> Self {
        debug_assert!(fits(label), "「{label}」 is longer than five full-width letters");
        debug_assert!(self.get(press).is_none(), "{press:?} has two meanings");
        self.shown.push(Shown {
            press,
            label,
            message,
            main,
        });
        self
    }
}

/// Whether a label fits into its key: 72 px, that is five full-width letters at S.
pub fn fits(label: &str) -> bool {
    label
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum::<usize>()
        <= 10
}

/// 操作の有無. When a key or the pointer was last used; shared between the root and whoever locks the screen.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<Instant>>);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Activity {
    /// How long nothing was used.
    pub fn idle(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Something was used now.
    pub fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The root of the tree: `content` under the table `keys`.
pub fn keys<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    keys: Keys<Message>,
) -> Element<'a, Message> {
    watched_keys(content, keys, &Activity::default())
}

/// [`keys`], noting in `activity` that somebody is there.
pub fn watched_keys<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    keys: Keys<Message>,
    activity: &Activity,
) -> Element<'a, Message> {
    Element::new(Root {
        content: content.into(),
        keys,
        activity: activity.clone(),
    })
}

struct Root<'a, Message> {
    content: Element<'a, Message>,
    keys: Keys<Message>,
    activity: Activity,
}

#[derive(Debug, Default)]
struct State {
    preedit: bool,
    /// The stop that had the focus last, so that it can be given back.
    last: Option<Id>,
}

impl<Message: Clone> Root<'_, Message> {
    fn stops(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer) -> Stops {
        let mut stops = Stops::default();
        self.operate_on_content(tree, layout, renderer, &mut stops);
        stops
    }

    fn operate_on_content(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        self.content
            .as_widget_mut()
            .operate(&mut tree.children[0], layout, renderer, operation);
    }

    /// Esc and the chords are ours before any child: a text field would drop the focus or type the letter.
    fn taken_before_children(&self, key: &Key, modifiers: keyboard::Modifiers) -> Option<Taken<Message>> {
        if *key == Key::Named(Named::Escape) {
            return Some(Taken(
                self.keys.get(Press::Esc).map(|shown| shown.message.clone()),
            ));
        }
        let Key::Character(text) = key else { return None };
        let letter = text.chars().next()?.to_ascii_lowercase();
        if modifiers.control() && letter == 'k' {
            return self
                .keys
                .get(Press::CtrlK)
                .map(|shown| Taken(Some(shown.message.clone())));
        }
        let chord = match (modifiers.alt(), modifiers.control()) {
            (true, false) => Chord::Alt(letter),
            (false, true) => Chord::Ctrl(letter),
            _ => return None,
        };
        let message = self
            .keys
            .chords
            .iter()
            .find(|(c, _)| *c == chord)
            .map(|(_, m)| m.clone());
        // Alt and a letter never types that letter, also where the chord has no meaning.
        (message.is_some() || modifiers.alt()).then_some(Taken(message))
    }

    fn taken_after_children(&self, key: &Key, repeat: bool) -> Option<Message> {
        let Key::Named(named) = key else { return None };
        let number = function_key(*named)?;
        // A key that is held down does its deed once.
        if repeat {
            return None;
        }
        self.keys.get(Press::F(number)).map(|shown| shown.message.clone())
    }
}

/// The event is ours, with or without something to say.
struct Taken<Message>(Option<Message>);

fn function_key(named: Named) -> Option<u8> {
    Some(match named {
        Named::F1 => 1,
        Named::F2 => 2,
        Named::F3 => 3,
        Named::F4 => 4,
        Named::F5 => 5,
        Named::F6 => 6,
        Named::F7 => 7,
        Named::F8 => 8,
        Named::F9 => 9,
        Named::F10 => 10,
        Named::F11 => 11,
        Named::F12 => 12,
        _ => return None,
    })
}

/// Where a key sends the focus.
fn direction(key: &Key, modifiers: keyboard::Modifiers) -> Option<focus::Step> {
    use focus::Step;
    let Key::Named(named) = key else { return None };
    match (named, modifiers.shift()) {
        (Named::Tab, false) => Some(Step::Next),
        (Named::Tab, true) | (Named::Enter, true) => Some(Step::Back),
        (Named::Enter, false) => Some(Step::NextOpen),
        (Named::ArrowDown, _) => Some(Step::NextOpen),
        (Named::ArrowUp, _) => Some(Step::BackOpen),
        _ => None,
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Root<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.content
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, limits)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        self.operate_on_content(tree, layout, renderer, operation);
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        if matches!(
            event,
            Event::Keyboard(_) | Event::Mouse(_) | Event::InputMethod(_)
        ) {
            self.activity.note();
        }
        let state = tree.state.downcast_mut::<State>();
        if let Event::InputMethod(event) = event {
            state.preedit = matches!(event, input_method::Event::Preedit(text, _) if !text.is_empty());
        }
        let preedit = state.preedit;
        if let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) = event
            && !preedit
            && let Some(Taken(message)) = self.taken_before_children(key, *modifiers)
        {
            message.into_iter().for_each(|message| shell.publish(message));
            shell.capture_event();
            return;
        }
        // A screen that has just come has no focus yet; a key that is typed ahead belongs to its first stop.
        if matches!(event, Event::Keyboard(keyboard::Event::KeyPressed { .. })) && !preedit {
            self.settle_focus(tree, layout, renderer, None);
        }
        let mut pass = |this: &mut Self, tree: &mut Tree, event: &Event, shell: &mut Shell<'_, Message>| {
            this.content.as_widget_mut().update(
                &mut tree.children[0],
                event,
                layout,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            );
        };
        pass(self, tree, event, shell);
        let step = match event {
            Event::Keyboard(keyboard::Event::KeyPressed {
                key,
                modifiers,
                repeat,
                ..
            }) if !preedit => self.after_children(key, *modifiers, *repeat, shell),
            Event::Mouse(mouse::Event::ButtonPressed(_))
            | Event::Window(window::Event::RedrawRequested(_)) => None,
            _ => return,
        };
        if self.settle_focus(tree, layout, renderer, step) {
            // The field that was left hears of it now, not at the next event.
            pass(
                self,
                tree,
                &Event::Window(window::Event::RedrawRequested(Instant::now())),
                shell,
            );
            shell.request_redraw();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content.as_widget().draw(
            &tree.children[0],
            renderer,
            theme,
            style,
            layout,
            cursor,
            viewport,
        );
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content
            .as_widget()
            .mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content
            .as_widget_mut()
            .overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}

impl<Message: Clone> Root<'_, Message> {
    /// What is left of a key press after the children: a function key, or a step of the focus.
    fn after_children(
        &self,
        key: &Key,
        modifiers: keyboard::Modifiers,
        repeat: bool,
        shell: &mut Shell<'_, Message>,
    ) -> Option<focus::Step> {
        if shell.is_event_captured() {
            return Some(focus::Step::NextIfAsked);
        }
        if let Some(message) = self.taken_after_children(key, repeat) {
            shell.publish(message);
            shell.capture_event();
            return None;
        }
        let arrow = match key {
            Key::Named(Named::ArrowUp) => Some(Chord::Up),
            Key::Named(Named::ArrowDown) => Some(Chord::Down),
            _ => None,
        };
        if let Some((_, message)) = self.keys.chords.iter().find(|(chord, _)| Some(*chord) == arrow) {
            shell.publish(message.clone());
            shell.capture_event();
            return None;
        }
        let step = direction(key, modifiers)?;
        shell.capture_event();
        Some(step)
    }

    /// Takes the step, and sees to it that exactly one stop has the focus. Whether the focus has moved.
    fn settle_focus(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        step: Option<focus::Step>,
    ) -> bool {
        let stops = self.stops(tree, layout, renderer);
        let last = tree.state.downcast_ref::<State>().last.clone();
        let Some(target) = stops.target(step, last.as_ref()) else {
            return false;
        };
        let moved = stops.focused() != Some(target);
        if moved {
            self.operate_on_content(tree, layout, renderer, &mut focus::Set::new(target));
            let mut select = focus::SelectAll(stops.id(target).cloned());
            self.operate_on_content(tree, layout, renderer, &mut select);
        }
        tree.state.downcast_mut::<State>().last = stops.id(target).cloned();
        moved
    }
}
