-- Judged by version 2 of the table of rights: a change of that table changes this text.
CREATE TABLE approval_standings (
    subject    BLOB NOT NULL CHECK (length(subject) = 16),
    revision   BLOB NOT NULL CHECK (length(revision) = 32),
    standing   TEXT NOT NULL CHECK (standing IN ('approved', 'returned', 'void')),
    void       TEXT CHECK (void IN ('unsigned', 'not_certified', 'no_right', 'own_work')),
    decided_by TEXT,
    decided_at INTEGER,
    CHECK ((standing = 'void') = (void IS NOT NULL)),
    CHECK ((standing = 'void') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_standings_of_revision ON approval_standings (revision);
