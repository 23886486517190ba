//! 端末の準備. Founds a city at its first terminal: city key, publishing key, database, slot file, the first
//! operators and the officials' recovery media. Everything is made in a folder beside the home and moved there
//! when it is whole, so that a set-up cut short leaves nothing half made. The city key leaves this function on
//! the media only.

use std::{collections::BTreeMap, fmt, fs, io, path::PathBuf};

use zeroize::Zeroizing;

use crate::{
    domain::{
        audit::Event,
        deed::Deed,
        operator::{Role, Roles, Validity},
        revision::{OperatorId, TerminalId},
        trust::{Credential, NumberBlock, NumberSeries, OperatorCertificate, Says, TerminalCertificate},
    },
    office::{
        DeedError, Home, Machine, Office, Session,
        authority::{self, Authority, Founded},
        backup::{self, RecoveryFile},
        door_log::DoorLog,
        doorstep::{Doorstep, DoorstepError, TerminalRecord, fresh},
        home::{HomeError, TerminalLabel},
        session::Keys,
        sign_in::{SignInError, check_password, lock, make_secret, tokyo},
    },
    platform::{
        file,
        keychain::{Vault, VaultError},
    },
    seal::{
        password::{Cost, Password},
        recovery::{self, OfficialKey, RecoveryError},
        sealing::OpeningKey,
        secret::Secret,
        signature::PrivateKey,
        slot::{CityKeys, Halves, Slot, SlotError},
        slot_file::{RecoverySlot, SlotFile},
        trust::{self, TrustError},
    },
    store::{Database, DatabaseKey, OpenError},
};

/// 期間の設定 (settings).
pub const OFFLINE_DAYS: u16 = 45;
pub const PASSWORD_DAYS: u16 = 183;

/// 新しい操作者.
pub struct NewOperator {
    pub operator: OperatorId,
    pub name: String,
    pub roles: Roles,
    /// Empty: every terminal of the city.
    pub terminals: Vec<TerminalId>,
    pub validity: Validity,
    /// She has set it herself.
    pub password: Zeroizing<String>,
}

/// 準備の内容.
pub struct SetUp {
    pub label: TerminalLabel,
    /// At least one of them administers rights.
    pub operators: Vec<NewOperator>,
    /// One passphrase for each official, two to seven.
    pub passphrases: Vec<Zeroizing<String>>,
    /// How long the publishing key and the terminal's certificate hold.
    pub validity: Validity,
    pub cost: Cost,
}

/// 復旧媒体. The text for one official, to be written on a medium or paper and kept away from the terminal.
pub struct RecoveryMedium {
    pub number: u8,
    pub text: Zeroizing<String>,
}

