-- Runs on their way: transport between the slices of a job, outside the ledger. Sheets wait here until all of them
-- have been laid out; then they go into the ledger part by part, and the manifest shows them.

CREATE TABLE run_preparations (
    preparation  INTEGER NOT NULL PRIMARY KEY,
    -- laying: dropped at the next start; writing: goes on where it was. dropped and cancelled account for numbers.
    state        TEXT NOT NULL CHECK (state IN ('laying', 'writing', 'done', 'cancelled', 'dropped', 'told')),
    draw         BLOB CHECK (draw IS NULL OR length(draw) = 16),
    run          BLOB NOT NULL CHECK (length(run) = 16),
    manifest     BLOB, -- CBOR, from 'writing' on
    -- The voucher numbers on its sheets, without check digit.
    first_number TEXT,
    last_number  TEXT,
    sheets       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE run_preparation_sheets (
    preparation INTEGER NOT NULL REFERENCES run_preparations (preparation) ON DELETE CASCADE,
    serial      INTEGER NOT NULL CHECK (serial > 0),
    person      BLOB NOT NULL CHECK (length(person) = 16),
    number      TEXT NOT NULL CHECK (length(number) = 10),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (preparation, serial)
) STRICT, WITHOUT ROWID;
