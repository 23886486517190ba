//! 住民検索. What a clerk types in one line (kana, kanji, birth date, numbers, in any order and width) becomes
//! questions; the answer is one event that says the kind of question, the count and whom she saw, never what she
//! typed.

use std::fmt;

use chrono::NaiveDate;

use crate::{
    domain::{audit::Event, deed::Deed, kana, name, wareki},
    office::{DeedError, Office, Session},
    store::{
        Connection, StoreError,
        search::{self, Found, MOST_COUNTED, MOST_SHOWN, Question},
    },
};

pub use crate::store::resident::ResidentLine;

/// Longest question, in letters.
const LONGEST: usize = 80;
/// 券番号 have so many digits.
const VOUCHER_DIGITS: usize = 10;

/// 検索の答え.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub lines: Vec<ResidentLine>,
    pub count: u32,
    /// What to do where nobody was found.
    pub advice: Option<String>,
}

impl Answer {
    /// 「11人」, 「200人以上」.
    pub fn count_words(&self) -> String {
        match self.count {
            MOST_COUNTED.. => format!("{MOST_COUNTED}人以上"),
            count => format!("{count}人"),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum SearchError {
    Empty,
    TooLong,
    Deed(DeedError),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::Empty => {
                f.write_str("カナ、漢字、生年月日、宛名番号、券番号のどれかを入れてください。")
            }
            SearchError::TooLong => write!(f, "さがす言葉は{LONGEST}字までです。短くしてください。"),
            SearchError::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SearchError {}

impl From<DeedError> for SearchError {
    fn from(error: DeedError) -> Self {
        SearchError::Deed(error)
    }
}

impl From<StoreError> for SearchError {
    fn from(error: StoreError) -> Self {
        SearchError::Deed(error.into())
    }
}

/// 問い. What a line asks: the questions of which the first that finds somebody is the answer, and the words of
/// the event.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    pub questions: Vec<Question>,
    /// Kinds of what was typed, e.g. `kana+birth`.
    pub kind: String,
}

impl Asked {
    /// Reads a line. `today` is for short forms of days.
    ///
    /// # Errors
    /// Empty or too long.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, SearchError> {
        if text.chars().count() > LONGEST {
            return Err(SearchError::TooLong);
        }
        let mut question = Question::default();
        let mut number = None;
        let mut kinds = Vec::new();
        for part in text.split_whitespace() {
            let plain: String = part.chars().filter(|c| !matches!(c, '-' | '－' | '‐')).collect();
            let digits = half_width_digits(&plain);
            let day = birth_day(part, today);
            if let Some(day) = day {
                question.birth_on = Some(day);
                kinds.push("birth");
            }
            if let Some(digits) = digits {
                if day.is_none() {
                    kinds.push("number");
                }
                number = Some(digits);
            } else if day.is_none() {
                let (key, kind) = match kana::is_reading(part) {
                    true => (kana::search_key(part), "kana"),
                    false => (name::search_key(part), "written"),
                };
                if !key.is_empty() {
                    question.words.push(key);
                    kinds.push(kind);
                }
            }
        }
        join_reading(&mut question, &kinds);
        let mut questions = Vec::new();
        if question != Question::default() {
            questions.push(question.clone());
        }
        if let Some(number) = number {
            let by_number = Question {
                birth_on: None,
                ..question
            };
            if number.len() == VOUCHER_DIGITS {
                questions.push(Question {
                    voucher_number: Some(number.clone()),
                    ..by_number.clone()
                });
            }
            questions.push(Question {
                atena_number: Some(number),
                ..by_number
            });
        }
        match questions.is_empty() {
            true => Err(SearchError::Empty),
            false => Ok(Asked {
                questions,
                kind: kinds.join("+"),
            }),
        }
    }

    /// Asks the questions until one finds somebody.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn find(&self, connection: &Connection) -> Result<Found, StoreError> {
        for question in &self.questions {
            let found = search::find(connection, question)?;
            if found.count > 0 {
                return Ok(found);
            }
        }
        Ok(Found::default())
    }
}

/// 「ささき ひ」 is one reading from its beginning; two words that are not both kana are asked one by one.
fn join_reading(question: &mut Question, kinds: &[&str]) {
    let names: Vec<&&str> = kinds
        .iter()
        .filter(|kind| matches!(**kind, "kana" | "written"))
        .collect();
    let same = names.windows(2).all(|pair| pair.first() == pair.last());
    if question.words.len() > 1 && same {
        question.words = vec![question.words.concat()];
    }
}

fn half_width_digits(text: &str) -> Option<String> {
    let digits: Option<String> = text
        .chars()
        .map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32),
            _ => None,
        })
        .collect();
    digits.filter(|digits| digits.len() >= 2)
}

/// A day that could be a birth date: with its era or year. Month and day alone would be a number.
fn birth_day(part: &str, today: NaiveDate) -> Option<NaiveDate> {
    let digits = half_width_digits(part);
    if digits.is_some_and(|digits| digits.len() < 7) || part.chars().count() < 4 {
        return None;
    }
    wareki::parse(part, today).ok().filter(|day| *day <= today)
}

impl Office {
    /// 住民をさがす. One event: kind of question, count, whom she saw (the first 50).
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn search(&self, session: &Session, text: &str, today: NaiveDate) -> Result<Answer, SearchError> {
        let asked = Asked::parse(text, today)?;
        self.deed(session, Deed::Search, |transaction| {
            let found = asked.find(transaction.connection())?;
            let mut event = Event::new(Deed::Search)
                .detail("kind", &asked.kind)
                .detail("count", found.count);
            event.about = found
                .lines
                .iter()
                .take(MOST_SHOWN)
                .map(|line| line.subject)
                .collect();
            transaction.event(event);
            let advice = (found.count == 0).then(|| {
                format!(
                    "「{}」に合う人はいません。濁点を取るか、生年月日だけで さがしてください。",
                    text.trim()
                )
            });
            Ok(Answer {
                lines: found.lines,
                count: found.count,
                advice,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::parse(text, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap())
            .ok()
            .unwrap()
    }

    #[test]
    fn a_line_becomes_reading_day_and_number() {
        let one = asked("ささき ひ");
        assert_eq!(
            (one.questions[0].words.clone(), one.kind.as_str()),
            (vec!["ササキヒ".into()], "kana+kana")
        );
        let born = NaiveDate::from_ymd_opt(2025, 5, 14);
        for text in [
            "R7.5.14",
            "2025-05-14",
            "20250514",
            "r070514",
            "令和7年5月14日",
            "２０２５０５１４",
        ] {
            assert_eq!(asked(text).questions[0].birth_on, born, "{text}");
        }
        let both = asked("佐々木 R7.5.14");
        assert_eq!(
            (both.questions[0].birth_on, both.kind.as_str()),
            (born, "written+birth")
        );
        assert_eq!(
            asked("1048-2232").questions[0].atena_number.as_deref(),
            Some("10482232")
        );
        assert_eq!(asked("葛󠄀城 陽葵").questions[0].words, ["葛城陽葵"]);
    }

    #[test]
    fn nothing_is_asked_by_nothing() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert!(matches!(Asked::parse(" 　", today), Err(SearchError::Empty)));
        assert!(matches!(
            Asked::parse(&"あ".repeat(81), today),
            Err(SearchError::TooLong)
        ));
    }
}
