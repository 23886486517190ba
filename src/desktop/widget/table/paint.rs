//! 表を描く. Draws head, visible rows, ring and scroll bar. A text is shaped once and kept while its row can be seen;
//! one that is too long is cut here, by its measured width, and ends in 「…」.

use std::{cell::RefCell, collections::HashMap, mem};

use iced::{
    Border, Color, Font, Point, Rectangle, Renderer, Size, Theme,
    advanced::{
        Renderer as _, mouse, renderer,
        text::{self, Paragraph as _, Renderer as TextRenderer, Text},
    },
    alignment,
};

use super::{Align, BAR, Cell, State, Table};
use crate::desktop::{
    theme::{self, Role, Type},
    widget::stop::draw_ring,
};

type Paragraph = <Renderer as TextRenderer>::Paragraph;

/// Padding of a cell on either side.
const PADDING: f32 = 8.0;

/// The texts that were drawn last, by place.
#[derive(Default)]
pub(super) struct Shaped(RefCell<HashMap<(usize, usize, u8), Line>>);

/// What is written for a text: itself, or the part of it that fits, and how wide that is.
#[derive(Clone)]
struct Line {
    text: String,
    font: Font,
    size: Type,
    room: f32,
    shown: String,
    width: f32,
}

/// A text to be drawn, and where.
struct Piece<'a> {
    key: (usize, usize, u8),
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
        let before = mem::take(&mut *state.shaped.0.borrow_mut());
        let mut pen = Pen {
            renderer,
            theme,
            before,
            now: HashMap::new(),
        };
        let spans = self.spans(bounds);
        if self.head {
            self.paint_head(&mut pen, bounds, &spans);
        }
        let body = self.body(bounds);
        pen.renderer.start_layer(body);
        if self.rows == 0 {
            self.paint_empty(&mut pen, body);
        }
        let view = self.scroll_view(body.height);
        for row in state.scroll.visible(view) {
            let area = Rectangle {
                y: body.y + state.scroll.top_of(row, view),
                height: self.row_height,
                ..body
            };
            self.paint_row(&mut pen, state, row, area, &spans, cursor);
        }
        pen.renderer.end_layer();
        let Pen { renderer, now, .. } = pen;
        *state.shaped.0.borrow_mut() = now;
        // Over the rows: the bar, and the ring inside the current row.
        renderer.start_layer(body);
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
        for (index, (column, (x, width))) in self.columns.iter().zip(spans).enumerate() {
            pen.write(Piece {
                key: (usize::MAX, index, 0),
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

    fn paint_empty(&self, pen: &mut Pen<'_>, body: Rectangle) {
        pen.write(Piece {
            key: (usize::MAX, 0, 1),
            text: &self.empty,
            font: theme::TEXT,
            size: Type::S,
            role: Role::Ink2,
            area: Rectangle {
                x: body.x + 4.0,
                height: 40.0,
                ..body
            },
            align: Align::Left,
        });
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
            pen.cell((row, column), &cell, place, self.columns[column].align, strong);
        }
    }
}

struct Pen<'a> {
    renderer: &'a mut Renderer,
    theme: &'a Theme,
    before: HashMap<(usize, usize, u8), Line>,
    now: HashMap<(usize, usize, u8), Line>,
}

