//! 発送. Before anything leaves the house each person is looked at once more; who fell out is pulled from the
//! pile and her voucher is void. The dispatch list names no protected person.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Office, RunError, Session, append, event, prepare::falls_out, wanted, whole};
use crate::{
    domain::{
        deed::Deed,
        revision::SubjectId,
        run::{LeftOut, RunFact, RunState, Serial, SerialState},
        voucher::{VoidReason, VoucherFact},
        wareki,
    },
    office::{
        paper::{self, Paper, PaperError},
        printers,
        voucher::{PrintJob, font_refused},
    },
    print::{Sheet, Values, form, single},
    rules,
    store::{Connection, New, Parents, people, resident},
};

/// The form of the list.
const LIST: &str = "L-01";

/// 発送の結果. Serials to pull out of the pile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatched {
    pub count: u32,
    pub pulled: Vec<(Serial, LeftOut)>,
}

impl Office {
    /// 発送を登録する. For every sheet that is on paper and counted.
    ///
    /// # Errors
    /// [`RunError::NotFinished`] while sheets are still out; nothing is written then.
    pub fn dispatch_run(&self, session: &Session, run: SubjectId) -> Result<Dispatched, RunError> {
        let paper = &self.paper()?;
        let today = self.today();
        self.deed(session, Deed::DispatchVoucher, |transaction| {
            let state = whole(transaction.connection(), run)?;
            if state.dispatched.is_some() {
                return Err(RunError::NotOpen);
            }
            let open = |at| !matches!(at, SerialState::Printed | SerialState::LeftOut(_));
            if !state.is_stopped && state.count(open) > 0 {
                return Err(RunError::NotFinished);
            }
            let mut pulled = Vec::new();
            let mut count = 0;
            for (serial, at) in state.serials() {
                let Some(sheet) = state.sheet(serial).filter(|_| at == SerialState::Printed) else {
                    continue;
                };
                let wanted = wanted(sheet.person, state.manifest.programme, state.manifest.dose);
                let fallen = falls_out(
                    transaction.connection(),
                    &wanted,
                    Some((run, &sheet.number)),
                    today,
                )?;
                let fact = match fallen {
                    Some(reason) => {
                        pulled.push((serial, reason));
                        append(transaction, run, &RunFact::Withdrawn { serial, reason })?;
                        VoucherFact::Void {
                            on: today,
                            reason: VoidReason::NoLongerEligible,
                        }
                    }
                    None => {
                        count += 1;
                        VoucherFact::Dispatched { on: today }
                    }
                };
                transaction.append(New {
                    subject: sheet.number.subject(&paper.lg_code),
                    about: Some(sheet.person),
                    body: &fact,
                    parents: Parents::None,
                })?;
            }
            append(transaction, run, &RunFact::Dispatched { on: today, count })?;
            transaction.event(
                event(Deed::DispatchVoucher, run)
                    .detail("sheets", count)
                    .detail("pulled", pulled.len()),
            );
            Ok(Dispatched { count, pulled })
        })
    }

    /// 発送名簿の印刷. The list as a job for the usual printer of its form.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn dispatch_list_job(&self, session: &Session, run: SubjectId) -> Result<PrintJob, RunError> {
        let sheets = self.dispatch_list(session, run)?;
        let number = self.run_state(run)?.manifest.number;
        let (queue, placing) = self.read(|connection| printers::usual(connection, LIST))?;
        let pdf = single::placed_pdf(LIST, &sheets, placing)
            .map_err(|error| PaperError::Form(font_refused(error)))?;
        Ok(PrintJob {
            name: format!("{number}/{LIST}/1"),
            pdf,
            queue,
        })
    }

    /// 発送名簿. One sheet for each eighteen people; protected persons stand only as a number.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn dispatch_list(&self, session: &Session, run: SubjectId) -> Result<Vec<Sheet>, RunError> {
        let paper = &self.paper()?;
        let now = self.machine().now();
        let printed = format!(
            "出力 {}　端末{}　職員 {}",
            (now + chrono::TimeDelta::hours(9)).format("%Y-%m-%d %H:%M"),
            session.terminal().0,
            session.operator().0
        );
        self.deed(session, Deed::PrintChunk, |transaction| {
            let state = whole(transaction.connection(), run)?;
            let sheets = list(transaction.connection(), paper, &state, &printed)?;
            transaction.event(event(Deed::PrintChunk, run).detail("list_pages", sheets.len()));
            Ok(sheets)
        })
    }
}

