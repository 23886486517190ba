//! サインイン. From the doorstep to a session: password, slot, certificate, database. The second person, the lock
//! and signing out are here too. Wrong tries go to the door log, and the session that opens takes the log into
//! the audit chain.

use std::{fmt, io};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{self, Lapse},
        revision::OperatorId,
    },
    office::{
        DeedError, Machine, Office, Session, demo,
        door_log::{Happening, MOST_TRIES},
        doorstep::{Doorstep, DoorstepError, fresh},
        home::Home,
        keys,
        session::Keys,
        witness::{self, LostTail, Witness},
    },
    seal::{
        password::{Cost, Password, Refused},
        secret::Secret,
        signature::{PrivateKey, PublicKey},
        slot::{CityKeys, Fresh, Halves, Lock, Slot, SlotError},
        trust::{self, TrustError},
    },
    store::{Database, DatabaseKey, OpenError, StoreError, audit, people},
};

/// Most lines of the door log that become events of their own; more are counted in one.
const MOST_EVENTS: usize = 200;

/// サインインできないわけ.
#[derive(Debug)]
pub enum SignInError {
    /// Number or password; never which. So many tries are left.
    Wrong {
        left: u8,
    },
    Closed {
        until: DateTime<Utc>,
    },
    Lapsed(Lapse),
    /// The certificate is not (or no longer) good.
    Certificate(TrustError),
    /// The password has to be changed first.
    PasswordExpired,
    /// The new password can't be used.
    Password(Refused),
    SlotDamaged,
    /// The database beside the slot file is another city's, or a demo's.
    OtherDatabase,
    /// Both halves of a deed by one person: the second person is somebody else.
    SamePerson,
    Doorstep(DoorstepError),
    Database(OpenError),
    Deed(DeedError),
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong { left: 0 } => {
                write!(f, "操作者番号かパスワードがちがいます。{MOST_TRIES}回つづいたので15分使えません。")
            }
            Self::Wrong { left } => {
                write!(f, "操作者番号かパスワードがちがいます。あと{left}回で15分使えなくなります。")
            }
            Self::Closed { until } => write!(
                f,
                "まちがいがつづいたため、{} まで使えません。時間をおいてから入れてください。",
                tokyo(*until).format("%H:%M")
            ),
            Self::Lapsed(lapse) => lapse.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::PasswordExpired => {
                f.write_str("パスワードの期限が過ぎています。新しいパスワードに変えてから使ってください。")
            }
            Self::Password(refused) => refused.fmt(f),
            Self::SlotDamaged => f.write_str(
                "この操作者の鍵が壊れています。データベースはそのままです。権限管理の担当に登録しなおしを頼んでください。",
            ),
            Self::OtherDatabase => f.write_str(
                "鍵ファイルとデータベースが別のもののため、開けません。何も変えていません。フォルダーの中身を確かめてください。",
            ),
            Self::SamePerson => {
                f.write_str("2人目は、今サインインしている人とは別の人です。ほかの人がサインインしてください。")
            }
            Self::Doorstep(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SignInError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Doorstep(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Deed(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DoorstepError> for SignInError {
    fn from(error: DoorstepError) -> Self {
        Self::Doorstep(error)
    }
}

impl From<DeedError> for SignInError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<OpenError> for SignInError {
    fn from(error: OpenError) -> Self {
        Self::Database(error)
    }
}

/// 職場を開く. Signs in at this home and opens its database. Takes as long as Argon2id does (about 0.2 s), so a
/// screen calls it on a thread of its own.
///
/// # Errors
/// [`SignInError`]; wrong tries have been noted.
pub fn open(
    home: &Home,
    machine: Machine,
    operator: &str,
    password: &str,
) -> Result<(Office, Session), SignInError> {
    let mut doorstep = Doorstep::open(home, &machine)?;
    let session = doorstep.sign_in(&machine, operator, password)?;
    let keys = session.keys().ok_or(SignInError::SlotDamaged)?;
    let (database, lost) = open_witnessed(&mut doorstep, &keys.database)?;
    let office = Office::new(database, machine).at(doorstep)?;
    office.belongs_together()?;
    if let Some(lost) = lost {
        office.tell_lost(lost)?;
    }
    office.begin(&session, Deed::SignIn)?;
    Ok((office, session))
}

/// Opens the database and compares it with what is witnessed. Where it has lost its end, the write-ahead log is put
/// aside before anything is written.
pub(in crate::office) fn open_witnessed(
    doorstep: &mut Doorstep,
    key: &DatabaseKey,
) -> Result<(Database, Option<LostTail>), SignInError> {
    let path = doorstep.home.database();
    keys::finish_rekey(doorstep, key)?;
    // Read first: another program may be going on writing.
    let witnessed = doorstep.witnessed();
    let (mut lost, mut aside) = (None, Ok(()));
    let opened = Database::open_after(&path, key, |connection| {
        lost = witness::compare(connection, witnessed)?;
        if lost.is_some() {
            aside = witness::put_log_aside(&path);
        }
        aside.as_ref().map_err(|_| StoreError::DiskFull).copied()
    });
    aside.map_err(DoorstepError::from)?;
    Ok((opened?, lost))
}

/// 見本を調べるために開く. Without a session, so it can look and verify but do no deed; a real home has no such
/// way in.
///
/// # Errors
/// [`SignInError`]; [`DoorstepError::DemoMixedUp`] where it is no demo.
pub fn open_demo(home: &Home, machine: Machine) -> Result<Office, SignInError> {
    let mut doorstep = Doorstep::open(home, &machine)?;
    if !doorstep.is_demo() {
        return Err(DoorstepError::DemoMixedUp.into());
    }
    let looker = demo::OPERATORS.iter().find_map(|person| {
        let slot = doorstep.file.slot(&OperatorId(person.operator.to_owned()))?;
        let (_, keys) = slot.open(&Password::new(person.password)?).ok()?;
        Some(DatabaseKey::new(*keys.database.expose()))
    });
    let (database, lost) = open_witnessed(&mut doorstep, &looker.ok_or(SignInError::SlotDamaged)?)?;
    if doorstep.record.lost.is_none() && lost.is_some() {
        // The next session tells it in the audit chain.
        doorstep.held(|doorstep| {
            doorstep.record.lost = lost;
            doorstep.keep_record()
        })?;
    }
    let office = Office::new(database, machine).at(doorstep)?;
    office.belongs_together()?;
    Ok(office)
}

impl Doorstep {
    /// 枠を開く. The session has its keys but no database yet.
    pub(in crate::office) fn sign_in(
        &mut self,
        machine: &Machine,
        operator: &str,
        password: &str,
    ) -> Result<Session, SignInError> {
        self.held(|doorstep| doorstep.come_in(machine, operator, password))
    }

    fn come_in(&mut self, machine: &Machine, operator: &str, password: &str) -> Result<Session, SignInError> {
        let (slot, halves, keys) = self.unlock(machine, operator, password)?;
        let today = tokyo(machine.now()).date_naive();
        if days_since(slot.password_set_on, today) > i64::from(self.file.password_days) {
            return Err(SignInError::PasswordExpired);
        }
        let session = self.session(&slot, &halves, keys)?;
        self.note(machine, Some(slot.operator), Happening::Opened)?;
        Ok(session)
    }

    /// 期限の過ぎたパスワードを変える. With the old one, before signing in.
    ///
    /// # Errors
    /// [`SignInError`]; the old one still holds then.
    pub fn change_password(
        &mut self,
        machine: &Machine,
        operator: &str,
        old: &str,
        new: &str,
    ) -> Result<(), SignInError> {
        self.held(|doorstep| doorstep.set_password(machine, operator, old, new))
    }

    fn set_password(
        &mut self,
        machine: &Machine,
        operator: &str,
        old: &str,
        new: &str,
    ) -> Result<(), SignInError> {
        let (mut slot, halves, _) = self.unlock(machine, operator, old)?;
        if old == new {
            return Err(SignInError::Password(Refused::Unchanged));
        }
        let name = self.certificate(&slot)?.name;
        let new = check_password(new, &slot.operator, &name)?;
        let lock = lock(&new, slot.cost(), machine);
        slot.change_password(&halves, &lock)
            .map_err(|_| SignInError::SlotDamaged)?;
        self.file.put(slot);
        Ok(self.keep_slots(machine)?)
    }

    /// Password and certificate; what is wrong is counted.
    fn unlock(
        &mut self,
        machine: &Machine,
        operator: &str,
        password: &str,
    ) -> Result<(Slot, Halves, CityKeys), SignInError> {
        let now = machine.now();
        let typed = operator::parse_operator_id(operator);
        // What does not look like a number is counted together, and not kept.
        let counted = typed.clone().unwrap_or_else(|| OperatorId("?".to_owned()));
        if let Some(until) = self.closed_until(&counted, now) {
            self.note(machine, Some(counted), Happening::WhileClosed)?;
            return Err(SignInError::Closed { until });
        }
        let slot = typed
            .as_ref()
            .and_then(|operator| self.file.slot(operator))
            .cloned();
        let opened = match (&slot, Password::new(password)) {
            (Some(slot), Some(password)) => slot.open(&password),
            (None, Some(password)) => {
                Slot::pretend(&password, self.usual_cost());
                Err(SlotError::WrongPassword)
            }
            (_, None) => Err(SlotError::WrongPassword),
        };
        let (Some(slot), Ok((halves, keys))) = (slot, &opened) else {
            if matches!(opened, Err(SlotError::Damaged)) {
                return Err(SignInError::SlotDamaged);
            }
            self.note(machine, Some(counted.clone()), Happening::Wrong)?;
            let closed = self.closed_until(&counted, now).is_some();
            return Err(SignInError::Wrong {
                left: if closed { 0 } else { self.door.tries_left(&counted) },
            });
        };
        let _ = (halves, keys);
        if let Err(error) = self.may_work(&slot, now) {
            self.note(machine, Some(counted), Happening::Lapsed)?;
            return Err(error);
        }
        opened
            .map(|(halves, keys)| (slot, halves, keys))
            .map_err(|_| SignInError::SlotDamaged)
    }

    fn may_work(&self, slot: &Slot, now: DateTime<Utc>) -> Result<(), SignInError> {
        let certificate = self.certificate(slot)?;
        let today = tokyo(now).date_naive();
        operator::may_work(
            certificate.validity,
            &certificate.terminals,
            &self.file.terminal,
            today,
            self.file.last_receipt_on,
            self.file.offline_days,
        )
        .map_err(SignInError::Lapsed)?;
        let root = PublicKey(self.file.city_key);
        trust::certify(&root, &slot.credential, today, &self.file.revocations, 0)
            .map(|_| ())
            .map_err(SignInError::Certificate)
    }

    fn certificate(&self, slot: &Slot) -> Result<crate::domain::trust::OperatorCertificate, SignInError> {
        let root = PublicKey(self.file.city_key);
        let (_, certificate) =
            trust::read_operator(&root, &slot.credential).map_err(SignInError::Certificate)?;
        if certificate.operator == slot.operator {
            Ok(certificate)
        } else {
            Err(SignInError::SlotDamaged)
        }
    }

    fn session(&self, slot: &Slot, halves: &Halves, keys: CityKeys) -> Result<Session, SignInError> {
        let certificate = self.certificate(slot)?;
        let signing = halves.signing_key();
        if signing.public().0 != certificate.signing_key {
            return Err(SignInError::SlotDamaged);
        }
        let publishing = keys
            .publishing
            .as_ref()
            .map(|key| (PrivateKey::from_secret(key), self.file.publisher.clone()));
        let keys = Keys {
            credential: slot.credential.clone(),
            signing,
            database: DatabaseKey::new(*keys.database.expose()),
            number: keys.number,
            publishing,
            publishing_secret: keys.publishing,
        };
        let terminal = self.file.terminal.clone();
        Ok(Session::with(
            slot.operator.clone(),
            certificate.name,
            terminal,
            certificate.roles,
            Some(keys),
        ))
    }

    /// The heaviest cost in use: what a number nobody has is answered with.
    fn usual_cost(&self) -> Cost {
        let costs = self.file.slots.iter().map(Slot::cost);
        costs.max_by_key(|cost| cost.memory_kib).unwrap_or(Cost::STANDARD)
    }
}

impl Office {
    /// 2人目のサインイン. Over the open session, whose work stays. `first` is the session that is open.
    ///
    /// # Errors
    /// [`SignInError`]; wrong tries have been noted.
    pub fn second_person(
        &self,
        first: &Session,
        operator: &str,
        password: &str,
    ) -> Result<Session, SignInError> {
        if first.has_ended() {
            return Err(DeedError::SignedOut.into());
        }
        let session = self.with_doorstep(|doorstep| doorstep.sign_in(&self.machine, operator, password))?;
        if session.operator() == first.operator() {
            session.end();
            return Err(SignInError::SamePerson);
        }
        self.begin(&session, Deed::SecondPerson)?;
        Ok(session)
    }

    /// 画面をロックする. The session stays; what the screen shows is put away by the screen.
    ///
    /// # Errors
    /// [`DeedError`].
    pub fn lock(&self, session: &Session) -> Result<(), DeedError> {
        self.mark(session, Deed::Lock)
    }

    /// ロックを解く. With the password of the same operator.
    ///
    /// # Errors
    /// [`SignInError`]; wrong tries have been noted, and the screen stays locked.
    pub fn unlock(&self, session: &Session, password: &str) -> Result<(), SignInError> {
        let operator = session.operator().0.clone();
        self.with_doorstep(|doorstep| {
            let (slot, ..) = doorstep.unlock(&self.machine, &operator, password)?;
            let noted = doorstep.note(&self.machine, Some(slot.operator), Happening::Opened);
            noted.map_err(SignInError::from)
        })?;
        self.begin(session, Deed::Unlock)
    }

    /// サインアウト. The session and all its clones are worth nothing afterwards, also where the event could not be
    /// written.
    ///
    /// # Errors
    /// [`DeedError`] where the event could not be written.
    pub fn sign_out(&self, session: &Session) -> Result<(), DeedError> {
        let marked = self.mark(session, Deed::SignOut);
        session.end();
        // The file of the witness has it already; the door log and the keychain bear it out.
        let _ = self.note_head(session, Happening::Witnessed);
        marked
    }

    /// 失われた末尾. What the database has lost, until the terminal is enrolled anew.
    #[must_use]
    pub fn lost_tail(&self) -> Option<LostTail> {
        self.with_doorstep(|doorstep| Ok::<_, DoorstepError>(doorstep.record.lost))
            .ok()
            .flatten()
    }

    /// The end of the database is gone: noted in the keychain and the door log, from where the session takes it
    /// into the audit chain. What was found counts from here on.
    fn tell_lost(&self, lost: LostTail) -> Result<(), SignInError> {
        let head = self.read(audit::head).map_err(DeedError::from)?;
        self.with_doorstep(|doorstep| {
            let before = doorstep.record.lost;
            doorstep.record.lost = Some(
                before
                    .filter(|one| one.witnessed >= lost.witnessed)
                    .unwrap_or(lost),
            );
            doorstep.note_head(&self.machine, None, Happening::Lost, Some(head))?;
            let mut witness = Witness::open(&doorstep.home.witness(), &doorstep.file.door_key)?;
            let nonces = [fresh(&self.machine), fresh(&self.machine)];
            Ok::<_, DoorstepError>(witness.begin_anew(head, nonces)?)
        })?;
        Ok(())
    }

    fn note_head(&self, session: &Session, happening: Happening) -> Result<(), DoorstepError> {
        let head = self
            .read(audit::head)
            .map_err(|_| DoorstepError::File(io::ErrorKind::Other))?;
        self.with_doorstep(|doorstep| {
            doorstep.note_head(
                &self.machine,
                Some(session.operator().clone()),
                happening,
                Some(head),
            )
        })
    }

    /// パスワードを変える. With the old one.
    ///
    /// # Errors
    /// [`SignInError`]; the old one still holds then.
    pub fn change_password(&self, session: &Session, old: &str, new: &str) -> Result<(), SignInError> {
        self.deed(session, Deed::ChangePassword, |transaction| {
            transaction.event(Event::new(Deed::ChangePassword));
            let operator = session.operator().0.clone();
            self.with_doorstep(|doorstep| doorstep.change_password(&self.machine, &operator, old, new))
        })
    }

    fn mark(&self, session: &Session, deed: Deed) -> Result<(), DeedError> {
        self.deed(session, deed, |transaction| {
            transaction.event(Event::new(deed));
            Ok(())
        })
    }

    /// The first event of a session, with everything the door log has seen since the last one.
    fn begin(&self, session: &Session, deed: Deed) -> Result<(), SignInError> {
        let (events, up_to) = self.with_doorstep(|doorstep| Ok::<_, SignInError>(untaken(doorstep)))?;
        self.deed(session, deed, |transaction| {
            for event in events {
                transaction.event(event);
            }
            transaction.event(Event::new(deed));
            Ok::<_, DeedError>(())
        })?;
        let head = self.read(audit::head).map_err(DeedError::from)?;
        self.with_doorstep(|doorstep| {
            let operator = Some(session.operator().clone());
            doorstep.note_head(&self.machine, operator, Happening::Witnessed, Some(head))?;
            doorstep.record.door_taken = up_to;
            doorstep
                .door
                .thin_out(up_to, self.machine.now())
                .map_err(DoorstepError::from)?;
            Ok(doorstep.keep_record()?)
        })
    }

    /// The database has to be the one of this slot file.
    pub(in crate::office) fn belongs_together(&self) -> Result<(), SignInError> {
        let known = self
            .read(|connection| Ok((people::city_key(connection)?, people::is_demo(connection)?)))
            .map_err(|error| SignInError::Deed(error.into()))?;
        self.with_doorstep(|doorstep| {
            if known == (Some(PublicKey(doorstep.file.city_key)), doorstep.file.demo) {
                Ok(())
            } else {
                Err(SignInError::OtherDatabase)
            }
        })
    }
}

/// Events for the lines of the door log that no session has taken in yet, and the number of the last one.
fn untaken(doorstep: &Doorstep) -> (Vec<Event>, u64) {
    let lines: Vec<_> = doorstep.door.after(doorstep.record.door_taken).collect();
    // Openings have events of their own: that of the session.
    let told: Vec<_> = lines
        .iter()
        .filter(|(_, line)| !matches!(line.happening, Happening::Opened | Happening::Witnessed))
        .collect();
    let lost = doorstep.record.lost;
    let mut events: Vec<Event> = told
        .iter()
        .take(MOST_EVENTS)
        .map(|(number, line)| {
            let typed = line.operator.as_ref().map_or("", |operator| operator.0.as_str());
            let event = Event::new(Deed::TakeInDoorLog)
                .detail("line", number)
                .detail("happening", line.happening.code())
                .detail("operator", typed)
                .detail("at", line.at.format("%Y-%m-%dT%H:%M:%SZ"));
            match lost.filter(|_| line.happening == Happening::Lost) {
                Some(lost) => event
                    .detail("witnessed", lost.witnessed)
                    .detail("count", lost.found),
                None => event,
            }
        })
        .collect();
    if told.len() > MOST_EVENTS {
        events.push(Event::new(Deed::TakeInDoorLog).detail("more", told.len() - MOST_EVENTS));
    }
    (events, doorstep.door.count())
}

/// 新しいパスワードを確かめる.
pub(in crate::office) fn check_password(
    text: &str,
    operator: &OperatorId,
    name: &str,
) -> Result<Password, SignInError> {
    let password = Password::new(text).ok_or(SignInError::Password(Refused::TooLong))?;
    password
        .check_new(&[&operator.0, name])
        .map_err(SignInError::Password)?;
    Ok(password)
}

pub(in crate::office) fn lock<'p>(password: &'p Password, cost: Cost, machine: &Machine) -> Lock<'p> {
    Lock {
        password,
        cost,
        fresh: Fresh {
            salt: fresh(machine),
            nonce: fresh(machine),
        },
        on: tokyo(machine.now()).date_naive(),
    }
}

pub(in crate::office) fn tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let ahead = TimeDelta::hours(9);
    let offset = FixedOffset::east_opt(ahead.num_seconds() as i32).expect("nine hours are an offset");
    at.with_timezone(&offset)
}

fn days_since(day: NaiveDate, today: NaiveDate) -> i64 {
    (today - day).num_days()
}

pub(in crate::office) fn make_secret(machine: &Machine) -> Secret {
    Secret::new(fresh(machine))
}
