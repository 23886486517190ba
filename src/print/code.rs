//! 符号. Codes as filled rectangles: NW-7, QR model 2, 郵便カスタマバーコード. Edges lie on whole dots of a
//! 600 dpi printer. What a code must say is `domain`; here it is drawn.

mod nw7;
mod postal;
mod qr;

use std::fmt;

pub use nw7::nw7;
pub use postal::{extent, postal};
pub use qr::{Correction, qr};

use super::sheet::Rect;

/// 符号の種類.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeKind {
    Nw7,
    Qr,
    Postal,
}

/// 符号. What it says and the bars that say it.
#[derive(Clone, PartialEq, Debug)]
pub struct Code {
    pub kind: CodeKind,
    pub content: String,
    pub bars: Vec<Rect>,
}

/// 符号にできない.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeError {
    /// A character that the code can't carry.
    Character,
    /// More than the code, or the version set by the form, holds.
    TooLong,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character => "符号に使えない文字があります。番号の登録を確かめてください。",
            Self::TooLong => "符号に収まらない長さです。様式の設定を確かめてください。",
        })
    }
}

impl std::error::Error for CodeError {}

/// One dot of a 600 dpi printer, millimetres.
const DOT: f32 = 25.4 / 600.0;

fn snapped(value: f32) -> f32 {
    (value / DOT).round() * DOT
}

/// A bar with all four edges on whole dots.
fn bar(x: f32, y: f32, w: f32, h: f32) -> Rect {
    let (left, top) = (snapped(x), snapped(y));
    Rect {
        x: left,
        y: top,
        w: snapped(x + w) - left,
        h: snapped(y + h) - top,
    }
}
