//! 予診票の欄. The form at the left, in the order of the sheet: ① to ⑧ in the places the eye learns.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, row, space},
};

use super::{Intake, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{chips, choice},
            date_field,
            field::{Shape, field},
            icon::{Icon, icon},
            pad,
            surface::{bare_panel, rule},
            words::{Tint, digits, small, small_bold},
        },
    },
    domain::{
        questionnaire::{Consent, Place, Temperature, draft::Item},
        record::PhysicianDecision,
        wareki,
    },
};

const LABEL: f32 = 104.0;

/// The first field of a place of the paper.
pub(super) fn first_field(place: Place) -> &'static str {
    match place {
        Place::Voucher => "voucher",
        Place::Person => "birth",
        Place::Condition => "temperature",
        Place::Questions => "pad",
        Place::Physician => "decision",
        Place::Consent => "consent",
        Place::Vaccine => "lot",
        Place::Giving => "given",
    }
}

/// The field of an item.
pub(super) fn field_of(item: Item) -> &'static str {
    match item {
        Item::Person | Item::Programme => "voucher",
        Item::Kana => "kana",
        Item::Name => "name",
        Item::Birth => "birth",
        Item::Address => "address",
        Item::Temperature => "temperature",
        Item::Age => "years",
        Item::Answers => "pad",
        Item::Decision => "decision",
        Item::PhysicianSigned => "signed",
        Item::Consent => "consent",
        Item::Signer => "signer",
        Item::Product => "product",
        Item::Lot => "lot",
        Item::Amount => "amount",
        Item::Route => "route",
        Item::Institution => "institution",
        Item::Physician => "physician",
        Item::VaccinatedOn => "given",
    }
}

/// One line of the form: its name at the left, its fields.
pub(super) fn line<'a>(label: &'static str, body: Element<'a, Message>) -> Element<'a, Message> {
    container(
        row![small_bold(label).width(LABEL), body]
            .spacing(theme::PAIR)
            .height(42)
            .align_y(Alignment::Center),
    )
    .padding([0.0, theme::GAP])
    .width(Length::Fill)
    .into()
}

