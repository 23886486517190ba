//! 判定の理由. The steps of one evaluation as Japanese sentences with their ground, for clerks and nurses:
//! what is so, then what follows, with the days. They are made on demand from what `days` found and decide
//! nothing themselves but whether something is worth a warning.

use super::{
    Asked, Covered, Dose, Person, cover,
    days::{Block, Found, History, Part, days},
    product::{barrier, is_open, switch_warning},
};
use crate::domain::{
    date::short,
    evaluation::{Evaluation, Reason, ReasonCode, Verdict},
    programme::{After, DoseRule, Gap, Per, Programme, Version},
    schedule::{Schedule, Span},
};
use chrono::NaiveDate;

/// The answer for a programme that no rule describes.
pub fn unknown_programme() -> Evaluation {
    Evaluation {
        verdict: Verdict::Refused,
        from: None,
        until: None,
        standard: None,
        next_on: None,
        reasons: vec![Reason {
            code: ReasonCode::NoSuchDose,
            sentence: "この予防接種の種類は決まりの表にありません。コードを見直してください。".to_owned(),
            citation: String::new(),
        }],
    }
}

/// The steps of one evaluation while they are gathered.
pub struct Steps<'a> {
    schedule: &'a Schedule,
    programme: &'a Programme,
    person: &'a Person,
    doses: &'a [Dose],
    asked: &'a Asked,
    on: NaiveDate,
    pub reasons: Vec<Reason>,
    pub warned: bool,
}

impl<'a> Steps<'a> {
    pub fn new(
        schedule: &'a Schedule,
        programme: &'a Programme,
        person: &'a Person,
        doses: &'a [Dose],
        asked: &'a Asked,
        on: NaiveDate,
    ) -> Self {
        Self {
            schedule,
            programme,
            person,
            doses,
            asked,
            on,
            reasons: Vec::new(),
            warned: false,
        }
    }

    /// What leads to the answer, and the answer.
    pub fn tell(&mut self, found: &Found, at: Option<Span>) {
        let part = at.and_then(|span| found.part(span, self.on));
        match (at, part) {
            (Some(span), Some(part)) => {
                self.window(part);
                self.season();
                self.gaps(part);
                self.conclusion(span);
            }
            _ => {
                self.season();
                self.blocked(found.block.unwrap_or(Block::NoSuchDose));
            }
        }
    }

    /// 市の実施期間, where the city has published one.
    fn season(&mut self) {
        if self.programme.per_of(self.asked.dose) != Per::Season {
            return;
        }
        let code = self.programme.code;
        let (seasons, on) = (&self.person.facts.seasons, self.on);
        let spans = seasons
            .iter()
            .filter(|season| season.programme.is_none_or(|own| own == code))
            .map(|season| season.span);
        let nearest = spans.min_by_key(|span| (span.until < on, span.from));
        if let Some(span) = nearest {
            let sentence = format!("市の実施期間は{}", days_of(span));
            self.step(ReasonCode::Window, sentence, "市の設定（実施期間）");
        }
    }

    fn step(&mut self, code: ReasonCode, sentence: String, citation: &str) {
        self.reasons.push(Reason {
            code,
            sentence,
            citation: citation.to_owned(),
        });
    }

    fn warning(&mut self, code: ReasonCode, sentence: String, citation: &str) {
        self.warned = true;
        self.step(code, sentence, citation);
    }

