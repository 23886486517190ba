//! 年表の棒. Draws one row of the timeline: windows, standard window, doses and today's line, all as quads, so that
//! the software renderer stays fast.

use chrono::NaiveDate;
use iced::{
    Border, Color, Element, Length, Point, Rectangle, Renderer, Size, Theme,
    advanced::{
        Layout, Renderer as _, Widget, layout, mouse, renderer,
        text::{self, Renderer as _},
        widget::Tree,
    },
    alignment,
};

use super::axis::Axis;
use crate::{
    desktop::theme::{self, Role, Type},
    domain::wareki,
    office::person::{Mark, Row, Section},
};

const MARK: f32 = 15.0;
const WINDOW: f32 = 13.0;
const STANDARD: f32 = 6.0;
const LEAST: f32 = 3.0;
/// Width of 「今日 R10.12.31」.
const LABEL: f32 = 112.0;

/// What stands under the axis.
pub(super) enum Shows<'a> {
    /// The names of the axis.
    Names,
    /// The label of today, over its line.
    Today,
    Row(&'a Row),
}

/// 棒. Fills the width it is given.
pub(super) struct Bars<'a> {
    axis: Axis,
    shows: Shows<'a>,
    today: NaiveDate,
    height: f32,
}

/// A row of the axis.
pub(super) fn bars<'a, Message: 'a>(
    axis: Axis,
    shows: Shows<'a>,
    today: NaiveDate,
    height: f32,
) -> Element<'a, Message> {
    Element::new(Bars {
        axis,
        shows,
        today,
        height,
    })
}

impl<Message> Widget<Message, Theme, Renderer> for Bars<'_> {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fixed(self.height))
    }

    fn layout(&mut self, _: &mut Tree, _: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, Length::Fill, Length::Fixed(self.height))
    }

    fn draw(
        &self,
        _: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        _: &Rectangle,
    ) {
        let mut pen = Pen {
            renderer,
            theme,
            area: layout.bounds(),
        };
        let today = self.axis.share(self.today);
        match self.shows {
            Shows::Names => {
                for (name, share) in &self.axis.names {
                    pen.name(name, *share, Role::Ink);
                }
            }
            Shows::Today => pen.label(&format!("今日 {}", wareki::short(self.today)), today),
            Shows::Row(row) => {
                for tick in self.axis.ticks() {
                    pen.down(tick, 1.0, Role::Head);
                }
                self.windows(&mut pen, row);
                pen.down(today, 2.0, Role::Ink);
                self.marks(&mut pen, &row.marks);
            }
        }
    }
}

impl Bars<'_> {
    fn windows(&self, pen: &mut Pen<'_>, row: &Row) {
        let (fill, edge) = match row.section {
            Section::Done => (Role::Past, Role::PastLine),
            Section::Now | Section::Later => (Role::Win, Role::WinLine),
        };
        for span in &row.windows {
            pen.bar(
                self.axis.share(span.from),
                self.axis.share(span.until),
                WINDOW,
                fill,
                Some(edge),
            );
        }
        if let Some(span) = row.standard {
            pen.bar(
                self.axis.share(span.from),
                self.axis.share(span.until),
                STANDARD,
                Role::Std,
                None,
            );
        }
    }

    /// Nearer than a mark is wide they are pushed apart; the order stays.
    fn marks(&self, pen: &mut Pen<'_>, marks: &[Mark]) {
        let mut free = 0.0_f32;
        for mark in marks {
            let centre = (self.axis.share(mark.on) * pen.area.width).max(free + MARK / 2.0);
            free = centre + MARK / 2.0;
            pen.mark(centre.min(pen.area.width - MARK / 2.0), mark);
        }
    }
}

struct Pen<'p> {
    renderer: &'p mut Renderer,
    theme: &'p Theme,
    area: Rectangle,
}

