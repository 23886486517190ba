//! 鍵束. The keychain of the desktop user (Secret Service on Linux, Credential Manager on Windows), or a file for
//! a demo. A locked or missing keychain looks like "no entry": it is told apart by trying to write a throwaway
//! entry, and nobody ever makes a new key because an old one was not found.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::platform::file;

const SERVICE: &str = "jp.madoguchi.terminal";
const LARGEST: u64 = 16 * 1024;

/// しまい場所.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Vault {
    /// The entry of this name in the user's keychain.
    Keychain { entry: String },
    /// A file that only this user can read: demos only.
    DemoFile(PathBuf),
}

/// しまい場所が使えないわけ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VaultError {
    /// There is no keychain service on this desktop.
    NoService,
    /// There is one, but it is locked or was never set up.
    Locked,
    /// It answers, but not as it should.
    Unusable(String),
    /// The demo's file can be read by others.
    OpenToOthers,
    File(io::ErrorKind),
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoService => f.write_str(
                "鍵束（キーリング）が動いていません。データベースはそのままです。デスクトップにログインしなおすか、管理者に鍵束の準備を頼んでください。",
            ),
            Self::Locked => f.write_str(
                "鍵束（キーリング）に鍵がかかっています。データベースはそのままです。鍵束のパスワードを入れて開けてから、もう一度始めてください。",
            ),
            Self::Unusable(_) => f.write_str(
                "鍵束（キーリング）が使えません。データベースはそのままです。madoguchi-admin doctor で調べてください。",
            ),
            Self::OpenToOthers => f.write_str(
                "見本の鍵のファイルをほかの利用者が読めます。chmod 600 で本人だけにしてください。",
            ),
            Self::File(_) => f.write_str(
                "見本の鍵のファイルを読み書きできません。フォルダーの場所と空きを確かめてください。",
            ),
        }
    }
}

impl std::error::Error for VaultError {}

impl Vault {
    /// 読む. `None` where the vault is open and really holds nothing.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match self {
            Self::Keychain { entry } => read_entry(entry),
            Self::DemoFile(path) => read_file(path),
        }
    }

    /// しまう. Replaces what was there.
    ///
    /// # Errors
    /// [`VaultError`]; what was there is as it was.
    pub fn write(&self, bytes: &[u8]) -> Result<(), VaultError> {
        match self {
            Self::Keychain { entry } => open(entry)?.set_secret(bytes).map_err(|error| told(&error)),
            Self::DemoFile(path) => {
                file::replace(path, bytes).map_err(|error| VaultError::File(error.kind()))
            }
        }
    }

    /// 使えるか. Writes and takes away a throwaway entry.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn probe(&self) -> Result<(), VaultError> {
        match self {
            Self::Keychain { entry } => probe(entry),
            Self::DemoFile(path) => read_file(path).map(|_| ()),
        }
    }

    #[must_use]
    pub fn is_demo(&self) -> bool {
        matches!(self, Self::DemoFile(_))
    }
}

fn open(entry: &str) -> Result<keyring::Entry, VaultError> {
    keyring::Entry::new(SERVICE, entry).map_err(|error| told(&error))
}

fn read_entry(entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    match open(entry)?.get_secret() {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        // A locked keychain answers "no entry" as well.
        Err(keyring::Error::NoEntry) => probe(entry).map(|()| None),
        Err(error) => Err(told(&error)),
    }
}

fn probe(entry: &str) -> Result<(), VaultError> {
    let throwaway = open(&format!("{entry}-probe"))?;
    throwaway.set_secret(b"probe").map_err(|error| told(&error))?;
    // Left behind it would do no harm.
    let _ = throwaway.delete_credential();
    Ok(())
}

fn told(error: &keyring::Error) -> VaultError {
    match error {
        keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_) => VaultError::NoService,
        keyring::Error::NoStorageAccess(_) => VaultError::Locked,
        other => VaultError::Unusable(other.to_string()),
    }
}

fn read_file(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let bytes = match file::read(path, LARGEST) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(VaultError::File(error.kind())),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path)
            .map_err(|e| VaultError::File(e.kind()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(VaultError::OpenToOthers);
        }
    }
    Ok(Some(bytes))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_demo_file_that_others_can_read_is_refused_and_a_missing_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo-secret");
        let vault = Vault::DemoFile(path.clone());
        assert_eq!(vault.read(), Ok(None));
        vault.write(b"secret").unwrap();
        assert_eq!(vault.read().unwrap().unwrap().as_slice(), b"secret");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(vault.read(), Err(VaultError::OpenToOthers));
    }
}
