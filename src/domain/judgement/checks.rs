//! 紙・台帳・記録の点検. One function for each part of the sheet: what register, lots, other records and the paper
//! itself say against it. The days and doses of the law are `rules`.

use super::{Choice, EntryFinding, EntryJudgement, Facts, Meaning};
use chrono::NaiveDate;

use crate::domain::{
    comparison::Agreement,
    date::short,
    evaluation::Severity,
    institution::{is_alike, normal_lot},
    questionnaire::{Consent, Place, Reply, Signer, Temperature, draft::Draft, form::QuestionForm},
    record::{Outcome, PhysicianDecision},
};

pub(super) const AS_WRITTEN: Choice = Choice {
    label: "紙のとおり",
    meaning: Meaning::Confirms,
};
pub(super) const MISWRITTEN: Choice = Choice {
    label: "書き誤り",
    meaning: Meaning::Confirms,
};
pub(super) const OTHER_PERSON: Choice = Choice {
    label: "別の人",
    meaning: Meaning::Holds,
};
pub(super) const MEND_DATE: Choice = Choice {
    label: "日付を直す",
    meaning: Meaning::Mends,
};
pub(super) const MEND: Choice = Choice {
    label: "直す",
    meaning: Meaning::Mends,
};
pub(super) const HOLD: Choice = Choice {
    label: "紙のとおり（疑義へ）",
    meaning: Meaning::Holds,
};

pub(super) fn stop(
    code: &str,
    place: Place,
    title: &str,
    sentence: String,
    answers: &[Choice],
) -> EntryFinding {
    EntryFinding {
        severity: Severity::Stop,
        ..warning(code, place, title, sentence, answers)
    }
}

pub(super) fn warning(
    code: &str,
    place: Place,
    title: &str,
    sentence: String,
    answers: &[Choice],
) -> EntryFinding {
    EntryFinding {
        severity: Severity::Warning,
        code: code.to_owned(),
        place,
        title: title.to_owned(),
        sentence,
        citation: None,
        next_on: None,
        answers: answers.to_vec(),
    }
}

pub(super) fn sheet(facts: &Facts, found: &mut EntryJudgement) {
    if facts.is_sheet_entered {
        found.push(stop(
            "sheet.twice",
            Place::Voucher,
            "この枚はもう入力されています",
            "束と枚の番号が同じ票があります。枚の番号を見直してください。".into(),
            &[MEND, HOLD],
        ));
    }
    if facts.is_voucher_of_another {
        found.push(stop(
            "voucher.other_person",
            Place::Voucher,
            "この券は別の人の記録にあります",
            "券番号を紙でもう一度見てください。紙のとおりなら疑義へ回します。".into(),
            &[MEND, HOLD],
        ));
    }
    if let Some(on) = facts.voucher_used_on {
        found.push(warning(
            "voucher.used",
            Place::Voucher,
            "この券はもう使われています",
            format!("{} の接種で使われています。二重でないか見てください。", short(on)),
            &[AS_WRITTEN, HOLD],
        ));
    }
}

pub(super) fn person(facts: &Facts, found: &mut EntryJudgement) {
    let Some(comparison) = facts.comparison else {
        return;
    };
    if comparison.birth == Agreement::Differs {
        let sentence = format!(
            "生年月日が台帳（{}）とちがいます。別の人なら F9 でさがしてください。",
            facts.birth_text
        );
        let finding = match comparison.name {
            Agreement::Differs => stop(
                "match.person",
                Place::Person,
                "氏名も生年月日もちがいます",
                sentence,
                &[MEND, HOLD],
            ),
            _ => warning(
                "match.birth",
                Place::Person,
                "生年月日が台帳とちがいます",
                sentence,
                &[MISWRITTEN, OTHER_PERSON],
            ),
        };
        found.push(finding);
    }
    if comparison.kana == Agreement::Differs {
        found.push(differs(
            "match.kana",
            "フリガナが台帳とちがいます",
            "読みのちがいか、書き誤りか、紙で確かめてください。",
        ));
    }
    if matches!(comparison.name, Agreement::Differs) && comparison.birth != Agreement::Differs {
        found.push(differs(
            "match.name",
            "氏名が台帳とちがいます",
            "字の形のちがいではありません。紙で確かめてください。",
        ));
    }
    if matches!(comparison.name, Agreement::Past { .. }) {
        found.push(warning(
            "match.past_name",
            Place::Person,
            "氏名が前の記載と同じです",
            "台帳では氏名が変わっています。同じ人か確かめてください。".into(),
            &[
                Choice {
                    label: "前の氏名",
                    meaning: Meaning::Confirms,
                },
                OTHER_PERSON,
            ],
        ));
    }
    address(comparison.address, found);
}

