//! 配色と文字. The colour roles of both themes, the three sizes of type, the fonts and the spacing; the only
//! place that knows a number of either. Every pair of text and ground that a widget uses stands in
//! [`TEXT_PAIRS`] and keeps at least 4.5:1 after WCAG 2.2; widgets and screens name roles, never colours.

use std::sync::{LazyLock, OnceLock};

use iced::{Color, Font, Pixels, Theme, advanced::text::LineHeight, font::Weight, theme::Palette};

use crate::print::font::{self, Face};

/// 配色. What a colour is for. The values are primitives of the デジタル庁デザインシステム.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Behind panels.
    Canvas,
    /// Panels, fields, keys.
    Panel,
    /// Heads of tables.
    Head,
    /// The bar with the keys.
    KeyBar,
    /// Section rows, pinned fields.
    Stripe,
    /// Text.
    Ink,
    /// Support text and the labels of facts.
    Ink2,
    /// Names of keys without a meaning.
    Ink3,
    /// Rules and edges of panels; decoration only.
    Line,
    /// Edges of fields, keys and chips; scroll bars.
    Control,
    Band,
    OnBand,
    OnBand2,
    /// The chosen chip, the main button, progress.
    Accent,
    OnAccent,
    AccentSoft,
    /// The current row.
    Select,
    /// Names of keys, the current tab.
    Link,
    Ok,
    OkSoft,
    OkLine,
    Warn,
    WarnSoft,
    WarnLine,
    Stop,
    StopSoft,
    OnStop,
    /// Outer line of the focus ring.
    Ring,
    /// Inner line of the focus ring.
    RingIn,
    /// Ground of the field that has the focus.
    FocusFill,
    /// 法定の接種対象期間.
    Win,
    WinLine,
    /// 標準的な接種期間.
    Std,
    Past,
    PastLine,
    Dose,
    OnDose,
    Chart1,
    Chart2,
    Chart3,
}

impl Role {
    /// Every role, in the order of the design.
    pub const ALL: [Role; 40] = {
        use Role::*;
        [
            Canvas, Panel, Head, KeyBar, Stripe, Ink, Ink2, Ink3, Line, Control, Band, OnBand, OnBand2,
            Accent, OnAccent, AccentSoft, Select, Link, Ok, OkSoft, OkLine, Warn, WarnSoft, WarnLine, Stop,
            StopSoft, OnStop, Ring, RingIn, FocusFill, Win, WinLine, Std, Past, PastLine, Dose, OnDose,
            Chart1, Chart2, Chart3,
        ]
    };

    /// The colour of this role in a theme.
    pub fn of(self, theme: &Theme) -> Color {
        let (light, contrast) = self.values();
        hex(if is_high_contrast(theme) { contrast } else { light })
    }

    const fn values(self) -> (u32, u32) {
        match self {
            Self::Canvas | Self::Stripe => (0xf2f2f2, 0x000000),
            Self::Panel => (0xffffff, 0x000000),
            Self::Head => (0xe6e6e6, 0x333333),
            Self::KeyBar => (0xe6e6e6, 0x000000),
            Self::Ink => (0x1a1a1a, 0xffffff),
            Self::Ink2 => (0x4d4d4d, 0xffffff),
            Self::Ink3 => (0x666666, 0xe6e6e6),
            Self::Line => (0xb3b3b3, 0xb3b3b3),
            Self::Control => (0x666666, 0xffffff),
            Self::Band => (0x000060, 0x000000),
            Self::OnBand => (0xffffff, 0xffffff),
            Self::OnBand2 => (0xd9e6ff, 0xffffff),
            Self::Accent | Self::Chart1 => (0x0017c1, 0x99f2ff),
            Self::OnAccent | Self::OnDose => (0xffffff, 0x000000),
            Self::AccentSoft => (0xe8f1fe, 0x00234b),
            Self::Select => (0xd9e6ff, 0x00316a),
            Self::Link | Self::Dose => (0x00118f, 0x99f2ff),
            Self::Ok => (0x115a36, 0x9bd4b5),
            Self::OkSoft => (0xe6f5ec, 0x000000),
            Self::OkLine => (0x197a4b, 0x9bd4b5),
            Self::Warn => (0x604b00, 0xffd43d),
            Self::WarnSoft => (0xfff0b3, 0x000000),
            Self::WarnLine => (0x927200, 0xffd43d),
            Self::Stop => (0xce0000, 0xffbbbb),
            Self::StopSoft => (0xfdeeee, 0x000000),
            Self::OnStop => (0xffffff, 0x000000),
            Self::Ring => (0x000000, 0xffd43d),
            Self::RingIn => (0xffd43d, 0x000000),
            Self::FocusFill => (0xfbf5e0, 0x333333),
            Self::Win => (0xc5d7fb, 0x00316a),
            Self::WinLine => (0x3460fb, 0x97d3ff),
            Self::Std => (0x0031d8, 0x39abff),
            Self::Past => (0xcccccc, 0x333333),
            Self::PastLine => (0x949494, 0xb3b3b3),
            Self::Chart2 => (0x4979f5, 0x57b8ff),
            Self::Chart3 => (0xb3b3b3, 0xb3b3b3),
        }
    }
}

