//! 抽出のコマンド. Draws a cohort, shows draws and their totals, signs bounds, and has another operator release. The
//! rules of a draw are the office's; names of people are not printed here.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::{
    admin::{Global, Refused},
    domain::{date::short, programme::ProgrammeCode, record::DoseNumber, revision::SubjectId},
    office::{
        Office, Session,
        draw::{Basis, Criteria, DrawError, DrawLine, History},
    },
};

/// 対象者を抽出する
#[derive(Args, Debug)]
pub(super) struct Draw {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 条件を決めて抽出する
    Make(Make),
    /// 抽出の一覧を表示する
    List {},
    /// 抽出の内訳、前回とのちがい、外れた人の数を表示する
    Show {
        #[arg(value_name = "抽出の番号")]
        draw: Uuid,
    },
    /// 境目の人をすべて見たものとして署名する
    Sign {
        #[arg(value_name = "抽出の番号")]
        draw: Uuid,
    },
    /// ほかの職員として承認する
    Release {
        #[arg(value_name = "抽出の番号")]
        draw: Uuid,
    },
    /// 抽出を取りやめる
    Discard {
        #[arg(value_name = "抽出の番号")]
        draw: Uuid,
    },
}

#[derive(Args, Debug)]
struct Make {
    /// 予防接種の種類のコード
    #[arg(long, value_name = "コード")]
    programme: String,
    /// 回（1 から 9、または booster）
    #[arg(long, value_name = "回", default_value = "1")]
    dose: String,
    /// 期間の始まり（YYYY-MM-DD）
    #[arg(long, value_name = "日付")]
    from: NaiveDate,
    /// 期間の終わり（YYYY-MM-DD）
    #[arg(long, value_name = "日付")]
    until: NaiveDate,
    /// だれを見るか（達する人、または受けられる人）
    #[arg(long, value_enum, value_name = "見かた", default_value = "reaching")]
    basis: BasisName,
    /// 生年月日の始まり（YYYY-MM-DD）
    #[arg(long, value_name = "日付")]
    born_from: Option<NaiveDate>,
    /// 生年月日の終わり（YYYY-MM-DD）
    #[arg(long, value_name = "日付")]
    born_until: Option<NaiveDate>,
    /// 学年（1 から 12）
    #[arg(long, value_name = "学年")]
    school_year: Option<u8>,
    /// 地区（くりかえして書ける。書かないときはすべて）
    #[arg(long = "district", value_name = "地区")]
    districts: Vec<String>,
    /// 有効な券がある人も入れる
    #[arg(long)]
    with_voucher_holders: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum BasisName {
    /// 期間の中で受けられるようになる人
    Reaching,
    /// 期間の中に受けられる日がある人
    Open,
}

impl Draw {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let result = self.with(&office, &session);
        office.sign_out(&session)?;
        result
    }

    fn with(&self, office: &Office, session: &Session) -> Result<(), Refused> {
        match &self.what {
            What::Make(make) => {
                let line = office.draw_cohort(session, &make.criteria(office.today())?)?;
                show(office, &line)
            }
            What::List {} => {
                for line in office.draws()? {
                    println!("{}", summary(&line));
                }
                Ok(())
            }
            What::Show { draw } => show(office, &found(office, *draw)?),
            What::Sign { draw } => {
                let (_, people) = office.view_draw(session, SubjectId(*draw))?;
                let boundary = people
                    .iter()
                    .filter(|one| one.entry.at_boundary && one.signature.is_none());
                let persons: Vec<SubjectId> = boundary.map(|one| one.entry.person).collect();
                if !persons.is_empty() {
                    office.sign_boundary(session, SubjectId(*draw), &persons)?;
                }
                println!("境目の人 {}人に署名しました。", persons.len());
                Ok(())
            }
            What::Release { draw } => {
                office.release_draw(session, SubjectId(*draw))?;
                show(office, &found(office, *draw)?)
            }
            What::Discard { draw } => {
                office.discard_draw(session, SubjectId(*draw))?;
                println!("抽出を取りやめました。");
                Ok(())
            }
        }
    }
}

impl Make {
    fn criteria(&self, on: NaiveDate) -> Result<Criteria, Refused> {
        let programme = ProgrammeCode::parse(&self.programme).ok_or_else(|| {
            Refused::new("予防接種の種類のコードが読めません。rules table で確かめてください。")
        })?;
        let dose = DoseNumber::parse(&self.dose)
            .map_err(|_| Refused::new("回は 1 から 9 か booster で書いてください。"))?;
        Ok(Criteria {
            programme,
            dose,
            basis: match self.basis {
                BasisName::Reaching => Basis::Reaching,
                BasisName::Open => Basis::Open,
            },
            from: self.from,
            until: self.until,
            on,
            born_from: self.born_from,
            born_until: self.born_until,
            school_year: self.school_year,
            districts: self.districts.clone(),
            history: History::Any,
            with_voucher_holders: self.with_voucher_holders,
        })
    }
}

fn found(office: &Office, draw: Uuid) -> Result<DrawLine, Refused> {
    let lines = office.draws()?;
    let line = lines.into_iter().find(|line| line.subject == SubjectId(draw));
    line.ok_or_else(|| DrawError::Missing.into())
}

fn summary(line: &DrawLine) -> String {
    let state = match (line.released, line.discarded) {
        (true, _) => "承認ずみ",
        (_, true) => "取りやめ",
        _ => "承認待ち",
    };
    let criteria = &line.criteria;
    format!(
        "{}\t{}\t{}\t{}\t{}〜{}\t{}人\t{state}",
        line.subject.0,
        short(criteria.on),
        criteria.programme,
        criteria.dose.label(),
        short(criteria.from),
        short(criteria.until),
        line.totals.drawn
    )
}

fn show(office: &Office, line: &DrawLine) -> Result<(), Refused> {
    println!("{}", summary(line));
    println!("条件に当たる住民\t{}人", line.totals.base);
    for (exclusion, count) in &line.totals.excluded {
        println!("除いた人　{}\t{count}人", exclusion.word());
    }
    println!("対象者\t{}人", line.totals.drawn);
    println!("境目の人\t{}人", line.totals.boundary);
    println!("規則\t{} 版", line.rule_version);
    if let Some(difference) = office.difference(line.subject)? {
        let before = difference.previous.totals.drawn;
        println!(
            "前回 {before}人　加わった {}人　外れた {}人",
            difference.added.len(),
            difference.removed.len()
        );
    }
    if line.released {
        println!(
            "承認のあとで外れた人\t{}人",
            office.recheck_draw(line.subject)?.len()
        );
    }
    Ok(())
}
