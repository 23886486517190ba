//! 住民異動ファイル. One file of the resident feed as a whole: its name, its trailer (count, SHA-256, previous
//! sequence), its heading, its limits. Pure: bytes in, a checked file or the list of everything that is wrong
//! with it out. What a row says is `row`; sequence and gaps are checked where the file is taken in.

use super::problem::FileProblem;
use crate::domain::identifier::LgCode;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use encoding_rs::SHIFT_JIS;
use sha2::{Digest, Sha256};
use std::{fmt, io::Cursor};

/// 連携ファイルの大きさの限り, in bytes: a city of two million.
pub const LARGEST: usize = 1 << 30;
/// Most rows of one file.
pub const MOST_ROWS: u32 = 3_000_000;
/// Longest field, in bytes of UTF-8.
pub const LONGEST_FIELD: usize = 1_000;

/// 見出し. The columns of the feed, in this order (連携ファイルの取り決め). All fields are quoted, lines end with
/// CR LF, days are `YYYYMMDD`.
pub const COLUMNS: [&str; 49] = [
    "処理区分",
    "自治体コード",
    "宛名番号",
    "履歴番号",
    "個人番号",
    "世帯番号",
    "カナ氏名",
    "漢字氏名",
    "旧氏",
    "旧氏カナ",
    "通称",
    "通称カナ",
    "アルファベット氏名",
    "氏名優先区分",
    "フリガナ確認",
    "生年月日",
    "生年月日不詳",
    "生年月日表記",
    "性別",
    "続柄",
    "住民区分",
    "外国人判定",
    "国籍",
    "家族判明",
    "異動事由",
    "異動日",
    "異動日表記",
    "異動届け出日",
    "転入前住所",
    "転出後住所",
    "住所コード",
    "郵便番号",
    "住所",
    "方書",
    "地域情報",
    "住民となった日",
    "住所を定めた日",
    "支援措置",
    "支援措置開始日",
    "支援措置終了日",
    "世帯主宛名番号",
    "世帯主個人番号",
    "世帯主カナ氏名",
    "電話番号",
    "FAX番号",
    "世帯予備",
    "更新者",
    "更新日",
    "更新時間",
];

/// 全件・差分.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// 全件: everybody.
    Full,
    /// 差分: what changed since the file before.
    Differential,
}

impl Extent {
    /// Letter of the file name: F or D.
    pub fn letter(self) -> char {
        match self {
            Extent::Full => 'F',
            Extent::Differential => 'D',
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Extent::Full => "全件",
            Extent::Differential => "差分",
        }
    }
}

/// 文字コード of a feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    #[default]
    Utf8,
    /// Shift_JIS with vendor characters; these arrive as private-use letters and need the feed's gaiji map.
    ShiftJis,
}

/// ファイル名. `<団体コード>_residents_<F|D>_<yyyymmddhhmmss>_<通番6けた>.csv`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    pub lg_code: LgCode,
    pub extent: Extent,
    /// When the register made it; the name has it in Asia/Tokyo.
    pub made_at: DateTime<Utc>,
    pub sequence: u32,
}

const KIND: &str = "residents";
const STAMP: &str = "%Y%m%d%H%M%S";

impl FileName {
    /// Reads a name without its folder.
    ///
    /// # Errors
    /// `FileProblem::Name`.
    pub fn parse(name: &str) -> Result<Self, FileProblem> {
        let parts: Vec<&str> = name
            .strip_suffix(".csv")
            .ok_or(FileProblem::Name)?
            .split('_')
            .collect();
        let [lg_code, KIND, extent, made_at, sequence] = parts[..] else {
            return Err(FileProblem::Name);
        };
        let made_at = NaiveDateTime::parse_from_str(made_at, STAMP).map_err(|_| FileProblem::Name)?;
        let sequence_digits = sequence.len() == 6 && sequence.bytes().all(|b| b.is_ascii_digit());
        Ok(FileName {
            lg_code: LgCode::parse(lg_code).map_err(|_| FileProblem::Name)?,
            extent: match extent {
                "F" => Extent::Full,
                "D" => Extent::Differential,
                _ => return Err(FileProblem::Name),
            },
            made_at: tokyo()
                .from_local_datetime(&made_at)
                .single()
                .ok_or(FileProblem::Name)?
                .to_utc(),
            sequence: match sequence.parse() {
                Ok(sequence) if sequence_digits && sequence > 0 => sequence,
                _ => return Err(FileProblem::Name),
            },
        })
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made_at = self.made_at.with_timezone(&tokyo()).format(STAMP);
        write!(
            f,
            "{}_{KIND}_{}_{made_at}_{:06}.csv",
            self.lg_code,
            self.extent.letter(),
            self.sequence
        )
    }
}

fn tokyo() -> FixedOffset {
    FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset")
}

