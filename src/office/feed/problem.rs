//! 住民異動ファイルの問題. What can be wrong with a file, a sequence or a row, each with the sentence that says
//! what happened and what to do. None of them repeats what stood in the file.

use crate::domain::name::CodePoint;
use std::fmt;

/// ファイルの問題. The whole file is refused and nothing of it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileProblem {
    Name,
    TooLarge,
    NoTrailer,
    Digest,
    Heading,
    Count {
        said: u32,
        found: u32,
    },
    /// The quoting of a row can't be read.
    Form {
        row: u32,
    },
    Columns {
        row: u32,
        found: usize,
    },
    LongField {
        row: u32,
    },
    /// The file is another city's.
    OtherCity,
    /// 通番の飛び.
    Gap {
        last: u32,
        previous: u32,
    },
    /// 取込済みより古い差分.
    Old {
        last: u32,
    },
    /// The trailer names a previous file that is not before this one.
    Order,
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileProblem::Name => f.write_str(
                "ファイル名が取り決めとちがいます。「団体コード_residents_F か D_日時_通番6けた.csv」の名前で受け取り直してください。",
            ),
            FileProblem::TooLarge => {
                f.write_str("ファイルが大きすぎます。住民記録の担当に分けて出してもらってください。")
            }
            FileProblem::NoTrailer => f.write_str(
                "ファイルの終わりの行がありません。途中で切れています。住民記録の担当からもう一度受け取ってください。",
            ),
            FileProblem::Digest => f.write_str(
                "ファイルの中身が終わりの行の確認値と合いません。途中で変わっています。もう一度受け取ってください。",
            ),
            FileProblem::Heading => {
                f.write_str("見出しの行が取り決めとちがいます。項目の並びを住民記録の担当に確かめてください。")
            }
            FileProblem::Count { said, found } => write!(
                f,
                "終わりの行は {said}件ですが、{found}件あります。取り込んでいません。もう一度受け取ってください。"
            ),
            FileProblem::Form { row } => {
                write!(f, "{row}件目の区切りが読めません。住民記録の担当に出し直してもらってください。")
            }
            FileProblem::Columns { row, found } => write!(
                f,
                "{row}件目の項目が {found}あります（取り決めは49）。住民記録の担当に出し直してもらってください。"
            ),
            FileProblem::LongField { row } => {
                write!(f, "{row}件目に長すぎる項目があります。住民記録の担当に確かめてください。")
            }
            FileProblem::OtherCity => {
                f.write_str("ほかの市町村のファイルです。取り込んでいません。ファイルを確かめてください。")
            }
            FileProblem::Gap { last, previous } => write!(
                f,
                "通番がとんでいます（取込済みは {last}、このファイルの前は {previous}）。間のファイルを先に取り込むか、全件を受け取ってください。"
            ),
            FileProblem::Old { last } => write!(
                f,
                "このファイルより新しい通番 {last} まで取込済みです。取り込みませんでした。"
            ),
            FileProblem::Order => f.write_str(
                "終わりの行の前の通番が、このファイルの通番より前ではありません。住民記録の担当に確かめてください。",
            ),
        }
    }
}

impl std::error::Error for FileProblem {}

/// 行の問題. The row goes to the reject list; the others go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowProblem {
    Missing {
        column: &'static str,
    },
    /// Another form than the agreed one.
    Wrong {
        column: &'static str,
        expected: &'static str,
    },
    /// 変換表にない文字.
    Unmappable {
        column: &'static str,
        code: CodePoint,
    },
    /// 検査数字が合わない番号.
    CheckDigit {
        column: &'static str,
    },
    /// The row belongs to another city.
    OtherCity,
}

impl RowProblem {
    /// Code of the reject list.
    pub fn code(&self) -> &'static str {
        match self {
            RowProblem::Missing { .. } => "missing",
            RowProblem::Wrong { .. } => "wrong",
            RowProblem::Unmappable { .. } => "unmappable",
            RowProblem::CheckDigit { .. } => "check_digit",
            RowProblem::OtherCity => "other_city",
        }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowProblem::Missing { column } => {
                write!(f, "「{column}」がありません。住民記録の担当に確かめてください。")
            }
            RowProblem::Wrong { column, expected } => {
                write!(
                    f,
                    "「{column}」の書き方が取り決めとちがいます（{expected}）。住民記録の担当に確かめてください。"
                )
            }
            RowProblem::Unmappable { column, code } => write!(
                f,
                "「{column}」に変換表にない文字（{code}）があります。外字の変換表に加えてから、もう一度取り込んでください。"
            ),
            RowProblem::CheckDigit { column } => {
                write!(
                    f,
                    "「{column}」の検査数字が合いません。住民記録の担当に確かめてください。"
                )
            }
            RowProblem::OtherCity => f.write_str("ほかの市町村の行です。住民記録の担当に確かめてください。"),
        }
    }
}

impl std::error::Error for RowProblem {}
