//! Every scene runs under thousands of schedules: shuttle decides at each lock and each wait who goes on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Ledger};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{Either, select};
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::rand::Rng;
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};

use super::*;

/// Time is up whenever shuttle will have it so.
pub(super) async fn timeout<F: Future + Unpin>(stall: Duration, work: F) -> Result<F::Output, ()> {
    if stall == ROOMY.stall {
        return Ok(work.await);
    }
    let mut patience = shuttle::rand::thread_rng().gen_range(0..4);
    let up = async {
        while patience > 0 {
            yield_now().await;
            patience -= 1;
        }
    };
    match select(work, pin!(up)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(()),
    }
}

const SCHEDULES: usize = 5_000;

const ROOMY: LaneLimits = LaneLimits {
    waiting: 100,
    departing: 100,
    drivers: 1,
    stall: Duration::from_hours(1),
};

/// How often each job was done. No lock of shuttle's: keeping the books is no part of the scene.
type Done = Arc<Ledger<BTreeMap<u32, u32>>>;

/// A lane that doubles numbers, and takes its time. A departure with 13 on board comes to no end.
fn doubling(limits: LaneLimits) -> (Lane<u32, u32>, Done) {
    let done = Done::default();
    let ledger = Arc::clone(&done);
    let lane = Lane::new(limits, move |jobs: Vec<u32>| {
        let ledger = Arc::clone(&ledger);
        async move {
            yield_now().await;
            let lost = jobs.contains(&13);
            for job in &jobs {
                *ledger.lock().unwrap().entry(*job).or_default() += 1;
            }
            yield_now().await;
            if lost {
                Vec::new()
            } else {
                jobs.iter().map(|job| job * 2).collect()
            }
        }
        .boxed()
    });
    (lane, done)
}

fn explore(scene: impl Fn() + Copy + Send + Sync + 'static) {
    let config = Config::new();
    Runner::new(RandomScheduler::new(SCHEDULES), config.clone()).run(scene);
    Runner::new(PctScheduler::new(3, SCHEDULES), config).run(scene);
}

fn callers(lane: &Lane<u32, u32>, jobs: &[u32]) -> Vec<(u32, JoinHandle<Result<u32, Missed>>)> {
    jobs.iter()
        .map(|job| {
            let (lane, job) = (lane.clone(), *job);
            (job, spawn(async move { lane.submit(job).await }))
        })
        .collect()
}

fn times(done: &Done, job: u32) -> u32 {
    done.lock().unwrap().get(&job).copied().unwrap_or_default()
}

fn nobody_is_left(lane: &Lane<u32, u32>) {
    block_on(lane.drain());
    assert!(lane.lock().is_at_rest());
}

#[test]
fn everybody_is_answered_once_and_with_their_own_answer() {
    explore(|| {
        let (lane, done) = doubling(ROOMY);
        for (job, caller) in callers(&lane, &[1, 2, 3, 4, 5]) {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
            assert_eq!(times(&done, job), 1);
        }
        nobody_is_left(&lane);
    });
}

#[test]
fn small_departures_and_several_drivers_take_nobody_twice() {
    explore(|| {
        let (lane, done) = doubling(LaneLimits {
            departing: 2,
            drivers: 3,
            stall: Duration::ZERO,
            ..ROOMY
        });
        for (job, caller) in callers(&lane, &[1, 2, 3, 4, 5]) {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
            assert_eq!(times(&done, job), 1);
        }
        nobody_is_left(&lane);
    });
}

#[test]
fn a_full_line_refuses_and_loses_nobody_who_is_in_it() {
    explore(|| {
        let (lane, done) = doubling(LaneLimits {
            waiting: 1,
            ..ROOMY
        });
        for (job, caller) in callers(&lane, &[1, 2, 3, 4]) {
            match block_on(caller).unwrap() {
                Ok(answer) => assert_eq!((answer, times(&done, job)), (job * 2, 1)),
                Err(missed) => assert_eq!((missed, times(&done, job)), (Missed::Refused, 0)),
            }
        }
        nobody_is_left(&lane);
    });
}

