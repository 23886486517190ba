-- 証明書の申請と発行: one row for the application, one for each copy.
CREATE TABLE certificate_applications (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    person BLOB NOT NULL CHECK (length(person) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('completion', 'history', 'history_english')),
    applicant TEXT NOT NULL CHECK (applicant IN ('recipient', 'guardian', 'same_household', 'proxy')),
    document TEXT NOT NULL CHECK (document IN
        ('my_number_card', 'driving_licence', 'passport', 'residence_card', 'disability_handbook',
         'two_without_photo')),
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 10),
    applied_on TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX certificate_applications_of_person ON certificate_applications (person, applied_at);

CREATE TABLE certificate_issues (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    number TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK (copy BETWEEN 1 AND 99),
    form TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    issued_on TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    replaces TEXT,
    spoiled_on TEXT,
    PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX certificate_issues_by_number ON certificate_issues (number);
CREATE INDEX certificate_issues_by_day ON certificate_issues (issued_on);

-- 旅券の記載, for a certificate that shows it: as in the passport, never from the register.
CREATE TABLE certificate_passports (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    roman_name TEXT NOT NULL CHECK (length(roman_name) BETWEEN 1 AND 80),
    former_surname TEXT,
    other_surname TEXT,
    other_name TEXT,
    nationality TEXT NOT NULL CHECK (length(nationality) = 3),
    passport_number TEXT NOT NULL CHECK (length(passport_number) BETWEEN 5 AND 20),
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;
