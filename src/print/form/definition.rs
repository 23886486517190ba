//! 様式の書き方. What a form file may say, and the checks that need no value: places on the paper, rules and
//! fonts that exist, wording for each key.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{FormError, Refusal, supplied};
use crate::print::{
    Face,
    code::Correction,
    fit::{Align, Fit, Place, fit},
    sheet::Rect,
};

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub id: String,
    pub title: String,
    pub version: u16,
    #[serde(deserialize_with = "day")]
    pub valid_from: NaiveDate,
    pub size: [f32; 2],
    #[serde(default = "margin")]
    pub margin: f32,
    #[serde(default)]
    pub specimen: Option<Specimen>,
    #[serde(default, rename = "block")]
    pub blocks: Vec<Block>,
    #[serde(default)]
    pub text: BTreeMap<String, String>,
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    #[serde(default, rename = "tick")]
    pub ticks: Vec<Tick>,
    #[serde(default, rename = "code")]
    pub codes: Vec<Code>,
    #[serde(default)]
    pub questions: Option<Questions>,
    #[serde(default, rename = "question")]
    pub question: Vec<Question>,
    #[serde(default)]
    pub list: Option<List>,
}

/// 見本の字. Middle and size in points.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Specimen {
    pub at: [f32; 2],
    pub pt: f32,
}

/// 部品. Another form drawn at a place, with its fields.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub form: String,
    pub at: [f32; 2],
}

#[derive(Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Item {
    Box {
        at: Rect,
        #[serde(default)]
        line: f32,
        #[serde(default)]
        fill: u8,
        #[serde(default = "full")]
        black: u8,
        #[serde(default)]
        dash: Option<[f32; 2]>,
        /// May stand outside the margin (corner marks).
        #[serde(default)]
        bleed: bool,
    },
    Line {
        from: [f32; 2],
        to: [f32; 2],
        line: f32,
        #[serde(default)]
        dash: Option<[f32; 2]>,
        #[serde(default)]
        bleed: bool,
    },
    Triangle {
        at: [f32; 2],
        side: f32,
    },
    /// A to D: who writes there.
    Area {
        at: Rect,
        area: char,
    },
    /// A cell with 8 % behind its label.
    Label {
        at: Rect,
        #[serde(flatten)]
        text: Text,
    },
    Text {
        at: Rect,
        #[serde(flatten)]
        text: Text,
    },
    /// Boxes for single digits.
    Digits {
        at: Rect,
        count: usize,
    },
}

/// How a wording is set.
#[derive(Clone, Deserialize)]
pub(super) struct Text {
    pub text: String,
    #[serde(default = "gothic")]
    pub font: String,
    pub pt: f32,
    #[serde(default = "centre")]
    pub align: char,
    #[serde(default = "shrink")]
    pub fit: String,
    #[serde(default = "one")]
    pub pad: f32,
    #[serde(default)]
    pub feed: Option<f32>,
    #[serde(default)]
    pub spacing: f32,
    /// Letters spread evenly over this width.
    #[serde(default)]
    pub spread: Option<f32>,
    /// One letter under the other.
    #[serde(default)]
    pub upright: bool,
    #[serde(default = "full")]
    pub black: u8,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub name: String,
    pub at: Rect,
    pub font: String,
    pub pt: f32,
    pub align: char,
    pub fit: String,
    #[serde(default = "one")]
    pub pad: f32,
    #[serde(default)]
    pub spacing: f32,
    /// The longest legal value: needed where the length is fixed.
    #[serde(default)]
    pub longest: Option<String>,
}

/// 印. A tick in a box where a field has a certain value.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tick {
    pub name: String,
    pub value: String,
    pub at: Rect,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Code {
    Nw7 {
        name: String,
        at: Rect,
        /// Letters before and after, a setting of the city.
        #[serde(default = "letter")]
        start: String,
        #[serde(default = "letter")]
        stop: String,
    },
    Qr {
        name: String,
        at: Rect,
        level: Correction,
        version: u8,
    },
}

/// 質問の列. Left edge, top of the head, widths.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Questions {
    pub x: f32,
    pub y: f32,
    pub head: f32,
    pub number: f32,
    pub question: f32,
    pub detail: f32,
    pub answer: f32,
    pub physician: f32,
    pub pt: f32,
    pub feed: f32,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    pub no: u8,
    pub y: f32,
    pub h: f32,
    pub text: String,
    #[serde(default)]
    pub answers: Option<[String; 2]>,
    #[serde(default)]
    pub look: Option<usize>,
    #[serde(default)]
    pub sub: Option<Sub>,
    #[serde(default)]
    pub captions: Vec<Caption>,
}

/// A question within a question, from so far below the upper edge.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sub {
    pub from: f32,
    pub text: String,
    pub answers: [String; 2],
    #[serde(default)]
    pub look: Option<usize>,
}

/// 欄の見出し. Small text in the cell to be filled in: `x` from its left, `at` t, m or b.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caption {
    pub text: String,
    #[serde(default = "one")]
    pub x: f32,
    #[serde(default = "top")]
    pub at: char,
    #[serde(default)]
    pub sub: bool,
}

/// 名簿. Rows of equal height under a head.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub y: f32,
    pub pitch: f32,
    pub rows: usize,
    /// A heavier rule after so many rows.
    pub group: usize,
    pub column: Vec<Column>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub name: String,
    pub x: f32,
    pub w: f32,
    pub font: String,
    pub pt: f32,
    pub align: char,
    pub fit: String,
    /// A second field above, in small type.
    #[serde(default)]
    pub above: Option<String>,
    /// Only an empty box to tick by hand.
    #[serde(default)]
    pub check: bool,
}

