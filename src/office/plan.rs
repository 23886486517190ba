//! 準備の計画. The file from which a terminal is set up (`setup PLAN.toml`): who and where, no secrets. Passwords and
//! passphrases are asked for in the order in which the plan lists people. Also the sheet of a recovery medium.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::{
    domain::{
        operator::{self, Role, Validity},
        revision::{OperatorId, TerminalId},
    },
    office::{
        home::TerminalLabel,
        setup::{RecoveryMedium, SetUpError},
    },
};

/// 準備の計画.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    pub label: TerminalLabel,
    pub operators: Vec<PlannedOperator>,
    /// 責任者の人数.
    pub officials: u8,
    pub validity: Validity,
}

/// 計画の操作者.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedOperator {
    pub operator: OperatorId,
    pub name: String,
    pub roles: operator::Roles,
    pub terminals: Vec<TerminalId>,
    pub validity: Validity,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    city: String,
    office: String,
    terminal: String,
    #[serde(default)]
    officials: u8,
    operators: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: String,
    name: String,
    roles: Vec<String>,
    #[serde(default)]
    terminals: Vec<String>,
    until: Option<String>,
}

impl Plan {
    /// 計画を読む. `today` is the first day of everything; certificates end with the fiscal year (31 March) unless
    /// the plan says otherwise. `entry` names the terminal's entry in the keychain.
    ///
    /// # Errors
    /// [`SetUpError::Plan`] with what is wrong.
    pub fn parse(text: &str, today: NaiveDate, entry: &str) -> Result<Self, SetUpError> {
        let file: File =
            toml::from_str(text).map_err(|error| SetUpError::Plan(error.message().to_owned()))?;
        let wrong = |what: &str, value: &str| SetUpError::Plan(format!("{what} {value}"));
        let terminal =
            operator::parse_terminal_id(&file.terminal).ok_or_else(|| wrong("terminal", &file.terminal))?;
        let usual = Validity {
            from: today,
            until: end_of_fiscal_year(today),
        };
        let mut operators = Vec::new();
        for line in &file.operators {
            let operator =
                operator::parse_operator_id(&line.number).ok_or_else(|| wrong("number", &line.number))?;
            let role = |code: &String| Role::parse(code).ok_or_else(|| wrong("roles", code));
            let terminal =
                |id: &String| operator::parse_terminal_id(id).ok_or_else(|| wrong("terminals", id));
            let until = match &line.until {
                Some(day) => day.parse().map_err(|_| wrong("until", day))?,
                None => usual.until,
            };
            operators.push(PlannedOperator {
                operator,
                name: line.name.clone(),
                roles: line.roles.iter().map(role).collect::<Result<_, _>>()?,
                terminals: line.terminals.iter().map(terminal).collect::<Result<_, _>>()?,
                validity: Validity { from: today, until },
            });
        }
        let mut numbers: Vec<_> = operators.iter().map(|new| &new.operator).collect();
        numbers.sort();
        if operators.is_empty() || numbers.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(SetUpError::Operators);
        }
        let label = TerminalLabel {
            terminal: terminal.0,
            office: file.office,
            city: file.city,
            demo: false,
            entry: entry.to_owned(),
        };
        Ok(Self {
            label,
            operators,
            officials: file.officials,
            validity: usual,
        })
    }
}

/// 年度の終わり, at least 60 days away: a set-up in February is good until the March after next.
pub(in crate::office) fn end_of_fiscal_year(today: NaiveDate) -> NaiveDate {
    let far = today + chrono::TimeDelta::days(60);
    let year = if far.month() >= 4 {
        far.year() + 1
    } else {
        far.year()
    };
    NaiveDate::from_ymd_opt(year, 3, 31).unwrap_or(far)
}

/// 復旧媒体の紙. Text and QR code (in block characters) of one official, to be printed or kept on a medium.
#[must_use]
pub fn recovery_sheet(label: &TerminalLabel, medium: &RecoveryMedium, on: NaiveDate) -> String {
    let mut sheet = format!(
        "{}　復旧媒体　責任者 {}　（{on} 端末 {}）\n\n\
         この紙（媒体）と合言葉は責任者が別々に保管してください。2人そろうとデータベースの鍵が開きます。\n\
         端末やその近くには置かないでください。\n\n",
        label.city, medium.number, label.terminal
    );
    sheet.push_str(&qr_blocks(
        &medium.text.split_whitespace().collect::<Vec<_>>().join(" "),
    ));
    sheet.push('\n');
    sheet.push_str(&medium.text);
    sheet
}

/// Two rows of modules in one line of half blocks, with a quiet zone; empty where the text is too long for a QR.
fn qr_blocks(text: &str) -> String {
    let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Low) else {
        return String::new();
    };
    let (border, size) = (2, code.size());
    let mut blocks = String::new();
    for y in (-border..size + border).step_by(2) {
        for x in -border..size + border {
            blocks.push(match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        blocks.push('\n');
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "city = \"はまかぜ市\"\noffice = \"港\"\nterminal = \"T01\"\nofficials = 3\n\
        [[operators]]\nnumber = \"9001\"\nname = \"管理 直子\"\nroles = [\"rights_administrator\"]\n\
        [[operators]]\nnumber = \"9002\"\nname = \"監督 明\"\nroles = [\"supervisor\"]\nuntil = \"2026-12-31\"\n";

    fn parse(text: &str) -> Result<Plan, SetUpError> {
        Plan::parse(text, "2026-11-24".parse().unwrap(), "T01-x")
    }

    #[test]
    fn a_plan_is_read_with_periods_to_the_end_of_the_fiscal_year() {
        let plan = parse(GOOD).unwrap();
        assert_eq!(plan.officials, 3);
        assert_eq!(plan.operators[0].validity.until.to_string(), "2027-03-31");
        assert_eq!(plan.operators[1].validity.until.to_string(), "2026-12-31");
        assert_eq!(
            end_of_fiscal_year("2027-02-10".parse().unwrap()).to_string(),
            "2028-03-31"
        );
    }

    #[test]
    fn what_is_wrong_in_a_plan_is_named() {
        for (from, to, named) in [
            ("supervisor", "queen", "queen"),
            ("2026-12-31", "2026-13-31", "2026-13-31"),
            ("T01", "T/01", "T/01"),
            ("officials", "offcials", "offcials"),
        ] {
            let error = parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(
                matches!(&error, SetUpError::Plan(why) if why.contains(named)),
                "{error}"
            );
        }
        assert!(matches!(
            parse(&GOOD.replace("9002", "9001")),
            Err(SetUpError::Operators)
        ));
    }
}
