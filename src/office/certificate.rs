//! 証明書の操作. Application with the identity document that was shown, issue copy by copy, spoiled copies, issue
//! again. Only doses that the city's rule lets through can be chosen; every printed field comes from the register
//! and the records. Handing the job to a queue is the caller's.

use std::fmt;

use chrono::NaiveDate;

use crate::{
    domain::{
        audit::Event,
        certificate::{
            self as rule, Applicant, Application, Certifiable, CertificateFact, CertificateKind,
            IdentityDocument, MOST_COPIES, NotCertifiable, Purpose,
        },
        deed::Deed,
        programme::ProgrammeCode,
        record::{Category, Source},
        revision::{RevisionId, SubjectId},
        trust::{NumberSeries, Octets},
        vaccine::ProductCode,
        wareki,
    },
    office::{
        DeedError, Office, Session,
        number::NumberError,
        paper::{self, Paper, PaperError},
        printers,
        voucher::{PrintJob, font_refused},
    },
    print::{Sheet, Values, form, single},
    rules,
    store::{
        Connection, New, Parents, StoreError, Transaction, certificate, people,
        record::{self, RecordLine},
        resident::{self, ResidentCard},
    },
};

pub use crate::store::certificate::CertificateLine;

/// Why no certificate was applied for or issued.
#[derive(Debug)]
pub enum CertificateError {
    UnknownPerson,
    /// No dose was chosen, or more than the form holds.
    Doses,
    Copies,
    /// One of the doses may not be certified.
    NotCertifiable(NotCertifiable),
    /// The record has changed since it was chosen.
    ChangedMeanwhile,
    UnknownNumber,
    /// This copy has been spoiled already.
    Spoiled,
    /// This kind of certificate has no form yet.
    NoForm,
    Number(NumberError),
    Paper(PaperError),
    Deed(DeedError),
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPerson => f.write_str("この方は台帳にいません。さがし直してください。"),
            Self::Doses => f.write_str("証明する接種を1件選んでください。済証は1件ごとに1枚です。"),
            Self::Copies => write!(f, "部数は1から{MOST_COPIES}までです。入れなおしてください。"),
            Self::NotCertifiable(reason) => write!(
                f,
                "この接種は証明できません（{}）。ほかの接種を選んでください。",
                reason.label()
            ),
            Self::ChangedMeanwhile => {
                f.write_str("選んだあとで記録が直されています。読みなおしてから選んでください。")
            }
            Self::UnknownNumber => {
                f.write_str("この番号の証明書は発行されていません。番号を確かめてください。")
            }
            Self::Spoiled => f.write_str("この証明書はすでに廃棄されています。一覧を読みなおしてください。"),
            Self::NoForm => {
                f.write_str("この種類の証明書はまだ発行できません。予防接種済証を選んでください。")
            }
            Self::Number(error) => error.fmt(f),
            Self::Paper(error) => error.fmt(f),
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CertificateError {}

macro_rules! from {
    ($($error:ty => $variant:ident,)*) => {
        $(impl From<$error> for CertificateError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}
from! { DeedError => Deed, NumberError => Number, PaperError => Paper, }

impl From<StoreError> for CertificateError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

/// 証明を選ぶ行. A dose with whether it may be certified.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    pub record: RecordLine,
    /// What people call it.
    pub programme: String,
    pub refused: Option<NotCertifiable>,
}

/// 申請の内容.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    pub person: SubjectId,
    pub kind: CertificateKind,
    pub applicant: Applicant,
    pub document: IdentityDocument,
    pub purpose: Purpose,
    /// The shown versions of the records.
    pub records: Vec<RevisionId>,
    pub copies: u8,
}

/// 発行した証明書.
#[derive(Clone, PartialEq, Debug)]
pub struct IssuedCertificate {
    pub application: SubjectId,
    /// One for each copy.
    pub numbers: Vec<String>,
    pub sheets: Vec<Sheet>,
    pub job: PrintJob,
}

/// 証明書の画面の人. Who the certificate is for, what may be certified, what was issued before.
#[derive(Clone, PartialEq)]
pub struct CertificatePerson {
    pub name: String,
    pub birth: String,
    pub choices: Vec<Choice>,
    pub issues: Vec<CertificateLine>,
}

impl fmt::Debug for CertificatePerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificatePerson(…)")
    }
}

