//! The desk: the only place that names iced or rfd.
