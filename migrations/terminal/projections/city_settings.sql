-- 市の設定: the revision with the highest serial.
CREATE TABLE city_settings (
    subject      BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
    serial       INTEGER NOT NULL CHECK (serial >= 1),
    settings     TEXT NOT NULL CHECK (json_valid(settings)),
    published_by TEXT NOT NULL,
    published_at INTEGER NOT NULL -- milliseconds since 1970, UTC
) STRICT, WITHOUT ROWID;
