//! 戸口の錠. Two programs may stand at one terminal's doorstep, the desk and a command beside it. Whoever changes slot
//! file, door log or keychain holds a lock file meanwhile, and reads them anew where somebody else has changed
//! them since, so that nobody writes an older state over a newer one.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::office::{
    Machine,
    door_log::{DoorLog, Happening},
    doorstep::{Doorstep, DoorstepError, read_record, read_slots},
};

/// 戸口の錠. The file holds how often anything has been changed under it.
pub(in crate::office) struct DoorstepLock {
    file: File,
    is_held: Arc<AtomicBool>,
    seen: Option<u64>,
}

/// Lets go also where a deed panics.
struct Guard {
    file: File,
    is_held: Arc<AtomicBool>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.is_held.store(false, Ordering::Relaxed);
        // A lock that can't be given back goes with the program.
        let _ = self.file.unlock();
    }
}

impl DoorstepLock {
    /// None where the folder can't be written or the file system can't lock: then this program is on its own.
    pub fn at(path: &Path) -> Option<Self> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        Some(Self {
            file: options.open(path).ok()?,
            is_held: Arc::default(),
            seen: None,
        })
    }

    fn hold(&self) -> Option<Guard> {
        let file = self.file.try_clone().ok()?;
        file.lock().ok()?;
        self.is_held.store(true, Ordering::Relaxed);
        Some(Guard {
            file,
            is_held: Arc::clone(&self.is_held),
        })
    }

    fn count(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.seek(SeekFrom::Start(0))?;
        match self.file.read_exact(&mut bytes) {
            Ok(()) => Ok(u64::from_be_bytes(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn set_count(&mut self, count: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&count.to_be_bytes())
    }
}

impl Doorstep {
    /// Does `f` while nobody else is at this doorstep, with what stands there now.
    pub(in crate::office) fn held<T, E: From<DoorstepError>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let free = self
            .lock
            .as_ref()
            .filter(|lock| !lock.is_held.load(Ordering::Relaxed));
        let Some(_guard) = free.and_then(DoorstepLock::hold) else {
            return f(self);
        };
        self.refresh()?;
        self.changed = false;
        let answer = f(self);
        self.leave(answer.is_ok())?;
        answer
    }

    fn refresh(&mut self) -> Result<(), DoorstepError> {
        let Some(lock) = self.lock.as_mut() else {
            return Ok(());
        };
        let count = lock.count()?;
        if lock.seen.replace(count) == Some(count) {
            return Ok(());
        }
        self.read_anew()
    }

    pub(super) fn read_anew(&mut self) -> Result<(), DoorstepError> {
        let mut record = read_record(&self.vault)?;
        let file = read_slots(&self.home, &mut record)?;
        let (door, cut) = DoorLog::open(self.home.door_log(), &file.door_key, record.door_lines)?;
        (self.record, self.file, self.door) = (record, file, door);
        self.catch_up()?;
        self.is_cut |= cut;
        Ok(())
    }

    /// What failed half-way in memory is read anew next time.
    fn leave(&mut self, done: bool) -> Result<(), DoorstepError> {
        let changed = self.changed;
        let Some(lock) = self.lock.as_mut() else {
            return Ok(());
        };
        if changed {
            let count = lock.seen.unwrap_or(0).wrapping_add(1);
            lock.set_count(count)?;
            lock.seen = Some(count);
        }
        if !done {
            lock.seen = None;
        }
        Ok(())
    }

    /// Notes a door log that was found cut short.
    pub(super) fn tell_cut(&mut self, machine: &Machine) -> Result<(), DoorstepError> {
        if std::mem::take(&mut self.is_cut) {
            self.note(machine, None, Happening::Cut)?;
        }
        Ok(())
    }
}
