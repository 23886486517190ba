//! The panels of the draw: criteria at the left, how the number comes about, what differs from the last draw, the
//! people at the bounds, and the list.

use std::collections::BTreeMap;

use iced::{
    Element, Length,
    widget::{Space, column, container, row},
};

use super::{Draw, Drawing, List, Message, Sort, Working};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{check, chips, choice, small_chips},
            date_field::{Look, date_field},
            field::{Shape, field},
            icon::Icon,
            surface::{Tone, badge, banner, body, done, empty, panel},
            table::{Cell, Column, DENSE, table},
            words::{Tint, count, small, small_bold},
        },
    },
    domain::{
        birth::BirthDate,
        draw::{Exclusion, Standing},
        wareki,
    },
    office::draw::{Basis, DrawPerson, History},
};

const CRITERIA: f32 = 268.0;

pub fn screen(draw: &Draw) -> Element<'_, Message> {
    let top = row![
        totals(draw).width(Length::Fill).height(244),
        difference(draw).width(Length::Fill).height(244)
    ]
    .spacing(theme::GAP);
    let right = column![top, boundary(draw).height(188), list(draw).height(Length::Fill)].spacing(theme::GAP);
    row![criteria(draw).width(CRITERIA).height(Length::Fill), right]
        .spacing(theme::GAP)
        .into()
}

fn criteria(draw: &Draw) -> iced::widget::Container<'_, Message> {
    let programmes = &draw.programmes;
    let rows = table("programme", vec![Column::rest("")], programmes.len(), |row, _| {
        programmes
            .get(row)
            .map_or_else(Cell::default, |one| Cell::text(one.name.clone()))
    })
    .without_head()
    .row_height(DENSE)
    .current(Some(draw.programme))
    .on_move(Message::ProgrammeMoved)
    .height(Length::Fixed(DENSE * 5.0 + 4.0));
    let doses = programmes.get(draw.programme).map_or(&[][..], |one| &one.doses);
    let mut form = column![small_bold("予防接種"), rows].spacing(theme::PAIR);
    if doses.len() > 1 {
        let choices = doses
            .iter()
            .map(|(number, _)| choice(*number, short_dose(*number)))
            .collect();
        form = form.push(small_bold("回"));
        form = form.push(small_chips(
            "dose",
            choices,
            draw.dose.as_ref(),
            Message::DoseChosen,
        ));
    }
    let bases = vec![
        choice(Basis::Reaching, "達する人"),
        choice(Basis::Open, "受けられる人"),
    ];
    let histories = vec![
        choice(History::Any, "問わない"),
        choice(History::None, "未接種"),
        choice(History::Some, "あり"),
    ];
    let day = |label: &str| Look {
        label: Some(label.to_owned()),
        required: true,
        ..Look::default()
    };
    form = form
        .push(chips("basis", bases, Some(&draw.basis), Message::BasisChosen))
        .push(date_field(
            "from",
            &draw.from,
            day("期間の始まり"),
            draw.today,
            Message::FromChanged,
        ))
        .push(date_field(
            "until",
            &draw.until,
            day("期間の終わり"),
            draw.today,
            Message::UntilChanged,
        ))
        .push(
            row![
                field("districts", draw.districts.clone())
                    .label("地区")
                    .support("空けると全部")
                    .width(124)
                    .on_input(Message::DistrictsChanged),
                field("school-year", draw.school_year.clone())
                    .label("学年 1～12")
                    .shape(Shape::Digits)
                    .digits()
                    .width(64)
                    .on_input(Message::SchoolYearChanged)
            ]
            .spacing(theme::NEAR),
        )
        .push(small_bold("接種歴"))
        .push(small_chips(
            "history",
            histories,
            Some(&draw.history),
            Message::HistoryChosen,
        ))
        .push(check(
            "vouchers",
            "有効な券がある人も入れる",
            draw.with_vouchers,
            Message::VouchersToggled,
        ));
    let mut form = body(form.push(status(draw))).spacing(6);
    if let Some(problem) = &draw.problem {
        form = form.push(banner(Tone::Stop, problem.as_str()));
    }
    panel(
        "抽出の条件",
        small(format!("基準日 {}", wareki::short(draw.today))).role(Role::Ink2),
        form,
    )
}