fn list(
    connection: &Connection,
    paper: &Paper,
    state: &RunState,
    printed: &str,
) -> Result<Vec<Sheet>, RunError> {
    let form = form::supplied(LIST)
        .ok_or(PaperError::NoForm)?
        .map_err(PaperError::from)?;
    let per_page = form.rows().unwrap_or(1);
    let mut rows = Vec::new();
    for (serial, at) in state.serials() {
        if !matches!(at, SerialState::LeftOut(_)) {
            rows.extend(row(connection, state, serial)?);
        }
    }
    let pages = rows.len().div_ceil(per_page).max(1);
    let specimen = people::is_demo(connection)?;
    let mut sheets = Vec::with_capacity(pages);
    for (page, chunk) in rows.chunks(per_page).enumerate() {
        let before = page * per_page;
        let mut values = head(paper, state, printed, form.version());
        values.specimen = specimen;
        let done = before + chunk.len();
        values.set(
            "print_run.page_total",
            format!(
                "この頁 {} 通　累計 {done} 通　残り {} 通",
                chunk.len(),
                rows.len() - done
            ),
        );
        values.set("page", format!("{}／{pages} 頁", page + 1));
        values.rows = chunk.to_vec();
        sheets.push(form.sheet(&values).map_err(PaperError::from)?);
    }
    Ok(sheets)
}

fn head(paper: &Paper, state: &RunState, printed: &str, version: u16) -> Values {
    let manifest = &state.manifest;
    let before: u32 = manifest.left_out.iter().map(|(_, count)| count).sum();
    let after = state.count(|at| matches!(at, SerialState::LeftOut(_)));
    let programme = rules::embedded().programme(manifest.programme);
    let mut values = Values::default();
    values.set("print_run.id", format!("発送番号 {}", manifest.number));
    values.set("city.office", format!("{}　{}", paper.city, paper.office));
    values.set(
        "programme.name",
        programme.map_or("", |programme| programme.name.as_str()),
    );
    values.set(
        "cohort.name",
        format!("{} 現在", wareki::long(manifest.prepared_on)),
    );
    values.set("print_run.count", format!("{} 通", manifest.count - after));
    values.set("print_run.withheld_count", format!("{} 人", before + after));
    let dispatched = state
        .dispatched
        .map(|(day, _): (NaiveDate, u32)| wareki::long(day));
    values.set("print_run.dispatched_on", dispatched.unwrap_or_default());
    values.set("print_run.digest", format!("照合値 {}", manifest.digest_words()));
    values.set("print_run.printed_by", printed);
    values.set(
        "form.line",
        format!(
            "様式L-01　第{version}版　取扱注意：住所の秘匿（支援措置）の方はこの名簿に載りません。用が済んだら廃棄簿に記して裁断します。"
        ),
    );
    values
}

fn row(
    connection: &Connection,
    state: &RunState,
    serial: Serial,
) -> Result<Option<BTreeMap<String, String>>, RunError> {
    let Some(sheet) = state.sheet(serial) else {
        return Ok(None);
    };
    let Some(card) = resident::card(connection, sheet.person)? else {
        return Ok(None);
    };
    if card.protection.is_some() {
        return Ok(None);
    }
    let address = match card.address.building.is_empty() {
        true => card.address.text.clone(),
        false => format!("{}\n{}", card.address.text, card.address.building),
    };
    let cells = [
        ("serial", format!("{serial:03}")),
        ("voucher.number", sheet.number.as_str().to_owned()),
        ("recipient.name", card.names.shown().to_owned()),
        ("recipient.kana", card.names.shown_kana().to_owned()),
        ("recipient.sex", card.sex.word().to_owned()),
        ("recipient.birth", paper::birth(&card.birth, false)),
        (
            "send_to.postal_code",
            paper::postal(&card.address.postal_code)
                .trim_start_matches('〒')
                .to_owned(),
        ),
        ("send_to.address", address),
        ("print_run.kind", "初回".to_owned()),
    ];
    Ok(Some(
        cells
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value))
            .collect(),
    ))
}
