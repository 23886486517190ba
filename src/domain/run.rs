//! 印刷の一組. A run of sheets as a ledger: prepared with a manifest, sent in chunks, confirmed, spoiled, left out.
//! Pure: from the facts comes which serials may go next, which are 未確認, and which reached paper. No serial is
//! printed twice or left out unless a person said so. Queues and re-checks are `office::run`.

mod state;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    programme::ProgrammeCode,
    record::DoseNumber,
    revision::{Body, Kind, SubjectId},
    trust::Octets,
    voucher::VoucherNumber,
};

pub use state::{Chunk, RunState, SerialState, Unsettled};

/// 通番. From 1.
pub type Serial = u32;

/// Most sheets of one job.
pub const CHUNK: usize = 100;
/// A run of more sheets needs a second person's release.
pub const WITHOUT_RELEASE: u32 = 10;
/// Most sheets of one run.
pub const MOST_SHEETS: u32 = 50_000;
/// Sheets in one fact of the manifest, so that a body stays below its limit and its transaction is short.
pub const SHEETS_PER_PART: usize = 200;

/// 除いた理由. Why a person got no sheet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// 死亡.
    Dead,
    /// 転出・消除.
    Moved,
    /// 支援措置. Only their number is ever printed.
    Protected,
    /// 接種済み: a dose has come in since.
    Vaccinated,
    /// 文字がない・欄に収まらない.
    NotPrintable,
    /// 記載内容が変わった since the manifest was made.
    Changed,
    /// 確かめることが残っている: a conflict, a possible duplicate, an unsettled ledger.
    Unsettled,
    /// 有効な券がすでにある.
    HasVoucher,
}

impl LeftOut {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Moved => "moved",
            Self::Protected => "protected",
            Self::Vaccinated => "vaccinated",
            Self::NotPrintable => "not_printable",
            Self::Changed => "changed",
            Self::Unsettled => "unsettled",
            Self::HasVoucher => "has_voucher",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Dead => "死亡",
            Self::Moved => "転出・消除",
            Self::Protected => "支援措置",
            Self::Vaccinated => "接種済み",
            Self::NotPrintable => "印字できない",
            Self::Changed => "記載内容の変更",
            Self::Unsettled => "要確認",
            Self::HasVoucher => "有効な券あり",
        }
    }
}

/// 紙一枚. One line of the manifest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestSheet {
    pub person: SubjectId,
    pub number: VoucherNumber,
    /// SHA-256 over the sheet without its serial, 32 bytes: the serial is its place in the manifest.
    pub digest: Octets,
}

impl fmt::Debug for ManifestSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManifestSheet(…)")
    }
}

/// 印刷の内容. The head of a manifest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// 発送番号, `R0091`.
    pub number: String,
    pub programme: ProgrammeCode,
    pub dose: DoseNumber,
    pub form: String,
    pub form_version: u16,
    pub rules_version: String,
    /// The draw it comes from, if any.
    pub draw: Option<SubjectId>,
    pub prepared_on: NaiveDate,
    pub count: u32,
    /// Left out before printing, by reason.
    pub left_out: Vec<(LeftOut, u32)>,
    /// 照合値: SHA-256 over everything above and each sheet's person, number and digest; 32 bytes.
    pub digest: Octets,
}

impl Manifest {
    /// The digest that a release covers.
    #[must_use]
    pub fn digest_of(&self, sheets: &[ManifestSheet]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(b"madoguchi/manifest/1");
        for text in [
            &self.number,
            &self.programme.to_string(),
            &self.dose.code(),
            &self.form,
            &self.form_version.to_string(),
            &self.rules_version,
            &self.prepared_on.to_string(),
            &self.count.to_string(),
        ] {
            part(text.as_bytes());
        }
        for (reason, count) in &self.left_out {
            part(reason.code().as_bytes());
            part(&count.to_be_bytes());
        }
        for sheet in sheets {
            part(sheet.person.0.as_bytes());
            part(sheet.number.as_str().as_bytes());
            part(&sheet.digest.0);
        }
        hash.finalize().into()
    }

    /// The first eight bytes, as paper shows them: `7F3A 91C0 5D2E B846`.
    #[must_use]
    pub fn digest_words(&self) -> String {
        let words: Vec<String> = self
            .digest
            .0
            .chunks(2)
            .take(4)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02X}")).collect())
            .collect();
        words.join(" ")
    }
}

/// 問い合わせの結果. What a queue said about a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    Taken,
    NotTaken,
    /// 未確認.
    Unknown,
}

/// 刷損の理由.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpoilReason {
    /// 紙づまり.
    Jam,
    /// 汚れ・かすれ.
    Smudged,
    /// 白紙・欠け.
    Missing,
}

impl SpoilReason {
    pub const ALL: [Self; 3] = [Self::Jam, Self::Smudged, Self::Missing];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Jam => "jam",
            Self::Smudged => "smudged",
            Self::Missing => "missing",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Jam => "紙づまり",
            Self::Smudged => "汚れ・かすれ",
            Self::Missing => "白紙・欠け",
        }
    }
}

/// 印刷の事実.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunFact {
    /// 準備. Its revision is what the second person releases.
    Prepared(Manifest),
    /// Sheets of the manifest, from this serial on: a subject of its own for each part of the run.
    Sheets {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<SubjectId>,
        from: Serial,
        sheets: Vec<ManifestSheet>,
    },
    /// Before a job is handed over.
    Intended {
        chunk: u32,
        attempt: u32,
        serials: Vec<Serial>,
        queue: String,
        /// 再印刷: sheets that were printed before and spoiled.
        reprint: bool,
    },
    /// After it was, or after the queue was asked.
    Answered {
        chunk: u32,
        attempt: u32,
        taken: Taken,
        job: Option<i32>,
    },
    /// The clerk says: of this chunk everything before `from` is on paper, from there on nothing is. Without
    /// `from` all of it is.
    Confirmed {
        chunk: u32,
        attempt: u32,
        from: Option<Serial>,
    },
    /// 廃棄.
    Spoiled {
        serials: Vec<Serial>,
        reason: SpoilReason,
    },
    /// Left out after the manifest was made.
    Withdrawn { serial: Serial, reason: LeftOut },
    /// 中止.
    Stopped,
    /// 発送.
    Dispatched { on: NaiveDate, count: u32 },
}

impl Body for RunFact {
    const KIND: Kind = Kind::PrintRun;
    const VERSION: u16 = 1;
}

/// The subject of one part of a manifest, counted from 0.
#[must_use]
pub fn part_of(run: SubjectId, part: u32) -> SubjectId {
    SubjectId::derived("print_run/part", &format!("{}/{part}", run.0))
}

/// Name of a job in the queue: run, chunk, attempt. Says nothing of a person.
#[must_use]
pub fn job_name(run: &str, chunk: u32, attempt: u32) -> String {
    format!("{run}/{chunk}/{attempt}")
}
