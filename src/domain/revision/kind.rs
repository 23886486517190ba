//! 種別の表. Every kind of revision with its code and its sort: how its revisions merge is said here and nowhere
//! else. A code is for ever; a kind this program doesn't know is kept by its code alone.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 併合のしかた. How the revisions of a kind merge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// Parents and heads; two heads are a conflict, both kept.
    Document,
    /// Facts only ever added; the state is computed from all of them.
    Ledger,
    /// One lawful writer, rising serial, newest wins.
    Published,
}

macro_rules! kinds {
    ($($name:ident $code:literal $sort:ident $term:literal,)*) => {
        /// 改訂の種別.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $(#[doc = $term] $name,)* }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable for ever: it is part of what a revision's id is computed over.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            #[must_use]
            pub const fn sort(self) -> Sort {
                match self { $(Self::$name => Sort::$sort,)* }
            }
        }
    };
}

kinds! {
    Questionnaire "questionnaire" Document "予診票.",
    VaccinationRecord "vaccination_record" Document "接種記録.",
    ResidentNote "resident_note" Document "住民についての職員の追記.",
    Draw "draw" Document "対象者抽出.",
    Voucher "voucher" Ledger "接種券.",
    PrintRun "print_run" Ledger "印刷の一組.",
    CertificateIssue "certificate_issue" Ledger "証明書の発行.",
    Bundle "bundle" Ledger "予診票の束.",
    Medium "medium" Ledger "媒体.",
    Resident "resident" Published "住民.",
    Household "household" Published "世帯.",
    IndividualNumber "individual_number" Published "個人番号.",
    Protection "protection" Published "支援措置.",
    Operator "operator" Published "操作者.",
    Terminal "terminal" Published "端末.",
    Right "right" Published "権限.",
    Rule "rule" Published "接種規則.",
    Form "form" Published "様式.",
    CodeTable "code_table" Published "コード表.",
    CitySetting "city_setting" Published "市の設定.",
    Revocation "revocation" Published "失効.",
    Approval "approval" Ledger "承認.",
    Erasure "erasure" Ledger "消去.",
    Link "link" Ledger "同一人の結び付け.",
}

impl Kind {
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// 種別コード. As it stands in a revision, known to this program or not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindCode(pub String);

impl KindCode {
    #[must_use]
    pub fn known(&self) -> Option<Kind> {
        Kind::parse(&self.0)
    }
}

impl From<Kind> for KindCode {
    fn from(kind: Kind) -> Self {
        Self(kind.code().to_owned())
    }
}

impl PartialEq<Kind> for KindCode {
    fn eq(&self, kind: &Kind) -> bool {
        self.0 == kind.code()
    }
}

impl fmt::Debug for KindCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_as_its_kind_and_none_is_used_twice() {
        let codes: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|k| k.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(*kind));
        }
    }
}
