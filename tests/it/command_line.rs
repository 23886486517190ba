//! 管理コマンド. The command line as technicians meet it: Japanese throughout, exit codes 0, 1 and 2, and checks that
//! need no password on a demo.

use std::{
    path::Path,
    process::{Command, Output},
};

use madoguchi::{
    office::{Home, Machine, demo},
    seal::password::Cost,
};

fn admin(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi-admin"))
        .arg("--home")
        .arg(home)
        .args(arguments)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_demo_is_checked_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    drop(demo::make(&Home::new(&home), Machine::real(), 1, Cost::CHEAP).unwrap());

    let chain = admin(&home, &["audit", "verify"]);
    assert!(chain.status.success(), "{}", complaint(&chain));
    assert!(out(&chain).contains("連鎖はつながっています"));

    let rebuilt = admin(&home, &["rebuild", "--check"]);
    assert!(rebuilt.status.success(), "{}", complaint(&rebuilt));

    let digest = admin(&home, &["digest"]);
    assert!(digest.status.success(), "{}", complaint(&digest));
    assert!(
        out(&digest)
            .lines()
            .any(|line| line.ends_with("  total") && line.len() > 64)
    );
    assert_eq!(out(&digest), out(&admin(&home, &["digest"])));
}

#[test]
fn a_folder_without_a_database_is_said_with_what_to_do_and_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["audit", "verify"][..], &["rebuild", "--check"], &["digest"]] {
        let refused = admin(folder.path(), arguments);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            complaint(&refused).contains("ください"),
            "{}",
            complaint(&refused)
        );
        assert!(!complaint(&refused).contains("panicked"));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_call_is_said_in_japanese_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["moon"][..], &["digest", "--bright"], &["audit"], &[]] {
        let refused = admin(folder.path(), arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        let said = complaint(&refused);
        assert!(said.chars().any(|c| ('ぁ'..='ん').contains(&c)), "{said}");
        assert!(!said.contains("error") && !said.contains("Usage"), "{said}");
    }
}

/// Every command of the tree, found by reading the help itself.
fn commands(home: &Path, above: &[String], found: &mut Vec<Vec<String>>) {
    let arguments: Vec<&str> = above.iter().map(String::as_str).chain(["--help"]).collect();
    let help = out(&admin(home, &arguments));
    found.push(above.to_vec());
    let listed = help
        .lines()
        .skip_while(|line| *line != "コマンド:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    for line in listed {
        let Some(name) = line.split_whitespace().next().filter(|_| line.starts_with("  ")) else {
            continue;
        };
        if !line.starts_with("   ") {
            commands(home, &[above, &[name.to_owned()]].concat(), found);
        }
    }
}

#[test]
fn every_help_text_is_japanese() {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    commands(folder.path(), &[], &mut found);
    assert!(found.len() > 5, "{found:?}");
    for command in found {
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = out(&admin(folder.path(), &arguments));
        for word in [
            "Usage",
            "Options",
            "Commands",
            "Arguments",
            "OPTIONS",
            "COMMAND",
            "Print",
            "default:",
            "possible",
        ] {
            assert!(!help.contains(word), "{command:?}: {word}\n{help}");
        }
        let first = help.lines().next().unwrap_or_default();
        assert!(!first.is_ascii(), "{command:?} has no description\n{help}");
    }
}
