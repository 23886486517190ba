//! 移動・検索. Ctrl+K: persons, deeds and screens under one field, at most three of each. Persons are found by the
//! same deed as on the person card; a deed that needs a person says so and then asks for one.

use std::time::Duration;

use chrono::NaiveDate;
use iced::{
    Alignment, Element, Length, Task,
    widget::{Space, column, container, mouse_area, row, space},
};

use crate::{
    desktop::{
        after::after,
        desk::Desk,
        place::{Place, rail},
        theme::{self, Role},
        widget::{
            field::{Shape, field},
            keys::{Chord, Keys},
            surface::{fill, ground, rule},
            words::{Tint, small, small_bold},
        },
    },
    domain::{birth::BirthDate, revision::SubjectId, wareki},
    office::search::{Answer, ResidentLine},
};

/// Most hits of each kind.
const MOST: usize = 3;
/// The search waits for a rest of the fingers, so that each letter is not a deed of its own.
const REST: Duration = Duration::from_millis(150);

/// すること. A deed that begins on a screen: name, reading, where it begins, whether it needs a person.
const DEEDS: &[(&str, &str, Place, bool)] = &[
    (
        "接種券の再発行",
        "セッシュケンノサイハッコウ",
        Place::Vouchers(None),
        true,
    ),
    (
        "接種券の発行",
        "セッシュケンノハッコウ",
        Place::Vouchers(None),
        true,
    ),
    (
        "きょう窓口で発行した券",
        "キョウマドグチデハッコウシタケン",
        Place::VoucherLists,
        false,
    ),
    (
        "証明書の交付",
        "ショウメイショノコウフ",
        Place::Certificate(None),
        true,
    ),
    (
        "予診票の入力",
        "ヨシンヒョウノニュウリョク",
        Place::Intake(None),
        false,
    ),
    ("束の受領", "タバノジュリョウ", Place::Bundles, false),
    ("入力の承認", "ニュウリョクノショウニン", Place::Approvals, false),
    (
        "対象者の抽出",
        "タイショウシャノチュウシュツ",
        Place::Draw(None),
        false,
    ),
    (
        "接種券の印刷",
        "セッシュケンノインサツ",
        Place::Print(None),
        false,
    ),
    ("操作履歴の確認", "ソウサリレキノカクニン", Place::AuditLog, false),
    ("プリンタの設定", "プリンタノセッテイ", Place::Settings, false),
];

/// Readings of the places of the rail, by their titles.
const READINGS: &[(&str, &str)] = &[
    ("ホーム", "ホーム"),
    ("個人カード", "コジンカード"),
    ("束の受領", "タバノジュリョウ"),
    ("予診票入力", "ヨシンヒョウニュウリョク"),
    ("承認", "ショウニン"),
    ("対象者抽出", "タイショウシャチュウシュツ"),
    ("印刷", "インサツ"),
    ("接種券", "セッシュケン"),
    ("証明書の交付", "ショウメイショノコウフ"),
    ("操作履歴", "ソウサリレキ"),
    ("この端末の設定", "コノタンマツノセッテイ"),
];

/// A line that can be chosen.
#[derive(Debug, Clone)]
struct Hit {
    section: &'static str,
    title: String,
    detail: String,
    place: Place,
}

#[derive(Debug, Default)]
pub struct Palette {
    word: String,
    /// Counts the changes of the word, so that an answer to an older one is dropped.
    serial: u64,
    persons: Vec<Hit>,
    persons_title: String,
    /// The deed for which a person is wanted.
    wanted_for: Option<Place>,
    current: usize,
}

#[derive(Debug, Clone)]
pub enum Message {
    WordChanged(String),
    Rested(u64),
    PersonsFound(u64, Result<Answer, String>),
    UpPressed,
    DownPressed,
    EnterPressed,
    HitPressed(usize),
    ClosePressed,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Go(Place),
    Close,
}

impl Palette {
    pub fn update(&mut self, message: Message, desk: &Desk) -> Action {
        match message {
            Message::WordChanged(word) => return self.word_changed(word),
            Message::Rested(serial) if serial == self.serial => return self.search(desk),
            Message::Rested(_) => {}
            Message::PersonsFound(serial, found) => self.persons_found(serial, found, desk),
            Message::UpPressed => self.current = self.current.saturating_sub(1),
            Message::DownPressed => {
                self.current = (self.current + 1).min(self.hits().len().saturating_sub(1));
            }
            Message::EnterPressed => return self.choose(self.current),
            Message::HitPressed(index) => return self.choose(index),
            Message::ClosePressed => return Action::Close,
        }
        Action::None
    }

