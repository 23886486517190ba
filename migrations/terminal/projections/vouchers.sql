-- 接種券: the state computed from the facts of its ledger (接種券番号, 接種券発行日, 発送フラグ of 別添２).
CREATE TABLE vouchers (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    number TEXT NOT NULL CHECK (length(number) = 10),
    running INTEGER NOT NULL CHECK (running BETWEEN 0 AND 999999999),
    person BLOB NOT NULL CHECK (length(person) = 16),
    programme TEXT NOT NULL CHECK (length(programme) BETWEEN 1 AND 16),
    dose TEXT NOT NULL CHECK (length(dose) BETWEEN 1 AND 7),
    issued_on TEXT NOT NULL CHECK (issued_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- 発送フラグ with its day.
    dispatched_on TEXT CHECK (dispatched_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    void_on TEXT,
    void_reason TEXT CHECK (void_reason IN
        ('lost', 'damaged', 'not_arrived', 'misprinted', 'no_longer_eligible')),
    replaces TEXT CHECK (length(replaces) = 10),
    form TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    -- The run it belongs to; none at the counter.
    run BLOB CHECK (length(run) = 16),
    printed_count INTEGER NOT NULL CHECK (printed_count >= 0),
    spoiled_count INTEGER NOT NULL CHECK (spoiled_count >= 0),
    is_issued_twice INTEGER NOT NULL CHECK (is_issued_twice IN (0, 1)),
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    PRIMARY KEY (subject),
    CHECK ((void_on IS NULL) = (void_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX vouchers_by_number ON vouchers (number);
CREATE INDEX vouchers_of_person ON vouchers (person, issued_at);
CREATE INDEX vouchers_of_terminal ON vouchers (terminal, running);
CREATE INDEX vouchers_of_run ON vouchers (run) WHERE run IS NOT NULL;
CREATE INDEX vouchers_at_counter ON vouchers (issued_on) WHERE run IS NULL;