/// What the program is doing, or which draw is shown.
fn status(draw: &Draw) -> Element<'_, Message> {
    let words = match (draw.working, draw.refreshing, &draw.shown) {
        (Some(Working::Drawing), ..) => "抽出しています。".to_owned(),
        (Some(Working::Signing | Working::Releasing), ..) => "登録しています。".to_owned(),
        (_, true, _) => "見通しを新しくしています。終わると F5 で抽出できます。".to_owned(),
        (_, _, Some(shown)) => format!(
            "抽出 {}　規則 {} 版{}",
            wareki::short(shown.line.criteria.on),
            shown.line.rule_version,
            match (shown.line.released, shown.line.discarded) {
                (true, _) => "　承認ずみ",
                (_, true) => "　取りやめ",
                _ => "　承認待ち",
            }
        ),
        _ => "F5 で抽出します。".to_owned(),
    };
    small(words).role(Role::Ink2).into()
}

fn base_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Reaching => "期間に達する住民",
        Basis::Open => "期間に受けられる住民",
    }
}

fn short_dose(number: crate::domain::record::DoseNumber) -> String {
    match number {
        crate::domain::record::DoseNumber::Nth(n) => format!("{n}回"),
        crate::domain::record::DoseNumber::Booster => "追加".to_owned(),
    }
}

fn totals(draw: &Draw) -> iced::widget::Container<'_, Message> {
    let Some(shown) = &draw.shown else {
        return panel(
            "人数の内訳",
            small(""),
            empty("条件を決めて F5 で抽出します。F8 で前回の抽出を見ます。"),
        );
    };
    let totals = &shown.line.totals;
    let mut lines: Vec<(&str, String, u32, String)> = vec![(
        "",
        base_words(shown.line.criteria.basis).to_owned(),
        totals.base,
        String::new(),
    )];
    for (exclusion, number) in &totals.excluded {
        let note = if *exclusion == Exclusion::Protected {
            "F4 別の一覧"
        } else {
            ""
        };
        lines.push(("−", exclusion.word().to_owned(), *number, note.to_owned()));
    }
    lines.push(("＝", "対象者".to_owned(), totals.drawn, String::new()));
    let last = lines.len() - 1;
    let columns = vec![
        Column::new("", 40.0),
        Column::rest(""),
        Column::new("", 72.0).right(),
        Column::new("", 110.0),
    ];
    let rows = table("totals", columns, lines.len(), move |row, column| {
        let Some((sign, words, number, note)) = lines.get(row) else {
            return Cell::default();
        };
        let strong = row == 0 || row == last;
        let cell = match column {
            0 => Cell::text(*sign),
            1 => Cell::text(words.clone()),
            2 => Cell::digits(format!("{number} 人")),
            _ => return Cell::text(note.clone()).role(Role::Ink2),
        };
        if strong { cell.bold() } else { cell }
    })
    .without_head()
    .row_height(DENSE);
    let agree: Element<'_, Message> = match (&draw.done, totals.agree()) {
        (Some(words), _) => done(words.as_str()),
        (None, true) => badge(Tone::Ok, "合計が合う"),
        (None, false) => badge(Tone::Stop, "合計が合わない"),
    };
    panel("人数の内訳", agree, rows)
}

