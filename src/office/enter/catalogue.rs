//! 予防接種とワクチンの選択肢. What a clerk may choose from while keying a sheet: programmes, their doses, and the
//! products in use on a day with amount and way. All of it is read from the rules.

use chrono::NaiveDate;

use super::{judge::dose_of, people::registered};
use crate::{
    domain::{
        eligibility::{self, Facts, Person},
        programme::{Programme, ProgrammeCode},
        record::{Amount, DoseNumber, Route},
        revision::SubjectId,
        schedule::Bound,
    },
    office::Office,
    rules,
    store::{StoreError, record},
};

/// 予防接種の選択肢.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgrammeChoice {
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// 「定期（A類）」.
    pub category: &'static str,
    pub doses: Vec<DoseNumber>,
}

/// ワクチンの選択肢.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductChoice {
    pub code: String,
    pub brand: String,
    pub maker: String,
    /// The amounts the rules know for any age; one where there is no choice.
    pub amounts: Vec<Amount>,
    pub routes: Vec<Route>,
}

/// All programmes of the rules, in their order.
#[must_use]
pub fn programmes() -> Vec<ProgrammeChoice> {
    rules::embedded().programmes.iter().map(choice).collect()
}

/// One programme; none where the rules don't know the code.
#[must_use]
pub fn programme(code: &str) -> Option<ProgrammeChoice> {
    rules::embedded()
        .programme(ProgrammeCode::parse(code)?)
        .map(choice)
}

/// 「水痘 2回目」, as people say it; the code where the rules don't know it.
#[must_use]
pub fn dose_label(programme: &str, dose: DoseNumber) -> String {
    let known = ProgrammeCode::parse(programme).and_then(|code| rules::embedded().programme(code));
    match known {
        Some(known) if known.dose_numbers().len() < 2 => known.name.clone(),
        Some(known) => format!("{} {}", known.name, known.dose_name(dose)),
        None => format!("{programme} {}", dose.label()),
    }
}

/// 販売名 of a product; the code where the rules don't know it.
#[must_use]
pub fn brand(product: &str) -> String {
    let known = rules::embedded()
        .products
        .iter()
        .find(|known| known.code.as_str() == product);
    known.map_or_else(|| product.to_owned(), |known| known.brand.clone())
}

fn choice(programme: &Programme) -> ProgrammeChoice {
    ProgrammeChoice {
        code: programme.code.as_str().to_owned(),
        name: programme.name.clone(),
        short_name: programme.short_name.clone(),
        category: match programme.category {
            crate::domain::programme::Category::CategoryA => "定期（A類）",
            crate::domain::programme::Category::CategoryB => "定期（B類）",
        },
        doses: programme.dose_numbers(),
    }
}

/// The products a programme may use on a day. `born_on` leaves out what the age excludes.
#[must_use]
pub fn products(programme: &str, on: NaiveDate, born_on: Option<NaiveDate>) -> Vec<ProductChoice> {
    let Some(code) = ProgrammeCode::parse(programme) else {
        return Vec::new();
    };
    let anchors = crate::domain::schedule::Anchors {
        birth: born_on,
        expected_on: None,
    };
    let holds = |from: &Option<Bound>, to: &Option<Bound>| {
        let day = |bound: &Option<Bound>| bound.as_ref().and_then(|bound| bound.of(&anchors));
        day(from).is_none_or(|from| from <= on) && day(to).is_none_or(|to| on <= to)
    };
    let mut choices = Vec::new();
    for product in &rules::embedded().products {
        for using in product.uses_on(code, on) {
            if !holds(&using.age_from, &None) {
                continue;
            }
            let mut amounts: Vec<Amount> = using
                .amounts
                .iter()
                .filter(|rule| holds(&rule.from, &rule.to))
                .map(|rule| rule.amount)
                .collect();
            amounts.dedup();
            choices.push(ProductChoice {
                code: product.code.as_str().to_owned(),
                brand: product.brand.clone(),
                maker: product.maker.clone(),
                amounts,
                routes: Route::ALL
                    .into_iter()
                    .filter(|route| using.route.contains(route.label()))
                    .collect(),
            });
        }
    }
    choices
}

impl Office {
    /// つぎの回. The dose of a programme that is open for a person on a day, or opens next; none where nothing does.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn next_dose(
        &self,
        person: SubjectId,
        programme: &str,
        on: NaiveDate,
    ) -> Result<Option<DoseNumber>, StoreError> {
        let known = ProgrammeCode::parse(programme).and_then(|code| rules::embedded().programme(code));
        let Some(known) = known else { return Ok(None) };
        if let [only] = known.dose_numbers().as_slice() {
            return Ok(Some(*only));
        }
        self.read(|connection| {
            let Some(registered) = registered(connection, person)? else {
                return Ok(None);
            };
            let lines = record::doses_of(connection, person)?;
            let doses: Vec<_> = lines.iter().filter_map(dose_of).collect();
            let asked = Person {
                birth: registered.resident.birth.clone(),
                sex: registered.sex,
                facts: Facts::default(),
            };
            Ok(eligibility::open_doses(known, &asked, &doses, on)
                .first()
                .copied())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_follow_day_and_age() {
        let on = "2026-10-15".parse().unwrap();
        let mr = products("mr1", on, None);
        assert!(mr.iter().any(|product| product.code == "mr_biken"));
        assert_eq!(mr[0].amounts, [Amount::parse("0.5").unwrap()]);
        assert_eq!(mr[0].routes, [Route::Subcutaneous]);
        let old = products("flu_elderly", on, Some("1945-01-01".parse().unwrap()));
        let young = products("flu_elderly", on, Some("1960-01-01".parse().unwrap()));
        assert!(old.len() > young.len());
        assert!(products("nothing", on, None).is_empty());
    }

    #[test]
    fn a_dose_is_named_as_people_say_it() {
        assert_eq!(
            dose_label("mr1", DoseNumber::Nth(1)),
            programme("mr1").unwrap().name
        );
        assert!(dose_label("hepb", DoseNumber::Nth(2)).contains('2'));
    }
}
