//! 入力欄の中身. The texts of one sheet's fields while they are keyed, and the draft they amount to. What a clerk
//! types for vaccine, way and place is resolved here: by number in the list, by the beginning of name or
//! reading, or by code.

use chrono::NaiveDate;

use crate::{
    desktop::widget::{
        date_field::{DateInput, Limits},
        pad::{Pad, Question as PadQuestion},
    },
    domain::{
        comparison::WrittenItem,
        kana,
        questionnaire::{Answer, FormRef, Reply, draft::Draft, form::QuestionForm},
        record::{Route, SheetPlace},
        wareki,
    },
    office::{
        code::InstitutionLine,
        enter::catalogue::{self, ProductChoice},
    },
};

/// 1枚の入力欄.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    pub draft: Draft,
    pub voucher: String,
    pub kana: String,
    pub name: String,
    pub address: String,
    pub birth: DateInput,
    pub given: DateInput,
    pub pad: Pad,
    pub product: String,
    pub route: String,
    pub institution: String,
}

/// 固定. What stands on every sheet of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pins {
    pub product: String,
    pub lot: String,
    pub amount: String,
    pub route: String,
    pub institution: String,
    pub physician: String,
    pub given: String,
}

impl Keyed {
    pub fn new(form: &QuestionForm, sheet: Option<SheetPlace>, programme: Option<String>) -> Self {
        let mut draft = Draft::empty(form.form.clone());
        draft.sheet = sheet;
        draft.programme = programme;
        Self::of(draft, form)
    }

    /// The fields of a draft that was kept, or of a sheet that is corrected.
    pub fn of(draft: Draft, form: &QuestionForm) -> Self {
        let text = |item: &WrittenItem| match item {
            WrittenItem::Text(text) => text.clone(),
            WrittenItem::AsRegister | WrittenItem::Blank => String::new(),
        };
        let day = |day: Option<NaiveDate>| {
            let mut input = DateInput::new(Limits::default());
            input.set(day);
            input
        };
        let reply = |number: u8| {
            let answer = draft.answers.iter().find(|answer| answer.question == number)?;
            match answer.reply {
                Reply::Yes => Some(true),
                Reply::No => Some(false),
                Reply::Blank => None,
            }
        };
        Self {
            voucher: draft.voucher_number.clone().unwrap_or_default(),
            kana: text(&draft.written.kana),
            name: text(&draft.written.name),
            address: text(&draft.written.address),
            birth: day(draft.written.birth_on),
            given: day(draft.vaccinated_on),
            pad: Pad::with_answers(
                form.questions
                    .iter()
                    .map(|question| reply(question.number))
                    .collect(),
            ),
            product: draft.product.as_deref().map(catalogue::brand).unwrap_or_default(),
            route: draft
                .route
                .map(|route| route.label().to_owned())
                .unwrap_or_default(),
            institution: String::new(),
            draft,
        }
    }

    /// Takes the texts over into the draft.
    pub fn gather(&mut self, form: &QuestionForm, today: NaiveDate) {
        let item = |text: &str| match text.trim() {
            "" => WrittenItem::AsRegister,
            "-" | "－" | "ー" => WrittenItem::Blank,
            text => WrittenItem::Text(text.to_owned()),
        };
        let written = &mut self.draft.written;
        written.kana = item(&self.kana);
        written.name = item(&self.name);
        written.address = item(&self.address);
        written.birth_on = self.birth.day(today).ok();
        let birth_text = self.birth.text().trim();
        written.birth_text =
            (written.birth_on.is_none() && !birth_text.is_empty()).then(|| birth_text.to_owned());
        self.draft.vaccinated_on = self.given.day(today).ok();
        let voucher: String = self.voucher.chars().filter(char::is_ascii_digit).collect();
        self.draft.voucher_number = (voucher.len() == 10).then_some(voucher);
        let answers = form.questions.iter().zip(self.pad.answers());
        self.draft.answers = answers
            .filter_map(|(question, answer)| {
                Some(Answer {
                    question: question.number,
                    reply: if (*answer)? { Reply::Yes } else { Reply::No },
                    physician_noted: None,
                })
            })
            .collect();
    }

    /// Whether anything of the sheet itself has been keyed, the pinned fields left out.
    pub fn is_touched(&self) -> bool {
        let draft = &self.draft;
        let texts = [
            &self.voucher,
            &self.kana,
            &self.name,
            &self.address,
            &draft.temperature,
        ];
        draft.person.is_some() || draft.consent.is_some() || texts.iter().any(|text| !text.is_empty())
    }

