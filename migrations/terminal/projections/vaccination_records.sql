-- 接種記録: every item of 予防接種情報, one row for each revision, clustered by person.
CREATE TABLE vaccination_records (
    person BLOB NOT NULL CHECK (length(person) = 16),
    programme TEXT NOT NULL CHECK (length(programme) BETWEEN 1 AND 16),
    dose TEXT NOT NULL CHECK (length(dose) BETWEEN 1 AND 7),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    -- 1 where no other revision of the subject builds on this one; two heads are a conflict.
    is_head INTEGER NOT NULL CHECK (is_head IN (0, 1)),
    -- 1 for the one head that every replica shows.
    is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    -- Records that were taken over from the system before need no approval.
    approval TEXT NOT NULL CHECK (approval IN ('approved', 'waiting', 'not_needed')),
    is_cancelled INTEGER NOT NULL CHECK (is_cancelled IN (0, 1)),
    vaccinated_on TEXT NOT NULL CHECK (vaccinated_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 5),
    -- 予診フラグ.
    screened_only INTEGER NOT NULL CHECK (screened_only IN (0, 1)),
    category TEXT NOT NULL CHECK (category IN
        ('routine_a', 'routine_b', 'temporary', 'special_temporary', 'voluntary', 'outside_programme')),
    source TEXT NOT NULL CHECK (source IN ('own_entry', 'handbook', 'other_city', 'historical')),
    age_years INTEGER CHECK (age_years BETWEEN 0 AND 200),
    age_months INTEGER CHECK (age_months BETWEEN 0 AND 11),
    age_days INTEGER CHECK (age_days BETWEEN 0 AND 31),
    institution_code TEXT CHECK (length(institution_code) BETWEEN 1 AND 30),
    institution_name TEXT,
    product TEXT CHECK (length(product) BETWEEN 1 AND 30),
    lot_number TEXT CHECK (length(lot_number) BETWEEN 1 AND 30),
    maker TEXT,
    amount_ml REAL CHECK (amount_ml > 0 AND amount_ml < 10),
    route TEXT CHECK (route IN ('subcutaneous', 'intramuscular', 'percutaneous', 'oral')),
    physician_decision TEXT CHECK (physician_decision IN ('suitable', 'postpone')),
    physician_name TEXT,
    setting TEXT NOT NULL CHECK (setting IN ('individual', 'group')),
    voucher_number TEXT CHECK (length(voucher_number) = 10),
    voucher_issued_on TEXT,
    recommended_on TEXT,
    special_ground TEXT,
    special_from TEXT,
    special_until TEXT,
    questionnaire BLOB CHECK (length(questionnaire) = 16),
    bundle BLOB CHECK (length(bundle) = 16),
    sheet INTEGER CHECK (sheet BETWEEN 1 AND 65535),
    expected_delivery_on TEXT,
    change_reason TEXT,
    operator TEXT NOT NULL,
    terminal TEXT NOT NULL,
    -- 更新日時. Milliseconds since 1970, UTC.
    updated_at INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    PRIMARY KEY (person, programme, dose, subject, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX vaccination_records_by_subject ON vaccination_records (subject);
CREATE INDEX vaccination_records_by_voucher ON vaccination_records (voucher_number)
    WHERE voucher_number IS NOT NULL AND is_head = 1;
CREATE INDEX vaccination_records_waiting ON vaccination_records (updated_at)
    WHERE is_head = 1 AND approval = 'waiting';
CREATE INDEX vaccination_records_entered ON vaccination_records (updated_at)
    WHERE is_head = 1 AND source <> 'historical';