fn day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn margin() -> f32 {
    8.0
}
fn full() -> u8 {
    100
}
fn gothic() -> String {
    "P".to_owned()
}
fn centre() -> char {
    'c'
}
fn shrink() -> String {
    "S8".to_owned()
}
fn one() -> f32 {
    1.0
}
fn letter() -> String {
    "A".to_owned()
}
fn top() -> char {
    't'
}

pub(super) fn refused(field: &str, reason: Refusal) -> FormError {
    FormError::Refused {
        field: field.to_owned(),
        reason,
    }
}

pub(super) fn aligned(letter: char) -> Align {
    match letter {
        'l' => Align::Left,
        'r' => Align::Right,
        _ => Align::Centre,
    }
}

impl Text {
    pub fn place(&self, at: Rect) -> Result<Place, FormError> {
        Ok(Place {
            at,
            face: Face::parse(&self.font).ok_or_else(|| refused(&self.text, Refusal::Font))?,
            size: self.pt,
            align: aligned(self.align),
            fit: Fit::parse(&self.fit).ok_or_else(|| refused(&self.text, Refusal::Rule))?,
            padding: self.pad,
            feed: self.feed,
            spacing: self.spacing,
            black: self.black,
        })
    }
}

impl Field {
    pub fn place(&self) -> Result<Place, FormError> {
        Ok(Place {
            at: self.at,
            face: Face::parse(&self.font).ok_or_else(|| refused(&self.name, Refusal::Font))?,
            size: self.pt,
            align: aligned(self.align),
            fit: Fit::parse(&self.fit).ok_or_else(|| refused(&self.name, Refusal::Rule))?,
            padding: self.pad,
            feed: None,
            spacing: self.spacing,
            black: 100,
        })
    }
}

impl Definition {
    /// Reads a file and puts its blocks in.
    pub fn read(text: &str) -> Result<Self, FormError> {
        let mut definition: Self =
            toml::from_str(text).map_err(|error| FormError::Unreadable(error.to_string()))?;
        for block in std::mem::take(&mut definition.blocks) {
            let text = supplied::block(&block.form).ok_or_else(|| refused(&block.form, Refusal::Block))?;
            let mut part: Self =
                toml::from_str(text).map_err(|error| FormError::Unreadable(error.to_string()))?;
            part.shift((block.at[0], block.at[1]));
            definition.text.extend(part.text);
            definition.items.append(&mut part.items);
            definition.fields.append(&mut part.fields);
            definition.codes.append(&mut part.codes);
        }
        Ok(definition)
    }

    fn shift(&mut self, by: (f32, f32)) {
        for item in &mut self.items {
            match item {
                Item::Box { at, .. }
                | Item::Area { at, .. }
                | Item::Label { at, .. }
                | Item::Text { at, .. }
                | Item::Digits { at, .. } => *at = at.moved(by),
                Item::Line { from, to, .. } => {
                    *from = [from[0] + by.0, from[1] + by.1];
                    *to = [to[0] + by.0, to[1] + by.1];
                }
                Item::Triangle { at, .. } => *at = [at[0] + by.0, at[1] + by.1],
            }
        }
        for field in &mut self.fields {
            field.at = field.at.moved(by);
        }
        for code in &mut self.codes {
            match code {
                Code::Nw7 { at, .. } | Code::Qr { at, .. } => *at = at.moved(by),
            }
        }
    }

    /// The wording for a key.
    pub fn wording(&self, key: &str) -> Result<&str, FormError> {
        self.text
            .get(key)
            .map(String::as_str)
            .ok_or_else(|| refused(key, Refusal::TextMissing))
    }

    pub fn check(&self) -> Result<(), FormError> {
        for item in &self.items {
            match item {
                Item::Box { at, bleed: false, .. } => self.inside("box", *at)?,
                Item::Area { at, .. } | Item::Digits { at, .. } => self.inside("area", *at)?,
                Item::Label { at, text } | Item::Text { at, text } => self.inside(&text.text, *at)?,
                Item::Line {
                    from,
                    to,
                    bleed: false,
                    ..
                } => {
                    for [x, y] in [from, to] {
                        let point = Rect {
                            x: *x,
                            y: *y,
                            w: 0.0,
                            h: 0.0,
                        };
                        self.inside("line", point)?;
                    }
                }
                Item::Box { .. } | Item::Line { .. } | Item::Triangle { .. } => {}
            }
        }
        for field in &self.fields {
            self.inside(&field.name, field.at)?;
            let place = field.place()?;
            match (&field.longest, place.fit) {
                (None, Fit::Fixed) => return Err(refused(&field.name, Refusal::LongestMissing)),
                (Some(longest), _) => {
                    let fitted =
                        fit(&place, longest).map_err(|error| refused(&field.name, Refusal::Shape(error)))?;
                    if fitted.is_none() {
                        return Err(refused(&field.name, Refusal::DoesNotFit));
                    }
                }
                (None, _) => {}
            }
        }
        for code in &self.codes {
            let (Code::Nw7 { name, at, .. } | Code::Qr { name, at, .. }) = code;
            self.inside(name, *at)?;
        }
        Ok(())
    }

    fn inside(&self, name: &str, at: Rect) -> Result<(), FormError> {
        let [width, height] = self.size;
        let near = self.margin - 0.01;
        if at.x < near || at.y < near || at.x + at.w > width - near || at.y + at.h > height - near {
            return Err(refused(name, Refusal::OutsidePaper));
        }
        Ok(())
    }
}
