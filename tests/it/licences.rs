//! 許諾の検査. Every crate that is linked comes from the registry under a licence that the city may use, and
//! every font is the one that is pinned.

use std::{fs, path::Path, process::Command};

use sha2::{Digest, Sha256};

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "blessing",
];

/// Whether one way of reading the SPDX expression needs only allowed licences. `/` is the old way to write OR.
fn allowed(expression: &str) -> bool {
    let flat = expression.replace('/', " OR ").replace(['(', ')'], " ");
    flat.split(" AND ")
        .all(|part| part.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

#[test]
fn every_crate_has_a_licence_that_a_city_may_use_and_comes_from_the_registry() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(packages.len() > 100);
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if !allowed(package["license"].as_str().unwrap_or("none")) {
            wrong.push(format!("{name}: {}", package["license"]));
        }
        let source = package["source"].as_str().unwrap_or("");
        if name != "madoguchi" && !source.starts_with("registry+") {
            wrong.push(format!("{name}: {source}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn copyleft_alone_is_refused() {
    assert!(!allowed("MPL-2.0"));
    assert!(!allowed("MIT AND GPL-3.0-only"));
    assert!(allowed("(MIT OR GPL-2.0-only) AND Unicode-3.0"));
    assert!(allowed("MIT/Apache-2.0"));
}

#[test]
fn every_font_is_the_pinned_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts");
    let list = fs::read_to_string(folder.join("README.md")).expect("the list of fonts");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("fonts") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !(name.ends_with(".ttf") || name.ends_with(".otf")) {
            continue;
        }
        let digest = Sha256::digest(fs::read(&path).expect("a font"));
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            list.lines()
                .any(|line| line.contains(&name) && line.contains(&hex)),
            "{name} is not pinned"
        );
        seen += 1;
    }
    assert_eq!(seen, 8);
}
