CREATE TABLE operators (
    subject     BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    operator    TEXT NOT NULL CHECK (operator <> ''),
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL, -- codes, a blank between them
    terminals   TEXT NOT NULL, -- numbers, a blank between them; empty: all
    valid_from  TEXT NOT NULL CHECK (valid_from GLOB '????-??-??'),
    valid_until TEXT NOT NULL CHECK (valid_until GLOB '????-??-??'),
    serial      INTEGER NOT NULL CHECK (serial >= 0),
    revision    BLOB NOT NULL CHECK (length(revision) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX operators_by_number ON operators (operator);

CREATE TABLE terminals (
    subject     BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    terminal    TEXT NOT NULL CHECK (terminal <> ''),
    office      TEXT NOT NULL,
    districts   TEXT NOT NULL, -- codes, a blank between them; empty: all
    valid_from  TEXT NOT NULL CHECK (valid_from GLOB '????-??-??'),
    valid_until TEXT NOT NULL CHECK (valid_until GLOB '????-??-??'),
    serial      INTEGER NOT NULL CHECK (serial >= 0),
    revision    BLOB NOT NULL CHECK (length(revision) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE revocations (
    subject      BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    operator     TEXT CHECK (operator <> ''),
    terminal     TEXT CHECK (terminal <> ''),
    revoked_from INTEGER NOT NULL,
    reason       TEXT NOT NULL CHECK (reason IN ('departed', 'lost', 'exposed', 'replaced')),
    serial       INTEGER NOT NULL CHECK (serial >= 0),
    CHECK ((operator IS NULL) <> (terminal IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_by_operator ON revocations (operator);
