//! ヘルプ. F1 on a field says what belongs there, from which place on the sheet, and which article it rests on; F1
//! again shows the card of all keys. The texts are data (`assets/codes/help.toml`), by the id of the field.

use std::sync::OnceLock;

use iced::{
    Alignment, Element, Length, Rectangle,
    advanced::widget::{Id, Operation, operation},
    widget::{Space, column, container, row},
};
use serde::Deserialize;

use crate::desktop::{
    keycard,
    theme::{self, Role},
    widget::{
        keys::Keys,
        surface::{ground, rule},
        words::{Tint, fact, medium_bold, small},
    },
};

/// ヘルプの一項.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// Id of the field.
    pub id: String,
    pub name: String,
    /// What belongs here.
    pub what: String,
    /// Where on the sheet it stands.
    #[serde(default)]
    pub place: String,
    /// The article or standard.
    #[serde(default)]
    pub law: String,
}

#[derive(Deserialize)]
struct File {
    entry: Vec<Entry>,
}

/// Every text.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../assets/codes/help.toml"))
            .expect("the texts are part of the program and tested");
        file.entry
    })
}

/// The overlay.
#[derive(Debug)]
pub enum Help {
    Field(Option<&'static Entry>),
    /// キーの一覧.
    Card,
}

impl Help {
    /// Help on the field that has the focus.
    pub fn on(id: Option<&Id>) -> Self {
        Self::Field(id.and_then(|id| entries().iter().find(|entry| Id::from(entry.id.clone()) == *id)))
    }

    pub fn keys<Message: Clone>(&self, again: Message, close: Message) -> Keys<Message> {
        let keys = Keys::new().esc("もどる", close);
        match self {
            Self::Field(_) => keys.f(1, "キー一覧", again),
            Self::Card => keys,
        }
    }

    pub fn view<'a, Message: Clone + 'a>(&'a self) -> Element<'a, Message> {
        let body: Element<'a, Message> = match self {
            Self::Field(Some(entry)) => field_help(entry),
            Self::Field(None) => column![
                medium_bold("ここのヘルプ"),
                small("この場所の説明はまだありません。使えるキーは画面の下に出ています。"),
            ]
            .spacing(theme::NEAR)
            .into(),
            Self::Card => keycard::view(),
        };
        let foot = small("Esc もどる　F1 キーの一覧").role(Role::Ink2);
        let width = if matches!(self, Self::Card) { 960 } else { 640 };
        let panel = container(column![body, rule(), foot].spacing(theme::GAP))
            .padding(24)
            .width(width)
            .style(ground(Role::Panel, Some((Role::Ink, 2.0)), theme::RADIUS));
        column![Space::new().height(72), panel]
            .align_x(Alignment::Center)
            .width(Length::Fill)
            .into()
    }
}

fn field_help<'a, Message: 'a>(entry: &'a Entry) -> Element<'a, Message> {
    let mut lines =
        column![medium_bold(entry.name.as_str()), small(entry.what.as_str())].spacing(theme::NEAR);
    for (label, value) in [("紙の場所", &entry.place), ("根拠", &entry.law)] {
        if !value.is_empty() {
            lines = lines.push(row![fact(label, value.as_str(), 72.0)]);
        }
    }
    lines.into()
}

/// Finds which stop has the focus.
#[derive(Default)]
pub struct FindFocused(Option<Id>);

impl Operation<Option<Id>> for FindFocused {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Option<Id>>)) {
        operate(self);
    }

    fn focusable(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::Focusable) {
        if state.is_focused() {
            self.0 = id.cloned();
        }
    }

    fn finish(&self) -> operation::Outcome<Option<Id>> {
        operation::Outcome::Some(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_help_text_says_what_belongs_there_and_stands_once() {
        let entries = entries();
        assert!(entries.len() >= 6);
        for (index, entry) in entries.iter().enumerate() {
            assert!(entry.what.ends_with('。'), "{}", entry.id);
            assert!(
                entries[index + 1..].iter().all(|other| other.id != entry.id),
                "{}",
                entry.id
            );
            for word in ["エラー", "不正", "失敗", "！"] {
                assert!(!entry.what.contains(word), "{}", entry.id);
            }
        }
    }

    #[test]
    fn help_is_found_by_the_id_of_the_field() {
        assert!(matches!(
            Help::on(Some(&Id::new("operator"))),
            Help::Field(Some(_))
        ));
        assert!(matches!(
            Help::on(Some(&Id::new("nothing of ours"))),
            Help::Field(None)
        ));
    }
}
