-- 対象者抽出: the draws, their names in parts, who signed at the bounds, what was given up.
CREATE TABLE draws (
    subject         BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    revision        BLOB NOT NULL CHECK (length(revision) = 32),
    programme       TEXT NOT NULL CHECK (length(programme) BETWEEN 1 AND 16),
    dose            TEXT NOT NULL CHECK (length(dose) BETWEEN 1 AND 7),
    criteria        TEXT NOT NULL, -- JSON
    criteria_key    BLOB NOT NULL CHECK (length(criteria_key) = 32),
    drawn_on        TEXT NOT NULL CHECK (drawn_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    rule_version    TEXT NOT NULL CHECK (rule_version <> ''),
    residents_as_of INTEGER, -- milliseconds since 1970, UTC
    base            INTEGER NOT NULL CHECK (base >= 0),
    drawn           INTEGER NOT NULL CHECK (drawn BETWEEN 0 AND base),
    boundary        INTEGER NOT NULL CHECK (boundary >= 0),
    excluded        TEXT NOT NULL, -- code and count, a blank between them
    parts           INTEGER NOT NULL CHECK (parts BETWEEN 0 AND 65535),
    digest          BLOB NOT NULL CHECK (length(digest) = 32),
    previous        BLOB CHECK (previous IS NULL OR length(previous) = 16),
    operator        TEXT NOT NULL,
    made_at         INTEGER NOT NULL,
    lamport         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draws_by_criteria ON draws (criteria_key, lamport);

CREATE TABLE draw_people (
    subject     BLOB NOT NULL CHECK (length(subject) = 16),
    draw        BLOB NOT NULL CHECK (length(draw) = 16),
    person      BLOB NOT NULL CHECK (length(person) = 16),
    standing    TEXT NOT NULL CHECK (standing <> ''),
    decisive_on TEXT,
    at_boundary INTEGER NOT NULL CHECK (at_boundary IN (0, 1)),
    PRIMARY KEY (draw, person, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX draw_people_of_part ON draw_people (subject);

CREATE TABLE draw_signatures (
    subject   BLOB NOT NULL CHECK (length(subject) = 16),
    draw      BLOB NOT NULL CHECK (length(draw) = 16),
    person    BLOB NOT NULL CHECK (length(person) = 16),
    signed_by TEXT NOT NULL CHECK (signed_by <> ''),
    signed_at INTEGER NOT NULL,
    PRIMARY KEY (draw, person, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX draw_signatures_of_subject ON draw_signatures (subject);

CREATE TABLE draws_discarded (
    subject      BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    draw         BLOB NOT NULL CHECK (length(draw) = 16),
    discarded_by TEXT NOT NULL CHECK (discarded_by <> ''),
    discarded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draws_discarded_of_draw ON draws_discarded (draw);
