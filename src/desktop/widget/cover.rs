//! 重ね. A question or a palette over a screen: the screen below stays as it is, drawn but out of reach, and has its
//! focus back when the cover is gone, because nothing touched it.

use iced::{
    Color, Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector,
    advanced::{
        Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer,
        widget::{Operation, Tree, tree},
    },
    widget::{Stack, container, opaque, stack},
};

/// `base`, and over it `top` if there is one, on a ground that is dimmed to 60 %.
pub fn cover<'a, Message: Clone + 'a>(
    base: impl Into<Element<'a, Message>>,
    top: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let base = Element::new(Inert {
        content: base.into(),
        inert: top.is_some(),
        hidden: false,
    });
    let mut layers: Stack<'a, Message, Theme, Renderer> = stack![base];
    if let Some(top) = top {
        let dimmed = container(top)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(|_| container::Style {
                background: Some(
                    Color {
                        a: 0.4,
                        ..Color::BLACK
                    }
                    .into(),
                ),
                ..container::Style::default()
            });
        layers = layers.push(opaque(dimmed));
    }
    layers.width(Length::Fill).height(Length::Fill).into()
}

/// `base`, or `top` alone: nothing of the screen below is drawn, but its focus and places are kept.
pub fn shroud<'a, Message: Clone + 'a>(
    base: impl Into<Element<'a, Message>>,
    top: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let hidden = top.is_some();
    let base = Element::new(Inert {
        content: base.into(),
        inert: hidden,
        hidden,
    });
    let mut layers: Stack<'a, Message, Theme, Renderer> = stack![base];
    if let Some(top) = top {
        layers = layers.push(opaque(top));
    }
    layers.width(Length::Fill).height(Length::Fill).into()
}

/// Draws its content, unless it is hidden, and while inert lets nothing else through.
struct Inert<'a, Message> {
    content: Element<'a, Message>,
    inert: bool,
    hidden: bool,
}

impl<Message> Widget<Message, Theme, Renderer> for Inert<'_, Message> {
    fn tag(&self) -> tree::Tag {
        struct Marker;
        tree::Tag::of::<Marker>()
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
        if !self.inert {
            self.content
                .as_widget_mut()
                .operate(&mut tree.children[0], layout, renderer, operation);
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
        if !self.inert {
            self.content.as_widget_mut().update(
                &mut tree.children[0],
                event,
                layout,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            );
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
        if self.hidden {
            return;
        }
        let cursor = if self.inert {
            mouse::Cursor::Unavailable
        } else {
            cursor
        };
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
        if self.inert {
            return mouse::Interaction::None;
        }
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
        if self.inert {
            return None;
        }
        self.content
            .as_widget_mut()
            .overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}
