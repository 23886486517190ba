//! カナリヤ. Looks into every file below a folder for words that must not stand there in clear, in the encodings a
//! program might have written them in; and a small source of random numbers that a seed repeats.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The files below `folder` that hold one of the words.
pub fn files_holding(folder: &Path, words: &[&str]) -> Vec<PathBuf> {
    let mut needles: Vec<Vec<u8>> = Vec::new();
    for word in words {
        needles.push(word.as_bytes().to_vec());
        needles.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
        needles.push(encoding_rs::SHIFT_JIS.encode(word).0.into_owned());
    }
    let mut found = Vec::new();
    walk(folder, &mut |path| {
        let Ok(bytes) = fs::read(path) else { return };
        if needles.iter().any(|needle| holds(&bytes, needle)) {
            found.push(path.to_owned());
        }
    });
    found
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(needle) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn walk(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, each),
            Ok(kind) if kind.is_file() => each(&path),
            _ => {}
        }
    }
}

/// xorshift64*: the same seed gives the same numbers.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit
    }
}
