//! 日付の欄. A field for a day: it keeps what was typed until it is left, then shows `R8.10.15`; 西暦, weekday and age
//! stand beside it and follow each key. Reading and sentences are those of `domain::wareki`.

use chrono::NaiveDate;
use iced::{
    Alignment, Element,
    advanced::widget::Id,
    widget::{container, row},
};

use super::{
    field::field,
    words::{Tint, digits, small},
};
use crate::desktop::theme::{self, Role};
use crate::domain::wareki::{self, DateProblem};

/// What a screen keeps for one date field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateInput {
    text: String,
    left: bool,
    limits: Limits,
}

/// Between which days the field makes sense.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Days after today are refused.
    pub past_only: bool,
    /// Days before a birth are refused; the age on the day stands beside the field.
    pub birth: Option<NaiveDate>,
}

/// What happened to the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    TextChanged(String),
    Left,
}

impl DateInput {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// A field that already holds a day.
    pub fn of(day: NaiveDate, limits: Limits) -> Self {
        Self {
            text: wareki::short(day),
            left: true,
            limits,
        }
    }

    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Shows a day, or nothing.
    pub fn set(&mut self, day: Option<NaiveDate>) {
        self.text = day.map(wareki::short).unwrap_or_default();
        self.left = day.is_some();
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The day, or why there is none.
    pub fn day(&self, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
        let mut day = wareki::parse(&self.text, today)?;
        if self.limits.past_only {
            day = wareki::not_future(day, today)?;
        }
        if let Some(birth) = self.limits.birth {
            day = wareki::not_before_birth(day, birth)?;
        }
        Ok(day)
    }

    pub fn update(&mut self, message: Message, today: NaiveDate) {
        match message {
            Message::TextChanged(text) => {
                self.text = text;
                self.left = false;
            }
            Message::Left => {
                if let Ok(day) = self.day(today) {
                    self.text = wareki::short(day);
                }
                self.left = !self.text.is_empty();
            }
        }
    }

    /// The sentence under the field; nothing while the field is being typed or is empty.
    pub fn problem(&self, today: NaiveDate) -> Option<String> {
        if !self.left {
            return None;
        }
        self.day(today).err().map(|problem| problem.to_string())
    }

    /// 西暦, weekday and age, as they stand beside the field.
    pub fn beside(&self, today: NaiveDate) -> Option<String> {
        let day = self.day(today).ok()?;
        let mut words = format!("{}({})", wareki::western(day), wareki::weekday(day));
        if let Some(birth) = self.limits.birth {
            words.push(' ');
            words.push_str(&wareki::exact_age(birth, day));
        }
        Some(words)
    }
}

/// The look of a date field: its label, and a sentence from elsewhere that goes before its own.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub label: Option<String>,
    /// The label stands at the left in a column of this width.
    pub label_width: Option<f32>,
    pub required: bool,
    pub pinned: bool,
    pub error: Option<String>,
    pub warning: Option<String>,
    /// 0 means 32.
    pub height: f32,
    /// Room kept under the field.
    pub room: f32,
}

/// The field of 112 with its companions.
pub fn date_field<'a, Outer: Clone + 'a>(
    id: impl Into<Id>,
    input: &DateInput,
    look: Look,
    today: NaiveDate,
    on: impl Fn(Message) -> Outer + 'a,
) -> Element<'a, Outer> {
    let left = on(Message::Left);
    let beside = input.beside(today).unwrap_or_default();
    let mut made = field(id, input.text.clone())
        .digits()
        .width(112)
        .height(if look.height > 0.0 { look.height } else { 32.0 })
        .pinned(look.pinned)
        .error(look.error.or_else(|| input.problem(today)))
        .warning(look.warning)
        .room(look.room)
        .on_input(move |text| on(Message::TextChanged(text)))
        .on_leave(left)
        .beside(
            container(row![digits(beside).role(Role::Ink2)].align_y(Alignment::Center))
                .padding([0.0, theme::PAIR]),
        );
    if let Some(label) = look.label {
        made = match look.label_width {
            Some(width) => made.label_left(label, width),
            None => made.label(label),
        };
    }
    if look.required {
        made = made.required();
    }
    made.into()
}

/// 西暦 in support ink, for a day that can't be typed here.
pub fn western<'a, Outer: 'a>(day: NaiveDate) -> Element<'a, Outer> {
    small(wareki::western(day)).role(Role::Ink2).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_typed_stays_until_the_field_is_left() {
        let today = d("2026-11-24");
        let mut input = DateInput::new(Limits {
            past_only: true,
            birth: Some(d("2025-04-22")),
        });
        input.update(Message::TextChanged("1015".into()), today);
        assert_eq!(input.text(), "1015");
        assert_eq!(input.beside(today).unwrap(), "2026-10-15(木) 1歳5か月23日");
        input.update(Message::Left, today);
        assert_eq!(input.text(), "R8.10.15");
        assert_eq!(input.problem(today), None);
    }

    #[test]
    fn a_day_that_can_t_be_is_said_once_the_field_is_left() {
        let today = d("2026-11-24");
        let mut input = DateInput::new(Limits {
            past_only: true,
            birth: Some(d("2025-04-22")),
        });
        input.update(Message::TextChanged("1203".into()), today);
        assert_eq!(input.problem(today), None);
        input.update(Message::Left, today);
        assert_eq!(input.text(), "1203");
        assert!(
            input
                .problem(today)
                .unwrap()
                .starts_with("R8.12.3 は先の日付です。")
        );
        input.update(Message::TextChanged("R6.1.1".into()), today);
        input.update(Message::Left, today);
        assert!(
            input
                .problem(today)
                .unwrap()
                .starts_with("生まれた日（R7.4.22）より前です。")
        );
    }

    #[test]
    fn an_empty_field_says_nothing_by_itself() {
        let mut input = DateInput::default();
        input.update(Message::Left, d("2026-11-24"));
        assert_eq!(input.problem(d("2026-11-24")), None);
    }
}
