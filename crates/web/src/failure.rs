use std::error::Error;

/// Whose fault a failed request is, from which the access log chooses its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The client's own doing, or a rule's: at `debug`.
    Expected,
    /// Something that the server depends on failed for now: at `warn`.
    Degraded,
    /// There is more work than the server can do: at `warn`, one line a second.
    Overloaded,
    /// Something is broken and needs a person: at `error`.
    Broken,
}

/// Why a request failed, for the access log. An adapter puts it into the extensions of its response.
#[derive(Debug)]
pub struct Failure {
    /// Stable name of the problem.
    pub code: &'static str,
    /// Severity in the access log.
    pub severity: Severity,
    /// Never part of a response.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}
