//! 焦点. Reads the stops of the tree in their order and sets the focus to one of them. The order is the order of
//! the tree, which follows the paper; it wraps at both ends. Enter passes over pinned fields, Tab doesn't.

use std::any::Any;

use iced::{
    Rectangle,
    advanced::widget::{Id, Operation, operation},
};

use crate::desktop::widget::stop::MoveOn;

/// Said by a field whose value is pinned: Enter passes over it.
#[derive(Debug, Default)]
pub struct Pinned(pub bool);

/// A step of the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Next,
    Back,
    /// The next stop that isn't pinned.
    NextOpen,
    BackOpen,
    /// The next open stop, if the one with the focus asks for it.
    NextIfAsked,
}

#[derive(Debug)]
struct Found {
    id: Option<Id>,
    focused: bool,
    pinned: bool,
}

/// All stops, in order.
#[derive(Debug, Default)]
pub(super) struct Stops {
    found: Vec<Found>,
    asked: bool,
}

impl Stops {
    pub(super) fn focused(&self) -> Option<usize> {
        self.found.iter().position(|stop| stop.focused)
    }

    pub(super) fn id(&self, index: usize) -> Option<&Id> {
        self.found.get(index).and_then(|stop| stop.id.as_ref())
    }

    /// Where the focus belongs after `step`. Without a focus it goes back to `last`, or to the first stop.
    pub(super) fn target(&self, step: Option<Step>, last: Option<&Id>) -> Option<usize> {
        if self.found.is_empty() {
            return None;
        }
        let Some(current) = self.focused() else {
            let lost = last.and_then(|id| self.found.iter().position(|stop| stop.id.as_ref() == Some(id)));
            return lost
                .or_else(|| self.found.iter().position(|stop| !stop.pinned))
                .or(Some(0));
        };
        let count = self.found.len();
        let around = |forward: bool| {
            (1..=count).map(move |n| {
                if forward {
                    (current + n) % count
                } else {
                    (current + count - n) % count
                }
            })
        };
        let open = |forward: bool| around(forward).find(|i| !self.found[*i].pinned).or(Some(current));
        match step {
            None => Some(current),
            Some(Step::Next) => around(true).next(),
            Some(Step::Back) => around(false).next(),
            Some(Step::NextOpen) => open(true),
            Some(Step::BackOpen) => open(false),
            Some(Step::NextIfAsked) => {
                if self.asked {
                    open(true)
                } else {
                    Some(current)
                }
            }
        }
    }
}

impl Operation for Stops {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::Focusable) {
        self.found.push(Found {
            id: id.cloned(),
            focused: state.is_focused(),
            pinned: false,
        });
    }

    fn custom(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Any) {
        if let Some(move_on) = state.downcast_mut::<MoveOn>() {
            self.asked |= std::mem::take(&mut move_on.0);
        }
        if let Some(Pinned(true)) = state.downcast_ref::<Pinned>()
            && let Some(stop) = self.found.iter_mut().rev().find(|stop| stop.id.as_ref() == id)
        {
            stop.pinned = true;
        }
    }
}

/// Gives the focus to the stop with an index and takes it from all others.
pub(super) struct Set {
    target: usize,
    seen: usize,
}

impl Set {
    pub(super) fn new(target: usize) -> Self {
        Self { target, seen: 0 }
    }
}

impl Operation for Set {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::Focusable) {
        if self.seen == self.target {
            state.focus();
        } else {
            state.unfocus();
        }
        self.seen += 1;
    }
}

/// Selects the whole of the text field with an id: typing replaces what stands there. A pass of its own, since
/// taking the focus puts the caret to the end.
pub(super) struct SelectAll(pub(super) Option<Id>);

impl Operation for SelectAll {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn text_input(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn operation::TextInput) {
        if id.is_some() && id == self.0.as_ref() {
            state.select_all();
        }
    }
}
