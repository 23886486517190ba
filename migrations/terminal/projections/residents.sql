-- Every state of every person that the feed has said. Which one is shown is said by feed_shown alone, so that a
-- load of any size becomes visible at once.
CREATE TABLE resident_versions (
    subject          BLOB NOT NULL CHECK (length(subject) = 16),
    feed_sequence    INTEGER NOT NULL,
    feed_row         INTEGER NOT NULL,
    until_sequence   INTEGER NOT NULL, -- sequence of the next state
    revision         BLOB NOT NULL CHECK (length(revision) = 32),
    content          BLOB NOT NULL CHECK (length(content) = 32), -- what it says apart from where it stood
    processing       INTEGER NOT NULL CHECK (processing IN (1, 2, 3)),
    lg_code          TEXT NOT NULL CHECK (length(lg_code) = 6),
    atena_number     TEXT NOT NULL,
    history_number   INTEGER NOT NULL,
    household_number TEXT,
    household        BLOB CHECK (household IS NULL OR length(household) = 16),
    kana             TEXT NOT NULL,
    kanji            TEXT NOT NULL,
    former_surname   TEXT,
    former_surname_kana TEXT,
    common_name      TEXT,
    common_kana      TEXT,
    alphabet         TEXT,
    name_priority    INTEGER NOT NULL CHECK (name_priority IN (1, 2, 3)),
    kana_confirmed   INTEGER NOT NULL CHECK (kana_confirmed IN (0, 1)),
    birth_on         TEXT CHECK (birth_on IS NULL OR birth_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    birth_text       TEXT, -- the register's words, where they were kept
    sex              INTEGER NOT NULL CHECK (sex IN (1, 2, 9)),
    relationship     TEXT NOT NULL,
    status           INTEGER NOT NULL CHECK (status BETWEEN 1 AND 5),
    foreigner        INTEGER NOT NULL CHECK (foreigner IN (0, 1)),
    nationality      TEXT,
    family_code      TEXT,
    address_code     TEXT NOT NULL,
    postal_code      TEXT NOT NULL CHECK (postal_code = '' OR length(postal_code) = 7),
    address          TEXT NOT NULL,
    building         TEXT NOT NULL,
    district         TEXT NOT NULL,
    resident_since   TEXT,
    address_since    TEXT,
    change_reason    TEXT,
    changed_on       TEXT,
    changed_text     TEXT,
    notified_on      TEXT,
    moved_in_from    TEXT,
    moved_out_to     TEXT,
    updated_by       TEXT NOT NULL,
    updated_on       TEXT,
    updated_at       TEXT,
    PRIMARY KEY (subject, feed_sequence, feed_row)
) STRICT, WITHOUT ROWID;
CREATE INDEX resident_versions_by_birth ON resident_versions (birth_on);
CREATE INDEX resident_versions_by_atena ON resident_versions (atena_number);
CREATE INDEX resident_versions_by_household ON resident_versions (household);
-- The line of a list, four times as dense as the whole row: fifty of them are read for every search.
CREATE INDEX resident_lines ON resident_versions (subject, feed_sequence, until_sequence, processing, kana, kanji,
    common_name, common_kana, alphabet, name_priority, birth_on, birth_text, sex, status, relationship, district,
    changed_on);
-- Whom a file has said something of.
CREATE INDEX resident_versions_by_feed ON resident_versions (feed_sequence);

CREATE VIEW residents AS
    SELECT * FROM resident_versions
    WHERE feed_sequence <= (SELECT sequence FROM feed_shown WHERE feed = 1)
      AND until_sequence > (SELECT sequence FROM feed_shown WHERE feed = 1)
      AND processing <> 3;

-- 検索語. Each name's key from each of its letters on, so that a prefix of a word finds the inner part too.
-- place: 0 the name, 1 the given name, 2 inside; 3 and 4 the same of past names; 5 address or
-- building, 6 the same of past addresses.
CREATE TABLE resident_words (
    place   INTEGER NOT NULL CHECK (place BETWEEN 0 AND 6),
    word    TEXT NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    PRIMARY KEY (place, word, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX resident_words_of_subject ON resident_words (subject);

