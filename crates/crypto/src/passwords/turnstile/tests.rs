use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::poll;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::*;

fn turnstile(at_once: usize, waiting: usize) -> Arc<Turnstile> {
    let at_once = NonZeroUsize::new(at_once).unwrap();
    Arc::new(Turnstile::new(HashingLimits { at_once, waiting }))
}

/// Work that says when it has begun and goes on until it is let go.
fn held_work() -> (
    impl FnOnce() + Send + 'static,
    oneshot::Receiver<()>,
    mpsc::Sender<()>,
) {
    let (started, begun) = oneshot::channel();
    let (let_go, wait) = mpsc::channel();
    let work = move || {
        started.send(()).unwrap();
        wait.recv().unwrap();
    };
    (work, begun, let_go)
}

#[test]
fn one_core_is_left_to_others_where_there_are_several() {
    let at_once = |cores| {
        HashingLimits::for_cores(NonZeroUsize::new(cores).unwrap())
            .at_once
            .get()
    };
    assert_eq!((at_once(1), at_once(2), at_once(8)), (1, 1, 7));
}

#[tokio::test]
async fn as_many_pass_at_once_as_may_and_no_more() {
    let inside = Arc::new(AtomicUsize::new(0));
    // Nobody gets past it until three are there, so three must be inside together.
    let company = Arc::new(Barrier::new(3));
    let turnstile = turnstile(3, 100);
    let mut passing = JoinSet::new();
    for _ in 0..48 {
        let (turnstile, inside, company) = (turnstile.clone(), inside.clone(), company.clone());
        let work = move || {
            let with_me = inside.fetch_add(1, Ordering::SeqCst) + 1;
            company.wait();
            inside.fetch_sub(1, Ordering::SeqCst);
            with_me
        };
        passing.spawn(async move { turnstile.pass(work).await.unwrap() });
    }
    let most = passing.join_all().await.into_iter().max();
    assert_eq!(most, Some(3));
}

#[tokio::test]
async fn who_would_wait_too_long_is_turned_away() {
    let turnstile = turnstile(1, 1);
    let (work, begun, let_go) = held_work();
    let inside = tokio::spawn({
        let turnstile = Arc::clone(&turnstile);
        async move { turnstile.pass(work).await }
    });
    begun.await.unwrap();
    let mut waiting = Box::pin(turnstile.pass(|| "done"));
    assert!(poll!(&mut waiting).is_pending());
    assert_eq!(turnstile.pass(|| ()).await, Err(HashingError::Overloaded));

    let_go.send(()).unwrap();
    assert_eq!(waiting.await, Ok("done"));
    assert_eq!(inside.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn who_stops_waiting_makes_room() {
    let turnstile = turnstile(1, 1);
    let (work, begun, let_go) = held_work();
    let inside = tokio::spawn({
        let turnstile = Arc::clone(&turnstile);
        async move { turnstile.pass(work).await }
    });
    begun.await.unwrap();
    let mut waiting = Box::pin(turnstile.pass(|| ()));
    assert!(poll!(&mut waiting).is_pending());
    drop(waiting);
    let mut next = Box::pin(turnstile.pass(|| ()));
    assert!(poll!(&mut next).is_pending());
    let_go.send(()).unwrap();
    assert_eq!(next.await, Ok(()));
    assert_eq!(inside.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn work_whose_caller_went_away_keeps_its_turn_until_it_is_done() {
    let turnstile = turnstile(1, 0);
    let (work, begun, let_go) = held_work();
    let inside = tokio::spawn({
        let turnstile = Arc::clone(&turnstile);
        async move { turnstile.pass(work).await }
    });
    begun.await.unwrap();
    inside.abort();
    assert!(inside.await.unwrap_err().is_cancelled());
    assert_eq!(turnstile.pass(|| ()).await, Err(HashingError::Overloaded));

    let_go.send(()).unwrap();
    drop(turnstile.turns.acquire().await.unwrap());
    assert_eq!(turnstile.pass(|| ()).await, Ok(()));
}

#[tokio::test]
async fn work_that_panics_gives_its_turn_back() {
    let turnstile = turnstile(1, 0);
    let failed: Result<(), _> = turnstile.pass(|| panic!("on purpose")).await;
    assert_eq!(failed, Err(HashingError::Failed));
    assert_eq!(turnstile.pass(|| ()).await, Ok(()));
}

#[test]
fn no_runtime_is_needed() {
    let turnstile = turnstile(1, 0);
    let mut passing = Box::pin(turnstile.pass(|| "done"));
    let mut context = Context::from_waker(Waker::noop());
    let passed = loop {
        match passing.as_mut().poll(&mut context) {
            Poll::Ready(passed) => break passed,
            Poll::Pending => thread::yield_now(),
        }
    };
    assert_eq!(passed, Ok("done"));
}

#[tokio::test]
async fn work_that_has_begun_outlives_the_turnstile() {
    let turnstile = turnstile(1, 0);
    let (work, begun, let_go) = held_work();
    let (done, heard) = oneshot::channel();
    let work = || {
        work();
        done.send(()).unwrap();
    };
    let mut inside = Box::pin(turnstile.pass(work));
    assert!(poll!(&mut inside).is_pending());
    begun.await.unwrap();
    drop(inside);
    drop(turnstile);
    let_go.send(()).unwrap();
    assert_eq!(heard.await, Ok(()));
}
