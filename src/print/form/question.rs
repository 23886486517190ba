//! 質問の表. Rows of a questionnaire: number, question, room to write, two answers, the physician's column.

use super::{
    FormError, Refusal,
    definition::{Caption, Definition, Questions, refused},
    fixed::{dotted, draw_area, put, stroke, triangle},
};
use crate::print::{
    Face,
    fit::{Align, Fit, Place},
    sheet::{Item, Rect},
};

pub(super) fn draw(definition: &Definition, items: &mut Vec<Item>) -> Result<(), FormError> {
    let Some(table) = &definition.questions else {
        return Ok(());
    };
    let (Some(first), Some(last)) = (definition.question.first(), definition.question.last()) else {
        return Err(refused("question", Refusal::TextMissing));
    };
    let (top, bottom) = (first.y, last.y + last.h);
    if table.y + table.head > top + 0.01 || bottom > definition.size[1] - definition.margin {
        return Err(refused("question", Refusal::OutsidePaper));
    }
    let columns = Columns::of(table);
    head(definition, table, &columns, items)?;
    for question in &definition.question {
        let key = format!("question.{}", question.no);
        let (y, h) = (question.y, question.h);
        let upper = question.sub.as_ref().map_or(h, |sub| sub.from);
        let number = question.no.to_string();
        put(
            &cell(Face::GothicBold, table.pt + 1.5, columns.number(table, y, h), 'c'),
            &key,
            &number,
            items,
        )?;
        row(table, &columns, &key, y, upper, &question.text, items)?;
        answers(
            table,
            &columns,
            &key,
            y,
            upper,
            question.answers.as_ref(),
            question.look,
            items,
        )?;
        if let Some(sub) = &question.sub {
            let (from, lower) = (y + sub.from, h - sub.from);
            items.push(Item::Line {
                from: (columns.question + 1.5, from),
                to: (columns.answer, from),
                stroke: dotted(0.15),
            });
            rule(columns.answer, columns.physician, from, items);
            row(table, &columns, &key, from, lower, &sub.text, items)?;
            answers(
                table,
                &columns,
                &key,
                from,
                lower,
                Some(&sub.answers),
                sub.look,
                items,
            )?;
        }
        for caption in &question.captions {
            let (from, high) = match &question.sub {
                Some(sub) if caption.sub => (y + sub.from, h - sub.from),
                _ => (y, upper),
            };
            write_caption(table, &columns, &key, caption, from, high, items)?;
        }
        rule(columns.left, columns.right, y + h, items);
    }
    frames(table, &columns, top, bottom, items);
    Ok(())
}

struct Columns {
    left: f32,
    question: f32,
    detail: f32,
    answer: f32,
    physician: f32,
    right: f32,
}

impl Columns {
    fn of(table: &Questions) -> Self {
        let question = table.x + table.number;
        let detail = question + table.question;
        let answer = detail + table.detail;
        let physician = answer + 2.0 * table.answer;
        Self {
            left: table.x,
            question,
            detail,
            answer,
            physician,
            right: physician + table.physician,
        }
    }

    fn number(&self, table: &Questions, y: f32, h: f32) -> Rect {
        Rect {
            x: self.left,
            y,
            w: table.number,
            h,
        }
    }
}

fn cell(face: Face, size: f32, at: Rect, align: char) -> Place {
    Place {
        at,
        face,
        size,
        align: if align == 'l' { Align::Left } else { Align::Centre },
        fit: Fit::Shrink(8.0),
        padding: 1.2,
        feed: None,
        spacing: 0.0,
        black: 100,
    }
}

fn rule(from: f32, to: f32, y: f32, items: &mut Vec<Item>) {
    items.push(Item::Line {
        from: (from, y),
        to: (to, y),
        stroke: stroke(0.2),
    });
}

