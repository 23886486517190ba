//! 職員（操作者）. The eight roles, and whether somebody may work at a terminal on a day. Certificates that
//! say this with a signature are `domain/trust`; keys and passwords are `seal`.

use crate::domain::revision::{OperatorId, TerminalId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// 役割. One person may hold several, but never does both halves of one deed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窓口: searches, enters, issues one voucher or certificate.
    Clerk,
    /// 承認: approves what others entered.
    Verifier,
    /// 抽出・印刷: draws, releases runs, hands over media.
    Officer,
    /// 監督: sync, settling, the log, work after hours.
    Supervisor,
    /// 権限管理: operators and rights; no data of residents.
    RightsAdministrator,
    /// 個人番号: sees and searches 個人番号.
    NumberHandler,
    /// 技術: printers and backup; no data of residents.
    Technician,
    /// 責任者: recovery and erasure; holds a recovery key.
    Official,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::Clerk,
        Role::Verifier,
        Role::Officer,
        Role::Supervisor,
        Role::RightsAdministrator,
        Role::NumberHandler,
        Role::Technician,
        Role::Official,
    ];

    /// 役割コード, as in `assets/codes/rights.toml`.
    pub const fn code(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Verifier => "verifier",
            Role::Officer => "officer",
            Role::Supervisor => "supervisor",
            Role::RightsAdministrator => "rights_administrator",
            Role::NumberHandler => "number_handler",
            Role::Technician => "technician",
            Role::Official => "official",
        }
    }

    /// 役割の名前, as it stands in the band beside the operator's name.
    pub const fn title(self) -> &'static str {
        match self {
            Role::Clerk => "窓口",
            Role::Verifier => "承認",
            Role::Officer => "抽出・印刷",
            Role::Supervisor => "監督",
            Role::RightsAdministrator => "権限管理",
            Role::NumberHandler => "個人番号",
            Role::Technician => "技術",
            Role::Official => "責任者",
        }
    }

    /// 役割コードを読む.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    const fn bit(self) -> u8 {
        match self {
            Role::Clerk => 1,
            Role::Verifier => 2,
            Role::Officer => 4,
            Role::Supervisor => 8,
            Role::RightsAdministrator => 16,
            Role::NumberHandler => 32,
            Role::Technician => 64,
            Role::Official => 128,
        }
    }
}

/// 役割の組. A set of roles, cheap to copy into every session.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "BTreeSet<Role>", into = "BTreeSet<Role>")]
pub struct Roles(u8);

impl Roles {
    pub const NONE: Roles = Roles(0);

    pub fn of(roles: &[Role]) -> Roles {
        roles.iter().copied().collect()
    }

    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    pub const fn meets(self, other: Roles) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// 役割の名前をならべる, e.g. 「窓口・承認」.
    pub fn titles(self) -> String {
        self.iter().map(Role::title).collect::<Vec<_>>().join("・")
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Roles(roles.into_iter().fold(0, |set, role| set | role.bit()))
    }
}

impl From<BTreeSet<Role>> for Roles {
    fn from(set: BTreeSet<Role>) -> Self {
        set.into_iter().collect()
    }
}

impl From<Roles> for BTreeSet<Role> {
    fn from(roles: Roles) -> Self {
        roles.iter().collect()
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// 有効期間. Both days are inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Validity {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Validity {
    pub fn holds(self, on: NaiveDate) -> bool {
        self.from <= on && on <= self.until
    }
}

/// 使えないわけ. Why an operator may not work here today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lapse {
    /// The certificate begins on a later day.
    NotYet(NaiveDate),
    /// The certificate has ended.
    Ended(NaiveDate),
    /// The certificate does not name this terminal.
    OtherTerminal,
    /// Nothing has been received for longer than the city allows: only a sync by a supervisor opens.
    TooLongWithoutReceipt(NaiveDate),
}