fn difference(draw: &Draw) -> iced::widget::Container<'_, Message> {
    let Some(shown) = &draw.shown else {
        return panel("前回とのちがい", small(""), Space::new());
    };
    if shown.line.released && !shown.fell_out.is_empty() {
        return fell_out(shown);
    }
    let Some(difference) = &shown.difference else {
        return panel(
            "前回とのちがい",
            small(""),
            empty("同じ条件の抽出は、これがはじめてです。"),
        );
    };
    let before = difference.previous.totals.drawn;
    let (added, removed) = (difference.added.len(), difference.removed.len());
    let head = row![
        count(before.to_string()),
        count(format!("＋{added}")).role(Role::Ok),
        count(format!("−{removed}")).role(Role::Stop),
        count(format!("＝ {}", shown.line.totals.drawn)),
    ]
    .spacing(theme::GROUP);
    let mut lines: Vec<(&str, String, usize, String)> = Vec::new();
    for (sign, group) in [("＋", &difference.added), ("−", &difference.removed)] {
        let mut reasons: BTreeMap<Option<Exclusion>, Vec<&str>> = BTreeMap::new();
        for (person, reason) in group {
            reasons.entry(*reason).or_default().push(name_of(shown, *person));
        }
        for (reason, names) in reasons {
            let words = match (sign, reason) {
                ("＋", Some(exclusion)) => format!("{}ではなくなった", exclusion.word()),
                ("＋", None) => "新しく条件に入った".to_owned(),
                (_, Some(exclusion)) => exclusion.word().to_owned(),
                (_, None) => "条件から外れた".to_owned(),
            };
            let first = names.first().copied().unwrap_or_default().to_owned();
            let more = if names.len() > 1 { " ほか" } else { "" };
            lines.push((sign, words, names.len(), format!("{first}{more}")));
        }
    }
    let columns = vec![
        Column::new("", 40.0),
        Column::rest(""),
        Column::new("", 60.0).right(),
        Column::new("", 140.0),
    ];
    let rows = table("difference", columns, lines.len(), move |row, column| {
        let Some((sign, words, number, names)) = lines.get(row) else {
            return Cell::default();
        };
        match column {
            0 => Cell::text(*sign)
                .role(if *sign == "＋" { Role::Ok } else { Role::Stop })
                .bold(),
            1 => Cell::text(words.clone()),
            2 => Cell::digits(format!("{number} 人")),
            _ => Cell::name(names.clone()),
        }
    })
    .without_head()
    .row_height(DENSE)
    .empty("前回と同じ人です。");
    let since = small(format!(
        "{} の {before}人から",
        wareki::short(difference.previous.criteria.on)
    ))
    .role(Role::Ink2);
    panel(
        "前回とのちがい",
        since,
        column![container(head).padding([8.0, theme::GAP]), rows],
    )
}

/// After the release: who is not to be printed any more.
fn fell_out(shown: &Drawing) -> iced::widget::Container<'_, Message> {
    let gone = &shown.fell_out;
    let columns = vec![Column::rest("氏名"), Column::new("理由", 180.0)];
    let rows = table("fell-out", columns, gone.len(), move |row, column| {
        let Some(one) = gone.get(row) else {
            return Cell::default();
        };
        match column {
            0 => Cell::name(name_of(shown, one.person)),
            _ => Cell::text(one.reason.word()),
        }
    })
    .row_height(DENSE);
    panel(
        "承認のあとで外れた人",
        badge(Tone::Warn, format!("{}人は印刷しません", gone.len())),
        rows,
    )
}

fn name_of(shown: &Drawing, person: crate::domain::revision::SubjectId) -> &str {
    let found = shown.people.iter().find(|one| one.entry.person == person);
    found.map_or("台帳にない人", name)
}

fn name(person: &DrawPerson) -> &str {
    person
        .line
        .as_ref()
        .map_or("台帳にない人", |line| line.name.as_str())
}

fn birth(person: &DrawPerson) -> String {
    person
        .line
        .as_ref()
        .map_or_else(String::new, |line| match &line.birth {
            BirthDate::Known(day) => wareki::short(*day),
            BirthDate::AsWritten(text) => text.clone(),
        })
}

fn boundary(draw: &Draw) -> iced::widget::Container<'_, Message> {
    let columns = vec![
        Column::new("氏名", 150.0),
        Column::new("生年月日", 110.0),
        Column::new("きめ手の日", 110.0),
        Column::new("対象", 90.0),
        Column::rest("理由"),
        Column::new("署名", 150.0),
    ];
    let rows = table("boundary", columns, draw.boundary.len(), move |row, column| {
        let Some(person) = draw.boundary_person(row) else {
            return Cell::default();
        };
        boundary_cell(draw, person, column)
    })
    .row_height(DENSE)
    .current(Some(draw.boundary_row))
    .on_move(Message::BoundaryMoved)
    .empty("境目の人はいません。");
    let all = draw.boundary.len();
    let signed = small(format!("署名 {} / {all}", all - draw.unsigned())).role(Role::Ink2);
    panel("境目の人　前後2日。1人ずつ見て F3 で署名します", signed, rows)
}