/// Text on its ground, as the widgets use them; each pair at least 4.5:1 in both themes.
pub const TEXT_PAIRS: &[(Role, Role)] = &[
    (Role::Ink, Role::Panel),
    (Role::Ink, Role::Canvas),
    (Role::Ink, Role::Stripe),
    (Role::Ink, Role::Select),
    (Role::Ink, Role::Head),
    (Role::Ink, Role::FocusFill),
    (Role::Ink, Role::WarnSoft),
    (Role::Ink, Role::StopSoft),
    (Role::Ink, Role::OkSoft),
    (Role::Ink, Role::AccentSoft),
    (Role::Ink2, Role::Panel),
    (Role::Ink2, Role::Canvas),
    (Role::Ink2, Role::Stripe),
    (Role::Ink2, Role::Head),
    (Role::Ink2, Role::Select),
    (Role::Ink2, Role::WarnSoft),
    (Role::Ink2, Role::StopSoft),
    (Role::Ink2, Role::AccentSoft),
    (Role::Ink2, Role::FocusFill),
    (Role::Ink3, Role::Panel),
    (Role::Ink3, Role::Head),
    (Role::Ink3, Role::KeyBar),
    (Role::OnBand, Role::Band),
    (Role::OnBand2, Role::Band),
    (Role::Link, Role::Panel),
    (Role::Link, Role::Canvas),
    (Role::Link, Role::Stripe),
    (Role::Link, Role::Select),
    (Role::Link, Role::AccentSoft),
    (Role::OnAccent, Role::Accent),
    (Role::Ok, Role::Panel),
    (Role::Ok, Role::OkSoft),
    (Role::Ok, Role::Select),
    (Role::Warn, Role::Panel),
    (Role::Warn, Role::WarnSoft),
    (Role::Warn, Role::Select),
    (Role::Stop, Role::Panel),
    (Role::Stop, Role::StopSoft),
    (Role::Stop, Role::WarnSoft),
    (Role::Stop, Role::Canvas),
    (Role::Stop, Role::FocusFill),
    (Role::OnStop, Role::Stop),
    (Role::OnDose, Role::Dose),
    (Role::Canvas, Role::Ink),
];

/// Shapes that carry a meaning, on their ground; each pair at least 3:1 in both themes.
pub const SHAPE_PAIRS: &[(Role, Role)] = &[
    (Role::Control, Role::Panel),
    (Role::Control, Role::Head),
    (Role::WinLine, Role::Panel),
    (Role::WinLine, Role::Select),
    (Role::Std, Role::Win),
    (Role::PastLine, Role::Panel),
    (Role::Dose, Role::Win),
    (Role::Dose, Role::Past),
    (Role::Accent, Role::Panel),
    (Role::Accent, Role::Select),
    (Role::Chart1, Role::Panel),
    (Role::Chart2, Role::Panel),
    (Role::OkLine, Role::Panel),
    (Role::WarnLine, Role::Panel),
    (Role::WarnLine, Role::WarnSoft),
    (Role::Ring, Role::RingIn),
];

/// 文字の大きさ. There are three and no others; the setting 文字サイズ scales the window instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// 14 / 20: everything that is not named below.
    S,
    /// 16 / 24: what a person types, titles of panels, names in lists.
    M,
    /// 22 / 28: the title of the screen, a person's name, counts of work, the next lawful day.
    L,
}

impl Type {
    pub const fn size(self) -> f32 {
        match self {
            Self::S => 14.0,
            Self::M => 16.0,
            Self::L => 22.0,
        }
    }

    pub const fn line(self) -> f32 {
        match self {
            Self::S => 20.0,
            Self::M => 24.0,
            Self::L => 28.0,
        }
    }

    pub const fn line_height(self) -> LineHeight {
        LineHeight::Absolute(Pixels(self.line()))
    }
}

/// Words.
pub const TEXT: Font = Font::with_name("BIZ UDPGothic");
/// Words that matter.
pub const BOLD: Font = Font {
    weight: Weight::Bold,
    ..TEXT
};
/// Digits that stand in a column or are read against paper: all half an em wide.
pub const DIGITS: Font = Font::with_name("BIZ UDGothic");
pub const DIGITS_BOLD: Font = Font {
    weight: Weight::Bold,
    ..DIGITS
};
/// Whole names that the fonts above can't show.
pub const NAMES: Font = Font::with_name("IPAmjMincho");
/// The program's own glyphs, see [`super::widget::icon`].
pub const ICONS: Font = Font::with_name("Madoguchi Icons");

/// The fonts inside the program. IPAmj Mincho is ten times as large and is read only when a name needs it.
pub fn fonts() -> impl Iterator<Item = &'static [u8]> {
    const ICON_FILE: &[u8] = include_bytes!("../../assets/icons/icons.ttf");
    [Face::Text, Face::TextBold, Face::Gothic, Face::GothicBold]
        .into_iter()
        .filter_map(font::embedded)
        .chain([ICON_FILE])
}