    fn window(&mut self, part: &Part) {
        let granted = part
            .extension
            .and_then(|index| self.person.facts.extensions.get(index));
        if let Some(extension) = granted {
            let sentence = format!("{}{}", extension.sentence, days_of(extension.span));
            return self.step(ReasonCode::Extension, sentence, &extension.citation);
        }
        let programme = self.programme;
        let Some(version) = programme.versions.get(part.version) else {
            return;
        };
        let name = version
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{name}で、"));
        let held = version
            .requires
            .iter()
            .filter_map(|fact| self.schedule.fact(fact));
        let held: String = held
            .map(|fact| format!("「{}」の記録があります。", fact.name))
            .collect();
        let anchors = self.person.anchors();
        let windows = version
            .windows
            .iter()
            .filter_map(|window| Some((window, window.of(&anchors)?)));
        let found = windows
            .into_iter()
            .find(|(_, span)| span.and(part.span).is_some());
        let Some((window, span)) = found else { return };
        let sentence = format!(
            "{held}対象は{name}{}から{}までです。この方の場合は{}",
            window.from.text,
            window.to.text.trim_end_matches("まで"),
            days_of(span)
        );
        self.step(
            ReasonCode::Window,
            sentence.replace("終わりなしまで", "終わりなし"),
            &version.citation,
        );
        if version.in_force().from > span.from {
            let sentence = format!("この決まりは{}からです。", short(version.from));
            self.step(ReasonCode::Window, sentence, &version.citation);
        }
    }

    fn gaps(&mut self, part: &Part) {
        let programme = self.programme;
        let Some(series) = programme.series.get(part.series) else {
            return;
        };
        if series.first_from.is_some() {
            self.step(
                ReasonCode::Series,
                format!("「{}」の接種のしかたです。", series.name),
                &series.citation,
            );
        }
        let Some(rule) = series.rule(self.asked.dose) else {
            return;
        };
        let history = History::of(programme, self.doses);
        let complete = rule.needs.iter().all(|needed| history.given(*needed).is_some());
        let unfinished = rule.unfinished.iter().flat_map(|row| &row.gaps);
        let gaps: Vec<&Gap> = if complete {
            rule.gaps.iter().collect()
        } else {
            unfinished.take(1).collect()
        };
        for gap in gaps {
            let from = match gap.after {
                After::Dose(number) => history.given(number),
                After::Latest => history.latest(),
            };
            let Some(from) = from else { continue };
            let interval = gap
                .shortened
                .filter(|_| self.asked.shortened)
                .unwrap_or(gap.interval);
            let sentence = format!(
                "{}（{}）から{interval}以上あけます。間隔だけなら {} からです。",
                programme.dose_name(from.dose_number),
                short(from.given_on),
                short(interval.after(from.given_on)),
            );
            self.step(ReasonCode::Gap, sentence, &series.citation);
        }
        for (bound, word) in [(&rule.not_before, "から"), (&rule.not_after, "まで")] {
            let day = bound
                .as_ref()
                .and_then(|bound| Some((bound, bound.of(&self.person.anchors())?)));
            if let (Some((bound, day)), None) = (day, part.extension) {
                let sentence = format!("この回は{}{word}です（{}{word}）。", bound.text, short(day));
                self.step(ReasonCode::Window, sentence, &series.citation);
            }
        }
    }

    fn conclusion(&mut self, span: Span) {
        let (code, sentence) = if span.holds(self.on) {
            (
                ReasonCode::Open,
                format!(
                    "{}は受けられる期間の中です。期間は{}",
                    short(self.on),
                    days_of(span)
                ),
            )
        } else if span.from > self.on {
            let sentence = format!(
                "{}はまだ受けられません。つぎに接種できる日は {} です。",
                short(self.on),
                short(span.from)
            );
            (ReasonCode::NotYet, sentence)
        } else {
            (
                ReasonCode::Over,
                format!("受けられる期間は {} で終わりました。", short(span.until)),
            )
        };
        let citation = self.programme.citation.clone();
        self.step(code, sentence, &citation);
    }

