//! 住民異動の行. One row of the feed becomes a resident, a household, what it says of 支援措置, and the person's
//! 個人番号, which leaves at once for a subject of its own and is in none of the others. Pure.

use super::{
    file::{COLUMNS, FileName},
    problem::RowProblem,
};
use crate::domain::{
    birth::BirthDate,
    identifier::{AtenaNumber, HouseholdNumber, IndividualNumber, LgCode},
    name::{self, CodePoint},
    resident::{
        Address, ChangeReason, FeedPosition, Household, NamePriority, Names, Processing, ProtectionState,
        Relationship, ResidencyChange, Resident, ResidentStatus, Sex, Updated,
    },
};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;

/// 変換表. What this city's register writes and what it means here: vendor characters and its words for 異動事由.
#[derive(Clone, Default, Debug)]
pub struct Conversion {
    /// 外字 (a private-use letter) to letters.
    pub gaiji: BTreeMap<char, String>,
    /// The register's code or word to 異動事由; the standard's own words need no entry.
    pub reasons: BTreeMap<String, ChangeReason>,
}

/// 読んだ行.
pub struct ReadRow {
    pub resident: Resident,
    pub household: Option<Household>,
    /// None where the row says that there is no protection.
    pub protection: Option<ProtectionState>,
    pub individual_number: Option<IndividualNumber>,
}

/// Reads one row.
///
/// # Errors
/// The first thing wrong with it; the row then goes to the reject list. A birth date that does not exist, an
/// old 宛名番号 and an unusual 続柄 are no reasons to reject.
pub fn read(
    file: &FileName,
    row: u32,
    record: &csv::StringRecord,
    conversion: &Conversion,
) -> Result<ReadRow, RowProblem> {
    let fields = Fields::new(record, conversion)?;
    let position = FeedPosition {
        feed: 1,
        sequence: file.sequence,
        row,
    };
    let lg_code = LgCode::parse(fields.needed("自治体コード")?).map_err(|_| RowProblem::CheckDigit {
        column: "自治体コード",
    })?;
    if lg_code != file.lg_code {
        return Err(RowProblem::OtherCity);
    }
    let processing = match fields.needed("処理区分")? {
        "1" => Processing::Added,
        "2" => Processing::Updated,
        "3" => Processing::Deleted,
        _ => return Err(wrong("処理区分", "1、2、3")),
    };
    let updated = Updated {
        by: fields.text("更新者").to_owned(),
        on: fields.day("更新日")?,
        at: fields.time("更新時間")?,
    };
    let household_number = match fields.text("世帯番号") {
        "" => None,
        text => Some(HouseholdNumber::parse(text).map_err(|_| wrong("世帯番号", "数字"))?),
    };
    let household = match &household_number {
        Some(number) => Some(household(&fields, position, &lg_code, number, &updated)?),
        None => None,
    };
    let individual_number = fields.individual_number("個人番号")?;
    fields.individual_number("世帯主個人番号")?;
    Ok(ReadRow {
        protection: protection(&fields)?,
        individual_number,
        household,
        resident: Resident {
            position,
            processing,
            atena_number: AtenaNumber::parse(fields.needed("宛名番号")?)
                .map_err(|_| wrong("宛名番号", "数字"))?,
            lg_code,
            history_number: fields.number("履歴番号")?,
            household_number,
            names: names(&fields)?,
            birth: birth(&fields)?,
            sex: Sex::of_code(fields.text("性別")).ok_or(wrong("性別", "1、2、9"))?,
            relationship: Relationship::as_written(fields.text("続柄")),
            status: fields
                .text("住民区分")
                .parse()
                .ok()
                .and_then(ResidentStatus::of_code)
                .ok_or(wrong("住民区分", "1から5"))?,
            foreigner: fields.flag("外国人判定")?,
            nationality: fields.optional("国籍"),
            family_code: fields.optional("家族判明"),
            address: address(&fields)?,
            resident_since: fields.day("住民となった日")?,
            address_since: fields.day("住所を定めた日")?,
            change: change(&fields, conversion)?,
            moved_in_from: fields.optional("転入前住所"),
            moved_out_to: fields.optional("転出後住所"),
            updated,
        },
    })
}

