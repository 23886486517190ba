-- 予診票の束: the state computed from the facts of its ledger. Its sheets are the questionnaires pointing to it.
CREATE TABLE bundles (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    number TEXT NOT NULL,
    sender TEXT NOT NULL,
    received_on TEXT NOT NULL CHECK (received_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sheet_count INTEGER NOT NULL CHECK (sheet_count BETWEEN 0 AND 65535),
    programme TEXT,
    form_id TEXT NOT NULL,
    form_version TEXT NOT NULL,
    month TEXT,
    is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
    is_received_twice INTEGER NOT NULL CHECK (is_received_twice IN (0, 1)),
    received_by TEXT NOT NULL,
    PRIMARY KEY (subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX bundles_open ON bundles (received_on) WHERE is_closed = 0;

-- 閉じたときに見つからなかった枚.
CREATE TABLE bundle_missing_sheets (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    sheet INTEGER NOT NULL CHECK (sheet BETWEEN 1 AND 65535),
    PRIMARY KEY (subject, sheet)
) STRICT, WITHOUT ROWID;
