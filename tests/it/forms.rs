//! 様式. Each supplied form with the values of invented persons, drawn and read back by readers that are not
//! ours. `MADOGUCHI_PICTURES=folder` keeps the pictures for a look at them.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use madoguchi::print::{Form, Sheet, Values, form, pixmap, single};

pub fn supplied(id: &str) -> &'static Form {
    form::supplied(id).expect("it is supplied").expect("it fits")
}

fn values(pairs: &[(&str, &str)]) -> Values {
    let mut values = Values::default();
    for (field, value) in pairs {
        values.set(field, *value);
    }
    values.specimen = true;
    values
}

fn voucher(number: &str) -> Vec<(&'static str, String)> {
    vec![
        ("voucher.kind", "2 接種".to_owned()),
        ("voucher.dose_number", "1回目".to_owned()),
        ("city.bill_to", "いわき市　072044".to_owned()),
        ("voucher.number", number.to_owned()),
        ("voucher.ocr_line", format!("21072044{number}")),
    ]
}

pub fn child() -> Values {
    let mut values = values(&[
        ("city.name", "いわき市"),
        ("programme.name", "麻しん風しん混合（MR）　第1期"),
        ("voucher.programme_short", "麻しん風しん混合 第1期"),
        ("recipient.name", "葛\u{E0100}西　莉央"),
        ("recipient.kana", "カサイ　リオ"),
        ("recipient.postal_code", "〒970-8026"),
        (
            "recipient.address",
            "いわき市平字見本町12番地の3\nコーポ葉月B棟204号",
        ),
        ("recipient.sex", "女"),
        ("recipient.birth", "令和7年9月14日（2025年）"),
        ("vaccination_record.amount_ml", "0.5"),
        (
            "form.line",
            "様式Y-01 乳幼児・小学生　第3版（令和8年4月1日から）　いわき市",
        ),
        ("print_run.serial", "通番 000123／000260"),
    ]);
    for (field, value) in voucher("0001843273") {
        values.set(field, value);
    }
    values
}

fn elder() -> Values {
    let mut values = values(&[
        ("city.name", "いわき市"),
        ("programme.name", "高齢者インフルエンザ　令和8年度"),
        ("voucher.programme_short", "高齢者インフルエンザ"),
        ("season.from", "令和8年10月15日"),
        ("season.to", "令和9年1月31日"),
        ("window.to", "令和9年2月2日"),
        ("recipient.name", "𠮷田　ヨシ子"),
        ("recipient.kana", "ヨシダ　ヨシコ"),
        ("recipient.postal_code", "〒973-8408"),
        (
            "recipient.address",
            "いわき市内郷見本町字葉山45番地\n県営住宅2-301",
        ),
        ("recipient.sex", "女"),
        ("recipient.birth", "昭和16年2月3日（1941年）"),
        ("programme.own_payment_yen", "1,400円"),
        ("eligibility.category", "a"),
        ("vaccination_record.amount_ml", "0.5"),
        (
            "form.line",
            "様式Y-11 高齢者インフルエンザ　第2版（令和8年10月1日から）　いわき市",
        ),
        ("print_run.serial", "通番 004120／018450"),
    ]);
    for (field, value) in voucher("0004120566") {
        values.set(field, value);
    }
    values
}

fn certificate() -> Values {
    values(&[
        ("certificate.issue_number", "いわき地保（平）第 20261123-0042 号"),
        (
            "certificate.legal_ground",
            "（予防接種法による定期の予防接種　A類疾病）",
        ),
        ("programme.name", "麻しん風しん混合（MR）　第1期　1回目"),
        ("recipient.name", "葛\u{E0100}西　莉央"),
        ("recipient.birth", "令和7年9月14日"),
        ("recipient.sex", "女"),
        (
            "recipient.address",
            "福島県いわき市平字見本町12番地の3　コーポ葉月B棟204号",
        ),
        ("vaccination_record.vaccinated_on", "令和8年10月3日"),
        ("vaccination_record.amount_ml", "0.5 mL"),
        (
            "product.name",
            "乾燥弱毒生麻しん風しん混合ワクチン（見本製薬）　MRX-2417",
        ),
        ("certificate.issued_on", "令和8年11月23日"),
        ("authority.title", "福島県いわき市長"),
        ("authority.name", "見本　太郎"),
        ("certificate.copy", "1／1 通"),
        ("form.line", "様式S-01　第2版"),
    ])
}

