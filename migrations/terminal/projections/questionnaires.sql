-- 予診票: what stands on one sheet, one row for each revision; the answers are rows of their own.
CREATE TABLE questionnaires (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    is_head INTEGER NOT NULL CHECK (is_head IN (0, 1)),
    is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    is_approved INTEGER NOT NULL CHECK (is_approved IN (0, 1)),
    is_cancelled INTEGER NOT NULL CHECK (is_cancelled IN (0, 1)),
    -- Nobody was found for the sheet where it is NULL.
    person BLOB CHECK (length(person) = 16),
    form_id TEXT NOT NULL,
    form_version TEXT NOT NULL,
    bundle BLOB CHECK (length(bundle) = 16),
    sheet INTEGER CHECK (sheet BETWEEN 1 AND 65535),
    voucher_number TEXT CHECK (length(voucher_number) = 10),
    programme TEXT CHECK (length(programme) BETWEEN 1 AND 16),
    dose TEXT CHECK (length(dose) BETWEEN 1 AND 7),
    category TEXT,
    -- 紙の記載. NULL: the same as the register; empty: nothing written.
    written_kana TEXT,
    written_name TEXT,
    written_address TEXT,
    written_birth TEXT,
    kana_agreement TEXT,
    name_agreement TEXT,
    birth_agreement TEXT,
    address_agreement TEXT,
    temperature_celsius REAL CHECK (temperature_celsius BETWEEN 30 AND 45),
    age_written_years INTEGER,
    age_written_months INTEGER,
    physician_decision TEXT CHECK (physician_decision IN ('suitable', 'postpone')),
    is_physician_signed INTEGER CHECK (is_physician_signed IN (0, 1)),
    consent TEXT CHECK (consent IN ('agrees', 'declines')),
    signer TEXT,
    product TEXT,
    lot_number TEXT,
    amount_ml REAL CHECK (amount_ml > 0 AND amount_ml < 10),
    route TEXT,
    institution_code TEXT,
    institution_name TEXT,
    physician_name TEXT,
    injected_on TEXT,
    outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 5),
    special_ground TEXT,
    special_from TEXT,
    special_until TEXT,
    -- 確かめた警告, `code=answer` with spaces between.
    confirmations TEXT NOT NULL,
    -- 疑義. Codes with spaces between; NULL where the sheet isn't held.
    hold TEXT,
    change_reason TEXT,
    operator TEXT NOT NULL,
    terminal TEXT NOT NULL,
    -- Milliseconds since 1970, UTC.
    updated_at INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX questionnaires_by_sheet ON questionnaires (bundle, sheet) WHERE bundle IS NOT NULL AND is_head = 1;
CREATE INDEX questionnaires_by_person ON questionnaires (person) WHERE person IS NOT NULL;
CREATE INDEX questionnaires_held ON questionnaires (updated_at) WHERE hold IS NOT NULL AND is_head = 1;

CREATE TABLE questionnaire_answers (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    question INTEGER NOT NULL CHECK (question BETWEEN 1 AND 255),
    reply TEXT NOT NULL CHECK (reply IN ('yes', 'no', 'blank')),
    physician_noted INTEGER CHECK (physician_noted IN (0, 1)),
    PRIMARY KEY (subject, revision, question),
    FOREIGN KEY (subject, revision) REFERENCES questionnaires (subject, revision)
) STRICT, WITHOUT ROWID;
