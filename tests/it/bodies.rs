//! 本文の見本. One of each body version ever released lies in `tests/golden/bodies` and must be read for ever. A body
//! whose newest version has no sample yet fails here; `MADOGUCHI_BLESS=1` writes the samples that are missing
//! and never one that is there.

use std::{fs, path::PathBuf};

use chrono::NaiveDate;
use madoguchi::domain::{
    certificate::CertificateFact,
    erasure::Erasure,
    note::{ResidentNote, Topic},
    programme::ProgrammeCode,
    record::DoseNumber,
    revision::{self, Body, RevisionId},
    run::{RunFact, Taken},
    trust::Octets,
    voucher::{Issue, VoucherFact, VoucherNumber},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bodies")
}

/// Holds the newest version against its sample, and reads all older ones.
fn hold<B: Body>(sample: &B) {
    let kind = B::KIND.code();
    let newest = folder().join(format!("{kind}.{}.cbor", B::VERSION));
    let bytes = revision::encode(sample).unwrap();
    if !newest.exists() && std::env::var_os("MADOGUCHI_BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&newest, &bytes).unwrap();
    }
    let golden = fs::read(&newest).unwrap_or_else(|_| panic!("no sample of {kind} version {}", B::VERSION));
    assert_eq!(
        golden,
        bytes,
        "{kind} version {} is written differently now: raise VERSION and give it an upcast",
        B::VERSION
    );
    for version in 1..=B::VERSION {
        let sample = folder().join(format!("{kind}.{version}.cbor"));
        let bytes = fs::read(&sample).unwrap_or_else(|_| panic!("no sample of {kind} version {version}"));
        let read: B = revision::decode(version, &bytes).unwrap();
        // Written again, an upcast body is one of the newest version.
        let _: B = revision::decode(B::VERSION, &revision::encode(&read).unwrap()).unwrap();
    }
}

#[test]
fn every_body_version_ever_released_is_still_read() {
    hold(&ResidentNote {
        topic: Topic::SendTo,
        text: "いわき市平字梅本21".into(),
    });
    hold(&Erasure {
        revisions: vec![RevisionId([1; 32]), RevisionId([2; 32])],
        ground: "retention".into(),
    });
    hold(&super::draw::sample());
    hold(&issue());
    hold(&answer());
    hold(&copy());
}

fn issue() -> VoucherFact {
    VoucherFact::Issued(Issue {
        number: VoucherNumber::of_running(184_327).unwrap(),
        programme: ProgrammeCode::parse("mr1").unwrap(),
        dose: DoseNumber::Nth(1),
        issued_on: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        form: "Y-01".into(),
        form_version: 3,
        run: None,
        replaces: None,
    })
}

fn answer() -> RunFact {
    RunFact::Answered {
        chunk: 3,
        attempt: 1,
        taken: Taken::Taken,
        job: Some(12),
    }
}

fn copy() -> CertificateFact {
    CertificateFact::Issued {
        number: "第 20261124-000042 号".into(),
        copy: 1,
        form: "S-01".into(),
        form_version: 2,
        issued_on: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        digest: Octets(vec![7; 32]),
        replaces: None,
    }
}
