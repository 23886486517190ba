//! 場所. The places of the desk: names, keys of the rail, and what each is about. Which screen stands in a place is
//! `screen`; how one goes there is the shell.

use crate::domain::revision::SubjectId;

/// 場所. A place, and the subject it opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Home,
    /// 住民検索・個人カード, with the person to be shown.
    Person(Option<SubjectId>),
    /// 住民検索, because something is wanted that needs a person.
    PersonFor(Errand),
    /// 束の受領.
    Bundles,
    /// 予診票入力, with the bundle.
    Intake(Option<SubjectId>),
    Approvals,
    /// 対象者抽出, with the draw.
    Draw(Option<SubjectId>),
    /// 印刷, with the run.
    Print(Option<SubjectId>),
    /// 接種券 of a person.
    Vouchers(Option<SubjectId>),
    /// 接種券の一覧: issued at the counter today, and contradicting.
    VoucherLists,
    /// 証明書の交付, with the person.
    Certificate(Option<SubjectId>),
    AuditLog,
    /// この端末の設定.
    Settings,
}

/// 用件. What a person is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    Voucher,
    Certificate,
}

impl Errand {
    /// What the clerk is told before she has found the person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Voucher => "接種券は人ごとに出します。人をさがし、カードで F7 を押してください。",
            Self::Certificate => "証明書は人ごとに出します。人をさがし、カードで F9 を押してください。",
        }
    }
}

/// An entry of the rail.
#[derive(Debug, Clone)]
pub struct Rail {
    /// The letter that Alt takes.
    pub key: char,
    pub name: &'static str,
    pub place: Place,
    /// A hairline stands above it.
    pub apart: bool,
}

/// The rail from the top.
pub fn rail() -> Vec<Rail> {
    let entry = |key, name, place| Rail {
        key,
        name,
        place,
        apart: false,
    };
    vec![
        entry('1', "ホーム", Place::Home),
        entry('2', "住民", Place::Person(None)),
        entry('3', "入力", Place::Intake(None)),
        entry('4', "束", Place::Bundles),
        entry('5', "承認", Place::Approvals),
        entry('6', "抽出", Place::Draw(None)),
        entry('7', "印刷", Place::Print(None)),
        entry('8', "証明書", Place::Certificate(None)),
        Rail {
            apart: true,
            ..entry('9', "接種券", Place::Vouchers(None))
        },
        entry('0', "設定", Place::Settings),
        Rail {
            apart: true,
            ..entry('w', "履歴", Place::AuditLog)
        },
    ]
}

impl Place {
    /// The title in the band.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Home => "ホーム",
            Self::Person(_) | Self::PersonFor(_) => "個人カード",
            Self::Bundles => "束の受領",
            Self::Intake(_) => "予診票入力",
            Self::Approvals => "承認",
            Self::Draw(_) => "対象者抽出",
            Self::Print(_) => "印刷",
            Self::Vouchers(_) => "接種券",
            Self::VoucherLists => "接種券の一覧",
            Self::Certificate(_) => "証明書の交付",
            Self::AuditLog => "操作履歴",
            Self::Settings => "この端末の設定",
        }
    }

    /// Whether both are the same place, whatever they are about.
    pub fn is_same_place(&self, other: &Self) -> bool {
        let is_person = |place: &Self| matches!(place, Self::Person(_) | Self::PersonFor(_));
        std::mem::discriminant(self) == std::mem::discriminant(other) || is_person(self) && is_person(other)
    }

    /// Whether the place was asked for with a subject of its own.
    pub fn names_a_subject(&self) -> bool {
        match self {
            Self::Person(about)
            | Self::Intake(about)
            | Self::Draw(about)
            | Self::Print(about)
            | Self::Vouchers(about)
            | Self::Certificate(about) => about.is_some(),
            Self::PersonFor(_) => true,
            Self::Home
            | Self::VoucherLists
            | Self::Bundles
            | Self::Approvals
            | Self::AuditLog
            | Self::Settings => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_of_the_rail_leads_to_one_place() {
        let rail = rail();
        assert!(rail.len() <= 12);
        for (index, entry) in rail.iter().enumerate() {
            for other in &rail[index + 1..] {
                assert_ne!(entry.key, other.key);
                assert!(!entry.place.is_same_place(&other.place));
            }
        }
    }
}
