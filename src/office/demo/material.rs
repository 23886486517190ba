//! 見本の材料. Names and towns of `assets/demo`, drawn by weight: surnames by bearers, given names by the year of
//! birth, towns by size. The letters that programs stumble over (異体字, 選択子, 髙, 﨑, 𠮷) come in on purpose.

use super::dice::Dice;
use chrono::{Datelike, NaiveDate};

const SURNAMES: &str = include_str!("../../../assets/demo/surnames.csv");
const GIVEN: &str = include_str!("../../../assets/demo/given.csv");
const TOWNS: &str = include_str!("../../../assets/demo/towns.csv");

/// Written form and reading.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub kanji: String,
    pub kana: String,
}

/// 町名.
pub(super) struct Town {
    pub postal_code: &'static str,
    pub name: &'static str,
    pub has_chome: bool,
    pub district: &'static str,
}

pub(super) struct Material {
    surnames: Vec<(&'static str, &'static str)>,
    surname_sums: Vec<u64>,
    /// Born before this year (0: any), sex code, reading, writing.
    given: Vec<(i32, u8, &'static str, &'static str)>,
    pub towns: Vec<Town>,
    town_sums: Vec<u64>,
}

/// 外国人住民の氏名: アルファベット, カナ, 国籍.
const FOREIGN: [(&str, &str, &str); 14] = [
    ("NGUYEN VAN AN", "グエン　ヴァン　アン", "VNM"),
    ("TRAN THI HOA", "チャン　ティ　ホア", "VNM"),
    ("PHAM MINH DUC", "ファム　ミン　ドゥック", "VNM"),
    ("SANTOS MARIA CRISTINA", "サントス　マリア　クリスティーナ", "PHL"),
    ("REYES JOSE", "レイエス　ホセ", "PHL"),
    ("WANG WEI", "ワン　ウェイ", "CHN"),
    ("LI NA", "リー　ナー", "CHN"),
    ("KIM MINSU", "キム　ミンス", "KOR"),
    ("PARK SOYEON", "パク　ソヨン", "KOR"),
    ("SILVA LUCAS", "シルヴァ　ルーカス", "BRA"),
    ("SMITH JOHN", "スミス　ジョン", "USA"),
    ("BROWN EMILY ROSE", "ブラウン　エミリー　ローズ", "GBR"),
    ("SHRESTHA BIKASH", "シュレスタ　ビカス", "NPL"),
    ("PUTRI DEWI", "プトリ　デウィ", "IDN"),
];

const BUILDINGS: [&str; 8] = [
    "コーポ梅本",
    "メゾン港",
    "サンハイツ",
    "県営住宅",
    "グリーンコート",
    "ハイツ湯の岳",
    "市営住宅",
    "レジデンス浜通り",
];

