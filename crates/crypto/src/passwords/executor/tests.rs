use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::poll;
use tokio::task::{JoinHandle, JoinSet};

use super::*;

fn executor(max_concurrent: usize, max_waiting: usize) -> Arc<BoundedExecutor> {
    let limits = HashingLimits {
        max_concurrent: NonZeroUsize::new(max_concurrent).unwrap(),
        max_waiting,
    };
    Arc::new(BoundedExecutor::new(limits).unwrap())
}

/// A job that reports when it has begun and runs until it is released.
fn held_job() -> (
    impl FnOnce() + Send + 'static,
    oneshot::Receiver<()>,
    mpsc::Sender<()>,
) {
    let (start, started) = oneshot::channel();
    let (release, released) = mpsc::channel();
    let job = move || {
        start.send(()).unwrap();
        released.recv().unwrap();
    };
    (job, started, release)
}

/// A task whose job runs until it is released.
async fn occupy(
    executor: &Arc<BoundedExecutor>,
) -> (JoinHandle<Result<(), HashingError>>, mpsc::Sender<()>) {
    let (job, started, release) = held_job();
    let executor = Arc::clone(executor);
    let task = tokio::spawn(async move { executor.run(job).await });
    started.await.unwrap();
    (task, release)
}

#[test]
fn one_core_is_left_for_other_requests_where_there_are_several() {
    let max_concurrent = |cores| {
        HashingLimits::for_cores(NonZeroUsize::new(cores).unwrap())
            .max_concurrent
            .get()
    };
    assert_eq!(
        (max_concurrent(1), max_concurrent(2), max_concurrent(8)),
        (1, 1, 7)
    );
}

#[tokio::test]
async fn as_many_jobs_run_at_once_as_the_limit_allows_and_no_more() {
    let running = Arc::new(AtomicUsize::new(0));
    // No job passes the barrier before three have reached it, so three must run together.
    let barrier = Arc::new(Barrier::new(3));
    let executor = executor(3, 100);
    let mut callers = JoinSet::new();
    for _ in 0..48 {
        let (executor, running, barrier) = (executor.clone(), running.clone(), barrier.clone());
        let job = move || {
            let with_this = running.fetch_add(1, Ordering::SeqCst) + 1;
            barrier.wait();
            running.fetch_sub(1, Ordering::SeqCst);
            with_this
        };
        callers.spawn(async move { executor.run(job).await.unwrap() });
    }
    let most = callers.join_all().await.into_iter().max();
    assert_eq!(most, Some(3));
}

#[tokio::test]
async fn a_caller_beyond_the_limit_on_waiting_is_rejected() {
    let executor = executor(1, 1);
    let (running, release) = occupy(&executor).await;
    let mut waiting = Box::pin(executor.run(|| "done"));
    assert!(poll!(&mut waiting).is_pending());
    assert_eq!(executor.run(|| ()).await, Err(HashingError::Overloaded));

    release.send(()).unwrap();
    assert_eq!(waiting.await, Ok("done"));
    assert_eq!(running.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_waiting_caller_that_is_cancelled_frees_its_place() {
    let executor = executor(1, 1);
    let (running, release) = occupy(&executor).await;
    let mut waiting = Box::pin(executor.run(|| ()));
    assert!(poll!(&mut waiting).is_pending());
    drop(waiting);
    let mut next = Box::pin(executor.run(|| ()));
    assert!(poll!(&mut next).is_pending());
    release.send(()).unwrap();
    assert_eq!(next.await, Ok(()));
    assert_eq!(running.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_job_whose_caller_was_cancelled_holds_its_place_until_it_is_done() {
    let executor = executor(1, 0);
    let (running, release) = occupy(&executor).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    assert_eq!(executor.run(|| ()).await, Err(HashingError::Overloaded));

    release.send(()).unwrap();
    drop(executor.running.acquire().await.unwrap());
    assert_eq!(executor.run(|| ()).await, Ok(()));
}

#[tokio::test]
async fn a_job_that_panics_frees_its_place() {
    let executor = executor(1, 0);
    let failed: Result<(), _> = executor.run(|| panic!("on purpose")).await;
    assert_eq!(failed, Err(HashingError::Failed));
    assert_eq!(executor.run(|| ()).await, Ok(()));
}

#[test]
fn no_async_runtime_is_needed() {
    let executor = executor(1, 0);
    let mut result = Box::pin(executor.run(|| "done"));
    let mut context = Context::from_waker(Waker::noop());
    let result = loop {
        match result.as_mut().poll(&mut context) {
            Poll::Ready(result) => break result,
            Poll::Pending => thread::yield_now(),
        }
    };
    assert_eq!(result, Ok("done"));
}

#[tokio::test]
async fn a_job_that_has_begun_outlives_the_executor() {
    let executor = executor(1, 0);
    let (job, started, release) = held_job();
    let (done, finished) = oneshot::channel();
    let job = || {
        job();
        done.send(()).unwrap();
    };
    let mut running = Box::pin(executor.run(job));
    assert!(poll!(&mut running).is_pending());
    started.await.unwrap();
    drop(running);
    drop(executor);
    release.send(()).unwrap();
    assert_eq!(finished.await, Ok(()));
}
