//! The schedule once more, written from the prose of the reference (§1 to §7
//! and the meaning of an answer in §12): one yes or no for one day, with no
//! table, no bounds and no versions as data. Slow on purpose.

use super::calendar::{
    Day, day, days_apart, fiscal_year, fiscal_year_of_age, months_apart, reach, school_year,
};

/// What a clerk noted of a person.
#[derive(Debug, Clone, Copy, Default)]
pub struct Noted {
    pub disabled: bool,
    pub hiv_disabled: bool,
    pub shortage: bool,
    pub antibody_insufficient: bool,
    pub antibody_tested_in_time: bool,
    pub je_incomplete_2010: bool,
    pub hpv_in_catch_up: bool,
}

#[derive(Debug, Clone)]
pub struct Given {
    pub programme: &'static str,
    pub dose: &'static str,
    pub on: Day,
    pub product: Option<&'static str>,
    pub due_on: Option<Day>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub birth: Day,
    pub male: bool,
    pub noted: Noted,
    /// Day on which a child is expected.
    pub due_on: Option<Day>,
    /// Influenza season of the city.
    pub season: Option<(Day, Day)>,
    pub given: Vec<Given>,
}

/// What is asked: a dose of a programme, as things stand on a day.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub programme: &'static str,
    pub dose: &'static str,
    pub as_of: Day,
}

/// Every programme with its doses.
pub const PROGRAMMES: &[(&str, &[&str])] = &[
    ("rota1", &["1", "2"]),
    ("rota5", &["1", "2", "3"]),
    ("hib", &["1", "2", "3", "booster"]),
    ("pcv", &["1", "2", "3", "booster"]),
    ("hepb", &["1", "2", "3"]),
    ("dpt_ipv_hib", &["1", "2", "3", "booster"]),
    ("dpt_ipv", &["1", "2", "3", "booster"]),
    ("dpt", &["1", "2", "3", "booster"]),
    ("ipv", &["1", "2", "3", "booster"]),
    ("dt2", &["1"]),
    ("bcg", &["1"]),
    ("mr1", &["1"]),
    ("mr2", &["1"]),
    ("rubella5", &["1"]),
    ("varicella", &["1", "2"]),
    ("je1", &["1", "2", "booster"]),
    ("je2", &["1"]),
    ("je_special", &["1", "2", "3", "4"]),
    ("je_special2", &["1", "2", "3"]),
    ("hpv", &["1", "2", "3"]),
    ("rsv_maternal", &["1"]),
    ("flu_elderly", &["1"]),
    ("ppv_elderly", &["1"]),
    ("covid_b", &["1"]),
    ("zoster", &["1", "2"]),
];

/// First and last day that are looked at. What has dates of its own lies between 2012 and 2031; what goes by age is
/// over at twenty for the young, and has begun, or ended, before 67 for the old.
fn looked_at(person: &Person, programme: &str) -> (Day, Day) {
    let old = ["flu_elderly", "ppv_elderly", "covid_b", "zoster"].contains(&programme);
    let (young, dated) = (
        day(2012, 4, 1),
        if old { day(2031, 4, 1) } else { day(2028, 1, 1) },
    );
    let (from, to) = if old { (59, 67) } else { (0, 21) };
    let begin = if programme == "rsv_maternal" {
        young
    } else {
        reach(person.birth, 12 * from)
    };
    (begin.max(young), reach(person.birth, 12 * to).max(dated))
}

/// Whether the dose may be given on the day asked about, and the first and
/// last day of the stretch of days around it; otherwise of the next stretch,
/// otherwise of the last one that has passed. An end that lies beyond every
/// rule is none.
pub fn answer(person: &Person, asked: Question) -> (bool, Option<Day>, Option<Day>) {
    if taken(person, asked) {
        return (false, None, None);
    }
    let (first, last) = looked_at(person, asked.programme);
    let on = |day: Day| may(person, asked, day);
    let start = asked.as_of.clamp(first, last);
    let found = (start..=last)
        .find(|&day| on(day))
        .or_else(|| (first..start).rev().find(|&day| on(day)));
    let Some(found) = found else {
        return (false, None, None);
    };
    let from = (first..found)
        .rev()
        .find(|&day| !on(day))
        .map_or(first, |day| day + 1);
    let until = (found..=last).find(|&day| !on(day)).map(|day| day - 1);
    (on(asked.as_of), Some(from), until)
}

