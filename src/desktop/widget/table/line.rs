//! 行. A text of a cell as it is drawn: measured, cut to its room, and taken apart at its spaces. What the last frame
//! has measured is kept for the next one, whichever row it stands in.

use std::{cell::RefCell, collections::HashMap, mem, rc::Rc};

use iced::{
    Font, Point, Renderer, Size,
    advanced::text::{self, Paragraph as _, Renderer as TextRenderer, Text},
    alignment,
};

use crate::desktop::theme::Type;

type Paragraph = <Renderer as TextRenderer>::Paragraph;

/// What is written for a text: all of it or the part that fits, and how wide that is in pixels.
#[derive(Debug)]
pub(super) struct Line {
    pub words: Vec<Word>,
    pub width: f32,
}

/// A piece of a line without a space in it. The renderer keeps the picture of a letter but not that a space has none:
/// it would ask the font for it in every frame, and with hinting that costs more than all letters together.
#[derive(Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    /// From the left edge of the line.
    pub x: f32,
    pub width: f32,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    text: String,
    font: Font,
    size: Type,
    room: u32,
}

/// The lines of this frame and of the one before.
#[derive(Default)]
pub(super) struct Lines(RefCell<Frames>);

#[derive(Default)]
struct Frames {
    before: HashMap<Key, Rc<Line>>,
    now: HashMap<Key, Rc<Line>>,
}

impl Lines {
    /// A new frame begins: what the last one did not draw is let go.
    pub(super) fn turn(&self) {
        let mut frames = self.0.borrow_mut();
        frames.before = mem::take(&mut frames.now);
    }

    /// The line of a text that has `room` pixels.
    pub(super) fn line(&self, text: &str, font: Font, size: Type, room: f32) -> Rc<Line> {
        let key = Key {
            text: text.to_owned(),
            font,
            size,
            room: room.to_bits(),
        };
        let mut frames = self.0.borrow_mut();
        if let Some(line) = frames.now.get(&key) {
            return Rc::clone(line);
        }
        let line = frames
            .before
            .remove(&key)
            .unwrap_or_else(|| Rc::new(cut(text, font, size, room)));
        frames.now.insert(key, Rc::clone(&line));
        line
    }
}

/// Measures a text for a width; one that is too long ends in 「…」.
fn cut(content: &str, font: Font, size: Type, room: f32) -> Line {
    let whole = shape(content, font, size);
    if whole.min_width() <= room + 0.5 {
        return line(content, &whole);
    }
    let dots = shape("…", font, size).min_width();
    let mut kept = match whole.hit_test(Point::new((room - dots).max(0.0), size.line() / 2.0)) {
        Some(text::Hit::CharOffset(offset)) => offset,
        None => content.chars().count(),
    };
    loop {
        let shorter: String = content.chars().take(kept).chain(['…']).collect();
        let shaped = shape(&shorter, font, size);
        if kept == 0 || shaped.min_width() <= room + 0.5 {
            return line(&shorter, &shaped);
        }
        kept -= 1;
    }
}

fn line(content: &str, shaped: &Paragraph) -> Line {
    let width = shaped.min_width();
    Line {
        words: words(content, shaped, width),
        width,
    }
}

/// The words of a shaped text. One that runs from right to left stays whole.
fn words(content: &str, shaped: &Paragraph, width: f32) -> Vec<Word> {
    let whole = || {
        vec![Word {
            text: content.to_owned(),
            x: 0.0,
            width,
        }]
    };
    let mut words: Vec<Word> = Vec::new();
    let mut last = None;
    for glyph in shaped.buffer().layout_runs().flat_map(|run| run.glyphs) {
        let Some(letters) = content.get(glyph.start..glyph.end) else {
            return whole();
        };
        if glyph.level.is_rtl() {
            return whole();
        }
        if letters.chars().all(char::is_whitespace) {
            last = None;
            continue;
        }
        match (words.last_mut(), last) {
            // Several glyphs of one cluster share its letters.
            (Some(word), Some(start)) if start == glyph.start => {
                word.width = glyph.x + glyph.w - word.x;
            }
            (Some(word), Some(_)) => {
                word.text.push_str(letters);
                word.width = glyph.x + glyph.w - word.x;
            }
            _ => words.push(Word {
                text: letters.to_owned(),
                x: glyph.x,
                width: glyph.w,
            }),
        }
        last = Some(glyph.start);
    }
    words
}

fn shape(content: &str, font: Font, size: Type) -> Paragraph {
    Paragraph::with_text(text(content, f32::INFINITY, font, size))
}

pub(super) fn text<Content>(content: Content, width: f32, font: Font, size: Type) -> Text<Content> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::theme;

    fn load() {
        let mut system = iced::advanced::graphics::text::font_system().write().unwrap();
        theme::fonts().for_each(|font| system.load_font(font.into()));
    }

    fn written(line: &Line) -> Vec<&str> {
        line.words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn a_text_that_fits_stays_whole_and_a_longer_one_is_cut_to_its_room() {
        load();
        let whole = shape("予防接種", theme::TEXT, Type::S).min_width();
        assert_eq!(
            written(&cut("予防接種", theme::TEXT, Type::S, whole)),
            ["予防接種"]
        );
        for room in [20.0, 57.0, 80.0, 101.0] {
            let long = "沈降精製百日せきジフテリア破傷風混合ワクチン";
            let line = cut(long, theme::TEXT, Type::S, room);
            assert!(
                written(&line)[0].ends_with('…') && line.width <= room + 0.5,
                "{room}"
            );
            assert!(line.width > room - 30.0, "{room}");
        }
    }

    #[test]
    fn the_words_of_a_line_stand_where_they_stood_in_the_whole() {
        load();
        for (content, expected) in [
            ("見本　太郎 12", vec!["見本", "太郎", "12"]),
            ("葛󠄀城 𠮷田", vec!["葛󠄀城", "𠮷田"]),
            (" ", vec![]),
            ("か\u{3099}く ふ", vec!["か\u{3099}く", "ふ"]),
        ] {
            let line = cut(content, theme::TEXT, Type::S, 400.0);
            assert_eq!(written(&line), expected);
            for word in &line.words {
                let before = content.split(&word.text).next().unwrap();
                let left = shape(&format!("{before}。"), theme::TEXT, Type::S).min_width()
                    - shape("。", theme::TEXT, Type::S).min_width();
                assert!((word.x - left).abs() < 0.01, "{content} {}", word.text);
                let alone = shape(&word.text, theme::TEXT, Type::S).min_width();
                assert!((word.width - alone).abs() < 0.01, "{content} {}", word.text);
            }
        }
    }

    #[test]
    fn a_line_is_measured_once_while_it_is_drawn_whatever_its_row() {
        load();
        let lines = Lines::default();
        let ask = || lines.line("平字梅本", theme::TEXT, Type::S, 90.0);
        let first = ask();
        lines.turn();
        assert!(Rc::ptr_eq(&first, &ask()));
        lines.turn();
        lines.turn();
        assert!(!Rc::ptr_eq(&first, &ask()));
    }
}
