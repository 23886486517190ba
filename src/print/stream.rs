//! 連続印刷の PDF. Writes the sheets of a run one after another to a writer: the fixed part of a form is one
//! object that each page calls, fonts are cut once at the end, and memory does not grow with the run.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
};

use pdf_writer::{
    Chunk, Content, Finish, Name, Rect as Area, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap},
};

use super::{
    FontError,
    fit::POINT,
    sheet::{Item, Layer, Placing, Rect, Run, Sheet, Stroke},
    subset::{Subset, Subsets, shown},
};

const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const RESOURCES: i32 = 3;
const FIRST_FREE: i32 = 4;
const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// 書き出せない.
#[derive(Debug)]
pub enum StreamError {
    Font(FontError),
    /// The receiver (the printer's queue) took no more.
    Write(io::Error),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font(error) => error.fmt(f),
            Self::Write(_) => f.write_str("印刷の待ち行列へ送れませんでした。プリンターを確かめてください。"),
        }
    }
}

impl std::error::Error for StreamError {}

impl From<FontError> for StreamError {
    fn from(error: FontError) -> Self {
        Self::Font(error)
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// 連続印刷. One PDF that is being written.
pub struct Stream<W: Write> {
    to: W,
    written: usize,
    /// Offset of each object, by number less one; 0 where it has not been written yet.
    offsets: Vec<usize>,
    pages: Vec<Ref>,
    subsets: Subsets,
    /// Fixed layers that have their object.
    forms: Vec<(Arc<Layer>, Ref)>,
    placing: Placing,
}

impl<W: Write> Stream<W> {
    /// Begins a document.
    ///
    /// # Errors
    /// The writer takes nothing.
    pub fn begin(mut to: W) -> Result<Self, StreamError> {
        let head = b"%PDF-1.7\n%\xE7\xAA\x93\xE5\n";
        to.write_all(head)?;
        Ok(Self {
            to,
            written: head.len(),
            offsets: vec![0; FIRST_FREE as usize - 1],
            pages: Vec::new(),
            subsets: Subsets::default(),
            forms: Vec::new(),
            placing: Placing::AS_IT_IS,
        })
    }

    /// The same for a printer that has to be aligned.
    #[must_use]
    pub fn placed(mut self, placing: Placing) -> Self {
        self.placing = placing;
        self
    }

    /// Adds a sheet.
    ///
    /// # Errors
    /// A font file is absent, or the writer takes no more.
    pub fn sheet(&mut self, sheet: &Sheet) -> Result<(), StreamError> {
        let form = self.form(sheet)?;
        let mut content = Content::new();
        if let Some(matrix) = self.placing.matrix(sheet.height) {
            content.transform(matrix);
        }
        if let Some(number) = form {
            content.x_object(Name(format!("X{number}").as_bytes()));
        }
        draw(&sheet.own.items, sheet.height, &mut self.subsets, &mut content)?;
        let bytes = miniz_oxide::deflate::compress_to_vec_zlib(&content.finish(), 6);
        let stream = self.next();
        let mut chunk = Chunk::new();
        chunk
            .stream(stream, &bytes)
            .filter(pdf_writer::Filter::FlateDecode);
        self.write(stream, &chunk)?;
        let page = self.next();
        let mut chunk = Chunk::new();
        chunk
            .page(page)
            .parent(Ref::new(PAGES))
            .media_box(Area::new(0.0, 0.0, sheet.width / POINT, sheet.height / POINT))
            .contents(stream)
            .pair(Name(b"Resources"), Ref::new(RESOURCES));
        self.write(page, &chunk)?;
        self.pages.push(page);
        Ok(())
    }

    /// Writes fonts, page tree and cross references, and gives the writer back.
    ///
    /// # Errors
    /// As [`Stream::sheet`].
    pub fn end(mut self) -> Result<W, StreamError> {
        let subsets = std::mem::take(&mut self.subsets);
        let mut fonts = Vec::new();
        for subset in &subsets.list {
            fonts.push(self.font(subset)?);
        }
        let mut chunk = Chunk::new();
        {
            let mut resources = chunk
                .indirect(Ref::new(RESOURCES))
                .start::<pdf_writer::writers::Resources<'_>>();
            let mut dict = resources.fonts();
            for (number, font) in fonts.iter().enumerate() {
                dict.pair(Name(format!("S{number}").as_bytes()), *font);
            }
            dict.finish();
            let mut dict = resources.x_objects();
            for (number, (_, form)) in self.forms.iter().enumerate() {
                dict.pair(Name(format!("X{number}").as_bytes()), *form);
            }
        }
        self.write(Ref::new(RESOURCES), &chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .pages(Ref::new(PAGES))
            .count(i32::try_from(self.pages.len()).unwrap_or(i32::MAX))
            .kids(self.pages.iter().copied());
        self.write(Ref::new(PAGES), &chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .indirect(Ref::new(CATALOG))
            .start::<pdf_writer::writers::Catalog<'_>>()
            .pages(Ref::new(PAGES));
        self.write(Ref::new(CATALOG), &chunk)?;
        let start = self.written;
        let mut tail = format!("xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1);
        for offset in &self.offsets {
            tail.push_str(&format!("{offset:010} 00000 n \n"));
        }
        tail.push_str(&format!(
            "trailer\n<< /Size {} /Root {CATALOG} 0 R >>\nstartxref\n{start}\n%%EOF\n",
            self.offsets.len() + 1
        ));
        self.to.write_all(tail.as_bytes())?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn next(&mut self) -> Ref {
        self.offsets.push(0);
        Ref::new(i32::try_from(self.offsets.len()).unwrap_or(i32::MAX))
    }

    /// Writes a chunk that holds one object.
    fn write(&mut self, id: Ref, chunk: &Chunk) -> Result<(), StreamError> {
        if let Some(offset) = self.offsets.get_mut(id.get() as usize - 1) {
            *offset = self.written;
        }
        self.to.write_all(chunk.as_bytes())?;
        self.written += chunk.as_bytes().len();
        Ok(())
    }

    fn form(&mut self, sheet: &Sheet) -> Result<Option<usize>, StreamError> {
        if sheet.fixed.items.is_empty() {
            return Ok(None);
        }
        if let Some(known) = self
            .forms
            .iter()
            .position(|(layer, _)| Arc::ptr_eq(layer, &sheet.fixed))
        {
            return Ok(Some(known));
        }
        let mut content = Content::new();
        draw(&sheet.fixed.items, sheet.height, &mut self.subsets, &mut content)?;
        let bytes = miniz_oxide::deflate::compress_to_vec_zlib(&content.finish(), 6);
        let id = self.next();
        let mut chunk = Chunk::new();
        let mut form = chunk.form_xobject(id, &bytes);
        form.filter(pdf_writer::Filter::FlateDecode);
        form.bbox(Area::new(0.0, 0.0, sheet.width / POINT, sheet.height / POINT));
        form.pair(Name(b"Resources"), Ref::new(RESOURCES));
        form.finish();
        self.write(id, &chunk)?;
        self.forms.push((Arc::clone(&sheet.fixed), id));
        Ok(Some(self.forms.len() - 1))
    }

    fn font(&mut self, subset: &Subset) -> Result<Ref, StreamError> {
        let (font, cid, descriptor, program, cmap) =
            (self.next(), self.next(), self.next(), self.next(), self.next());
        let name = subset.name();
        let name = Name(name.as_bytes());
        let mut chunk = Chunk::new();
        chunk
            .type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        self.write(font, &chunk)?;
        self.write(cid, &cid_font(subset, cid, descriptor, name))?;
        self.write(descriptor, &font_descriptor(subset, descriptor, program, name)?)?;
        self.write(program, &font_program(subset, program)?)?;
        let mut unicode: UnicodeCmap<u16> = UnicodeCmap::new(Name(b"Text"), SYSTEM);
        for (glyph, (text, _)) in subset.glyphs.iter().enumerate().skip(1) {
            unicode.pair_with_multiple(glyph as u16, text.chars());
        }
        let mut chunk = Chunk::new();
        chunk.cmap(cmap, &unicode.finish());
        self.write(cmap, &chunk)?;
        Ok(font)
    }
}

fn cid_font(subset: &Subset, id: Ref, descriptor: Ref, name: Name<'_>) -> Chunk {
    let mut chunk = Chunk::new();
    let mut font = chunk.cid_font(id);
    font.subtype(if subset.is_cff() {
        CidFontType::Type0
    } else {
        CidFontType::Type2
    })
    .base_font(name)
    .system_info(SYSTEM)
    .font_descriptor(descriptor)
    .default_width(1000.0);
    font.widths()
        .consecutive(0, subset.glyphs.iter().map(|(_, width)| f32::from(*width)));
    if !subset.is_cff() {
        font.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    font.finish();
    chunk
}

fn font_descriptor(subset: &Subset, id: Ref, program: Ref, name: Name<'_>) -> Result<Chunk, FontError> {
    let metrics = subset.metrics()?;
    let [x_min, y_min, x_max, y_max] = metrics.bbox.map(f32::from);
    let mut chunk = Chunk::new();
    let mut descriptor = chunk.font_descriptor(id);
    descriptor
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Area::new(x_min, y_min, x_max, y_max))
        .italic_angle(0.0)
        .ascent(f32::from(metrics.ascent))
        .descent(f32::from(metrics.descent))
        .cap_height(f32::from(metrics.cap_height))
        .stem_v(80.0);
    if subset.is_cff() {
        descriptor.font_file3(program);
    } else {
        descriptor.font_file2(program);
    }
    descriptor.finish();
    Ok(chunk)
}

fn font_program(subset: &Subset, id: Ref) -> Result<Chunk, FontError> {
    let program = subset.program()?;
    let length = program.len();
    let bytes = miniz_oxide::deflate::compress_to_vec_zlib(&program, 6);
    let mut chunk = Chunk::new();
    let mut stream = chunk.stream(id, &bytes);
    stream.filter(pdf_writer::Filter::FlateDecode);
    if subset.is_cff() {
        stream.pair(Name(b"Subtype"), Name(b"OpenType"));
    } else {
        stream.pair(Name(b"Length1"), i32::try_from(length).unwrap_or(i32::MAX));
    }
    stream.finish();
    Ok(chunk)
}

/// Where a part of a run begins, as the six numbers of a text matrix.
pub(super) fn text_matrix(run: &Run, start: f32, height: f32) -> [f32; 6] {
    let (sin, cos) = run.turn.to_radians().sin_cos();
    let along = start * run.size * run.condense;
    [
        run.condense * cos,
        run.condense * sin,
        -sin,
        cos,
        run.x / POINT + along * cos,
        (height - run.baseline) / POINT + along * sin,
    ]
}

fn draw(items: &[Item], height: f32, subsets: &mut Subsets, content: &mut Content) -> Result<(), FontError> {
    for item in items {
        match item {
            Item::Run(run) => show(run, height, subsets, content)?,
            Item::Line { from, to, stroke } => {
                set_stroke(stroke, content);
                content.move_to(from.0 / POINT, (height - from.1) / POINT);
                content.line_to(to.0 / POINT, (height - to.1) / POINT).stroke();
            }
            Item::Box { at, fill, stroke } => {
                if let Some(black) = fill {
                    content.set_fill_gray(grey(*black));
                    rectangle(*at, height, content);
                    content.fill_nonzero();
                }
                if let Some(stroke) = stroke {
                    set_stroke(stroke, content);
                    rectangle(*at, height, content);
                    content.stroke();
                }
            }
            Item::Shape { points, black } => {
                content.set_fill_gray(grey(*black));
                for (at, (x, y)) in points.iter().enumerate() {
                    let (x, y) = (x / POINT, (height - y) / POINT);
                    if at == 0 {
                        content.move_to(x, y);
                    } else {
                        content.line_to(x, y);
                    }
                }
                content.close_path().fill_nonzero();
            }
            Item::Code(code) => {
                content.set_fill_gray(0.0);
                for bar in &code.bars {
                    rectangle(*bar, height, content);
                }
                content.fill_nonzero();
            }
        }
    }
    Ok(())
}

fn show(run: &Run, height: f32, subsets: &mut Subsets, content: &mut Content) -> Result<(), FontError> {
    let parts = shown(subsets, run)?;
    if let Some(width) = run.outline {
        let stroke = Stroke {
            width,
            dash: None,
            black: run.black,
        };
        set_stroke(&stroke, content);
    } else {
        content.set_fill_gray(grey(run.black));
    }
    content.begin_text();
    if run.outline.is_some() {
        content.set_text_rendering_mode(TextRenderingMode::Stroke);
    }
    for part in parts {
        content.set_font(Name(format!("S{}", part.subset).as_bytes()), run.size);
        content.set_text_matrix(text_matrix(run, part.start, height));
        let mut positioned = content.show_positioned();
        let mut items = positioned.items();
        let mut bytes = Vec::with_capacity(part.glyphs.len() * 2);
        for (moved, glyph) in part.glyphs {
            if moved != 0.0 {
                if !bytes.is_empty() {
                    items.show(Str(&bytes));
                    bytes.clear();
                }
                items.adjust(-moved);
            }
            bytes.extend_from_slice(&glyph.to_be_bytes());
        }
        items.show(Str(&bytes));
    }
    if run.outline.is_some() {
        content.set_text_rendering_mode(TextRenderingMode::Fill);
    }
    content.end_text();
    Ok(())
}

fn set_stroke(stroke: &Stroke, content: &mut Content) {
    content.set_stroke_gray(grey(stroke.black));
    content.set_line_width(stroke.width / POINT);
    match stroke.dash {
        Some((on, off)) => content.set_dash_pattern([on / POINT, off / POINT], 0.0),
        None => content.set_dash_pattern([], 0.0),
    };
}

fn rectangle(at: Rect, height: f32, content: &mut Content) {
    content.rect(
        at.x / POINT,
        (height - at.y - at.h) / POINT,
        at.w / POINT,
        at.h / POINT,
    );
}

fn grey(black: u8) -> f32 {
    1.0 - f32::from(black.min(100)) / 100.0
}
