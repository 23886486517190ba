//! 検索の速さ. What clerks type, asked of 330,000 residents in the store: from the typed line to the lines of the list.
//! Every class of question has queries drawn from names, days and numbers that are really in the city, the same
//! ones in every round; how many miss whom they were drawn from stands in the conditions.

use std::{collections::BTreeSet, time::Instant};

use chrono::NaiveDate;
use madoguchi::{
    domain::{birth::BirthDate, name, revision::SubjectId, wareki},
    office::{Machine, Office, open_demo, search::Asked},
    store::{
        resident::{self, ResidentCard},
        search::{Found, MOST_COUNTED, MOST_SHOWN},
    },
};
use serde_json::json;

use crate::{
    city,
    figure::{Figure, Limit},
};

/// Queries of one class.
const QUERIES: usize = 250;
const LIMIT_MS: f64 = 1.0;

/// Letters of one name in two writings, the register's first.
const VARIANTS: [(char, char); 12] = [
    ('髙', '高'),
    ('高', '髙'),
    ('﨑', '崎'),
    ('崎', '﨑'),
    ('𠮷', '吉'),
    ('吉', '𠮷'),
    ('邉', '辺'),
    ('辺', '邊'),
    ('齋', '斉'),
    ('斎', '齊'),
    ('沢', '澤'),
    ('浜', '濱'),
];

struct Query {
    text: String,
    /// Who must be among the found, if not all of them are shown.
    person: Option<SubjectId>,
}

/// SplitMix64: the same draws in every round.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// Somebody whom the register shows; subjects are spread evenly.
    fn somebody(&mut self, office: &Office) -> ResidentCard {
        loop {
            let from = [self.next().to_be_bytes(), self.next().to_be_bytes()].concat();
            let card = office.read(|connection| {
                let found: Option<Vec<u8>> = connection
                    .prepare_cached("SELECT min(subject) FROM resident_versions WHERE subject >= ?1")?
                    .query_row([&from], |row| row.get(0))?;
                let subject = found.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok());
                match subject {
                    Some(subject) => resident::card(connection, SubjectId(subject)),
                    None => Ok(None),
                }
            });
            if let Some(card) = card.expect("the city can be read") {
                return card;
            }
        }
    }

    /// Distinct questions that `of` makes of people of the city.
    fn queries(
        &mut self,
        office: &Office,
        of: impl Fn(&mut Self, &ResidentCard) -> Option<String>,
    ) -> Vec<Query> {
        let mut seen = BTreeSet::new();
        let mut queries = Vec::with_capacity(QUERIES);
        for _ in 0..200 * QUERIES {
            if queries.len() == QUERIES {
                break;
            }
            let card = self.somebody(office);
            // Some are registered without a name in kanji.
            let text = of(self, &card).filter(|text| !text.trim().is_empty());
            if let Some(text) = text.filter(|text| seen.insert(text.clone())) {
                queries.push(Query {
                    text,
                    person: Some(card.subject),
                });
            }
        }
        queries
    }
}

fn letters(text: &str) -> Vec<&str> {
    name::letters(text)
        .filter(|letter| !letter.trim().is_empty())
        .collect()
}

/// `count` letters of a name from this one on; none where it is shorter.
fn part(text: &str, from: usize, count: usize) -> Option<String> {
    Some(letters(text).get(from..from + count)?.concat())
}

fn known(card: &ResidentCard) -> Option<NaiveDate> {
    match card.birth {
        BirthDate::Known(day) => Some(day),
        BirthDate::AsWritten(_) => None,
    }
}

fn is_kanji(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_ascii() && !('ぁ'..='ヿ').contains(&c))
}

/// A name as somebody else would write it.
fn otherwise(text: &str) -> Option<String> {
    let mut changed = false;
    let other: String = text
        .chars()
        .filter(|c| {
            changed |= name::is_selector(*c);
            !name::is_selector(*c)
        })
        .collect();
    let other: String = other
        .chars()
        .map(|c| match VARIANTS.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => {
                changed = true;
                *to
            }
            None => c,
        })
        .collect();
    changed.then_some(other)
}