/// Whether the dose may be given on the day asked about.
pub fn may_now(person: &Person, asked: Question) -> bool {
    !taken(person, asked) && may(person, asked, asked.as_of)
}

/// Whether this dose was given already: once a season, once a pregnancy,
/// otherwise once.
fn taken(person: &Person, asked: Question) -> bool {
    let year = fiscal_year(asked.as_of);
    person.given.iter().any(|given| {
        number_in(asked.programme, given) == Some(asked.dose)
            && match asked.programme {
                "flu_elderly" | "covid_b" => fiscal_year(given.on) == year,
                "rsv_maternal" => given.due_on == person.due_on,
                _ => true,
            }
    })
}

/// 五種混合 goes on where 四種混合 stopped, the exceptions of 日本脳炎 count through both phases; otherwise each counts
/// its own.
pub fn number_in(asked: &str, given: &Given) -> Option<&'static str> {
    match (asked, given.programme, given.dose) {
        ("dpt_ipv_hib", "dpt_ipv", _) => Some(given.dose),
        ("je_special" | "je_special2", "je1", "booster") => Some("3"),
        ("je_special" | "je_special2", "je1", _) => Some(given.dose),
        ("je_special", "je2", _) => Some("4"),
        _ => (asked == given.programme).then_some(given.dose),
    }
}

/// Whether the law lets the dose be given on that day, the number of the dose
/// not having been given.
fn may(person: &Person, asked: Question, on: Day) -> bool {
    let look = Look { person, asked, on };
    match asked.programme {
        "rota1" => look.rota(24),
        "rota5" => look.rota(32),
        "hib" => look.hib(),
        "pcv" => look.pcv(),
        "hepb" => look.hepatitis_b(),
        "dpt_ipv_hib" => on >= day(2024, 4, 1) && look.months(2, 90) && look.three_and_one(),
        "dpt_ipv" => on >= day(2012, 11, 1) && look.first_phase(),
        "dpt" => on >= day(2013, 4, 1) && look.first_phase(),
        "ipv" => on >= day(2012, 9, 1) && look.first_phase(),
        "dt2" => on >= day(2013, 4, 1) && look.years(11, 13),
        "bcg" => on >= day(2013, 4, 1) && on >= person.birth && on <= reach(person.birth, 12),
        "mr1" => look.measles_first(),
        "mr2" => look.measles_second(),
        "rubella5" => look.rubella_fifth(),
        "varicella" => look.varicella(),
        "je1" => look.encephalitis_first(),
        "je2" => on >= day(2013, 4, 1) && look.years(9, 13),
        "je_special" => look.encephalitis_missed(),
        "je_special2" => look.encephalitis_missed_later(),
        "hpv" => look.papilloma(),
        "rsv_maternal" => look.rsv(),
        "flu_elderly" => look.influenza(),
        "ppv_elderly" => look.pneumococcus_elderly(),
        "covid_b" => look.covid(),
        "zoster" => look.zoster(),
        other => panic!("no such programme: {other}"),
    }
}

struct Look<'a> {
    person: &'a Person,
    asked: Question,
    on: Day,
}

