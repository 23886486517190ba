//! 断りの文. What a command ends with when it was refused or found something: one sentence for standard error and
//! the exit code 1.

use std::fmt;

/// 断りの文.
#[derive(Debug)]
pub struct Refused(String);

impl Refused {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every error of the office already is a sentence for the person who asked.
impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