impl Office {
    /// 証明書の人を開く. Seeing a person is a deed.
    ///
    /// # Errors
    /// [`CertificateError::UnknownPerson`].
    pub fn certificate_person(
        &self,
        session: &Session,
        person: SubjectId,
    ) -> Result<CertificatePerson, CertificateError> {
        let paper = &self.paper()?;
        self.deed(session, Deed::ViewPerson, |transaction| {
            let card =
                resident::card(transaction.connection(), person)?.ok_or(CertificateError::UnknownPerson)?;
            let choices = choices(transaction.connection(), paper, person)?;
            let issues = certificate::issues_of(transaction.connection(), person)?;
            transaction.event(
                Event::new(Deed::ViewPerson)
                    .about(person)
                    .detail("from", "certificate"),
            );
            Ok(CertificatePerson {
                name: card.names.shown().to_owned(),
                birth: paper::birth(&card.birth, false),
                choices,
                issues,
            })
        })
    }

    /// 証明できる接種. Every dose of a person with the reason against it, if any.
    ///
    /// # Errors
    /// [`CertificateError::UnknownPerson`].
    pub fn certificate_choices(&self, person: SubjectId) -> Result<Vec<Choice>, CertificateError> {
        let paper = &self.paper()?;
        self.read(|connection| Ok(choices(connection, paper, person)))?
    }

    /// 証明書を見る. The first copy as it would be printed, without a number.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn certificate_preview(&self, request: &Request) -> Result<Sheet, CertificateError> {
        let paper = &self.paper()?;
        let today = self.today();
        self.read(|connection| {
            Ok(chosen(connection, paper, request).and_then(|(card, line)| {
                sheet(
                    connection,
                    paper,
                    request,
                    (&card, &line),
                    "（番号は発行のときに付きます）",
                    1,
                    today,
                )
            }))
        })?
    }

    /// 申請を受けて発行する. The application, a number for each copy, and the job for the queue, in one deed.
    ///
    /// # Errors
    /// [`CertificateError`]; nothing is written then.
    pub fn issue_certificate(
        &self,
        session: &Session,
        request: &Request,
    ) -> Result<IssuedCertificate, CertificateError> {
        let paper = &self.paper()?;
        if request.copies == 0 || request.copies > MOST_COPIES {
            return Err(CertificateError::Copies);
        }
        let today = self.today();
        self.read(|connection| Ok(chosen(connection, paper, request).map(|_| ())))??;
        let numbers = self.take_certificate_numbers(paper, request.copies, today)?;
        self.deed(session, Deed::IssueCertificate, |transaction| {
            let (card, line) = chosen(transaction.connection(), paper, request)?;
            let application = transaction.new_subject();
            let applied = CertificateFact::Applied(Application {
                kind: request.kind,
                applicant: request.applicant,
                document: request.document,
                purpose: request.purpose,
                records: request.records.clone(),
                copies: request.copies,
                applied_on: today,
            });
            append(transaction, application, request.person, &applied)?;
            let mut sheets = Vec::with_capacity(numbers.len());
            for (copy, number) in (1..).zip(&numbers) {
                let made = sheet(
                    transaction.connection(),
                    paper,
                    request,
                    (&card, &line),
                    number,
                    copy,
                    today,
                )?;
                let fact = issued(number, copy, today, &made, None);
                append(transaction, application, request.person, &fact)?;
                sheets.push(made);
            }
            transaction.event(
                Event::new(Deed::IssueCertificate)
                    .about(request.person)
                    .detail("application", application.0)
                    .detail("kind", request.kind.code())
                    .detail("applicant", request.applicant.code())
                    .detail("document", request.document.code())
                    .detail("copies", request.copies),
            );
            Ok(IssuedCertificate {
                application,
                numbers,
                job: job(transaction.connection(), application, &sheets, 1)?,
                sheets,
            })
        })
    }

    /// 刷損を登録して刷りなおす. The spoiled copy stays in the log; the new one has a number of its own and names it.
    ///
    /// # Errors
    /// [`CertificateError`]; nothing is written then.
    pub fn reprint_certificate(
        &self,
        session: &Session,
        request: &Request,
        spoiled: &CertificateLine,
    ) -> Result<IssuedCertificate, CertificateError> {
        let paper = &self.paper()?;
        let today = self.today();
        let numbers = self.take_certificate_numbers(paper, 1, today)?;
        self.deed(session, Deed::ReissueCertificate, |transaction| {
            let lines = certificate::issues_for(transaction.connection(), spoiled.application)?;
            let line = lines.iter().find(|line| line.number == spoiled.number);
            let line = line.ok_or(CertificateError::UnknownNumber)?;
            if line.spoiled_on.is_some() {
                return Err(CertificateError::Spoiled);
            }
            let (card, dose) = chosen(transaction.connection(), paper, request)?;
            let number = numbers
                .first()
                .ok_or(CertificateError::Number(NumberError::Exhausted))?;
            let gone = CertificateFact::Spoiled {
                number: line.number.clone(),
                on: today,
            };
            append(transaction, line.application, line.person, &gone)?;
            let made = sheet(
                transaction.connection(),
                paper,
                request,
                (&card, &dose),
                number,
                line.copy,
                today,
            )?;
            let fact = issued(number, line.copy, today, &made, Some(line.number.clone()));
            append(transaction, line.application, line.person, &fact)?;
            transaction.event(
                Event::new(Deed::ReissueCertificate)
                    .about(line.person)
                    .detail("application", line.application.0)
                    .detail("copy", line.copy),
            );
            let sheets = vec![made];
            Ok(IssuedCertificate {
                application: line.application,
                job: job(
                    transaction.connection(),
                    line.application,
                    &sheets,
                    lines.len() as u32 + 1,
                )?,
                numbers: numbers.clone(),
                sheets,
            })
        })
    }

    /// 刷損だけを登録する. Destroyed, and no other copy is wanted.
    ///
    /// # Errors
    /// [`CertificateError`]; nothing is written then.
    pub fn spoil_certificate(
        &self,
        session: &Session,
        line: &CertificateLine,
    ) -> Result<(), CertificateError> {
        let today = self.today();
        self.deed(session, Deed::SpoilCertificate, |transaction| {
            let lines = certificate::issues_for(transaction.connection(), line.application)?;
            let known = lines.iter().find(|known| known.number == line.number);
            if known.ok_or(CertificateError::UnknownNumber)?.spoiled_on.is_some() {
                return Err(CertificateError::Spoiled);
            }
            let fact = CertificateFact::Spoiled {
                number: line.number.clone(),
                on: today,
            };
            append(transaction, line.application, line.person, &fact)?;
            transaction.event(
                Event::new(Deed::SpoilCertificate)
                    .about(line.person)
                    .detail("application", line.application.0),
            );
            Ok(())
        })
    }

    /// `いわき地保（平）第 20261123-000042 号`: the day and a running number that is given once.
    fn take_certificate_numbers(
        &self,
        paper: &Paper,
        copies: u8,
        today: NaiveDate,
    ) -> Result<Vec<String>, NumberError> {
        let taken = self.take_numbers(NumberSeries::Certificate, usize::from(copies), |_| true)?;
        let day = today.format("%Y%m%d");
        Ok(taken
            .into_iter()
            .map(|running| format!("{}第 {day}-{running:06} 号", paper.issue_prefix))
            .collect())
    }
}

