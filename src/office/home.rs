//! 端末のフォルダー. Where the files of one terminal lie and what may be known of it before anybody signs in:
//! terminal, office, city, whether it is a demo. Nothing in `terminal.toml` is secret, and nothing in it is
//! believed: what counts stands inside the slot file.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::platform::{file, keychain::Vault};

const LARGEST: u64 = 64 * 1024;

/// 端末のフォルダー.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Home(PathBuf);

/// 端末の札. What stands on the sign-in screen.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct TerminalLabel {
    /// 端末番号.
    pub terminal: String,
    /// The office where it stands.
    pub office: String,
    /// 市の名前.
    pub city: String,
    #[serde(default)]
    pub demo: bool,
    /// Name of the entry in the keychain.
    pub entry: String,
}

/// フォルダーが読めないわけ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HomeError {
    /// No terminal has been set up there.
    NotSetUp,
    /// `terminal.toml` can't be understood.
    Label,
    File(io::ErrorKind),
}

impl fmt::Display for HomeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSetUp => {
                "この端末はまだ準備されていません。madoguchi-admin setup で準備するか、--demo で見本を開いてください。"
            }
            Self::Label => {
                "端末の設定ファイル（terminal.toml）が読めません。データベースはそのままです。管理者に連絡してください。"
            }
            Self::File(io::ErrorKind::StorageFull) => {
                "ディスクの空きがありません。何も変わっていません。空きを作ってから、もう一度行ってください。"
            }
            Self::File(_) => {
                "端末のフォルダーを読み書きできません。場所と権限を確かめてください。データベースはそのままです。"
            }
        })
    }
}

impl std::error::Error for HomeError {}

impl From<io::Error> for HomeError {
    fn from(error: io::Error) -> Self {
        Self::File(error.kind())
    }
}

impl Home {
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// 標準の場所. `$XDG_DATA_HOME/madoguchi`, or `madoguchi-demo` for the demo.
    #[must_use]
    pub fn usual(demo: bool) -> Option<Self> {
        let data = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))?;
        Some(Self(data.join(if demo { "madoguchi-demo" } else { "madoguchi" })))
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.join("madoguchi.db")
    }

    /// The database under a new key, until it takes the old one's place.
    #[must_use]
    pub fn rekeyed(&self) -> PathBuf {
        self.0.join("rekeyed.db")
    }

    #[must_use]
    pub fn slots(&self) -> PathBuf {
        self.0.join("slots.bin")
    }

    #[must_use]
    pub fn door_log(&self) -> PathBuf {
        self.0.join("door.log")
    }

    /// 操作履歴の控え.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.0.join("witness.bin")
    }

    /// Whoever changes slot file, door log or keychain holds it meanwhile.
    #[must_use]
    pub fn doorstep_lock(&self) -> PathBuf {
        self.0.join("doorstep.lock")
    }

    #[must_use]
    pub fn demo_secret(&self) -> PathBuf {
        self.0.join("demo-secret")
    }

    fn label_file(&self) -> PathBuf {
        self.0.join("terminal.toml")
    }

    /// 何かがすでにあるか. Set-up and demo refuse a folder that holds anything of a terminal.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        [self.database(), self.slots(), self.door_log(), self.label_file()]
            .iter()
            .any(|path| path.exists())
    }

    /// 端末の札を読む.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn label(&self) -> Result<TerminalLabel, HomeError> {
        let bytes = match file::read(&self.label_file(), LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(HomeError::NotSetUp),
            Err(error) => return Err(error.into()),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| HomeError::Label)?;
        toml::from_str(text).map_err(|_| HomeError::Label)
    }

    /// 端末の札を書く.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn write_label(&self, label: &TerminalLabel) -> Result<(), HomeError> {
        let text = format!(
            "# この端末の札。秘密は入っていません。\nterminal = {}\noffice = {}\ncity = {}\ndemo = {}\nentry = {}\n",
            quoted(&label.terminal),
            quoted(&label.office),
            quoted(&label.city),
            label.demo,
            quoted(&label.entry),
        );
        Ok(file::replace(&self.label_file(), text.as_bytes())?)
    }

    /// しまい場所 of the terminal secret.
    #[must_use]
    pub fn vault(&self, label: &TerminalLabel) -> Vault {
        if label.demo {
            Vault::DemoFile(self.demo_secret())
        } else {
            Vault::Keychain {
                entry: label.entry.clone(),
            }
        }
    }
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        assert_eq!(home.label(), Err(HomeError::NotSetUp));
        let label = TerminalLabel {
            terminal: "T01".into(),
            office: "小名浜 \"東\" \\".into(),
            city: "いわき市".into(),
            demo: false,
            entry: "T01-0123".into(),
        };
        home.write_label(&label).unwrap();
        assert_eq!(home.label(), Ok(label));
        assert!(home.is_taken());
        std::fs::write(folder.path().join("terminal.toml"), "terminal = ").unwrap();
        assert_eq!(home.label(), Err(HomeError::Label));
    }
}
