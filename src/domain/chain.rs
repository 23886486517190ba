//! 連鎖. The one helper behind every append-only log: audit chain, door log, upload log. Each entry's digest
//! covers the one before it, so a log cut or changed in the middle no longer adds up. Who writes the entries
//! and where they lie is elsewhere.

use sha2::{Digest, Sha256};

/// 連鎖値. 32 bytes.
pub type Link = [u8; 32];

/// The link before the first entry.
pub const START: Link = [0; 32];

/// The link after `entry`. `context` names the log (e.g. `madoguchi/audit/1`), so that an entry of one log
/// can't stand in another.
#[must_use]
pub fn link(context: &str, previous: &Link, entry: &[u8]) -> Link {
    let mut hasher = Sha256::new();
    hasher.update((context.len() as u64).to_be_bytes());
    hasher.update(context);
    hasher.update(previous);
    hasher.update(entry);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_log_or_another_entry_before_gives_another_link() {
        let first = link("madoguchi/audit/1", &START, b"a");
        assert_ne!(first, link("madoguchi/door/1", &START, b"a"));
        assert_ne!(
            link("madoguchi/audit/1", &first, b"b"),
            link("madoguchi/audit/1", &START, b"b")
        );
    }
}
