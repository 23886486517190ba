//! QR model 2 (JIS X 0510). Modules of a row that touch are one rectangle. The version is left to the content,
//! up to the one the form has room for.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::{Code, CodeError, CodeKind, bar};
use crate::print::sheet::Rect;

/// 誤り訂正.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
pub enum Correction {
    L,
    M,
}

/// QR. Draws `content` over the whole of `at`, at most in `version`.
///
/// # Errors
/// The content needs a larger version.
pub fn qr(content: &str, at: Rect, correction: Correction, version: u8) -> Result<Code, CodeError> {
    let level = match correction {
        Correction::L => QrCodeEcc::Low,
        Correction::M => QrCodeEcc::Medium,
    };
    let most = Version::new(version.clamp(1, 40));
    let segments = QrSegment::make_segments(content);
    let made = QrCode::encode_segments_advanced(&segments, level, Version::MIN, most, None, false)
        .map_err(|_| CodeError::TooLong)?;
    let module = at.w / made.size() as f32;
    let mut bars = Vec::new();
    for row in 0..made.size() {
        let mut column = 0;
        while column < made.size() {
            let start = column;
            while column < made.size() && made.get_module(column, row) {
                column += 1;
            }
            if column > start {
                bars.push(bar(
                    at.x + start as f32 * module,
                    at.y + row as f32 * module,
                    (column - start) as f32 * module,
                    module,
                ));
            }
            column += 1;
        }
    }
    Ok(Code {
        kind: CodeKind::Qr,
        content: content.to_owned(),
        bars,
    })
}
