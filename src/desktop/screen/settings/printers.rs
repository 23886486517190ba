//! 様式とプリンター. Which printer a form goes to, how far its sheets are moved and scaled there, and a test sheet to
//! measure it with.

use iced::{
    Element, Length, Task,
    widget::{column, container, operation, row},
};

use crate::{
    desktop::{
        desk::{Action, Desk},
        theme::{self, Role},
        widget::{
            button::{choice, small_chips},
            field::{Field, field},
            surface::{Tone, banner, done, panel},
            table::{Cell, Column, DENSE, table},
            words::{Tint, small},
        },
    },
    office::{
        StoreError,
        printers::{self, PrinterSetting},
        printing::{PrinterError, Printers, Queue},
    },
    print::form::FormHead,
};

/// 様式とプリンター.
#[derive(Debug, Default)]
pub struct FormPrinters {
    forms: Vec<FormHead>,
    settings: Vec<PrinterSetting>,
    queues: Vec<Queue>,
    current: usize,
    queue: Option<String>,
    right: String,
    down: String,
    scale: String,
    is_saving: bool,
    problem: Option<String>,
    done: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    SettingsRead(Result<Vec<PrinterSetting>, std::sync::Arc<StoreError>>),
    QueuesRead(Result<Vec<Queue>, PrinterError>),
    FormMoved(usize),
    QueueChosen(String),
    RightChanged(String),
    DownChanged(String),
    ScaleChanged(String),
    SetPressed,
    Set(Result<(), String>),
    TestPressed,
    Tested(Result<(), String>),
    FormsPressed,
}

impl FormPrinters {
    pub fn read(&mut self, desk: &Desk) -> Task<Message> {
        self.forms = printers::forms();
        let settings = desk.read(
            |office| office.printer_settings().map_err(std::sync::Arc::new),
            Message::SettingsRead,
        );
        let queues = desk.read(|_| Printers::system().queues(), Message::QueuesRead);
        Task::batch([settings, queues])
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }

