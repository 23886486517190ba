//! 住民異動の取込. A file of the resident feed is read in slices into waiting rows with control totals, and becomes
//! residents and households by one switch. Ordinary differentials go on by themselves; full loads, large
//! differentials and every row that lifts a 支援措置 wait for a second person. A row that sets one takes effect
//! when it is read. What a file and a row look like is in `file` and `row`.

pub mod file;
pub mod problem;
mod read;
mod release;
pub mod row;
pub mod write;

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use file::{Encoding, Extent, FeedFile, FileName};
pub use problem::{FileProblem, RowProblem};
pub use read::ReadFeed;
pub use release::{ReleaseFeed, digest_of};
pub use row::Conversion;

use crate::{
    domain::{
        approval::Void,
        audit::Event,
        city::{CitySettings, FeedEncoding},
        deed::Deed,
        identifier::{IndividualNumber, LgCode},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{DeedError, Office, Session},
    store::{
        Origin, StoreError, Transaction,
        feed::{self, LoadState},
    },
};

pub use crate::store::feed::{Load, Reject, Totals};

/// What the city has decided about its feed (市の設定).
#[derive(Clone, Debug)]
pub struct FeedRules {
    pub lg_code: LgCode,
    /// A differential of more rows waits for a second person.
    pub most_unreleased: u32,
    pub encoding: Encoding,
    pub conversion: Conversion,
}

impl FeedRules {
    /// As the city's settings have it.
    ///
    /// # Errors
    /// [`FeedError::NoSettings`] where they say nothing of the feed.
    pub fn of_settings(settings: Option<CitySettings>) -> Result<Self, FeedError> {
        let settings = settings.ok_or(FeedError::NoSettings)?;
        let feed = settings.feed.ok_or(FeedError::NoSettings)?;
        Ok(FeedRules {
            lg_code: settings.lg_code,
            most_unreleased: feed.most_unreleased,
            encoding: match feed.encoding {
                FeedEncoding::Utf8 => Encoding::Utf8,
                FeedEncoding::ShiftJis => Encoding::ShiftJis,
            },
            conversion: Conversion {
                gaiji: feed.gaiji,
                reasons: feed.reasons,
            },
        })
    }

    /// Of a city without anything special: UTF-8, no vendor characters, 2,000 rows.
    pub fn of_city(lg_code: LgCode) -> Self {
        FeedRules {
            lg_code,
            most_unreleased: 2_000,
            encoding: Encoding::Utf8,
            conversion: Conversion::default(),
        }
    }
}

/// Takes a person's 個人番号 out of a row and seals it into a subject of its own, in the same transaction. Given by
/// whoever holds the number key; where nobody does, numbers are dropped and counted.
pub type NumberKeeper = Box<
    dyn FnMut(&mut Transaction<'_>, SubjectId, &IndividualNumber, Origin) -> Result<(), StoreError> + Send,
>;

/// Why a feed deed was not done.
#[derive(Debug)]
pub enum FeedError {
    /// The file as a whole is refused; nothing of it is written.
    File(Vec<FileProblem>),
    /// 全件 or a large 差分 still waits for its second person.
    Waiting {
        sequence: u32,
    },
    /// The one who read the file can't release it.
    SamePerson,
    /// The city has not said how it takes its feed.
    NoSettings,
    /// There is no such load, or it waits for nothing.
    NothingWaits,
    /// The session can't sign.
    NoKey,
    /// The release would not hold.
    Approval(Void),
    Deed(DeedError),
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FeedError::File(problems) => {
                for (at, problem) in problems.iter().enumerate() {
                    if at > 0 {
                        f.write_str("\n")?;
                    }
                    problem.fmt(f)?;
                }
                Ok(())
            }
            FeedError::Waiting { sequence } => write!(
                f,
                "通番 {sequence} の取込が承認を待っています。承認か取りやめのあとで、つぎのファイルを取り込んでください。"
            ),
            FeedError::SamePerson => {
                f.write_str("自分が取り込んだファイルは承認できません。ほかの職員に頼んでください。")
            }
            FeedError::NoSettings => f.write_str(
                "市の設定に住民異動ファイルの受け取りかた（団体コードと [feed]）がないので、取り込めません。\
                 権限管理者か監督者が madoguchi-admin settings load で設定のファイルを読み込んでください。",
            ),
            FeedError::NothingWaits => {
                f.write_str("承認を待っている取込ではありません。取込の一覧を読み直してください。")
            }
            FeedError::NoKey => {
                f.write_str("署名の鍵がありません。サインインしなおしてから、もう一度行ってください。")
            }
            FeedError::Approval(void) => void.fmt(f),
            FeedError::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FeedError {}

impl From<DeedError> for FeedError {
    fn from(error: DeedError) -> Self {
        FeedError::Deed(error)
    }
}

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> Self {
        FeedError::Deed(error.into())
    }
}

/// How a reading or a release ended.
#[derive(Clone, Debug)]
pub struct FeedOutcome {
    pub load: Load,
    /// 個人番号 that nobody could seal.
    pub numbers_dropped: u32,
    /// Protections set while reading.
    pub protections_set: u32,
}

impl FeedOutcome {
    /// 一行の結果. For the head of the panel and the command line.
    pub fn sentence(&self) -> String {
        let totals = &self.load.totals;
        let counts = format!(
            "受け取り {}件 = 取り込み {}件（変わりなし {}件）+ 取り込めない行 {}件 + 保留 {}件",
            totals.received, totals.accepted, totals.unchanged, totals.rejected, totals.held
        );
        let next = match self.load.state {
            LoadState::Waiting => "。ほかの職員の承認を待っています",
            _ if totals.held > 0 => "。保留の行（支援措置の解除）は、ほかの職員の承認を待っています",
            _ => "",
        };
        format!("通番 {}：{counts}{next}。", self.load.sequence)
    }
}

/// The stamp of everything that a file says: from the file alone, so that two imports of it are one revision
/// (the salt is SHA-256 over its digest and the row).
fn origin(digest: &[u8; 32], made_at: DateTime<Utc>, sequence: u32, row: u32) -> Origin {
    let hash = Sha256::new()
        .chain_update(digest)
        .chain_update(row.to_be_bytes())
        .finalize();
    let mut salt = [0; 16];
    salt.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    Origin {
        made_at,
        operator: OperatorId("feed".to_owned()),
        terminal: TerminalId("feed".to_owned()),
        lamport: u64::from(sequence),
        salt,
        deed: Deed::ImportResidents,
    }
}

impl Office {
    /// 取込の一覧, newest first.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn feed_loads(&self) -> Result<Vec<Load>, StoreError> {
        self.read(|connection| feed::loads(connection, 100))
    }

    /// The reject list of a load.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn feed_rejects(&self, load: i64) -> Result<Vec<Reject>, StoreError> {
        self.read(|connection| feed::rejects(connection, load))
    }

    /// 住民の情報の時点. As of when the register said what is shown; none before the first load.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn residents_as_of(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.read(feed::shown)?.map(|(_, made_at)| made_at))
    }

    /// 取込の取りやめ. Nothing of the load is shown; what it said of protections stays. The next file must be 全件.
    ///
    /// # Errors
    /// [`FeedError::NothingWaits`], or the deed's.
    pub fn discard_feed(&self, session: &Session, load: i64) -> Result<(), FeedError> {
        self.deed(session, Deed::RejectImport, |transaction| {
            let found = feed::load(transaction.connection(), load)?
                .filter(|load| load.state == LoadState::Waiting)
                .ok_or(FeedError::NothingWaits)?;
            transaction.set_load(load, LoadState::Discarded, &found.totals)?;
            transaction.drop_rows(load)?;
            transaction.event(Event::new(Deed::RejectImport).detail("sequence", found.sequence));
            Ok(())
        })
    }
}
