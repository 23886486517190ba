//! 準備・バックアップ・復元・診断の命令. They ask for passwords and passphrases and hand everything on to the office.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use zeroize::Zeroizing;

use crate::{
    admin::{Global, Refused, passwords::Passwords},
    domain::operator::{Role, Roles, Validity, parse_operator_id, parse_terminal_id},
    office::{
        Home, Machine,
        backup::{self, OfficialKey, Restore},
        doctor::{self, Finding, Health},
        home::TerminalLabel,
        plan::{Plan, recovery_sheet},
        setup::{self, NewOperator, SetUp, standard_cost},
    },
    platform::file,
};

/// 端末を準備する（市の鍵、データベース、はじめの操作者、復旧媒体）。
#[derive(Args, Debug)]
pub struct SetUpCommand {
    /// 準備の計画（TOML。city、office、terminal、officials、operators）
    #[arg(value_name = "計画")]
    plan: PathBuf,
    /// 復旧媒体を書き出すフォルダー（準備のあと端末から離すこと）
    #[arg(long, value_name = "フォルダー")]
    media: PathBuf,
}

/// バックアップを取る（暗号化されたデータベースと、責任者2人で開く復旧の枠）。
#[derive(Args, Debug)]
pub struct BackUpCommand {
    /// 新しく作るフォルダー
    #[arg(value_name = "フォルダー")]
    folder: PathBuf,
}

/// バックアップ、または鍵束を失った端末のフォルダーから復元する（責任者2人がいる）。
#[derive(Args, Debug)]
pub struct RestoreCommand {
    /// バックアップのフォルダー
    #[arg(value_name = "フォルダー")]
    from: PathBuf,
    /// 責任者の復旧媒体（2回指定する）
    #[arg(long = "medium", value_name = "ファイル", required = true, num_args = 1)]
    media: Vec<PathBuf>,
    /// 市の名前
    #[arg(long, value_name = "名前")]
    city: String,
    /// 端末のある所
    #[arg(long, value_name = "名前")]
    office: String,
    /// 端末番号
    #[arg(long, value_name = "番号")]
    terminal: String,
    /// 権限管理の担当の名前（番号は --operator）
    #[arg(long, value_name = "名前")]
    name: String,
    /// 見本として復元する
    #[arg(long)]
    demo: bool,
}

/// 端末を診断する。--operator を付けるとデータベースの中も調べる。
#[derive(Args, Debug)]
pub struct DoctorCommand {}

impl SetUpCommand {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let home = Home::new(global.home()?);
        let machine = Machine::real();
        let today = machine.today();
        let text = fs::read_to_string(&self.plan)
            .map_err(|_| Refused::new("計画のファイルを読めません。場所を確かめてください。"))?;
        let plan = Plan::parse(&text, today, &entry(&machine))?;
        if self.media.exists() {
            return Err(Refused::new(
                "復旧媒体のフォルダーがすでにあります。置き換えません。新しいフォルダーを指定してください。",
            ));
        }
        let mut words = Passwords::of(global)?;
        let mut operators = Vec::new();
        for person in &plan.operators {
            let title = format!("{}（{}）の新しいパスワード", person.name, person.operator.0);
            let password = words.new_one(&title, |text| {
                setup::check_new_password(text, &person.operator.0, &person.name)
            })?;
            operators.push(NewOperator {
                operator: person.operator.clone(),
                name: person.name.clone(),
                roles: person.roles,
                terminals: person.terminals.clone(),
                validity: person.validity,
                password,
            });
        }
        let mut passphrases = Vec::new();
        for number in 1..=plan.officials {
            let title = format!("責任者 {number} の合言葉");
            passphrases.push(words.new_one(&title, |text| setup::check_new_password(text, "", ""))?);
        }
        let set_up = SetUp {
            label: plan.label.clone(),
            operators,
            passphrases,
            validity: plan.validity,
            cost: standard_cost(),
        };
        let media = setup::set_up(&home, machine, set_up)?;
        file::make_folder(&self.media).map_err(unwritable)?;
        for medium in &media {
            let sheet = Zeroizing::new(recovery_sheet(&plan.label, medium, today));
            let path = self.media.join(format!("recovery-{}.txt", medium.number));
            file::replace(&path, sheet.as_bytes()).map_err(unwritable)?;
        }
        println!(
            "端末 {} を準備しました。復旧媒体 {}枚を {} から責任者に渡し、端末から消してください。",
            plan.label.terminal,
            media.len(),
            self.media.display()
        );
        Ok(())
    }
}

