//! 長い仕事. A job works in slices of at most 50 ms, each in transactions of its own, so that the counter never
//! waits longer. How long a slice may work is learned from how long the ones before took with their commits. What
//! a job makes becomes visible by one short switch; what was made without the switch is dropped at the next start.
//! Between slices it can be cancelled.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};

use futures_channel::oneshot;

use crate::office::Office;

/// Longest work of a slice; its commit comes on top.
pub const SLICE: Duration = Duration::from_millis(15);
/// Shortest work of a slice: what is less is all commit.
const LEAST: Duration = Duration::from_millis(2);
/// What a slice is to take with its commit. The rest of the 50 ms that the counter may wait is for a disk or a
/// processor that is busy elsewhere.
const WHOLE: Duration = Duration::from_millis(20);

/// Long enough for somebody who tries every millisecond.
const GAP: Duration = Duration::from_millis(3);

/// 歩幅. How long the next slice works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Pace(Duration);

impl Pace {
    /// After a slice that took so long with its commit: shorter at once, longer little by little.
    fn after(self, took: Duration) -> Self {
        let ratio = WHOLE.as_secs_f64() / took.as_secs_f64().max(0.001);
        Self(self.0.mul_f64(ratio.clamp(0.25, 1.25)).clamp(LEAST, SLICE))
    }
}

/// 長い仕事.
pub trait Job: Send + 'static {
    type Output: Send + 'static;

    /// Works until `until` at the latest.
    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output>;

    /// Takes back what the slices have prepared.
    fn cancelled(&mut self, _office: &Office) {}
}

/// Runs a job to its end on this thread, in the slices of a job beside a counter and with a gap after each: the
/// counter may be another program that has this database open.
///
/// `took` hears how long each slice took with its commit.
pub fn run_beside<J: Job>(office: &Office, mut job: J, mut took: impl FnMut(Duration)) -> J::Output {
    let mut pace = Pace(SLICE / 2);
    loop {
        let begun = Instant::now();
        let step = job.slice(office, begun + pace.0);
        took(begun.elapsed());
        if let Step::Done(output) = step {
            return output;
        }
        pace = pace.after(begun.elapsed());
        thread::sleep(GAP);
    }
}

/// Runs a job to its end on this thread, in slices of this length. For the demo, where nobody else is there.
pub fn run_here<J: Job>(
    office: &Office,
    mut job: J,
    slice: Duration,
    mut report: impl FnMut(Progress),
) -> J::Output {
    loop {
        match job.slice(office, Instant::now() + slice) {
            Step::More(progress) => report(progress),
            Step::Done(output) => return output,
        }
    }
}

/// What a slice has come to.
#[derive(Debug)]
pub enum Step<T> {
    More(Progress),
    Done(T),
}

/// 進み具合.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub done: u64,
    /// 0 while it isn't known.
    pub total: u64,
}

/// How a job ended.
#[derive(Debug)]
pub enum JobOutcome<T> {
    Done(T),
    Cancelled,
    /// The writer has ended with the session.
    Ended,
}

/// The screen's side of a job: a future of its end.
#[derive(Debug)]
pub struct JobHandle<T> {
    shared: Arc<Shared>,
    end: oneshot::Receiver<JobOutcome<T>>,
}

/// Progress and the wish to cancel, also after the handle is being awaited.
#[derive(Clone, Debug)]
pub struct JobWatch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    progress: Mutex<Progress>,
    cancel: AtomicBool,
}

impl<T> JobHandle<T> {
    #[must_use]
    pub fn watch(&self) -> JobWatch {
        JobWatch(Arc::clone(&self.shared))
    }

    #[must_use]
    pub fn progress(&self) -> Progress {
        self.watch().progress()
    }

    pub fn cancel(&self) {
        self.watch().cancel();
    }
}

impl JobWatch {
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes effect before the next slice.
    pub fn cancel(&self) {
        self.0.cancel.store(true, Ordering::Relaxed);
    }
}

impl<T> Future for JobHandle<T> {
    type Output = JobOutcome<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.end)
            .poll(context)
            .map(|end| end.unwrap_or(JobOutcome::Ended))
    }
}

/// A job as the writer's thread sees it: one slice per call, true while there is more to do.
pub(super) type Slices = Box<dyn FnMut(&Office) -> bool + Send>;

pub(super) fn start<J: Job>(mut job: J) -> (Slices, JobHandle<J::Output>) {
    let shared = Arc::new(Shared::default());
    let (sender, end) = oneshot::channel();
    let handle = JobHandle {
        shared: Arc::clone(&shared),
        end,
    };
    let mut pace = Pace(SLICE / 2);
    let mut sender = Some(sender);
    let mut finish = move |outcome| {
        if let Some(sender) = sender.take() {
            // Nobody may be waiting any more; the job has been done all the same.
            let _ = sender.send(outcome);
        }
        false
    };
    let slices = Box::new(move |office: &Office| {
        if shared.cancel.load(Ordering::Relaxed) {
            job.cancelled(office);
            return finish(JobOutcome::Cancelled);
        }
        let begun = Instant::now();
        match job.slice(office, begun + pace.0) {
            Step::More(progress) => {
                pace = pace.after(begun.elapsed());
                *shared.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
                true
            }
            Step::Done(output) => finish(JobOutcome::Done(output)),
        }
    });
    (slices, handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pace after so many slices whose commit takes `commit` times as long as their work.
    fn settled(commit: f64, slices: u32) -> Pace {
        (0..slices).fold(Pace(SLICE), |pace, _| pace.after(pace.0.mul_f64(1.0 + commit)))
    }

    #[test]
    fn a_slice_with_its_commit_comes_to_less_than_half_of_what_the_counter_may_wait() {
        for commit in [0.25, 1.0, 3.0, 8.0] {
            let pace = settled(commit, 20);
            let whole = pace.0.mul_f64(1.0 + commit);
            assert!(whole <= WHOLE + Duration::from_millis(1), "{commit}: {whole:?}");
            assert!(whole >= WHOLE / 2, "{commit}: {whole:?}");
        }
        assert_eq!(settled(0.0, 20), Pace(SLICE), "work alone has its own limit");
        assert_eq!(
            settled(1_000.0, 20),
            Pace(LEAST),
            "it goes on, however slow the disk"
        );
    }

    #[test]
    fn one_slow_commit_is_answered_at_once_and_forgotten_little_by_little() {
        let slow = Pace(SLICE).after(Duration::from_millis(200));
        assert_eq!(slow, Pace(SLICE / 4));
        let next = slow.after(slow.0);
        assert!(next.0 > slow.0 && next.0 < SLICE / 2, "{next:?}");
    }
}
