//! 操作履歴の控え. How far the audit chain had come, beside the door log and sealed to the terminal: one small file,
//! rewritten after every deed, and a line of the door log with a mark in the keychain at the beginning and the
//! end of a session. A database whose chain does not reach what is witnessed has lost its end, by a damaged
//! write-ahead log or by somebody who put an older copy back. It opens for reading and entry and issues no
//! number; nothing is deleted.
//!
//! What no event tells of is not witnessed: drafts, and the slices of a job before its switch.

use std::{fmt, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    platform::file::Blocks,
    seal::{
        aead::{self, NONCE_LENGTH, Place},
        secret::Secret,
    },
    store::{Connection, StoreError, audit, audit::Head},
};

const SEALED: usize = NONCE_LENGTH + 8 + 32 + 16;

/// 失われた末尾. The audit chain is not the one that was witnessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LostTail {
    /// Entries there have been at least.
    pub witnessed: u64,
    /// Entries there were when it was found.
    pub found: u64,
}

impl fmt::Display for LostTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.found < self.witnessed {
            write!(
                f,
                "データベースの終わりの部分が失われています。操作履歴は{}件目まであったはずですが、{}件しかありません。",
                self.witnessed, self.found
            )?;
        } else {
            write!(
                f,
                "データベースが別のものと入れかわっています。操作履歴の{}件目が控えとちがいます。",
                self.witnessed
            )?;
        }
        f.write_str(
            "何も消していません。見ることと入力はできますが、番号は出せません。監督の担当に知らせ、madoguchi-admin doctor で調べ、新しいバックアップから復元するか、失われた分を紙から入れなおしてから、権限管理の担当に番号の割当てのやりなおし（端末の登録しなおし）を頼んでください。",
        )
    }
}

/// 操作履歴の控え. Two blocks in turn, so that a write cut short leaves the one before.
#[derive(Debug)]
pub(in crate::office) struct Witness {
    blocks: Blocks,
    key: Secret,
}

impl Witness {
    pub fn open(path: &Path, key: &Secret) -> io::Result<Self> {
        Ok(Self {
            blocks: Blocks::open(path)?,
            key: key.duplicate(),
        })
    }

    /// 書く. On the disk before it returns.
    pub fn keep(&mut self, head: Head, nonce: [u8; NONCE_LENGTH]) -> io::Result<()> {
        self.write(head.sequence % 2, head, nonce)
    }

    /// Forgets what was kept before: the chain goes on from here.
    pub fn begin_anew(&mut self, head: Head, nonces: [[u8; NONCE_LENGTH]; 2]) -> io::Result<()> {
        let [one, other] = nonces;
        self.write(0, head, one)?;
        self.write(1, head, other)
    }

    fn write(&mut self, block: u64, head: Head, nonce: [u8; NONCE_LENGTH]) -> io::Result<()> {
        let mut plain = head.sequence.to_be_bytes().to_vec();
        plain.extend_from_slice(&head.link);
        let subject = block.to_be_bytes();
        let sealed = aead::encrypt(&self.key, place(&subject), nonce, &plain);
        self.blocks.write(block, &sealed)
    }

    /// 読む. The newest head of the blocks that open.
    pub fn newest(&mut self) -> Option<Head> {
        let heads = [0, 1].into_iter().filter_map(|block| self.read(block));
        heads.max_by_key(|head| head.sequence)
    }

    fn read(&mut self, block: u64) -> Option<Head> {
        let bytes = self.blocks.read(block)?;
        let subject = block.to_be_bytes();
        let plain = aead::decrypt(&self.key, place(&subject), bytes.get(..SEALED)?).ok()?;
        let (sequence, link) = plain.split_first_chunk::<8>()?;
        Some(Head {
            sequence: u64::from_be_bytes(*sequence),
            link: link.try_into().ok()?,
        })
    }
}

fn place(subject: &[u8]) -> Place<'_> {
    Place {
        table: "witness",
        subject,
    }
}

/// 控えと比べる. None where the chain reaches what is witnessed.
pub(in crate::office) fn compare(
    connection: &Connection,
    witnessed: Option<Head>,
) -> Result<Option<LostTail>, StoreError> {
    let Some(witnessed) = witnessed else {
        return Ok(None);
    };
    if audit::link_at(connection, witnessed.sequence)? == Some(witnessed.link) {
        return Ok(None);
    }
    Ok(Some(LostTail {
        witnessed: witnessed.sequence,
        found: audit::head(connection)?.sequence,
    }))
}

/// The write-ahead log as it was found, put beside before anything is written over it.
pub(in crate::office) fn put_log_aside(database: &Path) -> io::Result<()> {
    let log = database.with_extension("db-wal");
    if !log.exists() {
        return Ok(());
    }
    let mut number = 1;
    let aside = loop {
        let path = database.with_extension(format!("db-wal.aside{number}"));
        if !path.exists() {
            break path;
        }
        number += 1;
    };
    fs::copy(&log, aside).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sequence: u64) -> Head {
        Head {
            sequence,
            link: [sequence as u8; 32],
        }
    }

    #[test]
    fn a_damaged_block_leaves_the_head_before_and_nothing_opens_under_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness.bin");
        let key = Secret::new([1; 32]);
        let mut witness = Witness::open(&path, &key).unwrap();
        assert_eq!(witness.newest(), None);
        for sequence in 1..=5 {
            witness.keep(head(sequence), [sequence as u8; 24]).unwrap();
        }
        assert_eq!(witness.newest(), Some(head(5)));
        let mut other = Witness::open(&path, &Secret::new([2; 32])).unwrap();
        assert_eq!(other.newest(), None);
        let mut bytes = fs::read(&path).unwrap();
        bytes[Blocks::LENGTH + 30] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(witness.newest(), Some(head(4)));
    }
}
