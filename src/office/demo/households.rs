//! 見本の世帯. New households: who lives together, of what age, with what names. Beside `people`, which lets them
//! live.

use super::{
    material::Word,
    people::{City, FEMALE, Home, MALE, Someone},
};
use chrono::{Days, NaiveDate};

/// 不詳生年月日 as registers write them.
const UNKNOWN: [&str; 8] = [
    "年月日不詳",
    "昭和10年 月日不詳",
    "昭和12年春",
    "大正15年12月25日",
    "昭和8年3月上旬",
    "推定昭和15年4月",
    "昭和20年頃",
    "1999-02-29",
];

impl City {
    /// A household that lives here from this day on; `from` where it has moved in.
    pub(super) fn household(&mut self, on: NaiveDate, from: Option<&str>) {
        let since = match from {
            Some(_) => on,
            None => on - Days::new(self.dice.below(365 * 20)),
        };
        let home = self.home(since);
        let surname = self.material.surname(&mut self.dice);
        let first = self.people.len();
        // Those who move in are younger.
        let kind = match from {
            Some(_) => self.dice.weighted(&[45, 48, 52, 57, 92, 99, 100]),
            None => self.dice.weighted(&[16, 30, 46, 57, 86, 93, 100]),
        };
        match kind {
            0 => self.alone(home, on, &surname, (20, 52)),
            1 => self.alone(home, on, &surname, (66, 92)),
            2 => drop(self.couple(home, on, &surname, (64, 88))),
            3 => drop(self.couple(home, on, &surname, (44, 64))),
            4 => self.family(home, on, &surname),
            5 => self.single_parent(home, on, &surname),
            _ => self.three_generations(home, on, &surname),
        }
        let protected = kind == 5 && self.dice.chance(0.05);
        // Protections are renewed each year; a few have run out and hold all the same.
        let until = self.last + Days::new(self.dice.below(360)) - Days::new(25);
        for at in first..self.people.len() {
            if let Some(person) = self.people.get_mut(at) {
                person.since = since.max(person.born);
                (person.reason, person.changed_on) = match from {
                    Some(_) => ("国内転入", on),
                    None if person.since == person.born => ("出生", person.born),
                    None => ("国内転入", person.since),
                };
                person.moved_in_from = from.map(|from| format!("{from}見本町3番地"));
                person.protection = protected.then_some((on, until));
            }
            self.changed.insert(at);
        }
    }

    pub(super) fn home(&mut self, since: NaiveDate) -> usize {
        let town = self.material.town(&mut self.dice);
        let (block, building) = self.material.block(&mut self.dice, town);
        // Exchanges 00 and 0000 are given to nobody.
        let telephone = match self.dice.chance(0.4) {
            true => format!("0246-00-{:04}", self.dice.below(10_000)),
            false => format!("090-0000-{:04}", self.dice.below(10_000)),
        };
        self.homes.push(Home {
            number: self.homes.len() as u32 + 1,
            members: Vec::new(),
            head: None,
            town,
            block,
            building,
            telephone,
            since,
        });
        self.homes.len() - 1
    }

    pub(super) fn person(
        &mut self,
        household: usize,
        sex: u8,
        born: NaiveDate,
        surname: &Word,
        on: NaiveDate,
    ) -> usize {
        let at = self.people.len();
        let given = self.material.given(&mut self.dice, sex, born);
        let unknown = self.dice.chance(0.001);
        self.people.push(Someone {
            number: at as u32 + 1,
            household,
            sex,
            born,
            birth_text: if unknown {
                self.dice.of(&UNKNOWN).copied()
            } else {
                None
            },
            surname: surname.clone(),
            given,
            foreign: None,
            has_common_name: false,
            spouse: None,
            mother: None,
            father: None,
            status: 1,
            since: on,
            reason: "国内転入",
            changed_on: on,
            moved_in_from: None,
            moved_out_to: None,
            history: 1,
            protection: None,
        });
        if let Some(home) = self.homes.get_mut(household) {
            home.members.push(at);
            home.head.get_or_insert(at);
        }
        at
    }

    fn alone(&mut self, home: usize, on: NaiveDate, surname: &Word, ages: (i64, i64)) {
        let age = self.dice.between(ages.0, ages.1) as i32;
        let sex = if self.dice.chance(if age > 65 { 0.32 } else { 0.55 }) {
            MALE
        } else {
            FEMALE
        };
        let born = self.birthday(on, age);
        let at = self.person(home, sex, born, surname, on);
        if age < 50 && self.dice.chance(0.06) {
            let (foreign, common) = (self.material.foreign(&mut self.dice), self.dice.chance(0.3));
            if let Some(person) = self.people.get_mut(at) {
                person.foreign = Some(foreign);
                person.has_common_name = common;
            }
        }
    }

    fn couple(&mut self, home: usize, on: NaiveDate, surname: &Word, ages: (i64, i64)) -> (usize, usize) {
        let age = self.dice.between(ages.0, ages.1) as i32;
        let born = self.birthday(on, age);
        let husband = self.person(home, MALE, born, surname, on);
        let younger = self.dice.between(-2, 5) as i32;
        let born = self.birthday(on, (age - younger).max(19));
        let wife = self.person(home, FEMALE, born, surname, on);
        for (one, other) in [(husband, wife), (wife, husband)] {
            if let Some(person) = self.people.get_mut(one) {
                person.spouse = Some(other);
            }
        }
        (husband, wife)
    }

    /// Children of a mother, the eldest born when she was 22 to 33.
    fn children(&mut self, home: usize, on: NaiveDate, surname: &Word, parents: (Option<usize>, usize)) {
        let Some(age) = self.people.get(parents.1).map(|mother| mother.age(on)) else {
            return;
        };
        let mut child_age = age - self.dice.between(22, 33) as i32;
        for _ in 0..self.dice.weighted(&[8, 44, 88, 100]) {
            if (0..=24).contains(&child_age) {
                let sex = if self.dice.chance(0.513) { MALE } else { FEMALE };
                let born = self.birthday(on, child_age).min(on);
                let child = self.person(home, sex, born, surname, on);
                if let Some(child) = self.people.get_mut(child) {
                    (child.father, child.mother) = (parents.0, Some(parents.1));
                }
            }
            child_age -= self.dice.between(2, 4) as i32;
        }
    }

    fn family(&mut self, home: usize, on: NaiveDate, surname: &Word) {
        let (husband, wife) = self.couple(home, on, surname, (25, 54));
        self.children(home, on, surname, (Some(husband), wife));
    }

    fn single_parent(&mut self, home: usize, on: NaiveDate, surname: &Word) {
        let age = self.dice.between(26, 48) as i32;
        let born = self.birthday(on, age);
        let mother = self.person(home, FEMALE, born, surname, on);
        self.children(home, on, surname, (None, mother));
    }

    fn three_generations(&mut self, home: usize, on: NaiveDate, surname: &Word) {
        let (husband, wife) = self.couple(home, on, surname, (34, 56));
        self.children(home, on, surname, (Some(husband), wife));
        let Some(age) = self.people.get(husband).map(|person| i64::from(person.age(on))) else {
            return;
        };
        let (father, mother) = self.couple(home, on, surname, (age + 23, age + 32));
        if let Some(person) = self.people.get_mut(husband) {
            (person.father, person.mother) = (Some(father), Some(mother));
        }
    }
}
