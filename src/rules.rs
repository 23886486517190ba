//! Reads the rule package (`assets/rules/*.toml`) into the schedule of `domain`. Pure and embedded; no
//! programme is named in code. A package that does not parse, overlaps, or lacks a citation is refused as a
//! whole, with file, row and reason.

mod check;
mod package;
mod phrase;
mod programme;
mod raw;
pub mod rights;
mod table;

pub use table::table;

use crate::domain::schedule::Schedule;
use std::{fmt, sync::LazyLock};

/// The files of the package that this program carries, as (name, text).
pub const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.in"));

static SCHEDULE: LazyLock<Schedule> =
    LazyLock::new(|| load(EMBEDDED).expect("a test reads the embedded rules"));

/// 組み込みの決まり. The schedule of the package that this program carries.
pub fn embedded() -> &'static Schedule {
    &SCHEDULE
}

/// 決まりを読めなかった理由. Which file, which row, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub file: String,
    pub row: String,
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} の {}：{} 直してから読みこんでください。",
            self.file, self.row, self.reason
        )
    }
}

impl std::error::Error for Refusal {}

/// 決まりを読む. Reads and checks a whole package.
///
/// Errors: every refusal found, never a part of a schedule.
pub fn load(files: &[(&str, &str)]) -> Result<Schedule, Vec<Refusal>> {
    const LARGEST_FILE: usize = 256 * 1024;
    let mut refusals = Vec::new();
    let mut package = package::Reading::default();
    for (file, text) in files {
        let mut sink = Sink {
            file,
            row: "全体".to_owned(),
            refusals: &mut refusals,
        };
        if text.len() > LARGEST_FILE {
            sink.refuse("ファイルが大きすぎます（256KBまで）。");
        } else if let Some(code) = file.strip_prefix("programmes/") {
            if let Some(programme) = programme::read(text, code.trim_end_matches(".toml"), &mut sink) {
                package.programmes.push(programme);
            }
        } else {
            package.read(file, text, &mut sink);
        }
    }
    let schedule = package.finish(&mut refusals);
    match schedule {
        Some(schedule) if refusals.is_empty() => {
            check::whole(&schedule, &mut refusals);
            if refusals.is_empty() {
                Ok(schedule)
            } else {
                Err(refusals)
            }
        }
        _ => Err(refusals),
    }
}

/// Where refusals go: the file and row being read.
struct Sink<'a> {
    file: &'a str,
    row: String,
    refusals: &'a mut Vec<Refusal>,
}

