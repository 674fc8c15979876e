use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Bound of every wait that sets no other: generous, because the machine may be busy with other tests.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

const DEFAULT_INTERVAL: Duration = Duration::from_millis(10);

/// Polls until a condition holds.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    what: &'a str,
    timeout: Duration,
    interval: Duration,
}

impl<'a> Wait<'a> {
    /// Waits for `what`, which the error names, for at most 30 s, and polls every 10 ms.
    #[must_use]
    pub const fn new(what: &'a str) -> Self {
        Self {
            what,
            timeout: DEFAULT_TIMEOUT,
            interval: DEFAULT_INTERVAL,
        }
    }

    /// Sets the time after which waiting fails.
    #[must_use]
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the pause between two polls.
    #[must_use]
    pub const fn interval(self, interval: Duration) -> Self {
        Self { interval, ..self }
    }

    /// Polls until `poll` returns `Some`, and returns what it holds. Fails at once when `poll` fails.
    pub async fn until_some<T>(
        self,
        mut poll: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            if let Some(found) = poll().await? {
                return Ok(found);
            }
            if started.elapsed() > self.timeout {
                let seconds = self.timeout.as_secs_f64();
                bail!("timed out after {seconds} s waiting for {}", self.what);
            }
            tokio::time::sleep(self.interval).await;
        }
    }

    /// Polls until `poll` returns `true`. Fails at once when `poll` fails.
    pub async fn until(self, mut poll: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
        self.until_some(async || Ok(poll().await?.then_some(())))
            .await
    }
}

/// Polls until `poll` returns `Some`; see [`Wait::until_some`].
pub async fn wait_for<T>(what: &str, poll: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    Wait::new(what).until_some(poll).await
}

/// Polls until `poll` returns `true`; see [`Wait::until`].
pub async fn wait_until(what: &str, poll: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    Wait::new(what).until(poll).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_condition_is_polled_until_it_holds() {
        let mut polls = 0;
        let waited = wait_for("the third poll", async || {
            polls += 1;
            Ok((polls == 3).then_some("done"))
        });
        assert_eq!(waited.await.unwrap(), "done");
        assert_eq!(polls, 3);
    }

    #[tokio::test]
    async fn a_timeout_names_what_was_waited_for() {
        let wait = Wait::new("the server")
            .timeout(Duration::from_millis(20))
            .interval(Duration::from_millis(5));
        let error = wait.until(async || Ok(false)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "timed out after 0.02 s waiting for the server"
        );
    }

    #[tokio::test]
    async fn a_failing_poll_is_not_repeated() {
        let mut polls = 0;
        let waited = wait_until("nothing", async || {
            polls += 1;
            bail!("broken")
        });
        assert_eq!(waited.await.unwrap_err().to_string(), "broken");
        assert_eq!(polls, 1);
    }
}
