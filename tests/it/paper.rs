//! 紙. One sheet through both PDF writers and the pixel painter, judged by readers that are not ours: poppler,
//! qpdf, zbar.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use madoguchi::{
    domain::postal::PostalCode,
    print::{
        Face, Sheet,
        code::{self, Correction},
        fit::{self, Align, Fit, Place},
        pixmap,
        sheet::{Item, Layer, Rect, Stroke},
        single,
        stream::Stream,
    },
};

const NAMES: [&str; 4] = ["葛\u{E0100}城　莉央", "𠮷田　ヨシ子", "髙橋　律", "山﨑　凛"];
const OCR: &str = "210720440001843273";

fn rect(x: f32, y: f32, w: f32, h: f32) -> Rect {
    Rect { x, y, w, h }
}

fn text(items: &mut Vec<Item>, face: Face, size: f32, at: Rect, text: &str) {
    let place = Place {
        at,
        face,
        size,
        align: Align::Left,
        fit: Fit::Shrink(8.0),
        padding: 1.0,
        feed: None,
        spacing: 0.0,
        black: 100,
    };
    let fitted = fit::fit(&place, text).expect("drawn").expect("fits");
    fit::set(&place, &fitted, items);
}

fn fixed() -> Arc<Layer> {
    let mut items = Vec::new();
    let stroke = Stroke {
        width: 0.6,
        dash: None,
        black: 100,
    };
    items.push(Item::Box {
        at: rect(12.0, 12.0, 80.0, 60.0),
        fill: Some(8),
        stroke: Some(stroke),
    });
    items.push(Item::Line {
        from: (12.0, 80.0),
        to: (190.0, 80.0),
        stroke: Stroke {
            dash: Some((1.2, 0.8)),
            width: 0.25,
            ..stroke
        },
    });
    items.push(Item::Shape {
        points: vec![(20.0, 90.0), (22.2, 90.0), (20.0, 92.2)],
        black: 100,
    });
    text(
        &mut items,
        Face::TextBold,
        20.0,
        rect(100.0, 12.0, 80.0, 10.0),
        "予防接種予診票",
    );
    text(
        &mut items,
        Face::Mincho,
        24.0,
        rect(100.0, 24.0, 80.0, 12.0),
        "予防接種済証",
    );
    Arc::new(Layer { items })
}

fn sheet(fixed: &Arc<Layer>, name: &str) -> Sheet {
    let mut items = Vec::new();
    text(&mut items, Face::Names, 18.0, rect(12.0, 20.0, 80.0, 10.0), name);
    text(
        &mut items,
        Face::Text,
        10.0,
        rect(12.0, 32.0, 80.0, 8.0),
        "いわき市平字𠮷野12番地の3",
    );
    text(&mut items, Face::OcrB, 9.0, rect(12.0, 42.0, 60.0, 5.0), OCR);
    let codes = [
        code::nw7("A0001843273A", rect(110.0, 40.0, 37.21, 5.6)),
        code::qr(OCR, rect(160.0, 40.0, 10.0, 10.0), Correction::M, 1),
    ];
    items.extend(codes.into_iter().map(|made| Item::Code(made.expect("drawable"))));
    let postal = PostalCode::make("9708026", "字見本町12番地の3").expect("seven digits");
    items.push(Item::Code(code::postal(&postal, 110.0, 60.0, 9.0)));
    Sheet {
        width: 210.0,
        height: 148.0,
        fixed: Arc::clone(fixed),
        own: Layer { items },
    }
}

