//! 設定のファイルを読む. TOML into settings, with every problem found in one reading: field and reason. Half a file
//! is never taken.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::{Table, Value};

use crate::{
    domain::{
        city::{Authority, CitySettings, Districts, FeedEncoding, FeedSettings, Season},
        identifier::LgCode,
        programme::ProgrammeCode,
        resident::ChangeReason,
    },
    office::settings::SettingProblem,
    print::form,
    rules,
};

const MOST_BYTES: usize = 64 * 1024;
const MOST_LETTERS: usize = 40;
const MOST_AUTHORITIES: usize = 100;
const MOST_YEN: i64 = 1_000_000;
const MOST_ROWS: i64 = 1_000_000;
const KEYS: [&str; 12] = [
    "city",
    "prefecture",
    "lg_code",
    "office",
    "issue_prefix",
    "certificate",
    "authority",
    "season",
    "own_payment_yen",
    "form",
    "district",
    "feed",
];

/// Reads a file of settings; its serial is given where it is published.
///
/// # Errors
/// Everything that has to be mended, in the order of the fields.
pub fn read_settings(text: &str) -> Result<CitySettings, Vec<SettingProblem>> {
    let mut reading = Reading::default();
    if text.len() > MOST_BYTES {
        reading.found("ファイル", "64 KBを超えています。設定だけを書いてください。");
        return Err(reading.problems);
    }
    let table: Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            reading.found(
                "ファイル",
                format!("{line} 行目の書きかたを読めません。見出しと引用符を見直してください。"),
            );
            return Err(reading.problems);
        }
    };
    reading.only("", &table, &KEYS);
    let city = reading.text("", &table, "city");
    let prefecture = reading.text("", &table, "prefecture");
    let lg_code = reading.lg_code(&table);
    let office = reading.text("", &table, "office");
    let issue_prefix = reading.text("", &table, "issue_prefix");
    let (born_from, older_from) = reading.certificate(&table);
    let authorities = reading.authorities(&table);
    let seasons = reading.seasons(&table);
    let own_payment_yen = reading.payments(&table);
    let forms = reading.forms(&table);
    let districts = reading.districts(&table);
    let feed = reading.feed(&table);
    match (lg_code, born_from, older_from) {
        (Some(lg_code), Some(born_from), Some(older_from)) if reading.problems.is_empty() => {
            Ok(CitySettings {
                serial: 0,
                city,
                prefecture,
                lg_code,
                office,
                issue_prefix,
                born_from,
                older_from,
                authorities,
                seasons,
                own_payment_yen,
                forms,
                districts,
                feed,
            })
        }
        _ => Err(reading.problems),
    }
}

#[derive(Default)]
struct Reading {
    problems: Vec<SettingProblem>,
}

impl Reading {
    fn found(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(SettingProblem {
            field: field.into(),
            reason: reason.into(),
        });
    }