    fn blocked(&mut self, block: Block) {
        let programme = self.programme;
        let version = |index: usize| programme.versions.get(index);
        let series_citation =
            |index: usize| programme.series.get(index).map_or("", |series| &series.citation);
        let name = programme.dose_name(self.asked.dose);
        let citation_of = |index: usize| version(index).map_or("", |version| &version.citation);
        match block {
            Block::NoSuchDose => {
                let sentence = format!(
                    "{}に「{name}」はありません。回を見直してください。",
                    programme.name
                );
                self.step(ReasonCode::NoSuchDose, sentence, &programme.citation);
            }
            Block::UnknownBirth => {
                let sentence = "もとになる日（生年月日、分娩予定日）が分からないので、期間を決められません。";
                self.step(ReasonCode::UnknownBirth, sentence.to_owned(), &programme.citation);
            }
            Block::Cohort { version: index } => {
                let sentence = version(index).map_or_else(String::new, cohort);
                self.step(ReasonCode::Cohort, sentence, citation_of(index));
            }
            Block::Requirement { version: index } => self.requirement(index),
            Block::Window { version } => {
                let sentence = "この決まりのある間に、この方が対象になる日はありません。".to_owned();
                self.step(ReasonCode::Window, sentence, citation_of(version));
            }
            Block::Series { version, series } => {
                let sentence = match series.and_then(|index| programme.series.get(index)) {
                    Some(series) => format!("「{}」には、{name}はありません。", series.name),
                    None => format!("この始め方では、{name}は行いません。1回目の日を見直してください。"),
                };
                let citation = series.map_or_else(|| citation_of(version), series_citation);
                self.step(ReasonCode::Series, sentence, citation);
            }
            Block::Never { series, .. } => {
                let sentence = format!("前の回が決まりの日より後だったので、{name}は行いません。");
                self.step(ReasonCode::Series, sentence, series_citation(series));
            }
            Block::Order { version, missing } => {
                let sentence = format!("前の回（{}）の記録がありません。", programme.dose_name(missing));
                self.step(ReasonCode::Order, sentence, citation_of(version));
            }
            Block::Complete { series, .. } => {
                let sentence =
                    "2回で終わっています。1回目の年齢と2回の間隔が決まりに合っています。".to_owned();
                self.step(ReasonCode::Complete, sentence, series_citation(series));
            }
            Block::PastEnd {
                series,
                earliest,
                last,
                ..
            } => {
                let sentence = format!(
                    "間隔をあけると {} からになりますが、受けられる期間は {} までです。定期で受けられる日はありません。",
                    short(earliest),
                    short(last)
                );
                self.step(ReasonCode::PastEnd, sentence, series_citation(series));
            }
            Block::Done { given_on } => {
                let sentence = format!("{name}はもう受けています（{}）。", short(given_on));
                self.step(ReasonCode::Done, sentence, &programme.citation);
            }
        }
    }

    fn requirement(&mut self, index: usize) {
        let Some(version) = self.programme.versions.get(index) else {
            return;
        };
        let missing = version
            .requires
            .iter()
            .filter(|fact| !self.person.facts.held.contains(*fact));
        let facts: Vec<_> = missing.filter_map(|fact| self.schedule.fact(fact)).collect();
        for fact in facts {
            let sentence = format!(
                "「{}」の記録がありません。確かめる書類：{}。",
                fact.name, fact.evidence
            );
            self.step(ReasonCode::Requirement, sentence, &fact.citation);
        }
    }

    /// What is worth a look on a day that is allowed.
    pub fn warn(&mut self, found: &Found, at: Option<Span>, standard: Option<Span>) {
        let Some(part) = at
            .filter(|span| span.holds(self.on))
            .and_then(|span| found.part(span, self.on))
        else {
            return;
        };
        let programme = self.programme;
        let series = programme.series.get(part.series);
        let rule = series.and_then(|series| series.rule(self.asked.dose));
        self.standard(standard);
        if let (Some(series), Some(rule)) = (series, rule) {
            self.standard_interval(rule, &series.citation);
            self.late(rule, &series.citation);
            self.advice(rule, &series.citation);
            self.product(rule, &series.citation);
        }
        self.other_vaccines();
        self.exclusive();
        self.covered();
        self.next_past_end();
    }