impl fmt::Display for Lapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lapse::NotYet(from) => write!(
                f,
                "この操作者は {from} から使えます。それまでは権限管理の担当に相談してください。"
            ),
            Lapse::Ended(until) => write!(
                f,
                "この操作者の期間は {until} で終わりました。権限管理の担当に更新を頼んでください。"
            ),
            Lapse::OtherTerminal => f.write_str(
                "この操作者はこの端末では使えません。使える端末でサインインするか、権限管理の担当に頼んでください。",
            ),
            Lapse::TooLongWithoutReceipt(since) => write!(
                f,
                "{since} から同期していないため、この端末は開けません。監督の担当が同期してください。"
            ),
        }
    }
}

impl std::error::Error for Lapse {}

/// 使えるかどうか. `terminals` empty means every terminal of the city; `last_receipt_on` is `None` before a
/// center exists, and then only the certificate's end counts.
pub fn may_work(
    validity: Validity,
    terminals: &[TerminalId],
    here: &TerminalId,
    on: NaiveDate,
    last_receipt_on: Option<NaiveDate>,
    offline_days: u16,
) -> Result<(), Lapse> {
    if on < validity.from {
        return Err(Lapse::NotYet(validity.from));
    }
    if on > validity.until {
        return Err(Lapse::Ended(validity.until));
    }
    if !terminals.is_empty() && !terminals.contains(here) {
        return Err(Lapse::OtherTerminal);
    }
    match last_receipt_on {
        Some(since) if (on - since).num_days() > i64::from(offline_days) => {
            Err(Lapse::TooLongWithoutReceipt(since))
        }
        _ => Ok(()),
    }
}

/// 操作者番号を確かめる. One to 16 of A–Z, a–z, 0–9 and hyphen, after full-width letters have been narrowed.
pub fn parse_operator_id(text: &str) -> Option<OperatorId> {
    narrow(text).map(OperatorId)
}

/// 端末番号を確かめる. The same shape as an operator's number.
pub fn parse_terminal_id(text: &str) -> Option<TerminalId> {
    narrow(text).map(TerminalId)
}

fn narrow(text: &str) -> Option<String> {
    let narrowed: String = text
        .trim()
        .chars()
        .take(17)
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect();
    let fits = (1..=16).contains(&narrowed.len())
        && narrowed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then_some(narrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn roles_are_a_set_and_keep_their_codes() {
        let roles = Roles::of(&[Role::Clerk, Role::Verifier]);
        assert!(roles.has(Role::Clerk) && !roles.has(Role::Officer));
        assert!(roles.meets(Roles::of(&[Role::Verifier])));
        assert!(!roles.meets(Roles::of(&[Role::Official])));
        assert_eq!(roles.titles(), "窓口・承認");
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
        }
    }

    #[test]
    fn an_operator_works_inside_her_period_at_her_terminals_and_not_long_without_a_receipt() {
        let validity = Validity {
            from: day("2026-04-01"),
            until: day("2027-03-31"),
        };
        let here = TerminalId("T01".into());
        let may = |terminals: &[TerminalId], on: &str, receipt: Option<&str>| {
            may_work(validity, terminals, &here, day(on), receipt.map(day), 45)
        };
        assert_eq!(may(&[], "2026-04-01", None), Ok(()));
        assert_eq!(may(&[], "2027-03-31", None), Ok(()));
        assert_eq!(
            may(&[], "2026-03-31", None),
            Err(Lapse::NotYet(day("2026-04-01")))
        );
        assert_eq!(may(&[], "2027-04-01", None), Err(Lapse::Ended(day("2027-03-31"))));
        assert_eq!(
            may(&[TerminalId("T02".into())], "2026-05-01", None),
            Err(Lapse::OtherTerminal)
        );
        assert_eq!(may(&[], "2026-06-15", Some("2026-05-01")), Ok(()));
        assert_eq!(
            may(&[], "2026-06-16", Some("2026-05-01")),
            Err(Lapse::TooLongWithoutReceipt(day("2026-05-01")))
        );
    }

    #[test]
    fn operator_numbers_are_narrowed_and_limited() {
        assert_eq!(parse_operator_id("１００１"), Some(OperatorId("1001".into())));
        assert_eq!(parse_operator_id(" 1001 "), Some(OperatorId("1001".into())));
        assert_eq!(parse_operator_id(""), None);
        assert_eq!(parse_operator_id("12345678901234567"), None);
        assert_eq!(parse_operator_id("山田"), None);
    }
}
