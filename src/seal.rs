//! Signatures, sealing and key slots: the only place that names the crates of cryptography.