impl Sink<'_> {
    fn at(&mut self, row: impl Into<String>) {
        self.row = row.into();
    }

    fn refuse(&mut self, reason: impl Into<String>) {
        self.refusals.push(Refusal {
            file: self.file.to_owned(),
            row: self.row.clone(),
            reason: reason.into(),
        });
    }

    /// The citation of a row, or a refusal.
    fn citation(&mut self, citation: Option<String>) -> String {
        let text = citation.unwrap_or_default();
        if text.trim().is_empty() {
            self.refuse("根拠（citation）がありません。");
        }
        text
    }

    fn bound(&mut self, text: &str) -> Option<crate::domain::schedule::Bound> {
        let bound = phrase::bound(text);
        if bound.is_none() {
            self.refuse(format!("期間の端「{text}」が読めません。"));
        }
        bound
    }

    fn optional_bound(&mut self, text: Option<String>) -> Option<crate::domain::schedule::Bound> {
        text.and_then(|text| self.bound(&text))
    }

    fn interval(&mut self, text: &str) -> Option<crate::domain::programme::Interval> {
        let interval = phrase::interval(text);
        if interval.is_none() {
            self.refuse(format!("間隔「{text}」が読めません。"));
        }
        interval
    }

    fn dose(&mut self, text: &str) -> Option<crate::domain::record::DoseNumber> {
        use crate::domain::record::DoseNumber;
        let dose_number = if text == "追加" {
            Ok(DoseNumber::Booster)
        } else {
            DoseNumber::parse(text)
        };
        if dose_number.is_err() {
            self.refuse(format!("回「{text}」が読めません。"));
        }
        dose_number.ok()
    }

    fn programme(&mut self, text: &str) -> Option<crate::domain::programme::ProgrammeCode> {
        let code = crate::domain::programme::ProgrammeCode::parse(text);
        if code.is_none() {
            self.refuse(format!("予防接種の種類のコード「{text}」が読めません。"));
        }
        code
    }

    fn product(&mut self, text: &str) -> Option<crate::domain::vaccine::ProductCode> {
        let code = crate::domain::vaccine::ProductCode::parse(text);
        if code.is_none() {
            self.refuse(format!("製剤のコード「{text}」が読めません。"));
        }
        code
    }

    fn day(&mut self, day: toml::value::Datetime) -> chrono::NaiveDate {
        match day.to_string().parse() {
            Ok(day) => day,
            Err(_) => {
                self.refuse(format!("日付「{day}」が読めません。"));
                chrono::NaiveDate::MIN
            }
        }
    }

    fn optional_day(&mut self, day: Option<toml::value::Datetime>) -> Option<chrono::NaiveDate> {
        day.map(|day| self.day(day))
    }

    fn confidence(&mut self, text: Option<&str>) -> crate::domain::schedule::Confidence {
        use crate::domain::schedule::Confidence;
        match text {
            None | Some("高") => Confidence::High,
            Some("中") => Confidence::Medium,
            Some("低") => Confidence::Low,
            Some(other) => {
                self.refuse(format!(
                    "確からしさ「{other}」は 高・中・低 のどれかにしてください。"
                ));
                Confidence::Low
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn the_embedded_package_is_read() {
        let schedule = load(EMBEDDED).unwrap_or_else(|refusals| {
            panic!(
                "{}",
                refusals.iter().map(|r| format!("{r}\n")).collect::<String>()
            )
        });
        assert_eq!(schedule.programmes.len(), 25);
        assert_eq!(schedule.products.len(), 39);
    }

    fn with(file: &str, from: &str, to: &str) -> Vec<Refusal> {
        let changed: Vec<(&str, String)> = EMBEDDED
            .iter()
            .map(|(name, text)| {
                let changed = if *name == file {
                    text.replacen(from, to, 1)
                } else {
                    (*text).to_owned()
                };
                assert!(*name != file || changed != *text, "{from} stands in {file}");
                (*name, changed)
            })
            .collect();
        let files: Vec<(&str, &str)> = changed
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        load(&files).expect_err("it is refused")
    }

    #[test]
    fn a_package_that_does_not_parse_is_refused_with_its_row() {
        let refusals = with("programmes/bcg.toml", "[[version]]", "[[version]");
        assert_eq!(refusals[0].file, "programmes/bcg.toml");
        let refusals = with("programmes/bcg.toml", "\"生後12月\"", "\"生後十二月\"");
        assert!(refusals[0].reason.contains("生後十二月"), "{refusals:?}");
        assert!(refusals[0].row.contains("version"), "{refusals:?}");
        let refusals = with("programmes/bcg.toml", "[[version]]", "[[version]]\nfrm = 1");
        assert!(refusals[0].reason.contains("frm"), "{refusals:?}");
    }

    #[test]
    fn a_row_without_a_citation_is_refused() {
        let cited = "citation = \"予防接種法施行令第3条第1項の表 結核の項\"";
        let refusals = with("programmes/bcg.toml", cited, "");
        assert!(
            refusals
                .iter()
                .any(|r| r.row.contains("version 1") && r.reason.contains("根拠")),
            "{refusals:?}"
        );
    }

    #[test]
    fn versions_that_overlap_are_refused() {
        let refusals = with("programmes/hib.toml", "to = 2014-03-31", "to = 2014-04-01");
        assert!(
            refusals.iter().any(|r| r.reason.contains("重なって")),
            "{refusals:?}"
        );
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let refusals = with(
            "programmes/bcg.toml",
            "to = \"生後12月\"",
            "to = \"出生の日の前日\"",
        );
        assert!(
            refusals.iter().any(|r| r.reason.contains("終わりが始まりより前")),
            "{refusals:?}"
        );
    }

    #[test]
    fn no_programme_is_named_in_the_code() {
        fn walk(folder: &Path, wrong: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, wrong);
                } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    let code: String = text
                        .split("#[cfg(test)]")
                        .next()
                        .unwrap()
                        .lines()
                        .filter(|line| !line.trim_start().starts_with("//"))
                        .collect();
                    for programme in &embedded().programmes {
                        let quoted = format!("\"{}\"", programme.code);
                        if code.contains(&quoted) || code.contains(&programme.name) {
                            wrong.push(format!("{}: {}", path.display(), programme.code));
                        }
                    }
                }
            }
        }
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut wrong = Vec::new();
        for module in ["domain", "rules", "store"] {
            walk(&src.join(module), &mut wrong);
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
