//! 記録項目の場所. Every recorded item of 別添２ has its column in a real database; nothing of the list is left out.

use std::collections::BTreeMap;

use crate::counter::Counter;

const ITEMS: &str = include_str!("../../assets/codes/recorded_items.toml");

#[test]
fn every_recorded_item_of_the_assessment_has_its_column() {
    let items: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(ITEMS).unwrap();
    let counts: Vec<usize> = items.values().map(BTreeMap::len).collect();
    assert_eq!((items.len(), counts.iter().sum::<usize>()), (4, 63));
    let counter = Counter::open();
    for (item, place) in items.values().flatten() {
        let (table, column) = place.split_once('.').unwrap();
        let is_there: bool = counter
            .office
            .read(|c| {
                Ok(c.query_row(
                    "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2)",
                    [table, column],
                    |row| row.get(0),
                )?)
            })
            .unwrap();
        assert!(is_there, "{item}: {place}");
    }
}
