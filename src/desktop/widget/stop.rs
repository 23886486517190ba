//! 止まり. Makes anything focusable: gives it an id, the ring with 4 px kept free for it, Space and Enter, and
//! further keys of its own. Invariant: the ring never moves the layout. Order and wrapping of the focus are
//! the business of [`super::keys`].

use iced::{
    Border, Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector,
    advanced::{
        Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer,
        widget::{Id, Operation, Tree, operation, tree},
    },
    keyboard::{self, Key, key::Named},
    touch,
};

use crate::desktop::theme::{self, Role};

/// Where the ring is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// In the 4 px around the content.
    Around,
    /// Inside the content, as in rows of lists; no room is kept.
    Within,
}

type OnKey<'a, Message> = Box<dyn Fn(&Key, keyboard::Modifiers, Option<&str>) -> Option<Taken<Message>> + 'a>;

/// What a thing makes of a key that it takes for itself.
#[derive(Debug, Clone)]
pub struct Taken<Message> {
    pub message: Message,
    /// The focus goes on to the next stop.
    pub moves_on: bool,
}

impl<Message> Taken<Message> {
    pub fn stay(message: Message) -> Self {
        Self {
            message,
            moves_on: false,
        }
    }

    pub fn move_on(message: Message) -> Self {
        Self {
            message,
            moves_on: true,
        }
    }
}

/// A focusable wrapper, see the module.
pub struct Stop<'a, Message> {
    id: Id,
    content: Element<'a, Message>,
    on_press: Option<Message>,
    on_key: Option<OnKey<'a, Message>>,
    presses_on_enter: bool,
    ring: Ring,
    width: Length,
}

/// Makes `content` reachable by the keyboard under `id`.
pub fn stop<'a, Message>(id: impl Into<Id>, content: impl Into<Element<'a, Message>>) -> Stop<'a, Message> {
    Stop {
        id: id.into(),
        content: content.into(),
        on_press: None,
        on_key: None,
        presses_on_enter: true,
        ring: Ring::Around,
        width: Length::Shrink,
    }
}

impl<'a, Message> Stop<'a, Message> {
    /// What Space, Enter and a click say. Without one the thing can have the focus and says nothing.
    pub fn on_press(mut self, message: Message) -> Self {
        self.on_press = Some(message);
        self
    }

    pub fn on_press_maybe(mut self, message: Option<Message>) -> Self {
        self.on_press = message;
        self
    }

    /// Enter goes to the next field instead of pressing.
    pub fn enter_moves_on(mut self) -> Self {
        self.presses_on_enter = false;
        self
    }

    /// Keys that this thing takes for itself while it has the focus: key, modifiers, typed text.
    pub fn on_key(
        mut self,
        on_key: impl Fn(&Key, keyboard::Modifiers, Option<&str>) -> Option<Taken<Message>> + 'a,
    ) -> Self {
        self.on_key = Some(Box::new(on_key));
        self
    }

    pub fn ring(mut self, ring: Ring) -> Self {
        self.ring = ring;
        self
    }

    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    fn room(&self) -> f32 {
        match self.ring {
            Ring::Around => theme::RING,
            Ring::Within => 0.0,
        }
    }
}

/// Says to [`super::keys`] that the focus goes on to the next stop: a digit chooses and moves on.
#[derive(Debug, Default)]
pub struct MoveOn(pub bool);

#[derive(Debug)]
struct State {
    id: Id,
    focused: bool,
    move_on: MoveOn,
}

