//! 番号を取る. Running numbers for vouchers and certificates, out of the blocks of this terminal's certificate. The
//! keychain's mark is raised before a number is used, in steps, and what was left of a step is never used after
//! a restart: no number is issued twice, whatever copy of the database is opened. A database below its mark,
//! without one, or restored issues none.

use std::{collections::BTreeMap, fmt};

use crate::{
    domain::trust::{NumberBlock, NumberSeries},
    office::{DoorstepError, Office, witness::LostTail},
    seal::{signature::PublicKey, trust},
    store::{StoreError, marks},
};

/// 一度に上げる数.
const STEP: u64 = 50;
/// 一度に取れる番号の数.
pub const MOST: usize = 20_000;

/// 番号が取れないわけ. Opening, reading and entering go on.
#[derive(Debug)]
pub enum NumberError {
    /// The database is older than what has been issued, or the keychain has no mark for it.
    BelowMark,
    /// A backup was restored here.
    Restored,
    /// The database has lost its end.
    Lost(LostTail),
    /// The blocks of this terminal are used up.
    Exhausted,
    /// More than 20,000 at once.
    TooMany,
    Doorstep(DoorstepError),
    Store(StoreError),
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowMark => f.write_str(
                "このデータベースは、すでに出した番号より古いものです。見ることと入力はできますが、番号は出せません。権限管理の担当に端末の登録しなおしを頼んでください。",
            ),
            Self::Restored => f.write_str(
                "バックアップから復元したデータベースです。見ることと入力はできますが、番号は出せません。権限管理の担当に端末の登録しなおしを頼んでください。",
            ),
            Self::Lost(lost) => lost.fmt(f),
            Self::Exhausted => f.write_str(
                "この端末に割り当てられた番号を使い切りました。権限管理の担当に番号の割当てを頼んでください。",
            ),
            Self::TooMany => write!(f, "一度に出せる番号は{MOST}件までです。分けて行ってください。"),
            Self::Doorstep(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NumberError {}

impl From<DoorstepError> for NumberError {
    fn from(error: DoorstepError) -> Self {
        Self::Doorstep(error)
    }
}

impl From<StoreError> for NumberError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// 手もとの番号. What this run of the program may still use of the step it has raised.
#[derive(Clone, Debug, Default)]
pub(in crate::office) struct Stock(BTreeMap<NumberSeries, Step>);

/// What is left of a step: another program beside this one raises steps of its own above it.
#[derive(Clone, Copy, Debug)]
struct Step {
    next: u64,
    last: u64,
}

impl Stock {
    /// What is left of the step, with this mark in the keychain; an empty one right below the numbers above it.
    fn left(&self, series: NumberSeries, mark: u64) -> Step {
        let left = self.0.get(&series).copied();
        left.filter(|step| step.next <= step.last).unwrap_or(Step {
            next: mark + 1,
            last: mark,
        })
    }
}

/// 番号の割当ての一行. Running numbers without check digit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockLine {
    pub block: NumberBlock,
    /// How many have not been reached; some of them may be no usable numbers.
    pub left: u64,
}

impl Office {
    /// 番号の割当ての照会. What the certificate of this terminal holds, and why no number comes out of it, if none
    /// does.
    ///
    /// # Errors
    /// The database or the certificate can't be read.
    pub fn number_blocks(&self) -> Result<(Vec<BlockLine>, Option<NumberError>), NumberError> {
        let restored = self.read(|c| marks::value(c, marks::RESTORED))?.is_some();
        let series = [NumberSeries::Voucher, NumberSeries::Certificate];
        let written = self.read(|c| {
            let values = series.map(|series| marks::value(c, mark_name(series)));
            values.into_iter().collect::<Result<Vec<_>, _>>()
        })?;
        self.with_doorstep(|doorstep| {
            let root = PublicKey(doorstep.file.city_key);
            let (_, certificate) = trust::read_terminal(&root, &doorstep.file.terminal_credential)
                .map_err(|error| NumberError::Doorstep(DoorstepError::Terminal(error)))?;
            let kept = doorstep.record.number_marks.as_ref();
            let mark = |series| kept.and_then(|marks| marks.get(&series)).copied().unwrap_or(0);
            let next = |series| doorstep.stock.left(series, mark(series)).next;
            let lines = certificate.blocks.iter().map(|block| BlockLine {
                block: *block,
                left: (block.last + 1).saturating_sub(block.first.max(next(block.series))),
            });
            let whole = series
                .iter()
                .zip(written)
                .all(|(series, written)| fits(written.unwrap_or(0), mark(*series)));
            let hindrance = match (doorstep.record.lost, restored, kept.is_some() && whole) {
                (Some(lost), ..) => Some(NumberError::Lost(lost)),
                (None, true, _) => Some(NumberError::Restored),
                (None, false, false) => Some(NumberError::BelowMark),
                (None, false, true) => None,
            };
            Ok((lines.collect(), hindrance))
        })
    }

