//! 見本の市を満たす. Lets a made-up city live for some years and takes it in through the very feed door of a real
//! register, one file a month (a quarter in the years long past), two persons for what needs two; then the records
//! of its past. The same seed, day and size make the same city.

use std::time::Duration;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{
    Cast,
    dice::Dice,
    doses::{self, Stock},
    entries::{self, Sheet, Sheets},
    people::City,
    rows,
};
use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        identifier::LgCode,
        institution::{Area, CodeEntry},
        record::VaccinationRecord,
        resident::Resident,
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{
        DeedError, Office, Session, code,
        feed::{Extent, FeedError, FeedRules, ReadFeed, ReleaseFeed, write::FeedWriter},
        individual_number::number_keeper,
        run_here,
        settings::demo_settings,
    },
    store::{New, Origin, Parents, feed::LoadState},
};

/// 見本の市の大きさ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    pub seed: u64,
    pub residents: u32,
    pub years: u32,
}

impl Default for Size {
    fn default() -> Self {
        Size {
            seed: 1,
            residents: 30_000,
            years: 10,
        }
    }
}

/// Longest transaction while nobody else is there: a page that many rows touch is then encrypted once.
const SLICE: Duration = Duration::from_secs(30);
/// The last months that have a file each; a file touches pages all over the database, so that older ones are rarer.
const MONTHLY: u32 = 24;
/// Records of one transaction.
const RECORDS: usize = 40_000;

/// Fills a founded database. `report` hears how far it is, in thousandths.
///
/// # Errors
/// [`FeedError`]: what was taken in until then stays, and the demo folder should be made anew.
pub fn fill(office: &Office, cast: &Cast, size: Size, mut report: impl FnMut(u32)) -> Result<(), FeedError> {
    office.prepare_for_bulk(true)?;
    let today = (office.machine().now() + TimeDelta::hours(9)).date_naive();
    let start = today.with_day0(0).unwrap_or(today) - Months::new(12 * size.years);
    let lg_code = demo_settings().lg_code.clone();
    let register = Register {
        office,
        cast,
        lg_code,
    };
    let mut city = City::found(size.seed, size.residents, (start, today));
    let mut known = 0;
    let months = 12 * size.years + 1;
    let mut sequence = 0;
    for month in 0..=months {
        // The first file is everybody; the others say what has changed since.
        let ends = start + Months::new(month);
        let last = today.pred_opt().unwrap_or(today);
        if month > 0 {
            city.live(start + Months::new(month - 1), last);
        }
        if month + MONTHLY < months && month % 3 != 0 {
            continue;
        }
        let made_on = ends.min(today);
        register.take_in(&mut city, sequence, made_on, &mut known)?;
        sequence += 1;
        report(if month == 0 {
            300
        } else {
            300 + 400 * month / months.max(1)
        });
    }
    let stock = stock();
    let supervisor = cast.session("1004");
    let span = (size.seed, start, today);
    let fresh = records(office, &supervisor, &city, &stock, span, |part| {
        report(700 + part)
    })?;
    office.prepare_for_bulk(false)?;
    let stopped = entries::enter(office, cast, fresh);
    let stopped: Vec<_> = stopped
        .into_iter()
        .map(|sheet| (sheet.record, sheet.person, sheet.dose))
        .collect();
    take_over(office, &supervisor, &stopped)?;
    report(1_000);
    Ok(())
}

struct Register<'a> {
    office: &'a Office,
    cast: &'a Cast,
    lg_code: LgCode,
}

