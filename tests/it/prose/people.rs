//! Random people for the second evaluator: births and days of asking lie near the bounds more often than chance
//! would put them there, and the doses lie near the intervals.

use super::{
    calendar::{self, Day, day, reach},
    law::{self, Given, Noted, PROGRAMMES, Person, Question},
};

/// SplitMix64: small, seeded, and the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn within(&mut self, low: i32, high: i32) -> i32 {
        low + (self.next() % ((high - low + 1) as u64)) as i32
    }

    fn one_in(&mut self, n: i32) -> bool {
        self.within(1, n) == 1
    }

    pub fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.within(0, items.len() as i32 - 1) as usize]
    }
}

/// One person, the day she is asked about and the programme that is looked at most closely.
pub fn draw(dice: &mut Dice) -> (Person, Question) {
    let birth = birth(dice);
    let (programme, doses) = dice.of(PROGRAMMES);
    let as_of = as_of(dice, birth);
    let due_on = dice.one_in(2).then(|| as_of + dice.within(-30, 120));
    let mut person = Person {
        birth,
        male: dice.one_in(2),
        noted: Noted::default(),
        due_on,
        season: None,
        given: Vec::new(),
    };
    for &(other, doses) in PROGRAMMES {
        if other == programme && !dice.one_in(6) || dice.one_in(4) {
            give(dice, &mut person, other, doses, as_of);
        }
    }
    person.season = dice.one_in(2).then(|| season(dice, as_of));
    note(dice, &mut person);
    let asked = Question {
        programme,
        dose: dice.of(doses),
        as_of,
    };
    (person, asked)
}

fn birth(dice: &mut Dice) -> Day {
    let year = match dice.within(0, 9) {
        0..=5 => dice.within(2006, 2026),
        6 => dice.within(1990, 2010),
        7 => dice.within(1960, 1980),
        _ => dice.within(1912, 1965),
    };
    match dice.within(0, 5) {
        0 => day(year, dice.of(&[1, 3, 5, 7, 8, 10, 12]), dice.of(&[1, 30, 31])),
        1 => day(year, 2, 28) + dice.within(0, 1),
        2 => day(year, 4, 1) + dice.within(-1, 2),
        // The cohorts that the rules name.
        3 => {
            let named = [
                (2016, 4, 1),
                (2020, 8, 1),
                (2007, 4, 1),
                (1995, 4, 2),
                (2009, 10, 1),
                (1962, 4, 2),
                (1979, 4, 1),
                (2022, 4, 2),
                (2018, 4, 2),
                (1997, 4, 2),
                (2008, 4, 1),
            ];
            let (year, month, number) = dice.of(&named);
            day(year, month, number) + dice.within(-1, 1)
        }
        _ => day(year, 1, 1) + dice.within(0, 364),
    }
}

/// Until the end of the fiscal year 2026: what comes later the rules may still change.
fn as_of(dice: &mut Dice, birth: Day) -> Day {
    let near = match dice.within(0, 5) {
        0 => reach(birth, dice.of(&[2, 3, 6, 7, 12, 24, 36, 60, 90])),
        1 => reach(
            birth,
            12 * dice.of(&[9, 11, 12, 13, 15, 16, 17, 20, 60, 65, 66, 70, 75]),
        ),
        2 => day(dice.within(2013, 2027), dice.of(&[4, 10]), 1),
        3 => reach(birth, dice.within(1, 30)),
        4 => day(2013, 4, 1) + dice.within(0, 5100),
        _ => day(2026, 11, 23),
    };
    (near + dice.within(-2, 2)).clamp(day(2012, 4, 10), day(2027, 3, 31))
}

fn season(dice: &mut Dice, as_of: Day) -> (Day, Day) {
    let year = calendar::fiscal_year(as_of);
    let from = day(year, 10, 1) + dice.within(0, 20);
    (from, day(year + 1, 1, 31) + dice.within(-20, 40))
}

/// Doses in order, most of them; now and then one is missing or comes far too late.
fn give(dice: &mut Dice, person: &mut Person, programme: &'static str, doses: &[&'static str], as_of: Day) {
    let mut on = first_day(dice, person.birth, programme, as_of);
    for &dose in doses.iter().take(dice.within(1, doses.len() as i32) as usize) {
        let left_out = dice.one_in(25);
        let given = Given {
            programme,
            dose,
            on,
            product: (programme == "hpv").then(|| dice.of(&["hpv9", "hpv9", "hpv9", "hpv4", "hpv2"])),
            due_on: (programme == "rsv_maternal")
                .then(|| {
                    if dice.one_in(2) {
                        person.due_on
                    } else {
                        Some(on + 50)
                    }
                })
                .flatten(),
        };
        if on > as_of || left_out || person.given.iter().any(|other| share(other, &given)) {
            continue;
        }
        person.given.push(given);
        on = match dice.within(0, 4) {
            0 => on + dice.of(&[7, 21, 28, 61, 140]) + dice.within(-1, 1),
            1 => reach(on, dice.of(&[1, 2, 3, 5, 6, 7])) + dice.within(-1, 2),
            2 => on + dice.within(1, 900),
            _ => on + dice.within(20, 60),
        };
    }
}

/// Whether two doses have one number where somebody counts both.
fn share(one: &Given, other: &Given) -> bool {
    ["dpt_ipv_hib", "je_special", "je_special2"].iter().any(|asked| {
        let number = law::number_in(asked, one);
        number.is_some() && number == law::number_in(asked, other)
    })
}

fn first_day(dice: &mut Dice, birth: Day, programme: &str, as_of: Day) -> Day {
    let months = match programme {
        "rota1" | "rota5" | "hib" | "pcv" | "hepb" | "dpt_ipv_hib" | "dpt_ipv" | "dpt" | "ipv" | "bcg" => {
            dice.of(&[2, 2, 2, 3, 7, 12, 24])
        }
        "mr1" | "varicella" => dice.of(&[12, 24, 36]),
        "je1" | "je_special2" => dice.of(&[6, 36, 60]),
        "mr2" => 66,
        "je2" | "je_special" => dice.of(&[48, 108]),
        "dt2" => 132,
        "hpv" => dice.of(&[150, 160, 180, 200, 260]),
        "flu_elderly" | "covid_b" | "ppv_elderly" | "zoster" | "rsv_maternal" => {
            return as_of - dice.within(0, 800);
        }
        _ => 500,
    };
    let by_chance = if dice.one_in(3) {
        dice.within(0, 400)
    } else {
        dice.within(-1, 2)
    };
    (reach(birth, months) + by_chance).max(birth)
}

fn note(dice: &mut Dice, person: &mut Person) {
    let catch_up = day(2022, 4, 1)..=day(2025, 3, 31);
    let recorded = |given: &Given| given.programme == "hpv" && catch_up.contains(&given.on);
    let recorded = person.given.iter().any(recorded);
    person.noted = Noted {
        disabled: dice.one_in(4),
        hiv_disabled: dice.one_in(4),
        shortage: dice.one_in(2),
        antibody_insufficient: !dice.one_in(3),
        antibody_tested_in_time: dice.one_in(2),
        je_incomplete_2010: dice.one_in(2),
        hpv_in_catch_up: recorded || dice.one_in(10),
    };
}
