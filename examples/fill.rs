use madoguchi::{
    office::{
        Machine, Office,
        demo::{Cast, Size, fill},
    },
    store::{Database, DatabaseKey},
};
use std::time::Instant;
fn main() {
    let residents: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let path = std::path::PathBuf::from(std::env::args().nth(2).unwrap());
    let _ = std::fs::remove_file(&path);
    let key = DatabaseKey::new([7; 32]);
    let office = Office::new(Database::create(&path, &key).unwrap(), Machine::real());
    let cast = Cast::new(1, office.machine().now(), &key);
    cast.found(&office).unwrap();
    let t = Instant::now();
    let mut last = 0;
    fill(
        &office,
        &cast,
        Size {
            residents,
            ..Size::default()
        },
        |p| {
            if p / 100 != last {
                last = p / 100;
                eprintln!("{p} {:?}", t.elapsed());
            }
        },
    )
    .unwrap();
    eprintln!("total {:?}", t.elapsed());
    office
        .read(|c| {
            for t in [
                "revisions",
                "resident_versions",
                "resident_words",
                "household_versions",
                "vaccination_records",
                "protections",
                "feed_rejects",
            ] {
                let n: i64 = c
                    .query_row(&format!("select count(*) from {t}"), [], |r| r.get(0))
                    .unwrap();
                eprintln!("{t} {n}");
            }
            let mut s = c
                .prepare("select status, count(*) from residents group by 1")
                .unwrap();
            let v: Vec<(i64, i64)> = s
                .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
                .unwrap()
                .map(|x| x.unwrap())
                .collect();
            eprintln!("{v:?}");
            Ok(())
        })
        .unwrap();
}
