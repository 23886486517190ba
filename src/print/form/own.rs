//! 様式の差し込み部分. What belongs to one person: fields, ticks, codes, rows of a list, wording with settings.

use super::{
    Problem, Reason, Values,
    definition::{Code as Made, Definition, Item as Fixed, Text},
    list,
};
use crate::print::{
    code::{self, CodeError},
    fit::{self, POINT, Place},
    shape::{ShapeError, shape, width},
    sheet::{Item, Layer, Rect, Run},
};

pub(super) fn layer(definition: &Definition, values: &Values) -> Result<Layer, Vec<Problem>> {
    let mut drawing = Drawing::default();
    if values.specimen {
        drawing.specimen(definition);
    }
    for item in &definition.items {
        if let Fixed::Text { at, text } = item {
            drawing.wording(definition, *at, text, values);
        }
    }
    for field in &definition.fields {
        match field.place() {
            Ok(place) => drawing.put(&field.name, &place, values.get(&field.name)),
            Err(_) => drawing.problem(&field.name, Reason::TooLong),
        }
    }
    for tick in &definition.ticks {
        if values.get(&tick.name) == tick.value {
            drawing.tick(tick.at);
        }
    }
    for code in &definition.codes {
        drawing.code(code, values);
    }
    list::fill(definition, values, &mut drawing);
    if drawing.problems.is_empty() {
        Ok(Layer { items: drawing.items })
    } else {
        Err(drawing.problems)
    }
}

/// The items of one field alone.
pub(super) fn field(definition: &Definition, name: &str, value: &str) -> Result<Vec<Item>, Vec<Problem>> {
    let mut drawing = Drawing::default();
    for field in definition.fields.iter().filter(|field| field.name == name) {
        match field.place() {
            Ok(place) => drawing.put(name, &place, value),
            Err(_) => drawing.problem(name, Reason::TooLong),
        }
    }
    if drawing.problems.is_empty() {
        Ok(drawing.items)
    } else {
        Err(drawing.problems)
    }
}

#[derive(Default)]
pub(super) struct Drawing {
    pub items: Vec<Item>,
    pub problems: Vec<Problem>,
}

impl Drawing {
    fn problem(&mut self, field: &str, reason: Reason) {
        let problem = Problem {
            field: field.to_owned(),
            reason,
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub fn put(&mut self, field: &str, place: &Place, value: &str) {
        if value.is_empty() {
            return;
        }
        match fit::fit(place, value) {
            Ok(Some(fitted)) => fit::set(place, &fitted, &mut self.items),
            Ok(None) => self.problem(field, Reason::TooLong),
            Err(error) => self.problem(field, Reason::Missing(error)),
        }
    }

    /// Wording that refers to settings, as `{city.name}`.
    fn wording(&mut self, definition: &Definition, at: Rect, text: &Text, values: &Values) {
        let Ok(wording) = definition.wording(&text.text) else {
            return;
        };
        if !wording.contains('{') {
            return;
        }
        let mut filled = String::new();
        let mut rest = wording;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(values.get(name));
            rest = after;
        }
        filled.push_str(rest);
        if let Ok(place) = text.place(at) {
            self.put(&text.text, &place, &filled);
        }
    }

    fn tick(&mut self, at: Rect) {
        let point = |x: f32, y: f32| (at.x + at.w * x, at.y + at.h * y);
        self.items.push(Item::Shape {
            points: vec![
                point(0.12, 0.5),
                point(0.24, 0.4),
                point(0.42, 0.66),
                point(0.82, 0.08),
                point(0.95, 0.18),
                point(0.44, 0.95),
            ],
            black: 100,
        });
    }

    fn code(&mut self, made: &Made, values: &Values) {
        let (name, drawn) = match made {
            Made::Nw7 {
                name,
                at,
                start,
                stop,
            } => {
                let value = values.get(name);
                (
                    name,
                    (!value.is_empty()).then(|| code::nw7(&format!("{start}{value}{stop}"), *at)),
                )
            }
            Made::Qr {
                name,
                at,
                level,
                version,
            } => {
                let value = values.get(name);
                (
                    name,
                    (!value.is_empty()).then(|| code::qr(value, *at, *level, *version)),
                )
            }
        };
        match drawn {
            Some(Ok(code)) => self.items.push(Item::Code(code)),
            Some(Err(error)) => self.code_problem(name, error),
            None => {}
        }
    }

    fn code_problem(&mut self, name: &str, error: CodeError) {
        self.problem(name, Reason::Code(error));
    }

    /// 見本. The outline of the word across the sheet, under all values and never over a code.
    fn specimen(&mut self, definition: &Definition) {
        let Some(mark) = &definition.specimen else { return };
        let Ok(pieces) = shape(crate::print::Face::TextBold, "見本") else {
            self.problem(
                "text.specimen",
                Reason::Missing(ShapeError::Missing("見本".to_owned())),
            );
            return;
        };
        let turn = 24.0_f32;
        let em = mark.pt * POINT;
        let half = width(&pieces) * em / 2.0;
        let (sin, cos) = turn.to_radians().sin_cos();
        let [x, y] = mark.at;
        for piece in pieces {
            self.items.push(Item::Run(Run {
                face: piece.face,
                size: mark.pt,
                x: x - half * cos + 0.38 * em * sin,
                baseline: y + half * sin + 0.38 * em * cos,
                condense: 1.0,
                spacing: 0.0,
                turn,
                black: 60,
                outline: Some(0.25),
                glyphs: piece.glyphs,
            }));
        }
    }
}
