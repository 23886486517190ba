//! 画面が持つ手. The cheap clone that screens hold: counter deeds and jobs go to the thread that writes, counter
//! before jobs and jobs before what is kept up in the background; reads go to a thread of their own. A third one
//! brings what has been written from the log of writes into the file, so that no deed waits for that; jobs do.
//! Dropping the future of a read drops the read; a write once asked for is always done.

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
    /// Taken up where there is no other job.
    background: VecDeque<Slices>,
    /// How much has been written since the log of writes was last brought into the file.
    written: u32,
    /// That is being done, or is about to be.
    settling: bool,
    closed: bool,
    /// The thread is gone: nothing more will be answered.
    ended: bool,
}

/// A deed writes so much at the most, as a measure.
const A_DEED: u32 = 1;
const A_SLICE: u32 = 8;
/// When the log of writes is brought into the file: after so many deeds, or a fifth of a second of a job.
const SETTLED_AFTER: u32 = 64;

impl Handle {
    /// Starts the threads over this office.
    #[must_use]
    pub fn new(office: Office) -> Self {
        let office = Arc::new(office);
        let beside = office.checkpoint_beside().is_ok();
        let queues = Arc::new(Queues {
            writes: Queue::default(),
            reads: Queue::default(),
        });
        let writer = Arc::clone(&queues);
        let of_writer = Arc::clone(&office);
        let reader = Arc::clone(&queues);
        let of_reader = Arc::clone(&office);
        let mut threads = vec![
            spawn("writer", move || writer.writes.work(&of_writer, beside)),
            spawn("reader", move || reader.reads.work(&of_reader, false)),
        ];
        if beside {
            let settler = Arc::clone(&queues);
            threads.push(spawn("settler", move || settler.writes.settle(&office)));
        }
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

    /// 脇の仕事. A job that nobody waits for: it gives way to every other one between two slices.
    pub fn background<J: Job>(&self, job: J) -> JobHandle<J::Output> {
        let (slices, handle) = job::start(job);
        self.closing.queues.writes.push_background(slices);
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
    Background(Slices),
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'q>(&self, waiting: MutexGuard<'q, Waiting>) -> MutexGuard<'q, Waiting> {
        self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.lock());
        self.bell.notify_all();
    }

    fn push(&self, work: Work) {
        self.ring(|waiting| {
            if !waiting.ended {
                waiting.counter.push_back(work);
            }
        });
    }

    fn push_job(&self, slices: Slices) {
        self.ring(|waiting| {
            if !waiting.ended {
                waiting.jobs.push_back(slices);
            }
        });
    }

    fn push_background(&self, slices: Slices) {
        self.ring(|waiting| {
            if !waiting.ended {
                waiting.background.push_back(slices);
            }
        });
    }

    fn close(&self) {
        self.ring(|waiting| waiting.closed = true);
    }

    /// Runs until the queue is closed and its counter is empty.
    fn work(&self, office: &Office, settles: bool) {
        let _ending = Ending(self);
        while let Some(next) = self.next() {
            let written = match next {
                Next::Counter(work) => {
                    work(office);
                    A_DEED
                }
                Next::Job(mut slices) => {
                    if slices(office) {
                        self.lock().jobs.push_front(slices);
                    }
                    A_SLICE
                }
                Next::Background(mut slices) => {
                    if slices(office) {
                        self.lock().background.push_front(slices);
                    }
                    A_SLICE
                }
            };
            if settles {
                self.wrote(written);
            }
        }
    }

    /// Jobs wait while the log is brought into the file, so that all of it comes in and it begins anew; the counter
    /// does not.
    fn next(&self) -> Option<Next> {
        let mut waiting = self.lock();
        loop {
            if let Some(work) = waiting.counter.pop_front() {
                return Some(Next::Counter(work));
            }
            if waiting.closed {
                return None;
            }
            if !waiting.settling {
                if let Some(slices) = waiting.jobs.pop_front() {
                    return Some(Next::Job(slices));
                }
                if let Some(slices) = waiting.background.pop_front() {
                    return Some(Next::Background(slices));
                }
            }
            waiting = self.wait(waiting);
        }
    }

    fn wrote(&self, written: u32) {
        let mut waiting = self.lock();
        waiting.written += written;
        if waiting.written >= SETTLED_AFTER && !waiting.settling {
            waiting.written = 0;
            waiting.settling = true;
            self.bell.notify_all();
        }
    }

    /// Brings the log of writes into the file whenever it is asked for, until the queue is closed.
    fn settle(&self, office: &Office) {
        loop {
            let mut waiting = self.lock();
            while !waiting.settling && !waiting.closed && !waiting.ended {
                waiting = self.wait(waiting);
            }
            if waiting.closed || waiting.ended {
                return;
            }
            drop(waiting);
            // Where this fails the log only grows, and the next time has it all.
            let _ = office.checkpoint();
            self.ring(|waiting| waiting.settling = false);
        }
    }
}

/// Says that the thread has ended, also when a deed panicked, and lets go of what was waiting.
struct Ending<'q>(&'q Queue);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.ring(|waiting| {
            waiting.ended = true;
            waiting.counter.clear();
            waiting.jobs.clear();
            waiting.background.clear();
        });
    }
}
