//! この端末を調べる. What else on this machine could keep something of a person: job files of the print queue, swap
//! and hibernation, an input method that learns names; and what the program needs: room on the disk, a clock
//! that is set. Only looks, changes nothing. Linux; elsewhere the answers are "not known".

use std::{
    fs,
    path::{Path, PathBuf},
};

/// 調べたこと. `None` where it can't be known here.
pub type Found<T> = Option<T>;

/// 印刷の待ち行列がジョブの中身を残すか. From `cupsd.conf`: CUPS keeps job files for a day unless told otherwise.
#[must_use]
pub fn print_queue_keeps_jobs() -> Found<bool> {
    let text = fs::read_to_string("/etc/cups/cupsd.conf").ok()?;
    Some(keeps_jobs(&text))
}

fn keeps_jobs(configuration: &str) -> bool {
    let value = |name: &str| {
        configuration
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(char::is_whitespace))
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_ascii_lowercase())
            .next_back()
    };
    !matches!(
        value("PreserveJobFiles").as_deref(),
        Some("no" | "off" | "false" | "0")
    )
}

/// ジョブの中身が今残っているか: files of the spool folder that begin with `d`.
#[must_use]
pub fn kept_job_files() -> Found<usize> {
    let folder = fs::read_dir("/var/spool/cups").ok()?;
    let names = folder
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"d"));
    Some(
        names
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .count(),
    )
}

/// 暗号化されていないスワップがあるか. A device-mapper or zram device is taken for encrypted or memory.
#[must_use]
pub fn has_plain_swap() -> Found<bool> {
    let text = fs::read_to_string("/proc/swaps").ok()?;
    Some(plain_swap(&text))
}

fn plain_swap(swaps: &str) -> bool {
    swaps
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .any(|device| {
            !device.starts_with("/dev/dm-")
                && !device.starts_with("/dev/mapper/")
                && !device.starts_with("/dev/zram")
        })
}

/// 休止状態（メモリをディスクに書く）が使えるか.
#[must_use]
pub fn can_hibernate() -> Found<bool> {
    let states = fs::read_to_string("/sys/power/state").ok()?;
    Some(states.split_whitespace().any(|state| state == "disk"))
}

/// 入力方式が覚えた言葉のファイル, of this user.
#[must_use]
pub fn learned_words() -> Vec<PathBuf> {
    let Some(home) = std::env::var_os("HOME").map(PathBuf::from) else {
        return Vec::new();
    };
    [
        ".mozc/segment.db",
        ".mozc/.history.db",
        ".config/mozc/segment.db",
        ".config/mozc/.history.db",
        ".anthy/last-record1_default.utf8",
        ".config/anthy/last-record1_default.utf8",
        ".config/libkkc/user-dictionary",
        ".config/ibus-skk/user.dict",
        ".skk-jisyo",
    ]
    .iter()
    .map(|name| home.join(name))
    .filter(|path| path.exists())
    .collect()
}

/// 時計が合わせてあるか: a time service says that it is synchronised.
#[must_use]
pub fn clock_is_set() -> Found<bool> {
    let known = Path::new("/run/systemd/timesync").exists() || Path::new("/run/chrony").exists();
    known.then(|| {
        Path::new("/run/systemd/timesync/synchronized").exists() || Path::new("/run/chrony").exists()
    })
}

/// ディスクの空き, in bytes, where this folder lies.
#[cfg(unix)]
#[must_use]
pub fn free_space(folder: &Path) -> Found<u64> {
    let about = rustix::fs::statvfs(folder).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(unix))]
#[must_use]
pub fn free_space(_: &Path) -> Found<u64> {
    None
}

/// ほかの人が読めるか: whether group or others may read or write it.
#[cfg(unix)]
#[must_use]
pub fn is_open_to_others(path: &Path) -> Found<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
#[must_use]
pub fn is_open_to_others(_: &Path) -> Found<bool> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_files_are_kept_unless_the_queue_is_told_otherwise() {
        assert!(keeps_jobs(""));
        assert!(keeps_jobs("# PreserveJobFiles No\n"));
        assert!(keeps_jobs("PreserveJobFiles No\nPreserveJobFiles 86400\n"));
        assert!(!keeps_jobs("MaxJobs 10\n  preservejobfiles No\n"));
    }

    #[test]
    fn swap_on_a_bare_partition_is_plain_and_on_a_mapped_device_is_not() {
        let head = "Filename Type Size Used Priority\n";
        assert!(!plain_swap(head));
        assert!(plain_swap(&format!("{head}/dev/sda2 partition 100 0 -2\n")));
        assert!(plain_swap(&format!("{head}/swapfile file 100 0 -2\n")));
        assert!(!plain_swap(&format!(
            "{head}/dev/dm-1 partition 100 0 -2\n/dev/zram0 partition 1 0 5\n"
        )));
    }
}
