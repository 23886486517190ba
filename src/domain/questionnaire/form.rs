//! 予診票の様式. The questions of a form with their usual answers, as the entry needs them: short wording, and
//! which answer asks for a look. The full wording and the look of the paper belong to the printed form.

use serde::{Deserialize, Serialize};

use super::{Answer, FormRef, Reply, Signer};

/// 質問の1行.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Question {
    pub number: u8,
    /// Short wording, at most 14 letters.
    pub text: String,
    /// 標準の答え.
    pub usual: Reply,
}

/// 様式の質問.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QuestionForm {
    pub form: FormRef,
    pub title: String,
    /// Programmes the form is used for.
    pub programmes: Vec<String>,
    /// Who may sign, in the order of the chips.
    pub signers: Vec<Signer>,
    pub questions: Vec<Question>,
}

impl QuestionForm {
    /// All usual answers, as the key 0 enters them.
    pub fn usual_answers(&self) -> Vec<Answer> {
        self.questions
            .iter()
            .map(|question| Answer {
                question: question.number,
                reply: question.usual,
                physician_noted: None,
            })
            .collect()
    }

    /// 標準とちがう答え: the numbers of the questions, in the order of the sheet.
    pub fn diverging(&self, answers: &[Answer]) -> Vec<u8> {
        self.questions
            .iter()
            .filter(|question| {
                answers
                    .iter()
                    .any(|answer| answer.question == question.number && answer.reply != question.usual)
            })
            .map(|question| question.number)
            .collect()
    }

    /// Numbers of the questions without any answer yet.
    pub fn unanswered(&self, answers: &[Answer]) -> Vec<u8> {
        self.questions
            .iter()
            .map(|question| question.number)
            .filter(|number| !answers.iter().any(|answer| answer.question == *number))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_answers_diverge_nowhere_and_a_turned_one_does() {
        let question = |number, usual| Question {
            number,
            text: String::new(),
            usual,
        };
        let form = QuestionForm {
            form: FormRef {
                id: "Y-01".into(),
                version: "R8-2".into(),
            },
            title: String::new(),
            programmes: vec![],
            signers: vec![],
            questions: vec![question(1, Reply::Yes), question(2, Reply::No)],
        };
        let mut answers = form.usual_answers();
        assert!(form.diverging(&answers).is_empty());
        answers[1].reply = Reply::Yes;
        assert_eq!(form.diverging(&answers), [2]);
        assert_eq!(form.unanswered(&answers[..1]), [2]);
    }
}
