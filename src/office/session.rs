//! サインイン中の職員. Proof that somebody has signed in on this terminal; every deed takes one. It holds her keys
//! in memory, shared by its clones and wiped with the last of them; after sign-out every clone is worth nothing.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    domain::{
        operator::{Role, Roles},
        revision::{OperatorId, TerminalId},
        trust::{Credential, Signed},
    },
    seal::{secret::Secret, signature::PrivateKey},
    store::DatabaseKey,
};

/// サインイン中の職員. A cheap clone; all clones end together.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    operator: OperatorId,
    name: String,
    terminal: TerminalId,
    roles: Roles,
    keys: Option<Keys>,
    ended: AtomicBool,
}

/// 手もとの鍵. What her password has opened.
pub(in crate::office) struct Keys {
    pub credential: Credential,
    pub signing: PrivateKey,
    pub database: DatabaseKey,
    /// Only with a number handler.
    pub number: Option<Secret>,
    /// Only with a rights administrator: the key that publishes, and the city's word for it.
    pub publishing: Option<(PrivateKey, Signed)>,
    pub publishing_secret: Option<Secret>,
}

impl Session {
    /// A session without keys: it can do what its roles may, but sign nothing. For jobs and tests.
    #[must_use]
    pub fn new(operator: OperatorId, terminal: TerminalId, roles: BTreeSet<String>) -> Self {
        let roles = roles.iter().filter_map(|code| Role::parse(code)).collect();
        Self::with(operator, String::new(), terminal, roles, None)
    }

    pub(in crate::office) fn with(
        operator: OperatorId,
        name: String,
        terminal: TerminalId,
        roles: Roles,
        keys: Option<Keys>,
    ) -> Self {
        Self(Arc::new(Inner {
            operator,
            name,
            terminal,
            roles,
            keys,
            ended: AtomicBool::new(false),
        }))
    }

    #[must_use]
    pub fn operator(&self) -> &OperatorId {
        &self.0.operator
    }

    /// 職員の名前, as the band shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    #[must_use]
    pub fn terminal(&self) -> &TerminalId {
        &self.0.terminal
    }

    #[must_use]
    pub fn roles(&self) -> Roles {
        self.0.roles
    }

    /// Whether she has signed out: no deed is done for her any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Acquire)
    }

    pub(in crate::office) fn end(&self) {
        self.0.ended.store(true, Ordering::Release);
    }

    pub(in crate::office) fn keys(&self) -> Option<&Keys> {
        self.0.keys.as_ref().filter(|_| !self.has_ended())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("operator", &self.0.operator)
            .field("roles", &self.0.roles)
            .finish_non_exhaustive()
    }
}