impl Intake {
    /// The whole page.
    pub(super) fn page(&self) -> Element<'_, Message> {
        let form = bare_panel(column![
            self.voucher_row(),
            rule(),
            self.comparison_rows(),
            rule(),
            self.condition_row(),
            rule(),
            container(pad::view(
                "pad",
                &self.keyed.pad,
                &self.questions,
                Message::PadTouched
            ))
            .padding([0.0, theme::NEAR]),
            rule(),
            self.physician_row(),
            rule(),
            self.consent_row(),
            rule(),
            self.vaccine_row(),
            rule(),
            self.giving_row(),
        ])
        .width(736)
        .height(Length::Fill)
        .clip(true);
        let side = column![self.recipient_panel(), self.judgement_panel()]
            .spacing(theme::NEAR)
            .width(Length::Fill);
        column![self.head(), row![form, side].spacing(theme::GAP)]
            .spacing(theme::NEAR)
            .into()
    }

    fn is_wrong(&self, item: Item) -> bool {
        self.problems.iter().any(|problem| problem.item == item)
    }

    fn condition_row(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        let read = Temperature::parse(draft.temperature.trim());
        let says: Element<'_, Message> = match read {
            Some(read) if read >= Temperature::FEVER => {
                row![
                    icon(Icon::Triangle, Role::Warn),
                    small_bold("37.5 以上").role(Role::Warn)
                ]
            }
            Some(_) => row![icon(Icon::Tick, Role::Ok), small("37.5 未満")],
            None => row![],
        }
        .spacing(theme::PAIR)
        .align_y(Alignment::Center)
        .into();
        let number = |id: &'static str, text: &str, on: fn(String) -> Message, item: Item| {
            field(id, text.to_owned())
                .width(44)
                .shape(Shape::Digits)
                .wrong(self.is_wrong(item))
                .on_input(on)
                .on_leave(Message::FieldLeft)
        };
        let temperature = field("temperature", &draft.temperature)
            .width(72)
            .shape(Shape::Code)
            .wrong(self.is_wrong(Item::Temperature))
            .on_input(Message::TemperatureChanged)
            .on_leave(Message::TemperatureLeft);
        line(
            "③ 体温",
            row![
                temperature,
                small("℃"),
                says,
                space::horizontal(),
                small("満年齢の記載").role(Role::Ink2),
                number("years", &draft.age_years, Message::YearsChanged, Item::Age),
                small("歳"),
                number("months", &draft.age_months, Message::MonthsChanged, Item::Age),
                small("か月"),
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center)
            .into(),
        )
    }

    fn physician_row(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        line(
            "⑤ 医師の判断",
            row![
                chips(
                    "decision",
                    vec![
                        choice(PhysicianDecision::Suitable, PhysicianDecision::Suitable.label()),
                        choice(PhysicianDecision::Postpone, PhysicianDecision::Postpone.label()),
                    ],
                    draft.physician_decision.as_ref(),
                    Message::DecisionChosen,
                ),
                self.missing(Item::Decision),
                space::horizontal(),
                small_bold("医師の署名"),
                chips(
                    "signed",
                    vec![choice(true, "あり"), choice(false, "なし")],
                    draft.is_physician_signed.as_ref(),
                    Message::SignedChosen,
                ),
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center)
            .into(),
        )
    }

    fn consent_row(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        let signers = self
            .form
            .signers
            .iter()
            .map(|signer| choice(*signer, signer.label()))
            .collect();
        line(
            "⑥ 同意",
            row![
                chips(
                    "consent",
                    vec![
                        choice(Consent::Agrees, "同意する"),
                        choice(Consent::Declines, "同意しない")
                    ],
                    draft.consent.as_ref(),
                    Message::ConsentChosen,
                ),
                self.missing(Item::Consent),
                space::horizontal(),
                small_bold("署名した人"),
                chips("signer", signers, draft.signer.as_ref(), Message::SignerChosen),
            ]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center)
            .into(),
        )
    }

    /// A cross beside a group of chips that F12 found empty.
    fn missing(&self, item: Item) -> Element<'_, Message> {
        match self.is_wrong(item) {
            true => icon(Icon::Cross, Role::Stop).into(),
            false => iced::widget::Space::new().into(),
        }
    }

    fn is_pinned(&self, of: fn(&super::keyed::Pins) -> &String) -> bool {
        let here = self.keyed.pins();
        self.pins
            .as_ref()
            .is_some_and(|pins| !of(pins).is_empty() && of(pins) == of(&here))
    }

    fn vaccine_row(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        let is_unknown = !self.keyed.product.is_empty() && draft.product.is_none();
        line(
            "⑦ ワクチン",
            row![
                field("product", &self.keyed.product)
                    .width(176)
                    .pinned(self.is_pinned(|pins| &pins.product))
                    .wrong(self.is_wrong(Item::Product) || is_unknown)
                    .on_input(Message::ProductChanged)
                    .on_leave(Message::ProductLeft),
                small_bold("ロット"),
                field("lot", &draft.lot_number)
                    .width(104)
                    .shape(Shape::Code)
                    .pinned(self.is_pinned(|pins| &pins.lot))
                    .wrong(self.is_wrong(Item::Lot))
                    .on_input(Message::LotChanged)
                    .on_leave(Message::FieldLeft),
                small_bold("量"),
                field("amount", &draft.amount)
                    .width(52)
                    .shape(Shape::Code)
                    .pinned(self.is_pinned(|pins| &pins.amount))
                    .wrong(self.is_wrong(Item::Amount))
                    .on_input(Message::AmountChanged)
                    .on_leave(Message::FieldLeft),
                small("mL"),
                field("route", &self.keyed.route)
                    .width(64)
                    .pinned(self.is_pinned(|pins| &pins.route))
                    .wrong(self.is_wrong(Item::Route))
                    .on_input(Message::RouteChanged)
                    .on_leave(Message::RouteLeft),
            ]
            .spacing(6)
            .align_y(Alignment::Center)
            .into(),
        )
    }

    fn giving_row(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        let is_unknown = !self.keyed.institution.is_empty() && draft.institution_code.is_none();
        let is_impossible = self
            .judged
            .stops
            .iter()
            .any(|finding| finding.place == Place::Giving);
        let weekday = self.keyed.weekday(self.today).unwrap_or_default();
        line(
            "⑧ 実施",
            row![
                field("institution", &self.keyed.institution)
                    .width(210)
                    .pinned(self.is_pinned(|pins| &pins.institution))
                    .wrong(self.is_wrong(Item::Institution) || is_unknown)
                    .on_input(Message::InstitutionChanged)
                    .on_leave(Message::InstitutionLeft),
                field("physician", &draft.physician_name)
                    .width(110)
                    .pinned(self.is_pinned(|pins| &pins.physician))
                    .wrong(self.is_wrong(Item::Physician))
                    .on_input(Message::PhysicianChanged)
                    .on_leave(Message::PhysicianLeft),
                small_bold("接種日"),
                field("given", self.keyed.given.text())
                    .digits()
                    .width(104)
                    .pinned(self.is_pinned(|pins| &pins.given))
                    .wrong(is_impossible || self.is_wrong(Item::VaccinatedOn))
                    .on_input(|text| Message::GivenTouched(date_field::Message::TextChanged(text)))
                    .on_leave(Message::GivenTouched(date_field::Message::Left)),
                digits(weekday).role(Role::Ink2),
            ]
            .spacing(6)
            .align_y(Alignment::Center)
            .into(),
        )
    }

    /// The question before a bundle is closed: what is missing, by number; the safe answer first.
    pub(super) fn closing_view<'a>(&'a self, open: &'a [u16]) -> Element<'a, Message> {
        use crate::desktop::widget::button::{Weight, button};
        use crate::domain::bundle::in_words;
        let number = self
            .bundle
            .as_ref()
            .map(|bundle| bundle.number.clone())
            .unwrap_or_default();
        let words = match open.is_empty() {
            true => format!("束 {number} の全部の票を入力しました。閉じますか。"),
            false => format!(
                "束 {number} に {}枚 残っています（{}）。見つからない枚として閉じますか。",
                open.len(),
                in_words(open)
            ),
        };
        let body = column![
            small(words),
            row![
                button(
                    "keep-open",
                    Weight::Plain,
                    "つづける",
                    Some(Message::CloseDropped)
                ),
                button("close", Weight::Danger, "閉じる", Some(Message::CloseConfirmed)),
            ]
            .spacing(theme::NEAR),
        ]
        .spacing(theme::GROUP)
        .padding(theme::GROUP);
        let today = small(wareki::short(self.today)).role(Role::Ink2);
        container(crate::desktop::widget::surface::panel("束を閉じる", today, body).width(560))
            .center(Length::Fill)
            .into()
    }
}
