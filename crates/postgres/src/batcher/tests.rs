//! Every test runs under thousands of schedules: shuttle chooses at each lock and each wait which task
//! runs next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::FutureExt;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};
use tokio::sync::oneshot;

use super::runtime::NEVER;
use super::worker::WorkerGuard;
use super::*;

const SCHEDULES: usize = 5_000;

/// The job whose batch is lost.
const LOST: u32 = 13;

const ONE_WORKER: BatchLimits = BatchLimits {
    max_queued: 100,
    max_batch_size: 100,
    max_workers: 1,
    stall_after: NEVER,
};

/// Number of runs of each job. A lock of the standard library, so that counting adds no schedules.
type Runs = Arc<Mutex<BTreeMap<u32, u32>>>;

/// A batcher that doubles numbers, with waits before and after. A batch that contains [`LOST`] returns no
/// results.
fn doubling(limits: BatchLimits) -> (Batcher<u32, u32>, Runs) {
    let runs = Runs::default();
    let count = Arc::clone(&runs);
    let batcher = Batcher::new(limits, move |jobs: Vec<u32>| {
        let count = Arc::clone(&count);
        async move {
            yield_now().await;
            let lost = jobs.contains(&LOST);
            for job in &jobs {
                *count.lock().unwrap().entry(*job).or_default() += 1;
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
    (batcher, runs)
}

fn explore(test: impl Fn() + Copy + Send + Sync + 'static) {
    let config = Config::new();
    Runner::new(RandomScheduler::new(SCHEDULES), config.clone()).run(test);
    Runner::new(PctScheduler::new(3, SCHEDULES), config).run(test);
}

/// Submits each job from a task of its own.
fn callers(
    batcher: &Batcher<u32, u32>,
    jobs: &[u32],
) -> Vec<(u32, JoinHandle<Result<u32, SubmitError>>)> {
    jobs.iter()
        .map(|job| {
            let (batcher, job) = (batcher.clone(), *job);
            (job, spawn(async move { batcher.submit(job).await }))
        })
        .collect()
}

fn times_run(runs: &Runs, job: u32) -> u32 {
    runs.lock().unwrap().get(&job).copied().unwrap_or_default()
}

fn assert_drains(batcher: &Batcher<u32, u32>) {
    block_on(batcher.drain());
    assert!(batcher.0.queue().is_idle());
}

#[test]
fn every_caller_gets_the_result_of_its_own_job_once() {
    explore(|| {
        let (batcher, runs) = doubling(ONE_WORKER);
        for (job, caller) in callers(&batcher, &[1, 2, 3, 4, 5]) {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
            assert_eq!(times_run(&runs, job), 1);
        }
        assert_drains(&batcher);
    });
}

#[test]
fn small_batches_and_several_workers_run_no_job_twice() {
    explore(|| {
        let (batcher, runs) = doubling(BatchLimits {
            max_batch_size: 2,
            max_workers: 3,
            stall_after: Duration::ZERO,
            ..ONE_WORKER
        });
        for (job, caller) in callers(&batcher, &[1, 2, 3, 4, 5]) {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
            assert_eq!(times_run(&runs, job), 1);
        }
        assert_drains(&batcher);
    });
}

#[test]
fn a_full_queue_rejects_jobs_and_loses_none_that_it_holds() {
    explore(|| {
        let (batcher, runs) = doubling(BatchLimits {
            max_queued: 1,
            ..ONE_WORKER
        });
        for (job, caller) in callers(&batcher, &[1, 2, 3, 4]) {
            match block_on(caller).unwrap() {
                Ok(result) => assert_eq!((result, times_run(&runs, job)), (job * 2, 1)),
                Err(error) => {
                    assert_eq!((error, times_run(&runs, job)), (SubmitError::Rejected, 0));
                }
            }
        }
        assert_drains(&batcher);
    });
}

#[test]
fn a_caller_that_is_dropped_cancels_no_other_job() {
    explore(|| {
        let (batcher, runs) = doubling(ONE_WORKER);
        let mut callers = callers(&batcher, &[1, 2, 3]);
        let (dropped, caller) = callers.remove(1);
        caller.abort();
        for (job, caller) in callers {
            assert_eq!(block_on(caller).unwrap(), Ok(job * 2));
        }
        assert_drains(&batcher);
        assert!(times_run(&runs, dropped) <= 1);
        assert_eq!((times_run(&runs, 1), times_run(&runs, 3)), (1, 1));
    });
}

#[test]
fn a_batch_without_results_is_lost_alone() {
    explore(|| {
        let (batcher, runs) = doubling(BatchLimits {
            max_batch_size: 1,
            ..ONE_WORKER
        });
        for (job, caller) in callers(&batcher, &[1, LOST, 2, 3]) {
            let expected = if job == LOST {
                Err(SubmitError::Lost)
            } else {
                Ok(job * 2)
            };
            assert_eq!(block_on(caller).unwrap(), expected);
            assert_eq!(times_run(&runs, job), 1);
        }
        assert_drains(&batcher);
    });
}

#[test]
fn draining_finishes_the_jobs_accepted_and_rejects_the_rest() {
    explore(|| {
        let (batcher, runs) = doubling(BatchLimits {
            max_batch_size: 2,
            ..ONE_WORKER
        });
        let callers = callers(&batcher, &[1, 2, 3, 4]);
        let draining = {
            let batcher = batcher.clone();
            spawn(async move { batcher.drain().await })
        };
        block_on(draining).unwrap();
        let at_drain = runs.lock().unwrap().clone();
        for (job, caller) in callers {
            match block_on(caller).unwrap() {
                Ok(result) => assert_eq!((result, at_drain.get(&job)), (job * 2, Some(&1))),
                Err(error) => {
                    assert_eq!((error, times_run(&runs, job)), (SubmitError::Rejected, 0));
                }
            }
        }
        assert_eq!(block_on(batcher.submit(9)), Err(SubmitError::Rejected));
        assert_drains(&batcher);
    });
}

#[test]
fn no_caller_waits_for_a_worker_that_was_dropped() {
    explore(|| {
        let (batcher, runs) = doubling(ONE_WORKER);
        let now = Instant::now();
        let first = batcher.0.queue().push(1, now).unwrap();
        let second = batcher.0.queue().push(2, now).unwrap();
        assert!(second.1.is_none());
        drop(WorkerGuard {
            shared: Arc::clone(&batcher.0),
            id: first.1.unwrap(),
            has_exited: false,
        });
        assert!(block_on(first.0).is_err() && block_on(second.0).is_err());
        assert_eq!(block_on(batcher.submit(3)), Ok(6));
        assert_eq!(times_run(&runs, 1) + times_run(&runs, 2), 0);
        assert_drains(&batcher);
    });
}

#[test]
fn a_stalled_batch_holds_up_no_other_job() {
    explore(|| {
        let (release, held) = oneshot::channel::<()>();
        let held = Mutex::new(Some(held));
        let limits = BatchLimits {
            max_batch_size: 1,
            max_workers: 2,
            stall_after: Duration::ZERO,
            ..ONE_WORKER
        };
        let batcher = Batcher::new(limits, move |jobs: Vec<u32>| {
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
        let mut callers = callers(&batcher, &[1, 2, 3]);
        let (_, stuck) = callers.remove(0);
        for (job, caller) in callers {
            assert_eq!(block_on(caller).unwrap(), Ok(job));
        }
        release.send(()).unwrap();
        assert_eq!(block_on(stuck).unwrap(), Ok(1));
        assert_drains(&batcher);
    });
}
