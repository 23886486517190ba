//! さがす. The field and the list of finds at the left.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, row, space},
};

use super::{Message, Person};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            field::field,
            icon::Icon,
            surface::{Tone, banner, bare_panel, fill, panel, rule},
            table::{Cell, Column, table},
            words::{Tint, medium, small, small_bold},
        },
    },
    domain::{birth::BirthDate, resident::ResidentStatus, wareki},
    office::search::ResidentLine,
};

/// Two lines and the room around them.
const ROW: f32 = 50.0;

impl Person {
    pub(super) fn search_panel(&self) -> Element<'_, Message> {
        let word = field("word", &self.word)
            .label("住民をさがす")
            .on_input(Message::WordChanged)
            .on_submit(Message::SearchPressed)
            .error(self.problem.clone());
        let hint = small("カナ・漢字・生年月日・住所・券番号").role(Role::Ink2);
        let above = column![word, hint].spacing(theme::PAIR).padding(theme::NEAR);
        let count = match self.answer.lines.is_empty() {
            true => String::new(),
            false => self.answer.count_words(),
        };
        let order = if self.answer.lines.is_empty() {
            ""
        } else {
            "近い順"
        };
        let head = container(
            row![
                small_bold(count),
                space::horizontal(),
                small(order).role(Role::Ink2)
            ]
            .align_y(Alignment::Center),
        )
        .height(28)
        .padding([0.0, theme::GAP])
        .align_y(Alignment::Center)
        .style(fill(Role::Head));
        let empty = self.answer.advice.clone().unwrap_or_default();
        let lines = table(
            "results",
            vec![Column::rest("")],
            self.answer.lines.len(),
            |row, _| {
                self.answer
                    .lines
                    .get(row)
                    .map_or_else(Cell::default, |line| self.result(line))
            },
        )
        .without_head()
        .row_height(ROW)
        .current(Some(self.current))
        .empty(empty)
        .on_move(Message::ResultMoved)
        .on_open(Message::ResultOpened);
        bare_panel(column![above, rule(), head, lines])
            .height(Length::Fill)
            .into()
    }

    fn result(&self, line: &ResidentLine) -> Cell {
        let place = match line.status {
            ResidentStatus::Registered => line.district.clone(),
            other => other.word().to_owned(),
        };
        let under = format!("{}　{place}", born(&line.birth, self.today));
        let cell = Cell::name(format!("{}　{}", line.name, line.kana)).under(under);
        match (line.protected, line.status) {
            (true, _) => cell.sign(Icon::Shield, Role::Stop),
            (false, ResidentStatus::Registered) => cell,
            (false, _) => cell.role(Role::Ink2),
        }
    }

    /// What stands there while nobody is shown.
    pub(super) fn nobody(&self) -> Element<'_, Message> {
        let errand = self.errand.map(|errand| banner(Tone::Info, errand.sentence()));
        let lines = column![
            medium("カナ・漢字・生年月日・住所・宛名番号・券番号でさがせます。"),
            small("例：ささき ひ　　佐々木　　R7.5.14　　ささき R7.5.14　　泉町1-10　　000 419 806 4")
                .role(Role::Ink2),
            small("濁点・小さい字・長音・全角半角・異体字（渡辺と渡邉）のちがいは気にせずに入れられます。")
                .role(Role::Ink2),
            small("Enter で一覧へ、↑↓ で人をえらび、Enter でカードへ。").role(Role::Ink2),
        ]
        .padding(theme::GROUP)
        .spacing(theme::NEAR);
        let page = column![].push(errand).push(lines);
        panel("個人カード", small(""), page).height(Length::Fill).into()
    }
}

/// 「R7.5.14 1歳6か月」, or the register's own words.
pub(super) fn born(birth: &BirthDate, today: chrono::NaiveDate) -> String {
    match birth {
        BirthDate::Known(day) => format!("{} {}", wareki::short(*day), wareki::short_age(*day, today)),
        BirthDate::AsWritten(text) => text.clone(),
    }
}