impl Register<'_> {
    fn take_in(
        &self,
        city: &mut City,
        sequence: u32,
        on: NaiveDate,
        known: &mut usize,
    ) -> Result<(), FeedError> {
        let extent = if sequence == 0 {
            Extent::Full
        } else {
            Extent::Differential
        };
        let mut writer = FeedWriter::new(
            self.lg_code.clone(),
            extent,
            at_three(on, sequence),
            (sequence, sequence + 1),
        );
        let changed = std::mem::take(&mut city.changed);
        if changed.is_empty() && sequence > 0 {
            // An empty differential is a file like any other.
            self.read(writer.finish())?;
            return Ok(());
        }
        for at in &changed {
            if let Some(row) = city.row(*at, self.lg_code.as_str(), at >= known) {
                writer.write(&row);
            }
        }
        *known = city.people.len();
        self.read(writer.finish())
    }

    fn read(&self, (name, bytes): (String, Vec<u8>)) -> Result<(), FeedError> {
        let rules = FeedRules::of_settings(Some(demo_settings().clone()))?;
        // The register's numbers go to the one who holds their key, also where another reads the file.
        let keeper = number_keeper(&self.cast.session("1006")).ok();
        let job = ReadFeed::new(self.cast.session("1003"), rules, keeper, (&name, &bytes))?;
        let outcome = run_here(self.office, job, SLICE, |_| {})?;
        if outcome.load.state == LoadState::Waiting || outcome.load.totals.held > 0 {
            let job = ReleaseFeed::attended(self.cast.session("1004"), outcome.load.load);
            run_here(self.office, job, SLICE, |_| {})?;
        }
        Ok(())
    }
}

/// Three in the morning, Asia/Tokyo; the number as seconds keeps names of files apart.
fn at_three(on: NaiveDate, number: u32) -> DateTime<Utc> {
    on.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(6) + TimeDelta::seconds(i64::from(number % 60))
}

fn stock() -> Stock {
    let mut stock = Stock {
        institutions: Vec::new(),
        lots: Vec::new(),
    };
    for entry in code::demo_codes() {
        match entry {
            CodeEntry::Institution(found) if found.area == Area::InCity => {
                stock
                    .institutions
                    .push((found.code, found.name, found.physicians));
            }
            CodeEntry::Lot(lot) => stock.lots.push((lot.product, lot.lot_number, lot.expires_on)),
            CodeEntry::Institution(_) => {}
        }
    }
    stock
}

/// The records of the past, as a city takes them over from the system before. Gives back the last sheets, which are
/// to be entered.
fn records(
    office: &Office,
    session: &Session,
    city: &City,
    stock: &Stock,
    (seed, start, today): (u64, NaiveDate, NaiveDate),
    mut report: impl FnMut(u32),
) -> Result<Sheets, DeedError> {
    let lg_code = demo_settings().lg_code.clone();
    let mut waiting: Vec<(SubjectId, SubjectId, VaccinationRecord)> = Vec::with_capacity(RECORDS);
    let mut fresh = Sheets::default();
    for (at, person) in city.people.iter().enumerate() {
        let mut dice = Dice::new(seed, 1_000_000 + u64::from(person.number));
        let subject = Resident::subject(&lg_code, &rows::atena(person.number));
        for (number, dose) in doses::of(person, stock, &mut dice, (start, today))
            .into_iter()
            .enumerate()
        {
            let record = SubjectId::derived("demo-record", &format!("{seed}/{}/{number}", person.number));
            if entries::is_fresh(&dose, today) && fresh.has_room_for(&dose.programme) {
                fresh.0.push(Sheet {
                    record,
                    person: subject,
                    born: person.born,
                    dose,
                });
            } else {
                waiting.push((record, subject, dose));
            }
        }
        if waiting.len() >= RECORDS || at + 1 == city.people.len() {
            take_over(office, session, &waiting)?;
            waiting.clear();
            report((300 * (at + 1) / city.people.len()) as u32);
        }
    }
    Ok(fresh)
}

fn take_over(
    office: &Office,
    session: &Session,
    records: &[(SubjectId, SubjectId, VaccinationRecord)],
) -> Result<(), DeedError> {
    office.deed(session, Deed::TakeOverRecords, |transaction| {
        for (subject, person, record) in records {
            let given_at = record.vaccinated_on + Days::new(20);
            let hash = Sha256::digest(subject.0.as_bytes());
            let mut salt = [0; 16];
            salt.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
            let origin = Origin {
                made_at: given_at.and_time(NaiveTime::MIN).and_utc(),
                operator: OperatorId("past".to_owned()),
                terminal: TerminalId("past".to_owned()),
                lamport: 1,
                salt,
                deed: Deed::TakeOverRecords,
            };
            let new = New {
                subject: *subject,
                about: Some(*person),
                body: record,
                parents: Parents::None,
            };
            transaction.append_from(new, origin)?;
        }
        transaction.event(Event::new(Deed::TakeOverRecords).detail("records", records.len()));
        Ok(())
    })
}