    /// Whether there is something to set or to try.
    pub fn is_chosen(&self) -> bool {
        self.queue.is_some() && !self.is_saving
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::SettingsRead(Ok(settings)) => {
                self.settings = settings;
                self.show();
            }
            Message::QueuesRead(Ok(queues)) => self.queues = queues,
            Message::FormMoved(row) => {
                self.current = row;
                self.done = None;
                self.show();
            }
            Message::QueueChosen(queue) => self.queue = Some(queue),
            Message::RightChanged(text) => self.right = text,
            Message::DownChanged(text) => self.down = text,
            Message::ScaleChanged(text) => self.scale = text,
            Message::SetPressed => return self.set(desk),
            Message::Set(Ok(())) => return self.was_set(desk),
            Message::TestPressed => return self.test(desk),
            Message::Tested(Ok(())) => self.say("試し刷りを送りました。十字を端から測ってください。"),
            Message::FormsPressed => return Action::Run(operation::focus("printer-forms")),
            Message::Set(Err(sentence)) | Message::Tested(Err(sentence)) => self.refuse(sentence),
            Message::SettingsRead(Err(error)) => self.refuse(error.to_string()),
            Message::QueuesRead(Err(error)) => self.refuse(error.to_string()),
        }
        Action::None
    }

    fn say(&mut self, sentence: &str) {
        self.is_saving = false;
        self.problem = None;
        self.done = Some(sentence.to_owned());
    }

    fn refuse(&mut self, sentence: String) {
        self.is_saving = false;
        self.done = None;
        self.problem = Some(sentence);
    }

    /// Brings the setting of the current form into the fields.
    fn show(&mut self) {
        self.problem = None;
        let form = self.forms.get(self.current).map(|head| head.id.as_str());
        let setting = self
            .settings
            .iter()
            .find(|setting| Some(setting.form.as_str()) == form);
        self.queue = setting.map(|setting| setting.queue.clone());
        self.right = tenths(setting.map_or(0, |setting| setting.right_tenths));
        self.down = tenths(setting.map_or(0, |setting| setting.down_tenths));
        self.scale = tenths(setting.map_or(1000, |setting| {
            i16::try_from(setting.scale_permille).unwrap_or(1000)
        }));
    }

    /// What the fields say, or what has to be mended.
    fn keyed(&self) -> Result<PrinterSetting, String> {
        let form = self.forms.get(self.current).ok_or("様式を選んでください。")?;
        let queue = self.queue.clone().ok_or("プリンターを選んでください。")?;
        let number = |text: &str| {
            read_tenths(text).ok_or("ずらす長さと倍率は、0.4 や -0.8 のように小数1けたで入れてください。")
        };
        let setting = PrinterSetting {
            form: form.id.clone(),
            queue,
            right_tenths: number(&self.right)?,
            down_tenths: number(&self.down)?,
            scale_permille: u16::try_from(number(&self.scale)?).unwrap_or(0),
        };
        match printers::check(&setting) {
            Ok(()) => Ok(setting),
            Err(problem) => Err(problem.to_string()),
        }
    }

    fn set(&mut self, desk: &Desk) -> Action<Message> {
        match self.keyed() {
            Err(sentence) => {
                self.refuse(sentence);
                Action::None
            }
            Ok(setting) => {
                self.is_saving = true;
                Action::Run(desk.deed(
                    move |office, session| {
                        office
                            .set_printer(session, &setting)
                            .map_err(|error| error.to_string())
                    },
                    Message::Set,
                ))
            }
        }
    }

    fn was_set(&mut self, desk: &Desk) -> Action<Message> {
        self.say("登録しました。つぎの印刷から使います。");
        Action::Run(self.read(desk))
    }

    fn test(&mut self, desk: &Desk) -> Action<Message> {
        let (setting, head) = match (self.keyed(), self.forms.get(self.current).cloned()) {
            (Ok(setting), Some(head)) => (setting, head),
            (Err(sentence), _) => {
                self.refuse(sentence);
                return Action::None;
            }
            (_, None) => return Action::None,
        };
        self.is_saving = true;
        Action::Run(desk.read(
            move |_| {
                let pdf = printers::test_sheet(&head, &setting).map_err(|error| error.to_string())?;
                let name = format!("{}/test/1", head.id);
                let sent = Printers::system().send(&setting.queue, &name, &pdf);
                sent.map(|_| ()).map_err(|error| error.to_string())
            },
            Message::Tested,
        ))
    }

    /// `may_set`: without the right the settings are only shown.
    pub fn view(&self, may_set: bool) -> Element<'_, Message> {
        let columns = vec![
            Column::new("様式", 64.0),
            Column::rest("名前"),
            Column::new("プリンター", 150.0),
            Column::new("右へ mm", 76.0).right(),
            Column::new("下へ mm", 76.0).right(),
            Column::new("倍率 %", 76.0).right(),
        ];
        let rows = table("printer-forms", columns, self.forms.len(), |row, column| {
            self.cell(row, column)
        })
        .row_height(DENSE)
        .current((!self.forms.is_empty()).then_some(self.current))
        .on_move(Message::FormMoved)
        .height(Length::Fixed(26.0 + DENSE * 5.0 + 4.0));
        let mut page = column![rows];
        if may_set {
            page = page.push(self.fields());
        }
        panel(
            "様式とプリンター",
            small(if may_set {
                "F2 で様式へ"
            } else {
                "変えるのは技術担当と抽出・印刷の担当"
            })
            .role(Role::Ink2),
            page,
        )
        .into()
    }

    fn fields(&self) -> Element<'_, Message> {
        let queues: Element<'_, Message> = match self.queues.is_empty() {
            true => small("プリンターがありません。技術担当に登録を頼んでください。")
                .role(Role::Ink2)
                .into(),
            false => {
                let choices = self.queues.iter().map(|queue| &queue.name);
                let choices = choices.map(|name| choice(name.clone(), name.clone())).collect();
                small_chips(
                    "printer-queue",
                    choices,
                    self.queue.as_ref(),
                    Message::QueueChosen,
                )
            }
        };
        let placing = row![
            number("printer-right", "右へ", &self.right).on_input(Message::RightChanged),
            number("printer-down", "下へ", &self.down).on_input(Message::DownChanged),
            number("printer-scale", "倍率", &self.scale).on_input(Message::ScaleChanged),
            small("負の数は左・上へ。F6 の試し刷りで測る。").role(Role::Ink2),
        ]
        .spacing(theme::GAP)
        .align_y(iced::Alignment::Center);
        let mut lines = column![queues, placing].spacing(theme::PAIR);
        if let Some(problem) = &self.problem {
            lines = lines.push(banner(Tone::Stop, problem.as_str()));
        }
        if let Some(sentence) = &self.done {
            lines = lines.push(done(sentence.as_str()));
        }
        container(lines).padding(theme::NEAR).into()
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        let Some(head) = self.forms.get(row) else {
            return Cell::default();
        };
        let setting = self.settings.iter().find(|setting| setting.form == head.id);
        match (column, setting) {
            (0, _) => Cell::digits(head.id.clone()).bold(),
            (1, _) => Cell::text(head.title.clone()),
            (2, None) => Cell::text("端末の標準").role(Role::Ink2),
            (2, Some(setting)) => Cell::text(setting.queue.clone()),
            (3, Some(setting)) => Cell::digits(tenths(setting.right_tenths)),
            (4, Some(setting)) => Cell::digits(tenths(setting.down_tenths)),
            (5, Some(setting)) => {
                Cell::digits(tenths(i16::try_from(setting.scale_permille).unwrap_or_default()))
            }
            _ => Cell::default(),
        }
    }
}

fn number<'a>(id: &'static str, label: &'static str, value: &'a str) -> Field<'a, Message> {
    field(id, value).label_left(label, 36.0).digits().width(72)
}

/// 「-0.8」.
fn tenths(value: i16) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{}", value / 10, value % 10)
}

/// Reads 「0.4」, 「-0.8」, 「１００」 as tenths; nothing finer than a tenth.
fn read_tenths(text: &str) -> Option<i16> {
    let plain: String = text
        .trim()
        .chars()
        .map(|letter| match letter {
            '０'..='９' => char::from_u32(letter as u32 - '０' as u32 + '0' as u32).unwrap_or(letter),
            '．' => '.',
            '－' | '−' | 'ー' => '-',
            other => other,
        })
        .collect();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, plain.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 1 || whole.len() > 4 {
        return None;
    }
    let value = whole.parse::<i16>().ok()?.checked_mul(10)?;
    value.checked_add(part.parse().ok()?)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for (text, value) in [
            ("0.4", Some(4)),
            ("-0.8", Some(-8)),
            ("１００．０", Some(1000)),
            ("－１", Some(-10)),
            ("0.45", None),
            ("右", None),
            ("", None),
            ("99999", None),
        ] {
            assert_eq!(read_tenths(text), value, "{text}");
        }
        for value in [-200, -8, 0, 4, 1000] {
            assert_eq!(read_tenths(&tenths(value)), Some(value));
        }
    }
}
