use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::thread::ThreadId;
use std::time::Duration;

use super::*;

/// Long enough for a thread to be scheduled on a machine that is busy.
const SOON: Duration = Duration::from_secs(30);

/// What the work returns, once it is done.
fn answer<T: Send + 'static>(
    threads: &Threads,
    needed: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, answer) = mpsc::channel();
    let work = move || sender.send(work()).unwrap();
    threads.hand(needed, work).unwrap();
    answer
}

fn thread_id() -> ThreadId {
    thread::current().id()
}

/// The priority of the calling thread: field 19 of `proc_pid_stat(5)`.
#[cfg(target_os = "linux")]
fn niceness() -> i32 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    // The second field is a name in parentheses, which may have spaces in it.
    let (_, from_the_third) = stat.rsplit_once(") ").unwrap();
    let nice = from_the_third.split(' ').nth(19 - 3).unwrap();
    nice.parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_work_is_nicer_than_who_asks_for_it() {
    let before = niceness();
    let threads = Threads::new();
    let nice = answer(&threads, 1, niceness).recv_timeout(SOON).unwrap();
    // It is 10, unless the tests themselves were told to be nice.
    assert_eq!(nice, (before + 10).min(19));
    assert_eq!(niceness(), before);
}

#[test]
fn the_threads_are_known_by_their_name() {
    let threads = Threads::new();
    let name = answer(&threads, 1, || thread::current().name().map(str::to_owned));
    assert_eq!(
        name.recv_timeout(SOON).unwrap().as_deref(),
        Some("password-hash")
    );
}

#[test]
fn no_more_threads_are_started_than_are_needed() {
    let threads = Threads::new();
    assert_eq!(*threads.started.lock().unwrap(), 0);
    let one_by_one: HashSet<_> = (0..20)
        .map(|_| answer(&threads, 1, thread_id).recv_timeout(SOON).unwrap())
        .collect();
    assert_eq!(one_by_one.len(), 1);

    // Nobody gets past it until three are there.
    let company = Arc::new(Barrier::new(3));
    let together: Vec<_> = (0..30)
        .map(|_| {
            let company = Arc::clone(&company);
            answer(&threads, 3, move || {
                company.wait();
                thread_id()
            })
        })
        .collect();
    let together: HashSet<_> = together
        .iter()
        .map(|thread| thread.recv_timeout(SOON).unwrap())
        .collect();
    assert_eq!(together.len(), 3);
    assert!(one_by_one.is_subset(&together));
}

#[test]
fn a_thread_outlives_work_that_panics() {
    let threads = Threads::new();
    let before = answer(&threads, 1, thread_id).recv_timeout(SOON).unwrap();
    let panicked = answer(&threads, 1, || panic!("on purpose"));
    let panicked: Result<(), _> = panicked.recv_timeout(SOON);
    assert_eq!(panicked, Err(RecvTimeoutError::Disconnected));
    let after = answer(&threads, 1, thread_id).recv_timeout(SOON).unwrap();
    assert_eq!(before, after);
}

thread_local! {
    /// Is dropped when its thread ends.
    static ALIVE: RefCell<Option<Sender<()>>> = const { RefCell::new(None) };
}

#[test]
fn the_threads_end_when_what_they_were_handed_is_done() {
    let threads = Threads::new();
    let (alive, ended) = mpsc::channel();
    let company = Arc::new(Barrier::new(3));
    for _ in 0..3 {
        let (alive, company) = (alive.clone(), Arc::clone(&company));
        let work = move || {
            ALIVE.set(Some(alive));
            company.wait();
        };
        threads.hand(3, work).unwrap();
    }
    drop(alive);
    let (let_go, wait) = mpsc::channel();
    let held = answer(&threads, 3, move || wait.recv_timeout(SOON));
    assert_eq!(ended.try_recv(), Err(TryRecvError::Empty));

    drop(threads);
    let_go.send(()).unwrap();
    assert_eq!(held.recv_timeout(SOON), Ok(Ok(())));
    assert_eq!(
        ended.recv_timeout(SOON),
        Err(RecvTimeoutError::Disconnected)
    );
}
