//! Waiting for pages, by retrying.

use std::time::{Duration, Instant};

use anyhow::Result;
use fantoccini::error::CmdError;

/// Time in which a page must show the expected content.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

const POLL_INTERVAL: Duration = Duration::from_millis(25);

/// Why an attempt at something on a page failed.
#[derive(Debug)]
pub(crate) enum AttemptError {
    /// Another attempt may succeed. Holds the reason.
    Retry(String),
    /// No further attempt can succeed.
    Fatal(anyhow::Error),
}

impl AttemptError {
    /// `Ok` if the condition holds, else [`Self::Retry`] with this reason.
    pub(crate) fn unless(condition: bool, reason: &str) -> Result<(), Self> {
        if condition {
            return Ok(());
        }
        Err(Self::Retry(reason.to_owned()))
    }
}

impl From<CmdError> for AttemptError {
    fn from(error: CmdError) -> Self {
        match error {
            // The page may be changing or going away.
            CmdError::Standard(error) => Self::Retry(first_line(&error.message).to_owned()),
            error => Self::Fatal(error.into()),
        }
    }
}

impl From<anyhow::Error> for AttemptError {
    fn from(error: anyhow::Error) -> Self {
        Self::Fatal(error)
    }
}

/// Retries until an attempt succeeds. Returns the last reason as `Ok(Err(reason))` after the timeout.
pub(crate) async fn retry<T>(
    timeout: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, AttemptError>,
) -> Result<Result<T, String>> {
    let start = Instant::now();
    loop {
        match attempt().await {
            Ok(found) => return Ok(Ok(found)),
            Err(AttemptError::Fatal(error)) => return Err(error),
            Err(AttemptError::Retry(reason)) if start.elapsed() > timeout => {
                return Ok(Err(reason));
            }
            Err(AttemptError::Retry(_)) => tokio::time::sleep(POLL_INTERVAL).await,
        }
    }
}

/// Chromedriver appends a stack trace to its messages.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}
