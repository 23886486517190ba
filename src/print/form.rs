//! 様式. A form is data: size, wording, fixed part, fields, codes, questions. Reading one checks that it fits:
//! what does not is refused with field and reason. Which value goes into a field is decided by `office`.

mod definition;
mod fixed;
mod list;
mod own;
mod question;
mod supplied;

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::NaiveDate;

use self::definition::Definition;
use super::{
    FontError,
    code::CodeError,
    shape::ShapeError,
    sheet::{Layer, Sheet},
};

pub use supplied::{FormHead, supplied, supplied_heads, supplied_version};

/// 差し込む値. By the name of the field; a field without a value stays empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    fields: BTreeMap<String, String>,
    /// Rows of a list, in order.
    pub rows: Vec<BTreeMap<String, String>>,
    /// 見本: the sheet comes from a demo database and says so.
    pub specimen: bool,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("fields", &self.fields.len())
            .field("rows", &self.rows.len())
            .finish()
    }
}

impl Values {
    pub fn set(&mut self, field: &str, value: impl Into<String>) -> &mut Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

/// 様式.
#[derive(Clone)]
pub struct Form {
    definition: Definition,
    fixed: Arc<Layer>,
}

/// 様式を使えない. Names the field and the reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormError {
    /// The file is not a form; where and why, in the parser's words.
    Unreadable(String),
    Refused {
        field: String,
        reason: Refusal,
    },
}

/// 断る理由.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The text, or the longest legal value, does not fit at its floor.
    DoesNotFit,
    /// A fixed-length field does not say its longest value.
    LongestMissing,
    OutsidePaper,
    TextMissing,
    Rule,
    Font,
    Block,
    Shape(ShapeError),
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Refused { field, reason } = self else {
            return f.write_str("様式のファイルを読めません。書き方を確かめてください。");
        };
        write!(f, "様式の「{field}」: ")?;
        match reason {
            Refusal::DoesNotFit => {
                f.write_str("いちばん長い値が欄に収まりません。欄を広げるか、文を短くしてください。")
            }
            Refusal::LongestMissing => f.write_str("固定長の欄に、いちばん長い値の例がありません。"),
            Refusal::OutsidePaper => {
                f.write_str("紙の端から 8 mm の内側に入っていません。位置を直してください。")
            }
            Refusal::TextMissing => f.write_str("文言がありません。text に加えてください。"),
            Refusal::Rule => f.write_str("収め方の書き方が決まりにありません（F、S8、W2/8）。"),
            Refusal::Font => f.write_str("書体の記号が決まりにありません（G GB P PB M MP N O）。"),
            Refusal::Block => f.write_str("部品の様式がありません。"),
            Refusal::Shape(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FormError {}

/// 印刷できない値. What stands on the overflow list, or stops the sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub field: String,
    pub reason: Reason,
}

/// 印刷できない理由.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Too long even at the floor size: an officer decides.
    TooLong,
    /// No font draws it.
    Missing(ShapeError),
    Code(CodeError),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = label(&self.field);
        match &self.reason {
            Reason::TooLong => write!(
                f,
                "{name}が長く、欄に収まりません。手書きにするか、送付先の書き方を直してください。"
            ),
            Reason::Missing(error) => write!(f, "{name}: {error}"),
            Reason::Code(error) => write!(f, "{name}: {error}"),
        }
    }
}

/// What a clerk calls a field.
fn label(field: &str) -> &str {
    match field {
        "recipient.name" => "氏名",
        "recipient.kana" => "フリガナ",
        "recipient.address" | "send_to.address" => "住所",
        "recipient.birth" => "生年月日",
        "programme.name" => "予防接種の種類",
        "authority.name" => "市長名",
        "product.name" => "ワクチン名",
        "guardian.name" => "保護者氏名",
        other => other,
    }
}

impl Form {
    /// Reads and checks a form.
    ///
    /// # Errors
    /// The file is no form, or something does not fit: field and reason.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let definition = Definition::read(text)?;
        definition.check()?;
        let fixed = Arc::new(fixed::layer(&definition)?);
        Ok(Self { definition, fixed })
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.definition.id
    }

    #[must_use]
    pub fn title(&self) -> &str {
        &self.definition.title
    }

    #[must_use]
    pub fn version(&self) -> u16 {
        self.definition.version
    }

    /// Valid from this day on.
    #[must_use]
    pub fn valid_from(&self) -> NaiveDate {
        self.definition.valid_from
    }

    /// Rows of a list on one sheet, where the form is a list.
    #[must_use]
    pub fn rows(&self) -> Option<usize> {
        self.definition.list.as_ref().map(|list| list.rows)
    }

    /// The sheet for these values.
    ///
    /// # Errors
    /// Every value that can't be printed, with its reason: nothing is cut, nothing is left out.
    pub fn sheet(&self, values: &Values) -> Result<Sheet, Vec<Problem>> {
        let own = own::layer(&self.definition, values)?;
        Ok(Sheet {
            width: self.definition.size[0],
            height: self.definition.size[1],
            fixed: Arc::clone(&self.fixed),
            own,
        })
    }

    /// One more field on a sheet that was laid out without it.
    ///
    /// # Errors
    /// The value can't be printed; the sheet is as it was.
    pub fn fill(&self, sheet: &mut Sheet, field: &str, value: &str) -> Result<(), Vec<Problem>> {
        sheet
            .own
            .items
            .extend(own::field(&self.definition, field, value)?);
        Ok(())
    }
}

impl From<FontError> for Refusal {
    fn from(error: FontError) -> Self {
        Self::Shape(ShapeError::Font(error))
    }
}

#[cfg(test)]
mod tests;
