//! Paper: one `Sheet` in millimetres, shaped once, with two painters (PDF and pixels).
