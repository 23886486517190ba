//! できごとの言葉. How the screen says what an event holds: its keys and the codes among its values in Japanese. Events
//! keep codes, counts and ids; a test holds this list against every key that a deed writes.

use crate::{domain::operator::Role, store::log::Question};

/// Key of a detail, and its word.
const KEYS: &[(&str, &str)] = &[
    ("accepted", "受けた件数"),
    ("answer", "答え"),
    ("applicant", "申請者"),
    ("application", "申請"),
    ("applied", "反映した件数"),
    ("at", "時刻"),
    ("attempt", "回目"),
    ("base", "もとの回"),
    ("boundary", "境目の人数"),
    ("bundle", "束"),
    ("changed", "変わった件数"),
    ("checked_only", "確かめただけ"),
    ("chunk", "組"),
    ("codes", "コードの数"),
    ("consented_by", "承認した人"),
    ("copies", "枚数"),
    ("copy", "写し"),
    ("count", "件数"),
    ("count_before", "前の件数"),
    ("cut_off_at_row", "途切れた行"),
    ("decision", "決定"),
    ("demo", "見本"),
    ("differing", "ちがう一覧"),
    ("document", "書類"),
    ("dose", "回数"),
    ("draw", "抽出"),
    ("drawn", "対象者数"),
    ("entered", "入力した件数"),
    ("extent", "範囲"),
    ("first_voucher", "はじめの番号"),
    ("form", "様式"),
    ("found", "結果"),
    ("from", "から"),
    ("from_row", "行から"),
    ("happening", "できごと"),
    ("held", "保留の件数"),
    ("job", "印刷ジョブ"),
    ("kind", "種類"),
    ("last_voucher", "おわりの番号"),
    ("left_out", "除いた人数"),
    ("line", "行"),
    ("list_pages", "一覧の枚数"),
    ("missing", "足りない件数"),
    ("more", "ほかの件数"),
    ("operator", "操作者"),
    ("operators", "操作者数"),
    ("outcome", "結果"),
    ("programme", "予防接種"),
    ("protected", "支援措置"),
    ("pulled", "抜いた人数"),
    ("question", "問い"),
    ("questionnaire", "予診票"),
    ("reason", "理由"),
    ("received", "受け取った件数"),
    ("record", "記録"),
    ("records", "記録の数"),
    ("recovery_slots", "復旧の枠"),
    ("rejected", "受けなかった件数"),
    ("replaces", "前のもの"),
    ("roles", "役割"),
    ("row", "行"),
    ("rows", "行数"),
    ("rules", "規則の版"),
    ("run", "印刷"),
    ("sequence", "通し番号"),
    ("sha256", "要約値"),
    ("sheet", "票"),
    ("sheets", "枚数"),
    ("shown", "表示した件数"),
    ("size", "大きさ"),
    ("state", "状態"),
    ("subjects", "対象の数"),
    ("to_row", "行まで"),
    ("topic", "話題"),
    ("unchanged", "変わらない件数"),
    ("until", "まで"),
    ("version", "版"),
    ("voucher", "接種券"),
    ("warnings", "警告の数"),
    ("witnessed", "あったはずの件数"),
];

/// Codes that stand as values.
const VALUES: &[(&str, &str)] = &[
    ("true", "はい"),
    ("false", "いいえ"),
    ("wrong", "まちがい"),
    ("while_closed", "停止中の入力"),
    ("lapsed", "期間の外"),
    ("cut", "記録の欠け"),
    ("lost", "末尾の欠け"),
    ("approved", "承認"),
    ("returned", "差し戻し"),
    ("whole", "正常"),
    ("begun", "はじめ"),
    ("done", "終わり"),
    ("cancelled", "中止"),
    ("dropped", "途切れたため取りやめ"),
    ("resumed", "つづき"),
];

/// できごとの一項目を言葉にする.
#[must_use]
pub fn say(key: &str, value: &str) -> String {
    let key = word(key).unwrap_or(key);
    let known = VALUES
        .iter()
        .find(|(code, _)| *code == value)
        .map(|(_, word)| *word);
    let question = Question::ALL
        .into_iter()
        .find(|question| question.code() == value)
        .map(Question::title);
    if let Some(word) = known.or(question) {
        return format!("{key} {word}");
    }
    let roles: Option<Vec<&str>> = value
        .split(' ')
        .map(|code| Role::parse(code).map(Role::title))
        .collect();
    match roles {
        Some(roles) => format!("{key} {}", roles.join("・")),
        None => format!("{key} {value}"),
    }
}

/// 項目の言葉. None for one that this list doesn't know.
#[must_use]
pub fn word(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(code, _)| *code == key).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn codes_are_said_in_words() {
        assert_eq!(say("happening", "wrong"), "できごと まちがい");
        assert_eq!(say("roles", "clerk verifier"), "役割 窓口・承認");
        assert_eq!(say("question", "many_cards"), "問い 一度に多くの検索");
        assert_eq!(say("count", "12"), "件数 12");
    }

    #[test]
    fn every_key_that_a_deed_writes_has_a_word() {
        let mut missing = Vec::new();
        keys(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/office"),
            &mut missing,
        );
        assert!(missing.is_empty(), "{missing:?}");
    }

    fn keys(folder: &Path, missing: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                keys(&path, missing);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for call in code.split(".detail(").skip(1) {
                let Some(key) = call
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                if word(key).is_none() {
                    missing.push(format!("{key} in {}", path.display()));
                }
            }
        }
    }
}
