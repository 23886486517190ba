//! 対象者抽出. An officer says whom she looks for, draws, looks at the people at the bounds one by one and signs, and
//! has a second person release the draw over this screen. What stands in the panels is `view`; who is drawn and
//! why is the office's.

mod rows;
mod view;

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use iced::{Element, Task};

use crate::{
    desktop::{
        desk::{Action, Desk, SecondPerson},
        place::Place,
        widget::{
            date_field::{self, DateInput, Limits},
            keys::Keys,
        },
    },
    domain::{city::Districts, record::DoseNumber, revision::SubjectId},
    office::{
        JobOutcome, Office, Session,
        draw::{
            self, Basis, Criteria, Difference, DrawError, DrawLine, DrawPerson, Drawable, FellOut, History,
            MakeDraw, Prepared,
        },
        forecast::RefreshForecasts,
    },
};

/// 対象者抽出.
#[derive(Debug)]
pub struct Draw {
    today: NaiveDate,
    programmes: Vec<Drawable>,
    programme: usize,
    dose: Option<DoseNumber>,
    basis: Basis,
    from: DateInput,
    until: DateInput,
    districts: String,
    known_districts: Districts,
    school_year: String,
    history: History,
    with_vouchers: bool,
    /// Forecasts are being brought up to date.
    refreshing: bool,
    working: Option<Working>,
    shown: Option<Arc<Drawing>>,
    people: Vec<usize>,
    boundary: Vec<usize>,
    list: List,
    sort: Sort,
    row: usize,
    boundary_row: usize,
    problem: Option<String>,
    done: Option<String>,
}

/// What is being done; the screen can't be left meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Working {
    Drawing,
    Signing,
    Releasing,
    Reading,
}

/// Whom the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Drawn,
    Excluded,
    Protected,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Kana,
    Birth,
    District,
}

/// One draw as it is shown.
#[derive(Debug)]
pub struct Drawing {
    line: DrawLine,
    people: Vec<DrawPerson>,
    difference: Option<Difference>,
    fell_out: Vec<FellOut>,
}

#[derive(Debug, Clone)]
pub enum Message {
    ProgrammeMoved(usize),
    DoseChosen(DoseNumber),
    BasisChosen(Basis),
    FromChanged(date_field::Message),
    UntilChanged(date_field::Message),
    DistrictsChanged(String),
    DistrictsRead(Districts),
    SchoolYearChanged(String),
    HistoryChosen(History),
    VouchersToggled(bool),
    DrawPressed,
    Refreshed(Result<(), String>),
    Prepared(Result<Arc<Prepared>, String>),
    Written(Result<SubjectId, String>),
    Drawn(Result<Option<Arc<Drawing>>, String>),
    LastPressed,
    BoundaryMoved(usize),
    SignPressed,
    Signed(Result<Option<Arc<Drawing>>, String>),
    RowMoved(usize),
    FilterPressed,
    ProtectedPressed,
    SortPressed,
    CardPressed,
    RowOpened(usize),
    ReleasePressed,
    SecondCame(Accompanied),
    Released(Result<Option<Arc<Drawing>>, String>),
    PrintPressed,
    BackPressed,
}

/// The second person's session, for this one deed.
#[derive(Clone)]
pub struct Accompanied(Session);

impl std::fmt::Debug for Accompanied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accompanied")
    }
}

