CREATE TABLE approvals (
    subject     BLOB NOT NULL CHECK (length(subject) = 16),
    revision    BLOB NOT NULL CHECK (length(revision) = 32), -- what it names
    consent     TEXT NOT NULL CHECK (consent IN ('entry', 'second', 'release', 'officials')),
    decision    TEXT NOT NULL CHECK (decision IN ('approved', 'returned')),
    reason      TEXT,
    approver    TEXT NOT NULL CHECK (approver <> ''),
    approved_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    -- What the certificate says, or why there is none.
    serial      INTEGER,
    roles       TEXT,
    valid_from  TEXT CHECK (valid_from GLOB '????-??-??'),
    valid_until TEXT CHECK (valid_until GLOB '????-??-??'),
    void        TEXT CHECK (void IN ('unsigned', 'not_certified')),
    CHECK ((roles IS NULL) = (void IS NOT NULL)),
    CHECK ((roles IS NULL) = (serial IS NULL)),
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_of_revision ON approvals (revision);
CREATE INDEX approvals_by_approver ON approvals (approver);
