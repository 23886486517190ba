//! Paper: one `Sheet` in millimetres, shaped once, with two painters (PDF and pixels). A form is data
//! (`assets/forms`); what "printed" means and who may print is `office`, how bytes reach a queue `platform`.

pub mod code;
pub mod fit;
pub mod font;
pub mod form;
pub mod pixmap;
mod selector;
pub mod shape;
pub mod sheet;
pub mod single;
pub mod stream;
mod subset;

pub use font::{Face, FontError};
pub use form::{Form, FormError, Values};
pub use shape::ShapeError;
pub use sheet::Sheet;
