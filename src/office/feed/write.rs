//! 住民異動ファイルを作る. Writes a file in the agreed form, with its name and trailer: for the demo city and for
//! tests, so that both come through the very door that a real register uses.

use chrono::{DateTime, Utc};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use sha2::{Digest, Sha256};

use super::file::{COLUMNS, Extent, FileName, trailer_line};
use crate::domain::identifier::LgCode;

/// 一行. Fields by column; columns that are not set are empty.
#[derive(Clone)]
pub struct FeedRow(Vec<String>);

impl Default for FeedRow {
    fn default() -> Self {
        FeedRow(vec![String::new(); COLUMNS.len()])
    }
}

impl FeedRow {
    /// Sets one column. A name that is no column sets nothing: the feed has no other columns.
    pub fn set(&mut self, column: &str, value: impl Into<String>) -> &mut Self {
        let at = COLUMNS.iter().position(|name| *name == column);
        debug_assert!(at.is_some(), "no column {column}");
        if let Some(field) = at.and_then(|at| self.0.get_mut(at)) {
            *field = value.into();
        }
        self
    }
}

/// 作るファイル.
pub struct FeedWriter {
    name: FileName,
    previous: u32,
    count: u32,
    csv: csv::Writer<Vec<u8>>,
}

impl FeedWriter {
    pub fn new(
        lg_code: LgCode,
        extent: Extent,
        made_at: DateTime<Utc>,
        (previous, sequence): (u32, u32),
    ) -> Self {
        let mut csv = WriterBuilder::new()
            .quote_style(QuoteStyle::Always)
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        csv.write_record(COLUMNS)
            .expect("memory takes a record of the right length");
        FeedWriter {
            name: FileName {
                lg_code,
                extent,
                made_at,
                sequence,
            },
            previous,
            count: 0,
            csv,
        }
    }

    pub fn write(&mut self, row: &FeedRow) {
        self.csv
            .write_record(&row.0)
            .expect("memory takes a record of the right length");
        self.count += 1;
    }

    /// Name and bytes, trailer included.
    pub fn finish(self) -> (String, Vec<u8>) {
        let mut bytes = self.csv.into_inner().expect("memory can be flushed");
        let digest = Sha256::digest(&bytes).into();
        bytes.extend(trailer_line(self.count, &digest, self.previous).into_bytes());
        (self.name.to_string(), bytes)
    }
}
