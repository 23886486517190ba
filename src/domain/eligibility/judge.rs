//! 接種記録の判定. Judges one dose that is being recorded, by the rule in force on its own day: what would not
//! be lawful is a stop, what is worth a look a warning. It never changes a record; judging again later is a
//! report.

use super::{
    Asked, Dose, Person, days,
    days::{Block, History},
    evaluate,
    product::{amounts_on, barrier, is_open},
};
use crate::domain::{
    date::short,
    evaluation::{Evaluation, Finding, ReasonCode, Severity},
    programme::{After, Programme},
    schedule::Schedule,
};

/// 接種記録の判定. `others` are the person's other doses, those of open conflicts included; the one judged is
/// not among them. Findings with stops first; empty means nothing to say.
pub fn judge(schedule: &Schedule, person: &Person, others: &[Dose], recorded: &Dose) -> Vec<Finding> {
    let Some(programme) = schedule.programme(recorded.programme) else {
        let sentence = "この予防接種の種類は決まりの表にありません。コードを見直してください。";
        return vec![Finding {
            severity: Severity::Stop,
            code: ReasonCode::NoSuchDose,
            sentence: sentence.to_owned(),
            citation: String::new(),
            next_on: None,
        }];
    };
    let mut judging = Judging {
        schedule,
        programme,
        person,
        others,
        recorded,
        findings: Vec::new(),
    };
    judging.resident();
    judging.duplicates();
    judging.window();
    judging.product();
    judging.amount();
    judging.other_vaccines();
    judging.old_limit();
    judging.later_doses();
    judging.findings.sort_by_key(|finding| finding.severity);
    judging.findings
}

struct Judging<'a> {
    schedule: &'a Schedule,
    programme: &'a Programme,
    person: &'a Person,
    others: &'a [Dose],
    recorded: &'a Dose,
    findings: Vec<Finding>,
}