    /// 番号を取る. `count` running numbers that `usable` agrees to, rising; numbers it does not agree to are left
    /// out for ever. Called before the deed that issues them, never inside one: the marks have to be on the disk
    /// first. Numbers of a deed that is then not done stay unused.
    ///
    /// # Errors
    /// [`NumberError`].
    pub fn take_numbers(
        &self,
        series: NumberSeries,
        count: usize,
        usable: impl Fn(u64) -> bool,
    ) -> Result<Vec<u64>, NumberError> {
        if count > MOST {
            return Err(NumberError::TooMany);
        }
        let written = self.read(|c| {
            Ok((
                marks::value(c, mark_name(series))?,
                marks::value(c, marks::RESTORED)?,
            ))
        })?;
        if written.1.is_some() {
            return Err(NumberError::Restored);
        }
        let taken = self.with_doorstep(|doorstep| {
            let root = PublicKey(doorstep.file.city_key);
            let (_, certificate) = trust::read_terminal(&root, &doorstep.file.terminal_credential)
                .map_err(|error| NumberError::Doorstep(DoorstepError::Terminal(error)))?;
            if let Some(lost) = doorstep.record.lost {
                return Err(NumberError::Lost(lost));
            }
            let kept = doorstep
                .record
                .number_marks
                .as_mut()
                .ok_or(NumberError::BelowMark)?;
            let mark = kept.get(&series).copied().unwrap_or(0);
            if !fits(written.0.unwrap_or(0), mark) {
                return Err(NumberError::BelowMark);
            }
            let mut step = doorstep.stock.left(series, mark);
            let own = |number: u64| number <= step.last || number > mark;
            let usable = |number| own(number) && usable(number);
            let numbers = pick(&certificate.blocks, series, step.next, count, usable)?;
            let last = numbers.last().copied().unwrap_or(step.next.saturating_sub(1));
            if last > mark {
                step.last = last.div_ceil(STEP) * STEP;
                kept.insert(series, step.last);
                doorstep.keep_record()?;
            }
            step.next = last + 1;
            doorstep.stock.0.insert(series, step);
            let mark = doorstep
                .record
                .number_marks
                .as_ref()
                .and_then(|marks| marks.get(&series))
                .copied();
            Ok((numbers, mark.unwrap_or(0)))
        });
        let (numbers, mark) = taken?;
        self.database.raise_mark(mark_name(series), mark)?;
        Ok(numbers)
    }
}

/// The database may lag behind by one step: the machine may have stopped between keychain and database. It is
/// never ahead.
fn fits(written: u64, kept: u64) -> bool {
    written <= kept && written + MOST as u64 + STEP >= kept
}

fn mark_name(series: NumberSeries) -> &'static str {
    match series {
        NumberSeries::Voucher => "number_mark_voucher",
        NumberSeries::Certificate => "number_mark_certificate",
    }
}

fn pick(
    blocks: &[NumberBlock],
    series: NumberSeries,
    next: u64,
    count: usize,
    usable: impl Fn(u64) -> bool,
) -> Result<Vec<u64>, NumberError> {
    let mut blocks: Vec<&NumberBlock> = blocks.iter().filter(|block| block.series == series).collect();
    blocks.sort_by_key(|block| block.first);
    let numbers: Vec<u64> = blocks
        .into_iter()
        .flat_map(|block| block.first.max(next)..=block.last)
        .filter(|number| usable(*number))
        .take(count)
        .collect();
    if numbers.len() == count {
        Ok(numbers)
    } else {
        Err(NumberError::Exhausted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(first: u64, last: u64) -> NumberBlock {
        NumberBlock {
            series: NumberSeries::Voucher,
            first,
            last,
        }
    }

    #[test]
    fn numbers_rise_through_the_blocks_and_end_with_them() {
        let blocks = [block(100, 102), block(1, 3)];
        let pick = |next, count| pick(&blocks, NumberSeries::Voucher, next, count, |n| n != 2);
        assert_eq!(pick(1, 4).unwrap(), [1, 3, 100, 101]);
        assert_eq!(pick(4, 3).unwrap(), [100, 101, 102]);
        assert!(matches!(pick(4, 4), Err(NumberError::Exhausted)));
    }
}
