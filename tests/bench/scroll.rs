//! 長い表の巻き取り. 330,000 rows at a real window on the software renderer: the time from frame to frame while the
//! table scrolls as fast as it can, at both sizes of the design. Needs a display of 1920 × 1080; nothing is measured
//! without one.

use std::{cell::RefCell, rc::Rc};

use iced::{Element, Size, Subscription, Task, time::Instant, window};
use madoguchi::desktop::{
    theme::{self, Scheme},
    widget::{
        keys::{Keys, keys},
        table::{Cell, Column, DENSE, table},
    },
};
use serde_json::json;

use crate::figure::{Figure, Limit};

const ROWS: usize = 330_000;
/// Frames that are thrown away after the window has changed.
const WARM: usize = 40;
const FRAMES: usize = 300;
const SIZES: [(f32, f32, f64, f64); 2] = [(1280.0, 800.0, 16.0, 20.0), (1920.0, 1080.0, 28.0, 32.0)];

struct List {
    row: usize,
    size: usize,
    seen: usize,
    last: Option<Instant>,
    samples: Rc<RefCell<Vec<Vec<f64>>>>,
}

#[derive(Debug, Clone)]
enum Message {
    Drawn(Instant),
    Moved,
}

fn update(list: &mut List, message: Message) -> Task<Message> {
    let Message::Drawn(at) = message else {
        return Task::none();
    };
    list.row = (list.row + 7) % ROWS;
    list.seen += 1;
    if let Some(last) = list.last.replace(at)
        && list.seen > WARM
    {
        list.samples.borrow_mut()[list.size].push((at - last).as_secs_f64() * 1000.0);
    }
    if list.seen < WARM + FRAMES {
        return Task::none();
    }
    list.size += 1;
    list.seen = 0;
    list.last = None;
    match SIZES.get(list.size) {
        Some((width, height, ..)) => {
            let size = Size::new(*width, *height);
            window::latest().and_then(move |id| window::resize(id, size))
        }
        None => iced::exit(),
    }
}

fn view(list: &List) -> Element<'_, Message> {
    let columns = vec![
        Column::new("宛名番号", 100.0).right(),
        Column::new("氏名", 160.0),
        Column::new("カナ", 180.0),
        Column::new("生年月日", 110.0),
        Column::rest("住所"),
        Column::new("地区", 100.0),
        Column::new("予防接種", 160.0),
    ];
    let rows = table("people", columns, ROWS, |row, column| match column {
        0 => Cell::digits(format!("{}", 10_000_000 + row)),
        1 => Cell::name(format!("見本 太郎{}", row % 977)),
        2 => Cell::text(format!("ミホン タロウ {}", row % 977)),
        3 => Cell::digits(format!("H{}.{}.{}", row % 30 + 1, row % 12 + 1, row % 28 + 1)),
        4 => Cell::text(format!("いわき市平字梅本{}番地の{}", row % 211, row % 17)),
        5 => Cell::text("小名浜"),
        _ => Cell::text("麻しん風しん 第1期"),
    })
    .row_height(DENSE)
    .current(Some(list.row))
    .on_move(|_| Message::Moved);
    keys(rows, Keys::new())
}

/// Opens the window, scrolls, and closes it.
pub fn measure() -> Vec<Figure> {
    if std::env::var_os("DISPLAY").is_none() {
        eprintln!("画面がないので、巻き取りは測っていません。");
        return Vec::new();
    }
    let samples = Rc::new(RefCell::new(vec![Vec::new(); SIZES.len()]));
    let kept = Rc::clone(&samples);
    let boot = move || List {
        row: 0,
        size: 0,
        seen: 0,
        last: None,
        samples: Rc::clone(&kept),
    };
    let mut application = iced::application(boot, update, view)
        .theme(|_: &List| Scheme::Light.theme())
        .subscription(|_: &List| Subscription::batch([window::frames().map(Message::Drawn)]))
        .default_font(theme::TEXT)
        .window(window::Settings {
            size: Size::new(1280.0, 800.0),
            ..window::Settings::default()
        });
    for font in theme::fonts() {
        application = application.font(font);
    }
    if application.run().is_err() {
        eprintln!("画面を開けないので、巻き取りは測っていません。");
        return Vec::new();
    }
    let samples = samples.borrow();
    SIZES
        .iter()
        .zip(samples.iter())
        .map(|((width, height, mean, p95), samples)| Figure {
            name: "scrolling".to_owned(),
            conditions: json!({ "rows": ROWS, "width": width, "height": height, "renderer": "tiny-skia" }),
            samples_ms: samples.clone(),
            limit: Limit::MeanAndP95(*mean, *p95),
        })
        .collect()
}
