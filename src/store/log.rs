//! 操作履歴の問い. Ready questions about the audit chain of this terminal, answered for a span of days. Verifying and
//! appending are `store::audit`.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use crate::{
    domain::audit::Entry,
    store::{StoreError, audit},
};

/// 用意した問い.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Before 7:00, from 20:00 on, and on Saturdays and Sundays.
    AfterHours,
    /// Wrong passwords, closed doors, a door log cut short.
    FailedSignIn,
    /// 30 or more cards within ten minutes by one operator.
    ManyCards,
    /// Every access to 個人番号.
    IndividualNumber,
    /// Addresses of protected persons revealed.
    Protected,
    /// Records corrected and cancelled.
    Corrections,
    /// Vouchers and certificates issued again, voided and spoiled.
    Reissues,
    /// Rights, keys, settings, backups.
    Administration,
    Everything,
}

impl Question {
    pub const ALL: [Question; 9] = [
        Question::AfterHours,
        Question::FailedSignIn,
        Question::ManyCards,
        Question::IndividualNumber,
        Question::Protected,
        Question::Corrections,
        Question::Reissues,
        Question::Administration,
        Question::Everything,
    ];

    /// 問いのコード, for the event that says who has asked it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Question::AfterHours => "after_hours",
            Question::FailedSignIn => "failed_sign_in",
            Question::ManyCards => "many_cards",
            Question::IndividualNumber => "individual_number",
            Question::Protected => "protected",
            Question::Corrections => "corrections",
            Question::Reissues => "reissues",
            Question::Administration => "administration",
            Question::Everything => "everything",
        }
    }

    /// 問いの名前.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Question::AfterHours => "時間外・休日の使用",
            Question::FailedSignIn => "サインインのまちがい",
            Question::ManyCards => "一度に多くの検索",
            Question::IndividualNumber => "個人番号を見た",
            Question::Protected => "支援措置の人を見た",
            Question::Corrections => "取消・訂正",
            Question::Reissues => "再発行・無効・刷損",
            Question::Administration => "権限・設定の変更",
            Question::Everything => "すべてのできごと",
        }
    }

    /// What the question counts, in words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Question::AfterHours => "7時前・20時以後・土日",
            Question::FailedSignIn => "まちがい、15分の停止、記録の欠け",
            Question::ManyCards => "10分に30人以上のカードを開いた",
            Question::IndividualNumber => "表示・検索・取込",
            Question::Protected => "住所を表示した",
            Question::Corrections => "接種記録の訂正・取消・差し戻し",
            Question::Reissues => "接種券と証明書",
            Question::Administration => "操作者、鍵、設定、バックアップ",
            Question::Everything => "新しい順",
        }
    }

    /// The condition on a row of `audit_events`. A day and an hour are those of Tokyo.
    const fn condition(self) -> &'static str {
        match self {
            Question::AfterHours => {
                "(((at / 1000 + 32400) % 86400 NOT BETWEEN 25200 AND 71999)
                  OR ((at / 1000 + 32400) / 86400 + 4) % 7 IN (0, 6))"
            }
            Question::FailedSignIn => "deed = 'session.take_in_door_log'",
            Question::ManyCards => {
                "deed = 'resident.view' AND (operator, at / 600000) IN (
                     SELECT operator, at / 600000 FROM audit_events
                     WHERE deed = 'resident.view' AND at >= ?1 AND at < ?2
                     GROUP BY operator, at / 600000 HAVING count(*) >= 30)"
            }
            Question::IndividualNumber => "individual_number_accessed = 1",
            Question::Protected => "deed = 'resident.reveal_address'",
            Question::Corrections => "deed IN ('record.correct', 'record.cancel', 'entry.return')",
            Question::Reissues => {
                "deed IN ('voucher.reissue', 'voucher.void', 'run.spoil', 'run.reprint', 'certificate.reissue',
                     'certificate.spoil')"
            }
            Question::Administration => {
                "(deed LIKE 'operator.%' OR deed LIKE 'setting.%' OR deed LIKE 'key.%' OR deed LIKE 'terminal.%'
                  OR deed LIKE 'backup.%' OR deed LIKE 'recovery.%' OR deed = 'individual_number.grant_key')"
            }
            Question::Everything => "1 = 1",
        }
    }
}

/// 期間. From the first instant on, up to and without the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Span {
    /// Whole days of Tokyo, both inside.
    #[must_use]
    pub fn days(first: chrono::NaiveDate, last: chrono::NaiveDate) -> Self {
        let midnight =
            |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(9);
        Self {
            from: midnight(first),
            until: midnight(last) + TimeDelta::days(1),
        }
    }
}

/// 件数.
///
/// # Errors
/// The database can't be read.
pub fn count(connection: &Connection, question: Question, span: Span) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM audit_events WHERE at >= ?1 AND at < ?2 AND {}",
        question.condition()
    );
    let count: i64 = connection.prepare_cached(&sql)?.query_row(
        params![span.from.timestamp_millis(), span.until.timestamp_millis()],
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

/// 答え, newest first, at most `most`.
///
/// # Errors
/// The database can't be read.
pub fn answer(
    connection: &Connection,
    question: Question,
    span: Span,
    most: u32,
) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "SELECT * FROM audit_events WHERE at >= ?1 AND at < ?2 AND {} ORDER BY sequence DESC LIMIT ?3",
        question.condition()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![span.from.timestamp_millis(), span.until.timestamp_millis(), most],
        audit::entry_at,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
