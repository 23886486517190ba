//! 戸口. Everything before a session: the terminal secret out of the keychain, the slot file under it, the door
//! log. It tells a missing keychain, a copy rolled back, a file of another terminal and a damaged one apart, and
//! replaces the slot file as a whole. It never makes a new key because an old one was not found.

mod held;

use std::{collections::BTreeMap, fmt, io};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    domain::{revision::OperatorId, trust::NumberSeries},
    office::{
        Machine,
        door_log::{DoorLine, DoorLog, Happening},
        doorstep::held::DoorstepLock,
        home::{Home, HomeError, TerminalLabel},
        number::Stock,
        witness::{LostTail, Witness},
    },
    platform::{
        file,
        keychain::{Vault, VaultError},
    },
    seal::{
        secret::Secret,
        signature::PublicKey,
        slot_file::{self, Header, SlotFile, SlotFileError},
        trust::{self, TrustError},
    },
    store::audit::Head,
};

/// 端末の控え. What the keychain keeps: the terminal secret, and marks that a copied folder can't turn back.
#[derive(Serialize, Deserialize)]
pub(in crate::office) struct TerminalRecord {
    pub terminal: String,
    pub secret: Secret,
    /// A secret on its way in: the slot file is being rewritten under it.
    pub next: Option<Secret>,
    pub generation: u64,
    /// The slot file must not be older than this.
    pub slot_serial: u64,
    /// The door log must not be shorter than this.
    pub door_lines: u64,
    /// Lines of the door log that stand in the audit chain.
    pub door_taken: u64,
    /// Up to which running number something may have been printed, by series. `None`: this terminal issues no
    /// number until it is enrolled anew.
    pub number_marks: Option<BTreeMap<NumberSeries, u64>>,
    /// How far the audit chain had come when a session last began or ended.
    #[serde(default)]
    pub audit_head: Option<Head>,
    /// The database has lost its end: this terminal issues no number until it is enrolled anew.
    #[serde(default)]
    pub lost: Option<LostTail>,
}

/// 戸口.
pub struct Doorstep {
    pub(in crate::office) home: Home,
    pub(in crate::office) label: TerminalLabel,
    pub(in crate::office) vault: Vault,
    pub(in crate::office) record: TerminalRecord,
    pub(in crate::office) file: SlotFile,
    pub(in crate::office) door: DoorLog,
    /// Numbers this run of the program may still use.
    pub(in crate::office) stock: Stock,
    lock: Option<DoorstepLock>,
    /// Something was written since the lock was taken.
    changed: bool,
    /// The door log was found cut short, which nobody has noted yet.
    is_cut: bool,
}

/// 戸口が開かないわけ. Nothing has been changed, whichever it is.
#[derive(Debug)]
pub enum DoorstepError {
    Home(HomeError),
    Vault(VaultError),
    /// The keychain is open and holds no secret of this terminal.
    SecretMissing,
    /// What the keychain holds is not a terminal secret.
    SecretUnreadable,
    SlotsMissing,
    /// An older copy than the newest one.
    SlotsRolledBack,
    /// Files of another terminal.
    OtherTerminal,
    SlotsDamaged,
    /// A real terminal whose secret lies in a file, or a demo's in the keychain.
    DemoMixedUp,
    /// The terminal's own certificate is not (or no longer) good.
    Terminal(TrustError),
    File(io::ErrorKind),
}

impl fmt::Display for DoorstepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Home(error) => return error.fmt(f),
            Self::Vault(error) => return error.fmt(f),
            Self::Terminal(error) => return error.fmt(f),
            Self::SecretMissing => {
                "この端末の鍵が鍵束にありません。新しい鍵は作りません。データベースはそのままです。端末を準備した利用者でログインしているか確かめ、それでもなければ責任者2人で復旧してください。"
            }
            Self::SecretUnreadable => {
                "鍵束にあるこの端末の鍵が読めません。データベースはそのままです。責任者2人で復旧してください。"
            }
            Self::SlotsMissing => {
                "鍵ファイル（slots.bin）がありません。データベースはそのままです。フォルダーを確かめ、なければ責任者2人で復旧してください。"
            }
            Self::SlotsRolledBack => {
                "鍵ファイル（slots.bin）が古い控えに戻されています。使いません。監督の担当に知らせ、今のファイルに戻すか、責任者2人で復旧してください。"
            }
            Self::OtherTerminal => {
                "別の端末の鍵ファイルかデータベースです。この端末では開けません。もとの端末で開くか、フォルダーの指定を確かめてください。"
            }
            Self::SlotsDamaged => {
                "鍵ファイル（slots.bin）が壊れています。データベースはそのままです。何も消さずに、責任者2人で復旧してください。"
            }
            Self::DemoMixedUp => {
                "見本の鍵では、見本でないデータベースを開けません。端末のフォルダーの指定を確かめてください。"
            }
            Self::File(io::ErrorKind::StorageFull) => {
                "ディスクの空きがないため書き込めませんでした。何も変わっていません。空きを作ってから、もう一度行ってください。"
            }
            Self::File(_) => {
                "端末のファイルを読み書きできません。何も変わっていません。フォルダーの権限と空きを確かめてください。"
            }
        })
    }
}

