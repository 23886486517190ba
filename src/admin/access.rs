//! 開いて使う. How a command gets at the database: the folder, the operator and her password (from a file that only
//! she can read, a file descriptor, or the prompt). The password is wiped after use.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    admin::{Global, Refused, passwords::Passwords},
    office::{self, Home, Machine, Office, Session},
};

/// Longest line taken as a password, in bytes.
const LONGEST: u64 = 4_096;

impl Global {
    /// データのフォルダー. As given, or the user's own place.
    ///
    /// # Errors
    /// Neither is there.
    pub(super) fn home(&self) -> Result<PathBuf, Refused> {
        if let Some(home) = &self.home {
            return Ok(home.clone());
        }
        let data = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
        data.map(|data| data.join("madoguchi"))
            .ok_or_else(|| Refused::new("データのフォルダーが分かりません。--home で指定してください。"))
    }

    /// 見本のフォルダー. As given, or the demo's own place.
    ///
    /// # Errors
    /// Neither is there.
    pub(super) fn demo_home(&self) -> Result<PathBuf, Refused> {
        match &self.home {
            Some(home) => Ok(home.clone()),
            None => Home::usual(true)
                .map(|home| home.folder().to_owned())
                .ok_or_else(|| Refused::new("データのフォルダーが分かりません。--home で指定してください。")),
        }
    }

    /// 操作者番号.
    ///
    /// # Errors
    /// None was given.
    pub(super) fn operator(&self) -> Result<&str, Refused> {
        self.operator
            .as_deref()
            .ok_or_else(|| Refused::new("操作者番号がありません。--operator で指定してください。"))
    }

    /// Where the command line says passwords are, or none where they are asked for.
    ///
    /// # Errors
    /// The file can be read by others, or the descriptor is none.
    pub(super) fn password_source(&self) -> Result<Option<File>, Refused> {
        if let Some(path) = &self.password_file {
            return owners_file(path).map(Some);
        }
        self.password_fd.map(open_descriptor).transpose()
    }

    /// パスワード. From wherever the command line says, else asked for.
    ///
    /// # Errors
    /// The file can be read by others, or there is nothing to read.
    pub(super) fn password(&self) -> Result<Zeroizing<String>, Refused> {
        if let Some(path) = &self.password_file {
            return first_line(owners_file(path)?);
        }
        if let Some(descriptor) = self.password_fd {
            return first_line(open_descriptor(descriptor)?);
        }
        rpassword::prompt_password("パスワード: ")
            .map(Zeroizing::new)
            .map_err(|_| {
                Refused::new(
                    "パスワードを読み取れません。端末から入力するか、--password-file か --password-fd を指定してください。",
                )
            })
    }
}

impl Global {
    /// Opens the database for looking only: a demo needs no password and then has no session.
    ///
    /// # Errors
    /// The database does not open.
    pub(super) fn open_for_checking(&self) -> Result<(Office, Option<Session>), Refused> {
        let home = Home::new(self.home()?);
        if home.label()?.demo && self.operator.is_none() {
            return Ok((office::open_demo(&home, Machine::real())?, None));
        }
        let (office, session) = self.open()?;
        Ok((office, Some(session)))
    }

    /// サインインして開く. The caller signs out.
    ///
    /// # Errors
    /// The number or password is missing or wrong, or the database does not open.
    pub(super) fn open(&self) -> Result<(Office, Session), Refused> {
        let home = Home::new(self.home()?);
        home.label()?;
        let operator = self.operator()?;
        let password = self.password()?;
        opened(&home, operator, &password)
    }

    /// [`Self::open`], where the command goes on to ask for other people's passwords.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) fn open_with(&self, passwords: &mut Passwords) -> Result<(Office, Session), Refused> {
        let home = Home::new(self.home()?);
        home.label()?;
        let operator = self.operator()?;
        let password = passwords.one(&format!("操作者 {operator} のパスワード"))?;
        opened(&home, operator, &password)
    }
}

fn opened(home: &Home, operator: &str, password: &str) -> Result<(Office, Session), Refused> {
    let (office, session) = office::open(home, Machine::real(), operator, password)?;
    if let Some(lost) = office.lost_tail() {
        eprintln!("{lost}");
    }
    Ok((office, session))
}

fn unreadable(_: io::Error) -> Refused {
    Refused::new("パスワードのファイルを読み取れません。場所と権限を確かめてください。")
}

fn owners_file(path: &Path) -> Result<File, Refused> {
    let file = File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Refused::new(
                "パスワードのファイルをほかの人が読み書きできます。chmod 600 で本人だけにしてから、もう一度行ってください。",
            ));
        }
    }
    Ok(file)
}

#[cfg(unix)]
fn open_descriptor(descriptor: i32) -> Result<File, Refused> {
    File::open(format!("/dev/fd/{descriptor}"))
        .map_err(|_| Refused::new("--password-fd のファイル記述子を開けません。番号を確かめてください。"))
}

#[cfg(not(unix))]
fn open_descriptor(_: i32) -> Result<File, Refused> {
    Err(Refused::new(
        "この端末では --password-fd を使えません。--password-file を指定してください。",
    ))
}

fn first_line(file: File) -> Result<Zeroizing<String>, Refused> {
    let mut line = Zeroizing::new(String::new());
    BufReader::new(file.take(LONGEST))
        .read_line(&mut line)
        .map_err(unreadable)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    if line.is_empty() {
        return Err(Refused::new(
            "パスワードが空です。1行目にパスワードを書いてください。",
        ));
    }
    Ok(line)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_password_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse battery\nsecond line\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(owners_file(&path).is_err());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let password = first_line(owners_file(&path).unwrap()).unwrap();
        assert_eq!(password.as_str(), "correct horse battery");
    }
}
