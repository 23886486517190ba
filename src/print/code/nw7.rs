//! NW-7 (Codabar, JIS X 0506). Start and stop letters are part of the content and a setting of the city; a
//! check digit, if any, comes in as part of it.

use super::{Code, CodeError, CodeKind, bar};
use crate::print::sheet::Rect;

/// Bars and spaces in turn, 1 = wide.
const PATTERNS: &[(char, &str)] = &[
    ('0', "0000011"),
    ('1', "0000110"),
    ('2', "0001001"),
    ('3', "1100000"),
    ('4', "0010010"),
    ('5', "1000010"),
    ('6', "0100001"),
    ('7', "0100100"),
    ('8', "0110000"),
    ('9', "1001000"),
    ('-', "0001100"),
    ('$', "0011000"),
    (':', "1000101"),
    ('/', "1010001"),
    ('.', "1010100"),
    ('+', "0010101"),
    ('A', "0011010"),
    ('B', "0101001"),
    ('C', "0001011"),
    ('D', "0001110"),
];

/// Wide to narrow.
const RATIO: f32 = 2.5;

/// NW-7. Draws `content` (start letter, characters, stop letter) over the whole of `at`.
///
/// # Errors
/// A character that NW-7 has no pattern for.
pub fn nw7(content: &str, at: Rect) -> Result<Code, CodeError> {
    let mut elements = Vec::new();
    for c in content.chars() {
        let (_, pattern) = PATTERNS
            .iter()
            .find(|(known, _)| *known == c)
            .ok_or(CodeError::Character)?;
        if !elements.is_empty() {
            elements.push(1.0);
        }
        elements.extend(pattern.bytes().map(|wide| if wide == b'1' { RATIO } else { 1.0 }));
    }
    let total: f32 = elements.iter().sum();
    let narrow = at.w / total.max(1.0);
    let mut bars = Vec::new();
    let mut x = at.x;
    for (index, units) in elements.iter().enumerate() {
        let width = units * narrow;
        if index % 2 == 0 {
            bars.push(bar(x, at.y, width, at.h));
        }
        x += width;
    }
    Ok(Code {
        kind: CodeKind::Nw7,
        content: content.to_owned(),
        bars,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_between_two_letters_are_134_modules_of_0_278_mm() {
        let at = Rect {
            x: 3.0,
            y: 22.6,
            w: 37.21,
            h: 5.6,
        };
        let code = nw7("A0123456789A", at).expect("drawable");
        assert_eq!(code.bars.len(), 12 * 4);
        let last = code.bars.last().expect("bars");
        assert!((last.x + last.w - 40.21).abs() < 0.05);
        assert!((37.21 / 134.0 - 0.2777_f32).abs() < 0.001);
    }

    #[test]
    fn a_letter_it_does_not_know_is_refused() {
        let at = Rect {
            x: 0.0,
            y: 0.0,
            w: 30.0,
            h: 5.0,
        };
        assert_eq!(nw7("A12E", at), Err(CodeError::Character));
    }
}
