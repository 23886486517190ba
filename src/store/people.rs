//! 操作者・端末・失効の照会と公開. Reads what `store::projection::people` has written, keeps the city key that this
//! database trusts, and adds what the city says about its people.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    domain::{
        operator::{Role, Roles, Validity},
        revision::{Kind, OperatorId, RevisionId, SubjectId, TerminalId},
        trust::{
            Credential, NumberSeries, PublishedOperator, PublishedRevocation, PublishedTerminal, Revoked,
            Says,
        },
    },
    seal::{signature::PublicKey, trust},
    store::{
        New, Parents, StoreError, Transaction,
        ledger::{self, subject_at},
    },
};

/// 操作者の一行.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorLine {
    pub operator: OperatorId,
    pub name: String,
    pub roles: Roles,
    pub terminals: Vec<TerminalId>,
    pub validity: Validity,
    pub serial: u64,
    pub revoked: bool,
}

impl std::fmt::Debug for OperatorLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorLine")
            .field("operator", &self.operator)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// 操作者の対象.
#[must_use]
pub fn subject_of_operator(operator: &OperatorId) -> SubjectId {
    SubjectId::derived("operator", &operator.0)
}

/// 端末の対象.
#[must_use]
pub fn subject_of_terminal(terminal: &TerminalId) -> SubjectId {
    SubjectId::derived("terminal", &terminal.0)
}

/// 失効の対象.
#[must_use]
pub fn subject_of_revocation(whom: &Revoked) -> SubjectId {
    match whom {
        Revoked::Operator(operator) => SubjectId::derived("revocation/operator", &operator.0),
        Revoked::Terminal(terminal) => SubjectId::derived("revocation/terminal", &terminal.0),
    }
}

/// 市の鍵. The key this database trusts, or none before the set-up has ended.
///
/// # Errors
/// The database can't be read.
pub fn city_key(connection: &Connection) -> Result<Option<PublicKey>, StoreError> {
    let key: Option<[u8; 32]> = connection
        .prepare_cached("SELECT value FROM trust WHERE name = 'city_key'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(key.map(PublicKey))
}

/// 見本のデータベースか.
///
/// # Errors
/// The database can't be read.
pub fn is_demo(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM trust WHERE name = 'demo')")?
        .query_row([], |row| row.get(0))?)
}

/// 失効しているか. True where a revocation has taken effect and no newer certificate has come after it.
///
/// # Errors
/// The database can't be read.
pub fn is_revoked(
    connection: &Connection,
    operator: &OperatorId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM revocations WHERE operator = ?1 AND revoked_from <= ?2
                 AND serial > (SELECT coalesce(max(serial), -1) FROM operators WHERE operator = ?1))",
        )?
        .query_row(params![operator.0, at.timestamp_millis()], |row| row.get(0))?)
}

