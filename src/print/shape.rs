//! 字形. The one way from text to glyphs: what is measured here is what both painters draw. A character that a
//! face lacks goes to IPAmj Mincho as a run of its own; what that lacks too (a selector counts) stops the sheet.

use std::fmt;

use rustybuzz::{Feature, UnicodeBuffer, ttf_parser::Tag};

use super::{
    font::{self, Face, Font, FontError},
    selector,
};

/// 字形. One glyph; `text` is what it stands for, empty for the further glyphs of a cluster.
#[derive(Clone, PartialEq, Debug)]
pub struct Glyph {
    pub id: u16,
    /// Of the em, as are the offsets.
    pub advance: f32,
    pub dx: f32,
    pub dy: f32,
    pub text: String,
}

/// Glyphs of one face that follow each other.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    pub face: Face,
    pub glyphs: Vec<Glyph>,
}

/// 字形にできない.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShapeError {
    Font(FontError),
    /// No font of ours draws this character (base and selector). Holds nothing else of the text.
    Missing(String),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font(error) => error.fmt(f),
            Self::Missing(character) => {
                let codes: Vec<String> = character.chars().map(|c| format!("U+{:04X}", c as u32)).collect();
                write!(
                    f,
                    "文字「{character}」（{}）は書体にないため印字できません。この方の分を手書きにするか、文字の登録を確かめてください。",
                    codes.join(" ")
                )
            }
        }
    }
}

impl std::error::Error for ShapeError {}

impl From<FontError> for ShapeError {
    fn from(error: FontError) -> Self {
        Self::Font(error)
    }
}

/// Width of pieces in em.
#[must_use]
pub fn width(pieces: &[Piece]) -> f32 {
    pieces
        .iter()
        .flat_map(|piece| &piece.glyphs)
        .map(|glyph| glyph.advance)
        .sum()
}

/// Shapes one line of text in a face.
///
/// # Errors
/// A character that neither the face nor IPAmj Mincho holds; a font file that is absent.
pub fn shape(face: Face, text: &str) -> Result<Vec<Piece>, ShapeError> {
    let mut spans: Vec<Span> = Vec::new();
    for cluster in clusters(text) {
        let (chosen, drawn) = choose(face, cluster)?;
        match spans.last_mut() {
            Some(span) if span.face == chosen => span.push(cluster, &drawn),
            _ => {
                let mut span = Span::new(chosen);
                span.push(cluster, &drawn);
                spans.push(span);
            }
        }
    }
    spans.iter().map(Span::glyphs).collect()
}

/// Characters as a reader counts them: base and selector, base and combining marks.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices();
        chars.next()?;
        let end = chars
            .find(|(_, c)| !selector::is_selector(*c) && !is_mark(*c))
            .map_or(rest.len(), |(at, _)| at);
        let (cluster, after) = rest.split_at(end);
        rest = after;
        Some(cluster)
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{3099}' | '\u{309A}')
}

/// The face that draws a cluster, and the characters to hand to it.
fn choose(face: Face, cluster: &str) -> Result<(Face, String), ShapeError> {
    if let Some(drawn) = drawn_by(face, cluster)? {
        return Ok((face, drawn));
    }
    if face != Face::Names
        && face != Face::OcrB
        && let Some(drawn) = drawn_by(Face::Names, cluster)?
    {
        return Ok((Face::Names, drawn));
    }
    Err(ShapeError::Missing(cluster.to_owned()))
}

fn drawn_by(face: Face, cluster: &str) -> Result<Option<String>, ShapeError> {
    let font = font::open(face)?;
    let mut chars = cluster.chars();
    let Some(base) = chars.next() else { return Ok(None) };
    if font.face.glyph_index(base).is_none() {
        return Ok(None);
    }
    let mut drawn = String::from(base);
    let mut before = base;
    for c in chars {
        if selector::is_selector(c) {
            match selected(face, font, before, c)? {
                Some(Selected::As(selector)) => drawn.push(selector),
                Some(Selected::Base) => {}
                None => return Ok(None),
            }
        } else if font.face.glyph_index(c).is_some() {
            drawn.push(c);
        } else {
            return Ok(None);
        }
        before = c;
    }
    Ok(Some(drawn))
}

enum Selected {
    As(char),
    Base,
}

