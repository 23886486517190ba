//! 日時の見張り. Whether the clock of this terminal may be believed: deeds wait for a supervisor when it runs behind
//! what has already happened here, or far ahead of the last word from the center. Order never depends on the
//! clock; this guards the days that law and paper show.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

/// Furthest the clock may be behind the last event.
pub const MOST_BEHIND: TimeDelta = TimeDelta::minutes(2);
/// Furthest the clock may be ahead of the last receipt.
pub const MOST_AHEAD: TimeDelta = TimeDelta::days(60);

/// What is known of time on this terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Witness {
    /// The newest event of the audit chain.
    pub last_event_at: Option<DateTime<Utc>>,
    /// The newest receipt of the center; none before the first.
    pub last_receipt_at: Option<DateTime<Utc>>,
    /// When a supervisor last confirmed date and time, by the clock she saw.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Why the clock is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockDoubt {
    Behind,
    Ahead,
}

impl fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Behind => {
                "この端末の時計が、最後の操作より前の日時になっています。日時を直すか、監督者が日時を確認してから、もう一度行ってください。"
            }
            Self::Ahead => {
                "この端末の時計が、最後の同期から60日を超えて進んでいます。日時を直すか、監督者が日時を確認してから、もう一度行ってください。"
            }
        })
    }
}

impl std::error::Error for ClockDoubt {}

impl Witness {
    /// # Errors
    /// [`ClockDoubt`] where deeds have to wait for a supervisor.
    pub fn believe(&self, now: DateTime<Utc>) -> Result<(), ClockDoubt> {
        if self.last_event_at.is_some_and(|last| now < last - MOST_BEHIND) {
            return Err(ClockDoubt::Behind);
        }
        let newest_word = self.last_receipt_at.max(self.confirmed_at);
        let ahead = newest_word.is_some_and(|word| now > word + MOST_AHEAD);
        if self.last_receipt_at.is_some() && ahead {
            return Err(ClockDoubt::Ahead);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64, seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(days) + TimeDelta::seconds(seconds)
    }

    #[test]
    fn two_minutes_behind_the_last_event_is_the_limit() {
        let witness = Witness {
            last_event_at: Some(at(100, 0)),
            ..Witness::default()
        };
        assert_eq!(witness.believe(at(100, -120)), Ok(()));
        assert_eq!(witness.believe(at(100, -121)), Err(ClockDoubt::Behind));
    }

    #[test]
    fn sixty_days_ahead_of_the_last_receipt_is_the_limit_until_a_supervisor_confirms() {
        let mut witness = Witness {
            last_receipt_at: Some(at(0, 0)),
            ..Witness::default()
        };
        assert_eq!(witness.believe(at(60, 0)), Ok(()));
        assert_eq!(witness.believe(at(60, 1)), Err(ClockDoubt::Ahead));
        witness.confirmed_at = Some(at(60, 1));
        assert_eq!(witness.believe(at(60, 2)), Ok(()));
    }

    #[test]
    fn a_terminal_that_never_had_a_receipt_is_not_ahead_of_one() {
        let witness = Witness {
            last_event_at: Some(at(0, 0)),
            ..Witness::default()
        };
        assert_eq!(witness.believe(at(400, 0)), Ok(()));
    }
}
