CREATE TABLE resident_notes (
    subject  BLOB NOT NULL CHECK (length(subject) = 16),
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    resident BLOB CHECK (resident IS NULL OR length(resident) = 16),
    shown    INTEGER NOT NULL CHECK (shown IN (0, 1)),
    topic    TEXT NOT NULL CHECK (topic <> ''),
    text     TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    noted_by TEXT NOT NULL,
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX resident_notes_of_resident ON resident_notes (resident);