fn wrong(column: &'static str, expected: &'static str) -> RowProblem {
    RowProblem::Wrong { column, expected }
}

fn household(
    fields: &Fields<'_>,
    position: FeedPosition,
    lg_code: &LgCode,
    number: &HouseholdNumber,
    updated: &Updated,
) -> Result<Household, RowProblem> {
    let head = match fields.text("世帯主宛名番号") {
        "" => None,
        text => Some(AtenaNumber::parse(text).map_err(|_| wrong("世帯主宛名番号", "数字"))?),
    };
    Ok(Household {
        position,
        processing: Processing::Updated,
        lg_code: lg_code.clone(),
        household_number: number.clone(),
        head_atena_number: head,
        head_kana: fields.text("世帯主カナ氏名").to_owned(),
        telephone: fields.text("電話番号").to_owned(),
        fax: fields.text("FAX番号").to_owned(),
        area: fields.text("地域情報").to_owned(),
        reserve: fields.text("世帯予備").to_owned(),
        updated: updated.clone(),
    })
}

fn names(fields: &Fields<'_>) -> Result<Names, RowProblem> {
    let names = Names {
        kana: fields.text("カナ氏名").to_owned(),
        kanji: fields.text("漢字氏名").to_owned(),
        former_surname: fields.optional("旧氏"),
        former_surname_kana: fields.optional("旧氏カナ"),
        common: fields.optional("通称"),
        common_kana: fields.optional("通称カナ"),
        alphabet: fields.optional("アルファベット氏名"),
        priority: match fields.text("氏名優先区分") {
            "" | "1" => NamePriority::Registered,
            "2" => NamePriority::CommonName,
            "3" => NamePriority::Alphabet,
            _ => return Err(wrong("氏名優先区分", "1、2、3")),
        },
        kana_confirmed: fields.flag("フリガナ確認")?,
    };
    match names.shown().is_empty() {
        true => Err(RowProblem::Missing {
            column: "漢字氏名"
        }),
        false => Ok(names),
    }
}

/// 不詳 rows and days that do not exist keep the register's own words.
fn birth(fields: &Fields<'_>) -> Result<BirthDate, RowProblem> {
    let day = fields.text("生年月日");
    let written = fields.text("生年月日表記");
    let unknown = fields.flag("生年月日不詳")?;
    let text = if unknown && !written.is_empty() {
        written
    } else {
        day
    };
    if text.is_empty() || text.len() > BirthDate::LONGEST {
        return Err(RowProblem::Missing {
            column: "生年月日"
        });
    }
    Ok(match unknown {
        true => BirthDate::AsWritten(text.to_owned()),
        false => BirthDate::parse(text),
    })
}

fn address(fields: &Fields<'_>) -> Result<Address, RowProblem> {
    let postal_code: String = fields.text("郵便番号").chars().filter(|c| *c != '-').collect();
    if !postal_code.is_empty() && (postal_code.len() != 7 || !postal_code.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(wrong("郵便番号", "数字7けた"));
    }
    Ok(Address {
        code: fields.text("住所コード").to_owned(),
        postal_code,
        text: fields.text("住所").to_owned(),
        building: fields.text("方書").to_owned(),
        district: fields.text("地域情報").to_owned(),
    })
}

fn change(fields: &Fields<'_>, conversion: &Conversion) -> Result<Option<ResidencyChange>, RowProblem> {
    let reason = match fields.text("異動事由") {
        "" => return Ok(None),
        text => conversion
            .reasons
            .get(text)
            .copied()
            .or_else(|| ChangeReason::of_word(text))
            .ok_or(wrong("異動事由", "標準の一覧にある事由"))?,
    };
    // 異動日 may be as impossible as a birth date.
    let text = fields.text("異動日");
    let occurred_on = BirthDate::parse(text).day();
    let as_written = fields.optional("異動日表記");
    Ok(Some(ResidencyChange {
        reason,
        occurred_on,
        occurred_as_written: as_written
            .or((occurred_on.is_none() && !text.is_empty()).then(|| text.to_owned())),
        notified_on: fields.day("異動届け出日")?,
    }))
}

