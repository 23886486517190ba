//! 番号の命令. Shows from which blocks this terminal numbers vouchers and certificates, and assigns fresh ones, after
//! a restore or when they run out. That no number is used twice is the office's to keep.

use clap::{Args, Subcommand};

use crate::{
    admin::{Global, Refused},
    domain::trust::NumberSeries,
    office::{Office, Session},
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
    Assign {
        /// 今の割当てが使えて残りがあるときも、残りを捨てて割り当てる
        #[arg(long)]
        give_up_rest: bool,
    },
}

impl Numbers {
    pub(super) fn run(&self, global: &Global) -> Result<(), Refused> {
        let (office, session) = global.open()?;
        let done = match self.what {
            What::Show {} => Ok(()),
            What::Assign { give_up_rest } => assign(&office, &session, give_up_rest),
        };
        let told = done.and_then(|()| lines(&office));
        office.sign_out(&session)?;
        print!("{}", told?);
        Ok(())
    }
}

/// There is a tenth of all numbers in each block, so good ones aren't given up by a slip of the hand.
fn assign(office: &Office, session: &Session, give_up_rest: bool) -> Result<(), Refused> {
    let (blocks, hindrance) = office.number_blocks()?;
    let all_good = hindrance.is_none() && blocks.iter().all(|line| line.left > 0);
    if all_good && !give_up_rest {
        return Err(Refused::new(
            "今の割当てにまだ番号が残っていて、使えます。それでも割り当てるときは --give-up-rest を付けてください。残りは、もう使われません。",
        ));
    }
    Ok(office.assign_number_blocks(session)?)
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
