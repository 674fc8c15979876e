#[cfg(test)]
mod tests;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use udam_domain::HashingError;

const NAME: &str = "password-hash";

/// How much nicer than the thread that starts them. Linux gives a thread at 10 a tenth of the time of
/// one at 0 that wants the same core.
#[cfg(target_os = "linux")]
const NICER_BY: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that make way for all others. They are started as they are needed, and end when this is
/// dropped and the work they were handed is done.
///
/// They are nobody else's, because a process that is not privileged may lower the priority of a
/// thread and not raise it again.
#[derive(Debug)]
pub(super) struct Threads {
    work: Sender<Work>,
    queue: Arc<Mutex<Receiver<Work>>>,
    started: Mutex<usize>,
}

impl Threads {
    /// None are started yet.
    pub(super) fn new() -> Self {
        let (work, queue) = mpsc::channel();
        Self {
            work,
            queue: Arc::new(Mutex::new(queue)),
            started: Mutex::new(0),
        }
    }

    /// Hands the work to the first thread that is free, of at least so many.
    ///
    /// # Errors
    /// [`HashingError::Failed`] where there is no thread and none can be started. A few do, where there
    /// cannot be as many as are needed.
    pub(super) fn hand(
        &self,
        needed: usize,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), HashingError> {
        self.start(needed).or(Err(HashingError::Failed))?;
        self.work.send(Box::new(work)).or(Err(HashingError::Failed))
    }

    fn start(&self, needed: usize) -> io::Result<()> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        while *started < needed {
            let queue = Arc::clone(&self.queue);
            let thread = thread::Builder::new().name(NAME.to_owned());
            match thread.spawn(move || work_off(&queue)) {
                Ok(_) => *started += 1,
                Err(cannot) if *started == 0 => return Err(cannot),
                Err(_) => break,
            }
        }
        Ok(())
    }
}

fn work_off(queue: &Mutex<Receiver<Work>>) {
    make_way();
    while let Some(work) = next(queue) {
        // Who waits for it learns that it panicked when what it was to answer through is dropped.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

/// The queue is let go before the work begins: the others wait for theirs meanwhile.
fn next(queue: &Mutex<Receiver<Work>>) -> Option<Work> {
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

/// For the calling thread alone, as Linux has it. Elsewhere it would be for the whole process.
fn make_way() {
    #[cfg(target_os = "linux")]
    // Where it is not allowed, the work is as urgent as any.
    let _ = rustix::process::nice(NICER_BY);
}
