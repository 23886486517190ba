//! 住民検索. What a clerk types in one line (kana, kanji, birth date, numbers, in any order and width) becomes
//! questions; the answer is one event that says the kind of question, the count and whom she saw, never what she
//! typed.

use std::fmt;

use chrono::NaiveDate;

use crate::{
    domain::{
        address, audit::Event, deed::Deed, identifier::IndividualNumber, kana, name, voucher::VoucherNumber,
        wareki,
    },
    office::{DeedError, Office, Session, individual_number::NumberKeyError},
    rules::rights,
    store::{
        Connection, StoreError, resident,
        search::{self, Found, MOST_COUNTED, MOST_SHOWN, Question},
    },
};

pub use crate::store::resident::ResidentLine;

/// Longest question, in letters.
const LONGEST: usize = 80;
/// 券番号 have so many digits.
const VOUCHER_DIGITS: usize = 10;
/// And 個人番号 so many.
const INDIVIDUAL_DIGITS: usize = 12;

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
    /// Twelve digits whose check digit does not agree.
    WrongIndividualNumber,
    /// Twelve digits, keyed by somebody who may not search by 個人番号.
    NotANumberHandler,
    Number(NumberKeyError),
    Deed(DeedError),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::Empty => {
                f.write_str("カナ、漢字、生年月日、宛名番号、券番号のどれかを入れてください。")
            }
            SearchError::TooLong => write!(f, "さがす言葉は{LONGEST}字までです。短くしてください。"),
            SearchError::WrongIndividualNumber => {
                f.write_str("個人番号の検査数字が合いません。12けたをもう一度見てください。")
            }
            SearchError::NotANumberHandler => f.write_str(
                "12けたの個人番号では、個人番号の担当だけがさがせます。カナか生年月日でさがしてください。",
            ),
            SearchError::Number(error) => error.fmt(f),
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
    /// What to say where nobody is found and a number was mistyped.
    pub mistyped: Option<String>,
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
        for part in parts(text).iter().map(String::as_str) {
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
                    false => (written_key(part), "written"),
                };
                if !key.is_empty() {
                    question.words.push(key);
                    kinds.push(kind);
                }
            }
        }
        let apart = question.clone();
        join_reading(&mut question, &kinds);
        let mut questions = Vec::new();
        let mut mistyped = None;
        if question != Question::default() {
            questions.push(question.clone());
        }
        if apart != question {
            questions.push(apart);
        }
        if let Some(number) = number {
            let by_number = Question {
                birth_on: None,
                ..question
            };
            if number.len() == VOUCHER_DIGITS {
                mistyped = VoucherNumber::parse(&number)
                    .err()
                    .map(|problem| problem.to_string());
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
                mistyped,
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

/// The parts of a line; digits in groups, as a number is printed, are one part.
fn parts(text: &str) -> Vec<String> {
    let parts: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let is_number = |part: &String| part.chars().all(|c| matches!(c, '0'..='9' | '０'..='９'));
    match parts.iter().all(is_number) {
        true => vec![parts.concat()],
        false => parts,
    }
}

/// The key of a written word; one with numbers can only be an address.
fn written_key(part: &str) -> String {
    let key = name::search_key(part);
    match key.contains(|c: char| c.is_ascii_digit() || c == '市') {
        true => address::search_key(part),
        false => key,
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

/// Twelve digits and nothing else, in groups or not.
fn individual_number(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '‐'))
        .collect();
    half_width_digits(&plain).filter(|digits| digits.len() == INDIVIDUAL_DIGITS)
}

impl Office {
    /// 住民をさがす. One event: kind of question, count, whom she saw (the first 50).
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn search(&self, session: &Session, text: &str, today: NaiveDate) -> Result<Answer, SearchError> {
        let mut answer = self.find_people(session, text, today)?;
        let districts = self.districts()?;
        for line in &mut answer.lines {
            line.district = districts.name(&line.district).to_owned();
        }
        Ok(answer)
    }

    fn find_people(&self, session: &Session, text: &str, today: NaiveDate) -> Result<Answer, SearchError> {
        if let Some(digits) = individual_number(text) {
            return self.search_by_individual_number(session, &digits);
        }
        let asked = Asked::parse(text, today)?;
        // Asked where nothing is written, so that its pages stay in memory while jobs write; nobody sees the answer
        // without the deed.
        let found = self.read(|connection| asked.find(connection))?;
        self.deed(session, Deed::Search, |transaction| {
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
                asked.mistyped.clone().unwrap_or_else(|| {
                    format!(
                        "「{}」に合う人はいません。濁点を取るか、生年月日だけで さがしてください。",
                        text.trim()
                    )
                })
            });
            Ok(Answer {
                lines: found.lines,
                count: found.count,
                advice,
            })
        })
    }

    /// Twelve digits: for a number handler a 個人番号, which neither event nor answer repeats. For others it may be
    /// a long 宛名番号 still.
    fn search_by_individual_number(&self, session: &Session, digits: &str) -> Result<Answer, SearchError> {
        if !rights::embedded().may(session.roles(), Deed::SearchIndividualNumber) {
            let question = Question {
                atena_number: Some(digits.to_owned()),
                ..Question::default()
            };
            let found = self.deed(session, Deed::Search, |transaction| {
                let found = search::find(transaction.connection(), &question)?;
                let mut event = Event::new(Deed::Search)
                    .detail("kind", "number")
                    .detail("count", found.count);
                event.about = found.lines.iter().map(|line| line.subject).collect();
                transaction.event(event);
                Ok::<_, SearchError>(found)
            })?;
            return match found.count {
                0 => Err(SearchError::NotANumberHandler),
                count => Ok(Answer {
                    lines: found.lines,
                    count,
                    advice: None,
                }),
            };
        }
        let number = IndividualNumber::parse(digits).map_err(|_| SearchError::WrongIndividualNumber)?;
        let found = self
            .search_individual_number(session, &number)
            .map_err(SearchError::Number)?;
        let lines = self.read(|connection| {
            let lines = found.iter().map(|subject| resident::line(connection, *subject));
            lines.collect::<Result<Vec<_>, _>>()
        })?;
        let lines: Vec<ResidentLine> = lines.into_iter().flatten().collect();
        let count = lines.len() as u32;
        Ok(Answer {
            lines,
            count,
            advice: (count == 0).then(|| "この個人番号の方は台帳にいません。".to_owned()),
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
