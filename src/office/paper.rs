//! 紙に書くこと. What the city says of itself on paper, and which value of the register goes into which field of
//! a form. Everything printed comes from here; nothing is typed over.

use std::{fmt, ops::Deref};

use chrono::{Datelike, NaiveDate};

use crate::{
    domain::{
        birth::BirthDate,
        city::{CitySettings, Season},
        eligibility::{self, Person},
        programme::{Category, Programme},
        record::DoseNumber,
        voucher::VoucherNumber,
        wareki,
    },
    office::{Office, voucher::font_refused},
    print::{
        Form, FormError, ShapeError, Values,
        form::{self, Problem, Reason},
    },
    rules,
    store::resident::ResidentCard,
};

/// 紙の設定. Made by [`Office::paper`] and by nothing else, so that a real city prints what it has published and a
/// demo what is invented.
#[derive(Clone, Debug)]
pub struct Paper(CitySettings);

impl Deref for Paper {
    type Target = CitySettings;

    fn deref(&self) -> &CitySettings {
        &self.0
    }
}

/// 紙にできない.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PaperError {
    NoForm,
    Form(FormError),
    /// Values that can't be printed: the overflow list, missing glyphs.
    Problems(Vec<Problem>),
    /// Nobody signs on this day.
    NoAuthority,
    /// A real home whose city has published no settings yet.
    NoSettings,
    /// The published settings can't be read.
    Unreadable,
}

impl fmt::Display for PaperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoForm => f.write_str("この予防接種の様式がありません。設定を確かめてください。"),
            Self::Form(error) => error.fmt(f),
            Self::Problems(problems) => match problems.first() {
                Some(problem) => problem.fmt(f),
                None => f.write_str("印字できない値があります。"),
            },
            Self::NoAuthority => {
                f.write_str("今日の認証者（市長・職務代理者）が設定にありません。設定を確かめてください。")
            }
            Self::NoSettings => f.write_str(
                "市の設定（市の名前、認証者、料金など）がまだないので印刷も発行もできません。\
                 権限管理者か監督者が madoguchi-admin settings load で設定のファイルを読み込んでください。",
            ),
            Self::Unreadable => {
                f.write_str("市の設定を読み出せません。madoguchi-admin doctor で端末を確かめてください。")
            }
        }
    }
}

impl std::error::Error for PaperError {}

impl From<FormError> for PaperError {
    fn from(error: FormError) -> Self {
        Self::Form(error)
    }
}

impl From<Vec<Problem>> for PaperError {
    /// A font that isn't there is the machine's matter: nobody may fall out of a run for it.
    fn from(problems: Vec<Problem>) -> Self {
        let font = problems.iter().find_map(|problem| match &problem.reason {
            Reason::Missing(ShapeError::Font(error)) => Some(error.clone()),
            _ => None,
        });
        match font {
            Some(error) => Self::Form(font_refused(error)),
            None => Self::Problems(problems),
        }
    }
}

impl Office {
    /// 紙の設定. What the city has published; on a demo, the demo's.
    ///
    /// # Errors
    /// [`PaperError::NoSettings`] on a real home before the first file.
    pub fn paper(&self) -> Result<Paper, PaperError> {
        let settings = self.settings().map_err(|_| PaperError::Unreadable)?;
        settings.map(Paper).ok_or(PaperError::NoSettings)
    }
}

impl Paper {
    /// 様式 of the questionnaire of a programme.
    ///
    /// # Errors
    /// There is none, or it is refused.
    pub fn form_of(&self, programme: &str) -> Result<&'static Form, PaperError> {
        let id = self.forms.get(programme).or_else(|| self.forms.get(""));
        let found = id.and_then(|id| form::supplied(id)).ok_or(PaperError::NoForm)?;
        Ok(found?)
    }
}

/// 通番 on a sheet of a run.
pub(in crate::office) const SERIAL: &str = "print_run.serial";

/// 接種券の内容. What one voucher says besides the person.
#[derive(Clone, Debug)]
pub struct VoucherContent<'a> {
    pub programme: &'a Programme,
    pub dose: DoseNumber,
    pub number: &'a VoucherNumber,
    /// `通番 000123／000260`, or what stands at the counter.
    pub serial: String,
    pub on: NaiveDate,
    pub specimen: bool,
}

/// The values of 接種券一体型予診票.
#[must_use]
pub fn voucher_values(
    paper: &Paper,
    form: &Form,
    card: &ResidentCard,
    person: &Person,
    content: &VoucherContent<'_>,
) -> Values {
    let mut values = Values::default();
    values.specimen = content.specimen;
    let (programme, on) = (content.programme, content.on);
    let code = programme.code.as_str();
    values.set("city.name", &paper.city);
    values.set("programme.name", programme_title(programme, content.dose, on));
    values.set("voucher.programme_short", &programme.short_name);
    values.set("voucher.kind", "2 接種");
    values.set("voucher.dose_number", dose_on_voucher(content.dose));
    values.set(
        "city.bill_to",
        format!("{}　{}", paper.city, paper.lg_code.as_str()),
    );
    values.set("voucher.number", content.number.as_str());
    values.set("voucher.ocr_line", ocr_line(paper, content));
    set_person(&mut values, card);
    let amounts = eligibility::amounts_on(rules::embedded(), programme.code, None, person, on);
    if let [amount] = amounts.as_slice() {
        values.set("vaccination_record.amount_ml", amount.to_string());
    }
    if let Some(Season { from, to }) = paper.seasons.get(code).copied() {
        values.set("season.from", wareki::long(from));
        values.set("season.to", wareki::long(to));
    }
    if let Some(yen) = paper.own_payment_yen.get(code) {
        values.set("programme.own_payment_yen", format!("{}円", grouped(*yen)));
    }
    if let Some(until) = window_end(programme, person, content.dose, on) {
        values.set("window.to", wareki::long(until));
    }
    let full_age = card
        .birth
        .day()
        .map(|born| crate::domain::date::age_in_years(born, on));
    values.set(
        "eligibility.category",
        if full_age.is_some_and(|age| age >= 65) {
            "a"
        } else {
            "b"
        },
    );
    values.set(
        "form.line",
        format!(
            "様式{} {}　第{}版（{}から）　{}",
            form.id(),
            programme_group(programme),
            form.version(),
            wareki::long(form.valid_from()),
            paper.city
        ),
    );
    values.set(SERIAL, &content.serial);
    values
}

