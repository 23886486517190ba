//! Signatures, sealing and the canonical forms that travel. Batches themselves come with their own issue.
