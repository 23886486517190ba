//! 印刷のコマンド. Prepares a run from a released draw, has another operator release it, and sends it to a queue
//! chunk by chunk; what came out is counted by a person. Names of people are not printed here.

use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    domain::{deed::Deed, programme::ProgrammeCode, revision::SubjectId, run::Taken},
    office::{
        Office, Session,
        approve::Ruling,
        paper::programme_name,
        printing::{Job, Printers},
        run::{RunLine, hand_over},
    },
};

/// 印刷する
#[derive(Args, Debug)]
pub(super) struct Print {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// プリンターの一覧を表示する
    Queues {},
    /// 印刷の仕事の一覧を表示する
    List {},
    /// 承認された抽出から印刷を準備する
    Prepare {
        #[arg(value_name = "抽出の番号")]
        draw: uuid::Uuid,
    },
    /// ほかの職員として印刷を承認する
    Release {
        #[arg(value_name = "発送番号")]
        run: String,
    },
    /// 待っている紙をプリンターへ送る
    Send {
        #[arg(value_name = "発送番号")]
        run: String,
        /// プリンターの名前
        #[arg(long, value_name = "プリンター")]
        queue: String,
    },
    /// 答えの分からない組をプリンターに問い合わせる
    Ask {
        #[arg(value_name = "発送番号")]
        run: String,
    },
    /// 出てきた紙の枚数を確かめる（--last は最後に出た通番。書かないときは全部）
    Count {
        #[arg(value_name = "発送番号")]
        run: String,
        #[arg(long, value_name = "通番")]
        last: Option<u32>,
    },
}

impl Print {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        if let What::Queues {} = &self.what {
            let queues = Printers::system().queues().map_err(refused)?;
            if queues.is_empty() {
                println!("プリンターはまだありません。技術担当に登録を頼んでください。");
            }
            for queue in queues {
                let mark = if queue.default { "＊" } else { "　" };
                println!("{mark}{}\t{}\t{}", queue.name, queue.state.word(), queue.message);
            }
            return Ok(());
        }
        let (office, session) = global.open()?;
        let result = self.with(&office, &session);
        office.sign_out(&session)?;
        result
    }

    fn with(&self, office: &Office, session: &Session) -> Result<(), Refused> {
        match &self.what {
            What::Queues {} => {}
            What::List {} => list(office)?,
            What::Prepare { draw } => {
                let drawn = office.drawn(SubjectId(*draw)).map_err(refused)?;
                let made = office.prepare_draw(session, &drawn).map_err(refused)?;
                println!(
                    "{}\t{} 枚\t除いた人 {} 人\t照合値 {}",
                    made.manifest.number,
                    made.manifest.count,
                    made.left_out.len(),
                    made.manifest.digest_words()
                );
            }
            What::Release { run } => {
                let line = found(office, run)?;
                office
                    .decide(session, Deed::ReleaseRun, &[line.prepared], &Ruling::APPROVE)
                    .map_err(refused)?;
                println!("{run} を承認しました。");
            }
            What::Send { run, queue } => send(office, session, &found(office, run)?, queue)?,
            What::Ask { run } => {
                let asked = office
                    .ask_queue(session, &Printers::system(), found(office, run)?.subject)
                    .map_err(refused)?;
                println!("{}", asked.map_or("未確認の組はありません。", word));
            }
            What::Count { run, last } => count(office, session, &found(office, run)?, *last)?,
        }
        Ok(())
    }
}

fn list(office: &Office) -> Result<(), Refused> {
    let jobs = office.print_jobs(100).map_err(refused)?;
    if jobs.is_empty() {
        println!("印刷の仕事はありません。");
    }
    for job in jobs {
        match job {
            Job::Run(line) => println!(
                "{}\t{}\t{} 枚\t{}",
                line.number,
                programme_word(&line.programme),
                line.sheets,
                line.state()
            ),
            Job::Draw(line) => println!(
                "抽出 {}\t{}\t準備待ち",
                line.subject.0,
                programme_word(line.criteria.programme.as_str())
            ),
        }
    }
    Ok(())
}

/// What people call it; the code where the rules don't know it.
fn programme_word(code: &str) -> String {
    let known = ProgrammeCode::parse(code).and_then(programme_name);
    known.unwrap_or_else(|| code.to_owned())
}

fn found(office: &Office, number: &str) -> Result<RunLine, Refused> {
    let runs = office.runs(10_000).map_err(refused)?;
    let line = runs.into_iter().find(|line| line.number == number);
    line.ok_or_else(|| Refused::new("この発送番号の印刷はありません。print list で確かめてください。"))
}

/// Chunk by chunk, until nothing waits or the queue no longer takes it.
fn send(office: &Office, session: &Session, line: &RunLine, queue: &str) -> Result<(), Refused> {
    let printers = Printers::system();
    printers.queue(queue).map_err(refused)?;
    loop {
        let open = office.open_chunk(session, line.subject, queue).map_err(refused)?;
        for (serial, reason) in &open.left_out {
            println!("通番 {serial}\t除外\t{}", reason.label());
        }
        if !open.serials.is_empty() {
            let answer = hand_over(&printers, &open);
            let taken = office.answer_chunk(session, &open, &answer).map_err(refused)?;
            println!("{}\t{} 枚\t{}", open.job.name, open.serials.len(), word(taken));
            if let Err(error) = answer {
                return Err(refused(error));
            }
        }
        if office.run_state(line.subject).map_err(refused)?.next().is_none() {
            return Ok(());
        }
    }
}

fn count(office: &Office, session: &Session, line: &RunLine, last: Option<u32>) -> Result<(), Refused> {
    let state = office.run_state(line.subject).map_err(refused)?;
    let open = state.unsettled().map(|open| (open.chunk, open.attempt));
    let counted = state
        .uncounted()
        .first()
        .map(|(chunk, attempt, ..)| (*chunk, *attempt));
    let chunk = open
        .or(counted)
        .ok_or_else(|| Refused::new("数える組はありません。print list で状態を確かめてください。"))?;
    office
        .confirm_chunk(session, line.subject, chunk, last.map(|last| last + 1))
        .map_err(refused)?;
    println!("{} 組の枚数を確かめました。", chunk.0);
    Ok(())
}

fn word(taken: Taken) -> &'static str {
    match taken {
        Taken::Taken => "受け取りました",
        Taken::NotTaken => "受け取っていません",
        Taken::Unknown => "分かりません。出てきた紙を数えてください",
    }
}

fn refused(error: impl std::fmt::Display) -> Refused {
    Refused::new(error.to_string())
}
