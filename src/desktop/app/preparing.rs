//! 準備. What is shown until the door can be tried: how far the building of a demo city is, or why there is no door.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use iced::{
    Element,
    widget::{column, container},
};

use super::Message;
use crate::desktop::{
    theme::{self, Role},
    widget::{
        button::{Weight, button},
        progress::progress,
        surface::ground,
        words::{Tint, large, small},
    },
};

/// How far it is.
#[derive(Debug, Clone, Default)]
pub struct Report {
    done: u64,
    total: u64,
    what: String,
}

/// Where the preparing thread leaves its last report.
#[derive(Debug, Clone, Default)]
pub(super) struct Reports(Arc<Mutex<Report>>);

impl Reports {
    pub(super) fn send(&self, done: u64, total: u64, what: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Report {
            done,
            total,
            what: what.to_owned(),
        };
    }
}

pub(super) struct Preparing {
    reports: Reports,
    report: Report,
    began: Instant,
    refused: Option<String>,
}

impl Preparing {
    pub(super) fn start() -> (Self, Reports) {
        let reports = Reports::default();
        let preparing = Self {
            reports: reports.clone(),
            report: Report::default(),
            began: Instant::now(),
            refused: None,
        };
        (preparing, reports)
    }

    /// Reads the last report.
    pub(super) fn look(&mut self) {
        let report = self
            .reports
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        self.take(report);
    }

    pub(super) fn take(&mut self, report: Report) {
        self.report = report;
    }

    pub(super) fn refuse(&mut self, sentence: String) {
        self.refused = Some(sentence);
    }

    pub(super) fn view(&self) -> Element<'_, Message> {
        let body: Element<'_, Message> = match &self.refused {
            Some(sentence) => column![
                large("この端末を開けません"),
                small(sentence.as_str()),
                button("leave", Weight::Plain, "終了", Some(Message::LeavePressed)),
            ]
            .spacing(theme::GROUP)
            .into(),
            None => {
                let what = if self.report.what.is_empty() {
                    "準備しています"
                } else {
                    self.report.what.as_str()
                };
                let stops = "途中で閉じても、つぎに開いたときに始めから作りなおします。";
                let Report { done, total, .. } = self.report;
                let bar = progress(done, total, "", self.began.elapsed(), stops);
                column![large("準備しています"), small(what).role(Role::Ink2), bar]
                    .spacing(theme::GAP)
                    .into()
            }
        };
        container(body)
            .padding(36)
            .width(640)
            .style(ground(Role::Panel, Some((Role::Line, 1.0)), theme::RADIUS))
            .into()
    }
}
