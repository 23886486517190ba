-- Printers of this terminal, by form: which queue a form goes to, and how its sheets are moved and scaled there.
-- A fact about a machine, outside the ledger and never sent.

CREATE TABLE printers (
    form   TEXT NOT NULL,
    queue  TEXT NOT NULL,
    -- Tenths of a millimetre.
    right_tenths INTEGER NOT NULL CHECK (right_tenths BETWEEN -200 AND 200),
    down_tenths  INTEGER NOT NULL CHECK (down_tenths BETWEEN -200 AND 200),
    -- Thousandths of the size.
    scale_permille INTEGER NOT NULL CHECK (scale_permille BETWEEN 900 AND 1100),
    -- The queue that the form goes to by itself.
    is_usual INTEGER NOT NULL CHECK (is_usual IN (0, 1)),
    PRIMARY KEY (form, queue)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX printers_usual ON printers (form) WHERE is_usual = 1;