impl Judging<'_> {
    fn find(&mut self, severity: Severity, code: ReasonCode, sentence: String, citation: &str) {
        self.findings.push(Finding {
            severity,
            code,
            sentence,
            citation: citation.to_owned(),
            next_on: None,
        });
    }

    fn resident(&mut self) {
        let on = self.recorded.given_on;
        let citation = "予防接種法第5条第1項";
        if self.person.birth.day().is_some_and(|birth| on < birth) {
            let birth = self.person.birth.day().map_or_else(String::new, short);
            let sentence = format!("生まれた日（{birth}）より前です。年を見直してください。");
            self.find(Severity::Stop, ReasonCode::Resident, sentence, citation);
        }
        if let Some(died_on) = self.person.facts.died_on.filter(|day| on > *day) {
            let sentence = format!(
                "亡くなった日（{}）より後です。紙と台帳を確かめてください。",
                short(died_on)
            );
            self.find(Severity::Stop, ReasonCode::Resident, sentence, citation);
        }
        if let Some(left) = self.person.facts.moved_out_on.filter(|day| on >= *day) {
            let sentence = format!(
                "この方は {} に転出しています。接種日が転出の前か確かめてください。",
                short(left)
            );
            self.find(Severity::Stop, ReasonCode::Resident, sentence, citation);
        }
    }

    fn duplicates(&mut self) {
        let same_day = self.others.iter().find(|dose| {
            self.programme.counts.contains(&dose.programme) && dose.given_on == self.recorded.given_on
        });
        if let Some(other) = same_day {
            let sentence = format!(
                "同じ日に同じ接種の記録があります（{}）。二重でないか見てください。",
                self.programme.dose_name(other.dose_number)
            );
            let citation = self.programme.citation.clone();
            self.find(Severity::Warning, ReasonCode::SameDay, sentence, &citation);
        }
    }

    /// Age, order, count and interval, by the engine that also answers the counter.
    fn window(&mut self) {
        let asked = Asked {
            programme: self.recorded.programme,
            dose: self.recorded.dose_number,
            product: self.recorded.product,
            shortened: true,
        };
        let before = self.before();
        let mut person = self.person.clone();
        if self.recorded.expected_on.is_some() {
            person.facts.expected_on = self.recorded.expected_on;
        }
        let on = self.recorded.given_on;
        let evaluation = evaluate(self.schedule, &person, &before, &asked, on);
        if !evaluation.is_eligible() {
            return self.refused(&evaluation, &before, &asked);
        }
        let aside = [
            ReasonCode::Standard,
            ReasonCode::Late,
            ReasonCode::Product,
            ReasonCode::PastEnd,
            ReasonCode::Covered,
        ];
        for reason in evaluation
            .reasons
            .iter()
            .filter(|reason| aside.contains(&reason.code))
        {
            self.find(
                Severity::Warning,
                reason.code,
                reason.sentence.clone(),
                &reason.citation,
            );
        }
        self.shortened(&person, &before, &asked);
    }

    fn refused(&mut self, evaluation: &Evaluation, before: &[Dose], asked: &Asked) {
        let history = History::of(self.programme, before);
        let gap = evaluation
            .reasons
            .iter()
            .rfind(|reason| reason.code == ReasonCode::Gap);
        let last = evaluation.reasons.last();
        let (code, sentence, citation) = match (gap, evaluation.next_on, history.latest()) {
            (Some(gap), Some(next), Some(_)) => (
                ReasonCode::Gap,
                format!(
                    "{}つぎに接種できる日は {} です。",
                    self.too_soon(before, asked),
                    short(next)
                ),
                gap.citation.clone(),
            ),
            _ => match (history.given(asked.dose), last) {
                (Some(given), Some(last)) => (
                    ReasonCode::Done,
                    format!(
                        "{}はもう受けています（{}）。回数を紙で確かめてください。",
                        self.programme.dose_name(asked.dose),
                        short(given.given_on)
                    ),
                    last.citation.clone(),
                ),
                (None, Some(last)) => (last.code, last.sentence.clone(), last.citation.clone()),
                (_, None) => return,
            },
        };
        self.findings.push(Finding {
            severity: Severity::Stop,
            code,
            sentence,
            citation,
            next_on: evaluation.next_on,
        });
    }

    /// 「前回から3月たっていません。」
    fn too_soon(&self, before: &[Dose], asked: &Asked) -> String {
        let history = History::of(self.programme, before);
        let on = self.recorded.given_on;
        let rules = self
            .programme
            .series
            .iter()
            .filter_map(|series| series.rule(asked.dose));
        let gaps = rules.flat_map(|rule| {
            rule.gaps
                .iter()
                .chain(rule.product_gaps.iter().map(|(_, gap)| gap))
        });
        let broken = gaps.filter_map(|gap| {
            let given = match gap.after {
                After::Dose(number) => history.given(number),
                After::Latest => history.latest(),
            }?;
            let interval = gap.shortened.unwrap_or(gap.interval);
            (on < interval.after(given.given_on)).then_some((given, interval))
        });
        match broken.max_by_key(|(given, interval)| interval.after(given.given_on)) {
            Some((given, interval)) => format!(
                "{}（{}）から{interval}以上あいていません。",
                self.programme.dose_name(given.dose_number),
                short(given.given_on)
            ),
            None => "まだ受けられる期間ではありません。".to_owned(),
        }
    }

    /// An interval that only the physician's decision allows.
    fn shortened(&mut self, person: &Person, before: &[Dose], asked: &Asked) {
        let ordinary = Asked {
            shortened: false,
            ..*asked
        };
        let on = self.recorded.given_on;
        let found = days(self.programme, person, before, &ordinary, on);
        if !found.united().iter().any(|span| span.holds(on)) {
            let sentence = "間隔が短いので、医師が必要と認めたことを紙で確かめてください。".to_owned();
            let citation = self
                .programme
                .series
                .first()
                .map_or_else(String::new, |series| series.citation.clone());
            self.find(Severity::Warning, ReasonCode::Gap, sentence, &citation);
        }
    }

    fn product(&mut self) {
        let Some(code) = self.recorded.product else { return };
        let on = self.recorded.given_on;
        match self.schedule.product(code) {
            None => {
                let sentence = "この製剤は決まりの表にありません。ワクチン名を見直してください。".to_owned();
                self.find(Severity::Warning, ReasonCode::Product, sentence, "");
            }
            Some(product) if !is_open(product, self.programme.code, &self.person.anchors(), on) => {
                // The engine's own step says the same only where the window is open.
                self.findings.retain(|finding| {
                    finding.code != ReasonCode::Product || finding.citation != product.citation
                });
                let sentence = format!(
                    "{}は、{}に{}の定期接種では使えません。ワクチン名を紙で確かめてください。",
                    product.brand,
                    short(on),
                    self.programme.name
                );
                self.find(Severity::Stop, ReasonCode::Product, sentence, &product.citation);
            }
            Some(_) => {}
        }
    }

    fn amount(&mut self) {
        let Some(given) = self.recorded.amount else { return };
        let on = self.recorded.given_on;
        let right = amounts_on(
            self.schedule,
            self.programme.code,
            self.recorded.product,
            self.person,
            on,
        );
        let product = self.recorded.product.and_then(|code| self.schedule.product(code));
        let citation = product.map_or("", |product| product.citation.as_str());
        if !right.is_empty() && !right.contains(&given) {
            let words: Vec<String> = right.iter().map(|amount| format!("{amount}mL")).collect();
            let sentence = format!(
                "接種量 {given}mL は決まり（{}）とちがいます。紙を確かめてください。",
                words.join("か")
            );
            self.find(Severity::Stop, ReasonCode::Volume, sentence, citation);
        } else if right.len() > 1 && self.recorded.product.is_some() {
            let sentence = "年齢の境目の日です。接種量は医師が決めます。".to_owned();
            self.find(Severity::Warning, ReasonCode::Volume, sentence, citation);
        }
    }

    fn other_vaccines(&mut self) {
        let schedule = self.schedule;
        let Some(mine) = schedule.kind_of(self.recorded.programme, self.recorded.product) else {
            return;
        };
        let on = self.recorded.given_on;
        let others: Vec<&Dose> = self
            .others
            .iter()
            .filter(|dose| !self.programme.counts.contains(&dose.programme))
            .collect();
        for dose in others {
            let Some(kind) = schedule.kind_of(dose.programme, dose.product) else {
                continue;
            };
            let found = if dose.given_on < on {
                barrier(schedule, kind, dose.given_on, mine, on)
            } else if dose.given_on > on {
                barrier(schedule, mine, on, kind, dose.given_on)
            } else {
                None
            };
            let Some((row, rule)) = found else { continue };
            let name = schedule
                .programme(dose.programme)
                .map_or("", |programme| programme.name.as_str());
            let next_on = (dose.given_on < on).then(|| rule.interval.after(dose.given_on));
            self.findings.push(Finding {
                severity: Severity::Stop,
                code: ReasonCode::BetweenVaccines,
                sentence: format!(
                    "{name}（{}）との間隔が足りません。{}",
                    short(dose.given_on),
                    rule.text
                ),
                citation: row.citation.clone(),
                next_on,
            });
        }
    }

    /// かつての間隔の上限 (until 2014-03-31): a warning on records of that time, never a reason to refuse.
    fn old_limit(&mut self) {
        let on = self.recorded.given_on;
        let programme = self.programme;
        let limits = programme
            .old_limits
            .iter()
            .filter(|limit| limit.from <= on && on <= limit.until);
        let before = self.before();
        let history = History::of(programme, &before);
        for limit in limits.filter(|limit| limit.doses.contains(&self.recorded.dose_number)) {
            if let Some(last) = history
                .latest()
                .filter(|last| on > limit.at_most.after(last.given_on))
            {
                let sentence = format!(
                    "当時の決まりでは、前の回（{}）から{}までに受けることになっていました。",
                    short(last.given_on),
                    limit.at_most
                );
                self.find(Severity::Warning, ReasonCode::OldLimit, sentence, &limit.citation);
            }
        }
    }

    /// A record keyed late may leave too little room before a dose that is already there.
    fn later_doses(&mut self) {
        let on = self.recorded.given_on;
        let programme = self.programme;
        let later: Vec<&Dose> = self
            .others
            .iter()
            .filter(|dose| programme.counts.contains(&dose.programme) && dose.given_on > on)
            .collect();
        for dose in later {
            let mut before = self.before();
            before.push(self.recorded.clone());
            before.extend(
                self.others
                    .iter()
                    .filter(|o| o.given_on > on && o.given_on < dose.given_on)
                    .cloned(),
            );
            let asked = Asked {
                product: dose.product,
                shortened: true,
                ..Asked::new(programme.code, dose.dose_number)
            };
            let found = days(programme, self.person, &before, &asked, dose.given_on);
            let gap = found.parts.iter().filter_map(|part| part.gap_from).min();
            let blocked = matches!(found.block, Some(Block::PastEnd { .. })) && found.parts.is_empty();
            if blocked || gap.is_some_and(|from| dose.given_on < from) {
                let sentence = format!(
                    "あとの回（{} {}）との間隔が足りません。どちらの日も紙で確かめてください。",
                    programme.dose_name(dose.dose_number),
                    short(dose.given_on)
                );
                let citation = programme
                    .series
                    .first()
                    .map_or_else(String::new, |series| series.citation.clone());
                self.find(Severity::Warning, ReasonCode::Gap, sentence, &citation);
            }
        }
    }

    fn before(&self) -> Vec<Dose> {
        let earlier = self.others.iter().filter(|dose| {
            dose.given_on < self.recorded.given_on
                || (dose.given_on == self.recorded.given_on && dose.dose_number == self.recorded.dose_number)
                || (dose.dose_number == self.recorded.dose_number
                    && self.programme.counts.contains(&dose.programme))
        });
        earlier.cloned().collect()
    }
}