fn head(
    definition: &Definition,
    table: &Questions,
    columns: &Columns,
    items: &mut Vec<Item>,
) -> Result<(), FormError> {
    let at = |x: f32, to: f32| Rect {
        x,
        y: table.y,
        w: to - x,
        h: table.head,
    };
    items.push(Item::Box {
        at: at(columns.left, columns.right),
        fill: Some(8),
        stroke: Some(stroke(0.2)),
    });
    let cells = [
        ("label.question", columns.question, columns.detail),
        ("label.detail", columns.detail, columns.answer),
        ("label.answer", columns.answer, columns.physician),
        ("label.physician", columns.physician, columns.right),
    ];
    for (key, from, to) in cells {
        put(
            &cell(Face::TextBold, 9.5, at(from, to), 'c'),
            key,
            definition.wording(key)?,
            items,
        )?;
    }
    Ok(())
}

fn row(
    table: &Questions,
    columns: &Columns,
    key: &str,
    y: f32,
    h: f32,
    text: &str,
    items: &mut Vec<Item>,
) -> Result<(), FormError> {
    let place = Place {
        fit: Fit::Wrap(2, 8.0),
        feed: Some(table.feed),
        ..cell(
            Face::Text,
            table.pt,
            Rect {
                x: columns.question,
                y,
                w: table.question,
                h,
            },
            'l',
        )
    };
    put(&place, key, text, items)
}

#[allow(clippy::too_many_arguments, reason = "a cell is where, how high and what")]
fn answers(
    table: &Questions,
    columns: &Columns,
    key: &str,
    y: f32,
    h: f32,
    words: Option<&[String; 2]>,
    look: Option<usize>,
    items: &mut Vec<Item>,
) -> Result<(), FormError> {
    let Some(words) = words else { return Ok(()) };
    for (at, word) in words.iter().enumerate() {
        let x = columns.answer + at as f32 * table.answer;
        let place = cell(
            Face::Text,
            10.5,
            Rect {
                x,
                y,
                w: table.answer,
                h,
            },
            'c',
        );
        put(&place, key, word, items)?;
        if look == Some(at) {
            items.push(triangle((x + 0.35, y + 0.35), if h < 7.0 { 1.6 } else { 2.2 }));
        }
    }
    let middle = columns.answer + table.answer;
    items.push(Item::Line {
        from: (middle, y),
        to: (middle, y + h),
        stroke: stroke(0.2),
    });
    Ok(())
}

fn write_caption(
    table: &Questions,
    columns: &Columns,
    key: &str,
    caption: &Caption,
    y: f32,
    h: f32,
    items: &mut Vec<Item>,
) -> Result<(), FormError> {
    const HIGH: f32 = 3.6;
    let y = match caption.at {
        'm' => y + (h - HIGH) / 2.0,
        'b' => y + h - HIGH - 0.4,
        _ => y + 0.3,
    };
    let x = columns.detail + caption.x;
    let at = Rect {
        x,
        y,
        w: columns.detail + table.detail - x,
        h: HIGH,
    };
    let place = Place {
        padding: 0.3,
        fit: Fit::Fixed,
        ..cell(Face::Text, 8.0, at, 'l')
    };
    put(&place, key, &caption.text, items)
}

fn frames(table: &Questions, columns: &Columns, top: f32, bottom: f32, items: &mut Vec<Item>) {
    for x in [
        columns.question,
        columns.detail,
        columns.answer,
        columns.physician,
    ] {
        items.push(Item::Line {
            from: (x, if x == columns.question { table.y } else { top }),
            to: (x, bottom),
            stroke: stroke(0.2),
        });
        items.push(Item::Line {
            from: (x, table.y),
            to: (x, top),
            stroke: stroke(0.2),
        });
    }
    let area = |x: f32, to: f32| Rect {
        x,
        y: top,
        w: to - x,
        h: bottom - top,
    };
    draw_area(area(columns.left, columns.right), 'C', items);
    draw_area(area(columns.physician, columns.right), 'B', items);
    draw_area(area(columns.detail, columns.physician), 'A', items);
}
