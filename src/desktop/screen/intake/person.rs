//! ①②と台帳の人. The voucher's number with what it says, the comparison of the paper with the register, and the
//! panel of the person the sheet is for.

use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, row, space},
};

use super::{Intake, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{choice, small_chips},
            field::{Shape, field},
            icon::{Icon, icon},
            surface::{Tone, fill, panel, rule, sign_badge},
            words::{Tint, digits, large_name, small, small_bold, small_name},
        },
    },
    domain::{comparison::Agreement, wareki},
    office::enter::{Recipient, catalogue},
};

const LABEL: f32 = 100.0;
const PAPER: f32 = 250.0;
const REGISTER: f32 = 230.0;

impl Intake {
    /// ① 券番号.
    pub(super) fn voucher_row(&self) -> Element<'_, Message> {
        let number = field("voucher", &self.keyed.voucher)
            .digits()
            .width(164)
            .shape(Shape::Digits)
            .wrong(matches!(self.voucher_says, Some(Err(_))))
            .on_input(Message::VoucherChanged)
            .on_leave(Message::VoucherLeft);
        let says: Element<'_, Message> = match &self.voucher_says {
            Some(Ok(words)) => row![icon(Icon::Tick, Role::Ok), small(words.as_str())]
                .spacing(theme::PAIR)
                .align_y(Alignment::Center)
                .into(),
            Some(Err(words)) => row![
                icon(Icon::Cross, Role::Stop),
                small_bold(words.as_str()).role(Role::Stop)
            ]
            .spacing(theme::PAIR)
            .align_y(Alignment::Center)
            .into(),
            None => self.dose_choice(),
        };
        super::form::line(
            "① 券番号",
            row![number, says]
                .spacing(theme::NEAR)
                .align_y(Alignment::Center)
                .into(),
        )
    }

    /// Without a voucher the programme and the dose are chosen here.
    fn dose_choice(&self) -> Element<'_, Message> {
        let draft = &self.keyed.draft;
        if self.recipient.is_none() {
            return small("券がないときは F9 で人をさがします。")
                .role(Role::Ink2)
                .into();
        }
        match draft.programme.as_deref().and_then(catalogue::programme) {
            None => {
                let usual = [
                    "mr1",
                    "mr2",
                    "dpt_ipv_hib",
                    "hepb",
                    "pcv",
                    "flu_elderly",
                    "ppv_elderly",
                ];
                let choices = usual.iter().filter_map(|code| catalogue::programme(code));
                let choices = choices
                    .map(|known| choice(known.code, known.short_name))
                    .collect();
                small_chips(
                    "programme",
                    choices,
                    draft.programme.as_ref(),
                    Message::ProgrammeChosen,
                )
            }
            Some(known) if known.doses.len() > 1 => {
                let choices = known
                    .doses
                    .iter()
                    .map(|dose| choice(*dose, dose.label()))
                    .collect();
                row![
                    small(known.short_name),
                    small_chips("dose", choices, draft.dose.as_ref(), Message::DoseChosen)
                ]
                .spacing(theme::NEAR)
                .align_y(Alignment::Center)
                .into()
            }
            Some(known) => small(known.name).into(),
        }
    }

    /// ② 本人の確認.
    pub(super) fn comparison_rows(&self) -> Element<'_, Message> {
        let head = row![
            small_bold("② 本人の確認").width(LABEL + theme::NEAR),
            small_bold("紙の記載").width(96),
            small("同じなら Enter").role(Role::Ink2).width(PAPER - 96.0),
            small_bold("台帳").width(REGISTER),
            small_bold("結果"),
        ];
        let found = self.judged.comparison;
        let shown = |f: fn(&Recipient) -> String| self.recipient.as_ref().map(f).unwrap_or_default();
        let address = self
            .recipient
            .as_ref()
            .map(|recipient| match recipient.is_protected {
                true => "（伏せています）".to_owned(),
                false => short_address(&recipient.address),
            });
        column![
            container(head)
                .height(24)
                .padding([0.0, theme::GAP])
                .align_y(Alignment::Center)
                .width(Length::Fill)
                .style(fill(Role::Head)),
            self.item(
                "フリガナ",
                "kana",
                &self.keyed.kana,
                Shape::Katakana,
                Message::KanaChanged,
                shown(|r| r.kana.clone()),
                found.map(|f| f.kana)
            ),
            rule(),
            self.item(
                "氏名",
                "name",
                &self.keyed.name,
                Shape::AsTyped,
                Message::NameChanged,
                shown(|r| r.name.clone()),
                found.map(|f| f.name)
            ),
            rule(),
            self.birth_row(found.map(|f| f.birth)),
            rule(),
            self.item(
                "住所",
                "address",
                &self.keyed.address,
                Shape::AsTyped,
                Message::AddressChanged,
                address.unwrap_or_default(),
                found.map(|f| f.address)
            ),
        ]
        .into()
    }

    #[expect(clippy::too_many_arguments, reason = "one line of the table, field by field")]
    fn item<'a>(
        &'a self,
        label: &'static str,
        id: &'static str,
        text: &'a str,
        shape: Shape,
        on: fn(String) -> Message,
        register: String,
        found: Option<Agreement>,
    ) -> Element<'a, Message> {
        let same: Element<'_, Message> = match (text.is_empty(), found) {
            (true, Some(_)) => small("同じ").role(Role::Ink2).into(),
            _ => Space::new().into(),
        };
        let paper = field(id, text)
            .height(24.0)
            .width(PAPER - 60.0)
            .shape(shape)
            .wrong(found == Some(Agreement::Differs))
            .on_input(on)
            .on_leave(Message::FieldLeft);
        compared(
            label,
            row![paper, same]
                .align_y(Alignment::Center)
                .spacing(theme::PAIR)
                .into(),
            register,
            found,
        )
    }

    fn birth_row(&self, found: Option<Agreement>) -> Element<'_, Message> {
        let found = found.filter(|_| !self.keyed.birth.text().is_empty());
        let western = self
            .keyed
            .birth
            .day(self.today)
            .ok()
            .map(wareki::western)
            .unwrap_or_default();
        let paper = field("birth", self.keyed.birth.text())
            .digits()
            .height(24.0)
            .width(112)
            .wrong(found == Some(Agreement::Differs) || self.keyed.birth.problem(self.today).is_some())
            .on_input(|text| {
                Message::BirthTouched(crate::desktop::widget::date_field::Message::TextChanged(text))
            })
            .on_leave(Message::BirthTouched(
                crate::desktop::widget::date_field::Message::Left,
            ));
        let register = self.recipient.as_ref().map(|recipient| {
            let born = recipient.birth_on;
            let written = born.map_or_else(|| recipient.birth_text.clone(), wareki::short);
            let age = born
                .zip(self.keyed.draft.vaccinated_on)
                .map(|(born, on)| wareki::exact_age(born, on));
            format!("{written}  {}", age.unwrap_or_default())
        });
        compared(
            "生年月日",
            row![paper, digits(western).role(Role::Ink2)]
                .align_y(Alignment::Center)
                .spacing(theme::PAIR)
                .into(),
            register.unwrap_or_default(),
            found,
        )
    }

    /// 台帳の人.
    pub(super) fn recipient_panel(&self) -> Element<'_, Message> {
        let Some(recipient) = &self.recipient else {
            return panel(
                "台帳の人",
                small(""),
                container(small("券番号を入れるか、F9 で人をさがしてください。").role(Role::Ink2))
                    .padding(theme::GAP),
            )
            .height(108)
            .into();
        };
        let title = row![
            large_name(recipient.name.as_str()),
            small(recipient.kana.as_str()),
            small(recipient.sex)
        ]
        .spacing(theme::NEAR)
        .align_y(Alignment::Center);
        let born = recipient
            .birth_on
            .map_or_else(|| recipient.birth_text.clone(), wareki::short);
        let mut facts = row![digits(format!("{born} 生"))]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center);
        if let Some(age) = self.judged.age {
            facts = facts
                .push(small("接種日に").role(Role::Ink2))
                .push(small_bold(age.to_string()));
        }
        if let Some(head) = &recipient.head_of_household {
            facts = facts
                .push(small("主").role(Role::Ink2))
                .push(small_name(head.as_str()));
        }
        let last: Element<'_, Message> = match (recipient.notices.last(), self.last_dose(recipient)) {
            (Some(notice), _) => row![
                icon(Icon::Triangle, Role::Warn),
                small_bold(notice.as_str()).role(Role::Warn)
            ]
            .spacing(theme::PAIR)
            .into(),
            (None, Some(words)) => digits(words).role(Role::Ink2).into(),
            (None, None) => small("この接種の記録はまだありません。").role(Role::Ink2).into(),
        };
        let end: Element<'_, Message> = match recipient.is_protected {
            true => sign_badge(Tone::Stop, Some(Icon::Shield), "支援措置"),
            false => digits(format!("宛名 {}", recipient.atena_number))
                .role(Role::Ink2)
                .into(),
        };
        panel(
            "台帳の人",
            end,
            column![title, facts, last].padding([2.0, theme::GAP]),
        )
        .height(108)
        .clip(true)
        .into()
    }

    fn last_dose(&self, recipient: &Recipient) -> Option<String> {
        let programme = self.keyed.draft.programme.as_deref()?;
        let of_programme = recipient
            .records
            .iter()
            .filter(|line| line.programme == programme && !line.is_cancelled);
        let last = of_programme.max_by_key(|line| line.vaccinated_on)?;
        Some(format!(
            "{} {} {}",
            catalogue::dose_label(&last.programme, last.dose),
            wareki::short(last.vaccinated_on),
            last.lot_number.as_deref().unwrap_or("")
        ))
    }
}

