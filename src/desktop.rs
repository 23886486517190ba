//! The desk: the only place that names iced or rfd.

pub mod theme;
pub mod widget;