pub(super) fn differs(code: &str, title: &str, sentence: &str) -> EntryFinding {
    warning(
        code,
        Place::Person,
        title,
        sentence.to_owned(),
        &[MISWRITTEN, OTHER_PERSON],
    )
}

pub(super) fn address(agreement: Agreement, found: &mut EntryJudgement) {
    const PAST: Choice = Choice {
        label: "前の住所",
        meaning: Meaning::Confirms,
    };
    let sentence = match agreement {
        Agreement::Past { until: Some(until) } => {
            format!("{} まで住んでいた前の住所と同じです。", short(until))
        }
        Agreement::Past { until: None } => "前の住所と同じです。".to_owned(),
        Agreement::Differs => "台帳の住所にも、前の住所にもありません。紙で確かめてください。".to_owned(),
        _ => return,
    };
    found.push(warning(
        "match.address",
        Place::Person,
        "住所が台帳とちがいます",
        sentence,
        &[PAST, MISWRITTEN, OTHER_PERSON],
    ));
}

pub(super) fn condition(draft: &Draft, found: &mut EntryJudgement) {
    let temperature = Temperature::parse(draft.temperature.trim());
    if draft.outcome().is_injected() && temperature.is_some_and(|read| read >= Temperature::FEVER) {
        let mut finding = warning(
            "fever",
            Place::Condition,
            "体温が 37.5 ℃ 以上です",
            "明らかな発熱のある人は接種不適当者です。医師の判断を紙で確かめてください。".into(),
            &[AS_WRITTEN, HOLD],
        );
        finding.citation = Some("予防接種法施行規則 第2条".into());
        found.push(finding);
    }
    let number = |text: &str| match text.trim() {
        "" => Some(0),
        text => text.parse::<u16>().ok(),
    };
    let is_written = !draft.age_years.trim().is_empty() || !draft.age_months.trim().is_empty();
    let (Some(age), Some(years), Some(months)) =
        (found.age, number(&draft.age_years), number(&draft.age_months))
    else {
        return;
    };
    let is_month_given = !draft.age_months.trim().is_empty();
    if is_written && (age.years != years || (is_month_given && u16::from(age.months) != months)) {
        found.push(warning(
            "age.written",
            Place::Condition,
            "満年齢の記載がちがいます",
            format!("台帳では接種日に {age}です。生年月日と接種日を紙で見てください。"),
            &[MISWRITTEN, OTHER_PERSON],
        ));
    }
}

pub(super) fn questions(draft: &Draft, form: &QuestionForm, found: &mut EntryJudgement) {
    for number in form.diverging(&draft.answers) {
        let reply = draft
            .answers
            .iter()
            .find(|answer| answer.question == number)
            .map(|answer| answer.reply);
        let (title, sentence) = match reply {
            Some(Reply::Blank) => (
                format!("質問{number}に記入がありません"),
                "紙を見て、記入がないことを確かめてください。",
            ),
            Some(reply) => (
                format!("質問{number}が「{}」です", reply.label()),
                "医師の記入欄の記載を、紙で確かめてください。",
            ),
            None => continue,
        };
        found.push(warning(
            &format!("question.{number}"),
            Place::Questions,
            &title,
            sentence.to_owned(),
            &[
                Choice {
                    label: "記載あり",
                    meaning: Meaning::Confirms,
                },
                Choice {
                    label: "記載なし",
                    meaning: Meaning::Confirms,
                },
            ],
        ));
    }
}

pub(super) fn signatures(draft: &Draft, found: &mut EntryJudgement) {
    if draft.outcome() == Outcome::Incomplete {
        return;
    }
    if draft.is_physician_signed == Some(false) {
        found.push(stop(
            "physician.unsigned",
            Place::Physician,
            "医師の署名がありません",
            "署名のない予診票は登録できません。疑義へ回して医療機関に返してください。".into(),
            &[MEND, HOLD],
        ));
    }
    let is_given = draft.outcome().is_injected();
    if is_given && draft.consent == Some(Consent::Agrees) && draft.signer == Some(Signer::Nobody) {
        found.push(stop(
            "consent.unsigned",
            Place::Consent,
            "同意の署名がありません",
            "署名のない同意では定期接種として登録できません。疑義へ回してください。".into(),
            &[MEND, HOLD],
        ));
    }
    if is_given && draft.signer == Some(Signer::Proxy) {
        found.push(warning(
            "consent.proxy",
            Place::Consent,
            "代筆です",
            "本人の意思が確かめられていることを、紙で確かめてください。".into(),
            &[
                Choice {
                    label: "意思の確認あり",
                    meaning: Meaning::Confirms,
                },
                Choice {
                    label: "確認なし（疑義へ）",
                    meaning: Meaning::Holds,
                },
            ],
        ));
    }
    let is_contrary = draft.physician_decision == Some(PhysicianDecision::Postpone)
        && draft.consent == Some(Consent::Declines);
    if is_contrary {
        found.push(warning(
            "postponed.and_declined",
            Place::Consent,
            "見合わせと不同意の両方です",
            "医師見合わせとして登録します。紙のとおりか確かめてください。".into(),
            &[AS_WRITTEN, HOLD],
        ));
    }
}

