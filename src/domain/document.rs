//! 文書の先端. Documents (予診票・接種記録・住民の申し送り・抽出) form a graph by their parents; what no other
//! revision builds on is a head. Two heads are a conflict, shown as 要確認 until a person joins them; until then
//! every replica must show the same one, whatever order things arrived in.

use std::{cmp::Reverse, collections::HashSet};

use crate::domain::revision::{Revision, RevisionId};

/// The revisions no other one of the set builds on, the shown one first: approved before not approved, then
/// the higher lamport, then the higher id.
#[must_use]
pub fn heads(revisions: &[Revision], approved: impl Fn(&RevisionId) -> bool) -> Vec<&Revision> {
    let built_on: HashSet<&RevisionId> = revisions.iter().flat_map(|r| &r.parents).collect();
    let mut heads: Vec<&Revision> = revisions.iter().filter(|r| !built_on.contains(&r.id)).collect();
    heads.sort_by_key(|head| Reverse((approved(&head.id), head.lamport, head.id)));
    heads
}
