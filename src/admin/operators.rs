//! 操作者の命令. Lists, enrols, changes, and takes away operators, and changes one's own password. Everybody types her
//! own password: the rights administrator, the new operator beside her, the supervisor who consents. Who may do
//! what is the office's.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use crate::{
    admin::{Global, Refused, passwords::Passwords},
    domain::{
        date::short,
        operator::{Role, Roles, Validity, parse_operator_id, parse_terminal_id},
        revision::{OperatorId, TerminalId},
        trust::RevocationReason,
    },
    office::{
        self, Doorstep, Home, Machine, Office, Session, SignInError,
        people::{OperatorLine, PeopleError},
        setup::{self, NewOperator, standard_cost},
    },
};

/// 操作者を登録し、権限を変え、離任を記録する
#[derive(Args, Debug)]
pub(super) struct Operators {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// 操作者の一覧を表示する
    List {},
    Enroll(Enroll),
    Rights(Rights),
    Depart(Depart),
    /// 自分のパスワードを変える（期限が過ぎていても変えられる）
    Password {},
    /// 個人番号の鍵を、個人番号の担当から別の担当に渡す
    GrantNumberKey {
        /// 受け取る人の操作者番号
        #[arg(value_name = "操作者番号", value_parser = operator_id)]
        number: OperatorId,
    },
}

/// 新しい操作者を登録する（パスワードは本人が権限管理の担当のそばで入力する）
#[derive(Args, Debug)]
struct Enroll {
    /// 新しい操作者番号
    #[arg(value_name = "操作者番号", value_parser = operator_id)]
    number: OperatorId,
    /// 名前
    #[arg(long, value_name = "名前")]
    name: String,
    /// 役割（clerk 窓口、verifier 承認、officer 抽出・印刷、supervisor 監督、rights_administrator 権限管理、number_handler 個人番号、technician 技術、official 責任者。くりかえして書ける）
    #[arg(long = "role", value_name = "役割", required = true, value_parser = role)]
    roles: Vec<Role>,
    /// 使える端末（くりかえして書ける。書かないときは市のすべての端末）
    #[arg(long = "terminal", value_name = "端末番号", value_parser = terminal_id)]
    terminals: Vec<TerminalId>,
    /// 最後の日（YYYY-MM-DD。書かないときは年度の終わり）
    #[arg(long, value_name = "日付")]
    until: Option<NaiveDate>,
    /// 承認する人の操作者番号（窓口のほかの役割のとき要る。監督か別の権限管理の担当。パスワードは最後にきく）
    #[arg(long, value_name = "操作者番号", value_parser = operator_id)]
    second: Option<OperatorId>,
}

/// 権限か期間を変える（監督か別の権限管理の担当が同じ端末で承認する）
#[derive(Args, Debug)]
struct Rights {
    /// 変える人の操作者番号
    #[arg(value_name = "操作者番号", value_parser = operator_id)]
    number: OperatorId,
    /// 変えたあとの役割のすべて（くりかえして書ける。書かないときは今のまま）
    #[arg(long = "role", value_name = "役割", required_unless_present = "until", value_parser = role)]
    roles: Vec<Role>,
    /// 最後の日（YYYY-MM-DD。書かないときは今のまま）
    #[arg(long, value_name = "日付")]
    until: Option<NaiveDate>,
    /// 承認する監督か権限管理の担当の操作者番号（パスワードは2番目にきく）
    #[arg(long, value_name = "操作者番号", value_parser = operator_id)]
    second: OperatorId,
}

/// 離任・失効を記録する（その人の鍵を消し、端末の鍵を新しくする）
#[derive(Args, Debug)]
struct Depart {
    /// 離れる人の操作者番号
    #[arg(value_name = "操作者番号", value_parser = operator_id)]
    number: OperatorId,
    /// わけ（departed 離任、lost 紛失、exposed 漏えいのおそれ。書かないときは離任）
    #[arg(long, value_name = "わけ", value_enum, default_value = "departed")]
    reason: Reason,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Reason {
    /// 離任
    Departed,
    /// 紛失
    Lost,
    /// 漏えいのおそれ
    Exposed,
}

impl Operators {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let mut passwords = Passwords::of(global)?;
        if let What::Password {} = self.what {
            return change_password(global, &mut passwords);
        }
        let (office, session) = global.open_with(&mut passwords)?;
        let done = self.with(&office, &session, &mut passwords);
        let signed_out = office.sign_out(&session);
        let told = done?;
        // Who has recorded her own departure has no session left to sign out of.
        if !self.ends(&session) {
            signed_out?;
        }
        print!("{told}");
        Ok(())
    }

    fn ends(&self, session: &Session) -> bool {
        matches!(&self.what, What::Depart(depart) if depart.number == *session.operator())
    }

    fn with(&self, office: &Office, session: &Session, passwords: &mut Passwords) -> Result<String, Refused> {
        match &self.what {
            What::List {} => list(office),
            What::Enroll(enroll) => enroll.run(office, session, passwords),
            What::Rights(rights) => rights.run(office, session, passwords),
            What::Depart(depart) => {
                office.depart(session, &depart.number, depart.reason.reason())?;
                Ok(format!(
                    "操作者 {} はもうサインインできません。端末の鍵を新しくしました。\n",
                    depart.number.0
                ))
            }
            What::GrantNumberKey { number } => {
                office.grant_number_key(session, number)?;
                Ok(format!("個人番号の鍵を操作者 {} に渡しました。\n", number.0))
            }
            What::Password {} => Ok(String::new()),
        }
    }
}

