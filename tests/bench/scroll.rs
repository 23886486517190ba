//! 長い表の巻き取り. 330,000 rows at a real window on the software renderer: the time from frame to frame while the
//! table scrolls as fast as it can, alone in the window and in a panel of the program's frame, at both sizes of the
//! design. Needs a display that is large enough; nothing is measured without one.

use std::{cell::RefCell, rc::Rc};

use iced::{Element, Size, Subscription, Task, time::Instant, window};
use madoguchi::desktop::{
    frame::{self, Band},
    place::Place,
    theme::{self, Scheme},
    widget::{
        keybar::keybar,
        keys::{Keys, keys},
        surface::panel,
        table::{Cell, Column, DENSE, table},
        words::small,
    },
};
use serde_json::json;

use crate::figure::{Figure, Limit};

const ROWS: usize = 330_000;
/// Frames that are thrown away after the window has opened.
const WARM: usize = 40;
const FRAMES: usize = 300;
/// Rows from one frame to the next.
const STEP: usize = 7;
const SMALL: (Size, Limit) = (Size::new(1280.0, 800.0), Limit::MeanAndP95(16.0, 20.0));
const WIDE: (Size, Limit) = (Size::new(1920.0, 1080.0), Limit::MeanAndP95(28.0, 32.0));

pub fn small_alone() -> Vec<Figure> {
    measure(SMALL, Surroundings::None)
}

pub fn small_framed() -> Vec<Figure> {
    measure(SMALL, Surroundings::Frame)
}

pub fn wide_alone() -> Vec<Figure> {
    measure(WIDE, Surroundings::None)
}

pub fn wide_framed() -> Vec<Figure> {
    measure(WIDE, Surroundings::Frame)
}

#[derive(Clone, Copy)]
enum Surroundings {
    None,
    Frame,
}

#[derive(Default)]
struct Seen {
    frames: Vec<f64>,
    size: Option<Size>,
}

struct List {
    people: Rc<People>,
    surroundings: Surroundings,
    row: usize,
    count: usize,
    last: Option<Instant>,
    seen: Rc<RefCell<Seen>>,
}

#[derive(Debug, Clone)]
enum Message {
    Drawn(Instant),
    Sized(Size),
    Moved,
}

fn update(list: &mut List, message: Message) -> Task<Message> {
    match message {
        Message::Moved => Task::none(),
        Message::Sized(size) => {
            list.seen.borrow_mut().size = Some(size);
            iced::exit()
        }
        Message::Drawn(at) => {
            list.row = (list.row + STEP) % ROWS;
            list.count += 1;
            if let Some(last) = list.last.replace(at)
                && (WARM..WARM + FRAMES).contains(&list.count)
            {
                let frame = (at - last).as_secs_f64() * 1000.0;
                list.seen.borrow_mut().frames.push(frame);
            }
            if list.count == WARM + FRAMES {
                return window::latest().and_then(window::size).map(Message::Sized);
            }
            Task::none()
        }
    }
}

fn view(list: &List) -> Element<'_, Message> {
    let columns = vec![
        Column::new("宛名番号", 100.0).right(),
        Column::new("氏名", 160.0),
        Column::new("カナ", 180.0),
        Column::new("生年月日", 110.0),
        Column::rest("住所"),
        Column::new("予防接種", 160.0),
    ];
    let rows = table("people", columns, ROWS, |row, column| {
        list.people.cell(row, column)
    })
    .row_height(DENSE)
    .current(Some(list.row))
    .on_move(|_| Message::Moved);
    let content = match list.surroundings {
        Surroundings::None => rows.into(),
        Surroundings::Frame => {
            let band = Band {
                title: "住民".to_owned(),
                items: vec!["いわき市 平地区保健福祉センター".to_owned()],
                ..Band::default()
            };
            let rail = frame::rail_view(&Place::Home, |_| None, |_| Message::Moved);
            let work = panel("住民", small("330,000人"), rows);
            frame::with_rail(frame::band(&band), rail, work.into(), keybar(&Keys::new()))
        }
    };
    keys(content, Keys::new())
}

/// 名前と町. Of the demo city, so that the letters of a list are as many as in a real one.
struct People {
    surnames: Vec<Word>,
    given: Vec<Word>,
    towns: Vec<&'static str>,
}

struct Word {
    kanji: &'static str,
    kana: &'static str,
}

impl People {
    fn read() -> Self {
        let fields = |text: &'static str| {
            text.lines()
                .skip(1)
                .map(|line| line.split(',').collect::<Vec<_>>())
        };
        let words = |text, kanji: usize, kana: usize| {
            let word = |line: Vec<&'static str>| Word {
                kanji: line[kanji],
                kana: line[kana],
            };
            fields(text).map(word).collect()
        };
        Self {
            surnames: words(include_str!("../../assets/demo/surnames.csv"), 0, 1),
            given: words(include_str!("../../assets/demo/given.csv"), 3, 2),
            towns: fields(include_str!("../../assets/demo/towns.csv"))
                .map(|line| line[1])
                .collect(),
        }
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        // Neighbours in a list share little; the strides have no factor in common with the lengths.
        let surname = &self.surnames[row * 7 % self.surnames.len()];
        let given = &self.given[row * 11 % self.given.len()];
        let town = self.towns[row * 13 % self.towns.len()];
        match column {
            0 => Cell::digits(format!("{}", 10_000_000 + row)),
            1 => Cell::name(format!("{}　{}", surname.kanji, given.kanji)),
            2 => Cell::text(format!("{}　{}", surname.kana, given.kana)),
            3 => Cell::digits(format!("H{}.{}.{}", row % 30 + 1, row % 12 + 1, row % 28 + 1)),
            4 => Cell::text(format!("{town}字梅本{}番地の{}", row % 211, row % 17)),
            _ => Cell::text("麻しん風しん 第1期"),
        }
    }
}

/// Opens a window of this size, scrolls, and closes it.
fn measure((size, limit): (Size, Limit), surroundings: Surroundings) -> Vec<Figure> {
    if std::env::var_os("DISPLAY").is_none() {
        eprintln!("画面がないので、巻き取りは測っていません。");
        return Vec::new();
    }
    let seen = Rc::new(RefCell::new(Seen::default()));
    let (kept, people) = (Rc::clone(&seen), Rc::new(People::read()));
    let boot = move || List {
        people: Rc::clone(&people),
        surroundings,
        row: 0,
        count: 0,
        last: None,
        seen: Rc::clone(&kept),
    };
    let mut application = iced::application(boot, update, view)
        .theme(|_: &List| Scheme::Light.theme())
        .subscription(|_: &List| Subscription::batch([window::frames().map(Message::Drawn)]))
        .default_font(theme::TEXT)
        .window(window::Settings {
            size,
            ..window::Settings::default()
        });
    for font in theme::fonts() {
        application = application.font(font);
    }
    if application.run().is_err() {
        eprintln!("画面を開けないので、巻き取りは測っていません。");
        return Vec::new();
    }
    let mut seen = seen.borrow_mut();
    if seen.size != Some(size) {
        let Size { width, height } = size;
        eprintln!("画面が小さく、{width}×{height} の窓を開けません。巻き取りは測っていません。");
        return Vec::new();
    }
    let place = match surroundings {
        Surroundings::None => "window",
        Surroundings::Frame => "panel",
    };
    vec![Figure {
        name: "scrolling".to_owned(),
        conditions: json!({
            "rows": ROWS, "width": size.width, "height": size.height, "in": place, "renderer": "tiny-skia",
        }),
        samples_ms: std::mem::take(&mut seen.frames),
        limit,
    }]
}
