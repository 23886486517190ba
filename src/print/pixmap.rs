//! 画面の紙面. Draws a sheet into pixels, with the outlines of the very glyphs that the PDF shows: the preview
//! of the desktop and the golden pictures.

use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, StrokeDash, Transform};

use super::{
    FontError,
    fit::POINT,
    font,
    sheet::{Item, Rect, Run, Sheet, Stroke},
};

/// 絵. RGBA, eight bits, row by row.
#[derive(Clone)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// The longest edge that is drawn, pixels.
const LONGEST: f32 = 8000.0;

/// Draws a sheet on white paper at `dots` per inch.
///
/// # Errors
/// A font file is absent.
pub fn picture(sheet: &Sheet, dots: f32) -> Result<Picture, FontError> {
    let pixmap = pixmap(sheet, dots)?;
    Ok(Picture {
        width: pixmap.width(),
        height: pixmap.height(),
        rgba: pixmap.take(),
    })
}

/// The sheet as PNG.
///
/// # Errors
/// A font file is absent.
pub fn png(sheet: &Sheet, dots: f32) -> Result<Vec<u8>, FontError> {
    Ok(pixmap(sheet, dots)?.encode_png().unwrap_or_default())
}

fn pixmap(sheet: &Sheet, dots: f32) -> Result<Pixmap, FontError> {
    let scale = dots / 25.4;
    let edge = |length: f32| (length * scale).round().clamp(1.0, LONGEST) as u32;
    let mut pixmap =
        Pixmap::new(edge(sheet.width), edge(sheet.height)).expect("both edges are between 1 and 8000");
    pixmap.fill(Color::WHITE);
    let place = Transform::from_scale(scale, scale);
    for item in sheet.items() {
        draw(item, place, &mut pixmap)?;
    }
    Ok(pixmap)
}

fn draw(item: &Item, place: Transform, pixmap: &mut Pixmap) -> Result<(), FontError> {
    match item {
        Item::Run(run) => return draw_run(run, place, pixmap),
        Item::Line { from, to, stroke } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            stroke_path(path.finish(), stroke, place, pixmap);
        }
        Item::Box { at, fill, stroke } => {
            let path = rectangles(&[*at]);
            if let (Some(path), Some(black)) = (&path, fill) {
                pixmap.fill_path(path, &ink(*black), FillRule::Winding, place, None);
            }
            if let Some(stroke) = stroke {
                stroke_path(path, stroke, place, pixmap);
            }
        }
        Item::Shape { points, black } => {
            let mut path = PathBuilder::new();
            for (at, (x, y)) in points.iter().enumerate() {
                if at == 0 {
                    path.move_to(*x, *y)
                } else {
                    path.line_to(*x, *y)
                }
            }
            path.close();
            if let Some(path) = path.finish() {
                pixmap.fill_path(&path, &ink(*black), FillRule::Winding, place, None);
            }
        }
        Item::Code(code) => {
            if let Some(path) = rectangles(&code.bars) {
                pixmap.fill_path(&path, &ink(100), FillRule::Winding, place, None);
            }
        }
    }
    Ok(())
}

fn rectangles(list: &[Rect]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for at in list {
        if let Some(rect) = tiny_skia::Rect::from_xywh(at.x, at.y, at.w, at.h) {
            path.push_rect(rect);
        }
    }
    path.finish()
}

fn stroke_path(path: Option<Path>, stroke: &Stroke, place: Transform, pixmap: &mut Pixmap) {
    let Some(path) = path else { return };
    let style = tiny_skia::Stroke {
        width: stroke.width,
        dash: stroke
            .dash
            .and_then(|(on, off)| StrokeDash::new(vec![on, off], 0.0)),
        line_cap: LineCap::Butt,
        ..tiny_skia::Stroke::default()
    };
    pixmap.stroke_path(&path, &ink(stroke.black), &style, place, None);
}

fn draw_run(run: &Run, place: Transform, pixmap: &mut Pixmap) -> Result<(), FontError> {
    let font = font::open(run.face)?;
    let em = run.size * POINT;
    let unit = em / font.units_per_em;
    let start = place
        .pre_translate(run.x, run.baseline)
        .pre_concat(Transform::from_rotate(-run.turn));
    let mut along = 0.0;
    for glyph in &run.glyphs {
        let mut outline = Outline(PathBuilder::new());
        font.face.outline_glyph(GlyphId(glyph.id), &mut outline);
        if let Some(path) = outline.0.finish() {
            let at = start
                .pre_translate(along + glyph.dx * em * run.condense, -glyph.dy * em)
                .pre_scale(unit * run.condense, -unit);
            match run.outline {
                Some(width) => {
                    let style = tiny_skia::Stroke {
                        width: width / unit,
                        ..tiny_skia::Stroke::default()
                    };
                    pixmap.stroke_path(&path, &ink(run.black), &style, at, None);
                }
                None => pixmap.fill_path(&path, &ink(run.black), FillRule::Winding, at, None),
            }
        }
        along += glyph.advance * em * run.condense + run.spacing;
    }
    Ok(())
}

fn ink(black: u8) -> Paint<'static> {
    let grey = ((100 - u16::from(black.min(100))) * 255 / 100) as u8;
    let mut paint = Paint::default();
    paint.set_color_rgba8(grey, grey, grey, 255);
    paint.anti_alias = true;
    paint
}

struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
