//! 記入欄. A text field with its label, its error or warning in words, its pin and its ring. It takes any width and
//! mode of writing and brings what was typed into one shape when it is left; what is typed is never changed
//! under the hands of the writer.

mod text_box;

use iced::{
    Alignment, Element, Length,
    advanced::widget::Id,
    widget::{Space, column, row, text_input},
};

use super::{
    icon::{Icon, icon},
    words::{Tint, small, small_bold},
};
use crate::desktop::theme::{self, Role, Type};
use text_box::TextBox;

/// The shape that a text takes when its field is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// As it was typed, without space at the ends.
    #[default]
    AsTyped,
    /// Half-width digits, nothing else: voucher numbers, amounts without a point.
    Digits,
    /// Half-width, upper case: lots, codes, amounts.
    Code,
    /// Full-width katakana: フリガナ.
    Katakana,
}

impl Shape {
    /// The text in this shape.
    pub fn of(self, text: &str) -> String {
        use unicode_normalization::UnicodeNormalization;
        let text = text.trim();
        match self {
            Self::AsTyped => text.to_owned(),
            Self::Digits => text.nfkc().filter(char::is_ascii_digit).collect(),
            Self::Code => text.nfkc().collect::<String>().trim().to_uppercase(),
            Self::Katakana => text
                .nfkc()
                .map(|c| match c {
                    'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
                    ' ' => '　',
                    _ => c,
                })
                .collect(),
        }
    }
}

/// A field under construction; `into` makes the element.
pub struct Field<'a, Message> {
    id: Id,
    value: String,
    label: Option<String>,
    label_width: Option<f32>,
    required: bool,
    support: Option<String>,
    width: Length,
    height: f32,
    shape: Shape,
    digits: bool,
    secure: bool,
    error: Option<String>,
    wrong: bool,
    warning: Option<String>,
    pinned: bool,
    room: f32,
    on_input: Option<Box<dyn Fn(String) -> Message + 'a>>,
    on_leave: Option<Message>,
    on_submit: Option<Message>,
    beside: Option<Element<'a, Message>>,
}

/// A field that shows `value` and answers to the keyboard under `id`. Without [`Field::on_input`] it is read only.
pub fn field<'a, Message: Clone + 'a>(id: impl Into<Id>, value: impl Into<String>) -> Field<'a, Message> {
    Field {
        id: id.into(),
        value: value.into(),
        label: None,
        label_width: None,
        required: false,
        support: None,
        width: Length::Fill,
        height: 32.0,
        shape: Shape::AsTyped,
        digits: false,
        secure: false,
        error: None,
        wrong: false,
        warning: None,
        pinned: false,
        room: 0.0,
        on_input: None,
        on_leave: None,
        on_submit: None,
        beside: None,
    }
}

impl<'a, Message: Clone + 'a> Field<'a, Message> {
    /// The label above the field.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The label at the left, in a column of `width`.
    pub fn label_left(mut self, label: impl Into<String>, width: f32) -> Self {
        self.label = Some(label.into());
        self.label_width = Some(width);
        self
    }

    /// Marks 「※必須」. Where all fields are required none is marked, and the panel says so.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What helps to fill it in, behind the label.
    pub fn support(mut self, support: impl Into<String>) -> Self {
        self.support = Some(support.into());
        self
    }

    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// 32 by default, 24 in the comparison of an entry, 40 on sign-in.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// The shape that the text takes when the field is left.
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self.digits |= shape == Shape::Digits || shape == Shape::Code;
        self
    }

    /// Shows the text in digits of equal width.
    pub fn digits(mut self) -> Self {
        self.digits = true;
        self
    }

    /// A password: dots, and the input method is off.
    pub fn secure(mut self) -> Self {
        self.secure = true;
        self
    }

    /// What is wrong, in a sentence that says what to do.
    pub fn error(mut self, sentence: Option<impl Into<String>>) -> Self {
        self.error = sentence.map(Into::into);
        self
    }

    /// The edge of an error alone, where the screen says the sentence elsewhere.
    pub fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    pub fn warning(mut self, sentence: Option<impl Into<String>>) -> Self {
        self.warning = sentence.map(Into::into);
        self
    }

    /// 固定: Enter passes over it, Tab reaches it.
    pub fn pinned(mut self, pinned: bool) -> Self {
        self.pinned = pinned;
        self
    }

    /// Keeps room for the sentence of an error under the field, so that nothing moves when one comes.
    pub fn room(mut self, height: f32) -> Self {
        self.room = height;
        self
    }

    pub fn on_input(mut self, on_input: impl Fn(String) -> Message + 'a) -> Self {
        self.on_input = Some(Box::new(on_input));
        self
    }

    /// Said when the focus has left the field, after the text took its shape.
    pub fn on_leave(mut self, message: Message) -> Self {
        self.on_leave = Some(message);
        self
    }

    /// Said by Enter instead of going to the next field.
    pub fn on_submit(mut self, message: Message) -> Self {
        self.on_submit = Some(message);
        self
    }

    /// Stands at the right of the field.
    pub fn beside(mut self, element: impl Into<Element<'a, Message>>) -> Self {
        self.beside = Some(element.into());
        self
    }

    fn boxed(&mut self) -> Element<'a, Message> {
        let (error, warning, pinned) = (
            self.error.is_some() || self.wrong,
            self.warning.is_some(),
            self.pinned,
        );
        let mut input = text_input("", &self.value)
            .id(self.id.clone())
            .secure(self.secure)
            .font(if self.digits { theme::DIGITS } else { theme::TEXT })
            .size(Type::M.size())
            .line_height(Type::M.line_height())
            .padding([(self.height - Type::M.line()) / 2.0, theme::NEAR])
            .width(Length::Fill)
            .style(move |theme, status| style(theme, status, error, warning, pinned));
        let on_input = self.on_input.take().map(std::rc::Rc::new);
        if let Some(on_input) = on_input.clone() {
            input = input.on_input(move |text| on_input(text));
        }
        if let Some(on_submit) = self.on_submit.clone() {
            input = input.on_submit(on_submit);
        }
        let shape = self.shape;
        let secure = self.secure;
        let on_leave = self.on_leave.clone();
        let leave = move |text: &str| -> Vec<Message> {
            let shaped = shape.of(text);
            let change = on_input
                .as_ref()
                .filter(|_| !secure && shaped != text)
                .map(|f| f(shaped));
            change.into_iter().chain(on_leave.clone()).collect()
        };
        Element::new(TextBox::new(
            self.id.clone(),
            input.into(),
            self.width,
            self.pinned,
            Box::new(leave),
        ))
    }

    fn label_line(&self) -> Option<Element<'a, Message>> {
        let label = self.label.clone()?;
        let mut line = row![small_bold(label)]
            .spacing(theme::PAIR)
            .align_y(Alignment::Center);
        if self.required {
            line = line.push(small("※必須").role(Role::Stop));
        }
        if let Some(support) = self.support.clone() {
            line = line
                .push(Space::new().width(theme::PAIR))
                .push(small(support).role(Role::Ink2));
        }
        Some(line.into())
    }

    fn sentence(&self) -> Option<Element<'a, Message>> {
        let (sentence, sign, ink) = match (&self.error, &self.warning) {
            (Some(error), _) => (error.clone(), Icon::Cross, Role::Stop),
            (None, Some(warning)) => (warning.clone(), Icon::Triangle, Role::Warn),
            (None, None) => return None,
        };
        Some(
            row![icon(sign, ink), small_bold(sentence).role(ink)]
                .spacing(theme::PAIR)
                .into(),
        )
    }
}

