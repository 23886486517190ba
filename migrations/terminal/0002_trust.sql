-- The city key this database trusts. Made at set-up, never changed.

CREATE TABLE trust (
    name  TEXT NOT NULL PRIMARY KEY CHECK (name IN ('city_key', 'demo')),
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER trust_is_never_deleted BEFORE DELETE ON trust
BEGIN SELECT RAISE(ABORT, 'the city key is never taken away'); END;
CREATE TRIGGER trust_never_changes BEFORE UPDATE ON trust
BEGIN SELECT RAISE(ABORT, 'the city key never changes'); END;
