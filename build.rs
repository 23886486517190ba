//! Gathers the rule files into one list, so that the code names no programme: a programme is a file.

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let rules = Path::new(&root).join("assets/rules");
    println!("cargo:rerun-if-changed=assets/rules");
    println!("cargo:rerun-if-changed=assets/rules/programmes");
    let mut files = Vec::new();
    for folder in [rules.clone(), rules.join("programmes")] {
        for entry in fs::read_dir(&folder).expect("the rules are there") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let name = path
            .strip_prefix(&rules)
            .expect("below the rules")
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            list,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        )
        .expect("a string");
    }
    list.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("rules.in"), list).expect("the build folder is writable");
}
