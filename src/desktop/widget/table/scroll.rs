//! 巻き取り. Where a table stands: the first visible row and the pixels of it that are above the edge. Single
//! precision is never asked for more than the height of a window.

use std::ops::Range;

/// What the table shows through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub rows: usize,
    pub row_height: f32,
    pub height: f32,
}

impl View {
    pub(super) fn overflows(self) -> bool {
        self.rows as f64 * f64::from(self.row_height) > f64::from(self.height)
    }

    /// The position with the last row at the bottom.
    fn end(self) -> Scroll {
        if !self.overflows() {
            return Scroll::default();
        }
        let total = self.rows as f64 * f64::from(self.row_height) - f64::from(self.height);
        let row = (total / f64::from(self.row_height)).floor();
        Scroll {
            row: row as usize,
            offset: (total - row * f64::from(self.row_height)) as f32,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Scroll {
    row: usize,
    offset: f32,
}

impl Scroll {
    /// The rows of which at least a pixel can be seen.
    pub(super) fn visible(self, view: View) -> Range<usize> {
        let count = ((view.height + self.offset) / view.row_height).ceil() as usize;
        self.row.min(view.rows)..(self.row + count).min(view.rows)
    }

    /// The upper edge of a visible row, from the upper edge of the table.
    pub(super) fn top_of(self, row: usize, view: View) -> f32 {
        (row as f64 - self.row as f64) as f32 * view.row_height - self.offset
    }

    pub(super) fn row_at(self, y: f32, view: View) -> Option<usize> {
        let row = self.row + ((y + self.offset) / view.row_height).floor().max(0.0) as usize;
        (row < view.rows).then_some(row)
    }

    pub(super) fn by(&mut self, pixels: f32, view: View) {
        let shifted = self.offset + pixels;
        let rows = (shifted / view.row_height).floor();
        let row = self.row as f64 + f64::from(rows);
        if row < 0.0 {
            *self = Self::default();
        } else {
            self.row = row as usize;
            self.offset = shifted - rows * view.row_height;
        }
        self.keep_inside(view);
    }

    /// Moves as little as needed to show the whole of a row.
    pub(super) fn reveal(&mut self, row: usize, view: View) {
        if row <= self.row {
            *self = Self { row, offset: 0.0 };
        } else {
            let below = self.top_of(row, view) + view.row_height - view.height;
            if below > 0.0 {
                self.by(below, view);
            }
        }
        self.keep_inside(view);
    }

    pub(super) fn keep_inside(&mut self, view: View) {
        let end = view.end();
        if (self.row, self.offset) > (end.row, end.offset) {
            *self = end;
        }
    }

    pub(super) fn go_to_fraction(&mut self, fraction: f32, view: View) {
        let hidden = (view.rows as f64 * f64::from(view.row_height) - f64::from(view.height)).max(0.0);
        let pixels = hidden * f64::from(fraction.clamp(0.0, 1.0));
        let row = (pixels / f64::from(view.row_height)).floor();
        *self = Self {
            row: row as usize,
            offset: (pixels - row * f64::from(view.row_height)) as f32,
        };
        self.keep_inside(view);
    }

    /// Upper edge and length of the thumb in a bar as high as the table; `None` where all rows fit.
    pub(super) fn thumb(self, view: View) -> Option<(f32, f32)> {
        if !view.overflows() {
            return None;
        }
        let total = view.rows as f64 * f64::from(view.row_height);
        let length = (f64::from(view.height) / total * f64::from(view.height)).max(24.0);
        let hidden = total - f64::from(view.height);
        let at = self.row as f64 * f64::from(view.row_height) + f64::from(self.offset);
        let top = at / hidden * (f64::from(view.height) - length);
        Some((top as f32, length as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        rows: 330_000,
        row_height: 25.0,
        height: 606.0,
    };

    #[test]
    fn the_last_of_330_000_rows_stands_exactly_at_the_bottom() {
        let mut scroll = Scroll::default();
        scroll.reveal(VIEW.rows - 1, VIEW);
        assert_eq!(scroll.visible(VIEW).end, VIEW.rows);
        assert!((scroll.top_of(VIEW.rows - 1, VIEW) + VIEW.row_height - VIEW.height).abs() < 0.01);
    }

    #[test]
    fn scrolling_down_and_up_by_pixels_comes_back_to_the_same_place() {
        let mut scroll = Scroll::default();
        scroll.go_to_fraction(0.9, VIEW);
        let before = scroll;
        for pixels in [13.0, 700.0, -3.0, -710.0] {
            scroll.by(pixels, VIEW);
        }
        assert_eq!(scroll.row, before.row);
        assert!((scroll.offset - before.offset).abs() < 0.01);
    }

    #[test]
    fn a_table_never_scrolls_past_its_ends() {
        let mut scroll = Scroll::default();
        scroll.by(-1e9, VIEW);
        assert_eq!(scroll, Scroll::default());
        scroll.by(1e9, VIEW);
        assert_eq!(scroll, VIEW.end());
        scroll.keep_inside(View { rows: 3, ..VIEW });
        assert_eq!(scroll, Scroll::default());
    }

    #[test]
    fn a_row_in_sight_is_not_moved() {
        let mut scroll = Scroll::default();
        scroll.reveal(5, VIEW);
        assert_eq!(scroll, Scroll::default());
        scroll.reveal(24, VIEW);
        assert!(scroll.row == 0 && scroll.offset > 0.0);
    }

    #[test]
    fn the_thumb_can_always_be_grabbed_and_stays_in_its_bar() {
        let mut scroll = Scroll::default();
        scroll.go_to_fraction(1.0, VIEW);
        let (top, length) = scroll.thumb(VIEW).unwrap();
        assert!(length >= 24.0 && (top + length - VIEW.height).abs() < 0.5);
    }
}
