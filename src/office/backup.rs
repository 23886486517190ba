//! バックアップと復旧. A backup is a folder with the encrypted database and the recovery slots, and no other slots: two
//! officials with their media open it, one does not. Restoring makes a new home with a new terminal secret and
//! one rights administrator, is written into the audit chain, and leaves a database that issues no number until
//! numbers are assigned anew. The same way leads out of a lost keychain: the home's own folder then is the copy.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, TerminalId},
        trust::{NumberBlock, NumberSeries, Says, Signed},
        voucher::LAST_RUNNING,
    },
    office::{
        DeedError, Home, Machine, Office, Session,
        authority::{self, Authority},
        doorstep::DoorstepError,
        home::TerminalLabel,
        people::{self as office_people, PeopleError},
        setup::{self, Layout, NewOperator, SetUpError},
        sign_in::{check_password, lock, make_secret, tokyo},
    },
    platform::file,
    seal::{
        derive,
        password::{Cost, Password},
        recovery::{self, RecoveryError},
        signature::{PrivateKey, PublicKey},
        slot::{CityKeys, Halves, Slot},
        slot_file::RecoverySlot,
        trust,
    },
    store::{Database, DatabaseKey, OpenError, StoreError, audit, marks, people},
};

pub use crate::seal::recovery::OfficialKey;

const LARGEST: u64 = 1024 * 1024;
pub(in crate::office) const SLOTS_NAME: &str = "recovery.bin";
const DATABASE_NAME: &str = "madoguchi.db";

/// 復旧の枠のファイル. Sealed to the officials in pairs; lies beside every database of the city.
#[derive(Serialize, Deserialize)]
pub(in crate::office) struct RecoveryFile {
    pub city_key: [u8; 32],
    pub publisher: Signed,
    pub demo: bool,
    pub slots: Vec<RecoverySlot>,
}

impl RecoveryFile {
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).expect("writing to memory can't go wrong");
        file::replace(&folder.join(SLOTS_NAME), &bytes)
    }

    fn read(folder: &Path) -> Result<Self, RestoreError> {
        let bytes = file::read(&folder.join(SLOTS_NAME), LARGEST).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => RestoreError::NoBackup,
            kind => RestoreError::File(kind),
        })?;
        ciborium::de::from_reader_with_recursion_limit(bytes.as_slice(), 16)
            .map_err(|_| RestoreError::Damaged)
    }
}

/// 控えの報告.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupReport {
    /// Bytes of the database's copy.
    pub size: u64,
    /// SHA-256 of the copy.
    pub digest: [u8; 32],
}