fn boundary_cell(draw: &Draw, person: &DrawPerson, column: usize) -> Cell {
    let standing = person.entry.standing;
    match column {
        0 => Cell::name(name(person)),
        1 => Cell::digits(birth(person)),
        2 => Cell::digits(person.entry.decisive_on.map(wareki::short).unwrap_or_default()),
        3 => match standing {
            Standing::Drawn => Cell::text("対象").bold(),
            _ => Cell::text("対象外").role(Role::Ink2),
        },
        4 => Cell::text(reason(draw, person)),
        _ => match &person.signature {
            Some(signature) => Cell::text(signature.signed_by.0.clone()).sign(Icon::Tick, Role::Ok),
            None => Cell::text("まだ").role(Role::Ink2),
        },
    }
}

fn reason(draw: &Draw, person: &DrawPerson) -> String {
    let criteria = draw.shown.as_ref().map(|shown| &shown.line.criteria);
    let day = person.entry.decisive_on;
    match (person.entry.standing, criteria, day) {
        (Standing::Excluded(exclusion), ..) => exclusion.word().to_owned(),
        (Standing::Outside, Some(criteria), Some(day)) if day < criteria.from => "期間の前".to_owned(),
        (Standing::Outside, Some(criteria), Some(day)) if day > criteria.until => "期間の後".to_owned(),
        (Standing::Outside, ..) => "条件の外".to_owned(),
        (Standing::Drawn, Some(criteria), Some(day)) if day == criteria.from => "初日".to_owned(),
        (Standing::Drawn, Some(criteria), Some(day)) if day == criteria.until => "末日".to_owned(),
        (Standing::Drawn, ..) => "境目の近く".to_owned(),
    }
}

fn list(draw: &Draw) -> iced::widget::Container<'_, Message> {
    let columns = vec![
        Column::new("番", 56.0).right(),
        Column::new("カナ氏名", 190.0),
        Column::new("氏名", 160.0),
        Column::new("生年月日", 110.0),
        Column::new("地区", 140.0),
        Column::rest("区分"),
    ];
    let rows = table("people", columns, draw.people.len(), move |row, column| {
        let Some(person) = draw.person(row) else {
            return Cell::default();
        };
        let line = person.line.as_ref();
        match column {
            0 => Cell::digits((row + 1).to_string()),
            1 => Cell::text(line.map_or_else(String::new, |line| line.kana.clone())),
            2 => Cell::name(name(person)),
            3 => Cell::digits(birth(person)),
            4 => Cell::text(line.map_or("", |line| line.district.as_str())),
            _ => match person.entry.standing {
                Standing::Excluded(Exclusion::Protected) => Cell::badge(Tone::Stop, "支援措置"),
                Standing::Excluded(exclusion) => Cell::text(exclusion.word()),
                _ => Cell::text("対象"),
            },
        }
    })
    .row_height(DENSE)
    .current(Some(draw.row))
    .on_move(Message::RowMoved)
    .on_open(Message::RowOpened)
    .empty(match (&draw.shown, draw.list) {
        (None, _) => "まだ抽出していません。",
        (_, List::Drawn) => "対象者は0人です。条件の月と地区を見直すか、内訳で除いた人を見てください。",
        (_, List::Excluded) => "除いた人はいません。",
        (_, List::Protected) => "支援措置の人はいません。",
    });
    let title = match draw.list {
        List::Drawn => format!("対象者 {}人", draw.people.len()),
        List::Excluded => format!("除いた人 {}人", draw.people.len()),
        List::Protected => format!("支援措置の人 {}人（印刷しません）", draw.people.len()),
    };
    let order = match draw.sort {
        Sort::Kana => "カナ",
        Sort::Birth => "生年月日",
        Sort::District => "地区",
    };
    panel(
        title,
        small(format!("F6 しぼり込み　F7 並べかえ：{order}")).role(Role::Ink2),
        rows,
    )
}
