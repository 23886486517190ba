//! 操作履歴を見る. A supervisor asks ready questions; that she has asked is an event itself. Names are looked up when
//! the answer is shown, since events hold none.

mod words;

use chrono::{DateTime, Utc};

use crate::{
    domain::{audit::Event, deed::Deed, revision::SubjectId},
    office::{DeedError, Office, Session},
    store::{Connection, StoreError, audit, log, people, resident},
};

pub use crate::store::log::{Question, Span};

/// Most lines of one answer.
pub const MOST: u32 = 2_000;

/// 問うた証. Only asking as a deed makes one; it is what an answer is given for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    question: Question,
    span: Span,
}

/// 操作履歴の一行.
#[derive(Clone, PartialEq, Eq)]
pub struct LogLine {
    pub sequence: u64,
    pub at: DateTime<Utc>,
    /// The deed's name, or its code where a newer program has made it.
    pub deed: String,
    pub operator: String,
    pub terminal: String,
    /// Name of the first resident concerned.
    pub about: Option<String>,
    /// To open her card.
    pub person: Option<SubjectId>,
    pub about_count: usize,
    /// What the event holds, in words.
    pub detail: String,
    pub individual_number_accessed: bool,
}

impl std::fmt::Debug for LogLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogLine")
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

/// 答え.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogAnswer {
    /// How many each question would answer in this span.
    pub counts: Vec<(Question, u64)>,
    pub lines: Vec<LogLine>,
    /// Number of the newest event, and the beginning of its link.
    pub total: u64,
    pub fingerprint: String,
}

impl Office {
    /// 操作履歴に問う. Writes the event; the answer is then read with [`Self::log_answer`].
    ///
    /// # Errors
    /// [`DeedError`].
    pub fn ask_log(&self, session: &Session, question: Question, span: Span) -> Result<Asked, DeedError> {
        self.deed(session, Deed::ViewLog, |transaction| {
            transaction.event(
                Event::new(Deed::ViewLog)
                    .detail("question", question.code())
                    .detail("from", span.from.format("%Y-%m-%dT%H:%MZ"))
                    .detail("until", span.until.format("%Y-%m-%dT%H:%MZ")),
            );
            Ok(Asked { question, span })
        })
    }

    /// 答えを読む.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn log_answer(&self, asked: Asked) -> Result<LogAnswer, StoreError> {
        self.read(|connection| {
            let counts = Question::ALL
                .into_iter()
                .map(|question| Ok((question, log::count(connection, question, asked.span)?)))
                .collect::<Result<_, StoreError>>()?;
            let entries = log::answer(connection, asked.question, asked.span, MOST)?;
            let lines = entries
                .into_iter()
                .map(|entry| line(connection, entry))
                .collect::<Result<_, _>>()?;
            let head = audit::head(connection)?;
            let fingerprint = head
                .link
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>();
            Ok(LogAnswer {
                counts,
                lines,
                total: head.sequence,
                fingerprint,
            })
        })
    }
}

fn line(connection: &Connection, entry: crate::domain::audit::Entry) -> Result<LogLine, StoreError> {
    let person = entry.about.first().copied();
    let about = match person {
        Some(person) => resident::line(connection, person)?.map(|line| line.name),
        None => None,
    };
    let detail = entry
        .detail
        .iter()
        .map(|(key, value)| words::say(key, value))
        .collect::<Vec<_>>()
        .join("　");
    Ok(LogLine {
        sequence: entry.sequence,
        at: entry.at,
        deed: Deed::parse(&entry.deed).map_or(entry.deed, |deed| deed.title().to_owned()),
        operator: people::name_of(connection, &entry.operator)?.unwrap_or(entry.operator.0),
        terminal: entry.terminal.0,
        about,
        person,
        about_count: entry.about.len(),
        detail,
        individual_number_accessed: entry.individual_number_accessed,
    })
}