    fn standard(&mut self, standard: Option<Span>) {
        let Some(span) = standard.filter(|span| !span.holds(self.on)) else {
            return;
        };
        let side = if self.on < span.from { "早い" } else { "遅い" };
        let sentence = format!(
            "標準（{}から{}まで）より{side}接種です。法定の条件は満たすので、定期接種として有効です。",
            short(span.from),
            short(span.until)
        );
        let row = self
            .programme
            .standards
            .iter()
            .find(|row| row.dose == self.asked.dose);
        self.warning(
            ReasonCode::Standard,
            sentence,
            row.map_or("", |row| row.citation.as_str()),
        );
    }

    fn standard_interval(&mut self, rule: &DoseRule, citation: &str) {
        let (Some((least, most)), Some(gap)) = (rule.standard_interval, rule.gaps.first()) else {
            return;
        };
        let history = History::of(self.programme, self.doses);
        let After::Dose(number) = gap.after else { return };
        let Some(given) = history.given(number) else {
            return;
        };
        let span = Span {
            from: least.after(given.given_on),
            until: most.after(given.given_on),
        };
        if !span.holds(self.on) {
            let sentence = format!(
                "{}からの間隔が標準（{least}から{most}まで、{}から{}まで）の外です。定期接種として有効です。",
                self.programme.dose_name(number),
                short(span.from),
                short(span.until)
            );
            self.warning(ReasonCode::Standard, sentence, citation);
        }
    }

    fn late(&mut self, rule: &DoseRule, citation: &str) {
        let bound = rule
            .warn_after
            .as_ref()
            .and_then(|bound| Some((bound, bound.of(&self.person.anchors())?)));
        if let Some((bound, day)) = bound.filter(|(_, day)| self.on > *day) {
            let sentence = format!(
                "この回は{}（{}）までが望ましいとされています。医師の判断を確かめてください。",
                bound.text,
                short(day)
            );
            self.warning(ReasonCode::Late, sentence, citation);
        }
    }

    fn advice(&mut self, rule: &DoseRule, citation: &str) {
        let Some((gap, sentence)) = &rule.advised_gap else {
            return;
        };
        let After::Dose(number) = gap.after else { return };
        let given = History::of(self.programme, self.doses).given(number);
        if given.is_some_and(|dose| self.on < gap.interval.after(dose.given_on)) {
            self.warning(ReasonCode::Gap, sentence.clone(), citation);
        }
    }

    fn product(&mut self, rule: &DoseRule, citation: &str) {
        let Some(code) = self.asked.product else { return };
        let Some(product) = self.schedule.product(code) else {
            let sentence = "この製剤は決まりの表にありません。製剤を見直してください。".to_owned();
            return self.warning(ReasonCode::Product, sentence, citation);
        };
        if !is_open(product, self.programme.code, &self.person.anchors(), self.on) {
            let sentence = format!(
                "{}は、{}に{}の定期接種では使えません。",
                product.brand,
                short(self.on),
                self.programme.name
            );
            self.warning(ReasonCode::Product, sentence, &product.citation);
        }
        if rule.product.is_some_and(|only| only != code) {
            let sentence = format!(
                "{}に、{}はありません。",
                product.brand,
                self.programme.dose_name(rule.dose_number)
            );
            self.warning(ReasonCode::Product, sentence, citation);
        }
        if let Some((sentence, citation)) = switch_warning(self.programme, self.doses, code) {
            self.warning(ReasonCode::Product, sentence.to_owned(), citation);
        }
    }

