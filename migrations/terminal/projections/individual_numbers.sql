-- Ciphertext and index only: without the number key neither says which number it is.
CREATE TABLE individual_numbers (
    subject  BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    resident BLOB NOT NULL CHECK (length(resident) = 16),
    key_id   BLOB NOT NULL CHECK (length(key_id) = 8),
    sealed   BLOB NOT NULL,
    keyed    BLOB NOT NULL CHECK (length(keyed) = 32),
    revision BLOB NOT NULL CHECK (length(revision) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX individual_numbers_by_key ON individual_numbers (keyed);
