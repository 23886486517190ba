//! ホーム. What waits for the person who sits here, and the way to it: digits or Enter open the work. It shows counts
//! and bundles, nothing of any resident.

use chrono::NaiveDate;
use iced::{
    Alignment, Element, Length, Task,
    widget::{Space, column, container, responsive, row, space},
};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::{Errand, Place},
        theme::{self, Role},
        widget::{
            icon::Icon,
            keys::Keys,
            surface::{Tone, badge, banner, body, panel},
            table::{Cell, Column, DENSE, table},
            words::{Tint, count, small, small_bold},
        },
    },
    domain::{deed::Deed, wareki},
    office::{bundle::is_ageing, person::programme_name, voucher::VoucherWork, work::Waiting},
};

/// A line of waiting work.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Work {
    title: &'static str,
    count: u32,
    unit: &'static str,
    detail: String,
    warning: Option<&'static str>,
    place: Place,
}

/// ホーム.
#[derive(Debug)]
pub struct Home {
    waiting: Waiting,
    vouchers: VoucherWork,
    is_supervisor: bool,
    problem: Option<String>,
    name: String,
    today: NaiveDate,
    current: usize,
    bundle: usize,
}

#[derive(Debug, Clone)]
pub enum Message {
    WaitingRead(Result<Waiting, String>),
    VouchersRead(Result<VoucherWork, String>),
    WorkMoved(usize),
    WorkOpened(usize),
    BundleMoved(usize),
    BundleOpened(usize),
    GoPressed(Place),
    ReadAgainPressed,
}