impl operation::Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
    }

    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Stop<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State {
            id: self.id.clone(),
            focused: false,
            move_on: MoveOn::default(),
        })
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        // The tree is matched by position; the focus belongs to the id and must not slip to a neighbour.
        let state = tree.state.downcast_mut::<State>();
        if state.id != self.id {
            *state = State {
                id: self.id.clone(),
                focused: false,
                move_on: MoveOn::default(),
            };
        }
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        let inner = self.content.as_widget().size();
        Size {
            width: self.width.enclose(inner.width),
            height: Length::Shrink.enclose(inner.height),
        }
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let size = self.size();
        layout::padded(limits, size.width, size.height, self.room(), |limits| {
            self.content
                .as_widget_mut()
                .layout(&mut tree.children[0], renderer, limits)
        })
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        operation.focusable(Some(&self.id), layout.bounds(), state);
        operation.custom(Some(&self.id), layout.bounds(), &mut state.move_on);
        operation.container(Some(&self.id), layout.bounds());
        if let Some(inner) = layout.children().next() {
            operation.traverse(&mut |operation| {
                self.content
                    .as_widget_mut()
                    .operate(&mut tree.children[0], inner, renderer, operation);
            });
        }
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
        if let Some(inner) = layout.children().next() {
            self.content.as_widget_mut().update(
                &mut tree.children[0],
                event,
                inner,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            );
        }
        let state = tree.state.downcast_mut::<State>();
        let taken = shell.is_event_captured();
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                let over = cursor.is_over(layout.bounds());
                if state.focused != over {
                    state.focused = over;
                    shell.request_redraw();
                }
                if over
                    && !taken
                    && let Some(message) = &self.on_press
                {
                    shell.publish(message.clone());
                    shell.capture_event();
                }
            }
            Event::Keyboard(keyboard::Event::KeyPressed {
                key, modifiers, text, ..
            }) if state.focused && !taken => {
                self.key_pressed(state, key, *modifiers, text.as_deref(), shell);
            }
            _ => {}
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
        let Some(inner) = layout.children().next() else {
            return;
        };
        let focused = tree.state.downcast_ref::<State>().focused;
        if focused && self.ring == Ring::Around {
            draw_ring(renderer, theme, layout.bounds());
        }
        self.content
            .as_widget()
            .draw(&tree.children[0], renderer, theme, style, inner, cursor, viewport);
        if focused && self.ring == Ring::Within {
            draw_ring(renderer, theme, layout.bounds());
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        if self.on_press.is_some() && cursor.is_over(layout.bounds()) {
            return mouse::Interaction::Pointer;
        }
        layout
            .children()
            .next()
            .map_or(mouse::Interaction::None, |inner| {
                self.content.as_widget().mouse_interaction(
                    &tree.children[0],
                    inner,
                    cursor,
                    viewport,
                    renderer,
                )
            })
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let inner = layout.children().next()?;
        self.content
            .as_widget_mut()
            .overlay(&mut tree.children[0], inner, renderer, viewport, translation)
    }
}

impl<Message: Clone> Stop<'_, Message> {
    fn key_pressed(
        &self,
        state: &mut State,
        key: &Key,
        modifiers: keyboard::Modifiers,
        text: Option<&str>,
        shell: &mut Shell<'_, Message>,
    ) {
        if modifiers.alt() || modifiers.control() {
            return;
        }
        if let Some(taken) = self
            .on_key
            .as_ref()
            .and_then(|on_key| on_key(key, modifiers, text))
        {
            state.move_on = MoveOn(taken.moves_on);
            shell.publish(taken.message);
            shell.capture_event();
            return;
        }
        let pressed = match key {
            Key::Named(Named::Space) => true,
            Key::Named(Named::Enter) => self.presses_on_enter && !modifiers.shift(),
            _ => false,
        };
        if pressed && let Some(message) = &self.on_press {
            shell.publish(message.clone());
            shell.capture_event();
        }
    }
}

/// 枠. The focus ring: 2 px inner line, then 2 px outer line, inside `bounds`.
pub fn draw_ring(renderer: &mut Renderer, theme: &Theme, bounds: Rectangle) {
    use iced::advanced::Renderer as _;
    for (inset, role, radius) in [(0.0, Role::Ring, 6.0), (2.0, Role::RingIn, 4.0)] {
        renderer.fill_quad(
            renderer::Quad {
                bounds: bounds.shrink(inset),
                border: Border {
                    color: role.of(theme),
                    width: 2.0,
                    radius: f32::into(radius),
                },
                ..renderer::Quad::default()
            },
            iced::Color::TRANSPARENT,
        );
    }
}

impl<'a, Message: Clone + 'a> From<Stop<'a, Message>> for Element<'a, Message> {
    fn from(stop: Stop<'a, Message>) -> Self {
        Element::new(stop)
    }
}
