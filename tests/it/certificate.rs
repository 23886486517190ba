//! 証明書の旅. Applied for with an identity document, issued copy by copy, spoiled and printed again; only what
//! the city may certify, and every step in the log.

use madoguchi::{
    domain::{
        audit::Event,
        certificate::{Applicant, CertificateKind, IdentityDocument, NotCertifiable, Purpose},
        deed::Deed,
        record::{Amount, Category, Outcome, Setting, Source, VaccinationRecord},
        revision::{RevisionId, SubjectId},
    },
    office::{
        DeedError,
        approve::Ruling,
        certificate::{CertificateError, Request},
    },
    store::{New, Parents, audit, certificate},
};

use super::{
    feed::subject,
    forms::text_of,
    voucher::{Bench, mr1},
};

/// A dose in the records of a child, as it was entered here or handed over.
pub fn give(bench: &Bench, child: u32, source: Source, category: Category) -> RevisionId {
    let (programme, dose) = mr1();
    let record = VaccinationRecord {
        programme: programme.to_string(),
        dose,
        vaccinated_on: (chrono::Utc::now() - chrono::TimeDelta::days(60)).date_naive(),
        outcome: Outcome::Vaccinated,
        category,
        source,
        age: None,
        institution_code: None,
        institution_name: None,
        product: Some("mr_biken".into()),
        lot_number: Some("MRX-2417".into()),
        maker: None,
        amount: Amount::parse("0.5"),
        route: None,
        physician_decision: None,
        physician_name: None,
        setting: Setting::Individual,
        voucher_number: None,
        voucher_issued_on: None,
        recommended_on: None,
        special_circumstances: None,
        questionnaire: None,
        sheet: None,
        expected_delivery_on: None,
        change: None,
        is_cancelled: false,
    };
    bench
        .office
        .deed(&bench.by("1001"), Deed::Enter, |transaction| {
            let record_subject = transaction.new_subject();
            let id = transaction.append(New {
                subject: record_subject,
                about: Some(subject(child)),
                body: &record,
                parents: Parents::None,
            })?;
            transaction.event(Event::new(Deed::Enter));
            Ok::<_, DeedError>(id)
        })
        .unwrap()
}

pub fn approve(bench: &Bench, record: RevisionId) {
    bench
        .office
        .decide(&bench.by("1002"), Deed::ApproveEntry, &[record], &Ruling::APPROVE)
        .unwrap();
}

pub fn request(person: SubjectId, record: RevisionId) -> Request {
    Request {
        person,
        kind: CertificateKind::Completion,
        applicant: Applicant::Guardian,
        document: IdentityDocument::DrivingLicence,
        purpose: Purpose::Lost,
        records: vec![record],
        copies: 2,
    }
}

#[test]
fn a_certificate_says_what_register_and_records_say_with_a_number_for_each_copy() {
    let bench = Bench::of(1);
    let record = give(&bench, 1, Source::OwnEntry, Category::RoutineA);
    approve(&bench, record);
    let clerk = bench.by("1001");
    let asked = request(subject(1), record);
    let preview = bench.office.certificate_preview(&asked).unwrap();
    assert!(preview.texts().contains(&"見本".to_owned()));
    let issued = bench.office.issue_certificate(&clerk, &asked).unwrap();
    assert_eq!(issued.numbers.len(), 2);
    assert_ne!(issued.numbers[0], issued.numbers[1]);
    let text = text_of(&issued.job.pdf).replace(|c: char| c.is_whitespace(), "");
    for part in [
        "𠮷田湊",
        "予防接種済証",
        "MRX-2417",
        "0.5mL",
        "1／2通",
        "2／2通",
        "福島県いわき市長",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for number in &issued.numbers {
        assert!(text.contains(&number.replace(' ', "")), "{number}");
    }
    let lines = bench
        .office
        .read(|c| certificate::issues_of(c, subject(1)))
        .unwrap();
    assert_eq!(lines.len(), 2);
    assert!(
        lines
            .iter()
            .all(|line| line.document == "driving_licence" && line.applicant == "guardian")
    );
    let log = bench.office.read(|c| audit::entries(c, None, 20)).unwrap();
    let entry = log
        .iter()
        .find(|entry| entry.deed == "certificate.issue")
        .unwrap();
    assert_eq!(
        entry.detail.get("document").map(String::as_str),
        Some("driving_licence")
    );
    assert!(
        !format!("{:?}", entry.detail).contains('湊'),
        "no personal data in the log"
    );
}

#[test]
fn a_spoiled_copy_stays_in_the_log_and_its_successor_has_a_number_of_its_own() {
    let bench = Bench::of(1);
    let record = give(&bench, 1, Source::OwnEntry, Category::RoutineA);
    approve(&bench, record);
    let clerk = bench.by("1001");
    let asked = request(subject(1), record);
    let issued = bench.office.issue_certificate(&clerk, &asked).unwrap();
    let lines = |bench: &Bench| {
        bench
            .office
            .read(|c| certificate::issues_of(c, subject(1)))
            .unwrap()
    };
    let spoiled = lines(&bench)
        .into_iter()
        .find(|line| line.number == issued.numbers[1])
        .unwrap();
    let again = bench
        .office
        .reprint_certificate(&clerk, &asked, &spoiled)
        .unwrap();
    assert!(matches!(
        bench.office.reprint_certificate(&clerk, &asked, &spoiled),
        Err(CertificateError::Spoiled)
    ));
    let after = lines(&bench);
    assert_eq!(after.len(), 3);
    let old = after.iter().find(|line| line.number == spoiled.number).unwrap();
    let new = after.iter().find(|line| line.number == again.numbers[0]).unwrap();
    assert!(old.spoiled_on.is_some());
    assert_eq!(new.replaces.as_ref(), Some(&spoiled.number));
}

#[test]
fn what_is_not_approved_not_routine_or_from_elsewhere_is_not_certified() {
    let bench = Bench::of(3);
    let clerk = bench.by("1001");
    let refused = |child, record| match bench
        .office
        .issue_certificate(&clerk, &request(subject(child), record))
    {
        Err(CertificateError::NotCertifiable(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let waiting = give(&bench, 1, Source::OwnEntry, Category::RoutineA);
    assert_eq!(refused(1, waiting), NotCertifiable::NotApproved);
    let voluntary = give(&bench, 2, Source::OwnEntry, Category::Voluntary);
    approve(&bench, voluntary);
    assert_eq!(refused(2, voluntary), NotCertifiable::NotRoutine);
    let elsewhere = give(&bench, 3, Source::OtherCity, Category::RoutineA);
    approve(&bench, elsewhere);
    assert_eq!(refused(3, elsewhere), NotCertifiable::OtherCity);
    let choices = bench.office.certificate_choices(subject(1)).unwrap();
    assert_eq!(choices[0].refused, Some(NotCertifiable::NotApproved));
    assert!(
        bench
            .office
            .read(|c| certificate::issues_of(c, subject(1)))
            .unwrap()
            .is_empty(),
        "nothing written"
    );
}
