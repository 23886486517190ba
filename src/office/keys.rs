//! 責任者2人の鍵の仕事. What two officials with their recovery media may do to the keys of a terminal, and nobody else: a
//! new publishing key for the next year, new recovery keys when an official leaves, a new database key where the
//! old one may have got about. Everything is sealed to the public halves that are known, so nobody else has to be
//! there; every older copy of the slot file is dead afterwards.
//!
//! A new database key: a copy is made under it and checked, then the slot file that holds it is put in place in
//! one step, then the copy takes the place of the database. Cut off before that step the copy is left aside and
//! dropped, cut off after it the next opening finishes the change.

use std::{fmt, fs, io};

use zeroize::Zeroizing;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, TerminalId},
        trust::Says,
    },
    office::{
        DeedError, Home, Machine, Office, Session, SignInError,
        authority::{self, Authority},
        backup::RecoveryFile,
        doorstep::{Doorstep, DoorstepError, fresh},
        setup::{self, RecoveryMedium, SetUpError},
        sign_in::{make_secret, open_witnessed, tokyo},
    },
    seal::{
        password::Cost,
        recovery::{self, OfficialKey, RecoveryError},
        secret::Secret,
        signature::{PrivateKey, PublicKey},
        slot::{CityKeys, SlotError},
        trust::{self, TrustError},
    },
    store::{
        Database, DatabaseKey, OpenError, StoreError, audit, digest,
        integrity::{Depth, FileState},
        people,
    },
};

/// 鍵の仕事ができないわけ.
#[derive(Debug)]
pub enum KeysError {
    /// The media are another city's.
    OtherCity,
    /// Somebody else has the database open.
    Busy,
    /// The copy under the new key is not the same database; nothing has been changed.
    Differs,
    Recovery(RecoveryError),
    Certificate(TrustError),
    SignIn(SignInError),
    SetUp(SetUpError),
    Database(OpenError),
    Deed(DeedError),
    File(io::ErrorKind),
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCity => f.write_str(
                "この復旧媒体は別の市のものです。何も変えていません。この市の媒体か確かめてください。",
            ),
            Self::Busy => f.write_str(
                "ほかのプログラムがこのデータベースを使っています。何も変えていません。窓口のプログラムを終わらせてから、もう一度行ってください。",
            ),
            Self::Differs => f.write_str(
                "新しい鍵の写しが、もとのデータベースと合いません。何も変えていません。madoguchi-admin doctor で調べてください。",
            ),
            Self::Recovery(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::SignIn(error) => error.fmt(f),
            Self::SetUp(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
            Self::File(kind) => DoorstepError::File(*kind).fmt(f),
        }
    }
}

