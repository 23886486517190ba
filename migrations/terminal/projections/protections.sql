-- 支援措置. Shown as soon as it is read, whatever load it came in; it never ends by itself when until_on has passed.
CREATE TABLE protections (
    subject     BLOB NOT NULL CHECK (length(subject) = 16) PRIMARY KEY,
    resident    BLOB NOT NULL CHECK (length(resident) = 16),
    revision    BLOB NOT NULL CHECK (length(revision) = 32),
    in_force    INTEGER NOT NULL CHECK (in_force IN (0, 1)),
    provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    from_on     TEXT,
    until_on    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX protections_of_resident ON protections (resident);