    fn other_vaccines(&mut self) {
        let schedule = self.schedule;
        let Some(next) = schedule.kind_of(self.asked.programme, self.asked.product) else {
            return;
        };
        let (programme, doses, on) = (self.programme, self.doses, self.on);
        let others = doses
            .iter()
            .filter(|dose| !programme.counts.contains(&dose.programme));
        for dose in others.filter(|dose| dose.given_on < on) {
            let Some(kind) = schedule.kind_of(dose.programme, dose.product) else {
                continue;
            };
            if let Some((row, rule)) = barrier(schedule, kind, dose.given_on, next, on) {
                let name = schedule
                    .programme(dose.programme)
                    .map_or("", |programme| &programme.name);
                let sentence = format!(
                    "{name}（{}）のあとです。{}{} から受けられます。",
                    short(dose.given_on),
                    rule.text,
                    short(rule.interval.after(dose.given_on))
                );
                self.warning(ReasonCode::BetweenVaccines, sentence, &row.citation);
            }
        }
    }

    fn exclusive(&mut self) {
        let schedule = self.schedule;
        let started = self
            .doses
            .iter()
            .find(|dose| self.programme.exclusive_with.contains(&dose.programme));
        if let Some(other) = started.and_then(|dose| schedule.programme(dose.programme)) {
            let sentence = format!(
                "{}を受けています。途中で変えるのは、やむを得ないときだけです。",
                other.name
            );
            let citation = self.programme.citation.clone();
            self.warning(ReasonCode::Product, sentence, &citation);
        }
    }

    /// ほかの予防接種で足りるとき. A warning where it has been begun or finished, otherwise only told.
    fn covered(&mut self) {
        let programme = self.programme;
        let Some(found) = cover(self.schedule, self.person, self.doses, programme, self.on) else {
            return;
        };
        if programme.exclusive_with.contains(&found.by) {
            return;
        }
        let name = self
            .schedule
            .programme(found.by)
            .map_or("", |other| other.name.as_str());
        let sentence = found.sentence(name);
        if found.state == Covered::Instead {
            return self.step(ReasonCode::Covered, sentence, &found.citation);
        }
        let sentence = format!("{sentence}医師の判断を確かめてください。");
        self.warning(ReasonCode::Covered, sentence, &found.citation);
    }

    /// つぎの回が最後の日をこえるとき. A clerk's most useful warning.
    fn next_past_end(&mut self) {
        let programme = self.programme;
        let mut simulated = self.doses.to_vec();
        simulated.push(Dose {
            programme: programme.code,
            dose_number: self.asked.dose,
            given_on: self.on,
            product: self.asked.product,
            amount: None,
            expected_on: self.person.facts.expected_on,
        });
        let history = History::of(programme, &simulated);
        let next = programme
            .dose_numbers()
            .into_iter()
            .find(|number| history.given(*number).is_none());
        let Some(next) = next else { return };
        let found = days(
            programme,
            self.person,
            &simulated,
            &Asked::new(programme.code, next),
            self.on,
        );
        if let (
            true,
            Some(Block::PastEnd {
                series,
                earliest,
                last,
                ..
            }),
        ) = (found.parts.is_empty(), found.block)
        {
            let sentence = format!(
                "この日に受けると、つぎの{}は {} からになり、最後の日（{}）をこえます。",
                programme.dose_name(next),
                short(earliest),
                short(last)
            );
            let citation = programme
                .series
                .get(series)
                .map_or("", |series| series.citation.as_str());
            self.warning(ReasonCode::PastEnd, sentence, citation);
        }
    }
}

fn days_of(span: Span) -> String {
    match span.last() {
        Some(last) => format!("{}から{}までです。", short(span.from), short(last)),
        None => format!("{}からです。", short(span.from)),
    }
}

fn cohort(version: &Version) -> String {
    let born = match (version.born_from, version.born_until) {
        (Some(from), Some(until)) => format!("{}から{}までに生まれた", short(from), short(until)),
        (Some(from), None) => format!("{}から後に生まれた", short(from)),
        (None, Some(until)) => format!("{}までに生まれた", short(until)),
        (None, None) => String::new(),
    };
    let who = version
        .sex
        .map_or("人".to_owned(), |sex| format!("{}性", sex.word()));
    format!("対象は{born}{who}です。この方は当たりません。")
}
