//! 見本の大きな市. A demo city of 330,000 residents and ten years, made once beside the build and used by every bench
//! that needs one. Delete the folder to have it made anew.

use std::{fs, path::Path, time::Instant};

use chrono::Months;
use madoguchi::{
    domain::{programme::ProgrammeCode, record::DoseNumber, revision::SubjectId},
    office::{Home, Machine, Office, demo, open, voucher::Wanted},
    store::{StoreError, ledger::subject_at},
};

pub const SIZE: demo::Size = demo::Size {
    seed: 1,
    residents: 330_000,
    years: 10,
};
/// Vouchers of the city that a search can look for.
pub const VOUCHERS: usize = 250;

/// The folder of the city, made where it isn't there yet.
pub fn home() -> Home {
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    fs::create_dir_all(&beside).expect("the build folder can be written");
    let home = Home::new(beside.join(format!("city-{}", SIZE.residents)));
    let begun = Instant::now();
    let said = std::cell::Cell::new(u64::MAX);
    demo::ensure(&home, Machine::real(), SIZE, &|done, _, what| {
        if said.replace(done / 10) != done / 10 {
            eprintln!("{what} {}% {}秒", done / 10, begun.elapsed().as_secs());
        }
    })
    .expect("a demo city");
    home
}

/// The city with some vouchers out, issued at the counter to children of an age to need one.
pub fn prepare() {
    let home = home();
    let password = demo::OPERATORS[0].password;
    let (office, clerk) = open(&home, Machine::real(), demo::OPERATORS[0].operator, password)
        .expect("a demo operator signs in");
    let mut missing = VOUCHERS.saturating_sub(voucher_numbers(&office).len());
    let programme = ProgrammeCode::parse("mr1").expect("a programme of the rules");
    let wanted = |person| Wanted {
        person,
        programme,
        dose: DoseNumber::Nth(1),
    };
    for child in one_year_olds(&office) {
        if missing == 0 {
            break;
        }
        missing -= usize::from(office.issue_voucher(&clerk, wanted(child)).is_ok());
    }
    assert_eq!(missing, 0, "the city has too few children who need a voucher");
}

/// The vouchers that are out.
pub fn voucher_numbers(office: &Office) -> Vec<(String, SubjectId)> {
    office
        .read(|connection| {
            let mut statement = connection.prepare("SELECT number, person FROM vouchers ORDER BY number")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, subject_at(row, "person")?)))?;
            Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
        })
        .expect("the city can be read")
}

fn one_year_olds(office: &Office) -> Vec<SubjectId> {
    let today = office.today();
    let born = [today - Months::new(23), today - Months::new(13)].map(|day| day.to_string());
    office
        .read(|connection| {
            let mut statement = connection.prepare(
                "SELECT subject FROM residents WHERE birth_on BETWEEN ?1 AND ?2 AND status = 1 ORDER BY subject",
            )?;
            let rows = statement.query_map(born, |row| subject_at(row, "subject"))?;
            Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
        })
        .expect("the city can be read")
}