/// 確かめた連携ファイル. Whole: count and digest agree, heading and form are right. Held in memory only.
pub struct FeedFile {
    pub name: FileName,
    /// SHA-256 over every byte before the trailer line.
    pub digest: [u8; 32],
    /// 前の通番, as the trailer says; 0 before the first file.
    pub previous: u32,
    /// Rows without heading and trailer.
    pub count: u32,
    text: String,
}

impl FeedFile {
    /// Checks a file as a whole.
    ///
    /// # Errors
    /// Everything that is wrong with it, at most 20 lines; then nothing of it may be used.
    pub fn check(name: &str, bytes: &[u8], encoding: Encoding) -> Result<Self, Vec<FileProblem>> {
        if bytes.len() > LARGEST {
            return Err(vec![FileProblem::TooLarge]);
        }
        let mut problems = Vec::new();
        let name = FileName::parse(name)
            .map_err(|problem| problems.push(problem))
            .ok();
        let Some((body, trailer)) = split_trailer(bytes) else {
            problems.push(FileProblem::NoTrailer);
            return Err(problems);
        };
        let digest: [u8; 32] = Sha256::digest(body).into();
        if trailer.digest != digest {
            problems.push(FileProblem::Digest);
        }
        let text = decode(body, encoding);
        let count = check_form(&text, &mut problems);
        if problems.is_empty() && count != trailer.count {
            problems.push(FileProblem::Count {
                said: trailer.count,
                found: count,
            });
        }
        match name {
            Some(name) if problems.is_empty() => Ok(FeedFile {
                name,
                digest,
                previous: trailer.previous,
                count,
                text,
            }),
            _ => Err(problems),
        }
    }

    /// Takes the rows out, with their numbers from 1, in the order of the file.
    pub fn take_rows(&mut self) -> Rows {
        let text = Cursor::new(std::mem::take(&mut self.text));
        Rows {
            number: 0,
            records: reader(text).into_records(),
        }
    }
}

/// 行. Read one by one; the file stays in memory once.
pub struct Rows {
    number: u32,
    records: csv::StringRecordsIntoIter<Cursor<String>>,
}

impl Iterator for Rows {
    type Item = (u32, csv::StringRecord);

    fn next(&mut self) -> Option<Self::Item> {
        self.number += 1;
        // The form of every row has been checked; one that can't be read all the same is rejected as empty.
        Some((self.number, self.records.next()?.unwrap_or_default()))
    }
}

struct Trailer {
    count: u32,
    digest: [u8; 32],
    previous: u32,
}

const TRAILER: &str = "#END";

/// The last line of a file: `"#END","count","SHA-256 in hex","previous sequence"`.
pub fn trailer_line(count: u32, digest: &[u8; 32], previous: u32) -> String {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{TRAILER}\",\"{count}\",\"{hex}\",\"{previous}\"\r\n")
}

fn split_trailer(bytes: &[u8]) -> Option<(&[u8], Trailer)> {
    let end = bytes
        .strip_suffix(b"\r\n")
        .or(bytes.strip_suffix(b"\n"))
        .unwrap_or(bytes);
    let start = end.iter().rposition(|byte| *byte == b'\n')? + 1;
    let (body, line) = (bytes.get(..start)?, std::str::from_utf8(end.get(start..)?).ok()?);
    let fields: Vec<&str> = line.split(',').map(unquote).collect::<Option<_>>()?;
    let [TRAILER, count, digest, previous] = fields[..] else {
        return None;
    };
    let trailer = Trailer {
        count: count.parse().ok()?,
        digest: unhex(digest)?,
        previous: previous.parse().ok()?,
    };
    Some((body, trailer))
}

fn unquote(field: &str) -> Option<&str> {
    field.strip_prefix('"')?.strip_suffix('"')
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Letters that can't be decoded become U+FFFD, which no row may hold: the row is rejected, the file goes on.
fn decode(body: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => {
            let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            String::from_utf8_lossy(body).into_owned()
        }
        Encoding::ShiftJis => SHIFT_JIS.decode_without_bom_handling(body).0.into_owned(),
    }
}

fn reader<T: std::io::Read>(text: T) -> csv::Reader<T> {
    csv::ReaderBuilder::new()
        .has_headers(true)
        .flexible(true)
        .from_reader(text)
}

const MOST_PROBLEMS: usize = 20;