impl std::error::Error for KeysError {}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for KeysError {
            fn from(error: $from) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from! {
    RecoveryError => Recovery,
    TrustError => Certificate,
    SignInError => SignIn,
    SetUpError => SetUp,
    OpenError => Database,
    DeedError => Deed,
}

impl From<DoorstepError> for KeysError {
    fn from(error: DoorstepError) -> Self {
        Self::SignIn(error.into())
    }
}

impl From<StoreError> for KeysError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl From<SlotError> for KeysError {
    fn from(_: SlotError) -> Self {
        Self::SignIn(SignInError::SlotDamaged)
    }
}

impl From<io::Error> for KeysError {
    fn from(error: io::Error) -> Self {
        Self::File(error.kind())
    }
}

/// 責任者2人が開いた端末.
pub struct Custody {
    office: Office,
    session: Session,
    keys: CityKeys,
    city: Secret,
}

impl fmt::Debug for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custody")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// 責任者2人で開く.
///
/// # Errors
/// [`KeysError`]; nothing has been changed.
pub fn open(home: &Home, machine: Machine, officials: [&OfficialKey; 2]) -> Result<Custody, KeysError> {
    let [one, other] = officials;
    let mut doorstep = Doorstep::open(home, &machine)?;
    let keys = recovery::open(&doorstep.file.recovery, one, other)?;
    let city = recovery::city_key(one, other)?;
    if PrivateKey::from_secret(&city).public().0 != doorstep.file.city_key {
        return Err(KeysError::OtherCity);
    }
    let session = Session::with(
        OperatorId(format!("R{}-{}", one.number, other.number)),
        String::new(),
        TerminalId(doorstep.file.terminal.0.clone()),
        Roles::of(&[Role::Official]),
        None,
    );
    let key = DatabaseKey::new(*keys.database.expose());
    // What is lost of the database is told by the next session.
    let (database, _) = open_witnessed(&mut doorstep, &key)?;
    let office = Office::new(database, machine).at(doorstep)?;
    office.belongs_together()?;
    Ok(Custody {
        office,
        session,
        keys,
        city,
    })
}

impl Custody {
    /// 公開鍵を新しくする. The city key endorses a new publishing key, which goes to the rights administrators. Theirs
    /// and the supervisors' certificates are said again until the new last day, so that they can extend the others'.
    /// Answers with whose.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn renew_publishing(self, validity: Validity) -> Result<Vec<OperatorId>, KeysError> {
        let Self {
            office,
            session,
            mut keys,
            city,
        } = self;
        let machine = office.machine();
        let now = machine.now();
        let publishing = make_secret(machine);
        let founded = authority::found(&city, &publishing, validity, now);
        keys.publishing = Some(publishing);
        office.deed(&session, Deed::Recover, |transaction| {
            office.with_doorstep(|doorstep| {
                let known = people::highest_serial(transaction.connection())?;
                let serial = known.max(doorstep.file.highest_serial);
                let mut authority = Authority::new(founded.publisher.clone(), &founded.publishing, serial);
                let mut extended = Vec::new();
                let mut slots = doorstep.file.slots.clone();
                for slot in &mut slots {
                    let (_, mut certificate) = trust::read_operator(&founded.root, &slot.credential)?;
                    let roles = certificate.roles;
                    if !roles.has(Role::RightsAdministrator) && !roles.has(Role::Supervisor) {
                        continue;
                    }
                    certificate.validity.until = certificate.validity.until.max(validity.until);
                    let credential = authority.say(now, Says::Operator(certificate));
                    transaction.publish(&credential)?;
                    let on = tokyo(now).date_naive();
                    let certified =
                        trust::certify(&founded.root, &credential, on, &doorstep.file.revocations, 0)?;
                    slot.credential = credential;
                    slot.seal_anew(&certified, &keys)?;
                    extended.push(slot.operator.clone());
                }
                let (_, mut terminal) =
                    trust::read_terminal(&founded.root, &doorstep.file.terminal_credential)?;
                terminal.validity.until = terminal.validity.until.max(validity.until);
                let credential = authority.say(now, Says::Terminal(terminal));
                transaction.publish(&credential)?;
                transaction.event(
                    Event::new(Deed::RenewPublishingKey)
                        .detail("until", validity.until)
                        .detail("operators", extended.len()),
                );
                doorstep.file.recovery = recovery::seal_anew(&doorstep.file.recovery, &keys)?;
                doorstep.file.slots = slots;
                doorstep.file.terminal_credential = credential;
                doorstep.file.publisher = founded.publisher.clone();
                doorstep.file.highest_serial = authority.serial();
                doorstep.renew_secret(machine)?;
                recovery_file(doorstep).write(doorstep.home.folder())?;
                Ok(extended)
            })
        })
    }

    /// 復旧の鍵を作りなおす. For as many officials as there are passphrases; the old media open nothing of this terminal
    /// any more, only backups made before. `keep` puts the new media away before anything changes.
    ///
    /// # Errors
    /// [`KeysError`]; the old media still open then.
    pub fn make_recovery_keys(
        self,
        passphrases: &[Zeroizing<String>],
        cost: Cost,
        keep: impl FnOnce(&[RecoveryMedium]) -> io::Result<()>,
    ) -> Result<(), KeysError> {
        let Self {
            office,
            session,
            keys,
            city,
        } = self;
        let machine = office.machine();
        let officials = recovery::make(passphrases.len(), &city, || fresh(machine))?;
        let slots = recovery::slots(&officials, &keys);
        let [one, other, ..] = officials.as_slice() else {
            return Err(RecoveryError::Count.into());
        };
        recovery::open(&slots, one, other)?;
        let label = office.with_doorstep(|doorstep| Ok::<_, KeysError>(doorstep.label.clone()))?;
        let media = setup::write_media(&officials, passphrases, (&label.city, cost), machine)?;
        keep(&media)?;
        office.deed(&session, Deed::Recover, |transaction| {
            transaction.event(Event::new(Deed::MakeRecoveryKeys).detail("recovery_slots", slots.len()));
            office.with_doorstep(|doorstep| {
                doorstep.file.recovery = slots;
                doorstep.renew_secret(machine)?;
                Ok(recovery_file(doorstep).write(doorstep.home.folder())?)
            })
        })
    }

