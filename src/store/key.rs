//! データベース鍵. 256 random bits, used raw: no password derives it. It comes out of a slot; how it gets there is
//! `seal`. The text of the key pragma is wiped after use and reaches no trace.

use std::fmt;

use rusqlite::Connection;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// データベース鍵. Wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For sealing into a slot.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn apply(&self, connection: &Connection) -> rusqlite::Result<()> {
        self.say(connection, "PRAGMA key = \"")
    }

    /// Puts every page of an open database under this key.
    pub(super) fn apply_anew(&self, connection: &Connection) -> rusqlite::Result<()> {
        self.say(connection, "PRAGMA rekey = \"")
    }

    fn say(&self, connection: &Connection, pragma: &str) -> rusqlite::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(92));
        text.push_str(pragma);
        text.push_str(&self.literal());
        text.push_str("\";");
        connection.execute_batch(&text)
    }

    /// What SQLCipher takes as a raw key.
    pub(super) fn literal(&self) -> Zeroizing<String> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in &self.0 {
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        text.push('\'');
        text
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}
