//! Signatures, sealing and key slots: the only place that names the crates of cryptography. Every signature
//! has a context, every AEAD names table and subject, every secret is zeroized and redacted. Nothing here
//! reads a clock or a file; random bytes come in as arguments except inside age, which draws its own.

pub mod aead;
pub mod derive;
pub mod password;
pub mod recovery;
pub mod sealing;
pub mod secret;
pub mod signature;
pub mod slot;
pub mod slot_file;
pub mod trust;
