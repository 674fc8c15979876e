//! Jobs that are done in one transaction, and apart if that fails.

use std::sync::Arc;

use futures::future::BoxFuture;
use udam_domain::{StoreError, error_chain};

/// Runs these jobs together, and returns one result per job, in their order.
///
/// If `run` fails, nothing has happened: the jobs are run again in halves, and those in halves, until the one that makes
/// its batch fail does so alone. Its result is what `failed` makes of the error. An error that is no job's fault, such as
/// a database that cannot be reached, is that of all.
pub(crate) async fn in_halves<J: Clone, R>(
    jobs: &[J],
    run: impl Fn(Arc<[J]>) -> BoxFuture<'static, Result<Vec<R>, StoreError>>,
    failed: impl Fn(StoreError) -> R,
) -> Vec<R> {
    let mut results = Vec::with_capacity(jobs.len());
    let mut pending = vec![jobs];
    while let Some(jobs) = pending.pop() {
        match run(Arc::from(jobs)).await {
            Ok(done) => results.extend(done),
            Err(StoreError::Failed(_)) if jobs.len() > 1 => {
                let (first, second) = jobs.split_at(jobs.len() / 2);
                pending.extend([second, first]);
            }
            Err(error) => results.extend(jobs.iter().map(|_| failed(copy_of(&error)))),
        }
    }
    results
}

/// An equal error, for each caller of a batch to have one.
fn copy_of(error: &StoreError) -> StoreError {
    match error {
        StoreError::Overloaded => StoreError::Overloaded,
        StoreError::Unreachable(source) => {
            StoreError::Unreachable(error_chain(source.as_ref()).into())
        }
        StoreError::Failed(source) => StoreError::Failed(error_chain(source.as_ref()).into()),
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    /// Runs numbers, of which `poison` makes its batch fail with what `error` returns.
    fn run(numbers: &[u32], poison: u32, error: fn() -> StoreError) -> Vec<Result<u32, String>> {
        let together = move |numbers: Arc<[u32]>| {
            let done = if numbers.contains(&poison) {
                Err(error())
            } else {
                Ok(numbers.iter().copied().map(Ok).collect())
            };
            async move { done }.boxed()
        };
        let all = in_halves(numbers, together, |error| Err(error.to_string()));
        all.now_or_never().unwrap()
    }

    #[test]
    fn a_job_that_makes_its_batch_fail_fails_alone() {
        let failed = || StoreError::Failed("poisoned".into());
        let numbers: Vec<u32> = (0..10).collect();
        for poison in numbers.clone() {
            let results = run(&numbers, poison, failed);
            for (number, result) in numbers.iter().zip(&results) {
                assert_eq!(result.is_err(), *number == poison);
                assert_eq!(result.as_ref().ok().unwrap_or(number), number);
            }
            assert_eq!(results.len(), numbers.len());
        }
    }

    #[test]
    fn a_database_that_is_overloaded_is_not_asked_again_for_each_job() {
        let results = run(&[1, 2, 3], 2, || StoreError::Overloaded);
        assert!(results.iter().all(Result::is_err));
    }
}