fn list() -> Values {
    let mut list = values(&[
        ("print_run.id", "発送番号 R0091"),
        ("city.office", "いわき市　平地区保健福祉センター"),
        ("programme.name", "麻しん風しん混合（MR）第2期"),
        ("cohort.name", "令和8年11月10日 現在 第3回"),
        ("print_run.count", "260 通"),
        ("print_run.withheld_count", "4 人"),
        ("print_run.dispatched_on", "令和8年11月25日"),
        ("print_run.page_total", "この頁 18 通　累計 54 通　残り 206 通"),
        ("print_run.digest", "照合値 7F3A 91C0 5D2E B846"),
        ("page", "3／15 頁"),
        ("print_run.printed_by", "出力 2026-11-23 14:20　端末03　職員 1042"),
        (
            "form.line",
            "様式L-01　第1版　取扱注意：住所の秘匿（支援措置）の方はこの名簿に載りません。用が済んだら廃棄簿に記して裁断します。",
        ),
    ]);
    let people = [
        (
            "大和田　結菜",
            "オオワダ　ユイナ",
            "いわき市四倉町見本字浜の台104番地",
        ),
        (
            "髙橋　律",
            "タカハシ　リツ",
            "いわき市常磐見本町三丁目2番地の7\nサンハイツ湯の里A棟102号",
        ),
        (
            "葛\u{E0100}西　心春",
            "カサイ　コハル",
            "いわき市勿来町見本字関前15番地",
        ),
        (
            "山﨑　凛",
            "ヤマザキ　リン",
            "いわき市小名浜見本台6番地の18\nシーサイドレジデンス小名浜壱番館1108号",
        ),
        ("𠮷田　湊", "ヨシダ　ミナト", "いわき市平字見本町12番地の3"),
    ];
    for row in 0..18 {
        let (name, kana, address) = people[row % people.len()];
        let cells = [
            ("serial", format!("{:03}", 37 + row)),
            ("voucher.number", format!("{:010}", 1_843_001 + 70 * row)),
            ("recipient.name", name.to_owned()),
            ("recipient.kana", kana.to_owned()),
            ("recipient.sex", if row % 2 == 0 { "女" } else { "男" }.to_owned()),
            ("recipient.birth", "令和2年10月22日".to_owned()),
            ("send_to.postal_code", "979-0201".to_owned()),
            ("send_to.address", address.to_owned()),
            (
                "print_run.kind",
                if row == 5 { "再発行" } else { "初回" }.to_owned(),
            ),
            ("remark", if row == 5 { "旧券 無効" } else { "" }.to_owned()),
        ];
        list.rows.push(
            cells
                .into_iter()
                .map(|(field, value)| (field.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
        );
    }
    list
}

fn sheet(id: &str, values: &Values) -> Sheet {
    supplied(id).sheet(values).unwrap_or_else(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{id}: {said:?}")
    })
}

fn all() -> Vec<(&'static str, Sheet)> {
    let mut second = elder();
    second.set("programme.name", "高齢者肺炎球菌");
    second.set("voucher.programme_short", "高齢者肺炎球菌");
    vec![
        ("Y-01", sheet("Y-01", &child())),
        ("Y-11", sheet("Y-11", &elder())),
        ("Y-12", sheet("Y-12", &second)),
        ("S-01", sheet("S-01", &certificate())),
        ("L-01", sheet("L-01", &list())),
    ]
}

pub fn text_of(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/run installs poppler");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(pdf)
        .expect("is read");
    String::from_utf8(child.wait_with_output().expect("ends").stdout).expect("UTF-8")
}

#[test]
fn every_field_of_every_form_is_found_in_its_pdf() {
    let squeeze = |text: &str| text.replace(|c: char| c.is_whitespace(), "");
    for (id, sheet) in all() {
        if let Some(folder) = std::env::var_os("MADOGUCHI_PICTURES") {
            let png = pixmap::png(&sheet, 110.0).expect("drawn");
            std::fs::write(std::path::Path::new(&folder).join(format!("{id}.png")), png).expect("is written");
        }
        let found = squeeze(&text_of(
            &single::pdf(id, std::slice::from_ref(&sheet)).expect("is made"),
        ));
        for text in sheet.texts() {
            assert!(found.contains(&squeeze(&text)) || text == "見本", "{id}: {text}");
        }
    }
}

#[test]
fn a_name_too_long_for_the_voucher_is_listed_with_its_field() {
    let mut long = child();
    long.set("recipient.name", "寿限無".repeat(20));
    let problems = supplied("Y-01").sheet(&long).expect_err("it does not fit");
    assert!(problems.iter().all(|problem| problem.field == "recipient.name"));
    let mut twenty = child();
    twenty.set("recipient.name", "寿限無寿限無五劫擦切　海砂利水魚水行末雲来");
    assert!(supplied("Y-01").sheet(&twenty).is_ok(), "twenty letters fit");
}

#[test]
fn a_birth_date_that_is_no_date_is_printed_as_it_was_handed_over() {
    let mut unknown = child();
    unknown.set("recipient.birth", "推定令和○○年○月頃");
    let sheet = supplied("Y-01").sheet(&unknown).expect("fits");
    assert!(sheet.texts().contains(&"推定令和○○年○月頃".to_owned()));
}