impl Pen<'_> {
    fn cell(&mut self, at: (usize, usize), cell: &Cell, place: Rectangle, align: Align, strong: bool) {
        let mut place = place;
        if let Some(fraction) = cell.bar {
            self.bar(place, fraction);
        }
        if let Some((tone, word)) = &cell.badge {
            self.badge(at, *tone, word, place);
            return;
        }
        if let Some((icon, role)) = cell.sign {
            let area = Rectangle {
                width: 14.0 + 2.0 * PADDING,
                ..place
            };
            self.write(Piece {
                key: (at.0, at.1, 2),
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
            key: (at.0, at.1, 0),
            text: &cell.text,
            font,
            size,
            role,
            area: first,
            align,
        });
        if let Some((under, area)) = second {
            let key = (at.0, at.1, 1);
            let font = theme::name_font(under, false);
            self.write(Piece {
                key,
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

    fn badge(
        &mut self,
        at: (usize, usize),
        tone: crate::desktop::widget::surface::Tone,
        word: &str,
        place: Rectangle,
    ) {
        let (ground, edge, ink) = tone.badge_roles();
        let mut key = (at.0, at.1, 3);
        let (_, width) = self.shaped(key, word, theme::BOLD, Type::S, place.width - 2.0 * PADDING);
        let width = width + 12.0;
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
        key.2 = 4;
        let area = Rectangle {
            x: frame.x + 6.0 - PADDING,
            width: width + 2.0 * PADDING,
            ..place
        };
        let align = Align::Left;
        self.write(Piece {
            key,
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
        let (shown, width) = self.shaped(piece.key, piece.text, piece.font, piece.size, room);
        let x = match piece.align {
            Align::Left => piece.area.x + PADDING,
            Align::Right => piece.area.x + piece.area.width - PADDING - width,
        };
        let y = piece.area.y + (piece.area.height - piece.size.line()) / 2.0;
        // As text and not as a paragraph: the renderer tells two paragraphs apart by their size alone and would
        // leave the old row standing where another one of the same width has come.
        self.renderer.fill_text(
            text(shown, width.ceil() + 2.0, piece.font, piece.size),
            Point::new(x, y.round()),
            piece.role.of(self.theme),
            piece.area,
        );
    }

    /// The text as it is shown and its width; what was measured for the last frame is taken over.
    fn shaped(
        &mut self,
        key: (usize, usize, u8),
        text: &str,
        font: Font,
        size: Type,
        room: f32,
    ) -> (String, f32) {
        let same =
            |line: &Line| line.text == text && line.font == font && line.size == size && line.room == room;
        let line = match self.before.remove(&key) {
            Some(line) if same(&line) => line,
            _ => {
                let (shown, width) = cut(text, font, size, room);
                Line {
                    text: text.to_owned(),
                    font,
                    size,
                    room,
                    shown,
                    width,
                }
            }
        };
        let shown = (line.shown.clone(), line.width);
        self.now.insert(key, line);
        shown
    }
}

/// Measures a text for a width; one that is too long ends in 「…」.
fn cut(content: &str, font: Font, size: Type, room: f32) -> (String, f32) {
    let whole = shape(content, font, size);
    if whole.min_width() <= room + 0.5 {
        return (content.to_owned(), whole.min_width());
    }
    let dots = shape("…", font, size).min_width();
    let mut kept = match whole.hit_test(Point::new((room - dots).max(0.0), size.line() / 2.0)) {
        Some(text::Hit::CharOffset(offset)) => offset,
        None => content.chars().count(),
    };
    loop {
        let shorter: String = content.chars().take(kept).chain(['…']).collect();
        let width = shape(&shorter, font, size).min_width();
        if kept == 0 || width <= room + 0.5 {
            return (shorter, width);
        }
        kept -= 1;
    }
}

fn shape(content: &str, font: Font, size: Type) -> Paragraph {
    Paragraph::with_text(text(content, f32::INFINITY, font, size))
}

fn text<Content>(content: Content, width: f32, font: Font, size: Type) -> Text<Content> {
    Text {
        content,
        bounds: Size::new(width, size.line()),
        size: size.size().into(),
        line_height: size.line_height(),
        font,
        align_x: text::Alignment::Left,
        align_y: alignment::Vertical::Top,
        shaping: text::Shaping::Advanced,
        wrapping: text::Wrapping::None,
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

    fn load() {
        let mut system = iced::advanced::graphics::text::font_system().write().unwrap();
        theme::fonts().for_each(|font| system.load_font(font.into()));
    }

    #[test]
    fn a_text_that_fits_stays_whole_and_a_longer_one_is_cut_to_its_room() {
        load();
        let whole = shape("予防接種", theme::TEXT, Type::S).min_width();
        assert_eq!(cut("予防接種", theme::TEXT, Type::S, whole).0, "予防接種");
        for room in [20.0, 57.0, 80.0, 101.0] {
            let long = "沈降精製百日せきジフテリア破傷風混合ワクチン";
            let (shown, width) = cut(long, theme::TEXT, Type::S, room);
            assert!(shown.ends_with('…') && width <= room + 0.5, "{room}");
            assert!(width > room - 30.0, "{room}");
        }
    }
}