impl Look<'_> {
    fn given(&self, dose: &str) -> Option<&Given> {
        self.person
            .given
            .iter()
            .find(|given| number_in(self.asked.programme, given) == Some(dose))
    }

    fn on_of(&self, dose: &str) -> Option<Day> {
        self.given(dose).map(|given| given.on)
    }

    fn last_given(&self) -> Option<Day> {
        let own = self.person.given.iter();
        own.filter(|given| number_in(self.asked.programme, given).is_some())
            .map(|given| given.on)
            .max()
    }

    /// 生後a月からb月に至るまで.
    fn months(&self, from: i32, to: i32) -> bool {
        self.on >= reach(self.person.birth, from) && self.on <= reach(self.person.birth, to)
    }

    /// a歳以上b歳未満.
    fn years(&self, from: i32, to: i32) -> bool {
        self.months(from * 12, to * 12)
    }

    /// n日以上 after a dose that must have been given.
    fn days_after(&self, dose: &str, days: i32) -> bool {
        self.on_of(dose)
            .is_some_and(|given| self.on >= days_apart(given, days))
    }

    fn months_after(&self, dose: &str, months: i32) -> bool {
        self.on_of(dose)
            .is_some_and(|given| self.on >= months_apart(given, months))
    }

    fn have(&self, doses: &[&str]) -> bool {
        doses.iter().all(|dose| self.given(dose).is_some())
    }

    /// The last dose lies the days back, and there is one.
    fn days_after_last(&self, days: i32) -> bool {
        self.last_given()
            .is_some_and(|given| self.on >= days_apart(given, days))
    }

    /// 出生6週0日後から; three doses where the window is the long one.
    fn rota(&self, weeks: i32) -> bool {
        let birth = self.person.birth;
        self.on >= day(2020, 10, 1)
            && birth >= day(2020, 8, 1)
            && self.on >= birth + 42
            && self.on <= birth + weeks * 7
            && match self.asked.dose {
                "1" => true,
                "2" => self.days_after("1", 27),
                _ => self.have(&["1"]) && self.days_after("2", 27),
            }
    }

    fn hepatitis_b(&self) -> bool {
        let birth = self.person.birth;
        self.on >= day(2016, 10, 1)
            && birth >= day(2016, 4, 1)
            && self.on >= birth
            && self.on <= reach(birth, 12)
            && match self.asked.dose {
                "1" => true,
                "2" => self.days_after("1", 27),
                _ => self.days_after("1", 139) && self.on_of("2").is_some_and(|it| self.on > it),
            }
    }

    /// 乾燥Hib: by the age at the first dose (§4).
    fn hib(&self) -> bool {
        let birth = self.person.birth;
        if self.on < day(2013, 4, 1) || !self.months(2, 60) {
            return false;
        }
        let (seven, twelve) = (reach(birth, 7), reach(birth, 12));
        let Some(first) = self.on_of("1") else {
            return self.asked.dose == "1";
        };
        if first < reach(birth, 2) || first > reach(birth, 60) {
            return false;
        }
        // Begun after twelve months: one dose, nothing more.
        if first > twelve {
            return false;
        }
        let primary: &[&str] = if first <= seven {
            &["1", "2", "3"]
        } else {
            &["1", "2"]
        };
        match self.asked.dose {
            "2" => self.on <= twelve && self.days_after("1", 27),
            "3" => primary.len() == 3 && self.on <= twelve && self.have(&["1"]) && self.days_after("2", 27),
            "booster" if self.have(primary) => self.months_after(primary[primary.len() - 1], 7),
            "booster" => self.on > twelve && self.days_after_last(27),
            _ => false,
        }
    }

    /// 小児用肺炎球菌: by the age at the first dose (§4).
    fn pcv(&self) -> bool {
        let birth = self.person.birth;
        if self.on < day(2013, 4, 1) || !self.months(2, 60) {
            return false;
        }
        let at = |months| reach(birth, months);
        let Some(first) = self.on_of("1") else {
            return self.asked.dose == "1";
        };
        if first < at(2) || first > at(60) {
            return false;
        }
        if first > at(24) {
            return false;
        }
        if first > at(12) {
            return self.asked.dose == "2" && self.days_after("1", 60);
        }
        let long = first <= at(7);
        let second_late = self.on_of("2").is_some_and(|second| second > at(12));
        match self.asked.dose {
            "2" => self.on <= at(24) && self.days_after("1", 27),
            "3" => long && !second_late && self.on <= at(24) && self.have(&["1"]) && self.days_after("2", 27),
            "booster" => {
                let finished = if long {
                    self.have(&["1", "2", "3"])
                } else {
                    self.have(&["1", "2"])
                };
                if finished {
                    let end = if long { "3" } else { "2" };
                    self.on >= at(12) && self.days_after(end, 60)
                } else {
                    // 初回 is over because no further one may be given.
                    let over = (long && second_late) || self.on > at(24);
                    over && self.days_after_last(60)
                }
            }
            _ => false,
        }
    }

    /// 生後3月から90月, from 2023-04-01 生後2月から.
    fn first_phase(&self) -> bool {
        let begin = if self.on < day(2023, 4, 1) { 3 } else { 2 };
        self.months(begin, 90) && self.three_and_one()
    }

    /// Three 20日以上 apart, and one 6月以上 after them.
    fn three_and_one(&self) -> bool {
        match self.asked.dose {
            "1" => true,
            "2" => self.days_after("1", 20),
            "3" => self.have(&["1"]) && self.days_after("2", 20),
            _ => self.have(&["1", "2"]) && self.months_after("3", 6),
        }
    }

    fn measles_first(&self) -> bool {
        let birth = self.person.birth;
        (self.on >= day(2013, 4, 1) && self.months(12, 24))
            || (self.person.noted.shortage
                && (day(2022, 4, 2)..=day(2023, 4, 1)).contains(&birth)
                && (day(2025, 4, 1)..=day(2027, 3, 31)).contains(&self.on))
    }

    fn measles_second(&self) -> bool {
        let birth = self.person.birth;
        let school = school_year(birth);
        (self.on >= day(2013, 4, 1) && self.on >= day(school - 1, 4, 1) && self.on < day(school, 4, 1))
            || (self.person.noted.shortage
                && (day(2018, 4, 2)..=day(2019, 4, 1)).contains(&birth)
                && (day(2025, 4, 1)..=day(2027, 3, 31)).contains(&self.on))
    }

    fn rubella_fifth(&self) -> bool {
        let noted = self.person.noted;
        let last = if noted.antibody_tested_in_time && noted.shortage {
            day(2027, 3, 31)
        } else {
            day(2025, 3, 31)
        };
        self.person.male
            && (day(1962, 4, 2)..=day(1979, 4, 1)).contains(&self.person.birth)
            && noted.antibody_insufficient
            && self.on >= day(2019, 2, 1)
            && self.on <= last
    }

    fn varicella(&self) -> bool {
        let birth = self.person.birth;
        let ordinary = self.on >= day(2014, 10, 1)
            && self.months(12, 36)
            && (self.asked.dose == "1" || self.months_after("1", 3));
        let once = self.asked.dose == "1"
            && (day(2014, 10, 1)..=day(2015, 3, 31)).contains(&self.on)
            && self.on > reach(birth, 36)
            && self.on <= reach(birth, 60);
        ordinary || once
    }

    fn encephalitis_first(&self) -> bool {
        self.on >= day(2013, 4, 1)
            && self.months(6, 90)
            && match self.asked.dose {
                "1" => true,
                "2" => self.days_after("1", 6),
                _ => self.have(&["1"]) && self.months_after("2", 6),
            }
    }

    /// Born 1995-04-02 to 2007-04-01: what is missing, until twenty.
    fn encephalitis_missed(&self) -> bool {
        let birth = self.person.birth;
        self.on >= day(2013, 4, 1)
            && (day(1995, 4, 2)..=day(2007, 4, 1)).contains(&birth)
            && self.years(4, 20)
            && match self.asked.dose {
                "1" => true,
                "2" => self.days_after("1", 6),
                "3" => self.have(&["1"]) && self.days_after("2", 6),
                _ => self.have(&["1", "2"]) && self.days_after("3", 6) && self.on >= reach(birth, 9 * 12),
            }
    }

    /// Born 2007-04-02 to 2009-10-01 with the first phase open in March 2010.
    fn encephalitis_missed_later(&self) -> bool {
        self.on >= day(2013, 4, 1)
            && (day(2007, 4, 2)..=day(2009, 10, 1)).contains(&self.person.birth)
            && self.person.noted.je_incomplete_2010
            && (self.months(6, 90) || self.years(9, 13))
            && match self.asked.dose {
                "1" => true,
                "2" => self.days_after("1", 6),
                _ => self.have(&["1"]) && self.days_after("2", 6),
            }
    }

    fn papilloma(&self) -> bool {
        if self.person.male || !self.papilloma_open() {
            return false;
        }
        match self.asked.dose {
            "1" => true,
            "2" => self.months_after("1", 1),
            _ => self.have(&["1"]) && self.months_after("2", 3) && !self.two_are_enough(),
        }
    }

    fn papilloma_open(&self) -> bool {
        let (birth, year) = (self.person.birth, fiscal_year(self.on));
        let by_year = self.on >= day(2013, 4, 1)
            && year >= fiscal_year_of_age(birth, 12)
            && year <= fiscal_year_of_age(birth, 16);
        // 高1 is over once the year of the sixteenth birthday is.
        let catch_up = (day(1997, 4, 2)..=day(2008, 4, 1)).contains(&birth)
            && (day(2022, 4, 1)..=day(2025, 3, 31)).contains(&self.on)
            && year > fiscal_year_of_age(birth, 16);
        let grace = (day(1997, 4, 2)..=day(2009, 4, 1)).contains(&birth)
            && (day(2025, 4, 1)..=day(2026, 3, 31)).contains(&self.on)
            && self.person.noted.hpv_in_catch_up;
        by_year || catch_up || grace
    }

    /// 9価, the first until fifteen, 5月以上 apart: complete with two.
    fn two_are_enough(&self) -> bool {
        let (Some(first), Some(second)) = (self.given("1"), self.given("2")) else {
            return false;
        };
        first.product == Some("hpv9")
            && second.product == Some("hpv9")
            && first.on <= reach(self.person.birth, 15 * 12)
            && second.on >= months_apart(first.on, 5)
    }

    /// 妊娠28週0日から36週6日; 40週0日 is the day expected.
    fn rsv(&self) -> bool {
        self.person
            .due_on
            .is_some_and(|due| self.on >= day(2026, 4, 1) && self.on >= due - 12 * 7 && self.on < due - 3 * 7)
    }

    /// 65歳以上, and from sixty with the disability.
    fn old_enough(&self) -> bool {
        let birth = self.person.birth;
        self.on >= reach(birth, 65 * 12) || (self.person.noted.disabled && self.on >= reach(birth, 60 * 12))
    }

    fn influenza(&self) -> bool {
        self.on >= day(2013, 4, 1)
            && self.old_enough()
            && self
                .person
                .season
                .is_none_or(|(from, to)| self.on >= from && self.on <= to)
    }

    /// 10月1日から翌年3月31日, every year from 2024. The table knows the years up to 2026 (§12 forms an answer
    /// from its versions); the next year comes with the next package of rules.
    fn covid(&self) -> bool {
        let year = fiscal_year(self.on);
        (2024..=2026).contains(&year) && self.on >= day(year, 10, 1) && self.old_enough()
    }

    /// The fiscal year in which 65, 70 and so on to 100 are reached.
    fn fifth_birthday_year(&self) -> bool {
        let year = fiscal_year(self.on);
        (65..=100)
            .step_by(5)
            .any(|age| fiscal_year_of_age(self.person.birth, age) == year)
    }

    /// 101 or more is reached by the end of the fiscal year.
    fn over_a_hundred(&self) -> bool {
        fiscal_year_of_age(self.person.birth, 101) <= fiscal_year(self.on)
    }

    fn pneumococcus_elderly(&self) -> bool {
        let year = fiscal_year(self.on);
        if self.on < day(2014, 10, 1) {
            return false;
        }
        let by_year = self.on <= day(2024, 3, 31)
            && (self.fifth_birthday_year() || ((year == 2014 || year == 2019) && self.over_a_hundred()));
        let at_65 = self.on >= day(2024, 4, 1) && self.years(65, 66);
        let disabled = self.person.noted.disabled && self.years(60, 65);
        by_year || at_65 || disabled
    }

    fn zoster(&self) -> bool {
        let year = fiscal_year(self.on);
        let by_year = (2025..=2029).contains(&year)
            && (self.fifth_birthday_year() || (year == 2025 && self.over_a_hundred()));
        let at_65 = year >= 2030 && self.years(65, 66);
        let disabled = year >= 2025 && self.person.noted.hiv_disabled && self.years(60, 65);
        (by_year || at_65 || disabled) && (self.asked.dose == "1" || self.months_after("1", 2))
    }
}
