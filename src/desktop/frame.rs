//! 枠. What stands around every screen: the band at the top, the rail at the left, the bar with the keys. It draws
//! what it is given and decides nothing; the band is never scrolled, covered or used for messages.

use chrono::{DateTime, FixedOffset, Timelike, Utc};
use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, mouse_area, row, space},
};

use crate::{
    desktop::{
        place::{Place, Rail, rail},
        theme::{self, Role},
        widget::{
            surface::{Tone, fill, rule, rule_down, sign_badge},
            words::{Tint, digits, digits_bold, large, medium_bold, small, small_bold},
        },
    },
    domain::wareki,
};

const BAND: f32 = 48.0;
const RAIL: f32 = 112.0;

/// What the band says.
#[derive(Debug, Clone, Default)]
pub struct Band {
    pub title: String,
    /// 見本: stands beside the title on a demo city.
    pub sample: bool,
    /// From left to right, at the right end; the clock stands in digits of equal width.
    pub items: Vec<String>,
    pub clock: String,
    pub person: Option<String>,
}

/// 帯. 窓口, title, and the items at the right.
pub fn band<'a, Message: 'a>(band: &Band) -> Element<'a, Message> {
    let mut line = row![
        container(medium_bold("窓口").role(Role::OnBand))
            .width(RAIL)
            .padding([0.0, theme::GROUP]),
        large(band.title.clone()).role(Role::OnBand),
    ]
    .align_y(Alignment::Center)
    .height(BAND);
    if band.sample {
        line = line
            .push(Space::new().width(theme::GROUP))
            .push(sign_badge(Tone::Warn, None, "見本"));
    }
    line = line.push(space::horizontal());
    let words = band.items.iter().map(|item| small(item.clone()));
    let clock = [digits(band.clock.clone())].into_iter();
    let person = band.person.iter().map(|person| small(person.clone()));
    for item in words.chain(clock).chain(person) {
        let separator = container(Space::new().width(1).height(24)).style(fill(Role::OnBand2));
        line = line
            .push(separator)
            .push(container(item.role(Role::OnBand)).padding([0.0, 14.0]));
    }
    container(column![line])
        .width(Length::Fill)
        .height(BAND)
        .style(fill(Role::Band))
        .into()
}

/// `R8.11.24(火) 9:41`, in Japan.
pub fn clock_words(now: DateTime<Utc>) -> String {
    let local = in_japan(now);
    format!(
        "{} {}:{:02}",
        wareki::with_weekday(local.date_naive()),
        local.hour(),
        local.minute()
    )
}

/// Instants are UTC, days are Asia/Tokyo, which has had no summer time since 1951.
pub fn in_japan(now: DateTime<Utc>) -> DateTime<FixedOffset> {
    now.with_timezone(&FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset"))
}

/// 場所の列. Key, name and count of waiting work; the current place is marked by ground, bar and weight.
pub fn rail_view<'a, Message: Clone + 'a>(
    current: &Place,
    counts: impl Fn(&Place) -> Option<u32>,
    on_go: impl Fn(Place) -> Message,
) -> Element<'a, Message> {
    let mut entries = column![].padding([8.0, 0.0]);
    for entry in rail() {
        if entry.apart {
            entries = entries.push(container(rule()).padding([8.0, theme::GAP]));
        }
        let is_current = entry.place.is_same_place(current);
        let count = counts(&entry.place);
        let message = on_go(entry.place.clone());
        entries = entries.push(mouse_area(rail_entry(&entry, is_current, count)).on_press(message));
    }
    let note = column![
        small("Alt＋左の字で").role(Role::Ink2),
        small("画面を開く").role(Role::Ink2)
    ];
    let rail = column![
        entries,
        space::vertical(),
        container(note).padding(iced::Padding {
            left: theme::GAP,
            bottom: theme::NEAR,
            ..iced::Padding::ZERO
        })
    ]
    .width(RAIL - 1.0);
    container(row![rail, rule_down()])
        .width(RAIL)
        .height(Length::Fill)
        .style(fill(Role::Panel))
        .into()
}

fn rail_entry<'a, Message: 'a>(entry: &Rail, current: bool, count: Option<u32>) -> Element<'a, Message> {
    let key = entry.key.to_ascii_uppercase().to_string();
    let name = if current {
        small_bold(entry.name)
    } else {
        small(entry.name)
    };
    let count = count
        .filter(|count| *count > 0)
        .map(|count| count.to_string())
        .unwrap_or_default();
    let line = row![
        digits(key)
            .role(if current { Role::Link } else { Role::Ink2 })
            .width(16),
        name,
        space::horizontal(),
        digits_bold(count),
    ]
    .align_y(Alignment::Center)
    .height(40);
    let (bar, ground) = if current {
        (Role::Accent, Role::Select)
    } else {
        (Role::Panel, Role::Panel)
    };
    container(row![
        container(Space::new().width(4))
            .height(Length::Fill)
            .style(fill(bar)),
        container(line).padding([0.0, 8.0]).padding(iced::Padding {
            left: 12.0,
            right: 8.0,
            ..iced::Padding::ZERO
        })
    ])
    .height(40)
    .style(fill(ground))
    .into()
}

/// Band, rail, work area and key bar.
pub fn with_rail<'a, Message: 'a>(
    band: Element<'a, Message>,
    rail: Element<'a, Message>,
    work: Element<'a, Message>,
    keybar: Element<'a, Message>,
) -> Element<'a, Message> {
    let work = container(work)
        .padding(theme::GAP)
        .width(Length::Fill)
        .height(Length::Fill);
    whole(column![band, row![rail, work].height(Length::Fill), keybar])
}

/// Band, work area in the middle, key bar: sign-in and lock have no rail.
pub fn without_rail<'a, Message: 'a>(
    band: Element<'a, Message>,
    work: Element<'a, Message>,
    keybar: Element<'a, Message>,
) -> Element<'a, Message> {
    whole(column![band, container(work).center(Length::Fill), keybar])
}

/// Without a ground of its own: the window is cleared in the same colour. A ground as large as the window would be
/// painted whole for each letter that is typed, however little of it has to be painted again.
fn whole<'a, Message: 'a>(column: iced::widget::Column<'a, Message>) -> Element<'a, Message> {
    container(column)
        .width(Length::Fill)
        .height(Length::Fill)
        .style(|theme| container::Style {
            text_color: Some(Role::Ink.of(theme)),
            ..container::Style::default()
        })
        .into()
}

/// The same with a ground of its own, for what lies over another screen: nothing shows through.
pub fn opaque<'a, Message: 'a>(screen: Element<'a, Message>) -> Element<'a, Message> {
    container(screen).style(fill(Role::Canvas)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_japan() {
        let now = "2026-11-23T15:00:00Z".parse().unwrap();
        assert_eq!(clock_words(now), "R8.11.24(火) 0:00");
    }
}