    fn word_changed(&mut self, word: String) -> Action {
        self.word = word;
        self.serial += 1;
        self.current = 0;
        if self.word.trim().is_empty() {
            self.persons.clear();
            return Action::None;
        }
        let serial = self.serial;
        Action::Run(after(REST).map(move |()| Message::Rested(serial)))
    }

    fn search(&self, desk: &Desk) -> Action {
        let (word, today, serial) = (self.word.clone(), desk.today, self.serial);
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .search(session, &word, today)
                    .map_err(|error| error.to_string())
            },
            move |found| Message::PersonsFound(serial, found),
        ))
    }

    fn persons_found(&mut self, serial: u64, found: Result<Answer, String>, desk: &Desk) {
        if serial != self.serial {
            return;
        }
        let Ok(answer) = found else {
            self.persons.clear();
            return;
        };
        let shown = answer.lines.len().min(MOST);
        self.persons_title = format!("住民  {}から上の{shown}人", answer.count_words());
        self.persons = answer
            .lines
            .iter()
            .take(MOST)
            .map(|line| self.person(line, desk))
            .collect();
    }

    fn person(&self, line: &ResidentLine, desk: &Desk) -> Hit {
        let place = match &self.wanted_for {
            Some(wanted) => with_person(wanted, line.subject),
            None => Place::Person(Some(line.subject)),
        };
        Hit {
            section: "住民",
            title: line.name.clone(),
            detail: detail(line, desk.today),
            place,
        }
    }

    fn hits(&self) -> Vec<Hit> {
        let mut hits = self.persons.clone();
        if self.wanted_for.is_some() {
            return hits;
        }
        let word = Shape::Katakana.of(&self.word).replace('　', "");
        let plain = self.word.trim();
        let matches = |title: &str, reading: &str| {
            !plain.is_empty() && (title.contains(plain) || (!word.is_empty() && reading.contains(&word)))
        };
        let deeds = DEEDS
            .iter()
            .filter(|(title, reading, ..)| matches(title, reading))
            .take(MOST);
        hits.extend(deeds.map(|(title, _, place, needs_person)| Hit {
            section: "すること",
            title: (*title).to_owned(),
            detail: if *needs_person {
                "人を選んでから".to_owned()
            } else {
                String::new()
            },
            place: place.clone(),
        }));
        let screens = rail().into_iter().filter(|entry| {
            let title = entry.place.title();
            READINGS
                .iter()
                .any(|(of, reading)| *of == title && (plain.is_empty() || matches(title, reading)))
        });
        let most = if plain.is_empty() { 12 } else { MOST };
        hits.extend(screens.take(most).map(|entry| Hit {
            section: "画面",
            title: entry.place.title().to_owned(),
            detail: format!("Alt+{}", entry.key.to_ascii_uppercase()),
            place: entry.place,
        }));
        hits
    }

    fn choose(&mut self, index: usize) -> Action {
        let Some(hit) = self.hits().into_iter().nth(index) else {
            return Action::None;
        };
        let needs_person = DEEDS
            .iter()
            .any(|(title, _, _, needs)| *needs && hit.section == "すること" && *title == hit.title);
        if needs_person {
            self.wanted_for = Some(hit.place);
            self.word.clear();
            self.persons.clear();
            self.current = 0;
            return Action::None;
        }
        Action::Go(hit.place)
    }

    pub fn keys(&self) -> Keys<Message> {
        Keys::new()
            .esc("もどる", Message::ClosePressed)
            .chord(Chord::Up, Message::UpPressed)
            .chord(Chord::Down, Message::DownPressed)
    }

    pub fn view(&self) -> Element<'_, Message> {
        let support = if self.wanted_for.is_some() {
            "どの人ですか"
        } else {
            "人・画面・すること"
        };
        let search = field("palette", &self.word)
            .height(40.0)
            .on_input(Message::WordChanged)
            .on_submit(Message::EnterPressed)
            .beside(container(small(support).role(Role::Ink2)).padding([0.0, theme::NEAR]));
        let mut list = column![];
        let mut section = "";
        for (index, hit) in self.hits().into_iter().enumerate() {
            if hit.section != section {
                section = hit.section;
                let title = if section == "住民" {
                    self.persons_title.clone()
                } else {
                    section.to_owned()
                };
                list = list.push(
                    container(small_bold(title).role(Role::Ink2))
                        .padding([3.0, theme::GROUP])
                        .width(Length::Fill)
                        .style(fill(Role::Stripe)),
                );
            }
            list =
                list.push(mouse_area(line(hit, index == self.current)).on_press(Message::HitPressed(index)));
        }
        let foot = row![
            small("↑↓ えらぶ").role(Role::Ink2),
            small("Enter 開く").role(Role::Ink2),
            small("Esc もどる（書きかけは残ります）").role(Role::Ink2)
        ]
        .spacing(theme::COLUMN);
        let body = column![
            container(search).padding([8.0, theme::GAP]),
            rule(),
            container(list).height(Length::Fill),
            rule(),
            container(foot).padding([8.0, theme::GROUP])
        ];
        let panel = container(body).width(720).height(472).padding(2).style(ground(
            Role::Panel,
            Some((Role::Ink, 2.0)),
            theme::RADIUS,
        ));
        column![Space::new().height(96), panel]
            .align_x(Alignment::Center)
            .width(Length::Fill)
            .into()
    }
}