fn window_end(programme: &Programme, person: &Person, dose: DoseNumber, on: NaiveDate) -> Option<NaiveDate> {
    let asked = eligibility::Asked::new(programme.code, dose);
    eligibility::evaluate(rules::embedded(), person, &[], &asked, on).until
}

fn programme_group(programme: &Programme) -> &str {
    match programme.category {
        Category::CategoryA => "乳幼児・小学生",
        Category::CategoryB => &programme.name,
    }
}

fn programme_title(programme: &Programme, dose: DoseNumber, on: NaiveDate) -> String {
    if programme.is_seasonal() {
        let year = wareki::long(crate::domain::date::first_of_fiscal_year(
            crate::domain::date::fiscal_year(on),
        ));
        let year = year.split('年').next().unwrap_or("").to_owned();
        return format!("{}　{year}年度", programme.name);
    }
    match programme.dose_numbers().len() {
        0 | 1 => programme.name.clone(),
        _ => format!("{}　{}", programme.name, programme.dose_name(dose)),
    }
}

fn dose_on_voucher(dose: DoseNumber) -> String {
    dose.label()
}

/// 券種 (2: 接種), 回数, 市町村コード, 券番号: eighteen digits. A booster counts as 9 there.
fn ocr_line(paper: &Paper, content: &VoucherContent<'_>) -> String {
    let dose = match content.dose {
        DoseNumber::Nth(number) => number.min(9),
        DoseNumber::Booster => 9,
    };
    format!("2{dose}{}{}", paper.lg_code.as_str(), content.number.as_str())
}

/// The fields of a person that every form shares.
pub fn set_person(values: &mut Values, card: &ResidentCard) {
    values.set("recipient.name", card.names.shown());
    values.set("recipient.kana", card.names.shown_kana());
    values.set("recipient.sex", card.sex.word());
    values.set("recipient.birth", birth(&card.birth, true));
    values.set("recipient.postal_code", postal(&card.address.postal_code));
    let address = match card.address.building.is_empty() {
        true => card.address.text.clone(),
        false => format!("{}\n{}", card.address.text, card.address.building),
    };
    values.set("recipient.address", address);
}

/// Name of a programme for screens.
#[must_use]
pub fn programme_name(code: crate::domain::programme::ProgrammeCode) -> Option<String> {
    rules::embedded()
        .programme(code)
        .map(|programme| programme.name.clone())
}

/// `令和7年9月14日（2025年）`; what is no calendar date is printed as it was handed over.
#[must_use]
pub fn birth(birth: &BirthDate, with_western: bool) -> String {
    match birth {
        BirthDate::Known(day) if with_western => format!("{}（{}年）", wareki::long(*day), day.year()),
        BirthDate::Known(day) => wareki::long(*day),
        BirthDate::AsWritten(text) => text.clone(),
    }
}

/// `〒970-8026`.
#[must_use]
pub fn postal(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((town, rest)) if code.len() == 7 => format!("〒{town}-{rest}"),
        _ => code.to_owned(),
    }
}

fn grouped(yen: u32) -> String {
    let digits = yen.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::certificate::CertificateRule, print::FontError};

    #[test]
    fn the_settings_of_the_demo_are_whole() {
        let paper = Paper(crate::office::settings::demo_settings().clone());
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
        assert_eq!(paper.lg_code.to_string(), "072044");
        assert!(paper.authority_on(day).is_some());
        assert_eq!(
            paper
                .authority_on(NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day"))
                .map(|a| &a.name),
            None
        );
        for programme in ["mr1", "flu_elderly", "ppv_elderly"] {
            assert!(paper.form_of(programme).is_ok(), "{programme}");
        }
        assert_eq!(paper.certificate_rule(), CertificateRule::iwaki());
    }

    #[test]
    fn a_missing_font_is_no_problem_of_a_person() {
        let problem = |reason| Problem {
            field: "recipient.name".into(),
            reason,
        };
        let long = problem(Reason::TooLong);
        let font = problem(Reason::Missing(ShapeError::Font(FontError::Absent("ipamjm.ttf"))));
        assert!(matches!(
            PaperError::from(vec![long.clone(), font]),
            PaperError::Form(_)
        ));
        assert_eq!(
            PaperError::from(vec![long.clone()]),
            PaperError::Problems(vec![long])
        );
    }

    #[test]
    fn money_and_postal_codes_are_written_as_people_read_them() {
        assert_eq!(grouped(1400), "1,400");
        assert_eq!(grouped(800), "800");
        assert_eq!(postal("9708026"), "〒970-8026");
    }
}