/// バックアップ・復旧ができないわけ.
#[derive(Debug)]
pub enum RestoreError {
    /// The target is there already.
    Taken,
    /// There is no backup in this folder.
    NoBackup,
    /// This city has no recovery slots.
    NoOfficials,
    /// The copy is damaged or its audit chain is broken.
    Damaged,
    /// The slots and the database are of two cities.
    OtherCity,
    Recovery(RecoveryError),
    File(io::ErrorKind),
    SetUp(Box<SetUpError>),
    Database(OpenError),
    Deed(DeedError),
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "その場所にはすでにファイルがあります。置き換えません。新しいフォルダーを指定してください。",
            Self::NoBackup => {
                "このフォルダーにバックアップがありません。madoguchi.db と recovery.bin のあるフォルダーを指定してください。"
            }
            Self::NoOfficials => {
                "復旧の責任者がいないため、控えを取っても開けません。責任者の鍵を作ってから行ってください。"
            }
            Self::Damaged => {
                "このバックアップは壊れています。復元していません。別の日のバックアップを使ってください。"
            }
            Self::OtherCity => {
                "データベースと復旧の枠が別の市のものです。復元していません。フォルダーの中身を確かめてください。"
            }
            Self::File(io::ErrorKind::StorageFull) => {
                "ディスクの空きがないため書き込めませんでした。何も変わっていません。空きを作ってから、もう一度行ってください。"
            }
            Self::File(_) => "ファイルを読み書きできません。場所と権限を確かめてください。何も変わっていません。",
            Self::Recovery(error) => return error.fmt(f),
            Self::SetUp(error) => return error.fmt(f),
            Self::Database(error) => return error.fmt(f),
            Self::Deed(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for RestoreError {}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for RestoreError {
            fn from(error: $from) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from! {
    RecoveryError => Recovery,
    OpenError => Database,
    DeedError => Deed,
}

impl From<io::Error> for RestoreError {
    fn from(error: io::Error) -> Self {
        Self::File(error.kind())
    }
}

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl From<SetUpError> for RestoreError {
    fn from(error: SetUpError) -> Self {
        Self::SetUp(Box::new(error))
    }
}

impl From<DoorstepError> for RestoreError {
    fn from(error: DoorstepError) -> Self {
        Self::from(SetUpError::from(error))
    }
}

impl Office {
    /// 控えを取る. A new folder with database and recovery slots; what could not be finished is not left behind.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn back_up(&self, session: &Session, folder: &Path) -> Result<BackupReport, RestoreError> {
        if folder.exists() {
            return Err(RestoreError::Taken);
        }
        let file = self.with_doorstep(|doorstep| {
            Ok::<_, RestoreError>(RecoveryFile {
                city_key: doorstep.file.city_key,
                publisher: doorstep.file.publisher.clone(),
                demo: doorstep.file.demo,
                slots: doorstep.file.recovery.clone(),
            })
        })?;
        if file.slots.is_empty() {
            return Err(RestoreError::NoOfficials);
        }
        // The event stands in the copy too: whoever opens it sees when and by whom it was made.
        self.backup_event(session, |event| event.detail("state", "begun"))?;
        let keys = session.keys().ok_or(DeedError::SignedOut)?;
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".making");
        let beside = folder.with_file_name(name);
        file::make_folder(&beside)?;
        let made = self.copy_into(&beside, &keys.database, &file).and_then(|report| {
            fs::rename(&beside, folder)?;
            Ok(report)
        });
        if made.is_err() {
            let _ = fs::remove_dir_all(&beside);
        }
        let report = made?;
        let digest: String = report.digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.backup_event(session, |event| {
            event
                .detail("state", "done")
                .detail("size", report.size)
                .detail("sha256", digest)
        })?;
        Ok(report)
    }

    fn backup_event(&self, session: &Session, f: impl FnOnce(Event) -> Event) -> Result<(), DeedError> {
        self.deed(session, Deed::BackUp, |transaction| {
            transaction.event(f(Event::new(Deed::BackUp)));
            Ok(())
        })
    }

    fn copy_into(
        &self,
        folder: &Path,
        key: &DatabaseKey,
        recovery: &RecoveryFile,
    ) -> Result<BackupReport, RestoreError> {
        let copy = folder.join(DATABASE_NAME);
        self.database.back_up(&copy, key)?;
        recovery.write(folder)?;
        let size = fs::metadata(&copy)?.len();
        Ok(BackupReport {
            size,
            digest: derive::digest_of(fs::File::open(&copy)?)?,
        })
    }

    /// 番号の割当てをやりなおす. Enrols this terminal anew at its own authority: a fresh block of each series above
    /// everything that any terminal of the city was ever given. The rest of the old blocks is never used.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub fn assign_number_blocks(&self, session: &Session) -> Result<(), PeopleError> {
        self.deed(session, Deed::AssignNumberBlocks, |transaction| {
            let highest = people::highest_number(transaction.connection())?;
            let blocks = [NumberSeries::Voucher, NumberSeries::Certificate]
                .into_iter()
                .map(|series| {
                    let above = highest.get(&series).copied().unwrap_or(0);
                    let block = NumberBlock {
                        series,
                        first: above + 1,
                        last: (above + setup::BLOCK).min(LAST_RUNNING),
                    };
                    let any = block.first <= block.last;
                    any.then_some(block).ok_or(PeopleError::NoNumbersLeft)
                })
                .collect::<Result<Vec<_>, _>>()?;
            transaction.event(
                Event::new(Deed::AssignNumberBlocks)
                    .detail("first_voucher", blocks.first().map_or(0, |block| block.first)),
            );
            transaction.take_mark_away(marks::RESTORED)?;
            self.with_doorstep(|doorstep| {
                let root = PublicKey(doorstep.file.city_key);
                let (_, mut certificate) = trust::read_terminal(&root, &doorstep.file.terminal_credential)?;
                certificate.blocks = blocks;
                let says = Says::Terminal(certificate);
                doorstep.file.terminal_credential = office_people::say(transaction, session, doorstep, says)?;
                doorstep.stock = Default::default();
                doorstep.record.number_marks = Some(BTreeMap::new());
                doorstep.record.lost = None;
                Ok(doorstep.keep_slots(&self.machine)?)
            })
        })
    }
}

/// 復元の内容.
pub struct Restore<'r> {
    /// A backup's folder, or a home whose keychain is lost.
    pub from: &'r Path,
    pub label: TerminalLabel,
    /// Two officials.
    pub officials: [&'r OfficialKey; 2],
    /// Who administers rights at the restored terminal; she has set her password.
    pub administrator: NewOperator,
    pub cost: Cost,
    /// How long a new publishing key holds, where the old one has lapsed.
    pub validity: Validity,
}

