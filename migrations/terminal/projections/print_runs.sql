-- 印刷の一組: one row for the run, one for each range of serials, part of the manifest, and sheet of a part.
CREATE TABLE print_runs (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    -- The revision that a second person releases.
    prepared BLOB NOT NULL CHECK (length(prepared) = 32),
    number TEXT NOT NULL,
    programme TEXT NOT NULL CHECK (length(programme) BETWEEN 1 AND 16),
    dose TEXT NOT NULL CHECK (length(dose) BETWEEN 1 AND 7),
    form TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    rules_version TEXT NOT NULL,
    draw BLOB CHECK (length(draw) = 16),
    prepared_on TEXT NOT NULL,
    prepared_at INTEGER NOT NULL,
    prepared_by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    sheet_count INTEGER NOT NULL CHECK (sheet_count >= 0),
    left_out_count INTEGER NOT NULL CHECK (left_out_count >= 0),
    waiting_count INTEGER NOT NULL,
    unconfirmed_count INTEGER NOT NULL,
    sent_count INTEGER NOT NULL,
    printed_count INTEGER NOT NULL,
    spoiled_count INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    is_stopped INTEGER NOT NULL CHECK (is_stopped IN (0, 1)),
    is_unsettled INTEGER NOT NULL CHECK (is_unsettled IN (0, 1)),
    dispatched_on TEXT,
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX print_runs_by_time ON print_runs (prepared_at);

-- Where serials stand that no longer wait, neighbours in one row.
CREATE TABLE print_run_ranges (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    first INTEGER NOT NULL CHECK (first >= 1),
    last INTEGER NOT NULL CHECK (last >= first),
    state TEXT NOT NULL CHECK (state IN ('intended', 'unconfirmed', 'sent', 'printed', 'spoiled', 'left_out')),
    left_out TEXT,
    PRIMARY KEY (subject, first)
) STRICT, WITHOUT ROWID;

-- A part of a manifest, by its own subject.
CREATE TABLE print_run_parts (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    first INTEGER NOT NULL CHECK (first >= 1),
    run BLOB NOT NULL CHECK (length(run) = 16),
    sheets INTEGER NOT NULL CHECK (sheets >= 0),
    PRIMARY KEY (subject, first)
) STRICT, WITHOUT ROWID;

CREATE INDEX print_run_parts_of_run ON print_run_parts (run);

CREATE TABLE print_run_sheets (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    serial INTEGER NOT NULL CHECK (serial >= 1),
    run BLOB NOT NULL CHECK (length(run) = 16),
    person BLOB NOT NULL CHECK (length(person) = 16),
    number TEXT NOT NULL CHECK (length(number) = 10),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (subject, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX print_run_sheets_of_person ON print_run_sheets (person);
