//! キーの一覧. One page with the keys that work everywhere.

use iced::{
    Element, Length,
    widget::{column, row},
};

use crate::desktop::theme::Role;
use crate::desktop::{
    theme,
    widget::{
        surface::rule,
        words::{Tint, digits_bold, medium_bold, small},
    },
};

const CARD: &[(&str, &str)] = &[
    (
        "Enter / Shift+Enter",
        "次の欄 / 前の欄。一覧では 開く。変換中は日本語入力のもの",
    ),
    (
        "Tab / Shift+Tab",
        "次 / 前の止まり（固定の欄も）。端まで行くと回る",
    ),
    ("↑ ↓", "欄では 前 / 次の欄。一覧では 行を動く"),
    ("PgUp PgDn Home End", "一覧で 1画面 / はじめ / おわり"),
    ("数字・Space", "選択肢と質問の欄で選ぶ。数字は選んで次へ"),
    ("Esc", "1つ戻る。書きかけは残る"),
    ("F1", "この欄のヘルプ。もう一度で この一覧"),
    ("F5", "やりなおす・読みなおす"),
    ("F6", "理由を見る・しぼり込み"),
    ("F11・Ctrl+L", "すぐに画面をロック"),
    ("F12", "その画面の主な操作"),
    ("Ctrl+K", "移動・検索（人・すること・画面）"),
    ("Alt+1～9, 0, W", "左の列の場所へ"),
    (
        "日付",
        "R8.11.23　r081123　81123　1123（今年度）　.（今日）　-1（きのう）　20261123",
    ),
];

/// The card.
pub fn view<'a, Message: 'a>() -> Element<'a, Message> {
    let lines = CARD.iter().map(|(key, meaning)| {
        row![
            digits_bold(*key).role(Role::Link).width(200),
            small(*meaning).width(Length::Fill)
        ]
        .spacing(theme::NEAR)
        .into()
    });
    column![
        medium_bold("キーの一覧"),
        rule(),
        column(lines).spacing(theme::PAIR)
    ]
    .spacing(theme::NEAR)
    .into()
}
