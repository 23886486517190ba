//! 直すところ. What is missing or unreadable in a draft, with its place on the paper and its sentence for the clerk.
//! Values that are readable but impossible are found by the judgement.

use super::super::Place;

/// 直すところ. One thing that is missing or can't be so, with its place on the paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Problem {
    pub item: Item,
    pub fault: Fault,
}

/// 項目. The fields of the entry, in the order of the paper.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Item {
    Person,
    Programme,
    Kana,
    Name,
    Birth,
    Address,
    Temperature,
    Age,
    Answers,
    Decision,
    PhysicianSigned,
    Consent,
    Signer,
    Product,
    Lot,
    Amount,
    Route,
    Institution,
    Physician,
    VaccinatedOn,
}

/// What is wrong with an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Missing,
    Unreadable,
    TooLong,
}

impl Item {
    pub fn place(self) -> Place {
        match self {
            Self::Person | Self::Programme => Place::Voucher,
            Self::Kana | Self::Name | Self::Birth | Self::Address => Place::Person,
            Self::Temperature | Self::Age => Place::Condition,
            Self::Answers => Place::Questions,
            Self::Decision | Self::PhysicianSigned => Place::Physician,
            Self::Consent | Self::Signer => Place::Consent,
            Self::Product | Self::Lot | Self::Amount | Self::Route => Place::Vaccine,
            Self::Institution | Self::Physician | Self::VaccinatedOn => Place::Giving,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "本人",
            Self::Programme => "予防接種",
            Self::Kana => "フリガナ",
            Self::Name => "氏名",
            Self::Birth => "生年月日",
            Self::Address => "住所",
            Self::Temperature => "体温",
            Self::Age => "満年齢",
            Self::Answers => "質問の答え",
            Self::Decision => "医師の判断",
            Self::PhysicianSigned => "医師の署名",
            Self::Consent => "同意",
            Self::Signer => "署名した人",
            Self::Product => "ワクチン",
            Self::Lot => "ロット",
            Self::Amount => "接種量",
            Self::Route => "方法",
            Self::Institution => "実施場所",
            Self::Physician => "医師名",
            Self::VaccinatedOn => "接種日",
        }
    }
}

impl Problem {
    /// What is so, then what to do.
    pub fn sentence(&self) -> String {
        let name = self.item.label();
        match (self.fault, self.item) {
            (Fault::Missing, Item::Person) => {
                "だれの票かまだ決まっていません。券番号か F9 で人をさがしてください。".into()
            }
            (Fault::Missing, Item::Decision | Item::Consent | Item::Signer | Item::PhysicianSigned) => {
                format!("{name}が選ばれていません。紙を見て選んでください。")
            }
            (Fault::Missing, _) => format!("{name}が空いています。紙を見て入れてください。"),
            (Fault::Unreadable, Item::Temperature) => {
                "体温は 30.0 から 45.0 までの数字です。例のように入れてください（36.7）。".into()
            }
            (Fault::Unreadable, Item::Amount) => "接種量は 0.01 から 9.99 までの数字です（0.5）。".into(),
            (Fault::Unreadable, _) => format!("{name}を読み取れません。書き方を見直してください。"),
            (Fault::TooLong, _) => format!("{name}が長すぎます。紙の記載だけにしてください。"),
        }
    }
}
