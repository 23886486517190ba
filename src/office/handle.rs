//! 画面が持つ手. The cheap clone that screens hold: counter deeds and jobs go to the thread that writes, counter
//! before jobs; reads go to a thread of their own. Dropping the future of a read drops the read; a write once
//! asked for is always done.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use futures_channel::oneshot;

use crate::office::{
    Office,
    job::{self, Job, JobHandle, Slices},
};

type Work = Box<dyn FnOnce(&Office) + Send>;

/// 画面が持つ手. The threads end, and the database is closed, when the last clone is gone.
#[derive(Clone)]
pub struct Handle {
    closing: Arc<Closing>,
}

/// Closes both queues when the last handle is gone, and waits until the database is closed: a program that ended
/// meanwhile would take the cipher's library away from under the thread that still writes.
struct Closing {
    queues: Arc<Queues>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.queues.close();
        let here = thread::current().id();
        for thread in self.threads.drain(..) {
            // A thread can't wait for its own end; a fault in it has been told by `has_ended`.
            if thread.thread().id() != here {
                let _ = thread.join();
            }
        }
    }
}

struct Queues {
    writes: Queue,
    reads: Queue,
}

impl Queues {
    fn close(&self) {
        self.writes.close();
        self.reads.close();
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    counter: VecDeque<Work>,
    jobs: VecDeque<Slices>,
    closed: bool,
    /// The thread is gone: nothing more will be answered.
    ended: bool,
}

impl Handle {
    /// Starts the two threads over this office.
    #[must_use]
    pub fn new(office: Office) -> Self {
        let office = Arc::new(office);
        let queues = Arc::new(Queues {
            writes: Queue::default(),
            reads: Queue::default(),
        });
        let writer = Arc::clone(&queues);
        let of_writer = Arc::clone(&office);
        let reader = Arc::clone(&queues);
        let threads = vec![
            spawn("writer", move || writer.writes.work(&of_writer)),
            spawn("reader", move || reader.reads.work(&office)),
        ];
        Self {
            closing: Arc::new(Closing { queues, threads }),
        }
    }

    /// 窓口の操作. Runs before any job's next slice. The future may be dropped; the deed is done all the same.
    pub fn counter<T, F>(&self, f: F) -> impl Future<Output = T> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Office) -> T + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.closing.queues.writes.push(Box::new(move |office| {
            let _ = sender.send(f(office));
        }));
        answered(answer)
    }

    /// 照会. Left undone when its future has been dropped before its turn.
    pub fn read<T, F>(&self, f: F) -> impl Future<Output = T> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Office) -> T + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.closing.queues.reads.push(Box::new(move |office| {
            if !sender.is_canceled() {
                let _ = sender.send(f(office));
            }
        }));
        answered(answer)
    }

    /// 長い仕事. Its slices run between counter deeds, one job after the other.
    pub fn job<J: Job>(&self, job: J) -> JobHandle<J::Output> {
        let (slices, handle) = job::start(job);
        self.closing.queues.writes.push_job(slices);
        handle
    }

    /// Whether the writer has ended by a fault: the session is over then.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.closing.queues.writes.lock().ended
    }

    /// 終了. Whatever has been asked for is still done; a job stops after its slice.
    pub fn close(&self) {
        self.closing.queues.close();
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

/// An answer that never comes (the thread has ended) leaves the screen waiting; `has_ended` tells it.
async fn answered<T>(answer: oneshot::Receiver<T>) -> T {
    match answer.await {
        Ok(answer) => answer,
        Err(oneshot::Canceled) => std::future::pending().await,
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .expect("a machine that can't start a thread can't start the desk")
}

enum Next {
    Counter(Work),
    Job(Slices),
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, work: Work) {
        let mut waiting = self.lock();
        if !waiting.ended {
            waiting.counter.push_back(work);
            self.bell.notify_one();
        }
    }

    fn push_job(&self, slices: Slices) {
        let mut waiting = self.lock();
        if !waiting.ended {
            waiting.jobs.push_back(slices);
            self.bell.notify_one();
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_one();
    }

    /// Runs until the queue is closed and its counter is empty.
    fn work(&self, office: &Office) {
        let _ending = Ending(self);
        while let Some(next) = self.next() {
            match next {
                Next::Counter(work) => work(office),
                Next::Job(mut slices) => {
                    if slices(office) {
                        self.lock().jobs.push_front(slices);
                    }
                }
            }
        }
    }

    fn next(&self) -> Option<Next> {
        let mut waiting = self.lock();
        loop {
            if let Some(work) = waiting.counter.pop_front() {
                return Some(Next::Counter(work));
            }
            if waiting.closed {
                return None;
            }
            if let Some(slices) = waiting.jobs.pop_front() {
                return Some(Next::Job(slices));
            }
            waiting = self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Says that the thread has ended, also when a deed panicked, and lets go of what was waiting.
struct Ending<'q>(&'q Queue);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.ended = true;
        waiting.counter.clear();
        waiting.jobs.clear();
    }
}