fn classes(office: &Office) -> Vec<(&'static str, Vec<Query>)> {
    let mut draws = Draws(330_000);
    let mut of = |name, make: &dyn Fn(&mut Draws, &ResidentCard) -> Option<String>| {
        (name, draws.queries(office, make))
    };
    let mut classes = vec![
        of("one_kanji", &|draws, card| {
            let at = draws.below(letters(&card.names.kanji).len());
            part(&card.names.kanji, at, 1).filter(|text| is_kanji(text))
        }),
        of("two_kanji", &|draws, card| {
            let at = draws.below(letters(&card.names.kanji).len().saturating_sub(1));
            part(&card.names.kanji, at, 2).filter(|text| is_kanji(text))
        }),
        of("whole_kanji_name", &|_, card| {
            Some(card.names.kanji.clone()).filter(|text| text.chars().count() < 30)
        }),
        of("kana_prefix", &|draws, card| {
            let count = 1 + draws.below(5);
            part(&card.names.kana, 0, count)
        }),
        of("kana_inner_part", &|draws, card| {
            let at = 1 + draws.below(5);
            let count = 2 + draws.below(2);
            part(&card.names.kana, at, count)
        }),
        of("kana_surname_and_given_name", &|_, card| {
            let (surname, given) = card.names.kana.split_once('　')?;
            Some(format!("{surname} {}", part(given, 0, 1)?))
        }),
        of("birth_date_western", &|_, card| {
            Some(known(card)?.format("%Y%m%d").to_string())
        }),
        of("birth_date_of_an_era", &|_, card| {
            Some(wareki::short(known(card)?)).filter(|text| !text.starts_with('1'))
        }),
        of("kana_and_birth_date", &|_, card| {
            Some(format!(
                "{} {}",
                part(&card.names.kana, 0, 2)?,
                wareki::short(known(card)?)
            ))
        }),
        of("atena_number", &|_, card| Some(card.atena_number.clone())),
        of("variant_writing", &|_, card| otherwise(&card.names.kanji)),
        of("nobody", &|draws, card| {
            let other = draws.somebody(office);
            Some(format!(
                "{}ヌ{}",
                part(&card.names.kana, 0, 3)?,
                part(&other.names.kana, 0, 2)?
            ))
        }),
    ];
    let vouchers = city::voucher_numbers(office);
    let vouchers = vouchers.into_iter().take(QUERIES).map(|(text, person)| Query {
        text,
        person: Some(person),
    });
    classes.push(("voucher_number", vouchers.collect()));
    classes
}

fn ask(office: &Office, text: &str, today: NaiveDate) -> Found {
    let asked = Asked::parse(text, today).unwrap_or_else(|_| panic!("「{text}」 is no question"));
    office
        .read(|connection| asked.find(connection))
        .expect("the city can be read")
}

/// Asks every question once, in an order that mixes nothing: class after class, as it comes.
pub fn measure() -> Vec<Figure> {
    let office = open_demo(&city::home(), Machine::real()).expect("the city opens");
    let today = office.today();
    let classes = classes(&office);
    // What the draws have read is not to help: the connection that answers is a new one.
    drop(office);
    let office = open_demo(&city::home(), Machine::real()).expect("the city opens");
    let figures = classes.iter().map(|(name, queries)| {
        let mut samples_ms = Vec::with_capacity(queries.len());
        let (mut most, mut full, mut none, mut missed) = (0, 0, 0, 0);
        for query in queries {
            let begun = Instant::now();
            let found = ask(&office, &query.text, today);
            samples_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
            most = most.max(found.count);
            full += u32::from(found.count >= MOST_COUNTED);
            none += u32::from(found.count == 0);
            let shown = found.lines.iter().any(|line| Some(line.subject) == query.person);
            let all_shown = found.count as usize <= MOST_SHOWN;
            missed += u32::from(*name != "nobody" && all_shown && !shown);
        }
        if missed > 0 {
            eprintln!("{name}：{missed}人が見つかりませんでした。");
        }
        Figure {
            name: format!("search_by_{name}"),
            conditions: json!({
                "residents": city::SIZE.residents,
                "queries": queries.len(),
                "found_nobody": none,
                "missed": missed,
                "found_at_most": most,
                "found_more_than_are_counted": full,
            }),
            samples_ms,
            limit: Limit::P95(LIMIT_MS),
        }
    });
    figures.collect()
}
