use std::fmt;
use std::pin::Pin;

use thiserror::Error;

use super::check::Checked;
use super::stores::StoreFactory;

/// The future of a case that runs.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Checked> + Send + 'a>>;

/// A test of one promise.
#[derive(Clone, Copy)]
pub struct Case {
    /// Name of the case, a sentence in snake case.
    pub name: &'static str,
    /// The promise of the ports that it tests.
    pub promise: &'static str,
    pub(super) steps: for<'a> fn(&'a dyn StoreFactory) -> Running<'a>,
}

/// A case that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{case}: {promise}\n    expected {expected}\n    found    {found}")]
#[non_exhaustive]
pub struct Failure {
    /// Name of the case.
    pub case: &'static str,
    /// The promise that was broken.
    pub promise: &'static str,
    /// Expected value, and what it is of.
    pub expected: String,
    /// Value or error that was found.
    pub found: String,
}

/// Result of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Names of the cases that passed.
    pub passed: Vec<&'static str>,
    /// The cases that failed.
    pub failures: Vec<Failure>,
}

impl Case {
    /// Runs the case over fresh stores.
    ///
    /// # Errors
    /// [`Failure`] if the stores do not keep the promise, or fail.
    pub async fn run(&self, factory: &dyn StoreFactory) -> Result<(), Failure> {
        (self.steps)(factory).await.map_err(|mismatch| Failure {
            case: self.name,
            promise: self.promise,
            expected: mismatch.expected,
            found: mismatch.found,
        })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .field("promise", &self.promise)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, failed) = (self.passed.len(), self.failures.len());
        write!(f, "{passed} cases passed, {failed} failed")?;
        self.failures
            .iter()
            .try_for_each(|failure| write!(f, "\n{failure}"))
    }
}
