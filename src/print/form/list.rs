//! 名簿の行. Rows of equal height, a heavier rule after each fifth; a form without a list draws nothing here.

use super::{
    Values,
    definition::{Column, Definition, List, aligned},
    fixed::stroke,
    own::Drawing,
};
use crate::print::{
    Face,
    fit::{Fit, Place},
    sheet::{Item, Rect},
};

pub(super) fn draw(definition: &Definition, items: &mut Vec<Item>) {
    let Some(list) = &definition.list else { return };
    let Some((left, right)) = edges(list) else { return };
    let bottom = list.y + list.rows as f32 * list.pitch;
    for row in 1..=list.rows {
        let heavy = list.group > 0 && row % list.group == 0 && row < list.rows;
        items.push(Item::Line {
            from: (left, list.y + row as f32 * list.pitch),
            to: (right, list.y + row as f32 * list.pitch),
            stroke: stroke(if heavy { 0.45 } else { 0.2 }),
        });
    }
    for x in list.column.iter().map(|column| column.x).chain([right]) {
        items.push(Item::Line {
            from: (x, list.y),
            to: (x, bottom),
            stroke: stroke(0.2),
        });
    }
}

fn edges(list: &List) -> Option<(f32, f32)> {
    let left = list.column.iter().map(|column| column.x).reduce(f32::min)?;
    let right = list
        .column
        .iter()
        .map(|column| column.x + column.w)
        .reduce(f32::max)?;
    Some((left, right))
}

pub(super) fn fill(definition: &Definition, values: &Values, drawing: &mut Drawing) {
    let Some(list) = &definition.list else { return };
    for (at, row) in values.rows.iter().take(list.rows).enumerate() {
        let y = list.y + at as f32 * list.pitch;
        for column in &list.column {
            let value = |name: &str| row.get(name).map_or("", String::as_str);
            if column.check {
                let side = 4.0;
                drawing.items.push(Item::Box {
                    at: Rect {
                        x: column.x + (column.w - side) / 2.0,
                        y: y + (list.pitch - side) / 2.0,
                        w: side,
                        h: side,
                    },
                    fill: None,
                    stroke: Some(stroke(0.3)),
                });
                continue;
            }
            match &column.above {
                Some(above) => {
                    let small = list.pitch * 0.42;
                    drawing.put(
                        above,
                        &place(column, "P", 8.0, y + 0.2, small, "S8"),
                        value(above),
                    );
                    let name = place(
                        column,
                        &column.font,
                        column.pt,
                        y + small,
                        list.pitch - small - 0.2,
                        &column.fit,
                    );
                    drawing.put(&column.name, &name, value(&column.name));
                }
                None => {
                    let place = place(column, &column.font, column.pt, y, list.pitch, &column.fit);
                    drawing.put(&column.name, &place, value(&column.name));
                }
            }
        }
    }
}

fn place(column: &Column, font: &str, pt: f32, y: f32, h: f32, rule: &str) -> Place {
    Place {
        at: Rect {
            x: column.x,
            y,
            w: column.w,
            h,
        },
        face: Face::parse(font).unwrap_or(Face::Text),
        size: pt,
        align: aligned(column.align),
        fit: Fit::parse(rule).unwrap_or(Fit::Fixed),
        padding: 1.0,
        feed: None,
        spacing: 0.0,
        black: 100,
    }
}
