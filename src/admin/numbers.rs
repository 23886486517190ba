//! 番号の命令. Shows from which blocks this terminal numbers vouchers and certificates, and assigns fresh ones, after
//! a restore or when they run out. That no number is used twice is the office's to keep.

use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    domain::trust::NumberSeries,
    office::Office,
};

/// 券と証明書の番号の割当て
#[derive(Args, Debug)]
pub(super) struct Numbers {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// この端末の割当てと残りを表示する
    Show {},
    /// この端末に新しい番号を割り当てる（今の割当ての残りは、もう使われない）
    Assign {},
}

impl Numbers {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let done = match self.what {
            What::Show {} => Ok(()),
            What::Assign {} => office.assign_number_blocks(&session),
        };
        let told = done.map_err(Refused::from).and_then(|()| lines(&office));
        office.sign_out(&session)?;
        print!("{}", told?);
        Ok(())
    }
}

fn lines(office: &Office) -> Result<String, Refused> {
    let (blocks, hindrance) = office.number_blocks()?;
    let mut told: String = blocks
        .iter()
        .map(|line| {
            let what = match line.block.series {
                NumberSeries::Voucher => "接種券",
                NumberSeries::Certificate => "証明書",
            };
            format!(
                "{what}\t{:09}〜{:09}\t残り {}\n",
                line.block.first, line.block.last, line.left
            )
        })
        .collect();
    if let Some(hindrance) = hindrance {
        told.push_str(&format!("{hindrance}\n"));
    }
    Ok(told)
}