    /// データベースの鍵を新しくする. Answers with those whose certificate has lapsed: no key is sealed to them, they have to
    /// be enrolled anew.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn rekey(self) -> Result<Vec<OperatorId>, KeysError> {
        let Self {
            office,
            session,
            mut keys,
            ..
        } = self;
        if !office.database.is_alone() {
            return Err(KeysError::Busy);
        }
        told(&office, &session, "begun")?;
        let (database, machine, doorstep) = office.apart();
        let mut doorstep = doorstep.ok_or(KeysError::Busy)?;
        let old = DatabaseKey::new(*keys.database.expose());
        keys.database = make_secret(&machine);
        let new = DatabaseKey::new(*keys.database.expose());
        // Nobody comes in while the lock is held.
        let lapsed = doorstep.held(|doorstep| {
            let beside = doorstep.home.rekeyed();
            remove(&beside)?;
            let same = database
                .copy_under(&beside, &old, &new)
                .map_err(KeysError::from)
                .and_then(|()| is_same(&database, &beside, &new));
            if !matches!(same, Ok(true)) {
                remove(&beside)?;
                return same.and(Err(KeysError::Differs));
            }
            database.close()?;
            let lapsed = seal_anew(doorstep, &machine, &keys)?;
            doorstep.renew_secret(&machine)?;
            finish_rekey(doorstep, &new)?;
            Ok(lapsed)
        })?;
        let office = Office::new(Database::open(&doorstep.home.database(), &new)?, machine).at(doorstep)?;
        told(&office, &session, "done")?;
        Ok(lapsed)
    }
}

fn told(office: &Office, session: &Session, state: &str) -> Result<(), KeysError> {
    office.deed(session, Deed::Recover, |transaction| {
        transaction.event(Event::new(Deed::Rekey).detail("state", state));
        Ok(())
    })
}

/// Opens the copy and compares: pages whole, audit chain and all projections the same.
fn is_same(database: &Database, copy: &std::path::Path, key: &DatabaseKey) -> Result<bool, KeysError> {
    let copied = Database::open(copy, key)?;
    let sound = copied.check_file(Depth::Pages)? == FileState::Sound;
    let said = |database: &Database| -> Result<_, KeysError> {
        Ok((database.read(audit::verify)?, database.read(digest::digests)?))
    };
    let same = sound && said(database)? == said(&copied)?;
    copied.close()?;
    Ok(same)
}

/// The city's keys for everybody with a good certificate, and for the officials. The others' slots go.
fn seal_anew(
    doorstep: &mut Doorstep,
    machine: &Machine,
    keys: &CityKeys,
) -> Result<Vec<OperatorId>, KeysError> {
    let root = PublicKey(doorstep.file.city_key);
    let on = tokyo(machine.now()).date_naive();
    let (mut slots, mut lapsed) = (Vec::new(), Vec::new());
    for mut slot in doorstep.file.slots.clone() {
        match trust::certify(&root, &slot.credential, on, &doorstep.file.revocations, 0) {
            Ok(certified) => {
                slot.seal_anew(&certified, keys)?;
                slots.push(slot);
            }
            Err(_) => lapsed.push(slot.operator),
        }
    }
    doorstep.file.slots = slots;
    doorstep.file.recovery = recovery::seal_anew(&doorstep.file.recovery, keys)?;
    Ok(lapsed)
}

fn recovery_file(doorstep: &Doorstep) -> RecoveryFile {
    RecoveryFile {
        city_key: doorstep.file.city_key,
        publisher: doorstep.file.publisher.clone(),
        demo: doorstep.file.demo,
        slots: doorstep.file.recovery.clone(),
    }
}

/// A change of the database key that was cut off: a copy that the slot file's key does not need is dropped, one
/// that it opens takes the place of the database under the old key. Where neither opens nothing is touched.
pub(in crate::office) fn finish_rekey(
    doorstep: &mut Doorstep,
    key: &DatabaseKey,
) -> Result<(), DoorstepError> {
    let beside = doorstep.home.rekeyed();
    if !beside.exists() {
        return Ok(());
    }
    doorstep.held(|doorstep| {
        let database = doorstep.home.database();
        if Database::opens(&database, key) {
            return Ok(remove(&beside)?);
        }
        if !Database::opens(&beside, key) {
            return Ok(());
        }
        recovery_file(doorstep).write(doorstep.home.folder())?;
        // The old file was closed whole before the slot file was changed: an empty log, if any, is left of it.
        for suffix in ["db-wal", "db-shm"] {
            let old = database.with_extension(suffix);
            if old.exists() {
                fs::remove_file(old)?;
            }
        }
        fs::rename(&beside, &database)?;
        Ok(remove(&beside)?)
    })
}

/// A copy that nobody needs, with what SQLite puts beside it.
fn remove(beside: &std::path::Path) -> io::Result<()> {
    for path in [
        beside.to_owned(),
        beside.with_extension("db-lock"),
        suffixed(beside, "-wal"),
        suffixed(beside, "-shm"),
        suffixed(beside, "-journal"),
    ] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn suffixed(path: &std::path::Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
