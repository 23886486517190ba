//! 文書の立場. Which revisions of a document are heads, which one is shown, and which are approved: the same for
//! every projection of a document. Approvals are read as they have been checked when they were projected.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::{
    domain::{approval::Standing as Decided, document, revision::RevisionId},
    store::{
        approvals,
        projection::{ProjectError, Stored},
    },
};

/// 文書の立場.
pub(super) struct Standing {
    heads: HashSet<RevisionId>,
    shown: Option<RevisionId>,
    approved: HashSet<RevisionId>,
}

impl Standing {
    pub(super) fn of(connection: &Connection, revisions: &[Stored]) -> Result<Self, ProjectError> {
        let approved = approved_among(connection, revisions)?;
        let heads = document::heads(revisions, |id| approved.contains(id));
        Ok(Self {
            shown: heads.first().map(|revision| revision.id),
            heads: heads.iter().map(|revision| revision.id).collect(),
            approved,
        })
    }

    pub(super) fn is_head(&self, revision: &Stored) -> bool {
        self.heads.contains(&revision.id)
    }

    pub(super) fn is_shown(&self, revision: &Stored) -> bool {
        self.shown == Some(revision.id)
    }

    pub(super) fn is_approved(&self, revision: &Stored) -> bool {
        self.approved.contains(&revision.id)
    }
}

fn approved_among(
    connection: &Connection,
    revisions: &[Stored],
) -> Result<HashSet<RevisionId>, ProjectError> {
    let judged = approvals::judged(connection, revisions)?;
    let approved = judged
        .into_iter()
        .filter(|(_, standing)| matches!(standing, Decided::Approved { .. }));
    Ok(approved.map(|(id, _)| id).collect())
}
