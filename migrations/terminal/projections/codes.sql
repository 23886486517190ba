-- コード表: 医療機関とロット. Every row is the newest revision of its own subject.
CREATE TABLE institutions (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 30),
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    area TEXT NOT NULL,
    -- One a line.
    physicians TEXT NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX institutions_by_code ON institutions (code);

CREATE TABLE lots (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    product TEXT NOT NULL,
    lot_number TEXT NOT NULL,
    expires_on TEXT NOT NULL CHECK (expires_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX lots_by_product ON lots (product, lot_number);
