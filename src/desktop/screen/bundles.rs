//! 束の受領. The register of bundles at the left, oldest open one first; at the right the receipt of a new one by
//! hand count, and what is not yet entered of the bundle that is chosen. No sheet is lost without being named.

mod view;

use std::sync::Arc;

use iced::{Task, widget::operation};

use crate::{
    desktop::{
        desk::{Action, Desk},
        place::Place,
        widget::{
            date_field::{self, DateInput, Limits},
            keys::Keys,
        },
    },
    domain::{
        bundle::{Receipt, RecountReason},
        kana, name,
        revision::SubjectId,
    },
    office::{
        StoreError,
        bundle::{BundleError, BundleLine},
        code::{self, InstitutionLine},
        enter::catalogue::{self, ProgrammeChoice},
        waiting::SheetLine,
    },
};

type Read<T, E> = Result<T, Arc<E>>;

/// 束の受領.
#[derive(Debug, Default)]
pub struct Bundles {
    bundles: Vec<BundleLine>,
    institutions: Vec<InstitutionLine>,
    current: usize,
    /// Sheets of the chosen bundle that nobody has entered.
    open_sheets: Vec<u16>,
    /// Its sheets held as 疑義.
    held: Vec<SheetLine>,
    held_at: usize,
    number: String,
    sender: String,
    sender_code: Option<String>,
    /// What is keyed for the programme, and the one that it means.
    word: String,
    programme: Option<String>,
    count: String,
    received: DateInput,
    recount: String,
    is_closing: bool,
    is_saving: bool,
    today: chrono::NaiveDate,
    done: Option<String>,
    refused: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    Opened(Read<Listed, StoreError>),
    RowMoved(usize),
    RowOpened(usize),
    SheetsRead(Vec<u16>, Vec<SheetLine>),
    HeldMoved(usize),
    HeldOpened(usize),
    SenderChanged(String),
    SenderLeft,
    ProgrammeChanged(String),
    ProgrammeLeft,
    CountChanged(String),
    ReceivedTouched(date_field::Message),
    ReceivePressed,
    Received(Read<SubjectId, BundleError>),
    NewPressed,
    EnterPressed,
    RecountChanged(String),
    RecountChosen(RecountReason),
    Recounted(Read<(), BundleError>),
    ClosePressed,
    CloseConfirmed,
    CloseDropped,
    Closed(Read<(), BundleError>),
    AgainPressed,
    BackPressed,
}

/// What the screen opens with.
#[derive(Debug, Clone)]
pub struct Listed {
    bundles: Vec<BundleLine>,
    institutions: Vec<InstitutionLine>,
    next_number: String,
}

impl Bundles {
    pub fn open(desk: &Desk) -> (Self, Task<Message>) {
        let past = Limits {
            past_only: true,
            birth: None,
        };
        let screen = Self {
            today: desk.today,
            received: DateInput::of(desk.today, past),
            ..Self::default()
        };
        let task = screen.read(desk);
        (screen, task)
    }

    pub fn shown(&mut self, desk: &Desk) -> Task<Message> {
        self.today = desk.today;
        self.read(desk)
    }

    pub fn is_saving(&self) -> bool {
        self.is_saving
    }

    fn read(&self, desk: &Desk) -> Task<Message> {
        desk.read(
            |office| {
                Ok(Listed {
                    bundles: office.bundles()?,
                    institutions: office.institutions()?,
                    next_number: office.next_bundle_number()?,
                })
            },
            |listed: Result<_, StoreError>| Message::Opened(listed.map_err(Arc::new)),
        )
    }

    pub fn update(&mut self, message: Message, desk: &Desk) -> Action<Message> {
        match message {
            Message::Opened(listed) => self.take(listed, desk),
            Message::RowMoved(row) => self.go_to(row, desk),
            Message::RowOpened(row) => {
                let _ = self.go_to(row, desk);
                self.go_to_intake()
            }
            Message::SheetsRead(open, held) => self.set(|screen| {
                screen.open_sheets = open;
                screen.held = held;
            }),
            Message::HeldMoved(row) => self.set(|screen| screen.held_at = row),
            Message::HeldOpened(row) => self.open_held(row),
            Message::SenderChanged(text) => self.set(|screen| screen.sender = text),
            Message::SenderLeft => self.set(Self::resolve_sender),
            Message::ProgrammeChanged(text) => self.set(|screen| screen.word = text),
            Message::ProgrammeLeft => self.set(Self::resolve_programme),
            Message::CountChanged(text) => self.set(|screen| screen.count = text),
            Message::ReceivedTouched(touch) => {
                let today = self.today;
                self.set(|screen| screen.received.update(touch, today))
            }
            Message::ReceivePressed => self.receive(desk),
            Message::Received(received) => self.take_received(received, desk),
            Message::NewPressed => Action::Run(operation::focus("sender")),
            Message::EnterPressed => self.go_to_intake(),
            Message::RecountChanged(text) => self.set(|screen| screen.recount = text),
            Message::RecountChosen(reason) => self.recount(reason, desk),
            Message::Recounted(recounted) => self.take_done(recounted, "枚数を直しました", desk),
            Message::ClosePressed => self.set(|screen| screen.is_closing = screen.bundle().is_some()),
            Message::CloseConfirmed => self.close(desk),
            Message::CloseDropped => self.set(|screen| screen.is_closing = false),
            Message::Closed(closed) => self.take_done(closed, "束を閉じました", desk),
            Message::AgainPressed => Action::Run(self.read(desk)),
            Message::BackPressed => Action::Go(Place::Home),
        }
    }

