//! 本文の見本. Bodies as deeds have written them lie in `tests/golden/bodies`, named by kind, version and deed, and must
//! be read for ever; those of the newest version are also written back byte for byte. Before the first release a
//! sample may be replaced; after it a changed body needs a new `VERSION` and an `upcast`, and the old samples stay.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use madoguchi::domain::{
    approval::Approval,
    bundle::BundleFact,
    certificate::CertificateFact,
    city::CitySettings,
    draw::Draw,
    erasure::Erasure,
    institution::CodeEntry,
    kept_number::KeptNumber,
    note::ResidentNote,
    questionnaire::Questionnaire,
    record::VaccinationRecord,
    resident::{Household, Protection, Resident},
    revision::{self, Body, Kind, RevisionId, SubjectId},
    run::{ManifestSheet, RunFact},
    trust::{Octets, PublishedOperator, PublishedRevocation, PublishedTerminal},
    voucher::{VoucherFact, VoucherNumber},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bodies")
}

/// A sample: its kind, its version and its bytes.
fn samples() -> Vec<(String, Kind, u16, Vec<u8>)> {
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut parts = name.split('.');
        let kind = parts.next().and_then(Kind::parse).expect("a kind first");
        let version = parts
            .next()
            .and_then(|part| part.parse().ok())
            .expect("a version next");
        samples.push((name, kind, version, fs::read(path).unwrap()));
    }
    samples
}

fn hold<B: Body>(name: &str, version: u16, bytes: &[u8]) {
    let read: B = revision::decode(version, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let again = revision::encode(&read).unwrap();
    if version == B::VERSION {
        assert!(
            again == bytes,
            "{name} is written differently now: raise VERSION and give it an upcast"
        );
    }
    let _: B = revision::decode(B::VERSION, &again).unwrap();
}

#[test]
fn every_body_version_ever_released_is_still_read() {
    for (name, kind, version, bytes) in samples() {
        let (name, bytes) = (name.as_str(), bytes.as_slice());
        match kind {
            Kind::Questionnaire => hold::<Questionnaire>(name, version, bytes),
            Kind::VaccinationRecord => hold::<VaccinationRecord>(name, version, bytes),
            Kind::ResidentNote => hold::<ResidentNote>(name, version, bytes),
            Kind::Draw => hold::<Draw>(name, version, bytes),
            Kind::Voucher => hold::<VoucherFact>(name, version, bytes),
            Kind::PrintRun => hold::<RunFact>(name, version, bytes),
            Kind::CertificateIssue => hold::<CertificateFact>(name, version, bytes),
            Kind::Bundle => hold::<BundleFact>(name, version, bytes),
            Kind::Resident => hold::<Resident>(name, version, bytes),
            Kind::Household => hold::<Household>(name, version, bytes),
            Kind::IndividualNumber => hold::<KeptNumber>(name, version, bytes),
            Kind::Protection => hold::<Protection>(name, version, bytes),
            Kind::Operator => hold::<PublishedOperator>(name, version, bytes),
            Kind::Terminal => hold::<PublishedTerminal>(name, version, bytes),
            Kind::Revocation => hold::<PublishedRevocation>(name, version, bytes),
            Kind::CodeTable => hold::<CodeEntry>(name, version, bytes),
            Kind::Approval => hold::<Approval>(name, version, bytes),
            Kind::Erasure => hold::<Erasure>(name, version, bytes),
            Kind::CitySetting => hold::<CitySettings>(name, version, bytes),
            Kind::Medium | Kind::Right | Kind::Rule | Kind::Form | Kind::Link => {
                panic!("{name}: nothing reads a body of this kind yet")
            }
        }
    }
}

#[test]
fn every_kind_that_is_written_has_a_sample_of_its_newest_version() {
    let found: BTreeSet<(Kind, u16)> = samples()
        .into_iter()
        .map(|(_, kind, version, _)| (kind, version))
        .collect();
    let written = [
        (Kind::Questionnaire, Questionnaire::VERSION),
        (Kind::VaccinationRecord, VaccinationRecord::VERSION),
        (Kind::ResidentNote, ResidentNote::VERSION),
        (Kind::Draw, Draw::VERSION),
        (Kind::Voucher, VoucherFact::VERSION),
        (Kind::PrintRun, RunFact::VERSION),
        (Kind::CertificateIssue, CertificateFact::VERSION),
        (Kind::Bundle, BundleFact::VERSION),
        (Kind::Resident, Resident::VERSION),
        (Kind::Household, Household::VERSION),
        (Kind::IndividualNumber, KeptNumber::VERSION),
        (Kind::Protection, Protection::VERSION),
        (Kind::Operator, PublishedOperator::VERSION),
        (Kind::Terminal, PublishedTerminal::VERSION),
        (Kind::Revocation, PublishedRevocation::VERSION),
        (Kind::CodeTable, CodeEntry::VERSION),
        (Kind::CitySetting, CitySettings::VERSION),
        (Kind::Approval, Approval::VERSION),
        (Kind::Erasure, Erasure::VERSION),
    ];
    for newest in written {
        assert!(found.contains(&newest), "{newest:?} has no sample");
    }
}

#[test]
fn what_is_written_today_is_what_the_samples_made_by_hand_hold() {
    let erasure = Erasure {
        revisions: vec![RevisionId([1; 32]), RevisionId([2; 32])],
        ground: "retention".into(),
    };
    let sample = |name: &str| fs::read(folder().join(name)).unwrap();
    assert!(revision::encode(&erasure).unwrap() == sample("erasure.1.cbor"));
    assert!(revision::encode(&crate::draw::sample()).unwrap() == sample("draw.1.cbor"));
    assert!(revision::encode(&crate::settings::own()).unwrap() == sample("city_setting.1.cbor"));
    assert!(revision::encode(&part()).unwrap() == sample("print_run.1.part.cbor"));
}

/// A part of a manifest, as a subject of its own.
fn part() -> RunFact {
    RunFact::Sheets {
        run: Some(SubjectId::derived("print_run", "sample")),
        from: 201,
        sheets: vec![ManifestSheet {
            person: SubjectId::derived("resident", "sample"),
            number: VoucherNumber::of_running(202)
                .or_else(|| VoucherNumber::of_running(203))
                .unwrap(),
            digest: Octets(vec![7; 32]),
        }],
    }
}
