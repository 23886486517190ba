-- The ledger: what is never deleted and changes in one way only.

CREATE TABLE revisions (
    id              BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    subject         BLOB NOT NULL CHECK (length(subject) = 16),
    kind            TEXT NOT NULL,
    about           BLOB CHECK (about IS NULL OR length(about) = 16),
    lamport         INTEGER NOT NULL CHECK (lamport >= 0),
    made_at         INTEGER NOT NULL, -- milliseconds since 1970, UTC
    operator        TEXT NOT NULL,
    origin_terminal TEXT NOT NULL,
    deed            TEXT NOT NULL,
    body_version    INTEGER NOT NULL CHECK (body_version BETWEEN 0 AND 65535),
    body_hash       BLOB NOT NULL CHECK (length(body_hash) = 32),
    body            BLOB,
    salt            BLOB CHECK (salt IS NULL OR length(salt) = 16),
    CHECK ((body IS NULL) = (salt IS NULL))
) STRICT;

CREATE INDEX revisions_of_subject ON revisions (subject);
CREATE INDEX revisions_of_kind ON revisions (kind, subject);

CREATE TABLE revision_parents (
    child  BLOB NOT NULL CHECK (length(child) = 32),
    parent BLOB NOT NULL CHECK (length(parent) = 32),
    PRIMARY KEY (child, parent)
) STRICT, WITHOUT ROWID;

CREATE INDEX children_of_revision ON revision_parents (parent, child);

-- Which revisions an erasure names. Filled when the erasure arrives, also for revisions still on their way.
-- An erasure itself can't be erased: what it names has to reach every replica.
CREATE TABLE erasures (
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    erasure  BLOB NOT NULL CHECK (length(erasure) = 32),
    PRIMARY KEY (revision, erasure)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER revisions_are_never_deleted BEFORE DELETE ON revisions
BEGIN SELECT RAISE(ABORT, 'revisions are never deleted'); END;

CREATE TRIGGER revisions_change_only_by_erasure BEFORE UPDATE ON revisions
WHEN NOT (
    NEW.id IS OLD.id AND NEW.subject IS OLD.subject AND NEW.kind IS OLD.kind AND NEW.about IS OLD.about
    AND NEW.lamport IS OLD.lamport AND NEW.made_at IS OLD.made_at AND NEW.operator IS OLD.operator
    AND NEW.origin_terminal IS OLD.origin_terminal AND NEW.deed IS OLD.deed
    AND NEW.body_version IS OLD.body_version AND NEW.body_hash IS OLD.body_hash
    AND NEW.body IS NULL AND NEW.salt IS NULL
    AND OLD.kind <> 'erasure' AND EXISTS (SELECT 1 FROM erasures WHERE erasures.revision = OLD.id)
)
BEGIN SELECT RAISE(ABORT, 'revisions change only by erasure'); END;

CREATE TRIGGER erased_bodies_stay_away BEFORE INSERT ON revisions
WHEN NEW.body IS NOT NULL AND NEW.kind <> 'erasure'
    AND EXISTS (SELECT 1 FROM erasures WHERE erasures.revision = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the body has been erased'); END;

CREATE TRIGGER parents_are_never_deleted BEFORE DELETE ON revision_parents
BEGIN SELECT RAISE(ABORT, 'parents are never deleted'); END;
CREATE TRIGGER parents_never_change BEFORE UPDATE ON revision_parents
BEGIN SELECT RAISE(ABORT, 'parents never change'); END;
CREATE TRIGGER erasures_are_never_deleted BEFORE DELETE ON erasures
BEGIN SELECT RAISE(ABORT, 'erasures are never withdrawn'); END;
CREATE TRIGGER erasures_never_change BEFORE UPDATE ON erasures
BEGIN SELECT RAISE(ABORT, 'erasures never change'); END;

-- Transport: a revision's place in a terminal's upload log. Outside the revision's id.
CREATE TABLE upload_log (
    terminal TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    revision BLOB NOT NULL CHECK (length(revision) = 32),
    PRIMARY KEY (terminal, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
    sequence  INTEGER NOT NULL PRIMARY KEY CHECK (sequence > 0),
    at        INTEGER NOT NULL, -- milliseconds since 1970, UTC
    operator  TEXT NOT NULL,
    terminal  TEXT NOT NULL,
    deed      TEXT NOT NULL,
    individual_number_accessed INTEGER NOT NULL CHECK (individual_number_accessed IN (0, 1)),
    about     BLOB NOT NULL CHECK (length(about) % 16 = 0), -- subjects, one after the other
    detail    TEXT NOT NULL CHECK (json_valid(detail)),
    link      BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;

CREATE TABLE audit_subjects (
    subject  BLOB NOT NULL CHECK (length(subject) = 16),
    sequence INTEGER NOT NULL REFERENCES audit_events (sequence),
    PRIMARY KEY (subject, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER audit_events_never_change BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'events never change'); END;

-- Facts about this database: numbers by name.
CREATE TABLE marks (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO marks (name, value) VALUES ('lamport', 0), ('newest_program', 0);

-- Which tables a projection has and which text they were made from.
CREATE TABLE projections (
    name        TEXT NOT NULL PRIMARY KEY,
    tables      TEXT NOT NULL CHECK (json_valid(tables)),
    schema_hash BLOB NOT NULL CHECK (length(schema_hash) = 32)
) STRICT, WITHOUT ROWID;

-- What a projection could not take in: 要更新 (body of a newer program) and 未反映 (with the reason).
CREATE TABLE unprojected (
    projection TEXT NOT NULL,
    subject    BLOB NOT NULL CHECK (length(subject) = 16),
    revision   BLOB NOT NULL, -- empty where the subject as a whole could not be projected
    state      TEXT NOT NULL CHECK (state IN ('newer', 'failed')),
    reason     TEXT NOT NULL,
    PRIMARY KEY (projection, subject, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX unprojected_of_subject ON unprojected (subject);