impl Material {
    pub fn read() -> Self {
        let lines = |text: &'static str| {
            text.lines()
                .skip(1)
                .map(|line| line.split(',').collect::<Vec<_>>())
        };
        let mut surnames = Vec::new();
        let mut surname_sums = Vec::new();
        let mut sum = 0;
        for fields in lines(SURNAMES) {
            if let [kanji, kana, weight] = fields[..] {
                sum += weight.parse::<u64>().unwrap_or(1);
                surnames.push((kanji, kana));
                surname_sums.push(sum);
            }
        }
        let given = lines(GIVEN)
            .filter_map(|fields| match fields[..] {
                [before, sex, kana, kanji] => Some((before.parse().ok()?, sex.parse().ok()?, kana, kanji)),
                _ => None,
            })
            .collect();
        let mut towns = Vec::new();
        let mut town_sums = Vec::new();
        sum = 0;
        for fields in lines(TOWNS) {
            if let [postal_code, name, _, has_chome, district, weight] = fields[..] {
                sum += weight.parse::<u64>().unwrap_or(1);
                towns.push(Town {
                    postal_code,
                    name,
                    has_chome: has_chome == "1",
                    district,
                });
                town_sums.push(sum);
            }
        }
        Material {
            surnames,
            surname_sums,
            given,
            towns,
            town_sums,
        }
    }

    pub fn surname(&self, dice: &mut Dice) -> Word {
        if dice.chance(0.0012) {
            let rare = [("葛󠄀城", "カツラギ"), ("禰󠄀豆", "ネズ"), ("葛󠄀西", "カサイ")];
            let (kanji, kana) = dice.of(&rare).copied().unwrap_or(("葛󠄀城", "カツラギ"));
            return Word {
                kanji: kanji.to_owned(),
                kana: kana.to_owned(),
            };
        }
        let (kanji, kana) = self
            .surnames
            .get(dice.weighted(&self.surname_sums))
            .copied()
            .unwrap_or(("見本", "ミホン"));
        let written = match kanji {
            "高橋" if dice.chance(0.15) => "髙橋",
            "山崎" if dice.chance(0.25) => "山﨑",
            "吉田" if dice.chance(0.12) => "𠮷田",
            "渡辺" if dice.chance(0.30) => {
                if dice.chance(0.5) {
                    "渡邉"
                } else {
                    "渡邊"
                }
            }
            "斎藤" if dice.chance(0.20) => "齋藤",
            "高木" if dice.chance(0.10) => "髙木",
            "浜田" if dice.chance(0.15) => "濵田",
            _ => kanji,
        };
        Word {
            kanji: written.to_owned(),
            kana: kana.to_owned(),
        }
    }

    /// A given name that fits the year of birth; one in eight is any name.
    pub fn given(&self, dice: &mut Dice, sex: u8, born: NaiveDate) -> Word {
        let band = match dice.chance(0.125) {
            true => 0,
            false => match born.year() {
                ..1950 => 1950,
                1950..1970 => 1970,
                1970..1990 => 1990,
                1990..2010 => 2010,
                _ => 2030,
            },
        };
        let fitting: Vec<_> = self
            .given
            .iter()
            .filter(|name| name.0 == band && name.1 == sex)
            .collect();
        match dice.of(&fitting) {
            Some((_, _, kana, kanji)) => Word {
                kanji: (*kanji).to_owned(),
                kana: (*kana).to_owned(),
            },
            None => Word {
                kanji: "見本".to_owned(),
                kana: "ミホン".to_owned(),
            },
        }
    }

    /// アルファベット氏名, カナ, 国籍.
    pub fn foreign(&self, dice: &mut Dice) -> (&'static str, &'static str, &'static str) {
        dice.of(&FOREIGN)
            .copied()
            .unwrap_or(("SMITH JOHN", "スミス　ジョン", "USA"))
    }

    pub fn town(&self, dice: &mut Dice) -> usize {
        dice.weighted(&self.town_sums)
    }

    /// 住所 after 町名, and 方書.
    pub fn block(&self, dice: &mut Dice, town: usize) -> (String, String) {
        let block = match self.towns.get(town).is_some_and(|town| town.has_chome) {
            true => format!(
                "{}丁目{}番地の{}",
                dice.between(1, 5),
                dice.between(1, 40),
                dice.between(1, 20)
            ),
            false => {
                let small = [
                    "字石田",
                    "字梅本",
                    "字作",
                    "字前田",
                    "字中島",
                    "字一町目",
                    "字北",
                    "字橋下",
                ];
                let small = dice.of(&small).copied().unwrap_or("");
                format!("{small}{}番地の{}", dice.between(1, 180), dice.between(1, 12))
            }
        };
        let building = match dice.chance(0.28) {
            true => {
                let name = dice.of(&BUILDINGS).copied().unwrap_or("");
                format!("{name}{}号", dice.between(1, 4) * 100 + dice.between(1, 9))
            }
            false => String::new(),
        };
        (block, building)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_material_has_seven_districts_and_the_hard_letters() {
        let material = Material::read();
        let districts: std::collections::BTreeSet<_> =
            material.towns.iter().map(|town| town.district).collect();
        assert_eq!(districts.len(), 7);
        let mut dice = Dice::new(1, 1);
        let drawn: Vec<String> = (0..20_000).map(|_| material.surname(&mut dice).kanji).collect();
        for hard in ["葛󠄀城", "禰󠄀豆", "𠮷田", "髙橋", "山﨑", "渡邉", "渡邊"] {
            assert!(drawn.iter().any(|name| name == hard), "{hard}");
        }
    }
}