impl Enroll {
    fn run(&self, office: &Office, session: &Session, passwords: &mut Passwords) -> Result<String, Refused> {
        let usual = setup::usual_validity(office.today());
        let title = format!("{}（{}）の新しいパスワード", self.name, self.number.0);
        let password = passwords.new_one(&title, |text| {
            setup::check_new_password(text, &self.number.0, &self.name)
        })?;
        let new = NewOperator {
            operator: self.number.clone(),
            name: self.name.clone(),
            roles: self.roles.iter().copied().collect(),
            terminals: self.terminals.clone(),
            validity: Validity {
                until: self.until.unwrap_or(usual.until),
                ..usual
            },
            password,
        };
        let second = match &self.second {
            Some(second) => Some(signed_in(office, session, second, passwords)?),
            None => None,
        };
        let enrolled = office.enroll_operator(session, second.as_ref(), &new, standard_cost());
        if let Some(second) = second {
            office.sign_out(&second)?;
        }
        enrolled?;
        Ok(format!(
            "操作者 {}（{}）を登録しました。{} まで使えます。{}\n",
            self.number.0,
            new.roles.titles(),
            short(new.validity.until),
            key_to_come(office, &self.number)
        ))
    }
}

impl Rights {
    fn run(&self, office: &Office, session: &Session, passwords: &mut Passwords) -> Result<String, Refused> {
        let lines = office.operators()?;
        let now = lines
            .iter()
            .find(|line| line.operator == self.number && !line.revoked)
            .ok_or(PeopleError::NotFound)?;
        let roles = if self.roles.is_empty() {
            now.roles
        } else {
            Roles::of(&self.roles)
        };
        let validity = Validity {
            until: self.until.unwrap_or(now.validity.until),
            ..now.validity
        };
        eprintln!(
            "{}\t{} → {}\t{} → {}",
            self.number.0,
            now.roles.titles(),
            roles.titles(),
            short(now.validity.until),
            short(validity.until)
        );
        let second = signed_in(office, session, &self.second, passwords)?;
        let changed = office.change_rights(session, &second, &self.number, roles, validity);
        let signed_out = office.sign_out(&second);
        changed?;
        signed_out?;
        Ok(format!(
            "操作者 {} の権限は {}、{} までです。{}\n",
            self.number.0,
            roles.titles(),
            short(validity.until),
            key_to_come(office, &self.number)
        ))
    }
}

/// The second person, who consents.
fn signed_in(
    office: &Office,
    session: &Session,
    second: &OperatorId,
    passwords: &mut Passwords,
) -> Result<Session, Refused> {
    let password = passwords.one(&format!("承認する操作者 {} のパスワード", second.0))?;
    Ok(office.second_person(session, &second.0, &password)?)
}

impl Reason {
    fn reason(self) -> RevocationReason {
        match self {
            Self::Departed => RevocationReason::Departed,
            Self::Lost => RevocationReason::Lost,
            Self::Exposed => RevocationReason::Exposed,
        }
    }
}

fn key_to_come(office: &Office, number: &OperatorId) -> &'static str {
    if office.without_number_key().contains(number) {
        "個人番号を見るには、鍵を持つ担当が operators grant-number-key で鍵を渡してください。"
    } else {
        ""
    }
}

fn list(office: &Office) -> Result<String, Refused> {
    let waiting = office.without_number_key();
    let today = office.today();
    let lines = office.operators()?;
    Ok(lines
        .iter()
        .map(|line| {
            let key = if waiting.contains(&line.operator) && !line.revoked {
                "個人番号の鍵を待っています"
            } else {
                ""
            };
            let state = state(line, today);
            let (roles, until) = (line.roles.titles(), short(line.validity.until));
            format!(
                "{}\t{}\t{roles}\t{until} まで\t{state}\t{key}\n",
                line.operator.0, line.name
            )
        })
        .collect())
}

fn state(line: &OperatorLine, today: NaiveDate) -> &'static str {
    match (line.revoked, line.validity.holds(today)) {
        (true, _) => "離任・失効",
        (false, true) => "使える",
        (false, false) => "期間の外",
    }
}

/// パスワードを変える. Where the old one has lapsed this goes by the doorstep, since no session opens.
fn change_password(global: &Global, passwords: &mut Passwords) -> Result<(), Refused> {
    let home = Home::new(global.home()?);
    home.label()?;
    let operator = global.operator()?;
    let old = passwords.one(&format!("操作者 {operator} の今のパスワード"))?;
    let title = format!("操作者 {operator} の新しいパスワード");
    match office::open(&home, Machine::real(), operator, &old) {
        Ok((office, session)) => {
            let check = |text: &str| setup::check_new_password(text, operator, session.name());
            let changed = passwords
                .new_one(&title, check)
                .and_then(|new| Ok(office.change_password(&session, &old, &new)?));
            office.sign_out(&session)?;
            changed?;
        }
        Err(SignInError::PasswordExpired) => {
            let new = passwords.new_one(&title, |text| setup::check_new_password(text, operator, ""))?;
            let machine = Machine::real();
            Doorstep::open(&home, &machine)?.change_password(&machine, operator, &old, &new)?;
        }
        Err(error) => return Err(error.into()),
    }
    println!("パスワードを変えました。次から新しいパスワードでサインインしてください。");
    Ok(())
}

fn operator_id(text: &str) -> Result<OperatorId, String> {
    parse_operator_id(text).ok_or_else(|| "半角の英数字16字まで".to_owned())
}

fn terminal_id(text: &str) -> Result<TerminalId, String> {
    parse_terminal_id(text).ok_or_else(|| "半角の英数字16字まで".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "役割のコード".to_owned())
}