    /// A misspelt name would otherwise be left out without a word.
    fn only(&mut self, within: &str, table: &Table, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            self.found(
                format!("{within}{key}"),
                "この名前の設定はありません。つづりを確かめてください。",
            );
        }
    }

    fn text(&mut self, within: &str, table: &Table, key: &str) -> String {
        let field = format!("{within}{key}");
        match table.get(key) {
            None => self.found(field, "書かれていません。"),
            Some(Value::String(text)) => {
                let trimmed = text.trim();
                if trimmed.is_empty() {
                    self.found(field, "空です。");
                } else if trimmed.chars().count() > MOST_LETTERS {
                    self.found(field, format!("{MOST_LETTERS}文字を超えています。"));
                } else if trimmed.chars().any(char::is_control) {
                    self.found(field, "改行などの文字は使えません。");
                } else {
                    return trimmed.to_owned();
                }
            }
            Some(_) => self.found(field, "引用符で囲んで文字で書いてください。"),
        }
        String::new()
    }

    fn day(&mut self, within: &str, table: &Table, key: &str) -> Option<NaiveDate> {
        let day = match table.get(key) {
            Some(Value::String(text)) => text.parse().ok(),
            Some(Value::Datetime(day)) => day.to_string().parse().ok(),
            _ => None,
        };
        if day.is_none() {
            self.found(
                format!("{within}{key}"),
                "日付がないか、暦にない日です。2026-10-15 のように書いてください。",
            );
        }
        day
    }

    fn lg_code(&mut self, table: &Table) -> Option<LgCode> {
        let code = table.get("lg_code").and_then(Value::as_str);
        let code = code.and_then(|code| LgCode::parse(code).ok());
        if code.is_none() {
            self.found(
                "lg_code",
                "団体コードは検査数字を含む6けたの数字を、引用符で囲んで書いてください。",
            );
        }
        code
    }

    /// A part of the file: absent, empty and of another kind are told apart by `needed`.
    fn part<'t>(&mut self, table: &'t Table, key: &str, needed: bool) -> Option<&'t Table> {
        match table.get(key) {
            Some(Value::Table(part)) => Some(part),
            None if !needed => None,
            _ => {
                self.found(key, format!("[{key}] の見出しの下に書いてください。"));
                None
            }
        }
    }

    fn certificate(&mut self, table: &Table) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let Some(part) = self.part(table, "certificate", true) else {
            return (None, None);
        };
        self.only("certificate.", part, &["born_from", "older_from"]);
        (
            self.day("certificate.", part, "born_from"),
            self.day("certificate.", part, "older_from"),
        )
    }

    fn authorities(&mut self, table: &Table) -> Vec<Authority> {
        let listed = table.get("authority").and_then(Value::as_array);
        let Some(listed) = listed.filter(|listed| (1..=MOST_AUTHORITIES).contains(&listed.len())) else {
            self.found(
                "authority",
                "認証者（市長など）を [[authority]] の見出しで1人以上書いてください。",
            );
            return Vec::new();
        };
        let mut authorities = Vec::new();
        for (number, value) in (1..).zip(listed) {
            let within = format!("authority[{number}].");
            let Value::Table(part) = value else {
                self.found(within, "[[authority]] の見出しの下に書いてください。");
                continue;
            };
            self.only(&within, part, &["title", "name", "from", "until"]);
            let title = self.text(&within, part, "title");
            let name = self.text(&within, part, "name");
            let from = self.day(&within, part, "from");
            let until = part
                .contains_key("until")
                .then(|| self.day(&within, part, "until"))
                .flatten();
            let Some(from) = from else { continue };
            if until.is_some_and(|until| until < from) {
                self.found(format!("{within}until"), "from より前の日です。");
            }
            authorities.push(Authority {
                title,
                name,
                from,
                until,
            });
        }
        authorities.sort_by_key(|one| one.from);
        let overlap = authorities.windows(2).any(|pair| match pair {
            [one, next] => one.until.is_none_or(|until| next.from <= until),
            _ => false,
        });
        if overlap {
            self.found(
                "authority",
                "同じ日に2人が認証者になります。前の人に until（最後の日）を書いてください。",
            );
        }
        authorities
    }

    fn seasons(&mut self, table: &Table) -> BTreeMap<String, Season> {
        let mut seasons = BTreeMap::new();
        for (code, value) in self.part(table, "season", false).into_iter().flatten() {
            let within = format!("season.{code}.");
            self.programme("season", code);
            let Value::Table(part) = value else {
                self.found(within, "{ from = \"…\", to = \"…\" } の形で書いてください。");
                continue;
            };
            self.only(&within, part, &["from", "to"]);
            let days = (self.day(&within, part, "from"), self.day(&within, part, "to"));
            if let (Some(from), Some(to)) = days {
                if to < from {
                    self.found(format!("{within}to"), "from より前の日です。");
                }
                seasons.insert(code.clone(), Season { from, to });
            }
        }
        seasons
    }

    fn payments(&mut self, table: &Table) -> BTreeMap<String, u32> {
        let mut payments = BTreeMap::new();
        for (code, value) in self.part(table, "own_payment_yen", false).into_iter().flatten() {
            self.programme("own_payment_yen", code);
            let yen = value.as_integer().filter(|yen| (0..=MOST_YEN).contains(yen));
            match yen.and_then(|yen| u32::try_from(yen).ok()) {
                Some(yen) => {
                    payments.insert(code.clone(), yen);
                }
                None => self.found(
                    format!("own_payment_yen.{code}"),
                    format!("0 から {MOST_YEN} までの円の数を、引用符なしで書いてください。"),
                ),
            }
        }
        payments
    }

    fn forms(&mut self, table: &Table) -> BTreeMap<String, String> {
        let mut forms = BTreeMap::new();
        let Some(part) = self.part(table, "form", true) else {
            return forms;
        };
        if !part.contains_key("") {
            self.found(
                "form.\"\"",
                "予防接種ごとの様式がないときに使う様式が書かれていません。",
            );
        }
        for (code, value) in part {
            if !code.is_empty() {
                self.programme("form", code);
            }
            match value.as_str() {
                Some(id) if matches!(form::supplied(id), Some(Ok(_))) => {
                    forms.insert(code.clone(), id.to_owned());
                }
                _ => self.found(format!("form.\"{code}\""), "この番号の様式はありません。"),
            }
        }
        forms
    }

    fn districts(&mut self, table: &Table) -> Districts {
        let mut districts = BTreeMap::new();
        for code in self
            .part(table, "district", false)
            .into_iter()
            .flat_map(Table::keys)
        {
            let part = table.get("district").and_then(Value::as_table);
            if let Some(part) = part {
                districts.insert(code.clone(), self.text("district.", part, code));
            }
        }
        Districts(districts)
    }

    fn feed(&mut self, table: &Table) -> Option<FeedSettings> {
        let part = self.part(table, "feed", false)?;
        self.only("feed.", part, &["encoding", "most_unreleased", "gaiji", "reason"]);
        let encodings = [FeedEncoding::Utf8, FeedEncoding::ShiftJis];
        let written = part.get("encoding").and_then(Value::as_str);
        let encoding = encodings.into_iter().find(|one| Some(one.word()) == written);
        if encoding.is_none() {
            self.found("feed.encoding", "\"UTF-8\" か \"Shift_JIS\" と書いてください。");
        }
        let most = part.get("most_unreleased").and_then(Value::as_integer);
        let most = most
            .filter(|rows| (0..=MOST_ROWS).contains(rows))
            .and_then(|rows| u32::try_from(rows).ok());
        if most.is_none() {
            self.found(
                "feed.most_unreleased",
                format!("承認なしで取り込む差分の件数を、0 から {MOST_ROWS} までの数で書いてください。"),
            );
        }
        let (gaiji, reasons) = (self.gaiji(part), self.reasons(part));
        Some(FeedSettings {
            encoding: encoding?,
            most_unreleased: most?,
            gaiji,
            reasons,
        })
    }

    /// 外字: the code point of a private-use letter, as in `E123 = "邉"`.
    fn gaiji(&mut self, table: &Table) -> BTreeMap<char, String> {
        let mut gaiji = BTreeMap::new();
        let Some(part) = table.get("gaiji").and_then(Value::as_table) else {
            return gaiji;
        };
        for code in part.keys() {
            let letters = self.text("feed.gaiji.", part, code);
            let letter = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            match letter.filter(|letter| ('\u{e000}'..='\u{f8ff}').contains(letter)) {
                Some(letter) => {
                    gaiji.insert(letter, letters);
                }
                None => self.found(
                    format!("feed.gaiji.{code}"),
                    "外字の番号は E000 から F8FF までの16進数で書いてください。",
                ),
            }
        }
        gaiji
    }

    fn reasons(&mut self, table: &Table) -> BTreeMap<String, ChangeReason> {
        let mut reasons = BTreeMap::new();
        for (word, value) in table
            .get("reason")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let meant = value.as_str();
            let known = ChangeReason::ALL
                .iter()
                .find(|reason| Some(reason.word()) == meant);
            match known {
                Some(reason) => {
                    reasons.insert(word.clone(), *reason);
                }
                None => self.found(
                    format!("feed.reason.{word}"),
                    "異動事由は標準の言葉（国内転入、出生、死亡 など）で書いてください。",
                ),
            }
        }
        reasons
    }

    fn programme(&mut self, within: &str, code: &str) {
        let known =
            ProgrammeCode::parse(code).is_some_and(|code| rules::embedded().programme(code).is_some());
        if !known {
            self.found(format!("{within}.{code}"), "この予防接種は決まりにありません。");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../../assets/codes/demo/paper.toml");

    fn fields(text: &str) -> Vec<String> {
        let problems = read_settings(text).unwrap_err();
        problems.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn every_problem_of_a_file_is_named_at_once() {
        let bad = DEMO
            .replace("city = \"いわき市\"", "citty = \"いわき市\"")
            .replace("072044", "072045")
            .replace("2021-09-01", "2021-09-31")
            .replace("to = \"2027-01-31\"", "to = \"2026-01-31\"")
            .replace("flu_elderly = 1400", "flu_elderly = \"1400\"")
            .replace("ppv_elderly = \"Y-12\"", "ppv_elderly = \"Y-99\"")
            .replace("\"平\"", "\"\"")
            .replace("UTF-8", "EUC")
            .replace("2000", "\"2000\"")
            .replace("E000", "5E73");
        assert_eq!(
            fields(&bad),
            [
                "citty",
                "city",
                "lg_code",
                "authority[1].from",
                "season.flu_elderly.to",
                "own_payment_yen.flu_elderly",
                "form.\"ppv_elderly\"",
                "district.01",
                "feed.encoding",
                "feed.most_unreleased",
                "feed.gaiji.5E73",
            ]
        );
    }

    #[test]
    fn two_people_never_sign_on_one_day() {
        let second =
            "\n[[authority]]\ntitle = \"職務代理者\"\nname = \"次\"\nfrom = \"2026-01-01\"\n[season]";
        assert_eq!(fields(&DEMO.replacen("\n[season]", second, 1)), ["authority"]);
        let ended = DEMO.replace(
            "from = \"2021-09-01\"",
            "from = \"2021-09-01\"\nuntil = \"2025-12-31\"",
        );
        assert!(read_settings(&ended.replacen("\n[season]", second, 1)).is_ok());
    }

    #[test]
    fn a_text_that_is_no_toml_is_answered_with_the_line() {
        let problems = read_settings("city = \"a\"\nprefecture = \n").unwrap_err();
        assert!(problems[0].reason.starts_with("2 行目"), "{}", problems[0]);
        assert_eq!(fields(&"#".repeat(MOST_BYTES + 1)), ["ファイル"]);
    }
}