impl std::error::Error for DoorstepError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Home(error) => Some(error),
            Self::Vault(error) => Some(error),
            Self::Terminal(error) => Some(error),
            _ => None,
        }
    }
}

impl From<HomeError> for DoorstepError {
    fn from(error: HomeError) -> Self {
        Self::Home(error)
    }
}

impl From<VaultError> for DoorstepError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<io::Error> for DoorstepError {
    fn from(error: io::Error) -> Self {
        Self::File(error.kind())
    }
}

impl Doorstep {
    /// 戸口に立つ. Reads the keychain, the slot file and the door log; a log cut short is noted in it.
    ///
    /// # Errors
    /// [`DoorstepError`]; nothing has been changed.
    pub fn open(home: &Home, machine: &Machine) -> Result<Self, DoorstepError> {
        let label = home.label()?;
        let vault = home.vault(&label);
        let mut record = read_record(&vault)?;
        let file = read_slots(home, &mut record)?;
        if file.demo != vault.is_demo() {
            return Err(DoorstepError::DemoMixedUp);
        }
        let root = PublicKey(file.city_key);
        let (_, certificate) =
            trust::read_terminal(&root, &file.terminal_credential).map_err(DoorstepError::Terminal)?;
        if certificate.terminal != file.terminal || file.terminal.0 != record.terminal {
            return Err(DoorstepError::OtherTerminal);
        }
        let door = DoorLog::empty(home.door_log());
        let mut doorstep = Self::with(home.clone(), label, vault, (record, file, door));
        doorstep.lock = DoorstepLock::at(&home.doorstep_lock());
        doorstep.held(|doorstep| {
            if doorstep.lock.is_none() {
                doorstep.read_anew()?;
            }
            doorstep.tell_cut(machine)
        })?;
        Ok(doorstep)
    }

    /// Of these parts, nobody else being there yet.
    pub(in crate::office) fn with(
        home: Home,
        label: TerminalLabel,
        vault: Vault,
        (record, file, door): (TerminalRecord, SlotFile, DoorLog),
    ) -> Self {
        Self {
            home,
            label,
            vault,
            record,
            file,
            door,
            stock: Stock::default(),
            lock: None,
            changed: false,
            is_cut: false,
        }
    }

    /// 端末の札.
    #[must_use]
    pub fn label(&self) -> &TerminalLabel {
        &self.label
    }

