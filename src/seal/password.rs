//! パスワード. Argon2id turns a password into a key; the rules say which passwords may be set. Rules are
//! length and a list of refused ones, nothing about their composition.

use crate::seal::secret::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// 計算の重さ. Stored beside every salt, so that old slots open after the cost has been raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Cost {
    /// What real homes use: 64 MiB, 3 passes, 4 lanes.
    pub const STANDARD: Cost = Cost {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 4,
    };
    /// For tests, where the password protects nothing.
    pub const CHEAP: Cost = Cost {
        memory_kib: 32,
        passes: 1,
        lanes: 4,
    };
    /// The most that a file may ask of this machine.
    const MOST: Cost = Cost {
        memory_kib: 1024 * 1024,
        passes: 16,
        lanes: 16,
    };

    fn params(self) -> Option<Params> {
        let most = Cost::MOST;
        if self.memory_kib > most.memory_kib || self.passes > most.passes || self.lanes > most.lanes {
            return None;
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(Secret::LENGTH)).ok()
    }
}

/// パスワード. Normalised (NFKC), so that a full-width key press gives the same; wiped when dropped.
pub struct Password(Zeroizing<String>);

impl Password {
    pub const LONGEST: usize = 256;

    /// `None` where more than 256 characters were written.
    pub fn new(text: &str) -> Option<Self> {
        let normalised = Zeroizing::new(text.nfkc().take(Password::LONGEST + 1).collect::<String>());
        (normalised.chars().count() <= Password::LONGEST).then_some(Password(normalised))
    }

    /// 鍵にする. Argon2id; `None` where the stored cost is beyond what this machine may be asked for.
    pub fn derive_key(&self, salt: &[u8; 16], cost: Cost) -> Option<Secret> {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?);
        let mut out = Zeroizing::new([0u8; 32]);
        argon
            .hash_password_into(self.0.as_bytes(), salt, &mut *out)
            .ok()?;
        Some(Secret::new(*out))
    }

    /// 新しいパスワードとして使えるか. `own_words` are the operator's number and name.
    pub fn check_new(&self, own_words: &[&str]) -> Result<(), Refused> {
        let folded = Zeroizing::new(fold(&self.0));
        if self.0.chars().count() < SHORTEST {
            return Err(Refused::TooShort);
        }
        let distinct: std::collections::BTreeSet<char> = folded.chars().collect();
        if distinct.len() < 5 {
            return Err(Refused::Guessable);
        }
        if REFUSED
            .lines()
            .any(|word| !word.is_empty() && folded.contains(word) && is_most(word, &folded))
        {
            return Err(Refused::Guessable);
        }
        let own = own_words.iter().map(|word| fold(word));
        if own
            .filter(|word| word.chars().count() >= 4)
            .any(|word| folded.contains(&word))
        {
            return Err(Refused::OwnWord);
        }
        if is_run(&folded) {
            return Err(Refused::Guessable);
        }
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// 使えないパスワード.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    TooShort,
    TooLong,
    Guessable,
    OwnWord,
    /// The same as before the change.
    Unchanged,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::TooShort => "パスワードは12文字以上にしてください。",
            Refused::TooLong => "パスワードは256文字までにしてください。",
            Refused::Guessable => {
                "よく使われるパスワードです。ほかの人が思いつかない言葉の組み合わせにしてください。"
            }
            Refused::OwnWord => "操作者番号や名前が入っています。入らないものにしてください。",
            Refused::Unchanged => "今までと同じパスワードです。新しいものにしてください。",
        })
    }
}

impl std::error::Error for Refused {}

const SHORTEST: usize = 12;
static REFUSED: &str = include_str!("../../assets/codes/refused_passwords.txt");

fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// A refused word counts where little else is left of the password.
fn is_most(word: &str, whole: &str) -> bool {
    let (word, whole) = (word.chars().count(), whole.chars().count());
    whole.saturating_sub(word) < 5
}

/// 「123456789012」「abcdefghijkl」: every step is the same, up, down or round.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: std::collections::BTreeSet<i64> = codes.windows(2).map(|w| w[1] - w[0]).collect();
    steps.len() <= 2 && steps.iter().any(|step| step.abs() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), Refused> {
        Password::new(text)
            .unwrap()
            .check_new(&["1001", "佐々木花子", "sasaki"])
    }

    #[test]
    fn twelve_characters_are_enough_and_nothing_is_asked_of_their_kinds() {
        assert_eq!(check("うみのみえるまちのはる"), Err(Refused::TooShort));
        assert_eq!(check("うみのみえるまちのはるの"), Ok(()));
        assert_eq!(check("kaede mizutamari"), Ok(()));
    }

    #[test]
    fn common_ones_runs_and_own_words_are_refused() {
        assert_eq!(check("password1234"), Err(Refused::Guessable));
        assert_eq!(check("ＰＡＳＳＷＯＲＤ１２３４"), Err(Refused::Guessable));
        assert_eq!(check("123456789012"), Err(Refused::Guessable));
        assert_eq!(check("aaaaaaaaaaaa"), Err(Refused::Guessable));
        assert_eq!(check("sasaki no inu wa"), Err(Refused::OwnWord));
        assert_eq!(check("kaede1001mizu"), Err(Refused::OwnWord));
    }

    #[test]
    fn width_of_the_keys_makes_no_difference_but_the_salt_does() {
        let key = |text: &str, salt| {
            *Password::new(text)
                .unwrap()
                .derive_key(&salt, Cost::CHEAP)
                .unwrap()
                .expose()
        };
        assert_eq!(key("ｋａｅｄｅ", [0; 16]), key("kaede", [0; 16]));
        assert_ne!(key("kaede", [0; 16]), key("kaede", [1; 16]));
        assert_ne!(key("kaede", [0; 16]), key("Kaede", [0; 16]));
    }

    #[test]
    fn argon2id_is_that_of_the_reference() {
        // Computed with the reference implementation (argon2-cffi): hash_secret_raw(b"password1234",
        // b"0123456789abcdef", time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=ID).
        let key = Password::new("password1234")
            .unwrap()
            .derive_key(b"0123456789abcdef", Cost::STANDARD)
            .unwrap();
        let shown: String = key.expose().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(shown, REFERENCE);
    }

    const REFERENCE: &str = "dfbb89b08d0cd0721a0160c839453192b7499003ebb7223d29de21d709fdc10b";

    #[test]
    fn a_cost_beyond_reason_is_refused() {
        let beyond = Cost {
            memory_kib: 64 * 1024 * 1024,
            passes: 3,
            lanes: 4,
        };
        assert!(Password::new("x").unwrap().derive_key(&[0; 16], beyond).is_none());
        assert!(Password::new(&"a".repeat(257)).is_none());
    }
}
