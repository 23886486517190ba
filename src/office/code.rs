//! コード表. The questions of the forms as the entry shows them (embedded), and the loading of institutions and
//! lots as published rows. The invented tables of the demo city are here as well; a real city loads its own.

use std::{fmt, sync::OnceLock};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        institution::{Area, CodeEntry, Lot, MedicalInstitution},
        questionnaire::{
            FormRef, Reply, Signer,
            form::{Question, QuestionForm},
        },
        revision::SubjectId,
    },
    office::{DeedError, Office, Session},
    print,
    store::{self, New, Parents, StoreError},
};

pub use crate::store::code::{InstitutionLine, LotLine};

const QUESTIONS: &str = include_str!("../../assets/codes/questions.toml");
const DEMO_INSTITUTIONS: &str = include_str!("../../assets/codes/demo/institutions.toml");
const DEMO_LOTS: &str = include_str!("../../assets/codes/demo/lots.toml");

/// Why a table of codes can't be read.
#[derive(Debug)]
pub struct UnreadableTable;

impl fmt::Display for UnreadableTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("コード表の形が整っていません。見出しと値を見直してください。何も取り込んでいません。")
    }
}

impl std::error::Error for UnreadableTable {}

#[derive(Deserialize)]
struct RawForms {
    form: Vec<RawForm>,
}

#[derive(Deserialize)]
struct RawForm {
    id: String,
    /// Of a form that is not printed here.
    version: Option<String>,
    title: String,
    programmes: Vec<String>,
    signers: Vec<Signer>,
    questions: Vec<RawQuestion>,
}

#[derive(Deserialize)]
struct RawQuestion {
    text: String,
    usual: Reply,
}

#[derive(Deserialize)]
struct RawCodes {
    #[serde(default)]
    institution: Vec<RawInstitution>,
    #[serde(default)]
    lot: Vec<RawLot>,
}

#[derive(Deserialize)]
struct RawInstitution {
    code: String,
    name: String,
    kana: String,
    area: Area,
    #[serde(default)]
    physicians: Vec<String>,
}

#[derive(Deserialize)]
struct RawLot {
    product: String,
    lot_number: String,
    expires_on: NaiveDate,
}

/// 予診票の質問. All forms this program knows.
#[must_use]
pub fn question_forms() -> &'static [QuestionForm] {
    static FORMS: OnceLock<Vec<QuestionForm>> = OnceLock::new();
    FORMS.get_or_init(|| read_forms(QUESTIONS).expect("the embedded forms are read by a test"))
}

/// The form of this id and version; of another version, the one with the same id.
#[must_use]
pub fn question_form(form: &FormRef) -> Option<&'static QuestionForm> {
    let forms = question_forms();
    forms
        .iter()
        .find(|known| known.form == *form)
        .or_else(|| forms.iter().find(|known| known.form.id == form.id))
}

/// The form a programme's sheets are printed on.
#[must_use]
pub fn form_of_programme(programme: &str) -> Option<&'static QuestionForm> {
    question_forms()
        .iter()
        .find(|form| form.programmes.iter().any(|code| code == programme))
}

fn read_forms(text: &str) -> Result<Vec<QuestionForm>, UnreadableTable> {
    let raw: RawForms = toml::from_str(text).map_err(|_| UnreadableTable)?;
    let question = |(number, raw): (u8, RawQuestion)| Question {
        number,
        text: raw.text,
        usual: raw.usual,
    };
    let form = |raw: RawForm| QuestionForm {
        form: FormRef {
            version: print::form::supplied_version(&raw.id)
                .map(|version| version.to_string())
                .or(raw.version)
                .unwrap_or_default(),
            id: raw.id,
        },
        title: raw.title,
        programmes: raw.programmes,
        signers: raw.signers,
        questions: (1..=u8::MAX).zip(raw.questions).map(question).collect(),
    };
    Ok(raw.form.into_iter().map(form).collect())
}

