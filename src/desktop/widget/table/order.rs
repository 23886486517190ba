//! 並びとしぼり込み. Sorted and filtered rows as indices into the data, which stay where they are.

use std::cmp::Ordering;

/// Which rows of the data a table shows, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order(Vec<u32>);

impl Order {
    /// All rows as they come.
    pub fn all(count: usize) -> Self {
        Self((0..u32::try_from(count).unwrap_or(u32::MAX)).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The index into the data of a row of the table.
    pub fn get(&self, row: usize) -> Option<usize> {
        self.0.get(row).map(|index| *index as usize)
    }

    /// The row in which an entry of the data stands.
    pub fn row_of(&self, index: usize) -> Option<usize> {
        self.0.iter().position(|entry| *entry as usize == index)
    }

    /// Sorts by the data; equal rows keep their order.
    pub fn sort_by(&mut self, mut compare: impl FnMut(usize, usize) -> Ordering) {
        self.0
            .sort_by(|one, other| compare(*one as usize, *other as usize));
    }

    /// Keeps the rows for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        self.0.retain(|index| keep(*index as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn rows_are_sorted_and_filtered_without_touching_the_data() {
        let data = ["ウ", "ア", "エ", "イ"];
        let mut order = Order::all(data.len());
        order.sort_by(|a, b| data[a].cmp(data[b]));
        order.retain(|index| data[index] != "イ");
        let shown: Vec<_> = (0..order.len())
            .map(|row| data[order.get(row).unwrap()])
            .collect();
        assert_eq!(shown, ["ア", "ウ", "エ"]);
        assert_eq!(order.row_of(2), Some(2));
        assert_eq!(order.row_of(3), None);
    }
}