pub(super) fn vaccine(draft: &Draft, facts: &Facts, found: &mut EntryJudgement) {
    if !draft.outcome().is_injected() {
        return;
    }
    let lot = normal_lot(&draft.lot_number);
    if draft.product.is_some() && !lot.is_empty() {
        match facts.lots.iter().find(|(known, _)| *known == lot) {
            Some((_, expires_on)) if draft.vaccinated_on.is_some_and(|on| on > *expires_on) => {
                found.push(stop(
                    "lot.expired",
                    Place::Vaccine,
                    "ロットの期限が切れています",
                    format!(
                        "ロット {lot} は {} に期限が切れています。紙のシールを見てください。",
                        short(*expires_on)
                    ),
                    &[MEND, HOLD],
                ));
            }
            Some(_) => found.in_order.push("ロット期限"),
            None => found.push(unknown_lot(&lot, &facts.lots)),
        }
    }
    if draft.institution_code.is_some() && !facts.is_institution_known {
        found.push(warning(
            "institution.unknown",
            Place::Giving,
            "実施場所が台帳にありません",
            "医療機関コードを紙で確かめてください。".into(),
            &[AS_WRITTEN, HOLD],
        ));
    }
}

pub(super) fn unknown_lot(lot: &str, lots: &[(String, NaiveDate)]) -> EntryFinding {
    let alike: Vec<&str> = lots
        .iter()
        .map(|(known, _)| known.as_str())
        .filter(|known| is_alike(known, lot))
        .take(3)
        .collect();
    let hint = match alike.is_empty() {
        true => "紙のシールを見てください。".to_owned(),
        false => format!("似た番号：{}。", alike.join("、")),
    };
    warning(
        "lot.unknown",
        Place::Vaccine,
        "ロットが台帳にありません",
        format!("ロット {lot} は台帳にありません。{hint}"),
        &[AS_WRITTEN, MEND],
    )
}

pub(super) fn day(draft: &Draft, facts: &Facts, found: &mut EntryJudgement) {
    let Some(on) = draft.vaccinated_on else { return };
    let mut impossible = |code: &str, title: &str, sentence: String| {
        found.push(stop(code, Place::Giving, title, sentence, &[MEND_DATE, HOLD]));
    };
    if on > facts.today {
        let sentence = format!(
            "{} は先の日付です。接種日は今日（{}）までです。",
            short(on),
            short(facts.today)
        );
        impossible("day.future", "接種日が先の日付です", sentence);
    }
    if let Some(born_on) = facts.born_on.filter(|born_on| on < *born_on) {
        let sentence = format!(
            "生まれた日（{}）より前です。年を見直してください。",
            short(born_on)
        );
        impossible("day.before_birth", "生まれた日より前です", sentence);
    }
    if let Some(died_on) = facts.died_on.filter(|died_on| on > *died_on) {
        let sentence = format!(
            "台帳では {} に亡くなっています。紙の日付と本人を見直してください。",
            short(died_on)
        );
        impossible("day.after_death", "亡くなった日より後です", sentence);
    }
    if let Some(left_on) = facts.moved_out_on.filter(|left_on| on >= *left_on) {
        let sentence = format!(
            "この方は {} に転出しています。接種日が転出の前か確かめてください。",
            short(left_on)
        );
        impossible("day.after_departure", "転出した後の接種です", sentence);
    }
    if let Some(came_on) = facts.moved_in_on.filter(|came_on| on < *came_on) {
        found.push(warning(
            "day.before_arrival",
            Place::Giving,
            "転入する前の接種です",
            format!(
                "{} に転入しています。前の市町村の接種でないか見てください。",
                short(came_on)
            ),
            &[AS_WRITTEN, HOLD],
        ));
    }
    for alike in &facts.alike {
        let state = if alike.is_waiting {
            "、まだ承認待ち"
        } else {
            ""
        };
        let day = if alike.on == on {
            "同じ日".to_owned()
        } else {
            short(alike.on)
        };
        found.push(warning(
            "duplicate",
            Place::Giving,
            "同じ接種の記録があります",
            format!(
                "{day}に同じ接種の記録があります（{}{state}）。二重でないか見てください。",
                alike.terminal
            ),
            &[
                Choice {
                    label: "別の接種",
                    meaning: Meaning::Confirms,
                },
                HOLD,
            ],
        ));
    }
}
