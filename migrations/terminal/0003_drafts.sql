-- 下書き: what a clerk has typed and not yet registered. Never sent anywhere, gone when the sheet is registered.
CREATE TABLE drafts (
    operator TEXT NOT NULL,
    -- The sheet or screen the draft belongs to, e.g. `sheet/<bundle>/<number>`.
    place    TEXT NOT NULL CHECK (length(place) BETWEEN 1 AND 120),
    kept_at  INTEGER NOT NULL, -- milliseconds since 1970, UTC
    body     BLOB NOT NULL CHECK (length(body) <= 65536),
    PRIMARY KEY (operator, place)
) STRICT, WITHOUT ROWID;
