//! 記入欄の箱. The box of a text field: draws the ring around iced's own text input and notices when the focus has
//! left it. Everything that is typed, input methods included, stays with the text input.

use iced::{
    Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector,
    advanced::{
        Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer,
        text::Renderer as TextRenderer,
        widget::{
            Id, Operation, Tree,
            operation::{Focusable, TextInput},
            tree,
        },
    },
    widget::text_input,
};

use crate::desktop::{
    theme,
    widget::{keys::Pinned, stop::draw_ring},
};

type Input = text_input::State<<Renderer as TextRenderer>::Paragraph>;

/// What happens when the focus leaves with this text.
pub(super) type OnLeave<'a, Message> = Box<dyn Fn(&str) -> Vec<Message> + 'a>;

pub(super) struct TextBox<'a, Message> {
    id: Id,
    /// The text input itself; its tree is the first child, without anything between.
    input: Element<'a, Message>,
    width: Length,
    pinned: bool,
    on_leave: OnLeave<'a, Message>,
}

impl<'a, Message> TextBox<'a, Message> {
    pub(super) fn new(
        id: Id,
        input: Element<'a, Message>,
        width: Length,
        pinned: bool,
        on_leave: OnLeave<'a, Message>,
    ) -> Self {
        Self {
            id,
            input,
            width,
            pinned,
            on_leave,
        }
    }
}

#[derive(Debug)]
struct State {
    id: Id,
    focused: bool,
    pinned: Pinned,
}

impl<Message> Widget<Message, Theme, Renderer> for TextBox<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State {
            id: self.id.clone(),
            focused: false,
            pinned: Pinned(self.pinned),
        })
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.input)]
    }

    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        state.pinned = Pinned(self.pinned);
        if state.id == self.id {
            tree.diff_children(std::slice::from_ref(&self.input));
        } else {
            // Another field has come to this place: caret, preedit and focus are not its own.
            *tree = Tree {
                tag: self.tag(),
                state: self.state(),
                children: self.children(),
            };
        }
    }

    fn size(&self) -> Size<Length> {
        Size {
            width: self.width,
            height: Length::Shrink,
        }
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let width = match self.width {
            Length::Fixed(width) => Length::Fixed(width + 2.0 * theme::RING),
            other => other,
        };
        layout::padded(limits, width, Length::Shrink, theme::RING, |limits| {
            self.input
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
        if let Some(inner) = layout.children().next() {
            self.input
                .as_widget_mut()
                .operate(&mut tree.children[0], inner, renderer, operation);
        }
        let state = tree.state.downcast_mut::<State>();
        operation.custom(Some(&self.id), layout.bounds(), &mut state.pinned);
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
        let Some(inner) = layout.children().next() else {
            return;
        };
        self.input.as_widget_mut().update(
            &mut tree.children[0],
            event,
            inner,
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );
        let input = tree.children[0].state.downcast_ref::<Input>();
        let state = tree.state.downcast_mut::<State>();
        let focused = Focusable::is_focused(input);
        if state.focused && !focused {
            for message in (self.on_leave)(TextInput::text(input)) {
                shell.publish(message);
            }
        }
        if state.focused != focused {
            state.focused = focused;
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
        let Some(inner) = layout.children().next() else {
            return;
        };
        if Focusable::is_focused(tree.children[0].state.downcast_ref::<Input>()) {
            draw_ring(renderer, theme, layout.bounds());
        }
        self.input
            .as_widget()
            .draw(&tree.children[0], renderer, theme, style, inner, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        layout
            .children()
            .next()
            .map_or(mouse::Interaction::None, |inner| {
                self.input
                    .as_widget()
                    .mouse_interaction(&tree.children[0], inner, cursor, viewport, renderer)
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
        self.input
            .as_widget_mut()
            .overlay(&mut tree.children[0], inner, renderer, viewport, translation)
    }
}
