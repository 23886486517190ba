//! What a person can do. One function is one deed, one transaction, one audit event.