impl Draw {
    /// Opens the screen on a draw, or on the criteria of the coming month.
    pub fn open(desk: &Desk, about: Option<SubjectId>) -> (Self, Task<Message>) {
        let first = desk.today.with_day(1).unwrap_or(desk.today);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let last = next
            .checked_add_months(Months::new(1))
            .and_then(|day| day.pred_opt())
            .unwrap_or(next);
        let programmes = draw::drawable(desk.today);
        let programme = programmes
            .iter()
            .position(|one| one.doses.len() == 1)
            .unwrap_or(0);
        let mut screen = Self {
            today: desk.today,
            dose: programmes
                .get(programme)
                .and_then(|one| one.doses.first())
                .map(|(number, _)| *number),
            programmes,
            programme,
            basis: Basis::Reaching,
            from: DateInput::of(next, Limits::default()),
            until: DateInput::of(last, Limits::default()),
            districts: String::new(),
            known_districts: Districts::default(),
            school_year: String::new(),
            history: History::Any,
            with_vouchers: false,
            refreshing: true,
            working: None,
            shown: None,
            people: Vec::new(),
            boundary: Vec::new(),
            list: List::Drawn,
            sort: Sort::Kana,
            row: 0,
            boundary_row: 0,
            problem: None,
            done: None,
        };
        let districts = desk.read(
            |office| office.districts().unwrap_or_default(),
            Message::DistrictsRead,
        );
        let mut tasks = vec![screen.refresh(desk), districts];
        if about.is_some() {
            tasks.push(screen.read(desk, about));
        }
        (screen, Task::batch(tasks))
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        let draw = self.shown.as_ref().map(|shown| shown.line.subject);
        let refresh = self.refresh(desk);
        match draw {
            Some(_) => Task::batch([refresh, self.read(desk, draw)]),
            None => refresh,
        }
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::ProgrammeMoved(row) => self.choose_programme(row),
            Message::DoseChosen(dose) => self.dose = Some(dose),
            Message::BasisChosen(basis) => self.basis = basis,
            Message::FromChanged(change) => self.from.update(change, self.today),
            Message::UntilChanged(change) => self.until.update(change, self.today),
            Message::DistrictsChanged(text) => self.districts = text,
            Message::DistrictsRead(known) => self.known_districts = known,
            Message::SchoolYearChanged(text) => self.school_year = text,
            Message::HistoryChosen(history) => self.history = history,
            Message::VouchersToggled(with) => self.with_vouchers = with,
            Message::DrawPressed => return self.draw(desk),
            Message::Refreshed(result) => self.refreshed(result),
            Message::Prepared(prepared) => return self.draw_prepared(prepared, desk),
            Message::Written(written) => return self.draw_written(written, desk),
            Message::Drawn(result) => self.show(result, None),
            Message::LastPressed => return Action::Run(self.read(desk, None)),
            Message::BoundaryMoved(row) => self.boundary_row = row,
            Message::SignPressed => return self.sign(desk),
            Message::Signed(result) => self.signed(result),
            Message::RowMoved(row) => self.row = row,
            Message::FilterPressed => self.filter(),
            Message::ProtectedPressed => self.list_as(List::Protected),
            Message::SortPressed => self.sort_next(),
            Message::CardPressed => return self.card(self.row),
            Message::RowOpened(row) => return self.card(row),
            Message::ReleasePressed => return self.ask_second(),
            Message::SecondCame(second) => return self.release(second.0, desk),
            Message::Released(result) => self.show(result, Some("承認されました。券の印刷へ進めます。")),
            Message::PrintPressed => return self.print(),
            Message::BackPressed => return Action::Back,
        }
        Action::None
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::screen(self)
    }

    pub fn keys(&self) -> Keys<Message> {
        let free = self.working.is_none();
        let has = self.shown.is_some();
        let keys = Keys::new()
            .esc("もどる", Message::BackPressed)
            .f_if(free && self.can_sign(), 3, "境目に署名", Message::SignPressed)
            .f_if(has, 4, "支援措置", Message::ProtectedPressed)
            .f_if(free && !self.refreshing, 5, "抽出する", Message::DrawPressed)
            .f_if(has, 6, "しぼり込み", Message::FilterPressed)
            .f_if(has, 7, "並べかえ", Message::SortPressed)
            .f_if(free, 8, "前回の抽出", Message::LastPressed)
            .f_if(
                self.person(self.row).is_some(),
                9,
                "カードへ",
                Message::CardPressed,
            );
        match (self.working, &self.shown) {
            (Some(Working::Drawing), _) => keys.main("抽出中", Message::RowMoved(self.row)),
            (Some(_), _) => keys.main("登録中", Message::RowMoved(self.row)),
            (None, Some(shown)) if shown.line.released => keys.main("印刷へ", Message::PrintPressed),
            (None, Some(shown)) if !shown.line.discarded => keys.main("承認へ回す", Message::ReleasePressed),
            _ => keys,
        }
    }

    pub fn is_saving(&self) -> bool {
        self.working.is_some_and(|working| working != Working::Reading)
    }

    fn choose_programme(&mut self, row: usize) {
        self.programme = row;
        self.dose = self
            .programmes
            .get(row)
            .and_then(|one| one.doses.first())
            .map(|(number, _)| *number);
    }

    /// Brings forecasts up to date between the deeds of the counter, so that drawing itself is quick.
    fn refresh(&mut self, desk: &Desk) -> Task<Message> {
        self.refreshing = true;
        Task::perform(desk.handle.job(RefreshForecasts::default()), |outcome| {
            Message::Refreshed(match outcome {
                JobOutcome::Done(Err(error)) => Err(error.to_string()),
                _ => Ok(()),
            })
        })
    }

    fn refreshed(&mut self, result: Result<(), String>) {
        self.refreshing = false;
        if let Err(sentence) = result {
            self.problem = Some(sentence);
        }
    }

    /// The criteria as they stand in the fields, or what has to be mended.
    fn criteria(&self) -> Result<Criteria, String> {
        let programme = self
            .programmes
            .get(self.programme)
            .ok_or("予防接種を選んでください。")?;
        let day = |input: &DateInput| input.day(self.today).map_err(|problem| problem.to_string());
        let school_year = match self.school_year.trim() {
            "" => None,
            year => Some(
                year.parse()
                    .map_err(|_| "学年は1から12の数字で書いてください。")?,
            ),
        };
        let words = self.districts.split([' ', '　', '、', ',']);
        let districts: Result<Vec<&str>, String> = words
            .filter(|word| !word.is_empty())
            .map(|word| {
                self.known_districts.code(word).ok_or_else(|| {
                    format!("「{word}」で始まる地区はありません。地区の名前のはじめを入れてください。")
                })
            })
            .collect();
        Ok(Criteria {
            programme: programme.code,
            dose: self.dose.ok_or("回を選んでください。")?,
            basis: self.basis,
            from: day(&self.from)?,
            until: day(&self.until)?,
            on: self.today,
            born_from: None,
            born_until: None,
            school_year,
            districts: districts?.into_iter().map(str::to_owned).collect(),
            history: self.history,
            with_voucher_holders: self.with_vouchers,
        })
    }

    fn draw(&mut self, desk: &Desk) -> Action<Message> {
        if self.working.is_some() || self.refreshing {
            return Action::None;
        }
        let criteria = match self.criteria() {
            Ok(criteria) => criteria,
            Err(sentence) => {
                self.problem = Some(sentence);
                return Action::None;
            }
        };
        self.begin(Working::Drawing);
        let prepare = move |office: &Office| {
            office
                .choose_cohort(&criteria)
                .map(Arc::new)
                .map_err(|error| error.to_string())
        };
        Action::Run(desk.read(prepare, Message::Prepared))
    }

    /// The choice was made beside the counter; the deed only writes it down.
    fn draw_prepared(&mut self, prepared: Result<Arc<Prepared>, String>, desk: &Desk) -> Action<Message> {
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(sentence) => {
                self.show(Err(sentence), None);
                return Action::None;
            }
        };
        let job = desk
            .handle
            .job(MakeDraw::new(desk.session.clone(), (*prepared).clone()));
        Action::Run(Task::perform(job, |outcome| {
            Message::Written(match outcome {
                JobOutcome::Done(made) => made.map(|line| line.subject).map_err(|error| error.to_string()),
                JobOutcome::Cancelled | JobOutcome::Ended => {
                    Err("抽出の途中で終わりました。もう一度抽出してください。".to_owned())
                }
            })
        }))
    }

    fn draw_written(&mut self, written: Result<SubjectId, String>, desk: &Desk) -> Action<Message> {
        match written {
            Ok(draw) => Action::Run(desk.deed(
                move |office, session| drawing(office, session, draw).map(Some),
                Message::Drawn,
            )),
            Err(sentence) => {
                self.show(Err(sentence), None);
                Action::None
            }
        }
    }

    /// Reads a draw, or the newest one that was not given up.
    fn read(&mut self, desk: &Desk, draw: Option<SubjectId>) -> Task<Message> {
        self.begin(Working::Reading);
        desk.deed(
            move |office, session| {
                let newest = || -> Result<Option<SubjectId>, String> {
                    let lines = office.draws().map_err(|error| error.to_string())?;
                    Ok(lines.iter().find(|line| !line.discarded).map(|line| line.subject))
                };
                let draw = match draw {
                    Some(draw) => Some(draw),
                    None => newest()?,
                };
                draw.map(|draw| drawing(office, session, draw)).transpose()
            },
            Message::Drawn,
        )
    }

    fn begin(&mut self, working: Working) {
        self.working = Some(working);
        self.problem = None;
        self.done = None;
    }

    fn show(&mut self, result: Result<Option<Arc<Drawing>>, String>, done: Option<&str>) {
        self.working = None;
        match result {
            Ok(Some(drawing)) => {
                self.done = done.map(str::to_owned);
                self.take(drawing);
            }
            Ok(None) => {
                self.problem = Some("まだ抽出がありません。条件を決めて F5 で抽出してください。".into())
            }
            Err(sentence) => self.problem = Some(sentence),
        }
    }

    fn sign(&mut self, desk: &Desk) -> Action<Message> {
        let person = self
            .boundary_person(self.boundary_row)
            .map(|one| one.entry.person);
        let (Some(shown), Some(person), true) = (self.shown.clone(), person, self.can_sign()) else {
            return Action::None;
        };
        let draw = shown.line.subject;
        self.begin(Working::Signing);
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .sign_boundary(session, draw, &[person])
                    .map_err(|error| error.to_string())?;
                drawing(office, session, draw).map(Some)
            },
            Message::Signed,
        ))
    }

    /// After a signature the next one who waits is current.
    fn signed(&mut self, result: Result<Option<Arc<Drawing>>, String>) {
        self.show(result, None);
        let waits = |row: &usize| {
            self.boundary_person(*row)
                .is_some_and(|one| one.signature.is_none())
        };
        let next = (self.boundary_row..self.boundary.len())
            .chain(0..self.boundary_row)
            .find(waits);
        self.boundary_row = next.unwrap_or(self.boundary_row);
    }

    fn ask_second(&mut self) -> Action<Message> {
        let Some(shown) = &self.shown else {
            return Action::None;
        };
        let unsigned = self.unsigned();
        if unsigned > 0 {
            self.problem = Some(DrawError::Unsigned { people: unsigned }.to_string());
            return Action::None;
        }
        if shown.line.totals.drawn == 0 {
            self.problem = Some(DrawError::Empty.to_string());
            return Action::None;
        }
        Action::SecondPerson(SecondPerson {
            purpose: format!("抽出した {}人を承認します。", shown.line.totals.drawn),
            then: Box::new(|session| Message::SecondCame(Accompanied(session))),
        })
    }

    fn release(&mut self, second: Session, desk: &Desk) -> Action<Message> {
        let Some(shown) = self.shown.clone() else {
            return Action::None;
        };
        let draw = shown.line.subject;
        self.begin(Working::Releasing);
        Action::Run(desk.deed(
            move |office, session| {
                office
                    .release_draw(&second, draw)
                    .map_err(|error| error.to_string())?;
                drawing(office, session, draw).map(Some)
            },
            Message::Released,
        ))
    }

    fn print(&self) -> Action<Message> {
        match &self.shown {
            Some(shown) => Action::Go(Place::Print(Some(shown.line.subject))),
            None => Action::None,
        }
    }

    fn card(&self, row: usize) -> Action<Message> {
        match self.person(row) {
            Some(person) => Action::Go(Place::Person(Some(person.entry.person))),
            None => Action::None,
        }
    }
}

/// A draw with all that the panels show.
fn drawing(office: &Office, session: &Session, draw: SubjectId) -> Result<Arc<Drawing>, String> {
    let say = |error: DrawError| error.to_string();
    let (line, people) = office.view_draw(session, draw).map_err(say)?;
    let difference = office.difference(draw).map_err(say)?;
    let fell_out = if line.released {
        office.recheck_draw(draw).map_err(say)?
    } else {
        Vec::new()
    };
    Ok(Arc::new(Drawing {
        line,
        people,
        difference,
        fell_out,
    }))
}
