//! 見本の人びとを住民異動の行にする. What the register would write of each person, in the columns of the feed.

use super::people::{City, FEMALE, Someone};
use crate::{
    domain::identifier::{AtenaNumber, HouseholdNumber, IndividualNumber},
    office::feed::write::FeedRow,
};
use chrono::NaiveDate;

/// 宛名番号 of the person with this running number. Running numbers for which the standard has no check digit
/// are passed over.
pub(super) fn atena(number: u32) -> AtenaNumber {
    (0..10)
        .find_map(|tail| AtenaNumber::complete(&format!("{:08}", u64::from(number) * 10 + tail)))
        .expect("one of ten bodies has a digit")
}

fn household_number(number: u32) -> HouseholdNumber {
    (0..10)
        .find_map(|tail| HouseholdNumber::complete(&format!("5{:07}", u64::from(number) * 10 + tail)))
        .expect("one of ten bodies has a digit")
}

/// 個人番号 with a right check digit, from the running number; all begin with 00, which no real one does.
fn individual_number(number: u32) -> IndividualNumber {
    let spread = u64::from(number) * 7_368_787 % 1_000_000_000;
    IndividualNumber::complete(&format!("00{spread:09}")).expect("eleven digits")
}

fn day(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

impl City {
    /// The row of one person; `added` where the register has not had her before.
    pub(super) fn row(&self, at: usize, lg_code: &str, added: bool) -> Option<FeedRow> {
        let person = self.people.get(at)?;
        let home = self.homes.get(person.household)?;
        let town = self.material.towns.get(home.town)?;
        let mut row = FeedRow::default();
        row.set("処理区分", if added { "1" } else { "2" })
            .set("自治体コード", lg_code)
            .set("宛名番号", atena(person.number).as_str())
            .set("履歴番号", person.history.to_string())
            .set("世帯番号", household_number(home.number).as_str())
            .set("性別", person.sex.to_string())
            .set("続柄", self.relationship(at, home.head))
            .set("住民区分", person.status.to_string())
            .set("異動事由", person.reason)
            .set("異動日", day(person.changed_on))
            .set("異動届け出日", day(person.changed_on))
            .set("転入前住所", person.moved_in_from.as_deref().unwrap_or(""))
            .set("転出後住所", person.moved_out_to.as_deref().unwrap_or(""))
            .set("住所コード", format!("{lg_code}{:04}", home.town + 1))
            .set("郵便番号", town.postal_code)
            .set("住所", format!("いわき市{}{}", town.name, home.block))
            .set("方書", home.building.as_str())
            .set("地域情報", town.district)
            .set("住民となった日", day(person.since))
            .set("住所を定めた日", day(home.since.max(person.since)))
            .set("電話番号", home.telephone.as_str())
            .set("更新者", "見本")
            .set("更新日", day(person.changed_on))
            .set("更新時間", "090000");
        // As registers do: the number comes with the entry, not with every change.
        if added {
            row.set("個人番号", individual_number(person.number).reveal());
        }
        names(&mut row, person);
        match person.birth_text {
            Some("1999-02-29") => row.set("生年月日", "19990229"),
            Some(text) => row.set("生年月日不詳", "1").set("生年月日表記", text),
            None => row.set("生年月日", day(person.born)),
        };
        if let Some((from, until)) = person.protection {
            row.set("支援措置", "1")
                .set("支援措置開始日", day(from))
                .set("支援措置終了日", day(until));
        }
        if let Some(head) = home.head.and_then(|head| self.people.get(head)) {
            row.set("世帯主宛名番号", atena(head.number).as_str())
                .set("世帯主個人番号", individual_number(head.number).reveal())
                .set("世帯主カナ氏名", kana(head));
        }
        Some(row)
    }

    /// 続柄 as the standard's grammar builds it.
    fn relationship(&self, at: usize, head: Option<usize>) -> &'static str {
        let (Some(person), Some(head)) = (self.people.get(at), head) else {
            return "世帯主";
        };
        let Some(of_head) = self.people.get(head) else {
            return "同居人";
        };
        if at == head {
            return "世帯主";
        }
        let spouse = of_head.spouse.and_then(|spouse| self.people.get(spouse));
        let is_child = |parent: usize| person.mother == Some(parent) || person.father == Some(parent);
        let woman = person.sex == FEMALE;
        let wife = spouse.is_some_and(|spouse| spouse.sex == FEMALE);
        if person.spouse == Some(head) {
            if woman { "妻" } else { "夫" }
        } else if is_child(head) || of_head.spouse.is_some_and(is_child) {
            "子"
        } else if of_head.father == Some(at) {
            "父"
        } else if of_head.mother == Some(at) {
            "母"
        } else if spouse.is_some_and(|spouse| spouse.father == Some(at)) {
            if wife { "妻の父" } else { "夫の父" }
        } else if spouse.is_some_and(|spouse| spouse.mother == Some(at)) {
            if wife { "妻の母" } else { "夫の母" }
        } else {
            "縁故者"
        }
    }
}

fn kana(person: &Someone) -> String {
    match person.foreign {
        Some((_, kana, _)) => kana.to_owned(),
        None => format!("{}\u{3000}{}", person.surname.kana, person.given.kana),
    }
}

fn names(row: &mut FeedRow, person: &Someone) {
    let written = format!("{}\u{3000}{}", person.surname.kanji, person.given.kanji);
    row.set("カナ氏名", kana(person)).set("フリガナ確認", "1");
    match person.foreign {
        None => row.set("漢字氏名", written).set("氏名優先区分", "1"),
        Some((alphabet, _, nationality)) => {
            row.set("アルファベット氏名", alphabet)
                .set("外国人判定", "1")
                .set("国籍", nationality);
            if person.has_common_name {
                row.set("通称", written).set(
                    "通称カナ",
                    format!("{}\u{3000}{}", person.surname.kana, person.given.kana),
                );
            }
            row.set("氏名優先区分", if person.has_common_name { "2" } else { "3" })
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::resident::Relationship;

    #[test]
    fn every_row_of_a_demo_city_follows_the_standards() {
        let start = NaiveDate::from_ymd_opt(2016, 11, 1).unwrap();
        let mut city = City::found(7, 1_000, (start, start));
        let mut month = start;
        for _ in 0..24 {
            city.live(month, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
            month = month + chrono::Months::new(1);
        }
        let alive = city.population();
        assert!((950..=1_050).contains(&alive), "{alive}");
        let count = |status| {
            city.people
                .iter()
                .filter(|person| person.status == status)
                .count()
        };
        assert!(count(3) > 5 && count(2) > 20, "somebody died and somebody left");
        for at in 0..city.people.len() {
            let home = &city.homes[city.people[at].household];
            let relationship = city.relationship(at, home.head);
            assert!(Relationship::parse(relationship).is_ok(), "{relationship}");
        }
    }
}
