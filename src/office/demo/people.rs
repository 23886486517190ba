//! 見本の人びと. A city of households that lives through the years month by month: births, deaths, moves in, out and
//! within, marriages. Who has changed since the last file of the register is known.

use super::{
    dice::Dice,
    material::{Material, Word},
};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::BTreeSet;

pub(super) const MALE: u8 = 1;
pub(super) const FEMALE: u8 = 2;

/// 一人.
pub(super) struct Someone {
    /// Running number; 宛名番号 and 個人番号 come from it.
    pub number: u32,
    pub household: usize,
    pub sex: u8,
    pub born: NaiveDate,
    /// 不詳 and impossible days.
    pub birth_text: Option<&'static str>,
    pub surname: Word,
    pub given: Word,
    /// アルファベット氏名, カナ, 国籍.
    pub foreign: Option<(&'static str, &'static str, &'static str)>,
    pub has_common_name: bool,
    pub spouse: Option<usize>,
    pub mother: Option<usize>,
    pub father: Option<usize>,
    pub status: u8,
    /// 住民となった日.
    pub since: NaiveDate,
    pub reason: &'static str,
    pub changed_on: NaiveDate,
    pub moved_in_from: Option<String>,
    pub moved_out_to: Option<String>,
    pub history: u32,
    /// 支援措置 from, until.
    pub protection: Option<(NaiveDate, NaiveDate)>,
}

impl Someone {
    pub fn is_here(&self) -> bool {
        self.status == 1
    }

    pub fn age(&self, on: NaiveDate) -> i32 {
        let had = (on.month(), on.day()) >= (self.born.month(), self.born.day());
        on.year() - self.born.year() - i32::from(!had)
    }
}

/// 一世帯.
pub(super) struct Home {
    pub number: u32,
    pub members: Vec<usize>,
    pub head: Option<usize>,
    pub town: usize,
    pub block: String,
    pub building: String,
    pub telephone: String,
    pub since: NaiveDate,
}

/// 見本の市.
pub(super) struct City {
    pub people: Vec<Someone>,
    pub homes: Vec<Home>,
    pub material: Material,
    /// Whom the next file names.
    pub changed: BTreeSet<usize>,
    pub(super) dice: Dice,
    /// The day until which it lives.
    pub last: NaiveDate,
    target: usize,
}

const ELSEWHERE: [&str; 8] = [
    "福島県郡山市",
    "福島県双葉郡広野町",
    "茨城県北茨城市",
    "宮城県仙台市青葉区",
    "東京都千代田区",
    "神奈川県横浜市中区",
    "福島県福島市",
    "茨城県日立市",
];

impl City {
    /// A city on this day, of households that will be about `residents` people after ten years.
    pub fn found(seed: u64, residents: u32, (on, last): (NaiveDate, NaiveDate)) -> Self {
        let mut city = City {
            people: Vec::new(),
            homes: Vec::new(),
            material: Material::read(),
            changed: BTreeSet::new(),
            dice: Dice::new(seed, 1),
            last,
            target: residents as usize,
        };
        while city.people.len() < city.target {
            city.household(on, None);
        }
        city.changed = (0..city.people.len()).collect();
        city
    }

    /// Who lives here now.
    pub fn population(&self) -> usize {
        self.people.iter().filter(|person| person.is_here()).count()
    }

    /// Lives through the month that begins on this day, up to and including `last`.
    pub fn live(&mut self, month: NaiveDate, last: NaiveDate) {
        for at in 0..self.people.len() {
            let Some(person) = self.people.get(at).filter(|person| person.is_here()) else {
                continue;
            };
            let age = person.age(month);
            let day = self.day_in(month, last);
            let mortality = 0.000_028 * (0.094 * f64::from(age)).exp() / 12.0;
            if self.dice.chance(mortality) {
                self.die(at, day);
            } else if (18..=23).contains(&age) && self.dice.chance(0.09 / 12.0) {
                self.leave(at, day);
            } else if (20..=42).contains(&age) && self.may_bear(at) {
                let rate = if (25..=34).contains(&age) { 0.14 } else { 0.05 };
                if self.dice.chance(rate / 12.0) {
                    self.bear(at, day);
                }
            } else if (24..=36).contains(&age) && self.may_marry(at) && self.dice.chance(0.05 / 12.0) {
                self.marry(at, day);
            }
        }
        for home in 0..self.homes.len() {
            let Some(head) = self.homes.get(home).and_then(|home| home.head) else {
                continue;
            };
            let Some(age) = self.people.get(head).map(|person| person.age(month)) else {
                continue;
            };
            let day = self.day_in(month, last);
            let (out, within) = if age < 45 { (0.045, 0.07) } else { (0.008, 0.015) };
            if self.dice.chance(out / 12.0) {
                let members = self
                    .homes
                    .get(home)
                    .map(|home| home.members.clone())
                    .unwrap_or_default();
                members.into_iter().for_each(|member| self.leave(member, day));
            } else if self.dice.chance(within / 12.0) {
                self.move_within(home, day);
            }
        }
        // What the city loses to the sea of moves comes back as new households, so that it stays as large as asked.
        let mut missing = self.target.saturating_sub(self.population());
        while missing > 0 {
            let before = self.people.len();
            let day = self.day_in(month, last);
            let from = self.dice.of(&ELSEWHERE).copied().unwrap_or("福島県福島市");
            self.household(day, Some(from));
            missing = missing.saturating_sub(self.people.len() - before);
        }
    }

