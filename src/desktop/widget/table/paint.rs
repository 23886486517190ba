//! 表を描く. Draws head, visible rows, ring and scroll bar.

use std::cell::RefCell;

use iced::{
    Border, Color, Font, Point, Rectangle, Renderer, Theme,
    advanced::{
        Renderer as _, Text, mouse, renderer,
        text::{Renderer as _, Wrapping},
    },
};

use super::{
    Align, BAR, Cell, State, Table,
    line::{Lines, text},
    scroll::{Scroll, View},
};
use crate::desktop::{
    theme::{self, Role, Type},
    widget::{stop::draw_ring, surface::Tone},
};

/// Padding of a cell on either side.
const PADDING: f32 = 8.0;

/// 見える範囲. Once it has scrolled, the renderer would find each text and line of the table changed, and paint it
/// again in dozens of overlapping patches. Layers of another size are painted again as one piece: so the layers of the
/// rows grow by a part of a pixel that is too small to be seen, and by another one with each step.
#[derive(Default)]
pub(super) struct Sight(RefCell<(Option<(Scroll, View)>, u8)>);

impl Sight {
    const STEPS: u8 = 4;
    const PART: f32 = 1.0 / 512.0;

    fn of(&self, body: Rectangle, scroll: Scroll, view: View) -> Rectangle {
        let mut last = self.0.borrow_mut();
        if last.0.replace((scroll, view)) != Some((scroll, view)) {
            last.1 = (last.1 + 1) % Self::STEPS;
        }
        Rectangle {
            height: body.height + f32::from(last.1) * Self::PART,
            ..body
        }
    }
}

/// A text to be drawn, and where.
struct Piece<'a> {
    text: &'a str,
    font: Font,
    size: Type,
    role: Role,
    area: Rectangle,
    align: Align,
}

