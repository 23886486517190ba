//! 証明書の画面の面. The application on the left, the sheet in the middle, what was issued before on the right.

use iced::{
    Alignment, Element, Length,
    widget::{column, container, row},
};

use super::{Certificate, Message};
use crate::{
    desktop::{
        theme::{self, Role},
        widget::{
            button::{chips, choice},
            field::field,
            surface::{Tone, banner, body, done, empty, panel, preview, rule},
            table::{Cell, Column, TWO_LINES, table},
            words::{Tint, digits, fact, name, small, small_bold},
        },
    },
    domain::{
        certificate::{Applicant, IdentityDocument, Purpose},
        wareki,
    },
};

impl Certificate {
    pub fn view(&self) -> Element<'_, Message> {
        if self.person.is_none() {
            return panel(
                "交付の申請",
                small(""),
                empty("F6 で住民をさがし、個人カードで F9 を押してください。"),
            )
            .height(Length::Fill)
            .into();
        }
        row![
            container(self.application_panel()).width(470),
            self.preview_panel(),
            container(column![self.issues_panel(), self.issue_panel()].spacing(theme::GAP)).width(300)
        ]
        .spacing(theme::GAP)
        .into()
    }

    fn application_panel(&self) -> Element<'_, Message> {
        let purposes = Purpose::ALL
            .into_iter()
            .map(|one| choice(one, one.label()))
            .collect();
        let applicants = Applicant::ALL
            .into_iter()
            .map(|one| choice(one, one.label()))
            .collect();
        let documents = IdentityDocument::ALL
            .into_iter()
            .map(|one| choice(one, one.label()))
            .collect();
        let columns = vec![
            Column::rest("接種"),
            Column::new("接種日", 84.0),
            Column::new("", 132.0),
        ];
        let doses = table("doses", columns, self.choices.len(), |row, column| {
            self.dose_cell(row, column)
        })
        .current(Some(self.chosen))
        .empty("この方の接種の記録はありません。")
        .on_move(Message::DoseMoved)
        .on_open(Message::DoseMoved)
        .height(Length::Fill);
        let copies = field("copies", self.copies.as_str())
            .label_left("部数", 40.0)
            .digits()
            .width(60)
            .on_input(Message::CopiesChanged);
        let content = column![
            row![name(&self.name), digits(self.birth.as_str()).role(Role::Ink2)]
                .spacing(theme::GAP)
                .align_y(Alignment::End),
            container(doses).height(Length::Fill),
            rule(),
            small_bold("使いみち"),
            chips("purpose", purposes, self.purpose.as_ref(), Message::PurposeChosen),
            small_bold("申請した人"),
            chips(
                "applicant",
                applicants,
                self.applicant.as_ref(),
                Message::ApplicantChosen
            ),
            small_bold("申請した人の本人確認書類"),
            chips(
                "document",
                documents,
                self.document.as_ref(),
                Message::DocumentChosen
            ),
            small("番号は書きません。見た書類の種類だけを残します。代理人は委任状も確かめます。")
                .role(Role::Ink2),
            copies,
        ]
        .spacing(theme::NEAR);
        let title = self
            .today
            .map_or(String::new(), |day| format!("受付 {}", wareki::short(day)));
        panel(
            "交付の申請",
            small(title).role(Role::Ink2),
            container(content).padding(theme::GAP),
        )
        .height(Length::Fill)
        .into()
    }

    fn dose_cell(&self, row: usize, column: usize) -> Cell {
        let Some(dose) = self.choices.get(row) else {
            return Cell::default();
        };
        match column {
            0 => Cell::text(format!("{}　{}", dose.programme, dose.record.dose.label())),
            1 => Cell::digits(wareki::short(dose.record.vaccinated_on)),
            _ => match dose.refused {
                Some(reason) => Cell::text(reason.label()).role(Role::Stop),
                None => Cell::text("証明できる").role(Role::Ok),
            },
        }
    }

    fn preview_panel(&self) -> Element<'_, Message> {
        panel(
            "見本",
            small("印刷するものと同じ絵").role(Role::Ink2),
            preview(
                self.preview.as_ref(),
                "証明できる接種を選ぶと、印刷するものと同じ絵が出ます。",
            ),
        )
        .height(Length::Fill)
        .into()
    }

    fn issues_panel(&self) -> Element<'_, Message> {
        let columns = vec![
            Column::new("日", 76.0),
            Column::rest("番号"),
            Column::new("", 60.0),
        ];
        let rows = table("issues", columns, self.issues.len(), |row, column| {
            let Some(line) = self.issues.get(row) else {
                return Cell::default();
            };
            match (column, line.spoiled_on) {
                (0, _) => Cell::digits(line.issued_on.map_or(String::new(), wareki::short)),
                (1, _) => Cell::digits(line.number.rsplit("第 ").next().unwrap_or_default().to_owned()),
                (_, Some(_)) => Cell::badge(Tone::Stop, "刷損"),
                _ => Cell::text(format!("{}通目", line.copy)),
            }
        })
        .row_height(TWO_LINES)
        .without_head()
        .current(Some(self.issue))
        .empty("この方に交付した証明書はありません。")
        .on_move(Message::IssueMoved);
        panel(
            "交付の記録",
            small(format!("{}件", self.issues.len())).role(Role::Ink2),
            rows,
        )
        .height(Length::FillPortion(3))
        .into()
    }

    fn issue_panel(&self) -> Element<'_, Message> {
        let mut lines =
            column![fact("種類", "予防接種済証", 72.0), fact("手数料", "なし", 72.0),].spacing(theme::NEAR);
        match (&self.problem, self.missing()) {
            (Some(problem), _) => lines = lines.push(banner(Tone::Stop, problem.as_str())),
            (None, Some(_)) if self.done.is_some() => {}
            (None, Some(missing)) => lines = lines.push(small(missing).role(Role::Ink2)),
            (None, None) => lines = lines.push(done("F12 で交付できます。")),
        }
        if let Some(sentence) = &self.done {
            lines = lines.push(done(sentence.as_str()));
        }
        panel("交付", small("F12").role(Role::Ink2), body(lines))
            .height(Length::FillPortion(2))
            .into()
    }
}