/// 操作者の一覧, by number.
///
/// # Errors
/// The database can't be read.
pub fn operators(connection: &Connection) -> Result<Vec<OperatorLine>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT operator, name, roles, terminals, valid_from, valid_until, serial,
             EXISTS (SELECT 1 FROM revocations
                 WHERE revocations.operator = operators.operator AND revocations.serial > operators.serial) AS revoked
         FROM operators ORDER BY operator",
    )?;
    let rows = statement.query_map([], |row| {
        let roles: String = row.get("roles")?;
        let terminals: String = row.get("terminals")?;
        Ok(OperatorLine {
            operator: OperatorId(row.get("operator")?),
            name: row.get("name")?,
            roles: roles.split(' ').filter_map(Role::parse).collect(),
            terminals: terminals
                .split_whitespace()
                .map(|t| TerminalId(t.to_owned()))
                .collect(),
            validity: Validity {
                from: day_at(row, "valid_from")?,
                until: day_at(row, "valid_until")?,
            },
            serial: row.get::<_, i64>("serial")?.unsigned_abs(),
            revoked: row.get("revoked")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// 職員の名前. For screens that show who did something.
///
/// # Errors
/// The database can't be read.
pub fn name_of(connection: &Connection, operator: &OperatorId) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT name FROM operators WHERE operator = ?1 ORDER BY serial DESC LIMIT 1")?
        .query_row([&operator.0], |row| row.get(0))
        .optional()?)
}

/// この役割のいずれかを持つ職員の名前. For 「この操作は…だけができます。…に頼んでください。」
///
/// # Errors
/// The database can't be read.
pub fn names_with(connection: &Connection, roles: Roles) -> Result<Vec<String>, StoreError> {
    let all = operators(connection)?;
    let fitting = all
        .into_iter()
        .filter(|line| !line.revoked && line.roles.meets(roles));
    Ok(fitting.map(|line| line.name).collect())
}

/// これまでの最大の通し番号. What the city says next carries a higher one.
///
/// # Errors
/// The database can't be read.
pub fn highest_serial(connection: &Connection) -> Result<u64, StoreError> {
    let highest: i64 = connection.query_row(
        "SELECT max(s) FROM (SELECT coalesce(max(serial), 0) AS s FROM operators
             UNION ALL SELECT coalesce(max(serial), 0) FROM terminals
             UNION ALL SELECT coalesce(max(serial), 0) FROM revocations)",
        [],
        |row| row.get(0),
    )?;
    Ok(highest.unsigned_abs())
}

/// これまでの最大の番号, by series: the last one that any terminal of the city was ever given.
///
/// # Errors
/// The database can't be read.
pub fn highest_number(connection: &Connection) -> Result<BTreeMap<NumberSeries, u64>, StoreError> {
    let mut highest = BTreeMap::new();
    let Some(root) = city_key(connection)? else {
        return Ok(highest);
    };
    let mut statement = connection.prepare("SELECT DISTINCT subject FROM revisions WHERE kind = ?1")?;
    let rows = statement.query_map([Kind::Terminal.code()], |row| subject_at(row, "subject"))?;
    for subject in rows.collect::<Result<Vec<_>, _>>()? {
        for revision in ledger::revisions_of(connection, subject)? {
            let Ok(Some(PublishedTerminal(credential))) = revision.read() else {
                continue;
            };
            let Ok((_, certificate)) = trust::read_terminal(&root, &credential) else {
                continue;
            };
            for block in certificate.blocks {
                let last = highest.entry(block.series).or_insert(0);
                *last = block.last.max(*last);
            }
        }
    }
    Ok(highest)
}

/// A day stored as `2026-11-24`.
fn day_at(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<NaiveDate> {
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|_| rusqlite::Error::InvalidColumnName(column.to_owned()))
}

impl Transaction<'_> {
    /// 市の鍵を置く. Once, at set-up; it never changes afterwards.
    ///
    /// # Errors
    /// There is one already.
    pub fn trust_city(&mut self, city: &PublicKey, demo: bool) -> Result<(), StoreError> {
        let insert = "INSERT INTO trust (name, value) VALUES (?1, ?2)";
        self.connection().execute(insert, params!["city_key", city.0])?;
        if demo {
            self.connection().execute(insert, params!["demo", [1u8]])?;
        }
        Ok(())
    }

    /// 公開する. Adds what the city says about an operator, a terminal or a revocation.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] where the city key does not stand behind it.
    pub fn publish(&mut self, credential: &Credential) -> Result<RevisionId, StoreError> {
        let root = city_key(self.connection())?.ok_or(StoreError::Malformed)?;
        let statement = trust::read(&root, credential).map_err(|_| StoreError::Malformed)?;
        let credential = credential.clone();
        match statement.says {
            Says::Operator(certificate) => self.append(New {
                subject: subject_of_operator(&certificate.operator),
                about: None,
                body: &PublishedOperator(credential),
                parents: Parents::None,
            }),
            Says::Terminal(certificate) => self.append(New {
                subject: subject_of_terminal(&certificate.terminal),
                about: None,
                body: &PublishedTerminal(credential),
                parents: Parents::None,
            }),
            Says::Revocation(notice) => self.append(New {
                subject: subject_of_revocation(&notice.whom),
                about: None,
                body: &PublishedRevocation(credential),
                parents: Parents::None,
            }),
            Says::Publisher(_) => Err(StoreError::Malformed),
        }
    }
}
