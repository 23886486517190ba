//! ファイルの取りかえ. A small file is replaced as a whole: written beside, flushed, renamed, the folder flushed.
//! After a crash there is the old file or the new one, never half of one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// ファイルを取りかえる. Readable by this user only.
///
/// # Errors
/// The disk is full or the folder can't be written; the old file is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be finished is in nobody's way.
        let _ = fs::remove_file(&beside);
    }
    written?;
    flush_folder(path)
}

/// 末尾に書き足す. Flushed before it returns.
///
/// # Errors
/// The disk is full or the file can't be written.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    private(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// 読む. At most `most` bytes; a larger file is refused.
///
/// # Errors
/// The file is not there, can't be read, or is larger.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(bytes)
}

/// 書きかえる小さな升. A file of a few blocks, each rewritten in place: what is written to one can't harm another.
#[derive(Debug)]
pub struct Blocks(File);

impl Blocks {
    /// Bytes of one block: one sector, which a disk writes whole or not at all.
    pub const LENGTH: usize = 512;

    /// Opens or makes it. Readable by this user only.
    ///
    /// # Errors
    /// The file can't be opened or made.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        options.open(path).map(Self)
    }

    /// 書く. Flushed before it returns. What is longer than a block is cut.
    ///
    /// # Errors
    /// The disk is full or the file can't be written.
    pub fn write(&mut self, number: u64, bytes: &[u8]) -> io::Result<()> {
        let mut block = [0; Self::LENGTH];
        block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        self.0.seek(SeekFrom::Start(number * Self::LENGTH as u64))?;
        self.0.write_all(&block)?;
        self.0.sync_data()
    }

    /// 読む. None where the file does not reach so far or can't be read.
    pub fn read(&mut self, number: u64) -> Option<[u8; Self::LENGTH]> {
        let mut block = [0; Self::LENGTH];
        self.0.seek(SeekFrom::Start(number * Self::LENGTH as u64)).ok()?;
        self.0.read_exact(&mut block).ok()?;
        Some(block)
    }
}

/// フォルダーを作る. Open to this user only.
///
/// # Errors
/// It can't be made.
pub fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Windows has no handle of a folder to flush; the rename itself is written through (未検証).
#[cfg(not(unix))]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_is_whole_private_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slots.bin");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(read(&path, 10).unwrap(), b"two");
        assert!(read(&path, 2).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_could_not_be_replaced_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slots.bin");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"one").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