impl BackUpCommand {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let made = office.back_up(&session, &self.folder);
        office.sign_out(&session)?;
        let report = made?;
        println!(
            "バックアップを取りました（{}MiB）。{}",
            report.size.div_ceil(1024 * 1024),
            self.folder.display()
        );
        Ok(())
    }
}

impl RestoreCommand {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let [one, other] = self.media.as_slice() else {
            return Err(Refused::new(
                "責任者の復旧媒体は2つ、--medium で1つずつ指定してください。",
            ));
        };
        let home = Home::new(global.home()?);
        let machine = Machine::real();
        let operator = parse_operator_id(global.operator()?).ok_or_else(|| {
            Refused::new("操作者番号は半角の英数字16字までです。--operator を見直してください。")
        })?;
        let terminal = parse_terminal_id(&self.terminal).ok_or_else(|| {
            Refused::new("端末番号は半角の英数字16字までです。--terminal を見直してください。")
        })?;
        let mut words = Passwords::of(global)?;
        let (one, other) = (medium(one, &mut words)?, medium(other, &mut words)?);
        let title = format!("{}（{}）の新しいパスワード", self.name, operator.0);
        let password = words.new_one(&title, |text| {
            setup::check_new_password(text, &operator.0, &self.name)
        })?;
        let validity = setup::usual_validity(machine.today());
        let restore = Restore {
            from: &self.from,
            label: TerminalLabel {
                terminal: terminal.0,
                office: self.office.clone(),
                city: self.city.clone(),
                demo: self.demo,
                entry: entry(&machine),
            },
            officials: [&one, &other],
            administrator: NewOperator {
                operator,
                name: self.name.clone(),
                roles: Roles::of(&[Role::RightsAdministrator]),
                terminals: Vec::new(),
                validity,
                password,
            },
            cost: standard_cost(),
            validity: Validity { ..validity },
        };
        backup::restore(&home, machine, &restore)?;
        println!(
            "復元しました。番号（接種券・証明書）は、権限管理の担当が端末を登録しなおすまで出せません。ほかの操作者はあらためて登録してください。"
        );
        Ok(())
    }
}

impl DoctorCommand {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let home = Home::new(global.home()?);
        let mut findings = doctor::examine(&home, &Machine::real());
        findings.iter().for_each(print);
        if global.operator.is_some() {
            let (office, session) = global.open()?;
            findings.push(office.examine_database());
            findings.last().into_iter().for_each(print);
            office.sign_out(&session)?;
        }
        let bad = findings
            .iter()
            .filter(|finding| finding.health == Health::Bad)
            .count();
        if bad > 0 {
            return Err(Refused::new(format!("{bad}件は、直してから使ってください。")));
        }
        Ok(())
    }
}

/// The key of an official, out of her medium.
pub(super) fn medium(path: &Path, words: &mut Passwords) -> Result<OfficialKey, Refused> {
    let text = Zeroizing::new(
        fs::read_to_string(path)
            .map_err(|_| Refused::new("復旧媒体を読めません。差しこんであるか、場所を確かめてください。"))?,
    );
    let phrase = words.one(&format!("{} の合言葉", path.display()))?;
    Ok(backup::read_medium(&text, &phrase)?)
}

fn print(finding: &Finding) {
    println!(
        "{}\t{}\t{}",
        finding.health.word(),
        finding.what,
        finding.sentence
    );
}

fn unwritable(_: io::Error) -> Refused {
    Refused::new(
        "復旧媒体を書き出せません。端末の準備はできています。書き出せる場所で、準備をやりなおしてください。",
    )
}

/// A name for this terminal's entry in the keychain that no other one has.
fn entry(machine: &Machine) -> String {
    let mut bytes = [0; 8];
    machine.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
