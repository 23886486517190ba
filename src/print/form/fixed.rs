//! 様式の固定部分. What is the same on each sheet: frames, labels, wording without settings in it.

use super::{
    FormError, Refusal,
    definition::{Definition, Item as Made, Text, refused},
    list, question,
};
use crate::print::{
    fit::{self, Fit, POINT, Place},
    shape::{clusters, shape, width},
    sheet::{Item, Layer, Rect, Stroke},
};

pub(super) fn layer(definition: &Definition) -> Result<Layer, FormError> {
    let mut items = Vec::new();
    for item in &definition.items {
        draw(definition, item, &mut items)?;
    }
    question::draw(definition, &mut items)?;
    list::draw(definition, &mut items);
    Ok(Layer { items })
}

pub(super) fn stroke(width: f32) -> Stroke {
    Stroke {
        width,
        dash: None,
        black: 100,
    }
}

pub(super) fn dotted(width: f32) -> Stroke {
    Stroke {
        width,
        dash: Some((0.6, 0.6)),
        black: 100,
    }
}

fn draw(definition: &Definition, item: &Made, items: &mut Vec<Item>) -> Result<(), FormError> {
    match item {
        Made::Box {
            at,
            line,
            fill,
            black,
            dash,
            bleed: _,
        } => items.push(Item::Box {
            at: *at,
            fill: (*fill > 0).then_some(*fill),
            stroke: (*line > 0.0).then_some(Stroke {
                width: *line,
                dash: dash.map(|[on, off]| (on, off)),
                black: *black,
            }),
        }),
        Made::Line {
            from, to, line, dash, ..
        } => items.push(Item::Line {
            from: (from[0], from[1]),
            to: (to[0], to[1]),
            stroke: Stroke {
                width: *line,
                dash: dash.map(|[on, off]| (on, off)),
                black: 100,
            },
        }),
        Made::Triangle { at, side } => items.push(triangle((at[0], at[1]), *side)),
        Made::Area { at, area } => draw_area(*at, *area, items),
        Made::Label { at, text } => {
            items.push(Item::Box {
                at: *at,
                fill: Some(8),
                stroke: Some(stroke(0.2)),
            });
            set(definition, *at, text, items)?;
        }
        Made::Text { at, text } => {
            let wording = definition.wording(&text.text)?;
            if !wording.contains('{') {
                set(definition, *at, text, items)?;
            }
        }
        Made::Digits { at, count } => {
            items.push(Item::Box {
                at: *at,
                fill: None,
                stroke: Some(stroke(0.25)),
            });
            let pitch = at.w / *count as f32;
            for digit in 1..*count {
                let x = at.x + digit as f32 * pitch;
                items.push(Item::Line {
                    from: (x, at.y),
                    to: (x, at.y + at.h),
                    stroke: stroke(0.2),
                });
            }
        }
    }
    Ok(())
}

/// ◣ mirrored to the upper left corner: the answer the physician looks into.
pub(super) fn triangle((x, y): (f32, f32), side: f32) -> Item {
    Item::Shape {
        points: vec![(x, y), (x + side, y), (x, y + side)],
        black: 100,
    }
}

/// The four kinds of area are told apart by line only.
pub(super) fn draw_area(at: Rect, area: char, items: &mut Vec<Item>) {
    let mut frame = |at: Rect, stroke: Stroke| {
        items.push(Item::Box {
            at,
            fill: None,
            stroke: Some(stroke),
        });
    };
    match area {
        'A' => frame(at, stroke(0.6)),
        'B' => {
            frame(at, stroke(0.35));
            let inner = Rect {
                x: at.x + 0.95,
                y: at.y + 0.95,
                w: at.w - 1.9,
                h: at.h - 1.9,
            };
            frame(inner, stroke(0.15));
        }
        'D' => frame(
            at,
            Stroke {
                width: 0.25,
                dash: Some((1.2, 0.8)),
                black: 100,
            },
        ),
        _ => frame(at, stroke(0.2)),
    }
}

/// Sets a fixed wording; it has to fit.
fn set(definition: &Definition, at: Rect, text: &Text, items: &mut Vec<Item>) -> Result<(), FormError> {
    let wording = definition.wording(&text.text)?;
    let place = text.place(at)?;
    if let Some(wide) = text.spread {
        return spread(&place, &text.text, wording, wide, items);
    }
    if text.upright {
        return upright(&place, &text.text, wording, items);
    }
    put(&place, &text.text, wording, items)
}

pub(super) fn put(place: &Place, key: &str, wording: &str, items: &mut Vec<Item>) -> Result<(), FormError> {
    let fitted = fit::fit(place, wording).map_err(|error| refused(key, Refusal::Shape(error)))?;
    let fitted = fitted.ok_or_else(|| refused(key, Refusal::DoesNotFit))?;
    fit::set(place, &fitted, items);
    Ok(())
}

/// 均等割付. Lines of letters spread over a width.
fn spread(
    place: &Place,
    key: &str,
    wording: &str,
    wide: f32,
    items: &mut Vec<Item>,
) -> Result<(), FormError> {
    let lines: Vec<&str> = wording.split('\n').collect();
    let feed = place.feed.unwrap_or(place.size * POINT * 1.25);
    for (at, line) in lines.iter().enumerate() {
        let pieces = shape(place.face, line).map_err(|error| refused(key, Refusal::Shape(error)))?;
        let count = clusters(line).count().max(2) as f32;
        let gap = (wide - width(&pieces) * place.size * POINT) / (count - 1.0);
        let middle = place.at.y + place.at.h / 2.0 + (at as f32 - (lines.len() as f32 - 1.0) / 2.0) * feed;
        let spaced = Place {
            at: Rect {
                y: middle - 2.0,
                h: 4.0,
                ..place.at
            },
            spacing: gap.max(0.0),
            fit: Fit::Shrink(8.0),
            padding: 0.0,
            ..place.clone()
        };
        put(&spaced, key, line, items)?;
    }
    Ok(())
}

fn upright(place: &Place, key: &str, wording: &str, items: &mut Vec<Item>) -> Result<(), FormError> {
    let letters: Vec<&str> = clusters(wording).collect();
    let feed = place
        .feed
        .unwrap_or(place.size * POINT * 1.1)
        .min(place.at.h / letters.len().max(1) as f32);
    for (at, letter) in letters.iter().enumerate() {
        let middle = place.at.y + place.at.h / 2.0 + (at as f32 - (letters.len() as f32 - 1.0) / 2.0) * feed;
        let one = Place {
            at: Rect {
                y: middle - 2.0,
                h: 4.0,
                ..place.at
            },
            padding: 0.0,
            ..place.clone()
        };
        put(&one, key, letter, items)?;
    }
    Ok(())
}