    /// 鍵ファイルの世代, for the doctor.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.file.generation
    }

    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.file.demo
    }

    /// 最後の受領の日, for the sign-in screen.
    #[must_use]
    pub fn last_receipt_on(&self) -> Option<chrono::NaiveDate> {
        self.file.last_receipt_on
    }

    /// Notes something in the door log and raises its mark.
    pub(in crate::office) fn note(
        &mut self,
        machine: &Machine,
        operator: Option<OperatorId>,
        happening: Happening,
    ) -> Result<(), DoorstepError> {
        self.note_head(machine, operator, happening, None)
    }

    /// [`Self::note`], with the head of the audit chain as it stands.
    pub(in crate::office) fn note_head(
        &mut self,
        machine: &Machine,
        operator: Option<OperatorId>,
        happening: Happening,
        head: Option<Head>,
    ) -> Result<(), DoorstepError> {
        let line = DoorLine {
            at: machine.now(),
            operator,
            happening,
            head,
        };
        self.changed = true;
        self.door.append(&self.file.door_key, fresh(machine), line)?;
        self.record.door_lines = self.door.count();
        if head.is_some() {
            self.record.audit_head = head;
        }
        self.keep_record()
    }

    /// どこまであったか. The newest head of the audit chain that anything here is a witness of.
    pub(in crate::office) fn witnessed(&self) -> Option<Head> {
        let file = Witness::open(&self.home.witness(), &self.file.door_key);
        let of_file = file.ok().and_then(|mut witness| witness.newest());
        let heads = [of_file, self.record.audit_head, self.door.head()];
        heads.into_iter().flatten().max_by_key(|head| head.sequence)
    }

    pub(in crate::office) fn keep_record(&mut self) -> Result<(), DoorstepError> {
        self.changed = true;
        let mut bytes = Zeroizing::new(Vec::new());
        ciborium::into_writer(&self.record, &mut *bytes).expect("writing to memory can't go wrong");
        Ok(self.vault.write(&bytes)?)
    }

    /// 鍵ファイルを取りかえる. First the file, then the mark: a crash in between leaves a file newer than its mark.
    pub(in crate::office) fn keep_slots(&mut self, machine: &Machine) -> Result<(), DoorstepError> {
        self.changed = true;
        self.file.serial += 1;
        let bytes = self.file.write(&self.record.secret, fresh(machine));
        if let Err(error) = file::replace(&self.home.slots(), &bytes) {
            self.file.serial -= 1;
            return Err(error.into());
        }
        self.record.slot_serial = self.file.serial;
        self.keep_record()
    }

    /// 端末の鍵を新しくする. Every older copy of the slot file is dead when this returns. The new secret is in the
    /// keychain before the file is written under it, so a crash at any moment leaves one that opens.
    pub(in crate::office) fn renew_secret(&mut self, machine: &Machine) -> Result<(), DoorstepError> {
        let secret = Secret::new(fresh(machine));
        self.record.next = Some(secret.duplicate());
        self.keep_record()?;
        let (generation, serial) = (self.file.generation, self.file.serial);
        self.file.generation += 1;
        self.file.serial += 1;
        let bytes = self.file.write(&secret, fresh(machine));
        if let Err(error) = file::replace(&self.home.slots(), &bytes) {
            (self.file.generation, self.file.serial) = (generation, serial);
            return Err(error.into());
        }
        self.record.secret = secret;
        self.record.next = None;
        self.record.generation = self.file.generation;
        self.record.slot_serial = self.file.serial;
        self.keep_record()
    }

    /// After a crash between file and keychain the marks are behind: they follow.
    fn catch_up(&mut self) -> Result<(), DoorstepError> {
        let (record, file) = (&self.record, &self.file);
        let behind = record.next.is_some()
            || record.generation != file.generation
            || record.slot_serial != file.serial
            || record.door_lines != self.door.count();
        if !behind {
            return Ok(());
        }
        self.record.next = None;
        self.record.generation = self.file.generation;
        self.record.slot_serial = self.file.serial;
        self.record.door_lines = self.record.door_lines.max(self.door.count());
        self.keep_record()
    }

    pub(in crate::office) fn closed_until(
        &self,
        operator: &OperatorId,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        self.door.closed_until(operator, now)
    }
}

impl fmt::Debug for Doorstep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doorstep")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

pub(super) fn read_record(vault: &Vault) -> Result<TerminalRecord, DoorstepError> {
    let bytes = vault.read()?.ok_or(DoorstepError::SecretMissing)?;
    ciborium::de::from_reader_with_recursion_limit(bytes.as_slice(), 16)
        .map_err(|_| DoorstepError::SecretUnreadable)
}

fn read_slots(home: &Home, record: &mut TerminalRecord) -> Result<SlotFile, DoorstepError> {
    let bytes = match file::read(&home.slots(), slot_file::LARGEST as u64) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(DoorstepError::SlotsMissing),
        Err(error) => return Err(error.into()),
    };
    let header = Header::read(&bytes).map_err(|_| DoorstepError::SlotsDamaged)?;
    let file = match SlotFile::read(&bytes, &record.secret) {
        Ok(file) => file,
        Err(SlotFileError::OtherSecret) => match read_under_next(&bytes, record)? {
            Some(file) => file,
            None if header.terminal != record.terminal => return Err(DoorstepError::OtherTerminal),
            None if header.generation < record.generation => return Err(DoorstepError::SlotsRolledBack),
            None => return Err(DoorstepError::SlotsDamaged),
        },
        Err(_) => return Err(DoorstepError::SlotsDamaged),
    };
    if file.serial < record.slot_serial || file.generation < record.generation {
        return Err(DoorstepError::SlotsRolledBack);
    }
    Ok(file)
}

/// The machine stopped while the secret was being renewed: the file may already be under the new one.
fn read_under_next(bytes: &[u8], record: &mut TerminalRecord) -> Result<Option<SlotFile>, DoorstepError> {
    let Some(next) = record.next.take() else {
        return Ok(None);
    };
    match SlotFile::read(bytes, &next) {
        Ok(file) => {
            record.secret = next;
            Ok(Some(file))
        }
        Err(SlotFileError::OtherSecret) => {
            record.next = Some(next);
            Ok(None)
        }
        Err(_) => Err(DoorstepError::SlotsDamaged),
    }
}

pub(in crate::office) fn fresh<const N: usize>(machine: &Machine) -> [u8; N] {
    let mut bytes = [0; N];
    machine.fill(&mut bytes);
    bytes
}