fn protection(fields: &Fields<'_>) -> Result<Option<ProtectionState>, RowProblem> {
    let provisional = match fields.text("支援措置") {
        "" | "0" => return Ok(None),
        "1" => false,
        "2" => true,
        _ => return Err(wrong("支援措置", "0、1、2")),
    };
    Ok(Some(ProtectionState::Set {
        provisional,
        from: fields.day("支援措置開始日")?,
        until: fields.day("支援措置終了日")?,
    }))
}

/// Fields by column, vendor characters converted.
struct Fields<'r> {
    record: &'r csv::StringRecord,
    converted: BTreeMap<usize, String>,
}

impl<'r> Fields<'r> {
    fn new(record: &'r csv::StringRecord, conversion: &Conversion) -> Result<Self, RowProblem> {
        let mut converted = BTreeMap::new();
        for (at, (column, field)) in COLUMNS.into_iter().zip(record).enumerate() {
            if name::unmappable(field).is_none() {
                continue;
            }
            let text: String = field
                .chars()
                .map(|c| conversion.gaiji.get(&c).cloned().unwrap_or_else(|| c.to_string()))
                .collect();
            if let Some(letter) = name::unmappable(&text) {
                return Err(RowProblem::Unmappable {
                    column,
                    code: CodePoint(letter),
                });
            }
            converted.insert(at, text);
        }
        Ok(Fields { record, converted })
    }

    fn text(&self, column: &'static str) -> &str {
        let at = COLUMNS
            .iter()
            .position(|name| *name == column)
            .expect("a column of the feed");
        match self.converted.get(&at) {
            Some(text) => text.trim(),
            None => self.record.get(at).unwrap_or("").trim(),
        }
    }

    fn needed(&self, column: &'static str) -> Result<&str, RowProblem> {
        match self.text(column) {
            "" => Err(RowProblem::Missing { column }),
            text => Ok(text),
        }
    }

    fn optional(&self, column: &'static str) -> Option<String> {
        match self.text(column) {
            "" => None,
            text => Some(text.to_owned()),
        }
    }

    fn flag(&self, column: &'static str) -> Result<bool, RowProblem> {
        match self.text(column) {
            "" | "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(wrong(column, "0、1")),
        }
    }

    fn number(&self, column: &'static str) -> Result<u32, RowProblem> {
        match self.text(column) {
            "" => Ok(1),
            text => text.parse().map_err(|_| wrong(column, "数字")),
        }
    }

    fn day(&self, column: &'static str) -> Result<Option<NaiveDate>, RowProblem> {
        match self.text(column) {
            "" | "00000000" | "99999999" => Ok(None),
            text => NaiveDate::parse_from_str(text, "%Y%m%d")
                .map(Some)
                .map_err(|_| wrong(column, "YYYYMMDD")),
        }
    }

    fn time(&self, column: &'static str) -> Result<Option<NaiveTime>, RowProblem> {
        match self.text(column) {
            "" => Ok(None),
            text => NaiveTime::parse_from_str(text, "%H%M%S")
                .map(Some)
                .map_err(|_| wrong(column, "HHMMSS")),
        }
    }