impl<Message: Clone> Table<'_, Message> {
    pub(super) fn paint(
        &self,
        state: &State,
        renderer: &mut Renderer,
        theme: &Theme,
        bounds: Rectangle,
        cursor: mouse::Cursor,
    ) {
        state.lines.turn();
        let mut pen = Pen {
            renderer,
            theme,
            lines: &state.lines,
        };
        let spans = self.spans(bounds);
        if self.head {
            self.paint_head(&mut pen, bounds, &spans);
        }
        let body = self.body(bounds);
        let view = self.scroll_view(body.height);
        let sight = state.sight.of(body, state.scroll, view);
        pen.renderer.start_layer(sight);
        if self.rows == 0 {
            self.paint_empty(&mut pen, body);
        }
        for row in state.scroll.visible(view) {
            let area = Rectangle {
                y: body.y + state.scroll.top_of(row, view),
                height: self.row_height,
                ..body
            };
            self.paint_row(&mut pen, state, row, area, &spans, cursor);
        }
        pen.renderer.end_layer();
        let renderer = pen.renderer;
        // Over the rows: the bar, and the ring inside the current row.
        renderer.start_layer(sight);
        if let Some((top, length)) = state.scroll.thumb(view) {
            let thumb = Rectangle {
                x: body.x + body.width - BAR - 2.0,
                y: body.y + top,
                width: BAR,
                height: length,
            };
            quad(renderer, thumb, Role::Control.of(theme), 4.0);
        }
        if state.focused {
            let ring = state.current.map_or(body, |row| Rectangle {
                y: body.y + state.scroll.top_of(row, view),
                height: self.row_height,
                ..body
            });
            draw_ring(renderer, theme, ring);
        }
        renderer.end_layer();
    }

    /// Left edge and width of each column.
    fn spans(&self, bounds: Rectangle) -> Vec<(f32, f32)> {
        let fixed: f32 = self.columns.iter().filter_map(|column| column.width).sum();
        let shares = self
            .columns
            .iter()
            .filter(|column| column.width.is_none())
            .count()
            .max(1) as f32;
        let rest = ((bounds.width - fixed - BAR - 4.0) / shares).max(0.0);
        let mut x = bounds.x + 4.0;
        self.columns
            .iter()
            .map(|column| {
                let width = column.width.unwrap_or(rest);
                let span = (x, width);
                x += width;
                span
            })
            .collect()
    }

    fn paint_head(&self, pen: &mut Pen<'_>, bounds: Rectangle, spans: &[(f32, f32)]) {
        let head = Rectangle {
            height: self.head_height(),
            ..bounds
        };
        quad(pen.renderer, head, Role::Head.of(pen.theme), 0.0);
        let line = Rectangle {
            y: head.y + head.height - 1.0,
            height: 1.0,
            ..head
        };
        quad(pen.renderer, line, Role::Line.of(pen.theme), 0.0);
        for (column, (x, width)) in self.columns.iter().zip(spans) {
            pen.write(Piece {
                text: &column.title,
                font: theme::BOLD,
                size: Type::S,
                role: Role::Ink,
                area: Rectangle {
                    x: *x,
                    width: *width,
                    ..head
                },
                align: column.align,
            });
        }
    }

    /// The sentence where there are no rows, in as many lines as it needs: it says what to do.
    fn paint_empty(&self, pen: &mut Pen<'_>, body: Rectangle) {
        let area = body.shrink(iced::Padding::from([10.0, 4.0 + PADDING]));
        let sentence = Text {
            bounds: area.size(),
            wrapping: Wrapping::WordOrGlyph,
            ..text(self.empty.clone(), area.width, theme::TEXT, Type::S)
        };
        pen.renderer
            .fill_text(sentence, area.position(), Role::Ink2.of(pen.theme), body);
    }

    fn paint_row(
        &self,
        pen: &mut Pen<'_>,
        state: &State,
        row: usize,
        area: Rectangle,
        spans: &[(f32, f32)],
        cursor: mouse::Cursor,
    ) {
        let current = state.current == Some(row);
        let hovered = self.on_move.is_some() && cursor.is_over(area);
        let tinted = self.tint.as_ref().and_then(|tint| tint(row));
        let ground = match (current, tinted, hovered) {
            (true, _, _) => Some(Role::Select),
            (_, Some(role), _) => Some(role),
            (_, None, true) => Some(Role::AccentSoft),
            _ => None,
        };
        if let Some(role) = ground {
            quad(pen.renderer, area, role.of(pen.theme), 0.0);
        }
        if current {
            quad(
                pen.renderer,
                Rectangle { width: 4.0, ..area },
                Role::Accent.of(pen.theme),
                0.0,
            );
        }
        let line = Rectangle {
            y: area.y + area.height - 1.0,
            height: 1.0,
            ..area
        };
        quad(pen.renderer, line, Role::Line.of(pen.theme), 0.0);
        for (column, (x, width)) in spans.iter().enumerate() {
            let place = Rectangle {
                x: *x,
                width: *width,
                ..area
            };
            let cell = (self.cell)(row, column);
            let strong = current && column == 0;
            pen.cell(&cell, place, self.columns[column].align, strong);
        }
    }
}

struct Pen<'a> {
    renderer: &'a mut Renderer,
    theme: &'a Theme,
    lines: &'a Lines,
}

