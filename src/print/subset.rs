//! 書体の縮小. Which glyphs of which face a document uses, under which number, and what text each stands for.
//! One glyph can stand for two texts (two collections of selectors): the second goes to a further subset of
//! the same face, so that the text taken out of a PDF is always what the register holds.

use std::collections::HashMap;

use subsetter::GlyphRemapper;

use super::{
    font::{self, Face, FontError},
    shape::Glyph,
};

/// Number of a subset in a document, and of the glyph in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Placed {
    pub subset: usize,
    pub glyph: u16,
}

/// The glyphs that a document has used so far.
#[derive(Default)]
pub(super) struct Subsets {
    pub list: Vec<Subset>,
    places: HashMap<(Face, u16), Vec<Placed>>,
}

/// A part of one face.
pub(super) struct Subset {
    pub face: Face,
    remapper: GlyphRemapper,
    /// Text and width in 1/1000 em, by new number.
    pub glyphs: Vec<(String, u16)>,
}

/// What a PDF says about a face, in 1/1000 em.
pub(super) struct Metrics {
    pub ascent: i16,
    pub descent: i16,
    pub cap_height: i16,
    pub bbox: [i16; 4],
    pub weight: u16,
}

impl Subsets {
    /// The place of a glyph, new or known.
    ///
    /// # Errors
    /// The font can't be opened (it has been shaped with, so only after a fault of the disk).
    pub fn place(&mut self, face: Face, glyph: &Glyph) -> Result<Placed, FontError> {
        let places = self.places.entry((face, glyph.id)).or_default();
        for placed in places.iter() {
            let known = self
                .list
                .get(placed.subset)
                .and_then(|subset| subset.glyphs.get(placed.glyph as usize));
            if known.is_some_and(|(text, _)| *text == glyph.text) {
                return Ok(*placed);
            }
        }
        let taken: Vec<usize> = places.iter().map(|placed| placed.subset).collect();
        let free = self.list.iter().position(|subset| subset.face == face);
        let number = match free {
            Some(_) => self
                .list
                .iter()
                .enumerate()
                .position(|(at, subset)| subset.face == face && !taken.contains(&at)),
            None => None,
        };
        let number = number.unwrap_or_else(|| {
            self.list.push(Subset {
                face,
                remapper: GlyphRemapper::new(),
                glyphs: vec![(String::new(), 0)],
            });
            self.list.len() - 1
        });
        let font = font::open(face)?;
        let width = font
            .face
            .glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(glyph.id))
            .unwrap_or(0);
        let subset = &mut self.list[number];
        let new = subset.remapper.remap(glyph.id);
        subset.glyphs.push((
            glyph.text.clone(),
            (f32::from(width) * 1000.0 / font.units_per_em).round() as u16,
        ));
        let placed = Placed {
            subset: number,
            glyph: new,
        };
        places.push(placed);
        Ok(placed)
    }

    /// Width of a placed glyph in 1/1000 em.
    pub fn width(&self, placed: Placed) -> f32 {
        let glyph = self
            .list
            .get(placed.subset)
            .and_then(|subset| subset.glyphs.get(placed.glyph as usize));
        glyph.map_or(0.0, |(_, width)| f32::from(*width))
    }
}

impl Subset {
    /// The font program of these glyphs only.
    ///
    /// # Errors
    /// The pinned font can't be cut.
    pub fn program(&self) -> Result<Vec<u8>, FontError> {
        let font = font::open(self.face)?;
        subsetter::subset(font.data, 0, &self.remapper).map_err(|_| FontError::Unreadable(self.face.file()))
    }

    /// `ABCDEF+Name`: the letters come from the glyphs, so that equal documents are equal.
    pub fn name(&self) -> String {
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        for old in self.remapper.remapped_gids() {
            sum = (sum ^ u64::from(old)).wrapping_mul(0x0100_0000_01b3);
        }
        for (text, _) in &self.glyphs {
            for byte in text.bytes() {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        let letters: String = (0..6)
            .map(|at| char::from(b'A' + ((sum >> (8 * at)) % 26) as u8))
            .collect();
        format!("{letters}+{}", self.face.postscript())
    }

    /// Metrics for the font's descriptor.
    ///
    /// # Errors
    /// As [`Subset::program`].
    pub fn metrics(&self) -> Result<Metrics, FontError> {
        let font = font::open(self.face)?;
        let scale = |units: i16| (f32::from(units) * 1000.0 / font.units_per_em).round() as i16;
        let bbox = font.face.global_bounding_box();
        Ok(Metrics {
            ascent: scale(font.face.ascender()),
            descent: scale(font.face.descender()),
            cap_height: scale(font.face.capital_height().unwrap_or(font.face.ascender())),
            bbox: [
                scale(bbox.x_min),
                scale(bbox.y_min),
                scale(bbox.x_max),
                scale(bbox.y_max),
            ],
            weight: font.face.weight().to_number(),
        })
    }

    /// Is the outline CFF (`OTTO`)?
    pub fn is_cff(&self) -> bool {
        self.face == Face::OcrB
    }
}

/// A run as numbers for a PDF: glyphs of one subset, each with the move before it in 1/1000 em.
pub(super) struct Shown {
    pub subset: usize,
    pub glyphs: Vec<(f32, u16)>,
    /// Of the whole run before this part, in em times the size.
    pub start: f32,
}

/// Splits a run into parts of one subset, with the moves that keep every glyph where shaping put it.
///
/// # Errors
/// As [`Subsets::place`].
pub(super) fn shown(subsets: &mut Subsets, run: &super::sheet::Run) -> Result<Vec<Shown>, FontError> {
    let spacing = run.spacing / (run.size * super::fit::POINT * run.condense).max(0.001) * 1000.0;
    let mut parts: Vec<Shown> = Vec::new();
    let (mut wanted, mut pen) = (0.0_f32, 0.0_f32);
    for glyph in &run.glyphs {
        let placed = subsets.place(run.face, glyph)?;
        if parts.last().is_none_or(|part| part.subset != placed.subset) {
            parts.push(Shown {
                subset: placed.subset,
                glyphs: Vec::new(),
                start: wanted / 1000.0,
            });
            pen = wanted;
        }
        let off = wanted + glyph.dx * 1000.0 - pen;
        let moved = if off.abs() > 0.75 { off } else { 0.0 };
        if let Some(part) = parts.last_mut() {
            part.glyphs.push((moved, placed.glyph));
        }
        pen += moved + subsets.width(placed);
        wanted += glyph.advance * 1000.0 + spacing;
    }
    Ok(parts)
}
