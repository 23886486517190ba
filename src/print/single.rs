//! 一枚ものの PDF. Draws a few sheets (a certificate, a voucher at the counter) through printpdf, with glyph
//! ids and fonts that were cut to the glyphs used: the crate's own text functions know no variation selectors.
//! Runs of many sheets go through `stream`.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, Color, CurTransMat, FontId, FontMetrics, FontType, Greyscale, Line, LineDashPattern,
    LinePoint, Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfFontMetricsStub, PdfPage,
    PdfSaveOptions, Point, Polygon, PolygonRing, Pt, TextItem, TextMatrix, TextRenderingMode, WindingOrder,
};

use super::{
    FontError,
    fit::POINT,
    sheet::{Item, Placing, Rect, Run, Sheet, Stroke},
    subset::{Subset, Subsets, shown},
};

/// 一枚ものの PDF. `title` names the form, never a person.
///
/// # Errors
/// A font file is absent.
pub fn pdf(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>, FontError> {
    placed_pdf(title, sheets, Placing::AS_IT_IS)
}

/// The same for a printer that has to be aligned.
///
/// # Errors
/// As [`pdf`].
pub fn placed_pdf(title: &str, sheets: &[Sheet], placing: Placing) -> Result<Vec<u8>, FontError> {
    let mut subsets = Subsets::default();
    let mut pages = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let mut page = Page {
            height: sheet.height,
            ops: Vec::new(),
        };
        if let Some(matrix) = placing.matrix(sheet.height) {
            page.ops.push(Op::SetTransformationMatrix {
                matrix: CurTransMat::Raw(matrix),
            });
        }
        for item in sheet.items() {
            page.draw(item, &mut subsets)?;
        }
        pages.push(PdfPage::new(Mm(sheet.width), Mm(sheet.height), page.ops));
    }
    let mut document = PdfDocument::new(title);
    for (number, subset) in subsets.list.iter().enumerate() {
        document
            .resources
            .fonts
            .map
            .insert(resource(number), PdfFont::new(parsed(subset)?));
    }
    document.with_pages(pages);
    let options = PdfSaveOptions {
        subset_fonts: false,
        secure: true,
        ..PdfSaveOptions::default()
    };
    Ok(document.save(&options, &mut Vec::new()))
}

fn resource(number: usize) -> FontId {
    FontId(format!("S{number}"))
}

/// What printpdf has to know about a font program that is already cut.
fn parsed(subset: &Subset) -> Result<ParsedFont, FontError> {
    let metrics = subset.metrics()?;
    let [x_min, y_min, x_max, y_max] = metrics.bbox;
    Ok(ParsedFont {
        original_bytes: subset.program()?,
        font_index: 0,
        font_name: Some(subset.name()),
        codepoint_to_glyph: BTreeMap::new(),
        glyph_widths: subset
            .glyphs
            .iter()
            .enumerate()
            .map(|(glyph, (_, width))| (glyph as u16, *width))
            .collect(),
        units_per_em: 1000,
        font_metrics: FontMetrics {
            ascent: metrics.ascent,
            descent: metrics.descent,
        },
        font_type: if subset.is_cff() {
            FontType::OpenTypeCFF(())
        } else {
            FontType::TrueType
        },
        pdf_font_metrics: PdfFontMetricsStub {
            units_per_em: 1000,
            x_min,
            y_min,
            x_max,
            y_max,
            caret_slope_rise: 1,
            caret_slope_run: 0,
            us_weight_class: metrics.weight,
        },
    })
}

struct Page {
    height: f32,
    ops: Vec<Op>,
}