/// 準備できないわけ. Nothing has been left behind.
#[derive(Debug)]
pub enum SetUpError {
    /// There is a terminal in this folder already.
    Taken,
    /// Nobody among the first operators administers rights.
    NoAdministrator,
    /// Twice the same number, or none.
    Operators,
    /// The plan's text can't be read.
    Plan(String),
    /// The copy to restore is damaged, or of another city.
    Damaged,
    Recovery(RecoveryError),
    Certificate(TrustError),
    SignIn(Box<SignInError>),
    Vault(VaultError),
    Home(HomeError),
    Database(OpenError),
    Deed(DeedError),
}

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str(
                "このフォルダーにはすでに端末があります。置き換えません。別のフォルダーを --home で指定してください。",
            ),
            Self::NoAdministrator => {
                f.write_str("権限管理の担当がいません。はじめの操作者のうち1人は権限管理にしてください。")
            }
            Self::Operators => {
                f.write_str("操作者番号が空か、同じ番号が2つあります。番号を見直してください。")
            }
            Self::Plan(why) => write!(f, "準備の計画のファイルが読めません（{why}）。書き方を見直してください。"),
            Self::Damaged => f.write_str(
                "このバックアップは壊れているか、別の市のものです。復元していません。別のバックアップを使ってください。",
            ),
            Self::Recovery(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::SignIn(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
            Self::Home(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SetUpError {}

macro_rules! from {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for SetUpError {
            fn from(error: $from) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from! {
    RecoveryError => Recovery,
    TrustError => Certificate,
    VaultError => Vault,
    HomeError => Home,
    OpenError => Database,
    DeedError => Deed,
}

impl From<io::Error> for SetUpError {
    fn from(error: io::Error) -> Self {
        Self::Home(error.into())
    }
}

impl From<SignInError> for SetUpError {
    fn from(error: SignInError) -> Self {
        Self::SignIn(Box::new(error))
    }
}

impl From<DoorstepError> for SetUpError {
    fn from(error: DoorstepError) -> Self {
        Self::from(SignInError::from(error))
    }
}

impl From<SlotError> for SetUpError {
    fn from(_: SlotError) -> Self {
        Self::from(SignInError::SlotDamaged)
    }
}

/// 準備する. Answers with the recovery media, one for each official.
///
/// # Errors
/// [`SetUpError`]; nothing has been left behind.
pub fn set_up(home: &Home, machine: Machine, plan: SetUp) -> Result<Vec<RecoveryMedium>, SetUpError> {
    if home.is_taken() {
        return Err(SetUpError::Taken);
    }
    let Some(first) = plan
        .operators
        .iter()
        .find(|new| new.roles.has(Role::RightsAdministrator))
    else {
        return Err(SetUpError::NoAdministrator);
    };
    let vault = home.vault(&plan.label);
    vault.probe()?;
    let now = machine.now();
    let (city, publishing, number) = (
        make_secret(&machine),
        make_secret(&machine),
        make_secret(&machine),
    );
    let database = DatabaseKey::new(fresh(&machine));
    let founded = authority::found(&city, &publishing, plan.validity, now);
    let officials = recovery::make(plan.passphrases.len(), &city, || fresh(&machine))?;
    let all = |with_publishing: bool, with_number: bool| CityKeys {
        database: Secret::new(*database.bytes()),
        publishing: with_publishing.then(|| publishing.duplicate()),
        number: with_number.then(|| number.duplicate()),
    };
    let recovery_slots = recovery::slots(&officials, &all(true, true));
    let media = write_media(
        &officials,
        &plan.passphrases,
        (&plan.label.city, plan.cost),
        &machine,
    )?;
    let mut authority = Authority::new(founded.publisher.clone(), &founded.publishing, 1);
    let (mut slots, mut credentials, mut administrator) = (Vec::new(), Vec::new(), None);
    for new in &plan.operators {
        let password = check_password(&new.password, &new.operator, &new.name)?;
        let halves = Halves::make(make_secret(&machine));
        let credential = authority.say(now, Says::Operator(certificate_of(new, &halves)));
        let keys = all(
            new.roles.has(Role::RightsAdministrator),
            new.roles.has(Role::NumberHandler),
        );
        let on = tokyo(now).date_naive();
        let certified = trust::certify(&founded.root, &credential, on, &[], 0)?;
        slots.push(Slot::make(
            &certified,
            &credential,
            &halves,
            &keys,
            &lock(&password, plan.cost, &machine),
        )?);
        if new.operator == first.operator {
            administrator = Some((credential.clone(), halves.signing_key()));
        }
        credentials.push(credential);
    }
    let (credential, signing) = administrator.ok_or(SetUpError::NoAdministrator)?;
    let session = Session::with(
        first.operator.clone(),
        first.name.clone(),
        TerminalId(plan.label.terminal.clone()),
        first.roles,
        Some(Keys {
            credential,
            signing,
            database: database.clone(),
            number: None,
            publishing: None,
            publishing_secret: None,
        }),
    );
    let serial = authority.serial();
    let layout = Layout {
        label: plan.label,
        vault,
        founded,
        serial,
        credentials,
        slots,
        recovery: recovery_slots,
        validity: plan.validity,
        restored_from: None,
    };
    lay_out(home, machine, layout, &database, &session)?;
    Ok(media)
}

/// The media of these officials, each under her passphrase.
pub(in crate::office) fn write_media(
    officials: &[OfficialKey],
    passphrases: &[Zeroizing<String>],
    (city, cost): (&str, Cost),
    machine: &Machine,
) -> Result<Vec<RecoveryMedium>, SetUpError> {
    let mut media = Vec::new();
    for (official, phrase) in officials.iter().zip(passphrases) {
        let phrase = check_password(phrase, &OperatorId(String::new()), "")?;
        let text = official.write(city, &phrase, cost, fresh(machine), fresh(machine))?;
        media.push(RecoveryMedium {
            number: official.number,
            text: Zeroizing::new(text),
        });
    }
    Ok(media)
}

/// What a home is made of.
pub(in crate::office) struct Layout {
    pub label: TerminalLabel,
    pub vault: Vault,
    pub founded: Founded,
    pub serial: u64,
    pub credentials: Vec<Credential>,
    pub slots: Vec<Slot>,
    pub recovery: Vec<RecoverySlot>,
    pub validity: Validity,
    /// The folder of a backup: its database is brought over instead of making a new one.
    pub restored_from: Option<PathBuf>,
}

/// Makes the home in a folder beside it and moves it there when it is whole.
pub(in crate::office) fn lay_out(
    home: &Home,
    machine: Machine,
    layout: Layout,
    database: &DatabaseKey,
    session: &Session,
) -> Result<Office, SetUpError> {
    if home.is_taken() {
        return Err(SetUpError::Taken);
    }
    let beside = Home::new(beside(home)?);
    file::make_folder(beside.folder())?;
    let made = make(&beside, machine, layout, database, session);
    let (machine, mut doorstep) = match made {
        Ok(made) => made,
        Err(error) => {
            // Made a moment ago and by nobody else: the only folder this program ever takes away.
            let _ = fs::remove_dir_all(beside.folder());
            return Err(error);
        }
    };
    fs::rename(beside.folder(), home.folder())?;
    doorstep.home = home.clone();
    let (door, _) = DoorLog::open(home.door_log(), &doorstep.file.door_key, 0)?;
    doorstep.door = door;
    if let Vault::DemoFile(_) = doorstep.vault {
        doorstep.vault = Vault::DemoFile(home.demo_secret());
    }
    let database = Database::open(&home.database(), database)?;
    Ok(Office::new(database, machine).at(doorstep)?)
}

fn beside(home: &Home) -> Result<PathBuf, SetUpError> {
    let folder = home.folder();
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        return Err(SetUpError::Taken);
    }
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".making-{}", std::process::id()));
    Ok(folder.with_file_name(name))
}

fn make(
    home: &Home,
    machine: Machine,
    layout: Layout,
    database: &DatabaseKey,
    session: &Session,
) -> Result<(Machine, Doorstep), SetUpError> {
    let now = machine.now();
    let terminal = TerminalId(layout.label.terminal.clone());
    let demo = layout.label.demo;
    let (signing, opening) = (make_secret(&machine), OpeningKey::make());
    let mut authority = Authority::new(
        layout.founded.publisher.clone(),
        &layout.founded.publishing,
        layout.serial,
    );
    let terminal_credential = authority.say(
        now,
        Says::Terminal(TerminalCertificate {
            terminal: terminal.clone(),
            office: layout.label.office.clone(),
            sealing_key: opening.public().as_str().to_owned(),
            signing_key: PrivateKey::from_secret(&signing).public().0,
            districts: Vec::new(),
            barred_kinds: Vec::new(),
            blocks: if layout.restored_from.is_some() {
                Vec::new()
            } else {
                first_blocks()
            },
            validity: layout.validity,
        }),
    );
    let record = TerminalRecord {
        terminal: terminal.0.clone(),
        secret: make_secret(&machine),
        next: None,
        generation: 1,
        slot_serial: 0,
        door_lines: 0,
        door_taken: 0,
        number_marks: layout.restored_from.is_none().then(BTreeMap::new),
        audit_head: None,
        lost: None,
    };
    let file = SlotFile {
        generation: 1,
        serial: 0,
        demo,
        terminal,
        city_key: layout.founded.root.0,
        publisher: layout.founded.publisher.clone(),
        terminal_credential: terminal_credential.clone(),
        terminal_signing: signing,
        terminal_opening: opening.write().to_string(),
        door_key: make_secret(&machine),
        slots: layout.slots,
        revocations: Vec::new(),
        recovery: layout.recovery,
        highest_serial: authority.serial(),
        last_receipt_on: None,
        offline_days: OFFLINE_DAYS,
        password_days: PASSWORD_DAYS,
    };
    let vault = if demo {
        Vault::DemoFile(home.demo_secret())
    } else {
        layout.vault
    };
    let (door, _) = DoorLog::open(home.door_log(), &file.door_key, 0)?;
    let mut doorstep = Doorstep::with(home.clone(), layout.label, vault, (record, file, door));
    doorstep.keep_slots(&machine)?;
    home.write_label(&doorstep.label)?;
    RecoveryFile {
        city_key: layout.founded.root.0,
        publisher: layout.founded.publisher.clone(),
        demo,
        slots: doorstep.file.recovery.clone(),
    }
    .write(home.folder())?;
    let restored = layout.restored_from.is_some();
    let opened = match &layout.restored_from {
        Some(from) => backup::bring_over(from, &home.database(), database, &layout.founded.root)?,
        None => Database::create(&home.database(), database)?,
    };
    let office = Office::new(opened, machine);
    let deed = if restored { Deed::Recover } else { Deed::SetUp };
    office.deed(session, deed, |transaction| {
        if !restored {
            transaction.trust_city(&layout.founded.root, demo)?;
        }
        for credential in layout.credentials.iter().chain([&terminal_credential]) {
            transaction.publish(credential)?;
        }
        transaction.event(
            Event::new(if restored { Deed::Restore } else { Deed::SetUp })
                .detail("demo", demo)
                .detail("operators", layout.credentials.len())
                .detail("recovery_slots", doorstep.file.recovery.len()),
        );
        Ok::<_, DeedError>(())
    })?;
    let machine = office.close();
    Ok((machine, doorstep))
}

/// 割当ての大きさ: a tenth of all voucher numbers.
pub(in crate::office) const BLOCK: u64 = 99_999_999;

/// 番号の割当て of the first terminal.
fn first_blocks() -> Vec<NumberBlock> {
    [NumberSeries::Voucher, NumberSeries::Certificate]
        .map(|series| NumberBlock {
            series,
            first: 1,
            last: 99_999_999,
        })
        .to_vec()
}

/// 操作者の証明の中身.
pub(in crate::office) fn certificate_of(new: &NewOperator, halves: &Halves) -> OperatorCertificate {
    OperatorCertificate {
        operator: new.operator.clone(),
        name: new.name.clone(),
        sealing_key: halves.opening.public().as_str().to_owned(),
        signing_key: halves.signing_key().public().0,
        roles: new.roles,
        terminals: new.terminals.clone(),
        validity: new.validity,
    }
}

/// 合言葉・パスワードを作る前に確かめる. For prompts that ask again.
///
/// # Errors
/// Why it can't be used.
pub fn check_new_password(text: &str, operator: &str, name: &str) -> Result<(), SignInError> {
    check_password(text, &OperatorId(operator.to_owned()), name).map(|_: Password| ())
}

/// 計算の重さ of a real terminal's passwords.
#[must_use]
pub fn standard_cost() -> Cost {
    Cost::STANDARD
}

/// 期間のふつう: from today to the end of the fiscal year.
#[must_use]
pub fn usual_validity(today: chrono::NaiveDate) -> Validity {
    Validity {
        from: today,
        until: super::plan::end_of_fiscal_year(today),
    }
}