fn check_form(text: &str, problems: &mut Vec<FileProblem>) -> u32 {
    let mut reader = reader(text.as_bytes());
    match reader.headers() {
        Ok(heading) if heading.iter().eq(COLUMNS) => {}
        _ => {
            problems.push(FileProblem::Heading);
            return 0;
        }
    }
    let mut count = 0u32;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return count,
            Ok(true) => count += 1,
            Err(_) => {
                problems.push(FileProblem::Form { row: count + 1 });
                return count;
            }
        }
        if record.len() != COLUMNS.len() {
            problems.push(FileProblem::Columns {
                row: count,
                found: record.len(),
            });
        } else if record.iter().any(|field| field.len() > LONGEST_FIELD) {
            problems.push(FileProblem::LongField { row: count });
        }
        if count > MOST_ROWS {
            problems.push(FileProblem::TooLarge);
        }
        if problems.len() >= MOST_PROBLEMS || count > MOST_ROWS {
            return count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) const NAME: &str = "072044_residents_D_20261124093000_000042.csv";

    fn file(rows: &[&str], previous: u32) -> Vec<u8> {
        let quoted = |fields: &[&str]| {
            fields
                .iter()
                .map(|field| format!("\"{field}\""))
                .collect::<Vec<_>>()
                .join(",")
                + "\r\n"
        };
        let mut text = quoted(&COLUMNS);
        for first in rows {
            let mut fields = vec![""; COLUMNS.len()];
            fields[0] = first;
            text += &quoted(&fields);
        }
        let digest = Sha256::digest(text.as_bytes()).into();
        (text + &trailer_line(rows.len() as u32, &digest, previous)).into_bytes()
    }

    #[test]
    fn a_name_says_city_extent_time_and_sequence() {
        let name = FileName::parse(NAME).unwrap();
        assert_eq!((name.extent, name.sequence), (Extent::Differential, 42));
        assert_eq!(name.made_at.to_rfc3339(), "2026-11-24T00:30:00+00:00");
        assert_eq!(name.to_string(), NAME);
        for wrong in [
            "072045_residents_D_20261124093000_000042.csv",
            "072044_residents_X_20261124093000_000042.csv",
            "072044_residents_D_20261324093000_000042.csv",
            "072044_residents_D_20261124093000_42.csv",
            "072044_residents_D_20261124093000_000000.csv",
            "residents.csv",
        ] {
            assert_eq!(FileName::parse(wrong), Err(FileProblem::Name), "{wrong}");
        }
    }

    #[test]
    fn a_whole_file_is_taken() {
        let mut file = FeedFile::check(NAME, &file(&["1", "2"], 41), Encoding::Utf8)
            .ok()
            .unwrap();
        assert_eq!((file.count, file.previous), (2, 41));
        let rows: Vec<_> = file
            .take_rows()
            .map(|(row, record)| (row, record[0].to_owned()))
            .collect();
        assert_eq!(rows, [(1, "1".to_owned()), (2, "2".to_owned())]);
    }

    fn problems(bytes: &[u8]) -> Vec<FileProblem> {
        FeedFile::check(NAME, bytes, Encoding::Utf8)
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn a_wrong_count_digest_or_end_is_said() {
        let whole = file(&["1", "2"], 41);
        let text = String::from_utf8(whole.clone()).unwrap();
        assert_eq!(
            problems(text.replace("\"#END\",\"2\"", "\"#END\",\"3\"").as_bytes()),
            [FileProblem::Count { said: 3, found: 2 }]
        );
        assert_eq!(
            problems(text.replacen("\"1\",\"\"", "\"3\",\"\"", 1).as_bytes()),
            [FileProblem::Digest]
        );
        assert_eq!(problems(&whole[..whole.len() - 40]), [FileProblem::NoTrailer]);
        assert_eq!(problems(b""), [FileProblem::NoTrailer]);
        assert_eq!(
            FeedFile::check("a.csv", &whole, Encoding::Utf8).err().unwrap(),
            [FileProblem::Name]
        );
    }

    #[test]
    fn every_cut_and_every_changed_byte_of_a_file_is_noticed() {
        let whole = file(&["1"], 41);
        for length in 0..whole.len() - 2 {
            assert!(!problems(&whole[..length]).is_empty(), "cut at {length}");
        }
        // The last field of the trailer and the line ends are outside the digest; the sequence check covers them.
        let guarded = whole.len() - trailer_line(1, &[0; 32], 41).len();
        for at in 0..guarded {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(!problems(&changed).is_empty(), "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = FeedFile::check(NAME, &bytes, Encoding::Utf8);
            let _ = FeedFile::check(NAME, &bytes, Encoding::ShiftJis);
        }

        #[test]
        fn no_text_in_a_right_frame_makes_it_panic(text in "\\PC{0,300}", comma in "[\",\r\n]{0,40}") {
            let body = format!("{}\r\n{text}{comma}\r\n", COLUMNS.join(","));
            let digest = Sha256::digest(body.as_bytes()).into();
            let whole = body + &trailer_line(1, &digest, 1);
            if let Ok(mut file) = FeedFile::check(NAME, whole.as_bytes(), Encoding::Utf8) {
                prop_assert_eq!(file.take_rows().count(), 1);
            }
        }
    }
}
