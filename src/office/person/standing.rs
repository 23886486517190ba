//! 立場の文. The sentence for each thing about a person that bars the usual way: death, moves, protection, a birth
//! date that is none, doubts that are open. What is so, then what to do.

use chrono::{Days, NaiveDate};

use crate::{
    domain::{birth::BirthDate, resident::ResidentStatus, wareki},
    store::resident::{ProtectionLine, ResidentCard},
};

/// 重さ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tone {
    Stop,
    Warning,
    Information,
}

/// 立場の文.
#[derive(Clone, PartialEq, Eq)]
pub struct Standing {
    pub tone: Tone,
    /// 「死亡」「転出」「支援措置」.
    pub word: &'static str,
    /// A few words for the header.
    pub brief: String,
    pub sentence: String,
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word)
    }
}

/// Everything that bars the usual way, the heaviest first.
pub fn of(resident: &ResidentCard, unsettled: bool, on: NaiveDate) -> Vec<Standing> {
    let mut found = Vec::new();
    found.extend(status(resident));
    found.extend(
        resident
            .protection
            .as_ref()
            .map(|protection| protected(protection, on)),
    );
    if let BirthDate::AsWritten(text) = &resident.birth {
        let meant = match resident.birth.day() {
            Some(day) => format!("判定には {} を使います。", wareki::western(day)),
            None => "年齢と期間は判定できません。書類で確かめて、担当に相談してください。".to_owned(),
        };
        found.push(Standing {
            tone: Tone::Warning,
            word: "生年月日",
            brief: "台帳の表記のまま".to_owned(),
            sentence: format!("生年月日は台帳の表記のままです（{text}）。{meant}"),
        });
    }
    if unsettled {
        found.push(Standing {
            tone: Tone::Warning,
            word: "要確認",
            brief: "重複か競合が残っています".to_owned(),
            sentence: "重複か競合の記録があります。解決するまで、一括の印刷には入りません。".to_owned(),
        });
    }
    found.sort_by_key(|standing| standing.tone);
    found
}

fn status(resident: &ResidentCard) -> Option<Standing> {
    let day = match (resident.change.on, &resident.change.as_written) {
        (_, Some(text)) => text.clone(),
        (Some(day), None) => wareki::short(day),
        (None, None) => "日付不明".to_owned(),
    };
    let (tone, sentence) = match resident.status {
        ResidentStatus::Registered => return None,
        ResidentStatus::Dead => (
            Tone::Stop,
            format!(
                "{day} に亡くなっています。新しい券や勧奨は出せません。それより前の接種の記録はできます。"
            ),
        ),
        ResidentStatus::MovedOut => (
            Tone::Warning,
            format!("{day} に転出しています。接種日が転出の前か確かめてください。"),
        ),
        ResidentStatus::Removed => (
            Tone::Warning,
            format!("{day} に住民票が消除されています。住民記録の担当に確かめてください。"),
        ),
        ResidentStatus::NonResident => (
            Tone::Information,
            "住登外の人です。住民登録のある市町村を確かめてください。".to_owned(),
        ),
    };
    Some(Standing {
        tone,
        word: resident.status.word(),
        brief: format!("{day} {}", resident.status.word()),
        sentence,
    })
}

/// It does not end by itself: past its last day it still holds, and the clerk is told so from a month before.
fn protected(protection: &ProtectionLine, on: NaiveDate) -> Standing {
    let kind = if protection.provisional {
        "仮支援措置"
    } else {
        "支援措置"
    };
    let span = match protection.until {
        None => String::new(),
        Some(until) if until < on => format!(
            "期限（{}）を過ぎていますが、解除の承認があるまで続きます。",
            wareki::short(until)
        ),
        Some(until) if until <= on + Days::new(31) => {
            format!(
                "{} で期限です。続けるか住民記録の担当に確かめてください。",
                wareki::short(until)
            )
        }
        Some(until) => format!("{} まで。", wareki::short(until)),
    };
    Standing {
        tone: Tone::Stop,
        word: "支援措置",
        brief: match protection.until {
            Some(until) if until < on => "期限を過ぎて継続中。住所・郵送は承認が必要".to_owned(),
            Some(until) => format!("{} まで。住所・郵送は承認が必要", wareki::short(until)),
            None => "住所・郵送は承認が必要".to_owned(),
        },
        sentence: format!("{kind}があります。{span}住所の表示は F8 で記録に残し、郵送は承認が必要です。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protection_past_its_last_day_still_holds() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let line = |until| ProtectionLine {
            provisional: false,
            from: None,
            until,
        };
        let on = day("2026-11-24").unwrap();
        assert!(
            protected(&line(day("2026-03-31")), on)
                .sentence
                .contains("解除の承認があるまで続きます")
        );
        assert!(
            protected(&line(day("2026-12-10")), on)
                .sentence
                .contains("期限です")
        );
        assert!(
            protected(&line(day("2027-03-31")), on)
                .sentence
                .contains("R9.3.31 まで。")
        );
    }
}
