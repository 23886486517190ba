//! 判定の例を解く. Answers worked examples (birth, history, facts, day, dose) with the rules alone, without any
//! database: one JSON object a line, or one array. What can't be read is answered too, with its id and the
//! reason; nothing panics and nothing is guessed.

use crate::{
    domain::{
        birth::BirthDate,
        eligibility::{Asked, Dose, Facts, Person, Season, evaluate},
        evaluation::Evaluation,
        programme::ProgrammeCode,
        record::DoseNumber,
        resident::Sex,
        schedule::{Schedule, Span},
        vaccine::ProductCode,
    },
    rules,
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, Read, Write};

const LONGEST_LINE: u64 = 1024 * 1024;
const LONGEST_ARRAY: u64 = 256 * 1024 * 1024;
const MOST_DOSES: usize = 1000;

/// 判定の例を読み、1行に1つ答えを書く. `id, eligible, from, until, reasons`; `eligible` is null where the case
/// could not be judged.
///
/// # Errors
/// Reading or writing itself is not possible.
pub fn answer_cases(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let schedule = rules::embedded();
    skip_space(&mut input)?;
    if input.fill_buf()?.first() == Some(&b'[') {
        let mut text = Vec::new();
        input.take(LONGEST_ARRAY).read_to_end(&mut text)?;
        match serde_json::from_slice::<Vec<Value>>(&text) {
            Ok(cases) => {
                for case in &cases {
                    write_line(&mut output, answer(schedule, case))?;
                }
            }
            Err(error) => write_line(&mut output, unread(error.line()))?,
        }
        return output.flush();
    }
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        number += 1;
        let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return output.flush();
        }
        if line.last() != Some(&b'\n') && read as u64 == LONGEST_LINE {
            input.skip_until(b'\n')?;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answered = match serde_json::from_slice::<Value>(&line) {
            Ok(case) => answer(schedule, &case),
            Err(_) => unread(number),
        };
        write_line(&mut output, answered)?;
    }
}

/// One case, answered.
#[must_use]
pub fn answer(schedule: &Schedule, case: &Value) -> Value {
    let id = case.get("id").cloned().unwrap_or(Value::Null);
    match parse(schedule, case) {
        Ok(case) => {
            let evaluation = evaluate(schedule, &case.person, &case.doses, &case.asked, case.on);
            answered(&id, &evaluation)
        }
        Err(reason) => refused(&id, &reason),
    }
}

fn answered(id: &Value, evaluation: &Evaluation) -> Value {
    let reasons: Vec<String> = evaluation
        .reasons
        .iter()
        .map(|reason| match reason.citation.as_str() {
            "" => reason.sentence.clone(),
            citation => format!("{}〔{citation}〕", reason.sentence),
        })
        .collect();
    json!({
        "id": id,
        "eligible": evaluation.is_eligible(),
        "from": evaluation.from.map(|day| day.to_string()),
        "until": evaluation.until.map(|day| day.to_string()),
        "reasons": reasons,
    })
}

fn refused(id: &Value, reason: &str) -> Value {
    json!({ "id": id, "eligible": null, "from": null, "until": null, "reasons": [reason] })
}

fn unread(line: usize) -> Value {
    refused(
        &Value::Null,
        &format!("{line}行目が JSON として読めません。書き方を見直してください。"),
    )
}

fn write_line(output: &mut impl Write, line: Value) -> io::Result<()> {
    writeln!(output, "{line}")
}

fn skip_space(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let space = buffer
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        if space == 0 {
            return Ok(());
        }
        input.consume(space);
    }
}

struct Case {
    person: Person,
    doses: Vec<Dose>,
    asked: Asked,
    on: NaiveDate,
}

fn parse(schedule: &Schedule, case: &Value) -> Result<Case, String> {
    let Some(case) = case.as_object() else {
        return Err("例が JSON のオブジェクトではありません。書き方を見直してください。".to_owned());
    };
    if let Some(kind) = case.get("kind") {
        return Err(format!(
            "種類（kind）{kind} の例は、判定の例ではありません。判定していません。"
        ));
    }
    let programme = programme(case, "vaccine")?;
    if schedule.programme(programme).is_none() {
        return Err(format!(
            "予防接種の種類「{programme}」は決まりの表にありません。コードを見直してください。"
        ));
    }
    let asked = Asked::new(programme, dose_number(case)?);
    let on = day(case, "as_of")?.ok_or("判定する日（as_of）がありません。")?;
    let birth = day(case, "birth")?.map_or_else(|| BirthDate::AsWritten(String::new()), BirthDate::Known);
    let sex = match case.get("sex") {
        None | Some(Value::Null) => Sex::Unknown,
        Some(Value::String(sex)) if sex == "M" => Sex::Male,
        Some(Value::String(sex)) if sex == "F" => Sex::Female,
        Some(_) => return Err("性別（sex）は M か F で書いてください。".to_owned()),
    };
    let facts = facts(case.get("extra"))?;
    Ok(Case {
        person: Person { birth, sex, facts },
        doses: history(case.get("history"))?,
        asked,
        on,
    })
}

fn history(value: Option<&Value>) -> Result<Vec<Dose>, String> {
    let rows = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(rows)) if rows.len() <= MOST_DOSES => rows,
        Some(_) => {
            return Err(format!(
                "接種歴（history）は{MOST_DOSES}件までの配列で書いてください。"
            ));
        }
    };
    rows.iter().map(dose).collect()
}

