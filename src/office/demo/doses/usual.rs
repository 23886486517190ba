//! 見本の接種の予定. At which age which vaccine is usually given, and to how many: 三種混合と不活化ポリオ for the
//! oldest, 四種混合とHib until early 2024, 五種混合 after. Coverage is invented, its order of size is not.

use crate::domain::record::{DoseNumber, Route};

/// One dose as it is usually given.
pub(super) struct Usual {
    pub programme: &'static str,
    pub dose: DoseNumber,
    /// Usual age in days.
    pub at_days: i64,
    /// Days after the dose before, of the same programme, at least.
    pub after: i64,
    pub coverage: f64,
    pub products: &'static [&'static str],
    /// 0 where the amount is no number of millilitres.
    pub hundredths_ml: u16,
    pub route: Route,
    /// Born from, born before, as `YYYYMM`.
    pub born: (i32, i32),
}

pub(super) const fn usual(
    programme: &'static str,
    dose: DoseNumber,
    (at_days, after): (i64, i64),
    coverage: f64,
    products: &'static [&'static str],
) -> Usual {
    Usual {
        programme,
        dose,
        at_days,
        after,
        coverage,
        products,
        hundredths_ml: 50,
        route: Route::Subcutaneous,
        born: (0, 999_999),
    }
}

const fn of_born(born: (i32, i32), usual: Usual) -> Usual {
    Usual { born, ..usual }
}

const fn given(hundredths_ml: u16, route: Route, usual: Usual) -> Usual {
    Usual {
        hundredths_ml,
        route,
        ..usual
    }
}

use DoseNumber::{Booster, Nth};

pub(super) const FIVE: &[&str] = &["gobik", "quintovac"];
pub(super) const MR: &[&str] = &["mr_biken", "mr_takeda", "mr_daiichi"];
const FOUR: &[&str] = &["tetrabik", "quattrovac"];
const HEPB: &[&str] = &["beamgen", "heptavax"];
const PCV: &[&str] = &["pcv20", "pcv15", "pcv13"];
const HIB: &[&str] = &["acthib"];
const JE: &[&str] = &["jebik", "encevac"];

/// B型肝炎 began with those born in April 2016.
const HEPB_BORN: (i32, i32) = (201_604, 999_999);
/// Who is two months old from April 2024 on begins with 五種混合.
const FIVE_BORN: (i32, i32) = (202_402, 999_999);
const HIB_BORN: (i32, i32) = (0, 202_402);
/// 四種混合 came in November 2012.
const FOUR_BORN: (i32, i32) = (201_208, 202_402);
const SINGLE_BORN: (i32, i32) = (0, 201_208);