/// 復元する. A new home out of a copy. The copy itself is left as it is.
///
/// # Errors
/// [`RestoreError`]; nothing has been left behind.
pub fn restore(home: &Home, machine: Machine, plan: &Restore<'_>) -> Result<(), RestoreError> {
    if home.is_taken() {
        return Err(RestoreError::Taken);
    }
    let copy = RecoveryFile::read(plan.from)?;
    let [one, other] = plan.officials;
    let keys = recovery::open(&copy.slots, one, other)?;
    let city = recovery::city_key(one, other)?;
    if PrivateKey::from_secret(&city).public().0 != copy.city_key {
        return Err(RestoreError::OtherCity);
    }
    let database = DatabaseKey::new(*keys.database.expose());
    let now = machine.now();
    let today = tokyo(now).date_naive();
    let publishing = match &keys.publishing {
        Some(secret) if publisher_holds(&copy, today) => secret.duplicate(),
        // The year is over: the city key makes a new publishing key.
        _ => make_secret(&machine),
    };
    let founded = if publisher_holds(&copy, today) {
        authority::Founded {
            root: PublicKey(copy.city_key),
            publisher: copy.publisher.clone(),
            publishing: PrivateKey::from_secret(&publishing),
        }
    } else {
        authority::found(&city, &publishing, plan.validity, now)
    };
    let layout = |serial: u64, credentials, slots| Layout {
        label: plan.label.clone(),
        vault: home.vault(&plan.label),
        founded: founded.duplicate(&publishing),
        serial,
        credentials,
        slots,
        recovery: copy.slots.clone(),
        validity: plan.validity,
        restored_from: Some(plan.from.to_owned()),
    };
    let new = &plan.administrator;
    let password = check_password(&new.password, &new.operator, &new.name).map_err(SetUpError::from)?;
    let halves = Halves::make(make_secret(&machine));
    // Above every serial the city can have used: the copy may be older than the newest certificate.
    let serial = u64::try_from(now.timestamp()).unwrap_or(0);
    let mut authority = Authority::new(founded.publisher.clone(), &founded.publishing, serial);
    let credential = authority.say(now, Says::Operator(setup::certificate_of(new, &halves)));
    let certified = trust::certify(&founded.root, &credential, today, &[], 0).map_err(SetUpError::from)?;
    let own = CityKeys {
        database: keys.database.duplicate(),
        publishing: new
            .roles
            .has(Role::RightsAdministrator)
            .then(|| publishing.duplicate()),
        number: keys
            .number
            .as_ref()
            .filter(|_| new.roles.has(Role::NumberHandler))
            .map(|key| key.duplicate()),
    };
    let slot = Slot::make(
        &certified,
        &credential,
        &halves,
        &own,
        &lock(&password, plan.cost, &machine),
    )
    .map_err(SetUpError::from)?;
    let officials = Session::with(
        OperatorId(format!("R{}-{}", one.number, other.number)),
        String::new(),
        TerminalId(plan.label.terminal.clone()),
        Roles::of(&[Role::Official]),
        None,
    );
    let layout = layout(authority.serial(), vec![credential], vec![slot]);
    setup::lay_out(home, machine, layout, &database, &officials).map_err(|error| match error {
        SetUpError::Database(OpenError::KeyOrDamage) => RestoreError::Damaged,
        SetUpError::Damaged => RestoreError::Damaged,
        other => other.into(),
    })?;
    Ok(())
}

fn publisher_holds(copy: &RecoveryFile, today: chrono::NaiveDate) -> bool {
    trust::read_publisher(&PublicKey(copy.city_key), &copy.publisher)
        .is_ok_and(|publisher| publisher.validity.holds(today))
}

/// Copies the database of a backup (or of a home) and makes it ready: sound, whole chain, erasures replayed,
/// marked as restored.
pub(in crate::office) fn bring_over(
    from: &Path,
    to: &Path,
    key: &DatabaseKey,
    root: &PublicKey,
) -> Result<Database, SetUpError> {
    for suffix in ["", "-wal"] {
        let source = from.join(format!("{DATABASE_NAME}{suffix}"));
        if source.exists() {
            let mut target = to.as_os_str().to_owned();
            target.push(suffix);
            fs::copy(&source, target)?;
        }
    }
    let database = Database::open(to, key)?;
    let verdict = database.read(audit::verify).map_err(DeedError::from)?;
    let known = database.read(people::city_key).map_err(DeedError::from)?;
    if !matches!(verdict, audit::Verdict::Whole(_)) || known != Some(*root) {
        return Err(SetUpError::Damaged);
    }
    database.replay_erasures().map_err(DeedError::from)?;
    database.raise_mark(marks::RESTORED, 1).map_err(DeedError::from)?;
    Ok(database)
}

/// 責任者の媒体を読む.
///
/// # Errors
/// [`RecoveryError`].
pub fn read_medium(text: &str, passphrase: &str) -> Result<OfficialKey, RecoveryError> {
    let passphrase = Password::new(passphrase).ok_or(RecoveryError::Passphrase)?;
    OfficialKey::read(text, &passphrase)
}
