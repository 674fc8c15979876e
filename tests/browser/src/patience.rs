use std::time::{Duration, Instant};

use anyhow::Result;
use fantoccini::error::CmdError;

/// How long a page may take to show what is looked for.
pub(crate) const USUAL: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(25);

/// Why something could not be done with a page.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// It may still come about.
    NotYet(String),
    /// It will not.
    Broken(anyhow::Error),
}

impl Obstacle {
    /// None once this holds, and until then this reason.
    pub(crate) fn until(holds: bool, reason: &str) -> Result<(), Self> {
        if holds {
            return Ok(());
        }
        Err(Self::NotYet(reason.to_owned()))
    }
}

impl From<CmdError> for Obstacle {
    fn from(error: CmdError) -> Self {
        match error {
            // Pages go while they are looked at, and things on them move.
            CmdError::Standard(error) => Self::NotYet(first_line(&error.message).to_owned()),
            error => Self::Broken(error.into()),
        }
    }
}

impl From<anyhow::Error> for Obstacle {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// Tries until it works out, and answers with the last obstacle if that takes too long.
pub(crate) async fn patiently<T>(
    longest: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, Obstacle>,
) -> Result<Result<T, String>> {
    let began = Instant::now();
    loop {
        match attempt().await {
            Ok(found) => return Ok(Ok(found)),
            Err(Obstacle::Broken(error)) => return Err(error),
            Err(Obstacle::NotYet(reason)) if began.elapsed() > longest => return Ok(Err(reason)),
            Err(Obstacle::NotYet(_)) => tokio::time::sleep(POLL).await,
        }
    }
}

/// Chromedriver appends a stack trace.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}
