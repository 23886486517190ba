//! 質問の欄. The questions of a 予診票 as one stop: `0` gives all of them the usual answer and moves on, a number and
//! Enter turns the answer of that one, ↑ ↓ and Space too. The usual answer is a property of the question; an
//! answer that differs is said by sign, weight and ground, not by colour alone.

use iced::{
    Alignment, Element, Length,
    advanced::widget::Id,
    keyboard::{Key, key::Named},
    widget::{Space, column, container, mouse_area, row},
};

use super::{
    icon::{Icon, icon},
    stop::{Taken, stop},
    surface::{Tone, badge, ground},
    words::{Tint, digits, digits_bold, small, small_bold},
};
use crate::desktop::theme::{self, Role};

/// 質問. One question of the form.
#[derive(Debug, Clone)]
pub struct Question {
    pub words: String,
    /// The answer that needs no look: true for はい.
    pub usual: bool,
}

/// The answers of one sheet while it is keyed; `None` is not yet answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pad {
    answers: Vec<Option<bool>>,
    cursor: usize,
    typed: String,
}

/// A key or a click on the pad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    AllUsualPressed,
    DigitTyped(char),
    TypedTurned,
    TypedDropped,
    TurnPressed(usize),
    CursorMoved(usize),
}

impl Pad {
    /// A pad of `count` questions without answers.
    pub fn new(count: usize) -> Self {
        Self {
            answers: vec![None; count],
            cursor: 0,
            typed: String::new(),
        }
    }

    /// A pad with answers that are already known, as from a draft.
    pub fn with_answers(answers: Vec<Option<bool>>) -> Self {
        Self {
            answers,
            cursor: 0,
            typed: String::new(),
        }
    }

    pub fn answers(&self) -> &[Option<bool>] {
        &self.answers
    }

    pub fn is_complete(&self) -> bool {
        self.answers.iter().all(Option::is_some)
    }

    /// How many answers differ from the usual ones.
    pub fn diverging(&self, questions: &[Question]) -> usize {
        self.answers
            .iter()
            .zip(questions)
            .filter(|(a, q)| a.is_some_and(|a| a != q.usual))
            .count()
    }

    pub fn update(&mut self, message: Message, questions: &[Question]) {
        match message {
            Message::AllUsualPressed => self.answers = questions.iter().map(|q| Some(q.usual)).collect(),
            Message::DigitTyped(digit) => self.typed.push(digit),
            Message::TypedDropped => self.typed.clear(),
            Message::TypedTurned => {
                if let Some(index) = self.typed_index() {
                    self.turn(index, questions);
                }
                self.typed.clear();
            }
            Message::TurnPressed(index) => self.turn(index, questions),
            Message::CursorMoved(index) => self.cursor = index.min(self.answers.len().saturating_sub(1)),
        }
    }

    fn typed_index(&self) -> Option<usize> {
        let number: usize = self.typed.parse().ok()?;
        (1..=self.answers.len()).contains(&number).then(|| number - 1)
    }

    fn turn(&mut self, index: usize, questions: &[Question]) {
        let Some((answer, question)) = self.answers.get_mut(index).zip(questions.get(index)) else {
            return;
        };
        *answer = Some(!answer.unwrap_or(question.usual));
        self.cursor = index;
    }

    fn key(&self, key: &Key, text: Option<&str>) -> Option<Taken<Message>> {
        let last = self.answers.len().saturating_sub(1);
        if let Some(digit) = text.and_then(|t| t.chars().next()).filter(char::is_ascii_digit) {
            if digit == '0' && self.typed.is_empty() {
                return Some(Taken::move_on(Message::AllUsualPressed));
            }
            return (self.typed.len() < 2).then_some(Taken::stay(Message::DigitTyped(digit)));
        }
        match key {
            Key::Named(Named::Enter) if !self.typed.is_empty() => Some(Taken::stay(Message::TypedTurned)),
            Key::Named(Named::Backspace) if !self.typed.is_empty() => {
                Some(Taken::stay(Message::TypedDropped))
            }
            Key::Named(Named::Space) => Some(Taken::stay(Message::TurnPressed(self.cursor))),
            Key::Named(Named::ArrowDown) if self.cursor < last => {
                Some(Taken::stay(Message::CursorMoved(self.cursor + 1)))
            }
            Key::Named(Named::ArrowUp) if self.cursor > 0 => {
                Some(Taken::stay(Message::CursorMoved(self.cursor - 1)))
            }
            _ => None,
        }
    }
}

