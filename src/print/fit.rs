//! 文字の収め方. F, S8, W2/8: how a text is made to fit its rectangle, and when it is not printed but listed.
//! No value is ever cut, and nothing hangs over an edge.

use super::{
    font::Face,
    shape::{self, Piece, ShapeError, clusters, shape},
    sheet::{Item, Rect, Run},
};

/// Millimetres in a point.
pub const POINT: f32 = 25.4 / 72.0;
/// Letters are condensed to this width before a text goes on the overflow list.
const CONDENSED: f32 = 0.8;
const STEP: f32 = 0.5;
/// Line feed as a multiple of the size: what we like, and the least that is legible.
const FEED: f32 = 1.25;
const LEAST_FEED: f32 = 1.06;

/// 収め方.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fit {
    /// `F`: fixed length; the form is refused if its longest legal value does not fit.
    Fixed,
    /// `S8`: shrink to the floor in points, then condense.
    Shrink(f32),
    /// `W2/8`: at most so many lines, then shrink to the floor.
    Wrap(usize, f32),
}

impl Fit {
    /// Reads `F`, `S8.5`, `W2/8`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "F" {
            return Some(Self::Fixed);
        }
        if let Some(floor) = text.strip_prefix('S') {
            return floor.parse().ok().map(Self::Shrink);
        }
        let (lines, floor) = text.strip_prefix('W')?.split_once('/')?;
        Some(Self::Wrap(
            lines.parse().ok().filter(|n| (1..=9).contains(n))?,
            floor.parse().ok()?,
        ))
    }
}

/// 揃え.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// 欄. Where a text stands and how it may be made to fit.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    pub at: Rect,
    pub face: Face,
    /// Points.
    pub size: f32,
    pub align: Align,
    pub fit: Fit,
    /// Left and right, millimetres.
    pub padding: f32,
    /// Line feed in millimetres, where the form sets it.
    pub feed: Option<f32>,
    /// Added between the letters, millimetres.
    pub spacing: f32,
    pub black: u8,
}

/// A text that has found its size.
#[derive(Clone, PartialEq, Debug)]
pub struct Fitted {
    pub size: f32,
    pub condense: f32,
    pub lines: Vec<Vec<Piece>>,
}

/// Finds the largest size at which the text fits, or nothing.
///
/// # Errors
/// A character that no font draws.
pub fn fit(place: &Place, text: &str) -> Result<Option<Fitted>, ShapeError> {
    let room = place.at.w - 2.0 * place.padding;
    match place.fit {
        Fit::Fixed => one_line(place, text, room, place.size, false),
        Fit::Shrink(floor) => one_line(place, text, room, floor.min(place.size), true),
        Fit::Wrap(lines, floor) => wrap(place, text, room, lines, floor.min(place.size)),
    }
}

fn one_line(
    place: &Place,
    text: &str,
    room: f32,
    floor: f32,
    may_condense: bool,
) -> Result<Option<Fitted>, ShapeError> {
    let pieces = shape(place.face, &text.replace('\n', "　"))?;
    let count = pieces.iter().map(|piece| piece.glyphs.len()).sum::<usize>();
    let spaces = place.spacing * count.saturating_sub(1) as f32;
    let em = shape::width(&pieces) * POINT;
    let fits = |size: f32, condense: f32| em * size * condense + spaces <= room + 0.001;
    let found = sizes(place.size, floor).find(|size| fits(*size, 1.0));
    Ok(match found {
        Some(size) => Some(Fitted {
            size,
            condense: 1.0,
            lines: vec![pieces],
        }),
        None if may_condense && fits(floor, CONDENSED) => Some(Fitted {
            size: floor,
            condense: ((room - spaces) / (em * floor)).clamp(CONDENSED, 1.0),
            lines: vec![pieces],
        }),
        None => None,
    })
}

fn sizes(from: f32, floor: f32) -> impl Iterator<Item = f32> {
    let steps = ((from - floor) / STEP).ceil().max(0.0) as usize;
    (0..=steps).map(move |step| (from - step as f32 * STEP).max(floor))
}

fn wrap(place: &Place, text: &str, room: f32, most: usize, floor: f32) -> Result<Option<Fitted>, ShapeError> {
    // The whole text must be drawable before any line is measured.
    for line in text.split('\n') {
        shape(place.face, line)?;
    }
    for size in sizes(place.size, floor) {
        let tall = |count: usize| count as f32 * size * POINT * LEAST_FEED <= place.at.h + 0.3 || count == 1;
        for lines in [given(place, text, room, size)?, broken(place, text, room, size)?]
            .into_iter()
            .flatten()
        {
            if lines.len() <= most && tall(lines.len()) {
                let shaped: Result<Vec<_>, _> = lines.iter().map(|line| shape(place.face, line)).collect();
                return Ok(Some(Fitted {
                    size,
                    condense: 1.0,
                    lines: shaped?,
                }));
            }
        }
    }
    Ok(None)
}

/// The lines as they were given, if each fits.
fn given(place: &Place, text: &str, room: f32, size: f32) -> Result<Option<Vec<String>>, ShapeError> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if shape::width(&shape(place.face, line)?) * size * POINT > room + 0.001 {
            return Ok(None);
        }
        lines.push(line.to_owned());
    }
    Ok(Some(lines))
}

