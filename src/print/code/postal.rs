//! 郵便カスタマバーコードの描画. Sixty-seven bars at a size in points; the symbols come from `domain::postal`.

use super::{Code, CodeKind, bar};
use crate::{domain::postal::PostalCode, print::sheet::Rect};

/// 郵便カスタマバーコード. Draws the bars at `size` points (8 to 11.5) from the upper left corner: long bars
/// 0.36 mm a point, pitch 0.12 mm a point.
#[must_use]
pub fn postal(code: &PostalCode, x: f32, y: f32, size: f32) -> Code {
    let unit = size / 10.0;
    let (long, timing, pitch, width) = (3.6 * unit, 1.2 * unit, 1.2 * unit, 0.6 * unit);
    let bars = code
        .bars()
        .bytes()
        .enumerate()
        .map(|(index, kind)| {
            let left = x + index as f32 * pitch;
            match kind {
                b'1' => bar(left, y, width, long),
                b'2' => bar(left, y, width, long - timing),
                b'3' => bar(left, y + timing, width, long - timing),
                _ => bar(left, y + timing, width, timing),
            }
        })
        .collect();
    Code {
        kind: CodeKind::Postal,
        content: code.bars(),
        bars,
    }
}

/// Width and height at a size in points, millimetres.
#[must_use]
pub fn extent(size: f32) -> Rect {
    Rect {
        x: 0.0,
        y: 0.0,
        w: (66.0 * 1.2 + 0.6) * size / 10.0,
        h: 0.36 * size,
    }
}