    pub fn pins(&self) -> Pins {
        Pins {
            product: self.product.clone(),
            lot: self.draft.lot_number.clone(),
            amount: self.draft.amount.clone(),
            route: self.route.clone(),
            institution: self.institution.clone(),
            physician: self.draft.physician_name.clone(),
            given: self.given.text().to_owned(),
        }
    }

    /// Copies ⑦ and ⑧ from another sheet.
    pub fn take_giving(&mut self, other: &Keyed) {
        self.product = other.product.clone();
        self.route = other.route.clone();
        self.institution = other.institution.clone();
        self.given = other.given.clone();
        let (mine, theirs) = (&mut self.draft, &other.draft);
        mine.product = theirs.product.clone();
        mine.maker = theirs.maker.clone();
        mine.lot_number = theirs.lot_number.clone();
        mine.amount = theirs.amount.clone();
        mine.route = theirs.route;
        mine.institution_code = theirs.institution_code.clone();
        mine.institution_name = theirs.institution_name.clone();
        mine.physician_name = theirs.physician_name.clone();
        mine.vaccinated_on = theirs.vaccinated_on;
    }

    /// The products to choose from for this sheet.
    pub fn products(&self, today: NaiveDate, born_on: Option<NaiveDate>) -> Vec<ProductChoice> {
        let on = self.draft.vaccinated_on.unwrap_or(today);
        let programme = self.draft.programme.as_deref().unwrap_or("");
        catalogue::products(programme, on, born_on)
    }

    /// The vaccine was left: number in the list, or the beginning of its name. Amount and way follow where the
    /// rules know only one.
    pub fn resolve_product(&mut self, products: &[ProductChoice]) {
        let typed = self.product.trim().to_owned();
        let numbered = typed
            .parse::<usize>()
            .ok()
            .and_then(|number| products.get(number.checked_sub(1)?));
        let named = || {
            products
                .iter()
                .find(|product| !typed.is_empty() && begins(&product.brand, &typed))
        };
        let Some(product) = numbered.or_else(named) else {
            self.draft.product = None;
            self.draft.maker = None;
            return;
        };
        self.product = product.brand.clone();
        let is_changed = self.draft.product.as_deref() != Some(product.code.as_str());
        self.draft.product = Some(product.code.clone());
        self.draft.maker = Some(product.maker.clone());
        if let [amount] = product.amounts.as_slice()
            && (is_changed || self.draft.amount.is_empty())
        {
            self.draft.amount = amount.to_string();
        }
        if let [route] = product.routes.as_slice()
            && (is_changed || self.draft.route.is_none())
        {
            self.draft.route = Some(*route);
            self.route = route.label().to_owned();
        }
    }

    /// The way was left: 1 皮下, 2 筋肉内, 3 経皮, 4 経口, or its first letter.
    pub fn resolve_route(&mut self) {
        let typed = self.route.trim();
        let numbered = typed
            .parse::<usize>()
            .ok()
            .and_then(|number| Route::ALL.get(number.checked_sub(1)?));
        let named = || {
            Route::ALL
                .iter()
                .find(|route| !typed.is_empty() && begins(route.label(), typed))
        };
        let found = numbered.or_else(named).copied();
        self.draft.route = found;
        if let Some(route) = found {
            self.route = route.label().to_owned();
        }
    }

    /// The place was left: its code, or the beginning of name or reading.
    pub fn resolve_institution(&mut self, institutions: &[InstitutionLine]) {
        let typed = self.institution.trim().to_owned();
        let by_code = institutions.iter().find(|line| line.code == typed);
        let key = kana::search_key(&typed);
        let is_alike = |line: &&InstitutionLine| {
            begins(&line.name, &typed) || (!key.is_empty() && kana::search_key(&line.kana).starts_with(&key))
        };
        let giving = institutions.iter().filter(|line| line.area != "sender_only");
        let found = by_code.or_else(|| match typed.is_empty() {
            true => None,
            false => giving.clone().find(is_alike),
        });
        self.draft.institution_code = found.map(|line| line.code.clone());
        self.draft.institution_name = found.map(|line| line.name.clone());
        if let Some(line) = found {
            self.institution = line.name.clone();
        }
    }

