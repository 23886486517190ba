CREATE TABLE household_versions (
    subject           BLOB NOT NULL CHECK (length(subject) = 16),
    feed_sequence     INTEGER NOT NULL,
    feed_row          INTEGER NOT NULL,
    until_sequence    INTEGER NOT NULL,
    revision          BLOB NOT NULL CHECK (length(revision) = 32),
    content           BLOB NOT NULL CHECK (length(content) = 32),
    processing        INTEGER NOT NULL CHECK (processing IN (1, 2, 3)),
    lg_code           TEXT NOT NULL CHECK (length(lg_code) = 6),
    household_number  TEXT NOT NULL,
    head_atena_number TEXT,
    head              BLOB CHECK (head IS NULL OR length(head) = 16), -- the head's 個人番号 hangs on this person
    head_kana         TEXT NOT NULL,
    telephone         TEXT NOT NULL,
    fax               TEXT NOT NULL,
    area              TEXT NOT NULL,
    reserve           TEXT NOT NULL,
    updated_by        TEXT NOT NULL,
    updated_on        TEXT,
    updated_at        TEXT,
    PRIMARY KEY (subject, feed_sequence, feed_row)
) STRICT, WITHOUT ROWID;

CREATE VIEW households AS
    SELECT * FROM household_versions
    WHERE feed_sequence <= (SELECT sequence FROM feed_shown WHERE feed = 1)
      AND until_sequence > (SELECT sequence FROM feed_shown WHERE feed = 1)
      AND processing <> 3;