fn choices(
    connection: &Connection,
    paper: &Paper,
    person: SubjectId,
) -> Result<Vec<Choice>, CertificateError> {
    let card = resident::card(connection, person)?.ok_or(CertificateError::UnknownPerson)?;
    let lines = record::records_of(connection, person)?;
    let mut choices = Vec::new();
    for line in lines {
        if line.is_cancelled || line.outcome != crate::domain::record::Outcome::Vaccinated {
            continue;
        }
        let heads = record::versions_of(connection, line.subject)?;
        let is_in_conflict = heads.iter().filter(|version| version.is_head).count() > 1;
        let asked = Certifiable {
            category: category(&line.category),
            source: source(&line.source),
            vaccinated_on: line.vaccinated_on,
            born_on: card.birth.day(),
            resident_since: card.resident_since,
            is_approved: line.approval.counts(),
            is_in_conflict,
        };
        let programme =
            ProgrammeCode::parse(&line.programme).and_then(|code| rules::embedded().programme(code));
        choices.push(Choice {
            programme: programme.map_or_else(|| line.programme.clone(), |programme| programme.name.clone()),
            refused: rule::certifiable(&paper.certificate_rule(), &asked).err(),
            record: line,
        });
    }
    Ok(choices)
}

/// The one dose of a completion certificate, if it may be certified.
fn chosen(
    connection: &Connection,
    paper: &Paper,
    request: &Request,
) -> Result<(ResidentCard, RecordLine), CertificateError> {
    if request.kind != CertificateKind::Completion {
        return Err(CertificateError::NoForm);
    }
    let [wanted] = request.records.as_slice() else {
        return Err(CertificateError::Doses);
    };
    let choices = choices(connection, paper, request.person)?;
    let choice = choices
        .into_iter()
        .find(|choice| choice.record.revision == *wanted);
    let choice = choice.ok_or(CertificateError::ChangedMeanwhile)?;
    if let Some(reason) = choice.refused {
        return Err(CertificateError::NotCertifiable(reason));
    }
    let card = resident::card(connection, request.person)?.ok_or(CertificateError::UnknownPerson)?;
    Ok((card, choice.record))
}

