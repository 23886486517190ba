//! 入力の動作. What the keys and answers of the entry do: opening a bundle, finding the person, registering, holding,
//! correcting, pinning, closing. One method for each arm of the screen's table.

use std::{sync::Arc, time::Instant};

use iced::{Task, widget::operation};

use super::{
    Intake, Message, Opened, Read, field_of, form_of,
    keyed::{self, Keyed},
    place_of,
    search::{self, Search},
};
use crate::{
    desktop::{
        desk::{Action, Desk},
        place::Place,
        widget::{date_field, pad},
    },
    domain::{
        questionnaire::{Consent, Temperature, draft::Draft},
        record::{ChangeReason, PhysicianDecision},
        revision::SubjectId,
    },
    office::{
        StoreError,
        bundle::BundleError,
        enter::{EnterError, Entered, LookUpError, Recipient, VoucherFound, catalogue},
        search::{Answer, SearchError},
    },
};

impl Intake {
    pub(super) fn take_bundle(&mut self, opened: Read<Opened, StoreError>, desk: &Desk) -> Action<Message> {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.refused = Some(error.to_string());
                return Action::None;
            }
        };
        self.institutions = opened.institutions;
        self.bundle = opened.bundle;
        self.sheet = opened.sheet;
        let programme = self.bundle.as_ref().and_then(|bundle| bundle.programme.clone());
        let form = self.bundle.as_ref().map(form_of);
        self.form = keyed::form_for(form.as_ref(), programme.as_deref());
        self.questions = keyed::pad_questions(self.form);
        self.begin_sheet(programme);
        match (opened.about, opened.draft) {
            (Some(about), _) => self.reopen(about, desk),
            (None, Some(draft)) => self.take_draft(*draft, desk),
            (None, None) => self.judge(desk),
        }
    }

    /// An empty sheet with what is pinned.
    fn begin_sheet(&mut self, programme: Option<String>) {
        let before = self.previous.as_ref().map(|(keyed, _)| keyed.clone());
        let place = place_of(self.bundle.as_ref(), self.sheet);
        self.keyed = Keyed::new(self.form, place, programme);
        if let (Some(_), Some(before)) = (&self.pins, before) {
            self.keyed.take_giving(&before);
        }
        self.recipient = None;
        self.voucher_says = None;
        self.problems.clear();
        self.refused = None;
        self.is_why_open = false;
    }

    /// The fields of a draft that was kept or reopened, and its person.
    fn take_draft(&mut self, draft: Draft, desk: &Desk) -> Action<Message> {
        self.form = keyed::form_for(Some(&draft.form), draft.programme.as_deref());
        self.questions = keyed::pad_questions(self.form);
        let person = draft.person;
        self.keyed = Keyed::of(draft, self.form);
        if self.keyed.draft.corrects.is_some() && !self.corrects_record() {
            // A held sheet that becomes a record: the reason is plain.
            self.keyed.draft.change = Some(ChangeReason::DoubtSettled);
        }
        self.keyed.name_institution(&self.institutions);
        match person {
            Some(person) => self.open_person(person, desk),
            None => self.judge(desk),
        }
    }

    pub(super) fn open_person(&mut self, person: SubjectId, desk: &Desk) -> Action<Message> {
        Action::Run(desk.deed(
            move |office, session| office.open_recipient(session, person).map(Box::new),
            |found| Message::PersonOpened(found.map_err(Arc::new)),
        ))
    }

    pub(super) fn change_voucher(&mut self, text: String, desk: &Desk) -> Action<Message> {
        self.keyed.voucher = text;
        let digits = self.keyed.voucher.chars().filter(char::is_ascii_digit).count();
        // A scanner sends no Enter: the tenth digit is enough.
        match digits {
            10 => self.look_up(desk),
            _ => Action::None,
        }
    }

    pub(super) fn look_up(&mut self, desk: &Desk) -> Action<Message> {
        let number = self.keyed.voucher.trim().to_owned();
        if number.is_empty() || self.keyed.draft.voucher_number.as_deref() == Some(number.as_str()) {
            return Action::None;
        }
        Action::Run(desk.deed(
            move |office, session| office.open_voucher(session, &number).map(Box::new),
            |found| Message::VoucherOpened(found.map_err(Arc::new)),
        ))
    }

    pub(super) fn take_voucher(
        &mut self,
        found: Read<Box<VoucherFound>, LookUpError>,
        desk: &Desk,
    ) -> Action<Message> {
        match found {
            Err(error) => {
                self.voucher_says = Some(Err(error.to_string()));
                self.recipient = None;
                self.change(desk, |keyed| keyed.draft.person = None)
            }
            Ok(found) => {
                self.voucher_says = Some(Ok(found.says.clone()));
                self.keyed.voucher = found.number.clone();
                let draft = &mut self.keyed.draft;
                draft.programme = Some(found.programme.clone());
                draft.dose = Some(found.dose);
                draft.voucher_issued_on = found.issued_on;
                self.take_person(Ok(Box::new(found.recipient)), desk)
            }
        }
    }

    pub(super) fn take_person(
        &mut self,
        found: Read<Box<Recipient>, LookUpError>,
        desk: &Desk,
    ) -> Action<Message> {
        let recipient = match found {
            Ok(recipient) => recipient,
            Err(error) => {
                self.refused = Some(error.to_string());
                return Action::None;
            }
        };
        let person = recipient.person;
        self.recipient = Some(*recipient);
        self.keyed.draft.person = Some(person);
        let (programme, dose) = (self.keyed.draft.programme.clone(), self.keyed.draft.dose);
        let judging = self.judge(desk);
        match (programme, dose, judging) {
            (Some(programme), None, Action::Run(judging)) => {
                Action::Run(Task::batch([judging, self.suggest(person, programme, desk)]))
            }
            (_, _, judging) => judging,
        }
    }

    fn suggest(&self, person: SubjectId, programme: String, desk: &Desk) -> Task<Message> {
        let on = self.keyed.draft.vaccinated_on.unwrap_or(self.today);
        desk.read(
            move |office| office.next_dose(person, &programme, on).ok().flatten(),
            Message::DoseSuggested,
        )
    }

    pub(super) fn choose_programme(&mut self, code: String, desk: &Desk) -> Action<Message> {
        self.form = keyed::form_for(None, Some(&code));
        self.questions = keyed::pad_questions(self.form);
        self.keyed.pad = pad::Pad::new(self.form.questions.len());
        self.keyed.draft.form = self.form.form.clone();
        self.keyed.draft.programme = Some(code.clone());
        self.keyed.draft.dose = None;
        match self.keyed.draft.person {
            Some(person) => Action::Run(self.suggest(person, code, desk)),
            None => self.judge(desk),
        }
    }

    pub(super) fn touch_birth(&mut self, touch: date_field::Message, desk: &Desk) -> Action<Message> {
        let today = self.today;
        self.change(desk, |keyed| keyed.birth.update(touch, today))
    }

    pub(super) fn touch_given(&mut self, touch: date_field::Message, desk: &Desk) -> Action<Message> {
        let today = self.today;
        self.change(desk, |keyed| keyed.given.update(touch, today))
    }

    pub(super) fn touch_pad(&mut self, touch: pad::Message, desk: &Desk) -> Action<Message> {
        self.keyed.pad.update(touch, &self.questions);
        self.judge(desk)
    }

    pub(super) fn leave_temperature(&mut self, desk: &Desk) -> Action<Message> {
        let read = Temperature::parse(self.keyed.draft.temperature.trim());
        if let Some(read) = read {
            self.keyed.draft.temperature = read.to_string();
        }
        self.keep(desk)
    }

    pub(super) fn leave_product(&mut self, desk: &Desk) -> Action<Message> {
        let products = self.keyed.products(self.today, self.born_on());
        self.change(desk, |keyed| keyed.resolve_product(&products))
    }

    pub(super) fn leave_institution(&mut self, desk: &Desk) -> Action<Message> {
        self.keyed.resolve_institution(&self.institutions);
        self.judge(desk)
    }

    pub(super) fn leave_physician(&mut self, desk: &Desk) -> Action<Message> {
        self.keyed.resolve_physician(&self.institutions);
        self.judge(desk)
    }

    pub(super) fn enter(&mut self, desk: &Desk) -> Action<Message> {
        if self.is_saving {
            return Action::None;
        }
        self.keyed.gather(self.form, self.today);
        if let Err(problems) = self.keyed.draft.check()
            && !self.is_to_be_held()
        {
            let field = problems.first().map(|problem| field_of(problem.item));
            self.problems = problems;
            return field.map_or(Action::None, |field| Action::Run(operation::focus(field)));
        }
        if self.is_to_be_held() {
            return self.hold(desk, None);
        }
        let draft = &self.keyed.draft;
        if draft.corrects.is_some() && draft.change.is_none() {
            return Action::Run(operation::focus("reason"));
        }
        if let Some(open) = self.judged.open(draft).first() {
            return Action::Run(operation::focus(super::judgement::answer_id(&open.code)));
        }
        self.is_saving = true;
        let draft = draft.clone();
        Action::Run(desk.deed(
            move |office, session| office.enter(session, &draft),
            |entered| Message::Entered(entered.map_err(Arc::new)),
        ))
    }

    pub(super) fn take_entered(
        &mut self,
        entered: Read<Entered, EnterError>,
        desk: &Desk,
    ) -> Action<Message> {
        self.is_saving = false;
        match entered {
            Ok(entered) => {
                let is_correction = self.corrects_record();
                self.entered += u32::from(!is_correction);
                self.first_entered.get_or_insert_with(Instant::now);
                let number = self.keyed.draft.sheet.map(|sheet| sheet.number);
                let done = match (number, is_correction) {
                    (Some(number), false) => format!("{number}枚目を登録しました"),
                    (Some(number), true) => format!("{number}枚目を訂正しました"),
                    (None, false) => "登録しました".to_owned(),
                    (None, true) => "訂正しました".to_owned(),
                };
                self.previous = Some((self.keyed.clone(), entered));
                self.next_sheet(done, desk)
            }
            Err(error) => {
                match error.as_ref() {
                    EnterError::Stopped(judged) | EnterError::Open(judged) => {
                        self.judged = (**judged).clone()
                    }
                    EnterError::Incomplete(problems) => self.problems = problems.clone(),
                    _ => {}
                }
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    fn next_sheet(&mut self, done: String, desk: &Desk) -> Action<Message> {
        let programme = self.keyed.draft.programme.clone();
        self.begin_sheet(programme);
        self.judged = Default::default();
        self.done = Some(done);
        let about = self.bundle.as_ref().map(|bundle| bundle.subject);
        Action::Run(Task::batch([self.read(desk, about), operation::focus("voucher")]))
    }

    pub(super) fn hold(&mut self, desk: &Desk, own_reason: Option<&'static str>) -> Action<Message> {
        if self.is_saving || !self.keyed.is_touched() {
            return Action::None;
        }
        self.keyed.gather(self.form, self.today);
        self.is_saving = true;
        let draft = self.keyed.draft.clone();
        Action::Run(desk.deed(
            move |office, session| office.hold(session, &draft, own_reason),
            |held| Message::Held(held.map_err(Arc::new)),
        ))
    }

    pub(super) fn take_held(&mut self, held: Read<SubjectId, EnterError>, desk: &Desk) -> Action<Message> {
        self.is_saving = false;
        match held {
            Ok(_) => self.next_sheet("疑義へ回しました".to_owned(), desk),
            Err(error) => {
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    pub(super) fn reopen_previous(&mut self, desk: &Desk) -> Action<Message> {
        let Some(sheet) = self.previous.as_ref().map(|(_, entered)| entered.questionnaire) else {
            return Action::None;
        };
        self.reopen(sheet, desk)
    }

    /// Drops what was begun of a correction, and opens the sheet as it stands.
    pub(super) fn restore(&mut self, desk: &Desk) -> Action<Message> {
        let Some(sheet) = self
            .keyed
            .draft
            .corrects
            .as_ref()
            .map(|corrects| corrects.questionnaire)
        else {
            return Action::None;
        };
        Action::Run(desk.deed(
            move |office, session| {
                office.drop_correction(session, sheet)?;
                office.reopen_sheet(session, sheet).map(Box::new)
            },
            move |draft| Message::Reopened(sheet, draft.map_err(Arc::new)),
        ))
    }

    fn reopen(&mut self, sheet: SubjectId, desk: &Desk) -> Action<Message> {
        Action::Run(desk.deed(
            move |office, session| office.reopen_sheet(session, sheet).map(Box::new),
            move |draft| Message::Reopened(sheet, draft.map_err(Arc::new)),
        ))
    }

    pub(super) fn take_reopened(
        &mut self,
        sheet: SubjectId,
        draft: Read<Box<Draft>, EnterError>,
        desk: &Desk,
    ) -> Action<Message> {
        match draft {
            Ok(draft) => {
                self.sheet = draft.sheet.map(|sheet| sheet.number).or(self.sheet);
                self.voucher_says = None;
                self.take_draft(*draft, desk)
            }
            // Not a sheet, then a person: the card opens the entry for her.
            Err(error) if matches!(*error, EnterError::Unknown) => self.open_person(sheet, desk),
            Err(error) => {
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    /// 固定を変える. ⑦ and ⑧ of this sheet become those of all that follow; pressed again, nothing is pinned.
    pub(super) fn pin(&mut self) -> Action<Message> {
        let pins = self.keyed.pins();
        self.pins = (self.pins.as_ref() != Some(&pins)).then_some(pins);
        Action::None
    }

    pub(super) fn copy_previous(&mut self, desk: &Desk) -> Action<Message> {
        let Some((before, _)) = self.previous.clone() else {
            return Action::None;
        };
        self.change(desk, |keyed| keyed.take_giving(&before))
    }

    pub(super) fn toggle_why(&mut self) -> Action<Message> {
        self.is_why_open = !self.is_why_open;
        Action::None
    }

    pub(super) fn postpone(&mut self, desk: &Desk) -> Action<Message> {
        self.change(desk, |keyed| {
            keyed.draft.physician_decision = Some(PhysicianDecision::Postpone)
        })
    }

    pub(super) fn decline(&mut self, desk: &Desk) -> Action<Message> {
        self.change(desk, |keyed| keyed.draft.consent = Some(Consent::Declines))
    }

    pub(super) fn open_search(&mut self) -> Action<Message> {
        self.search = Some(Search::default());
        Action::Run(operation::focus("search-word"))
    }

    pub(super) fn touch_search(&mut self, touch: search::Message, desk: &Desk) -> Action<Message> {
        let Some(search) = &mut self.search else {
            return Action::None;
        };
        match search.update(touch) {
            search::Outcome::None => Action::None,
            search::Outcome::Dropped => {
                self.search = None;
                Action::None
            }
            search::Outcome::Asked(text) => {
                let today = self.today;
                Action::Run(desk.deed(
                    move |office, session| office.search(session, &text, today),
                    |found| Message::Searched(found.map_err(Arc::new)),
                ))
            }
            search::Outcome::Chosen(person) => {
                self.search = None;
                self.open_person(person, desk)
            }
        }
    }

    pub(super) fn take_search(&mut self, found: Read<Answer, SearchError>) -> Action<Message> {
        if let Some(search) = &mut self.search {
            search.take(found);
        }
        Action::Run(operation::focus("search-found"))
    }

    pub(super) fn ask_to_close(&mut self, desk: &Desk) -> Action<Message> {
        let Some(bundle) = self.bundle.as_ref().map(|bundle| bundle.subject) else {
            return Action::None;
        };
        Action::Run(desk.read(
            move |office| office.open_sheets(bundle).unwrap_or_default(),
            Message::OpenSheetsRead,
        ))
    }

    pub(super) fn question_closing(&mut self, open: Vec<u16>) -> Action<Message> {
        self.closing = Some(open);
        Action::None
    }

    pub(super) fn drop_question(&mut self) -> Action<Message> {
        self.closing = None;
        Action::None
    }

    pub(super) fn close(&mut self, desk: &Desk) -> Action<Message> {
        let (Some(open), Some(bundle)) = (self.closing.take(), self.bundle.as_ref()) else {
            return Action::None;
        };
        let bundle = bundle.subject;
        self.is_saving = true;
        Action::Run(desk.deed(
            move |office, session| office.close_bundle(session, bundle, &open),
            |closed| Message::Closed(closed.map_err(Arc::new)),
        ))
    }

    pub(super) fn take_closed(&mut self, closed: Read<(), BundleError>) -> Action<Message> {
        self.is_saving = false;
        match closed {
            Ok(()) => Action::Go(Place::Bundles),
            Err(error) => {
                self.refused = Some(error.to_string());
                Action::None
            }
        }
    }

    pub(super) fn back(&mut self, desk: &Desk) -> Action<Message> {
        if self.is_saving {
            return Action::None;
        }
        if self.keyed.is_touched() {
            self.keyed.gather(self.form, self.today);
            let draft = self.keyed.draft.clone();
            // The deed is done whether or not anybody waits for its answer.
            drop(desk.handle.counter({
                let session = desk.session.clone();
                move |office| office.keep_draft(&session, &draft).ok()
            }));
        }
        Action::Go(Place::Bundles)
    }

    /// Seconds from sheet to sheet since the screen was opened.
    pub(super) fn seconds_each(&self) -> Option<f32> {
        let since = self.first_entered?.elapsed().as_secs_f32();
        (self.entered > 1).then(|| since / (self.entered - 1) as f32)
    }

    pub(super) fn reasons(&self) -> &'static [ChangeReason] {
        const REASONS: [ChangeReason; 4] = [
            ChangeReason::Misread,
            ChangeReason::Mistyped,
            ChangeReason::CorrectedByInstitution,
            ChangeReason::Returned,
        ];
        &REASONS
    }

    pub(super) fn dose_words(&self) -> String {
        let draft = &self.keyed.draft;
        match (&draft.programme, draft.dose) {
            (Some(programme), Some(dose)) => catalogue::dose_label(programme, dose),
            (Some(programme), None) => {
                catalogue::programme(programme).map_or_else(|| programme.clone(), |known| known.name)
            }
            (None, _) => String::new(),
        }
    }
}
