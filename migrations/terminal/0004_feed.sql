-- The resident feed: transport, outside the ledger. Rows wait here between reading and release.

CREATE TABLE feed_loads (
    load        INTEGER NOT NULL PRIMARY KEY,
    feed        INTEGER NOT NULL CHECK (feed = 1),
    sequence    INTEGER NOT NULL CHECK (sequence > 0),
    extent      TEXT NOT NULL CHECK (extent IN ('F', 'D')),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    made_at     INTEGER NOT NULL, -- milliseconds since 1970, UTC
    state       TEXT NOT NULL CHECK (state IN ('reading', 'waiting', 'releasing', 'done', 'discarded')),
    received    INTEGER NOT NULL,
    accepted    INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,
    held        INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    released_by TEXT,
    released_at INTEGER
) STRICT;
CREATE INDEX feed_loads_of_sequence ON feed_loads (feed, sequence);

-- Bodies are CBOR as they will stand in the revisions; 個人番号 never lies here.
CREATE TABLE feed_rows (
    load              INTEGER NOT NULL REFERENCES feed_loads (load) ON DELETE CASCADE,
    row               INTEGER NOT NULL CHECK (row > 0),
    resident          BLOB NOT NULL CHECK (length(resident) = 16),
    body              BLOB NOT NULL,
    household         BLOB CHECK (household IS NULL OR length(household) = 16),
    household_body    BLOB,
    held              INTEGER NOT NULL CHECK (held IN (0, 1)),
    PRIMARY KEY (load, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_rejects (
    load     INTEGER NOT NULL REFERENCES feed_loads (load) ON DELETE CASCADE,
    row      INTEGER NOT NULL CHECK (row > 0),
    reason   TEXT NOT NULL,
    sentence TEXT NOT NULL, -- names the column, never its content
    PRIMARY KEY (load, row)
) STRICT, WITHOUT ROWID;

-- Up to which file residents and households are shown: the one switch of a load.
CREATE TABLE feed_shown (
    feed     INTEGER NOT NULL PRIMARY KEY CHECK (feed = 1),
    sequence INTEGER NOT NULL,
    made_at  INTEGER NOT NULL -- as of when the register said so
) STRICT, WITHOUT ROWID;
INSERT INTO feed_shown (feed, sequence, made_at) VALUES (1, 0, 0);
