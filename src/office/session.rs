//! サインイン中の職員. Proof that somebody has signed in on this terminal; every deed takes one. How it comes about
//! is signing in, and nothing else makes one outside tests.

use std::collections::BTreeSet;

use crate::domain::revision::{OperatorId, TerminalId};

/// サインイン中の職員.
#[derive(Clone, Debug)]
pub struct Session {
    operator: OperatorId,
    terminal: TerminalId,
    roles: BTreeSet<String>,
}

impl Session {
    #[must_use]
    pub fn new(operator: OperatorId, terminal: TerminalId, roles: BTreeSet<String>) -> Self {
        Self {
            operator,
            terminal,
            roles,
        }
    }

    #[must_use]
    pub fn operator(&self) -> &OperatorId {
        &self.operator
    }

    #[must_use]
    pub fn terminal(&self) -> &TerminalId {
        &self.terminal
    }

    /// Codes of the roles of the table of rights.
    #[must_use]
    pub fn roles(&self) -> &BTreeSet<String> {
        &self.roles
    }
}
