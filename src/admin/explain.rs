//! 判定の理由のコマンド. Tells for one person, one programme and one day what is judged and why, step by step with its
//! ground. Looking at a person is a deed and stands in the log.

use chrono::NaiveDate;
use clap::Args;

use crate::{
    admin::{Global, Refused},
    domain::{date::short, evaluation::Verdict, programme::ProgrammeCode},
};

/// 1人の判定の理由を表示する
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// 宛名番号
    #[arg(long, value_name = "番号")]
    resident: String,
    /// 予防接種の種類のコード
    #[arg(long, value_name = "コード")]
    programme: String,
    /// 判定する日（YYYY-MM-DD。指定しないときは今日）
    #[arg(long, value_name = "日付")]
    on: Option<NaiveDate>,
}

impl Explain {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let programme = ProgrammeCode::parse(&self.programme).ok_or_else(|| {
            Refused::new("予防接種の種類のコードが読めません。rules table で確かめてください。")
        })?;
        let (office, session) = global.open()?;
        let on = self.on.unwrap_or_else(|| office.today());
        let explained = office.explain_by_number(&session, &self.resident, programme, on);
        office.sign_out(&session)?;
        let Some(explained) = explained? else {
            return Err(Refused::new(
                "宛名番号か予防接種の種類が見つかりません。番号とコードを見直してください。",
            ));
        };
        for one in explained {
            let verdict = match one.evaluation.verdict {
                Verdict::Possible => "可",
                Verdict::Warning => "可（警告）",
                Verdict::Refused => "不可",
            };
            println!(
                "{} {}　{}　{verdict}（規則 {} 版）",
                one.name,
                one.dose_name,
                short(on),
                one.rule_version
            );
            for reason in one.evaluation.reasons {
                println!("  {}〔{}〕", reason.sentence, reason.citation);
            }
        }
        Ok(())
    }
}