    pub fn keys(&self) -> Keys<Message> {
        if self.is_closing {
            return Keys::new().esc("やめる", Message::CloseDropped);
        }
        let is_open = self.bundle().is_some_and(|bundle| !bundle.is_closed);
        Keys::new()
            .esc("ホームへ", Message::BackPressed)
            .f_if(is_open, 2, "予診票入力", Message::EnterPressed)
            .f(3, "新しい束", Message::NewPressed)
            .f(5, "再読込", Message::AgainPressed)
            .f_if(is_open, 10, "束を閉じる", Message::ClosePressed)
            .main(
                if self.is_saving {
                    "登録中"
                } else {
                    "受領する"
                },
                Message::ReceivePressed,
            )
    }

    fn set(&mut self, f: impl FnOnce(&mut Self)) -> Action<Message> {
        self.refused = None;
        f(self);
        Action::None
    }

    fn bundle(&self) -> Option<&BundleLine> {
        self.bundles.get(self.current)
    }

    fn take(&mut self, listed: Read<Listed, StoreError>, desk: &Desk) -> Action<Message> {
        match listed {
            Ok(listed) => {
                self.bundles = listed.bundles;
                self.institutions = listed.institutions;
                self.number = listed.next_number;
                self.go_to(self.current, desk)
            }
            Err(error) => self.set(|screen| screen.refused = Some(error.to_string())),
        }
    }

    fn go_to(&mut self, row: usize, desk: &Desk) -> Action<Message> {
        self.current = row.min(self.bundles.len().saturating_sub(1));
        self.open_sheets.clear();
        self.held.clear();
        self.held_at = 0;
        self.recount.clear();
        let Some(bundle) = self.bundle().map(|bundle| bundle.subject) else {
            return Action::None;
        };
        Action::Run(desk.read(
            move |office| {
                let held = office.held_sheets(Some(bundle)).unwrap_or_default();
                (office.open_sheets(bundle).unwrap_or_default(), held)
            },
            |(open, held)| Message::SheetsRead(open, held),
        ))
    }

    fn go_to_intake(&mut self) -> Action<Message> {
        match self.bundle() {
            Some(bundle) if !bundle.is_closed => Action::Go(Place::Intake(Some(bundle.subject))),
            _ => Action::None,
        }
    }

    /// 疑義の票 is taken up again on the screen of the entry.
    fn open_held(&mut self, row: usize) -> Action<Message> {
        match self.held.get(row) {
            Some(line) => Action::Go(Place::Intake(Some(line.subject))),
            None => Action::None,
        }
    }

    /// The sender was left: number in the list of senders, or the beginning of name or reading.
    fn resolve_sender(&mut self) {
        let typed = self.sender.trim().to_owned();
        let key = kana::search_key(&typed);
        let senders = self.senders();
        let numbered = typed
            .parse::<usize>()
            .ok()
            .and_then(|number| senders.get(number.checked_sub(1)?).copied());
        let named = || {
            self.institutions.iter().find(|line| {
                !typed.is_empty()
                    && (line.name.starts_with(&typed)
                        || (!key.is_empty() && kana::search_key(&line.kana).starts_with(&key)))
            })
        };
        let found = numbered
            .or_else(named)
            .map(|line| (line.code.clone(), line.name.clone()));
        self.sender_code = found.as_ref().map(|(code, _)| code.clone());
        if let Some((_, name)) = found {
            self.sender = name;
        }
    }