/// Reads a table of institutions and lots.
///
/// # Errors
/// [`UnreadableTable`] when the text is no such table.
pub fn read_codes(text: &str) -> Result<Vec<CodeEntry>, UnreadableTable> {
    let raw: RawCodes = toml::from_str(text).map_err(|_| UnreadableTable)?;
    let institutions = raw.institution.into_iter().map(|raw| {
        CodeEntry::Institution(MedicalInstitution {
            code: raw.code,
            name: raw.name,
            kana: raw.kana,
            area: raw.area,
            physicians: raw.physicians,
            from: None,
            until: None,
        })
    });
    let lots = raw.lot.into_iter().map(|raw| {
        CodeEntry::Lot(Lot {
            product: raw.product,
            lot_number: raw.lot_number,
            expires_on: raw.expires_on,
        })
    });
    Ok(institutions.chain(lots).collect())
}

/// 見本のコード表: invented institutions and lots for the demo city.
#[must_use]
pub fn demo_codes() -> Vec<CodeEntry> {
    let read = |text| read_codes(text).expect("the embedded tables are read by a test");
    [read(DEMO_INSTITUTIONS), read(DEMO_LOTS)].concat()
}

/// Adds rows of code tables inside a deed that has its own event.
///
/// # Errors
/// Why the store can't take them.
pub fn add_codes(transaction: &mut store::Transaction<'_>, entries: &[CodeEntry]) -> Result<(), StoreError> {
    for entry in entries {
        transaction.append(New {
            subject: SubjectId::derived("code", &entry.key()),
            about: None,
            body: entry,
            parents: Parents::Heads,
        })?;
    }
    Ok(())
}

impl Office {
    /// コード表の公開.
    ///
    /// # Errors
    /// [`DeedError`]; nothing is written then.
    pub fn publish_codes(&self, session: &Session, entries: &[CodeEntry]) -> Result<(), DeedError> {
        self.deed(session, Deed::PublishTables, |transaction| {
            add_codes(transaction, entries)?;
            transaction.event(Event::new(Deed::PublishTables).detail("rows", entries.len()));
            Ok(())
        })
    }

    /// 医療機関の一覧, by reading.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn institutions(&self) -> Result<Vec<InstitutionLine>, StoreError> {
        self.read(store::code::institutions)
    }

    /// 製剤のロットの一覧, newest first.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn lots_of(&self, product: &str) -> Result<Vec<LotLine>, StoreError> {
        self.read(|connection| store::code::lots_of(connection, product))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifier::InstitutionCode;

    #[test]
    fn the_embedded_forms_are_whole_and_their_wording_fits_the_entry() {
        assert_eq!(question_forms().len(), 3);
        let printed = print::form::supplied("Y-01").unwrap().unwrap();
        assert_eq!(
            form_of_programme("mr1").unwrap().form.version,
            printed.version().to_string()
        );
        for form in question_forms() {
            assert!((1..=14).contains(&form.questions.len()));
            assert!(form.signers.contains(&Signer::Nobody));
            for question in &form.questions {
                assert!(question.text.chars().count() <= 14, "{}", question.text);
            }
        }
        assert_eq!(form_of_programme("mr1").unwrap().questions.len(), 14);
        assert_eq!(form_of_programme("flu_elderly").unwrap().questions.len(), 9);
    }

    #[test]
    fn the_demo_institutions_have_right_codes() {
        let mut institutions = 0;
        for entry in demo_codes() {
            if let CodeEntry::Institution(institution) = entry {
                institutions += 1;
                let is_own = institution.code.starts_with("L-");
                assert!(is_own || InstitutionCode::parse(&institution.code).is_ok());
            }
        }
        assert!(institutions > 10);
    }

    #[test]
    fn a_table_of_another_form_is_refused() {
        assert!(read_codes("institution = 3").is_err());
        assert!(read_codes("[[institution]]\ncode = \"1\"").is_err());
    }
}