    fn individual_number(&self, column: &'static str) -> Result<Option<IndividualNumber>, RowProblem> {
        match self.text(column) {
            "" => Ok(None),
            text => IndividualNumber::parse(text)
                .map(Some)
                .map_err(|_| RowProblem::CheckDigit { column }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "072044_residents_D_20261124093000_000042.csv";

    fn row(changes: &[(&str, &str)]) -> csv::StringRecord {
        let mut fields: BTreeMap<&str, &str> = BTreeMap::from([
            ("処理区分", "1"),
            ("自治体コード", "072044"),
            ("宛名番号", "00000019"),
            ("世帯番号", "00000027"),
            ("個人番号", "123456789018"),
            ("カナ氏名", "ササキ　ヒマリ"),
            ("漢字氏名", "佐々木　陽葵"),
            ("生年月日", "20250514"),
            ("性別", "2"),
            ("続柄", "子"),
            ("住民区分", "1"),
            ("異動事由", "出生"),
            ("異動日", "20250514"),
            ("郵便番号", "970-8026"),
            ("住所", "いわき市平"),
        ]);
        fields.extend(changes.iter().copied());
        csv::StringRecord::from(
            COLUMNS
                .map(|column| fields.get(column).copied().unwrap_or(""))
                .to_vec(),
        )
    }

    fn read_row(changes: &[(&str, &str)]) -> Result<ReadRow, RowProblem> {
        read(
            &FileName::parse(FILE).unwrap(),
            7,
            &row(changes),
            &Conversion::default(),
        )
    }

    #[test]
    fn a_row_is_a_resident_a_household_and_a_number_apart() {
        let read = read_row(&[]).ok().unwrap();
        assert_eq!(
            read.resident.position,
            FeedPosition {
                feed: 1,
                sequence: 42,
                row: 7
            }
        );
        assert_eq!(read.resident.names.kanji, "佐々木　陽葵");
        assert_eq!(read.household.unwrap().household_number.as_str(), "00000027");
        assert_eq!(read.protection, None);
        let body = format!("{:?}", serde_json::to_string(&read.resident).unwrap());
        assert!(!body.contains("123456789018"));
        assert_eq!(read.individual_number.unwrap().reveal(), "123456789018");
    }

    #[test]
    fn unknown_and_impossible_birth_dates_are_kept_as_written() {
        let birth = |changes: &[(&str, &str)]| read_row(changes).ok().unwrap().resident.birth;
        assert_eq!(
            birth(&[("生年月日", "19990229")]),
            BirthDate::AsWritten("19990229".into())
        );
        assert_eq!(
            birth(&[
                ("生年月日", "20200500"),
                ("生年月日不詳", "1"),
                ("生年月日表記", "令和2年5月上旬")
            ]),
            BirthDate::AsWritten("令和2年5月上旬".into())
        );
        assert_eq!(
            birth(&[("生年月日", "大正15年12月25日")]).written(),
            "大正15年12月25日"
        );
    }

    #[test]
    fn an_unmappable_letter_rejects_the_row_until_the_map_has_it() {
        let changes = [("漢字氏名", "渡\u{e123}　一郎")];
        assert_eq!(
            read_row(&changes).err(),
            Some(RowProblem::Unmappable {
                column: "漢字氏名",
                code: CodePoint('\u{e123}')
            })
        );
        let conversion = Conversion {
            gaiji: BTreeMap::from([('\u{e123}', "邉󠄀".to_owned())]),
            ..Conversion::default()
        };
        let read = read(&FileName::parse(FILE).unwrap(), 1, &row(&changes), &conversion)
            .ok()
            .unwrap();
        assert_eq!(read.resident.names.kanji, "渡邉󠄀　一郎");
        assert!(read_row(&[("住所", "いわき市\u{fffd}")]).is_err());
    }

    #[test]
    fn wrong_fields_are_named_without_their_content() {
        for (column, value) in [
            ("処理区分", "9"),
            ("自治体コード", "072045"),
            ("自治体コード", "072010"),
            ("宛名番号", ""),
            ("個人番号", "123456789012"),
            ("性別", "男"),
            ("住民区分", "7"),
            ("異動事由", "引っ越し"),
            ("郵便番号", "97080"),
            ("住民となった日", "20250231"),
            ("漢字氏名", ""),
            ("支援措置", "3"),
        ] {
            let problem = read_row(&[(column, value)]).err();
            let sentence = problem.unwrap_or_else(|| panic!("{column} {value}")).to_string();
            assert!(value.len() < 3 || !sentence.contains(value), "{sentence}");
        }
    }

    #[test]
    fn a_protection_is_set_with_its_span() {
        let read = read_row(&[
            ("支援措置", "1"),
            ("支援措置開始日", "20200401"),
            ("支援措置終了日", "20210331"),
        ]);
        let Some(ProtectionState::Set {
            provisional: false,
            from,
            until,
        }) = read.ok().unwrap().protection
        else {
            panic!("not set");
        };
        assert_eq!(from, NaiveDate::from_ymd_opt(2020, 4, 1));
        assert_eq!(until, NaiveDate::from_ymd_opt(2021, 3, 31));
    }

    proptest! {
        #[test]
        fn no_fields_make_it_panic(fields in proptest::collection::vec("\\PC{0,20}", 0..60)) {
            let _ = read(
                &FileName::parse(FILE).unwrap(),
                1,
                &csv::StringRecord::from(fields),
                &Conversion::default(),
            );
        }
    }
}