fn dose(row: &Value) -> Result<Dose, String> {
    let row = row
        .as_object()
        .ok_or("接種歴（history）の1件がオブジェクトではありません。")?;
    let product = match row.get("product") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let code = value.as_str().and_then(ProductCode::parse);
            Some(code.ok_or("接種歴の製剤（product）のコードが読めません。")?)
        }
    };
    Ok(Dose {
        programme: programme(row, "vaccine")?,
        dose_number: dose_number(row)?,
        given_on: day(row, "date")?.ok_or("接種歴に接種日（date）がありません。")?,
        product,
        amount: None,
        expected_on: day(row, "edd")?,
    })
}

fn facts(value: Option<&Value>) -> Result<Facts, String> {
    let mut facts = Facts::default();
    let extra = match value {
        None | Some(Value::Null) => return Ok(facts),
        Some(Value::Object(extra)) => extra,
        Some(_) => return Err("事実（extra）はオブジェクトで書いてください。".to_owned()),
    };
    for (key, value) in extra {
        match key.as_str() {
            "edd" => facts.expected_on = day(extra, "edd")?,
            "season" => facts.seasons.extend(season(value)?),
            _ => match value {
                Value::Bool(true) => {
                    facts.held.insert(key.clone());
                }
                Value::Bool(false) | Value::Null => {}
                _ => {
                    return Err(format!(
                        "事実（extra）の {key} は true か false で書いてください。"
                    ));
                }
            },
        }
    }
    Ok(facts)
}

fn season(value: &Value) -> Result<Option<Season>, String> {
    let wrong = || "実施期間（season）は [始まり, 終わり] の日付2つで書いてください。".to_owned();
    if value.is_null() {
        return Ok(None);
    }
    let [from, until] = value.as_array().map(Vec::as_slice).ok_or_else(wrong)? else {
        return Err(wrong());
    };
    let read = |value: &Value| value.as_str().and_then(plain_day).ok_or_else(wrong);
    Ok(Some(Season {
        programme: None,
        span: Span {
            from: read(from)?,
            until: read(until)?,
        },
    }))
}

fn programme(row: &Map<String, Value>, key: &str) -> Result<ProgrammeCode, String> {
    let code = row
        .get(key)
        .and_then(Value::as_str)
        .and_then(ProgrammeCode::parse);
    code.ok_or_else(|| format!("予防接種の種類（{key}）のコードが読めません。"))
}

fn dose_number(row: &Map<String, Value>) -> Result<DoseNumber, String> {
    let text = match row.get("dose") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    DoseNumber::parse(&text).map_err(|_| "回（dose）は 1 から 9 か booster で書いてください。".to_owned())
}

fn day(row: &Map<String, Value>, key: &str) -> Result<Option<NaiveDate>, String> {
    match row.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(plain_day) {
            Some(day) => Ok(Some(day)),
            None => Err(format!(
                "日付（{key}）が読めません。暦にある日を YYYY-MM-DD で書いてください。"
            )),
        },
    }
}

/// `YYYY-MM-DD` from 1850 to 2200: no living person, and no rule, lies outside.
fn plain_day(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day: NaiveDate = if plain { text.parse().ok()? } else { return None };
    (1850..=2200).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &str) -> Vec<Value> {
        let mut output = Vec::new();
        answer_cases(input.as_bytes(), &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    const CASE: &str = r#"{"id":"x","birth":"2013-04-01","sex":"M","history":[],"as_of":"2014-03-31","vaccine":"bcg","dose":"1"}"#;

    #[test]
    fn an_array_and_lines_are_answered_alike() {
        let one = lines(CASE);
        assert_eq!(one, lines(&format!("\n [{CASE}]\n")));
        assert_eq!(one.len(), 1);
        assert_eq!(one[0]["eligible"], true);
        assert_eq!(one[0]["until"], "2014-03-31");
        assert!(
            one[0]["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .all(|r| r.as_str().unwrap().contains('〔'))
        );
    }

    #[test]
    fn every_malformed_case_gets_a_line_with_its_id_and_a_reason() {
        let wrong = [
            ("bcg", "nope"),
            ("\"1\"", "\"0\""),
            ("\"1\"", "[]"),
            ("2014-03-31", "2014-02-30"),
            ("2014-03-31", "2014-3-31"),
            ("2013-04-01", "平成25年4月1日"),
            ("\"M\"", "\"男\""),
            ("[]", "{}"),
            ("[]", "[1]"),
            ("[]", r#"[{"vaccine":"bcg","dose":"1"}]"#),
            (
                "[]",
                r#"[{"vaccine":"bcg","dose":"1","date":"2014-01-01","product":"あ"}]"#,
            ),
            ("[]", r#"[],"extra":{"season":["2014-01-01"]}"#),
            ("[]", r#"[],"extra":{"mr_shortage":"yes"}"#),
            ("[]", r#"[],"kind":"interval""#),
        ];
        for (from, to) in wrong {
            let line = CASE.replacen(from, to, 1);
            assert_ne!(line, CASE, "{from}");
            let answer = lines(&line);
            assert_eq!(answer.len(), 1, "{line}");
            assert_eq!(answer[0]["id"], "x", "{line}");
            assert_eq!(answer[0]["eligible"], Value::Null, "{line}");
            assert!(!answer[0]["reasons"][0].as_str().unwrap().is_empty(), "{line}");
        }
    }

    #[test]
    fn what_is_not_json_does_not_stop_the_rest() {
        let long = format!("{{\"id\":\"{}\"}}", "x".repeat(3 * 1024 * 1024));
        let answers = lines(&format!("{{\n{CASE}\nnull\n17\n{long}\n{CASE}\n"));
        let eligible: Vec<&Value> = answers.iter().map(|answer| &answer["eligible"]).collect();
        let null = &Value::Null;
        assert_eq!(
            eligible,
            [null, &Value::Bool(true), null, null, null, &Value::Bool(true)]
        );
        assert_eq!(lines("[1, 2").len(), 1);
        assert_eq!(lines("[]").len() + lines("").len(), 0);
    }
}
