//! 層の検査. Each module may name only the modules below it, each outside crate has one owner, every file
//! begins with a header and stays readable. Cargo can't enforce this inside one crate.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const LONGEST_FILE: usize = 600;

/// Module, and the modules of this crate that it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("platform", &[]),
    ("rules", &["domain"]),
    ("seal", &["domain"]),
    ("sync", &["domain", "seal"]),
    ("print", &["domain"]),
    ("store", &["domain", "rules", "seal"]),
    (
        "office",
        &["domain", "rules", "seal", "store", "sync", "print", "platform"],
    ),
    ("desktop", &["domain", "office", "print"]),
    ("admin", &["domain", "office", "platform"]),
    ("central", &["domain", "seal", "sync", "store"]),
];

/// Outside crate, and the modules that own it.
const OWNERS: &[(&str, &[&str])] = &[
    ("iced", &["desktop"]),
    ("rfd", &["desktop"]),
    ("rusqlite", &["store", "central"]),
    ("toml", &["rules", "print", "office", "desktop"]),
    ("age", &["seal"]),
    ("ed25519_dalek", &["seal"]),
    ("argon2", &["seal"]),
    ("chacha20poly1305", &["seal"]),
    ("hkdf", &["seal"]),
    ("hmac", &["seal"]),
    ("printpdf", &["print"]),
    ("pdf_writer", &["print"]),
    ("subsetter", &["print"]),
    ("rustybuzz", &["print"]),
    ("tiny_skia", &["print"]),
    ("keyring", &["platform"]),
    ("clap", &["admin"]),
    ("rpassword", &["admin"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .expect("src is readable")
            .map(|e| e.expect("an entry").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn module_of(path: &Path) -> String {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("below src");
    let first = inside
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file: comments, and everything from the first test module on, left out.
fn code(text: &str) -> String {
    text.split("#[cfg(test)]")
        .next()
        .unwrap_or("")
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether the code names an outside crate: `word::…` that is no path inside another, or `use word`.
fn names(code: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = &code[..at];
        let after = &code[at + word.len()..];
        let starts = !before.ends_with(|c: char| is_word(c) || matches!(c, ':' | '.' | '"'));
        let used = before.ends_with("use ") && after.starts_with([';', ' ']);
        starts && (after.starts_with("::") || used)
    })
}

#[test]
fn modules_name_only_what_lies_below_them() {
    let allowed: BTreeMap<_, _> = MAY_NAME.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        let Some(may) = allowed.get(module.as_str()) else {
            continue;
        };
        let code = code(&text);
        for (other, _) in MAY_NAME {
            let named = code.contains(&format!("crate::{other}"));
            if named && *other != module && !may.contains(other) {
                wrong.push(format!("{}: {module} names {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn outside_crates_have_one_owner() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        let code = code(&text);
        for (outside, owners) in OWNERS {
            if names(&code, outside) && !owners.contains(&module.as_str()) {
                wrong.push(format!("{}: {module} names the crate {outside}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_begins_with_a_header_and_stays_readable() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{}: no header", path.display()));
        }
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if path.file_name().is_some_and(|n| n == "mod.rs") {
            wrong.push(format!("{}: mod.rs", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