fn style(
    theme: &iced::Theme,
    status: text_input::Status,
    error: bool,
    warning: bool,
    pinned: bool,
) -> text_input::Style {
    let focused = matches!(status, text_input::Status::Focused { .. });
    let fill = match (focused, pinned) {
        (true, _) => Role::FocusFill,
        (false, true) => Role::Stripe,
        (false, false) => Role::Panel,
    };
    let (edge, width) = match (error, warning, pinned) {
        (true, _, _) => (Role::Stop, 2.0),
        (_, true, _) => (Role::WarnLine, 2.0),
        (_, _, true) => (Role::Line, 1.0),
        _ => (Role::Control, 1.0),
    };
    text_input::Style {
        background: fill.of(theme).into(),
        border: iced::Border {
            color: edge.of(theme),
            width,
            radius: theme::RADIUS.into(),
        },
        icon: Role::Ink2.of(theme),
        placeholder: Role::Ink2.of(theme),
        value: Role::Ink.of(theme),
        selection: Role::Select.of(theme),
    }
}

impl<'a, Message: Clone + 'a> From<Field<'a, Message>> for Element<'a, Message> {
    fn from(mut field: Field<'a, Message>) -> Self {
        let boxed = field.boxed();
        let pin: Option<Element<'a, Message>> = field.pinned.then(|| icon(Icon::Pin, Role::Ink).into());
        let label = field.label_line();
        let sentence = field.sentence();
        let mut line = row![].align_y(Alignment::Center).spacing(theme::PAIR);
        let mut above = column![];
        match (label, field.label_width) {
            (Some(label), Some(width)) => line = line.push(iced::widget::container(label).width(width)),
            (Some(label), None) => {
                above = above.push(iced::widget::container(label).padding([0.0, theme::RING]))
            }
            (None, _) => {}
        }
        line = line.push(pin).push(boxed).push(field.beside.take());
        above = above.push(line);
        let inset = theme::RING + field.label_width.map_or(0.0, |width| width + theme::PAIR);
        let under =
            iced::widget::container(sentence.unwrap_or_else(|| Space::new().into())).padding(iced::Padding {
                left: inset,
                ..iced::Padding::ZERO
            });
        if field.room > 0.0 {
            above = above.push(under.height(field.room));
        } else if field.error.is_some() || field.warning.is_some() {
            above = above.push(under);
        }
        above.width(Length::Shrink.enclose(field.width)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn a_text_of_any_width_takes_one_shape() {
        assert_eq!(Shape::Digits.of(" ０００ ４１９－８０６ 4 "), "0004198064");
        assert_eq!(Shape::Code.of("ｖｚ３３８"), "VZ338");
        assert_eq!(Shape::Katakana.of("ささき ひまり"), "ササキ　ヒマリ");
        assert_eq!(Shape::Katakana.of("ｻｻｷ ﾋﾏﾘ"), "ササキ　ヒマリ");
        assert_eq!(Shape::AsTyped.of(" 葛󠄀城　"), "葛󠄀城");
    }
}
