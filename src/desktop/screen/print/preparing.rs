//! 印刷の準備の進み. The job that lays out the sheets of a draw, while the counter goes on working: how far it is, when
//! it will be done, and the way to stop it.

use std::time::{Duration, Instant};

use iced::{Element, Task};

use super::{Message, Print};
use crate::{
    desktop::{
        after::after,
        desk::{Action, Desk},
        widget::{
            progress::progress,
            surface::{body, panel},
            words::small,
        },
    },
    office::{
        JobOutcome, JobWatch,
        printing::Job,
        run::{PrepareRun, Prepared, RunError, RunRequest},
    },
};

/// How often the figures are read.
const LOOK: Duration = Duration::from_millis(200);

/// 準備の途中.
#[derive(Debug)]
pub struct Preparing {
    watch: JobWatch,
    began: Instant,
}

impl Print {
    /// Reads who was drawn; the job begins when they are there.
    pub(super) fn prepare(&mut self, desk: &Desk) -> Action<Message> {
        let Some(Job::Draw(line)) = self.jobs.get(self.current) else {
            return Action::None;
        };
        let draw = line.subject;
        self.forget();
        Action::Run(desk.read(
            move |office| {
                office
                    .drawn(draw)
                    .map(|drawn| RunRequest::of(&drawn))
                    .map_err(|error| error.to_string())
            },
            Message::DrawnRead,
        ))
    }

    pub(super) fn begin_preparing(&mut self, request: RunRequest, desk: &Desk) -> Action<Message> {
        if self.preparing.is_some() {
            return Action::None;
        }
        let job = desk.handle.job(PrepareRun::new(desk.session.clone(), request));
        self.preparing = Some(Preparing {
            watch: job.watch(),
            began: Instant::now(),
        });
        let ended = Task::perform(job, |outcome| Message::Prepared(told(outcome)));
        Action::Run(Task::batch([ended, self.look_again()]))
    }

    /// While the job runs its figures are read again and again.
    pub(super) fn look_again(&self) -> Task<Message> {
        match &self.preparing {
            Some(_) => after(LOOK).map(|()| Message::PreparingLooked),
            None => Task::none(),
        }
    }

    pub(super) fn stop_preparing(&self) {
        if let Some(preparing) = &self.preparing {
            preparing.watch.cancel();
        }
    }

    pub(super) fn preparing_panel<'a>(&self, preparing: &Preparing) -> Element<'a, Message> {
        let at = preparing.watch.progress();
        let bar = progress(
            at.done,
            at.total,
            "枚",
            preparing.began.elapsed(),
            "F8 で中止。準備した紙は残りません。印刷はまだ始まりません。",
        );
        panel(
            "印刷の準備",
            small("窓口の仕事はつづけられます"),
            body(iced::widget::column![bar]),
        )
        .into()
    }
}

fn told(outcome: JobOutcome<Result<Prepared, RunError>>) -> Result<String, String> {
    match outcome {
        JobOutcome::Done(Ok(prepared)) => {
            let left_out: u32 = prepared.manifest.left_out.iter().map(|(_, count)| count).sum();
            Ok(format!(
                "{} を準備しました。{} 枚、除いた人 {left_out} 人。",
                prepared.manifest.number, prepared.manifest.count
            ))
        }
        JobOutcome::Done(Err(error)) => Err(error.to_string()),
        JobOutcome::Cancelled => Ok(
            "準備を中止しました。紙は準備されていません。使わなかった番号は操作履歴に残りました。".to_owned(),
        ),
        JobOutcome::Ended => {
            Err("準備の途中で終わりました。サインインしなおしてから、もう一度準備してください。".to_owned())
        }
    }
}
