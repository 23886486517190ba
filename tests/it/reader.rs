//! 別の実装で開く. The database is opened with its raw key by a build of SQLCipher 4 that isn't ours, and by nothing
//! without the key. The other build comes from PyPI into a virtual environment below `target`.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use madoguchi::{
    domain::{
        note::{ResidentNote, Topic},
        revision::{OperatorId, SubjectId, TerminalId},
    },
    office::{Machine, Office, Session},
    store::{Database, DatabaseKey},
};

const PACKAGE: &str = "sqlcipher3-wheels==0.5.7";

fn tools() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tools")
}

/// The interpreter that has the other build; made at the first use.
fn python() -> PathBuf {
    let environment = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("independent-reader");
    let python = environment.join("bin/python");
    let has_it = |python: &Path| {
        Command::new(python)
            .args(["-c", "import sqlcipher3"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if has_it(&python) {
        return python;
    }
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment)
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "python3-venv is missing: tests/run installs it"
    );
    let installed = Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PACKAGE,
        ])
        .status();
    assert!(
        installed.is_ok_and(|status| status.success()),
        "pip could not install {PACKAGE}"
    );
    python
}

fn ask(program: &Path, arguments: &[&str], path: &Path, input: &str) -> Output {
    let mut child = Command::new(program)
        .args(arguments)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn another_sqlcipher_reads_it_with_the_raw_key_and_plain_sqlite_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madoguchi.db");
    let key = [0xa5; 32];
    let office = Office::new(
        Database::create(&path, &DatabaseKey::new(key)).unwrap(),
        Machine::real(),
    );
    let clerk = Session::new(
        OperatorId("1001".into()),
        TerminalId("T01".into()),
        BTreeSet::from(["clerk".to_owned()]),
    );
    let note = ResidentNote {
        topic: Topic::Contact,
        text: "平日は午後に".into(),
    };
    office
        .enter_note(&clerk, SubjectId::derived("resident", "1"), None, &note)
        .unwrap();
    drop(office);

    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let script = tools().join("independent_reader.py");
    let script = script.to_str().unwrap();
    let read = ask(&python(), &[script], &path, &hex);
    assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), "1 1 平日は午後に 0");

    let wrong = ask(&python(), &[script], &path, &"00".repeat(32));
    assert!(!wrong.status.success());

    let plain = ask(
        Path::new("sqlite3"),
        &["-batch"],
        &path,
        "SELECT count(*) FROM revisions;\n",
    );
    let said = String::from_utf8_lossy(&plain.stderr).into_owned();
    assert!(said.contains("not a database"), "{said}");
    let head = std::fs::read(&path).unwrap();
    assert!(!head.starts_with(b"SQLite format 3"));
}