    fn day_in(&mut self, month: NaiveDate, last: NaiveDate) -> NaiveDate {
        let end = (month + Months::new(1)).pred_opt().unwrap_or(month).min(last);
        month + Days::new(self.dice.below((end - month).num_days() as u64 + 1))
    }

    /// Her husband lives here and she has fewer than three children at home.
    fn may_bear(&self, at: usize) -> bool {
        let Some(person) = self.people.get(at) else {
            return false;
        };
        let is_hers = |member: &&usize| {
            self.people
                .get(**member)
                .is_some_and(|child| child.mother == Some(at))
        };
        let children = self
            .homes
            .get(person.household)
            .map_or(0, |home| home.members.iter().filter(is_hers).count());
        let husband = person.spouse.and_then(|spouse| self.people.get(spouse));
        person.sex == FEMALE && husband.is_some_and(Someone::is_here) && children < 3
    }

    fn may_marry(&self, at: usize) -> bool {
        self.people
            .get(at)
            .is_some_and(|p| p.sex == FEMALE && p.spouse.is_none() && p.foreign.is_none())
    }

    pub(super) fn touch(&mut self, at: usize, reason: &'static str, day: NaiveDate) {
        if let Some(person) = self.people.get_mut(at) {
            person.reason = reason;
            person.changed_on = day;
            person.history += 1;
            self.changed.insert(at);
        }
    }

    fn die(&mut self, at: usize, day: NaiveDate) {
        if let Some(person) = self.people.get_mut(at) {
            person.status = 3;
            if let Some(spouse) = person.spouse.take()
                && let Some(widowed) = self.people.get_mut(spouse)
            {
                widowed.spouse = None;
            }
        }
        self.touch(at, "死亡", day);
        self.go_from_home(at, day);
    }

    fn leave(&mut self, at: usize, day: NaiveDate) {
        let to = self.dice.of(&ELSEWHERE).copied().unwrap_or("東京都千代田区");
        if let Some(person) = self.people.get_mut(at) {
            person.status = 2;
            person.moved_out_to = Some(format!("{to}見本町1番地"));
        }
        self.touch(at, "国内転出", day);
        self.go_from_home(at, day);
    }

    /// Somebody else becomes head where the head goes.
    fn go_from_home(&mut self, at: usize, day: NaiveDate) {
        let Some(home) = self
            .people
            .get(at)
            .and_then(|person| self.homes.get_mut(person.household))
        else {
            return;
        };
        home.members.retain(|member| *member != at);
        if home.head != Some(at) {
            return;
        }
        home.head = home.members.first().copied();
        let members = home.members.clone();
        members
            .into_iter()
            .for_each(|member| self.touch(member, "世帯主変更", day));
    }

    fn bear(&mut self, mother: usize, day: NaiveDate) {
        let Some((household, father, surname)) = self
            .people
            .get(mother)
            .map(|m| (m.household, m.spouse, m.surname.clone()))
        else {
            return;
        };
        let sex = if self.dice.chance(0.513) { MALE } else { FEMALE };
        let child = self.person(household, sex, day, &surname, day);
        if let Some(child) = self.people.get_mut(child) {
            child.mother = Some(mother);
            child.father = father;
            child.reason = "出生";
        }
        self.changed.insert(child);
    }

    /// She takes his name and they begin a household of their own; he comes from elsewhere.
    fn marry(&mut self, at: usize, day: NaiveDate) {
        self.go_from_home(at, day);
        let home = self.home(day);
        let surname = self.material.surname(&mut self.dice);
        let age = self.people.get(at).map_or(30, |p| p.age(day)) + self.dice.between(-2, 6) as i32;
        let born = self.birthday(day, age.max(19));
        let husband = self.person(home, MALE, born, &surname, day);
        let from = self.dice.of(&ELSEWHERE).copied().unwrap_or("福島県福島市");
        if let Some(husband) = self.people.get_mut(husband) {
            husband.spouse = Some(at);
            husband.reason = "国内転入";
            husband.moved_in_from = Some(format!("{from}見本町2番地"));
        }
        if let Some(wife) = self.people.get_mut(at) {
            wife.spouse = Some(husband);
            wife.household = home;
            wife.surname = surname;
        }
        if let Some(home) = self.homes.get_mut(home) {
            home.members.push(at);
        }
        self.changed.insert(husband);
        self.touch(at, "転居", day);
    }

    fn move_within(&mut self, home: usize, day: NaiveDate) {
        let town = self.material.town(&mut self.dice);
        let (block, building) = self.material.block(&mut self.dice, town);
        let Some(home) = self.homes.get_mut(home) else {
            return;
        };
        (home.town, home.block, home.building, home.since) = (town, block, building, day);
        let members = home.members.clone();
        members
            .into_iter()
            .for_each(|member| self.touch(member, "転居", day));
    }

    pub(super) fn birthday(&mut self, on: NaiveDate, age: i32) -> NaiveDate {
        let year = on - Months::new(12 * age.max(0) as u32);
        (year - Days::new(self.dice.below(365))).max(NaiveDate::from_ymd_opt(1915, 1, 1).unwrap_or(year))
    }
}
