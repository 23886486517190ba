//! 長い仕事. A job works in slices of at most 50 ms, each in transactions of its own, so that the counter never
//! waits longer. What it makes becomes visible by one short switch; what was made without the switch is dropped
//! at the next start. Between slices it can be cancelled.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_channel::oneshot;

use crate::office::Office;

/// How long a slice works; its commit comes on top, and both together stay below the 50 ms that the counter may
/// wait.
pub const SLICE: Duration = Duration::from_millis(20);

/// 長い仕事.
pub trait Job: Send + 'static {
    type Output: Send + 'static;

    /// Works until `until` at the latest.
    fn slice(&mut self, office: &Office, until: Instant) -> Step<Self::Output>;

    /// Takes back what the slices have prepared.
    fn cancelled(&mut self, _office: &Office) {}
}

/// Runs a job to its end on this thread, in slices of this length. For the command line and the demo, where no
/// counter waits.
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
        match job.slice(office, Instant::now() + SLICE) {
            Step::More(progress) => {
                *shared.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
                true
            }
            Step::Done(output) => finish(JobOutcome::Done(output)),
        }
    });
    (slices, handle)
}