fn selected(face: Face, font: &Font, base: char, selector: char) -> Result<Option<Selected>, ShapeError> {
    if font.face.glyph_variation_index(base, selector).is_some() {
        return Ok(Some(Selected::As(selector)));
    }
    if face != Face::Names {
        return Ok(None);
    }
    if let Some(other) = selector::counterpart(base, selector)
        && font.face.glyph_variation_index(base, other).is_some()
    {
        return Ok(Some(Selected::As(other)));
    }
    // The default glyph of BIZ UD is the shape of JIS X 0213:2004, as is IPAmj's glyph for the base.
    let gothic = font::open(Face::Gothic)?;
    let plain = gothic.face.glyph_index(base);
    let default = plain.is_some() && gothic.face.glyph_variation_index(base, selector) == plain;
    Ok(default.then_some(Selected::Base))
}

/// Text for one face, with the place of each cluster in what the face is handed.
struct Span {
    face: Face,
    drawn: String,
    /// (offset in `drawn`, text as written)
    starts: Vec<(usize, String)>,
}

impl Span {
    fn new(face: Face) -> Self {
        Self {
            face,
            drawn: String::new(),
            starts: Vec::new(),
        }
    }

    fn push(&mut self, written: &str, drawn: &str) {
        self.starts.push((self.drawn.len(), written.to_owned()));
        self.drawn.push_str(drawn);
    }

    fn glyphs(&self) -> Result<Piece, ShapeError> {
        let font = font::open(self.face)?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&self.drawn);
        buffer.set_direction(rustybuzz::Direction::LeftToRight);
        // Fixed advances and one glyph per character: what stands in a form must not depend on its neighbours.
        let off =
            [*b"kern", *b"liga", *b"clig", *b"calt"].map(|tag| Feature::new(Tag::from_bytes(&tag), 0, ..));
        let shaped = rustybuzz::shape(&font.face, &off, buffer);
        let mut glyphs = Vec::with_capacity(shaped.len());
        let mut last = None;
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let cluster = self.cluster(info.cluster as usize);
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            if id == 0 {
                return Err(ShapeError::Missing(cluster.1.to_owned()));
            }
            let text = if last == Some(cluster.0) {
                String::new()
            } else {
                cluster.1.to_owned()
            };
            last = Some(cluster.0);
            let em = |units: i32| units as f32 / font.units_per_em;
            glyphs.push(Glyph {
                id,
                advance: em(position.x_advance),
                dx: em(position.x_offset),
                dy: em(position.y_offset),
                text,
            });
        }
        Ok(Piece {
            face: self.face,
            glyphs,
        })
    }

    fn cluster(&self, offset: usize) -> (usize, &str) {
        let at = self
            .starts
            .partition_point(|(start, _)| *start <= offset)
            .saturating_sub(1);
        (at, self.starts.get(at).map_or("", |(_, text)| text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces(face: Face, text: &str) -> Vec<(Face, String)> {
        shape(face, text)
            .expect("it is drawn")
            .iter()
            .map(|piece| {
                (
                    piece.face,
                    piece.glyphs.iter().map(|glyph| glyph.text.as_str()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn names_keep_their_text_with_the_selector_that_was_written() {
        assert_eq!(
            faces(Face::Names, "葛\u{E0100}城　𠮷田"),
            [(Face::Names, "葛\u{E0100}城　𠮷田".to_owned())]
        );
    }

    #[test]
    fn the_selector_of_an_input_method_draws_another_glyph_than_the_base() {
        let glyph = |text| shape(Face::Names, text).expect("drawn")[0].glyphs[0].id;
        assert_ne!(glyph("葛\u{E0100}"), glyph("葛"));
        assert_eq!(glyph("葛\u{E0100}"), glyph("葛\u{E0102}"));
        assert_eq!(
            glyph("葛\u{E0101}"),
            glyph("葛"),
            "the default of JIS X 0213:2004"
        );
    }

    #[test]
    fn a_selector_that_no_font_holds_is_a_missing_glyph_though_the_base_is_there() {
        let wrong = "城\u{E01E0}";
        assert_eq!(
            shape(Face::Names, wrong),
            Err(ShapeError::Missing(wrong.to_owned()))
        );
        assert_eq!(
            shape(Face::Text, wrong),
            Err(ShapeError::Missing(wrong.to_owned()))
        );
    }

    #[test]
    fn an_address_takes_a_run_of_ipamj_for_what_biz_ud_lacks() {
        assert_eq!(
            faces(Face::Text, "字𠮷野1"),
            [
                (Face::Text, "字".to_owned()),
                (Face::Names, "𠮷".to_owned()),
                (Face::Text, "野1".to_owned())
            ]
        );
    }

    #[test]
    fn a_character_of_no_font_is_named() {
        let error = shape(Face::Names, "山\u{1F600}").expect_err("no glyph");
        assert!(error.to_string().contains("U+1F600"), "{error}");
    }
}
