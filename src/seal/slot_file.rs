//! 鍵ファイル. One AEAD blob under a key derived from the terminal secret: without the keychain there is nothing
//! to guess on. A header in clear says which secret it wants, so that a copy rolled back, a file of another
//! terminal and a damaged one can be told apart; the header is authenticated with the rest. Reading and
//! replacing the file on disk is `office`.

use crate::{
    domain::{
        revision::{OperatorId, TerminalId},
        trust::{Credential, Octets, Signed},
    },
    seal::{
        aead::{self, NONCE_LENGTH, Place},
        derive::{self, Purpose},
        sealing::SealingKey,
        secret::Secret,
        slot::Slot,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const MAGIC: &[u8; 16] = b"madoguchi/slot/1";
const TERMINAL_LENGTH: usize = 16;
const HEADER_LENGTH: usize = MAGIC.len() + 8 + 8 + 8 + TERMINAL_LENGTH;
/// 鍵ファイルの大きさの上限, in bytes. 500 operators need less than 2 MiB.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// 鍵ファイルの見出し. In clear, authenticated with the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// Rises with every new terminal secret.
    pub generation: u64,
    /// Rises with every writing of the file.
    pub serial: u64,
    /// Which terminal secret opens it.
    pub secret_name: [u8; 8],
    pub terminal: String,
}

/// 鍵ファイルの中身.
#[derive(Serialize, Deserialize)]
pub struct SlotFile {
    pub generation: u64,
    pub serial: u64,
    /// 見本. A demo's terminal secret lies in its folder; nothing real is ever opened with such a secret.
    pub demo: bool,
    pub terminal: TerminalId,
    /// Ed25519 public half of the city key.
    pub city_key: [u8; 32],
    /// The city's word for the present publishing key.
    pub publisher: Signed,
    pub terminal_credential: Credential,
    pub terminal_signing: Secret,
    /// X25519 private half as age writes it.
    pub terminal_opening: String,
    /// Seals the lines of the door log.
    pub door_key: Secret,
    pub slots: Vec<Slot>,
    pub revocations: Vec<Credential>,
    /// One for each pair of officials.
    pub recovery: Vec<RecoverySlot>,
    pub highest_serial: u64,
    pub last_receipt_on: Option<NaiveDate>,
    /// Days after the last receipt until which slots open (setting).
    pub offline_days: u16,
    /// Days until a password has to be changed (setting).
    pub password_days: u16,
}

/// 復旧の枠. The city's keys for a pair of officials: age to the first, inside age to the second.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecoverySlot {
    pub first: SealingKey,
    pub second: SealingKey,
    pub sealed: Octets,
}

/// 鍵ファイルが開かないわけ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotFileError {
    /// No slot file at all, or of a newer program.
    NotASlotFile,
    /// Made for another terminal secret.
    OtherSecret,
    /// The right secret, but changed bytes.
    Damaged,
}

impl fmt::Display for SlotFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SlotFileError::NotASlotFile => "鍵ファイルではありません。slots.bin を確かめてください。",
            SlotFileError::OtherSecret => {
                "この端末の今の鍵では開かない鍵ファイルです。古い控えか、別の端末のものです。"
            }
            SlotFileError::Damaged => "鍵ファイルが壊れています。責任者2人で復旧してください。",
        })
    }
}

impl std::error::Error for SlotFileError {}

/// 端末の鍵の名. Tells two terminal secrets apart and says nothing about either.
pub fn secret_name(secret: &Secret) -> [u8; 8] {
    let key = derive::derive_key(secret, Purpose::SlotFile);
    let digest = derive::keyed_index(&key, b"name");
    let mut name = [0; 8];
    name.copy_from_slice(&digest[..8]);
    name
}

impl Header {
    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LENGTH);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.serial.to_be_bytes());
        bytes.extend_from_slice(&self.secret_name);
        let mut terminal = [0u8; TERMINAL_LENGTH];
        for (to, from) in terminal.iter_mut().zip(self.terminal.bytes()) {
            *to = from;
        }
        bytes.extend_from_slice(&terminal);
        bytes
    }

    /// 見出しを読む. Nothing in it is to be believed before the file has been opened.
    ///
    /// # Errors
    /// [`SlotFileError::NotASlotFile`].
    pub fn read(bytes: &[u8]) -> Result<Self, SlotFileError> {
        let not = SlotFileError::NotASlotFile;
        if bytes.len() > LARGEST {
            return Err(not);
        }
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(not)?;
        let (generation, rest) = rest.split_first_chunk::<8>().ok_or(not)?;
        let (serial, rest) = rest.split_first_chunk::<8>().ok_or(not)?;
        let (secret_name, rest) = rest.split_first_chunk::<8>().ok_or(not)?;
        let (terminal, _) = rest.split_first_chunk::<TERMINAL_LENGTH>().ok_or(not)?;
        let terminal: Vec<u8> = terminal.iter().copied().take_while(|byte| *byte != 0).collect();
        Ok(Header {
            generation: u64::from_be_bytes(*generation),
            serial: u64::from_be_bytes(*serial),
            secret_name: *secret_name,
            terminal: String::from_utf8(terminal).map_err(|_| not)?,
        })
    }
}

impl SlotFile {
    /// 封じる. The bytes of the file, under this terminal secret.
    pub fn write(&self, secret: &Secret, nonce: [u8; NONCE_LENGTH]) -> Vec<u8> {
        let header = Header {
            generation: self.generation,
            serial: self.serial,
            secret_name: secret_name(secret),
            terminal: self.terminal.0.clone(),
        }
        .write();
        let mut plain = Zeroizing::new(Vec::new());
        ciborium::into_writer(self, &mut *plain).expect("writing to memory can't go wrong");
        let key = derive::derive_key(secret, Purpose::SlotFile);
        let sealed = aead::encrypt(
            &key,
            Place {
                table: "slot_file",
                subject: &header,
            },
            nonce,
            &plain,
        );
        let mut bytes = header;
        bytes.extend_from_slice(&sealed);
        bytes
    }

    /// 開く.
    ///
    /// # Errors
    /// [`SlotFileError`].
    pub fn read(bytes: &[u8], secret: &Secret) -> Result<Self, SlotFileError> {
        let header = Header::read(bytes)?;
        if header.secret_name != secret_name(secret) {
            return Err(SlotFileError::OtherSecret);
        }
        let (clear, sealed) = bytes
            .split_at_checked(HEADER_LENGTH)
            .ok_or(SlotFileError::NotASlotFile)?;
        let key = derive::derive_key(secret, Purpose::SlotFile);
        let plain = aead::decrypt(
            &key,
            Place {
                table: "slot_file",
                subject: clear,
            },
            sealed,
        )
        .map_err(|_| SlotFileError::Damaged)?;
        let file: SlotFile = ciborium::de::from_reader_with_recursion_limit(plain.as_slice(), 32)
            .map_err(|_| SlotFileError::Damaged)?;
        Ok(file)
    }

    /// この操作者の枠.
    pub fn slot(&self, operator: &OperatorId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.operator == *operator)
    }

    /// この操作者の枠を取りかえる, or add it.
    pub fn put(&mut self, slot: Slot) {
        self.slots.retain(|other| other.operator != slot.operator);
        self.slots.push(slot);
    }
}

impl fmt::Debug for SlotFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotFile")
            .field("generation", &self.generation)
            .field("serial", &self.serial)
            .field("slots", &self.slots.len())
            .finish_non_exhaustive()
    }
}

impl Drop for SlotFile {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.terminal_opening);
    }
}
