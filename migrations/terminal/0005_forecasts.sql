-- 見通し: what the rules say of each person, as absolute facts. Derived from records, notes, register and rules, so
-- none of it is merged, sent or digested; whoever has no fresh row is judged from scratch.

CREATE TABLE forecast_people (
    person        BLOB NOT NULL PRIMARY KEY CHECK (length(person) = 16),
    -- What the rows of this person were computed from.
    rule_version  TEXT NOT NULL,
    feed_sequence INTEGER NOT NULL,
    -- 0 while fresh; else the order in which people became stale.
    marked        INTEGER NOT NULL CHECK (marked >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX forecast_people_stale ON forecast_people (marked) WHERE marked > 0;

CREATE TABLE forecasts (
    person         BLOB NOT NULL CHECK (length(person) = 16),
    programme      TEXT NOT NULL CHECK (length(programme) BETWEEN 1 AND 16),
    dose           TEXT NOT NULL CHECK (length(dose) BETWEEN 1 AND 7),
    -- One row for each stretch of days, in order.
    part           INTEGER NOT NULL CHECK (part BETWEEN 0 AND 99),
    from_on        TEXT NOT NULL CHECK (from_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- 9999-12-31 where there is no end.
    until_on       TEXT NOT NULL CHECK (until_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    standard_from  TEXT,
    standard_until TEXT,
    -- Fiscal years in which the dose of the season was given, a blank between them.
    seasons_done   TEXT NOT NULL,
    reason         TEXT NOT NULL,
    PRIMARY KEY (person, programme, dose, part),
    CHECK (from_on <= until_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX forecasts_by_dose ON forecasts (programme, dose, from_on);