impl Page {
    fn draw(&mut self, item: &Item, subsets: &mut Subsets) -> Result<(), FontError> {
        match item {
            Item::Run(run) => return self.run(run, subsets),
            Item::Line { from, to, stroke } => {
                self.stroke(stroke);
                let line = Line {
                    points: vec![self.point(*from), self.point(*to)],
                    is_closed: false,
                };
                self.ops.push(Op::DrawLine { line });
            }
            Item::Box { at, fill, stroke } => {
                if let Some(black) = fill {
                    self.fill(&[corners(*at)], *black);
                }
                if let Some(stroke) = stroke {
                    self.stroke(stroke);
                    let line = Line {
                        points: corners(*at).iter().map(|corner| self.point(*corner)).collect(),
                        is_closed: true,
                    };
                    self.ops.push(Op::DrawLine { line });
                }
            }
            Item::Shape { points, black } => self.fill(std::slice::from_ref(points), *black),
            Item::Code(code) => {
                let rings: Vec<_> = code.bars.iter().map(|bar| corners(*bar)).collect();
                self.fill(&rings, 100);
            }
        }
        Ok(())
    }

    fn point(&self, (x, y): (f32, f32)) -> LinePoint {
        LinePoint {
            p: Point {
                x: Pt(x / POINT),
                y: Pt((self.height - y) / POINT),
            },
            bezier: false,
        }
    }

    fn stroke(&mut self, stroke: &Stroke) {
        self.ops.push(Op::SetOutlineColor {
            col: grey(stroke.black),
        });
        self.ops.push(Op::SetOutlineThickness {
            pt: Pt(stroke.width / POINT),
        });
        let dash = match stroke.dash {
            Some((on, off)) => LineDashPattern::new(0.0, &[on / POINT, off / POINT]),
            None => LineDashPattern::solid(),
        };
        self.ops.push(Op::SetLineDashPattern { dash });
    }

    fn fill(&mut self, rings: &[Vec<(f32, f32)>], black: u8) {
        self.ops.push(Op::SetFillColor { col: grey(black) });
        let rings = rings
            .iter()
            .map(|ring| PolygonRing {
                points: ring.iter().map(|point| self.point(*point)).collect(),
            })
            .collect();
        self.ops.push(Op::DrawPolygon {
            polygon: Polygon {
                rings,
                mode: printpdf::PaintMode::Fill,
                winding_order: WindingOrder::NonZero,
            },
        });
    }

    fn run(&mut self, run: &Run, subsets: &mut Subsets) -> Result<(), FontError> {
        self.ops.push(Op::StartTextSection);
        match run.outline {
            Some(width) => {
                self.stroke(&Stroke {
                    width,
                    dash: None,
                    black: run.black,
                });
                self.ops.push(Op::SetTextRenderingMode {
                    mode: TextRenderingMode::Stroke,
                });
            }
            None => self.ops.push(Op::SetFillColor { col: grey(run.black) }),
        }
        for part in shown(subsets, run)? {
            self.ops.push(Op::SetFont {
                font: PdfFontHandle::External(resource(part.subset)),
                size: Pt(run.size),
            });
            let matrix = super::stream::text_matrix(run, part.start, self.height);
            self.ops.push(Op::SetTextMatrix {
                matrix: TextMatrix::Raw(matrix),
            });
            let mut items = Vec::new();
            for (moved, glyph) in &part.glyphs {
                if *moved != 0.0 {
                    items.push(TextItem::Offset(-moved));
                }
                let (text, _) = subsets.list[part.subset].glyphs[usize::from(*glyph)].clone();
                items.push(TextItem::GlyphIds(vec![Codepoint::with_cid(*glyph, 0.0, text)]));
            }
            self.ops.push(Op::ShowText { items });
        }
        if run.outline.is_some() {
            self.ops.push(Op::SetTextRenderingMode {
                mode: TextRenderingMode::Fill,
            });
        }
        self.ops.push(Op::EndTextSection);
        Ok(())
    }
}

fn corners(at: Rect) -> Vec<(f32, f32)> {
    vec![
        (at.x, at.y),
        (at.x + at.w, at.y),
        (at.x + at.w, at.y + at.h),
        (at.x, at.y + at.h),
    ]
}

fn grey(black: u8) -> Color {
    Color::Greyscale(Greyscale::new(1.0 - f32::from(black.min(100)) / 100.0, None))
}
