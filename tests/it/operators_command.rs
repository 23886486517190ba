//! 操作者の命令の旅. From the command line over a demo terminal: enrolling, changing rights, departing, one's own
//! password and the blocks of numbers, with passwords from a file in the order in which they would be asked for.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output},
};

use chrono::{TimeDelta, Utc};
use madoguchi::{
    office::{Home, Machine, demo},
    seal::password::Cost,
};

use crate::bench::password;

const NEW: &str = "haru no kaze ga fuku";

struct Terminal(tempfile::TempDir);

fn terminal() -> Terminal {
    made_by(Machine::real())
}

/// A terminal that was set up as long ago as the clock of this machine says.
fn made_by(machine: Machine) -> Terminal {
    let terminal = Terminal(tempfile::tempdir().unwrap());
    let home = Home::new(terminal.home());
    drop(demo::make(&home, machine, 1, Cost::CHEAP).unwrap());
    terminal
}

impl Terminal {
    fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }

    fn run(&self, operator: &str, passwords: &[&str], arguments: &[&str]) -> Output {
        let file = self.0.path().join("passwords");
        fs::write(&file, passwords.join("\n") + "\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        Command::new(env!("CARGO_BIN_EXE_madoguchi-admin"))
            .arg("--home")
            .arg(self.home())
            .args(["--operator", operator, "--password-file"])
            .arg(&file)
            .args(arguments)
            .output()
            .unwrap()
    }

    /// What it says when it does what it was asked.
    fn done(&self, operator: &str, passwords: &[&str], arguments: &[&str]) -> String {
        let output = self.run(operator, passwords, arguments);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {complaint}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The sentence with which it is refused.
    fn refused(&self, operator: &str, passwords: &[&str], arguments: &[&str]) -> String {
        let output = self.run(operator, passwords, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn line_of(&self, operator: &str) -> String {
        let list = self.done("1005", &[password("1005")], &["operators", "list"]);
        let line = list
            .lines()
            .find(|line| line.starts_with(&format!("{operator}\t")));
        line.unwrap_or_default().to_owned()
    }
}

#[test]
fn somebody_new_is_enrolled_gets_more_rights_by_consent_and_departs() {
    let terminal = terminal();
    let enroll = [
        "operators",
        "enroll",
        "2001",
        "--name",
        "新人 春子",
        "--role",
        "clerk",
    ];
    let administrator = password("1005");
    let weak = terminal.refused("1005", &[administrator, "short"], &enroll);
    assert!(weak.contains("12文字以上"), "{weak}");
    assert!(terminal.line_of("2001").is_empty());
    terminal.refused("1001", &[password("1001"), NEW], &enroll);
    terminal.done("1005", &[administrator, NEW], &enroll);
    assert!(terminal.line_of("2001").contains("窓口"));

    let rights = [
        "operators",
        "rights",
        "2001",
        "--role",
        "clerk",
        "--role",
        "verifier",
        "--second",
        "1004",
    ];
    let by_clerk = [&rights[..8], &["1001"]].concat();
    let refused = terminal.refused("1005", &[administrator, password("1001")], &by_clerk);
    assert!(refused.contains("もう1人の承認がいります"), "{refused}");
    assert!(!terminal.line_of("2001").contains("承認"));
    terminal.done("1005", &[administrator, password("1004")], &rights);
    assert!(terminal.line_of("2001").contains("窓口・承認"));
    terminal.done("2001", &[NEW], &["operators", "list"]);

    terminal.done("1005", &[administrator], &["operators", "depart", "2001"]);
    assert!(terminal.line_of("2001").contains("離任"));
    let gone = terminal.refused("2001", &[NEW], &["operators", "list"]);
    assert!(gone.contains("操作者番号かパスワードがちがいます"), "{gone}");
}

#[test]
fn the_period_alone_is_changed_and_the_roles_stay() {
    let terminal = terminal();
    terminal.done(
        "1005",
        &[password("1005"), password("1004")],
        &[
            "operators",
            "rights",
            "1001",
            "--until",
            "2099-03-31",
            "--second",
            "1004",
        ],
    );
    let line = terminal.line_of("1001");
    assert!(line.contains("窓口\t") && !line.contains("承認"), "{line}");
    let asked = terminal.run("1005", &[], &["operators", "rights", "1001", "--second", "1004"]);
    assert_eq!(asked.status.code(), Some(2));
}

#[test]
fn her_own_password_is_changed_with_the_old_one() {
    let terminal = terminal();
    let old = password("1001");
    let same = terminal.refused("1001", &[old, old], &["operators", "password"]);
    assert!(same.contains("今までと同じ"), "{same}");
    terminal.done("1001", &[old, NEW], &["operators", "password"]);
    terminal.refused("1001", &[old], &["operators", "list"]);
    terminal.done("1001", &[NEW], &["operators", "list"]);
}

#[test]
fn a_lapsed_password_opens_nothing_but_its_own_change() {
    let terminal = made_by(Machine::new(
        || Utc::now() - TimeDelta::days(190),
        |bytes| getrandom::fill(bytes).unwrap(),
    ));
    let old = password("1001");
    let lapsed = terminal.refused("1001", &[old], &["operators", "list"]);
    assert!(lapsed.contains("期限が過ぎています"), "{lapsed}");
    terminal.refused("1001", &[old, old], &["operators", "password"]);
    terminal.done("1001", &[old, NEW], &["operators", "password"]);
    terminal.done("1001", &[NEW], &["operators", "list"]);
}

#[test]
fn a_number_handler_waits_for_the_key_until_another_one_hands_it_on() {
    let terminal = terminal();
    let enrolled = terminal.done(
        "1005",
        &[password("1005"), NEW, password("1004")],
        &[
            "operators",
            "enroll",
            "2006",
            "--name",
            "新人 夏子",
            "--role",
            "number_handler",
            "--second",
            "1004",
        ],
    );
    assert!(enrolled.contains("grant-number-key"), "{enrolled}");
    assert!(terminal.line_of("2006").contains("鍵を待っています"));
    let grant = ["operators", "grant-number-key", "2006"];
    terminal.refused("1005", &[password("1005")], &grant);
    terminal.done("1006", &[password("1006")], &grant);
    assert!(!terminal.line_of("2006").contains("鍵を待っています"));
}

#[test]
fn fresh_numbers_begin_above_the_old_block_and_good_ones_are_not_given_up_by_a_slip() {
    let terminal = terminal();
    let show = ["numbers", "show"];
    let before = terminal.done("1005", &[password("1005")], &show);
    assert!(before.contains("接種券\t000000001〜"), "{before}");
    let assign = ["numbers", "assign", "--give-up-rest"];
    terminal.refused("1001", &[password("1001")], &assign);
    let kept = terminal.refused("1005", &[password("1005")], &assign[..2]);
    assert!(kept.contains("--give-up-rest"), "{kept}");
    assert_eq!(terminal.done("1005", &[password("1005")], &show), before);
    let assigned = terminal.done("1005", &[password("1005")], &assign);
    let end = |text: &str| text.split('〜').nth(1).unwrap()[..9].parse::<u64>().unwrap();
    let first = assigned.split('\t').nth(1).unwrap()[..9].parse::<u64>().unwrap();
    assert_eq!(first, end(&before) + 1);
}

#[test]
fn a_copy_of_the_slot_file_is_dead_after_the_terminal_key_was_renewed() {
    let terminal = terminal();
    let slots = Home::new(terminal.home()).slots();
    let copy = fs::read(&slots).unwrap();
    let renew = ["keys", "renew-terminal"];
    terminal.refused("1001", &[password("1001")], &renew);
    terminal.done("1005", &[password("1005")], &renew);
    let good = fs::read(&slots).unwrap();
    fs::write(&slots, copy).unwrap();
    let dead = terminal.refused("1001", &[password("1001")], &["operators", "list"]);
    assert!(dead.contains("古い控え"), "{dead}");
    fs::write(&slots, good).unwrap();
    terminal.done("1001", &[password("1001")], &["operators", "list"]);
}

#[test]
fn two_officials_change_keys_from_the_command_line_and_one_does_not() {
    let terminal = terminal();
    let media: Vec<String> = [1, 2]
        .map(|number| {
            let path = terminal.home().join(format!("demo-recovery-{number}.txt"));
            path.to_str().unwrap().to_owned()
        })
        .to_vec();
    let with = |command: &[&'static str], media: &[&str]| -> Vec<String> {
        let mut line: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        for medium in media {
            line.extend(["--medium".to_owned(), (*medium).to_owned()]);
        }
        line
    };
    let words = demo::PASSPHRASES;
    let both = [media[0].as_str(), media[1].as_str()];
    let run = |passwords: &[&str], line: Vec<String>| {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        terminal.done("1005", passwords, &line)
    };
    run(&words, with(&["keys", "rekey"], &both));
    run(&words, with(&["keys", "renew-publishing"], &both));
    let folder = terminal.0.path().join("media");
    let mut make = with(&["keys", "make-recovery", "--count", "2", "--media"], &[]);
    make.push(folder.to_str().unwrap().to_owned());
    make.extend(with(&[], &both));
    run(&[words[0], words[1], NEW, NEW], make);
    assert!(folder.join("recovery-2.txt").exists());
    let line = with(&["keys", "rekey"], &both[..1]);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let refused = terminal.refused("1005", &words, &line);
    assert!(refused.contains("2つ"), "{refused}");
    terminal.done("1001", &[password("1001")], &["operators", "list"]);
}