fn pipe(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs it"));
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn both(sheets: &[Sheet]) -> [Vec<u8>; 2] {
    let mut stream = Stream::begin(Vec::new()).expect("begins");
    for sheet in sheets {
        stream.sheet(sheet).expect("is written");
    }
    [
        single::pdf("見本", sheets).expect("is made"),
        stream.end().expect("ends"),
    ]
}

/// Where the title of a 予診票 begins on the first page, in millimetres from the upper left, as poppler finds it.
pub fn corner_of(pdf: &[u8]) -> (f32, f32) {
    let found = String::from_utf8(pipe("pdftotext", &["-bbox", "-", "-"], pdf)).expect("UTF-8");
    let word = found
        .lines()
        .find(|line| line.contains("予防接種予診票"))
        .expect("the title is there");
    let number = |name: &str| -> f32 {
        let rest = word.split(name).nth(1).expect("an attribute");
        rest.split('"')
            .nth(1)
            .expect("a value")
            .parse()
            .expect("a number")
    };
    (number("xMin") * 25.4 / 72.0, number("yMin") * 25.4 / 72.0)
}

fn check_fonts(pdf: &[u8]) {
    let table = String::from_utf8(pipe("pdffonts", &["-"], pdf)).expect("UTF-8");
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert!(rows.len() >= 5, "{table}");
    for row in rows {
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(
            words[words.len() - 5..words.len() - 2],
            ["yes", "yes", "yes"],
            "{table}"
        );
    }
}

fn check_syntax(folder: &Path, pdf: &[u8]) {
    let path = folder.join("sheet.pdf");
    std::fs::write(&path, pdf).expect("is written");
    pipe("qpdf", &["--check", path.to_str().expect("UTF-8")], b"");
}

/// A grey picture: width, height, bytes.
fn rendered(pdf: &[u8], dots: u32) -> (usize, usize, Vec<u8>) {
    let pgm = pipe(
        "pdftoppm",
        &["-gray", "-r", &dots.to_string(), "-f", "1", "-l", "1", "-"],
        pdf,
    );
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at
            + pgm[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .expect("a header");
        fields.push(String::from_utf8_lossy(&pgm[at..end]).into_owned());
        at = end + 1;
    }
    let number = |field: &str| field.parse::<usize>().expect("a number");
    (number(&fields[1]), number(&fields[2]), pgm[at..].to_vec())
}

/// Share of the pixels that differ by more than half of the range after a look at their neighbours: edges may
/// fall on either side of a pixel, nothing may be elsewhere.
fn difference(pdf: &[u8], sheet: &Sheet) -> f64 {
    let (width, height, page) = rendered(pdf, 150);
    let picture = pixmap::picture(sheet, 150.0).expect("drawn");
    let ours: Vec<u8> = picture.rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
    let (w, h) = (picture.width as usize, picture.height as usize);
    assert!(
        w.abs_diff(width) <= 1 && h.abs_diff(height) <= 1,
        "{w}×{h} against {width}×{height}"
    );
    let near = |pixels: &[u8], row: usize, stride: usize, x: usize, y: usize| {
        let mut range = (255_u8, 0_u8);
        for dy in 0..3 {
            for dx in 0..3 {
                let (x, y) = ((x + dx).saturating_sub(1), (y + dy).saturating_sub(1));
                if x < stride && y < row {
                    let value = pixels[y * stride + x];
                    range = (range.0.min(value), range.1.max(value));
                }
            }
        }
        range
    };
    let (rows, columns) = (h.min(height), w.min(width));
    let mut wrong = 0_usize;
    for y in 0..rows {
        for x in 0..columns {
            let (low, high) = near(&page, height, width, x, y);
            let value = ours[y * w + x];
            let off = low.saturating_sub(value).max(value.saturating_sub(high));
            wrong += usize::from(off > 64);
        }
    }
    wrong as f64 / (rows * columns) as f64
}

#[test]
fn both_writers_make_sound_files_with_embedded_and_subset_fonts() {
    let folder = tempfile::tempdir().expect("a folder");
    let fixed = fixed();
    let sheets: Vec<Sheet> = NAMES.iter().map(|name| sheet(&fixed, name)).collect();
    for pdf in both(&sheets) {
        check_syntax(folder.path(), &pdf);
        check_fonts(&pdf);
        assert!(pdf.len() < 200_000, "{} bytes: the fonts are not cut", pdf.len());
    }
}

#[test]
fn the_text_of_a_pdf_is_the_name_byte_for_byte() {
    let fixed = fixed();
    let sheets: Vec<Sheet> = NAMES.iter().map(|name| sheet(&fixed, name)).collect();
    for pdf in both(&sheets) {
        let found = String::from_utf8(pipe("pdftotext", &["-layout", "-", "-"], &pdf)).expect("UTF-8");
        let found = found.replace([' ', '\n'], "");
        for name in NAMES {
            // poppler shows every space as a gap of its own.
            assert!(found.contains(&name.replace('　', "")), "{found}");
        }
        for part in ["字𠮷野12番地", OCR, "予防接種予診票"] {
            assert!(found.contains(part), "{part}: {found}");
        }
    }
}

#[test]
fn two_texts_of_one_glyph_are_both_found() {
    let fixed = fixed();
    let sheets = [sheet(&fixed, "葛\u{E0100}西"), sheet(&fixed, "葛\u{E0102}西")];
    for pdf in both(&sheets) {
        let found = String::from_utf8(pipe("pdftotext", &["-", "-"], &pdf)).expect("UTF-8");
        assert!(
            found.contains("葛\u{E0100}西") && found.contains("葛\u{E0102}西"),
            "{found}"
        );
    }
}

#[test]
fn the_picture_of_the_desktop_is_the_page_of_the_pdf() {
    let fixed = fixed();
    let first = sheet(&fixed, NAMES[0]);
    for pdf in both(std::slice::from_ref(&first)) {
        let off = difference(&pdf, &first);
        assert!(off < 0.000_01, "{:.5} % of the pixels are elsewhere", off * 100.0);
    }
    let other = sheet(&fixed, NAMES[1]);
    let pdf = both(std::slice::from_ref(&first))[1].clone();
    let off = difference(&pdf, &other);
    assert!(off > 0.000_2, "the comparison must notice another name: {off}");
}

#[test]
fn codes_are_read_from_the_page_by_another_reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let pdf = both(&[sheet(&fixed(), NAMES[0])])[1].clone();
    for dots in ["300", "600"] {
        let page = pipe("pdftoppm", &["-gray", "-r", dots, "-png", "-"], &pdf);
        let path = folder.path().join("page.png");
        std::fs::write(&path, page).expect("is written");
        let read = pipe(
            "zbarimg",
            &["--quiet", "-Scodabar.enable", path.to_str().expect("UTF-8")],
            b"",
        );
        let read = String::from_utf8(read).expect("UTF-8");
        assert!(read.contains(&format!("QR-Code:{OCR}")), "{dots}: {read}");
        assert!(read.contains("A0001843273A"), "{dots}: {read}");
    }
}

#[test]
fn postal_bars_measured_on_the_page_say_what_was_meant() {
    let code = PostalCode::make("9708026", "字見本町12番地の3").expect("seven digits");
    let pdf = both(&[sheet(&fixed(), NAMES[0])])[1].clone();
    let (width, _, page) = rendered(&pdf, 600);
    let dark = |x: f32, y: f32| {
        let dot = |mm: f32| (mm * 600.0 / 25.4).round() as usize;
        page[dot(y) * width + dot(x)] < 128
    };
    let unit = 0.9;
    let read: String = (0..67)
        .map(|bar| {
            let x = 110.0 + (bar as f32 * 1.2 + 0.3) * unit;
            let up = dark(x, 60.0 + 0.5 * unit);
            let down = dark(x, 60.0 + 3.1 * unit);
            assert!(dark(x, 60.0 + 1.8 * unit), "bar {bar}");
            match (up, down) {
                (true, true) => '1',
                (true, false) => '2',
                (false, true) => '3',
                (false, false) => '4',
            }
        })
        .collect();
    assert_eq!(read, code.bars());
}