#[test]
fn a_caller_that_goes_away_takes_nobody_along() {
    explore(|| {
        let (lane, done) = doubling(ROOMY);
        let mut all = callers(&lane, &[1, 2, 3]);
        let (gone, goes) = all.remove(1);
        goes.abort();
        for (job, caller) in all {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
        }
        nobody_is_left(&lane);
        assert!(times(&done, gone) <= 1);
        assert_eq!((times(&done, 1), times(&done, 3)), (1, 1));
    });
}

#[test]
fn a_departure_that_comes_to_no_end_is_lost_alone() {
    explore(|| {
        let (lane, done) = doubling(LaneLimits {
            departing: 1,
            ..ROOMY
        });
        for (job, caller) in callers(&lane, &[1, 13, 2, 3]) {
            let expected = if job == 13 {
                Err(Missed::Lost)
            } else {
                Ok(job * 2)
            };
            assert_eq!(block_on(caller).unwrap(), expected);
            assert_eq!(times(&done, job), 1);
        }
        nobody_is_left(&lane);
    });
}

#[test]
fn draining_answers_whoever_had_entered_and_refuses_the_rest() {
    explore(|| {
        let (lane, done) = doubling(LaneLimits {
            departing: 2,
            ..ROOMY
        });
        let all = callers(&lane, &[1, 2, 3, 4]);
        let draining = {
            let lane = lane.clone();
            spawn(async move { lane.drain().await })
        };
        block_on(draining).unwrap();
        let at_rest = done.lock().unwrap().clone();
        for (job, caller) in all {
            match block_on(caller).unwrap() {
                Ok(answer) => assert_eq!((answer, at_rest.get(&job)), (job * 2, Some(&1))),
                Err(missed) => assert_eq!((missed, times(&done, job)), (Missed::Refused, 0)),
            }
        }
        assert_eq!(block_on(lane.submit(9)), Err(Missed::Refused));
        nobody_is_left(&lane);
    });
}

#[test]
fn a_driver_whose_runtime_ends_leaves_nobody_waiting_for_ever() {
    explore(|| {
        let (lane, done) = doubling(ROOMY);
        let since = Instant::now();
        let first = lane.lock().enter(1, since).unwrap();
        let second = lane.lock().enter(2, since).unwrap();
        assert_eq!((first.1, second.1), (Entry::Drives, Entry::Waits));
        drop(Seat {
            lane: lane.clone(),
            since,
            left: false,
        });
        assert!(block_on(first.0).is_err() && block_on(second.0).is_err());
        assert_eq!(block_on(lane.submit(3)), Ok(6));
        assert_eq!(times(&done, 1) + times(&done, 2), 0);
        nobody_is_left(&lane);
    });
}

#[test]
fn a_driver_that_is_held_up_keeps_nobody_waiting() {
    explore(|| {
        let (release, held) = oneshot::channel::<()>();
        let held = Ledger::new(Some(held));
        let limits = LaneLimits {
            departing: 1,
            drivers: 2,
            stall: Duration::ZERO,
            ..ROOMY
        };
        let lane = Lane::new(limits, move |jobs: Vec<u32>| {
            let held = jobs
                .contains(&1)
                .then(|| held.lock().unwrap().take())
                .flatten();
            async move {
                if let Some(held) = held {
                    held.await.unwrap();
                }
                jobs
            }
            .boxed()
        });
        let mut all = callers(&lane, &[1, 2, 3]);
        let (_, stuck) = all.remove(0);
        for (job, caller) in all {
            assert_eq!(block_on(caller).unwrap(), Ok(job));
        }
        release.send(()).unwrap();
        assert_eq!(block_on(stuck).unwrap(), Ok(1));
        nobody_is_left(&lane);
    });
}
