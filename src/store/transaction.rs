//! 一つの操作の書き込み. The transaction of one deed: revisions are stamped, stored and projected in it, and it commits
//! with at least one event of the audit chain or not at all. Permission is the office's matter.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        revision::{
            self, Body, KindCode, MOST_PARENTS, OperatorId, Revision, RevisionId, SubjectId, TerminalId,
        },
    },
    store::{Database, StoreError, audit, ledger, open, projection},
};

/// Who does what, where and when: goes into every revision and event of the transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp {
    pub now: DateTime<Utc>,
    pub operator: OperatorId,
    pub terminal: TerminalId,
    pub deed: Deed,
}

/// What a new revision builds on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parents {
    /// All present heads of the subject: joins a conflict.
    Heads,
    None,
    These(Vec<RevisionId>),
}

/// 新しい改訂.
#[derive(Clone, Debug)]
pub struct New<'b, B> {
    pub subject: SubjectId,
    pub about: Option<SubjectId>,
    pub body: &'b B,
    pub parents: Parents,
}

/// The stamp of a statement that has its origin outside this terminal (the resident feed): the same file gives
/// the same revisions on every terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    pub made_at: DateTime<Utc>,
    pub operator: OperatorId,
    pub terminal: TerminalId,
    /// Order among the statements of one subject.
    pub lamport: u64,
    pub salt: [u8; 16],
    /// The deed that stands in the revision.
    pub deed: Deed,
}

/// 一つの操作の書き込み.
pub struct Transaction<'a> {
    sql: rusqlite::Transaction<'a>,
    stamp: Stamp,
    random: &'a mut dyn FnMut(&mut [u8]),
    events: Vec<Event>,
}

impl Database {
    /// Runs one deed's writing; all of it is there afterwards or nothing.
    ///
    /// # Errors
    /// What `f` returns, or why the store could not commit.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        stamp: Stamp,
        random: &mut dyn FnMut(&mut [u8]),
        f: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer();
        let (answer, head) = committed::<T, E>(&mut writer, stamp, random, |transaction| {
            let answer = f(transaction)?;
            if transaction.events.is_empty() {
                return Err(StoreError::NoEvent.into());
            }
            Ok(answer)
        })?;
        if let Some(head) = head {
            self.set_newest(head);
        }
        Ok(answer)
    }

    /// Runs one slice of a job: its deed has its events where it begins and where it shows what it has made. The
    /// slice does not wait for the disk; the next deed does, and has all slices before it on the disk then. The end
    /// of the chain is told only by that deed: what a power cut may take is no witness.
    ///
    /// # Errors
    /// As [`Self::transact`], but for a missing event.
    pub fn write<T, E: From<StoreError>>(
        &self,
        stamp: Stamp,
        random: &mut dyn FnMut(&mut [u8]),
        f: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer();
        open::with_later_sync(&mut writer, |writer| committed(writer, stamp, random, f))
            .map(|(answer, _)| answer)
    }
}

fn committed<T, E: From<StoreError>>(
    writer: &mut Connection,
    mut stamp: Stamp,
    random: &mut dyn FnMut(&mut [u8]),
    f: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
) -> Result<(T, Option<audit::Head>), E> {
    stamp.now = whole_milliseconds(stamp.now);
    let sql = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    let mut transaction = Transaction {
        sql,
        stamp,
        random,
        events: Vec::new(),
    };
    let answer = f(&mut transaction)?;
    let head = transaction.commit()?;
    Ok((answer, head))
}

impl Transaction<'_> {
    /// Adds a revision of this operator and terminal, projects its subject, and enters it into the upload log.
    ///
    /// # Errors
    /// [`StoreError::NeedsUpdate`] where the subject holds bodies of a newer program, [`StoreError::TooLarge`]
    /// over the limits.
    pub fn append<B: Body>(&mut self, new: New<'_, B>) -> Result<RevisionId, StoreError> {
        let origin = Origin {
            made_at: self.stamp.now,
            operator: self.stamp.operator.clone(),
            terminal: self.stamp.terminal.clone(),
            lamport: ledger::lamport(&self.sql)? + 1,
            salt: self.random(),
            deed: self.stamp.deed,
        };
        self.append_from(new, origin)
    }

    /// Adds a revision with the stamp of its origin; adding the same one again changes nothing.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_from<B: Body>(
        &mut self,
        new: New<'_, B>,
        origin: Origin,
    ) -> Result<RevisionId, StoreError> {
        if projection::needs_update(&self.sql, new.subject)? {
            return Err(StoreError::NeedsUpdate);
        }
        let mut parents = match new.parents {
            Parents::Heads => ledger::heads(&self.sql, new.subject, B::KIND)?,
            Parents::None => Vec::new(),
            Parents::These(parents) => parents,
        };
        parents.sort_unstable();
        parents.dedup();
        if parents.len() > MOST_PARENTS {
            return Err(StoreError::TooLarge);
        }
        let body = revision::encode(new.body)?;
        let mut revision = Revision {
            id: RevisionId([0; 32]),
            subject: new.subject,
            kind: KindCode::from(B::KIND),
            about: new.about,
            parents,
            lamport: origin.lamport,
            made_at: whole_milliseconds(origin.made_at),
            operator: origin.operator,
            origin_terminal: origin.terminal,
            deed: origin.deed.code().to_owned(),
            body_version: B::VERSION,
            body_hash: revision::body_hash(&origin.salt, &body),
            body: Some(body),
            salt: Some(origin.salt),
        };
        revision.id = revision.computed_id();
        if ledger::revision(&self.sql, revision.id)?.is_none() {
            ledger::insert(&self.sql, &revision)?;
            ledger::log_upload(&self.sql, &self.stamp.terminal, revision.id)?;
        }
        Ok(revision.id)
    }

    /// Takes in a revision made elsewhere, by union.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] when the id is not the one its fields have; nothing else about a revision is
    /// ever refused here.
    pub fn receive(&mut self, revision: &Revision) -> Result<(), StoreError> {
        if !revision.is_well_formed() {
            return Err(StoreError::Malformed);
        }
        ledger::insert(&self.sql, revision)
    }

    /// For the SQL of `store` itself.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.sql
    }

    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.stamp.now
    }

    #[must_use]
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    /// A subject for something the world has no key for.
    pub fn new_subject(&mut self) -> SubjectId {
        let random = self.random();
        SubjectId::new_v7(self.stamp.now, random)
    }

    /// Adds an event; every deed has at least one.
    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Answers with the new head of the audit chain where there were events.
    fn commit(self) -> Result<Option<audit::Head>, StoreError> {
        let mut head = None;
        for event in self.events {
            head = Some(audit::append(&self.sql, &self.stamp, event)?);
        }
        self.sql.commit()?;
        Ok(head)
    }
}

fn whole_milliseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(at)
}
