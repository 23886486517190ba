//! 刷ったあと. What is written down once sheets are out: asked of the queue, counted, destroyed, stopped, dispatched, and
//! the list that goes with them.

use super::{Message, Print};
use crate::{
    desktop::desk::{Action, Desk},
    domain::{
        revision::SubjectId,
        run::{Serial, Taken},
    },
    office::{Session, printing::Printers, run::RunError},
};

impl Print {
    pub(super) fn print_list(&mut self, desk: &Desk) -> Action<Message> {
        let Some(run) = self.run() else {
            return Action::None;
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .dispatch_list_job(session, run)
                    .map_err(|error| error.to_string())
            },
            Message::ListMade,
        ))
    }

    /// After a crash: what became of the job that has no answer.
    pub(super) fn ask(&mut self, desk: &Desk) -> Action<Message> {
        self.write(desk, |office, session, run| {
            Ok(match office.ask_queue(session, &Printers::system(), run)? {
                Some(Taken::Taken) => "プリンターは受け取っていました。枚数を確かめてください。",
                Some(Taken::NotTaken) => "プリンターは受け取っていませんでした。F6 で送りなおせます。",
                Some(Taken::Unknown) => "プリンターは答えられません。出てきた紙を数えてください。",
                None => "未確認の組はありません。",
            }
            .to_owned())
        })
    }

    pub(super) fn count(&mut self, desk: &Desk) -> Action<Message> {
        let Some(state) = &self.state else {
            return Action::None;
        };
        let open = state.unsettled().map(|open| (open.chunk, open.attempt));
        let counted = state
            .uncounted()
            .first()
            .map(|(chunk, attempt, ..)| (*chunk, *attempt));
        let Some(chunk) = open.or(counted) else {
            return self.lacks("数える組はありません。", "jobs");
        };
        let from = match self.keyed.parse::<Serial>() {
            Ok(last) => Some(last + 1),
            Err(_) if self.keyed.is_empty() && open.is_none() => None,
            Err(_) => {
                return self.lacks(
                    "最後に出た紙の通番を入れてください。1枚も出ていなければ 0。",
                    "serial",
                );
            }
        };
        self.write(desk, move |office, session, run| {
            office.confirm_chunk(session, run, chunk, from)?;
            Ok(format!("{} 組の枚数を確かめました。", chunk.0))
        })
    }

    pub(super) fn spoil(&mut self, desk: &Desk) -> Action<Message> {
        let Ok(serial) = self.keyed.parse::<Serial>() else {
            return self.lacks("廃棄した紙の通番を入れてください。", "serial");
        };
        let Some(reason) = self.spoil else {
            return self.lacks("刷損のわけを選んでください。", "spoil-reason");
        };
        self.write(desk, move |office, session, run| {
            office.spoil_sheets(session, run, &[serial], reason)?;
            Ok(format!("通番 {serial} を廃棄としました。F6 で再印刷できます。"))
        })
    }

    pub(super) fn stop(&mut self, desk: &Desk) -> Action<Message> {
        self.is_printing = false;
        self.is_stopping = false;
        self.write(desk, |office, session, run| {
            office.stop_run(session, run)?;
            Ok("印刷を中止しました。出た紙は台帳に残っています。".to_owned())
        })
    }

    pub(super) fn dispatch(&mut self, desk: &Desk) -> Action<Message> {
        self.write(desk, |office, session, run| {
            let done = office.dispatch_run(session, run)?;
            let pulled: Vec<String> = done
                .pulled
                .iter()
                .map(|(serial, reason)| format!("{serial}（{}）", reason.label()))
                .collect();
            Ok(match pulled.is_empty() {
                true => format!("{} 通の発送を登録しました。", done.count),
                false => format!(
                    "{} 通の発送を登録しました。抜き取る通番: {}",
                    done.count,
                    pulled.join("、")
                ),
            })
        })
    }

    pub(super) fn write(
        &mut self,
        desk: &Desk,
        deed: impl FnOnce(&crate::office::Office, &Session, SubjectId) -> Result<String, RunError>
        + Send
        + 'static,
    ) -> Action<Message> {
        let Some(run) = self.run() else {
            return Action::None;
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| deed(office, session, run).map_err(|error| error.to_string()),
            Message::Written,
        ))
    }
}