    /// The programme was left: its place in the list, or letters that mean one alone.
    fn resolve_programme(&mut self) {
        let offered = self.offered();
        let numbered = self
            .word
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|number| offered.get(number.checked_sub(1)?));
        let found = match (numbered, offered.as_slice()) {
            (Some(one), _) => Some(one),
            (None, [one]) if !self.word.trim().is_empty() => Some(one),
            _ => None,
        };
        self.programme = found.map(|one| one.code.clone());
        if let Some(name) = found.map(|one| one.short_name.clone()) {
            self.word = name;
        }
    }

    /// 種類. What the letters mean, of all programmes that have a form; those of the bundles at hand come first.
    fn offered(&self) -> Vec<ProgrammeChoice> {
        let key = name::search_key(&kana::search_key(self.word.trim()));
        let is_number = self.word.trim().parse::<usize>().is_ok();
        let mut offered: Vec<_> = catalogue::programmes()
            .into_iter()
            .filter(|known| code::form_of_programme(&known.code).is_some())
            .filter(|known| is_number || means(&key, known))
            .collect();
        offered.sort_by_key(|known| {
            let used = |line: &&BundleLine| line.programme.as_deref() == Some(&known.code);
            std::cmp::Reverse(self.bundles.iter().filter(used).count())
        });
        offered
    }

    /// 医師会・国保連合会・集団接種: those without a national code come first.
    fn senders(&self) -> Vec<&InstitutionLine> {
        self.institutions
            .iter()
            .filter(|line| line.code.starts_with("L-"))
            .collect()
    }

    fn receipt(&self) -> Result<Receipt, String> {
        let Some(sender) = self.sender_code.clone() else {
            return Err("送付元が一覧にありません。番号か、名前のはじめを入れてください。".to_owned());
        };
        let Some(programme) = self.programme.clone() else {
            return Err(
                "予防接種の種類が1つに決まりません。番号か、名前をもう少し入れてください。".to_owned(),
            );
        };
        let Ok(count) = self.count.trim().parse::<u16>() else {
            return Err("枚数が空いています。紙を数えて入れてください。".to_owned());
        };
        let received_on = self
            .received
            .day(self.today)
            .map_err(|problem| problem.to_string())?;
        let form = code::form_of_programme(&programme)
            .ok_or("この種類の様式がありません。様式を見直してください。")?;
        Ok(Receipt {
            number: self.number.clone(),
            sender,
            received_on,
            count,
            programme: Some(programme),
            form_id: form.form.id.clone(),
            form_version: form.form.version.clone(),
            month: None,
        })
    }

    fn receive(&mut self, desk: &Desk) -> Action<Message> {
        if self.is_saving {
            return Action::None;
        }
        self.resolve_sender();
        self.resolve_programme();
        match self.receipt() {
            Err(sentence) => self.set(|screen| screen.refused = Some(sentence)),
            Ok(receipt) => {
                self.is_saving = true;
                Action::Run(desk.deed(
                    move |office, session| office.receive_bundle(session, &receipt),
                    |received| Message::Received(received.map_err(Arc::new)),
                ))
            }
        }
    }

    fn take_received(&mut self, received: Read<SubjectId, BundleError>, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        match received {
            Ok(_) => {
                self.done = Some(format!("束 {} を受領しました", self.number));
                self.count.clear();
                Action::Run(Task::batch([self.read(desk), operation::focus("bundles")]))
            }
            Err(error) => self.set(|screen| screen.refused = Some(error.to_string())),
        }
    }

    fn recount(&mut self, reason: RecountReason, desk: &Desk) -> Action<Message> {
        let counted = self.recount.trim().parse::<u16>().ok();
        let (Some(count), Some(bundle)) = (counted, self.bundle().map(|bundle| bundle.subject)) else {
            return self.set(|screen| {
                screen.refused = Some("数えなおした枚数が空いています。枚数を入れてください。".to_owned());
            });
        };
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| office.recount_bundle(session, bundle, count, reason),
            |recounted| Message::Recounted(recounted.map_err(Arc::new)),
        ))
    }

    fn close(&mut self, desk: &Desk) -> Action<Message> {
        self.is_closing = false;
        let Some(bundle) = self.bundle().map(|bundle| bundle.subject) else {
            return Action::None;
        };
        self.is_saving = true;
        let missing = self.open_sheets.clone();
        Action::Run(desk.deed(
            move |office, session| office.close_bundle(session, bundle, &missing),
            |closed| Message::Closed(closed.map_err(Arc::new)),
        ))
    }

    fn take_done(&mut self, done: Read<(), BundleError>, words: &str, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        match done {
            Ok(()) => {
                self.done = Some(words.to_owned());
                Action::Run(self.read(desk))
            }
            Err(error) => self.set(|screen| screen.refused = Some(error.to_string())),
        }
    }
}

/// Whether these letters stand in the name in this order, or begin its code: 「MR1」 is MR 第1期.
fn means(key: &str, known: &ProgrammeChoice) -> bool {
    let within = |name: &str| {
        let name = name::search_key(&kana::search_key(name));
        let mut letters = name.chars();
        key.chars().all(|wanted| letters.any(|letter| letter == wanted))
    };
    within(&known.short_name) || within(&known.name) || known.code.starts_with(&key.to_lowercase())
}
