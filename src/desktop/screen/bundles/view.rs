//! 束の受領の面. The list with its progress, the receipt of a new bundle, the chosen bundle with its open sheets.

use iced::{
    Element, Length,
    widget::{Space, column, container, row},
};

use super::{Bundles, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{Weight, button, choice, small_chips},
            cover::cover,
            date_field,
            field::{Shape, field},
            icon::{Icon, icon},
            surface::{done, panel},
            table::{Cell, Column, DENSE, table},
            words::{Tint, digits, digits_bold, small, small_bold},
        },
    },
    domain::{
        bundle::{RecountReason, in_words},
        wareki,
    },
    office::{
        bundle::{AGEING_DAYS, BundleLine, is_ageing},
        enter::catalogue,
    },
};

/// Programmes that are offered at once; the rest comes by letters.
const OFFERED: usize = 8;

impl Bundles {
    pub fn view(&self) -> Element<'_, Message> {
        let page = row![
            container(self.list()).width(688),
            column![self.receipt_panel(), self.chosen_panel()]
                .spacing(theme::GAP)
                .width(Length::Fill),
        ]
        .spacing(theme::GAP);
        cover(page, self.is_closing.then(|| self.closing()))
    }

    fn list(&self) -> Element<'_, Message> {
        let (bundles, today) = (&self.bundles, self.today);
        let found = table(
            "bundles",
            vec![
                Column::new("束", 80.0),
                Column::rest("予防接種"),
                Column::new("送付元", 130.0),
                Column::new("受領", 84.0),
                Column::new("経過", 62.0).right(),
                Column::new("枚数", 48.0).right(),
                Column::new("入力", 48.0).right(),
                Column::new("", 84.0),
            ],
            bundles.len(),
            move |row, column| {
                bundles
                    .get(row)
                    .map_or_else(Cell::default, |line| cell(line, column, today))
            },
        )
        .current((!bundles.is_empty()).then_some(self.current))
        .row_height(DENSE)
        .empty("受領した束はありません。F3 で新しい束を受領してください。")
        .on_move(Message::RowMoved)
        .on_open(Message::RowOpened)
        .height(Length::Fill);
        let hint = small(format!("{AGEING_DAYS}日を過ぎて残りのある束に印")).role(Role::Ink2);
        panel("予診票の束", hint, found).height(Length::Fill).into()
    }

    fn receipt_panel(&self) -> Element<'_, Message> {
        let mut senders = column![].spacing(2);
        for (number, line) in (1..).zip(self.senders()).take(4) {
            senders = senders.push(numbered(number, line.name.clone()));
        }
        let body = column![
            row![
                small("束の番号").role(Role::Ink2).width(76),
                digits_bold(self.number.as_str())
            ],
            row![
                field("sender", &self.sender)
                    .label_left("送付元", 72.0)
                    .width(190)
                    .wrong(!self.sender.is_empty() && self.sender_code.is_none())
                    .on_input(Message::SenderChanged)
                    .on_leave(Message::SenderLeft),
                senders,
            ]
            .spacing(theme::NEAR),
            row![
                field("programme", &self.word)
                    .label_left("種類", 72.0)
                    .width(190)
                    .wrong(!self.word.is_empty() && self.programme.is_none())
                    .on_input(Message::ProgrammeChanged)
                    .on_leave(Message::ProgrammeLeft),
                self.offers(),
            ]
            .spacing(theme::NEAR),
            row![
                field("count", &self.count)
                    .label_left("枚数", 72.0)
                    .width(72)
                    .shape(Shape::Digits)
                    .on_input(Message::CountChanged),
                small("紙を1枚ずつ数えます").role(Role::Ink2),
            ]
            .spacing(theme::NEAR)
            .align_y(iced::Alignment::Center),
            date_field::date_field(
                "received",
                &self.received,
                date_field::Look {
                    label: Some("受領日".into()),
                    label_width: Some(72.0),
                    ..date_field::Look::default()
                },
                self.today,
                Message::ReceivedTouched,
            ),
            button(
                "receive",
                Weight::Main,
                "F12　受領する",
                (!self.is_saving).then_some(Message::ReceivePressed)
            ),
            self.result(),
        ]
        .spacing(6)
        .padding(theme::GAP);
        panel("新しい束", small("すべての欄が必要です").role(Role::Ink2), body)
            .height(468)
            .clip(true)
            .into()
    }

    /// The programmes that the letters may mean, with their numbers.
    fn offers(&self) -> Element<'_, Message> {
        let offered = self.offered();
        let more = offered.len().saturating_sub(OFFERED);
        let mut lines = column![].spacing(2);
        for (number, known) in (1..).zip(offered).take(OFFERED) {
            lines = lines.push(numbered(number, known.short_name));
        }
        if more > 0 {
            lines = lines.push(small(format!("ほか {more}。名前のはじめを入れる")).role(Role::Ink2));
        }
        lines.into()
    }

    fn result(&self) -> Element<'_, Message> {
        match (&self.refused, &self.done) {
            (Some(refused), _) => row![
                icon(Icon::Cross, Role::Stop),
                small_bold(refused.as_str()).role(Role::Stop)
            ]
            .spacing(theme::PAIR)
            .into(),
            (None, Some(words)) => done(words.as_str()),
            (None, None) => Space::new().into(),
        }
    }

    fn chosen_panel(&self) -> Element<'_, Message> {
        let Some(bundle) = self.bundle() else {
            return panel("束の中", small(""), Space::new())
                .height(Length::Fill)
                .into();
        };
        let open = match (bundle.is_closed, self.open_sheets.is_empty()) {
            (true, true) => "閉じました。全部の票を入力しています。".to_owned(),
            (true, false) => format!("閉じました。見つからない枚：{}", shortened(&self.open_sheets)),
            (false, true) => "全部の票を入力しました。F10 で閉じられます。".to_owned(),
            (false, false) => format!("まだの枚：{}", shortened(&self.open_sheets)),
        };
        let mut body = column![
            row![
                digits(format!(
                    "枚数 {}　入力 {}　残り {}",
                    bundle.count,
                    bundle.entered,
                    bundle.left()
                )),
                digits(format!("疑義 {}　承認待ち {}", bundle.held, bundle.waiting)).role(Role::Ink2),
            ]
            .spacing(theme::GAP),
            small(open),
        ]
        .spacing(6)
        .padding(theme::GAP);
        if bundle.has_too_many() {
            body = body.push(
                row![
                    icon(Icon::Triangle, Role::Warn),
                    small_bold("数えた枚数より多く入力しています。数えなおしてください。").role(Role::Warn)
                ]
                .spacing(theme::PAIR),
            );
        }
        if !bundle.is_closed {
            let reasons = vec![
                choice(RecountReason::Miscounted, "数えちがい"),
                choice(RecountReason::ArrivedLater, "あとから届いた"),
                choice(RecountReason::SentBack, "返した"),
            ];
            body = body.push(
                field("recount", &self.recount)
                    .label_left("数えなおし", 80.0)
                    .width(72)
                    .shape(Shape::Digits)
                    .on_input(Message::RecountChanged),
            );
            body = body.push(small_chips(
                "recount-reason",
                reasons,
                None,
                Message::RecountChosen,
            ));
        }
        if !self.held.is_empty() {
            body = body.push(self.held_list());
        }
        panel(
            format!("束 {}", bundle.number),
            small("Enter で入力へ").role(Role::Ink2),
            body,
        )
        .height(Length::Fill)
        .clip(true)
        .into()
    }

    /// 疑義の票: Enter takes one up again.
    fn held_list(&self) -> Element<'_, Message> {
        let held = &self.held;
        table(
            "held",
            vec![Column::new("疑義", 70.0), Column::rest("わけ")],
            held.len(),
            move |row, column| match (held.get(row), column) {
                (Some(line), 0) => Cell::digits(
                    line.sheet
                        .map_or_else(String::new, |sheet| format!("{sheet}枚目")),
                ),
                (Some(line), _) => Cell::text(hold_words(line.hold.as_deref().unwrap_or(""))),
                (None, _) => Cell::default(),
            },
        )
        .current(Some(self.held_at))
        .row_height(DENSE)
        .without_head()
        .on_move(Message::HeldMoved)
        .on_open(Message::HeldOpened)
        .height(Length::Fixed(54.0))
        .into()
    }

    fn closing(&self) -> Element<'_, Message> {
        let number = self
            .bundle()
            .map(|bundle| bundle.number.clone())
            .unwrap_or_default();
        let words = match self.open_sheets.len() {
            0 => format!("束 {number} の全部の票を入力しました。閉じますか。"),
            left => format!(
                "束 {number} に {left}枚 残っています（{}）。見つからない枚として閉じますか。",
                shortened(&self.open_sheets)
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
        container(panel("束を閉じる", small(""), body).width(560))
            .center(Length::Fill)
            .into()
    }
}

