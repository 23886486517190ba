//! 番号の確かめ. Reads one number by the rule of its standard; exit code 1 and a sentence when it is wrong. The
//! number itself is never printed.

use clap::{Args, ValueEnum};

use crate::{
    admin::{Global, Refused},
    domain::identifier::{
        AtenaNumber, IndividualNumber, InstitutionCode, LgCode, MachineReadableZone, RunningNumberCheck,
    },
};

/// 番号の検査数字を確かめる（individual-number、lg-code、atena、institution、mrz）
#[derive(Args, Debug)]
pub(super) struct Check {
    /// 番号の種類
    #[arg(value_name = "種類", value_enum)]
    kind: Kind,
    /// 確かめる番号
    #[arg(value_name = "値", allow_hyphen_values = true)]
    value: String,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum Kind {
    IndividualNumber,
    LgCode,
    Atena,
    Institution,
    Mrz,
}

impl Check {
    pub(super) fn run(&self, _: &Global) -> Result<(), Refused> {
        println!("{}", sentence(self.kind, &self.value)?);
        Ok(())
    }
}

fn sentence(kind: Kind, value: &str) -> Result<&'static str, Refused> {
    match kind {
        Kind::IndividualNumber => IndividualNumber::parse(value).map(drop)?,
        Kind::LgCode => LgCode::parse(value).map(drop)?,
        Kind::Institution => InstitutionCode::parse(value).map(drop)?,
        Kind::Mrz => MachineReadableZone::parse(value).map(drop)?,
        Kind::Atena => match AtenaNumber::parse(value)?.check() {
            RunningNumberCheck::Agrees => {}
            // Old numbers carry no check digit, so this is said and not refused.
            RunningNumberCheck::Differs => {
                return Ok(
                    "検査数字は合いませんが、古い宛名番号には検査数字がありません。番号を見直してください。",
                );
            }
            RunningNumberCheck::Undefined => {
                return Ok("この宛名番号には標準の検査数字がありません。番号を見直してください。");
            }
        },
    }
    Ok("検査数字は合っています。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_right_and_wrong() {
        for (kind, right, wrong) in [
            (Kind::IndividualNumber, "621498320257", "123456789012"),
            (Kind::LgCode, "072044", "072045"),
            (Kind::Institution, "0110113719", "0110113718"),
            (Kind::Atena, "00000019", "12A"),
            (
                Kind::Mrz,
                "P<JPNTANAKA<<TAROU<<<<<<<<<<<<<<<<<<<<<<<<<<TR12345672JPN0001018M2501017<<<<<<<<<<<<<<08",
                "P<JPNTANAKA",
            ),
        ] {
            assert_eq!(sentence(kind, right).unwrap(), "検査数字は合っています。");
            let refused = sentence(kind, wrong).unwrap_err().to_string();
            assert!(!refused.contains(wrong), "{refused}");
        }
        assert!(sentence(Kind::Atena, "00123").unwrap().contains("古い"));
    }
}