fn sheet(
    connection: &Connection,
    paper: &Paper,
    request: &Request,
    (card, line): (&ResidentCard, &RecordLine),
    number: &str,
    copy: u8,
    today: NaiveDate,
) -> Result<Sheet, CertificateError> {
    let form = form::supplied("S-01")
        .ok_or(PaperError::NoForm)?
        .map_err(PaperError::from)?;
    let authority = paper.authority_on(today).ok_or(PaperError::NoAuthority)?;
    let mut values = Values::default();
    values.specimen = people::is_demo(connection)?;
    values.set("certificate.issue_number", number);
    values.set("certificate.legal_ground", ground(&line.category));
    values.set("programme.name", dose_title(line));
    paper::set_person(&mut values, card);
    values.set("recipient.birth", paper::birth(&card.birth, false));
    values.set("recipient.address", card.address.line());
    values.set(
        "vaccination_record.vaccinated_on",
        wareki::long(line.vaccinated_on),
    );
    let amount = line.amount.map(|amount| format!("{amount} mL"));
    values.set(
        "vaccination_record.amount_ml",
        amount.unwrap_or_else(|| "*".to_owned()),
    );
    values.set("product.name", product(line));
    values.set("certificate.issued_on", wareki::long(today));
    values.set("authority.title", &authority.title);
    values.set("authority.name", &authority.name);
    values.set("certificate.copy", format!("{copy}／{} 通", request.copies));
    values.set("form.line", format!("様式S-01　第{}版", form.version()));
    Ok(form.sheet(&values).map_err(PaperError::from)?)
}

fn ground(category: &str) -> &'static str {
    match category {
        "routine_a" => "（予防接種法による定期の予防接種　A類疾病）",
        "routine_b" => "（予防接種法による定期の予防接種　B類疾病）",
        _ => "",
    }
}

fn dose_title(line: &RecordLine) -> String {
    let programme = ProgrammeCode::parse(&line.programme).and_then(|code| rules::embedded().programme(code));
    match programme {
        Some(programme) if programme.dose_numbers().len() > 1 => {
            format!("{}　{}", programme.name, programme.dose_name(line.dose))
        }
        Some(programme) => format!("{}　{}", programme.name, line.dose.label()),
        None => line.programme.clone(),
    }
}

/// 一般名（製造販売業者）　ロット. What is not known is printed as `*`.
fn product(line: &RecordLine) -> String {
    let known = line.product.as_deref().and_then(ProductCode::parse);
    let known = known.and_then(|code| rules::embedded().product(code));
    let name = known.map_or("*", |product| product.generic.as_str());
    let maker = line
        .maker
        .as_deref()
        .or(known.map(|product| product.maker.as_str()))
        .unwrap_or("*");
    format!("{name}（{maker}）　{}", line.lot_number.as_deref().unwrap_or("*"))
}

fn category(code: &str) -> Category {
    let found = Category::ALL.into_iter().find(|category| category.code() == code);
    found.unwrap_or(Category::OutsideProgramme)
}

fn source(code: &str) -> Source {
    Source::ALL
        .into_iter()
        .find(|source| source.code() == code)
        .unwrap_or(Source::OtherCity)
}

fn issued(number: &str, copy: u8, on: NaiveDate, sheet: &Sheet, replaces: Option<String>) -> CertificateFact {
    CertificateFact::Issued {
        number: number.to_owned(),
        copy,
        form: "S-01".to_owned(),
        form_version: form::supplied("S-01")
            .and_then(Result::ok)
            .map_or(0, |form| form.version()),
        issued_on: on,
        digest: Octets(sheet.digest().to_vec()),
        replaces,
    }
}

fn job(
    connection: &Connection,
    application: SubjectId,
    sheets: &[Sheet],
    attempt: u32,
) -> Result<PrintJob, CertificateError> {
    let (queue, placing) = printers::usual(connection, "S-01")?;
    let pdf =
        single::placed_pdf("S-01", sheets, placing).map_err(|error| PaperError::Form(font_refused(error)))?;
    let name: String = application
        .0
        .simple()
        .to_string()
        .chars()
        .rev()
        .take(12)
        .collect();
    Ok(PrintJob {
        name: format!("C{name}/1/{attempt}"),
        pdf,
        queue,
    })
}

fn append(
    transaction: &mut Transaction<'_>,
    application: SubjectId,
    person: SubjectId,
    fact: &CertificateFact,
) -> Result<(), StoreError> {
    transaction.append(New {
        subject: application,
        about: Some(person),
        body: fact,
        parents: Parents::None,
    })?;
    Ok(())
}