fn numbered<'a>(number: usize, name: String) -> Element<'a, Message> {
    row![digits_bold(number.to_string()).role(Role::Link), small(name)]
        .spacing(theme::NEAR)
        .into()
}

/// Why a sheet is held, by the first of its codes.
fn hold_words(codes: &str) -> &'static str {
    let first = codes.split(' ').next().unwrap_or("");
    match first.split('.').next().unwrap_or("") {
        "rule" => "決まりに合わない接種",
        "match" => "本人と台帳のちがい",
        "voucher" => "券の番号",
        "lot" => "ロットの期限",
        "day" => "接種日",
        "physician" | "consent" => "署名",
        "duplicate" | "sheet" => "二重のおそれ",
        "clerk" => "入力した人の保留",
        _ => "確かめること",
    }
}

fn shortened(sheets: &[u16]) -> String {
    let words = in_words(sheets);
    match words.chars().count() {
        0..=60 => words,
        _ => format!("{}…", words.chars().take(58).collect::<String>()),
    }
}

fn cell(line: &BundleLine, column: usize, today: chrono::NaiveDate) -> Cell {
    let days = (today - line.received_on).num_days();
    match column {
        0 => Cell::digits(line.number.as_str()).bold(),
        1 => {
            let known = line.programme.as_deref().and_then(catalogue::programme);
            Cell::text(known.map_or_else(|| "いろいろ".to_owned(), |known| known.short_name))
        }
        2 => Cell::text(line.sender_name.clone().unwrap_or_else(|| line.sender.clone())),
        3 => Cell::digits(wareki::short(line.received_on)),
        4 if is_ageing(line, today) => Cell::digits(format!("{days}日"))
            .bold()
            .sign(Icon::Triangle, Role::Warn),
        4 if days == 0 => Cell::text("きょう"),
        4 => Cell::digits(format!("{days}日")),
        5 => Cell::digits(line.count.to_string()),
        6 => Cell::digits(line.entered.to_string()),
        _ if line.is_closed => Cell::text("閉じました").role(Role::Ink2),
        _ => Cell::bar(f32::from(line.entered) / f32::from(line.count.max(1))),
    }
}
