//! The encrypted database of a terminal: the only place that names rusqlite.