fn compared<'a>(
    label: &'static str,
    paper: Element<'a, Message>,
    register: String,
    found: Option<Agreement>,
) -> Element<'a, Message> {
    let result: Element<'a, Message> = match found {
        None => Space::new().into(),
        Some(agreement) => {
            let (sign, ink) = match agreement.needs_a_look() {
                true => (Icon::Triangle, Role::Warn),
                false => (Icon::Tick, Role::Ok),
            };
            row![icon(sign, ink), small_bold(agreement.label()).role(ink)]
                .spacing(theme::PAIR)
                .into()
        }
    };
    let line = row![
        small_bold(label).width(LABEL),
        container(paper).width(PAPER),
        small(register)
            .width(REGISTER)
            .wrapping(iced::widget::text::Wrapping::None),
        result,
        space::horizontal(),
    ]
    .spacing(theme::PAIR)
    .height(32)
    .align_y(Alignment::Center);
    let is_differing = found.is_some_and(Agreement::needs_a_look);
    let ground = if is_differing { Role::WarnSoft } else { Role::Panel };
    container(line)
        .padding([0.0, theme::GAP])
        .width(Length::Fill)
        .clip(true)
        .style(fill(ground))
        .into()
}

/// Without prefecture and city, which everybody here has.
fn short_address(address: &str) -> String {
    let cut = address.find('市').map(|at| at + '市'.len_utf8()).unwrap_or(0);
    address
        .get(cut..)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(address)
        .to_owned()
}
