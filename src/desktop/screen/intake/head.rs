//! 束の帯. The two strips over the entry: which bundle and how far, and what is pinned.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, row, space},
};

use super::{Intake, Message};
use crate::desktop::{
    theme::{self, Role},
    widget::{
        icon::{Icon, icon},
        progress,
        surface::{bare_panel, done, fill, rule},
        words::{Tint, count, digits, digits_bold, small, small_bold},
    },
};
use crate::office::enter::catalogue;

impl Intake {
    pub(super) fn head(&self) -> Element<'_, Message> {
        bare_panel(column![self.strip(), rule(), self.pinned()])
            .height(68)
            .into()
    }

    fn strip(&self) -> Element<'_, Message> {
        let mut line = row![].spacing(theme::COLUMN).align_y(Alignment::Center);
        match &self.bundle {
            Some(bundle) => {
                let sender = bundle
                    .sender_name
                    .clone()
                    .unwrap_or_else(|| bundle.sender.clone());
                let programme = bundle.programme.as_deref().and_then(catalogue::programme);
                line = line
                    .push(digits_bold(format!("束 {}", bundle.number)))
                    .push(small(sender))
                    .push(small(format!(
                        "{}　様式 {} 第{}版",
                        programme.map_or_else(|| "種類はいろいろ".to_owned(), |known| known.name),
                        bundle.form_id,
                        bundle.form_version
                    )));
            }
            None => {
                line = line
                    .push(small_bold("束なし"))
                    .push(small("束に入っていない1枚を入力します。"))
            }
        }
        line = line.push(space::horizontal());
        if let Some(words) = &self.done {
            line = line.push(done(words.as_str()));
        }
        if let Some(bundle) = &self.bundle {
            let number = self
                .sheet
                .map_or_else(|| "－".to_owned(), |sheet| sheet.to_string());
            line = line
                .push(
                    row![
                        count(number),
                        digits(format!("/ {} 枚目", bundle.count)).role(Role::Ink2)
                    ]
                    .spacing(theme::NEAR)
                    .align_y(Alignment::Center),
                )
                .push(
                    container(progress::bar(
                        u64::from(bundle.entered),
                        u64::from(bundle.count),
                        12.0,
                    ))
                    .width(200),
                )
                .push(digits(format!("疑義 {}", bundle.held)).role(Role::Ink2));
        }
        if let Some(seconds) = self.seconds_each() {
            line = line.push(digits(format!("1枚 {seconds:.1}秒")).role(Role::Ink2));
        }
        container(line)
            .height(33)
            .padding([0.0, theme::GAP])
            .align_y(Alignment::Center)
            .into()
    }

    fn pinned(&self) -> Element<'_, Message> {
        let mut line = row![icon(Icon::Pin, Role::Ink), small_bold("固定")]
            .spacing(theme::NEAR)
            .align_y(Alignment::Center);
        match &self.pins {
            None => {
                line = line.push(
                    small("同じ実施場所・接種日・ワクチンの票が続くときは、⑦⑧を書いて F4 で固定します。")
                        .role(Role::Ink2),
                );
            }
            Some(pins) => {
                let now = self.keyed.pins();
                let facts = [
                    ("実施", &pins.institution, &now.institution),
                    ("接種日", &pins.given, &now.given),
                    ("ワクチン", &pins.product, &now.product),
                    ("ロット", &pins.lot, &now.lot),
                    ("医師", &pins.physician, &now.physician),
                ];
                for (label, pinned, here) in facts {
                    let value = if pinned == here {
                        digits(pinned.clone())
                    } else {
                        small("この票だけ変更")
                    };
                    line = line.push(
                        row![
                            small(label).role(Role::Ink2),
                            value.wrapping(iced::widget::text::Wrapping::None)
                        ]
                        .spacing(theme::PAIR)
                        .align_y(Alignment::Center),
                    );
                }
            }
        }
        let line = line
            .push(space::horizontal())
            .push(small_bold("F4 固定を変える").role(Role::Link));
        container(line)
            .height(33)
            .width(Length::Fill)
            .padding([0.0, theme::GAP])
            .align_y(Alignment::Center)
            .style(fill(Role::Stripe))
            .into()
    }
}
