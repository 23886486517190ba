//! The rows of the draw: which people stand in the list and in which order, who stands at the bounds, and which of
//! them still waits for a signature.

use std::sync::Arc;

use super::{Draw, Drawing, List, Sort};
use crate::{
    domain::draw::{Exclusion, Standing},
    office::draw::DrawPerson,
};

impl Draw {
    pub(super) fn take(&mut self, drawing: Arc<Drawing>) {
        let same = self
            .shown
            .as_ref()
            .is_some_and(|shown| shown.line.subject == drawing.line.subject);
        self.boundary = (0..drawing.people.len())
            .filter(|index| at_boundary(&drawing, *index))
            .collect();
        self.boundary
            .sort_by_key(|index| drawing.people.get(*index).and_then(|one| one.entry.decisive_on));
        self.shown = Some(drawing);
        if !same {
            (self.list, self.row, self.boundary_row) = (List::Drawn, 0, 0);
        }
        self.arrange();
    }

    /// The rows of the list, filtered and sorted.
    fn arrange(&mut self) {
        let Some(shown) = self.shown.clone() else { return };
        let list = self.list;
        let wanted = |index: &usize| {
            shown
                .people
                .get(*index)
                .is_some_and(|one| match (list, one.entry.standing) {
                    (List::Drawn, standing) => standing == Standing::Drawn,
                    (List::Protected, standing) => standing == Standing::Excluded(Exclusion::Protected),
                    (List::Excluded, Standing::Excluded(exclusion)) => exclusion != Exclusion::Protected,
                    _ => false,
                })
        };
        self.people = (0..shown.people.len()).filter(wanted).collect();
        let line = |index: &usize| shown.people.get(*index).and_then(|one| one.line.as_ref());
        match self.sort {
            // The office gives them by kana.
            Sort::Kana => {}
            Sort::Birth => self
                .people
                .sort_by_key(|index| line(index).map(|line| line.birth.clone())),
            Sort::District => self
                .people
                .sort_by_key(|index| line(index).map(|line| line.district.clone())),
        }
        self.row = self.row.min(self.people.len().saturating_sub(1));
    }

    pub(super) fn list_as(&mut self, list: List) {
        self.list = list;
        self.row = 0;
        self.arrange();
    }

    pub(super) fn filter(&mut self) {
        let next = if self.list == List::Drawn {
            List::Excluded
        } else {
            List::Drawn
        };
        self.list_as(next);
    }

    pub(super) fn sort_next(&mut self) {
        self.sort = match self.sort {
            Sort::Kana => Sort::Birth,
            Sort::Birth => Sort::District,
            Sort::District => Sort::Kana,
        };
        self.arrange();
    }

    pub(super) fn person(&self, row: usize) -> Option<&DrawPerson> {
        self.shown.as_ref()?.people.get(*self.people.get(row)?)
    }

    pub(super) fn boundary_person(&self, row: usize) -> Option<&DrawPerson> {
        self.shown.as_ref()?.people.get(*self.boundary.get(row)?)
    }

    pub(super) fn unsigned(&self) -> usize {
        let signed = |row: &usize| {
            self.boundary_person(*row)
                .is_some_and(|one| one.signature.is_some())
        };
        (0..self.boundary.len()).filter(|row| !signed(row)).count()
    }

    pub(super) fn can_sign(&self) -> bool {
        let open = self
            .shown
            .as_ref()
            .is_some_and(|shown| !shown.line.released && !shown.line.discarded);
        open && self
            .boundary_person(self.boundary_row)
            .is_some_and(|one| one.signature.is_none())
    }
}

fn at_boundary(drawing: &Drawing, index: usize) -> bool {
    drawing.people.get(index).is_some_and(|one| one.entry.at_boundary)
}
