//! 部品. The pieces that every screen is made of. They know roles, sizes and keys, nothing of the domain but days
//! (the date field); each piece that can have the focus has an id and keeps 4 px for its ring.

pub mod button;
pub mod cover;
pub mod date_field;
pub mod field;
pub mod icon;
pub mod keybar;
pub mod keys;
pub mod pad;
pub mod progress;
pub mod stop;
pub mod surface;
pub mod table;
pub mod words;
