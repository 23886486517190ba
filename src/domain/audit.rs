//! 操作履歴. What the operation log says of one deed, and the digest that chains it to the one before.
//! Nothing of a person stands here but subjects: details are codes, counts and ids. Storing and verifying a
//! whole chain is `store::audit`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::{
    chain::{self, Link},
    deed::Deed,
    revision::{OperatorId, SubjectId, TerminalId},
};

const CONTEXT: &str = "madoguchi/audit/1";

/// 操作履歴の一件. What a deed says of itself; time, operator and terminal are stamped by the transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    pub deed: Deed,
    /// Whose data was seen or changed (at most 50 of a search).
    pub about: Vec<SubjectId>,
    /// Codes, counts and ids, never anything of a person.
    pub detail: BTreeMap<String, String>,
    /// 個人番号へのアクセスの有無.
    pub individual_number_accessed: bool,
}

impl Event {
    #[must_use]
    pub fn new(deed: Deed) -> Self {
        Self {
            deed,
            about: Vec::new(),
            detail: BTreeMap::new(),
            individual_number_accessed: false,
        }
    }

    #[must_use]
    pub fn about(mut self, subject: SubjectId) -> Self {
        self.about.push(subject);
        self
    }

    #[must_use]
    pub fn detail(mut self, key: &str, value: impl ToString) -> Self {
        self.detail.insert(key.to_owned(), value.to_string());
        self
    }

    #[must_use]
    pub fn individual_number_accessed(mut self) -> Self {
        self.individual_number_accessed = true;
        self
    }
}

/// 操作履歴の記載. An event as it stands in the chain. The deed is its code, since an older program may read
/// what a newer one wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// From 1, without gaps.
    pub sequence: u64,
    /// Whole milliseconds.
    pub at: DateTime<Utc>,
    pub operator: OperatorId,
    pub terminal: TerminalId,
    pub deed: String,
    pub about: Vec<SubjectId>,
    pub detail: BTreeMap<String, String>,
    pub individual_number_accessed: bool,
}

impl Entry {
    /// The link after this entry.
    #[must_use]
    pub fn link(&self, previous: &Link) -> Link {
        let about: Vec<&[u8]> = self.about.iter().map(|s| s.0.as_bytes().as_slice()).collect();
        let mut bytes = Vec::new();
        let mut part = |part: &[u8]| {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        };
        part(&self.sequence.to_be_bytes());
        part(&self.at.timestamp_millis().to_be_bytes());
        part(self.operator.0.as_bytes());
        part(self.terminal.0.as_bytes());
        part(self.deed.as_bytes());
        part(&[u8::from(self.individual_number_accessed)]);
        part(&about.concat());
        for (key, value) in &self.detail {
            part(key.as_bytes());
            part(value.as_bytes());
        }
        chain::link(CONTEXT, previous, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            sequence: 1,
            at: DateTime::from_timestamp_millis(1_700_000_000_000).unwrap(),
            operator: OperatorId("1001".into()),
            terminal: TerminalId("T01".into()),
            deed: Deed::SignIn.code().into(),
            about: vec![],
            detail: BTreeMap::new(),
            individual_number_accessed: false,
        }
    }

    #[test]
    fn every_field_of_an_entry_is_covered_by_its_link() {
        let original = entry().link(&chain::START);
        let mut changed: Vec<Entry> = (0..8).map(|_| entry()).collect();
        changed[0].sequence = 2;
        changed[1].at += chrono::TimeDelta::milliseconds(1);
        changed[2].operator.0 = "1002".into();
        changed[3].terminal.0 = "T02".into();
        changed[4].deed = "session.sign_out".into();
        changed[5].about = vec![SubjectId::derived("resident", "1")];
        changed[6].detail.insert("count".into(), "1".into());
        changed[7].individual_number_accessed = true;
        for entry in changed {
            assert_ne!(entry.link(&chain::START), original, "{entry:?}");
        }
    }
}
