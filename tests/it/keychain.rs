//! 鍵束の旅. A real terminal with a real gnome-keyring under a session bus of its own, from the command line: set-up,
//! signing in, backup, and recovery by two officials; and what is said where the keychain is missing or locked.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const PLAN: &str = r#"
city = "はまかぜ市"
office = "港地区保健福祉センター"
terminal = "T01"
officials = 2
[[operators]]
number = "9001"
name = "管理 直子"
roles = ["rights_administrator"]
[[operators]]
number = "9007"
name = "技術 学"
roles = ["technician"]
"#;

const ADMINISTRATOR: &str = "yama-michi-tabi-9";
const TECHNICIAN: &str = "umi-kaze-fune-9";
const PHRASES: [&str; 2] = ["fuyu-no-asa-hikari", "natsu-no-yoru-hotaru"];

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for folder in ["run", "home"] {
            fs::create_dir(desk.path(folder)).unwrap();
            fs::set_permissions(desk.path(folder), fs::Permissions::from_mode(0o700)).unwrap();
        }
        fs::write(desk.path("plan.toml"), PLAN).unwrap();
        desk.secret("words", &[ADMINISTRATOR, TECHNICIAN, PHRASES[0], PHRASES[1]]);
        desk.secret("technician", &[TECHNICIAN]);
        desk.secret("restore", &[PHRASES[0], PHRASES[1], "kita-no-machi-yuki"]);
        desk.secret("twice", &[PHRASES[0], PHRASES[0], "kita-no-machi-yuki"]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn secret(&self, name: &str, lines: &[&str]) {
        fs::write(self.path(name), lines.join("\n") + "\n").unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn shell(&self, session: bool, script: &str) -> Output {
        let mut command = if session {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "bash", "-euc", script]);
            command
        } else {
            let mut command = Command::new("bash");
            command.args(["-euc", script]);
            command
        };
        command
            .current_dir(self.0.path())
            .env("ADMIN", env!("CARGO_BIN_EXE_madoguchi-admin"))
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .output()
            .expect("bash and dbus-run-session are installed by tests/run")
    }
}

/// Opens a keychain of its own and waits until it takes an entry.
const UNLOCK: &str = r#"
eval "$(printf 'keychain password\n' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
for _ in $(seq 100); do
  printf x | secret-tool store --label=ready ready yes 2>/dev/null && break
  sleep 0.1
done
"#;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn exists(path: &Path, name: &str) -> bool {
    path.join(name).exists()
}

#[test]
fn a_real_terminal_is_set_up_backed_up_and_recovered_by_two_officials() {
    let desk = Desk::new();
    let script = format!(
        r#"{UNLOCK}
$ADMIN --home T --password-file words setup plan.toml --media media
! $ADMIN --home T --password-file words setup plan.toml --media media2
$ADMIN --home T --operator 9007 --password-file technician audit verify
$ADMIN --home T --operator 9007 --password-file technician backup B
restore() {{ $ADMIN --home "$1" --operator 9001 --password-file "$2" restore B --medium "$3" --medium "$4" \
  --city はまかぜ市 --office 港 --terminal T02 --name "管理 直子"; }}
! restore R twice media/recovery-1.txt media/recovery-1.txt
restore R restore media/recovery-1.txt media/recovery-2.txt
echo restored"#
    );
    let output = desk.shell(true, &script);
    let told = said(&output);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("連鎖はつながっています") && told.contains("restored"),
        "{told}"
    );
    assert!(
        told.contains("すでに端末があります") && told.contains("同じ責任者の媒体です"),
        "{told}"
    );
    assert!(exists(&desk.path("R"), "slots.bin") && !exists(&desk.path("media2"), "recovery-1.txt"));
    // Without the keychain the terminal opens no more, says so, and nothing is made or changed.
    let before = fs::read(desk.path("T/slots.bin")).unwrap();
    let output = desk.shell(
        false,
        "$ADMIN --home T --operator 9007 --password-file technician audit verify",
    );
    assert!(!output.status.success());
    assert!(
        said(&output).contains("鍵束（キーリング）が動いていません"),
        "{}",
        said(&output)
    );
    assert_eq!(fs::read(desk.path("T/slots.bin")).unwrap(), before);
    // An open but empty keychain (another user's, a new machine) is told from both.
    fs::remove_dir_all(desk.path("home")).unwrap();
    fs::create_dir(desk.path("home")).unwrap();
    let script = format!("{UNLOCK} $ADMIN --home T --operator 9007 --password-file technician audit verify");
    let output = desk.shell(true, &script);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("この端末の鍵が鍵束にありません"),
        "{}",
        said(&output)
    );
    for canary in [ADMINISTRATOR, TECHNICIAN, PHRASES[0], "管理 直子"] {
        for home in ["T", "B", "R"] {
            for entry in fs::read_dir(desk.path(home)).unwrap() {
                let bytes = fs::read(entry.unwrap().path()).unwrap();
                assert!(
                    !bytes
                        .windows(canary.len())
                        .any(|window| window == canary.as_bytes()),
                    "{canary}"
                );
            }
        }
    }
}

#[test]
fn a_locked_keychain_is_told_from_a_missing_one_and_nothing_is_made() {
    let desk = Desk::new();
    let set_up = "$ADMIN --home T --password-file words setup plan.toml --media media";
    let output = desk.shell(false, set_up);
    assert!(
        said(&output).contains("鍵束（キーリング）が動いていません"),
        "{}",
        said(&output)
    );
    // The bus starts the keychain by itself, but nobody has opened it.
    let output = desk.shell(true, set_up);
    assert!(
        said(&output).contains("鍵束（キーリング）に鍵がかかっています"),
        "{}",
        said(&output)
    );
    assert!(!desk.path("T").exists() && !desk.path("media").exists());
}