/// Lines broken wherever 禁則 allows.
fn broken(place: &Place, text: &str, room: f32, size: f32) -> Result<Option<Vec<String>>, ShapeError> {
    let joined = text.replace('\n', "　");
    let parts: Vec<&str> = clusters(&joined).collect();
    let mut widths = Vec::with_capacity(parts.len());
    for part in &parts {
        widths.push(shape::width(&shape(place.face, part)?) * size * POINT);
    }
    let mut lines = Vec::new();
    let mut start = 0;
    while start < parts.len() {
        let mut used = 0.0;
        let mut end = start;
        while end < parts.len() && used + widths[end] <= room + 0.001 {
            used += widths[end];
            end += 1;
        }
        if end == start {
            return Ok(None);
        }
        if end < parts.len() {
            end = (start + 1..=end)
                .rev()
                .find(|at| may_break(parts[at - 1], parts[*at]))
                .unwrap_or(end);
        }
        lines.push(parts[start..end].concat().trim_end_matches('　').to_owned());
        start = end;
    }
    Ok(Some(lines))
}

/// 禁則. Neither a closing mark at the start of a line, nor an opening one at its end, nor inside a number.
fn may_break(before: &str, after: &str) -> bool {
    const NOT_FIRST: &str = "、。，．・：；？！）］｝」』】〉》〕ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜)]},.:;?!　-‐－";
    const NOT_LAST: &str = "（［｛「『【〈《〔([{〒";
    let word = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric());
    !(NOT_FIRST.contains(after) || NOT_LAST.contains(before) || (word(before) && word(after)))
}

/// Puts a fitted text into its place: one run per piece.
pub fn set(place: &Place, fitted: &Fitted, items: &mut Vec<Item>) {
    let count = fitted.lines.len().max(1) as f32;
    let body = fitted.size * POINT;
    let feed = place
        .feed
        .map_or(body * FEED, |feed| feed.min(body * 1.5))
        .min((place.at.h / count).max(body * LEAST_FEED));
    let middle = place.at.y + place.at.h / 2.0;
    for (at, line) in fitted.lines.iter().enumerate() {
        let line_middle = middle + (at as f32 - (count - 1.0) / 2.0) * feed;
        set_line(place, fitted, line, line_middle + 0.38 * body, items);
    }
}

fn set_line(place: &Place, fitted: &Fitted, line: &[Piece], baseline: f32, items: &mut Vec<Item>) {
    let glyphs = line.iter().map(|piece| piece.glyphs.len()).sum::<usize>();
    let em = fitted.size * POINT * fitted.condense;
    let width = shape::width(line) * em + place.spacing * glyphs.saturating_sub(1) as f32;
    let mut x = match place.align {
        Align::Left => place.at.x + place.padding,
        Align::Centre => place.at.x + (place.at.w - width) / 2.0,
        Align::Right => place.at.x + place.at.w - place.padding - width,
    };
    for piece in line {
        let advance = piece
            .glyphs
            .iter()
            .map(|glyph| glyph.advance * em + place.spacing)
            .sum::<f32>();
        items.push(Item::Run(Run {
            face: piece.face,
            size: fitted.size,
            x,
            baseline,
            condense: fitted.condense,
            spacing: place.spacing,
            turn: 0.0,
            black: place.black,
            outline: None,
            glyphs: piece.glyphs.clone(),
        }));
        x += advance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(w: f32, h: f32, size: f32, fit: &str) -> Place {
        Place {
            at: Rect {
                x: 10.0,
                y: 10.0,
                w,
                h,
            },
            face: Face::Text,
            size,
            align: Align::Left,
            fit: Fit::parse(fit).expect("a rule"),
            padding: 1.0,
            feed: None,
            spacing: 0.0,
            black: 100,
        }
    }

    fn lines(fitted: &Fitted) -> Vec<String> {
        fitted
            .lines
            .iter()
            .map(|line| {
                line.iter()
                    .flat_map(|piece| &piece.glyphs)
                    .map(|glyph| glyph.text.as_str())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_long_text_shrinks_then_condenses_then_is_listed() {
        // 10 letters of 12 pt are 42.3 mm.
        let text = "日本国福島県いわき市";
        let size = |w| fit(&place(w, 6.0, 12.0, "S8"), text).expect("drawn");
        assert_eq!(size(45.0).expect("fits").size, 12.0);
        let shrunk = size(38.0).expect("fits");
        assert!(shrunk.size < 12.0 && shrunk.size >= 8.0 && shrunk.condense == 1.0);
        let condensed = size(27.0).expect("fits");
        assert!(condensed.size == 8.0 && condensed.condense < 1.0 && condensed.condense >= 0.8);
        assert_eq!(size(20.0), None);
    }

    #[test]
    fn an_address_breaks_at_the_given_place_first() {
        let fitted = fit(
            &place(86.0, 8.1, 9.5, "W2/8"),
            "いわき市平字見本町12番地の3\nコーポ葉月B棟204号",
        )
        .expect("drawn");
        assert_eq!(
            lines(&fitted.expect("fits")),
            ["いわき市平字見本町12番地の3", "コーポ葉月B棟204号"]
        );
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_and_no_number_is_torn() {
        let fitted = fit(&place(27.0, 10.0, 9.0, "W2/8"), "説明書を読みましたか。はい")
            .expect("drawn")
            .expect("fits");
        assert!(!lines(&fitted)[1].starts_with('。'), "{:?}", lines(&fitted));
        let fitted = fit(&place(14.0, 10.0, 9.0, "W2/8"), "平字町1204号")
            .expect("drawn")
            .expect("fits");
        assert_eq!(lines(&fitted), ["平字町", "1204号"]);
    }

    #[test]
    fn nothing_hangs_over_the_edge() {
        let text = "あ".repeat(60);
        let place = place(86.0, 8.1, 9.5, "W2/8");
        if let Some(fitted) = fit(&place, &text).expect("drawn") {
            for line in &fitted.lines {
                assert!(shape::width(line) * fitted.size * POINT <= 84.001);
            }
        }
        assert_eq!(fit(&place, &"あ".repeat(70)).expect("drawn"), None);
    }
}
