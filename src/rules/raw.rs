//! The rule files as they are written, before anything is checked. Unknown keys are refused, so that a
//! misspelt one is never silently without effect; texts become bounds, intervals and codes in `programme` and
//! `package`.

use serde::Deserialize;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub disease: String,
    pub category: String,
    pub vaccine: String,
    #[serde(default)]
    pub counts: Vec<String>,
    #[serde(default)]
    pub counted_as: Vec<CountedAs>,
    #[serde(default)]
    pub exclusive_with: Vec<String>,
    pub covers: Option<Covers>,
    pub succeeded_by: Option<Succeeded>,
    pub citation: Option<String>,
    pub confidence: Option<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub open_points: Vec<String>,
    pub version: Vec<Version>,
    pub series: Vec<Series>,
    #[serde(default)]
    pub standard: Vec<Standard>,
    #[serde(default)]
    pub old_limit: Vec<OldLimit>,
    #[serde(default)]
    pub product_rule: Vec<ProductRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedAs {
    pub programme: String,
    pub dose: String,
    #[serde(rename = "as")]
    pub number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covers {
    pub programmes: Vec<String>,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succeeded {
    pub programme: String,
    pub from: Datetime,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    pub name: Option<String>,
    pub from: Datetime,
    pub to: Option<Datetime>,
    pub born_from: Option<Datetime>,
    pub born_to: Option<Datetime>,
    pub sex: Option<String>,
    #[serde(default)]
    pub requires: Vec<String>,
    #[serde(default)]
    pub windows: Vec<Window>,
    #[serde(default)]
    pub fiscal_years_of_age: Vec<u32>,
    #[serde(default)]
    pub series: Vec<String>,
    pub citation: Option<String>,
    pub confidence: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub from: String,
    pub to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub name: String,
    pub first_from: Option<String>,
    pub first_to: Option<String>,
    pub doses: Vec<Dose>,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    pub dose: String,
    pub name: Option<String>,
    /// From the dose before it in the list.
    pub interval: Option<String>,
    pub shortened: Option<String>,
    #[serde(default)]
    pub gaps: Vec<Gap>,
    pub from: Option<String>,
    pub to: Option<String>,
    #[serde(default)]
    pub never_if: Vec<GivenAfter>,
    pub two_doses: Option<TwoDoses>,
    #[serde(default)]
    pub unfinished: Vec<Unfinished>,
    pub per: Option<String>,
    pub warn_after: Option<String>,
    pub standard_interval: Option<String>,
    pub product: Option<String>,
    #[serde(default)]
    pub product_gaps: Vec<ProductGap>,
    pub advised: Option<Advised>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    pub after: String,
    pub interval: String,
    pub shortened: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenAfter {
    pub dose: String,
    pub after: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoDoses {
    pub first_to: String,
    pub interval: String,
    pub products: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfinished {
    pub given_after: Option<GivenAfter>,
    pub from: Option<String>,
    pub interval: String,
    pub shortened: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductGap {
    pub product: String,
    pub after: String,
    pub interval: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advised {
    pub after: String,
    pub interval: String,
    pub sentence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    pub dose: String,
    pub from: String,
    pub to: String,
    pub since: Option<Datetime>,
    pub until: Option<Datetime>,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldLimit {
    pub from: Datetime,
    pub to: Datetime,
    pub doses: Vec<String>,
    pub at_most: String,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRule {
    pub given: Vec<String>,
    #[serde(default)]
    pub first_only: bool,
    pub next: Vec<String>,
    pub sentence: String,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    pub version: String,
    pub in_use_from: Datetime,
    #[serde(default)]
    pub open_points: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Products {
    pub product: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub code: String,
    pub generic: String,
    pub brand: String,
    pub maker: String,
    pub kind: String,
    pub confidence: Option<String>,
    pub open_point: Option<String>,
    pub citation: Option<String>,
    pub uses: Vec<Use>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    pub programme: String,
    pub from: Datetime,
    pub to: Option<Datetime>,
    pub route: String,
    pub age_from: Option<String>,
    /// 「0.5」; with an age, 「3歳まで 0.25」「3歳から 0.5」.
    #[serde(default)]
    pub volumes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    pub period: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub from: Datetime,
    pub to: Option<Datetime>,
    pub citation: Option<String>,
    pub confidence: Option<String>,
    pub rules: Vec<KindGap>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindGap {
    #[serde(default)]
    pub previous: Vec<String>,
    #[serde(default)]
    pub next: Vec<String>,
    pub interval: String,
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongIllness {
    pub months: u32,
    pub citation: Option<String>,
    #[serde(default)]
    pub open_points: Vec<String>,
    pub row: Vec<LongIllnessRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongIllnessRow {
    pub programmes: Vec<String>,
    pub months: Option<u32>,
    pub to: Option<String>,
    #[serde(default)]
    pub excluded: bool,
    pub citation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    pub fact: Vec<Fact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub code: String,
    pub name: String,
    pub evidence: String,
    pub citation: Option<String>,
    pub known_by_dose: Option<KnownByDose>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownByDose {
    pub programme: String,
    pub from: Datetime,
    pub to: Datetime,
}
