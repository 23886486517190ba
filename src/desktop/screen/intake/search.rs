//! 券なし検索. A small search over the entry: a word, the people who fit, and Enter takes one. It knows nothing of the
//! sheet.

use std::sync::Arc;

use iced::{
    Element, Length,
    widget::{column, container},
};

use crate::{
    desktop::{
        theme,
        widget::{
            field::field,
            keys::Keys,
            surface::panel,
            table::{Cell, Column, table},
            words::{Tint, small},
        },
    },
    domain::{revision::SubjectId, wareki},
    office::search::{Answer, SearchError},
};

/// 券なし検索.
#[derive(Debug, Default)]
pub(super) struct Search {
    word: String,
    answer: Answer,
    current: usize,
    refused: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    WordChanged(String),
    WordSubmitted,
    RowMoved(usize),
    RowOpened(usize),
    Dropped,
}

/// What the search asks of the screen.
pub(super) enum Outcome {
    None,
    Asked(String),
    Chosen(SubjectId),
    Dropped,
}

impl Search {
    pub fn update(&mut self, message: Message) -> Outcome {
        match message {
            Message::WordChanged(word) => self.word = word,
            Message::RowMoved(row) => self.current = row,
            Message::WordSubmitted => return Outcome::Asked(self.word.clone()),
            Message::RowOpened(row) => {
                if let Some(line) = self.answer.lines.get(row) {
                    return Outcome::Chosen(line.subject);
                }
            }
            Message::Dropped => return Outcome::Dropped,
        }
        Outcome::None
    }

    pub fn take(&mut self, found: Result<Answer, Arc<SearchError>>) {
        self.current = 0;
        match found {
            Ok(answer) => {
                self.refused = None;
                self.answer = answer;
            }
            Err(error) => {
                self.answer = Answer::default();
                self.refused = Some(error.to_string());
            }
        }
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new().esc("やめる", Message::Dropped)
    }

    pub fn view(&self) -> Element<'_, Message> {
        let lines = &self.answer.lines;
        let found = table(
            "search-found",
            vec![
                Column::new("氏名", 150.0),
                Column::rest("カナ"),
                Column::new("生年月日", 100.0),
                Column::new("性別", 50.0),
                Column::new("状態", 70.0),
            ],
            lines.len(),
            move |row, column| {
                let Some(line) = lines.get(row) else {
                    return Cell::default();
                };
                match column {
                    0 => Cell::name(line.name.as_str()),
                    1 => Cell::text(line.kana.as_str()),
                    2 => Cell::digits(
                        line.birth
                            .day()
                            .map_or_else(|| line.birth.written(), wareki::short),
                    ),
                    3 => Cell::text(line.sex.word()),
                    _ if line.protected => Cell::text("支援措置").role(theme::Role::Stop),
                    _ => Cell::text(line.status.word()),
                }
            },
        )
        .current(Some(self.current))
        .empty(self.advice())
        .on_move(Message::RowMoved)
        .on_open(Message::RowOpened)
        .height(Length::Fixed(300.0));
        let word = field("search-word", &self.word)
            .label("カナ・氏名・生年月日・住所・宛名番号")
            .width(Length::Fill)
            .on_input(Message::WordChanged)
            .on_submit(Message::WordSubmitted);
        let count = small(self.answer.count_words()).role(theme::Role::Ink2);
        let body = column![container(word).padding([theme::NEAR, theme::NEAR]), found];
        container(panel("券なし検索", count, body).width(640))
            .center_x(Length::Fill)
            .padding([80.0, 0.0])
            .into()
    }

    fn advice(&self) -> String {
        let advice = self.refused.clone().or_else(|| self.answer.advice.clone());
        advice.unwrap_or_else(|| "さがす言葉を入れて Enter を押してください。".to_owned())
    }
}