impl Home {
    /// Opens the screen and asks for what waits.
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let mut home = Self {
            waiting: Waiting::default(),
            vouchers: VoucherWork::default(),
            is_supervisor: desk
                .session
                .roles()
                .has(crate::domain::operator::Role::Supervisor),
            problem: None,
            name: desk.session.name().to_owned(),
            today: desk.today,
            current: 0,
            bundle: 0,
        };
        let task = home.shown(desk);
        (home, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        let session = desk.session.clone();
        let waiting = desk.read(
            move |office| office.waiting(&session).map_err(|e| e.to_string()),
            Message::WaitingRead,
        );
        let vouchers = desk.read(
            |office| office.voucher_work().map_err(|e| e.to_string()),
            Message::VouchersRead,
        );
        Task::batch([waiting, vouchers])
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::WaitingRead(Ok(waiting)) => {
                self.waiting = waiting;
                self.problem = None;
            }
            Message::VouchersRead(Ok(vouchers)) => self.vouchers = vouchers,
            Message::WaitingRead(Err(sentence)) | Message::VouchersRead(Err(sentence)) => {
                self.problem = Some(sentence)
            }
            Message::WorkMoved(row) => self.current = row,
            Message::WorkOpened(row) => return self.open_work(row),
            Message::BundleMoved(row) => self.bundle = row,
            Message::BundleOpened(row) => return self.open_bundle(row),
            Message::GoPressed(place) => return Action::Go(place),
            Message::ReadAgainPressed => return Action::Run(self.shown(desk)),
        }
        Action::None
    }

    fn open_work(&self, row: usize) -> Action<Message> {
        self.work()
            .get(row)
            .map_or(Action::None, |work| Action::Go(work.place.clone()))
    }

    fn open_bundle(&self, row: usize) -> Action<Message> {
        match self.waiting.bundles.get(row) {
            Some(bundle) => Action::Go(Place::Intake(Some(bundle.subject))),
            None => Action::None,
        }
    }

    /// What waits, in the order of the day.
    fn work(&self) -> Vec<Work> {
        let open: Vec<_> = self
            .waiting
            .bundles
            .iter()
            .filter(|b| !b.is_closed && b.left() > 0)
            .collect();
        let oldest = open.iter().map(|bundle| bundle.received_on).min();
        let days = oldest.map(|day| (self.today - day).num_days());
        let detail = match days {
            None => "入力の残っている束はありません".to_owned(),
            Some(days) => format!("{}束。最も古い束は {days}日前に受領", open.len()),
        };
        let own = self.waiting.own_approvals;
        let mut work = vec![
            Work {
                title: "予診票の入力",
                count: self.waiting.sheets(),
                unit: "枚",
                detail,
                warning: open
                    .iter()
                    .any(|bundle| is_ageing(bundle, self.today))
                    .then_some("14日を過ぎた束"),
                place: Place::Intake(None),
            },
            Work {
                title: Deed::ApproveEntry.title(),
                count: self.waiting.approvals,
                unit: "件",
                detail: format!("ほかの人の入力。自分の {own}件は除いています"),
                warning: None,
                place: Place::Approvals,
            },
            Work {
                title: "疑義の照会",
                count: self.waiting.held,
                unit: "枚",
                detail: "保留にした予診票。医療機関の回答待ち".to_owned(),
                warning: None,
                place: Place::Bundles,
            },
        ];
        if self.is_supervisor {
            work.push(Work {
                title: "窓口で発行した券",
                count: self.vouchers.issued_today,
                unit: "枚",
                detail: "きょう、承認なしで1枚ずつ出したもの".to_owned(),
                warning: None,
                place: Place::VoucherLists,
            });
        }
        if self.vouchers.contradicting > 0 {
            work.push(Work {
                title: "食いちがう券",
                count: self.vouchers.contradicting,
                unit: "枚",
                detail: "同じ回に2枚、同じ番号、無効のあとの使用".to_owned(),
                warning: Some("要確認"),
                place: Place::VoucherLists,
            });
        }
        if self.waiting.unprojected > 0 {
            work.push(Work {
                title: "未反映の記録",
                count: self.waiting.unprojected,
                unit: "件",
                detail: "一覧に出せない記録。端末の担当へ知らせてください".to_owned(),
                warning: Some("要確認"),
                place: Place::Settings,
            });
        }
        work
    }

    pub fn keys(&self) -> Keys<Message> {
        let go = Message::GoPressed;
        Keys::new()
            .f(2, "予診票入力", go(Place::Intake(None)))
            .f(3, "束の受領", go(Place::Bundles))
            .f(4, "承認", go(Place::Approvals))
            .f(5, "読みなおす", Message::ReadAgainPressed)
            .f(6, "住民検索", go(Place::Person(None)))
            .f(7, "券再発行", go(Place::PersonFor(Errand::Voucher)))
            .f(8, "印刷", go(Place::Print(None)))
            .f(9, "証明書", go(Place::PersonFor(Errand::Certificate)))
    }

    pub fn is_saving(&self) -> bool {
        false
    }

    pub fn view(&self) -> Element<'_, Message> {
        responsive(move |size| {
            let (right, row_height) = if size.width >= 1400.0 {
                (672.0, 52.0)
            } else {
                (388.0, 42.0)
            };
            let lost = self.waiting.lost.map(|lost| banner(Tone::Stop, lost.to_string()));
            let left = column![]
                .push(lost)
                .push(self.work_panel(row_height))
                .push(self.bundles_panel())
                .spacing(theme::GAP);
            let side = column![self.today_panel(), self.sync_panel(), self.notes_panel()].spacing(theme::GAP);
            row![left.width(Length::Fill), container(side).width(right)]
                .spacing(theme::GAP)
                .into()
        })
        .into()
    }

    fn work_panel(&self, row_height: f32) -> Element<'_, Message> {
        let columns = vec![
            Column::new("", 32.0),
            Column::new("", 150.0),
            Column::new("", 84.0).right(),
            Column::new("", 34.0),
            Column::rest(""),
            Column::new("", 116.0),
        ];
        let work = self.work();
        let count = work.len();
        let rows = table("work", columns, count, move |row, column| {
            let Some(work) = work.get(row) else {
                return Cell::default();
            };
            match column {
                0 => Cell::digits((row + 1).to_string()).role(Role::Link),
                1 => Cell::text(work.title).bold().medium(),
                2 => Cell::digits(work.count.to_string()).bold().large(),
                3 => Cell::text(work.unit).role(Role::Ink2),
                4 => Cell::text(work.detail.clone()),
                _ => work
                    .warning
                    .map_or_else(Cell::default, |word| Cell::badge(Tone::Warn, word)),
            }
        })
        .without_head()
        .row_height(row_height)
        .current(Some(self.current))
        .on_move(Message::WorkMoved)
        .on_open(Message::WorkOpened)
        .on_key(move |_, text, _| {
            let digit = text?.chars().next()?.to_digit(10)? as usize;
            (1..=count)
                .contains(&digit)
                .then(|| Message::WorkOpened(digit - 1))
        })
        .height(Length::Fixed(count as f32 * row_height + 4.0));
        let mut body = column![rows];
        if let Some(problem) = &self.problem {
            body = body.push(small_bold(problem.as_str()).role(Role::Stop));
        }
        panel(
            "待っている仕事",
            small("数字キーか Enter で開く").role(Role::Ink2),
            body,
        )
        .height(Length::FillPortion(5))
        .into()
    }

    fn bundles_panel(&self) -> Element<'_, Message> {
        let columns = vec![
            Column::new("束", 76.0),
            Column::new("予防接種", 104.0),
            Column::rest("送付元"),
            Column::new("受領", 78.0),
            Column::new("経過", 70.0).right(),
            Column::new("受領", 46.0).right(),
            Column::new("入力", 46.0).right(),
            Column::new("進み", 72.0),
            Column::new("", 102.0),
        ];
        let rows = table("bundles", columns, self.waiting.bundles.len(), |row, column| {
            self.bundle_cell(row, column)
        })
        .row_height(DENSE)
        .current(Some(self.bundle))
        .empty("受領した束はありません。F3 で束の受領、F6 で住民検索。")
        .on_move(Message::BundleMoved)
        .on_open(Message::BundleOpened);
        let title = row![
            small("14日を過ぎて残りのある束に印").role(Role::Ink2),
            Space::new().width(16),
            small("F3 束の受領").role(Role::Ink2)
        ];
        panel("予診票の束", title, rows)
            .height(Length::FillPortion(6))
            .into()
    }

    fn bundle_cell(&self, row: usize, column: usize) -> Cell {
        let Some(bundle) = self.waiting.bundles.get(row) else {
            return Cell::default();
        };
        let days = (self.today - bundle.received_on).num_days();
        match column {
            0 => Cell::digits(bundle.number.clone()).bold(),
            1 => Cell::text(bundle.programme.as_deref().map_or("", programme_name)),
            2 => Cell::text(
                bundle
                    .sender_name
                    .clone()
                    .unwrap_or_else(|| bundle.sender.clone()),
            ),
            3 => Cell::digits(wareki::short(bundle.received_on)),
            4 if is_ageing(bundle, self.today) => Cell::text(format!("{days}日"))
                .bold()
                .sign(Icon::Triangle, Role::Warn),
            4 if days == 0 => Cell::text("きょう"),
            4 => Cell::text(format!("{days}日")),
            5 => Cell::digits(bundle.count.to_string()),
            6 => Cell::digits(bundle.entered.to_string()),
            7 => Cell::bar(f32::from(bundle.entered) / f32::from(bundle.count.max(1))),
            _ => match (bundle.is_closed, bundle.held, bundle.waiting) {
                (true, ..) => Cell::text("締め"),
                (_, 0, 0) => Cell::default(),
                (_, 0, waiting) => Cell::text(format!("承認待ち {waiting}")),
                (_, held, _) => Cell::text(format!("疑義 {held}")),
            },
        }
    }

    fn today_panel(&self) -> Element<'_, Message> {
        let figure = |label: &'static str, value: u32, unit: &'static str| {
            let line = row![count(value.to_string()), small(unit).role(Role::Ink2)]
                .spacing(theme::PAIR)
                .align_y(Alignment::End);
            column![small(label).role(Role::Ink2), line].width(Length::Fill)
        };
        let figures = row![
            figure("入力", self.waiting.entered_today, "枚"),
            figure("承認待ち", self.waiting.own_approvals, "件"),
        ];
        panel(
            "きょうの入力",
            small(self.name.as_str()).role(Role::Ink2),
            body(column![figures]),
        )
        .into()
    }

    fn sync_panel(&self) -> Element<'_, Message> {
        let state = row![
            small("この端末は1台で動いています。送り先は まだありません。"),
            space::horizontal()
        ];
        panel("同期", badge(Tone::Neutral, "1台"), body(column![state])).into()
    }

    fn notes_panel(&self) -> Element<'_, Message> {
        let lines = body(column![
            small("F1 で この欄のヘルプ、もう一度でキーの一覧。"),
            small("Ctrl+K で 人・すること・画面をさがします。"),
            small("席を離れるときは F11 で画面をロック。"),
        ]);
        panel("お知らせ", small(""), lines).height(Length::Fill).into()
    }
}