fn line<'a>(hit: Hit, current: bool) -> Element<'a, Message> {
    let (bar, ground_role) = if current {
        (Role::Accent, Role::Select)
    } else {
        (Role::Panel, Role::Panel)
    };
    let font = theme::name_font(&hit.title, true);
    let title = small_bold(hit.title).size(theme::Type::M.size()).font(font);
    let enter: Element<'a, Message> = if current {
        container(small_bold("Enter"))
            .padding([0.0, 6.0])
            .style(ground(Role::Panel, Some((Role::Control, 1.0)), theme::RADIUS))
            .into()
    } else {
        Space::new().into()
    };
    let words = row![
        container(title).width(180),
        small(hit.detail)
            .role(Role::Ink2)
            .wrapping(iced::widget::text::Wrapping::None),
        space::horizontal(),
        enter
    ]
    .spacing(theme::GAP)
    .align_y(Alignment::Center)
    .height(40);
    let face = row![
        container(Space::new().width(4))
            .height(Length::Fill)
            .style(fill(bar)),
        container(words).padding([0.0, theme::GAP]),
    ];
    container(face)
        .height(40)
        .width(Length::Fill)
        .style(fill(ground_role))
        .into()
}

/// Reading, day of birth and age; 支援措置 is said in every list.
fn detail(line: &ResidentLine, today: NaiveDate) -> String {
    let birth = match &line.birth {
        BirthDate::Known(day) => format!("{}  {}", wareki::short(*day), wareki::short_age(*day, today)),
        BirthDate::AsWritten(text) => text.clone(),
    };
    let protected = if line.protected { "  支援措置" } else { "" };
    format!("{}  {birth}{protected}", line.kana)
}

fn with_person(place: &Place, person: SubjectId) -> Place {
    match place {
        Place::Vouchers(_) => Place::Vouchers(Some(person)),
        Place::Certificate(_) => Place::Certificate(Some(person)),
        _ => Place::Person(Some(person)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(word: &str) -> Vec<String> {
        let palette = Palette {
            word: word.into(),
            ..Palette::default()
        };
        palette.hits().into_iter().map(|hit| hit.title).collect()
    }

    #[test]
    fn screens_and_deeds_are_found_by_reading_and_by_letters() {
        assert!(titles("しょうめい").contains(&"証明書の交付".to_owned()));
        assert!(titles("再発行").contains(&"接種券の再発行".to_owned()));
        assert!(titles("ｼｮｳﾆﾝ").contains(&"承認".to_owned()));
        assert!(titles("ぬぬぬ").is_empty());
    }

    #[test]
    fn every_screen_of_the_rail_has_a_reading() {
        for entry in rail() {
            assert!(
                READINGS.iter().any(|(title, _)| *title == entry.place.title()),
                "{}",
                entry.place.title()
            );
        }
    }

    #[test]
    fn a_deed_that_needs_a_person_asks_for_one() {
        let mut palette = Palette {
            word: "再発行".into(),
            ..Palette::default()
        };
        assert!(matches!(palette.choose(0), Action::None));
        assert_eq!(palette.wanted_for, Some(Place::Vouchers(None)));
        assert!(palette.hits().is_empty());
    }
}