/// The doses of a childhood; those of one programme stand together, in order.
pub(super) const CHILDHOOD: &[Usual] = &[
    of_born(
        HEPB_BORN,
        given(
            25,
            Route::Subcutaneous,
            usual("hepb", Nth(1), (63, 0), 0.985, HEPB),
        ),
    ),
    of_born(
        HEPB_BORN,
        given(
            25,
            Route::Subcutaneous,
            usual("hepb", Nth(2), (92, 27), 0.98, HEPB),
        ),
    ),
    of_born(
        HEPB_BORN,
        given(
            25,
            Route::Subcutaneous,
            usual("hepb", Nth(3), (240, 139), 0.96, HEPB),
        ),
    ),
    usual("pcv", Nth(1), (63, 0), 0.985, PCV),
    usual("pcv", Nth(2), (92, 27), 0.98, PCV),
    usual("pcv", Nth(3), (121, 27), 0.975, PCV),
    usual("pcv", Booster, (380, 60), 0.95, PCV),
    of_born(FIVE_BORN, usual("dpt_ipv_hib", Nth(1), (64, 0), 0.985, FIVE)),
    of_born(FIVE_BORN, usual("dpt_ipv_hib", Nth(2), (93, 20), 0.98, FIVE)),
    of_born(FIVE_BORN, usual("dpt_ipv_hib", Nth(3), (122, 20), 0.975, FIVE)),
    of_born(FIVE_BORN, usual("dpt_ipv_hib", Booster, (420, 184), 0.93, FIVE)),
    of_born(HIB_BORN, usual("hib", Nth(1), (63, 0), 0.985, HIB)),
    of_born(HIB_BORN, usual("hib", Nth(2), (92, 27), 0.98, HIB)),
    of_born(HIB_BORN, usual("hib", Nth(3), (121, 27), 0.975, HIB)),
    of_born(HIB_BORN, usual("hib", Booster, (380, 214), 0.95, HIB)),
    of_born(FOUR_BORN, usual("dpt_ipv", Nth(1), (95, 0), 0.98, FOUR)),
    of_born(FOUR_BORN, usual("dpt_ipv", Nth(2), (124, 20), 0.978, FOUR)),
    of_born(FOUR_BORN, usual("dpt_ipv", Nth(3), (153, 20), 0.97, FOUR)),
    of_born(FOUR_BORN, usual("dpt_ipv", Booster, (520, 184), 0.94, FOUR)),
    of_born(SINGLE_BORN, usual("dpt", Nth(1), (95, 0), 0.98, &["tribik"])),
    of_born(SINGLE_BORN, usual("dpt", Nth(2), (124, 20), 0.978, &["tribik"])),
    of_born(SINGLE_BORN, usual("dpt", Nth(3), (153, 20), 0.97, &["tribik"])),
    of_born(SINGLE_BORN, usual("dpt", Booster, (520, 184), 0.94, &["tribik"])),
    of_born(SINGLE_BORN, usual("ipv", Nth(1), (96, 0), 0.98, &["imovax"])),
    of_born(SINGLE_BORN, usual("ipv", Nth(2), (125, 20), 0.978, &["imovax"])),
    of_born(SINGLE_BORN, usual("ipv", Nth(3), (154, 20), 0.97, &["imovax"])),
    of_born(SINGLE_BORN, usual("ipv", Booster, (521, 184), 0.94, &["imovax"])),
    given(
        0,
        Route::Percutaneous,
        usual("bcg", Nth(1), (165, 0), 0.975, &["bcg"]),
    ),
    usual("mr1", Nth(1), (385, 0), 0.955, MR),
    usual("varicella", Nth(1), (386, 0), 0.95, &["varicella_biken"]),
    usual("varicella", Nth(2), (600, 93), 0.90, &["varicella_biken"]),
    usual("je1", Nth(1), (1_130, 0), 0.92, JE),
    usual("je1", Nth(2), (1_152, 6), 0.98, JE),
    usual("je1", Booster, (1_520, 184), 0.93, JE),
    usual("je2", Nth(1), (3_420, 0), 0.78, JE),
    given(
        10,
        Route::Subcutaneous,
        usual("dt2", Nth(1), (4_120, 0), 0.82, &["dt"]),
    ),
];

/// ロタ: one child has one of the two, and only in the first months.
pub(super) const ROTA_BORN: i32 = 202_008;
pub(super) const ROTA_ONE: &[Usual] = &[
    given(
        150,
        Route::Oral,
        usual("rota1", Nth(1), (63, 0), 1.0, &["rotarix"]),
    ),
    given(
        150,
        Route::Oral,
        usual("rota1", Nth(2), (92, 27), 0.985, &["rotarix"]),
    ),
];
pub(super) const ROTA_FIVE: &[Usual] = &[
    given(
        200,
        Route::Oral,
        usual("rota5", Nth(1), (63, 0), 1.0, &["rotateq"]),
    ),
    given(
        200,
        Route::Oral,
        usual("rota5", Nth(2), (92, 27), 0.985, &["rotateq"]),
    ),
    given(
        200,
        Route::Oral,
        usual("rota5", Nth(3), (121, 27), 0.98, &["rotateq"]),
    ),
];

/// HPV of girls of twelve and thirteen, complete with two.
pub(super) const HPV: &[Usual] = &[
    given(
        50,
        Route::Intramuscular,
        usual("hpv", Nth(1), (4_800, 0), 0.42, &["hpv9", "hpv4"]),
    ),
    given(
        50,
        Route::Intramuscular,
        usual("hpv", Nth(2), (4_990, 184), 0.93, &["hpv9", "hpv4"]),
    ),
];
