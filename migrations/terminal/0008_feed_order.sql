-- Waiting rows are released in the order of people, in which what is stored of them lies.
CREATE INDEX feed_rows_by_resident ON feed_rows (load, resident, row);
