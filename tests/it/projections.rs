//! 射影の表. What every projection's tables must have, so that rows of a subject are deleted and made anew at any time
//! and a digest has an order.

use std::collections::BTreeSet;

use madoguchi::store::{Connection, projection::ALL};

fn column(connection: &Connection, sql: &str, table: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([table], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_projection_lists_exactly_the_tables_its_schema_makes_and_no_two_share_one() {
    let all = Connection::open_in_memory().unwrap();
    let mut names = BTreeSet::new();
    for projection in ALL {
        assert!(names.insert(projection.name), "{} twice", projection.name);
        let alone = Connection::open_in_memory().unwrap();
        alone.execute_batch(projection.schema).unwrap();
        all.execute_batch(projection.schema).unwrap();
        let made: BTreeSet<String> = column(
            &alone,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND ?1 = ''",
            "",
        )
        .into_iter()
        .collect();
        let listed: BTreeSet<String> = projection.tables.iter().map(|&t| t.to_owned()).collect();
        assert_eq!(made, listed, "{}", projection.name);
    }
}

#[test]
fn every_table_is_strict_keyed_and_quick_to_clear_for_one_subject() {
    for projection in ALL {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(projection.schema).unwrap();
        for table in projection.tables {
            let strict = column(
                &connection,
                "SELECT CAST(strict AS TEXT) FROM pragma_table_list WHERE name = ?1",
                table,
            );
            assert_eq!(strict, ["1"], "{table}");
            let key = column(
                &connection,
                "SELECT name FROM pragma_table_info(?1) WHERE pk > 0",
                table,
            );
            assert!(!key.is_empty(), "{table} has no primary key");
            let subject = column(
                &connection,
                "SELECT type FROM pragma_table_info(?1) WHERE name = 'subject' AND \"notnull\" = 1",
                table,
            );
            assert_eq!(subject, ["BLOB"], "{table}");
            let plan: String = connection
                .query_row(
                    &format!("EXPLAIN QUERY PLAN DELETE FROM {table} WHERE subject = x''"),
                    [],
                    |row| row.get("detail"),
                )
                .unwrap();
            assert!(plan.starts_with("SEARCH"), "{table}: {plan}");
        }
    }
}

#[test]
fn foreign_keys_stay_among_the_rows_of_one_projection() {
    for projection in ALL {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(projection.schema).unwrap();
        for table in projection.tables {
            let targets = column(
                &connection,
                "SELECT \"table\" FROM pragma_foreign_key_list(?1)",
                table,
            );
            for target in targets {
                assert!(projection.tables.contains(&target.as_str()), "{table} → {target}");
            }
        }
    }
}