impl Pen<'_> {
    fn quad(&mut self, bounds: Rectangle, fill: Option<Role>, edge: Option<(Role, f32)>, radius: f32) {
        let border = Border {
            color: edge.map_or(Color::TRANSPARENT, |(role, _)| role.of(self.theme)),
            width: edge.map_or(0.0, |(_, width)| width),
            radius: radius.into(),
        };
        let fill = fill.map_or(Color::TRANSPARENT, |role| role.of(self.theme));
        self.renderer.fill_quad(
            renderer::Quad {
                bounds,
                border,
                ..renderer::Quad::default()
            },
            fill,
        );
    }

    /// An inverted label that begins at a share, or ends with the axis where it has no room.
    fn label(&mut self, words: &str, share: f32) {
        let x = (share * self.area.width).round().min(self.area.width - LABEL);
        let box_of = Rectangle {
            x: self.area.x + x,
            width: LABEL,
            ..self.area
        };
        self.quad(box_of, Some(Role::Ink), None, 0.0);
        let mut pen = Pen {
            renderer: self.renderer,
            theme: self.theme,
            area: box_of.shrink(iced::Padding::from([0.0, 6.0])),
        };
        pen.name(words, 0.0, Role::Panel);
    }

    /// A name that begins at its share; the one at the end of the axis ends there.
    fn name(&mut self, name: &str, share: f32, role: Role) {
        let (align_x, inset) = match share < 1.0 {
            true => (text::Alignment::Left, 0.0),
            false => (text::Alignment::Right, 4.0),
        };
        let text = text::Text {
            content: name.to_owned(),
            bounds: Size::new(LABEL, self.area.height),
            size: iced::Pixels(Type::S.size()),
            line_height: Type::S.line_height(),
            font: theme::DIGITS_BOLD,
            align_x,
            align_y: alignment::Vertical::Center,
            shaping: text::Shaping::Basic,
            wrapping: text::Wrapping::None,
        };
        let at = Point::new(
            self.area.x + (share * self.area.width).round() - inset,
            self.area.center_y(),
        );
        let colour = role.of(self.theme);
        self.renderer.fill_text(text, at, colour, self.area);
    }

    fn down(&mut self, share: f32, width: f32, role: Role) {
        let x = self.area.x + (share * (self.area.width - width)).round();
        let bounds = Rectangle {
            x,
            width,
            ..self.area
        };
        self.quad(bounds, Some(role), None, 0.0);
    }

    fn bar(&mut self, from: f32, to: f32, height: f32, fill: Role, edge: Option<Role>) {
        let x = self.area.x + (from * self.area.width).round();
        let width = ((to - from) * self.area.width).round().max(LEAST);
        let y = self.area.y + ((self.area.height - height) / 2.0).round();
        self.quad(
            Rectangle { x, y, width, height },
            Some(fill),
            edge.map(|role| (role, 1.0)),
            0.0,
        );
    }

    fn mark(&mut self, centre: f32, mark: &Mark) {
        let bounds = Rectangle {
            x: self.area.x + (centre - MARK / 2.0).round(),
            y: self.area.y + ((self.area.height - MARK) / 2.0).round(),
            width: MARK,
            height: MARK,
        };
        if mark.screened_only {
            self.quad(bounds, Some(Role::Panel), Some((Role::Dose, 2.0)), MARK / 2.0);
            return;
        }
        let (fill, ink) = if mark.waiting {
            (Role::Panel, Role::Dose)
        } else {
            (Role::Dose, Role::OnDose)
        };
        let edge = if mark.waiting {
            (Role::Dose, 1.0)
        } else {
            (Role::Panel, 1.0)
        };
        self.quad(bounds, Some(fill), Some(edge), MARK / 2.0);
        let text = text::Text {
            content: mark.label.clone(),
            bounds: bounds.size(),
            size: iced::Pixels(11.0),
            line_height: Type::S.line_height(),
            font: theme::DIGITS_BOLD,
            align_x: text::Alignment::Center,
            align_y: alignment::Vertical::Center,
            shaping: text::Shaping::Basic,
            wrapping: text::Wrapping::None,
        };
        let middle = Point::new(bounds.center_x(), bounds.center_y());
        let colour = ink.of(self.theme);
        self.renderer.fill_text(text, middle, colour, bounds);
    }
}