impl Pen<'_> {
    fn cell(&mut self, cell: &Cell, place: Rectangle, align: Align, strong: bool) {
        let mut place = place;
        if let Some(fraction) = cell.bar {
            self.bar(place, fraction);
        }
        if let Some((tone, word)) = &cell.badge {
            self.badge(*tone, word, place);
            return;
        }
        if let Some((icon, role)) = cell.sign {
            let area = Rectangle {
                width: 14.0 + 2.0 * PADDING,
                ..place
            };
            self.write(Piece {
                text: icon.glyph(),
                font: theme::ICONS,
                size: Type::S,
                role,
                area,
                align: Align::Left,
            });
            place.x += 18.0;
            place.width -= 18.0;
        }
        let bold = cell.bold || strong;
        let font = match (cell.name, cell.digits, bold) {
            (true, _, bold) => theme::name_font(&cell.text, bold),
            (_, true, false) => theme::DIGITS,
            (_, true, true) => theme::DIGITS_BOLD,
            (_, false, false) => theme::TEXT,
            (_, false, true) => theme::BOLD,
        };
        let size = cell.size.unwrap_or(Type::S);
        let (first, second) = match &cell.under {
            None => (place, None),
            Some(under) => {
                let top = place.y + (place.height - size.line() - Type::S.line()) / 2.0;
                let first = Rectangle {
                    y: top,
                    height: size.line(),
                    ..place
                };
                let second = Rectangle {
                    y: top + size.line(),
                    height: Type::S.line(),
                    ..place
                };
                (first, Some((under, second)))
            }
        };
        let role = cell.role.unwrap_or(Role::Ink);
        self.write(Piece {
            text: &cell.text,
            font,
            size,
            role,
            area: first,
            align,
        });
        if let Some((under, area)) = second {
            let font = theme::name_font(under, false);
            self.write(Piece {
                text: under,
                font,
                size: Type::S,
                role: Role::Ink2,
                area,
                align,
            });
        }
    }

    fn bar(&mut self, place: Rectangle, fraction: f32) {
        let frame = Rectangle {
            x: place.x + PADDING,
            y: place.center_y() - 6.0,
            width: (place.width - 2.0 * PADDING).max(0.0),
            height: 12.0,
        };
        let border = Border {
            color: Role::Control.of(self.theme),
            width: 1.0,
            radius: 2.0.into(),
        };
        self.renderer.fill_quad(
            renderer::Quad {
                bounds: frame,
                border,
                ..renderer::Quad::default()
            },
            Color::TRANSPARENT,
        );
        let filled = Rectangle {
            width: frame.width * fraction,
            ..frame
        };
        quad(self.renderer, filled, Role::Accent.of(self.theme), 2.0);
    }

    fn badge(&mut self, tone: Tone, word: &str, place: Rectangle) {
        let (ground, edge, ink) = tone.badge_roles();
        let room = place.width - 2.0 * PADDING;
        let width = self.lines.line(word, theme::BOLD, Type::S, room).width + 12.0;
        let frame = Rectangle {
            x: place.x + PADDING,
            y: place.center_y() - 11.0,
            width,
            height: 22.0,
        };
        let border = Border {
            color: edge.of(self.theme),
            width: 1.0,
            radius: 4.0.into(),
        };
        self.renderer.fill_quad(
            renderer::Quad {
                bounds: frame,
                border,
                ..renderer::Quad::default()
            },
            ground.of(self.theme),
        );
        let area = Rectangle {
            x: frame.x + 6.0 - PADDING,
            width: width + 2.0 * PADDING,
            ..place
        };
        let align = Align::Left;
        self.write(Piece {
            text: word,
            font: theme::BOLD,
            size: Type::S,
            role: ink,
            area,
            align,
        });
    }

    fn write(&mut self, piece: Piece<'_>) {
        if piece.text.is_empty() {
            return;
        }
        let room = piece.area.width - 2.0 * PADDING;
        let line = self.lines.line(piece.text, piece.font, piece.size, room);
        let x = match piece.align {
            Align::Left => piece.area.x + PADDING,
            Align::Right => piece.area.x + piece.area.width - PADDING - line.width,
        };
        let y = piece.area.y + (piece.area.height - piece.size.line()) / 2.0;
        // As text and not as a paragraph: the renderer tells two paragraphs apart by their size alone and would
        // leave the old row standing where another one of the same width has come.
        for word in &line.words {
            self.renderer.fill_text(
                text(word.text.clone(), word.width.ceil() + 2.0, piece.font, piece.size),
                Point::new(x + word.x, y.round()),
                piece.role.of(self.theme),
                piece.area,
            );
        }
    }
}

fn quad(renderer: &mut Renderer, bounds: Rectangle, color: Color, radius: f32) {
    let border = Border {
        radius: radius.into(),
        ..Border::default()
    };
    renderer.fill_quad(
        renderer::Quad {
            bounds,
            border,
            ..renderer::Quad::default()
        },
        color,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_of_the_rows_is_another_one_after_each_step_and_the_same_pixels() {
        let view = View {
            rows: 100,
            row_height: 25.0,
            height: 606.0,
        };
        let body = Rectangle {
            x: 0.0,
            y: 126.0,
            width: 800.0,
            height: 606.0,
        };
        let sight = Sight::default();
        let mut scroll = Scroll::default();
        let mut last = sight.of(body, scroll, view);
        assert_eq!(last, sight.of(body, scroll, view));
        for _ in 0..8 {
            scroll.by(25.0, view);
            let now = sight.of(body, scroll, view);
            assert!(now != last && now.height - body.height < 1.0 / 64.0);
            last = now;
        }
    }
}