    /// The physician was left: a number is the place in the institution's list.
    pub fn resolve_physician(&mut self, institutions: &[InstitutionLine]) {
        let typed = self.draft.physician_name.trim();
        let Ok(number) = typed.parse::<usize>() else {
            return;
        };
        let code = self.draft.institution_code.as_deref();
        let line = institutions.iter().find(|line| Some(line.code.as_str()) == code);
        let physician = line.and_then(|line| line.physicians.get(number.checked_sub(1)?));
        if let Some(physician) = physician {
            self.draft.physician_name = physician.clone();
        }
    }

    /// What the fields show once the institutions have been read.
    pub fn name_institution(&mut self, institutions: &[InstitutionLine]) {
        let code = self.draft.institution_code.as_deref();
        if let Some(line) = institutions.iter().find(|line| Some(line.code.as_str()) == code) {
            self.institution = line.name.clone();
        }
    }

    /// 「火」 beside the day.
    pub fn weekday(&self, today: NaiveDate) -> Option<String> {
        self.given
            .day(today)
            .ok()
            .map(|day| format!("{}曜", wareki::weekday(day)))
    }
}

fn begins(name: &str, typed: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let plain = |text: &str| {
        text.nfkc()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_uppercase()
    };
    plain(name).starts_with(&plain(typed))
}

/// The form of a bundle's sheets, or of a programme.
pub(super) fn form_for(form: Option<&FormRef>, programme: Option<&str>) -> &'static QuestionForm {
    use crate::office::code;
    let known = form
        .and_then(code::question_form)
        .or_else(|| code::form_of_programme(programme?));
    known
        .or_else(|| code::question_forms().first())
        .expect("the embedded forms are not empty")
}

/// The questions as the pad takes them.
pub(super) fn pad_questions(form: &QuestionForm) -> Vec<PadQuestion> {
    let one = |question: &crate::domain::questionnaire::form::Question| PadQuestion {
        words: question.text.clone(),
        usual: question.usual == Reply::Yes,
    };
    form.questions.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed() -> Keyed {
        Keyed::new(form_for(None, Some("mr1")), None, Some("mr1".into()))
    }

    #[test]
    fn a_number_chooses_the_vaccine_and_what_has_no_choice_follows() {
        let today = "2026-11-24".parse().unwrap();
        let mut keyed = keyed();
        let products = keyed.products(today, None);
        keyed.product = "1".into();
        keyed.resolve_product(&products);
        assert_eq!(keyed.draft.product.as_deref(), Some(products[0].code.as_str()));
        assert_eq!(
            (keyed.draft.amount.as_str(), keyed.route.as_str()),
            ("0.5", "皮下")
        );
        keyed.product = "ミール".into();
        keyed.resolve_product(&products);
        assert_eq!(keyed.draft.product.as_deref(), Some("mr_biken"));
        keyed.product = "なにか".into();
        keyed.resolve_product(&products);
        assert_eq!(keyed.draft.product, None);
    }

    #[test]
    fn a_place_is_found_by_reading_name_or_code() {
        let line = |code: &str, name: &str, kana: &str| InstitutionLine {
            code: code.into(),
            name: name.into(),
            kana: kana.into(),
            area: "in_city".into(),
            physicians: vec!["早川 由紀".into(), "早川 健一".into()],
            valid_from: None,
            valid_until: None,
        };
        let lines = [
            line("0710000001", "山手小児科", "ヤマテショウニカ"),
            line("0710000002", "なぎさ小児科", "ナギサショウニカ"),
        ];
        for typed in ["なぎさ", "ﾅｷﾞｻ", "0710000002", "なきさ"] {
            let mut keyed = keyed();
            keyed.institution = typed.into();
            keyed.resolve_institution(&lines);
            assert_eq!(keyed.institution, "なぎさ小児科", "{typed}");
            keyed.draft.physician_name = "2".into();
            keyed.resolve_physician(&lines);
            assert_eq!(keyed.draft.physician_name, "早川 健一");
        }
    }

    #[test]
    fn an_empty_box_means_as_the_register_and_a_dash_means_not_written() {
        let today = "2026-11-24".parse().unwrap();
        let mut keyed = keyed();
        keyed.name = "-".into();
        keyed.gather(form_for(None, Some("mr1")), today);
        assert_eq!(keyed.draft.written.kana, WrittenItem::AsRegister);
        assert_eq!(keyed.draft.written.name, WrittenItem::Blank);
        assert!(!keyed.is_touched() || keyed.name == "-");
    }
}
