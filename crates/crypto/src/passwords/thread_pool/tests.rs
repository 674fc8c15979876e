use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Barrier};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::*;

/// Long enough for a thread to be scheduled on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

fn pool(threads: usize) -> ThreadPool {
    low_priority(NonZeroUsize::new(threads).unwrap()).unwrap()
}

/// Spawns the job and returns the receiver of its result.
fn spawn<T: Send + 'static>(
    pool: &ThreadPool,
    job: impl FnOnce() -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, result) = mpsc::channel();
    pool.spawn(move || sender.send(job()).unwrap());
    result
}

fn thread_id() -> ThreadId {
    thread::current().id()
}

/// Niceness of the calling thread: field 19 of `proc_pid_stat(5)`.
#[cfg(target_os = "linux")]
fn niceness() -> i32 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    // The second field is a name in parentheses, which may contain spaces.
    let (_, from_the_third) = stat.rsplit_once(") ").unwrap();
    let nice = from_the_third.split(' ').nth(19 - 3).unwrap();
    nice.parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn every_thread_has_a_lower_priority_than_its_caller() {
    let before = niceness();
    let pool = pool(3);
    // 10, unless the tests themselves run at a lower priority.
    assert_eq!(pool.broadcast(|_| niceness()), [(before + 10).min(19); 3]);
    assert_eq!(niceness(), before);
}

#[test]
fn the_threads_have_a_name() {
    let pool = pool(1);
    let name = spawn(&pool, || thread::current().name().map(str::to_owned));
    assert_eq!(
        name.recv_timeout(TIMEOUT).unwrap().as_deref(),
        Some("password-hash")
    );
}

#[test]
fn jobs_run_on_as_many_threads_as_asked_for_and_no_more() {
    let pool = pool(3);
    // No job passes the barrier before three have reached it.
    let barrier = Arc::new(Barrier::new(3));
    let results: Vec<_> = (0..30)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            spawn(&pool, move || {
                barrier.wait();
                thread_id()
            })
        })
        .collect();
    let threads: HashSet<_> = results
        .iter()
        .map(|result| result.recv_timeout(TIMEOUT).unwrap())
        .collect();
    assert_eq!(threads.len(), 3);
}

#[test]
fn a_thread_survives_a_job_that_panics() {
    let pool = pool(1);
    let before = spawn(&pool, thread_id).recv_timeout(TIMEOUT).unwrap();
    let panicked = spawn(&pool, || panic!("on purpose"));
    let panicked: Result<(), _> = panicked.recv_timeout(TIMEOUT);
    assert_eq!(panicked, Err(RecvTimeoutError::Disconnected));
    let after = spawn(&pool, thread_id).recv_timeout(TIMEOUT).unwrap();
    assert_eq!(before, after);
}

thread_local! {
    /// Dropped when its thread ends.
    static ALIVE: RefCell<Option<Sender<()>>> = const { RefCell::new(None) };
}

#[test]
fn the_threads_of_a_dropped_pool_end_when_their_jobs_are_done() {
    let pool = pool(3);
    let (alive, ended) = mpsc::channel();
    let barrier = Arc::new(Barrier::new(3));
    for _ in 0..3 {
        let (alive, barrier) = (alive.clone(), Arc::clone(&barrier));
        pool.spawn(move || {
            ALIVE.set(Some(alive));
            barrier.wait();
        });
    }
    drop(alive);
    let (release, released) = mpsc::channel();
    let held = spawn(&pool, move || released.recv_timeout(TIMEOUT));
    assert_eq!(ended.try_recv(), Err(TryRecvError::Empty));

    drop(pool);
    release.send(()).unwrap();
    assert_eq!(held.recv_timeout(TIMEOUT), Ok(Ok(())));
    assert_eq!(
        ended.recv_timeout(TIMEOUT),
        Err(RecvTimeoutError::Disconnected)
    );
}
