//! 進み. How far a long piece of work is: n / m in L, percent, the rest of the time in words after five seconds of
//! measuring, and what stays when it is stopped.

use std::time::Duration;

use iced::{
    Alignment, Element, Length,
    widget::{Space, column, container, row, space},
};

use super::{
    surface::{fill, ground},
    words::{Tint, count, digits, small},
};
use crate::desktop::theme::{self, Role};

/// A bar with its figures; `elapsed` is the time since the work began.
pub fn progress<'a, Message: 'a>(
    done: u64,
    total: u64,
    unit: &str,
    elapsed: Duration,
    when_stopped: &str,
) -> Element<'a, Message> {
    let percent = (done.min(total) * 100).checked_div(total).unwrap_or(0);
    let figures = row![
        count(done.to_string()),
        digits(format!(" / {total}{unit}")).role(Role::Ink2),
        space::horizontal(),
        digits(format!("{percent} %")),
    ]
    .align_y(Alignment::Center);
    let words = remaining(done, total, elapsed).unwrap_or_else(|| "のこりの時間を測っています".to_owned());
    column![
        figures,
        bar(done, total, 12.0),
        small(words),
        small(when_stopped.to_owned()).role(Role::Ink2)
    ]
    .spacing(theme::NEAR)
    .into()
}

/// The bar alone.
pub fn bar<'a, Message: 'a>(done: u64, total: u64, height: f32) -> Element<'a, Message> {
    // Parts of a thousand, so that the bar moves where a percent is a thousand rows.
    let filled = u16::try_from((done.min(total) * 1000).checked_div(total).unwrap_or(0)).unwrap_or(1000);
    let part = |portion: u16, role: Role| -> Element<'a, Message> {
        if portion == 0 {
            return Space::new().into();
        }
        container(Space::new())
            .width(Length::FillPortion(portion))
            .height(Length::Fill)
            .style(fill(role))
            .into()
    };
    container(row![part(filled, Role::Accent), part(1000 - filled, Role::Panel)])
        .height(height)
        .width(Length::Fill)
        .padding(1)
        .style(ground(Role::Panel, Some((Role::Control, 1.0)), 2.0))
        .into()
}

/// The rest of the time in words, rounded to 10 seconds: 「およそ 3分40秒」. `None` before five seconds.
pub fn remaining(done: u64, total: u64, elapsed: Duration) -> Option<String> {
    if elapsed < Duration::from_secs(5) || done == 0 || done >= total {
        return None;
    }
    let seconds = elapsed.as_secs_f64() / done as f64 * (total - done) as f64;
    let tens = (seconds / 10.0).ceil().max(1.0) as u64 * 10;
    Some(match (tens / 60, tens % 60) {
        (0, seconds) => format!("のこり およそ {seconds}秒"),
        (minutes, 0) => format!("のこり およそ {minutes}分"),
        (minutes, seconds) => format!("のこり およそ {minutes}分{seconds}秒"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_time_is_said_in_round_words() {
        assert_eq!(remaining(10, 100, Duration::from_secs(4)), None);
        assert_eq!(
            remaining(50, 100, Duration::from_secs(217)).unwrap(),
            "のこり およそ 3分40秒"
        );
        assert_eq!(
            remaining(90, 100, Duration::from_secs(30)).unwrap(),
            "のこり およそ 10秒"
        );
        assert_eq!(
            remaining(50, 100, Duration::from_secs(120)).unwrap(),
            "のこり およそ 2分"
        );
    }
}
