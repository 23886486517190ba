//! 紙面. One printed side in millimetres from its upper left corner: runs of glyphs, lines, boxes, codes. Both
//! painters draw exactly this, and the digest of a manifest is over this, never over the bytes of a PDF.

use std::{fmt::Write as _, sync::Arc};

use sha2::{Digest, Sha256};

use super::{code::Code, fit::POINT, font::Face, shape::Glyph};

/// 枠. `[x, y, w, h]` in millimetres.
#[derive(Clone, Copy, PartialEq, Debug, serde::Deserialize)]
#[serde(from = "[f32; 4]")]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl From<[f32; 4]> for Rect {
    fn from([x, y, w, h]: [f32; 4]) -> Self {
        Self { x, y, w, h }
    }
}

impl Rect {
    #[must_use]
    pub fn moved(self, by: (f32, f32)) -> Self {
        Self {
            x: self.x + by.0,
            y: self.y + by.1,
            ..self
        }
    }
}

/// 線. Width in millimetres, dash as (drawn, left out), black in per cent.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stroke {
    pub width: f32,
    pub dash: Option<(f32, f32)>,
    pub black: u8,
}

/// 文字列. Glyphs of one face on one baseline.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    pub face: Face,
    /// Points.
    pub size: f32,
    pub x: f32,
    pub baseline: f32,
    /// Width of the letters: 1.0, or down to 0.8 where a text had to be condensed.
    pub condense: f32,
    /// Added after each glyph, millimetres.
    pub spacing: f32,
    /// Degrees, counter-clockwise about the start of the baseline.
    pub turn: f32,
    pub black: u8,
    /// Only the outline, of this width in millimetres.
    pub outline: Option<f32>,
    pub glyphs: Vec<Glyph>,
}

/// 紙面の要素.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    Run(Run),
    Line {
        from: (f32, f32),
        to: (f32, f32),
        stroke: Stroke,
    },
    Box {
        at: Rect,
        /// Black in per cent.
        fill: Option<u8>,
        stroke: Option<Stroke>,
    },
    /// A filled polygon.
    Shape {
        points: Vec<(f32, f32)>,
        black: u8,
    },
    Code(Code),
}

/// 層. What is drawn together: the fixed part of a form, or what belongs to one person.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layer {
    pub items: Vec<Item>,
}

/// 位置合わせ. How far a printer misses: its sheets are moved by so many millimetres and scaled about their upper
/// left corner. It belongs to the printer, so the digest of a sheet knows nothing of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Placing {
    pub right: f32,
    pub down: f32,
    /// 1.0 where nothing is scaled.
    pub scale: f32,
}

impl Placing {
    pub const AS_IT_IS: Self = Self {
        right: 0.0,
        down: 0.0,
        scale: 1.0,
    };

    /// The six numbers of a PDF matrix for a page of this height in millimetres; none where nothing moves.
    pub(super) fn matrix(self, height: f32) -> Option<[f32; 6]> {
        let up = height * (1.0 - self.scale) - self.down;
        (self != Self::AS_IT_IS).then_some([self.scale, 0.0, 0.0, self.scale, self.right / POINT, up / POINT])
    }
}

/// 紙面.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    pub width: f32,
    pub height: f32,
    /// The form's own part, shared by all sheets of the form.
    pub fixed: Arc<Layer>,
    pub own: Layer,
}

impl Sheet {
    /// The items in the order of drawing.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.fixed.items.iter().chain(&self.own.items)
    }

    /// 照合値. SHA-256 over everything that is drawn, lengths in whole micrometres.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut text = String::from("madoguchi/sheet/1\n");
        numbers(&mut text, &[self.width, self.height]);
        for item in self.items() {
            describe(&mut text, item);
        }
        Sha256::digest(text.as_bytes()).into()
    }

    /// The text of each run, in order, for a comparison with what a reader finds in the PDF.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.items()
            .filter_map(|item| match item {
                Item::Run(run) => Some(run.glyphs.iter().map(|glyph| glyph.text.as_str()).collect()),
                _ => None,
            })
            .collect()
    }
}

fn numbers(text: &mut String, values: &[f32]) {
    for value in values {
        let _ = write!(text, "{} ", (f64::from(*value) * 1000.0).round() as i64);
    }
    text.push('\n');
}

fn stroked(text: &mut String, stroke: &Stroke) {
    let (on, off) = stroke.dash.unwrap_or_default();
    numbers(text, &[stroke.width, on, off, f32::from(stroke.black)]);
}

fn describe(text: &mut String, item: &Item) {
    match item {
        Item::Run(run) => {
            let _ = write!(text, "run {} ", run.face.code());
            numbers(
                text,
                &[
                    run.size,
                    run.x,
                    run.baseline,
                    run.condense,
                    run.spacing,
                    run.turn,
                    f32::from(run.black),
                    run.outline.unwrap_or_default(),
                ],
            );
            for glyph in &run.glyphs {
                let _ = write!(text, "{} {} ", glyph.id, glyph.text);
            }
            text.push('\n');
        }
        Item::Line { from, to, stroke } => {
            text.push_str("line ");
            numbers(text, &[from.0, from.1, to.0, to.1]);
            stroked(text, stroke);
        }
        Item::Box { at, fill, stroke } => {
            text.push_str("box ");
            numbers(text, &[at.x, at.y, at.w, at.h, f32::from(fill.unwrap_or(0))]);
            if let Some(stroke) = stroke {
                stroked(text, stroke);
            }
        }
        Item::Shape { points, black } => {
            let _ = write!(text, "shape {black} ");
            for point in points {
                numbers(text, &[point.0, point.1]);
            }
        }
        Item::Code(code) => {
            let _ = write!(text, "code {:?} {} ", code.kind, code.content);
            for bar in &code.bars {
                numbers(text, &[bar.x, bar.y, bar.w, bar.h]);
            }
        }
    }
}
