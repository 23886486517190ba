//! 接種券の一覧. What went out at the counter today without release, for a supervisor before closing, and what
//! contradicts itself, for whoever settles it. Enter opens the person of a row.

use iced::{Element, Length, Task, widget::column};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::{Errand, Place},
        theme::{self, Role},
        widget::{
            keys::Keys,
            surface::{Tone, banner, panel},
            table::{Cell, Column, DENSE, Table, table},
            words::{Tint, small},
        },
    },
    domain::{record::DoseNumber, voucher::in_groups, wareki},
    office::{
        person::programme_name,
        voucher::{self, NamedVoucher},
    },
};

/// 接種券の一覧.
#[derive(Debug, Default)]
pub struct VoucherLists {
    lists: voucher::VoucherLists,
    issued_at: usize,
    odd_at: usize,
    problem: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    ListsRead(Result<voucher::VoucherLists, String>),
    IssuedMoved(usize),
    IssuedOpened(usize),
    OddMoved(usize),
    OddOpened(usize),
    SearchPressed,
    ReadAgainPressed,
    BackPressed,
}

impl VoucherLists {
    /// Opens the screen and asks for what it shows.
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let mut screen = Self::default();
        let task = screen.shown(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        desk.deed(
            |office, session| office.voucher_lists(session).map_err(|error| error.to_string()),
            Message::ListsRead,
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::ListsRead(Ok(lists)) => (self.lists, self.problem) = (lists, None),
            Message::ListsRead(Err(sentence)) => self.problem = Some(sentence),
            Message::IssuedMoved(row) => self.issued_at = row,
            Message::IssuedOpened(row) => return open(&self.lists.issued_today, row),
            Message::OddMoved(row) => self.odd_at = row,
            Message::OddOpened(row) => return open(&self.lists.contradicting, row),
            Message::SearchPressed => return Action::Go(Place::PersonFor(Errand::Voucher)),
            Message::ReadAgainPressed => return Action::Run(self.shown(desk)),
            Message::BackPressed => return Action::Back,
        }
        Action::None
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new()
            .esc("もどる", Message::BackPressed)
            .f(5, "読みなおす", Message::ReadAgainPressed)
            .f(6, "住民検索", Message::SearchPressed)
    }

    pub fn is_saving(&self) -> bool {
        false
    }

    pub fn view(&self) -> Element<'_, Message> {
        let today = list("issued-today", &self.lists.issued_today, self.issued_at)
            .empty("きょう窓口で発行した券はありません。F6 で人をさがして発行します。")
            .on_move(Message::IssuedMoved)
            .on_open(Message::IssuedOpened);
        let odd = list("contradicting", &self.lists.contradicting, self.odd_at)
            .empty("食いちがう券はありません。")
            .on_move(Message::OddMoved)
            .on_open(Message::OddOpened);
        let head = |words: String| small(words).role(Role::Ink2);
        let problem = self
            .problem
            .as_ref()
            .map(|problem| banner(Tone::Stop, problem.as_str()));
        column![]
            .push(problem)
            .push(
                panel(
                    "きょう窓口で発行した券",
                    head(format!(
                        "{}枚　承認なしで出した1枚ものを、終業前に見ます",
                        self.lists.issued_today.len()
                    )),
                    today,
                )
                .height(Length::FillPortion(6)),
            )
            .push(
                panel(
                    "食いちがう券",
                    head(format!(
                        "{}枚　同じ回に2枚、同じ番号、無効のあとの使用",
                        self.lists.contradicting.len()
                    )),
                    odd,
                )
                .height(Length::FillPortion(4)),
            )
            .spacing(theme::GAP)
            .into()
    }
}

fn open(vouchers: &[NamedVoucher], row: usize) -> Action<Message> {
    match vouchers.get(row) {
        Some(voucher) => Action::Go(Place::Vouchers(Some(voucher.line.person))),
        None => Action::None,
    }
}

/// 「MR 第1期　1回目」.
fn title(voucher: &NamedVoucher) -> String {
    let line = &voucher.line;
    let dose = DoseNumber::parse(&line.dose).map_or(String::new(), DoseNumber::label);
    format!("{}　{dose}", programme_name(&line.programme))
}

fn list<'a>(id: &'static str, vouchers: &'a [NamedVoucher], current: usize) -> Table<'a, Message> {
    let columns = vec![
        Column::new("券番号", 128.0),
        Column::new("氏名", 180.0),
        Column::rest("予防接種"),
        Column::new("発行", 84.0),
        Column::new("時刻", 64.0),
        Column::new("操作者", 84.0),
        Column::new("端末", 64.0),
        Column::new("状態", 90.0),
    ];
    table(id, columns, vouchers.len(), move |row, column| {
        let Some(voucher) = vouchers.get(row) else {
            return Cell::default();
        };
        let line = &voucher.line;
        let at = line.issued_at + chrono::TimeDelta::hours(9);
        match column {
            0 => Cell::digits(in_groups(&line.number)).bold(),
            1 => Cell::name(voucher.name.clone()),
            2 => Cell::text(title(voucher)),
            3 => Cell::digits(line.issued_on.map_or(String::new(), wareki::short)),
            4 => Cell::digits(at.format("%-H:%M").to_string()),
            5 => Cell::digits(line.issued_by.0.clone()),
            6 => Cell::digits(line.terminal.0.clone()),
            _ => Cell::text(line.state()),
        }
    })
    .row_height(DENSE)
    .current((!vouchers.is_empty()).then_some(current))
}