/// The pad in two columns of rows of 22.
pub fn view<'a, Outer: Clone + 'a>(
    id: impl Into<Id>,
    pad: &'a Pad,
    questions: &'a [Question],
    on: impl Fn(Message) -> Outer + 'a,
) -> Element<'a, Outer> {
    let half = questions.len().div_ceil(2);
    let side = |from: usize, to: usize| -> Element<'a, Outer> {
        let lines = (from..to.min(questions.len())).map(|index| line(index, pad, &questions[index], &on));
        column(lines).width(Length::Fill).into()
    };
    let rows = row![side(0, half), side(half, questions.len())].spacing(theme::COLUMN);
    let typed = if pad.typed.is_empty() {
        String::new()
    } else {
        format!("{} を変える Enter", pad.typed)
    };
    let mut head = row![
        small_bold("④ 質問").width(100),
        digits_bold("0").role(Role::Link),
        small("すべて標準の答").role(Role::Ink2),
        digits_bold(format!("1～{}", questions.len())).role(Role::Link),
        small("その番号の答を変える").role(Role::Ink2),
        small_bold(typed),
        Space::new().width(Length::Fill),
    ]
    .spacing(theme::NEAR)
    .height(24)
    .align_y(Alignment::Center);
    match pad.diverging(questions) {
        0 => {}
        count => head = head.push(badge(Tone::Warn, format!("標準とちがう答 {count}"))),
    }
    stop(id, column![head, rows].spacing(theme::PAIR).width(Length::Fill))
        .enter_moves_on()
        .on_key(move |key, _, text| {
            let taken = pad.key(key, text)?;
            Some(Taken {
                message: on(taken.message),
                moves_on: taken.moves_on,
            })
        })
        .into()
}

fn line<'a, Outer: Clone + 'a>(
    index: usize,
    pad: &Pad,
    question: &'a Question,
    on: &impl Fn(Message) -> Outer,
) -> Element<'a, Outer> {
    let answer = pad.answers.get(index).copied().flatten();
    let diverges = answer.is_some_and(|answer| answer != question.usual);
    let (sign, word) = match (answer, diverges) {
        (None, _) => (None, ""),
        (Some(true), true) => (Some(Icon::Lozenge), "はい"),
        (Some(false), true) => (Some(Icon::Lozenge), "いいえ"),
        (Some(true), false) => (Some(Icon::Dot), "はい"),
        (Some(false), false) => (Some(Icon::Ring), "いいえ"),
    };
    let ink = if diverges { Role::Ink } else { Role::Ink2 };
    let write = |words: &'a str| if diverges { small_bold(words) } else { small(words) };
    let sign: Element<'a, Outer> =
        sign.map_or_else(|| Space::new().width(14).into(), |sign| icon(sign, ink).into());
    let face = container(
        row![
            container(digits((index + 1).to_string()).role(Role::Ink2))
                .width(18)
                .align_x(Alignment::End),
            write(&question.words)
                .width(Length::Fill)
                .wrapping(iced::widget::text::Wrapping::None),
            sign,
            write(word).width(48),
        ]
        .spacing(6)
        .align_y(Alignment::Center),
    )
    .height(22)
    .align_y(Alignment::Center);
    let at_cursor = pad.cursor == index;
    let face = match (diverges, at_cursor) {
        (true, _) => face.style(ground(Role::WarnSoft, Some((Role::WarnLine, 1.0)), 0.0)),
        (false, true) => face.style(ground(Role::Panel, Some((Role::Line, 1.0)), 0.0)),
        (false, false) => face.style(ground(Role::Panel, Some((Role::Panel, 1.0)), 0.0)),
    };
    mouse_area(face).on_press(on(Message::TurnPressed(index))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        (0..14)
            .map(|n| Question {
                words: format!("質問{n}"),
                usual: n == 0,
            })
            .collect()
    }

    #[test]
    fn zero_gives_every_question_its_usual_answer() {
        let mut pad = Pad::new(14);
        pad.update(Message::AllUsualPressed, &questions());
        assert!(pad.is_complete());
        assert_eq!(pad.diverging(&questions()), 0);
        assert_eq!(pad.answers()[0], Some(true));
        assert_eq!(pad.answers()[1], Some(false));
    }

    #[test]
    fn a_number_and_enter_turns_that_answer() {
        let mut pad = Pad::new(14);
        pad.update(Message::AllUsualPressed, &questions());
        for message in [
            Message::DigitTyped('1'),
            Message::DigitTyped('2'),
            Message::TypedTurned,
        ] {
            pad.update(message, &questions());
        }
        assert_eq!(pad.answers()[11], Some(true));
        assert_eq!(pad.diverging(&questions()), 1);
    }

    #[test]
    fn a_number_without_a_question_changes_nothing() {
        let mut pad = Pad::new(14);
        let before = pad.answers().to_vec();
        for message in [
            Message::DigitTyped('9'),
            Message::DigitTyped('9'),
            Message::TypedTurned,
        ] {
            pad.update(message, &questions());
        }
        assert_eq!(pad.answers(), before);
    }
}