/// 氏名の書体. Words, or IPAmj Mincho for the whole name where a single letter of it is outside the font of words:
/// a name is never set in two faces.
pub fn name_font(name: &str, bold: bool) -> Font {
    if font::covers(Face::Text, name) || !names_are_loaded() {
        return if bold { BOLD } else { TEXT };
    }
    NAMES
}

fn names_are_loaded() -> bool {
    static LOADED: OnceLock<bool> = OnceLock::new();
    *LOADED.get_or_init(|| {
        let Ok(data) = font::data(Face::Names) else {
            return false;
        };
        let Ok(mut system) = iced::advanced::graphics::text::font_system().write() else {
            return false;
        };
        system.load_font(data.into());
        true
    })
}

/// Within a pair.
pub const PAIR: f32 = 4.0;
/// Between a label and its field, and between fields.
pub const NEAR: f32 = 8.0;
/// Padding of a panel and the gap between panels.
pub const GAP: f32 = 12.0;
/// Between groups.
pub const GROUP: f32 = 16.0;
/// Between the columns of a form.
pub const COLUMN: f32 = 24.0;
/// On sign-in and lock only.
pub const WIDE: f32 = 40.0;
/// What every focusable thing keeps free on all sides for the ring.
pub const RING: f32 = 4.0;
pub const RADIUS: f32 = 4.0;
/// From this width on the window shows more context; nothing is enlarged.
pub const BREAKPOINT: f32 = 1600.0;

/// 配色: the two themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    #[default]
    Light,
    /// 高コントラスト.
    HighContrast,
}

impl Scheme {
    pub fn theme(self) -> Theme {
        static LIGHT: LazyLock<Theme> = LazyLock::new(|| make("明るい", false));
        static CONTRAST: LazyLock<Theme> = LazyLock::new(|| make("高コントラスト", true));
        match self {
            Self::Light => LIGHT.clone(),
            Self::HighContrast => CONTRAST.clone(),
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::HighContrast,
            Self::HighContrast => Self::Light,
        }
    }
}

fn make(name: &'static str, contrast: bool) -> Theme {
    let of = |role: Role| {
        hex(if contrast {
            role.values().1
        } else {
            role.values().0
        })
    };
    Theme::custom(
        name,
        Palette {
            background: of(Role::Canvas),
            text: of(Role::Ink),
            primary: of(Role::Accent),
            success: of(Role::Ok),
            warning: of(Role::Warn),
            danger: of(Role::Stop),
        },
    )
}

fn is_high_contrast(theme: &Theme) -> bool {
    theme.palette().background == Color::BLACK
}

const fn hex(value: u32) -> Color {
    Color::from_rgb8((value >> 16) as u8, (value >> 8) as u8, value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color) -> f64 {
        let part = |c: f32| {
            let c = f64::from(c);
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(color.r) + 0.7152 * part(color.g) + 0.0722 * part(color.b)
    }

    fn contrast(one: Role, other: Role, theme: &Theme) -> f64 {
        let (a, b) = (luminance(one.of(theme)), luminance(other.of(theme)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground_in_both_themes() {
        for scheme in [Scheme::Light, Scheme::HighContrast] {
            for (text, ground) in TEXT_PAIRS {
                let ratio = contrast(*text, *ground, &scheme.theme());
                assert!(ratio >= 4.5, "{scheme:?}: {text:?} on {ground:?} is {ratio:.2}");
            }
        }
    }

    #[test]
    fn every_shape_that_means_something_can_be_seen_in_both_themes() {
        for scheme in [Scheme::Light, Scheme::HighContrast] {
            for (shape, ground) in SHAPE_PAIRS {
                let ratio = contrast(*shape, *ground, &scheme.theme());
                assert!(ratio >= 3.0, "{scheme:?}: {shape:?} on {ground:?} is {ratio:.2}");
            }
        }
    }

    #[test]
    fn the_published_ratios_come_out() {
        let light = Scheme::Light.theme();
        let high = Scheme::HighContrast.theme();
        for (text, ground, on_light, on_high) in [
            (Role::Ink, Role::Panel, 17.40, 21.00),
            (Role::Ink2, Role::Head, 6.77, 12.63),
            (Role::Ink3, Role::Head, 4.60, 10.12),
            (Role::Stop, Role::WarnSoft, 5.07, 13.08),
            (Role::OnAccent, Role::Accent, 11.10, 16.50),
        ] {
            assert!(
                (contrast(text, ground, &light) - on_light).abs() < 0.01,
                "{text:?} / {ground:?}"
            );
            assert!(
                (contrast(text, ground, &high) - on_high).abs() < 0.01,
                "{text:?} / {ground:?}"
            );
        }
    }

    #[test]
    fn the_two_themes_are_told_apart() {
        assert_ne!(
            Role::Panel.of(&Scheme::Light.theme()),
            Role::Panel.of(&Scheme::HighContrast.theme())
        );
        assert_eq!(Role::ALL.len(), 40);
    }
}
