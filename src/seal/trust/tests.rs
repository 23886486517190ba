//! Tests of the trust root: what another key says, an old serial, a revoked or lapsed certificate, a forged
//! approval are refused, each with its own answer.

use super::*;
use crate::{
    domain::{
        approval::Decision,
        operator::{Role, Roles, Validity},
        revision::RevisionId,
        right::Consent,
        trust::RevocationReason,
    },
    seal::{sealing::OpeningKey, secret::Secret},
};
use chrono::{DateTime, Utc};

struct City {
    root: PublicKey,
    publishing: PrivateKey,
    publisher: Signed,
}

fn key(n: u8) -> PrivateKey {
    PrivateKey::from_secret(&Secret::new([n; 32]))
}

fn year() -> Validity {
    Validity {
        from: "2026-04-01".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-24T03:00:00Z".parse().unwrap()
}

fn city_of(seed: u8) -> City {
    let (city, publishing) = (key(seed), key(seed + 1));
    let certificate = PublisherCertificate {
        key: publishing.public().0,
        validity: year(),
    };
    City {
        root: city.public(),
        publisher: endorse(&city, 1, now(), certificate),
        publishing,
    }
}

fn operator(opening: &OpeningKey, signing: &PrivateKey) -> OperatorCertificate {
    OperatorCertificate {
        operator: OperatorId("1002".into()),
        name: "試験".into(),
        sealing_key: opening.public().as_str().into(),
        signing_key: signing.public().0,
        roles: Roles::of(&[Role::Verifier]),
        terminals: vec![],
        validity: year(),
    }
}

impl City {
    fn say(&self, serial: u64, says: Says) -> Credential {
        publish(
            &self.publishing,
            &self.publisher,
            &Statement {
                serial,
                issued_at: now(),
                says,
            },
        )
    }
}

#[test]
fn a_key_is_sealed_to_a_certified_operator_and_only_she_opens_it() {
    let (city, hers) = (city_of(10), OpeningKey::make());
    let credential = city.say(5, Says::Operator(operator(&hers, &key(50))));
    let certified = certify(&city.root, &credential, "2026-11-24".parse().unwrap(), &[], 0).unwrap();
    let sealed = certified.seal(&[1; 32]).unwrap();
    assert_eq!(hers.open(&sealed).unwrap().as_slice(), &[1; 32]);
}

#[test]
fn a_key_is_never_sealed_to_an_operator_whom_the_city_did_not_certify() {
    let (ours, theirs, hers) = (city_of(10), city_of(20), OpeningKey::make());
    let certificate = operator(&hers, &key(50));
    let on = "2026-11-24".parse().unwrap();
    let strange = theirs.say(5, Says::Operator(certificate.clone()));
    assert_eq!(
        certify(&ours.root, &strange, on, &[], 0),
        Err(TrustError::NotOurs)
    );
    // The city's word for its publishing key beside a certificate that another key signed.
    let borrowed = Credential {
        publisher: ours.publisher.clone(),
        ..strange
    };
    assert_eq!(
        certify(&ours.root, &borrowed, on, &[], 0),
        Err(TrustError::NotOurs)
    );
    let mut changed = ours.say(5, Says::Operator(certificate));
    let last = changed.certificate.statement.0.len() - 1;
    changed.certificate.statement.0[last] ^= 1;
    assert_eq!(
        certify(&ours.root, &changed, on, &[], 0),
        Err(TrustError::NotOurs)
    );
}

#[test]
fn lapsed_revoked_and_older_certificates_are_refused() {
    let (city, hers) = (city_of(10), OpeningKey::make());
    let credential = city.say(5, Says::Operator(operator(&hers, &key(50))));
    let certify = |on: &str, revocations: &[Credential], newest| {
        certify(&city.root, &credential, on.parse().unwrap(), revocations, newest).map(|_| ())
    };
    assert_eq!(certify("2027-04-01", &[], 0), Err(TrustError::Lapsed));
    assert_eq!(certify("2026-11-24", &[], 6), Err(TrustError::Older));
    let revocation = |serial| {
        city.say(
            serial,
            Says::Revocation(RevocationNotice {
                whom: Revoked::Operator(OperatorId("1002".into())),
                from: now(),
                reason: RevocationReason::Departed,
            }),
        )
    };
    assert_eq!(
        certify("2026-11-24", &[revocation(6)], 0),
        Err(TrustError::Revoked)
    );
    assert_eq!(
        certify("2026-11-24", &[revocation(4)], 0),
        Ok(()),
        "she was enrolled anew after it"
    );
}

#[test]
fn a_publishing_key_can_neither_make_another_nor_sign_outside_its_year() {
    let city = city_of(10);
    let other = Says::Publisher(PublisherCertificate {
        key: key(77).public().0,
        validity: year(),
    });
    assert_eq!(
        read(&city.root, &city.say(2, other)),
        Err(TrustError::OtherStatement)
    );
    let late = Statement {
        serial: 3,
        issued_at: "2027-03-31T15:00:00Z".parse().unwrap(),
        says: Says::Operator(operator(&OpeningKey::make(), &key(50))),
    };
    let credential = publish(&city.publishing, &city.publisher, &late);
    assert_eq!(read(&city.root, &credential), Err(TrustError::PublisherLapsed));
}

#[test]
fn an_approval_forged_changed_or_borrowed_is_unsigned() {
    let (city, hers) = (city_of(10), key(50));
    let credential = city.say(5, Says::Operator(operator(&OpeningKey::make(), &hers)));
    let consented = Consented {
        consent: Consent::Entry,
        decision: Decision::Approved,
        revisions: vec![RevisionId([1; 32])],
        reason: None,
        approver: OperatorId("1002".into()),
        approved_at: now(),
    };
    let signed = sign_approval(&hers, &credential, consented.clone());
    let check = |approval: &Approval| check_approval(&city.root, approval).map(|_| ());
    assert_eq!(check(&signed), Ok(()));

    let forged = sign_approval(&key(51), &credential, consented);
    assert_eq!(check(&forged), Err(Void::Unsigned), "signed by somebody else");
    let mut changed = signed.clone();
    changed.consented.revisions.push(RevisionId([2; 32]));
    assert_eq!(
        check(&changed),
        Err(Void::Unsigned),
        "a revision added to the list"
    );
    let mut turned = signed.clone();
    turned.consented.decision = Decision::Returned;
    assert_eq!(check(&turned), Err(Void::Unsigned), "the decision turned round");
    let elsewhere = Approval {
        credential: city_of(20).say(5, Says::Operator(operator(&OpeningKey::make(), &hers))),
        ..signed.clone()
    };
    assert_eq!(
        check(&elsewhere),
        Err(Void::Unsigned),
        "a certificate of another city"
    );
}
